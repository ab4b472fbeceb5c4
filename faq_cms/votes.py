"""The ledger: a reader's verdict on the version they read, its reason, their remark.

A vote belongs to the version that was read and counts in that version's measuring period, once per
visitor. Every change of a vote moves the tallies by the difference, in the same transaction: drop
the tallies, fold the votes again, and the same rows come back (`fold`, `rebuild`).
"""

import datetime as dt
import hashlib
import hmac
import secrets
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, func, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy import insert as sql_insert
from sqlalchemy.orm import Session

from faq_cms import db, people, rendering
from faq_cms.errors import BadRow, Conflict, Invalid, NotFound, TooMany
from faq_cms.models import (
    Article,
    CounterSnapshot,
    Reason,
    Remark,
    RemarkState,
    TallyDay,
    TallyVersion,
    Version,
    ViewDay,
    Vote,
)
from faq_cms.people import Actor

REMARK_MAX = 2000
REMARKS_PER_VOTE = 5
SOURCE_MAX = 24
CIVIL: Final = ZoneInfo("Europe/Paris")  # a tally's day is the civil date here
_COUNTS = ("helpful", "unhelpful", "off_text", "set_aside")
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I: read aloud


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
    query = select(Version).join(Article, Article.id == Version.article_id)
    query = query.where(Article.slug == slug, Article.live_version_id.is_not(None))
    query = query.where(
        Version.id == Article.live_version_id if number is None else Version.number == number
    )
    found = session.scalar(query)
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
    day = civil_day(now)
    vote_id = session.scalar(
        db.insert(session, Vote)
        .values(
            article_id=version.article_id,
            version_id=version.id,
            period_id=version.period_id,
            visitor=visitor,
            helpful=helpful,
            off_text=False,
            set_aside=set_aside,
            source=_source(source),
            day=day,
            cast_at=now,
        )
        .on_conflict_do_nothing(index_elements=["period_id", "visitor"])
        .returning(Vote.id)
    )
    db.bump(session)
    if vote_id is not None:
        _add(
            session,
            _key(version.article_id, version.id, source, day),
            _ones(helpful, False, set_aside),
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
    vote = _locked(session, vote_id)
    if vote.helpful:
        raise Conflict("not_a_no", vote_id)
    if vote.reason is not reason:
        _change(session, vote, helpful=False, reason=reason, set_aside=vote.set_aside)
        db.bump(session)
    return vote


def put_aside(session: Session, vote_id: int, *, aside: bool) -> Vote:
    """Keep a vote out of the figures, or let it back in."""
    vote = _locked(session, vote_id)
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
        shift.update(_ones(helpful, off_text, aside))
        shift.subtract(_ones(helpful, off_text, not aside))
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


def leave_remark(session: Session, vote_id: int, *, text: str, now: dt.datetime) -> Remark:
    """Keep what a reader wrote under their vote; the same text sent twice is kept once.

    Raises Invalid when it is empty or longer than `REMARK_MAX`, TooMany after a handful.
    """
    if len(text) > 2 * REMARK_MAX:  # before any work on it; twice: accents may come in two pieces
        raise Invalid("text", "too_long", REMARK_MAX)
    text = rendering.clean(text).strip()
    if not text:
        raise Invalid("text", "empty")
    if len(text) > REMARK_MAX:
        raise Invalid("text", "too_long", REMARK_MAX)
    vote = _locked(session, vote_id)
    earlier = session.scalars(select(Remark).where(Remark.vote_id == vote_id)).all()
    for remark in earlier:
        if remark.text == text:
            return remark
    if len(earlier) >= REMARKS_PER_VOTE:
        raise TooMany("remarks", int(dt.timedelta(days=1).total_seconds()))
    remark = Remark(
        reference=_reference(),
        vote_id=vote_id,
        article_id=vote.article_id,
        text=text,
        received_at=now,
        state=RemarkState.NEW,
    )
    session.add(remark)
    session.flush()
    db.bump(session)
    return remark


def vote(session: Session, vote_id: int) -> Vote:
    """The vote with this id. Raises NotFound."""
    found = session.get(Vote, vote_id)
    if found is None:
        raise NotFound("vote", vote_id)
    return found


def _locked(session: Session, vote_id: int) -> Vote:
    found = session.scalar(
        select(Vote)
        .where(Vote.id == vote_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("vote", vote_id)
    return found


def _source(source: str) -> str:
    source = source.strip().lower()
    if not 1 <= len(source) <= SOURCE_MAX or not source.replace("-", "").replace("_", "").isalnum():
        raise Invalid("source", "format", SOURCE_MAX)
    return source


def _reference() -> str:
    """What a reader quotes to have their remark found and erased."""
    return "R-" + "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8))


# -- tallies -------------------------------------------------------------------------------------


def _key(article_id: int, version_id: int, source: str, day: dt.date) -> dict[str, object]:
    return {"day": day, "article_id": article_id, "version_id": version_id, "source": source}


def _ones(helpful: bool, off_text: bool, set_aside: bool) -> dict[str, int]:
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
    before = _ones(vote.helpful, vote.off_text, vote.set_aside)
    vote.helpful, vote.reason, vote.set_aside = helpful, reason, set_aside
    vote.off_text = reason is not None and reason.off_text
    session.flush()
    after = _ones(vote.helpful, vote.off_text, vote.set_aside)
    _shift(
        session,
        _key(vote.article_id, vote.version_id, vote.source, vote.day),
        {name: after[name] - before[name] for name in _COUNTS},
    )


def _shift(session: Session, key: dict[str, object], by: dict[str, int]) -> None:
    """Move the tallies of a vote that is already counted: their rows exist.

    Never an upsert: the row it would insert (« one hors texte, no Non ») breaks a constraint.
    """
    for table in (TallyDay, TallyVersion):
        columns = {name: getattr(table, name) + by[name] for name in _COUNTS}
        session.execute(update(table).where(*_at(table, key)).values(columns))


def _add(session: Session, key: dict[str, object], ones: dict[str, int]) -> None:
    """Count a new vote in its day's and its version's tally."""
    for table in (TallyDay, TallyVersion):
        names = [column.name for column in table.__table__.primary_key]
        statement = db.insert(session, table).values(**{n: key[n] for n in names}, **ones)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=names,
                set_={name: getattr(table, name) + statement.excluded[name] for name in _COUNTS},
            )
        )


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
    totals = select(days.c.version_id, *(func.sum(days.c[name]) for name in _COUNTS)).group_by(
        days.c.version_id
    )
    session.execute(sql_insert(TallyVersion).from_select(["version_id", *_COUNTS], totals))
    db.bump(session)


def is_balanced(session: Session) -> bool:
    """Whether votes and both tallies say the same."""
    folded, stored = fold(session), tallies(session)
    if not folded.astype(str).equals(stored.astype(str)):
        return False
    by_version = stored.groupby("version_id")[list(_COUNTS)].sum() if len(stored) else None
    totals = db.frame(session, select(TallyVersion.__table__)).set_index("version_id")
    totals = totals[totals[["helpful", "unhelpful", "set_aside"]].sum(axis=1) > 0].sort_index()
    if by_version is None:
        return totals.empty
    return by_version.sort_index().astype("int64").equals(totals.astype("int64"))


# -- votes and totals kept elsewhere -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DatedVote:
    """A vote another system kept. `row` is the line of the document it stands on, from 1.

    `number` is the version that was read; None: the one that was published at `cast_at`. `visitor`
    is a digest; None: nobody can tell whether two votes are one person's.
    """

    row: int
    article_id: int
    cast_at: dt.datetime
    helpful: bool
    number: int | None
    source: str
    reason: Reason | None
    remark: str
    visitor: str | None


@dataclass(frozen=True, slots=True)
class Total:
    """The counts another system showed for an article at one instant."""

    article_id: int
    source: str
    taken_at: dt.datetime
    helpful: int
    unhelpful: int


@dataclass(frozen=True)
class Imported:
    """What an import of votes did.

    `before_first` of the added ones are older than their article's first version, in whose
    measuring period they count. `article_ids` are the articles whose figures moved.
    """

    added: int
    known: int
    before_first: int
    article_ids: frozenset[int]


class _Placed(NamedTuple):
    id: int
    period_id: int
    number: int
    published_at: dt.datetime


def import_dated(
    session: Session,
    actor: Actor,
    dated: Sequence[DatedVote],
    *,
    digest: str,
    now: dt.datetime,
) -> Imported:
    """Count dated votes of another system; the same rows of the same document are counted once.

    `digest` is the document's SHA-256. Articles are published ones, or were. Writes votes, remarks
    and tallies; flags are the caller's next step. Raises BadRow for a version that never was.
    """
    people.authorize(session, actor, "votes.import")
    rows, early = _placed(session, dated, digest)
    if not rows:
        return Imported(0, 0, 0, frozenset())
    added = session.execute(
        db.insert(session, Vote)
        .on_conflict_do_nothing()
        .returning(Vote.id, Vote.import_row, Vote.article_id),
        rows,
    ).all()
    new = {row: vote_id for vote_id, row, _ in added if row is not None}
    _pour(session, (row for row in rows if row["import_row"] in new))
    _add_remarks(session, dated, new)
    people.record(
        session, actor, "votes.import", kind="votes", object_id=None, now=now, added=len(new)
    )
    db.bump(session)
    return Imported(
        added=len(new),
        known=len(rows) - len(new),
        before_first=len(early & new.keys()),
        article_ids=frozenset(article_id for _, _, article_id in added),
    )


def import_totals(
    session: Session, actor: Actor, totals: Sequence[Total], *, now: dt.datetime
) -> int:
    """Keep totals as dated snapshots, apart from every vote; returns how many are new or changed."""
    people.authorize(session, actor, "votes.import")
    if not totals:
        return 0
    statement = db.insert(session, CounterSnapshot)
    told, held = statement.excluded, CounterSnapshot
    written = session.execute(
        statement.on_conflict_do_update(
            index_elements=["article_id", "source", "taken_at"],
            set_={"helpful": told.helpful, "unhelpful": told.unhelpful},
            where=(held.helpful != told.helpful) | (held.unhelpful != told.unhelpful),
        ).returning(CounterSnapshot.id),
        [
            {
                "article_id": total.article_id,
                "source": _source(total.source),
                "taken_at": total.taken_at,
                "helpful": total.helpful,
                "unhelpful": total.unhelpful,
                "estimated": False,
            }
            for total in totals
        ],
    ).all()
    people.record(
        session, actor, "votes.import_totals", kind="votes", object_id=None, now=now,
        written=len(written),
    )  # fmt: skip
    db.bump(session)
    return len(written)


def _placed(
    session: Session, dated: Sequence[DatedVote], digest: str
) -> tuple[list[dict[str, Any]], set[int]]:
    """Each vote as a row of the ledger, in the version it belongs to; and the rows older than it."""
    versions = _published_versions(session, {vote.article_id for vote in dated})
    rows, early = [], set()
    for vote in dated:
        version, is_early = _version_at(versions.get(vote.article_id, []), vote)
        if is_early:
            early.add(vote.row)
        rows.append(
            {
                "article_id": vote.article_id,
                "version_id": version.id,
                "period_id": version.period_id,
                "visitor": vote.visitor,
                "helpful": vote.helpful,
                "reason": vote.reason,
                "off_text": vote.reason is not None and vote.reason.off_text,
                "set_aside": False,
                "source": _source(vote.source),
                "day": civil_day(vote.cast_at),
                "cast_at": vote.cast_at,
                "import_digest": digest,
                "import_row": vote.row,
            }
        )
    return rows, early


def _published_versions(session: Session, article_ids: set[int]) -> dict[int, list[_Placed]]:
    rows = session.execute(
        select(
            Version.article_id, Version.id, Version.period_id, Version.number, Version.published_at
        )
        .where(Version.number.is_not(None))
        .order_by(Version.article_id, Version.number)
    )
    found: dict[int, list[_Placed]] = {}
    for article_id, version_id, period_id, number, published_at in rows:
        # What has a number has the rest: CHECK published_has_period, published_is_numbered.
        if article_id in article_ids and period_id and number and published_at:
            found.setdefault(article_id, []).append(
                _Placed(version_id, period_id, number, published_at)
            )
    return found


def _version_at(versions: list[_Placed], vote: DatedVote) -> tuple[_Placed, bool]:
    """The version a dated vote is about, and whether it was published only after the vote."""
    named = [version for version in versions if vote.number in (None, version.number)]
    if not named:
        raise BadRow("version", vote.row, "version", vote.number)
    place = bisect_right(named, vote.cast_at, key=lambda version: version.published_at)
    return named[max(place - 1, 0)], place == 0


def _pour(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Add many new votes to the tallies: one statement a table, one row a key."""
    for table in (TallyDay, TallyVersion):
        names = [column.name for column in table.__table__.primary_key]
        sums: dict[tuple[Any, ...], Counter[str]] = {}
        rows = list(rows)
        for row in rows:
            ones = _ones(row["helpful"], row["off_text"], row["set_aside"])
            sums.setdefault(tuple(row[name] for name in names), Counter()).update(ones)
        if not sums:
            return
        statement = db.insert(session, table)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=names,
                set_={name: getattr(table, name) + statement.excluded[name] for name in _COUNTS},
            ),
            [dict(zip(names, key, strict=True)) | counts for key, counts in sums.items()],
        )


def _add_remarks(session: Session, dated: Sequence[DatedVote], new: dict[int, int]) -> None:
    session.add_all(
        Remark(
            reference=_reference(),
            vote_id=new[vote.row],
            article_id=vote.article_id,
            text=text,
            received_at=vote.cast_at,
            state=RemarkState.NEW,
        )
        for vote in dated
        if vote.row in new and (text := rendering.clean(vote.remark).strip()[:REMARK_MAX])
    )


# -- remarks as the team sees them ---------------------------------------------------------------


def remarks(
    session: Session,
    *,
    article_id: int | None = None,
    states: Sequence[RemarkState] | None = None,
    since: dt.datetime | None = None,
    limit: int = 500,
) -> pd.DataFrame:
    """Remarks, newest first.

    Columns: remark_id, reference, article_id, question, version, helpful, reason, text, received_at,
    state, source, set_aside, erased.
    """
    query = (
        select(
            Remark.id.label("remark_id"),
            Remark.reference,
            Remark.article_id,
            Version.question,
            Version.number.label("version"),
            Vote.helpful,
            Vote.reason,
            Remark.text,
            Remark.received_at,
            Remark.state,
            Vote.source,
            Vote.set_aside,
            Remark.erased_at.is_not(None).label("erased"),
        )
        .join(Vote, Vote.id == Remark.vote_id)
        .join(Version, Version.id == Vote.version_id)
        .order_by(Remark.received_at.desc(), Remark.id.desc())
        .limit(limit)
    )
    if article_id is not None:
        query = query.where(Remark.article_id == article_id)
    if states is not None:
        query = query.where(Remark.state.in_(states))
    if since is not None:
        query = query.where(Remark.received_at > since)
    return db.frame(session, query)


def remark_counts(session: Session) -> dict[RemarkState, int]:
    """How many remarks are in each state; states without any are absent."""
    rows = session.execute(select(Remark.state, func.count()).group_by(Remark.state))
    return {state: int(count) for state, count in rows}


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


def reasons(session: Session, article_id: int, *, period_id: int) -> dict[Reason, int]:
    """How many counted votes of this period give each reason, most frequent first."""
    rows = session.execute(
        select(Vote.reason, func.count())
        .where(
            Vote.article_id == article_id,
            Vote.period_id == period_id,
            Vote.reason.is_not(None),
            Vote.set_aside.is_(False),
        )
        .group_by(Vote.reason)
        .order_by(func.count().desc(), Vote.reason)
    )
    return {reason: count for reason, count in rows if reason is not None}


def handle_remark(
    session: Session,
    actor: Actor,
    remark_id: int,
    *,
    state: RemarkState,
    version_id: int | None = None,
    now: dt.datetime,
) -> None:
    """Give a remark its outcome, or put it back among the new ones."""
    people.authorize(session, actor, "remark.handle")
    remark = _remark(session, remark_id)
    is_new = state is RemarkState.NEW
    remark.state = state
    remark.handled_at = None if is_new else now
    remark.handled_by_id = None if is_new else actor.id
    remark.answered_in_id = version_id
    db.bump(session)
    people.record(
        session, actor, "remark.handle", kind="remark", object_id=remark_id, now=now, state=state
    )


def erase_remark(session: Session, actor: Actor, remark_id: int, *, now: dt.datetime) -> None:
    """Erase a remark's text for good; the vote and the fact that there was a remark stay.

    The door scrubs the files afterwards (`Database.scrub`). The audit keeps no copy.
    """
    people.authorize(session, actor, "remark.erase")
    remark = _remark(session, remark_id)
    remark.text, remark.erased_at = "", remark.erased_at or now
    if remark.state is RemarkState.NEW:
        remark.state, remark.handled_at, remark.handled_by_id = RemarkState.NO_ACTION, now, actor.id
    db.bump(session)
    people.record(session, actor, "remark.erase", kind="remark", object_id=remark_id, now=now)


def remark_by_reference(session: Session, reference: str) -> Remark:
    """The remark a reader names by its reference. Raises NotFound."""
    remark = session.scalar(select(Remark).where(Remark.reference == reference.strip().upper()))
    if remark is None:
        raise NotFound("remark", reference)
    return remark


def _remark(session: Session, remark_id: int) -> Remark:
    remark = session.get(Remark, remark_id)
    if remark is None:
        raise NotFound("remark", remark_id)
    return remark


# -- views ---------------------------------------------------------------------------------------


def add_views(session: Session, counts: dict[tuple[dt.date, int, str], tuple[int, int]]) -> None:
    """Add page views, gathered in memory, to their days: (day, article_id, source) → (people, robots)."""
    for (day, article_id, source), (views, robots) in counts.items():
        statement = db.insert(session, ViewDay).values(
            day=day, article_id=article_id, source=source, views=views, robots=robots
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["day", "article_id", "source"],
                set_={
                    "views": ViewDay.views + statement.excluded.views,
                    "robots": ViewDay.robots + statement.excluded.robots,
                },
            )
        )
