"""Where an article is filed: everything said of it that is not its text."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from faq_cms import addresses, articles, db, people
from faq_cms.errors import Invalid, NotFound
from faq_cms.models import Article, Redirect
from faq_cms.people import Actor


def file_under(
    session: Session, actor: Actor, article_id: int, *, category_id: int | None, now: dt.datetime
) -> None:
    """File an article under another category (or none)."""
    people.authorize(session, actor, "article.write")
    article = _locked(session, article_id)
    if article.category_id == category_id:
        return
    before, article.category_id = article.category_id, category_id
    article.updated_at = now
    db.bump(session, content=True)
    people.record(
        session,
        actor,
        "article.file_under",
        kind="article",
        object_id=article_id,
        now=now,
        before=before,
        after=category_id,
    )


def move(session: Session, actor: Actor, article_id: int, *, slug: str, now: dt.datetime) -> None:
    """Give an article another public address; the old one keeps leading to it."""
    people.authorize(session, actor, "article.write")
    article = _locked(session, article_id)
    slug = addresses.slugify(slug)
    if slug == article.slug:
        return
    taken = session.scalar(select(Article.id).where(Article.slug == slug))
    led = session.get(Redirect, slug)
    if slug in addresses.RESERVED or taken is not None or (led and led.article_id != article_id):
        raise Invalid("slug", "taken", slug)
    if led:
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
