"""One way to vote, whatever the door: the form of a page, its script, the widget, a machine.

A vote is named by a token, signed with the installation's secret. Who votes is what the token
names, else the visitor behind the first-party cookie, else somebody new. The same token or the same
cookie never counts twice in a measuring period. Each function opens its own transaction and
returns, or raises, only once the ledger has spoken.
"""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from faq_cms import articles, caps, contacts, db, french, loop, personal_data, settings, votes
from faq_cms.errors import Invalid, NotFound, PersonalData
from faq_cms.models import Reason, Remark, Version, Vote
from faq_cms.remarks import LENGTH_MAX

COOKIE: Final = "faq_visiteur"
COOKIE_DAYS: Final = 30
_COOKIE_FORM: Final = re.compile(r"[\w-]{22,64}", re.ASCII)
SLUG_FORM: Final = re.compile(
    r"[a-z0-9-]{1,120}"
)  # what `addresses.slugify` gives, and nothing else
_NUMBER_MAX: Final = 2**31 - 1  # what a version's number can be in both databases


class Care(StrEnum):
    """What becomes of a remark that seems to name a person."""

    ASK = "ask"
    """It waits: whoever sends it is told, and sends it again with one of the other two."""
    MASK = "mask"
    """It is kept with dots in place of what names a person."""
    KEEP = "keep"
    """It is kept as it is."""


@dataclass(frozen=True)
class Ballot:
    """What became of a vote.

    `token` names it from now on; `cookie_value`, when there is one, is the cookie to set; `slug` is
    where the article is now; a vote set aside is kept, but out of the figures.
    """

    token: str
    vote_id: int
    slug: str
    helpful: bool
    is_new: bool
    changed: bool
    set_aside: bool
    cookie_value: str | None

    @property
    def lines(self) -> tuple[str, str]:
        """What the reader is told: two lines."""
        return french.AFTER_YES if self.helpful else french.AFTER_NO


@dataclass(frozen=True)
class Reply:
    """What was kept after a vote: the reason it has now and the remark, if one was left.

    `has_contact`: so was where its author wishes to be told.
    """

    vote_id: int
    slug: str
    reason: Reason | None
    remark: Remark | None
    lines: tuple[str, ...]
    has_contact: bool = False


def cast(
    *,
    slug: str,
    helpful: bool,
    number: int | None,
    token: str | None,
    cookie: str | None,
    network: str,
    source: str,
    now: dt.datetime,
) -> Ballot:
    """Count a reader's verdict on version `number` of an article (None: the live one).

    `network` is the caller's address, used for the caps and kept nowhere. Raises NotFound for what
    is not published, TooMany beyond the caps, Invalid on `source`, Unavailable when the database
    cannot take the vote.
    """
    if not SLUG_FORM.fullmatch(slug):
        raise NotFound("article", slug)
    if number is not None and not 1 <= number <= _NUMBER_MAX:
        raise NotFound("version", number)
    cookie = cookie if cookie and _COOKIE_FORM.fullmatch(cookie) else None
    named = vote_of(token) if token else None
    limits = caps.current()
    limits.admit(visitor=_known(named, cookie), network=network, now=now)
    fresh = secrets.token_urlsafe(16)

    def count(session: Session) -> Ballot:
        here = articles.moved_to(session, slug) or slug
        version = votes.target(session, here, number=number)
        visitor, held = _voter(session, version, named, cookie)
        if held is not None:
            set_aside = held.set_aside
        else:
            set_aside = limits.is_out_of_pace(
                network=network, article_id=version.article_id, now=now
            )
        receipt = loop.vote_received(
            session,
            version=version,
            helpful=helpful,
            visitor=visitor or votes.visitor(settings.current().secret, fresh, version.article_id),
            source=source,
            set_aside=set_aside,
            now=now,
        )
        return Ballot(
            token=sign(receipt.vote_id),
            vote_id=receipt.vote_id,
            slug=here,
            helpful=helpful,
            is_new=receipt.is_new,
            changed=receipt.changed,
            set_aside=set_aside,
            cookie_value=fresh if visitor is None else None,
        )

    return db.grouped(count)


