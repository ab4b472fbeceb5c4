"""Votes of whole stretches of days, added up once: a screen then costs what articles cost, not votes.

Screens ask for the last 28 days, 90 days or 12 months, for as many before them, and for all the
votes of one source. The sums are kept by version, for the days that are *closed*: measuring periods
stay a question of which versions one adds up. Days since are few, and are added when read; so are the
days by which another stretch differs from a kept one. Once a day the sums move on by a day; a vote of
a closed day that comes or changes moves them with its tallies. Disposable: `rebuild` gives the same.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    delete,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from faq_cms import db
from faq_cms.helpfulness import Window
from faq_cms.models import ClosedDay, DayTotal, TallyDay, WindowTally

COUNTS: Final = ("helpful", "unhelpful", "off_text", "set_aside")
# How long after midnight a day is closed: no vote cast before it is still on its way.
SETTLES: Final = dt.timedelta(hours=1)
EVERY: Final = ""  # the source of the sums over all sources; no source has this name
# Days; below zero, as many before those; 0, all days.
SPANS: Final = (*(sign * each.days for each in Window if each.days for sign in (1, -1)), 0)
_TURN: Final = "windows"
_DAY: Final = dt.timedelta(days=1)

Rows = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Sum:
    """A kept sum as it stands: the same rows for as long as `revision`, the closed days', is the same."""

    span: int
    source: str
    revision: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Civil days from the first to the last, both included; None is no limit."""

    first: dt.date | None
    last: dt.date | None

    def on(self, column: Any) -> list[ColumnElement[bool]]:
        """The same, as conditions on a column of days."""
        if self.first is not None and self.first == self.last:
            return [column == self.first]
        above = [] if self.first is None else [column >= self.first]
        return above if self.last is None else [*above, column <= self.last]


@dataclass(frozen=True, eq=False)
class Cells:
    """What is added to daily tallies: columns of the same length, keys and COUNTS.

    Among the keys, day (datetime64[D]), source and version_id. Columns rather than rows, as an import
    moves a hundred thousand of them.
    """

    columns: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> "Cells":
        """The same from rows, one at least."""
        columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        return cls(columns | {"day": columns["day"].astype("datetime64[D]")})

    def __len__(self) -> int:
        return len(self.columns["day"])

    @property
    def names(self) -> list[str]:
        """The names of the columns, in the order of `rows`."""
        return list(self.columns)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Plain values, a tuple a cell."""
        return zip(*(each.tolist() for each in self.columns.values()), strict=True)

    def within(self, stretch: Stretch) -> "Cells":
        """Those of these days."""
        days = self.columns["day"]
        which = np.ones(len(self), dtype=bool)
        if stretch.first is not None:
            which &= days >= np.datetime64(stretch.first)
        if stretch.last is not None:
            which &= days <= np.datetime64(stretch.last)
        return Cells({name: each[which] for name, each in self.columns.items()})

    def of_every_source(self) -> "Cells":
        """The same, said to come from EVERY."""
        return Cells({**self.columns, "source": np.full(len(self), EVERY)})

    def summed(self, keys: tuple[str, ...]) -> "Cells":
        """One cell for each of what these keys are, in their order, its counts added up."""
        codes = [np.unique(self.columns[key], return_inverse=True)[1] for key in keys]
        order = np.lexsort(codes[::-1])
        moves = np.any([np.diff(each[order], prepend=-1) for each in codes], axis=0)
        starts = np.flatnonzero(moves)
        found = {key: self.columns[key][order[starts]] for key in keys}
        for name in COUNTS:
            counts = self.columns[name][order]
            found[name] = np.add.reduceat(counts, starts) if len(starts) else counts
        return Cells(found)


def adding(table: type[Any]) -> db.Prepared:
    """Votes more in a row of a tally, by the names of its columns, whether or not the row exists."""
    columns = table.__table__.c

    def build(insert: Callable[[Any], db.Insert]) -> db.Insert:
        statement = insert(table.__table__).values(
            {each.name: bindparam(each.name) for each in columns}
        )
        return statement.on_conflict_do_update(
            index_elements=list(table.__table__.primary_key),
            set_={name: columns[name] + statement.excluded[name] for name in COUNTS},
        )

    return db.Prepared(build)


_ADD_TO_TOTAL: Final = adding(DayTotal)
_ADD_TO_WINDOW: Final = adding(WindowTally)


# -- keeping -------------------------------------------------------------------------------------


def closed(session: Session) -> dt.date | None:
    """The last closed day; None where nothing is kept."""
    return session.scalar(select(ClosedDay.day))


