"""Votes and totals another system kept.

Dated votes join the ledger, each in the version that was live when it was cast, once per row of its
document. Totals have no dates and no versions: they are kept as snapshots, never mixed with votes.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from faq_cms import articles, db, people, remarks, rendering, votes, windows
from faq_cms.errors import BadRow
from faq_cms.models import (
    CounterSnapshot,
    Reason,
    Remark,
    RemarkState,
    Version,
    Vote,
)
from faq_cms.people import Actor

_TURN: Final = "votes.import"  # what a document adds is what it has beyond what was there before
_ASKED: Final = 5_000  # digests a query names at once
# A vote of another system as the ledger keeps it.
_NAMES: Final = (
    "import_digest",
    "import_row",
    "article_id",
    "version_id",
    "period_id",
    "visitor",
    "helpful",
    "reason",
    "off_text",
    "set_aside",
    "source",
    "day",
    "cast_at",
)
_DIGEST, _ROW, _ARTICLE = range(3)
_ENTER: Final = db.Prepared(
    lambda insert: (
        insert(Vote.__table__)
        .values({name: bindparam(name) for name in _NAMES})
        .on_conflict_do_nothing()
    )
)


@dataclass(frozen=True, slots=True)
class DatedVote:
    """A vote another system kept. `row` is the line of the document it stands on, from 1.

    `number` is the version that was read; None: the one that was published at `cast_at`. `visitor`
    is a digest; None: nobody can tell whether two votes are one person's. `digest` names the vote
    itself where the other system numbers its votes; empty: its document and its row do.
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
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The counts another system showed for an article at one instant.

    `neutral` and `views` are None where it does not count them; `estimated` says that the counts
    were rebuilt from percentages.
    """

    article_id: int
    source: str
    taken_at: dt.datetime
    helpful: int
    unhelpful: int
    neutral: int | None = None
    views: int | None = None
    estimated: bool = False


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


def add_dated(
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
    digests = {row[_DIGEST] for row in rows}
    db.in_turn(session, _TURN)
    known = _entered(session, digests)
    _ENTER.execute_many(session, _NAMES, rows)
    new = {key: id_ for key, id_ in _entered(session, digests).items() if key not in known}
    if not new:
        return Imported(0, len(rows), 0, frozenset())
    added = [row for row in rows if (row[_DIGEST], row[_ROW]) in new]
    votes.pour(session, _cells(added))
    _add_remarks(session, dated, new, digest)
    people.record(
        session, actor, "votes.import", kind="votes", object_id=None, now=now, added=len(new)
    )
    db.bump(session)
    return Imported(
        added=len(new),
        known=len(rows) - len(new),
        before_first=len(early & new.keys()),
        article_ids=frozenset(row[_ARTICLE] for row in added),
    )


_Entered = dict[tuple[str, int], int]  # votes of a document: (digest, row) to the vote's id


def _entered(session: Session, digests: Collection[str]) -> _Entered:
    """The votes of these documents that the ledger holds."""
    found: _Entered = {}
    ordered, query = sorted(digests), select(Vote.import_digest, Vote.import_row, Vote.id)
    for first in range(0, len(ordered), _ASKED):
        some = ordered[first : first + _ASKED]
        rows = session.connection().execute(query.where(Vote.import_digest.in_(some)))
        found.update(((str(digest), int(row or 0)), id_) for digest, row, id_ in rows)
    return found


def unseen(session: Session, totals: Sequence[Total]) -> list[Total]:
    """Those of these counts that differ from the last ones their source was known to show."""
    latest: dict[tuple[int, str], tuple[object, ...]] = {}
    held = CounterSnapshot
    wanted = {total.article_id for total in totals}
    query = select(
        held.article_id, held.source, held.helpful, held.unhelpful, held.neutral, held.views
    )
    for article_id, source, *counts in session.execute(query.order_by(held.taken_at)):
        if article_id in wanted:
            latest[article_id, source] = tuple(counts)
    return [
        total
        for total in totals
        if latest.get((total.article_id, votes.source_name(total.source)))
        != (total.helpful, total.unhelpful, total.neutral, total.views)
    ]


def add_totals(session: Session, actor: Actor, totals: Sequence[Total], *, now: dt.datetime) -> int:
    """Keep totals as dated snapshots, apart from every vote; returns how many are new or changed."""
    people.authorize(session, actor, "votes.import")
    if not totals:
        return 0
    statement = db.insert(session, CounterSnapshot)
    told, held = statement.excluded, CounterSnapshot
    written = session.execute(
        statement.on_conflict_do_update(
            index_elements=["article_id", "source", "taken_at"],
            set_={
                "helpful": told.helpful,
                "unhelpful": told.unhelpful,
                "neutral": told.neutral,
                "views": told.views,
                "estimated": told.estimated,
            },
            where=(held.helpful != told.helpful) | (held.unhelpful != told.unhelpful),
        ).returning(CounterSnapshot.id),
        [
            {
                "article_id": total.article_id,
                "source": votes.source_name(total.source),
                "taken_at": total.taken_at,
                "helpful": total.helpful,
                "unhelpful": total.unhelpful,
                "neutral": total.neutral,
                "views": total.views,
                "estimated": total.estimated,
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


def last_totals(session: Session, article_id: int) -> pd.DataFrame:
    """The last totals each other system showed for an article, newest first.

    Columns: source, taken_at, helpful, unhelpful, neutral (None: not asked there), views (None: not
    counted there), estimated.
    """
    held = CounterSnapshot
    latest = (
        select(held.source, func.max(held.taken_at).label("taken_at"))
        .where(held.article_id == article_id)
        .group_by(held.source)
        .subquery()
    )
    return db.frame(
        session,
        select(
            held.source,
            held.taken_at,
            held.helpful,
            held.unhelpful,
            held.neutral,
            held.views,
            held.estimated,
        )
        .join(latest, (latest.c.source == held.source) & (latest.c.taken_at == held.taken_at))
        .where(held.article_id == article_id)
        .order_by(held.taken_at.desc(), held.source),
    )


class _Placed(NamedTuple):
    id: int
    period_id: int
    number: int
    published_at: dt.datetime


def _placed(
    session: Session, dated: Sequence[DatedVote], digest: str
) -> tuple[list[tuple[Any, ...]], set[tuple[str, int]]]:
    """Each vote as a row of the ledger (_NAMES), in its version; and those older than that one."""
    versions = _published_versions(session, {vote.article_id for vote in dated})
    rows, early = [], set()
    for vote in dated:
        version, is_early = _version_at(versions.get(vote.article_id, []), vote)
        key = vote.digest or digest, vote.row
        if is_early:
            early.add(key)
        off_text = vote.reason is not None and vote.reason.off_text
        rows.append(
            (
                *key,
                vote.article_id,
                version.id,
                version.period_id,
                vote.visitor,
                vote.helpful,
                vote.reason,
                off_text,
                False,
                votes.source_name(vote.source),
                votes.civil_day(vote.cast_at),
                vote.cast_at,
            )
        )
    return rows, early


def _cells(rows: Sequence[tuple[Any, ...]]) -> windows.Cells:
    """Rows of the ledger as what they add to their daily tallies."""
    columns = dict(zip(_NAMES, zip(*rows, strict=True), strict=True))
    keys = {name: np.array(columns[name]) for name in ("article_id", "version_id", "source")}
    keys["day"] = np.array(columns["day"], dtype="datetime64[D]")
    yes, off_text = (np.array(columns[name], dtype=np.int64) for name in ("helpful", "off_text"))
    counts = {"helpful": yes, "unhelpful": 1 - yes, "off_text": off_text}
    return windows.Cells(keys | counts | {"set_aside": np.zeros_like(yes)})


def _published_versions(session: Session, article_ids: set[int]) -> dict[int, list[_Placed]]:
    found: dict[int, list[_Placed]] = {}
    query = (
        select(
            Version.article_id, Version.id, Version.period_id, Version.number, Version.published_at
        )
        .where(Version.number.is_not(None))
        .order_by(Version.article_id, Version.number)
    )
    for some in articles.slices(article_ids):
        rows = session.connection().execute(query.where(Version.article_id.in_(some)))
        for article_id, version_id, period_id, number, published_at in rows:
            # What has a number has the rest: CHECK published_has_period, published_is_numbered.
            if period_id and number and published_at:
                found.setdefault(article_id, []).append(
                    _Placed(version_id, period_id, number, published_at)
                )
    return found


def _version_at(versions: list[_Placed], vote: DatedVote) -> tuple[_Placed, bool]:
    """The version a dated vote is about, and whether it was published only after the vote."""
    named = versions
    if vote.number is not None:
        named = [version for version in versions if version.number == vote.number]
    if not named:
        raise BadRow("version", vote.row, "version", vote.number)
    place = bisect_right(named, vote.cast_at, key=lambda version: version.published_at)
    return named[max(place - 1, 0)], place == 0


def _add_remarks(session: Session, dated: Sequence[DatedVote], new: _Entered, digest: str) -> None:
    session.add_all(
        Remark(
            reference=remarks.new_reference(),
            vote_id=new[vote.digest or digest, vote.row],
            article_id=vote.article_id,
            text=text,
            received_at=vote.cast_at,
            state=RemarkState.NEW,
        )
        for vote in dated
        if vote.remark
        and (vote.digest or digest, vote.row) in new
        and (text := rendering.clean(vote.remark).strip()[: remarks.LENGTH_MAX])
    )
