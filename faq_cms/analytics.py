"""Tallies to frames: per article, per version, per day, per source. Reads, never writes.

Every figure shown for an article is the counted votes of its current measuring period; a range of
days intersects it. SQL only sums: rates, intervals and verdicts come from `helpfulness`.
"""

import datetime as dt
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, TypeVarTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from faq_cms import db, helpfulness, people, windows
from faq_cms.helpfulness import Counts, Verdict
from faq_cms.models import (
    Article,
    Category,
    Correction,
    Flag,
    FlagKind,
    Period,
    TallyDay,
    TallyVersion,
    Version,
    ViewDay,
    Vote,
)
from faq_cms.votes import civil_day

# Long enough that a quiet week does not halve the forecast, short enough to be « at present ».
PACE_DAYS = 56

_COUNTS = ("helpful", "unhelpful", "off_text", "set_aside")
_Columns = TypeVarTuple("_Columns")
_Held = TypeVar("_Held")
Integers = helpfulness.Integers


def _running() -> Select[int, int | None]:
    """(article_id, period_id) of each published article's current measuring period.

    That of the version being read, not the newest: a version taken back leaves one behind.
    """
    return select(Version.article_id, Version.period_id).join(
        Article, Article.live_version_id == Version.id
    )


def counted() -> list[ColumnElement[int]]:
    """The votes of a group of versions, summed: the columns of `Counts`, in their order."""
    return [func.coalesce(func.sum(getattr(TallyVersion, name)), 0) for name in _COUNTS[:3]]


def counts(session: Session, period_id: int, article_id: int) -> Counts:
    """The counted votes of one measuring period."""
    row = session.execute(
        select(*counted())
        .join(Version, Version.id == TallyVersion.version_id)
        .where(Version.article_id == article_id, Version.period_id == period_id)
    ).one()
    return Counts(*(int(value) for value in row))


def objective(session: Session, article_id: int) -> float:
    """The share of helpful votes expected of this article."""
    chosen = session.scalar(
        select(Category.objective)
        .join(Article, Article.category_id == Category.id)
        .where(Article.id == article_id)
    )
    return helpfulness.DEFAULT_OBJECTIVE if chosen is None else chosen


@dataclass(frozen=True)
class Published:
    """What is published, which moves with `db.content_revision` and not with votes.

    `revision`: that one. `articles`: one row an article, in the order of the public pages; columns article_id, uid, slug,
    question, category, category_id, version, published_at, period_id, period_opened_at.
    `versions`: those of the current measuring periods; columns version_id, place (row of
    `articles`), is_live.
    """

    revision: int
    articles: pd.DataFrame
    versions: pd.DataFrame

    @cached_property
    def article_ids(self) -> pd.Index:
        """Those of `articles`, to find rows by."""
        found: pd.Index = pd.Index(self.articles["article_id"])
        return found

    @cached_property
    def version_ids(self) -> pd.Index:
        """Those of `versions`, to find rows by."""
        found: pd.Index = pd.Index(self.versions["version_id"])
        return found

    @cached_property
    def places(self) -> Integers:
        """Those of `versions`."""
        return self.versions["place"].to_numpy()


class Memory:
    """What was read once and still stands: what is published, the sums of closed days.

    For who asks for figures again and again, one for each database: a vote of today then costs a
    reading of today's tallies. Figures are the same without one. Threads may share it.
    """

    def __init__(self, most: int = 40) -> None:
        """`most`: how many frames and sums are held, those asked for last."""
        self._most, self._held, self._turn = most, OrderedDict[Hashable, Any](), threading.Lock()

    def hold(self, key: Hashable, read: Callable[[], _Held]) -> _Held:
        """What `read` gave for this key, whose revisions say how long that stands."""
        known: _Held | None = self._last(key)
        return self._keep(key, read()) if known is None else known

    def renew(self, key: Hashable, read: Callable[[_Held | None], _Held]) -> _Held:
        """What `read` gives of what it gave last for this key, None at first."""
        return self._keep(key, read(self._last(key)))

    def _last(self, key: Hashable) -> Any:
        with self._turn:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def _keep(self, key: Hashable, found: _Held) -> _Held:
        with self._turn:
            self._held[key] = found
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return found


