"""How long the exports of twenty thousand articles take, beside plain json and csv of the same content.

The comparison is what anybody would write first: `json.dumps` and `csv.writer` of the same fields,
their Markdown unread. Writers that render Markdown, the booklets most of all, cost what rendering
does; the booklets are timed on fewer articles, as nobody prints twenty thousand.
"""

import csv
import dataclasses
import io
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks import corpus, harness
from benchmarks.harness import Line
from faq_cms import articles, db, exports
from faq_cms.articles import PublishedArticle
from faq_cms.exports import CHANNELS, Destination, Site

ROUNDS: Final = 3
PRINTED: Final = 500  # articles of a booklet
SITE: Final = Site("Aide", "https://aide.example.org")


def measure(folder: Path) -> list[Line]:
    """Seconds a writer, seconds to read the articles, and each writer as so many times plain json."""
    with corpus.library(folder):
        began = time.perf_counter()
        with db.reading() as session:
            content = articles.published(session, base_url=SITE.base_url)
        reading = time.perf_counter() - began
    measures: dict[str, Callable[[], float]] = {
        "plain json": _timed(lambda: _plain_json(content)),
        "plain csv": _timed(lambda: _plain_csv(content)),
    }
    for name, channel in CHANNELS.items():
        is_printed = channel.destination is Destination.PRINT
        measures[name] = _timed(_writer(channel, content[:PRINTED] if is_printed else content))
    runs = harness.interleaved(measures, ROUNDS)
    lines = [harness.line(f"exports, reading {len(content):,} articles", "s", [reading])]
    for name, taken in runs.items():
        printed = name in CHANNELS and CHANNELS[name].destination is Destination.PRINT
        count = PRINTED if printed else len(content)
        lines.append(harness.line(f"exports, {name}, {count:,} articles", "s", taken))
        if name in CHANNELS and not printed:
            lines.append(
                harness.line(
                    f"exports, {name} / plain json", "×", harness.ratios(taken, runs["plain json"])
                )
            )
    return lines


def _writer(channel: exports.Channel, content: Sequence[PublishedArticle]) -> Callable[[], bytes]:
    return lambda: channel.write(content, SITE)


def _timed(work: Callable[[], bytes]) -> Callable[[], float]:
    def run() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return run


def _plain_json(content: Sequence[PublishedArticle]) -> bytes:
    return json.dumps(
        [dataclasses.asdict(each) for each in content], ensure_ascii=False, default=str
    ).encode()


def _plain_csv(content: Sequence[PublishedArticle]) -> bytes:
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerows(list(dataclasses.asdict(each).values()) for each in content)
    return sheet.getvalue().encode()
