"""The moments that touch several chapters, as plain functions. Doors call these.

A vote may list an article; a reason may withdraw it; a *Fond* version answers what was listed; a
withdrawn article asks for nothing. Each runs in the caller's transaction, so that the list and the
ledger never disagree.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from faq_cms import articles, corrections, flags, imported_votes, people, remarks, search, votes
from faq_cms.articles import Seen
from faq_cms.imported_votes import DatedVote, Imported
from faq_cms.models import Reason, Remark, RemarkState, Significance, Version
from faq_cms.people import Actor
from faq_cms.votes import Burst, Receipt


def vote_received(
    session: Session,
    *,
    version: Version,
    helpful: bool,
    visitor: str,
    source: str,
    set_aside: bool = False,
    now: dt.datetime,
) -> Receipt:
    """Count a vote, then list or unlist its article. See `votes.cast`."""
    receipt = votes.cast(
        session,
        version=version,
        helpful=helpful,
        visitor=visitor,
        source=source,
        set_aside=set_aside,
        now=now,
    )
    if receipt.is_new or receipt.changed:
        rejudged(session, receipt.article_id, now=now)
    return receipt


def reason_given(
    session: Session, vote_id: int, *, reason: Reason | None, now: dt.datetime
) -> None:
    """Keep the reason of a Non; one that blames something else than the text unlists the article."""
    vote = votes.give_reason(session, vote_id, reason=reason)
    rejudged(session, vote.article_id, now=now)


def remark_left(session: Session, vote_id: int, *, text: str, now: dt.datetime) -> Remark:
    """Keep a reader's remark. See `remarks.leave`."""
    return remarks.leave(session, vote_id, text=text, now=now)


def votes_imported(
    session: Session,
    actor: Actor,
    dated: Sequence[DatedVote],
    *,
    digest: str,
    now: dt.datetime,
) -> Imported:
    """Count dated votes of another system, then list or unlist their articles."""
    imported = imported_votes.add_dated(session, actor, dated, digest=digest, now=now)
    for article_id in sorted(imported.article_ids):
        rejudged(session, article_id, now=now)
    return imported


def votes_released(session: Session, actor: Actor, burst: Burst, *, now: dt.datetime) -> list[int]:
    """Let votes set aside into the figures, then list or unlist their article. See `votes.release`."""
    released = votes.release(session, actor, burst, now=now)
    rejudged(session, burst.article_id, now=now)
    return released


def votes_withheld(
    session: Session, actor: Actor, burst: Burst, vote_ids: Sequence[int], *, now: dt.datetime
) -> None:
    """Take back a release. See `votes.withhold`."""
    votes.withhold(session, actor, burst, vote_ids, now=now)
    rejudged(session, burst.article_id, now=now)


def rejudged(session: Session, article_id: int, *, now: dt.datetime) -> None:
    """Make the article's flags, and its place in À corriger, say what its figures say."""
    if flags.judge(session, article_id, now=now):
        corrections.follow(session, article_id, now=now)


def publish(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    seen: Seen,
    significance: Significance,
    note: str = "",
    answered_remarks: Sequence[int] = (),
    now: dt.datetime,
) -> Version:
    """Publish the draft. A *Fond* version answers what is listed; the ticked remarks name it."""
    version = articles.publish(
        session, actor, article_id, seen=seen, significance=significance, note=note, now=now
    )
    _published(session, actor, version, now=now)
    for remark_id in answered_remarks:
        remarks.handle(
            session,
            actor,
            remark_id,
            state=RemarkState.ANSWERED,
            version_id=version.id,
            now=now,
        )
    return version


def restore(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    version_id: int,
    seen: Seen,
    significance: Significance = Significance.MAJOR,
    note: str = "",
    now: dt.datetime,
) -> Version:
    """Publish a copy of an earlier version. See `articles.restore`."""
    version = articles.restore(
        session,
        actor,
        article_id,
        version_id=version_id,
        seen=seen,
        significance=significance,
        note=note,
        now=now,
    )
    _published(session, actor, version, now=now)
    return version


def withdraw(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> None:
    """Take an article off the public pages, and off À corriger."""
    articles.withdraw(session, actor, article_id, now=now)
    search.index(session, article_id)
    corrections.article_withdrawn(session, article_id, now=now)


def republish(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> Version:
    """Undo a withdrawal; what the figures say lists the article again."""
    version = articles.republish(session, actor, article_id, now=now)
    search.index(session, article_id)
    rejudged(session, article_id, now=now)
    return version


def review(session: Session, actor: Actor, *, now: dt.datetime) -> list[int]:
    """Judge every article whose flags may be out of step; returns their ids."""
    people.authorize(session, actor, "correction.work")
    concerned = flags.out_of_step(session)
    for article_id in concerned:
        rejudged(session, article_id, now=now)
    return concerned


def _published(session: Session, actor: Actor, version: Version, *, now: dt.datetime) -> None:
    """What a publication does to the list (*Fond* answers it, *Forme* does not) and to the search."""
    if version.significance is Significance.MAJOR:
        corrections.answered(session, actor, version.article_id, version, now=now)
    search.index(session, version.article_id)
    rejudged(session, version.article_id, now=now)
