"""Whole installations of four sizes, from a seed: what a manager's screens must be looked at with.

    python -m benchmarks.installations small sqlite:////tmp/small.db

Rows are written in bulk, in the shapes the chapters would have written one by one: days of votes
from several sources, page views, searches, versions that answered a flag and whose effect the
following votes measure. Remarks hang on votes of their own; the other votes exist as tallies only.
"""

import argparse
import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.random import Generator
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from benchmarks import corpus
from faq_cms import corrections, db, flags, migrate, remarks, votes
from faq_cms.models import (
    Article,
    Category,
    Correction,
    CorrectionState,
    Ledger,
    Period,
    Remark,
    RemarkState,
    SearchDay,
    Significance,
    TallyDay,
    TallyVersion,
    Version,
    ViewDay,
    Vote,
)

SOURCES: Final = {"aide": 0.6, "widget": 0.3, "assistance": 0.1}
CORRECTED: Final = 0.5  # of the failing articles, in the second half of the story
VIEWS_PER_VOTE: Final = 30
WORDS_OF_READERS: Final = (
    "Je ne sais toujours pas à qui écrire.",
    "Il manque le délai de traitement.",
    "Où trouve-t-on le numéro de client\u202f?",
    "J’ai suivi la procédure et je n’ai pas eu de réponse.",
    "Et pour les factures de l’année dernière\u202f?",
)
LOOKED_FOR: Final = ("bon de commande", "echeancier", "portail", "rib", "avoir", "mandat sepa")


@dataclass(frozen=True)
class Size:
    """How much there is: articles, votes a month, days of life, articles with a remark."""

    articles: int
    votes_a_month: int
    days: int
    remarks: int


SIZES: Final = {
    "empty": Size(10, 0, 30, 0),
    "small": Size(10, 40, 60, 4),
    "middle": Size(200, 50, 300, 12),
    "large": Size(2_000, 100_000, 150, 400),
}


