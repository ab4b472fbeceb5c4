"""The moments that touch several chapters, as plain functions. Doors call these.

A vote may list an article; a reason may withdraw it; a *Fond* version answers what was listed; a
withdrawn article asks for nothing. Each runs in the caller's transaction, so that the list and the
ledger never disagree.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from faq_cms import (
    articles,
    causes,
    contacts,
    corrections,
    filing,
    flags,
    french,
    imported_votes,
    people,
    plans,
    publishing,
    remarks,
    reviews,
    search,
    votes,
)
from faq_cms.articles import Seen
from faq_cms.errors import Conflict, FaqError, Invalid
from faq_cms.filing import Change, Sheet
from faq_cms.imported_votes import DatedVote, Imported
from faq_cms.models import (
    Article,
    FlagKind,
    Plan,
    PlannedAction,
    Reason,
    Remark,
    RemarkState,
    Review,
    Significance,
    Version,
)
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


def remark_left(
    session: Session, vote_id: int, *, text: str, contact: str = "", now: dt.datetime
) -> Remark:
    """Keep a reader's remark, and where they are if they wish to be told. See `remarks.leave`."""
    remark = remarks.leave(session, vote_id, text=text, now=now)
    if contact:
        contacts.leave(session, remark.id, contact, now=now)
    return remark


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


def raised_by_hand(
    session: Session, actor: Actor, article_id: int, *, reason: str, now: dt.datetime
) -> None:
    """« Signaler » an article. See `corrections.raise_by_hand`."""
    corrections.raise_by_hand(session, actor, article_id, reason=reason, now=now)
    _follow_review(session, article_id)


def rejudged(session: Session, article_id: int, *, now: dt.datetime) -> None:
    """Make the article's flags, and its place in À corriger, say what its figures say."""
    if flags.judge(session, article_id, now=now):
        _listed(session, article_id, now=now)


def examined(session: Session, article_id: int | None = None, *, now: dt.datetime) -> None:
    """Make the flags about what is published, and its review date, say what holds now.

    Of one article; without one, of the whole library.
    """
    concerned = None if article_id is None else [article_id]
    for flagged in flags.examine(session, concerned, kinds=causes.OF_THE_TEXT, now=now):
        _listed(session, flagged, now=now)


def _listed(session: Session, article_id: int, *, now: dt.datetime) -> None:
    if corrections.follow(session, article_id, now=now):
        _follow_review(session, article_id)


