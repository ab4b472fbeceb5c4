"""Drafts, versions, periods, withdrawal, addresses: what may happen to an article, and what not."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from faq_cms import articles, db, loop, people, publishing
from faq_cms.articles import Seen, Text
from faq_cms.errors import Conflict, FaqError, Invalid, NotFound, StaleDraft
from faq_cms.models import Significance, Version
from tests.content import ANSWER, NOW, QUESTION, published, revised

pytestmark = pytest.mark.usefixtures("database")


def save(article_id: int, answer: str, seen: Seen) -> Version:
    with db.transaction() as session:
        return articles.save_draft(
            session,
            people.SYSTEM,
            article_id,
            text=Text(QUESTION, answer),
            seen=seen,
            now=NOW,
        )


def seen(article_id: int) -> Seen:
    with db.reading() as session:
        return articles.seen(session, article_id)


# -- drafts --------------------------------------------------------------------------------------


def test_a_new_article_is_a_draft_nobody_reads() -> None:
    with db.transaction() as session:
        article = articles.create(session, people.SYSTEM, text=Text(QUESTION, ANSWER), now=NOW)
    with db.reading() as session:
        assert articles.published(session) == []
        with pytest.raises(NotFound):
            articles.live(session, article.slug)


def test_a_live_version_stays_live_while_a_draft_is_worked_on() -> None:
    article = published()
    save(article.id, "En travaux.", seen(article.id))
    with db.reading() as session:
        assert articles.live(session, article.slug).answer == ANSWER
        draft = articles.draft_of(session, article.id)
        assert draft is not None
        assert (draft.answer, draft.number, draft.base_id) == (
            "En travaux.",
            None,
            article.live_version_id,
        )


def test_a_stale_save_writes_nothing_and_shows_what_stands() -> None:
    article = published()
    opened = seen(article.id)
    save(article.id, "Première.", opened)
    with pytest.raises(StaleDraft) as refusal:
        save(article.id, "Seconde.", opened)
    assert refusal.value.current_answer == "Première."
    with db.reading() as session:
        draft = articles.draft_of(session, article.id)
        assert draft is not None
        assert draft.answer == "Première."


def test_a_save_against_a_version_no_longer_live_is_stale() -> None:
    article = published()
    opened = seen(article.id)
    revised(article.id, "Version 2.")
    with pytest.raises(StaleDraft) as refusal:
        save(article.id, "Trop tard.", opened)
    assert refusal.value.current_answer == "Version 2."


def test_saving_the_same_text_again_is_not_a_new_revision() -> None:
    article = published()
    first = save(article.id, "Un.", seen(article.id))
    assert save(article.id, "Un.", seen(article.id)).revision == first.revision


def test_a_discarded_draft_leaves_the_live_version() -> None:
    article = published()
    save(article.id, "À jeter.", seen(article.id))
    with db.transaction() as session:
        publishing.discard_draft(
            session,
            people.SYSTEM,
            article.id,
            seen=articles.seen(session, article.id),
            now=NOW,
        )
    with db.reading() as session:
        assert articles.draft_of(session, article.id) is None
        assert articles.live(session, article.slug).version == 1


def test_a_draft_begun_again_is_not_taken_for_the_one_thrown_away() -> None:
    article = published()
    save(article.id, "Ancien.", seen(article.id))
    left_open = seen(article.id)
    with db.transaction() as session:
        publishing.discard_draft(session, people.SYSTEM, article.id, seen=left_open, now=NOW)
    save(article.id, "Nouveau.", seen(article.id))
    with pytest.raises(StaleDraft):
        save(article.id, "Écrasé.", left_open)


def test_discarding_the_draft_of_a_never_published_article_removes_it() -> None:
    with db.transaction() as session:
        article = articles.create(session, people.SYSTEM, text=Text(QUESTION, ""), now=NOW)
    with db.transaction() as session:
        publishing.discard_draft(session, people.SYSTEM, article.id, seen=Seen(None, 1), now=NOW)
    with db.reading() as session, pytest.raises(NotFound):
        articles.article(session, article.id)


def test_twenty_editors_saving_at_once_lose_nothing_silently() -> None:
    article = published()
    applied: list[str] = []
    conflicts: list[str] = []

    def edit(editor: int) -> None:
        for number in range(25):
            text = f"Éditeur {editor}, essai {number}."
            try:
                save(article.id, text, seen(article.id))
            except StaleDraft:
                conflicts.append(text)
            else:
                applied.append(text)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(edit, range(20)))
    assert len(applied) + len(conflicts) == 500
    with db.reading() as session:
        draft = articles.draft_of(session, article.id)
        assert draft is not None
        assert draft.revision == 1 + len(applied)  # the first version was a draft once
        assert draft.answer in applied


# -- versions and periods ------------------------------------------------------------------------


def test_publishing_numbers_versions_and_keeps_who_when_and_why() -> None:
    article = published()
    save(article.id, "Mieux.", seen(article.id))
    later = NOW + dt.timedelta(days=3)
    with db.transaction() as session:
        publishing.publish(
            session,
            people.SYSTEM,
            article.id,
            seen=articles.seen(session, article.id),
            significance=Significance.MAJOR,
            note="Délai précisé",
            now=later,
        )
    with db.reading() as session:
        newest, oldest = articles.history(session, article.id)
        assert (newest.number, newest.author, newest.note) == (2, "système", "Délai précisé")
        assert newest.published_at == later
        assert (oldest.number, oldest.answer) == (1, ANSWER)
        assert articles.draft_of(session, article.id) is None


@pytest.mark.parametrize(
    ("significance", "periods"), [(Significance.MINOR, 1), (Significance.MAJOR, 2)]
)
def test_fond_opens_a_measuring_period_and_forme_continues_it(
    significance: Significance, periods: int
) -> None:
    article = published()
    revised(article.id, "Mieux.", significance=significance)
    with db.reading() as session:
        period = articles.current_period(session, article.id)
        assert period is not None
        assert period.number == periods


def test_a_first_version_always_opens_a_period() -> None:
    with db.transaction() as session:
        article = articles.create(session, people.SYSTEM, text=Text(QUESTION, ANSWER), now=NOW)
        version = loop.publish(
            session,
            people.SYSTEM,
            article.id,
            seen=articles.seen(session, article.id),
            significance=Significance.MINOR,
            now=NOW,
        )
    assert version.significance is Significance.MAJOR


@pytest.mark.parametrize(("question", "answer"), [("", "Réponse."), ("Question\u202f?", " \n ")])
def test_an_incomplete_text_is_not_published(question: str, answer: str) -> None:
    with db.transaction() as session:
        article = articles.create(session, people.SYSTEM, text=Text(question, answer), now=NOW)
    with pytest.raises(Invalid), db.transaction() as session:
        loop.publish(
            session,
            people.SYSTEM,
            article.id,
            seen=articles.seen(session, article.id),
            significance=Significance.MAJOR,
            now=NOW,
        )


def test_publishing_what_is_live_already_is_refused() -> None:
    article = published()
    save(article.id, ANSWER, seen(article.id))
    with pytest.raises(Conflict, match="unchanged"), db.transaction() as session:
        loop.publish(
            session,
            people.SYSTEM,
            article.id,
            seen=articles.seen(session, article.id),
            significance=Significance.MAJOR,
            now=NOW,
        )


def test_restoring_publishes_a_copy_and_leaves_the_draft_alone() -> None:
    article = published()
    revised(article.id, "Version 2.")
    save(article.id, "En cours.", seen(article.id))
    with db.transaction() as session:
        first = articles.numbered(session, article.id, 1)
        restored = loop.restore(
            session,
            people.SYSTEM,
            article.id,
            version_id=first.id,
            seen=articles.seen(session, article.id),
            now=NOW,
        )
    assert (restored.number, restored.answer) == (3, ANSWER)
    assert (restored.restored_from_id, restored.significance) == (first.id, Significance.MAJOR)
    with db.reading() as session:
        draft = articles.draft_of(session, article.id)
        assert draft is not None
        assert draft.answer == "En cours."


def test_a_version_of_another_article_cannot_be_restored() -> None:
    article, other = published(), published("Autre\u202f?", "Autre.")
    with pytest.raises(NotFound), db.transaction() as session:
        loop.restore(
            session,
            people.SYSTEM,
            article.id,
            version_id=other.live_version_id or 0,
            seen=articles.seen(session, article.id),
            now=NOW,
        )


def test_two_publications_at_once_make_one_version() -> None:
    article = published()
    save(article.id, "Une seule fois.", seen(article.id))
    opened = seen(article.id)

    def publish(_: int) -> str:
        try:
            with db.transaction() as session:
                loop.publish(
                    session,
                    people.SYSTEM,
                    article.id,
                    seen=opened,
                    significance=Significance.MAJOR,
                    now=NOW,
                )
        except FaqError as error:
            return error.code
        return "published"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(publish, range(6)))
    assert sorted(outcomes) == ["published"] + ["stale_draft"] * 5
    with db.reading() as session:
        assert articles.latest_number(session, article.id) == 2


def test_the_database_itself_refuses_a_second_draft() -> None:
    article = published()
    save(article.id, "Un brouillon.", seen(article.id))
    with pytest.raises(IntegrityError), db.transaction() as session:
        session.add(
            Version(
                article_id=article.id,
                question=QUESTION,
                answer="Deux.",
                wordings=[],
                author="x",
                created_at=NOW,
                saved_at=NOW,
                revision=1,
            )
        )


# -- withdrawal and addresses --------------------------------------------------------------------


def test_a_withdrawn_article_comes_back_as_it_was() -> None:
    article = published()
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article.id, now=NOW)
    with db.reading() as session:
        assert articles.published(session) == []
        assert articles.withdrawn(session, since=NOW - dt.timedelta(1)) == [(article.uid, NOW)]
    with db.transaction() as session:
        loop.republish(session, people.SYSTEM, article.id, now=NOW)
    with db.reading() as session:
        assert articles.live(session, article.slug).version == 1


def test_an_article_withdrawn_twice_is_refused_the_second_time() -> None:
    article = published()
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article.id, now=NOW)
    with pytest.raises(Conflict, match="not_published"), db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article.id, now=NOW)


# -- text and library ----------------------------------------------------------------------------


def test_text_is_kept_in_one_spelling() -> None:
    with db.transaction() as session:
        article = articles.create(
            session,
            people.SYSTEM,
            text=Text("Reçu\x00e\u0301\r\n?", "Un\r\nDeux\x00", (" a ", "")),
            now=NOW,
        )
        draft = articles.draft_of(session, article.id)
        assert draft is not None
        assert (draft.question, draft.answer, draft.wordings) == ("Reçué ?", "Un\nDeux", ["a"])


@pytest.mark.parametrize("text", [Text("x" * 301, ""), Text("\ud800", ""), Text("", "é" * 110_000)])
def test_a_text_that_cannot_be_kept_is_refused(text: Text) -> None:
    with pytest.raises(Invalid), db.transaction() as session:
        articles.create(session, people.SYSTEM, text=text, now=NOW)


def test_the_library_shows_every_article_once_with_its_state() -> None:
    live = published()
    gone = published("Retiré\u202f?", "Oui.")
    save(live.id, "Brouillon.", seen(live.id))
    with db.transaction() as session:
        draft = articles.create(session, people.SYSTEM, text=Text("Neuf\u202f?", ""), now=NOW)
        loop.withdraw(session, people.SYSTEM, gone.id, now=NOW)
    with db.reading() as session:
        frame = articles.library(session).set_index("article_id")
    assert dict(frame["state"]) == {
        live.id: "published",
        gone.id: "withdrawn",
        draft.id: "draft",
    }
    assert frame.loc[live.id, "question"] == QUESTION
    assert frame.loc[draft.id, "question"] == "Neuf\u202f?"
    assert frame.loc[gone.id, "question"] == "Retiré\u202f?"
    assert frame.loc[live.id, "draft_revision"] == 2


def test_an_empty_library_is_an_empty_frame() -> None:
    with db.reading() as session:
        assert articles.library(session).empty
