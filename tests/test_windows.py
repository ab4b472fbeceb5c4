"""Sums kept over closed days say what the daily tallies say, whatever came and went since."""

import datetime as dt
import itertools
import random
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from faq_cms import analytics, db, duties, loop, people, views, votes, windows
from faq_cms.imported_votes import DatedVote
from faq_cms.models import (
    Article,
    ClosedDay,
    DayTotal,
    DutyRun,
    Reason,
    Significance,
    TallyDay,
    Version,
    Vote,
    WindowTally,
)
from faq_cms.votes import Burst
from tests import content

TODAY = content.NOW.date()
YESTERDAY = TODAY - dt.timedelta(days=1)
EPOCH = dt.date(2024, 1, 1)
STEPS = 40
numbers = itertools.count(1)


def ago(days: int) -> dt.datetime:
    return content.NOW - dt.timedelta(days=days)


# -- days ----------------------------------------------------------------------------------------


def days(stretch: windows.Stretch) -> list[dt.date]:
    """Those of three years around the stretch."""
    all_days = (EPOCH + dt.timedelta(days=n) for n in range(1_100))
    return [day for day in all_days if (stretch.first or day) <= day <= (stretch.last or day)]


@given(
    span=st.sampled_from(windows.SPANS),
    kept=st.dates(dt.date(2025, 12, 1), dt.date(2026, 3, 1)),
    first=st.dates(dt.date(2024, 6, 1), dt.date(2026, 4, 1)),
    length=st.integers(0, 500) | st.none(),
)
def test_a_stretch_is_a_kept_one_with_days_added_and_taken(
    span: int, kept: dt.date, first: dt.date, length: int | None
) -> None:
    has = windows._stretch(span, kept)
    last = None if length is None else first + dt.timedelta(days=length)
    wanted = windows.Stretch(None if span == 0 else first, last)
    times = dict.fromkeys(days(has), 1)
    for sign, stretch in windows._steps(has, wanted):
        for day in days(stretch):
            times[day] = times.get(day, 0) + sign
    assert {day: n for day, n in times.items() if n} == dict.fromkeys(days(wanted), 1)


def test_the_stretches_of_a_screen_are_kept_but_for_today() -> None:
    for length in (28, 90, 365):
        first = TODAY - dt.timedelta(days=length - 1)
        now = windows._stretch(length, YESTERDAY)
        before = windows._stretch(-length, YESTERDAY)
        assert now == windows.Stretch(first, YESTERDAY)
        assert before == windows.Stretch(
            first - dt.timedelta(days=length), first - dt.timedelta(days=1)
        )
        for until in (TODAY, None):
            assert windows._nearest(windows.Stretch(first, until), YESTERDAY) == length
        assert windows._nearest(before, YESTERDAY) == -length
    assert windows._nearest(windows.Stretch(None, None), YESTERDAY) == 0


def test_few_days_are_read_as_they_are() -> None:
    assert windows._nearest(windows.Stretch(TODAY, TODAY), YESTERDAY) is None
    assert windows._nearest(windows.Stretch(TODAY - dt.timedelta(days=6), None), YESTERDAY) is None


# -- sums ----------------------------------------------------------------------------------------


def kept(session: Session) -> list[list[tuple[object, ...]]]:
    """All that is kept."""
    return [
        [
            tuple(row)
            for row in session.execute(
                select(table.__table__).order_by(*table.__table__.primary_key)
            )
        ]
        for table in (ClosedDay, WindowTally, DayTotal)
    ]


remembering = [analytics.Memory()]


@pytest.fixture(autouse=True)
def _empty_memory() -> None:
    """What `agree` holds on to, from one of its calls in a test to the next."""
    remembering[0] = analytics.Memory()


def figures(session: Session, memory: analytics.Memory | None = None) -> list[pd.DataFrame]:
    """What the screens of figures read, over kept stretches and over others."""
    found = [analytics.by_day(session), analytics.by_source(session)]
    found.append(analytics.usefulness(session, memory=memory))
    found.append(analytics.usefulness(session, live_only=True, source="widget", memory=memory))
    sources = itertools.cycle((None, "aide", "widget", None))
    ids = session.scalars(select(Article.id).order_by(Article.id)).all()
    for length, shift in itertools.product((28, 90, 365), (0, 1, 3)):
        last = TODAY - dt.timedelta(days=shift)
        first = last - dt.timedelta(days=length - 1)
        before = first - dt.timedelta(days=length), first - dt.timedelta(days=1)
        for since, until in ((first, None if shift else last), before):
            source = next(sources)
            stretch: dict[str, Any] = {"since": since, "until": until, "memory": memory}
            found.append(analytics.usefulness(session, source=source, **stretch))
            found.append(analytics.by_article_and_day(session, ids, source=source, **stretch))
        found.append(pd.DataFrame([analytics.total(session, since=first, until=last)]))
        found.append(analytics.readership(session, since=first, until=last, memory=memory))
    return found


