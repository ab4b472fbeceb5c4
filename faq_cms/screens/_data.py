# ruff: noqa: ARG001 — the revision is read by the cache, as part of its key
"""What screens read, once per revision of the ledger.

Every cached reader takes the revision as its first argument: a vote or a publication, wherever it
came from, is seen at the next run, and a run that changes nothing costs no query. Only frames and
plain values are cached, never what belongs to one person.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from faq_cms import analytics, articles, charts, corrections, db, searches, votes
from faq_cms import remarks as written
from faq_cms.helpfulness import Bucket, Counts, Window
from faq_cms.models import Reason, RemarkState

# Revisions × filters of a small team; older revisions are pushed out by newer ones.
_cached = st.cache_data(max_entries=32, show_spinner=False)


@dataclass(frozen=True)
class Waiting:
    """How much there is to do, for the menu."""

    to_correct: int
    new_remarks: int
    missing: int
    set_aside: int
    has_published: bool
    has_votes: bool
    has_remarks: bool
    has_searches: bool
    has_set_aside: bool


def revision() -> int:
    """The ledger's revision now: read it at each run, and pass it to the readers below."""
    with db.reading() as session:
        return db.revision(session)


@_cached
def waiting(revision: int) -> Waiting:
    """What the menu counts."""
    with db.reading() as session:
        remarks = written.counts(session)
        bursts = analytics.bursts(session)
        return Waiting(
            to_correct=len(corrections.queue(session)),
            new_remarks=remarks.get(RemarkState.NEW, 0),
            missing=searches.waiting(session),
            set_aside=int(bursts["kept_by"].isna().sum()),
            has_published=not analytics.usefulness(session).empty,
            has_votes=analytics.total(session).votes > 0,
            has_remarks=bool(remarks),
            has_searches=searches.has_any(session),
            has_set_aside=not bursts.empty,
        )


@_cached
def usefulness(
    revision: int, since: dt.date | None = None, until: dt.date | None = None
) -> pd.DataFrame:
    """See `analytics.usefulness`."""
    with db.reading() as session:
        return analytics.usefulness(session, since=since, until=until)


@_cached
def votes_by_window(revision: int, today: dt.date) -> dict[Window, list[int]]:
    """For each window that ends today, the votes of every published article in it, zeros included."""
    with db.reading() as session:
        return {
            window: list(analytics.usefulness(session, since=since(window, today))["votes"])
            for window in Window
        }


def since(window: Window, today: dt.date) -> dt.date | None:
    """First day of the window that ends today; None without limit."""
    return today - dt.timedelta(days=window.days - 1) if window.days else None


@_cached
def total(revision: int, since: dt.date | None, until: dt.date | None) -> Counts:
    """See `analytics.total`."""
    with db.reading() as session:
        return analytics.total(session, since=since, until=until)


@_cached
def bursts(revision: int) -> pd.DataFrame:
    """Votes set aside. See `analytics.bursts`."""
    with db.reading() as session:
        return analytics.bursts(session)


@_cached
def by_source(revision: int) -> pd.DataFrame:
    """See `analytics.by_source`."""
    with db.reading() as session:
        return analytics.by_source(session)


@_cached
def by_version(revision: int, article_id: int) -> pd.DataFrame:
    """See `analytics.by_version`."""
    with db.reading() as session:
        return analytics.by_version(session, article_id)


@_cached
def by_day(revision: int, article_id: int | None = None) -> pd.DataFrame:
    """See `analytics.by_day`."""
    with db.reading() as session:
        return analytics.by_day(session, article_id=article_id)


@_cached
def ranking(
    revision: int, since: dt.date | None, category: str | None, most: int, is_dark: bool
) -> dict[str, Any]:
    """The chart of the `most` least useful articles, as Vega-Lite. See `charts.ranking`."""
    frame = usefulness(revision, since)
    if category is not None:
        frame = frame[frame["category"] == category]
    chart: dict[str, Any] = charts.ranking(
        charts.worst_first(frame).head(most), is_dark=is_dark
    ).to_dict()
    return chart


@_cached
def over_time(revision: int, article_id: int, grain: Bucket) -> dict[str, Any]:
    """The chart of one article, as Vega-Lite. See `charts.over_time`."""
    days, versions = by_day(revision, article_id), by_version(revision, article_id)
    chart: dict[str, Any] = charts.over_time(days, versions, grain).to_dict()
    return chart


@_cached
def queue(revision: int) -> pd.DataFrame:
    """See `corrections.queue`."""
    with db.reading() as session:
        return corrections.queue(session)


@_cached
def observed(revision: int) -> pd.DataFrame:
    """See `corrections.observed`."""
    with db.reading() as session:
        return corrections.observed(session)


@_cached
def remarks(
    revision: int,
    states: tuple[RemarkState, ...] | None = None,
    article_id: int | None = None,
    limit: int = 500,
) -> pd.DataFrame:
    """See `remarks.listing`."""
    with db.reading() as session:
        return written.listing(session, states=states, article_id=article_id, limit=limit)


@_cached
def noes(revision: int, limit: int = 20) -> pd.DataFrame:
    """The last votes Non. See `votes.noes`."""
    with db.reading() as session:
        return votes.noes(session, since=None, limit=limit)


@_cached
def reasons(revision: int, article_id: int, period_id: int) -> dict[Reason, int]:
    """See `votes.reasons`."""
    with db.reading() as session:
        return votes.reasons(session, article_id, period_id=period_id)


def library() -> pd.DataFrame:
    """See `articles.library`. Not cached: drafts move without the ledger."""
    with db.reading() as session:
        return articles.library(session)
