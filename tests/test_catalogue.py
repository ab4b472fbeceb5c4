"""The catalogue: every article in its place, in parts whose stamps move exactly when they do."""

import datetime as dt
from collections.abc import Callable

import pandas as pd
import pytest
from sqlalchemy import event

from faq_cms import analytics, articles, catalogue, categories, db, filing, loop, people
from faq_cms.articles import Text
from faq_cms.filing import Change
from tests import content

NOW = content.NOW
DAY = dt.date(2026, 6, 1)

pytestmark = pytest.mark.usefixtures("database")


def drafted(article_id: int, answer: str = "En cours") -> None:
    with db.transaction() as session:
        seen = articles.seen(session, article_id)
        text = Text("Question reprise", answer)
        articles.save_draft(session, people.SYSTEM, article_id, text=text, seen=seen, now=NOW)


def begun(question: str = "Jamais publiée") -> int:
    with db.transaction() as session:
        return articles.create(session, people.SYSTEM, text=Text(question, "…"), now=NOW).id


def withdrawn(article_id: int) -> None:
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article_id, now=NOW)


def changed(article_id: int, change: Change) -> None:
    with db.transaction() as session:
        filing.change(session, people.SYSTEM, [article_id], change, now=NOW)


def read() -> pd.DataFrame:
    with db.reading() as session:
        return catalogue.articles(session).set_index("article_id")


def stamps() -> tuple[catalogue.Stamp, catalogue.DraftsStamp]:
    with db.reading() as session:
        return catalogue.stamp(session), catalogue.drafts_stamp(session)


def test_each_article_is_where_it_stands_and_where_it_is_filed() -> None:
    live, gone, never = content.published("A").id, content.published("B").id, begun()
    withdrawn(gone)
    drafted(live)
    with db.transaction() as session:
        category = categories.add(session, people.SYSTEM, name="Factures", now=NOW).id
    changed(live, Change(category_id=category, review_on=DAY, tags=("Peppol", "accès")))
    rows = read()
    assert rows["state"].to_dict() == {live: "published", gone: "withdrawn", never: "draft"}
    first = rows.loc[live]
    assert (first["question"], first["category"], first["review_on"]) == ("A", "Factures", DAY)
    assert first["tags"] == "accès\nPeppol"
    assert rows.loc[gone, "question"] == "B"
    assert rows["question"].isna()[never]
    with db.reading() as session:
        drafts = catalogue.drafts(session).set_index("article_id")
    assert drafts["draft_question"].to_dict() == {live: "Question reprise", never: "Jamais publiée"}


def test_an_empty_installation_has_an_empty_catalogue() -> None:
    with db.reading() as session:
        assert catalogue.articles(session).empty
        assert catalogue.drafts(session).empty
        assert catalogue.votes(session).empty
        assert not catalogue.has_published(session)


def test_votes_are_those_of_the_ranking() -> None:
    first, second, never = (content.published(each) for each in ("A", "B", "C"))
    content.received(first.id, 3, 2, off_text=1)
    content.received(second.id, 1, 0)
    content.revised(second.id, "Une nouvelle mesure.")
    content.received(second.id, 0, 2)
    content.voted(never.id, True, set_aside=True)
    with db.reading() as session:
        found = catalogue.votes(session)
        ranking = analytics.usefulness(session).set_index("article_id")[list(catalogue.COUNTS)]
        page = catalogue.votes(session, [second.id])
        assert catalogue.has_published(session)
    assert found.to_dict("index") == ranking.loc[[first.id, second.id]].to_dict("index")
    assert list(page.index) == [second.id]


def test_stamps_move_with_what_they_stand_for_and_with_nothing_else() -> None:
    article = content.published().id
    other = content.published().id

    def moves(change: Callable[[], object]) -> tuple[bool, bool]:
        before = stamps()
        change()
        after = stamps()
        return before[0] != after[0], before[1] != after[1]

    assert moves(lambda: content.voted(article, False)) == (False, False)
    assert moves(lambda: drafted(article)) == (False, True)
    assert moves(lambda: drafted(article, "Plus loin")) == (False, True)
    assert moves(lambda: changed(article, Change(review_on=DAY))) == (True, False)
    assert moves(lambda: changed(article, Change(review_on=None))) == (True, False)
    assert moves(lambda: changed(article, Change(tags=("Peppol",)))) == (True, False)
    assert moves(begun) == (True, True)
    assert moves(lambda: withdrawn(other)) == (True, False)


def test_the_whole_list_takes_as_many_queries_whatever_its_length() -> None:
    def queries() -> int:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        engine = db.current().read_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            with db.reading() as session:
                catalogue.articles(session)
                catalogue.drafts(session)
                catalogue.votes(session)
                catalogue.in_review(session)
                catalogue.planned(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    content.published()
    few = queries()
    for number in range(5):
        drafted(content.published(f"Question {number}").id)
    assert queries() == few <= 8
