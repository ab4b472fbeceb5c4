"""Who has an article open in the editor, as last heard of: for colleagues' eyes, and short-lived.

A tab says « still here » every `BEAT`, in the database, so that any server knows what the others
heard; whoever was not heard of for `FORGOTTEN` is gone. The ledger never moves: no figure and no
page depends on who is looking.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, delete, func, literal, select
from sqlalchemy.orm import Session

from faq_cms import db, people
from faq_cms.models import Account, Article, Presence
from faq_cms.people import Actor

BEAT: Final = dt.timedelta(seconds=20)
# Browsers let the clock of a hidden tab tick once a minute: it is still there.
FORGOTTEN: Final = dt.timedelta(seconds=75)


@dataclass(frozen=True)
class Colleague:
    """Somebody else who has the article open. `typed_at`: when they last saved there; None: not yet."""

    name: str
    typed_at: dt.datetime | None


def here(
    session: Session, actor: Actor, article_id: int, *, now: dt.datetime, typed: bool = False
) -> None:
    """Say that the actor has the article open now and, with `typed`, that they have just saved.

    Writes one row; nothing for an article that is gone. In the transaction of a save, call it first:
    two tabs of one person then wait for the same row in the same order. Raises Forbidden.
    """
    people.authorize(session, actor, "article.write")
    typed_at = now if typed else None
    present = db.insert(session, Presence).from_select(
        ["article_id", "account_id", "seen_at", "typed_at"],
        select(
            Article.id,
            literal(actor.id, Presence.account_id.type),
            literal(now, Presence.seen_at.type),
            literal(typed_at, Presence.typed_at.type),
        ).where(Article.id == article_id),
    )
    session.execute(
        present.on_conflict_do_update(
            index_elements=["article_id", "account_id"],
            set_={
                "seen_at": present.excluded.seen_at,
                "typed_at": func.coalesce(present.excluded.typed_at, Presence.typed_at),
            },
        )
    )


def leave(session: Session, actor: Actor, article_id: int) -> None:
    """Say that the actor has the article open no more."""
    session.execute(
        delete(Presence).where(Presence.article_id == article_id, Presence.account_id == actor.id)
    )


def forget(session: Session, *, now: dt.datetime) -> None:
    """Erase whoever was not heard of for `FORGOTTEN`."""
    session.execute(delete(Presence).where(Presence.seen_at <= now - FORGOTTEN))


def others(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> list[Colleague]:
    """Who else has the article open, whoever typed last first."""
    rows = session.execute(
        _present(now)
        .where(Presence.article_id == article_id, Presence.account_id != actor.id)
        .order_by(Presence.typed_at.is_(None), Presence.typed_at.desc(), Account.name)
    )
    return [Colleague(name, typed_at) for _, name, typed_at in rows]


def by_article(session: Session, actor: Actor, *, now: dt.datetime) -> dict[int, list[str]]:
    """The names of those who have an article open, the actor's aside, by article."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        _present(now).where(Presence.account_id != actor.id).order_by(Account.name)
    )
    for article_id, name, _ in rows:
        found.setdefault(article_id, []).append(name)
    return found


def _present(now: dt.datetime) -> Select[int, str, dt.datetime | None]:
    return (
        select(Presence.article_id, Account.name, Presence.typed_at)
        .join(Account, Account.id == Presence.account_id)
        .where(Presence.seen_at > now - FORGOTTEN)
    )
