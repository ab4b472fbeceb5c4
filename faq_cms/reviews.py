"""A colleague reads a draft before the public does: asked, noted, approved or sent back.

An approval is about one text: it names the revision it was given on, and says nothing of what is
typed later. With the rule « relecture par une autre personne » (FAQ_PEER_REVIEW), nothing is
published that nobody else has approved; `require` is asked in the transaction of every publication.
Where a draft stands is read from these rows, never kept beside them.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pandas as pd
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from faq_cms import articles, db, people, rendering, settings
from faq_cms.articles import Seen
from faq_cms.errors import Conflict, Invalid, NotFound
from faq_cms.models import Account, Article, Review, ReviewNote, ReviewState, Version
from faq_cms.people import Actor

TEXT_MAX: Final = 2000
DECIDED: Final = (ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED)


@dataclass(frozen=True)
class Reading:
    """One reading of a text: who asked whom, what was decided. Names are None for the installation."""

    review_id: int
    version_id: int
    revision: int
    state: ReviewState
    asked_by: str | None
    asked_at: dt.datetime
    request: str
    reviewer_id: int | None
    reviewer: str | None
    decided_by: str | None
    decided_at: dt.datetime | None
    comment: str


# -- asking and deciding -------------------------------------------------------------------------


def ask(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    seen: Seen,
    reviewer_id: int | None = None,
    request: str = "",
    now: dt.datetime,
) -> Review:
    """« Demander une relecture » to one person, or (None) to whoever may; `request`: what to look at.

    Raises StaleDraft, Conflict("no_draft"), Conflict("unchanged"), Conflict("review_open"), Invalid
    when the text is not ready, or when that person may not read it.
    """
    people.authorize(session, actor, "article.write")
    draft = articles.ready(session, articles.locked(session, article_id), seen)
    if open_request(session, article_id) is not None:
        raise Conflict("review_open", article_id)
    if reviewer_id is not None:
        _refuse_unable(session, draft, reviewer_id)
    review = Review(
        article_id=article_id,
        version_id=draft.id,
        state=ReviewState.REQUESTED,
        revision=draft.revision,
        asked_by_id=actor.id,
        asked_at=now,
        request=_checked(request, "request"),
        reviewer_id=reviewer_id,
        comment="",
    )
    session.add(review)
    session.flush()
    db.bump(session)
    _record(session, actor, "review.ask", article_id, now)
    return review


def call_off(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> None:
    """Withdraw the request under way. Raises Conflict("no_review")."""
    people.authorize(session, actor, "article.write")
    articles.locked(session, article_id)
    review = open_request(session, article_id)
    if review is None:
        raise Conflict("no_review", article_id)
    _end(session, review, ReviewState.CANCELLED, actor, now=now)
    _record(session, actor, "review.call_off", article_id, now)


def decide(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    seen: Seen,
    approved: bool,
    comment: str = "",
    now: dt.datetime,
) -> Review:
    """« Approuver » or « Demander des modifications », of the text as it was seen.

    Raises StaleDraft when it moved since, Conflict("no_review"), Conflict("own_text") to whoever
    typed any part of it, Invalid when changes are asked without saying which.
    """
    people.authorize(session, actor, "article.review")
    draft = articles.ready(session, articles.locked(session, article_id), seen)
    review = open_request(session, article_id)
    if review is None:
        raise Conflict("no_review", article_id)
    if actor.id is not None and actor.id in articles.hands(session, draft):
        raise Conflict("own_text", article_id)
    comment = _checked(comment, "comment")
    if not approved and not comment:
        raise Invalid("comment", "empty")
    review.revision, review.comment = draft.revision, comment
    state = ReviewState.APPROVED if approved else ReviewState.CHANGES_REQUESTED
    _end(session, review, state, actor, now=now)
    _record(session, actor, f"review.{'approve' if approved else 'send_back'}", article_id, now)
    return review


def require(session: Session, actor: Actor, text: Version) -> None:
    """Raise Conflict("review_required") when the rule is on and nobody else approved this text.

    The installation itself (the command line) is exempt: see docs/decisions/0010.
    """
    if actor.id is not None and is_required() and not is_approved(session, text):
        raise Conflict("review_required", text.article_id)


def is_required() -> bool:
    """Whether the rule « relecture par une autre personne » is on here."""
    return settings.current().peer_review


def is_approved(session: Session, text: Version) -> bool:
    """Whether the last decision on this very text approves it, by a person who typed none of it.

    A restored copy says what its source says: it is approved when its source was.
    """
    while text.restored_from_id is not None:
        text = articles.version(session, text.restored_from_id)
    last = session.scalar(
        select(Review)
        .where(
            Review.version_id == text.id,
            Review.revision == text.revision,
            Review.state.in_(DECIDED),
        )
        .order_by(Review.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return (
        last is not None
        and last.state is ReviewState.APPROVED
        and last.decided_by_id is not None
        and last.decided_by_id not in articles.hands(session, text)
    )


def published(session: Session, actor: Actor, text: Version, *, now: dt.datetime) -> None:
    """The text is out: nobody is asked to read it before any more."""
    review = open_request(session, text.article_id)
    if review is not None and review.version_id == text.id:
        _end(session, review, ReviewState.CANCELLED, actor, now=now)


def forget(session: Session, draft: Version) -> None:
    """A draft is thrown away: what was said of it goes with it."""
    for table in (ReviewNote, Review):
        session.execute(delete(table).where(table.version_id == draft.id))
    db.bump(session)


# -- notes ---------------------------------------------------------------------------------------


def note(
    session: Session, actor: Actor, article_id: int, *, text: str, now: dt.datetime
) -> ReviewNote:
    """Leave a *note de relecture* on the draft. Raises Conflict("no_draft"), Invalid."""
    people.authorize(session, actor, "article.write")
    articles.locked(session, article_id)
    draft = articles.draft_of(session, article_id)
    if draft is None:
        raise Conflict("no_draft", article_id)
    text = _checked(text, "review_note")
    if not text:
        raise Invalid("review_note", "empty")
    left = ReviewNote(
        article_id=article_id,
        version_id=draft.id,
        account_id=actor.id,
        author=actor.name,
        at=now,
        text=text,
    )
    session.add(left)
    session.flush()
    _record(session, actor, "review.note", article_id, now)
    return left


def tick(session: Session, actor: Actor, note_id: int, *, resolved: bool, now: dt.datetime) -> None:
    """Tick a note off, or put it back. Raises NotFound."""
    people.authorize(session, actor, "article.write")
    found = session.get(ReviewNote, note_id)
    if found is None:
        raise NotFound("review_note", note_id)
    found.resolved_at = now if resolved else None
    found.resolved_by_id = actor.id if resolved else None
    session.flush()


def notes(session: Session, version_id: int) -> list[ReviewNote]:
    """The notes left on one text, oldest first."""
    return list(
        session.scalars(
            select(ReviewNote).where(ReviewNote.version_id == version_id).order_by(ReviewNote.id)
        )
    )


# -- finding -------------------------------------------------------------------------------------


def open_request(session: Session, article_id: int) -> Review | None:
    """The request under way on this article, if there is one."""
    return session.scalar(
        select(Review)
        .where(Review.article_id == article_id, Review.state == ReviewState.REQUESTED)
        .execution_options(populate_existing=True)
    )


def readings(session: Session, article_id: int) -> list[Reading]:
    """Every reading of the article's texts, newest first."""
    asker, reviewer, decider = aliased(Account), aliased(Account), aliased(Account)
    rows = session.execute(
        select(
            Review.id,
            Review.version_id,
            Review.revision,
            Review.state,
            asker.name,
            Review.asked_at,
            Review.request,
            Review.reviewer_id,
            reviewer.name,
            decider.name,
            Review.decided_at,
            Review.comment,
        )
        .outerjoin(asker, asker.id == Review.asked_by_id)
        .outerjoin(reviewer, reviewer.id == Review.reviewer_id)
        .outerjoin(decider, decider.id == Review.decided_by_id)
        .where(Review.article_id == article_id)
        .order_by(Review.id.desc())
    )
    return [Reading(*tuple(row)) for row in rows]


