"""What other systems' readers said of imported articles: dated votes, and totals without dates.

A dated vote joins the ledger, in the version that was live when it was cast; the number it has in
its system keeps it from being counted twice. Totals are a reading of the day they were imported,
kept apart from every vote, and only when they differ from the last reading.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from faq_cms import articles, imported_votes, loop, people, settings, votes
from faq_cms.imported_votes import DatedVote, Total
from faq_cms.imports.document import Ballot, Entry, Totals, key
from faq_cms.people import Actor

_NAMELESS: Final = "import"  # the source of votes whose document names no system


@dataclass(frozen=True, slots=True)
class Told:
    """What a document says of one article here: `source` is the system, `entry` holds the rest."""

    article_id: int
    source: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Report:
    """What became of it.

    `votes` were added, of which `before_first` are older than their article's first version here;
    `waiting` are about articles not published yet, and come with the next import; `readings` are the
    totals kept. `withheld` votes and totals are left out: whoever imports may not import votes.
    """

    votes: int = 0
    before_first: int = 0
    waiting: int = 0
    readings: int = 0
    withheld: int = 0


def write(session: Session, actor: Actor, told: Iterable[Told], *, now: dt.datetime) -> Report:
    """Keep the feedback of articles that are here; the same feedback twice is kept once.

    Raises Forbidden. Writes votes, tallies, flags and readings.
    """
    people.authorize(session, actor, "votes.import")
    dated, totals, waiting = [], [], 0
    published: set[int] | None = None
    for each in told:
        if each.entry.ballots:
            published = articles.once_published(session) if published is None else published
            if each.article_id in published:
                dated += [_dated(each, ballot, now) for ballot in each.entry.ballots]
            else:
                waiting += len(each.entry.ballots)
        if each.entry.totals:
            totals.append(_total(each, each.entry.totals, now))
    added = loop.votes_imported(session, actor, dated, digest="", now=now) if dated else None
    unseen = imported_votes.unseen(session, totals) if totals else []
    return Report(
        votes=added.added if added else 0,
        before_first=added.before_first if added else 0,
        waiting=waiting,
        readings=imported_votes.add_totals(session, actor, unseen, now=now) if unseen else 0,
    )


def _dated(told: Told, ballot: Ballot, now: dt.datetime) -> DatedVote:
    source = told.source or _NAMELESS
    named = f"{source}/{key(told.entry)}/{ballot.reference}"
    secret = settings.current().secret
    return DatedVote(
        row=1,
        article_id=told.article_id,
        cast_at=min(ballot.cast_at, now),
        helpful=ballot.helpful,
        number=None,
        source=source,
        reason=None,
        remark=ballot.remark,
        visitor=votes.visitor(secret, f"import:{source}:{ballot.visitor}", told.article_id)
        if ballot.visitor
        else None,
        digest=hashlib.sha256(named.encode()).hexdigest(),
    )


def _total(told: Told, totals: Totals, now: dt.datetime) -> Total:
    return Total(
        told.article_id,
        told.source or _NAMELESS,
        min(totals.taken_at or now, now),
        totals.helpful,
        totals.unhelpful,
        totals.neutral,
        totals.views,
        totals.estimated,
    )
