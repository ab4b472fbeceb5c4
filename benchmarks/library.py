"""Search and the frames behind the screens, with twenty thousand articles.

Answers are checked before they are timed: what is looked for must be found, what is mistyped must
be found all the same.
"""

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import corpus, harness
from benchmarks.harness import Line
from faq_cms import analytics, articles, db, migrate, search
from faq_cms.models import SearchWord
from faq_cms.words import meaningful, stem

ARTICLES: Final = 20_000
SAMPLE: Final = 200  # articles indexed both ways before anything is measured
QUERIES: Final = 40  # of each kind, a round


def measure(folder: Path) -> list[Line]:
    """Lines of search latency and of the frames. AssertionError when the quick index is another."""
    with _database(folder / "sample.db", SAMPLE):
        _require_same_index()
    with _database(folder / "library.db", ARTICLES):
        return [*_searches(), *_frames()]


@contextmanager
def _database(path: Path, count: int) -> Iterator[None]:
    """A database of `count` articles, in use for the length of the block."""
    database = db.use(db.Database(f"sqlite:///{path}"))
    try:
        migrate.upgrade(database)
        with db.transaction() as session:
            corpus.fill(session, count, now=dt.datetime.now(dt.UTC))
        yield
    finally:
        database.dispose()


def _require_same_index() -> None:
    with db.transaction() as session:
        quick = corpus.indexed(session)
        search.rebuild(session)
        assert corpus.indexed(session) == quick, "the bulk index is not the product's"  # noqa: S101


# -- search --------------------------------------------------------------------------------------


def _searches() -> list[Line]:
    with db.reading() as session:
        kinds = _queries(session)
        for queries in kinds.values():
            assert all(search.find(session, query) for query in queries)  # noqa: S101
    latencies: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}

    def timed(kind: str) -> Callable[[], float]:
        def run() -> float:
            half, most = np.percentile([_milliseconds(q) for q in kinds[kind]], [50, 95])
            latencies[kind].append((float(half), float(most)))
            return float(most)

        return run

    highest = harness.interleaved({kind: timed(kind) for kind in kinds})
    lines = []
    for kind, most in highest.items():
        half = [low for low, _ in latencies[kind][-len(most) :]]
        lines.append(harness.line(f"search, {kind}: p50", "ms", half))
        lines.append(harness.line(f"search, {kind}: p95", "ms", most))
    return lines


def _queries(session: Session) -> dict[str, list[str]]:
    """What readers type: words of one article, the beginning of one, one with two letters swapped."""
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
    return drawn


def _milliseconds(query: str) -> float:
    began = time.perf_counter()
    with db.reading() as session:
        search.find(session, query)
    return (time.perf_counter() - began) * 1e3


# -- frames --------------------------------------------------------------------------------------


def _frames() -> list[Line]:
    today = dt.datetime.now(dt.UTC).date()
    frames: dict[str, Callable[[Session], pd.DataFrame]] = {
        "frame of the library": articles.library,
        "frame of usefulness": analytics.usefulness,
        "frame of usefulness, 3 days": lambda session: analytics.usefulness(
            session, since=today - dt.timedelta(days=2)
        ),
    }
    runs = harness.interleaved({name: _read(frame) for name, frame in frames.items()})
    return [harness.line(f"{name}, {ARTICLES:,} articles", "ms", runs[name]) for name in runs]


def _read(frame: Callable[[Session], pd.DataFrame]) -> harness.Measure:
    def run() -> float:
        began = time.perf_counter()
        with db.reading() as session:
            rows = frame(session)
        seconds = time.perf_counter() - began
        assert len(rows) == ARTICLES  # noqa: S101
        return seconds * 1e3

    return run