def reviewers(session: Session, actor: Actor) -> list[Account]:
    """Who may be asked: active people whose role allows it, oneself apart, by name."""
    return [
        account
        for account in people.team(session)
        if account.id != actor.id
        and account.disabled_at is None
        and people.may(account.role, "article.review")
    ]


def waiting_for(session: Session, actor: Actor) -> pd.DataFrame:
    """The texts this person is asked to read, oldest request first; empty for who may not.

    Columns: review_id, article_id, question, request, asked_by, asked_at, is_named (asked to them and
    nobody else). Texts they asked about or typed themselves last are not among them.
    """
    named = Review.reviewer_id == actor.id
    rows = db.frame(
        session,
        select(
            Review.id.label("review_id"),
            Review.article_id,
            Version.question,
            Review.request,
            Account.name.label("asked_by"),
            Review.asked_at,
            Review.reviewer_id.is_not(None).label("is_named"),
        )
        .join(Version, Version.id == Review.version_id)
        .outerjoin(Account, Account.id == Review.asked_by_id)
        .where(
            Review.state == ReviewState.REQUESTED,
            named | Review.reviewer_id.is_(None),
            Review.asked_by_id.is_distinct_from(actor.id),
            Version.author_id.is_distinct_from(actor.id),
        )
        .order_by(Review.asked_at, Review.id),
    )
    return rows if people.may(actor.role, "article.review") else rows.iloc[0:0]


