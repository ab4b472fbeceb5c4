"""Write a draft, find an article and its versions, serve what is published.

A draft is the version without number. Every save names what its page had seen (`Seen`): when
something moved since, `StaleDraft` is raised and nothing is written. Readers and channels are served
by one query only, `published`, so that no secondary path can leak a draft.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from sqlalchemy import Select, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from faq_cms import addresses, people, plans, rendering
from faq_cms.errors import Conflict, Invalid, NotFound, StaleDraft
from faq_cms.models import (
    Article,
    ArticleTag,
    Category,
    ImportedEntry,
    Period,
    Redirect,
    Role,
    Version,
)
from faq_cms.people import Actor

QUESTION_MAX = 300
NOTE_MAX = 500  # of the note a version is published with
OWN: Final = "faq:"  # before the uid of an article of another installation of this product
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

    `uid` survives a change of address; `answer` is Markdown; instants are aware, in UTC. `tags`, in
    the order of the alphabet, are for channels: no page shows them.
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
    parent: str | None = None  # the category above its own
    parent_slug: str | None = None
    tags: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class Fresh:
    """An article to make: its draft, where it is filed, and what another system knew of it.

    `address` is asked for (None: the words of the question); `created_at` None is now; `uid` is the
    article's own in another installation, kept unless another article has it here.
    """

    text: Text
    category_id: int | None = None
    address: str | None = None
    created_at: dt.datetime | None = None
    uid: str | None = None


def create_all(
    session: Session, actor: Actor, fresh: Sequence[Fresh], *, now: dt.datetime
) -> list[int]:
    """New articles holding only a draft, in a few statements for thousands; their ids, in order.

    The journal gets no line for each: the caller says once what it did.
    """
    people.authorize(session, actor, "article.write")
    if not fresh:
        return []
    texts = [_checked(each.text) for each in fresh]
    slugs = addresses.several(
        session,
        [
            each.address or text.question or "nouvel-article"
            for each, text in zip(fresh, texts, strict=True)
        ],
    )
    uids = _uids(session, [each.uid for each in fresh])
    rows = [
        {
            "uid": uid,
            "slug": slug,
            "category_id": each.category_id,
            "created_at": min(each.created_at or now, now),
            "updated_at": now,
            "internal_note": "",
            "saves": 1,
        }
        for each, uid, slug in zip(fresh, uids, slugs, strict=True)
    ]
    by_uid = dict(session.execute(insert(Article).returning(Article.uid, Article.id), rows).all())
    ids = [by_uid[uid] for uid in uids]
    session.execute(
        insert(Version),
        [_draft_row(actor, each, text, _NEW, now) for each, text in zip(ids, texts, strict=True)],
    )
    return ids


def _uids(session: Session, wanted: Sequence[str | None]) -> list[str]:
    """An identity for each new article: the one it has elsewhere, if nobody has it here."""
    taken: set[str | None] = {None}
    known = [uid for uid in wanted if uid]
    for first in range(0, len(known), _READ):
        some = known[first : first + _READ]
        taken |= set(session.scalars(select(Article.uid).where(Article.uid.in_(some))))
    found: list[str] = []
    for uid in wanted:
        found.append(uuid.uuid4().hex if uid is None or uid in taken else uid)
        taken.add(found[-1])
    return found


def save_drafts(
    session: Session,
    actor: Actor,
    texts: Mapping[int, Text],
    *,
    seen: Mapping[int, Seen],
    now: dt.datetime,
) -> dict[int, int]:
    """`save_draft` for thousands: the revision of each article's draft, once saved.

    Nothing is written unless all are as they were seen: StaleDraft names the first that moved.
    The journal gets no line for each: the caller says once what it did.
    """
    people.authorize(session, actor, "article.write")
    checked = {article_id: _checked(text) for article_id, text in texts.items()}
    held = _held(session, checked)
    for article_id in checked:
        if article_id not in held or held[article_id].seen != seen[article_id]:
            article = locked(session, article_id)
            refuse_stale(session, article, draft_of(session, article_id), seen[article_id])
    rows = {
        article_id: _draft_row(actor, article_id, text, held[article_id], now)
        for article_id, text in checked.items()
    }
    if begun := [row for each, row in rows.items() if held[each].draft_id is None]:
        session.execute(insert(Version), begun)
    kept = [
        {"id": held[each].draft_id} | {name: row[name] for name in _SAVED}
        for each, row in rows.items()
        if held[each].draft_id is not None
    ]
    if kept:
        session.execute(update(Version), kept)
    for some in slices(checked):
        session.execute(
            update(Article).where(Article.id.in_(some)).values(saves=Article.saves + 1),
            execution_options={"synchronize_session": False},
        )
    return {article_id: row["revision"] for article_id, row in rows.items()}


# What a save changes of a draft that is there.
_SAVED: Final = ("question", "answer", "wordings", "author_id", "author", "saved_at", "revision")
_READ: Final = 5_000  # articles a query names at once: databases take so many values, not more


@dataclass(frozen=True)
class _Held:
    """Where an article stands, its row held."""

    seen: Seen
    saves: int
    draft_id: int | None


def _held(session: Session, article_ids: Iterable[int]) -> dict[int, _Held]:
    """These articles as they stand, held until the transaction ends, always in the same order."""
    found: dict[int, _Held] = {}
    for some in slices(article_ids):
        rows = session.execute(
            select(Article.id, Article.live_version_id, Article.saves)
            .where(Article.id.in_(some))
            .order_by(Article.id)
            .with_for_update()
        ).all()
        query = select(Version.article_id, Version.id, Version.revision)
        drafts = {
            article_id: (draft_id, revision)
            for article_id, draft_id, revision in session.execute(
                query.where(Version.article_id.in_(some), Version.number.is_(None))
            )
        }
        for article_id, live_id, saves in rows:
            draft_id, revision = drafts.get(article_id, (None, 0))
            found[article_id] = _Held(Seen(live_id, revision), saves, draft_id)
    return found


def slices(article_ids: Iterable[int]) -> Iterator[list[int]]:
    """These articles, in order, as many at a time as a query may name."""
    ids = sorted(article_ids)
    return (ids[first : first + _READ] for first in range(0, len(ids), _READ))


_NEW: Final = _Held(Seen(None, 0), 0, None)


def _draft_row(
    actor: Actor, article_id: int, text: Text, held: _Held, now: dt.datetime
) -> dict[str, Any]:
    """The draft as a row to insert, its revision one more than the article's saves."""
    return {
        "article_id": article_id,
        "question": text.question,
        "answer": text.answer,
        "wordings": list(text.wordings),
        "note": "",
        "author_id": actor.id,
        "author": actor.name,
        "created_at": now,
        "saved_at": now,
        "revision": held.saves + 1,
        "base_id": held.seen.live_id,
    }


