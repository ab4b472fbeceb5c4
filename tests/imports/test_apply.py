"""Importing a document: what it creates, what it leaves alone, and that twice is once."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from faq_cms import articles, categories, db, imports, loop, publishing
from faq_cms.errors import Forbidden, Invalid
from faq_cms.imports import Document, apply
from faq_cms.imports.apply import Reason, State, Step
from faq_cms.models import (
    Article,
    Category,
    ImportBatch,
    ImportedEntry,
    Role,
    Significance,
    Version,
)
from faq_cms.people import SYSTEM, Actor

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
TWO = "Catégorie : Facturation\nQ : Comment payer ?\nR : Par virement.\nQ : Quand payer ?\nR : À 30 jours."

pytestmark = pytest.mark.usefixtures("database")


def read(text: str) -> Document:
    return imports.read(text.encode(), name="faq.txt")


def write(text: str, *, publish: bool = False, category: str | None = None) -> list[Step]:
    with db.transaction() as session:
        return apply.write(
            session,
            SYSTEM,
            read(text),
            name="faq.txt",
            digest=hashlib.sha256(text.encode()).hexdigest(),
            publish=publish,
            category=category,
            now=NOW,
        )


def states(steps: Sequence[Step]) -> list[State]:
    return [step.state for step in steps]


def edit(article_id: int, answer: str, *, publish: bool) -> None:
    """A person changes the answer here."""
    with db.transaction() as session:
        question = articles.version(
            session, session.scalar(select(Version.id).where(Version.article_id == article_id))
        ).question
        articles.save_draft(
            session,
            SYSTEM,
            article_id,
            text=articles.Text(question, answer),
            seen=articles.seen(session, article_id),
            now=NOW,
        )
        if publish:
            loop.publish(
                session,
                SYSTEM,
                article_id,
                seen=articles.seen(session, article_id),
                significance=Significance.MAJOR,
                now=NOW,
            )


def everything() -> list[object]:
    """All that an import may write, to see that nothing moved."""
    with db.reading() as session:
        rows: list[object] = [db.revision(session)]
        for table in (Article, Version, Category, ImportedEntry, ImportBatch):
            rows += [tuple(row) for row in session.execute(select(*table.__table__.columns))]
        return rows


def live_answers() -> dict[str, str]:
    with db.reading() as session:
        return {article.question: article.answer for article in articles.published(session)}


def drafts() -> dict[str, str]:
    with db.reading() as session:
        found = session.scalars(select(Version).where(Version.number.is_(None)))
        return {draft.question: draft.answer for draft in found}


# -- creating --------------------------------------------------------------------------------------


def test_new_entries_become_drafts_in_their_category() -> None:
    assert states(write(TWO)) == [State.CREATED, State.CREATED]
    assert drafts() == {"Comment payer ?": "Par virement.", "Quand payer ?": "À 30 jours."}
    assert not live_answers()
    with db.reading() as session:
        assert [category.name for category in categories.ordered(session)] == ["Facturation"]


def test_published_on_demand_as_version_one() -> None:
    write(TWO, publish=True)
    with db.reading() as session:
        published = articles.published(session)
    assert [(each.question, each.version, each.category) for each in published] == [
        ("Comment payer ?", 1, "Facturation"),
        ("Quand payer ?", 1, "Facturation"),
    ]


def test_a_category_asked_for_replaces_the_documents_own() -> None:
    write(TWO, publish=True, category="Paiements")
    with db.reading() as session:
        assert {each.category for each in articles.published(session)} == {"Paiements"}


def test_the_import_is_remembered_with_its_document_and_its_figures() -> None:
    write(TWO)
    with db.reading() as session:
        batch = session.scalars(select(ImportBatch)).one()
        assert (batch.name, batch.created, batch.updated) == ("faq.txt", 2, 0)
        assert batch.digest == hashlib.sha256(TWO.encode()).hexdigest()


def test_steps_name_the_articles_created() -> None:
    with_ids = write(TWO)
    with db.reading() as session:
        ids = set(session.scalars(select(Article.id)))
    assert {step.article_id for step in with_ids} == ids


# -- twice is once ---------------------------------------------------------------------------------


@pytest.mark.parametrize("publish", [False, True])
def test_a_second_import_changes_nothing(publish: bool) -> None:
    write(TWO, publish=publish)
    before = everything()
    assert states(write(TWO, publish=publish)) == [State.UNCHANGED, State.UNCHANGED]
    assert everything() == before


def test_planning_writes_nothing() -> None:
    before = everything()
    with db.transaction() as session:
        assert states(apply.plan(session, read(TWO))) == [State.CREATED, State.CREATED]
    assert everything() == before


def test_an_article_edited_here_whose_source_did_not_move_is_left_alone() -> None:
    (step, _) = write(TWO, publish=True)
    assert step.article_id is not None
    edit(step.article_id, "Par carte.", publish=True)
    before = everything()
    assert states(write(TWO, publish=True)) == [State.UNCHANGED, State.UNCHANGED]
    assert everything() == before


def test_the_same_question_typed_otherwise_is_the_same_article() -> None:
    write(TWO)
    otherwise = TWO.replace("Comment payer ?", "COMMENT PAYER\u202f?")
    assert states(write(otherwise)) == [State.UPDATED, State.UNCHANGED]
    with db.reading() as session:
        assert session.scalar(select(func.count(Article.id))) == 2


# -- a source that moved ---------------------------------------------------------------------------

MOVED = TWO.replace("Par virement.", "Par domiciliation.")


@pytest.mark.parametrize("publish", [False, True])
def test_a_changed_source_becomes_a_draft_and_never_replaces_what_is_published(
    publish: bool,
) -> None:
    write(TWO, publish=True)
    assert states(write(MOVED, publish=publish)) == [State.UPDATED, State.UNCHANGED]
    assert live_answers()["Comment payer ?"] == "Par virement."
    assert drafts() == {"Comment payer ?": "Par domiciliation."}
    before = everything()
    assert states(write(MOVED, publish=publish)) == [State.UNCHANGED, State.UNCHANGED]
    assert everything() == before


def test_a_draft_nobody_touched_follows_its_source() -> None:
    write(TWO)
    assert states(write(MOVED)) == [State.UPDATED, State.UNCHANGED]
    assert drafts()["Comment payer ?"] == "Par domiciliation."


def test_a_draft_somebody_works_on_is_never_overwritten() -> None:
    (step, _) = write(TWO, publish=True)
    assert step.article_id is not None
    edit(step.article_id, "Par carte.", publish=False)
    (skipped, _) = write(MOVED)
    assert (skipped.state, skipped.reason) == (State.SKIPPED, Reason.DRAFT_IN_PROGRESS)
    assert drafts() == {"Comment payer ?": "Par carte."}


def test_an_entry_skipped_for_a_draft_is_imported_once_the_draft_is_published() -> None:
    (step, _) = write(TWO, publish=True)
    assert step.article_id is not None
    edit(step.article_id, "Par carte.", publish=False)
    write(MOVED)
    edit(step.article_id, "Par carte bancaire.", publish=True)
    assert states(write(MOVED)) == [State.UPDATED, State.UNCHANGED]
    assert drafts() == {"Comment payer ?": "Par domiciliation."}


def test_a_withdrawn_article_is_not_put_back_by_an_import() -> None:
    (step, _) = write(TWO, publish=True)
    assert step.article_id is not None
    with db.transaction() as session:
        loop.withdraw(session, SYSTEM, step.article_id, now=NOW)
    assert states(write(TWO, publish=True)) == [State.UNCHANGED, State.UNCHANGED]
    assert states(write(MOVED, publish=True)) == [State.UPDATED, State.UNCHANGED]
    assert list(live_answers()) == ["Quand payer ?"]


# -- articles written here -------------------------------------------------------------------------


def written_here(question: str, answer: str) -> None:
    with db.transaction() as session:
        articles.create(session, SYSTEM, text=articles.Text(question, answer), now=NOW)


def test_an_article_already_written_here_is_recognised_and_then_followed() -> None:
    written_here("Comment payer ?", "Par virement.")
    assert states(write(TWO)) == [State.UNCHANGED, State.CREATED]
    assert states(write(MOVED)) == [State.UPDATED, State.UNCHANGED]
    assert drafts()["Comment payer ?"] == "Par domiciliation."


def test_another_answer_to_a_question_written_here_does_not_overwrite_its_draft() -> None:
    written_here("Comment payer ?", "En espèces.")
    (step, _) = write(TWO)
    assert (step.state, step.reason) == (State.SKIPPED, Reason.DRAFT_IN_PROGRESS)
    assert drafts()["Comment payer ?"] == "En espèces."


# -- what is skipped or refused --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Q : Une ?\nR : a\nQ : Sans réponse ?", Reason.EMPTY_ANSWER),
        ("Q : Une ?\nR : a\nQ : une ?\nR : b", Reason.DUPLICATE),
        (f"Q : Une ?\nR : a\nQ : {'longue ' * 50}?\nR : b", Reason.QUESTION_TOO_LONG),
        (f"Q : Une ?\nR : a\nQ : Deux ?\nR : {'é' * 150_000}", Reason.ANSWER_TOO_LONG),
    ],
)
def test_what_cannot_be_imported_is_skipped_with_its_reason(text: str, reason: Reason) -> None:
    (kept, skipped) = write(text)
    assert kept.state is State.CREATED
    assert (skipped.state, skipped.reason) == (State.SKIPPED, reason)
    assert apply.REASONS[reason]


def test_two_entries_about_one_article_do_not_overwrite_each_other() -> None:
    (step, _) = write(TWO, publish=True)
    assert step.article_id is not None
    with db.transaction() as session:
        articles.save_draft(
            session,
            SYSTEM,
            step.article_id,
            text=articles.Text("Quels moyens ?", "Par virement."),
            seen=articles.seen(session, step.article_id),
            now=NOW,
        )
    (_, _, third) = write(f"{TWO}\nQ : Quels moyens ?\nR : Par chèque.")
    assert (third.state, third.reason) == (State.SKIPPED, Reason.DUPLICATE)


def test_an_error_on_one_entry_leaves_nothing_behind() -> None:
    before = everything()
    entries = read(TWO).entries
    unnamed = replace(entries[-1], category="x" * 90)  # readers cut a name that long
    with pytest.raises(Invalid), db.transaction() as session:
        apply.write(
            session,
            SYSTEM,
            Document((*entries[:-1], unnamed), ()),
            name="faq.txt",
            digest="0" * 64,
            now=NOW,
        )
    assert everything() == before


def test_somebody_without_an_account_may_not_import() -> None:
    with pytest.raises(Forbidden), db.transaction() as session:
        apply.write(
            session,
            Actor(99, "?", Role.EDITOR),
            read(TWO),
            name="faq.txt",
            digest="0" * 64,
            now=NOW,
        )
    assert not drafts()


def test_an_imported_draft_can_be_discarded_and_imported_again() -> None:
    (step, _) = write(TWO)
    assert step.article_id is not None
    with db.transaction() as session:
        publishing.discard_draft(
            session,
            SYSTEM,
            step.article_id,
            seen=articles.seen(session, step.article_id),
            now=NOW,
        )
    assert states(write(TWO)) == [State.CREATED, State.UNCHANGED]


def test_every_state_and_reason_has_its_french_words() -> None:
    assert set(apply.STATES) == set(State)
    assert set(apply.REASONS) == set(Reason)
