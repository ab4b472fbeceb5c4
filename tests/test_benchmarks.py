"""The benchmarks' own rules: their file, their medians, their made-up library. No clock is judged."""

import datetime as dt
import itertools
import json
from pathlib import Path

import pytest

from benchmarks import corpus, harness
from faq_cms import db, search

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
def test_the_index_made_in_bulk_is_the_one_rebuild_makes(database: db.Database) -> None:
    with database.transaction() as session:
        corpus.fill(session, 30, now=NOW)
        quick = corpus.indexed(session)
        search.rebuild(session)
        assert len(quick[0]) == 30
        assert corpus.indexed(session) == quick
