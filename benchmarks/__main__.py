"""`python -m benchmarks`: every family in one run, one table, and var/bench.json."""

import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks import harness, ledger, library, serving
from tests.servers import ROOT

FAMILIES: Final = (serving, ledger, library)


def main() -> None:
    """Measure in a folder of its own, on the disk the product writes to."""
    began, var = time.monotonic(), ROOT / "var"
    var.mkdir(exist_ok=True)
    lines: list[harness.Line] = []
    for family in FAMILIES:
        with tempfile.TemporaryDirectory(dir=var, prefix="bench-") as folder:
            lines += family.measure(Path(folder))
    harness.save(lines, var / "bench.json")
    print(harness.table(lines))
    print(f"{harness.ROUNDS} interleaved rounds, {time.monotonic() - began:.0f} s in all")


if __name__ == "__main__":
    main()
