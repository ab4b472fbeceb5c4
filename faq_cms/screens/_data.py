# ruff: noqa: ARG001 — the revision is read by the cache, as part of its key
"""What screens read, once per revision of the ledger.

Every cached reader takes the revision as its first argument: a vote or a publication, wherever it
came from, is seen at the next run, and a run that changes nothing costs no query. Only frames and
plain values are cached, never what belongs to one person.
"""

import contextlib
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pandas as pd
import streamlit as st

from faq_cms import (
    analytics,
    articles,
    catalogue,
    charts,
    corrections,
    db,
    deliveries,
    exports,
    filing,
    followup,
    helpfulness,
    imported_votes,
    personal_data,
    searches,
    settings,
    votes,
    words,
)
from faq_cms import remarks as written
from faq_cms import themes as recurring
from faq_cms.deliveries import Gap
from faq_cms.errors import FaqError
from faq_cms.exports import selection
from faq_cms.helpfulness import Bucket, Counts, Window
from faq_cms.models import Reason, RemarkState
from faq_cms.public import downloads
from faq_cms.themes import Theme
from faq_cms.votes import civil_day

# Revisions × filters of a small team; older revisions are pushed out by newer ones.
_cached = st.cache_data(max_entries=32, show_spinner=False)
# Frames of every article: handed out as they are, not copied at each reading. Change none in place.
shared = st.cache_resource(max_entries=12, show_spinner=False)


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
        bursts = _to_rule(analytics.bursts_stamp(session))
        return Waiting(
            to_correct=corrections.waiting(session, today=civil_day(dt.datetime.now(dt.UTC))),
            new_remarks=remarks.get(RemarkState.NEW, 0),
            missing=searches.waiting(session),
            set_aside=bursts or 0,
            has_published=catalogue.has_published(session),
            has_votes=analytics.total(session).votes > 0,
            has_remarks=bool(remarks),
            has_searches=searches.has_any(session),
            has_set_aside=bursts is not None,
        )


@_cached
def _to_rule(stamp: tuple[int, ...]) -> int | None:
    """How many bursts nobody has ruled on; None where no vote is set aside."""
    with db.reading() as session:
        found = analytics.bursts(session)
    return None if found.empty else int(found["kept_by"].isna().sum())


@dataclass(frozen=True)
class Scope:
    """Which votes and which articles a ranking is about; the empty one is about all of them."""

    since: dt.date | None = None
    until: dt.date | None = None
    category: str | None = None
    source: str | None = None
    live_only: bool = False


@st.cache_resource(show_spinner=False)
def _memory() -> analytics.Memory:
    """What no vote of today changes, for every reader of this process."""
    return analytics.Memory()


@shared
def usefulness(
    revision: int,
    since: dt.date | None = None,
    until: dt.date | None = None,
    source: str | None = None,
    live_only: bool = False,
) -> pd.DataFrame:
    """See `analytics.usefulness`."""
    with db.reading() as session:
        return analytics.usefulness(
            session,
            since=since,
            until=until,
            source=source,
            live_only=live_only,
            memory=_memory(),
        )


@shared
def ranked(revision: int, scope: Scope) -> pd.DataFrame:
    """The articles of a scope, the least useful first. See `charts.worst_first`."""
    frame = usefulness(revision, scope.since, scope.until, scope.source, scope.live_only)
    if scope.category is not None:
        frame = frame[frame["category"] == scope.category]
    return charts.worst_first(frame)


@_cached
def usual_window(revision: int, today: dt.date) -> Window:
    """The shortest window in which half of the published articles can be judged."""
    with db.reading() as session:
        return helpfulness.default_window(
            {
                window: analytics.votes_of(
                    session, since=since(window, today), until=None, memory=_memory()
                )
                for window in Window
                if window.days
            }
        )


@_cached
def together(revision: int, category: str | None = None) -> set[int]:
    """The articles proven under their objective when all are judged at once, by their ids.

    See `helpfulness.proven_together`.
    """
    frame = usefulness(revision)
    if category is not None:
        frame = frame[frame["category"] == category]
    return set(frame.loc[helpfulness.proven_together(frame), "article_id"])


def since(window: Window, today: dt.date) -> dt.date | None:
    """First day of the window that ends today; None without limit."""
    return today - dt.timedelta(days=window.days - 1) if window.days else None


def lasted(first: dt.date, last: dt.date) -> int:
    """Days from one civil day to another, both included."""
    return max(1, (last - first).days + 1)


