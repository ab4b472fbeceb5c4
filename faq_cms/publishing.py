"""A draft becomes what the public reads, or is thrown away; a version comes back, or leaves.

The only module that moves `Article.live_version_id`. Each publication asks `reviews.require` in its
own transaction, so that the rule « relecture par une autre personne » holds by every door.
"""

import contextlib
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from faq_cms import addresses, articles, db, people, plans, rendering, reviews
from faq_cms.articles import Seen
from faq_cms.errors import Conflict, Invalid, NotFound
from faq_cms.models import (
    Article,
    ArticleTag,
    CounterSnapshot,
    ImportedEntry,
    ImportEffect,
    Period,
    Plan,
    PlannedAction,
    Redirect,
    Review,
    ReviewNote,
    SearchClickDay,
    Significance,
    TallyDay,
    Version,
    ViewDay,
    Vote,
    WindowTally,
)
from faq_cms.people import Actor

# « Annuler » is offered for ten seconds; a click at the last one may take a while to arrive.
TAKE_BACK: Final = dt.timedelta(minutes=1)


def publish(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    seen: Seen,
    significance: Significance,
    note: str = "",
    now: dt.datetime,
) -> Version:
    """Number the draft and make it what the public reads.

    `significance` says whether the measuring period goes on (minor) or a new one opens (major); a
    first version always opens one. Raises what `articles.ready` raises, Conflict("review_required").
    """
    people.authorize(session, actor, "article.publish")
    article = articles.locked(session, article_id)
    draft = articles.ready(session, article, seen)
    reviews.require(session, actor, draft)
    plans.supersede(session, article_id, PlannedAction.PUBLISH, now=now)
    draft.base_id = article.live_version_id
    _number(session, article, draft, significance=significance, note=note, now=now)
    reviews.published(session, actor, draft, now=now)
    _record(
        session,
        actor,
        "article.publish",
        article_id,
        now,
        version=draft.number,
        significance=significance,
    )
    return draft


def publish_new(
    session: Session,
    actor: Actor,
    published_at: Mapping[int, dt.datetime],
    *,
    note: str = "",
    now: dt.datetime,
) -> None:
    """Publish the first version of articles just made, in a few statements for thousands.

    `published_at` says since when readers have that text, here or in the system it comes from. Each
    keeps its address. The journal gets no line for each: the caller says once what it did. Raises
    Conflict("review_required") when nobody may publish what nobody else has read.
    """
    people.authorize(session, actor, "article.publish")
    if not published_at:
        return
    if actor.id is not None and reviews.is_required():
        raise Conflict("review_required", min(published_at))
    since = {each: min(at, now) for each, at in published_at.items()}
    periods = session.execute(
        insert(Period).returning(Period.article_id, Period.id),
        [{"article_id": each, "number": 1, "opened_at": at} for each, at in since.items()],
    ).all()
    period_of = dict(periods)
    session.connection().execute(
        update(Version)
        .where(Version.article_id == bindparam("of"), Version.number.is_(None))
        .values(
            number=1,
            significance=Significance.MAJOR,
            note=rendering.clean(note).strip()[: articles.NOTE_MAX],
            published_at=bindparam("since"),
            period_id=bindparam("period"),
        ),
        [{"of": each, "since": at, "period": period_of[each]} for each, at in since.items()],
    )
    first = (
        select(Version.id)
        .where(Version.article_id == Article.id, Version.number == 1)
        .correlate(Article)
        .scalar_subquery()
    )
    for some in articles.slices(since):
        session.execute(
            update(Article)
            .where(Article.id.in_(some), Article.live_version_id.is_(None))
            .values(live_version_id=first, updated_at=now),
            execution_options={"synchronize_session": False},
        )
    db.bump(session, content=True)


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
    """Publish a copy of an earlier version as a new one. A draft in progress is left as it is.

    Raises StaleDraft when the live version moved since `seen`, Conflict("unchanged") when the
    earlier version says what is live already, Conflict("review_required").
    """
    people.authorize(session, actor, "article.publish")
    article = articles.locked(session, article_id)
    articles.refuse_stale(session, article, articles.draft_of(session, article_id), seen)
    source = articles.version(session, version_id)
    if source.article_id != article_id or source.number is None:
        raise NotFound("version", version_id)
    articles.refuse_unchanged(session, article, source)
    reviews.require(session, actor, source)
    copy = Version(
        article_id=article_id,
        question=source.question,
        answer=source.answer,
        wordings=list(source.wordings),
        author_id=actor.id,
        author=actor.name,
        created_at=now,
        saved_at=now,
        revision=1,
        base_id=article.live_version_id,
        restored_from_id=source.id,
    )
    _number(session, article, copy, significance=significance, note=note, now=now)
    _record(
        session,
        actor,
        "article.restore",
        article_id,
        now,
        version=copy.number,
        source=source.number,
        significance=significance,
    )
    return copy


