"""Tallies to frames: per article, per version, per day, per source. Reads, never writes.

Every figure shown for an article is the counted votes of its current measuring period; a range of
days intersects it. SQL only sums: rates, intervals and verdicts come from `helpfulness`.
"""

import datetime as dt

import pandas as pd
from sqlalchemy import Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from faq_cms import db, helpfulness, people
from faq_cms.helpfulness import Counts, Verdict
from faq_cms.models import (
    Article,
    Category,
    Flag,
    FlagKind,
    Period,
    TallyDay,
    TallyVersion,
    Version,
    Vote,
)

_COUNTS = ("helpful", "unhelpful", "off_text", "set_aside")


def _running() -> Select[int, int]:
    """(article_id, period_id) of each article's current measuring period."""
    newest = (
        select(Period.article_id, func.max(Period.number).label("number"))
        .group_by(Period.article_id)
        .subquery()
    )
    return select(Period.article_id, Period.id.label("period_id")).join(
        newest, (newest.c.article_id == Period.article_id) & (newest.c.number == Period.number)
    )


def counts(session: Session, period_id: int, article_id: int) -> Counts:
    """The counted votes of one measuring period."""
    row = session.execute(
        select(*(func.coalesce(func.sum(getattr(TallyVersion, c)), 0) for c in _COUNTS[:3]))
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


def usefulness(
    session: Session,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """Each published article with the counted votes of its current measuring period.

    One row an article, in the order of the public pages. `since` and `until` (both included) and
    `source` narrow the votes, never the articles. Columns: article_id, uid, slug, question,
    category, version, published_at, period_id, period_opened_at, objective, helpful, unhelpful,
    off_text, set_aside, previous (the verdict an open flag stands for), then those of
    `helpfulness.measured`.
    """
    by_period = _by_period(since, until, source)
    running = _running().subquery()
    confirmed = (
        select(Flag.article_id)
        .where(Flag.kind == FlagKind.CONFIRMED, Flag.closed_at.is_(None))
        .subquery()
    )
    frame = db.frame(
        session,
        select(
            Article.id.label("article_id"),
            Article.uid,
            Article.slug,
            Version.question,
            Category.name.label("category"),
            Version.number.label("version"),
            Version.published_at,
            running.c.period_id,
            Period.opened_at.label("period_opened_at"),
            func.coalesce(Category.objective, helpfulness.DEFAULT_OBJECTIVE).label("objective"),
            *(func.coalesce(by_period.c[name], 0).label(name) for name in _COUNTS),
            confirmed.c.article_id.is_not(None).label("is_confirmed"),
        )
        .join(Version, Version.id == Article.live_version_id)
        .join(running, running.c.article_id == Article.id)
        .join(Period, Period.id == running.c.period_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .outerjoin(by_period, by_period.c.period_id == running.c.period_id)
        .outerjoin(confirmed, confirmed.c.article_id == Article.id)
        .order_by(Category.position, Category.id, Article.id),
    )
    for name in _COUNTS:
        frame[name] = frame[name].astype("int64")
    frame["objective"] = frame["objective"].astype(float)
    frame["previous"] = frame.pop("is_confirmed").map({True: str(Verdict.BELOW), False: None})
    return helpfulness.measured(frame)


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


def by_day(session: Session, *, article_id: int | None = None) -> pd.DataFrame:
    """Counted votes per civil day, of one article or of all, every period included.

    Columns: day, version (numbers; absent for all articles), helpful, unhelpful, off_text.
    """
    sums = [func.sum(getattr(TallyDay, name)).label(name) for name in _COUNTS[:3]]
    if article_id is None:
        return db.frame(
            session, select(TallyDay.day, *sums).group_by(TallyDay.day).order_by(TallyDay.day)
        )
    return db.frame(
        session,
        select(TallyDay.day, Version.number.label("version"), *sums)
        .join(Version, Version.id == TallyDay.version_id)
        .where(TallyDay.article_id == article_id)
        .group_by(TallyDay.day, Version.number)
        .order_by(TallyDay.day, Version.number),
    )


def by_source(session: Session) -> pd.DataFrame:
    """Counted votes and last day per source. Columns: source, helpful, unhelpful, off_text, last_day."""
    sums = [func.sum(getattr(TallyDay, name)).label(name) for name in _COUNTS[:3]]
    return db.frame(
        session,
        select(TallyDay.source, *sums, func.max(TallyDay.day).label("last_day"))
        .group_by(TallyDay.source)
        .order_by(TallyDay.source),
    )


def bursts(session: Session) -> pd.DataFrame:
    """Votes set aside, by article, measuring period, civil day and source, newest first.

    Columns: article_id, period_id, day, source, helpful, unhelpful, off_text (of the votes set
    aside), first_at, last_at, question (of the last version concerned), is_current (whether the
    period is running), counted_helpful, counted_unhelpful, counted_off_text (the figures of that
    period), and kept_by: who said since that they rightly stay out (None: nobody).
    """
    counted, running = _by_period(None, None, None), _running().subquery()
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
        # The totals know the few articles concerned: the ledger is not read whole.
        .where(
            Vote.set_aside,
            Vote.article_id.in_(
                select(Version.article_id)
                .join(TallyVersion, TallyVersion.version_id == Version.id)
                .where(TallyVersion.set_aside > 0)
            ),
        )
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
    query = select(*(func.coalesce(func.sum(getattr(TallyDay, c)), 0) for c in _COUNTS[:3]))
    if since is not None:
        query = query.where(TallyDay.day >= since)
    if until is not None:
        query = query.where(TallyDay.day <= until)
    return Counts(*(int(value) for value in session.execute(query).one()))


def _by_period(since: dt.date | None, until: dt.date | None, source: str | None) -> Subquery:
    """Votes summed by measuring period: from the versions' totals, or from the days when narrowed."""
    narrowed = since is not None or until is not None or source is not None
    table = TallyDay if narrowed else TallyVersion
    query = select(
        Version.period_id, *(func.sum(getattr(table, name)).label(name) for name in _COUNTS)
    ).join(table, table.version_id == Version.id)
    if since is not None:
        query = query.where(TallyDay.day >= since)
    if until is not None:
        query = query.where(TallyDay.day <= until)
    if source is not None:
        query = query.where(TallyDay.source == source)
    return query.group_by(Version.period_id).subquery()