# -- publishing ----------------------------------------------------------------------------------


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
    version = publishing.publish(
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


def publish_new(
    session: Session,
    actor: Actor,
    published_at: Mapping[int, dt.datetime],
    *,
    note: str = "",
    now: dt.datetime,
) -> None:
    """Publish articles just made: only what their texts hold may list them. See `publishing.publish_new`."""
    publishing.publish_new(session, actor, published_at, note=note, now=now)
    search.add(session, published_at)
    examined(session, now=now)


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
    """Publish a copy of an earlier version. See `publishing.restore`."""
    version = publishing.restore(
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


def take_back(
    session: Session, actor: Actor, article_id: int, *, version_id: int, now: dt.datetime
) -> None:
    """« Annuler » a publication: everything it did is undone with it. See `publishing.take_back`."""
    version = publishing.take_back(session, actor, article_id, version_id=version_id, now=now)
    for remark_id in remarks.answered_in(session, version.id):
        remarks.handle(session, actor, remark_id, state=RemarkState.NEW, now=now)
    corrections.unanswered(session, version, now=now)
    _left(session, article_id, now=now)


def withdraw(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> None:
    """Take an article off the public pages, and off À corriger."""
    publishing.withdraw(session, actor, article_id, now=now)
    _left(session, article_id, now=now)


def withdraw_all(
    session: Session, actor: Actor, article_ids: Sequence[int], *, now: dt.datetime
) -> None:
    """Take many articles off the public pages and off À corriger. See `publishing.withdraw_all`."""
    publishing.withdraw_all(session, actor, article_ids, now=now)
    search.forget_all(session, article_ids)
    for article_id in corrections.concerned(session, article_ids):
        corrections.article_withdrawn(session, article_id, now=now)


def republish(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> Version:
    """Undo a withdrawal; what the figures say lists the article again."""
    version = publishing.republish(session, actor, article_id, now=now)
    search.index(session, article_id)
    rejudged(session, article_id, now=now)
    examined(session, article_id, now=now)
    return version


def _published(session: Session, actor: Actor, version: Version, *, now: dt.datetime) -> None:
    """What a publication does to the list (*Fond* answers it, *Forme* does not) and to the search."""
    _follow_review(session, version.article_id)
    if version.significance is Significance.MAJOR:
        corrections.answered(session, actor, version.article_id, version, now=now)
    search.index(session, version.article_id)
    rejudged(session, version.article_id, now=now)
    examined(session, version.article_id, now=now)


def _left(session: Session, article_id: int, *, now: dt.datetime) -> None:
    """A version has left the public pages: the search and the list follow what is there now."""
    search.index(session, article_id)
    if articles.article(session, article_id).live_version_id is None:
        corrections.article_withdrawn(session, article_id, now=now)
    else:
        rejudged(session, article_id, now=now)
        examined(session, article_id, now=now)


def still_accurate(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    next_on: dt.date,
    today: dt.date,
    now: dt.datetime,
) -> None:
    """« Toujours exact », until when. See `reviews.still_accurate`."""
    reviews.still_accurate(session, actor, article_id, next_on=next_on, today=today, now=now)
    examined(session, article_id, now=now)


def filed(
    session: Session, actor: Actor, article_ids: Iterable[int], change: Change, *, now: dt.datetime
) -> dict[int, Sheet]:
    """Write on the sheets of these articles; a review date moved lists them or not.

    See `filing.change`.
    """
    before = filing.change(session, actor, article_ids, change, now=now)
    _refiled(session, before, change, now=now)
    return before


def filed_back(
    session: Session, actor: Actor, before: Mapping[int, Sheet], change: Change, *, now: dt.datetime
) -> None:
    """Take such a change back. See `filing.undo`."""
    filing.undo(session, actor, before, change, now=now)
    _refiled(session, before, change, now=now)


def _refiled(
    session: Session, article_ids: Collection[int], change: Change, *, now: dt.datetime
) -> None:
    if change.review_on is not filing.KEEP:
        overdue = (FlagKind.OVERDUE,)
        for article_id in flags.examine(session, list(article_ids), kinds=overdue, now=now):
            _listed(session, article_id, now=now)


# -- reviewing a draft ---------------------------------------------------------------------------


def review_asked(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    seen: Seen,
    reviewer_id: int | None = None,
    request: str = "",
    now: dt.datetime,
) -> Review:
    """Ask for a relecture; the correction of a listed article is then *En relecture*."""
    review = reviews.ask(
        session,
        actor,
        article_id,
        seen=seen,
        reviewer_id=reviewer_id,
        request=request,
        now=now,
    )
    _follow_review(session, article_id)
    return review


def review_called_off(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> None:
    """Withdraw the request. See `reviews.call_off`."""
    reviews.call_off(session, actor, article_id, now=now)
    _follow_review(session, article_id)


def review_decided(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    seen: Seen,
    approved: bool,
    comment: str = "",
    now: dt.datetime,
) -> Review:
    """Approve a draft, or ask for changes. See `reviews.decide`."""
    review = reviews.decide(
        session, actor, article_id, seen=seen, approved=approved, comment=comment, now=now
    )
    _follow_review(session, article_id)
    return review


def draft_discarded(
    session: Session, actor: Actor, article_id: int, *, seen: Seen, now: dt.datetime
) -> None:
    """Throw a draft away, with the request to read it. See `publishing.discard_draft`."""
    publishing.discard_draft(session, actor, article_id, seen=seen, now=now)
    _follow_review(session, article_id)


def _follow_review(session: Session, article_id: int) -> None:
    is_open = reviews.open_request(session, article_id) is not None
    corrections.follow_review(session, article_id, is_open=is_open)


# -- what the clock will do ----------------------------------------------------------------------


def plan_publication(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    seen: Seen,
    due_at: dt.datetime,
    significance: Significance,
    note: str = "",
    answered_remarks: Sequence[int] = (),
    now: dt.datetime,
) -> Plan:
    """« Programmer la publication » of the draft as it was seen; until then it is frozen.

    What a publication would refuse now is refused now, and asked again when its time comes.
    """
    people.authorize(session, actor, "article.publish")
    draft = articles.ready(session, articles.locked(session, article_id), seen)
    reviews.require(session, actor, draft)
    if len(note) > articles.NOTE_MAX:
        raise Invalid("note", "too_long", articles.NOTE_MAX)
    return plans.add_publication(
        session,
        actor,
        draft,
        due_at=due_at,
        significance=significance,
        note=note,
        answered_remarks=answered_remarks,
        now=now,
    )


def plan_withdrawal(
    session: Session, actor: Actor, article_id: int, *, due_at: dt.datetime, now: dt.datetime
) -> Plan:
    """« Retirer le… » an article that is published, or will be by then."""
    article = articles.locked(session, article_id)
    publication = plans.pending(session, article_id).get(PlannedAction.PUBLISH)
    if article.live_version_id is None and (publication is None or publication.due_at >= due_at):
        raise Conflict("not_published", article_id)
    return plans.add_withdrawal(session, actor, article_id, due_at=due_at, now=now)


def plan_due(session: Session, plan_id: int, article_id: int, *, now: dt.datetime) -> Plan | None:
    """Do what was planned, in the name and with the present rights of who planned it.

    None when somebody else did, or cancelled it. What is refused ends the plan *Échouée*, with the
    sentence that says why; nothing else is written then.
    """
    article = articles.locked(session, article_id)
    plan = plans.claim(session, plan_id, now=now)
    if plan is None:
        return None
    try:
        with session.begin_nested():
            _carry_out(session, article, plan, now=now)
    except FaqError as error:
        plans.fail(session, plan, french.sentence(error))
    return plan


def _carry_out(session: Session, article: Article, plan: Plan, *, now: dt.datetime) -> None:
    actor = plans.planner(session, plan)
    if plan.action is PlannedAction.WITHDRAW:
        withdraw(session, actor, article.id, now=now)
        return
    _refuse_overtaken(session, article, plan)
    assert plan.revision is not None and plan.significance is not None  # noqa: S101, PT018 — CHECK publication_names_text
    publish(
        session,
        actor,
        article.id,
        seen=Seen(article.live_version_id, plan.revision),
        significance=plan.significance,
        note=plan.note,
        answered_remarks=plan.answered_remarks,
        now=now,
    )


def _refuse_overtaken(session: Session, article: Article, plan: Plan) -> None:
    """What readers have is no longer what the planner saw: a person must look again."""
    if article.withdrawn_at is not None and article.withdrawn_at > plan.created_at:
        raise Conflict("withdrawn_since", article.id)
    if article.live_version_id is not None:
        published_at = articles.version(session, article.live_version_id).published_at
        if published_at is not None and published_at > plan.created_at:
            raise Conflict("published_since", article.id)


# -- judging -------------------------------------------------------------------------------------


def review(session: Session, actor: Actor, *, now: dt.datetime) -> list[int]:
    """Judge every article whose flags may be out of step, then the corrections under observation.

    Returns the ids of the articles judged. Idempotent.
    """
    people.authorize(session, actor, "correction.work")
    concerned = set(flags.out_of_step(session))
    for article_id in sorted(concerned):
        rejudged(session, article_id, now=now)
    for article_id in flags.examine(session, now=now):
        _listed(session, article_id, now=now)
        concerned.add(article_id)
    return sorted(concerned.union(corrections.verify(session, now=now)))
