"""Transactions: all or nothing, durable, and honest when the database cannot take a write."""

import datetime as dt
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import BigInteger, column, event, select, table, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from faq_cms import db
from faq_cms.errors import NotFound, Unavailable
from faq_cms.models import Category, SignInAttempt

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def test_a_transaction_that_raises_leaves_nothing(database: db.Database) -> None:
    with pytest.raises(RuntimeError), db.transaction() as session:
        session.add(Category(name="C", slug="c", position=1))
        session.flush()
        raise RuntimeError
    with db.reading() as session:
        assert session.query(Category).count() == 0


def test_reading_cannot_write(database: db.Database) -> None:
    with pytest.raises((DBAPIError, Unavailable)), db.reading() as session:
        session.add(Category(name="C", slug="c", position=1))
        session.flush()


def test_reading_sees_one_moment(database: db.Database) -> None:
    with db.reading() as session:
        assert session.query(Category).count() == 0
        with db.transaction() as other:
            other.add(Category(name="C", slug="c", position=1))
        assert session.query(Category).count() == 0


def test_the_ledger_moves_only_with_what_commits(database: db.Database) -> None:
    def revision() -> int:
        with db.reading() as session:
            return db.revision(session)

    with pytest.raises(RuntimeError), db.transaction() as session:
        db.bump(session)
        raise RuntimeError
    assert revision() == 0
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(_bump, range(24)))
    assert revision() == 24


def _bump(_: int) -> None:
    with db.transaction() as session:
        db.bump(session)


def test_small_writes_that_wait_commit_once_and_each_hears_of_its_own(
    database: db.Database,
) -> None:
    def write(name: str) -> Callable[[Session], str]:
        def work(session: Session) -> str:
            session.add(Category(name=name, slug=name, position=1))
            db.bump(session)
            session.flush()  # a name that is taken is refused here
            if name == "refused":
                raise NotFound("article", name)
            return name

        return work

    commits = list[object]()
    event.listen(database.write_engine, "commit", commits.append)
    names = ["a", "refused", "b", "c", "d"]
    with ThreadPoolExecutor(len(names)) as pool, db.transaction() as session:  # they wait for it
        session.add(Category(name="first", slug="first", position=1))
        said = [pool.submit(db.grouped, write(name)) for name in names]
        while database.is_sqlite and len(database._waiting) < len(names):
            time.sleep(0.01)
    assert [each.result() for each in said if each.exception() is None] == ["a", "b", "c", "d"]
    refused = [error for each in said if (error := each.exception())]
    assert [type(error) for error in refused] == [NotFound]
    if database.is_sqlite:
        assert len(commits) == 2
    with db.reading() as session:
        assert set(session.scalars(select(Category.name))) == {"a", "b", "c", "d", "first"}
        assert db.revision(session) > 0


def test_a_fault_among_writes_that_wait_is_nobody_elses(database: db.Database) -> None:
    def write(slug: str) -> Callable[[Session], None]:
        return lambda session: session.add(Category(name=slug, slug=slug, position=1))

    with ThreadPoolExecutor(4) as pool, db.transaction() as session:
        session.add(Category(name="taken", slug="taken", position=1))
        session.flush()
        said = [pool.submit(db.grouped, write(slug)) for slug in ("a", "taken", "b")]
        while database.is_sqlite and len(database._waiting) < len(said):
            time.sleep(0.01)
    assert [type(each.exception()) for each in said] == [type(None), IntegrityError, type(None)]
    with db.reading() as session:
        assert set(session.scalars(select(Category.name))) == {"a", "b", "taken"}


def test_whole_numbers_come_back_as_they_are_kept(database: db.Database) -> None:
    kept = [(-3, 2**62), (0, 7), (12, 0)]
    with db.transaction() as session:
        session.execute(text("CREATE TABLE kept (a BIGINT, b BIGINT)"))
        for a, b in kept:
            session.execute(text("INSERT INTO kept VALUES (:a, :b)"), {"a": a, "b": b})
        columns = table("kept", column("a", BigInteger), column("b", BigInteger))
        found = db.numbers(session, select(columns.c.a, columns.c.b))
        assert sorted(map(tuple, found.tolist())) == sorted(kept)
        assert db.numbers(session, select(columns.c.a).where(columns.c.a > 99)).shape == (0, 1)
        session.rollback()


def test_instants_come_back_aware_and_equal(database: db.Database) -> None:
    paris = dt.datetime(2026, 7, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    with db.transaction() as session:
        session.add(SignInAttempt(key="k", at=paris))
    with db.reading() as session:
        at = session.query(SignInAttempt).one().at
    assert (at, at.tzinfo) == (paris, dt.UTC)


def test_a_naive_instant_is_refused(database: db.Database) -> None:
    with pytest.raises(StatementError), db.transaction() as session:
        session.add(SignInAttempt(key="k", at=dt.datetime(2026, 1, 1)))  # noqa: DTZ001 — the point
        session.flush()


def test_sqlite_is_durable_and_enforces_references(database: db.Database) -> None:
    if not database.is_sqlite:
        return
    with database.write_engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_a_fault_of_ours_is_not_called_unavailable(database: db.Database) -> None:
    with pytest.raises(DBAPIError), db.reading() as session:
        session.execute(text("SELECT * FROM nowhere"))


def test_a_database_that_is_not_there_is_unavailable() -> None:
    gone = db.Database("postgresql+psycopg://faq@127.0.0.1:1/faq")
    with pytest.raises(Unavailable), gone.reading() as session:
        session.execute(text("SELECT 1"))


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_a_sqlite_with_the_wal_reset_bug_is_known(version: tuple[int, ...], safe: bool) -> None:
    assert db.sqlite_is_safe(version) is safe
