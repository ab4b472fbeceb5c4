"""What is planned happens once, at its time on the clock of Paris, or says in French why not."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import articles, db, duties, french, loop, people, plans, remarks
from faq_cms.articles import Text
from faq_cms.errors import Conflict, Forbidden, Invalid
from faq_cms.models import Plan, PlannedAction, PlanOutcome, RemarkState, Role, Significance
from faq_cms.people import Actor
from tests.content import NOW, QUESTION, published, remarked, revised
from tests.test_reviews import out, person, saved, seen

pytestmark = pytest.mark.usefixtures("database")

DUE = NOW + dt.timedelta(days=1)
AFTER = DUE + dt.timedelta(seconds=20)


def planned(actor: Actor, article_id: int, answered: tuple[int, ...] = ()) -> int:
    with db.transaction() as session:
        return loop.plan_publication(
            session,
            actor,
            article_id,
            seen=articles.seen(session, article_id),
            due_at=DUE,
            significance=Significance.MAJOR,
            note="Nouveau tarif",
            answered_remarks=answered,
            now=NOW,
        ).id


def live(article_id: int) -> int | None:
    with db.reading() as session:
        live_id = articles.article(session, article_id).live_version_id
        return articles.version(session, live_id).number if live_id else None


def ended(plan_id: int) -> tuple[PlanOutcome | None, str]:
    with db.reading() as session:
        plan = session.get(Plan, plan_id)
        assert plan is not None
        return plan.outcome, plan.failure


@pytest.fixture
def author() -> Actor:
    return person("Ana", Role.EDITOR)


# -- doing ---------------------------------------------------------------------------------------


def test_a_planned_text_comes_out_at_its_time_with_its_note_and_its_remarks(author: Actor) -> None:
    article = published()
    remark_id = remarked(article.id)
    saved(author, article.id, "Au 1er avril.")
    plan_id = planned(author, article.id, (remark_id,))
    duties.run_due(DUE - dt.timedelta(seconds=1))
    assert live(article.id) == 1
    assert "plans" in duties.run_due(AFTER)
    assert ended(plan_id) == (PlanOutcome.DONE, "")
    with db.reading() as session:
        version = articles.numbered(session, article.id, 2)
        assert (version.note, version.author) == ("Nouveau tarif", "Ana")
        assert list(remarks.listing(session)["state"]) == [RemarkState.ANSWERED]
        assert plans.upcoming(session).empty


def test_several_servers_that_wake_together_publish_once(author: Actor) -> None:
    made = [published(f"Question {number}") for number in range(3)]
    for article in made:
        saved(author, article.id, "Au 1er avril.")
        planned(author, article.id)
    with ThreadPoolExecutor(6) as pool:
        done = [
            plan
            for ran in pool.map(lambda _: duties.carry_out_plans(AFTER), range(6))
            for plan in ran
        ]
    assert len(done) == len(set(done)) == 3
    assert [live(article.id) for article in made] == [2, 2, 2]


def test_an_article_leaves_at_its_time(author: Actor) -> None:
    article = published()
    with db.transaction() as session:
        loop.plan_withdrawal(session, author, article.id, due_at=DUE, now=NOW)
    duties.carry_out_plans(AFTER)
    assert live(article.id) is None


def test_an_offer_comes_and_goes_as_planned_even_when_the_server_slept(author: Actor) -> None:
    with db.transaction() as session:
        article = articles.create(session, author, text=Text(QUESTION, "Offre."), now=NOW)
    planned(author, article.id)
    with db.transaction() as session:
        with pytest.raises(Conflict, match="not_published"):
            loop.plan_withdrawal(session, author, article.id, due_at=DUE, now=NOW)
        loop.plan_withdrawal(session, author, article.id, due_at=AFTER, now=NOW)
    assert len(duties.carry_out_plans(AFTER + dt.timedelta(days=2))) == 2
    assert live(article.id) is None
    with db.reading() as session:
        assert articles.latest_number(session, article.id) == 1


# -- frozen until then ---------------------------------------------------------------------------


def test_a_planned_text_is_frozen_until_it_is_called_off(author: Actor) -> None:
    article = published()
    saved(author, article.id, "Au 1er avril.")
    plan_id = planned(author, article.id)
    with pytest.raises(Conflict, match="planned") as refusal:
        saved(author, article.id, "Au 2 avril.")
    assert QUESTION in french.sentence(refusal.value)
    with pytest.raises(Conflict, match="planned"), db.transaction() as session:
        loop.draft_discarded(session, author, article.id, seen=seen(article.id), now=NOW)
    with db.transaction() as session:
        plans.cancel(session, author, plan_id, now=NOW)
    saved(author, article.id, "Au 2 avril.")
    assert duties.carry_out_plans(AFTER) == []
    with pytest.raises(Conflict, match="plan_ended"), db.transaction() as session:
        plans.cancel(session, author, plan_id, now=NOW)


def test_publishing_by_hand_leaves_nothing_for_the_clock(author: Actor) -> None:
    article = published()
    saved(author, article.id, "Au 1er avril.")
    plan_id = planned(author, article.id)
    out(author, article.id)
    assert ended(plan_id)[0] is PlanOutcome.CANCELLED


@pytest.mark.parametrize("late", [dt.timedelta(0), dt.timedelta(minutes=1)])
def test_the_past_is_refused(author: Actor, late: dt.timedelta) -> None:
    article = published()
    with pytest.raises(Invalid, match="past"), db.transaction() as session:
        loop.plan_withdrawal(session, author, article.id, due_at=NOW - late, now=NOW)


# -- what goes wrong -----------------------------------------------------------------------------


def test_the_rights_of_who_planned_are_asked_again_when_the_time_comes(author: Actor) -> None:
    article = published()
    saved(author, article.id, "Au 1er avril.")
    plan_id = planned(author, article.id)
    with db.transaction() as session:
        people.disable(session, people.SYSTEM, account_id=author.id or 0, now=NOW)
    duties.carry_out_plans(AFTER)
    assert ended(plan_id) == (PlanOutcome.FAILED, french.sentence(Forbidden("article.publish")))
    assert live(article.id) == 1
    with db.reading() as session:
        assert list(plans.failed(session, now=AFTER)["plan_id"]) == [plan_id]


@pytest.mark.parametrize("overtaken", ["withdrawn_since", "published_since"])
def test_what_readers_have_is_never_replaced_unseen(author: Actor, overtaken: str) -> None:
    article = published()
    revised(article.id, "Version 2.")
    saved(author, article.id, "Au 1er avril.")
    plan_id = planned(author, article.id)
    with db.transaction() as session:
        meanwhile = NOW + dt.timedelta(hours=1)
        if overtaken == "withdrawn_since":
            loop.withdraw(session, author, article.id, now=meanwhile)
        else:
            loop.restore(
                session,
                author,
                article.id,
                version_id=articles.numbered(session, article.id, 1).id,
                seen=articles.seen(session, article.id),
                now=meanwhile,
            )
    before = live(article.id)
    duties.carry_out_plans(AFTER)
    assert ended(plan_id) == (PlanOutcome.FAILED, french.sentence(Conflict(overtaken)))
    assert live(article.id) == before
    saved(author, article.id, "Le texte n’est plus figé.")


def test_a_failure_is_told_until_somebody_publishes(author: Actor) -> None:
    article = published()
    saved(author, article.id, "Au 1er avril.")
    planned(author, article.id)
    with db.transaction() as session:
        loop.withdraw(session, author, article.id, now=NOW + dt.timedelta(hours=1))
    duties.carry_out_plans(AFTER)
    revised_at = AFTER + dt.timedelta(hours=1)
    with db.transaction() as session:
        loop.publish(
            session,
            author,
            article.id,
            seen=articles.seen(session, article.id),
            significance=Significance.MAJOR,
            now=revised_at,
        )
    with db.reading() as session:
        assert plans.failed(session, now=revised_at).empty


# -- the clock of Paris --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "time", "utc"),
    [
        (dt.date(2026, 1, 15), dt.time(9), "2026-01-15T08:00"),
        (dt.date(2026, 7, 15), dt.time(9), "2026-07-15T07:00"),
        (dt.date(2026, 3, 29), dt.time(2, 30), "2026-03-29T01:30"),  # skipped: 3 h 30 is said
        (dt.date(2026, 10, 25), dt.time(2, 30), "2026-10-25T00:30"),  # twice: the first
    ],
)
def test_a_time_is_that_of_paris(day: dt.date, time: dt.time, utc: str) -> None:
    assert plans.instant(day, time) == dt.datetime.fromisoformat(utc + "+00:00")


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.times())
def test_a_time_that_exists_is_shown_as_it_was_typed(day: dt.date, time: dt.time) -> None:
    shown = plans.instant(day, time).astimezone(french.PARIS)
    moved = shown.replace(tzinfo=None) - dt.datetime.combine(day, time)
    assert moved in (dt.timedelta(0), dt.timedelta(hours=1))


def test_everything_to_come_is_listed_soonest_first(author: Actor) -> None:
    first, second = published("Question A"), published("Question B")
    saved(author, second.id, "Au 1er avril.")
    planned(author, second.id)
    with db.transaction() as session:
        loop.plan_withdrawal(session, author, first.id, due_at=AFTER, now=NOW)
    with db.reading() as session:
        coming = plans.upcoming(session)
    assert list(coming["question"]) == [QUESTION, "Question A"]
    assert list(coming["action"]) == [PlannedAction.PUBLISH, PlannedAction.WITHDRAW]
    assert set(coming["planned_by"]) == {"Ana"}