def total(revision: int, since: dt.date | None, until: dt.date | None) -> Counts:
    """All counted votes between two civil days, both included, as `analytics.total`."""
    days = by_day(revision, since=since)
    until = until or dt.date.max
    sums = days.loc[days["day"] <= until, ["helpful", "unhelpful", "off_text"]]
    return Counts(*(int(each) for each in sums.sum()))


@_cached
def bursts(revision: int) -> pd.DataFrame:
    """Votes set aside. See `analytics.bursts`."""
    with db.reading() as session:
        return analytics.bursts(session)


@_cached
def by_source(revision: int, article_id: int | None = None) -> pd.DataFrame:
    """See `analytics.by_source`."""
    with db.reading() as session:
        return analytics.by_source(session, article_id=article_id)


@_cached
def last_totals(revision: int, article_id: int) -> pd.DataFrame:
    """See `imported_votes.last_totals`."""
    with db.reading() as session:
        return imported_votes.last_totals(session, article_id)


@_cached
def by_version(revision: int, article_id: int) -> pd.DataFrame:
    """See `analytics.by_version`."""
    with db.reading() as session:
        return analytics.by_version(session, article_id)


@_cached
def by_measure(revision: int, article_id: int) -> pd.DataFrame:
    """See `analytics.by_measure`."""
    with db.reading() as session:
        return analytics.by_measure(session, article_id)


def by_day(
    revision: int, article_id: int | None = None, since: dt.date | None = None
) -> pd.DataFrame:
    """See `analytics.by_day`."""
    days = _days(revision, article_id)
    return days if since is None else days[days["day"] >= since]


@shared
def _days(revision: int, article_id: int | None) -> pd.DataFrame:
    """Every day of one article, or of all: what is asked of it differs, and few days are many votes."""
    with db.reading() as session:
        return analytics.by_day(session, article_id=article_id)


@_cached
def sparklines(
    revision: int, article_ids: tuple[int, ...], scope: Scope, today: dt.date
) -> dict[int, list[float]]:
    """The small lines of a page of the ranking. See `charts.sparklines`."""
    with db.reading() as session:
        days = analytics.by_article_and_day(
            session,
            article_ids,
            since=scope.since,
            until=scope.until,
            source=scope.source,
            memory=_memory(),
        )
    figures = usefulness(revision).set_index("article_id")["period_opened_at"]
    lived = {
        each: lasted(max(civil_day(figures[each]), scope.since or dt.date.min), today)
        for each in article_ids
    }
    return charts.sparklines(days, lived)


@_cached
def readership(revision: int, since: dt.date | None, until: dt.date) -> pd.DataFrame:
    """Views are written by the clock: those of the last minutes come with the next vote.

    See `analytics.readership`.
    """
    with db.reading() as session:
        return analytics.readership(session, since=since, until=until, memory=_memory())


@_cached
def effects(revision: int) -> pd.DataFrame:
    """See `analytics.effects`."""
    with db.reading() as session:
        return analytics.effects(session)


@_cached
def corrected(revision: int, since: dt.datetime) -> int:
    """See `analytics.corrected`."""
    with db.reading() as session:
        return analytics.corrected(session, since=since)


@_cached
def followed(revision: int, since: dt.date) -> pd.DataFrame:
    """See `followup.published`."""
    with db.reading() as session:
        return followup.published(session, effects(revision), since=_midnight(since))


@_cached
def remarks_followed(revision: int, since: dt.date) -> pd.DataFrame:
    """See `followup.remarks`."""
    with db.reading() as session:
        return followup.remarks(session, since=_midnight(since))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


@_cached
def in_vain(revision: int, since: dt.date, until: dt.date) -> pd.DataFrame:
    """Searches no article answered. See `searches.top`."""
    with db.reading() as session:
        found = searches.top(session, since=since, until=until)
    return found[found["results"] == 0]


@_cached
def searched(revision: int, article_id: int, since: dt.date, until: dt.date) -> pd.DataFrame:
    """See `searches.leading_to`."""
    with db.reading() as session:
        return searches.leading_to(session, article_id, since=since, until=until)


# -- charts, as Vega-Lite: written once per revision, for Streamlit to pass on -----------------------

Spec = dict[str, Any]


@_cached
def ranking(revision: int, scope: Scope, most: int, is_dark: bool) -> Spec:
    """The `most` least useful articles. See `charts.ranking`."""
    return _spec(charts.ranking(ranked(revision, scope).head(most), is_dark=is_dark))


