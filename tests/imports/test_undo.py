"""A whole import taken back: what it made goes, what people changed since stays and is said."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from faq_cms import articles, categories, corrections, db, loop, plans, publishing, search
from faq_cms.errors import Conflict, Forbidden, NotFound
from faq_cms.imports import Document, Entry, Source, apply, undo
from faq_cms.imports.apply import State
from faq_cms.imports.undo import Undone, Why
from faq_cms.models import (
    Article,
    Audit,
    ImportedEntry,
    Role,
    SearchDocument,
    SearchWord,
    Significance,
)
from faq_cms.people import SYSTEM, Actor
from tests import content

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
PAY = Entry("Comment payer ?", "Par virement.", "Facturation", (), 1, tags=("paiement",))
WHEN = Entry("Quand serai-je livré ?", "Sous trois jours.", "Livraison", (), 2)

pytestmark = pytest.mark.usefixtures("database")


def imported(*entries: Entry, publish: bool = False) -> int:
    with db.transaction() as session:
        source = Source("faq.txt", "0" * 64, Document(entries, ()))
        outcome = apply.write_all(session, SYSTEM, [source], publish=publish, now=NOW)
    assert outcome.batch_id is not None
    return outcome.batch_id


def undone(batch_id: int) -> Undone:
    with db.transaction() as session:
        return undo.undo(session, SYSTEM, batch_id, now=NOW)


def planned(*entries: Entry) -> list[State]:
    with db.reading() as session:
        return [step.state for step in apply.plan(session, Document(entries, ()))]


def article_of(question: str) -> int:
    with db.reading() as session:
        found = articles.library(session).set_index("question")["article_id"]
    return int(found[question])


def typed(question: str, answer: str, *, publish: bool = False) -> None:
    """Somebody writes another answer."""
    article_id = article_of(question)
    with db.transaction() as session:
        seen = articles.seen(session, article_id)
        text = articles.Text(question, answer)
        articles.save_draft(session, SYSTEM, article_id, text=text, seen=seen, now=NOW)
        if publish:
            seen = articles.seen(session, article_id)
            loop.publish(
                session, SYSTEM, article_id, seen=seen, significance=Significance.MAJOR, now=NOW
            )


def counted(*tables: type) -> list[int]:
    with db.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_drafts_nobody_touched_are_removed_with_their_categories() -> None:
    batch_id = imported(PAY, WHEN)
    done = undone(batch_id)
    assert (len(done.removed), done.kept) == (2, {})
    assert counted(Article, ImportedEntry) == [0, 0]
    with db.reading() as session:
        assert categories.ordered(session) == []
    assert planned(PAY, WHEN) == [State.CREATED, State.CREATED]


def test_hundreds_of_drafts_are_removed_and_those_read_since_stay() -> None:
    many = [replace(PAY, question=f"Question {number} ?") for number in range(120)]
    batch_id = imported(*many, publish=True)
    content.voted(article_of("Question 7 ?"), True)
    changed = [replace(each, answer="Autrement.") for each in many]
    drafts = imported(*changed, replace(WHEN, question="Neuve ?"))
    done = undone(drafts)
    assert (len(done.dropped), len(done.removed)) == (120, 1)
    assert counted(Article) == [120]
    assert len(undone(batch_id).withdrawn) == 120


def test_what_it_published_is_withdrawn_and_found_no_more() -> None:
    batch_id = imported(PAY, WHEN, publish=True)
    assert counted(SearchDocument) == [2]
    done = undone(batch_id)
    assert len(done.withdrawn) == 2
    with db.reading() as session:
        assert articles.published(session) == []
        assert len(articles.withdrawn(session, since=NOW - dt.timedelta(days=1))) == 2
        assert search.find(session, "virement") == []
    assert counted(SearchDocument, SearchWord) == [0, 0]


def test_what_was_withdrawn_comes_back_at_its_address_with_the_next_import() -> None:
    undone(imported(PAY, publish=True))
    imported(PAY, publish=True)
    with db.reading() as session:
        (found,) = articles.published(session)
    assert (found.slug, found.answer) == ("comment-payer", "Par virement.")
    assert counted(Article) == [1]


def test_a_draft_somebody_wrote_in_is_kept_and_said() -> None:
    batch_id = imported(PAY, WHEN)
    typed("Comment payer ?", "Par carte.")
    with db.reading() as session:
        assert len(undo.preview(session, batch_id).kept) == 1
    done = undone(batch_id)
    assert done.kept == {article_of("Comment payer ?"): Why.WRITTEN}
    assert len(done.removed) == 1


def test_an_article_published_by_somebody_since_is_kept() -> None:
    batch_id = imported(PAY)
    article_id = article_of("Comment payer ?")
    with db.transaction() as session:
        seen = articles.seen(session, article_id)
        loop.publish(
            session, SYSTEM, article_id, seen=seen, significance=Significance.MAJOR, now=NOW
        )
    assert undone(batch_id).kept == {article_id: Why.PUBLISHED}
    with db.reading() as session:
        assert len(articles.published(session)) == 1


@pytest.mark.parametrize("publish", [False, True])
def test_a_published_text_changed_since_is_kept(publish: bool) -> None:
    batch_id = imported(PAY, publish=True)
    typed("Comment payer ?", "Par carte.", publish=publish)
    assert list(undone(batch_id).kept.values()) == [Why.WRITTEN]
    with db.reading() as session:
        assert len(articles.published(session)) == 1


def test_votes_received_since_do_not_keep_an_article_and_stay_counted() -> None:
    batch_id = imported(PAY, publish=True)
    content.received(article_of("Comment payer ?"), helpful=1, unhelpful=1)
    done = undone(batch_id)
    assert len(done.withdrawn) == 1
    with db.reading() as session:
        assert corrections.concerned(session, done.withdrawn) == []


def test_a_draft_made_of_a_changed_source_is_dropped_and_offered_again() -> None:
    imported(PAY, publish=True)
    moved = replace(PAY, answer="Par carte.")
    batch_id = imported(moved)
    done = undone(batch_id)
    assert len(done.dropped) == 1
    with db.reading() as session:
        assert articles.draft_of(session, article_of("Comment payer ?")) is None
        assert len(articles.published(session)) == 1
    assert planned(PAY) == [State.UNCHANGED]
    assert planned(moved) == [State.UPDATED]


def test_the_draft_of_an_earlier_import_comes_back() -> None:
    imported(PAY)
    batch_id = imported(replace(PAY, answer="Par carte."))
    assert len(undone(batch_id).restored) == 1
    with db.reading() as session:
        draft = articles.draft_of(session, article_of("Comment payer ?"))
        assert draft is not None
        assert draft.answer == "Par virement."
    assert planned(PAY) == [State.UNCHANGED]


def test_what_is_planned_is_kept() -> None:
    batch_id = imported(PAY)
    article_id = article_of("Comment payer ?")
    with db.transaction() as session:
        loop.plan_publication(
            session,
            SYSTEM,
            article_id,
            seen=articles.seen(session, article_id),
            due_at=NOW + dt.timedelta(days=1),
            significance=Significance.MAJOR,
            now=NOW,
        )
        assert plans.awaited(session) == {article_id}
    assert undone(batch_id).kept == {article_id: Why.PLANNED}


def test_a_draft_thrown_away_since_is_no_trouble() -> None:
    batch_id = imported(PAY, WHEN)
    article_id = article_of("Comment payer ?")
    with db.transaction() as session:
        seen = articles.seen(session, article_id)
        publishing.discard_draft(session, SYSTEM, article_id, seen=seen, now=NOW)
    assert len(undone(batch_id).removed) == 1


def test_an_import_is_undone_once_and_by_people_who_may() -> None:
    batch_id = imported(PAY)
    with pytest.raises(Forbidden), db.transaction() as session:
        undo.undo(session, Actor(99, "?", Role.EDITOR), batch_id, now=NOW)
    undone(batch_id)
    with pytest.raises(Conflict, match="already_undone"):
        undone(batch_id)
    with pytest.raises(NotFound):
        undone(batch_id + 1)


def test_the_journal_and_the_list_of_imports_tell_it() -> None:
    imported(WHEN)
    batch_id = imported(PAY)
    undone(batch_id)
    with db.reading() as session:
        listed = undo.past(session)
        told = session.scalars(select(Audit).where(Audit.action == "article.import_undo")).one()
    assert list(listed["name"]) == ["faq.txt", "faq.txt"]
    assert list(listed["undone_at"].notna()) == [True, False]
    assert (told.object_id, told.detail["articles"]) == (batch_id, 1)


def test_every_reason_has_its_french_words() -> None:
    assert set(undo.WHY) == set(Why)
