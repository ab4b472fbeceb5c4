"""How long a search takes among twenty thousand articles.

Answers are checked as they are timed: what is looked for must be found, what is mistyped must be
found all the same.
"""

import itertools
import random
import time
from collections.abc import Callable, Sized
from pathlib import Path
from typing import Final

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import corpus, harness
from benchmarks.harness import Line
from faq_cms import articles, db, search
from faq_cms.models import SearchWord
from faq_cms.public import finding
from faq_cms.words import meaningful, stem

QUERIES: Final = 40  # of each kind, a round
TYPED: Final = "« Trouver », each keystroke"


def measure(folder: Path) -> list[Line]:
    """Lines of the median, of the slowest twentieth and of the slowest, by kind of query and for all."""
    with corpus.library(folder):
        with db.reading() as session:
            kinds = _queries(session)
        taken: dict[str, list[list[float]]] = {kind: [] for kind in kinds}

        def timed(kind: str) -> harness.Measure:
            def run() -> float:
                ask = finding.answers if kind == TYPED else search.find
                taken[kind].append([_milliseconds(ask, query) for query in kinds[kind]])
                return float(np.median(taken[kind][-1]))

            return run

        rounds = harness.interleaved({kind: timed(kind) for kind in kinds})
    counted = {kind: taken[kind][-len(rounds[kind]) :] for kind in kinds}
    together = [list(itertools.chain(*each)) for each in zip(*counted.values(), strict=True)]
    lines = (_lines(kind, runs) for kind, runs in {**counted, "all kinds": together}.items())
    return list(itertools.chain(*lines))


def _lines(kind: str, runs: list[list[float]]) -> list[Line]:
    """One value a round, from the milliseconds of its queries."""
    return [
        harness.line(
            f"search, {kind}: {name}", "ms", [float(np.percentile(r, share)) for r in runs]
        )
        for name, share in (("p50", 50), ("p95", 95), ("slowest", 100))
    ]


def _queries(session: Session) -> dict[str, list[str]]:
    """What people type: words of one article, the beginning of one, one with two letters swapped."""
    chance = random.Random(corpus.SEED)  # noqa: S311 — the same queries at each run
    known = set(session.scalars(select(SearchWord.word)))
    words = [
        [word for word in dict.fromkeys(meaningful(article.answer)) if len(word) >= 6]
        for article in articles.published(session, ids=range(1, 5 * QUERIES + 1))
    ]
    words = [some for some in words if len(some) >= 3]
    drawn = {
        f"{n} word{'s' if n > 1 else ''}": [" ".join(chance.sample(w, n)) for w in words[:QUERIES]]
        for n in (1, 2, 3)
    }
    drawn["beginning of a word"] = [chance.choice(some)[:4] for some in words[:QUERIES]]
    swapped = (w[:2] + w[3] + w[2] + w[4:] for some in words for w in some)
    mistyped = [w for w in swapped if not {w, stem(w)} & known]
    drawn["a mistyped word"] = chance.sample(mistyped, QUERIES)
    typed = [line[:length] for line in drawn["3 words"] for length in range(1, len(line) + 1)]
    drawn[TYPED] = chance.sample([line for line in typed if meaningful(line)], QUERIES)
    return drawn


def _milliseconds(ask: Callable[[Session, str], Sized], query: str) -> float:
    began = time.perf_counter()
    with db.reading() as session:
        found = ask(session, query)
    taken = (time.perf_counter() - began) * 1e3
    if not found:
        raise RuntimeError(f"nothing found for {query!r}")
    return taken
