"""The ledger: a reader's verdict on the version they read, and its reason.

A vote belongs to the version that was read and counts in that version's measuring period, once per
visitor. Every change of a vote moves the tallies by the difference, in the same transaction: drop
the tallies, fold the votes again, and the same rows come back (`fold`, `rebuild`).
"""

import datetime as dt
import hashlib
import hmac
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy import insert as sql_insert
from sqlalchemy.orm import Session

from faq_cms import db, people, windows
from faq_cms.errors import Conflict, Invalid, NotFound
from faq_cms.models import (
    Article,
    Reason,
    TallyDay,
    TallyVersion,
    Version,
    Vote,
)
from faq_cms.people import Actor

SOURCE_MAX = 24
CIVIL: Final = ZoneInfo("Europe/Paris")  # a tally's day is the civil date here
COUNTS: Final = windows.COUNTS

# What every vote asks and says; see `db.Prepared`.
_READABLE: Final = (
    select(Version)
    .join(Article, Article.id == Version.article_id)
    .where(Article.slug == bindparam("slug"), Article.live_version_id.is_not(None))
)
_LIVE: Final = _READABLE.where(Version.id == Article.live_version_id)
_NUMBERED: Final = _READABLE.where(Version.number == bindparam("number"))
_NOT_CAST: Final = ("id", "reason", "import_digest", "import_row")  # given later, or elsewhere
_ENTER: Final = db.Prepared(
    lambda insert: (
        insert(Vote.__table__)
        .values(
            {
                each.name: bindparam(each.name)
                for each in Vote.__table__.c
                if each.name not in _NOT_CAST
            }
        )
        .on_conflict_do_nothing(index_elements=["period_id", "visitor"])
        .returning(Vote.id)
    )
)


_ADD_TO_DAY: Final = windows.adding(TallyDay)
_ADD_TO_VERSION: Final = windows.adding(TallyVersion)


@dataclass(frozen=True)
class Receipt:
    """What became of a vote: its row, whether it is new, whether it changed an earlier verdict."""

    vote_id: int
    article_id: int
    is_new: bool
    changed: bool


@dataclass(frozen=True)
class Burst:
    """The votes set aside on one article, in one measuring period, one civil day, from one source."""

    article_id: int
    period_id: int
    day: dt.date
    source: str


# -- who votes, on what --------------------------------------------------------------------------


def visitor(secret: str, cookie: str, article_id: int) -> str:
    """The pseudonym of a browser on one article.

    Keyed, and different on every article, so that the database alone cannot follow anybody from one
    article to the next.
    """
    key = f"visitor:{article_id}:{cookie}".encode()
    return hmac.new(secret.encode(), key, hashlib.sha256).hexdigest()[:32]


def civil_day(moment: dt.datetime) -> dt.date:
    """The date on a wall calendar in Europe/Paris."""
    return moment.astimezone(CIVIL).date()


def target(session: Session, slug: str, *, number: int | None = None) -> Version:
    """The version a vote names: the live one, or an earlier published one of a published article.

    Raises NotFound for a draft, a withdrawn or absent article, or a number never published.
    """
    named = _LIVE if number is None else _NUMBERED
    found = session.scalar(named, {"slug": slug, "number": number})
    if found is None:
        raise NotFound("article", slug)
    return found


# -- casting -------------------------------------------------------------------------------------


