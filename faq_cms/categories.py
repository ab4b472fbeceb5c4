"""The categories articles are filed under: two levels, an order, and what is expected of each.

A name is taken once in the whole tree, case and accents aside: an export may give it alone. The
address of a category stays when its name changes, and leads further when it is merged.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from faq_cms import addresses, db, people, rendering
from faq_cms.errors import Conflict, Invalid, NotFound
from faq_cms.models import Article, Category, CategoryRedirect
from faq_cms.people import Actor
from faq_cms.words import fold

NAME_MAX = 80


@dataclass(frozen=True)
class Branch:
    """A category of the first level and those under it, in order."""

    category: Category
    children: tuple[Category, ...] = ()


# -- reading -------------------------------------------------------------------------------------


def tree(session: Session) -> list[Branch]:
    """Every category, in the order people chose."""
    found = list(session.scalars(select(Category).order_by(Category.position, Category.id)))
    return [
        Branch(each, tuple(child for child in found if child.parent_id == each.id))
        for each in found
        if each.parent_id is None
    ]


def ordered(session: Session) -> list[Category]:
    """Every category, each followed by those under it."""
    return [each for branch in tree(session) for each in (branch.category, *branch.children)]


def in_use(session: Session) -> list[Category]:
    """The categories that hold something published, in the order people chose."""
    holding = select(Article.category_id).where(Article.live_version_id.is_not(None))
    used = set(session.scalars(holding.distinct()))
    return [each for each in ordered(session) if each.id in used]


def category(session: Session, category_id: int) -> Category:
    """The category with this id. Raises NotFound."""
    found = session.get(Category, category_id)
    if found is None:
        raise NotFound("category", category_id)
    return found


def trail(session: Session, slug: str | None) -> list[Category]:
    """From the first level down to the category at this address; empty when there is none."""
    found = session.scalar(select(Category).where(Category.slug == slug))
    if found is None:
        return []
    return [*([category(session, found.parent_id)] if found.parent_id else []), found]


def moved_to(session: Session, slug: str) -> str | None:
    """The address of the category that took over the one once at `slug`."""
    return session.scalar(
        select(Category.slug)
        .join(CategoryRedirect, CategoryRedirect.category_id == Category.id)
        .where(CategoryRedirect.slug == slug)
    )


def filed(session: Session) -> dict[int, int]:
    """How many articles, drafts included, are filed under each category that has any."""
    rows = session.execute(
        select(Article.category_id, func.count())
        .where(Article.category_id.is_not(None))
        .group_by(Article.category_id)
    )
    return {category_id: count for category_id, count in rows if category_id is not None}


# -- changing ------------------------------------------------------------------------------------


def add(
    session: Session,
    actor: Actor,
    *,
    name: str,
    parent_id: int | None = None,
    now: dt.datetime,
) -> Category:
    """A category of this name at the end of its level.

    The one that stands there already when the name, or the address it makes, is taken.
    """
    people.authorize(session, actor, "article.write")
    name, slug = _checked(name), addresses.slugify(name)
    if found := _named(session, name) or _at(session, slug):
        return found
    if parent_id is not None:
        _refuse_third_level(session, parent_id)
    last = session.scalar(select(func.max(Category.position))) or 0
    made = Category(name=name, slug=slug, position=last + 1, parent_id=parent_id)
    session.add(made)
    session.flush()
    db.bump(session, content=True)
    people.record(
        session, actor, "category.add", kind="category", object_id=made.id, now=now, name=name
    )
    return made


def rename(
    session: Session, actor: Actor, *, category_id: int, name: str, now: dt.datetime
) -> None:
    """Give a category another name; its address stays. Raises Invalid("category", "taken")."""
    people.authorize(session, actor, "category.edit")
    name, changed = _checked(name), category(session, category_id)
    namesake = _named(session, name)
    if namesake is not None and namesake.id != category_id:
        raise Invalid("category", "taken", namesake.name)
    before, changed.name = changed.name, name
    for each in (changed, *_children(session, category_id)):  # theirs say it too
        _touch(session, each.id, now)
    db.bump(session, content=True)
    people.record(
        session,
        actor,
        "category.rename",
        kind="category",
        object_id=category_id,
        now=now,
        before=before,
        after=name,
    )


def place(
    session: Session,
    actor: Actor,
    *,
    category_id: int,
    parent_id: int | None,
    now: dt.datetime,
) -> None:
    """Put a category under another, last, or back on the first level.

    Raises Conflict("third_level") when that would make three levels.
    """
    people.authorize(session, actor, "category.edit")
    placed = category(session, category_id)
    if placed.parent_id == parent_id:
        return
    if parent_id is not None:
        _refuse_third_level(session, parent_id)
        if parent_id == category_id or _children(session, category_id):
            raise Conflict("third_level", placed.name)
    before, placed.parent_id = placed.parent_id, parent_id
    placed.position = (session.scalar(select(func.max(Category.position))) or 0) + 1
    _touch(session, category_id, now)
    db.bump(session, content=True)
    people.record(
        session,
        actor,
        "category.place",
        kind="category",
        object_id=category_id,
        now=now,
        name=placed.name,
        before=category(session, before).name if before else None,
        after=category(session, parent_id).name if parent_id else None,
    )


def shift(session: Session, actor: Actor, *, category_id: int, by: int, now: dt.datetime) -> None:
    """Move a category `by` places among its neighbours (negative: up); the ends are walls."""
    people.authorize(session, actor, "category.edit")
    moved = category(session, category_id)
    level = [each for each in ordered(session) if each.parent_id == moved.parent_id]
    at = level.index(moved)
    to = min(max(at + by, 0), len(level) - 1)
    if to == at:
        return
    level.insert(to, level.pop(at))
    # Neighbours share the places they held together: nobody else moves.
    for each, position in zip(level, sorted(each.position for each in level), strict=True):
        each.position = position
    db.bump(session, content=True)
    people.record(
        session,
        actor,
        "category.shift",
        kind="category",
        object_id=category_id,
        now=now,
        name=moved.name,
    )


def merge(
    session: Session,
    actor: Actor,
    *,
    category_id: int,
    into_id: int,
    objective: float | None,
    now: dt.datetime,
) -> int:
    """Put the articles of a category, and those under it, into another; it goes, its address leads there.

    `objective` is what will be expected of both (None: the default). Returns how many articles moved.
    Raises Conflict("merge_itself").
    """
    people.authorize(session, actor, "category.edit")
    if category_id == into_id:
        raise Conflict("merge_itself")
    gone, kept = category(session, category_id), category(session, into_id)
    _move_children(session, gone, kept, now=now)
    moved = _touch(session, category_id, now)
    session.execute(
        update(Article).where(Article.category_id == category_id).values(category_id=into_id)
    )
    session.execute(
        update(CategoryRedirect)
        .where(CategoryRedirect.category_id == category_id)
        .values(category_id=into_id)
    )
    if kept.objective != objective:
        set_objective(session, actor, category_id=into_id, objective=objective, now=now)
    session.add(CategoryRedirect(slug=gone.slug, category_id=into_id))
    session.delete(gone)
    db.bump(session, content=True)
    people.record(
        session,
        actor,
        "category.merge",
        kind="category",
        object_id=category_id,
        now=now,
        before=gone.name,
        after=kept.name,
        articles=moved,
    )
    session.flush()
    return moved


def remove(session: Session, actor: Actor, *, category_id: int, now: dt.datetime) -> None:
    """Delete a category nothing is filed under. Raises Conflict("category_in_use")."""
    people.authorize(session, actor, "category.edit")
    gone = category(session, category_id)
    if filed(session).get(category_id) or _children(session, category_id):
        raise Conflict("category_in_use", gone.name)
    session.execute(delete(CategoryRedirect).where(CategoryRedirect.category_id == category_id))
    session.delete(gone)
    db.bump(session, content=True)
    people.record(
        session,
        actor,
        "category.remove",
        kind="category",
        object_id=category_id,
        now=now,
        name=gone.name,
    )
    session.flush()


def set_objective(
    session: Session,
    actor: Actor,
    *,
    category_id: int,
    objective: float | None,
    now: dt.datetime,
) -> None:
    """The share of helpful votes expected in a category; None goes back to the default."""
    people.authorize(session, actor, "objective.set")
    if objective is not None and not 0 < objective < 1:
        raise Invalid("objective", "range", (0, 1))
    judged = category(session, category_id)
    before, judged.objective = judged.objective, objective
    db.bump(session)
    people.record(
        session,
        actor,
        "objective.set",
        kind="category",
        object_id=category_id,
        now=now,
        before=before,
        after=objective,
    )


def _checked(name: str) -> str:
    name = " ".join(rendering.clean(name, field="category").split())
    if not 1 <= len(name) <= NAME_MAX:
        raise Invalid("category", "length", (1, NAME_MAX))
    return name


def _named(session: Session, name: str) -> Category | None:
    """The category of this name, case and accents aside."""
    key = fold(name)
    return next(
        (each for each in session.scalars(select(Category)) if fold(each.name) == key), None
    )


def _at(session: Session, slug: str) -> Category | None:
    """The category at this address, or the one it leads to since a merge."""
    slug = moved_to(session, slug) or slug
    return session.scalar(select(Category).where(Category.slug == slug))


def _children(session: Session, category_id: int) -> list[Category]:
    return list(session.scalars(select(Category).where(Category.parent_id == category_id)))


def _refuse_third_level(session: Session, parent_id: int) -> None:
    parent = category(session, parent_id)
    if parent.parent_id is not None:
        raise Conflict("third_level", parent.name)


def _move_children(session: Session, gone: Category, kept: Category, *, now: dt.datetime) -> None:
    """What was under a merged category goes under the other one, or beside it."""
    for child in _children(session, gone.id):
        _touch(session, child.id, now)
        if child.id != kept.id:
            child.parent_id = kept.id if kept.parent_id in (None, gone.id) else kept.parent_id
    if kept.parent_id == gone.id:
        kept.parent_id = None
    session.flush()


def _touch(session: Session, category_id: int, now: dt.datetime) -> int:
    """Say that what the public sees of the articles filed there changed; how many there are."""
    touched = session.execute(
        update(Article)
        .where(Article.category_id == category_id)
        .values(updated_at=now)
        .returning(Article.id)
    )
    return len(touched.all())