def remark(
    *,
    token: str,
    reason: Reason | None,
    text: str,
    care: Care,
    contact: str = "",
    network: str,
    now: dt.datetime,
) -> Reply:
    """Keep the reason of a Non (None: leave it as it is) and what the reader wrote ("": nothing).

    `contact` is where they wish to be told of the correction; it is never looked at for personal
    data, being one. Raises Invalid("contact", …) for what is no address, or comes without remark; NotFound when the token names no vote, Conflict("not_a_no") for a reason after Oui,
    Invalid when the text is too long, TooMany, Unavailable; PersonalData, once the reason is kept,
    for words that wait for their author.
    """
    vote_id = vote_of(token)
    if vote_id is None:
        raise NotFound("vote", token)
    caps.current().admit(visitor=_known(vote_id, None), network=None, now=now)
    if contact := contact.strip():
        contact = contacts.checked(contact)
        if not text.strip():
            raise Invalid("contact", "without_remark")
    held = None
    try:
        text = _with_care(text, care)
    except PersonalData as error:
        held, text = error, ""
    if text.strip():
        caps.current().admit_remark(network=network, now=now)
    with db.transaction() as session:
        vote = votes.vote(session, vote_id)
        slug = articles.article(session, vote.article_id).slug
        if reason is not None:
            loop.reason_given(session, vote_id, reason=reason, now=now)
        left = None
        if text.strip():
            left = loop.remark_left(session, vote_id, text=text, contact=contact, now=now)
        is_kept = bool(contact) and left is not None and contacts.is_offered()
        reply = Reply(vote_id, slug, vote.reason, left, thanks(vote), is_kept)
    if held is not None:
        raise held
    return reply


def _with_care(text: str, care: Care) -> str:
    """The words to keep. Raises PersonalData when their author is to be asked first."""
    if care is Care.KEEP or len(text) > LENGTH_MAX:  # too long is refused for that
        return text
    masked = personal_data.mask(text)
    if care is Care.ASK and masked != text:
        raise PersonalData(personal_data.kinds(text), masked)
    return masked


def thanks(vote: Vote) -> tuple[str, ...]:
    """What answers a remark: a correction is promised only where the text is blamed."""
    about_text = not vote.helpful and not vote.off_text
    return french.AFTER_REMARK_ON_NO if about_text else (french.AFTER_OTHER_REMARK,)


def sign(vote_id: int) -> str:
    """The token that names a vote."""
    return _serializer().dumps(vote_id)


def vote_of(token: str) -> int | None:
    """The vote a token names; None when it was not signed here."""
    try:
        named = _serializer().loads(token)
    except (BadData, UnicodeError):
        return None
    return named if isinstance(named, int) else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(
        settings.current().secret, salt="vote", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _known(named: int | None, cookie: str | None) -> str | None:
    """What a returning reader is counted under; None for a new one."""
    return cookie or (None if named is None else f"vote {named}")


def _voter(
    session: Session, version: Version, named: int | None, cookie: str | None
) -> tuple[str | None, Vote | None]:
    """Who votes, and the vote they already have in this period. (None, None): somebody new.

    A token of an earlier period and a cookie may name two visitors: the one who already voted in
    this period wins, so that neither counts twice.
    """
    known = list(_visitors(session, version.article_id, named, cookie))
    for visitor in known:
        held = session.scalar(
            select(Vote).where(Vote.period_id == version.period_id, Vote.visitor == visitor)
        )
        if held is not None:
            return visitor, held
    return (known[0] if known else None), None


def _visitors(
    session: Session, article_id: int, named: int | None, cookie: str | None
) -> Iterator[str]:
    earlier = session.get(Vote, named) if named is not None else None
    if earlier is not None and earlier.article_id == article_id and earlier.visitor is not None:
        yield earlier.visitor
    elif named is not None:  # a token of another article: the same one is the same reader here too
        yield votes.visitor(settings.current().secret, f"vote {named}", article_id)
    if cookie is not None:
        yield votes.visitor(settings.current().secret, cookie, article_id)