def cast(
    session: Session,
    *,
    version: Version,
    helpful: bool,
    visitor: str,
    source: str,
    set_aside: bool = False,
    now: dt.datetime,
) -> Receipt:
    """Count a reader's verdict; a second one by the same visitor in the period changes the first.

    A changed verdict loses its reason and keeps its version and day. Writes the vote and its
    tallies.
    """
    if version.period_id is None:
        raise NotFound("version", version.id)
    source, day = source_name(source), civil_day(now)
    vote_id = _ENTER.execute(
        session,
        article_id=version.article_id,
        version_id=version.id,
        period_id=version.period_id,
        visitor=visitor,
        helpful=helpful,
        off_text=False,
        set_aside=set_aside,
        source=source,
        day=day,
        cast_at=now,
    ).scalar()
    db.bump(session)
    if vote_id is not None:
        _add(
            session,
            _key(version.article_id, version.id, source, day),
            ones(helpful, False, set_aside),
        )
        return Receipt(vote_id, version.article_id, is_new=True, changed=False)
    vote = session.scalars(
        select(Vote)
        .where(Vote.period_id == version.period_id, Vote.visitor == visitor)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    changed = vote.helpful != helpful
    if changed:
        _change(session, vote, helpful=helpful, reason=None, set_aside=vote.set_aside)
    return Receipt(vote.id, vote.article_id, is_new=False, changed=changed)


def give_reason(session: Session, vote_id: int, *, reason: Reason | None) -> Vote:
    """Say (or take back) why a Non was a Non. Raises Conflict("not_a_no") after a Oui."""
    vote = locked(session, vote_id)
    if vote.helpful:
        raise Conflict("not_a_no", vote_id)
    if vote.reason is not reason:
        _change(session, vote, helpful=False, reason=reason, set_aside=vote.set_aside)
        db.bump(session)
    return vote


def put_aside(session: Session, vote_id: int, *, aside: bool) -> Vote:
    """Keep a vote out of the figures, or let it back in."""
    vote = locked(session, vote_id)
    if vote.set_aside != aside:
        _change(session, vote, helpful=vote.helpful, reason=vote.reason, set_aside=aside)
        db.bump(session)
    return vote


def release(session: Session, actor: Actor, burst: Burst, *, now: dt.datetime) -> list[int]:
    """Let the votes of a burst into the figures; returns their ids. Audited; flags are the caller's."""
    people.authorize(session, actor, "votes.release")
    released = _moved(
        session,
        Vote.article_id == burst.article_id,
        Vote.period_id == burst.period_id,
        Vote.day == burst.day,
        Vote.source == burst.source,
        aside=False,
    )
    _ruled(session, actor, "votes.release", burst, now=now, votes=len(released))
    return released


def withhold(
    session: Session, actor: Actor, burst: Burst, vote_ids: Sequence[int], *, now: dt.datetime
) -> None:
    """Take back a release: these votes of the burst are set aside again. Audited."""
    people.authorize(session, actor, "votes.release")
    moved = _moved(session, Vote.id.in_(vote_ids), Vote.article_id == burst.article_id, aside=True)
    _ruled(session, actor, "votes.withhold", burst, now=now, votes=len(moved))


def keep_aside(session: Session, actor: Actor, burst: Burst, *, now: dt.datetime) -> None:
    """Say that a burst rightly stays out of the figures. Writes the audit trail only."""
    people.authorize(session, actor, "votes.release")
    _ruled(session, actor, "votes.keep_aside", burst, now=now)


def _moved(session: Session, *which: ColumnElement[bool], aside: bool) -> list[int]:
    """Set votes aside, or let them in, and their tallies with them: one statement a version and day."""
    moved = session.execute(
        update(Vote)
        .where(*which, Vote.set_aside.is_not(aside))
        .values(set_aside=aside)
        .returning(
            Vote.id,
            Vote.article_id,
            Vote.version_id,
            Vote.source,
            Vote.day,
            Vote.helpful,
            Vote.off_text,
        )
        .execution_options(synchronize_session=False)
    ).all()
    session.expire_all()
    shifts: dict[tuple[int, int, str, dt.date], Counter[str]] = {}
    for _, article_id, version_id, source, day, helpful, off_text in moved:
        shift = shifts.setdefault((article_id, version_id, source, day), Counter())
        shift.update(ones(helpful, off_text, aside))
        shift.subtract(ones(helpful, off_text, not aside))
    for key, shift in sorted(shifts.items()):
        _shift(session, _key(*key), shift)
    return [row.id for row in moved]


def _ruled(
    session: Session, actor: Actor, action: str, burst: Burst, *, now: dt.datetime, **detail: int
) -> None:
    about = {"period_id": burst.period_id, "day": burst.day.isoformat(), "source": burst.source}
    people.record(
        session,
        actor,
        action,
        kind="article",
        object_id=burst.article_id,
        now=now,
        **about,
        **detail,
    )
    db.bump(session)


def vote(session: Session, vote_id: int) -> Vote:
    """The vote with this id. Raises NotFound."""
    found = session.get(Vote, vote_id)
    if found is None:
        raise NotFound("vote", vote_id)
    return found


def locked(session: Session, vote_id: int) -> Vote:
    """The vote with this id, its row held until the transaction ends. Raises NotFound."""
    found = session.scalar(
        select(Vote)
        .where(Vote.id == vote_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("vote", vote_id)
    return found


@lru_cache(maxsize=256)  # an import says the same one a hundred thousand times
def source_name(source: str) -> str:
    """Where a vote came from, in the form it is kept. Raises Invalid."""
    source = source.strip().lower()
    if not 1 <= len(source) <= SOURCE_MAX or not source.replace("-", "").replace("_", "").isalnum():
        raise Invalid("source", "format", SOURCE_MAX)
    return source


# -- tallies -------------------------------------------------------------------------------------


def _key(article_id: int, version_id: int, source: str, day: dt.date) -> dict[str, object]:
    return {"day": day, "article_id": article_id, "version_id": version_id, "source": source}


def ones(helpful: bool, off_text: bool, set_aside: bool) -> dict[str, int]:
    """What one vote adds to its tallies."""
    return {
        "helpful": int(helpful and not set_aside),
        "unhelpful": int(not helpful and not set_aside),
        "off_text": int(off_text and not set_aside),
        "set_aside": int(set_aside),
    }


def _change(
    session: Session, vote: Vote, *, helpful: bool, reason: Reason | None, set_aside: bool
) -> None:
    """Give a locked vote its new state and move its tallies by the difference."""
    before = ones(vote.helpful, vote.off_text, vote.set_aside)
    vote.helpful, vote.reason, vote.set_aside = helpful, reason, set_aside
    vote.off_text = reason is not None and reason.off_text
    session.flush()
    after = ones(vote.helpful, vote.off_text, vote.set_aside)
    _shift(
        session,
        _key(vote.article_id, vote.version_id, vote.source, vote.day),
        {name: after[name] - before[name] for name in COUNTS},
    )


def _shift(session: Session, key: dict[str, object], by: dict[str, int]) -> None:
    """Move the tallies of a vote that is already counted: their rows exist.

    Never an upsert: the row it would insert (« one hors texte, no Non ») breaks a constraint.
    """
    for table in (TallyDay, TallyVersion):
        columns = {name: getattr(table, name) + by[name] for name in COUNTS}
        session.execute(update(table).where(*_at(table, key)).values(columns))
    windows.shift(session, windows.Cells.of([key | by]))


def _add(session: Session, key: dict[str, object], ones: dict[str, int]) -> None:
    """Count a new vote in its day's and its version's tally."""
    _ADD_TO_DAY.execute(session, **key, **ones)
    _ADD_TO_VERSION.execute(session, version_id=key["version_id"], **ones)


def pour(session: Session, cells: windows.Cells) -> None:
    """Count many new votes, of any days: `cells` are those of the daily tally."""
    summed = cells.summed(("day", "article_id", "version_id", "source"))
    _ADD_TO_DAY.execute_many(session, summed.names, summed.rows())
    by_version = summed.summed(("version_id",))
    _ADD_TO_VERSION.execute_many(session, by_version.names, by_version.rows())
    windows.shift(session, summed)


def _at(
    table: type[TallyDay] | type[TallyVersion], key: dict[str, object]
) -> list[ColumnElement[bool]]:
    return [column == key[column.name] for column in table.__table__.primary_key]


def _folded() -> Select[*tuple[object, ...]]:
    counted = Vote.set_aside.is_(False)
    return select(
        Vote.day,
        Vote.article_id,
        Vote.version_id,
        Vote.source,
        func.sum(case((and_(counted, Vote.helpful), 1), else_=0)).label("helpful"),
        func.sum(case((and_(counted, ~Vote.helpful), 1), else_=0)).label("unhelpful"),
        func.sum(case((and_(counted, Vote.off_text), 1), else_=0)).label("off_text"),
        func.sum(case((Vote.set_aside, 1), else_=0)).label("set_aside"),
    ).group_by(Vote.day, Vote.article_id, Vote.version_id, Vote.source)


def fold(session: Session) -> pd.DataFrame:
    """The daily tally recomputed from the votes; same columns and grain as `TallyDay`."""
    return db.frame(
        session, _folded().order_by(Vote.day, Vote.article_id, Vote.version_id, Vote.source)
    )


def tallies(session: Session) -> pd.DataFrame:
    """The daily tally as stored, rows that fell back to nothing left out."""
    table = TallyDay.__table__
    total = table.c.helpful + table.c.unhelpful + table.c.set_aside
    return db.frame(session, select(table).where(total > 0).order_by(*table.primary_key))


def rebuild(session: Session) -> None:
    """Drop the tallies and fold the votes again."""
    session.execute(sql_delete(TallyDay))
    session.execute(sql_delete(TallyVersion))
    days = TallyDay.__table__
    session.execute(sql_insert(TallyDay).from_select([c.name for c in days.c], _folded()))
    totals = select(days.c.version_id, *(func.sum(days.c[name]) for name in COUNTS)).group_by(
        days.c.version_id
    )
    session.execute(sql_insert(TallyVersion).from_select(["version_id", *COUNTS], totals))
    windows.refold(session)
    db.bump(session)


def is_balanced(session: Session) -> bool:
    """Whether votes and both tallies say the same."""
    folded, stored = fold(session), tallies(session)
    if not folded.astype(str).equals(stored.astype(str)):
        return False
    by_version = stored.groupby("version_id")[list(COUNTS)].sum() if len(stored) else None
    totals = db.frame(session, select(TallyVersion.__table__)).set_index("version_id")
    totals = totals[totals[["helpful", "unhelpful", "set_aside"]].sum(axis=1) > 0].sort_index()
    if by_version is None:
        return totals.empty
    return by_version.sort_index().astype("int64").equals(totals.astype("int64"))


# -- what readers said no to ----------------------------------------------------------------------


def noes(session: Session, *, since: dt.datetime | None, limit: int = 200) -> pd.DataFrame:
    """Counted votes Non, newest first.

    Columns: vote_id, article_id, question, version, reason, off_text, source, cast_at.
    """
    query = (
        select(
            Vote.id.label("vote_id"),
            Vote.article_id,
            Version.question,
            Version.number.label("version"),
            Vote.reason,
            Vote.off_text,
            Vote.source,
            Vote.cast_at,
        )
        .join(Version, Version.id == Vote.version_id)
        .where(Vote.helpful.is_(False), Vote.set_aside.is_(False))
        .order_by(Vote.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(Vote.cast_at > since)
    return db.frame(session, query)


def reasons(session: Session, period_ids: Collection[int]) -> dict[int, dict[Reason, int]]:
    """How many counted votes of each of these periods give each reason, most frequent first."""
    found: dict[int, dict[Reason, int]] = {period_id: {} for period_id in period_ids}
    rows = session.execute(
        select(Vote.period_id, Vote.reason, func.count())
        .where(
            Vote.period_id.in_(period_ids),
            Vote.reason.is_not(None),
            Vote.set_aside.is_(False),
        )
        .group_by(Vote.period_id, Vote.reason)
        .order_by(func.count().desc(), Vote.reason)
    )
    for period_id, reason, count in rows:
        assert reason is not None  # noqa: S101 — the query asks for those that have one
        found[period_id][reason] = count
    return found
