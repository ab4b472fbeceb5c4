"""Requests over a few connections that stay open, from a client that costs as little as possible.

Client and server share the machine: a comfortable client would be measured instead of the server.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, cast

import uvloop

CONNECTIONS: Final = 8


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


def per_second(port: int, requests: Sequence[bytes], *, status: int) -> float:
    """Requests answered per second on the loopback. RuntimeError when any answer differs."""
    began = time.perf_counter()
    statuses = uvloop.run(_exchange(port, requests))
    seconds = time.perf_counter() - began
    if statuses != Counter({status: len(requests)}):
        raise RuntimeError(f"expected {len(requests)} answers {status}, got {dict(statuses)}")
    return len(requests) / seconds


async def _exchange(port: int, requests: Sequence[bytes]) -> Counter[int]:
    loop = asyncio.get_running_loop()
    waiting, statuses = iter(requests), Counter[int]()
    ends = [loop.create_future() for _ in range(CONNECTIONS)]
    for end in ends:
        await loop.create_connection(
            lambda end=end: _Connection(waiting, statuses, end),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    await asyncio.gather(*ends)
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
