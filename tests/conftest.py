"""What every test may ask for: a migrated database on both engines, settings, a server, a browser.

A test that takes `database` runs twice, on SQLite and on PostgreSQL, unless it belongs to a door
without SQL of its own; the last lines of the run say how many tests passed on each engine and with
Chromium.
"""

import datetime as dt
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from sqlalchemy import or_, select

from faq_cms import db, people, votes
from faq_cms import settings as in_use
from faq_cms.models import Role, TallyDay, TallyVersion, Vote
from faq_cms.settings import SECRET_BYTES, Settings
from tests import databases, servers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

# How long one example takes says how busy the machine is, not whether the code is right.
# The run that gates draws the same examples every time: what it refuses is a change, not a chance.
hypothesis.settings.register_profile("faq", deadline=None, derandomize=True)
hypothesis.settings.load_profile("faq")

ENGINES = {"sqlite": pytest.mark.sqlite, "postgresql": pytest.mark.postgres}
# What these doors ask is asked on both engines by the tests of the chapters; theirs run on SQLite,
# but for those that name their engines.
DOORS = ("test_screens_", "test_cli")
MEMORY = Path("/dev/shm")  # noqa: S108 — made by the system, the folders in it are ours alone
ENOUGH = 2 << 30  # bytes: some containers give 64 MiB
FOLDED = (Vote, TallyDay, TallyVersion)
COUNTED = {"sqlite": "SQLite", "postgres": "PostgreSQL", "browser": "Chromium"}


def pytest_configure() -> None:
    """Keep what tests write in memory where there is room: a commit then waits for no disk."""
    chosen = os.environ.get("TMPDIR")  # noqa: TID251 — where the tests write, not the product
    if not chosen and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)  # noqa: TID251 — as above


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> None:
    """Tests choose their settings: a developer's FAQ_ variables must not change what they prove."""
    for name in [name for name in os.environ if name.startswith("FAQ_")]:  # noqa: TID251 — the test process clears what `settings` would read
        del os.environ[name]  # noqa: TID251 — as above


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation under the test's own folder."""
    var = tmp_path / "var"
    var.mkdir()
    return Settings(database_url=f"sqlite:///{var / 'faq.db'}", var=var, secret="s" * SECRET_BYTES)


# ---------------------------------------------------------------- databases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both engines for a test that does not say which, and SQLite alone for the doors."""
    marks = metafunc.definition.iter_markers("parametrize")
    if "engine" in metafunc.fixturenames and all(mark.args[0] != "engine" for mark in marks):
        is_door = metafunc.definition.path.name.startswith(DOORS)
        engines = ["sqlite"] if is_door else [*ENGINES]
        metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Name of the engine the test runs on: `sqlite` or `postgresql`."""
    name: str = request.param
    return name


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database without any table, for tests of the migrations themselves."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: servers.PostgreSQL = request.getfixturevalue("postgresql")
    name = f"test_{uuid.uuid4().hex}"
    yield server.create(name).render_as_string(hide_password=False)
    server.drop(name)


@pytest.fixture
def reused(engine: str, request: pytest.FixtureRequest) -> databases.Reused:
    """The worker's database of this engine, empty but for what its migrations write."""
    found: databases.Reused = request.getfixturevalue(f"reused_{engine}")
    found.renew()
    return found


@pytest.fixture
def database_url(reused: databases.Reused) -> str:
    """Address of a migrated, empty database that only this test uses."""
    return reused.database.url.render_as_string(hide_password=False)


@pytest.fixture
def database(reused: databases.Reused, monkeypatch: pytest.MonkeyPatch) -> Iterator[db.Database]:
    """A migrated, empty database, in use: `db.transaction()` and `db.reading()` speak to it.

    Whatever the test did, its votes counted again must give its tallies.
    """
    monkeypatch.setattr(db, "_current", reused.database)
    # Whether a colleague must read first is asked of them at each publication.
    chosen = in_use._current or Settings(secret="s" * SECRET_BYTES)
    monkeypatch.setattr(in_use, "_current", chosen)
    yield reused.database
    with reused.database.reading() as session:
        # Folding nothing takes as long as folding votes, and most tests have none.
        if session.scalar(select(or_(*(select(table).exists() for table in FOLDED)))):
            assert votes.is_balanced(session), "votes counted again do not give the tallies"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file: copying it is many times faster than migrating again."""
    path = tmp_path_factory.mktemp("template") / "faq.db"
    databases.migrate_new(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def reused_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[databases.Reused]:
    """What `reused` gives on SQLite."""
    database = databases.SQLite(sqlite_template, tmp_path_factory.mktemp("reused"))
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgresql(testrun_uid: str) -> Iterator[servers.PostgreSQL]:
    """The PostgreSQL server of this run, one for all its workers."""
    with servers.postgresql(testrun_uid) as server:
        yield server


@pytest.fixture(scope="session")
def reused_postgresql(postgresql: servers.PostgreSQL, worker_id: str) -> Iterator[databases.Reused]:
    """What `reused` gives on PostgreSQL."""
    database = databases.PostgreSQL(postgresql.create(f"reused_{worker_id}"))
    yield database
    database.close()


# ---------------------------------------------------------------- processes and browsers


@pytest.fixture
def served(tmp_path: Path) -> Iterator[servers.Served]:
    """The product, served by its own command on a free port with a database of its own."""
    with servers.serving(tmp_path / "served") as process:
        yield process


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """A headless Chromium.

    Per module, not per session: while it runs, Playwright keeps an event loop in this thread, and
    tests that start their own could not share the worker with it.
    """
    with servers.chromium() as browser:
        yield browser


@pytest.fixture
def shared(served: servers.Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[db.Database]:
    """The served installation's database, from this side."""
    database = db.Database(f"sqlite:///{served.var / 'faq.db'}")
    monkeypatch.setattr(db, "_current", database)
    # What is written from this side is judged here: the judgement asks for the public address.
    chosen = in_use._current or Settings(secret="s" * SECRET_BYTES)
    monkeypatch.setattr(in_use, "_current", chosen)
    yield database
    database.dispose()


@pytest.fixture
def enter(
    served: servers.Served, shared: db.Database, chromium: "Browser"
) -> Iterator[servers.Enter]:
    """A browser of somebody of this name and role, signed in. It speaks English: the product must not."""
    opened = []

    def browser(name: str, role: Role = Role.EDITOR) -> "BrowserContext":
        now = dt.datetime.now(dt.UTC)
        with shared.transaction() as session:
            link = people.invite(session, people.SYSTEM, role=role, now=now)
            secret = people.use_link(session, link, name=name, password_digest="x", now=now)
        context = chromium.new_context(locale="en-US", viewport={"width": 1400, "height": 1000})
        context.add_cookies([{"name": "faq_session", "value": secret, "url": served.url}])
        opened.append(context)
        return context

    yield browser
    for context in opened:
        context.close()


# ---------------------------------------------------------------- the run


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the engine it runs on, and with the browser when it drives one."""
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            engine = item.callspec.params.get("engine")
            if engine in ENGINES:
                item.add_marker(ENGINES[engine])
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests passed on each engine and with the browser."""
    passed = [report.keywords for report in terminalreporter.stats.get("passed", [])]
    counts = {name: sum(mark in keywords for keywords in passed) for mark, name in COUNTED.items()}
    terminalreporter.write_line(
        " · ".join(f"{name}: {count} passed" for name, count in counts.items())
    )
