"""The API for machines: shapes, refusals, caching, tokens, and nothing that is not published."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from faq_cms import (
    api,
    articles,
    caps,
    categories,
    db,
    deliveries,
    exports,
    filing,
    loop,
    people,
    plans,
    remarks,
    reviews,
    settings,
    votes,
)
from faq_cms.api import schemas
from faq_cms.articles import Text
from faq_cms.models import Article, Significance, Vote
from faq_cms.settings import Settings
from tests.content import NOW, published, received, remarked, revised

QUESTION = "Comment payer ma facture\u202f?"


@pytest.fixture
def client(
    database: db.Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    monkeypatch.setattr("faq_cms.settings._current", settings)
    caps.use(caps.Caps())
    with TestClient(Starlette(routes=api.routes()), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def article(client: TestClient) -> Article:
    return published(QUESTION, "Par **virement** ou domiciliation.")


def cast(client: TestClient, slug: str, **body: object) -> Any:
    return client.post(f"/api/v1/articles/{slug}/votes", json=body)


# -- articles ------------------------------------------------------------------------------------


def test_an_article_has_the_shape_of_the_description(client: TestClient, article: Article) -> None:
    got = client.get(f"/api/v1/articles/{article.slug}").json()
    Draft202012Validator(schemas.ARTICLE).validate(got)
    assert got["id"] == article.uid
    assert got["question"] == QUESTION
    assert got["answer_html"].strip() == "<p>Par <strong>virement</strong> ou domiciliation.</p>"
    assert got["url"].endswith(f"/aide/{article.slug}")


def test_pages_follow_each_other_without_loss_or_repetition(client: TestClient) -> None:
    slugs = [published(f"Question {n}\u202f?", "Réponse.").slug for n in range(5)]
    got, cursor, pages = [], "", 0
    while pages < 9:
        page = client.get(f"/api/v1/articles?limit=2{cursor}").json()
        got += [item["slug"] for item in page["items"]]
        pages += 1
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(got) == sorted(slugs)
    assert pages == 3


def test_updated_since_gives_changes_and_tombstones(client: TestClient, article: Article) -> None:
    later = NOW + dt.timedelta(days=1)
    gone, new = (
        published("À retirer\u202f?", "Oui."),
        published("Nouvelle\u202f?", "Oui.", now=later),
    )
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, gone.id, now=later)
    items = client.get("/api/v1/articles", params={"updated_since": NOW.isoformat()}).json()[
        "items"
    ]
    assert {item["id"] for item in items} == {gone.uid, new.uid}
    tombstone = next(item for item in items if item["id"] == gone.uid)
    assert tombstone == {"id": gone.uid, "withdrawn_at": later.isoformat()}


@pytest.mark.parametrize(
    ("since", "number"),
    [("0001-01-01T00:00:00+14:00", 1), ("9999-12-31T23:59:59-12:00", 0)],
)
def test_the_ends_of_the_calendar_are_instants_too(
    client: TestClient, article: Article, since: str, number: int
) -> None:
    got = client.get("/api/v1/articles", params={"updated_since": since})
    assert (got.status_code, len(got.json()["items"])) == (200, number)


def test_an_unchanged_answer_is_not_sent_again(client: TestClient, article: Article) -> None:
    for url in (f"/api/v1/articles/{article.slug}", "/api/v1/articles", "/api/v1/openapi.json"):
        first = client.get(url)
        again = client.get(url, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_an_old_address_leads_to_the_new_one(client: TestClient, article: Article) -> None:
    with db.transaction() as session:
        filing.move(session, people.SYSTEM, article.id, slug="payer", now=NOW)
    moved = client.get(f"/api/v1/articles/{article.slug}", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, "/api/v1/articles/payer")


def test_draft_withdrawn_and_absent_articles_look_alike(client: TestClient) -> None:
    withdrawn = published("Retiré\u202f?", "Oui.")
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, withdrawn.id, now=NOW)
        draft = articles.create(
            session, people.SYSTEM, text=Text("Secret\u202f?", "Chut."), now=NOW
        )
    answers = [
        client.get(f"/api/v1/articles/{slug}") for slug in (draft.slug, withdrawn.slug, "absent")
    ]
    assert {(got.status_code, got.text) for got in answers} == {(404, answers[0].text)}
    assert "Chut" not in client.get("/api/v1/articles").text


# -- votes ---------------------------------------------------------------------------------------


def test_a_vote_is_created_repeated_and_changed(client: TestClient, article: Article) -> None:
    first = cast(client, article.slug, helpful=False, source="chatbot")
    token = first.json()["vote"]
    again = cast(client, article.slug, helpful=False, vote=token)
    changed = cast(client, article.slug, helpful=True, vote=token)
    assert [got.status_code for got in (first, again, changed)] == [201, 200, 200]
    assert "Désolé\u202f! Nous n’avons pas pu vous être utile" in first.json()["message"]
    assert "C’est super\u202f!" in changed.json()["message"]
    with db.reading() as session:
        stored = session.query(Vote).all()
        assert [(vote.helpful, vote.source) for vote in stored] == [(True, "chatbot")]
        assert votes.is_balanced(session)
    assert "set-cookie" not in first.headers


def test_a_vote_for_an_earlier_version_counts_there(client: TestClient, article: Article) -> None:
    revised(article.id, "Mieux.")
    assert cast(client, article.slug, helpful=True, version=1).status_code == 201
    assert cast(client, article.slug, helpful=True, version=3).status_code == 404
    with db.reading() as session:
        vote = session.query(Vote).one()
        assert articles.version(session, vote.version_id).number == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"helpful": "oui"},
        {"helpful": 1},
        {"helpful": None},
        {"helpful": True, "version": 0},
        {"helpful": True, "version": -1},
        {"helpful": True, "version": 1.5},
        {"helpful": True, "version": 2**63},
        {"helpful": True, "vote": ""},
        {"helpful": True, "source": ""},
        {"helpful": True, "source": "a b"},
        {"helpful": True, "source": "x" * 25},
        {"helpful": True, "status": "counted"},
        [],
        "oui",
        None,
        0,
    ],
)
def test_a_body_of_another_shape_is_refused_and_stores_nothing(
    client: TestClient, article: Article, body: object
) -> None:
    got = client.post(f"/api/v1/articles/{article.slug}/votes", json=body)
    assert got.status_code == 422
    assert set(got.json()["error"]) == {"code", "message", "details"}
    with db.reading() as session:
        assert session.query(Vote).count() == 0


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"helpful": NaN}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b'{"helpful": true}', "text/plain"),
        (b"helpful=true", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_not_json_is_refused(
    client: TestClient, article: Article, content: bytes, media_type: str
) -> None:
    got = client.post(
        f"/api/v1/articles/{article.slug}/votes",
        content=content,
        headers={"content-type": media_type},
    )
    assert got.status_code == 422


def test_too_many_calls_are_told_when_to_come_back(client: TestClient, article: Article) -> None:
    token = cast(client, article.slug, helpful=True).json()["vote"]
    refused = [cast(client, article.slug, helpful=n % 2 == 0, vote=token) for n in range(40)][-1]
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "erci" not in refused.json()["error"]["message"]


# -- remarks -------------------------------------------------------------------------------------


def test_a_reason_and_a_remark_follow_a_no(client: TestClient, article: Article) -> None:
    token = cast(client, article.slug, helpful=False).json()["vote"]
    got = client.post(
        f"/api/v1/votes/{token}/remark", json={"reason": "outdated", "text": "Périmé."}
    )
    assert got.status_code == 201
    assert got.json()["message"].startswith("Commentaires envoyés")
    with db.reading() as session:
        frame = remarks.listing(session)
        assert list(frame["text"]) == ["Périmé."]
        assert list(frame["reference"]) == [got.json()["reference"]]


PERSONAL = "Rappelez-moi au 06 12 34 56 78."
MASKED = "Rappelez-moi au •• •• •• •• ••."


def kept() -> list[str]:
    with db.reading() as session:
        return list(remarks.listing(session)["text"])


def test_a_remark_that_names_somebody_is_kept_and_the_caller_told(
    client: TestClient, article: Article
) -> None:
    token = cast(client, article.slug, helpful=False).json()["vote"]
    got = client.post(f"/api/v1/votes/{token}/remark", json={"text": PERSONAL})
    assert got.status_code == 201
    assert got.json()["personal_data"] == ["phone"]
    assert kept() == [PERSONAL]


def test_a_caller_that_asks_first_gets_the_masked_words_back_and_chooses(
    client: TestClient, article: Article
) -> None:
    token = cast(client, article.slug, helpful=False).json()["vote"]
    path = f"/api/v1/votes/{token}/remark"
    held = client.post(path, json={"text": PERSONAL, "personal_data": "ask"})
    assert held.status_code == 422
    assert held.json()["error"]["code"] == "personal_data"
    assert held.json()["error"]["details"] == {"found": ["phone"], "masked": MASKED}
    assert kept() == []
    got = client.post(path, json={"text": PERSONAL, "personal_data": "mask"})
    assert got.status_code == 201
    assert "personal_data" not in got.json()
    assert kept() == [MASKED]


@pytest.mark.parametrize("body", [{}, {"personal_data": "ask"}, {"text": "x", "personal_data": 1}])
def test_a_remark_says_something_in_the_words_described(
    client: TestClient, article: Article, body: dict[str, object]
) -> None:
    token = cast(client, article.slug, helpful=False).json()["vote"]
    assert client.post(f"/api/v1/votes/{token}/remark", json=body).status_code == 422
    assert kept() == []


def test_a_token_of_another_article_is_one_reader_there_too(
    client: TestClient, article: Article
) -> None:
    other = published("Autre\u202f?", "Oui.")
    token = cast(client, article.slug, helpful=True).json()["vote"]
    statuses = [cast(client, other.slug, helpful=True, vote=token).status_code for _ in range(3)]
    assert statuses == [201, 200, 200]


def test_a_token_no_encoding_can_write_names_no_vote(client: TestClient, article: Article) -> None:
    got = client.post(
        f"/api/v1/articles/{article.slug}/votes",
        content=b'{"helpful": true, "vote": "\\ud800"}',
        headers={"content-type": "application/json"},
    )
    assert got.status_code == 201


@pytest.mark.parametrize("token", ["x", "MQ.forged", "%00", "é"])
def test_a_forged_token_names_no_vote(client: TestClient, article: Article, token: str) -> None:
    got = client.post(f"/api/v1/votes/{token}/remark", json={"text": "Bonjour."})
    assert got.status_code == 404


def test_a_reason_cannot_follow_a_yes(client: TestClient, article: Article) -> None:
    token = cast(client, article.slug, helpful=True).json()["vote"]
    got = client.post(f"/api/v1/votes/{token}/remark", json={"reason": "outdated"})
    assert got.status_code == 409


# -- exports -------------------------------------------------------------------------------------


def token(scope: str = "export", days: int = 30) -> str:
    with db.transaction() as session:
        return people.create_token(
            session,
            people.SYSTEM,
            name="Site",
            scope=scope,
            days=days,
            now=dt.datetime.now(dt.UTC),
        )


@pytest.mark.parametrize("channel", ["json", "csv", "markdown", "xlsx"])
def test_a_token_fetches_what_is_published(
    client: TestClient, article: Article, channel: str
) -> None:
    bearer = {"Authorization": f"Bearer {token()}"}
    got = client.get(f"/api/v1/exports/{channel}", headers=bearer)
    assert got.status_code == 200
    assert got.headers["content-type"].startswith(exports.CHANNELS[channel].media_type)
    again = client.get(
        f"/api/v1/exports/{channel}", headers={**bearer, "If-None-Match": got.headers["etag"]}
    )
    assert again.status_code == 304


def test_a_job_that_has_the_file_costs_no_writing(
    client: TestClient, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    bearer = {"Authorization": f"Bearer {token()}"}
    got = client.get("/api/v1/exports/jsonl", headers=bearer)
    written = exports.CHANNELS["jsonl"]

    def refuse(*_: object) -> bytes:
        raise AssertionError("written again")

    monkeypatch.setitem(exports.CHANNELS, "jsonl", dataclasses.replace(written, write=refuse))
    again = client.get(
        "/api/v1/exports/jsonl", headers={**bearer, "If-None-Match": got.headers["etag"]}
    )
    assert again.status_code == 304
    assert again.headers["etag"] == got.headers["etag"]
    monkeypatch.undo()


def test_a_machine_that_asks_without_end_is_told_to_wait_and_the_others_are_not(
    client: TestClient, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caps, "EXPORTS", caps.Limit(3, 60))
    bearer = {"Authorization": f"Bearer {token()}"}
    got = [client.get("/api/v1/exports/json", headers=bearer) for _ in range(4)]
    assert [each.status_code for each in got] == [200, 200, 200, 429]
    assert 0 < int(got[-1].headers["retry-after"]) <= 61
    assert got[-1].json()["error"]["code"] == "too_many"
    with db.transaction() as session:
        now = dt.datetime.now(dt.UTC)
        other = people.create_token(
            session, people.SYSTEM, name="Autre", scope="export", days=9, now=now
        )
    elsewhere = client.get("/api/v1/exports/json", headers={"Authorization": f"Bearer {other}"})
    assert elsewhere.status_code == 200


def test_an_export_is_narrowed_and_spelled_as_asked(client: TestClient, article: Article) -> None:
    bearer = {"Authorization": f"Bearer {token()}"}

    def asked(**params: str) -> Any:
        return client.get("/api/v1/exports/json", headers=bearer, params=params)

    assert "\u202f" in asked().text
    assert "\u202f" not in asked(spaces="plain").text
    assert len(asked(without_below="true").json()["items"]) == 1
    assert asked(tag="inconnu").json()["items"] == []
    assert asked(updated_since="2999-01-01").json()["items"] == []
    assert asked(category="inconnue").status_code == 404
    for name, value in (("typography", "x"), ("without_below", "x"), ("updated_since", "hier")):
        refused = asked(**{name: value})
        assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (422, name)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer  ", "Bearer faq_", "Basic abc", "bearer x", "faq_x"],
)
def test_without_a_good_token_nothing_is_exported(
    client: TestClient, article: Article, authorization: str
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    got = client.get("/api/v1/exports/json", headers=headers)
    assert got.status_code == 401
    assert QUESTION not in got.text


def test_a_token_is_refused_when_altered_revoked_or_in_the_address(
    client: TestClient, article: Article
) -> None:
    good = token()
    altered = good[:-1] + ("A" if good[-1] != "A" else "B")
    assert (
        client.get(
            "/api/v1/exports/json", headers={"Authorization": f"Bearer {altered}"}
        ).status_code
        == 401
    )
    assert client.get(f"/api/v1/exports/json?token={good}").status_code == 401
    with db.transaction() as session:
        people.revoke_token(session, people.SYSTEM, token_id=people.tokens(session)[0].id, now=NOW)
    assert (
        client.get("/api/v1/exports/json", headers={"Authorization": f"Bearer {good}"}).status_code
        == 401
    )


def test_no_token_is_ever_logged(
    client: TestClient, article: Article, caplog: pytest.LogCaptureFixture
) -> None:
    good = token()
    with caplog.at_level("DEBUG"):
        for given in (good, good[:-2] + "xx", good.swapcase()):
            for path in ("/api/v1/exports/json", "/api/v1/exports/minitel", "/api/v1/articles"):
                client.get(path, headers={"Authorization": f"Bearer {given}"})
    assert good[4:-2] not in caplog.text
    assert good[4:-2].swapcase() not in caplog.text


def held(channel: str) -> tuple[str, int]:
    """Who serves this channel, and how many articles."""
    with db.reading() as session:
        frame = deliveries.destinations(session)
    (row,) = frame[frame["channel"] == channel].to_dict("records")
    return row["name"], row["articles"]


def test_what_a_machine_fetches_is_written_down_under_its_name(
    client: TestClient, article: Article
) -> None:
    bearer = {"Authorization": f"Bearer {token()}"}
    client.get("/api/v1/exports/json", headers=bearer)
    assert held("json") == ("Site", 1)


def test_a_machine_that_serves_articles_is_not_emptied_unless_it_says_so(
    client: TestClient, article: Article
) -> None:
    bearer = {"Authorization": f"Bearer {token()}"}

    def asked(channel: str = "json", **params: str) -> Any:
        return client.get(f"/api/v1/exports/{channel}", headers=bearer, params=params)

    assert asked().status_code == 200
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article.id, now=NOW)
    for _night in range(2):
        refused = asked()
        error = refused.json()["error"]
        assert (refused.status_code, error["details"]) == (409, {"reason": "emptied_export"})
        assert "allow_empty=true" in error["message"]
        assert held("json")[1] == 1  # it serves what it served
    for never_filled in (asked("csv-raw"), asked(tag="inconnu")):
        assert never_filled.status_code == 200
    assert asked(updated_since="2999-01-01").json()["items"] == []
    assert asked(allow_empty="false").status_code == 409
    assert asked(allow_empty="oui").status_code == 422
    assert asked(allow_empty="true").json()["items"] == []
    assert asked().status_code == 200


def test_a_machine_that_reads_the_changes_with_its_token_is_known_to_be_up_to_date(
    client: TestClient, article: Article
) -> None:
    other = published("Deux\u202f?", "Deux.")
    bearer = {"Authorization": f"Bearer {token()}"}
    first = client.get("/api/v1/articles?limit=1", headers=bearer).json()
    with db.reading() as session:
        assert deliveries.destinations(session).empty  # it has not read everything yet
    client.get(f"/api/v1/articles?limit=1&cursor={first['next']}", headers=bearer)
    assert held("feed") == ("Site", 2)
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, other.id, now=NOW + dt.timedelta(days=1))
    since = {"updated_since": (NOW + dt.timedelta(hours=1)).isoformat()}
    client.get("/api/v1/articles", params=since, headers=bearer)
    assert held("feed") == ("Site", 1)


def test_the_feed_refuses_a_bad_token_and_asks_for_none(
    client: TestClient, article: Article
) -> None:
    bad = client.get("/api/v1/articles", headers={"Authorization": "Bearer faq_x"})
    assert bad.status_code == 401
    for headers in ({}, {"Authorization": "Basic YTpi"}):  # a proxy's own password is not ours
        assert client.get("/api/v1/articles", headers=headers).status_code == 200


def test_whatever_moves_an_article_moves_what_a_machine_holds_of_it(
    client: TestClient, article: Article
) -> None:
    """The file has another ETag, and who asks for what changed since is told of the article."""
    bearer = {"Authorization": f"Bearer {token()}"}
    with db.transaction() as session:
        section = categories.add(session, people.SYSTEM, name="Factures", now=NOW).id
        above = categories.add(session, people.SYSTEM, name="Argent", now=NOW).id
        kept = categories.add(session, people.SYSTEM, name="Budget", now=NOW).id
        filing.file_under(session, people.SYSTEM, article.id, category_id=section, now=NOW)
    moves: dict[str, Callable[[Session, dt.datetime], object]] = {
        "category renamed": lambda s, now: categories.rename(
            s, people.SYSTEM, category_id=section, name="Paiements", now=now
        ),
        "category under another": lambda s, now: categories.place(
            s, people.SYSTEM, category_id=section, parent_id=above, now=now
        ),
        "the one above renamed": lambda s, now: categories.rename(
            s, people.SYSTEM, category_id=above, name="Finances", now=now
        ),
        "address changed": lambda s, now: filing.move(
            s, people.SYSTEM, article.id, slug="ailleurs", now=now
        ),
        "tag added": lambda s, now: filing.change(
            s, people.SYSTEM, [article.id], filing.Change(tags_added=("neuf",)), now=now
        ),
        "the one above merged": lambda s, now: categories.merge(
            s, people.SYSTEM, category_id=above, into_id=kept, objective=None, now=now
        ),
        "filed elsewhere": lambda s, now: filing.file_under(
            s, people.SYSTEM, article.id, category_id=kept, now=now
        ),
        "withdrawn": lambda s, now: loop.withdraw(s, people.SYSTEM, article.id, now=now),
    }

    def etag() -> str:
        got = client.get("/api/v1/exports/json?allow_empty=true", headers=bearer)
        etag: str = got.headers["etag"]
        return etag

    known = etag()
    for day, (what, move) in enumerate(moves.items(), start=1):
        now = NOW + dt.timedelta(days=day)
        with db.transaction() as session:
            move(session, now)
        since = {"updated_since": (now - dt.timedelta(minutes=1)).isoformat()}
        told = client.get("/api/v1/articles", params=since).json()["items"]
        assert [each["id"] for each in told] == [article.uid], what
        assert etag() != known, what
        known = etag()


def test_an_objective_that_moves_changes_what_leaves_out_those_below(
    client: TestClient, article: Article
) -> None:
    bearer = {"Authorization": f"Bearer {token()}"}
    published("Une autre ?")
    with db.transaction() as session:
        section = categories.add(session, people.SYSTEM, name="Factures", now=NOW).id
        filing.file_under(session, people.SYSTEM, article.id, category_id=section, now=NOW)
    received(article.id, 12, 28)

    def asked(headers: dict[str, str]) -> Any:
        return client.get(
            "/api/v1/exports/json", params={"without_below": "1"}, headers=bearer | headers
        )

    first = asked({})
    assert len(first.json()["items"]) == 1
    with db.transaction() as session:
        categories.set_objective(
            session, people.SYSTEM, category_id=section, objective=0.2, now=NOW
        )
    again = asked({"If-None-Match": first.headers["etag"]})
    assert (again.status_code, len(again.json()["items"])) == (200, 2)


def unpacked(data: bytes) -> str:
    """Every word of a file, whatever holds it."""
    if data.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(data)
        return "".join(page.get_textpage().get_text_range() for page in document)
    return data.decode(errors="replace")  # our zips and office documents are stored as they are


def test_no_channel_tells_what_the_public_does_not_read(
    client: TestClient, article: Article
) -> None:
    """Drafts, planned texts, withdrawn articles, notes, remarks, owners: by no filter, in no format."""
    with db.transaction() as session:
        for answer, number in (("SECRET brouillon", article.id), ("SECRET jamais paru", None)):
            made = (
                number
                or articles.create(
                    session, people.SYSTEM, text=Text("SECRET question", ""), now=NOW
                ).id
            )
            articles.save_draft(
                session,
                people.SYSTEM,
                made,
                text=Text("SECRET question", answer),
                seen=articles.seen(session, made),
                now=NOW,
            )
        reviews.note(session, people.SYSTEM, article.id, text="SECRET note", now=NOW)
        draft = articles.draft_of(session, article.id)
        assert draft is not None
        plans.add_publication(
            session,
            people.SYSTEM,
            draft,
            due_at=NOW + dt.timedelta(days=1),
            significance=Significance.MAJOR,
            now=NOW,
        )
    gone = published("SECRET retiré ?", "SECRET retiré")
    remarked(gone.id, "SECRET remarque")
    remarked(article.id, "SECRET remarque")
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, gone.id, now=NOW)
        change = filing.Change(internal_note="SECRET note interne")
        filing.change(session, people.SYSTEM, [article.id], change, now=NOW)
    bearer = {"Authorization": f"Bearer {token()}"}
    for channel in exports.CHANNELS:
        for query in ("", "?updated_since=2000-01-01", "?typography=fix&spaces=plain"):
            got = client.get(f"/api/v1/exports/{channel}{query}", headers=bearer)
            assert got.status_code == 200
            assert "virement" in unpacked(got.content), channel
            assert "SECRET" not in unpacked(got.content), channel
    for query in ("", "?updated_since=2000-01-01"):
        assert "SECRET" not in client.get(f"/api/v1/articles{query}", headers=bearer).text


@pytest.mark.parametrize("scope", [each for each in people.SCOPES if each != "export"])
def test_a_token_of_another_scope_exports_nothing_and_is_told_so(
    client: TestClient, article: Article, scope: str
) -> None:
    bearer = {"Authorization": f"Bearer {token(scope)}"}
    for path in ("/api/v1/exports/json", "/api/v1/articles"):
        got = client.get(path, headers=bearer)
        assert got.status_code in (401, 403)
        assert QUESTION not in got.text


# -- errors and description ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api", 404),
        ("GET", "/api/v1/inconnu", 404),
        ("DELETE", "/api/v1/articles", 405),
        ("GET", "/api/v1/articles/x/votes", 405),
        ("GET", "/api/v1/articles?limit=0", 422),
        ("GET", "/api/v1/articles?limit=201", 422),
        ("GET", "/api/v1/articles?limit=²", 422),
        ("GET", "/api/v1/articles?limit=000000001999", 422),
        ("GET", "/api/v1/articles?cursor=%C3%A9", 422),
        ("GET", "/api/v1/articles?updated_since=hier", 422),
    ],
)
def test_every_refusal_has_the_one_error_shape(
    client: TestClient, method: str, path: str, status: int
) -> None:
    got = client.request(method, path)
    assert got.status_code == status
    Draft202012Validator(schemas.ERROR).validate(got.json())


def test_the_description_names_every_address(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"]
    served = {
        route.path
        for route in api.routes()
        if route.path.startswith("/api/v1/") and not route.path.endswith("openapi.json")
    }
    assert set(described) == served
    json.dumps(described, allow_nan=False)


def test_settings_are_those_of_the_installation(client: TestClient) -> None:
    servers = client.get("/api/v1/openapi.json").json()["servers"]
    assert servers == [{"url": settings.current().public_url}]
