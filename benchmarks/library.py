"""The library of twenty thousand articles as its screen shows it, beside an empty Streamlit page.

The same Chromium opens both, from two real processes. The empty page holds a title, the same search
box and one line that repeats what is typed: what Streamlit and the browser cost by themselves.
"""

import datetime as dt
import itertools
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
from sqlalchemy.orm import Session

from benchmarks import corpus, harness
from benchmarks.harness import Line
from faq_cms import analytics, articles, db, people
from tests import servers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE: Final = 60  # seconds; a page that takes longer is a failure of the section
_ROW: Final = "[class*=st-key-row_]"
_LIBRARY: Final = f"library, {corpus.ARTICLES:,} articles"
_EMPTY: Final = """
import streamlit as st
st.title("Vide")
st.caption(f"Lu : {st.text_input('Rechercher', key='q', type='search', live=True)}")
"""


def measure(folder: Path) -> list[Line]:
    """Lines of the frames, then of the first paint and of a search, beside those of the empty page."""
    with corpus.library(folder) as path:
        lines, secret, wanted = _frames(), _signed_in(), _wanted()
        with (
            servers.serving(folder / "library", database_url=f"sqlite:///{path}") as served,
            _empty_page(folder) as empty,
            servers.chromium() as chromium,
        ):
            library, bare = _page(chromium, served.url, secret), _page(chromium, empty, "")

            def echoed() -> float:
                _, words = next(wanted)
                return _searched(bare, words, f"text=Lu : {words}")

            runs = harness.interleaved(
                {
                    "library s": lambda: _opened(library, f"{served.url}/gestion/articles", _ROW),
                    "empty page s": lambda: _opened(bare, empty, "h1"),
                    "search s": lambda: _found(library, *next(wanted)),
                    "echo s": echoed,
                }
            )
    opened, empty_opened, found, echo = runs.values()
    return [
        *lines,
        harness.line(f"{_LIBRARY}: first paint", "s", opened),
        harness.line("empty Streamlit page: first paint", "s", empty_opened),
        harness.line("first paint ÷ empty page", "×", harness.ratios(opened, empty_opened)),
        harness.line(f"{_LIBRARY}: search box to rows", "s", found),
        harness.line("empty Streamlit page: search box to echo", "s", echo),
        harness.line("search box ÷ empty page", "×", harness.ratios(found, echo)),
    ]


# -- frames --------------------------------------------------------------------------------------


def _frames() -> list[Line]:
    today = dt.datetime.now(dt.UTC).date()
    frames: dict[str, Callable[[Session], pd.DataFrame]] = {
        "frame of the library": articles.library,
        "frame of usefulness": analytics.usefulness,
        "frame of usefulness, 3 days": lambda session: analytics.usefulness(
            session, since=today - dt.timedelta(days=2)
        ),
    }
    runs = harness.interleaved({f"{name}, ms": _read(frame) for name, frame in frames.items()})
    return [harness.line(f"{_LIBRARY}: {name}", "ms", runs[f"{name}, ms"]) for name in frames]


def _read(frame: Callable[[Session], pd.DataFrame]) -> harness.Measure:
    def run() -> float:
        began = time.perf_counter()
        with db.reading() as session:
            rows = frame(session)
        taken = (time.perf_counter() - began) * 1e3
        if len(rows) != corpus.ARTICLES:
            raise RuntimeError(f"{len(rows)} rows for {corpus.ARTICLES} articles")
        return taken

    return run


# -- the screen ----------------------------------------------------------------------------------


def _signed_in() -> str:
    """The session of a first account."""
    now = dt.datetime.now(dt.UTC)
    with db.transaction() as session:
        link = people.first_link(session, now=now) or ""
        digest = "no password is asked here"
        return people.use_link(session, link, name="Mesure", password_digest=digest, now=now)


def _wanted() -> Iterator[tuple[int, str]]:
    """Articles to look for by all the words of their question, from the middle of the list."""
    with db.reading() as session:
        found = articles.published(
            session, ids=range(corpus.ARTICLES // 2, corpus.ARTICLES // 2 + 200)
        )
    return itertools.cycle([(each.id, each.question.removesuffix("\u202f?")) for each in found])


def _page(chromium: "Browser", url: str, secret: str) -> "Page":
    """A page of its own; signed in when there is a secret."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(PATIENCE * 1e3)
    if secret:
        context.add_cookies([{"name": "faq_session", "value": secret, "url": url}])
    return context.new_page()


def _opened(page: "Page", url: str, sign: str) -> float:
    """Seconds from the address to what the page is there to show."""
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(sign).first.wait_for()
    return time.perf_counter() - began


def _found(page: "Page", article_id: int, words: str) -> float:
    return _searched(page, words, f".st-key-row_{article_id}")


def _searched(page: "Page", words: str, sign: str) -> float:
    """Seconds from the last key to the answer; both pages wait as long for another key."""
    box = page.get_by_role("searchbox", name="Rechercher", exact=True)
    box.wait_for()
    began = time.perf_counter()
    box.fill(words)
    page.locator(sign).first.wait_for()
    return time.perf_counter() - began


@contextmanager
def _empty_page(folder: Path) -> Iterator[str]:
    """The address of a Streamlit page that holds next to nothing, until the block ends."""
    script, port = folder / "empty_page.py", servers.free_port()
    script.write_text(_EMPTY, encoding="utf-8")
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--{name}={value}" for name, value in options.items()]
    with (folder / "empty_page.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/_stcore/health", process)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(servers.STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + servers.START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the empty Streamlit page did not start")
