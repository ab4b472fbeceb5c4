"""Mails meet a real SMTP server: taken once, tried again when refused, never twice."""

import datetime as dt
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy import select, update

from faq_cms import db, mail, outbox
from faq_cms import settings as chosen
from faq_cms.errors import Invalid
from faq_cms.mail import Letter
from faq_cms.models import MailFailure, MailState, OutgoingMail
from faq_cms.settings import Settings
from tests import post_office, servers
from tests.content import NOW
from tests.post_office import Office, configured

pytestmark = pytest.mark.usefixtures("database")

MINUTE = dt.timedelta(minutes=1)
ADDRESS = "direction@example.org"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with post_office.opened(monkeypatch) as office:
        yield office


def posted(key: str = "one", **more: str) -> bool:
    letter = Letter(
        key, ADDRESS, "Rapport\u00a0: été", "Bonjour «\u202févénement\u202f»\n.\n..fin\n"
    )
    with db.transaction() as session:
        return mail.post(session, replace(letter, **more), now=NOW)


def stored() -> OutgoingMail:
    with db.reading() as session:
        return session.scalars(select(OutgoingMail)).one()


def test_a_mail_arrives_once_word_for_word_with_its_way_out(office: Office) -> None:
    way_out = "https://aide.example.org/desabonnement/x"
    posted(html="<p>Bonjour</p>", unsubscribe_url=way_out)
    assert [mail.deliver(NOW), mail.deliver(NOW)] == [1, 0]
    (message,) = office.taken
    assert message["To"] == ADDRESS
    assert message["From"] == "Aide à la facturation <aide@example.org>"
    assert message["Subject"] == "Rapport\u00a0: été"
    assert message["List-Unsubscribe"] == f"<{way_out}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.iter_parts()
    assert text.get_content().splitlines() == ["Bonjour «\u202févénement\u202f»", ".", "..fin"]
    assert html.get_content().strip() == "<p>Bonjour</p>"
    assert stored().state is MailState.SENT


def test_one_occasion_is_one_mail(office: Office) -> None:
    assert [posted(), posted(), posted("two")] == [True, False, True]
    assert mail.deliver(NOW) == 2


def test_several_servers_at_once_send_each_mail_once(office: Office) -> None:
    for number in range(12):
        posted(str(number))
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: mail.deliver(NOW), range(4))) == 12
    assert len({message["Message-ID"] for message in office.taken}) == len(office.taken) == 12


def test_without_a_server_in_the_settings_nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "_current", Settings())
    posted()
    assert mail.deliver(NOW) == 0
    assert stored().state is MailState.WAITING


@pytest.mark.parametrize(
    ("step", "answer", "state", "failure"),
    [
        ("RCPT", "550 5.1.1 inconnu", MailState.REFUSED, MailFailure.RECIPIENT),
        ("RCPT", "451 plus tard", MailState.WAITING, MailFailure.RECIPIENT),
        ("DATA", "554 indésirable", MailState.REFUSED, MailFailure.MESSAGE),
        ("DATA", "452 plein", MailState.WAITING, MailFailure.MESSAGE),
        ("DATA", "hang up", MailState.UNCERTAIN, MailFailure.NO_ANSWER),
    ],
)
def test_what_the_server_says_decides_what_becomes_of_a_mail(
    office: Office, step: str, answer: str, state: MailState, failure: MailFailure
) -> None:
    office.answers[step] = answer
    posted()
    assert mail.deliver(NOW) == 0
    found = stored()
    assert (found.state, found.failure, found.attempts) == (state, failure, 1)
    office.answers.clear()
    taken = mail.deliver(NOW + MINUTE)
    assert (taken, len(office.taken)) == ((1, 1) if state is MailState.WAITING else (0, 0))