def agree(*, rolled: bool = True) -> None:
    """With the kept sums, held in memory or not, made anew, and without them: the same figures."""
    with db.transaction() as session:
        day = windows.closed(session)
        assert (day is not None) == rolled
        was, said = kept(session), figures(session)
        for read, remembered in zip(said, figures(session, remembering[0]), strict=True):
            pd.testing.assert_frame_equal(read, remembered)
        if day is not None:
            windows.rebuild(session, day)
            again = kept(session)
            # What fell back to nothing stays until the next roll.
            assert [row for row in was[1] if any(row[3:])] == again[1]
            assert (was[0], was[2]) == (again[0], again[2])
        windows.forget(session)
        for with_sums, without in zip(said, figures(session), strict=True):
            pd.testing.assert_frame_equal(with_sums, without)
        session.rollback()


def imported(article_id: int, days: int, helpful: bool, source: str) -> None:
    row = next(numbers)
    vote = DatedVote(row, article_id, ago(days), helpful, None, source, None, "", None)
    with db.transaction() as session:
        loop.votes_imported(session, people.SYSTEM, [vote], digest=f"{row:064}", now=content.NOW)


def changed(chance: random.Random) -> None:
    """A vote of any day is changed as one of the doors would."""
    with db.transaction() as session:
        vote = chance.choice(session.query(Vote).order_by(Vote.id).all())
        what = chance.randrange(4)
        if what == 0 and not vote.helpful:
            reason = chance.choice([Reason.OFF_TOPIC, Reason.UNCLEAR, None])
            loop.reason_given(session, vote.id, reason=reason, now=content.NOW)
        elif what == 1:
            votes.put_aside(session, vote.id, aside=not vote.set_aside)
        elif what == 2:
            burst = Burst(vote.article_id, vote.period_id, vote.day, vote.source)
            loop.votes_released(session, people.SYSTEM, burst, now=content.NOW)
        elif vote.visitor is not None:
            votes.cast(
                session,
                version=session.get_one(Version, vote.version_id),
                helpful=not vote.helpful,
                visitor=vote.visitor,
                source=vote.source,
                now=content.NOW,
            )


