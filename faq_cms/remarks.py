"""What readers write under their vote: kept, handled, found again, erased.

A remark hangs on a vote and stays plain text for ever. Its author gets a reference, by which it can
be found and erased without anybody knowing who they are.
"""

import datetime as dt
import secrets
from collections.abc import Sequence

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faq_cms import contacts, db, people, rendering, votes
from faq_cms.errors import Invalid, NotFound, TooMany
from faq_cms.models import (
    Remark,
    RemarkState,
    Version,
    Vote,
)
from faq_cms.people import Actor

LENGTH_MAX = 2000
PER_VOTE = 5
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I: read aloud


def leave(session: Session, vote_id: int, *, text: str, now: dt.datetime) -> Remark:
    """Keep what a reader wrote under their vote; the same text sent twice is kept once.

    Raises Invalid when it is empty or longer than `LENGTH_MAX`, TooMany after a handful.
    """
    if len(text) > 2 * LENGTH_MAX:  # before any work on it; twice: accents may come in two pieces
        raise Invalid("text", "too_long", LENGTH_MAX)
    text = rendering.clean(text).strip()
    if not text:
        raise Invalid("text", "empty")
    if len(text) > LENGTH_MAX:
        raise Invalid("text", "too_long", LENGTH_MAX)
    vote = votes.locked(session, vote_id)
    earlier = session.scalars(select(Remark).where(Remark.vote_id == vote_id)).all()
    for remark in earlier:
        if remark.text == text:
            return remark
    if len(earlier) >= PER_VOTE:
        raise TooMany("remarks", int(dt.timedelta(days=1).total_seconds()))
    remark = Remark(
        reference=new_reference(),
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


def listing(
    session: Session,
    *,
    article_id: int | None = None,
    states: Sequence[RemarkState] | None = None,
    since: dt.datetime | None = None,
    limit: int = 500,
) -> pd.DataFrame:
    """Remarks, newest first.

    Columns: remark_id, reference, article_id, question, version, helpful, reason, text, received_at,
    state, source, set_aside, erased, has_contact.
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
            contacts.is_left().label("has_contact"),
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


def counts(session: Session) -> dict[RemarkState, int]:
    """How many remarks are in each state; states without any are absent."""
    rows = session.execute(select(Remark.state, func.count()).group_by(Remark.state))
    return {state: int(count) for state, count in rows}


def received(session: Session, *, since: dt.datetime, until: dt.datetime) -> int:
    """How many remarks were left from one instant to just before another."""
    return (
        session.scalar(
            select(func.count()).where(Remark.received_at >= since, Remark.received_at < until)
        )
        or 0
    )


def handle(
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
    if state is not RemarkState.ANSWERED:
        contacts.unanswered(session, remark_id)
    db.bump(session)
    people.record(
        session, actor, "remark.handle", kind="remark", object_id=remark_id, now=now, state=state
    )


def answered_in(session: Session, version_id: int) -> list[int]:
    """The remarks that name this version as their answer."""
    query = select(Remark.id).where(Remark.answered_in_id == version_id).order_by(Remark.id)
    return list(session.scalars(query))


def reveal(session: Session, actor: Actor, remark_id: int, *, now: dt.datetime) -> None:
    """Note that somebody had what names a person in a remark shown to them."""
    people.authorize(session, actor, "remark.handle")
    _remark(session, remark_id)
    people.record(session, actor, "remark.reveal", kind="remark", object_id=remark_id, now=now)


def erase(session: Session, actor: Actor, remark_id: int, *, now: dt.datetime) -> None:
    """Erase a remark's text for good; the vote and the fact that there was a remark stay.

    The door scrubs the files afterwards (`Database.scrub`). The audit keeps no copy.
    """
    people.authorize(session, actor, "remark.erase")
    remark = _remark(session, remark_id)
    remark.text, remark.erased_at = "", remark.erased_at or now
    if remark.state is RemarkState.NEW:
        remark.state, remark.handled_at, remark.handled_by_id = RemarkState.NO_ACTION, now, actor.id
    contacts.forget(session, remark_id)
    db.bump(session)
    people.record(session, actor, "remark.erase", kind="remark", object_id=remark_id, now=now)


def by_reference(session: Session, reference: str) -> Remark:
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


def new_reference() -> str:
    """What a reader quotes to have their remark found and erased."""
    return "R-" + "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8))