def test_what_a_server_says_of_an_address_is_kept_and_logged_without_it(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.answers["RCPT"] = f"550 5.1.1 <{ADDRESS.upper()}> inconnu"
    posted()
    mail.deliver(NOW)
    assert stored().answer == "550 5.1.1 <…> inconnu"
    assert ADDRESS.lower() not in caplog.text.lower()


def test_tries_come_less_and_less_often_and_end(office: Office) -> None:
    office.answers["RCPT"] = "451 plus tard"
    posted()
    at, waits = NOW, []
    while stored().state is MailState.WAITING:
        mail.deliver(at)
        waits.append(stored().due_at - at)
        at = stored().due_at
    assert tuple(waits[:-1]) == outbox.WAITS
    assert stored().state is MailState.REFUSED


def test_a_server_that_is_not_there_holds_nobody_back_for_long(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setattr(chosen, "_current", configured(closed.getsockname()[1]))
        for key in "abc":
            posted(key)
        assert mail.deliver(NOW) == 0
    with db.reading() as session:
        tried = session.scalars(select(OutgoingMail.attempts).order_by(OutgoingMail.id)).all()
    assert list(tried) == [1, 0, 0]
    monkeypatch.setattr(chosen, "_current", configured(office.port))
    assert mail.deliver(NOW + MINUTE) == 3


@pytest.mark.parametrize(
    ("greeting", "state"),
    [(b"", MailState.WAITING), (b"220 a\r\n", MailState.WAITING), (b"data", MailState.UNCERTAIN)],
)
def test_a_silent_server_is_left_and_only_a_text_handed_over_is_doubtful(
    greeting: bytes, state: MailState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "PATIENCE", 0.3)
    monkeypatch.setattr(mail, "PATIENCE_AT_END", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=_mumble, args=(server, greeting), daemon=True)
        answering.start()
        monkeypatch.setattr(chosen, "_current", configured(server.getsockname()[1]))
        posted()
        assert mail.deliver(NOW) == 0
    answering.join()
    assert stored().state is state


def _mumble(server: socket.socket, greeting: bytes) -> None:
    """Speak SMTP until the text, then say nothing; or greet, or not, and say nothing."""
    connection, _ = server.accept()
    with connection, connection.makefile("rwb", buffering=0) as line:
        line.write(b"220 a\r\n" if greeting == b"data" else greeting)
        while heard := line.readline():
            if greeting == b"data" and heard[:4] in (
                b"EHLO",
                b"ehlo",
                b"MAIL",
                b"mail",
                b"RCPT",
                b"rcpt",
            ):
                line.write(b"250 OK\r\n")
            elif greeting == b"data" and heard[:4].lower() == b"data":
                line.write(b"354 go\r\n")


def test_a_crash_before_the_text_is_tried_again_and_one_after_it_never(office: Office) -> None:
    posted("before")
    posted("after")
    for key, handed_at in (("before", None), ("after", NOW)):
        with db.transaction() as session:
            session.execute(
                update(OutgoingMail)
                .where(OutgoingMail.key == key)
                .values(state=MailState.SENDING, claim=key, claimed_at=NOW, handed_at=handed_at)
            )
    assert mail.deliver(NOW + outbox.ABANDONED) == 0
    assert mail.deliver(NOW + outbox.ABANDONED + MINUTE) == 1
    with db.reading() as session:
        states = {row.key: row.state for row in session.scalars(select(OutgoingMail))}
    assert states == {"before": MailState.SENT, "after": MailState.UNCERTAIN}


def test_the_text_is_not_given_before_it_is_written_that_it_will_be(office: Office) -> None:
    seen: list[bool] = []
    office.on_text = lambda: seen.append(stored().handed_at is not None)
    posted()
    mail.deliver(NOW)
    assert seen == [True]


def claimed(now: dt.datetime) -> OutgoingMail | None:
    return outbox.claim(OutgoingMail, mail._ready(now), now)


def test_a_mail_taken_over_by_another_server_is_dropped_by_the_first(office: Office) -> None:
    posted()
    mine = claimed(NOW)
    assert mine is not None
    theirs = claimed(NOW + outbox.ABANDONED + MINUTE)
    assert theirs is not None
    with mail._Line() as line:
        assert mail._send(line, mine, NOW) is not None
        assert office.taken == []
        assert mail._send(line, theirs, NOW) is None
    assert len(office.taken) == 1


def test_what_has_not_left_is_taken_back_with_its_subscription(office: Office) -> None:
    posted("one", subscription="key")
    posted("two")
    with db.transaction() as session:
        mail.withdraw(session, "key")
    assert mail.deliver(NOW) == 1


def test_a_password_is_given_to_the_server_and_a_wrong_one_is_a_fault_of_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def check(_s: Any, _n: Any, _e: Any, _m: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == b"p@ss/word"
        return AuthResult(success=good)

    port = servers.free_port()
    controller = Controller(
        Office(),
        hostname="127.0.0.1",
        port=port,
        authenticator=check,
        auth_require_tls=False,  # this machine speaks to itself
    )
    controller.start()
    try:
        url = f"smtp://faq:WORD@127.0.0.1:{port}"
        monkeypatch.setattr(
            chosen, "_current", configured(port, smtp_url=url.replace("WORD", "faux"))
        )
        posted()
        assert mail.deliver(NOW) == 0
        assert (stored().state, stored().failure) == (MailState.WAITING, MailFailure.SIGN_IN)
        assert "faux" not in stored().answer
        right = configured(port, smtp_url=url.replace("WORD", "p%40ss%2Fword"))
        monkeypatch.setattr(chosen, "_current", right)
        assert mail.deliver(NOW + MINUTE) == 1
    finally:
        controller.stop()


def test_nothing_is_said_in_clear_to_a_server_elsewhere(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "_is_loopback", lambda _: False)
    posted()
    assert mail.deliver(NOW) == 0
    assert (stored().state, stored().failure) == (MailState.WAITING, MailFailure.NO_ENCRYPTION)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "mail.example.org", "10.0.0.1"])
def test_only_this_machine_is_spoken_to_in_clear(host: str) -> None:
    assert mail._is_loopback(host) is (host in ("localhost", "127.0.0.1", "::1"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b",
        "a@b@c",
        "a b@c.fr",
        "a@b.fr\nBcc: x@y.fr",
        "é@b.fr",
        "a@-b.fr",
        "<a@b.fr>",
        f"{'a' * 250}@b.fr",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        mail.address(text)


def test_an_address_is_compared_by_its_domain_in_small_letters() -> None:
    assert mail.address(" Jeanne.D+faq@Example.ORG ") == "Jeanne.D+faq@example.org"


def test_a_mail_is_forgotten_a_month_after_its_end(office: Office) -> None:
    posted()
    mail.deliver(NOW)
    for days, left in ((0, 1), (1, 0)):
        with db.transaction() as session:
            mail.forget(session, ended_before=NOW + dt.timedelta(days=days))
        with db.reading() as session:
            assert sum(mail.counts(session).values()) == left


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine that nobody vouches for, and its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        servers.missing("openssl", "it makes the certificate of the mail server")
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-keyout", str(key), "-out", str(made), "-days", "1"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    whole = folder / "whole.pem"
    whole.write_text(key.read_text() + made.read_text())
    return whole


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_mail_leaves_encrypted_to_a_server_whose_certificate_is_known_and_to_no_other(
    scheme: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate)
    ways: dict[str, dict[str, Any]] = {
        "smtp": {"tls_context": theirs, "require_starttls": True},
        "smtps": {"ssl_context": theirs},
    }
    given = list[bytes]()

    def check(_s: Any, _n: Any, _e: Any, _m: str, data: Any) -> AuthResult:
        given.append(data.password)
        return AuthResult(success=True)

    office, port = Office(), servers.free_port()
    # Over a connection that is encrypted from the start, aiosmtpd does not see that it is.
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=port,
        authenticator=check,
        auth_require_tls=scheme == "smtp",
        **ways[scheme],
    )
    monkeypatch.setattr(mail, "_is_loopback", lambda _: False)
    settings = configured(port, smtp_url=f"{scheme}://faq:word@127.0.0.1:{port}")
    monkeypatch.setattr(chosen, "_current", settings)
    posted()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # aiosmtpd tries itself at the start
    controller.start()
    try:
        monkeypatch.delenv("SSL_CERT_FILE")
        assert mail.deliver(NOW) == 0
        assert (stored().state, stored().failure) == (MailState.WAITING, MailFailure.NO_ENCRYPTION)
        assert not given, "no password to somebody unknown"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert mail.deliver(NOW + MINUTE) == 1
        assert given == [b"word"]
        assert len(office.taken) == 1
    finally:
        controller.stop()
