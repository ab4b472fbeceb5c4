"""HTTP to one help desk: never another host, never faster than it asks, never for ever.

What was refused for being too much (429) is asked again when the other side says; what may have been
cut on the way is asked again only where asking twice does no harm. Credentials are in the headers and
nowhere else: no error, no log holds them.
"""

import base64
import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx2

from faq_cms.errors import DeskRefused

PATIENCE: Final = 30.0  # seconds without an answer
TRIES: Final = 5
LONGEST_WAIT: Final = (
    120  # seconds between two tries; a help desk that asks for more is left for later
)
LONGEST_ANSWER: Final = 20 * 10**6  # bytes: a page of a hundred long articles is a tenth of that
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_BUSY: Final = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)

Pause = Callable[[float], None]


class Line:
    """Calls to one base address, as one user."""

    def __init__(
        self, base_url: str, *, user: str, password: str, pause: Pause = time.sleep
    ) -> None:
        """Raises DeskRefused("insecure") for an address that is neither https nor this machine."""
        parts = urlsplit(base_url)
        self.host = parts.netloc
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise DeskRefused("insecure", self.host)
        secret = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._pause = pause
        self._client = httpx2.Client(
            base_url=base_url.rstrip("/"),
            headers={"Authorization": f"Basic {secret}", "Accept": "application/json"},
            timeout=PATIENCE,
            follow_redirects=False,  # another host would be handed our credentials
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON at this path; None when there is nothing (404). Raises DeskRefused."""
        return self._ask("GET", path, params=query, is_harmless_twice=True)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Write over what is there. Raises DeskRefused, ("gone") when nothing is."""
        answer = self._ask("PUT", path, json=body, is_harmless_twice=True)
        if answer is None:
            raise DeskRefused("gone", self.host, path)
        return answer

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Add something, once. Raises DeskRefused, ("gone") when the place is not there."""
        answer = self._ask("POST", path, json=body, is_harmless_twice=False)
        if answer is None:
            raise DeskRefused("gone", self.host, path)
        return answer

    def _ask(self, method: str, path: str, *, is_harmless_twice: bool, **sent: Any) -> Any:
        for turn in range(TRIES):
            is_last = turn == TRIES - 1
            try:
                answer = self._client.request(method, path, **sent)
            except httpx2.TransportError as error:
                never_left = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
                if is_last or not (never_left or is_harmless_twice):
                    raise DeskRefused("unreachable", self.host) from error
                self._pause(2**turn)
                continue
            wait = _wait(answer, turn, is_harmless_twice=is_harmless_twice)
            if wait is None:
                return self._read(answer)
            if is_last or wait > LONGEST_WAIT:
                raise DeskRefused("too_many", self.host)
            self._pause(wait)
        raise AssertionError("the last try returns or raises")

    def _read(self, answer: httpx2.Response) -> Any:
        status = answer.status_code
        if status == HTTPStatus.NOT_FOUND:
            return None
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise DeskRefused("unauthorized", self.host, status)
        if answer.is_redirect:
            raise DeskRefused("redirected", self.host, urlsplit(answer.headers["location"]).netloc)
        if not answer.is_success:
            raise DeskRefused("answered", self.host, status)
        if len(answer.content) > LONGEST_ANSWER:
            raise DeskRefused("unreadable", self.host)
        try:
            return answer.json()
        except ValueError as error:
            raise DeskRefused("unreadable", self.host) from error


def _wait(answer: httpx2.Response, turn: int, *, is_harmless_twice: bool) -> float | None:
    """Seconds before asking again; None when the answer is one."""
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        asked = _asked(answer)
        return 2.0**turn if asked is None else asked
    if answer.status_code in _BUSY and is_harmless_twice:
        return 2.0**turn
    return None


# Digits enough for a month; what is longer is no number of seconds anybody means.
_SECONDS: Final = re.compile(r"[0-9]{1,7}", re.ASCII)


def _asked(answer: httpx2.Response) -> float | None:
    """Seconds the other side asks for; None when it asks for none, for the past, or for nonsense.

    It may name an instant: as far from now as its own clock, which is in the answer, says.
    """
    wanted = answer.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(wanted):
        return float(wanted)
    try:
        until = parsedate_to_datetime(wanted)
        seconds = (until - parsedate_to_datetime(answer.headers.get("date", ""))).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if seconds > 0 else None
