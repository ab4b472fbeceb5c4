"""The log names nobody: what a library says of an address never reaches a line."""

import inspect
import json
import logging
from collections.abc import Iterator

import pytest

from faq_cms import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    "line",
    [
        '%s - "WebSocket %s" [accepted]',
        '%s - "WebSocket %s" 403',
    ],
)
def test_the_address_of_whoever_opens_a_websocket_is_not_logged(
    capsys: pytest.CaptureFixture[str], line: str
) -> None:
    logs.configure("debug")
    logging.getLogger("uvicorn.error").info(
        line, ("203.0.113.7", 50_000), "/gestion/_stcore/stream"
    )
    logging.getLogger("uvicorn.error").info("Application startup complete.")
    (said,) = capsys.readouterr().err.splitlines()
    assert json.loads(said)["message"] == "Application startup complete."


def test_uvicorn_still_writes_its_websocket_lines_the_way_that_is_left_out() -> None:
    from uvicorn.protocols.websockets import websockets_sansio_impl

    source = inspect.getsource(websockets_sansio_impl)
    assert source.count('\'%s - "WebSocket %s"') >= 2