def roll(session: Session, day: dt.date) -> None:
    """Close all days up to this one, and move every sum on. Writes; nothing on a closed day."""
    db.in_turn(session, _TURN)
    before = closed(session)
    if before is None:
        rebuild(session, day)
    elif before < day:
        for span in SPANS:
            _add(session, span, _steps(_stretch(span, before), _stretch(span, day)))
        _close(session, Stretch(before + _DAY, day))


def rebuild(session: Session, day: dt.date) -> None:
    """Drop every sum and add the daily tallies up again, all days up to this one being closed."""
    forget(session)
    for span in SPANS:
        _add(session, span, [(1, _stretch(span, day))])
    _close(session, Stretch(None, day))


def refold(session: Session) -> None:
    """`rebuild` where days are closed, after the daily tallies themselves were folded again."""
    db.in_turn(session, _TURN)
    day = closed(session)
    if day is not None:
        rebuild(session, day)


def forget(session: Session) -> None:
    """Drop every sum: figures are the same, and cost a reading of the daily tallies."""
    db.in_turn(session, _TURN)
    for table in (WindowTally, DayTotal, ClosedDay):
        session.execute(delete(table))
    db.bump(session, closed=True)


def shift(session: Session, cells: Cells) -> None:
    """Follow the daily tallies: `cells` say what was added to their counts.

    Writes only where a closed day is concerned.
    """
    db.in_turn(session, _TURN, shared=True)
    day = closed(session)
    late = None if day is None else cells.within(Stretch(None, day))
    if day is None or late is None or not len(late):
        return
    totals = late.summed(("day", "source"))
    _ADD_TO_TOTAL.execute_many(session, totals.names, totals.rows())
    for span in SPANS:
        found = late.within(_stretch(span, day))
        names = ("span", "source", "version_id", *COUNTS)
        for each in (found, found.of_every_source()):
            sums = each.summed(("source", "version_id"))
            _ADD_TO_WINDOW.execute_many(session, names, ((span, *row) for row in sums.rows()))
    db.bump(session, closed=True)


def _stretch(span: int, day: dt.date) -> Stretch:
    """The closed days of a span, for who reads it the day after `day`: today is one of its days."""
    if span == 0:
        return Stretch(None, day)
    today = day + _DAY
    if span > 0:
        return Stretch(today - (span - 1) * _DAY, day)
    return Stretch(today - (-2 * span - 1) * _DAY, today + span * _DAY)


Steps = list[tuple[int, Stretch]]


def _steps(kept: Stretch, wanted: Stretch) -> Steps:
    """What to add to (1) and take from (−1) the sum of one stretch to have that of another.

    Both are without first day, or neither.
    """
    steps: Steps = []
    if kept.first is not None and wanted.first is not None and kept.first != wanted.first:
        first, after = sorted((kept.first, wanted.first))
        steps.append((1 if first == wanted.first else -1, Stretch(first, after - _DAY)))
    if kept.last is not None and (wanted.last is None or kept.last < wanted.last):
        steps.append((1, Stretch(kept.last + _DAY, wanted.last)))
    elif kept.last is not None and wanted.last is not None and wanted.last < kept.last:
        steps.append((-1, Stretch(wanted.last + _DAY, kept.last)))
    return steps


def _add(session: Session, span: int, steps: Steps) -> None:
    """Move the sums of a span: by source, and over all of them."""
    # What comes before what goes, so that no sum is ever under nothing. Grouped in the order of the
    # tallies' key: one day, which is what a roll adds and takes away, is then not sorted.
    for sign, stretch in sorted(steps, key=lambda step: -step[0]):
        sums = [(sign * func.sum(getattr(TallyDay, name))).label(name) for name in COUNTS]
        for source in (TallyDay.source, literal(EVERY)):
            rows = select(literal(span), source, TallyDay.version_id, *sums)
            keys: list[Any] = [TallyDay.article_id, TallyDay.version_id]
            keys += [TallyDay.source] if source is TallyDay.source else []
            _upsert(session, WindowTally, rows.where(*stretch.on(TallyDay.day)).group_by(*keys))


def _close(session: Session, days: Stretch) -> None:
    """Keep the totals of the days that become closed, and say so."""
    session.execute(
        delete(WindowTally).where(*(getattr(WindowTally, name) == 0 for name in COUNTS))
    )
    sums = [func.sum(getattr(TallyDay, name)) for name in COUNTS]
    totals = select(TallyDay.day, TallyDay.source, *sums).where(*days.on(TallyDay.day))
    _upsert(session, DayTotal, totals.group_by(TallyDay.day, TallyDay.source))
    session.execute(delete(ClosedDay))
    session.add(ClosedDay(id=1, day=days.last))
    session.flush()
    db.bump(session, closed=True)


