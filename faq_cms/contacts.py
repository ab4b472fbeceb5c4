"""Telling a reader that their remark was answered: an address left with it, one message, then nothing.

The address is kept in a table of its own, shown on no screen, in no export and in no archive, and
erased with the remark, by the link of the message, or `KEPT` after the remark was settled. When a
version answers the remark, a message is prepared from what changed since the text that was read;
somebody decides whether it leaves. It leaves once, and not before the publication can no longer be
taken back.
"""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from faq_cms import db, french, mail, people, publishing, rendering, settings
from faq_cms.errors import Conflict, Invalid
from faq_cms.mail import Letter
from faq_cms.models import Article, Contact, Remark, RemarkState, Version, Vote
from faq_cms.people import Actor

KEPT: Final = dt.timedelta(days=30)  # after the remark was settled, whatever its outcome


@dataclass(frozen=True)
class Message:
    """What the author of a remark would be told, as it stands now."""

    remark_id: int
    reference: str
    article_id: int
    question: str
    version: int
    published_at: dt.datetime
    text: str


# -- left by a reader ----------------------------------------------------------------------------


def is_offered() -> bool:
    """Whether an address is asked for: only where a message could leave."""
    return mail.is_configured()


def checked(address: str) -> str:
    """An address as it is kept. Raises Invalid("contact", "not_an_address")."""
    try:
        return mail.address(address)
    except Invalid as error:
        raise Invalid("contact", error.reason) from error


def leave(session: Session, remark_id: int, address: str, *, now: dt.datetime) -> bool:
    """Keep where the author of a remark is; whether it was kept (not where no mail leaves).

    A second address replaces the first, until a message has left. Raises Invalid on the address.
    """
    address = checked(address)
    if not is_offered():
        return False
    session.execute(
        db.insert(session, Contact)
        .values(remark_id=remark_id, address=address, key=secrets.token_urlsafe(32), left_at=now)
        .on_conflict_do_update(
            index_elements=["remark_id"],
            set_={"address": address},
            where=Contact.sent_at.is_(None),
        )
    )
    db.bump(session)
    return True


def is_left() -> ColumnElement[bool]:
    """Whether the remark of a query came with an address: all that screens may say of it."""
    return exists().where(Contact.remark_id == Remark.id)


# -- told once -----------------------------------------------------------------------------------


def waiting(session: Session, *, article_id: int | None = None) -> list[Message]:
    """The messages nobody has decided about, of answered remarks; the oldest publication first."""
    read, answer = aliased(Version), aliased(Version)
    query = (
        select(Contact.key, Remark, read, answer, Article.slug)
        .join(Remark, Remark.id == Contact.remark_id)
        .join(Vote, Vote.id == Remark.vote_id)
        .join(read, read.id == Vote.version_id)
        .join(answer, answer.id == Remark.answered_in_id)
        .join(Article, and_(Article.id == Remark.article_id, Article.live_version_id.is_not(None)))
        .where(
            Remark.state == RemarkState.ANSWERED,
            Contact.sent_at.is_(None),
            Contact.declined_at.is_(None),
        )
        .order_by(answer.published_at, Remark.id)
    )
    if article_id is not None:
        query = query.where(Remark.article_id == article_id)
    return [_message(*row) for row in session.execute(query)]


def _message(key: str, remark: Remark, read: Version, answer: Version, slug: str) -> Message:
    assert answer.number is not None and answer.published_at is not None  # noqa: S101, PT018 — CHECK published_is_numbered
    changed = [
        [(piece.kind, piece.text) for piece in rendering.word_diff(before, after)]
        for before, after in (
            (read.question, answer.question),
            (rendering.plain(read.answer), rendering.plain(answer.answer)),
        )
        if before != after
    ]
    text = french.answered(
        remark.reference,
        answer.question,
        changed,
        article_url=settings.current().article_url(slug),
        unsubscribe_url=mail.way_out(key),
        days=KEPT.days,
    )
    return Message(
        remark.id,
        remark.reference,
        remark.article_id,
        answer.question,
        answer.number,
        answer.published_at,
        text,
    )


