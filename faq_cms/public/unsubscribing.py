"""The way out of every mail: the link shows a button, the button (or a mail program) leaves.

Leaving needs no sign-in, only the key in the link of a mail. Opening the link changes nothing (mail
scanners open links); its button does, and so does the one-click POST of mail programs (RFC 8058).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from faq_cms import contacts, db, mail, notices, reports
from faq_cms.errors import NotFound
from faq_cms.models import Cadence
from faq_cms.public import pages


@dataclass(frozen=True)
class Subscription:
    """What somebody receives, as the page names it, and at which address."""

    heading: str
    sentence: str  # ends just before the address
    address: str


def routes() -> list[Route]:
    """One address, whatever the mail was about."""
    way_out = f"{mail.UNSUBSCRIBE}{{key}}"
    return [
        Route(way_out, pages.shown(offer), methods=["GET"]),
        Route(way_out, pages.shown(leave), methods=["POST"]),
    ]


def offer(request: Request) -> Response:
    """What the link of a mail offers; or the word that it is done. Looking changes nothing."""
    key = _key(request)
    with db.reading() as session:
        found = next((held for look in _MAILS if (held := look(session, key))), None)
    return pages.page(request, "unsubscribe.html", subscription=found)


def leave(request: Request) -> Response:
    """Send nothing more. The body is not read: the address says it all."""
    key, now = _key(request), pages.now()
    with db.transaction() as session:
        reports.unsubscribe(session, key, now=now)
        notices.unsubscribe(session, key)
        is_erased = contacts.erase(session, key)
    if is_erased:
        db.current().scrub()
    return pages.page(request, "unsubscribe.html", subscription=None)


def _report(session: Session, key: str) -> Subscription | None:
    found = reports.subscription(session, key)
    if found is None:
        return None
    which = "de la semaine" if found.cadence is Cadence.WEEKLY else "du mois"
    said = f"Plus aucun rapport {which} ne sera envoyé à"
    return Subscription("Ne plus recevoir ce rapport", said, found.address)


def _digest(session: Session, key: str) -> Subscription | None:
    found = notices.subscription(session, key)
    if found is None:
        return None
    said = "Vos nouveautés resteront dans l’application, et plus aucune ne sera envoyée à"
    return Subscription("Ne plus recevoir ces nouveautés", said, found.address)


def _contact(session: Session, key: str) -> Subscription | None:
    found = contacts.subscription(session, key)
    if found is None:
        return None
    said = "Plus rien ne vous sera écrit à propos de votre remarque, et nous effacerons l’adresse"
    return Subscription("Effacer mon adresse", said, found.address)


_MAILS: Final[tuple[Callable[[Session, str], Subscription | None], ...]] = (
    _report,
    _digest,
    _contact,
)


def _key(request: Request) -> str:
    key: str = request.path_params["key"]
    if not key.isascii() or "\0" in key:
        raise NotFound("page", key)
    return key
