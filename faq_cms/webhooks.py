"""Notices told to other systems: signed, posted with the notice, called again until they are taken.

A call is a row written in the transaction of its notice, one for each webhook that wants its kind.
It arrives **at least once**: an answer that is lost makes it leave again, under the same id, which
the receiver keeps to recognise it. Headers of a call:

    X-FAQ-Id          the call, the same at every try
    X-FAQ-Timestamp   seconds since 1970, of this try
    X-FAQ-Signature   v1=, then HMAC-SHA-256 in hexadecimal of « timestamp.body » under the secret

Only public addresses are called, over https on its usual port, unless the settings name a private
network. The name is looked up once a try and the address found is the one that is called: a name
that points elsewhere a moment later leads nowhere. No redirect is followed, no answer is read.
"""

import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import logging
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from faq_cms import db, french, notices, outbox, people, settings
from faq_cms.errors import Conflict, Invalid, NotFound
from faq_cms.models import MailState, Notice, NoticeKind, Webhook, WebhookCall, WebhookShape
from faq_cms.people import Actor

log = logging.getLogger(__name__)

WEBHOOKS_MAX: Final = 20
URL_MAX: Final = 500
PATIENCE: Final = 10.0  # seconds for one step of a call
LONGEST: Final = 60.0  # seconds for a whole call, however many steps the other side makes of it
_ANYBODYS: Final = ipaddress.ip_network("2000::/3")  # public IPv6; elsewhere are sites of before
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address hides in its last 32 bits
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """A call did not arrive; the message is a code of `french.CALLS`, or a status."""


# -- which systems -------------------------------------------------------------------------------


def listed(session: Session) -> list[Webhook]:
    """The webhooks in use, oldest first."""
    return list(
        session.scalars(select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id))
    )


