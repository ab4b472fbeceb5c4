"""What lists an article besides a vote: a drop, a date, a colleague, what the text holds."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from faq_cms import articles, causes, corrections, db, filing, flags, loop, people
from faq_cms.errors import Conflict, Forbidden, Invalid
from faq_cms.models import Flag, FlagKind, FlagOutcome, Role, Significance
from faq_cms.people import Actor
from faq_cms.votes import civil_day
from tests.content import NOW, published, received, revised, voted
from tests.test_corrections import asked_by, person

pytestmark = pytest.mark.usefixtures("database")

TODAY = civil_day(NOW)
MASKED = "Écrivez à [email protected]."
DEAD = "Voyez [la suite](/aide/nulle-part)."
SAFE = "Écrivez à l’équipe."


def reasons(article_id: int) -> dict[FlagKind, dict[str, Any]]:
    """What lists the article, with its evidence; empty when it is not in the list."""
    with db.reading() as session:
        is_listed = corrections.listed(session, article_id) is not None
        found = {f.kind: f.evidence for f in flags.open_flags(session, article_id)}
    assert is_listed == bool(found)
    return found


def outcomes(article_id: int, kind: FlagKind) -> list[FlagOutcome | None]:
    with db.reading() as session:
        query = select(Flag.outcome).where(Flag.article_id == article_id, Flag.kind == kind)
        return list(session.scalars(query.order_by(Flag.id)))


def reviewed(days: int = 0) -> list[int]:
    with db.transaction() as session:
        return loop.review(session, people.SYSTEM, now=NOW + dt.timedelta(days=days))


def settled(article_id: int) -> None:
    with db.transaction() as session:
        corrections.nothing_to_fix(session, people.SYSTEM, article_id, reason="Vu.", now=NOW)


# -- what is published ---------------------------------------------------------------------------


def test_a_masked_address_lists_the_article_as_it_is_published() -> None:
    article = published(answer=MASKED)
    assert reasons(article.id)[FlagKind.CONTENT] == {
        "version": 1,
        "found": [{"rule": "masked_address", "words": "[email protected]"}],
    }


def test_a_version_without_it_withdraws_the_flag_even_as_forme() -> None:
    article = published(answer=MASKED)
    revised(article.id, SAFE, significance=Significance.MINOR)
    assert reasons(article.id) == {}
    assert outcomes(article.id, FlagKind.CONTENT) == [FlagOutcome.WITHDRAWN]


def test_a_fond_version_that_keeps_it_is_listed_at_once_and_observed_for_the_rest() -> None:
    article = published(answer=MASKED)
    voted(article.id, False)
    revised(article.id, f"Mieux. {MASKED}")
    assert set(reasons(article.id)) == {FlagKind.CONTENT}
    assert outcomes(article.id, FlagKind.CONTENT) == [FlagOutcome.ANSWERED, None]
    with db.reading() as session:
        assert corrections.observation(session, article.id) is not None


def test_such_a_version_taken_back_leaves_one_row_as_it_was() -> None:
    article = published(answer=MASKED)
    with db.transaction() as session:
        corrections.take(session, people.SYSTEM, article.id, now=NOW)
        before = corrections.listed(session, article.id)
    slip = revised(article.id, f"Mieux. {MASKED}")
    with db.transaction() as session:
        loop.take_back(session, people.SYSTEM, article.id, version_id=slip.id, now=NOW)
        after = corrections.listed(session, article.id)
    assert set(reasons(article.id)) == {FlagKind.CONTENT}
    assert before is not None
    assert after is not None
    assert before.id == after.id


def test_a_dead_link_is_found_by_the_review_and_leaves_with_its_cause() -> None:
    target = published("Où est la suite\u202f?", "Ici.")
    article = published(answer=f"Voyez [la suite](/aide/{target.slug}).")
    assert reasons(article.id) == {}
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, target.id, now=NOW)
    assert article.id in reviewed()
    [dead] = reasons(article.id)[FlagKind.CONTENT]["found"]
    assert dead == {"rule": "dead_link", "words": f"/aide/{target.slug}"}
    with db.transaction() as session:
        loop.republish(session, people.SYSTEM, target.id, now=NOW)
    assert article.id in reviewed()
    assert reasons(article.id) == {}


def test_nothing_to_fix_holds_for_what_was_seen_and_not_for_more() -> None:
    article = published(answer=DEAD)
    settled(article.id)
    assert reviewed() == []
    assert reasons(article.id) == {}
    revised(article.id, f"{DEAD} {MASKED}", significance=Significance.MINOR)
    assert len(reasons(article.id)[FlagKind.CONTENT]["found"]) == 2


@pytest.mark.parametrize("text", ["[courriel protégé]", "[ E-MAIL\nPROTÉGÉ ]", "[email protected]"])
def test_the_review_reads_every_text_that_may_hold_one(text: str) -> None:
    article = published(answer=text)
    with db.reading() as session:
        assert [each.article_id for each in causes.found(session, today=TODAY)] == [article.id]


# -- dates ---------------------------------------------------------------------------------------


def dated(article_id: int, day: dt.date | None) -> None:
    with db.transaction() as session:
        loop.filed(session, people.SYSTEM, [article_id], filing.Change(review_on=day), now=NOW)


def test_a_review_date_lists_the_article_the_day_after() -> None:
    article = published()
    dated(article.id, TODAY + dt.timedelta(days=3))
    assert reviewed(days=3) == []
    assert reviewed(days=4) == [article.id]
    assert reasons(article.id)[FlagKind.OVERDUE] == {
        "review_on": (TODAY + dt.timedelta(days=3)).isoformat()
    }


def test_a_date_moved_on_the_sheet_or_by_still_accurate_unlists_it_at_once() -> None:
    first, second = published(), published()
    for article in (first, second):
        dated(article.id, TODAY - dt.timedelta(days=1))
        assert FlagKind.OVERDUE in reasons(article.id)
    dated(first.id, TODAY + dt.timedelta(days=90))
    with db.transaction() as session:
        loop.still_accurate(
            session,
            people.SYSTEM,
            second.id,
            next_on=TODAY + dt.timedelta(days=90),
            today=TODAY,
            now=NOW,
        )
    assert (reasons(first.id), reasons(second.id)) == ({}, {})


def test_a_new_text_answers_the_date_it_was_written_after() -> None:
    article = published()
    dated(article.id, TODAY - dt.timedelta(days=1))
    revised(article.id, "Relu et complété.")
    assert reasons(article.id) == {}
    assert reviewed() == []
    dated(article.id, TODAY - dt.timedelta(days=2))
    assert FlagKind.OVERDUE in reasons(article.id)


# -- a drop --------------------------------------------------------------------------------------


def fallen() -> int:
    """An article that helped its readers, until a version that helps them less."""
    article = published()
    received(article.id, 58, 2)
    revised(article.id, "Plus court, et moins clair.")
    received(article.id, 17, 23)
    return article.id


def test_a_text_proved_less_helpful_than_the_one_before_is_listed_with_both_measures() -> None:
    article_id = fallen()
    assert FlagKind.DROPPED not in reasons(article_id)
    assert reviewed() == [article_id]
    evidence = reasons(article_id)[FlagKind.DROPPED]
    assert (evidence["helpful"], evidence["before_helpful"]) == (17, 58)
    assert evidence["low"] < evidence["difference"] < evidence["high"] < 0
    with db.reading() as session:
        assert list(corrections.queue(session)["is_confirmed"]) == [True]


def test_the_drop_stays_said_until_the_share_is_back_where_it_was() -> None:
    article_id = fallen()
    reviewed()
    received(article_id, 160, 0)  # 177 in 200: the interval holds zero, the share is still lower
    reviewed()
    assert FlagKind.DROPPED in reasons(article_id)
    received(article_id, 600, 0)
    reviewed()
    assert FlagKind.DROPPED not in reasons(article_id)
    assert reviewed(days=1) == []


def test_a_first_text_has_nothing_to_fall_from() -> None:
    article = published()
    received(article.id, 2, 8)
    reviewed()
    assert FlagKind.DROPPED not in reasons(article.id)


# -- by hand -------------------------------------------------------------------------------------


def signalled(actor: Actor, article_id: int, reason: str = "Le tarif a changé.") -> None:
    with db.transaction() as session:
        loop.raised_by_hand(session, actor, article_id, reason=reason, now=NOW)


def test_a_colleague_lists_an_article_and_says_why() -> None:
    article, camille = published(), person("Camille")
    signalled(camille, article.id)
    assert reasons(article.id)[FlagKind.BY_HAND]["reason"] == "Le tarif a changé."
    with db.reading() as session:
        [flag] = flags.standing(session)[article.id]
    assert flag["raised_by"] == "Camille"
    assert reviewed() == []
    with pytest.raises(Conflict, match="already_raised"):
        signalled(camille, article.id, "Encore.")
    with db.transaction() as session:
        corrections.lower_by_hand(session, camille, article.id, now=NOW)
    assert reasons(article.id) == {}


def test_a_signal_by_hand_needs_a_right_a_reason_and_a_published_article() -> None:
    article, viewer = published(), person("Lou", Role.VIEWER)
    with pytest.raises(Forbidden):
        signalled(viewer, article.id)
    with pytest.raises(Invalid):
        signalled(people.SYSTEM, article.id, " ")
    with db.transaction() as session:
        draft = articles.create(
            session, people.SYSTEM, text=articles.Text("Quand\u202f?", "Demain."), now=NOW
        )
    with pytest.raises(Conflict, match="not_published"):
        signalled(people.SYSTEM, draft.id)
    assert reasons(article.id) == {}


def test_a_forme_version_does_not_answer_a_colleague_and_a_fond_version_does() -> None:
    article = published()
    signalled(people.SYSTEM, article.id)
    revised(article.id, "Même sens.", significance=Significance.MINOR)
    assert set(reasons(article.id)) == {FlagKind.BY_HAND}
    revised(article.id, "Le tarif est de 12 €.")
    assert reasons(article.id) == {}
    assert outcomes(article.id, FlagKind.BY_HAND) == [FlagOutcome.ANSWERED]


# -- together ------------------------------------------------------------------------------------


def test_one_row_an_article_with_all_its_reasons() -> None:
    article = published(answer=MASKED)
    received(article.id, 0, 10)
    dated(article.id, TODAY - dt.timedelta(days=1))
    signalled(people.SYSTEM, article.id)
    with db.reading() as session:
        queue = corrections.queue(session)
    assert len(queue) == 1
    assert set(queue["kinds"].iloc[0]) == set(FlagKind) - {FlagKind.DROPPED}


def test_what_a_new_rule_finds_brings_back_what_was_put_off() -> None:
    article = published()
    voted(article.id, False)
    with db.transaction() as session:
        until = TODAY + dt.timedelta(days=30)
        corrections.snooze(session, people.SYSTEM, article.id, until=until, reason="Oui", now=NOW)
    signalled(people.SYSTEM, article.id)
    with db.reading() as session:
        assert len(corrections.queue(session, today=TODAY)) == 1


def test_the_review_asks_as_much_whatever_the_number_of_quiet_articles() -> None:
    published(answer=DEAD)
    reviewed()
    few = asked_by(reviewed)
    for number in range(6):
        voted(published(f"Question {number}\u202f?").id, True)
    reviewed()
    assert asked_by(reviewed) == few