@_cached
def scatter(revision: int, scope: Scope, today: dt.date, is_dark: bool) -> Spec:
    """Articles by how much they are read and how useful they are. See `charts.scatter`."""
    return _spec(charts.scatter(read(revision, scope, today), is_dark=is_dark))


def read(revision: int, scope: Scope, today: dt.date) -> pd.DataFrame:
    """`ranked`, with the columns views and views_per_week; 0 for an article nobody read."""
    frame = ranked(revision, scope)
    seen = readership(revision, scope.since, scope.until or today).set_index("article_id")
    columns = seen[["views", "views_per_week"]].reindex(frame["article_id"], fill_value=0)
    return frame.assign(
        views=columns["views"].to_numpy(), views_per_week=columns["views_per_week"].to_numpy()
    )


@_cached
def over_time(
    revision: int,
    article_id: int | None,
    grain: Bucket,
    since: dt.date | None = None,
    *,
    is_dark: bool,
) -> Spec:
    """One article with its versions and its objective, or all of them. See `charts.over_time`."""
    days = by_day(revision, article_id, since)
    if article_id is None:
        return _spec(charts.over_time(days, None, grain, is_dark=is_dark))
    versions = by_version(revision, article_id)
    objective = float(versions["objective"].iloc[0])
    return _spec(charts.over_time(days, versions, grain, objective, is_dark=is_dark))


@_cached
def told_over_time(
    revision: int, article_id: int | None, grain: Bucket, since: dt.date | None = None
) -> tuple[str, str]:
    """`over_time` in words, and what it draws otherwise than usual."""
    days = by_day(revision, article_id, since)
    goal = (
        None if article_id is None else float(by_version(revision, article_id)["objective"].iloc[0])
    )
    return charts.told_over_time(days, grain), charts.notes(days, grain, goal)


@_cached
def shares(revision: int, grain: Bucket, since: dt.date | None) -> list[float]:
    """All articles as one small line. See `charts.shares`."""
    return charts.shares(by_day(revision, since=since), grain)


@_cached
def votes_over_time(revision: int, article_id: int, grain: Bucket, is_dark: bool) -> Spec:
    """See `charts.votes_over_time`."""
    return _spec(charts.votes_over_time(by_day(revision, article_id), grain, is_dark=is_dark))


@_cached
def effects_chart(revision: int, most: int, is_dark: bool) -> Spec:
    """The last `most` corrections that can be measured, and all together. See `charts.effects`."""
    frame = effects(revision)
    together = helpfulness.pooled_of(frame)
    drawn = frame[charts.measurable(frame)]
    shared = together if len(drawn) > 1 else None
    return _spec(charts.effects(drawn.head(most), shared, is_dark=is_dark))


@_cached
def measures_chart(revision: int, article_id: int, is_dark: bool) -> Spec:
    """See `charts.by_measure`."""
    return _spec(charts.by_measure(by_measure(revision, article_id), is_dark=is_dark))


def _spec(chart: Any) -> Spec:
    # The test of each chart checks it against Vega-Lite's schema; to do so again at each vote would
    # cost more than the figures.
    found: Spec = chart.to_dict(validate=False)
    return found


def queue(revision: int) -> pd.DataFrame:
    """What À corriger lists today. See `corrections.queue`."""
    rows = listed(revision)
    until = rows["snoozed_until"]
    return rows[until.isna() | (until <= civil_day(dt.datetime.now(dt.UTC)))]


def snoozed(revision: int) -> pd.DataFrame:
    """What was put off, the first to come back first. Columns as `queue`."""
    rows = listed(revision)
    until = rows["snoozed_until"]
    later = rows[until.notna() & (until > civil_day(dt.datetime.now(dt.UTC)))]
    return later.sort_values("snoozed_until", kind="stable")


@shared
def listed(revision: int) -> pd.DataFrame:
    """Every listed article, put off or not. See `corrections.queue`."""
    with db.reading() as session:
        return corrections.queue(session)


@_cached
def ended(revision: int, since: dt.datetime) -> pd.DataFrame:
    """See `corrections.ended`."""
    with db.reading() as session:
        return corrections.ended(session, since=since)


@_cached
def observed(revision: int, today: dt.date) -> pd.DataFrame:
    """See `corrections.observed`."""
    with db.reading() as session:
        return corrections.observed(session, today=today)


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


_masked = lru_cache(maxsize=10_000)(personal_data.mask)


