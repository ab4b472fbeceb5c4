"""One vote's commit: the ledger with its tallies, then with the judgement, beside a bare INSERT.

All three through the same driver and engine, with the same durability, into the same file.
"""

import datetime as dt
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event

from benchmarks import harness
from benchmarks.harness import Line, Target
from faq_cms import articles, db, loop, migrate, starter, votes
from faq_cms.articles import PublishedArticle
from faq_cms.models import Version

VOTES: Final = 100  # a round
COMMIT: Final = Target("<=", 2)
_INSERT: Final = (
    "INSERT INTO vote (article_id, version_id, period_id, visitor, helpful, off_text, set_aside,"
    " source, day, cast_at) SELECT article_id, id, period_id, ?, 1, 0, 0, 'aide', ?, ?"
    " FROM version WHERE id = ?"
)
_BUSINESS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")


def measure(folder: Path) -> list[Line]:
    """Lines of the microseconds and the statements of one vote."""
    db.use(db.Database(f"sqlite:///{folder / 'ledger.db'}"))
    migrate.upgrade(db.current())
    starter.publish_once(now=dt.datetime.now(dt.UTC))
    try:
        return _lines()
    finally:
        db.current().dispose()


def _lines() -> list[Line]:
    with db.reading() as session:
        article = articles.published(session)[0]
        version = articles.version(session, article.version_id)
    runs = harness.interleaved(
        {
            "raw": lambda: 1e6 / raw_votes_per_second(article, VOTES),
            "tallied": lambda: _microseconds(votes.cast, version),
            "judged": lambda: _microseconds(loop.vote_received, version),
        }
    )
    counts = {
        name: _statements(verb, version)
        for name, verb in (("cast", votes.cast), ("judged", loop.vote_received))
    }
    return [
        harness.line("commit: raw INSERT of a vote", "µs", runs["raw"]),
        harness.line("commit: vote and tallies (votes.cast)", "µs", runs["tallied"]),
        harness.line(
            "vote and tallies ÷ raw", "×", harness.ratios(runs["tallied"], runs["raw"]), COMMIT
        ),
        harness.line("commit: vote, tallies, flags (loop.vote_received)", "µs", runs["judged"]),
        harness.line(
            "vote, tallies, flags ÷ raw",
            "×",
            harness.ratios(runs["judged"], runs["raw"]),
            COMMIT,
        ),
        harness.line("statements of votes.cast", "SQL", [len(counts["cast"])]),
        harness.line("statements of loop.vote_received", "SQL", [len(counts["judged"])]),
    ]


def raw_votes_per_second(article: PublishedArticle, count: int) -> float:
    """Votes per second that the driver alone commits, one a transaction, as durably as ours."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    connection = db.current().write_engine.raw_connection()
    cursor = connection.cursor()
    try:
        _require_durable(cursor)
        began = time.perf_counter()
        for _ in range(count):
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(
                _INSERT,
                (secrets.token_hex(16), now.date().isoformat(), str(now), article.version_id),
            )
            cursor.execute("COMMIT")
        return count / (time.perf_counter() - began)
    finally:
        cursor.close()
        connection.close()


def _require_durable(cursor: Any) -> None:
    """A commit that returns is on the disk, for the product and for what it is compared with."""
    cursor.execute("PRAGMA journal_mode")
    mode = cursor.fetchone()[0]
    cursor.execute("PRAGMA synchronous")
    if (mode, cursor.fetchone()[0]) != ("wal", 2):
        raise RuntimeError("not WAL with synchronous=FULL")


def _microseconds(verb: Callable[..., object], version: Version) -> float:
    began = time.perf_counter()
    for number in range(VOTES):
        _one(verb, version, helpful=number % 5 > 0)
    return (time.perf_counter() - began) / VOTES * 1e6


def _one(verb: Callable[..., object], version: Version, *, helpful: bool) -> None:
    with db.transaction() as session:
        verb(
            session,
            version=version,
            helpful=helpful,
            visitor=secrets.token_hex(16),
            source="aide",
            now=dt.datetime.now(dt.UTC),
        )


def _statements(verb: Callable[..., object], version: Version) -> list[str]:
    """What one more vote says to the database, BEGIN and COMMIT left out."""
    said: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(_BUSINESS):
            said.append(statement)

    engine = db.current().write_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        _one(verb, version, helpful=True)
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return said
