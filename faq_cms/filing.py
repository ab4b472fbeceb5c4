"""Where an article is filed: everything said of it that is not its text.

Category, tags, owner, review date, internal note: its sheet. One article or thousands are changed by
the same call, which returns what was before, so that a change can be seen first and undone exactly.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from faq_cms import addresses, articles, categories, db, people, rendering, search
from faq_cms.errors import Conflict, Invalid, NotFound
from faq_cms.models import Account, Article, ArticleTag, Category, Redirect
from faq_cms.people import Actor
from faq_cms.words import fold

TAG_MAX = 40
TAGS_MAX = 20  # more would say everything, that is nothing
NOTE_MAX = 2_000


class Keep(Enum):
    """The value of a field nobody asked to change; None means « empty it »."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True)
class Sheet:
    """What is said of an article beside its text. `internal_note` is plain text, never public.

    `tags` are words the article is found by, as typed, in the order of the alphabet.
    """

    category_id: int | None = None
    owner_id: int | None = None
    review_on: dt.date | None = None
    internal_note: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """What to write on a sheet; what is not named stays. `tags` replaces all of them."""

    category_id: int | Keep | None = KEEP
    owner_id: int | Keep | None = KEEP
    review_on: dt.date | Keep | None = KEEP
    internal_note: str | Keep = KEEP
    tags: tuple[str, ...] | Keep = KEEP
    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = ()


# -- reading -------------------------------------------------------------------------------------


def sheet(session: Session, article_id: int) -> Sheet:
    """The sheet of one article. Raises NotFound."""
    return sheets(session, [article_id])[article_id]


def sheets(session: Session, article_ids: Iterable[int]) -> dict[int, Sheet]:
    """The sheets of these articles, by article. Raises NotFound when one does not exist."""
    wanted = sorted(set(article_ids))
    tags: dict[int, list[str]] = {}
    for article_id, name in session.execute(
        select(ArticleTag.article_id, ArticleTag.name)
        .where(ArticleTag.article_id.in_(wanted))
        .order_by(ArticleTag.article_id, ArticleTag.key)
    ):
        tags.setdefault(article_id, []).append(name)
    found = {
        row.id: Sheet(
            row.category_id,
            row.owner_id,
            row.review_on,
            row.internal_note,
            tuple(tags.get(row.id, ())),
        )
        for row in session.execute(
            select(
                Article.id,
                Article.category_id,
                Article.owner_id,
                Article.review_on,
                Article.internal_note,
            ).where(Article.id.in_(wanted))
        )
    }
    if len(found) < len(wanted):
        raise NotFound("article", next(each for each in wanted if each not in found))
    return found


def applied(before: Sheet, change: Change) -> Sheet:
    """The sheet as the change would leave it; nothing is read nor written."""
    tags = before.tags if isinstance(change.tags, Keep) else change.tags
    names = {tag_key(name): name for name in change.tags_added} | {
        tag_key(name): name for name in tags
    }
    for name in change.tags_removed:
        names.pop(tag_key(name), None)
    chosen = {
        field: value
        for field in ("category_id", "owner_id", "review_on", "internal_note")
        if not isinstance(value := getattr(change, field), Keep)
    }
    return replace(before, tags=tuple(names[key] for key in sorted(names)), **chosen)


def tag_key(name: str) -> str:
    """What makes two tags the same: case, accents and spaces aside."""
    return " ".join(fold(name).split())


def known_tags(session: Session) -> list[str]:
    """Every tag in use, the most frequent first, one spelling of each."""
    times = func.count()
    rows = session.execute(
        select(ArticleTag.key, ArticleTag.name, times)
        .group_by(ArticleTag.key, ArticleTag.name)
        .order_by(times.desc(), ArticleTag.key, ArticleTag.name)
    )
    names: dict[str, str] = {}
    for key, name, _ in rows:
        names.setdefault(key, name)
    return list(names.values())


def owners(session: Session) -> list[Account]:
    """The people an article may be given to, by name."""
    return [each for each in people.team(session) if each.disabled_at is None]


# -- changing ------------------------------------------------------------------------------------


