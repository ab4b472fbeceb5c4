"""Mails that leave: posted with the change they tell of, sent by the clock, never twice.

A mail is a row written in the transaction of what it says, under a key that makes it unique: no
mail without the change, no change without its mail. The clock hands the rows to the SMTP server of
the settings. Several servers may do so at once: each try is claimed in the database first.

What is guaranteed: a mail is handed over at most once. Until its text is given to the server, a
failure or a crash leaves it waiting, and it is tried again, less and less often. `handed_at` is
committed just before the text goes; a crash or a silence between that moment and the server's
answer leaves it *uncertain*: it may have left, so it is shown as such and never sent again.
"""

import contextlib
import datetime as dt
import hashlib
import ipaddress
import logging
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from faq_cms import db, outbox, settings
from faq_cms.errors import Invalid
from faq_cms.models import MailFailure, MailState, OutgoingMail

log = logging.getLogger(__name__)

PATIENCE: Final = 20.0  # seconds for one answer of the server
PATIENCE_AT_END: Final = 120.0  # after the text: servers examine it before they answer
KEPT: Final = dt.timedelta(days=30)  # after its end: time to see what went wrong
ANSWER_MAX: Final = 300
UNSUBSCRIBE: Final = "/desabonnement/"
_PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Letter:
    """A mail to one person.

    `key` names the occasion (« report 12 to recipient 5 »): a second letter of the same key is the
    same letter. `subscription`: what it is sent for, if that can end before it leaves.
    """

    key: str
    recipient: str
    subject: str
    text: str
    html: str = ""
    unsubscribe_url: str = ""
    subscription: str = ""


# -- posting -------------------------------------------------------------------------------------


def is_configured() -> bool:
    """Whether mails can leave this installation. Those posted meanwhile wait."""
    return bool(settings.current().smtp_url)


def address(text: str) -> str:
    """An address of e-mail as it is kept and compared: its domain in small letters.

    Raises Invalid("address", "not_an_address").
    """
    name, _, domain = text.strip().rpartition("@")
    found = f"{name}@{domain.lower()}"
    if not settings.ADDRESS.fullmatch(found):
        raise Invalid("address", "not_an_address")
    return found


def way_out(key: str) -> str:
    """The link by which the holder of this key receives nothing more."""
    return f"{settings.current().public_url}{UNSUBSCRIBE}{key}"


def post(
    session: Session,
    letter: Letter,
    *,
    now: dt.datetime,
    not_before: dt.datetime | None = None,
) -> bool:
    """Write a mail to be sent; False when a letter of this key was already posted."""
    added: int | None = session.scalar(
        db.insert(session, OutgoingMail)
        .values(
            key=letter.key,
            recipient=letter.recipient,
            subject=" ".join(letter.subject.splitlines()),  # a header is one line
            text=letter.text,
            html=letter.html,
            unsubscribe_url=letter.unsubscribe_url,
            subscription=letter.subscription,
            state=MailState.WAITING,
            created_at=now,
            due_at=max(now, not_before or now),
            attempts=0,
            answer="",
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutgoingMail.id)
    )
    return added is not None


def withdraw(session: Session, subscription: str) -> bool:
    """Take back what has not left for somebody who no longer wants it; whether anything was."""
    taken_back = session.scalars(
        delete(OutgoingMail)
        .where(OutgoingMail.subscription == subscription, OutgoingMail.state == MailState.WAITING)
        .returning(OutgoingMail.id)
    ).all()
    return bool(taken_back)


def erase(session: Session, subscription: str) -> None:
    """Drop every trace of what was posted to somebody, but for a mail that is leaving now."""
    session.execute(
        delete(OutgoingMail).where(
            OutgoingMail.subscription == subscription, OutgoingMail.state != MailState.SENDING
        )
    )


def forget(session: Session, *, ended_before: dt.datetime) -> None:
    """Drop the mails that ended before: text, address and all."""
    session.execute(delete(OutgoingMail).where(OutgoingMail.ended_at < ended_before))


def counts(session: Session) -> dict[MailState, int]:
    """How many mails are in each state; states without any are absent."""
    rows = session.execute(select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state))
    return {state: int(count) for state, count in rows}


def troubled(session: Session, *, limit: int = 20) -> list[OutgoingMail]:
    """The mails that met something, newest first: those to be tried again, refused or uncertain."""
    return list(
        session.scalars(
            select(OutgoingMail)
            .where(OutgoingMail.failure.is_not(None), OutgoingMail.state != MailState.SENT)
            .order_by(OutgoingMail.id.desc())
            .limit(limit)
        )
    )


# -- sending -------------------------------------------------------------------------------------


