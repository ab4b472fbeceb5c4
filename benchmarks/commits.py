"""One vote's commit: the ledger with its tallies, then with the judgement, beside a bare INSERT.

All three through the same driver and engine, with the same durability, into the same file.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event

from benchmarks import harness
from benchmarks.harness import Line, Target
from faq_cms import articles, db, loop, migrate, starter, votes
from faq_cms.models import Version

COMMIT: Final = Target("<=", 2)
_INSERT: Final = (
    "INSERT INTO vote (article_id, version_id, period_id, visitor, helpful, off_text, set_aside,"
    " source, day, cast_at) SELECT article_id, id, period_id, ?, 1, 0, 0, 'aide', ?, ?"
    " FROM version WHERE id = ?"
)
_BUSINESS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")


def measure(folder: Path) -> list[Line]:
    """Lines of the microseconds and the statements of one vote, nine readers in ten being helped."""
    with ledger(folder / "ledger.db") as version, raw_vote(version) as raw:
        runs = harness.interleaved(
            {
                "raw µs": lambda: 1e6 * harness.each(raw),
                "cast µs": lambda: 1e6 * harness.each(_voting(votes.cast, version)),
                "judged µs": lambda: 1e6 * harness.each(_voting(loop.vote_received, version)),
            }
        )
        counts = {verb: _statements(verb, version) for verb in (votes.cast, loop.vote_received)}
    raw_runs, cast, judged = runs.values()
    return [
        harness.line("commit: raw INSERT of a vote", "µs", raw_runs),
        harness.line("commit: vote and tallies (votes.cast)", "µs", cast),
        harness.line("vote and tallies ÷ raw", "×", harness.ratios(cast, raw_runs), COMMIT),
        harness.line("commit: vote, tallies, flags (loop.vote_received)", "µs", judged),
        harness.line("vote, tallies, flags ÷ raw", "×", harness.ratios(judged, raw_runs)),
        harness.line("statements of votes.cast", "SQL", [counts[votes.cast]]),
        harness.line("statements of loop.vote_received", "SQL", [counts[loop.vote_received]]),
    ]


@contextmanager
def ledger(path: Path) -> Iterator[Version]:
    """A database with the starter FAQ, in use for the length of the block; a version to vote on."""
    database = db.use(db.Database(f"sqlite:///{path}"))
    try:
        migrate.upgrade(database)
        starter.publish_once(now=dt.datetime.now(dt.UTC))
        with db.reading() as session:
            version = articles.version(session, articles.published(session)[0].version_id)
        yield version
    finally:
        database.dispose()


@contextmanager
def raw_vote(version: Version) -> Iterator[Callable[[], None]]:
    """What the driver alone does to commit one vote as durably as we do, and nothing else."""
    connection = db.current().write_engine.raw_connection()
    cursor = connection.cursor()
    _require_durable(cursor)

    def commit() -> None:
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        row = (secrets.token_hex(16), now.date().isoformat(), str(now), version.id)
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(_INSERT, row)
        cursor.execute("COMMIT")

    try:
        yield commit
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


def _voting(verb: Callable[..., object], version: Version) -> Callable[[], None]:
    """One vote after another; every tenth is a Non."""
    number = 0

    def vote() -> None:
        nonlocal number
        number += 1
        with db.transaction() as session:
            verb(
                session,
                version=version,
                helpful=number % 10 > 0,
                visitor=secrets.token_hex(16),
                source="aide",
                now=dt.datetime.now(dt.UTC),
            )

    return vote


def _statements(verb: Callable[..., object], version: Version) -> int:
    """How many statements one more vote says to the database, BEGIN and COMMIT left out."""
    said: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(_BUSINESS):
            said.append(statement)

    engine = db.current().write_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        _voting(verb, version)()
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return len(said)