def change(
    session: Session, actor: Actor, article_ids: Iterable[int], change: Change, *, now: dt.datetime
) -> dict[int, Sheet]:
    """Write this on the sheets of these articles; the sheets of those it changed, as they were.

    Nothing is written for the others. Raises NotFound, and Invalid when a value cannot be kept.
    """
    people.authorize(session, actor, "article.write")
    wanted = _checked(session, change)
    held = _locked(session, article_ids)
    before = sheets(session, held)
    after = {article_id: applied(each, wanted) for article_id, each in before.items()}
    changed = [article_id for article_id in held if after[article_id] != before[article_id]]
    for article_id in changed:
        if len(after[article_id].tags) > max(TAGS_MAX, len(before[article_id].tags)):
            raise Invalid("tags", "too_many", TAGS_MAX)
    _write(session, actor, {each: (before[each], after[each]) for each in changed}, held, now)
    return {article_id: before[article_id] for article_id in changed}


def tag_new(session: Session, actor: Actor, tags: Mapping[int, Sequence[str]]) -> None:
    """Tag articles just made, in one statement for thousands, with what another system says of them.

    What cannot be a tag here is left out: the longest, and those beyond `TAGS_MAX`.
    """
    people.authorize(session, actor, "article.write")
    spelling = {tag_key(name): name for name in known_tags(session)}
    rows = []
    for article_id, names in tags.items():
        kept: dict[str, str] = {}
        for name in names:
            name = " ".join(rendering.clean(name, field="tag").split())
            key = tag_key(name)
            if key and max(len(name), len(key)) <= TAG_MAX and len(kept) < TAGS_MAX:
                kept.setdefault(key, spelling.setdefault(key, name))
        rows += [{"article_id": article_id, "key": key, "name": kept[key]} for key in kept]
    if rows:
        session.execute(insert(ArticleTag), rows)


def undo(
    session: Session,
    actor: Actor,
    before: Mapping[int, Sheet],
    change: Change,
    *,
    now: dt.datetime,
) -> None:
    """Take back a change: `before` is what `change` returned.

    Raises Conflict("moved_since", question) when a sheet is no longer as the change left it, NotFound
    when its category is gone; nothing is undone then.
    """
    people.authorize(session, actor, "article.write")
    held = _locked(session, before)
    present, left = sheets(session, held), _cleaned(change)
    for article_id in held:
        if _compared(present[article_id]) != _compared(applied(before[article_id], left)):
            raise Conflict("moved_since", _question(session, article_id))
    for category_id in {each.category_id for each in before.values()}:
        if category_id is not None:
            categories.category(session, category_id)
    _write(session, actor, {each: (present[each], before[each]) for each in held}, held, now)


def file_under(
    session: Session, actor: Actor, article_id: int, *, category_id: int | None, now: dt.datetime
) -> None:
    """File an article under another category (or none)."""
    change(session, actor, [article_id], Change(category_id=category_id), now=now)


def move(session: Session, actor: Actor, article_id: int, *, slug: str, now: dt.datetime) -> None:
    """Give an article another public address; the old one keeps leading to it."""
    people.authorize(session, actor, "article.write")
    article = _locked(session, [article_id])[article_id]
    slug = addresses.slugify(slug)
    if slug == article.slug:
        return
    if not addresses.is_free(session, slug, article_id):
        raise Invalid("slug", "taken", slug)
    if led := session.get(Redirect, slug):
        session.delete(led)
    if articles.latest_number(session, article_id) is not None:
        session.add(Redirect(slug=article.slug, article_id=article_id))
    before, article.slug = article.slug, slug
    article.updated_at = now
    db.bump(session, content=True)
    people.record(
        session,
        actor,
        "article.move",
        kind="article",
        object_id=article_id,
        now=now,
        before=before,
        after=slug,
    )


def _checked(session: Session, change: Change) -> Change:
    """The change as it will be kept: names that exist, texts of one spelling. Raises Invalid."""
    if isinstance(change.category_id, int):
        categories.category(session, change.category_id)
    if isinstance(change.owner_id, int):
        owner = session.get(Account, change.owner_id)
        if owner is None or owner.disabled_at is not None:
            raise Invalid("owner", "unknown")
    change = _cleaned(change)
    if isinstance(change.internal_note, str) and len(change.internal_note) > NOTE_MAX:
        raise Invalid("internal_note", "too_long", NOTE_MAX)
    if isinstance(change.tags, tuple):
        change = replace(change, tags=_spelled(session, change.tags))
    return replace(change, tags_added=_spelled(session, change.tags_added))