def save_draft(
    session: Session, actor: Actor, article_id: int, *, text: Text, seen: Seen, now: dt.datetime
) -> Version:
    """Save the draft, starting one from the live text if there is none.

    Raises StaleDraft, with the present texts, when the draft or the live version moved since
    `seen`; Invalid when a text cannot be kept.
    """
    people.authorize(session, actor, "article.write")
    text = _checked(text)
    article = locked(session, article_id)
    draft = draft_of(session, article_id)
    refuse_stale(session, article, draft, seen)
    if draft is None:
        _note_hand(session, actor, article_id, now=now)
        return _add_draft(session, actor, article, text, now=now)
    if text_of(draft) == text:
        return draft
    plans.refuse_frozen(session, article_id, draft.question)
    if draft.author_id != actor.id:
        _note_hand(session, actor, article_id, now=now)
    draft.question, draft.answer, draft.wordings = text.question, text.answer, list(text.wordings)
    draft.author_id, draft.author = actor.id, actor.name
    draft.saved_at = now
    article.saves += 1
    draft.revision = article.saves
    session.flush()
    return draft


def begin_again(
    session: Session, article: Article, source: Version, *, now: dt.datetime
) -> Version:
    """Make a published text the draft once more; it stays its authors’ work."""
    draft = _add_draft(
        session,
        Actor(source.author_id, source.author, Role.EDITOR),
        article,
        text_of(source),
        now=now,
    )
    draft.created_at = source.created_at  # whose hands are in it: see `hands`
    session.flush()
    return draft