def published(session: Session, memory: Memory | None = None) -> Published:
    """The articles that figures are shown of."""
    revision = db.content_revision(session)
    if memory is not None:
        return memory.hold(("published", revision), lambda: _published(session, revision))
    return _published(session, revision)


def _published(session: Session, revision: int) -> Published:
    articles = db.columns(
        session,
        select(
            Article.id.label("article_id"),
            Article.uid,
            Article.slug,
            Version.question,
            Category.name.label("category"),
            Article.category_id,
            Version.number.label("version"),
            Version.published_at,
            Version.period_id,
            Period.opened_at.label("period_opened_at"),
        )
        .join(Version, Version.id == Article.live_version_id)
        .join(Period, Period.id == Version.period_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .order_by(Category.position, Category.id, Article.id),
    )
    live = aliased(Version)
    versions = db.columns(
        session,
        select(
            Version.id.label("version_id"),
            Version.article_id,
            (Version.id == live.id).label("is_live"),
        )
        .join(live, (live.article_id == Version.article_id) & (live.period_id == Version.period_id))
        .join(Article, Article.live_version_id == live.id)
        .order_by(Version.id),
    )
    places = pd.Index(articles["article_id"]).get_indexer(versions.pop("article_id"))
    return Published(revision, articles, versions.astype({"is_live": bool}).assign(place=places))


def usefulness(
    session: Session,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    source: str | None = None,
    live_only: bool = False,
    memory: Memory | None = None,
) -> pd.DataFrame:
    """Each published article with the counted votes of its current measuring period.

    One row an article, in the order of the public pages. `since` and `until` (both included),
    `source` and `live_only` (the version in line, without the earlier ones of its period) narrow
    the votes, never the articles. Columns:
    article_id, uid, slug, question, category, version, published_at, period_id, period_opened_at,
    objective, helpful, unhelpful, off_text, set_aside, previous (the verdict an open flag stands
    for), then those of `helpfulness.measured`.
    """
    among = published(session, memory)
    which = Votes(since, until, source, live_only)
    counts = _counted(session, among, which, memory)
    goals = _objectives(session, among.articles["category_id"])
    listed = np.zeros(len(among.articles), dtype=bool)
    confirmed = among.article_ids.get_indexer(pd.Index(_confirmed(session)))
    listed[confirmed[confirmed >= 0]] = True

    def figures(known: _Figures | None) -> _Figures:
        return _Figures.of(among, counts, goals, listed, known)

    if memory is None:
        return figures(None).frame
    return memory.renew(("figures", among.revision, which), figures).frame


def _confirmed(session: Session) -> Integers:
    """The articles of *Problèmes avérés*, by their ids."""
    query = select(Flag.article_id).where(Flag.kind == FlagKind.CONFIRMED, Flag.closed_at.is_(None))
    return db.numbers(session, query)[:, 0]


@dataclass(frozen=True)
class _Figures:
    """The frame of `usefulness`, and what it was made of: one row a count, one column an article."""

    counts: Integers
    goals: helpfulness.Floats
    listed: helpfulness.Booleans
    frame: pd.DataFrame

    @classmethod
    def of(
        cls,
        among: Published,
        counts: Integers,
        goals: helpfulness.Floats,
        listed: helpfulness.Booleans,
        known: "_Figures | None",
    ) -> "_Figures":
        """Those of so many votes; articles of which nothing moved since `known` keep its figures."""
        if known is None:
            columns = _columns(counts, goals, listed)
            codes = pd.Series(columns.pop("verdict"), dtype="str")
            frame = among.articles.drop(columns="category_id").assign(**columns, verdict=codes)
            return cls(counts, goals, listed, frame)
        is_moved = (counts != known.counts).any(axis=0) | (goals != known.goals)
        moved = np.flatnonzero(is_moved | (listed != known.listed))
        frame = known.frame.copy(deep=False)
        if len(moved):
            for name, fresh in _columns(counts[:, moved], goals[moved], listed[moved]).items():
                column = frame[name].array
                if not np.array_equal(column[moved], fresh):
                    column = column.copy()
                    column[moved] = fresh
                    frame[name] = column
        return cls(counts, goals, listed, frame)


def _columns(
    counts: Integers, goals: helpfulness.Floats, listed: helpfulness.Booleans
) -> dict[str, NDArray[Any]]:
    """What `usefulness` tells beside the articles themselves."""
    helpful, unhelpful, off_text, _ = counts
    before = np.where(listed, Verdict.BELOW.value, "")
    previous = np.full(len(listed), None, dtype=object)
    previous[listed] = Verdict.BELOW.value
    return {
        "objective": goals,
        **dict(zip(_COUNTS, counts, strict=True)),
        "previous": previous,
        **helpfulness.figures_of(helpful, unhelpful, off_text, goals, previous=before),
    }


def votes_of(
    session: Session, *, since: dt.date | None, until: dt.date | None, memory: Memory | None = None
) -> Integers:
    """The column votes of `usefulness` alone, in its order."""
    among = published(session, memory)
    helpful, unhelpful, *_ = _counted(session, among, Votes(since, until), memory)
    return np.asarray(helpful + unhelpful)


def _objectives(session: Session, category_ids: pd.Series) -> helpfulness.Floats:
    """The share of helpful votes expected of each article, by the ids of their categories."""
    query = select(Category.id, Category.objective).where(Category.objective.is_not(None))
    ids = category_ids.to_numpy()
    goals = np.full(len(ids), helpfulness.DEFAULT_OBJECTIVE)
    for category_id, chosen in session.execute(query):
        goals[ids == category_id] = chosen
    return goals


@dataclass(frozen=True)
class Votes:
    """Which votes: between two civil days (both included), from one source, of the live version."""

    since: dt.date | None = None
    until: dt.date | None = None
    source: str | None = None
    live_only: bool = False

    @property
    def are_all(self) -> bool:
        """Whether every vote counts, from whenever and wherever it came."""
        return self.since is None and self.until is None and self.source is None


def _counted(session: Session, among: Published, which: Votes, memory: Memory | None) -> Integers:
    """The votes of each article as `among` lists them: one row a count, one column an article.

    Added up here rather than in SQL, which would sort tens of thousands of rows to group them.
    """
    kept, steps = windows.plan(session, which.since, which.until, which.source)
    if which.are_all and (kept is None or memory is None):
        names = [getattr(TallyVersion, name) for name in _COUNTS]
        return _summed(session, select(TallyVersion.version_id, *names), among, which.live_only)
    revision, held = db.revision(session), memory or Memory()

    def of(rows: windows.Rows, *key: Hashable) -> Integers:
        return held.hold(
            ("sums", among.revision, which.live_only, *key),
            lambda: _summed(session, rows, among, which.live_only),
        )

    sums = np.zeros((len(_COUNTS), len(among.articles)), dtype=np.int64)
    if kept is not None:
        sums += of(windows.rows_of(kept), kept)
    for sign, stretch in steps:
        rows = windows.days_of(stretch, which.source)
        sums += sign * of(rows, stretch, which.source, revision)
    return sums


def _summed(session: Session, query: windows.Rows, among: Published, live_only: bool) -> Integers:
    """Rows that have a version_id and counts, added up by article as `_counted` says."""
    numbers = db.numbers(session, query, ("version_id", *_COUNTS))
    found = among.version_ids.get_indexer(pd.Index(numbers[:, 0]))
    known = found >= 0
    if live_only:
        known &= among.versions["is_live"].to_numpy()[found]
    numbers, length = numbers[known], len(among.articles)
    places = among.places[found[known]]
    sums = np.zeros((len(_COUNTS), length), dtype=np.int64)
    for row, counts in zip(sums, numbers[:, 1:].T, strict=True):
        np.add.at(row, places, counts)
    return sums


def by_version(session: Session, article_id: int) -> pd.DataFrame:
    """What each published version of an article received, oldest first.

    Columns: version_id, version, period_id, published_at, significance, helpful, unhelpful,
    off_text, set_aside, objective, then those of `helpfulness.measured`.
    """
    frame = db.frame(
        session,
        select(
            Version.id.label("version_id"),
            Version.number.label("version"),
            Version.period_id,
            Version.published_at,
            Version.significance,
            *(func.coalesce(getattr(TallyVersion, c), 0).label(c) for c in _COUNTS),
        )
        .outerjoin(TallyVersion, TallyVersion.version_id == Version.id)
        .where(Version.article_id == article_id, Version.number.is_not(None))
        .order_by(Version.number),
    )
    for name in _COUNTS:
        frame[name] = frame[name].astype("int64")
    frame["objective"] = objective(session, article_id)
    return helpfulness.measured(frame)


def by_measure(session: Session, article_id: int) -> pd.DataFrame:
    """What each measuring period of an article received, the running one first.

    Columns: article_id, period_id, first_version, last_version, opened_at, objective, set_aside, the
    counts of `beside`, the difference it adds (its ends as change_low and change_high), the effect,
    then those of `helpfulness.measured`.
    """
    grouped = by_version(session, article_id).groupby("period_id", sort=False)
    frame = grouped["set_aside"].sum().reset_index()
    frame["article_id"] = article_id
    frame["first_version"] = grouped["version"].min().to_numpy()
    frame["last_version"] = grouped["version"].max().to_numpy()
    frame["opened_at"] = grouped["published_at"].min().to_numpy()
    frame["objective"] = grouped["objective"].first().to_numpy()
    compared = beside(frame, successive(session, [article_id])).rename(
        columns={"low": "change_low", "high": "change_high"}
    )
    return helpfulness.measured(compared).iloc[::-1].reset_index(drop=True)


def by_day(
    session: Session,
    *,
    article_id: int | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> pd.DataFrame:
    """Counted votes per civil day, of one article or of all, every period included.

    `since` and `until` are both included. Columns: day, version (numbers; absent for all articles),
    helpful, unhelpful, off_text.
    """
    if article_id is None:
        days = windows.by_day(session, since, until).subquery()
        sums = [func.sum(days.c[name]).label(name) for name in _COUNTS[:3]]
        return db.frame(
            session, select(days.c.day, *sums).group_by(days.c.day).order_by(days.c.day)
        )
    query = (
        select(TallyDay.day, Version.number.label("version"), *_sums())
        .join(Version, Version.id == TallyDay.version_id)
        .where(*_of(session, [article_id], since, until))
        .group_by(TallyDay.day, Version.number)
        .order_by(TallyDay.day, Version.number)
    )
    return db.frame(session, query)


def by_article_and_day(
    session: Session,
    article_ids: Iterable[int],
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    source: str | None = None,
    memory: Memory | None = None,
) -> pd.DataFrame:
    """Counted votes of the current measuring period, per article and civil day.

    For the few articles of a page. Columns: article_id, day, helpful, unhelpful, off_text.
    """
    ids, live = tuple(article_ids), aliased(Version)
    # Of each tally, its article's version in line: nobody puts twenty thousand periods together first.
    is_running = (live.id == Article.live_version_id) & (live.period_id == Version.period_id)

    def between(since: dt.date | None, until: dt.date | None) -> pd.DataFrame:
        query = (
            select(TallyDay.article_id, TallyDay.day, *_sums())
            .join(Version, Version.id == TallyDay.version_id)
            .join(Article, Article.id == TallyDay.article_id)
            .join(live, is_running)
            .where(*_of(session, list(ids), since, until))
            .group_by(TallyDay.article_id, TallyDay.day)
            .order_by(TallyDay.article_id, TallyDay.day)
        )
        return db.frame(
            session, query if source is None else query.where(TallyDay.source == source)
        )

    standing = (db.content_revision(session), db.closed_revision(session))
    parts = _by_parts(session, memory, since, until, between, ("days", ids, source, *standing))
    joined = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    return joined.sort_values(["article_id", "day"], ignore_index=True)


def _by_parts(
    session: Session,
    memory: Memory | None,
    since: dt.date | None,
    until: dt.date | None,
    between: Callable[[dt.date | None, dt.date | None], pd.DataFrame],
    standing: tuple[Hashable, ...],
) -> list[pd.DataFrame]:
    """What `between` reads of a stretch: its closed days, held while `standing` does; those since."""
    closed = windows.closed(session)
    if memory is None or closed is None or (since is not None and since > closed):
        return [between(since, until)]
    last = closed if until is None else min(closed, until)
    parts = [memory.hold((*standing, since, last), lambda: between(since, last))]
    if until is None or until > closed:
        parts += [each for each in (between(closed + dt.timedelta(days=1), until),) if len(each)]
    return parts


def by_source(session: Session, *, article_id: int | None = None) -> pd.DataFrame:
    """Counted votes and last day per source, of one article or of all, every period included.

    Columns: source, helpful, unhelpful, off_text, last_day.
    """
    if article_id is None:
        rows = windows.by_day(session, None, None, by_source=True).subquery()
    else:
        columns = (TallyDay.source, TallyDay.day, *(getattr(TallyDay, n) for n in _COUNTS[:3]))
        rows = select(*columns).where(*_of(session, [article_id], None, None)).subquery()
    sums = [func.sum(rows.c[name]).label(name) for name in _COUNTS[:3]]
    return db.frame(
        session,
        select(rows.c.source, *sums, func.max(rows.c.day).label("last_day"))
        .group_by(rows.c.source)
        .order_by(rows.c.source),
    )


def _of(
    session: Session, article_ids: list[int], since: dt.date | None, until: dt.date | None
) -> list[ColumnElement[bool]]:
    """The daily tallies of a few articles, found day by day: the days come first in their key."""
    days = windows.voted_days(session, since, until)
    return [TallyDay.day.in_(days), TallyDay.article_id.in_(article_ids)]


def readership(
    session: Session,
    *,
    since: dt.date | None = None,
    until: dt.date,
    memory: Memory | None = None,
) -> pd.DataFrame:
    """Page views of people where they are counted, and the votes that came from there.

    One row an article that was read between the two civil days (both included). Columns: article_id,
    views, views_per_week (over the days for which anything was counted), votes (from the sources
    that count views, on the days they did).
    """
    content = db.content_revision(session)

    def seen(since: dt.date | None, until: dt.date | None) -> pd.DataFrame:
        sums = (func.sum(ViewDay.views).label("views"), func.min(ViewDay.day).label("first_day"))
        query = select(ViewDay.article_id, *sums).group_by(ViewDay.article_id)
        return db.frame(session, _between(query, since, until, ViewDay.day))

    def counting(since: dt.date | None, until: dt.date | None) -> pd.DataFrame:
        query = select(ViewDay.source, func.min(ViewDay.day).label("first_day"))
        return db.frame(
            session, _between(query.group_by(ViewDay.source), since, until, ViewDay.day)
        )

    # Views of a closed day come no more: votes that move it leave them as they are.
    read = pd.concat(_by_parts(session, memory, since, until, seen, ("views", content)))
    if read.empty:
        return read.drop(columns="first_day").assign(views_per_week=0.0, votes=0)
    grouped = read.groupby("article_id")
    rows = grouped["views"].sum().astype("int64").reset_index()
    weeks = ((until - read["first_day"].min()).days + 1) / 7
    first = pd.concat(_by_parts(session, memory, None, until, counting, ("counting", content)))
    votes = Counter[int]()
    for source, day in first.groupby("source")["first_day"].min().items():
        votes.update(_answered(session, str(source), since, day, until, memory))
    rows["views_per_week"] = rows["views"] / weeks
    rows["votes"] = [votes[article_id] for article_id in rows["article_id"]]
    return rows


def _answered(
    session: Session,
    source: str,
    since: dt.date | None,
    counted_since: dt.date,
    until: dt.date,
    memory: Memory | None,
) -> Counter[int]:
    """The votes of each article from one source, since its views were counted; every period."""
    if since is None or since < counted_since:
        eve = counted_since - dt.timedelta(days=1)
        days = windows.by_day(session, since, eve, by_source=True).subquery()
        # Where nobody voted before that day, the stretch asked for is the same, and its sum is kept.
        if session.scalar(select(days.c.day).where(days.c.source == source).limit(1)) is not None:
            since = counted_since
    kept, steps = windows.plan(session, since, until, source)
    revision, held = db.revision(session), memory or Memory()

    def of(rows: windows.Rows, *key: Hashable) -> Counter[int]:
        def read() -> Counter[int]:
            part = rows.subquery()
            votes = func.sum(part.c.helpful + part.c.unhelpful)
            query = select(Version.article_id, votes).join(part, part.c.version_id == Version.id)
            summed = db.numbers(session, query.group_by(Version.article_id))
            return Counter(dict(summed.tolist()))

        return held.hold(("answered", *key), read)

    found = Counter[int]()
    if kept is not None:
        found.update(of(windows.rows_of(kept), kept))
    for sign, stretch in steps:
        part = of(windows.days_of(stretch, source), stretch, source, revision)
        found.update({article_id: sign * votes for article_id, votes in part.items()})
    return found


def effects(session: Session) -> pd.DataFrame:
    """Each correction that gave a version, its votes and those of the measure before; newest first.

    Columns: correction_id, article_id, period_id, question (of the new version), version, state,
    corrected_at, objective, then those of `beside`.
    """
    corrections = db.frame(
        session,
        select(
            Correction.id.label("correction_id"),
            Correction.article_id,
            Version.period_id,
            Version.question,
            Version.number.label("version"),
            Correction.state,
            Correction.corrected_at,
            func.coalesce(Category.objective, helpfulness.DEFAULT_OBJECTIVE).label("objective"),
        )
        .join(Version, Version.id == Correction.version_id)
        .join(Article, Article.id == Correction.article_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .order_by(Correction.corrected_at.desc(), Correction.id.desc()),
    )
    corrections["objective"] = corrections["objective"].astype(float)
    among = select(Correction.article_id).where(Correction.version_id.is_not(None))
    return beside(corrections, successive(session, among))


def successive(
    session: Session, article_ids: Collection[int] | Select[int] | None = None
) -> pd.DataFrame:
    """Each measuring period beside the measure before: the last earlier one that received votes.

    The one place that says which measure is the one before. A period without votes is passed over:
    it belongs to a version taken back, or corrected before anybody read it. `article_ids` narrows the
    articles. Oldest first. Columns: article_id, period_id, helpful, unhelpful, off_text, and the same
    prefixed by before_ (0 when nothing came before).
    """
    names = list(_COUNTS[:3])
    query = (
        select(
            Period.article_id,
            Period.id.label("period_id"),
            *(func.coalesce(func.sum(getattr(TallyVersion, n)), 0).label(n) for n in names),
        )
        .outerjoin(Version, Version.period_id == Period.id)
        .outerjoin(TallyVersion, TallyVersion.version_id == Version.id)
        .group_by(Period.article_id, Period.id, Period.number)
        .order_by(Period.article_id, Period.number)
    )
    if article_ids is not None:
        query = query.where(Period.article_id.in_(article_ids))
    frame = db.columns(session, query)
    frame[names] = frame[names].astype("int64")
    voted = frame[names].where(frame["helpful"] + frame["unhelpful"] > 0)
    articles = frame["article_id"]
    before = voted.groupby(articles).ffill().groupby(articles).shift().fillna(0).astype("int64")
    return frame.join(before.add_prefix("before_"))


def beside(rows: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Rows about a measuring period (column period_id), with what it received and what came before.

    `measures` as `successive`. Adds its counts, the same prefixed by before_, then the columns of
    `helpfulness.compared`.
    """
    counts = measures.set_index("period_id").drop(columns="article_id")
    found = counts.reindex(list(rows["period_id"])).set_axis(rows.index)
    return helpfulness.compared(rows.join(found))


def pace(session: Session, article_ids: Collection[int], *, until: dt.date) -> dict[int, float]:
    """Votes on the text a week, over the last PACE_DAYS days of each article, `until` included.

    Over its whole life for a younger article; absent under a week of life: nobody knows yet.
    """
    since = until - dt.timedelta(days=PACE_DAYS - 1)
    lived = session.execute(
        select(Version.article_id, func.min(Version.published_at))
        .where(Version.article_id.in_(article_ids), Version.published_at.is_not(None))
        .group_by(Version.article_id)
    ).all()
    on_text = func.sum(TallyDay.helpful + TallyDay.unhelpful - TallyDay.off_text)
    query = (
        select(TallyDay.article_id, on_text)
        .where(*_of(session, list(article_ids), since, until))
        .group_by(TallyDay.article_id)
    )
    votes = {int(article_id): int(sum_) for article_id, sum_ in session.execute(query)}
    found = {}
    for article_id, first in lived:
        assert first is not None  # noqa: S101 — the query asks for published versions
        days = min(PACE_DAYS, (until - civil_day(first)).days + 1)
        if days >= 7:
            found[int(article_id)] = votes.get(int(article_id), 0) * 7 / days
    return found


def corrected(session: Session, *, since: dt.datetime) -> int:
    """How many corrections were published since."""
    return session.scalar(select(func.count()).where(Correction.corrected_at >= since)) or 0


def bursts(session: Session) -> pd.DataFrame:
    """Votes set aside, by article, measuring period, civil day and source, newest first.

    Columns: article_id, period_id, day, source, helpful, unhelpful, off_text (of the votes set
    aside), first_at, last_at, question (of the last version concerned), is_current (whether the
    period is running), counted_helpful, counted_unhelpful, counted_off_text (the figures of that
    period), and kept_by: who said since that they rightly stay out (None: nobody).
    """
    counted, running = _by_period(), _running().subquery()
    groups = (Vote.article_id, Vote.period_id, Vote.day, Vote.source)
    aside = (
        select(
            *groups,
            func.sum(case((Vote.helpful, 1), else_=0)).label("helpful"),
            func.sum(case((Vote.helpful, 0), else_=1)).label("unhelpful"),
            func.sum(case((Vote.off_text, 1), else_=0)).label("off_text"),
            func.min(Vote.cast_at).label("first_at"),
            func.max(Vote.cast_at).label("last_at"),
            func.max(Vote.version_id).label("version_id"),
        )
        .where(Vote.set_aside)
        .group_by(*groups)
        .subquery()
    )
    frame = db.frame(
        session,
        select(
            *(column for column in aside.c if column.name != "version_id"),
            Version.question,
            running.c.period_id.is_not(None).label("is_current"),
            *(func.coalesce(counted.c[name], 0).label(f"counted_{name}") for name in _COUNTS[:3]),
        )
        .join(Version, Version.id == aside.c.version_id)
        .outerjoin(running, running.c.period_id == aside.c.period_id)
        .outerjoin(counted, counted.c.period_id == aside.c.period_id)
        .order_by(aside.c.last_at.desc(), aside.c.article_id, aside.c.source),
    )
    kept = _kept(session) if len(frame) else {}
    frame["kept_by"] = [
        next((who for who, at in kept.get(key, ()) if at >= last_at), None)
        for *key_parts, day, last_at in zip(
            frame["article_id"],
            frame["period_id"],
            frame["source"],
            frame["day"],
            frame["last_at"],
            strict=True,
        )
        for key in [(*key_parts, str(day))]
    ]
    return frame


def bursts_stamp(session: Session) -> tuple[int, ...]:
    """The same while `bursts` lists the same ones with the same rulings; costs far less."""
    row = session.execute(
        select(func.count(), func.max(Vote.id), func.sum(Vote.id)).where(Vote.set_aside)
    ).one()
    return *(int(each or 0) for each in row), people.last_recorded(session)


def _kept(session: Session) -> dict[tuple[object, ...], list[tuple[str, dt.datetime]]]:
    """Who decided, and when, that a burst stays out: (article, period, source, day) to decisions."""
    found: dict[tuple[object, ...], list[tuple[str, dt.datetime]]] = {}
    for at, actor, article_id, about in people.recorded(session, "votes.keep_aside"):
        key = (article_id, about["period_id"], about["source"], about["day"])
        found.setdefault(key, []).append((actor, at))
    return found


def total(
    session: Session, *, since: dt.date | None = None, until: dt.date | None = None
) -> Counts:
    """All counted votes between two civil days (both included), every article and period together."""
    rows = windows.by_day(session, since, until).subquery()
    row = session.execute(
        select(*(func.coalesce(func.sum(rows.c[name]), 0) for name in _COUNTS[:3]))
    ).one()
    return Counts(*(int(value) for value in row))


def _by_period() -> Subquery:
    """Votes summed by measuring period, from the versions' totals."""
    return (
        select(
            Version.period_id,
            *(func.sum(getattr(TallyVersion, name)).label(name) for name in _COUNTS),
        )
        .join(TallyVersion, TallyVersion.version_id == Version.id)
        .group_by(Version.period_id)
        .subquery()
    )


def _sums() -> list[ColumnElement[int]]:
    return [func.sum(getattr(TallyDay, name)).label(name) for name in _COUNTS[:3]]


def _between(
    query: Select[*_Columns],
    since: dt.date | None,
    until: dt.date | None,
    day: InstrumentedAttribute[dt.date] = TallyDay.day,
) -> Select[*_Columns]:
    """The same query between two civil days, both included; None is no limit."""
    if since is not None:
        query = query.where(day >= since)
    return query if until is None else query.where(day <= until)
