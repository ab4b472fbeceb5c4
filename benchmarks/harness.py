"""Rounds, medians, one table, one JSON file.

What is compared is measured in turn, round after round, so that a busy moment of the machine falls
on all of it; a ratio is taken within each round, and its median kept.
"""

import json
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

ROUNDS: Final = 5
_WARM_UP: Final = 1  # rounds run and forgotten: imports, caches, first pages of a file

Measure = Callable[[], float]


@dataclass(frozen=True)
class Target:
    """What a figure should be, said in PERFORMANCE terms: at most, or at least, this."""

    sense: Literal["<=", ">="]
    bound: float

    def __str__(self) -> str:
        return f"{self.sense} {self.bound:g}"

    def is_met(self, value: float) -> bool:
        """Whether a figure is on the right side of the bound."""
        return value <= self.bound if self.sense == "<=" else value >= self.bound


@dataclass(frozen=True)
class Line:
    """One figure: the median of `runs`, one value a round. `ok` is None without a target."""

    name: str
    value: float
    unit: str
    target: str | None
    ok: bool | None
    runs: tuple[float, ...]


def line(name: str, unit: str, runs: Sequence[float], target: Target | None = None) -> Line:
    """The line of a figure measured once a round."""
    value = statistics.median(runs)
    ok = None if target is None else target.is_met(value)
    return Line(name, value, unit, None if target is None else str(target), ok, tuple(runs))


def interleaved(measures: Mapping[str, Measure], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """What each measure gave in each round; every round begins with another one of them."""
    names = list(measures)
    runs: dict[str, list[float]] = {name: [] for name in names}
    for number in range(_WARM_UP + rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            value = measures[name]()
            if number >= _WARM_UP:
                runs[name].append(value)
    return runs


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """How many times `below` goes into `above`, round by round."""
    return [a / b for a, b in zip(above, below, strict=True)]


def table(lines: Iterable[Line]) -> str:
    """The lines for a person: median, lowest and highest round, target, whether it is met."""
    rows: list[tuple[str, ...]] = [("measure", "median", "lowest", "highest", "unit", "target", "")]
    verdicts = {None: "", True: "met", False: "MISSED"}
    for each in lines:
        figures = (_short(value) for value in (each.value, min(each.runs), max(each.runs)))
        rows.append((each.name, *figures, each.unit, each.target or "", verdicts[each.ok]))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    aligned = (
        "  ".join(
            cell.rjust(width) if 1 <= column <= 3 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "\n".join(aligned)


def save(lines: Iterable[Line], path: Path) -> None:
    """Write the lines as JSON: a list of objects with the fields of `Line`."""
    found: list[dict[str, Any]] = [asdict(each) for each in lines]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