def take_back(
    session: Session, actor: Actor, article_id: int, *, version_id: int, now: dt.datetime
) -> Version:
    """« Annuler » a publication made a moment ago: readers get back what they had, or nothing.

    The version stays in the history, with nobody's vote; its text is the draft again, unless it was
    a copy of an earlier one. Raises Conflict("too_late"), Conflict("voted_since"),
    Conflict("moved_since") when anything else happened.
    """
    people.authorize(session, actor, "article.publish")
    article = articles.locked(session, article_id)
    version = articles.version(session, version_id)
    draft = articles.draft_of(session, article_id)
    is_copy = version.restored_from_id is not None
    if article.live_version_id != version_id or (draft is not None and not is_copy):
        raise Conflict("moved_since", version.question)
    if version.published_at is None or now - version.published_at > TAKE_BACK:
        raise Conflict("too_late", version.question)
    if session.scalar(select(Vote.id).where(Vote.version_id == version_id).limit(1)) is not None:
        raise Conflict("voted_since", version.question)
    _point(session, article, version.base_id, now=now)
    if version.base_id is None:
        plans.supersede(session, article_id, PlannedAction.WITHDRAW, now=now)
    if not is_copy:
        articles.begin_again(session, article, version, now=now)
    _record(
        session,
        actor,
        "article.take_back",
        article_id,
        now,
        version=version.number,
        version_id=version_id,
    )
    return version