def _cleaned(change: Change) -> Change:
    if isinstance(change.internal_note, Keep):
        return change
    note = rendering.clean(change.internal_note, field="internal_note").strip()
    return replace(change, internal_note=note)


def _compared(sheet: Sheet) -> Sheet:
    """A sheet whose tags are compared whatever their spelling."""
    return replace(sheet, tags=tuple(sorted(tag_key(name) for name in sheet.tags)))


def _spelled(session: Session, names: Sequence[str]) -> tuple[str, ...]:
    """Tags as they are already written elsewhere, else as typed, each once. Raises Invalid."""
    typed: dict[str, str] = {}
    for name in names:
        name = " ".join(rendering.clean(name, field="tag").split())
        key = tag_key(name)
        if not key or max(len(name), len(key)) > TAG_MAX:
            raise Invalid("tag", "length", (1, TAG_MAX))
        typed.setdefault(key, name)
    known = session.execute(
        select(ArticleTag.key, func.max(ArticleTag.name))
        .where(ArticleTag.key.in_(typed))
        .group_by(ArticleTag.key)
    )
    typed |= dict(known.all())
    return tuple(typed[key] for key in sorted(typed))


def _locked(session: Session, article_ids: Iterable[int]) -> dict[int, Article]:
    """These articles, their rows held until the transaction ends, always in the same order.

    Raises NotFound when one does not exist.
    """
    wanted = sorted(set(article_ids))
    rows = session.scalars(
        select(Article)
        .where(Article.id.in_(wanted))
        .order_by(Article.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {article.id: article for article in rows}
    for article_id in wanted:
        if article_id not in found:
            raise NotFound("article", article_id)
    return found


def _write(
    session: Session,
    actor: Actor,
    moves: Mapping[int, tuple[Sheet, Sheet]],
    held: Mapping[int, Article],
    now: dt.datetime,
) -> None:
    """Write the second sheet of each pair, one line of the journal each."""
    if not moves:
        return
    names = _Names(session)
    is_public = False
    for article_id, (before, after) in moves.items():
        article = held[article_id]
        article.category_id, article.owner_id = after.category_id, after.owner_id
        article.review_on, article.internal_note = after.review_on, after.internal_note
        if before.category_id != after.category_id:
            article.updated_at, is_public = now, True
        if before.tags != after.tags:  # no page shows them, but channels receive them
            article.updated_at, is_public = now, True
            _retag(session, article_id, after.tags)
            search.index(session, article_id)
        people.record(
            session,
            actor,
            "article.file",
            kind="article",
            object_id=article_id,
            now=now,
            fields=names.told(before, after),
        )
    session.flush()
    db.bump(session, content=is_public)


def _retag(session: Session, article_id: int, tags: Sequence[str]) -> None:
    session.execute(delete(ArticleTag).where(ArticleTag.article_id == article_id))
    session.add_all(
        ArticleTag(article_id=article_id, key=tag_key(name), name=name) for name in tags
    )
    session.flush()


class _Names:
    """Sheets told in words, as the journal keeps them: a name may be gone when it is read."""

    def __init__(self, session: Session) -> None:
        self._categories = dict(session.execute(select(Category.id, Category.name)).all())
        self._people = dict(session.execute(select(Account.id, Account.name)).all())

    def told(self, before: Sheet, after: Sheet) -> dict[str, list[str] | None]:
        """What differs: field → [before, after]; the note only says that it changed."""
        first, second = self._words(before), self._words(after)
        told: dict[str, list[str] | None] = {
            field: [first[field], second[field]] for field in first if first[field] != second[field]
        }
        if before.internal_note != after.internal_note:
            told["internal_note"] = None
        return told

    def _words(self, sheet: Sheet) -> dict[str, str]:
        def name(known: Mapping[int, str], key: Any) -> str:
            return known.get(key, "")

        return {
            "category": name(self._categories, sheet.category_id),
            "owner": name(self._people, sheet.owner_id),
            "review_on": sheet.review_on.isoformat() if sheet.review_on else "",
            "tags": ", ".join(sheet.tags),
        }


def _question(session: Session, article_id: int) -> str:
    article = articles.article(session, article_id)
    standing = articles.draft_of(session, article_id) or (
        articles.version(session, article.live_version_id) if article.live_version_id else None
    )
    return standing.question if standing else article.slug
