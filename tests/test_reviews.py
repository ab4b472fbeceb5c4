"""A colleague reads first: asked, approved, sent back; and an approval is about one text only."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from faq_cms import articles, corrections, db, loop, people, reviews, settings
from faq_cms.articles import Seen, Text
from faq_cms.errors import Conflict, Forbidden, Invalid, StaleDraft
from faq_cms.imports import apply, document
from faq_cms.models import Account, CorrectionState, ReviewState, Role, Significance, Version
from faq_cms.people import Actor
from faq_cms.settings import SECRET_BYTES, Settings
from tests.content import NOW, QUESTION, published, voted

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + dt.timedelta(hours=1)


def person(name: str, role: Role) -> Actor:
    with db.transaction() as session:
        account = Account(name=name, name_key=name, role=role, password_digest="x", created_at=NOW)
        session.add(account)
        session.flush()
        return Actor(account.id, name, role)


@pytest.fixture
def author() -> Actor:
    return person("Ana", Role.EDITOR)


@pytest.fixture
def reader() -> Actor:
    return person("Rémi", Role.REVIEWER)


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """« Relecture par une autre personne »."""
    chosen = Settings(secret="s" * SECRET_BYTES, peer_review=True)
    monkeypatch.setattr(settings, "_current", chosen)


def seen(article_id: int) -> Seen:
    with db.reading() as session:
        return articles.seen(session, article_id)


def saved(actor: Actor, article_id: int, answer: str, now: dt.datetime = NOW) -> None:
    with db.transaction() as session:
        articles.save_draft(
            session,
            actor,
            article_id,
            text=Text(QUESTION, answer),
            seen=articles.seen(session, article_id),
            now=now,
        )


def asked(actor: Actor, article_id: int, reviewer: Actor | None = None) -> None:
    with db.transaction() as session:
        loop.review_asked(
            session,
            actor,
            article_id,
            seen=articles.seen(session, article_id),
            reviewer_id=reviewer.id if reviewer else None,
            request="Le délai est-il juste\u202f?",
            now=NOW,
        )


def decided(actor: Actor, article_id: int, *, approved: bool = True, comment: str = "") -> None:
    with db.transaction() as session:
        loop.review_decided(
            session,
            actor,
            article_id,
            seen=articles.seen(session, article_id),
            approved=approved,
            comment=comment,
            now=LATER,
        )


def out(actor: Actor, article_id: int) -> Version:
    with db.transaction() as session:
        return loop.publish(
            session,
            actor,
            article_id,
            seen=articles.seen(session, article_id),
            significance=Significance.MAJOR,
            now=LATER,
        )


# -- asking and deciding -------------------------------------------------------------------------


def test_a_text_given_to_read_waits_for_whoever_may_until_it_is_decided(
    author: Actor, reader: Actor
) -> None:
    article = published()
    saved(author, article.id, "Sous dix jours.")
    asked(author, article.id)
    with db.reading() as session:
        waiting = reviews.waiting_for(session, reader)
        assert list(waiting["request"]) == ["Le délai est-il juste\u202f?"]
        assert reviews.waiting_for(session, author).empty
    decided(reader, article.id)
    with db.reading() as session:
        assert reviews.waiting_for(session, reader).empty
        answer = reviews.answers_for(session, author).iloc[0]
        assert (answer["state"], answer["decided_by"]) == (ReviewState.APPROVED, "Rémi")
        assert answer["is_current"]


def test_a_text_given_to_one_person_waits_for_nobody_else(author: Actor, reader: Actor) -> None:
    other = person("Sacha", Role.MANAGER)
    article = published()
    saved(author, article.id, "Sous dix jours.")
    asked(author, article.id, other)
    with db.reading() as session:
        assert reviews.waiting_for(session, reader).empty
        assert list(reviews.waiting_for(session, other)["is_named"]) == [True]


def test_changes_are_asked_in_words_and_come_back_to_the_author(
    author: Actor, reader: Actor
) -> None:
    article = published()
    saved(author, article.id, "Sous dix jours.")
    asked(author, article.id)
    with pytest.raises(Invalid, match="empty"):
        decided(reader, article.id, approved=False, comment="  ")
    decided(reader, article.id, approved=False, comment="Dites ouvrés.")
    with db.reading() as session:
        assert list(reviews.answers_for(session, author)["comment"]) == ["Dites ouvrés."]
    saved(author, article.id, "Sous dix jours ouvrés.")
    with db.reading() as session:
        assert not reviews.answers_for(session, author).iloc[0]["is_current"]


def test_nobody_approves_what_they_typed_a_part_of(author: Actor, reader: Actor) -> None:
    article = published()
    saved(author, article.id, "Sous dix jours.")
    saved(reader, article.id, "Sous dix jours ouvrés.")
    saved(author, article.id, "Sous dix jours ouvrés, au plus.")
    asked(author, article.id)
    with pytest.raises(Conflict, match="own_text"):
        decided(reader, article.id)
    with pytest.raises(Forbidden):
        decided(author, article.id)


@pytest.mark.parametrize("case", ["editor", "closed", "author"])
def test_only_somebody_who_may_read_it_is_asked(author: Actor, reader: Actor, case: str) -> None:
    article = published()
    saved(reader if case == "author" else author, article.id, "Sous dix jours.")
    if case == "closed":
        with db.transaction() as session:
            people.disable(session, people.SYSTEM, account_id=reader.id or 0, now=NOW)
    with pytest.raises(Invalid):
        asked(author, article.id, author if case == "editor" else reader)


def test_a_decision_on_a_text_that_moved_is_refused(author: Actor, reader: Actor) -> None:
    article = published()
    saved(author, article.id, "Sous dix jours.")
    asked(author, article.id)
    opened = seen(article.id)
    saved(author, article.id, "Sous vingt jours.")
    with pytest.raises(StaleDraft), db.transaction() as session:
        loop.review_decided(session, reader, article.id, seen=opened, approved=True, now=LATER)


def test_one_request_at_a_time_and_none_on_nothing(author: Actor) -> None:
    article = published()
    with pytest.raises(Conflict, match="no_draft"):
        asked(author, article.id)
    saved(author, article.id, "Sous dix jours.")
    asked(author, article.id)
    with pytest.raises(Conflict, match="review_open"):
        asked(author, article.id)
    with db.transaction() as session:
        loop.review_called_off(session, author, article.id, now=NOW)
    asked(author, article.id)


def test_the_correction_of_a_listed_article_is_in_review_meanwhile(
    author: Actor, reader: Actor
) -> None:
    article = published()
    voted(article.id, False)
    saved(author, article.id, "Sous dix jours.")

    def state() -> CorrectionState:
        with db.reading() as session:
            row = corrections.listed(session, article.id)
            assert row is not None
            return row.state

    asked(author, article.id)
    assert state() is CorrectionState.IN_REVIEW
    decided(reader, article.id, approved=False, comment="Non.")
    assert state() is CorrectionState.NEW


def test_notes_are_left_ticked_off_and_gone_with_their_draft(author: Actor, reader: Actor) -> None:
    article = published()
    saved(author, article.id, "Sous dix jours.")
    with db.transaction() as session:
        note = reviews.note(session, reader, article.id, text="Ouvrés\u202f?", now=NOW)
        reviews.tick(session, author, note.id, resolved=True, now=NOW)
    with db.reading() as session:
        draft = articles.draft_of(session, article.id)
        assert draft is not None
        assert [each.resolved_by_id for each in reviews.notes(session, draft.id)] == [author.id]
    with db.transaction() as session:
        loop.draft_discarded(session, author, article.id, seen=seen(article.id), now=NOW)
    with db.reading() as session:
        assert reviews.notes(session, note.version_id) == []


# -- the rule ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("rule")
def test_under_the_rule_an_approval_lets_out_the_text_it_was_given_on_and_no_other(
    author: Actor, reader: Actor
) -> None:
    article = published()
    saved(author, article.id, "Sous dix jours.")
    with pytest.raises(Conflict, match="review_required"):
        out(author, article.id)
    asked(author, article.id)
    decided(reader, article.id)
    saved(author, article.id, "Sous vingt jours.")
    with pytest.raises(Conflict, match="review_required"):
        out(author, article.id)
    asked(author, article.id)
    decided(reader, article.id)
    assert out(author, article.id).number == 2


@pytest.mark.usefixtures("rule")
def test_a_later_refusal_outweighs_an_approval_of_the_same_text(
    author: Actor, reader: Actor
) -> None:
    article = published()
    saved(author, article.id, "Sous dix jours.")
    asked(author, article.id)
    decided(reader, article.id)
    asked(author, article.id)
    decided(reader, article.id, approved=False, comment="Finalement non.")
    with pytest.raises(Conflict, match="review_required"):
        out(author, article.id)


@pytest.mark.usefixtures("rule")
@pytest.mark.parametrize("door", ["publish", "restore", "republish", "plan", "replace", "import"])
def test_the_rule_holds_by_every_door(author: Actor, door: str) -> None:
    from faq_cms import replacing

    article = published()
    saved(people.SYSTEM, article.id, "Version deux.")
    out(people.SYSTEM, article.id)

    def attempt(session: Session) -> object:
        at = NOW + dt.timedelta(days=1)
        if door == "restore":
            first = articles.numbered(session, article.id, 1)
            now_seen = articles.seen(session, article.id)
            return loop.restore(
                session, author, article.id, version_id=first.id, seen=now_seen, now=at
            )
        if door == "republish":
            return loop.republish(session, author, article.id, now=at)
        if door == "replace":
            found = replacing.find(session, "deux", "trois")
            return replacing.replace_all(
                session, author, found, wanted="deux", replacement="trois", publish=True, now=at
            )
        if door == "import":
            read = document.Document((document.Entry("Q\u202f?", "R.", None, (), 1),), ())
            return apply.write(
                session, author, read, name="f", digest="0" * 64, publish=True, now=at
            )
        now_seen = articles.seen(session, article.id)
        if door == "plan":
            return loop.plan_publication(
                session,
                author,
                article.id,
                seen=now_seen,
                due_at=at + dt.timedelta(days=1),
                significance=Significance.MAJOR,
                now=at,
            )
        return loop.publish(
            session, author, article.id, seen=now_seen, significance=Significance.MAJOR, now=at
        )

    if door in ("publish", "plan"):
        saved(author, article.id, "Version trois.")
    if door == "republish":
        with db.transaction() as session:
            loop.withdraw(session, author, article.id, now=LATER)
    with pytest.raises(Conflict, match="review_required"), db.transaction() as session:
        attempt(session)


@pytest.mark.usefixtures("rule")
def test_a_withdrawal_by_mistake_is_taken_back_at_once_without_a_reader(author: Actor) -> None:
    article = published()
    with db.transaction() as session:
        loop.withdraw(session, author, article.id, now=LATER)
        loop.republish(session, author, article.id, now=LATER + dt.timedelta(seconds=9))


def test_without_the_rule_an_editor_publishes_their_own_work(author: Actor) -> None:
    article = published()
    saved(author, article.id, "Sous dix jours.")
    assert out(author, article.id).number == 2


# -- review dates --------------------------------------------------------------------------------


def test_an_article_is_overdue_the_day_after_its_date_until_somebody_confirms_it(
    author: Actor,
) -> None:
    article, today = published(), NOW.date()
    with db.transaction() as session:
        articles.article(session, article.id).review_on = today
    with db.reading() as session:
        assert reviews.overdue(session, today).empty
        assert list(reviews.overdue(session, today + dt.timedelta(1))["article_id"]) == [article.id]
    for next_on, refused in ((today, True), (today + dt.timedelta(180), False)):
        with db.transaction() as session:
            if refused:
                with pytest.raises(Invalid, match="past"):
                    reviews.still_accurate(
                        session, author, article.id, next_on=next_on, today=today, now=NOW
                    )
            else:
                reviews.still_accurate(
                    session, author, article.id, next_on=next_on, today=today, now=NOW
                )
    with db.reading() as session:
        assert reviews.overdue(session, today + dt.timedelta(1)).empty
