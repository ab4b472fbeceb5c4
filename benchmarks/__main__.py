"""`python -m benchmarks [SECTION…]`: one table, and var/bench.json.

Each section is a module with `measure(folder) -> list[Line]`: it says what it does through
`harness.say`, ends within a few minutes whatever the machine, and leaves nothing outside `folder`,
which all sections of a run share. To add one, write its module and name it in SECTIONS.
"""

import argparse
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from benchmarks import commits, exports, figures, harness, imports, library, pages, search, votes
from tests.servers import ROOT

SECTIONS: Final[dict[str, ModuleType]] = {
    "votes": votes,
    "commits": commits,
    "pages": pages,
    "search": search,
    "library": library,
    "figures": figures,
    "exports": exports,
    "imports": imports,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure the sections named, or all; 1 when one of them could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument(
        "--votes", nargs="+", type=int, default=figures.SIZES, help="of figures, from few to many"
    )
    given = parser.parse_args(arguments)
    figures.SIZES[:] = given.votes
    names = given.sections or list(SECTIONS)
    if unknown := set(names) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))} (of {', '.join(SECTIONS)})")
    began, lines, failed = time.monotonic(), list[harness.Line](), list[str]()
    with harness.folder(ROOT / "var") as folder:
        for name in names:
            try:
                lines += _measured(name, folder)
            except (Exception, pytest.skip.Exception):  # noqa: BLE001 — the other sections are worth having
                traceback.print_exc()
                failed.append(name)
    harness.save(lines, ROOT / "var" / "bench.json")
    print(harness.table(lines))
    print(f"{harness.ROUNDS} interleaved rounds, {time.monotonic() - began:.0f} s in all")
    if failed:
        print(f"not measured: {', '.join(failed)}")
    return 1 if failed else 0


def _measured(name: str, folder: Path) -> list[harness.Line]:
    harness.say(f"-- {name}")
    return list(SECTIONS[name].measure(folder))


if __name__ == "__main__":
    sys.exit(main())
