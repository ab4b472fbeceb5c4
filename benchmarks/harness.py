"""Rounds, medians, one table, one JSON file.

What is compared is measured in turn, round after round, so that a busy moment of the machine falls
on all of it; a ratio is taken within each round, and its median kept. Rounds last as long as they
are told to, not as many operations as somebody guessed: a slow machine does less, not longer.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

ROUNDS: Final = 5
SLICE: Final = 1.5  # seconds that one measure of something repeated lasts, each round
SECTION: Final = 150.0  # seconds after which a section begins no further round
_WARM_UP: Final = 1  # rounds run and forgotten: imports, caches, first pages of a file
_BEGAN: Final = time.monotonic()
_FOLDER: Final = "bench-"

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


def interleaved(
    measures: Mapping[str, Measure], rounds: int = ROUNDS, *, seconds: float = SECTION
) -> dict[str, list[float]]:
    """What each measure gave in each round; every round begins with another one of them.

    After `seconds` no further round begins; there is always one that counts.
    """
    names, end = list(measures), time.monotonic() + seconds
    runs: dict[str, list[float]] = {name: [] for name in names}
    for number in range(_WARM_UP + rounds):
        if number > _WARM_UP and time.monotonic() > end:
            say(f"time is up after {number - _WARM_UP} rounds of {rounds}")
            break
        first = number % len(names)
        values = {name: measures[name]() for name in names[first:] + names[:first]}
        counted = f"round {number} of {rounds}" if number >= _WARM_UP else "warming up"
        say(f"{counted}: " + ", ".join(f"{name} {_short(values[name])}" for name in names))
        if number >= _WARM_UP:
            for name, value in values.items():
                runs[name].append(value)
    return runs


def each(work: Callable[[], object], seconds: float = SLICE) -> float:
    """Seconds that one call of `work` takes, called again and again for `seconds`."""
    count, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds or not count:
        work()
        count += 1
    return passed / count


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """How many times `below` goes into `above`, round by round."""
    return [a / b for a, b in zip(above, below, strict=True)]


def say(words: str) -> None:
    """One line of progress, on stderr, with the seconds since the run began."""
    sys.stderr.write(f"{time.monotonic() - _BEGAN:6.0f} s  {words}\n")
    sys.stderr.flush()


@contextmanager
def folder(var: Path) -> Iterator[Path]:
    """A folder for this run on the product's own disk; what a killed run left there goes first."""
    var.mkdir(parents=True, exist_ok=True)
    for left in var.glob(f"{_FOLDER}*"):
        if not _is_alive(left.name.removeprefix(_FOLDER).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(
        dir=var, prefix=f"{_FOLDER}{os.getpid()}-", ignore_cleanup_errors=True
    ) as made:
        yield Path(made)


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


def _is_alive(number: str) -> bool:
    """Whether a process of this number runs; a folder that names none belongs to nobody."""
    if not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