def _upsert(
    session: Session,
    table: type[WindowTally] | type[DayTotal],
    rows: Select[*tuple[Any, ...]],
) -> None:
    """Add to sums that may not exist yet."""
    statement, keys = db.insert(session, table), [each.name for each in table.__table__.primary_key]
    statement = statement.from_select([*keys, *COUNTS], rows).on_conflict_do_update(
        index_elements=keys,
        set_={name: getattr(table, name) + statement.excluded[name] for name in COUNTS},
    )
    session.execute(statement)


# -- reading -------------------------------------------------------------------------------------


def plan(
    session: Session, since: dt.date | None, until: dt.date | None, source: str | None
) -> tuple[Sum | None, Steps]:
    """What adds up to a stretch: a kept sum (`rows_of`), and days added and taken away (`days_of`).

    `source` narrows the votes; None is all of them.
    """
    wanted, kept = Stretch(since, until), closed(session)
    span = None if kept is None else _nearest(wanted, kept)
    if kept is None or span is None:
        return None, [(1, wanted)]
    sums = Sum(span, source or EVERY, db.closed_revision(session))
    return sums, _steps(_stretch(span, kept), wanted)


def rows_of(kept: Sum) -> Select[*tuple[Any, ...]]:
    """The rows (source, version_id, then COUNTS) of a kept sum; EVERY is a source like another."""
    names = ("source", "version_id", *COUNTS)
    return select(*(getattr(WindowTally, name) for name in names)).where(
        WindowTally.span == kept.span, WindowTally.source == kept.source
    )


def by_day(
    session: Session, since: dt.date | None, until: dt.date | None, *, by_source: bool = False
) -> Rows:
    """Rows (day, then COUNTS) that add up to the votes of each day; several a day.

    `by_source`: rows (day, source, then COUNTS).
    """
    wanted, kept = Stretch(since, until), closed(session)
    keys = ("day", "source") if by_source else ("day",)
    # The days come first in the key of the tallies: summed by day, they need not be put in order.
    days = (
        select(
            *(getattr(TallyDay, name) for name in keys),
            *(func.sum(getattr(TallyDay, name)).label(name) for name in COUNTS),
        )
        .where(*wanted.on(TallyDay.day))
        .group_by(*(getattr(TallyDay, name) for name in keys))
    )
    if kept is None:
        return days
    totals = select(*(getattr(DayTotal, name) for name in (*keys, *COUNTS)))
    return union_all(totals.where(*wanted.on(DayTotal.day)), days.where(TallyDay.day > kept))


def voted_days(session: Session, since: dt.date | None, until: dt.date | None) -> list[dt.date]:
    """The days of a stretch on which anybody voted."""
    rows = by_day(session, since, until).subquery()
    return list(session.scalars(select(rows.c.day).distinct().order_by(rows.c.day)))


def days_of(stretch: Stretch, source: str | None = None) -> Select[*tuple[Any, ...]]:
    """The daily tallies of a stretch, in rows like those of `rows_of`; several a version."""
    counts = [getattr(TallyDay, name) for name in COUNTS]
    query = select(TallyDay.source, TallyDay.version_id, *counts).where(*stretch.on(TallyDay.day))
    return query if source is None else query.where(TallyDay.source == source)


def _nearest(wanted: Stretch, kept: dt.date) -> int | None:
    """The span from which a stretch is fewest days away; None when reading it whole is fewer."""
    today = kept + _DAY
    costs: Iterator[tuple[float, int | None]] = (
        (_apart(_stretch(span, kept), wanted, today), span) for span in SPANS
    )
    first, last = wanted.first, wanted.last or today
    whole = float("inf") if first is None else float((last - first).days + 1)
    return min((whole, None), *costs, key=lambda each: each[0])[1]


def _apart(kept: Stretch, wanted: Stretch, today: dt.date) -> float:
    """How many days of tallies lead from the sum of one stretch to that of another."""
    assert kept.last is not None  # noqa: S101 — no span is open towards the future
    ends = abs(((wanted.last or today) - kept.last).days)
    if kept.first is None or wanted.first is None:
        return ends if kept.first is wanted.first else float("inf")
    return ends + abs((wanted.first - kept.first).days)
