"""One Streamlit script behind the product's gate, in a process of its own.

For tests of the shell and of the editor that need a real page, and none of the product's screens.
Its one account holds the session token `SESSION`; `/entrer` gives the cookie, as the sign-in page does.
"""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import servers

SESSION = "a-valid-session"

_APP = """
from pathlib import Path
import streamlit as st
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from faq_cms import gate
from faq_cms.settings import Settings

settings = Settings(public_url={url!r})

async def enter(request):
    answer = RedirectResponse(gate.safe_next(request.query_params.get("suite")), 303)
    answer.set_cookie(gate.cookie_name(settings), {session!r}, httponly=True, samesite="lax")
    return answer

app = st.App(
    Path(__file__).with_name("menu.py"),
    routes=[Route("/entrer", enter), Route("/vivant", lambda request: PlainTextResponse("oui"))],
    middleware=gate.layers(
        settings, find_actor=lambda token: token if token == {session!r} else None, screens=["deux"]
    ),
)
"""


@dataclass
class Screen:
    """A served script: where it answers, and how to stop and start it again."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until it answers; raises AssertionError when it never does."""
        with (self.folder / "log").open("ab") as log:
            port = self.url.rpartition(":")[2]
            options = ["--port", port, "--app-dir", str(self.folder), "--no-proxy-headers"]
            self.process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "app:app", *options],
                cwd=servers.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + servers.START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/vivant", timeout=2):  # noqa: S310
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text(encoding="utf-8"))

    def stop(self) -> None:
        """Ask the process to stop, and wait for it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(servers.STOP_SECONDS)
            self.process = None


@contextmanager
def serving(script: str, folder: Path) -> Iterator[Screen]:
    """Serve `script` as the application's entry script until the block ends."""
    url = f"http://127.0.0.1:{servers.free_port()}"
    (folder / "menu.py").write_text(script, encoding="utf-8")
    (folder / "app.py").write_text(_APP.format(url=url, session=SESSION), encoding="utf-8")
    screen = Screen(url, folder)
    try:
        screen.start()
        yield screen
    finally:
        screen.stop()