def deliver(now: dt.datetime) -> int:
    """Hand over the mails that are due; returns how many the server took.

    The door of the clock: opens its own transactions, several a mail, none while the server is
    waited for. May be called by any number of processes at once.
    """
    if not is_configured() or not _is_any_due(now):
        return 0
    _give_up_on_the_silent(now)
    taken = 0
    with _Line() as line:
        for _ in range(outbox.PER_TURN):
            mail = outbox.claim(OutgoingMail, _ready(now), now)
            if mail is None:
                break
            met = _send(line, mail, now)
            taken += met is None
            if met is not None and met.failure in _OF_THE_SERVER:
                break  # the others would meet the same: they are left for the next turn
    return taken


@dataclass(frozen=True)
class _Met:
    """What a try met: `is_final` when the server will say the same of this mail every time."""

    failure: MailFailure
    answer: str
    is_final: bool = False


class _Refusal(Exception):
    """The server, or the way to it, refused before the text was given."""

    def __init__(self, met: _Met) -> None:
        super().__init__(met.answer)
        self.met = met


_OF_THE_SERVER: Final = (MailFailure.UNREACHABLE, MailFailure.NO_ENCRYPTION, MailFailure.SIGN_IN)


def _ready(now: dt.datetime) -> ColumnElement[bool]:
    """Mails to be tried: due, or claimed by a process that died before it handed them over."""
    return or_(
        outbox.is_due(OutgoingMail, now),
        and_(outbox.is_abandoned(OutgoingMail, now), OutgoingMail.handed_at.is_(None)),
    )


def _silent(now: dt.datetime) -> ColumnElement[bool]:
    """Mails handed over by a process that never came back with the answer."""
    return and_(
        OutgoingMail.state == MailState.SENDING, OutgoingMail.handed_at < now - outbox.ABANDONED
    )


def _is_any_due(now: dt.datetime) -> bool:
    with db.reading() as session:
        return bool(session.scalar(select(exists().where(or_(_ready(now), _silent(now))))))


def _give_up_on_the_silent(now: dt.datetime) -> None:
    with db.transaction() as session:
        session.execute(
            update(OutgoingMail)
            .where(_silent(now))
            .values(
                state=MailState.UNCERTAIN,
                claim=None,
                ended_at=now,
                failure=MailFailure.NO_ANSWER,
            )
        )


def _send(line: "_Line", mail: OutgoingMail, now: dt.datetime) -> _Met | None:
    """Try one claimed mail and write what came of it; None when the server took it."""
    try:
        line.address(mail.recipient)
        if not _hand_over(mail, now):
            line.hang_up()  # another process took the mail over while the server kept us waiting
            return _Met(MailFailure.NO_ANSWER, "")
        met = line.give(_message(mail))
    except _Refusal as refusal:
        met = refusal.met
    met = met and replace(met, answer=_unnamed(met.answer, mail.recipient))
    if met is None:
        _end(mail, MailState.SENT, now)
        return None
    log.warning("mail %s: %s %s", mail.id, met.failure, met.answer)
    if met.failure is MailFailure.NO_ANSWER:
        _end(mail, MailState.UNCERTAIN, now, met)
    elif met.is_final or mail.attempts > len(outbox.WAITS):
        _end(mail, MailState.REFUSED, now, met)
    else:
        _put_off(mail, now, met)
    return met


def _unnamed(answer: str, recipient: str) -> str:
    """What a server said without whom it was about: it is logged, and outlives the mail."""
    return re.sub(re.escape(recipient), "…", answer, flags=re.IGNORECASE)


def _hand_over(mail: OutgoingMail, now: dt.datetime) -> bool:
    """Commit that the text is about to be given; False when the mail is no longer ours."""
    with db.transaction() as session:
        return (
            session.scalar(
                update(OutgoingMail)
                .where(OutgoingMail.id == mail.id, OutgoingMail.claim == mail.claim)
                .values(handed_at=now)
                .returning(OutgoingMail.id)
            )
            is not None
        )


def _end(mail: OutgoingMail, state: MailState, now: dt.datetime, met: _Met | None = None) -> None:
    _settle(mail, state=state, ended_at=now, met=met)


def _put_off(mail: OutgoingMail, now: dt.datetime, met: _Met) -> None:
    _settle(mail, state=MailState.WAITING, due_at=now + outbox.WAITS[mail.attempts - 1], met=met)


def _settle(mail: OutgoingMail, *, met: _Met | None, **values: object) -> None:
    said = {"failure": met.failure, "answer": met.answer[:ANSWER_MAX]} if met else {"failure": None}
    if values["state"] is MailState.WAITING:
        values["handed_at"] = None  # the server said no: it has not left
    outbox.settle(mail, **values, **said)


# -- the server ----------------------------------------------------------------------------------


