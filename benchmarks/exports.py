"""How long the exports of twenty thousand articles take, beside plain json and csv of the same content.

The comparison is what anybody would write first: `json.dumps` and `csv.writer` of the same fields,
their Markdown unread. Writers that render Markdown, the booklets most of all, cost what rendering
does; the booklets are timed on fewer articles, as nobody prints twenty thousand. A round writes them
all, for minutes: a few articles warm every writer up instead, and a second round comes if there is time.
"""

import csv
import dataclasses
import datetime as dt
import io
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks import corpus, harness
from benchmarks.harness import Line
from faq_cms import exports
from faq_cms.articles import PublishedArticle
from faq_cms.exports import CHANNELS, Destination, Site

ROUNDS: Final = 2
PRINTED: Final = 500  # articles of a booklet
SITE: Final = Site("Aide", "https://aide.example.org")


def measure(_folder: Path) -> list[Line]:
    """Seconds a writer, and each writer as so many times plain json."""
    content = _articles()
    measures: dict[str, Callable[[], float]] = {
        "plain json": _timed(lambda: _plain_json(content)),
        "plain csv": _timed(lambda: _plain_csv(content)),
    }
    for name, channel in CHANNELS.items():
        is_printed = channel.destination is Destination.PRINT
        measures[name] = _timed(_writer(channel, content[:PRINTED] if is_printed else content))
    for channel in CHANNELS.values():
        channel.write(content[:3], SITE)
    runs = _rounds(measures)
    lines: list[Line] = []
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


def _rounds(measures: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    runs: dict[str, list[float]] = {name: [] for name in measures}
    end = time.monotonic() + harness.SECTION
    for number in range(1, ROUNDS + 1):
        if number > 1 and time.monotonic() > end:
            harness.say("time is up after one round")
            break
        for name, measure in measures.items():
            runs[name].append(measure())
            harness.say(f"round {number}: {name} {runs[name][-1]:.1f} s")
    return runs


def _articles() -> list[PublishedArticle]:
    """What the library of the other sections holds, with a link, a list and words in bold."""
    language, now = corpus.Language(), dt.datetime(2026, 3, 31, tzinfo=dt.UTC)
    found = []
    for number in range(1, corpus.ARTICLES + 1):
        entry = language.entry()
        answer = f"**En bref.** {entry.answer}\n\n- d’abord\u202f;\n- [ensuite](/aide/a-{number})."
        theme = number * corpus.CATEGORIES // (corpus.ARTICLES + 1)
        found.append(
            PublishedArticle(
                id=number,
                uid=f"{number:032x}",
                slug=f"article-{number}",
                question=entry.question,
                answer=answer,
                wordings=(f"Autrement dit {number}\u202f?",),
                category=f"Thème {theme}",
                category_slug=f"theme-{theme}",
                version_id=number,
                version=1,
                published_at=now,
                updated_at=now,
                url=f"{SITE.base_url}/aide/article-{number}",
                tags=("facture",),
            )
        )
    return found


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
