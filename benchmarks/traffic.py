"""Requests over a few connections that stay open, from a client that costs as little as possible.

Client and server share the machine: a comfortable client would be measured instead of the server.
"""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, cast

import uvloop

from benchmarks.harness import SLICE

CONNECTIONS: Final = 8
ANSWER_SECONDS: Final = 15  # the longest wait for the last answers


@dataclass(frozen=True)
class Answered:
    """How many requests were answered as expected, in how many seconds."""

    count: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.count / self.seconds


def get(path: str) -> bytes:
    """A GET as a browser's connection would carry it."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post(path: str, body: object, **headers: str) -> bytes:
    """A POST of JSON; `x_forwarded_for=` becomes the header of that name."""
    content = json.dumps(body).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + content


def rate(port: int, requests: Iterable[bytes]) -> float:
    """Requests answered 200 in a second, over one slice of a round. See `sent`."""
    return sent(port, requests, status=200, seconds=SLICE).per_second


def sent(port: int, requests: Iterable[bytes], *, status: int, seconds: float) -> Answered:
    """Send requests to the loopback for `seconds`, or until there are none, and await the answers.

    RuntimeError when any answer has another status, or none comes within ANSWER_SECONDS.
    """
    began = time.perf_counter()
    statuses = uvloop.run(_exchange(port, iter(requests), seconds))
    passed = time.perf_counter() - began
    if set(statuses) != {status}:
        raise RuntimeError(f"expected answers {status} only, got {dict(statuses)}")
    return Answered(statuses[status], passed)


async def _exchange(port: int, requests: Iterator[bytes], seconds: float) -> Counter[int]:
    loop = asyncio.get_running_loop()
    statuses = Counter[int]()
    until = loop.time() + seconds
    waiting = itertools.takewhile(lambda _: loop.time() < until, requests)
    ends = [loop.create_future() for _ in range(CONNECTIONS)]
    for end in ends:
        await loop.create_connection(
            lambda end=end: _Connection(waiting, statuses, end),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    try:
        async with asyncio.timeout(seconds + ANSWER_SECONDS):
            await asyncio.gather(*ends)
    except TimeoutError:
        raise RuntimeError(f"no answer in {ANSWER_SECONDS} s, after {dict(statuses)}") from None
    return statuses


class _Connection(asyncio.Protocol):
    """One request at a time, the next as soon as the answer is whole."""

    def __init__(
        self, waiting: Iterator[bytes], statuses: Counter[int], end: "asyncio.Future[None]"
    ) -> None:
        self._waiting, self._statuses, self._end = waiting, statuses, end
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # TCP gives no other
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if _is_whole(self._received):
            self._statuses[int(self._received[9:12])] += 1
            self._received = b""
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._end.done():
            self._end.set_exception(exc or ConnectionError("the server closed the connection"))

    def _ask(self) -> None:
        request = next(self._waiting, None)
        if request is not None:
            self._transport.write(request)
        elif not self._end.done():
            self._end.set_result(None)
            self._transport.close()


def _is_whole(answer: bytes) -> bool:
    head, blank, body = answer.partition(b"\r\n\r\n")
    _, named, length = head.lower().partition(b"content-length:")
    return bool(blank and named) and len(body) >= int(length.split(b"\r\n", 1)[0])
