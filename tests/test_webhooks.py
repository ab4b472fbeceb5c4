"""Other systems are called at least once, signed, at public addresses only; a real server answers."""

import contextlib
import datetime as dt
import hashlib
import hmac
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest
from sqlalchemy import select

from faq_cms import corrections, db, duties, logs, outbox, people, webhooks
from faq_cms import settings as chosen
from faq_cms.errors import Invalid
from faq_cms.models import MailState, NoticeKind, Webhook, WebhookCall, WebhookShape
from faq_cms.settings import SECRET_BYTES, Settings
from tests import content
from tests.content import NOW

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + corrections.QUIET
MINUTE = dt.timedelta(minutes=1)


@dataclass
class Receiver:
    """Another system: what it answers, and what it was told."""

    status: int = 204
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.heard.append((dict(self.headers), body))
            self.send_response(receiver.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/crochet/secret"
    monkeypatch.setattr(
        chosen,
        "_current",
        Settings(secret="s" * SECRET_BYTES, webhook_networks=(ip_network("127.0.0.0/8"),)),
    )
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


def added(url: str, shape: WebhookShape = WebhookShape.JSON, *kinds: NoticeKind) -> str:
    with db.transaction() as session:
        return webhooks.add(
            session,
            people.SYSTEM,
            url=url,
            shape=shape,
            kinds=kinds or (NoticeKind.CONFIRMED,),
            now=NOW,
        )


def proven() -> None:
    content.received(content.published("Payer «\u202fA & B\u202f»\u202f?").id, 1, 19)
    duties.tell(LATER)


def calls() -> list[WebhookCall]:
    with db.reading() as session:
        return list(session.scalars(select(WebhookCall).order_by(WebhookCall.id)))


def test_a_notice_arrives_signed_and_once_it_is_taken_no_more(receiver: Receiver) -> None:
    secret = added(receiver.url)
    proven()
    assert [webhooks.deliver(LATER), webhooks.deliver(LATER + MINUTE)] == [1, 0]
    ((headers, body),) = receiver.heard
    signed = f"{headers['X-FAQ-Timestamp']}.".encode() + body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-FAQ-Signature"] == f"v1={expected}"
    assert int(headers["X-FAQ-Timestamp"]) == int(LATER.timestamp())
    said = json.loads(body)
    assert (said["kind"], str(said["id"])) == ("confirmed", headers["X-FAQ-Id"])
    assert "Problème avéré\u00a0: «\u202fPayer «\u202fA & B" in said["text"]
    assert said["url"].endswith(f"/gestion/article?article={said['article']}")


@pytest.mark.parametrize("shape", [WebhookShape.SLACK, WebhookShape.TEAMS])
def test_a_chat_is_spoken_to_in_its_own_shape(receiver: Receiver, shape: WebhookShape) -> None:
    added(receiver.url, shape)
    proven()
    webhooks.deliver(LATER)
    said = json.loads(receiver.heard[0][1])
    if shape is WebhookShape.SLACK:
        assert "A &amp; B" in said["text"]
    else:
        (block,) = said["attachments"][0]["content"]["body"]
        assert "A & B" in block["text"]


def test_a_kind_nobody_asked_for_is_not_posted(receiver: Receiver) -> None:
    added(receiver.url, WebhookShape.JSON, NoticeKind.MISSED)
    proven()
    assert calls() == []


@pytest.mark.parametrize("status", [301, 404, 429, 500])
def test_what_is_not_taken_is_tried_again_less_and_less_often_under_one_id(
    receiver: Receiver, status: int
) -> None:
    added(receiver.url)
    proven()
    receiver.status, at = status, LATER
    for wait in outbox.WAITS:
        assert webhooks.deliver(at) == 0
        assert calls()[0].due_at - at == wait
        assert webhooks.deliver(at + wait - MINUTE / 2) == 0
        at += wait
    webhooks.deliver(at)
    (call,) = calls()
    assert (call.state, call.answer) == (MailState.REFUSED, str(status))
    assert len({headers["X-FAQ-Id"] for headers, _ in receiver.heard}) == 1
    assert len(receiver.heard) == len(outbox.WAITS) + 1


def test_a_system_that_says_it_is_gone_is_called_no_more(receiver: Receiver) -> None:
    added(receiver.url)
    proven()
    receiver.status = 410
    webhooks.deliver(LATER)
    assert calls()[0].state is MailState.REFUSED


def test_several_servers_at_once_make_each_call_once(receiver: Receiver) -> None:
    for _ in range(6):
        added(receiver.url)
    proven()
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: webhooks.deliver(LATER), range(4))) == 6
    assert len(receiver.heard) == 6