def withdraw(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> None:
    """Take a published article off every public page and channel. `republish` undoes it."""
    people.authorize(session, actor, "article.withdraw")
    article = articles.locked(session, article_id)
    if article.live_version_id is None:
        raise Conflict("not_published", article_id)
    plans.supersede(session, article_id, PlannedAction.WITHDRAW, now=now)
    _point(session, article, None, now=now)
    _record(session, actor, "article.withdraw", article_id, now)


def withdraw_all(
    session: Session, actor: Actor, article_ids: Iterable[int], *, now: dt.datetime
) -> None:
    """`withdraw` for thousands of published articles that nothing is planned for.

    The journal gets no line for each: the caller says once what it did.
    """
    people.authorize(session, actor, "article.withdraw")
    for some in articles.slices(article_ids):
        session.execute(
            update(Article)
            .where(Article.id.in_(some), Article.live_version_id.is_not(None))
            .values(live_version_id=None, withdrawn_at=now, updated_at=now),
            execution_options={"synchronize_session": False},
        )
        db.bump(session, content=True)


def republish(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> Version:
    """Put the version readers had last back, unchanged: the undo of withdraw.

    Raises Conflict("not_withdrawn"), Conflict("review_required") unless it left a moment ago.
    """
    people.authorize(session, actor, "article.publish")
    article = articles.locked(session, article_id)
    last = articles.standing(session, article_id)
    if article.withdrawn_at is None or last is None:
        raise Conflict("not_withdrawn", article_id)
    if now - article.withdrawn_at > TAKE_BACK:  # taking a slip back needs nobody
        reviews.require(session, actor, last)
    _point(session, article, last.id, now=now)
    _record(session, actor, "article.republish", article_id, now, version=last.number)
    return last


def discard_draft(
    session: Session, actor: Actor, article_id: int, *, seen: Seen, now: dt.datetime
) -> None:
    """Throw the draft away. An article never published goes with it.

    Raises StaleDraft, Conflict("planned") while it waits to be published.
    """
    people.authorize(session, actor, "article.write")
    article = articles.locked(session, article_id)
    draft = articles.draft_of(session, article_id)
    if draft is None:
        raise Conflict("no_draft", article_id)
    articles.refuse_stale(session, article, draft, seen)
    plans.refuse_frozen(session, article_id, draft.question)
    reviews.forget(session, draft)
    session.delete(draft)
    session.flush()
    if articles.latest_number(session, article_id) is None:
        _forget(session, [article_id])
        session.delete(article)
    _record(session, actor, "article.discard_draft", article_id, now)


# The rows of days that refer to a text, and its drafts past which finding them by an index pays: each
# one deleted would read those tables whole.
DAILY: Final = (
    TallyDay.article_id,
    TallyDay.version_id,
    WindowTally.version_id,
    ViewDay.article_id,
    SearchClickDay.article_id,
)
_MANY: Final = 50


def discard_drafts(session: Session, actor: Actor, article_ids: Collection[int]) -> None:
    """`discard_draft` for thousands that nothing is planned for, as they stand in the caller's eyes.

    The journal gets no line for each: the caller says once what it did.
    """
    people.authorize(session, actor, "article.write")
    many = len(article_ids) > _MANY
    with db.found_by(session, *DAILY) if many else contextlib.nullcontext():
        for some in articles.slices(article_ids):
            _discard(session, some)
    if article_ids:
        db.bump(session)


def _discard(session: Session, article_ids: Sequence[int]) -> None:
    drafts = select(Version.id).where(Version.article_id.in_(article_ids), Version.number.is_(None))
    for table in (ReviewNote, Review):
        session.execute(delete(table).where(table.version_id.in_(drafts)))
    session.execute(
        delete(Version).where(Version.article_id.in_(article_ids), Version.number.is_(None))
    )
    left = set(
        session.scalars(select(Version.article_id).where(Version.article_id.in_(article_ids)))
    )
    never = [each for each in article_ids if each not in left]
    _forget(session, never)
    session.execute(delete(Article).where(Article.id.in_(never)))


def _forget(session: Session, article_ids: Sequence[int]) -> None:
    """What hangs on articles never published, which are about to go."""
    for table in (ImportedEntry, ImportEffect, ArticleTag, Plan, Redirect, CounterSnapshot):
        session.execute(delete(table).where(table.article_id.in_(article_ids)))


def _number(
    session: Session,
    article: Article,
    text: Version,
    *,
    significance: Significance,
    note: str,
    now: dt.datetime,
) -> None:
    """Turn a text into the article's next version, in the right measuring period, and make it live."""
    note = rendering.clean(note).strip()
    if len(note) > articles.NOTE_MAX:
        raise Invalid("note", "too_long", articles.NOTE_MAX)
    last = articles.latest_number(session, article.id) or 0
    period = articles.current_period(session, article.id)
    if period is None or significance is Significance.MAJOR:
        significance = Significance.MAJOR
        period = _new_period(session, article.id, now=now)
    if last == 0:
        article.slug = addresses.free(session, text.question, own=article.id)
    text.number, text.published_at, text.period_id = last + 1, now, period.id
    text.significance, text.note = significance, note
    session.add(text)
    session.flush()
    _point(session, article, text.id, now=now)


def _new_period(session: Session, article_id: int, *, now: dt.datetime) -> Period:
    """The article's next measuring period; the newest may be that of a version taken back."""
    newest = session.scalar(select(func.max(Period.number)).where(Period.article_id == article_id))
    period = Period(article_id=article_id, number=(newest or 0) + 1, opened_at=now)
    session.add(period)
    session.flush()
    return period


def _point(session: Session, article: Article, version_id: int | None, *, now: dt.datetime) -> None:
    """Make this version what the public reads (None: nothing, and say since when)."""
    article.live_version_id = version_id
    article.withdrawn_at = now if version_id is None else None
    article.updated_at = now
    db.bump(session, content=True)
    session.flush()


def _record(
    session: Session,
    actor: Actor,
    action: str,
    article_id: int,
    now: dt.datetime,
    **detail: object,
) -> None:
    people.record(session, actor, action, kind="article", object_id=article_id, now=now, **detail)
