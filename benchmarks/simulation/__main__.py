"""`python -m benchmarks.simulation`: tables in Markdown, and var/simulation.json."""

import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from benchmarks import harness
from benchmarks.harness import Line, Target
from benchmarks.simulation import effects, finding, readers
from benchmarks.simulation.readers import Scenario
from faq_cms.helpfulness import EVER_WRONG
from tests.servers import ROOT

SEED: Final = 1927  # Wilson's year
_RARELY: Final = Target("<=", 100 * EVER_WRONG)
_NO_MORE: Final = Target("<=", 0)
_NO_LESS: Final = Target(">=", 0)

Runs = Mapping[str, Mapping[str, Sequence[float]]]  # rule, figure, one value a run


def main() -> None:
    """Simulate every scenario, print the tables, write the file."""
    began, lines = time.process_time(), list[Line]()
    for number, scenario in enumerate(readers.SCENARIOS):
        chances = np.random.default_rng([SEED, number]).spawn(readers.RUNS)
        print(f"\n### {scenario.name}\n")
        lines += _found(scenario, chances)
        for choice in effects.CHOICES:
            lines += _judged(scenario, choice, chances)
    harness.save(lines, ROOT / "var" / "simulation.json")
    aimed = [each for each in lines if each.target]
    print("\n### Targets\n")
    print(_table(["measure", "value", "target", ""], map(_aimed, aimed)))
    print(f"\n{readers.RUNS} runs, seed {SEED}")
    harness.say(f"{time.process_time() - began:.0f} s of one core")


def _found(scenario: Scenario, chances: Sequence[np.random.Generator]) -> list[Line]:
    runs = _gathered(finding.found(readers.year(scenario, each)) for each in chances)
    columns = [name for name, _ in finding.FIGURES.values()]
    print(_table(["rule", *columns], _rows(runs, finding.FIGURES)))
    print(f"\nEach Monday, {finding.OPENED}, in a FAQ:\n")
    opened = {name: runs[name] for name in (finding.KITSUNE, finding.RATIO)}
    print(_table(["rule", "its list", "À corriger, in its order"], _rows(opened, _OPENED)))
    lines = [
        _line(f"{scenario.name}: {rule}: {name}", unit, runs[rule][key], _target(rule, key))
        for rule in finding.RULES
        for key, (name, unit) in finding.FIGURES.items()
    ]
    return [*lines, *_against(scenario, runs)]


_OPENED: Final = ("opened", "opened here")


def _target(rule: str, figure: str) -> Target | None:
    return _RARELY if rule == finding.PROVEN and figure in ("false", "at objective") else None


def _against(scenario: Scenario, runs: Runs) -> Iterator[Line]:
    """What is asked: at least as many truly bad articles, with fewer false alarms, than either."""
    for name in (finding.KITSUNE, finding.RATIO):
        theirs, both, ours = runs[name], runs[finding.LISTED], runs[finding.PROVEN]
        than = f"{scenario.name}: than {name}"
        yield _line(
            f"{than}: truly bad articles ever listed, more of them",
            "points",
            _less(both["found"], theirs["found"]),
            _NO_LESS,
        )
        yield _line(
            f"{than}: truly good articles ever called avéré, against ever listed",
            "points",
            _less(ours["false"], theirs["false"]),
            _NO_MORE,
        )
        yield _line(
            f"{than}: {finding.OPENED}, a Monday",
            "articles",
            _less(theirs["opened here"], theirs["opened"]),
            _NO_MORE,
        )


def _judged(scenario: Scenario, choice: str, chances: Sequence[np.random.Generator]) -> list[Line]:
    found, streaks = [], list[dict[str, float]]()
    for chance in chances:
        figures, streak = effects.judged(readers.year(scenario, chance), choice, chance)
        found.append(figures)
        streaks.append(streak)
    runs = _gathered(found)
    means = {name: statistics.fmean(each[name] for each in streaks) for name in streaks[0]}
    print(
        f"\nCorrections chosen: {choice}. {means['corrections'] * readers.RUNS:,.0f} of them, "
        f"{means['votes before']:.0f} votes before (median); a text to which nothing was done "
        f"gains {means['gain of nothing']:.1f} points by itself.\n"
    )
    print(_table(["rule", *effects.FIGURES.values()], _rows(runs, effects.FIGURES)))
    about = f"{scenario.name}: corrected after {choice}"
    lines = [
        _line(f"{about}: {rule}: {name}", "%", runs[rule][key])
        for rule in effects.RULES
        for key, name in effects.FIGURES.items()
    ]
    here, one_look = runs[effects.HERE], runs[effects.ONE_LOOK]
    return [
        *lines,
        _line(
            f"{about}: do nothing, called more helpful, against by one look",
            "points",
            _less(here["nothing, more"], one_look["nothing, more"]),
            _NO_MORE,
        ),
        _line(
            f"{about}: verdicts that are right, more than by one look",
            "points",
            _less(here["right"], one_look["right"]),
            _NO_LESS,
        ),
    ]


# -- figures and tables --------------------------------------------------------------------------


def _gathered(runs: Iterable[dict[str, dict[str, float]]]) -> Runs:
    """Runs one after the other, to the values of each figure of each rule."""
    every = list(runs)
    return {
        rule: {key: [run[rule][key] for run in every] for key in figures}
        for rule, figures in every[0].items()
    }


def _less(some: Sequence[float], others: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(some, others, strict=True)]


def _line(name: str, unit: str, runs: Sequence[float], target: Target | None = None) -> Line:
    """A figure as the mean of its runs; those that had nothing to count are left out."""
    counted = tuple(float(each) for each in runs if not np.isnan(each))
    value = statistics.fmean(counted)
    ok = None if target is None else target.is_met(value)
    return Line(name, value, unit, None if target is None else str(target), ok, counted)


def _rows(runs: Runs, figures: Iterable[str]) -> Iterator[list[str]]:
    for rule, values in runs.items():
        yield [rule, *(_with_error(values[key]) for key in figures)]


def _with_error(runs: Sequence[float]) -> str:
    """The mean of the runs and its standard error, the Monte Carlo error."""
    counted = [each for each in runs if not np.isnan(each)]
    if len(counted) < 2:
        return "—"
    error = statistics.stdev(counted) / len(counted) ** 0.5
    return f"{_short(statistics.fmean(counted))} ± {_short(error)}"


def _short(value: float) -> str:
    return (
        f"{value:.0f}"
        if abs(value) >= 100
        else f"{value:.2f}"
        if abs(value) < 1
        else f"{value:.1f}"
    )


def _aimed(line: Line) -> list[str]:
    value = f"{_with_error(line.runs)} {line.unit}"
    return [line.name, value, line.target or "", "met" if line.ok else "MISSED"]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruled = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in ruled)


if __name__ == "__main__":
    main()
