"""Oui, Non, a reason, a remark: without script, without false thanks, once each."""

from urllib.parse import urlencode

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from faq_cms import corrections, db, french, loop, people, remarks, votes
from faq_cms.models import Article, Reason, Remark, Vote
from faq_cms.public import forms
from tests import content
from tests.public.conftest import Markup, Reader, hostile, text_of

YES = "C'est super !"
NO = "Désolé ! Nous n'avons pas pu vous être utile"
THANKS = "Merci pour votre commentaire"
SENT = "Commentaires envoyés Nous apprécions vos efforts et nous allons corriger l'article"
SENT_ELSE = "Merci, votre remarque est transmise à la rédaction."


def vote(client: TestClient, article: Article, helpful: str, **fields: str) -> Response:
    return client.post(
        f"/aide/{article.slug}/vote", data={"helpful": helpful, "version": "1", **fields}
    )


def remark(client: TestClient, article: Article, **fields: str) -> Response:
    return client.post(f"/aide/{article.slug}/remarque", data=fields)


def landed(client: TestClient, answer: Response) -> str:
    """The page a post leads to."""
    assert answer.status_code == 303
    return client.get(answer.headers["location"].partition("#")[0]).text


def field(page: str, name: str) -> str:
    """The value of a hidden field of the page."""
    return next(
        attributes["value"] or ""
        for tag, attributes in Markup(page).elements
        if tag == "input" and attributes.get("name") == name
    )


def pressed(page: str) -> list[str | None]:
    return [
        attributes.get("value")
        for tag, attributes in Markup(page).elements
        if tag == "button" and attributes.get("aria-pressed") == "true"
    ]


def kept() -> tuple[list[bool], list[str]]:
    """Verdicts and remarks in the ledger, its tallies checked."""
    with db.reading() as session:
        assert votes.is_balanced(session)
        return (
            [each.helpful for each in session.scalars(select(Vote).order_by(Vote.id))],
            [each.text for each in session.scalars(select(Remark).order_by(Remark.id))],
        )


# -- the exact words -----------------------------------------------------------------------------


def test_after_oui(client: TestClient, article: Article) -> None:
    page = landed(client, vote(client, article, "oui"))
    assert f"{YES} {THANKS}" in text_of(page)
    assert "Envoyer" in page
    assert Reason.OUTDATED.value not in page
    assert pressed(page) == ["oui"]


def test_after_non_reasons_a_remark_and_the_assistance(
    client: TestClient, article: Article
) -> None:
    page = landed(client, vote(client, article, "non"))
    assert f"{NO} {THANKS}" in text_of(page)
    for label in french.REASONS.values():
        assert text_of(label) in text_of(page)
    assert "N'indiquez aucune donnée personnelle" in text_of(page)
    assert 'href="/aide/contact?de=article"' in page
    assert pressed(page) == ["non"]


def test_a_reason_then_a_remark_then_its_reference(client: TestClient, article: Article) -> None:
    page = landed(client, vote(client, article, "non"))
    token = field(page, "token")
    page = landed(client, remark(client, article, token=token, reason="unclear"))
    assert pressed(page) == ["non", "unclear"]
    assert NO in text_of(page)
    page = landed(client, remark(client, article, token=token, text="Quel RIB\u202f?"))
    assert SENT in text_of(page)
    assert kept() == ([False], ["Quel RIB\u202f?"])
    with db.reading() as session:
        (row,) = session.scalars(select(Remark)).all()
        assert row.reference in page
        assert remarks.by_reference(session, row.reference.lower()).id == row.id
        assert len(corrections.queue(session)) == 1


@pytest.mark.parametrize(
    ("helpful", "reason"), [("oui", ""), ("non", "off_topic"), ("non", "disagrees")]
)
def test_no_correction_is_promised_when_the_text_is_not_blamed(
    client: TestClient, article: Article, helpful: str, reason: str
) -> None:
    token = field(landed(client, vote(client, article, helpful)), "token")
    page = landed(client, remark(client, article, token=token, reason=reason, text="Voilà"))
    assert SENT_ELSE in text_of(page)
    assert "corriger l'article" not in text_of(page)