@_cached
def told(
    revision: int,
    states: tuple[RemarkState, ...] | None,
    reason: str | None,
    article_id: int | None,
    since: dt.date | None,
    limit: int,
) -> pd.DataFrame:
    """`remarks.listing` narrowed: `reason` a code, "" for those without one, None for all.

    More columns: masked (the text without what names a person), said (what a search looks at,
    folded: a search finds nothing that is hidden).
    """
    frame = remarks(revision, states, article_id, limit)
    if reason is not None:
        frame = frame[frame["reason"].isna() if reason == "" else frame["reason"] == reason]
    if since is not None:
        frame = frame[[civil_day(at) >= since for at in frame["received_at"]]]
    masked = frame["text"].map(_masked)
    return frame.assign(masked=masked, said=(masked + " " + frame["question"]).map(words.fold))


@_cached
def themes(
    revision: int,
    states: tuple[RemarkState, ...] | None,
    reason: str | None,
    article_id: int | None,
    since: dt.date | None,
    limit: int,
) -> list[Theme]:
    """See `themes.themes`; `found` are rows of `told` with the same choices."""
    return recurring.themes(list(told(revision, states, reason, article_id, since, limit)["text"]))


@_cached
def noes(revision: int, limit: int = 20) -> pd.DataFrame:
    """The last votes Non. See `votes.noes`."""
    with db.reading() as session:
        return votes.noes(session, since=None, limit=limit)


@_cached
def reasons(revision: int, period_ids: tuple[int, ...]) -> dict[int, dict[Reason, int]]:
    """See `votes.reasons`."""
    with db.reading() as session:
        return votes.reasons(session, period_ids)


@dataclass(frozen=True)
class Served:
    """The destinations in use (`deliveries.destinations`), and what each serves beside what it should."""

    destinations: pd.DataFrame
    gaps: dict[int, Gap]

    @property
    def out_of_date(self) -> list[int]:
        """The destinations *pas à jour*."""
        return [number for number, gap in self.gaps.items() if not gap.is_up_to_date]


def served(revision: int) -> Served:
    """What each destination serves beside what is published now. Deliveries move without the ledger."""
    with db.reading() as session:
        frame = deliveries.destinations(session)
        # A vote moves what is served to nobody, but to those who want no article under its objective.
        is_narrowed = any(frame["selection"])
        key = revision if is_narrowed else db.content_revision(session)
        stamp = deliveries.stamp(session)
    return Served(frame, _gaps(key, stamp, tuple(frame["destination_id"])))


@_cached
def _gaps(revision: int, stamp: object, numbers: tuple[int, ...]) -> dict[int, Gap]:
    with db.reading() as session:
        frame = deliveries.destinations(session)
        whole, found = deliveries.published_ids(session), {}
        for number, asked in zip(frame["destination_id"], frame["selection"], strict=True):
            wanted = [each.id for each in downloads.selected(session, asked)] if asked else whole
            found[number] = deliveries.gap(session, number, wanted)
        return found


def library() -> pd.DataFrame:
    """See `articles.library`. Not cached: drafts move without the ledger."""
    with db.reading() as session:
        return articles.library(session)


@_cached
def tags(revision: int) -> list[str]:
    """See `filing.known_tags`."""
    with db.reading() as session:
        return filing.known_tags(session)


@dataclass(frozen=True)
class Outgoing:
    """What an export would hold: so many `articles`, and about how many bytes a channel."""

    articles: int
    sizes: dict[str, int]


_SAMPLE: Final = 12  # articles written to guess the size of all


@_cached
def outgoing(
    revision: int, asked: tuple[tuple[str, str], ...], channels: tuple[str, ...]
) -> Outgoing:
    """What the fields of `selection.Wanted` given would export; raises like `selection`.

    A size is that of a dozen articles spread over all of them, multiplied; a channel without article,
    or that refuses one of these, has none.
    """
    wanted = selection.asked({selection.ADDRESS[field]: value for field, value in asked})
    here = settings.current()
    with db.reading() as session:
        chosen = selection.chosen(session, wanted, base_url=here.public_url)
    chosen = selection.spelled(chosen, wanted)
    sample = chosen[:: max(1, len(chosen) // _SAMPLE)]
    site = exports.Site(here.site_name, here.public_url)
    sizes = {}
    for name in channels if sample else ():
        write = exports.CHANNELS[name].write
        with contextlib.suppress(FaqError):
            frame = len(write([], site))
            share = (len(write(sample, site)) - frame) / len(sample)
            sizes[name] = frame + round(share * len(chosen))
    return Outgoing(len(chosen), sizes)
