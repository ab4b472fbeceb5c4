"""The whole editorial workflow, walked at random by several people: no step reaches an illegal state.

Every rule does what a door would do, with what its person could have seen. A refusal of the product
is a legal outcome; anything else is a fault. After each step the invariants are read from the
database itself, not from what the steps believe.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as runs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from faq_cms import (
    articles,
    corrections,
    db,
    duties,
    flags,
    loop,
    people,
    plans,
    reviews,
    settings,
    votes,
)
from faq_cms.articles import Seen, Text
from faq_cms.errors import FaqError
from faq_cms.models import (
    Account,
    Article,
    Correction,
    CorrectionState,
    Flag,
    Plan,
    PlannedAction,
    PlanOutcome,
    Review,
    ReviewState,
    Role,
    Significance,
    TallyVersion,
    Version,
    Vote,
)
from faq_cms.people import Actor
from faq_cms.settings import SECRET_BYTES, Settings
from tests import databases

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
ROLES = (Role.EDITOR, Role.EDITOR, Role.REVIEWER, Role.REVIEWER, Role.VIEWER)
TEXTS = st.sampled_from(["Par virement.", "Par carte.", "Par domiciliation.", ""])
WEIGHTS = st.sampled_from(Significance)
WHO = st.integers(0, len(ROLES) - 1)
WRITERS, READERS = st.integers(0, 2), st.integers(2, 3)
HOURS = st.integers(-1, 3)

Content = tuple[str, str, tuple[str, ...], int | None, Significance | None, str]


class Workflow(RuleBasedStateMachine):
    """Two articles, five people, a rule that is on or off, and a clock."""

    reused: databases.Reused

    def __init__(self) -> None:
        super().__init__()
        self.before = (db._current, settings._current)
        self.reused.renew()
        db.use(self.reused.database)
        self.now, self.readers, self.written, self.refusals = NOW, 0, 0, 0
        self.rule_on(on=False)
        with db.transaction() as session:
            self.people = [_joined(session, role, place) for place, role in enumerate(ROLES)]
        self.articles: list[int] = []
        self.published: dict[int, Content] = {}  # every version ever numbered, as it was then
        self.released: set[int] = set()  # versions whose coming out was looked at

    def teardown(self) -> None:
        db._current, settings._current = self.before

    # -- doing -----------------------------------------------------------------------------------

    def act(self, change: Callable[[Session], object]) -> None:
        """One transaction, a moment later; the product may refuse, and nothing else."""
        self.now += dt.timedelta(seconds=5)
        try:
            with db.transaction() as session:
                change(session)
        except FaqError:
            self.refusals += 1

    def chosen(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(self.articles))

    def seen(self, article_id: int) -> Seen:
        with db.reading() as session:
            return articles.seen(session, article_id)

    @rule(on=st.booleans())
    def rule_on(self, *, on: bool) -> None:
        settings.use(Settings(secret="s" * SECRET_BYTES, peer_review=on))

    # Random gestures rarely make a story: these begin one, and the others cut across it.

    @initialize()
    def an_article_with_an_unhappy_reader(self) -> None:
        self.create(0, "Par virement.")
        one = self.articles[0]
        self.act(
            lambda s: loop.publish(
                s,
                self.people[0],
                one,
                seen=self.seen(one),
                significance=Significance.MAJOR,
                now=self.now,
            )
        )
        self.everything_holds()
        self.voted(one, helpful=False)

    def wrote(self, data: st.DataObject, who: int) -> int:
        """What was never written before, so that it may be published; returns the article."""
        self.written += 1
        one, text = self.chosen(data), Text("Payer\u202f?", f"Texte {self.written}.")
        self.act(
            lambda s: articles.save_draft(
                s, self.people[who], one, text=text, seen=self.seen(one), now=self.now
            )
        )
        return one

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WRITERS, weight=WEIGHTS)
    def correct(self, data: st.DataObject, who: int, weight: Significance) -> None:
        one = self.wrote(data, who)
        self.act(
            lambda s: loop.publish(
                s, self.people[who], one, seen=self.seen(one), significance=weight, now=self.now
            )
        )

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WRITERS, weight=WEIGHTS)
    def slip(self, data: st.DataObject, who: int, weight: Significance) -> None:
        self.correct(data, who, weight)
        self.everything_holds()
        newest = max(self.published)
        one = self._article_of(newest)
        self.act(
            lambda s: loop.take_back(s, self.people[who], one, version_id=newest, now=self.now)
        )

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WRITERS, reader=READERS)
    def write_and_have_read(self, data: st.DataObject, who: int, reader: int) -> None:
        one = self.wrote(data, who)
        named = self.people[reader].id
        self.act(
            lambda s: loop.review_asked(
                s, self.people[who], one, seen=self.seen(one), reviewer_id=named, now=self.now
            )
        )

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WRITERS, weight=WEIGHTS)
    def write_and_plan(self, data: st.DataObject, who: int, weight: Significance) -> None:
        one = self.wrote(data, who)
        due = self.now + dt.timedelta(hours=1)
        self.act(
            lambda s: loop.plan_publication(
                s,
                self.people[who],
                one,
                seen=self.seen(one),
                due_at=due,
                significance=weight,
                now=self.now,
            )
        )

    @precondition(lambda self: len(self.articles) < 2)
    @rule(who=WHO, text=TEXTS)
    def create(self, who: int, text: str) -> None:
        def change(session: Session) -> None:
            made = articles.create(
                session, self.people[who], text=Text("Payer\u202f?", text), now=self.now
            )
            self.articles.append(made.id)

        self.act(change)

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO, text=TEXTS, stale=st.sampled_from([False] * 5 + [True]))
    def save(self, data: st.DataObject, who: int, text: str, stale: bool) -> None:
        one = self.chosen(data)
        seen = Seen(None, 99) if stale else self.seen(one)
        self.act(
            lambda s: articles.save_draft(
                s, self.people[who], one, text=Text("Payer\u202f?", text), seen=seen, now=self.now
            )
        )

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO, named=st.none() | WHO)
    def ask(self, data: st.DataObject, who: int, named: int | None) -> None:
        one = self.chosen(data)
        reviewer = None if named is None else self.people[named].id
        self.act(
            lambda s: loop.review_asked(
                s,
                self.people[who],
                one,
                seen=self.seen(one),
                reviewer_id=reviewer,
                now=self.now,
            )
        )

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO)
    def call_off(self, data: st.DataObject, who: int) -> None:
        one = self.chosen(data)
        self.act(lambda s: loop.review_called_off(s, self.people[who], one, now=self.now))

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO, approved=st.booleans())
    def decide(self, data: st.DataObject, who: int, approved: bool) -> None:
        one = self.chosen(data)
        self.act(
            lambda s: loop.review_decided(
                s,
                self.people[who],
                one,
                seen=self.seen(one),
                approved=approved,
                comment="Précisez le délai.",
                now=self.now,
            )
        )

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO)
    def note(self, data: st.DataObject, who: int) -> None:
        one = self.chosen(data)
        self.act(lambda s: reviews.note(s, self.people[who], one, text="Ici.", now=self.now))

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO, weight=WEIGHTS)
    def publish(self, data: st.DataObject, who: int, weight: Significance) -> None:
        one = self.chosen(data)
        self.act(
            lambda s: loop.publish(
                s, self.people[who], one, seen=self.seen(one), significance=weight, now=self.now
            )
        )

    @precondition(lambda self: self.published)
    @rule(data=st.data(), who=WHO, wait=st.sampled_from([0, 0, 0, 90]))
    def take_back(self, data: st.DataObject, who: int, wait: int) -> None:
        version_id = data.draw(st.sampled_from(sorted(self.published)[-3:]))
        one = self._article_of(version_id)
        self.now += dt.timedelta(seconds=wait)
        self.act(
            lambda s: loop.take_back(s, self.people[who], one, version_id=version_id, now=self.now)
        )

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO)
    def withdraw(self, data: st.DataObject, who: int) -> None:
        one = self.chosen(data)
        self.act(lambda s: loop.withdraw(s, self.people[who], one, now=self.now))

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO, wait=st.sampled_from([0, 90]))
    def republish(self, data: st.DataObject, who: int, wait: int) -> None:
        one = self.chosen(data)
        self.now += dt.timedelta(seconds=wait)
        with db.reading() as session:
            was_withdrawn = articles.article(session, one).withdrawn_at is not None
        self.act(lambda s: loop.republish(s, self.people[who], one, now=self.now))
        with db.reading() as session:
            back = articles.article(session, one).live_version_id if was_withdrawn else None
            if back and wait and reviews.is_required():
                assert reviews.is_approved(session, articles.version(session, back))

    @precondition(lambda self: self.published)
    @rule(data=st.data(), who=WHO, weight=WEIGHTS)
    def restore(self, data: st.DataObject, who: int, weight: Significance) -> None:
        version_id = data.draw(st.sampled_from(sorted(self.published)))
        one = self._article_of(version_id)
        self.act(
            lambda s: loop.restore(
                s,
                self.people[who],
                one,
                version_id=version_id,
                seen=self.seen(one),
                significance=weight,
                now=self.now,
            )
        )

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO)
    def discard(self, data: st.DataObject, who: int) -> None:
        one = self.chosen(data)
        self.act(
            lambda s: loop.draft_discarded(
                s, self.people[who], one, seen=self.seen(one), now=self.now
            )
        )
        with db.reading() as session:
            if session.get(Article, one) is None:
                self.articles.remove(one)

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO, hours=HOURS, weight=WEIGHTS)
    def plan(self, data: st.DataObject, who: int, hours: int, weight: Significance) -> None:
        one, due = self.chosen(data), self.now + dt.timedelta(hours=hours)
        self.act(
            lambda s: loop.plan_publication(
                s,
                self.people[who],
                one,
                seen=self.seen(one),
                due_at=due,
                significance=weight,
                now=self.now,
            )
        )

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO, hours=HOURS)
    def plan_the_end(self, data: st.DataObject, who: int, hours: int) -> None:
        one, due = self.chosen(data), self.now + dt.timedelta(hours=hours)
        self.act(lambda s: loop.plan_withdrawal(s, self.people[who], one, due_at=due, now=self.now))

    @rule(data=st.data(), who=WHO)
    def cancel_plan(self, data: st.DataObject, who: int) -> None:
        with db.reading() as session:
            found = list(session.scalars(select(Plan.id).order_by(Plan.id)))
        if found:
            plan_id = data.draw(st.sampled_from(found))
            self.act(lambda s: plans.cancel(s, self.people[who], plan_id, now=self.now))

    @rule(hours=st.integers(0, 3))
    def clock_passes(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours, seconds=1)
        duties.carry_out_plans(self.now)
        assert duties.carry_out_plans(self.now) == []

    @rule(who=WHO, role=st.sampled_from([Role.EDITOR, Role.REVIEWER, Role.VIEWER]))
    def change_role(self, who: int, role: Role) -> None:
        person = self.people[who].id or 0
        self.act(
            lambda s: people.change_role(
                s, people.SYSTEM, account_id=person, role=role, now=self.now
            )
        )

    @precondition(lambda self: self.published)
    @rule(data=st.data(), helpful=st.booleans(), late=st.booleans())
    def vote(self, data: st.DataObject, helpful: bool, late: bool) -> None:
        one = self._article_of(data.draw(st.sampled_from(sorted(self.published))))
        self.voted(one, helpful=helpful, late=late)

    def voted(self, one: int, *, helpful: bool, late: bool = False) -> None:
        self.readers += 1

        def change(session: Session) -> None:
            slug = articles.article(session, one).slug
            number = 1 if late else None
            loop.vote_received(
                session,
                version=votes.target(session, slug, number=number),
                helpful=helpful,
                visitor=f"reader {self.readers}",
                source="aide",
                now=self.now,
            )

        self.act(change)

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), who=WHO, taking=st.booleans())
    def take_correction(self, data: st.DataObject, who: int, taking: bool) -> None:
        one, verb = self.chosen(data), corrections.take if taking else corrections.release
        self.act(lambda s: verb(s, self.people[who], one, now=self.now))

    def _article_of(self, version_id: int) -> int:
        with db.reading() as session:
            return articles.version(session, version_id).article_id

    # -- what always holds -----------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        with db.reading() as session:
            self.versions_never_change(session)
            self.what_came_out_under_the_rule_was_approved(session)
            self.requests_and_plans_are_about_what_stands(session)
            self.votes_and_tallies_agree(session)
            gone: set[int] = set()
            for article in session.scalars(select(Article)):
                taken_back = articles.taken_back(session, article.id)
                self.one_draft_and_a_live_version_of_its_own(session, article, taken_back)
                self.the_list_says_what_the_figures_say(session, article)
                gone |= taken_back
            assert not gone & set(session.scalars(select(Flag.answered_in_id)))
            assert not gone & set(session.scalars(select(Correction.version_id)))

    def versions_never_change(self, session: Session) -> None:
        numbered = session.scalars(select(Version).where(Version.number.is_not(None))).all()
        for version in numbered:
            now = _content(version)
            assert self.published.setdefault(version.id, now) == now
        assert {version.id for version in numbered} == set(self.published)

    def what_came_out_under_the_rule_was_approved(self, session: Session) -> None:
        for version_id in set(self.published) - self.released:
            version = articles.version(session, version_id)
            assert reviews.is_approved(session, version) or not reviews.is_required()
            self.released.add(version_id)

    def requests_and_plans_are_about_what_stands(self, session: Session) -> None:
        asked = session.scalars(select(Review).where(Review.state == ReviewState.REQUESTED)).all()
        assert len({review.article_id for review in asked}) == len(asked)
        for review in asked:
            assert articles.version(session, review.version_id).number is None
        for plan in session.scalars(select(Plan)):
            if plan.outcome is None and plan.action is PlannedAction.PUBLISH:
                draft = articles.draft_of(session, plan.article_id)
                assert draft is not None
                assert draft.revision == plan.revision
            assert plan.failure.endswith(".") is (plan.outcome is PlanOutcome.FAILED)

    def votes_and_tallies_agree(self, session: Session) -> None:
        cast = Counter[tuple[int, bool]]()
        for version_id, period_id, helpful in session.execute(
            select(Vote.version_id, Vote.period_id, Vote.helpful)
        ):
            assert articles.version(session, version_id).period_id == period_id
            cast[version_id, helpful] += 1
        for tally in session.scalars(select(TallyVersion)):
            assert tally.helpful == cast[tally.version_id, True]
            assert tally.unhelpful == cast[tally.version_id, False]

    def one_draft_and_a_live_version_of_its_own(
        self, session: Session, article: Article, taken_back: set[int]
    ) -> None:
        drafts = select(Version.id).where(
            Version.article_id == article.id, Version.number.is_(None)
        )
        assert len(session.scalars(drafts).all()) <= 1
        shown = articles.published(session, ids=[article.id])
        if article.live_version_id is None:
            assert not shown
            return
        live = articles.version(session, article.live_version_id)
        assert live.article_id == article.id
        assert live.number is not None
        assert live.id not in taken_back
        assert [each.answer for each in shown] == [self.published[live.id][1]]
        period = articles.current_period(session, article.id)
        assert period is not None
        assert period.id == live.period_id

    def the_list_says_what_the_figures_say(self, session: Session, article: Article) -> None:
        row = corrections.listed(session, article.id)
        standing = flags.open_flags(session, article.id)
        assert (row is not None) == bool(standing)
        case = flags._case(session, article.id)
        by_votes = {flag.kind for flag in standing if flag.kind in flags.RULES}
        assert by_votes == (case.due() if case else set())
        if row is not None:
            is_read = reviews.open_request(session, article.id) is not None
            assert (row.state is CorrectionState.IN_REVIEW) == is_read
            assert row.state is not CorrectionState.TAKEN or row.taken_by_id is not None
            assert row.state is not CorrectionState.NEW or row.taken_by_id is None


def _joined(session: Session, role: Role, place: int) -> Actor:
    name = f"{role} {place}"
    account = Account(name=name, name_key=name, role=role, password_digest="x", created_at=NOW)
    session.add(account)
    session.flush()
    return Actor(account.id, name, role)


def _content(version: Version) -> Content:
    return (
        version.question,
        version.answer,
        tuple(version.wordings),
        version.period_id,
        version.significance,
        version.author,
    )


def _walk(reused: databases.Reused, examples: int) -> None:
    machine: Any = type("Walk", (Workflow,), {"reused": reused})
    machine.TestCase.settings = runs(
        max_examples=examples, stateful_step_count=20, suppress_health_check=list(HealthCheck)
    )
    machine.TestCase().runTest()


@pytest.mark.sqlite
def test_no_walk_through_the_workflow_reaches_an_illegal_state(
    reused_sqlite: databases.Reused,
) -> None:
    _walk(reused_sqlite, 60)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_no_walk_of_hundreds_reaches_an_illegal_state(
    reused: databases.Reused, engine: str
) -> None:
    _walk(reused, {"sqlite": 500, "postgresql": 100}[engine])
