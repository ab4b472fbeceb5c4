"""Article pages over HTTP, beside a route that reads one row by its primary key, and one that does nothing."""

import itertools
from pathlib import Path
from typing import Final

from benchmarks import harness, least, traffic
from benchmarks.harness import Line, Target
from faq_cms import articles, db
from tests import servers

BESIDE_A_SELECT: Final = Target(">=", 0.5)


def measure(folder: Path) -> list[Line]:
    """Lines of pages per second, every published article in turn."""
    url = f"sqlite:///{folder / 'pages.db'}"
    with (
        servers.serving(folder / "pages", database_url=url) as served,
        least.serving(url) as beside,
    ):
        theirs = db.Database(url)
        with theirs.reading() as session:
            found = articles.published(session)
        theirs.dispose()
        pages = itertools.cycle([traffic.get(f"/aide/{each.slug}") for each in found])
        rows = itertools.cycle([traffic.get(f"/select/{each.version_id}") for each in found])
        nothing = itertools.repeat(traffic.get("/nothing"))
        runs = harness.interleaved(
            {
                "pages/s": lambda: traffic.rate(least.port_of(served), pages),
                "SELECT/s": lambda: traffic.rate(beside, rows),
                "nothing/s": lambda: traffic.rate(beside, nothing),
            }
        )
    shown, selected, nothing_done = runs.values()
    return [
        harness.line("HTTP: article pages", "1/s", shown),
        harness.line("HTTP: one primary-key SELECT", "1/s", selected),
        harness.line("pages ÷ SELECT", "×", harness.ratios(shown, selected), BESIDE_A_SELECT),
        harness.line("pages ÷ nothing", "×", harness.ratios(shown, nothing_done)),
    ]