@pytest.mark.parametrize("seed", range(2))
def test_rolled_day_after_day_the_sums_are_those_of_a_rebuild(
    database: db.Database, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 — a walk, not a secret
    articles = [content.published(f"Question {n}", now=ago(800)).id for n in range(3)]
    closed = TODAY - dt.timedelta(days=8)
    with db.transaction() as session:
        windows.roll(session, closed)
        for age, source in ((400, "aide"), (40, "aide"), (3, "widget"), (0, "aide")):
            read = {(ago(age).date(), article_id, source): (7, 1) for article_id in articles}
            views.add(session, read)
    for step in range(STEPS):
        if step % 13 == 0:
            with db.reading() as session:
                figures(session, remembering[0])  # what it holds must not outlive what follows
        article_id = chance.choice(articles)
        source, helpful = chance.choice(["aide", "widget"]), chance.random() < 0.6
        match chance.randrange(8):
            case 0 | 1:
                open_days = (TODAY - closed).days - 1
                content.voted(
                    article_id, helpful, source=source, now=ago(chance.randint(0, open_days))
                )
            case 2 | 3:
                old = chance.choice([1, 5, 27, 28, 29, 56, 90, 180, 365, 600, 730, 731])
                imported(article_id, old, helpful, source)
            case 4:
                aside = chance.random() < 0.5
                content.voted(article_id, helpful, source=source, set_aside=aside)
                changed(chance)
            case 5 if closed < YESTERDAY:
                closed += dt.timedelta(days=chance.randint(1, 2))
                closed = min(closed, YESTERDAY)
                with db.transaction() as session:
                    windows.roll(session, closed)
            case 6 if chance.random() < 0.3:
                weight = chance.choice(list(Significance))
                content.revised(
                    article_id, f"Texte {next(numbers)}", significance=weight, now=ago(0)
                )
            case _:
                with db.reading() as session:
                    has_votes = session.scalar(select(Vote.id).limit(1)) is not None
                if has_votes:
                    changed(chance)
    agree()


def test_tallies_and_sums_dropped_and_folded_again_are_the_same(database: db.Database) -> None:
    article = content.published(now=ago(40))
    for age in (0, 1, 3, 27, 28, 30):
        content.voted(article.id, age != 3, now=ago(age))
    with db.transaction() as session:
        windows.roll(session, YESTERDAY)
    with db.transaction() as session:
        before = kept(session)
        votes.rebuild(session)
        assert kept(session) == before
    agree()


def test_without_sums_figures_are_read_from_the_days(database: db.Database) -> None:
    content.voted(content.published().id, True)
    agree(rolled=False)


def test_a_roll_over_days_missed_is_a_rebuild_and_a_second_one_changes_nothing(
    database: db.Database,
) -> None:
    article = content.published(now=ago(900))
    for age in (1, 2, 29, 60, 91, 200, 364, 366, 729, 731, 800):
        imported(article.id, age, age % 2 == 0, "aide")
    for missed in (900, 70, 1):
        with db.transaction() as session:
            windows.roll(session, TODAY - dt.timedelta(days=missed))
            done = kept(session)
            windows.roll(session, TODAY - dt.timedelta(days=missed))
            windows.roll(session, TODAY - dt.timedelta(days=missed + 5))
            assert kept(session) == done
            windows.rebuild(session, TODAY - dt.timedelta(days=missed))
            assert kept(session) == done
    agree()


def test_many_votes_imported_at_once_move_every_sum_they_concern(database: db.Database) -> None:
    chance = random.Random(5)  # noqa: S311 — a walk, not a secret
    articles = [content.published(f"Question {n}", now=ago(800)).id for n in range(3)]
    content.voted(articles[0], True, now=ago(40))
    with db.transaction() as session:
        windows.roll(session, YESTERDAY)
    many = [
        DatedVote(
            row,
            chance.choice(articles),
            ago(chance.randrange(780)),
            chance.random() < 0.7,
            None,
            chance.choice(("zendesk", "aide")),
            chance.choice((Reason.OFF_TOPIC, Reason.UNCLEAR, None)) if row % 9 == 0 else None,
            "",
            None,
        )
        for row in range(1, 301)
    ]
    many = [replace(vote, reason=None) if vote.helpful else vote for vote in many]
    for digest in ("a" * 64, "a" * 64, "b" * 64):  # the same document twice, then another one
        with db.transaction() as session:
            loop.votes_imported(session, people.SYSTEM, many, digest=digest, now=content.NOW)
        agree()
    with db.reading() as session:
        assert votes.is_balanced(session)
        assert analytics.total(session).votes == 601


def test_a_vote_touches_no_sum_until_its_day_is_closed(database: db.Database) -> None:
    article = content.published(now=ago(3))
    content.voted(article.id, True, now=ago(1))
    with db.transaction() as session:
        windows.roll(session, YESTERDAY)
        before = kept(session)
    receipt = content.voted(article.id, False, reason=Reason.OFF_TOPIC)
    with db.transaction() as session:
        votes.put_aside(session, receipt.vote_id, aside=True)
        assert kept(session) == before


def test_the_sums_alone_answer_for_closed_days(database: db.Database) -> None:
    article, other = content.published(now=ago(500)), content.published("Autre", now=ago(500))
    for age in (0, 1, 40, 400):
        content.voted(article.id, True, now=ago(age))
    content.voted(other.id, False, source="widget", now=ago(2))
    with db.transaction() as session:
        windows.roll(session, YESTERDAY)
        # Were a closed day read again, it would count for a hundred.
        session.execute(update(TallyDay).where(TallyDay.day < TODAY).values(helpful=100))
        for since, expected in ((28, [2, 0]), (90, [3, 0]), (365, [3, 0])):
            frame = analytics.usefulness(session, since=ago(since - 1).date())
            assert list(frame["helpful"]) == expected
        assert list(analytics.usefulness(session, source="aide")["helpful"]) == [4, 0]
        assert analytics.total(session).helpful == 4
        assert analytics.by_day(session)["helpful"].sum() == 4
        assert analytics.by_source(session)["unhelpful"].sum() == 1
        session.rollback()


def test_the_clock_closes_a_day_when_the_next_one_has_begun_for_good(database: db.Database) -> None:
    midnight = dt.datetime(2026, 3, 2, 23, tzinfo=dt.UTC)  # in Paris
    closings = [(0, YESTERDAY), (59, YESTERDAY), (60, TODAY), (23 * 60, TODAY), (25 * 60, None)]
    for minutes, expected in closings:
        duties.run_due(midnight + dt.timedelta(minutes=minutes))
        with db.reading() as session:
            assert windows.closed(session) == (expected or TODAY + dt.timedelta(days=1))
    with db.reading() as session:
        assert session.query(DutyRun).where(DutyRun.name == "roll").count() == 3