def test_a_call_left_by_a_dead_process_is_made_again(receiver: Receiver) -> None:
    added(receiver.url)
    proven()
    assert outbox.claim(WebhookCall, webhooks._ready(LATER, []), LATER) is not None
    assert webhooks.deliver(LATER + outbox.ABANDONED) == 0
    assert webhooks.deliver(LATER + outbox.ABANDONED + MINUTE) == 1


def test_a_system_removed_is_told_nothing_more_not_even_what_waits(receiver: Receiver) -> None:
    added(receiver.url)
    proven()
    with db.transaction() as session:
        (webhook,) = webhooks.listed(session)
        webhooks.remove(session, people.SYSTEM, webhook.id, now=LATER)
    assert webhooks.deliver(LATER) == 0
    assert receiver.heard == []


def test_a_trial_arrives_and_is_forgotten_in_time(receiver: Receiver) -> None:
    added(receiver.url)
    with db.transaction() as session:
        (webhook,) = webhooks.listed(session)
        webhooks.try_out(session, people.SYSTEM, webhook.id, now=NOW)
    assert webhooks.deliver(NOW) == 1
    assert json.loads(receiver.heard[0][1])["kind"] == "trial"
    with db.transaction() as session:
        webhooks.forget(session, before=NOW + MINUTE)
    assert calls() == []


def test_the_database_alone_holds_no_secret(receiver: Receiver) -> None:
    secret = added(receiver.url)
    with db.reading() as session:
        row = session.scalars(select(Webhook)).one()
    assert secret not in str(vars(row))
    assert webhooks.host(row) in receiver.url
    assert "crochet" not in webhooks.host(row)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://example.org/",
        "https://example.org:22/",
        "https://user:pass@example.org/",
        "https://example.org/#x",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://0.0.0.0/",
        "https://[fe80::1]/",
        "https://[fec0::1]/",
        "https://[64:ff9b:1::7f00:1]/",
        "https://[::7f00:1]/",
        "https://224.0.0.1/",
        "https://100.64.0.1/",
        "https://exa\nmple.org/",
        "https://exemplé.org/",
        f"https://example.org/{'a' * 500}",
    ],
)
def test_an_address_that_must_not_be_called_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        webhooks.checked(url)


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f.1"])
def test_a_name_that_leads_inside_is_refused_when_it_is_called(
    receiver: Receiver, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chosen, "_current", replace(chosen.current(), webhook_networks=()))
    added(f"https://{name}/")
    proven()
    assert webhooks.deliver(LATER) == 0
    assert calls()[0].answer == "private"


def test_a_network_named_in_the_settings_opens_that_one_only(receiver: Receiver) -> None:
    assert webhooks.checked(receiver.url) == receiver.url
    for url in ("http://10.0.0.1/", "http://192.0.2.1/", "https://10.0.0.1/"):
        with pytest.raises(Invalid):
            webhooks.checked(url)


def test_what_nobody_serves_is_put_off(receiver: Receiver) -> None:
    from tests import servers

    added(f"http://127.0.0.1:{servers.free_port()}/")
    proven()
    assert webhooks.deliver(LATER) == 0
    assert (calls()[0].state, calls()[0].answer) == (MailState.WAITING, "unreachable")


def test_a_system_that_answers_a_letter_at_a_time_does_not_hold_the_clock(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "LONGEST", 0.4)
    is_over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def mumble() -> None:
            other, _ = server.accept()
            with other, contextlib.suppress(OSError):
                for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 100:
                    if is_over.wait(0.1):
                        return
                    other.send(bytes([letter]))

        answering = threading.Thread(target=mumble, daemon=True)
        answering.start()
        added(f"http://127.0.0.1:{server.getsockname()[1]}/")
        proven()
        before = time.monotonic()
        assert webhooks.deliver(LATER) == 0
        assert time.monotonic() - before < 5
        is_over.set()
        answering.join()
    assert (calls()[0].state, calls()[0].answer) == (MailState.WAITING, "unreachable")


def test_no_log_holds_the_address_that_is_called(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure("debug")
        added(receiver.url)
        proven()
        receiver.status = 500
        webhooks.deliver(LATER)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    said = capsys.readouterr().err
    assert "webhook" in said
    assert "crochet" not in said