def answers_for(session: Session, actor: Actor) -> pd.DataFrame:
    """What was decided on the drafts this person asked about, newest first; published ones are gone.

    Columns: review_id, article_id, question, state, decided_by, decided_at, comment, is_current
    (whether the text is still the one that was decided on).
    """
    later = aliased(Review)
    superseded = select(later.id).where(later.version_id == Review.version_id, later.id > Review.id)
    return db.frame(
        session,
        select(
            Review.id.label("review_id"),
            Review.article_id,
            Version.question,
            Review.state,
            Account.name.label("decided_by"),
            Review.decided_at,
            Review.comment,
            (Version.revision == Review.revision).label("is_current"),
        )
        .join(Version, Version.id == Review.version_id)
        .outerjoin(Account, Account.id == Review.decided_by_id)
        .where(
            Review.asked_by_id == actor.id,
            Review.state.in_(DECIDED),
            Version.number.is_(None),
            ~superseded.exists(),
        )
        .order_by(Review.decided_at.desc(), Review.id.desc()),
    )


# -- review dates --------------------------------------------------------------------------------


def overdue(session: Session, today: dt.date) -> pd.DataFrame:
    """*Révisions échues*: published articles whose review date has passed, longest overdue first.

    Columns: article_id, question, review_on, owner (name or None).
    """
    return db.frame(
        session,
        select(
            Article.id.label("article_id"),
            Version.question,
            Article.review_on,
            Account.name.label("owner"),
        )
        .join(Version, Version.id == Article.live_version_id)
        .outerjoin(Account, Account.id == Article.owner_id)
        .where(Article.review_on < today)
        .order_by(Article.review_on, Article.id),
    )


def still_accurate(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    next_on: dt.date,
    today: dt.date,
    now: dt.datetime,
) -> None:
    """« Toujours exact »: the article was read again and stands; `next_on` is when to look next."""
    people.authorize(session, actor, "article.write")
    if next_on <= today:
        raise Invalid("review_on", "past")
    article = articles.locked(session, article_id)
    before, article.review_on = article.review_on, next_on
    db.bump(session)
    people.record(
        session,
        actor,
        "article.still_accurate",
        kind="article",
        object_id=article_id,
        now=now,
        before=before.isoformat() if before else None,
        after=next_on.isoformat(),
    )


# -- private -------------------------------------------------------------------------------------


def _refuse_unable(session: Session, draft: Version, reviewer_id: int) -> None:
    account = people.account_of(session, reviewer_id)
    if account.disabled_at is not None or not people.may(account.role, "article.review"):
        raise Invalid("reviewer", "not_allowed", account.name)
    if reviewer_id in articles.hands(session, draft):
        raise Invalid("reviewer", "own_text", account.name)


def _checked(text: str, field: str) -> str:
    text = rendering.clean(text, field=field).strip()
    if len(text) > TEXT_MAX:
        raise Invalid(field, "too_long", TEXT_MAX)
    return text


def _end(
    session: Session, review: Review, state: ReviewState, actor: Actor, *, now: dt.datetime
) -> None:
    review.state, review.decided_by_id, review.decided_at = state, actor.id, now
    session.flush()
    db.bump(session)


def _record(session: Session, actor: Actor, action: str, article_id: int, now: dt.datetime) -> None:
    people.record(session, actor, action, kind="article", object_id=article_id, now=now)
