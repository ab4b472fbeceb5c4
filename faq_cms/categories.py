"""The categories articles are filed under, their order, and what is expected of each."""

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from faq_cms import addresses, db, people, rendering
from faq_cms.errors import Invalid, NotFound
from faq_cms.models import Article, Category
from faq_cms.people import Actor


def ordered(session: Session) -> list[Category]:
    """Every category, in the order people chose."""
    return list(session.scalars(select(Category).order_by(Category.position, Category.id)))


def add(session: Session, actor: Actor, *, name: str, now: dt.datetime) -> Category:
    """A category of this name at the end of the list. The existing one when the name is taken."""
    people.authorize(session, actor, "article.write")
    name = " ".join(rendering.clean(name).split())
    if not 1 <= len(name) <= 80:
        raise Invalid("category", "length", (1, 80))
    slug = addresses.slugify(name)
    found = session.scalar(select(Category).where(Category.slug == slug))
    if found:
        return found
    position = (session.scalar(select(func.max(Category.position))) or 0) + 1
    category = Category(name=name, slug=slug, position=position)
    session.add(category)
    session.flush()
    people.record(
        session, actor, "category.add", kind="category", object_id=category.id, now=now, name=name
    )
    return category


def rename(
    session: Session, actor: Actor, *, category_id: int, name: str, now: dt.datetime
) -> None:
    """Give a category another name; its address stays."""
    people.authorize(session, actor, "category.edit")
    name = " ".join(rendering.clean(name).split())
    if not 1 <= len(name) <= 80:
        raise Invalid("category", "length", (1, 80))
    category = _held(session, category_id)
    before, category.name = category.name, name
    session.execute(
        update(Article).where(Article.category_id == category_id).values(updated_at=now)
    )
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
    category = _held(session, category_id)
    before, category.objective = category.objective, objective
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


def _held(session: Session, category_id: int) -> Category:
    category = session.get(Category, category_id)
    if category is None:
        raise NotFound("category", category_id)
    return category