class _Line:
    """A connection to the SMTP server, opened at the first mail and kept for the next ones."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self.hang_up()

    def hang_up(self) -> None:
        """Drop the connection: nothing said so far counts."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def address(self, recipient: str) -> None:
        """Everything before the text: connect, sign in, name sender and recipient.

        Raises _Refusal; nothing has left then.
        """
        if self._smtp is None:
            self._smtp = _connected()
        with self._refusing(MailFailure.SENDER):
            self._expect(250, *self._smtp.mail(settings.current().mail_from))
        with self._refusing(MailFailure.RECIPIENT):
            self._expect(250, *self._smtp.rcpt(recipient))
        with self._refusing(MailFailure.MESSAGE):
            self._expect(354, *self._smtp.docmd("DATA"))

    def give(self, content: bytes) -> _Met | None:
        """Give the text; None when the server took it, else what came instead."""
        assert self._smtp is not None  # noqa: S101 — `address` comes first
        lines = content.splitlines()
        stuffed = [b"." + line if line.startswith(b".") else line for line in lines]
        try:
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(PATIENCE_AT_END)
            self._smtp.send(b"\r\n".join([*stuffed, b".", b""]))
            code, said = self._smtp.getreply()
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(PATIENCE)
        except (smtplib.SMTPException, OSError) as error:
            self.hang_up()
            return _Met(MailFailure.NO_ANSWER, _words(error))
        if code == 250:
            return None
        self.hang_up()
        return _Met(MailFailure.MESSAGE, f"{code} {_decoded(said)}", is_final=code >= 500)

    @contextlib.contextmanager
    def _refusing(self, failure: MailFailure) -> Iterator[None]:
        try:
            yield
        except smtplib.SMTPResponseException as error:
            self.hang_up()
            said = f"{error.smtp_code} {_decoded(error.smtp_error)}"
            # Only a recipient is refused for good: whatever else is wrong, somebody can mend.
            is_final = failure is MailFailure.RECIPIENT and error.smtp_code >= 500
            raise _Refusal(_Met(failure, said, is_final)) from error
        except (smtplib.SMTPException, OSError) as error:
            self.hang_up()
            raise _Refusal(_Met(MailFailure.UNREACHABLE, _words(error))) from error

    @staticmethod
    def _expect(wanted: int, code: int, said: bytes) -> None:
        if code != wanted and not (wanted == 250 and code == 251):
            raise smtplib.SMTPResponseException(code, said)


def _connected() -> smtplib.SMTP:
    """A connection, encrypted and signed in as the settings say. Raises _Refusal."""
    server = urlsplit(settings.current().smtp_url)
    host, port = server.hostname or "", server.port or _PORTS[server.scheme]
    failure = MailFailure.UNREACHABLE
    smtp: smtplib.SMTP | None = None
    try:
        # The system's certificates, and those SSL_CERT_FILE names: a company's own, say.
        tls = ssl.create_default_context()
        if server.scheme == "smtps":
            smtp = smtplib.SMTP_SSL(
                host, port, local_hostname=_own_name(), timeout=PATIENCE, context=tls
            )
        else:
            smtp = smtplib.SMTP(host, port, local_hostname=_own_name(), timeout=PATIENCE)
            smtp.ehlo()
            if not _is_loopback(host):  # nobody listens between a machine and itself
                failure = MailFailure.NO_ENCRYPTION
                smtp.starttls(context=tls)
        if server.username:
            failure = MailFailure.SIGN_IN
            smtp.login(unquote(server.username), unquote(server.password or ""))
    except (smtplib.SMTPException, OSError) as error:
        if smtp is not None:
            smtp.close()
        if isinstance(error, ssl.SSLError):
            failure = MailFailure.NO_ENCRYPTION
        raise _Refusal(_Met(failure, _words(error))) from error
    return smtp


def _message(mail: OutgoingMail) -> bytes:
    """The mail as it travels, under the same identity at every try: servers can tell a double."""
    sender = settings.current().mail_from
    message = EmailMessage(policy=SMTP)
    message["From"] = f'"{settings.current().site_name.translate(_NO_QUOTES)}" <{sender}>'
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = mail.created_at
    digest = hashlib.sha256(f"{mail.id} {mail.key}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{digest}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        if mail.unsubscribe_url.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


_NO_QUOTES: Final = str.maketrans("", "", '"\\\r\n')


def _own_name() -> str:
    """How we greet the server: by our public name, without asking the network for one."""
    host = urlsplit(settings.current().public_url).hostname or "localhost"
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return host
    return f"[{number}]" if number.version == 4 else f"[IPv6:{number}]"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    if isinstance(error, TimeoutError):
        return "timeout"
    return str(error) or type(error).__name__


def _decoded(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