# -- once ----------------------------------------------------------------------------------------


def test_reloading_the_thanks_votes_for_nobody(client: TestClient, article: Article) -> None:
    answer = vote(client, article, "non")
    for _ in range(3):
        landed(client, answer)
    assert kept() == ([False], [])


def test_a_changed_mind_is_one_tap(client: TestClient, article: Article) -> None:
    vote(client, article, "non")
    page = landed(client, vote(client, article, "oui"))
    assert YES in text_of(page)
    assert kept() == ([True], [])


def test_cookies_refused_the_token_of_the_page_counts_once(
    reader: Reader, article: Article
) -> None:
    page = landed(reader(), vote(reader(), article, "non"))
    vote(reader(), article, "oui", token=field(page, "token"))
    assert kept() == ([True], [])


def test_the_cookie_comes_with_the_first_vote_only(client: TestClient, article: Article) -> None:
    first = vote(client, article, "non")
    cookie = first.headers["set-cookie"]
    for part in ("faq_visiteur=", "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=2592000"):
        assert part in cookie
    assert first.headers["cache-control"] == "no-store"
    assert "set-cookie" not in vote(client, article, "oui").headers


def test_the_thanks_are_kept_by_no_cache_and_shown_to_their_article_only(
    client: TestClient, article: Article
) -> None:
    other = content.published("Une autre question\u202f?")
    location = vote(client, article, "non").headers["location"]
    query = location.partition("?")[2].partition("#")[0]
    assert client.get(f"/aide/{article.slug}?{query}").headers["cache-control"] == "no-store"
    assert NO not in text_of(client.get(f"/aide/{other.slug}?{query}").text)


@pytest.mark.parametrize("state", ["x", "WzEsIiJd.x.y", "%00", "é", "a" * 4000])
def test_a_forged_state_is_a_plain_article(
    client: TestClient, article: Article, state: str
) -> None:
    vote(client, article, "non")
    answer = client.get(f"/aide/{article.slug}", params={"avis": state})
    assert answer.status_code == 200
    assert THANKS not in text_of(answer.text)


def test_old_thanks_are_a_plain_article(
    client: TestClient, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = vote(client, article, "non")
    monkeypatch.setattr("faq_cms.public.said.SECONDS", -1)
    assert THANKS not in text_of(landed(client, answer))


# -- refusals never thank ------------------------------------------------------------------------


def refused(answer: Response, status: int) -> str:
    assert answer.status_code == status
    page = text_of(answer.text)
    assert "Merci" not in page
    assert YES not in page
    return page


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"helpful": ""},
        {"helpful": "peut-être"},
        {"helpful": "oui", "role": "administrator"},
        {"helpful": ["oui", "non"]},
        {"helpful": "oui", forms.TRAP: "https://spam.example"},
    ],
)
def test_a_vote_that_says_nothing_clear_is_refused(
    client: TestClient, article: Article, body: dict[str, str]
) -> None:
    refused(client.post(f"/aide/{article.slug}/vote", data=body), 422)
    assert kept() == ([], [])


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "NaN", "9" * 30, "٣", "[1]", "2"])
def test_a_version_that_is_none_is_not_found(
    client: TestClient, article: Article, number: str
) -> None:
    data = {"helpful": "oui", "version": number}
    refused(client.post(f"/aide/{article.slug}/vote", data=data), 404)
    assert kept() == ([], [])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"helpful": "oui"}'),
        ("text/plain", b"helpful=oui"),
        ("multipart/form-data; boundary=x", b"--x--"),
        (forms.FORM, b"helpful=%ff%fe"),
        (forms.FORM, "helpful=oui&version=é".encode()),
        (forms.FORM, b"helpful=oui&" + b"a=b&" * 100),
    ],
)
def test_another_format_is_refused(
    client: TestClient, article: Article, kind: str, body: bytes
) -> None:
    answer = client.post(f"/aide/{article.slug}/vote", content=body, headers={"content-type": kind})
    refused(answer, 422)