def fill(session: Session, size: Size, *, now: dt.datetime, seed: int = corpus.SEED) -> None:
    """Tell the whole story into a database without any article."""
    chance, language = np.random.default_rng(seed), corpus.Language(seed)
    opening = now - dt.timedelta(days=size.days)
    ids = range(1, size.articles + 1)
    helped = chance.beta(6, 2, size.articles)
    failing = (helped < 0.55) & (chance.random(size.articles) < CORRECTED)
    at = {n: chance.integers(size.days // 2, size.days * 4 // 5) for n in ids if failing[n - 1]}
    themes = max(1, min(12, size.articles // 20))
    names = [
        {"id": n, "name": f"Thème {n}", "slug": f"theme-{n}", "position": n}
        for n in range(1, themes + 1)
    ]
    _write(session, Category, names)
    _write(session, Article, [_article(n, themes, opening) for n in ids])
    texts = [language.entry() for _ in ids]
    published = {
        n: [opening, *([opening + dt.timedelta(days=int(at[n]))] if n in at else [])] for n in ids
    }
    rows = [
        _version(n, number, texts[n - 1], moment)
        for n in ids
        for number, moment in enumerate(published[n], start=1)
    ]
    for place, row in enumerate(rows, start=1):
        row["id"] = row["period_id"] = place
    _write(
        session,
        Period,
        [
            {
                "id": row["id"],
                "article_id": row["article_id"],
                "number": row["number"],
                "opened_at": row["published_at"],
            }
            for row in rows
        ],
    )
    _write(session, Version, rows)
    live = {row["article_id"]: row["id"] for row in rows}
    for n, version_id in live.items():
        session.execute(update(Article).where(Article.id == n).values(live_version_id=version_id))
    first = {row["article_id"]: row["id"] for row in rows if row["number"] == 1}
    days = _days(chance, size, helped, at, first, live, votes.civil_day(opening))
    _write(session, TallyDay, days)
    _write(session, TallyVersion, _totals(days))
    _write(session, ViewDay, _views(chance, days))
    _write(session, SearchDay, _searches(chance, size, votes.civil_day(now)))
    _write(
        session,
        Correction,
        [
            {
                "article_id": n,
                "state": CorrectionState.OBSERVING,
                "opened_at": opening,
                "version_id": live[n],
                "corrected_at": published[n][1],
                "reason": "",
            }
            for n in at
        ],
    )
    _remark(session, chance, size, live, now)
    for article_id in flags.out_of_step(session):
        flags.judge(session, article_id, now=now)
        corrections.follow(session, article_id, now=now)
    session.execute(update(Ledger).values(revision=Ledger.revision + 1, content=Ledger.content + 1))


def _write(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table.__table__), rows)  # no objects: rows only


def _article(number: int, themes: int, at: dt.datetime) -> dict[str, Any]:
    return {
        "id": number,
        "uid": f"{number:032x}",
        "slug": f"article-{number}",
        "category_id": 1 + number % themes,
        "created_at": at,
        "updated_at": at,
        "internal_note": "",
        "saves": 1,
    }


def _version(article_id: int, number: int, entry: corpus.Entry, at: dt.datetime) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "number": number,
        "question": entry.question[:1].upper() + entry.question[1:],
        "answer": entry.answer,
        "wordings": [],
        "significance": Significance.MAJOR,
        "note": "",
        "author": "Rédaction",
        "created_at": at,
        "saved_at": at,
        "published_at": at,
        "revision": 1,
    }


def _days(
    chance: Generator,
    size: Size,
    helped: np.ndarray[Any, np.dtype[np.float64]],
    at: dict[int, Any],
    first: dict[int, int],
    live: dict[int, int],
    opening: dt.date,
) -> list[dict[str, Any]]:
    """Votes per day, source and version: a few articles are read far more, and less at week-ends."""
    weight = 1 / np.arange(1, size.articles + 1) ** 0.9
    chance.shuffle(weight)
    weight *= size.votes_a_month / 30.4 / weight.sum()
    rows = []
    for day in range(size.days + 1):
        date = opening + dt.timedelta(days=day)
        busy = 1.25 if date.weekday() < 5 else 0.4
        cast = chance.poisson(weight * busy)
        for place in np.flatnonzero(cast):
            n = int(place) + 1
            is_new = n in at and day >= at[n]
            share = min(0.95, helped[place] + 0.25 * is_new)
            shared = chance.multinomial(cast[place], list(SOURCES.values()))
            for source, times in zip(SOURCES, shared, strict=True):
                if times:
                    yes = int(chance.binomial(times, share))
                    noes = int(times) - yes
                    rows.append(
                        {
                            "day": date,
                            "article_id": n,
                            "version_id": live[n] if is_new else first[n],
                            "source": source,
                            "helpful": yes,
                            "unhelpful": noes,
                            "off_text": int(chance.binomial(noes, 0.15)),
                            "set_aside": 0,
                        }
                    )
    return rows


def _totals(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("helpful", "unhelpful", "off_text", "set_aside")
    ordered = sorted(days, key=lambda row: row["version_id"])
    return [
        {"version_id": version_id, **{name: sum(row[name] for row in rows) for name in names}}
        for version_id, group in itertools.groupby(ordered, key=lambda row: row["version_id"])
        if (rows := list(group))
    ]


def _views(chance: Generator, days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: dict[tuple[dt.date, int], int] = {}
    for row in days:
        if row["source"] == "aide":
            key = row["day"], row["article_id"]
            seen[key] = seen.get(key, 0) + row["helpful"] + row["unhelpful"]
    return [
        {
            "day": day,
            "article_id": article_id,
            "source": "aide",
            "views": int(chance.poisson(VIEWS_PER_VOTE * times)) + times,
            "robots": int(chance.poisson(2)),
        }
        for (day, article_id), times in seen.items()
    ]


def _searches(chance: Generator, size: Size, today: dt.date) -> list[dict[str, Any]]:
    if not size.votes_a_month:
        return []
    return [
        {
            "day": today - dt.timedelta(days=7 * week),
            "query": query,
            "searches": int(chance.poisson(1 + size.votes_a_month / 400 / place)) or 1,
            "results": 0 if place % 2 else 3,
        }
        for week in range(8)
        for place, query in enumerate(LOOKED_FOR, start=1)
    ]


def _remark(
    session: Session, chance: Generator, size: Size, live: dict[int, int], now: dt.datetime
) -> None:
    """A remark on some articles, under a vote of its own that is already in the tallies."""
    drawn = chance.choice(np.arange(1, size.articles + 1), size.remarks, replace=False)
    said, hung = [], []
    for place, n in enumerate(int(each) for each in drawn):
        moment = now - dt.timedelta(hours=7 * place + 1)
        vote = {
            "id": place + 1,
            "article_id": n,
            "version_id": live[n],
            "period_id": live[n],
            "visitor": f"{place:032x}",
            "helpful": False,
            "off_text": False,
            "set_aside": False,
            "source": "aide",
            "day": votes.civil_day(moment),
            "cast_at": moment,
        }
        said.append(vote)
        hung.append(
            {
                "reference": remarks.new_reference(),
                "vote_id": place + 1,
                "article_id": n,
                "text": WORDS_OF_READERS[place % len(WORDS_OF_READERS)],
                "received_at": moment,
                "state": RemarkState.NEW if place % 3 else RemarkState.NO_ACTION,
            }
        )
    _write(session, Vote, said)
    _write(session, Remark, hung)


def main() -> None:
    """Make one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=list(SIZES))
    parser.add_argument("url", help="of a database that does not exist yet")
    asked = parser.parse_args()
    database = db.use(db.Database(asked.url))
    migrate.upgrade(database)
    with db.transaction() as session:
        fill(session, SIZES[asked.size], now=dt.datetime.now(dt.UTC))


if __name__ == "__main__":
    main()
