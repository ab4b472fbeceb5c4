"""Votes and totals another system kept.

Dated votes join the ledger, each in the version that was live when it was cast, once per row of its
document. Totals have no dates and no versions: they are kept as snapshots, never mixed with votes.
"""

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faq_cms import db, people, remarks, rendering, votes, windows
from faq_cms.errors import BadRow
from faq_cms.models import (
    CounterSnapshot,
    Reason,
    Remark,
    RemarkState,
    TallyDay,
    TallyVersion,
    Version,
    Vote,
)
from faq_cms.people import Actor


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
    if not rows:
        return Imported(0, 0, 0, frozenset())
    added = session.execute(
        db.insert(session, Vote)
        .on_conflict_do_nothing()
        .returning(Vote.id, Vote.import_digest, Vote.import_row, Vote.article_id),
        rows,
    ).all()
    if not added:
        return Imported(0, len(rows), 0, frozenset())
    new: _New = {(each, row): id_ for id_, each, row, _ in added if each and row is not None}
    _pour(session, [row for row in rows if (row["import_digest"], row["import_row"]) in new])
    _add_remarks(session, dated, new, digest)
    people.record(
        session, actor, "votes.import", kind="votes", object_id=None, now=now, added=len(new)
    )
    db.bump(session)
    return Imported(
        added=len(new),
        known=len(rows) - len(new),
        before_first=len(early & new.keys()),
        article_ids=frozenset(article_id for *_, article_id in added),
    )


_New = dict[tuple[str, int], int]  # votes added: (digest, row) to the vote's id


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
) -> tuple[list[dict[str, Any]], set[tuple[str, int]]]:
    """Each vote as a row of the ledger, in the version it belongs to; and those older than it."""
    versions = _published_versions(session, {vote.article_id for vote in dated})
    rows, early = [], set()
    for vote in dated:
        version, is_early = _version_at(versions.get(vote.article_id, []), vote)
        if is_early:
            early.add((vote.digest or digest, vote.row))
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
                "source": votes.source_name(vote.source),
                "day": votes.civil_day(vote.cast_at),
                "cast_at": vote.cast_at,
                "import_digest": vote.digest or digest,
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
            ones = votes.ones(row["helpful"], row["off_text"], row["set_aside"])
            sums.setdefault(tuple(row[name] for name in names), Counter()).update(ones)
        if not sums:
            return
        cells = [dict(zip(names, key, strict=True)) | counts for key, counts in sums.items()]
        statement = db.insert(session, table)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=names,
                set_={
                    name: getattr(table, name) + statement.excluded[name] for name in votes.COUNTS
                },
            ),
            cells,
        )
        if table is TallyDay:
            windows.shift(session, cells)


def _add_remarks(session: Session, dated: Sequence[DatedVote], new: _New, digest: str) -> None:
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
        if (vote.digest or digest, vote.row) in new
        and (text := rendering.clean(vote.remark).strip()[: remarks.LENGTH_MAX])
    )