def test_a_closed_article_takes_neither_vote_nor_thanks(
    client: TestClient, article: Article
) -> None:
    page = landed(client, vote(client, article, "non"))
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article.id, now=content.NOW)
    assert "n'est plus publié" in refused(vote(client, article, "oui"), 404)
    assert field(page, "token")


def test_too_many_votes_say_so_and_when_to_come_back(client: TestClient, article: Article) -> None:
    for _ in range(20):
        vote(client, article, "non", token="")
    answer = vote(client, article, "oui")
    for _ in range(3):
        answer = vote(client, article, "oui")
    assert "Réessayez dans" in refused(answer, 429)
    assert 0 < int(answer.headers["retry-after"]) <= 61


def test_a_database_that_cannot_write_is_a_503(
    client: TestClient, article: Article, database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "write_engine", database.read_engine)
    answer = vote(client, article, "oui")
    assert "Enregistrement impossible" in refused(answer, 503)
    assert answer.headers["retry-after"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("length", [2001, 3000])
def test_a_remark_too_long_comes_back_whole_beside_the_reason_why(
    client: TestClient, article: Article, length: int
) -> None:
    token = field(landed(client, vote(client, article, "non")), "token")
    words = "é<" + "x" * (length - 2)
    answer = remark(client, article, token=token, text=words)
    assert answer.status_code == 422
    assert "Votre remarque ne peut dépasser 2 000 caractères." in text_of(answer.text)
    assert words.replace("<", "&lt;") in answer.text
    assert "Commentaires envoyés" not in answer.text
    assert kept() == ([False], [])


def test_a_remark_of_two_thousand_accents_and_line_ends_is_legal(
    client: TestClient, article: Article
) -> None:
    token = field(landed(client, vote(client, article, "non")), "token")
    words = ("é" * 99 + "\r\n") * 20
    body = urlencode({"token": token, "text": words}).encode()
    answer = client.post(
        f"/aide/{article.slug}/remarque",
        content=body,
        headers={"content-type": forms.FORM},
    )
    assert SENT in text_of(landed(client, answer))


def test_an_empty_remark_is_asked_for_again(client: TestClient, article: Article) -> None:
    token = field(landed(client, vote(client, article, "non")), "token")
    answer = remark(client, article, token=token, text="  \r\n ")
    assert answer.status_code == 422
    assert "Votre remarque est vide." in text_of(answer.text)


def test_a_remark_without_its_vote_is_refused(client: TestClient, article: Article) -> None:
    refused(remark(client, article, token="forged", text="Bonjour"), 404)
    refused(remark(client, article, token="", text="Bonjour"), 404)


def test_a_body_beyond_the_cap_is_refused(client: TestClient, article: Article) -> None:
    refused(remark(client, article, token="x", text="x" * 40_000), 413)


def test_a_vote_ordered_by_another_site_is_refused(client: TestClient, article: Article) -> None:
    answer = client.post(
        f"/aide/{article.slug}/vote",
        data={"helpful": "oui"},
        headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    )
    refused(answer, 403)
    assert kept() == ([], [])


def test_opening_the_address_of_a_post_leads_to_its_article(
    client: TestClient, article: Article
) -> None:
    for end in ("vote", "remarque"):
        answer = client.get(f"/aide/{article.slug}/{end}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/aide/{article.slug}")


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "</textarea><img src=x onerror=a>"])
def test_a_hostile_remark_is_kept_as_text_and_shown_as_text(
    client: TestClient, article: Article, words: str
) -> None:
    token = field(landed(client, vote(client, article, "non")), "token")
    again = remark(client, article, token=token, text=words + "x" * 2000)
    assert hostile(again.text) == []
    remark(client, article, token=token, text=words)
    assert kept()[1] == [words]
