"""The one process: how it starts, refuses to start, answers machines, and stops."""

import datetime as dt
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from faq_cms import checks, db, demonstration, health, people, votes
from faq_cms.settings import Settings
from tests import servers

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


def get(url: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, str]:
    """An answer as it is sent: redirections are not followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=servers.START_SECONDS
    )
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()


# -- a whole life --------------------------------------------------------------------------------


def test_it_serves_everything_from_one_port_and_ends_with_0_when_asked(tmp_path: Path) -> None:
    with servers.serving(tmp_path / "served", FAQ_LOG_LEVEL="debug") as served:
        _answers_machines(served)
        _leads_readers_to_the_help_pages(served)
        _answers_unknown_addresses_with_a_real_404(served)
        _keeps_metrics_for_a_token(served)
        _hangs_up_on_a_head_without_end(served)
        _redirects_by_path_whatever_name_it_is_called(served)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(servers.STOP_SECONDS) == 0
        _logs_lines_for_machines_without_secrets_or_addresses(served)


def _hangs_up_on_a_head_without_end(served: servers.Served) -> None:
    parts = urlsplit(served.url)
    with socket.create_connection(
        (parts.hostname or "", parts.port or 0), timeout=servers.START_SECONDS
    ) as peer:
        peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ")
        # Reset or broken pipe, whichever the system says first, long before the 64 MB are sent.
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(1024):
                peer.sendall(b"a" * 65536)


def _redirects_by_path_whatever_name_it_is_called(served: servers.Served) -> None:
    for path in ("/connexion/", "/healthz/"):
        answer, _ = get(served.url, path, Host="evil.test")
        assert "evil.test" not in (answer.headers["location"] or "")


def _answers_machines(served: servers.Served) -> None:
    alive, _ = get(served.url, "/healthz")
    ready, body = get(served.url, "/readyz")
    assert (alive.status, ready.status) == (200, 200)
    assert json.loads(body)["checks"] == {"database": True, "schema": True, "engine": True}
    assert alive.getheader("server") is None


def _leads_readers_to_the_help_pages(served: servers.Served) -> None:
    home, _ = get(served.url, "/")
    shelf, page = get(served.url, "/aide")
    application, _ = get(served.url, "/gestion/", accept="text/html")
    assert (home.status, home.getheader("location")) == (302, "/aide")
    assert shelf.status == 200
    assert "bon de commande" in page  # the starter FAQ
    assert application.status == 303
    assert str(application.getheader("location")).startswith("/connexion")


def _answers_unknown_addresses_with_a_real_404(served: servers.Served) -> None:
    for path in ("/nulle-part", "/static/index.html", "/aide/nulle-part", "/healthz/x"):
        answer, page = get(served.url, path, accept="text/html")
        assert answer.status == 404, path
        assert '<html lang="fr">' in page
    answer, body = get(served.url, "/api/v1/nulle-part")
    assert answer.status == 404
    assert json.loads(body)["error"]["code"] == "not_found"


def _keeps_metrics_for_a_token(served: servers.Served) -> None:
    export = served.command("token", "create", "Site").stdout.split()[-1]
    watcher = served.command("token", "create", "Sonde", "--scope", "metrics").stdout.split()[-1]
    assert get(served.url, "/metrics")[0].status == 401
    assert get(served.url, "/metrics", authorization="Bearer faq_no")[0].status == 401
    assert get(served.url, "/metrics", authorization=f"Bearer {export}")[0].status == 403
    answer, text = get(served.url, "/metrics", authorization=f"Bearer {watcher}")
    assert answer.status == 200
    assert "\nfaq_articles_published 10\n" in text


def _logs_lines_for_machines_without_secrets_or_addresses(served: servers.Served) -> None:
    greeting = [line for line in served.log.splitlines() if "/connexion/lien/" in line]
    lines = [line for line in served.log.splitlines() if line not in greeting]
    assert len(greeting) == 1
    assert {"level", "logger", "timestamp", "message"} <= json.loads(lines[0]).keys()
    assert all(json.loads(line) for line in lines)
    assert "127.0.0.1" not in "".join(lines)
    assert "Bearer" not in served.log


def test_the_second_start_publishes_nothing_again_and_prints_a_fresh_link(tmp_path: Path) -> None:
    var = tmp_path / "served"
    links = []
    for _ in range(2):
        with servers.serving(var) as served:
            links += [word for word in served.log.split() if "/connexion/lien/" in word]
            assert len(json.loads(served.command("stats", "--json").stdout)) == 10
    old, new = (urlsplit(link).path for link in links)
    with servers.serving(var) as served:
        assert get(served.url, old, accept="text/html")[0].status in (404, 409, 410)
    assert old != new


# -- the other ways to start ---------------------------------------------------------------------


@pytest.mark.parametrize("way", ["uvicorn", "streamlit"])
def test_it_is_the_same_application_whichever_way_it_is_started(way: str, tmp_path: Path) -> None:
    port = servers.free_port()
    words = {
        "uvicorn": ["uvicorn", "app:app", "--app-dir", str(servers.ROOT), "--port", str(port)],
        "streamlit": ["streamlit", "run", str(servers.ROOT / "app.py"), "--server.port", str(port)],
    }[way]
    env = servers.environment(tmp_path / "var", FAQ_PORT=str(port)) | {
        "PYTHONPATH": str(servers.ROOT)
    }
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=tmp_path,  # far from .streamlit/config.toml
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        served = servers.Served(f"http://127.0.0.1:{port}", tmp_path, env, process)
        servers._wait_until_ready(served)
        assert get(served.url, "/aide")[0].status == 200
        assert get(served.url, "/gestion/", accept="text/html")[0].status == 303
        assert get(served.url, "/nulle-part")[0].status == 404
    finally:
        process.terminate()
        process.wait(servers.STOP_SECONDS)


# -- refusing to start ---------------------------------------------------------------------------


def test_a_busy_port_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = servers.command(servers.environment(tmp_path), "serve", "--port", port)
    line = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert done.returncode == 2
    assert len(line) == 1
    assert "FAQ_PORT" in line[0]
    assert "lien" not in done.stdout  # nothing promised that is not served


def test_an_undone_safety_option_of_streamlit_refuses_to_start(tmp_path: Path) -> None:
    words = ["streamlit", "run", str(servers.ROOT / "app.py")]
    flags = ["--server.port", str(servers.free_port()), "--client.showErrorDetails", "full"]
    done = subprocess.run(
        [sys.executable, "-m", *words, *flags],
        cwd=tmp_path,
        env=servers.environment(tmp_path / "var") | {"PYTHONPATH": str(servers.ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=servers.START_SECONDS,
    )
    assert done.returncode == 2
    assert "client.showErrorDetails" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", [*checks.STREAMLIT_OPTIONS, *checks.STREAMLIT_CHOSEN])
def test_each_safety_option_is_checked(
    name: str, settings: Settings, database: db.Database
) -> None:
    applied = {**checks.STREAMLIT_OPTIONS, **dict.fromkeys(checks.STREAMLIT_CHOSEN, "chosen")}
    assert not checks.failures(checks.before_serving(settings, applied.__getitem__))
    undone = applied | {name: None}
    failed = checks.failures(checks.before_serving(settings, undone.__getitem__))
    assert [name in line.text for line in failed] == [True]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_secret_others_can_read_is_a_warning(settings: Settings, database: db.Database) -> None:
    path = settings.var / "secret"
    path.write_text("x", encoding="ascii")
    for mode, state in ((0o644, checks.State.WARNING), (0o600, checks.State.PASSED)):
        path.chmod(mode)
        lines = checks.before_serving(settings, {**checks.STREAMLIT_OPTIONS}.get)
        assert next(line for line in lines if line.code == "secret").state is state


# -- readiness -----------------------------------------------------------------------------------


def test_a_database_without_our_tables_is_not_ready(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = db.Database(empty_url)
    monkeypatch.setattr(db, "_current", empty)
    assert health.readiness() == {"database": True, "schema": False, "engine": True}
    empty.dispose()


def test_a_database_that_cannot_be_read_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "faq.db").write_bytes(os.urandom(8192))
    broken = db.Database(f"sqlite:///{tmp_path / 'faq.db'}")
    monkeypatch.setattr(db, "_current", broken)
    assert health.readiness()["database"] is False
    broken.dispose()


# -- demonstration -------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_demonstration_is_a_balanced_past_told_once(database: db.Database) -> None:
    assert demonstration.fill(now=NOW) > 300
    assert demonstration.fill(now=NOW) == 0
    with db.reading() as session:
        assert votes.is_balanced(session)
        assert people.team(session) == []


def test_the_demonstration_never_shares_the_real_database(settings: Settings) -> None:
    shown = demonstration.settings_of(settings)
    assert shown.database_url != settings.database_url
    assert shown.site_name.startswith("DÉMONSTRATION")


def test_a_demonstration_is_marked_on_the_public_page(tmp_path: Path) -> None:
    name = demonstration.settings_of(Settings()).site_name
    with servers.serving(tmp_path / "served", FAQ_SITE_NAME=name) as served:
        assert demonstration.MARK in get(served.url, "/aide")[1]
