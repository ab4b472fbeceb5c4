"""Searching: what is counted and what never is; a question not found is reported in two gestures."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from faq_cms import caps, categories, db, filing, people, searches
from faq_cms.models import Article, MissingQuestion, SearchClickDay, SearchDay, SupportClickDay
from faq_cms.public import searched, views
from faq_cms.searches import Gathered
from faq_cms.settings import Settings
from faq_cms.votes import civil_day
from tests import content
from tests.public.conftest import Reader, hostile, text_of

SUPPORT = "https://assistance.example.org/"


@pytest.fixture(autouse=True)
def nothing_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searched, "_gathered", Gathered())


def look_for(client: TestClient, query: str) -> str:
    answer = client.get("/aide/recherche", params={"q": query})
    assert answer.status_code == 200
    return answer.text


def log() -> dict[str, tuple[int, int]]:
    """Query → (searches, results), as stored."""
    searched.flush()
    with db.reading() as session:
        return {
            row.query: (row.searches, row.results) for row in session.scalars(select(SearchDay))
        }


# -- the log -------------------------------------------------------------------------------------


def test_a_search_is_counted_by_its_words_and_its_answers(
    client: TestClient, article: Article
) -> None:
    for query in ("facture", "la Facture\u202f?", "FACTURÉ"):
        look_for(client, query)
    look_for(client, "trottinette")
    assert log() == {"facture": (3, 1), "trottinette": (1, 0)}


@pytest.mark.parametrize(
    "query",
    [
        "jeanne@example.org",
        "06 12 34 56 78",
        "facture 4500123456",
        "FR76 3000 6000 0112 3456 7890 189",
        "2 55 08 14 168 025 38",
        "le la les",
        "?!",
        "",
    ],
)
def test_what_could_name_a_person_or_says_nothing_is_not_kept(
    client: TestClient, article: Article, query: str
) -> None:
    look_for(client, query)
    assert log() == {}


@pytest.mark.parametrize(
    "headers", [{"user-agent": "Googlebot/2.1"}, {"user-agent": ""}, {"sec-purpose": "prefetch"}]
)
def test_robots_and_pages_loaded_in_advance_are_not_readers(
    client: TestClient, article: Article, headers: dict[str, str]
) -> None:
    client.get("/aide/recherche", params={"q": "facture"}, headers=headers)
    client.head("/aide/recherche", params={"q": "facture"})
    assert log() == {}


def test_searching_leaves_no_cookie(client: TestClient, article: Article) -> None:
    look_for(client, "facture")
    assert not client.cookies


def test_an_answer_opened_is_counted_and_its_address_stays_plain(
    client: TestClient, article: Article
) -> None:
    page = look_for(client, "Ma facture\u202f?")
    address = f"/aide/recherche/{article.slug}?q=Ma%20facture%E2%80%AF%3F"
    assert f'href="{address}"' in page
    answer = client.get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/aide/{article.slug}")
    searched.flush()
    with db.reading() as session:
        (click,) = session.scalars(select(SearchClickDay)).all()
        assert (click.query, click.article_id, click.clicks) == ("facture", article.id, 1)
        day = civil_day(dt.datetime.now(dt.UTC))
        (row,) = searches.top(session, since=day, until=day).to_dict("records")
        assert (row["searches"], row["clicks"], row["opened"]) == (1, 1, content.QUESTION)


def test_a_click_without_its_search_is_made_up(client: TestClient, article: Article) -> None:
    client.get(f"/aide/recherche/{article.slug}", params={"q": "inventee"})
    searched.flush()
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(SearchClickDay)) == 0


def test_an_answer_that_is_gone_leads_to_its_address(client: TestClient) -> None:
    answer = client.get("/aide/recherche/disparu", params={"q": "facture"})
    assert answer.headers["location"] == "/aide/disparu"


def test_what_was_gathered_waits_for_a_database_that_is_away(
    client: TestClient, article: Article, database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_for(client, "facture")

    def away(*_: object) -> None:
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr(searches, "add", away)
        with pytest.raises(OSError, match="away"):
            searched.flush()
    look_for(client, "facture")
    assert log() == {"facture": (2, 1)}


def test_a_robot_that_invents_words_stops_counting(
    client: TestClient, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searched, "MOST", 2)
    monkeypatch.setattr(searches, "QUERIES_A_DAY", 3)
    for query in ("mot1", "mot2", "mot3"):
        look_for(client, query)
    assert sorted(log()) == ["mot1", "mot2"]
    for query in ("mot4", "mot5"):
        look_for(client, query)
    assert len(log()) == 3
    look_for(client, "mot1")
    assert log()["mot1"][0] == 2


# -- not found -----------------------------------------------------------------------------------


def test_a_search_in_vain_offers_neighbours_a_report_and_the_assistance(
    client: TestClient, article: Article
) -> None:
    page = look_for(client, "facture de ma <b>trottinette</b>")
    assert "Aucune réponse pour" in text_of(page)
    assert "Les articles les plus proches" in text_of(page)
    assert f'href="/aide/recherche/{article.slug}?' in page
    assert "Signaler une question manquante" in text_of(page)
    assert "Il n'y a pas de réponse individuelle." in text_of(page)
    assert 'href="/aide/contact?de=recherche"' in page
    assert hostile(page) == []
    assert [results for _, results in log().values()] == [0]


def test_words_no_article_holds_lead_to_their_family(client: TestClient, article: Article) -> None:
    page = look_for(client, "facturette")
    assert "Aucune réponse pour" in text_of(page)
    assert "Les articles les plus proches" in text_of(page)
    assert f'href="/aide/recherche/{article.slug}?' in page
    assert log() == {"facturette": (1, 0)}


def test_with_nothing_near_the_most_read_are_offered_under_that_name(
    client: TestClient, article: Article
) -> None:
    content.published("Et le délai ?", "Trente jours.")
    client.get(f"/aide/{article.slug}")
    views.flush()
    page = look_for(client, "zzzz")
    assert "Les articles les plus proches" not in text_of(page)
    assert "Les articles les plus lus" in text_of(page)
    assert f'href="/aide/{article.slug}"' in page
    assert "Et le délai" not in text_of(page)


def test_with_nothing_near_the_categories_that_hold_something_are_offered(
    client: TestClient, article: Article
) -> None:
    with db.transaction() as session:
        used = categories.add(session, people.SYSTEM, name="Factures", now=content.NOW)
        categories.add(session, people.SYSTEM, name="Vide", now=content.NOW)
        filing.file_under(session, people.SYSTEM, article.id, category_id=used.id, now=content.NOW)
    page = look_for(client, "zzzz")
    assert 'href="/aide/categories/factures"' in page
    assert "Vide" not in text_of(page)


def test_a_missing_question_is_kept_masked_then_thanked_for(client: TestClient) -> None:
    words = "Où assurer  ma trottinette\u202f?\n(06 12 34 56 78)"
    answer = client.post("/aide/question-manquante", data={"question": words})
    assert answer.status_code == 303
    assert "Merci, votre question est transmise" in text_of(
        client.get(answer.headers["location"]).text
    )
    with db.reading() as session:
        (kept,) = searches.missing(session)
        assert kept.text == "Où assurer ma trottinette\u202f? (•• •• •• •• ••)"
    assert not client.cookies


@pytest.mark.parametrize("signed", ["", "1", "WzFd.x.y"])
def test_no_thanks_for_what_was_not_kept(client: TestClient, signed: str) -> None:
    page = client.get("/aide/question-manquante", params={"recue": signed}).text
    assert "Merci" not in text_of(page)
    assert 'name="question"' in page


@pytest.mark.parametrize("question", ["", "   ", "a" * (searches.QUESTION_MAX + 1)])
def test_a_refused_question_comes_back_with_its_words(client: TestClient, question: str) -> None:
    answer = client.post("/aide/question-manquante", data={"question": question})
    assert answer.status_code == 422
    assert "Merci" not in text_of(answer.text)
    assert question.strip() in answer.text
    with db.reading() as session:
        assert searches.missing(session) == []


def test_the_same_question_reported_twice_waits_once(client: TestClient) -> None:
    for _ in range(2):
        client.post("/aide/question-manquante", data={"question": "Où\u202f?"})
    with db.reading() as session:
        assert len(searches.missing(session)) == 1


def test_a_network_that_reports_more_than_people_write_waits(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(caps.QUESTIONS.most):
        answer = reader().post("/aide/question-manquante", data={"question": f"Question {number}"})
        assert answer.status_code == 303
    answer = reader().post("/aide/question-manquante", data={"question": "Une de trop"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Une de trop" in answer.text


def test_a_flood_stops_at_what_somebody_can_read(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "WAITING_MAX", 1)
    assert client.post("/aide/question-manquante", data={"question": "Un"}).status_code == 303
    assert client.post("/aide/question-manquante", data={"question": "Deux"}).status_code == 429
    with db.reading() as session:
        assert [kept.text for kept in session.scalars(select(MissingQuestion))] == ["Un"]


# -- the assistance ------------------------------------------------------------------------------


def test_the_way_to_the_assistance_is_counted_by_place(client: TestClient) -> None:
    for _ in range(2):
        answer = client.get("/aide/contact?de=recherche&vers=https://ailleurs.example")
        assert answer.headers["location"] == SUPPORT
    searched.flush()
    with db.reading() as session:
        (row,) = session.scalars(select(SupportClickDay)).all()
        assert (row.place, row.clicks) == ("recherche", 2)


def test_a_mailbox_is_shown_opened_and_counted(
    client: TestClient, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = replace(installed, support_url="mailto:aide%2Bfaq@example.org?subject=Aide")
    monkeypatch.setattr("faq_cms.settings._current", mailbox)
    page = client.get("/aide/contact?de=pied").text
    assert 'content="0;url=mailto:aide%2Bfaq@example.org?subject=Aide"' in page
    assert 'href="mailto:aide%2Bfaq@example.org?subject=Aide">aide+faq@example.org<' in page
    searched.flush()
    with db.reading() as session:
        (row,) = session.scalars(select(SupportClickDay)).all()
        assert (row.place, row.clicks) == ("pied", 1)


def test_every_way_to_the_assistance_is_counted(client: TestClient, article: Article) -> None:
    for path in ("/aide", f"/aide/{article.slug}", "/aide/confidentialite", "/aide/recherche?q=z"):
        page = client.get(path).text
        assert "/aide/contact?de=" in page
        assert SUPPORT not in page


@pytest.mark.parametrize("place", ["", "ailleurs", "https://ailleurs.example"])
def test_no_other_place_exists(client: TestClient, place: str) -> None:
    assert client.get("/aide/contact", params={"de": place}).status_code == 404


# -- while typing --------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["fac", "factures", "PAYÉR", "fcature"])
def test_suggestions_come_while_typing_and_are_not_counted(
    client: TestClient, article: Article, typed: str
) -> None:
    offered = client.get("/aide/suggestions", params={"q": typed}).json()
    assert offered == [{"question": content.QUESTION, "url": f"/aide/{article.slug}"}]
    assert log() == {}


@pytest.mark.parametrize("typed", ["", "f", "\0", "<b>", "zzzz"])
def test_nothing_to_suggest_is_an_empty_list(
    client: TestClient, article: Article, settings: Settings, typed: str
) -> None:
    assert client.get("/aide/suggestions", params={"q": typed}).json() == []
