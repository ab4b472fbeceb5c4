"""What a reader has said about an article, as its page shows it after a vote.

The address of that page carries a signed name of the vote and of the remark just sent, for half an
hour; what is shown is read from the ledger each time, so that a page never thanks for what was not
stored.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from faq_cms import french, settings, votes
from faq_cms.errors import NotFound
from faq_cms.models import Reason
from faq_cms.public import ballot

SECONDS: Final = 30 * 60  # a thank-you kept in the browser's history is a plain article later


@dataclass(frozen=True)
class Said:
    """A vote, its reason, and what answers them; `reference` names the remark just sent, or is ""."""

    token: str
    helpful: bool
    reason: Reason | None
    reference: str
    lines: tuple[str, ...]


def sign(vote_id: int, reference: str = "") -> str:
    """What the address of the page carries."""
    return _serializer().dumps([vote_id, reference])


def read(session: Session, signed: str, article_id: int) -> Said | None:
    """What an address names; None when it is old, forged or about another article."""
    try:
        vote_id, reference = _serializer().loads(signed, max_age=SECONDS)
    except BadData:
        return None
    return of(session, vote_id, article_id, reference=reference)


def of(session: Session, vote_id: int, article_id: int, *, reference: str = "") -> Said | None:
    """What this vote says of this article; None when it is another's, or no more."""
    try:
        vote = votes.vote(session, vote_id)
    except NotFound:
        return None
    if vote.article_id != article_id:
        return None
    lines = french.AFTER_YES if vote.helpful else french.AFTER_NO
    return Said(
        token=ballot.sign(vote_id),
        helpful=vote.helpful,
        reason=vote.reason,
        reference=reference,
        lines=ballot.thanks(vote) if reference else lines,
    )


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        settings.current().secret, salt="avis", signer_kwargs={"digest_method": hashlib.sha256}
    )