def send(session: Session, actor: Actor, remark_id: int, *, now: dt.datetime) -> None:
    """« Envoyer » the message, once. Raises Conflict("no_message") when nothing waits."""
    people.authorize(session, actor, "remark.handle")
    contact, message = _decided(session, remark_id)
    key = f"answer {remark_id} {message.version}"
    letter = Letter(
        key=key,
        recipient=contact.address,
        subject=f"{settings.current().site_name}\u00a0: {french.ANSWERED}",
        text=message.text,
        unsubscribe_url=mail.way_out(contact.key),
        subscription=contact.key,
    )
    until_taken_back = message.published_at + publishing.TAKE_BACK
    mail.post(session, letter, now=now, not_before=until_taken_back)
    contact.sent_at = now
    db.bump(session)
    people.record(session, actor, "contact.send", kind="remark", object_id=remark_id, now=now)


def decline(session: Session, actor: Actor, remark_id: int, *, now: dt.datetime) -> None:
    """« Ne pas envoyer ». Raises Conflict("no_message")."""
    people.authorize(session, actor, "remark.handle")
    contact, _ = _decided(session, remark_id)
    contact.declined_at = now
    db.bump(session)
    people.record(session, actor, "contact.decline", kind="remark", object_id=remark_id, now=now)


def reconsider(session: Session, actor: Actor, remark_id: int, *, now: dt.datetime) -> None:
    """Take a decision back. Raises Conflict("message_left") once it can no longer be."""
    people.authorize(session, actor, "remark.handle")
    if not _reopened(session, remark_id):
        raise Conflict("message_left", remark_id)
    people.record(session, actor, "contact.reconsider", kind="remark", object_id=remark_id, now=now)


def unanswered(session: Session, remark_id: int) -> None:
    """The remark is no longer answered: what was to tell so is taken back, if it has not left."""
    _reopened(session, remark_id)


def _reopened(session: Session, remark_id: int) -> bool:
    contact = session.get(Contact, remark_id, populate_existing=True, with_for_update=True)
    if contact is None or (contact.sent_at and not mail.withdraw(session, contact.key)):
        return False
    contact.sent_at = contact.declined_at = None
    session.flush()
    db.bump(session)
    return True


def _decided(session: Session, remark_id: int) -> tuple[Contact, Message]:
    """The contact, held until the transaction ends, and its message: two clicks decide once."""
    contact = session.get(Contact, remark_id, populate_existing=True, with_for_update=True)
    message = next((each for each in waiting(session) if each.remark_id == remark_id), None)
    if contact is None or message is None:
        raise Conflict("no_message", remark_id)
    return contact, message


# -- erased --------------------------------------------------------------------------------------


def subscription(session: Session, key: str) -> Contact | None:
    """Whose link holds this key; None once it was erased."""
    return session.scalar(select(Contact).where(Contact.key == key))


def erase(session: Session, key: str) -> bool:
    """The reader erases their address by the link of the message; whether there was one.

    The door scrubs the files afterwards (`Database.scrub`).
    """
    return _erase(session, Contact.key == key)


def forget(session: Session, remark_id: int) -> None:
    """The remark is erased, and where its author is with it."""
    _erase(session, Contact.remark_id == remark_id)


def expire(session: Session, *, now: dt.datetime) -> None:
    """Erase the addresses whose remark was settled `KEPT` ago, or whose text is gone."""
    over = select(Remark.id).where(
        or_(Remark.handled_at < now - KEPT, Remark.erased_at.is_not(None))
    )
    _erase(session, Contact.remark_id.in_(over))


def _erase(session: Session, which: ColumnElement[bool]) -> bool:
    keys = session.scalars(
        delete(Contact)
        .where(which)
        .returning(Contact.key)
        .execution_options(synchronize_session=False)
    ).all()
    for key in keys:
        mail.erase(session, key)
    if keys:
        session.expire_all()
        db.bump(session)
    return bool(keys)