def ready(session: Session, article: Article, seen: Seen) -> Version:
    """The draft as it was seen, if it could be published as it stands.

    Raises StaleDraft, Conflict("no_draft"), Conflict("unchanged") when it says what is live already,
    Invalid when question or answer is empty.
    """
    draft = draft_of(session, article.id)
    refuse_stale(session, article, draft, seen)
    if draft is None:
        raise Conflict("no_draft", article.id)
    for field in ("question", "answer"):
        if not getattr(draft, field).strip():
            raise Invalid(field, "empty")
    refuse_unchanged(session, article, draft)
    return draft


def refuse_unchanged(session: Session, article: Article, text: Version) -> None:
    """Raise Conflict("unchanged") when publishing this text would change nothing for readers."""
    if article.live_version_id is not None:
        live = version(session, article.live_version_id)
        if text_of(live) == text_of(text):
            raise Conflict("unchanged", article.id)


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


def locked(session: Session, article_id: int) -> Article:
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


def refuse_stale(session: Session, article: Article, draft: Version | None, seen: Seen) -> None:
    """Raise StaleDraft when the article is no longer what a page had seen."""
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


def _note_hand(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> None:
    """Remember that somebody else than before types in this draft: see `hands`."""
    people.record(session, actor, "article.draft", kind="article", object_id=article_id, now=now)


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


def text_of(version: Version) -> Text:
    """What a version says."""
    return Text(version.question, version.answer, tuple(version.wordings))


def hands(session: Session, text: Version) -> set[int | None]:
    """The accounts of everybody who typed a part of this text (None: the installation itself)."""
    wrote = ("article.create", "article.draft")
    since, until = text.created_at, text.published_at
    typed = people.doers(
        session, wrote, kind="article", object_id=text.article_id, since=since, until=until
    )
    return typed | {text.author_id}


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


def taken_back(session: Session, article_id: int) -> set[int]:
    """The ids of versions published by mistake and taken back at once: nothing goes on from them."""
    done = people.recorded(session, "article.take_back", about=("article", article_id))
    return {int(detail["version_id"]) for *_, detail in done}


def standing(session: Session, article_id: int) -> Version | None:
    """The version the public reads, else the last it read; None before the first publication."""
    live_id = article(session, article_id).live_version_id
    if live_id is not None:
        return version(session, live_id)
    gone = taken_back(session, article_id)
    return next((each for each in history(session, article_id) if each.id not in gone), None)


def current_period(session: Session, article_id: int) -> Period | None:
    """The measuring period of what the public reads, or read last; None before the first publication.

    Not always the newest: that of a version taken back holds nobody's vote, and stays behind.
    """
    last = standing(session, article_id)
    return session.get(Period, last.period_id) if last else None


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


def once_published(session: Session) -> set[int]:
    """The articles published at least once: those a vote can be about."""
    return set(session.scalars(select(Version.article_id).where(Version.number == 1)))


def measurable(session: Session) -> dict[str, int]:
    """The ids of articles published at least once, by every name another system may know them by.

    Names: address, former address, uid, and the identifier in the system they were imported from,
    with that system's name before it (`zendesk:42`) or, where one system only counts so, without.
    """
    once = select(Version.article_id).where(Version.number.is_not(None))
    names = _bare_identifiers(session, once)
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


def _bare_identifiers(session: Session, once: Select[int]) -> dict[str, int]:
    """`42` for what was imported as `zendesk:42`, unless two systems have a 42."""
    rows = session.execute(
        select(ImportedEntry.key, ImportedEntry.article_id).where(
            ImportedEntry.key.startswith(EXTERNAL), ImportedEntry.article_id.in_(once)
        )
    )
    found: dict[str, set[int]] = {}
    for key, article_id in rows:
        system, _, bare = key.removeprefix(EXTERNAL).partition(":")
        if system and bare:
            found.setdefault(bare, set()).add(article_id)
    return {bare: next(iter(ids)) for bare, ids in found.items() if len(ids) == 1}


# -- what the public reads -----------------------------------------------------------------------


_PARENT: Final = aliased(Category)


def _published() -> Select[Article, Version, Category, Category]:
    """The only query behind every public page, feed, export and search result."""
    return (
        select(Article, Version, Category, _PARENT)
        .join(Version, Version.id == Article.live_version_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .outerjoin(_PARENT, _PARENT.id == Category.parent_id)
        .where(Version.number.is_not(None))
        .order_by(
            # As the tree is read: a category, then those under it; what is filed nowhere comes last.
            func.coalesce(_PARENT.position, Category.position).nulls_last(),
            func.coalesce(_PARENT.id, Category.id),
            Category.parent_id.is_not(None),
            Category.position,
            Category.id,
            Article.id,
        )
    )


def published(
    session: Session,
    *,
    base_url: str = "",
    ids: Sequence[int] | None = None,
    category: str | None = None,
    tag: str | None = None,
    since: dt.datetime | None = None,
) -> list[PublishedArticle]:
    """What the public may read, by category then age; only `ids`, or a category's, when given.

    A category's are those of the categories under it too. `tag` is the key of a tag (folded),
    `since` an instant after which the article changed. URLs are absolute when `base_url` is.
    """
    query = _published()
    if ids is not None:
        query = query.where(Article.id.in_(ids))
    if category is not None:
        query = query.where(or_(Category.slug == category, _PARENT.slug == category))
    if tag is not None:
        query = query.where(
            exists().where(ArticleTag.article_id == Article.id, ArticleTag.key == tag)
        )
    if since is not None:
        query = query.where(Article.updated_at > since)
    tags = _tags_of_published(session, ids)
    return [
        _as_published(article, version, category, parent, base_url, tags.get(article.id, ()))
        for article, version, category, parent in session.execute(query)
    ]


def live(session: Session, slug: str, *, base_url: str = "") -> PublishedArticle:
    """The published article at this address. Raises NotFound: drafts and absences look alike."""
    row = session.execute(_published().where(Article.slug == slug)).first()
    if row is None:
        raise NotFound("article", slug)
    tags = _tags_of_published(session, [row[0].id])
    return _as_published(*row, base_url, tags.get(row[0].id, ()))


def _tags_of_published(session: Session, ids: Sequence[int] | None) -> dict[int, list[str]]:
    """The tags of every published article, or of `ids` alone: one query, whatever their number."""
    query = (
        select(ArticleTag.article_id, ArticleTag.name)
        .join(Article, Article.id == ArticleTag.article_id)
        .where(Article.live_version_id.is_not(None))
        .order_by(ArticleTag.article_id, ArticleTag.key)
    )
    if ids is not None:
        query = query.where(ArticleTag.article_id.in_(ids))
    tags: dict[int, list[str]] = {}
    for article_id, name in session.execute(query):
        tags.setdefault(article_id, []).append(name)
    return tags


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
    article: Article,
    version: Version,
    category: Category | None,
    parent: Category | None,
    base_url: str,
    tags: Sequence[str] = (),
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
        parent=parent.name if parent else None,
        parent_slug=parent.slug if parent else None,
        tags=tuple(tags),
    )
