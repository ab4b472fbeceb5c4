"""Write a draft, publish it, restore, withdraw, find: the life of an article and its versions.

A draft is the version without number. Every save and publication names what its page had seen
(`Seen`): when something moved since, `StaleDraft` is raised and nothing is written. Readers and
channels are served by one query only, `published`, so that no secondary path can leak a draft.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, aliased

from faq_cms import addresses, db, people, rendering
from faq_cms.errors import Conflict, Invalid, NotFound, StaleDraft
from faq_cms.models import (
    Article,
    Category,
    ImportedEntry,
    Period,
    Redirect,
    Significance,
    Version,
)
from faq_cms.people import Actor

QUESTION_MAX = 300
NOTE_MAX = 500
EXTERNAL: Final = "id:"  # starts the key of an imported entry that has an identifier of its own


@dataclass(frozen=True)
class Seen:
    """What a page showed: the live version's id (None: not published) and the draft's revision.

    Revision 0 means that there was no draft.
    """

    live_id: int | None
    revision: int


@dataclass(frozen=True)
class Text:
    """What a person writes: the whole content of a version."""

    question: str
    answer: str
    wordings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublishedArticle:
    """A published article as every reader and channel receives it.

    `uid` survives a change of address; `answer` is Markdown; instants are aware, in UTC.
    """

    id: int
    uid: str
    slug: str
    question: str
    answer: str
    wordings: tuple[str, ...]
    category: str | None
    category_slug: str | None
    version_id: int
    version: int
    published_at: dt.datetime
    updated_at: dt.datetime
    url: str = ""


# -- writing -------------------------------------------------------------------------------------


def create(
    session: Session,
    actor: Actor,
    *,
    text: Text,
    category_id: int | None = None,
    now: dt.datetime,
) -> Article:
    """A new article holding only a draft. Its address follows its question until published."""
    people.authorize(session, actor, "article.write")
    text = _checked(text)
    article = Article(
        uid=uuid.uuid4().hex,
        slug=addresses.free(session, text.question or "nouvel-article"),
        category_id=category_id,
        created_at=now,
        updated_at=now,
        internal_note="",
        saves=0,
    )
    session.add(article)
    session.flush()
    _add_draft(session, actor, article, text, now=now)
    people.record(session, actor, "article.create", kind="article", object_id=article.id, now=now)
    return article


def save_draft(
    session: Session, actor: Actor, article_id: int, *, text: Text, seen: Seen, now: dt.datetime
) -> Version:
    """Save the draft, starting one from the live text if there is none.

    Raises StaleDraft, with the present texts, when the draft or the live version moved since
    `seen`; Invalid when a text cannot be kept.
    """
    people.authorize(session, actor, "article.write")
    text = _checked(text)
    article = _locked(session, article_id)
    draft = draft_of(session, article_id)
    _refuse_stale(session, article, draft, seen)
    if draft is None:
        return _add_draft(session, actor, article, text, now=now)
    if (draft.question, draft.answer, tuple(draft.wordings)) == (
        text.question,
        text.answer,
        text.wordings,
    ):
        return draft
    draft.question, draft.answer, draft.wordings = text.question, text.answer, list(text.wordings)
    draft.author_id, draft.author = actor.id, actor.name
    draft.saved_at = now
    article.saves += 1
    draft.revision = article.saves
    session.flush()
    return draft


def discard_draft(
    session: Session, actor: Actor, article_id: int, *, seen: Seen, now: dt.datetime
) -> None:
    """Throw the draft away. An article never published goes with it. Raises StaleDraft."""
    people.authorize(session, actor, "article.write")
    article = _locked(session, article_id)
    draft = draft_of(session, article_id)
    if draft is None:
        raise Conflict("no_draft", article_id)
    _refuse_stale(session, article, draft, seen)
    session.delete(draft)
    session.flush()
    if latest_number(session, article_id) is None:
        session.execute(delete(ImportedEntry).where(ImportedEntry.article_id == article_id))
        session.delete(article)
    people.record(
        session, actor, "article.discard_draft", kind="article", object_id=article_id, now=now
    )


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
    first version always opens one. Raises StaleDraft, Conflict("no_draft"), Conflict("unchanged")
    when the draft says what is live already, Invalid when question or answer is empty.
    """
    people.authorize(session, actor, "article.publish")
    article = _locked(session, article_id)
    draft = draft_of(session, article_id)
    _refuse_stale(session, article, draft, seen)
    if draft is None:
        raise Conflict("no_draft", article_id)
    for field in ("question", "answer"):
        if not getattr(draft, field).strip():
            raise Invalid(field, "empty")
    live = version(session, article.live_version_id) if article.live_version_id else None
    if live and _content(live) == _content(draft):
        raise Conflict("unchanged", article_id)
    draft.base_id = article.live_version_id
    _number(session, article, draft, significance=significance, note=note, now=now)
    people.record(
        session,
        actor,
        "article.publish",
        kind="article",
        object_id=article.id,
        now=now,
        version=draft.number,
        significance=significance,
    )
    return draft


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
    earlier version says what is live already.
    """
    people.authorize(session, actor, "article.publish")
    article = _locked(session, article_id)
    _refuse_stale(session, article, draft_of(session, article_id), seen)
    source = version(session, version_id)
    if source.article_id != article_id or source.number is None:
        raise NotFound("version", version_id)
    live = version(session, article.live_version_id) if article.live_version_id else None
    if live and _content(live) == _content(source):
        raise Conflict("unchanged", article_id)
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
    people.record(
        session,
        actor,
        "article.restore",
        kind="article",
        object_id=article_id,
        now=now,
        version=copy.number,
        source=source.number,
        significance=significance,
    )
    return copy


def withdraw(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> None:
    """Take a published article off every public page and channel. `republish` undoes it."""
    people.authorize(session, actor, "article.withdraw")
    article = _locked(session, article_id)
    if article.live_version_id is None:
        raise Conflict("not_published", article_id)
    article.live_version_id, article.withdrawn_at = None, now
    db.bump(session, content=True)
    people.record(session, actor, "article.withdraw", kind="article", object_id=article_id, now=now)


def republish(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> Version:
    """Put the last published version of a withdrawn article back, unchanged: the undo of withdraw."""
    people.authorize(session, actor, "article.publish")
    article = _locked(session, article_id)
    number = latest_number(session, article_id)
    if article.withdrawn_at is None or number is None:
        raise Conflict("not_withdrawn", article_id)
    last = session.scalars(
        select(Version).where(Version.article_id == article_id, Version.number == number)
    ).one()
    article.live_version_id, article.withdrawn_at = last.id, None
    article.updated_at = now
    db.bump(session, content=True)
    people.record(
        session,
        actor,
        "article.republish",
        kind="article",
        object_id=article_id,
        now=now,
        version=number,
    )
    return last


def _checked(text: Text) -> Text:
    """The text as it will be kept: one spelling, one line per question. Raises Invalid."""
    question = _one_line(text.question, "question")
    answer = rendering.clean(text.answer, field="answer").strip("\n")
    wordings = tuple(line for each in text.wordings if (line := _one_line(each, "wordings")))
    if len(question) > QUESTION_MAX:
        raise Invalid("question", "too_long", QUESTION_MAX)
    if len(answer.encode()) > rendering.MAX_BYTES:
        raise Invalid("answer", "too_long", rendering.MAX_BYTES)
    return Text(question, answer, wordings)


def _one_line(text: str, field: str) -> str:
    return " ".join(rendering.clean(text, field=field).split("\n")).strip()


def _content(text: Version) -> tuple[str, str, tuple[str, ...]]:
    return text.question, text.answer, tuple(text.wordings)


def _locked(session: Session, article_id: int) -> Article:
    """The article, its row held until the transaction ends. Raises NotFound."""
    article = session.scalar(
        select(Article)
        .where(Article.id == article_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if article is None:
        raise NotFound("article", article_id)
    return article


def _refuse_stale(session: Session, article: Article, draft: Version | None, seen: Seen) -> None:
    present = Seen(article.live_version_id, draft.revision if draft else 0)
    if present == seen:
        return
    standing = draft or (
        version(session, article.live_version_id) if article.live_version_id else None
    )
    raise StaleDraft(
        article.id,
        current_live_id=present.live_id,
        current_revision=present.revision,
        current_question=standing.question if standing else "",
        current_answer=standing.answer if standing else "",
        changed_by=standing.author if standing else "",
    )


def _add_draft(
    session: Session, actor: Actor, article: Article, text: Text, *, now: dt.datetime
) -> Version:
    article.saves += 1
    draft = Version(
        article_id=article.id,
        question=text.question,
        answer=text.answer,
        wordings=list(text.wordings),
        author_id=actor.id,
        author=actor.name,
        created_at=now,
        saved_at=now,
        revision=article.saves,
        base_id=article.live_version_id,
    )
    session.add(draft)
    session.flush()
    return draft


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
    if len(note) > NOTE_MAX:
        raise Invalid("note", "too_long", NOTE_MAX)
    last = latest_number(session, article.id) or 0
    period = current_period(session, article.id)
    if period is None or significance is Significance.MAJOR:
        significance = Significance.MAJOR
        period = Period(
            article_id=article.id, number=(period.number if period else 0) + 1, opened_at=now
        )
        session.add(period)
        session.flush()
    if last == 0:
        article.slug = addresses.free(session, text.question, own=article.id)
    text.number, text.published_at, text.period_id = last + 1, now, period.id
    text.significance, text.note = significance, note
    session.add(text)
    session.flush()
    article.live_version_id, article.withdrawn_at = text.id, None
    article.updated_at = now
    db.bump(session, content=True)
    session.flush()


# -- finding -------------------------------------------------------------------------------------


def article(session: Session, article_id: int) -> Article:
    """The article with this id. Raises NotFound."""
    found = session.get(Article, article_id)
    if found is None:
        raise NotFound("article", article_id)
    return found


def version(session: Session, version_id: int | None) -> Version:
    """The version with this id. Raises NotFound."""
    found = session.get(Version, version_id) if version_id is not None else None
    if found is None:
        raise NotFound("version", version_id)
    return found


def draft_of(session: Session, article_id: int) -> Version | None:
    """The article's draft, if it has one, as it stands now."""
    return session.scalar(
        select(Version)
        .where(Version.article_id == article_id, Version.number.is_(None))
        .execution_options(populate_existing=True)
    )


