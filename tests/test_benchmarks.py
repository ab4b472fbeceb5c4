"""The benchmarks' own rules: their file, their medians, their made-up library. No clock is judged."""

import datetime as dt
import itertools
import json
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks import __main__, corpus, figures, harness, traffic
from faq_cms import articles, db, search, votes, windows

NOW = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)


def test_figures_are_written_with_their_target_and_every_round(tmp_path: Path) -> None:
    target = harness.Target("<=", 2)
    lines = [
        harness.line("fast", "×", [1.0, 9.0, 2.0], target),
        harness.line("slow", "×", [3.0, 3.0, 1.0], target),
        harness.line("plain", "1/s", [5.0]),
    ]
    harness.save(lines, tmp_path / "var" / "bench.json")
    written = json.loads((tmp_path / "var" / "bench.json").read_text(encoding="utf-8"))
    assert [list(each) for each in written] == [
        ["name", "value", "unit", "target", "ok", "runs"]
    ] * 3
    assert written[0] == {
        "name": "fast",
        "value": 2.0,
        "unit": "×",
        "target": "<= 2",
        "ok": True,
        "runs": [1.0, 9.0, 2.0],
    }
    assert [(each["value"], each["ok"]) for each in written[1:]] == [(3.0, False), (5.0, None)]
    assert "MISSED" in harness.table(lines).splitlines()[2]


@pytest.mark.parametrize(("value", "met"), [(0.49, False), (0.5, True), (0.51, True)])
def test_a_lower_bound_is_met_from_itself_on(value: float, met: bool) -> None:
    assert harness.Target(">=", 0.5).is_met(value) is met


def test_rounds_alternate_and_the_first_is_forgotten() -> None:
    order: list[str] = []
    ticks = itertools.count()

    def measure(name: str) -> harness.Measure:
        def run() -> float:
            order.append(name)
            return float(next(ticks))

        return run

    runs = harness.interleaved({name: measure(name) for name in "ab"}, rounds=2)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert runs == {"a": [3.0, 4.0], "b": [2.0, 5.0]}
    assert harness.ratios(runs["a"], runs["b"]) == [1.5, 0.8]


def test_the_same_seed_writes_the_same_articles() -> None:
    first, again = corpus.Language(7), corpus.Language(7)
    entries = [first.entry() for _ in range(20)]
    assert entries == [again.entry() for _ in range(20)]
    assert entries[0] != corpus.Language(8).entry()
    assert all(corpus.WORDS <= len(each.answer.split()) < 150 for each in entries)


@pytest.mark.parametrize("engine", [pytest.param("sqlite", marks=pytest.mark.sqlite)])
def test_the_library_is_indexed_as_its_articles_would_be_one_by_one(database: db.Database) -> None:
    with database.transaction() as session:
        corpus.fill(session, 30, now=NOW)
        at_once = indexed(session)
        for article in articles.published(session):
            search.index(session, article.id)
        assert len(at_once[0]) == 30
        assert indexed(session) == at_once
        votes.rebuild(session)  # the library's tallies have no votes behind them


def test_every_way_to_the_figures_gives_the_same_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "few.db"
    database = db.Database(f"sqlite:///{path}")
    monkeypatch.setattr(corpus, "ARTICLES", 40)
    monkeypatch.setattr(db, "_current", database)
    figures.make(database, 3_000, path)
    with db.reading() as session:
        assert votes.is_balanced(session)
        assert windows.closed(session) is not None
    for same in figures.ways(path):
        figures.require_equal(same)
        answer = next(iter(same.values()))()
        assert answer["helpful"].sum() > 0
        with pytest.raises(RuntimeError, match="wrong gives another"):
            figures.require_equal({"right": answer.copy, "wrong": answer.head})
    database.dispose()


def indexed(session: Session) -> list[list[tuple[object, ...]]]:
    """All that the index holds."""
    queries = (
        "SELECT article_id, title, body FROM search_document ORDER BY article_id",
        "SELECT rowid, title, body FROM search_index ORDER BY rowid",
        "SELECT word, articles FROM search_word ORDER BY word",
    )
    return [[tuple(row) for row in session.execute(text(query))] for query in queries]


def test_time_being_up_ends_the_rounds_after_one_that_counts() -> None:
    runs = harness.interleaved({"a": lambda: 1.0}, rounds=1000, seconds=0)
    assert runs == {"a": [1.0]}


def test_something_slow_is_done_once_all_the_same() -> None:
    done: list[int] = []
    assert harness.each(lambda: done.append(1), seconds=0) >= 0
    assert done == [1]


def test_what_a_killed_run_left_goes_and_what_runs_stays(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (f"bench-{ended.pid}-x", "bench-old", f"bench-{os.getpid()}-y", "faq"):
        (tmp_path / name).mkdir()
    with harness.folder(tmp_path) as mine:
        names = {each.name for each in tmp_path.iterdir()}
        assert names == {f"bench-{os.getpid()}-y", "faq", mine.name}
    assert not mine.exists()


def test_a_request_whose_answer_differs_is_not_counted() -> None:
    refusal = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
    with answering(refusal) as port, pytest.raises(RuntimeError, match="500"):
        traffic.sent(port, [traffic.get("/")] * 3, status=200, seconds=5)


def test_requests_end_with_their_time_and_each_is_answered() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as port:
        few = traffic.sent(port, [traffic.get("/")] * 20, status=200, seconds=5)
        assert few.count == 20
        endless = itertools.repeat(traffic.post("/", {"a": 1}, x_forwarded_for="11.0.0.1"))
        assert traffic.sent(port, endless, status=200, seconds=0.05).count > 0


def test_an_unknown_section_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        __main__.main(["votes", "nothing"])
    assert "nothing" in capsys.readouterr().err


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A server that gives this answer to everything, on the port it says."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(65536):
                self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()
