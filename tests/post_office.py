"""A real mail server on this machine, which answers what a test tells it to and keeps what it took."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from faq_cms import settings as chosen
from faq_cms.settings import Settings
from tests import servers


@dataclass
class Office:
    """What the server answers, and what it took."""

    answers: dict[str, str] = field(default_factory=dict)  # to RCPT and DATA, instead of 250
    taken: list[EmailMessage] = field(default_factory=list)
    on_text: Callable[[], None] = lambda: None
    port: int = 0

    async def handle_RCPT(  # noqa: N802 — the name aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 — as above
        self.on_text()
        answer = self.answers.get("DATA", "250 OK")
        if answer == "hang up":
            server.transport.abort()
        elif answer.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content, policy=default))
        return answer


@contextmanager
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A mail server on this machine, and settings that name it."""
    office = Office()
    office.port = servers.free_port()
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    monkeypatch.setattr(chosen, "_current", configured(office.port))
    yield office
    controller.stop()


def configured(port: int, **more: str) -> Settings:
    return replace(
        Settings(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="aide@example.org"),
        **more,  # type: ignore[arg-type]  # the settings named here are all texts
    )