def seen(session: Session, article_id: int) -> Seen:
    """What a page that shows this article now has seen."""
    draft = draft_of(session, article_id)
    return Seen(article(session, article_id).live_version_id, draft.revision if draft else 0)


def history(session: Session, article_id: int) -> list[Version]:
    """The published versions, newest first."""
    return list(
        session.scalars(
            select(Version)
            .where(Version.article_id == article_id, Version.number.is_not(None))
            .order_by(Version.number.desc())
        )
    )


def numbered(session: Session, article_id: int, number: int) -> Version:
    """The published version of this number. Raises NotFound."""
    found = session.scalar(
        select(Version).where(Version.article_id == article_id, Version.number == number)
    )
    if found is None:
        raise NotFound("version", number)
    return found


def latest_number(session: Session, article_id: int) -> int | None:
    """Number of the last published version; None when there is none."""
    return session.scalar(select(func.max(Version.number)).where(Version.article_id == article_id))


def current_period(session: Session, article_id: int) -> Period | None:
    """The measuring period that is running; None before the first publication."""
    return session.scalar(
        select(Period)
        .where(Period.article_id == article_id)
        .order_by(Period.number.desc())
        .limit(1)
    )


def library(session: Session) -> pd.DataFrame:
    """Every article, one row each, most recently changed first.

    Columns: article_id, uid, slug, question, category, category_id, objective, state (published ·
    draft · withdrawn), version, published_at, author, draft_revision, draft_saved_at, draft_author,
    changed_at. The question is the live one, else the draft's, else the last published one.
    """
    live, draft, last = aliased(Version), aliased(Version), aliased(Version)
    newest = (
        select(func.max(Version.number))
        .where(Version.article_id == Article.id)
        .correlate(Article)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Article.id.label("article_id"),
            Article.uid,
            Article.slug,
            func.coalesce(live.question, draft.question, last.question).label("question"),
            Category.name.label("category"),
            Article.category_id,
            Category.objective,
            Article.withdrawn_at,
            live.number.label("version"),
            last.published_at,
            last.author,
            draft.revision.label("draft_revision"),
            draft.saved_at.label("draft_saved_at"),
            draft.author.label("draft_author"),
        )
        .outerjoin(live, live.id == Article.live_version_id)
        .outerjoin(draft, (draft.article_id == Article.id) & draft.number.is_(None))
        .outerjoin(last, (last.article_id == Article.id) & (last.number == newest))
        .outerjoin(Category, Category.id == Article.category_id)
    )
    frame = pd.DataFrame(rows.fetchall(), columns=list(rows.keys()))
    frame["state"] = "draft"
    frame.loc[frame["version"].notna(), "state"] = "published"
    frame.loc[frame["withdrawn_at"].notna(), "state"] = "withdrawn"
    for column in ("published_at", "draft_saved_at", "withdrawn_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    frame["changed_at"] = frame[["published_at", "draft_saved_at", "withdrawn_at"]].max(axis=1)
    return frame.sort_values("changed_at", ascending=False, ignore_index=True)


def measurable(session: Session) -> dict[str, int]:
    """The ids of articles published at least once, by every name another system may know them by.

    Names: address, former address, uid, and the identifier in the system they were imported from.
    """
    once = select(Version.article_id).where(Version.number.is_not(None))
    names: dict[str, int] = {}
    for name, owner in (
        (func.substr(ImportedEntry.key, len(EXTERNAL) + 1), ImportedEntry.article_id),
        (Redirect.slug, Redirect.article_id),
        (Article.uid, Article.id),
        (Article.slug, Article.id),
    ):
        query = select(name, owner).where(owner.in_(once))
        if owner is ImportedEntry.article_id:
            query = query.where(ImportedEntry.key.startswith(EXTERNAL))
        names |= dict(session.execute(query).all())
    return names


# -- what the public reads -----------------------------------------------------------------------


def _published() -> Select[Article, Version, Category]:
    """The only query behind every public page, feed, export and search result."""
    return (
        select(Article, Version, Category)
        .join(Version, Version.id == Article.live_version_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .where(Version.number.is_not(None))
        .order_by(Category.position, Category.id, Article.id)
    )


def published(
    session: Session,
    *,
    base_url: str = "",
    ids: Sequence[int] | None = None,
    category: str | None = None,
) -> list[PublishedArticle]:
    """What the public may read, by category then age; only `ids`, or a category's, when given.

    URLs are absolute when `base_url` is.
    """
    query = _published()
    if ids is not None:
        query = query.where(Article.id.in_(ids))
    if category is not None:
        query = query.where(Category.slug == category)
    return [
        _as_published(article, version, category, base_url)
        for article, version, category in session.execute(query)
    ]


def live(session: Session, slug: str, *, base_url: str = "") -> PublishedArticle:
    """The published article at this address. Raises NotFound: drafts and absences look alike."""
    row = session.execute(_published().where(Article.slug == slug)).first()
    if row is None:
        raise NotFound("article", slug)
    return _as_published(*row, base_url)


def moved_to(session: Session, slug: str) -> str | None:
    """The present address of a published article that was once at `slug`."""
    return session.scalar(
        select(Article.slug)
        .join(Redirect, Redirect.article_id == Article.id)
        .where(Redirect.slug == slug, Article.live_version_id.is_not(None))
    )


def is_address(session: Session, slug: str) -> bool:
    """Whether /aide/{slug} shows a published article, or leads to one."""
    here = select(Article.id).where(Article.slug == slug, Article.live_version_id.is_not(None))
    return session.scalar(here) is not None or moved_to(session, slug) is not None


def withdrawn(session: Session, *, since: dt.datetime) -> list[tuple[str, dt.datetime]]:
    """Tombstones: (uid, withdrawn_at) of articles withdrawn after `since`, oldest first."""
    rows = session.execute(
        select(Article.uid, Article.withdrawn_at)
        .where(Article.withdrawn_at > since)
        .order_by(Article.withdrawn_at, Article.id)
    )
    return [(uid, at) for uid, at in rows if at is not None]


def _as_published(
    article: Article, version: Version, category: Category | None, base_url: str
) -> PublishedArticle:
    assert version.number is not None and version.published_at is not None  # noqa: S101, PT018 — CHECK published_is_numbered
    return PublishedArticle(
        id=article.id,
        uid=article.uid,
        slug=article.slug,
        question=version.question,
        answer=version.answer,
        wordings=tuple(version.wordings),
        category=category.name if category else None,
        category_slug=category.slug if category else None,
        version_id=version.id,
        version=version.number,
        published_at=version.published_at,
        updated_at=article.updated_at,
        url=f"{base_url}/aide/{article.slug}",
    )
