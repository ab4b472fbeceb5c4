"""The life of a signalement, walked at random: voted, raised, put off, corrected, judged, taken back.

Every gesture of readers, editors and the clock in any order; a refusal of the product is a legal
outcome, anything else a fault. After each step, what must hold is read from the database.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as runs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from faq_cms import articles, corrections, db, filing, flags, loop, people, settings, votes
from faq_cms.articles import Text
from faq_cms.errors import FaqError
from faq_cms.models import (
    Account,
    Article,
    Correction,
    CorrectionState,
    Flag,
    FlagKind,
    FlagOutcome,
    Reason,
    Role,
    Significance,
    Version,
)
from faq_cms.people import Actor
from faq_cms.settings import SECRET_BYTES, Settings
from faq_cms.votes import civil_day
from tests import databases

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MASKED = "[email protected]"
FINAL = (
    CorrectionState.IMPROVED,
    CorrectionState.REOPENED,
    CorrectionState.NOTHING_TO_FIX,
    CorrectionState.WITHDRAWN,
)
WHO, WHICH = st.integers(0, 2), st.integers(0, 1)
DAYS = st.integers(1, 40)


class Lifecycle(RuleBasedStateMachine):
    """Two articles, two editors, a colleague who reviews, readers in crowds, and a clock."""

    reused: databases.Reused

    def __init__(self) -> None:
        super().__init__()
        self.before = (db._current, settings._current)
        self.reused.renew()
        db.use(self.reused.database)
        settings.use(Settings(secret="s" * SECRET_BYTES))
        self.now, self.readers, self.written = NOW, 0, 0
        self.over: dict[int, CorrectionState] = {}
        with db.transaction() as session:
            roles = (Role.EDITOR, Role.EDITOR, Role.REVIEWER)
            self.people = [_joined(session, role, place) for place, role in enumerate(roles)]

    def teardown(self) -> None:
        db._current, settings._current = self.before

    def act(self, change: Callable[[Session], object]) -> bool:
        """One transaction, a moment later; whether it was allowed."""
        self.now += dt.timedelta(seconds=5)
        try:
            with db.transaction() as session:
                change(session)
        except FaqError:
            return False
        return True

    @initialize()
    def two_articles(self) -> None:
        self.ids = []
        for number in range(2):
            with db.transaction() as session:
                made = articles.create(
                    session,
                    self.people[0],
                    text=Text(f"Question {number}\u202f?", "Réponse."),
                    now=self.now,
                )
                self.ids.append(made.id)
            self.publish(0, Significance.MAJOR, number)

    # -- readers ---------------------------------------------------------------------------------

    @rule(which=WHICH, helpful=st.booleans(), crowd=st.sampled_from([1, 1, 3, 40]))
    def vote(self, which: int, helpful: bool, crowd: int) -> None:
        def change(session: Session) -> None:
            slug = articles.article(session, self.ids[which]).slug
            version = votes.target(session, slug)
            for _ in range(crowd):
                self.readers += 1
                loop.vote_received(
                    session,
                    version=version,
                    helpful=helpful,
                    visitor=f"reader {self.readers}",
                    source="aide",
                    now=self.now,
                )

        self.act(change)

    @rule(which=WHICH, reason=st.sampled_from([Reason.DISAGREES, Reason.UNCLEAR]))
    def last_no_says_why(self, which: int, reason: Reason) -> None:
        def change(session: Session) -> None:
            found = votes.noes(session, since=None, limit=1)
            if not found.empty:
                loop.reason_given(
                    session, int(found["vote_id"].iloc[0]), reason=reason, now=self.now
                )

        self.act(change)

    # -- texts -----------------------------------------------------------------------------------

    def publish(self, who: int, weight: Significance, which: int) -> None:
        one = self.ids[which]
        self.act(
            lambda s: loop.publish(
                s,
                self.people[who],
                one,
                seen=articles.seen(s, one),
                significance=weight,
                now=self.now,
            )
        )

    @rule(who=WHO, which=WHICH, weight=st.sampled_from(Significance), masked=st.booleans())
    def write_and_publish(self, who: int, which: int, weight: Significance, masked: bool) -> None:
        self.written += 1
        one, answer = self.ids[which], f"Texte {self.written}. {MASKED if masked else ''}"
        self.act(
            lambda s: articles.save_draft(
                s,
                self.people[who],
                one,
                text=Text(f"Question {which}\u202f?", answer),
                seen=articles.seen(s, one),
                now=self.now,
            )
        )
        self.publish(who, weight, which)

    @rule(who=WHO, which=WHICH)
    def take_back(self, who: int, which: int) -> None:
        one = self.ids[which]

        def change(session: Session) -> None:
            live = articles.article(session, one).live_version_id
            if live is not None:
                loop.take_back(session, self.people[who], one, version_id=live, now=self.now)

        self.act(change)

    # Random gestures rarely make a story: these begin one, and the others cut across it.

    @rule(who=WHO, which=WHICH)
    def publish_too_fast(self, who: int, which: int) -> None:
        self.write_and_publish(who, which, Significance.MAJOR, masked=True)
        self.write_and_publish(who, which, Significance.MAJOR, masked=True)
        self.everything_holds()
        self.take_back(who, which)

    @rule(who=WHO, which=WHICH, helpful=st.booleans())
    def correct_what_fails_and_look(self, who: int, which: int, helpful: bool) -> None:
        self.vote(which, helpful=False, crowd=40)
        self.write_and_publish(who, which, Significance.MAJOR, masked=False)
        self.vote(which, helpful=helpful, crowd=40)
        self.a_night_passes(0)

    @rule(who=WHO, which=WHICH)
    def withdraw_or_put_back(self, who: int, which: int) -> None:
        one, actor = self.ids[which], self.people[who]
        if not self.act(lambda s: loop.withdraw(s, actor, one, now=self.now)):
            self.act(lambda s: loop.republish(s, actor, one, now=self.now))

    @rule(who=WHO, which=WHICH, days=st.none() | st.integers(-2, 5))
    def date(self, who: int, which: int, days: int | None) -> None:
        day = None if days is None else civil_day(self.now) + dt.timedelta(days=days)
        change = filing.Change(review_on=day)
        self.act(lambda s: loop.filed(s, self.people[who], [self.ids[which]], change, now=self.now))

    # -- the list --------------------------------------------------------------------------------

    @rule(who=WHO, which=WHICH, to=WHO | st.none(), taking=st.booleans())
    def give(self, who: int, which: int, to: int | None, taking: bool) -> None:
        one, actor = self.ids[which], self.people[who]
        if taking:
            self.act(lambda s: corrections.take(s, actor, one, now=self.now))
            return
        to_id = None if to is None else self.people[to].id
        due_on = civil_day(self.now) + dt.timedelta(days=3)
        self.act(
            lambda s: corrections.assign(s, actor, one, to_id=to_id, due_on=due_on, now=self.now)
        )

    @rule(who=WHO, which=WHICH, days=DAYS, waking=st.booleans())
    def put_off(self, who: int, which: int, days: int, waking: bool) -> None:
        one, actor = self.ids[which], self.people[who]
        until = civil_day(self.now) + dt.timedelta(days=days)
        if waking:
            self.act(lambda s: corrections.wake(s, actor, one, now=self.now))
        else:
            self.act(
                lambda s: corrections.snooze(
                    s, actor, one, until=until, reason="Plus tard.", now=self.now
                )
            )

    @rule(who=WHO, which=WHICH, lowering=st.booleans())
    def by_hand(self, who: int, which: int, lowering: bool) -> None:
        one, actor = self.ids[which], self.people[who]
        if lowering:
            self.act(lambda s: corrections.lower_by_hand(s, actor, one, now=self.now))
        else:
            self.act(lambda s: loop.raised_by_hand(s, actor, one, reason="À voir.", now=self.now))

    @rule(who=WHO, which=WHICH)
    def settle(self, who: int, which: int) -> None:
        one = self.ids[which]
        self.act(
            lambda s: corrections.nothing_to_fix(
                s, self.people[who], one, reason="Juste.", now=self.now
            )
        )

    @rule(who=WHO, which=WHICH)
    def close(self, who: int, which: int) -> None:
        one = self.ids[which]
        self.act(
            lambda s: corrections.close_unmeasured(
                s, self.people[who], one, note="Relu.", now=self.now
            )
        )

    @rule(days=st.integers(0, 10))
    def a_night_passes(self, days: int) -> None:
        self.now += dt.timedelta(days=days)
        with db.transaction() as session:
            loop.review(session, people.SYSTEM, now=self.now)
        with db.reading() as session:
            once = db.revision(session)
        with db.transaction() as session:
            loop.review(session, people.SYSTEM, now=self.now)
        with db.reading() as session:
            assert db.revision(session) == once, "a second review of the night wrote something"
            for article in session.scalars(select(Article)):
                self.what_is_proven_ended_its_observation(session, article)
                self.a_passed_date_is_listed_unless_answered(session, article)

    # -- what always holds -----------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        with db.reading() as session:
            for article in session.scalars(select(Article)):
                self.one_row_with_every_open_flag(session, article)
                self.votes_are_said_as_they_are(session, article)
                self.a_masked_address_is_listed_unless_settled(session, article)
                self.what_is_observed_is_read(session, article)
            self.what_is_over_is_over(session)

    def one_row_with_every_open_flag(self, session: Session, article: Article) -> None:
        row, standing = (
            corrections.listed(session, article.id),
            flags.open_flags(session, article.id),
        )
        assert (row is not None) == bool(standing)
        assert article.live_version_id is not None or not standing
        for flag in standing:
            assert row is not None
            assert flag.correction_id == row.id
        if row is not None:
            assert (row.state is CorrectionState.NEW) == (row.taken_by_id is None)
            assert row.assigned_by_id is None or row.taken_by_id is not None

    def votes_are_said_as_they_are(self, session: Session, article: Article) -> None:
        case = flags._case(session, article.id)
        said = {f.kind for f in flags.open_flags(session, article.id) if f.kind in flags.RULES}
        assert said == (case.due() if case else set())

    def a_masked_address_is_listed_unless_settled(self, session: Session, article: Article) -> None:
        standing = {flag.kind for flag in flags.open_flags(session, article.id)}
        live = article.live_version_id and articles.version(session, article.live_version_id)
        if not live or MASKED not in live.answer:
            assert FlagKind.CONTENT not in standing
        elif FlagKind.CONTENT not in standing:
            settled = select(Flag).where(
                Flag.article_id == article.id,
                Flag.kind == FlagKind.CONTENT,
                Flag.outcome == FlagOutcome.NOTHING_TO_FIX,
            )
            assert session.scalars(settled).first() is not None

    def what_is_observed_is_read(self, session: Session, article: Article) -> None:
        row = corrections.observation(session, article.id)
        if row is None:
            return
        version = session.get(Version, row.version_id)
        live = session.get(Version, article.live_version_id)
        assert version is not None
        assert live is not None
        assert version.period_id == live.period_id
        assert version.id not in articles.taken_back(session, article.id)

    def what_is_over_is_over(self, session: Session) -> None:
        for row in session.scalars(select(Correction)):
            if row.id in self.over:
                assert row.state is self.over[row.id]
            if row.state in FINAL:
                self.over[row.id] = row.state
            if row.state in (CorrectionState.IMPROVED, CorrectionState.REOPENED):
                assert row.evidence is not None
                assert row.evidence["after"] != row.evidence["before"] or row.evidence["low"]

    def what_is_proven_ended_its_observation(self, session: Session, article: Article) -> None:
        standing = {flag.kind for flag in flags.open_flags(session, article.id)}
        if standing & flags.PROVEN:
            assert corrections.observation(session, article.id) is None

    def a_passed_date_is_listed_unless_answered(self, session: Session, article: Article) -> None:
        is_past = article.review_on is not None and article.review_on < civil_day(self.now)
        standing = {flag.kind for flag in flags.open_flags(session, article.id)}
        if not is_past or article.live_version_id is None:
            assert FlagKind.OVERDUE not in standing
        elif FlagKind.OVERDUE not in standing:
            assert article.review_on is not None
            ended = session.scalars(
                select(Flag).where(Flag.article_id == article.id, Flag.kind == FlagKind.OVERDUE)
            )
            day = article.review_on.isoformat()
            assert any(flag.evidence["review_on"] == day for flag in ended)


def _joined(session: Session, role: Role, place: int) -> Actor:
    name = f"{role} {place}"
    account = Account(name=name, name_key=name, role=role, password_digest="x", created_at=NOW)
    session.add(account)
    session.flush()
    return Actor(account.id, name, role)


def _walk(reused: databases.Reused, examples: int) -> None:
    machine: Any = type("Walk", (Lifecycle,), {"reused": reused})
    machine.TestCase.settings = runs(
        max_examples=examples, stateful_step_count=20, suppress_health_check=list(HealthCheck)
    )
    machine.TestCase().runTest()


@pytest.mark.sqlite
def test_no_walk_through_the_life_of_a_flag_breaks_what_must_hold(
    reused_sqlite: databases.Reused,
) -> None:
    _walk(reused_sqlite, 6)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_no_walk_of_hundreds_breaks_what_must_hold(reused: databases.Reused, engine: str) -> None:
    _walk(reused, {"sqlite": 500, "postgresql": 150}[engine])
