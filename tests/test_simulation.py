"""The simulation's own rules: who is truly bad, what each rule lists, the same figures each time."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.simulation import __main__, effects, finding, readers
from benchmarks.simulation.readers import DAYS, OBJECTIVE, Scenario

SMALL = Scenario(10, 50, 3)


def test_an_article_at_its_objective_is_truly_good_and_a_little_short_is_neither() -> None:
    year = readers.year(SMALL, np.random.default_rng(1))
    truth = np.array([0.30, 0.60, 0.65, OBJECTIVE, 0.95])
    known = readers.Year(SMALL, truth, year.votes[:5], year.helpful[:5])
    assert known.is_bad.tolist() == [True, True, False, False, False]
    assert known.is_good.tolist() == [False, False, False, True, True]
    assert known.is_at_objective.tolist() == [False, False, False, True, False]


def test_votes_follow_the_truth_and_the_rate() -> None:
    year = readers.year(Scenario(1000, 50, 1), np.random.default_rng(2))
    shares = year.helpful.sum(axis=1) / year.votes.sum(axis=1)
    assert np.abs(shares - year.truth).mean() < 0.02
    assert year.votes.mean() * 365 / 12 == pytest.approx(50, rel=0.02)


def totals(first: list[int], rest: int = 0) -> np.ndarray:
    """Running totals of one article whose first days are given."""
    return np.array([[*first, *[rest] * (DAYS - len(first))]]).cumsum(axis=1)


def test_kitsune_lists_for_seven_days_what_one_non_began() -> None:
    assert finding.kitsune(totals([0]), totals([1]))[0].nonzero()[0].tolist() == list(range(7))
    assert not finding.kitsune(totals([1]), totals([2])).any()  # as many Oui as Non


def test_the_bare_ratio_asks_for_no_number_of_votes() -> None:
    assert finding.ratio(totals([0]), totals([1])).all()
    assert not finding.ratio(totals([7]), totals([10])).any()  # at the objective
    assert not finding.ratio(totals([0]), totals([0])).any()


def test_avere_asks_for_proof_and_keeps_it_until_the_share_is_back() -> None:
    listed = finding.proven(totals([2, 10, 7]), totals([10, 10, 7]))[0]
    assert listed[:3].tolist() == [True, True, False]
    assert not finding.proven(totals([3]), totals([10])).any()
    assert finding.proven_by_one_look(totals([3]), totals([10])).all()


def test_what_is_avere_is_in_both_lists() -> None:
    year = readers.year(SMALL, np.random.default_rng(3))
    helpful, votes = year.helpful.cumsum(axis=1), year.votes.cumsum(axis=1)
    proven, listed = finding.proven(helpful, votes), finding.listed(helpful, votes)
    assert proven.any()
    assert not (proven & ~listed).any()
    assert not (proven & ~finding.proven_by_one_look(helpful, votes)).any()


@pytest.mark.parametrize("choice", effects.CHOICES)
def test_a_correction_is_measured_apart_from_what_came_before(choice: str) -> None:
    chance = np.random.default_rng(4)
    year = readers.year(SMALL, chance)
    made = effects.corrected(year, effects.CHOICES[choice](year), chance)
    assert len(made.truth)
    [articles] = np.nonzero(effects.CHOICES[choice](year))
    assert (made.before + made.votes[:, -1] == year.votes[articles].sum(axis=1)).all()
    assert all(
        made.votes[row, :day].max(initial=0) == 0 for row, day in enumerate(made.since.tolist())
    )


def test_the_same_seed_gives_the_same_figures() -> None:
    first, again, other = (
        finding.found(readers.year(SMALL, np.random.default_rng(seed))) for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other


def test_every_figure_is_written_with_its_runs_and_its_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(readers, "SCENARIOS", (Scenario(10, 50, 12),))
    monkeypatch.setattr(readers, "RUNS", 2)
    monkeypatch.setattr(effects, "CHOICES", {effects.AFTER_STREAK: effects.after_streak})
    monkeypatch.setattr(__main__, "ROOT", tmp_path)
    __main__.main()
    lines = json.loads((tmp_path / "var" / "simulation.json").read_text(encoding="utf-8"))
    assert {tuple(line) for line in lines} == {("name", "value", "unit", "target", "ok", "runs")}
    assert {line["ok"] for line in lines if line["target"] is None} == {None}
    assert len({line["name"] for line in lines}) == len(lines)
    assert all(line["value"] == pytest.approx(np.mean(line["runs"])) for line in lines)
    assert "| avéré |" in capsys.readouterr().out