def add(
    session: Session,
    actor: Actor,
    *,
    url: str,
    shape: WebhookShape,
    kinds: Sequence[NoticeKind],
    now: dt.datetime,
) -> str:
    """Tell a system of these kinds from now on; returns the secret it checks, shown this once.

    Raises Invalid("url", …), Invalid("kinds", "empty"), Conflict("too_many_webhooks").
    """
    people.authorize(session, actor, "token.manage")
    url = checked(url)
    if not kinds:
        raise Invalid("kinds", "empty")
    if len(listed(session)) >= WEBHOOKS_MAX:
        raise Conflict("too_many_webhooks", WEBHOOKS_MAX)
    row = Webhook(
        url=url,
        shape=shape,
        kinds=[kind.value for kind in kinds],
        salt=secrets.token_urlsafe(32),
        created_at=now,
        created_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    people.record(
        session, actor, "webhook.add", kind="webhook", object_id=row.id, now=now, name=host(row)
    )
    return secret(row)


def remove(session: Session, actor: Actor, webhook_id: int, *, now: dt.datetime) -> None:
    """Tell this system nothing more, not even what waits. Raises NotFound."""
    people.authorize(session, actor, "token.manage")
    row = _webhook(session, webhook_id)
    row.ended_at = now
    session.execute(
        delete(WebhookCall).where(
            WebhookCall.webhook_id == webhook_id, WebhookCall.state == MailState.WAITING
        )
    )
    people.record(
        session, actor, "webhook.remove", kind="webhook", object_id=row.id, now=now, name=host(row)
    )


def try_out(session: Session, actor: Actor, webhook_id: int, *, now: dt.datetime) -> None:
    """Post a trial call. Raises NotFound."""
    people.authorize(session, actor, "token.manage")
    _webhook(session, webhook_id)
    _post(session, webhook_id, None, now)


def host(webhook: Webhook) -> str:
    """What may be shown of its address: the rest is often a secret of the other system."""
    return urlsplit(webhook.url).netloc


def secret(webhook: Webhook) -> str:
    """What signs the calls to this webhook."""
    key = settings.current().secret.encode()
    digest = hmac.new(key, f"webhook {webhook.salt}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def checked(url: str) -> str:
    """An address that may be called, as far as its own words tell. Raises Invalid("url", …)."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid("url", "not_a_url") from error
    if not url.isascii() or not url.isprintable() or len(url) > URL_MAX or not parts.hostname:
        raise Invalid("url", "not_a_url")
    if parts.scheme not in ("https", "http") or parts.username is not None or parts.fragment:
        raise Invalid("url", "not_a_url")
    own_network = bool(settings.current().webhook_networks)
    if not own_network and (parts.scheme != "https" or port not in (None, 443)):
        raise Invalid("url", "not_https")
    try:
        _refuse_private(_literal(parts.hostname), parts.scheme, port)
    except Unreachable as error:
        raise Invalid("url", str(error)) from error
    return url


def last_calls(session: Session) -> dict[int, WebhookCall]:
    """The last call of each webhook, by its id."""
    newest = select(func.max(WebhookCall.id)).group_by(WebhookCall.webhook_id)
    return {
        call.webhook_id: call
        for call in session.scalars(select(WebhookCall).where(WebhookCall.id.in_(newest)))
    }


# -- posting and calling -------------------------------------------------------------------------


def post(session: Session, told: Sequence[Notice], *, now: dt.datetime) -> None:
    """Post these notices to whoever wants their kind, in the transaction that tells them."""
    for webhook in listed(session) if told else ():
        for notice in told:
            if notice.kind in webhook.kinds:
                _post(session, webhook.id, notice.id, now)


def _post(session: Session, webhook_id: int, notice_id: int | None, now: dt.datetime) -> None:
    session.execute(
        db.insert(session, WebhookCall)
        .values(
            webhook_id=webhook_id,
            notice_id=notice_id,
            state=MailState.WAITING,
            created_at=now,
            due_at=now,
            attempts=0,
            answer="",
        )
        .on_conflict_do_nothing(index_elements=["webhook_id", "notice_id"])
    )


def deliver(now: dt.datetime) -> int:
    """Make the calls that are due; returns how many were taken.

    The door of the clock: opens its own transactions, none while another system is waited for. May
    be called by any number of processes at once.
    """
    taken, silent = 0, list[int]()
    with db.reading() as session:
        if not session.scalar(select(exists().where(_ready(now, silent)))):
            return 0
    for _ in range(outbox.PER_TURN):
        call = outbox.claim(WebhookCall, _ready(now, silent), now)
        if call is None:
            break
        if _make(call, now):
            taken += 1
        else:
            silent.append(call.webhook_id)  # its others would meet the same: the next turn
    return taken


def _ready(now: dt.datetime, silent: list[int]) -> ColumnElement[bool]:
    return and_(
        or_(outbox.is_due(WebhookCall, now), outbox.is_abandoned(WebhookCall, now)),
        WebhookCall.webhook_id.not_in(silent),
    )


def _make(call: WebhookCall, now: dt.datetime) -> bool:
    """Try one claimed call and write what came of it; whether it was taken."""
    with db.reading() as session:
        webhook = session.get_one(Webhook, call.webhook_id)
        notice = session.get(Notice, call.notice_id) if call.notice_id else None
    if webhook.ended_at is not None:
        outbox.settle(call, state=MailState.REFUSED, ended_at=now, answer="ended")
        return False
    try:
        _call(webhook, body(webhook, call, notice), call.id, now)
    except Unreachable as error:
        log.warning("webhook %s: %s", webhook.id, error)
        if call.attempts > len(outbox.WAITS) or str(error) == "410":  # 410: gone, and says so
            outbox.settle(call, state=MailState.REFUSED, ended_at=now, answer=str(error))
        else:
            due_at = now + outbox.WAITS[call.attempts - 1]
            outbox.settle(call, state=MailState.WAITING, due_at=due_at, answer=str(error))
        return False
    outbox.settle(call, state=MailState.SENT, ended_at=now, answer="")
    return True


def body(webhook: Webhook, call: WebhookCall, notice: Notice | None) -> bytes:
    """What is said, in the shape the other system reads."""
    text, url = french.TRIAL, f"{settings.current().public_url}/gestion/"
    if notice is not None:
        news = notices.News(notice.id, notice.kind, notice.at, notice.article_id, notice.detail)
        text, url = french.told(notice.kind, notice.detail), notices.address(news)
    said: dict[str, Any]
    if webhook.shape is WebhookShape.SLACK:
        plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        said = {"text": f"{plain}\n{url}"}
    elif webhook.shape is WebhookShape.TEAMS:
        line = {"type": "TextBlock", "text": f"{text}\n\n{url}", "wrap": True}
        card = {"type": "AdaptiveCard", "version": "1.4", "body": [line]}
        kind = "application/vnd.microsoft.card.adaptive"
        said = {"type": "message", "attachments": [{"contentType": kind, "content": card}]}
    else:
        said = {
            "id": call.id,
            "kind": notice.kind.value if notice else "trial",
            "at": (notice.at if notice else call.created_at).isoformat(),
            "text": text,
            "url": url,
            "article": notice.article_id if notice else None,
        }
    return json.dumps(said, ensure_ascii=False).encode()


def signature(key: str, timestamp: int, content: bytes) -> str:
    """What `X-FAQ-Signature` holds; a receiver computes the same and compares."""
    signed = f"{timestamp}.".encode() + content
    return "v1=" + hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def _call(webhook: Webhook, content: bytes, call_id: int, now: dt.datetime) -> None:
    """Raises Unreachable with what was met."""
    timestamp, parts = int(now.timestamp()), urlsplit(webhook.url)
    address = _looked_up(parts.hostname or "", parts.scheme, parts.port)
    pinned = httpx2.URL(webhook.url).copy_with(host=str(address))
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "faq_cms",
        "X-FAQ-Id": str(call_id),
        "X-FAQ-Timestamp": str(timestamp),
        "X-FAQ-Signature": signature(secret(webhook), timestamp, content),
    }
    # The certificate is that of the name, though the address is called.
    names = {"sni_hostname": parts.hostname}
    try:
        with (
            _shut_after(LONGEST) as follow,
            httpx2.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST",
                pinned,
                content=content,
                headers=headers,
                extensions={**names, "trace": follow},
            ) as got,
        ):
            status = got.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Unreachable(
            "timeout" if isinstance(error, httpx2.TimeoutException) else "unreachable"
        ) from error
    if not 200 <= status < 300:
        raise Unreachable(str(status))


@contextlib.contextmanager
def _shut_after(seconds: float) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """What follows the connections of this block, to shut them once it has lasted too long.

    `PATIENCE` begins again at each byte: a letter every nine seconds would hold the clock for days.
    """
    opened: list[socket.socket] = []
    is_over = threading.Event()

    def follow(event: str, told: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            opened.append(told["return_value"].get_extra_info("socket"))
            if is_over.is_set():
                shut()

    def shut() -> None:
        is_over.set()
        for each in opened:
            with contextlib.suppress(OSError):  # closed meanwhile, or in the hands of TLS
                socket.socket.shutdown(each, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield follow
    finally:
        timer.cancel()


def _looked_up(name: str, scheme: str, port: int | None) -> _Address:
    """The address a name leads to now; every one it has must be one that may be called."""
    try:
        found = socket.getaddrinfo(name, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("unknown_host") from error
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    for each in addresses:
        _refuse_private(each, scheme, port)
    return addresses[0]


def _refuse_private(address: _Address | None, scheme: str, port: int | None) -> None:
    if address is None or any(address in net for net in settings.current().webhook_networks):
        return
    plain = _unwrapped(address)
    is_elsewhere = plain.version == 6 and plain not in _ANYBODYS
    if not plain.is_global or plain.is_multicast or plain.is_reserved or is_elsewhere:
        raise Unreachable("private")
    if scheme != "https" or port not in (None, 443):
        raise Unreachable("not_https")


def _unwrapped(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 one carries inside, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def _literal(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _webhook(session: Session, webhook_id: int) -> Webhook:
    row = session.get(Webhook, webhook_id)
    if row is None or row.ended_at is not None:
        raise NotFound("webhook", webhook_id)
    return row


def forget(session: Session, *, before: dt.datetime) -> None:
    """Drop the calls of before, those that lasted longer than a notice is kept included."""
    session.execute(delete(WebhookCall).where(WebhookCall.created_at < before))
    old = select(Notice.id).where(Notice.at < before)
    session.execute(delete(WebhookCall).where(WebhookCall.notice_id.in_(old)))
