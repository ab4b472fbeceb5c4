"""Recherches: what is looked for in vain is seen, and becomes an article in one click."""

import datetime as dt

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from faq_cms import db, searches
from faq_cms.helpfulness import Window
from faq_cms.models import MissingQuestion, Version
from faq_cms.screens import _data, _table
from faq_cms.screens.registry import Appears, named
from faq_cms.searches import Gathered
from faq_cms.votes import civil_day
from tests import content, screens

SCREEN = "searches.py"
NOW = dt.datetime.now(dt.UTC)
TODAY = civil_day(NOW)


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def searched(query: str, times: int, *, results: int = 0, days_ago: int = 0) -> None:
    key = (TODAY - dt.timedelta(days=days_ago), query)
    with db.transaction() as session:
        searches.add(session, Gathered(searches={key: times}, results={key: results}))


def opened(query: str, article_id: int, times: int) -> None:
    with db.transaction() as session:
        searches.add(session, Gathered(clicks={(TODAY, query, article_id): times}))


def reported(question: str) -> int:
    with db.transaction() as session:
        return searches.report(session, question=question, now=NOW).id


def queries(app: AppTest) -> list[str]:
    """The queries on the page, in order."""
    return [
        str(button.key).removeprefix("create_")
        for button in app.button
        if "create_" in str(button.key)
    ]


def drafted() -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Version.question).where(Version.number.is_(None))))


def test_without_a_search_it_says_where_they_come_from() -> None:
    assert "Aucune recherche pour le moment" in screens.words(screens.application(SCREEN))


def test_the_first_search_puts_the_screen_in_the_menu() -> None:
    def is_there() -> bool:
        return _data.waiting(_data.revision()).has_searches

    screen = named(SCREEN)
    assert screen is not None
    assert screen.appears is Appears.ONCE_SEARCHED
    assert not is_there()
    searched("facture", 1)
    assert is_there()


def test_the_most_frequent_come_first_and_each_kind_is_one_click_away() -> None:
    article = content.published()
    searched("facture", 5, results=1)
    opened("facture", article.id, 2)
    searched("rib", 3, results=2)
    searched("trottinette", 8)
    app = screens.application(SCREEN)
    assert queries(app) == ["trottinette", "facture", "rib"]
    shown = screens.words(app)
    assert "16 recherches" in shown
    assert "5 recherches · 1 réponse · 2 ouvertures · surtout" in shown
    app.segmented_control(key="genre").set_value("sans_reponse").run()
    assert queries(app) == ["trottinette"]
    app.segmented_control(key="genre").set_value("sans_clic").run()
    assert queries(app) == ["rib"]
    said = screens.words(app)
    assert "3 recherches sur 16" in said
    assert "3 recherches · 2 réponses · aucune ouverture" in said


def test_what_is_taken_away_is_what_is_listed() -> None:
    article = content.published()
    searched("facture", 5, results=1)
    opened("facture", article.id, 2)
    searched("trottinette", 8)
    searched("trottinette", 3, days_ago=40)
    app = screens.application(SCREEN)
    offered = [button.proto.label for button in app.get("download_button")]
    assert offered == ["CSV pour Excel", "Classeur Excel"]
    app.segmented_control(key="genre").set_value("sans_reponse").run()
    with db.reading() as session:
        since = TODAY - dt.timedelta(days=27)
        rows = searches.top(session, since=since, until=TODAY)
    table = _table.searches(rows)
    assert list(table.iloc[0])[:5] == ["trottinette", 8, 3, 0, 0]
    assert list(table.iloc[1]) == ["facture", 5, 0, 1, 2, content.QUESTION]


@pytest.mark.parametrize(
    ("before", "is_said"),
    [(1, False), (2, False), (9, False), (10, True), (29, True), (30, True)],
)
def test_a_trend_is_said_only_when_both_sides_have_enough(before: int, is_said: bool) -> None:
    searched("facture", 30, results=1)
    searched("facture", before, results=1, days_ago=40)
    shown = screens.words(screens.application(SCREEN))
    assert ("sur la période précédente" in shown) == is_said


def test_older_searches_are_in_longer_periods_only() -> None:
    searched("facture", 1)
    searched("ancienne", 1, days_ago=60)
    app = screens.application(SCREEN)
    assert queries(app) == ["facture"]
    app.segmented_control(key="periode").set_value(Window.DAYS_90.value).run()
    assert queries(app) == ["ancienne", "facture"]


def test_one_click_makes_an_article_of_what_was_searched() -> None:
    searched("assurer trottinette", 2)
    app = screens.application(SCREEN)
    app.button(key="create_assurer trottinette").click().run()
    assert not app.exception
    assert drafted() == ["Assurer trottinette"]


def test_a_reported_question_becomes_an_article_and_leaves_the_list() -> None:
    question = reported("Où assurer ma trottinette\u202f?")
    app = screens.application(SCREEN)
    assert "Où assurer ma trottinette\u202f?" in screens.words(app)
    app.button(key=f"answer_{question}").click().run()
    assert drafted() == ["Où assurer ma trottinette\u202f?"]
    with db.reading() as session:
        assert searches.missing(session) == []


def test_a_reported_question_settled_by_mistake_comes_back() -> None:
    question = reported("**Gras** et :smile:")
    app = screens.application(SCREEN)
    app.button(key=f"settle_{question}").click().run()
    with db.reading() as session:
        assert session.get_one(MissingQuestion, question).handled_at is not None
    app.button(key="undo").click().run()
    assert "**Gras** et :smile:" in [text.value for text in app.text]


def test_what_is_old_is_forgotten() -> None:
    searched("facture", 1)
    reported("Une question\u202f?")
    with db.transaction() as session:
        later = NOW + dt.timedelta(days=1)
        searches.forget(session, days_before=civil_day(later), questions_before=later)
        assert not searches.has_any(session)
