"""The engine, the transaction, the frame. The only module that knows which database answers.

A door writes `with db.transaction() as session:` and reads `with db.reading() as session:`;
chapters receive the session and never commit. On SQLite every write transaction is IMMEDIATE (a
deferred one that reads first fails under concurrency, whatever the busy timeout), durable at
commit (`synchronous=FULL`), and queued behind one lock in the process, because SQLite's own
waiting is unfair. Only this module imports a SQLite driver: two SQLite libraries in one process
drop each other's file locks and lose acknowledged writes.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Engine,
    Executable,
    SelectBase,
    Table,
    Text,
    cast,
    create_engine,
    event,
    func,
    make_url,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from faq_cms import models
from faq_cms.errors import FaqError, Unavailable

log = logging.getLogger(__name__)

_Given = TypeVar("_Given")

BUSY_SECONDS = 10
GROUP = 64  # small writes of one commit at most: none waits long for those before it
_MOVES = "ledger moves"  # key in Session.info: the counters that move at the commit
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "cache_size=-65536",
    "temp_store=MEMORY",
    "secure_delete=ON",  # an erased remark leaves no copy in free pages
)
_FAULTS_OF_OURS = ("SQLITE_ERROR",)
_READ_ONLY = "25006"  # PostgreSQL's word for a standby, or a server closed to writes
# The WAL-reset corruption bug: present from 3.7.0, fixed in 3.51.3 and in these backports.
_WAL_RESET_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


def _sqlite_driver() -> Any:
    """pysqlite3, whose bundled library is recent, where it has a wheel; else the interpreter's."""
    try:
        import pysqlite3
    except ImportError:
        import sqlite3

        return sqlite3
    return pysqlite3


def sqlite_version() -> tuple[int, ...]:
    """Version of the SQLite library in use."""
    version: tuple[int, ...] = _sqlite_driver().sqlite_version_info
    return version


def sqlite_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset corruption bug."""
    return version >= _WAL_RESET_FIXED[-1] or any(
        fixed <= version < (fixed[0], fixed[1] + 1) for fixed in _WAL_RESET_FIXED
    )


class Database:
    """One database: a write engine, a read engine, and the lock in front of SQLite's writer."""

    def __init__(self, url: str) -> None:
        """Open nothing yet: connections are made at first use."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            driver = _sqlite_driver()
            self.write_engine = create_engine(self.url, module=driver)
            self.read_engine = create_engine(self.url, module=driver, pool_size=10, max_overflow=20)
            _prepare_sqlite(self.write_engine, begin="BEGIN IMMEDIATE")
            _prepare_sqlite(self.read_engine, begin="BEGIN", extra=("query_only=ON",))
            self._turn: AbstractContextManager[Any] = threading.RLock()
            self._waiting = deque["_Job"]()
        else:
            if self.url.drivername == "postgresql":
                self.url = self.url.set(drivername="postgresql+psycopg")
            options: dict[str, Any] = {
                "pool_size": 10,
                "max_overflow": 20,
                "pool_timeout": 5,
                "pool_pre_ping": True,
                "connect_args": {
                    "connect_timeout": 5,
                    "options": f"-c lock_timeout={BUSY_SECONDS}s -c jit=off -c timezone=UTC",
                },
            }
            self.write_engine = create_engine(self.url, **options)
            self.read_engine = self.write_engine.execution_options(
                postgresql_readonly=True, isolation_level="REPEATABLE READ"
            )
            self._turn = nullcontext()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A write transaction: committed and durable when the block ends, undone when it raises.

        Raises Unavailable when the database cannot take the write (full disk, read-only file,
        lost server, lock held too long).
        """
        with self._turn, self._transaction() as session:
            yield session

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        """`transaction`, for who has the turn."""
        maker = Session(self.write_engine, expire_on_commit=False)
        with _refusals(), maker as session, session.begin():
            yield session
            # Last of all: one hot row, held for as short a time as the commit allows.
            if session.in_transaction() and (moves := session.info.get(_MOVES)):
                session.flush()
                _moving(frozenset(moves)).execute(session)

    def grouped(self, work: Callable[[Session], _Given]) -> _Given:
        """What `work` gives, once what it wrote is durable; small writes that wait commit together.

        On SQLite one commit waits for the disk while others queue: whoever comes next then does the
        work of all who wait, each behind its own savepoint, and commits once. `work` may run twice:
        alone, after a fault of another one of its group. Raises as `transaction` does.
        """
        if not self.is_sqlite:
            with self.transaction() as session:
                return work(session)
        job = _Job(work)
        self._waiting.append(job)
        with self._turn:
            while not job.is_over:
                self._run([self._waiting.popleft() for _ in range(min(len(self._waiting), GROUP))])
        if job.error is not None:
            raise job.error
        given: _Given = job.given
        return given

    def _run(self, jobs: list["_Job"]) -> None:
        """Make these writes, or keep for each why it could not be made."""
        try:
            if len(jobs) > 1 and self._run_together(jobs):
                return
            for job in jobs:
                try:
                    with self._transaction() as session:
                        job.given, job.error = job.work(session), None
                except Exception as error:  # noqa: BLE001 — whoever asked raises it
                    job.error = error
                job.is_over = True
        finally:
            for job in jobs:
                if not job.is_over:  # this thread is being stopped: nobody must wait for it
                    job.error, job.is_over = Unavailable("interrupted"), True

    def _run_together(self, jobs: list["_Job"]) -> bool:
        """Make these writes in one transaction; False, and nothing is written, after any fault."""
        moves = set[str]()
        try:
            with self.write_engine.connect() as connection, connection.begin():
                for job in jobs:
                    behind = Session(
                        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
                    )
                    try:
                        with behind, behind.begin():
                            job.given = job.work(behind)
                        moves |= behind.info.get(_MOVES, set())
                    except FaqError as error:  # refused: what it wrote is undone, the others stand
                        job.error = error
                if moves:
                    with Session(connection) as session:
                        _moving(frozenset(moves)).execute(session)
                        session.commit()
        except Exception:  # whoever failed must not fail the others: each is then made alone
            log.debug("writes that waited together are undone", exc_info=True)
            return False
        for job in jobs:
            job.is_over = True
        return True

    def scrub(self) -> None:
        """Leave no copy of erased text in the write-ahead log (SQLite; a no-op on PostgreSQL)."""
        if self.is_sqlite:
            with self._turn, self.write_engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                if raw is not None:
                    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent view of the database; writing through it is an error."""
        maker = Session(self.read_engine, expire_on_commit=False)
        with _refusals(), maker as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.write_engine.dispose()
        self.read_engine.dispose()


@dataclass(eq=False)
class _Job:
    """A small write that waits for its turn, and what became of it."""

    work: Callable[[Session], Any]
    given: Any = None
    error: Exception | None = None
    is_over: bool = False


_current: Database | None = None


def use(database: Database) -> Database:
    """Make `database` the one `transaction` and `reading` speak to, in every thread."""
    global _current  # noqa: PLW0603 — one process serves one database: routes and screens share it
    _current = database
    return database


def current() -> Database:
    """The database in use. RuntimeError before the first `use`."""
    if _current is None:
        raise RuntimeError("no database is in use: call db.use(Database(url)) first")
    return _current


def transaction() -> AbstractContextManager[Session]:
    """`Database.transaction` of the database in use."""
    return current().transaction()


def grouped(work: Callable[[Session], _Given]) -> _Given:
    """`Database.grouped` of the database in use."""
    return current().grouped(work)


def reading() -> AbstractContextManager[Session]:
    """`Database.reading` of the database in use."""
    return current().reading()


def frame(session: Session, statement: Executable) -> pd.DataFrame:
    """The rows of a statement, one column per label; an empty result keeps its columns."""
    result = session.execute(statement)
    # Plain tuples: pandas asks a Row for attributes it can only refuse, at a cost, row by row.
    return pd.DataFrame(list(map(tuple, result)), columns=list(result.keys()))


def columns(session: Session, statement: Executable) -> pd.DataFrame:
    """As `frame`, made column by column and without ORM: for tens of thousands of rows.

    Nothing pending in the session is flushed first.
    """
    result = session.connection().execute(statement)
    names, rows = list(result.keys()), result.fetchall()
    read = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pd.DataFrame(dict(zip(names, map(list, read), strict=True)))


def numbers(
    session: Session, statement: SelectBase, names: Sequence[str] = ()
) -> NDArray[np.int64]:
    """The columns of these names (all without any) of a query, in rows without order.

    Whole numbers only, none of them null.

    The database writes them into one text, which is read at once: handed over cell by cell, tens of
    thousands of numbers take three times as long. Nothing pending in the session is flushed first.
    """
    rows = statement.subquery()
    first, *others = (cast(rows.c[name], Text) for name in names or rows.c.keys())
    cells: ColumnElement[str] = first
    for each in others:
        cells = cells + " " + each
    said = session.connection().scalar(select(func.aggregate_strings(cells, " ")))
    found = np.fromstring(said, sep=" ", dtype=np.int64) if said else np.empty(0, dtype=np.int64)
    return found.reshape(-1, 1 + len(others))


Insert = sqlite.Insert | postgresql.Insert
_INSERTS: dict[str, Callable[[Any], Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def insert(session: Session, table: type[models.Base]) -> Insert:
    """An INSERT that knows ON CONFLICT, in the dialect of the session's database."""
    return _INSERTS[session.get_bind().dialect.name](table)


class Prepared:
    """A statement of every vote: built and compiled once, said to the driver as it stands.

    Built again each time, it would cost several times what the database takes to run it. What
    comes back is as the driver gives it: ask for numbers and text only. Nothing pending in the
    session is flushed first.
    """

    def __init__(self, build: Callable[[Callable[[Any], Insert]], ClauseElement]) -> None:
        """`build` receives the INSERT of the database's dialect; values come as `bindparam`."""
        self._build = build
        self._ready: dict[str, _Compiled] = {}

    def execute(self, session: Session, **values: object) -> CursorResult[Any]:
        """Run it in the session's transaction, each `bindparam` given its value."""
        connection = session.connection()
        ready = self._for(connection.dialect)
        return connection.exec_driver_sql(ready.text, ready.parameters(values))

    def execute_many(
        self, session: Session, names: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """Run it for each row, which gives the `bindparam` of these names, at the driver's own pace."""
        connection = session.connection()
        ready = self._for(connection.dialect)
        if many := ready.parameters_of_many(names, rows):
            connection.exec_driver_sql(ready.text, many)

    def _for(self, dialect: Dialect) -> "_Compiled":
        ready = self._ready.get(dialect.name)
        if ready is None:
            statement = self._build(_INSERTS[dialect.name])
            ready = self._ready[dialect.name] = _Compiled(statement, dialect)
        return ready


class _Compiled:
    """The text of a statement for one dialect, and how its values are given to the driver."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 — a query, not a change of schema
        self.text = str(compiled)
        self._order = compiled.positiontup  # None: the driver takes its values by name
        self._given = {name: bind.value for name, bind in compiled.binds.items()}
        self._processors = {
            name: process
            for name, bind in compiled.binds.items()
            if (process := bind.type.dialect_impl(dialect).bind_processor(dialect))
        }

    def parameters(self, values: dict[str, object]) -> Any:
        """The values in the form and order the driver wants."""
        named = {**self._given, **values}
        for name, process in self._processors.items():
            named[name] = process(named[name])
        return named if self._order is None else tuple(named[name] for name in self._order)

    def parameters_of_many(
        self, names: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> list[Any]:
        """`parameters` of each row: made column by column, as there may be a hundred thousand."""
        columns: dict[str, Iterable[object]] = dict(
            zip(names, zip(*rows, strict=True), strict=False)
        )
        for name, process in self._processors.items():
            if name in columns:
                columns[name] = map(process, columns[name])
        if self._order is None:
            return [
                dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)
            ]
        return list(zip(*(columns[name] for name in self._order if columns), strict=True))


@cache
def _moving(names: frozenset[str]) -> Prepared:
    """The counters of the ledger move by one."""
    table = models.Ledger.__table__
    moved = {name: table.c[name] + 1 for name in names}
    return Prepared(lambda _insert: update(models.Ledger).where(table.c.id == 1).values(moved))


def in_turn(session: Session, key: str, *, shared: bool = False) -> None:
    """Wait until no other transaction holds `key`, and hold it until this one ends.

    For what is counted before it is written. Those that say `shared` hold it together, apart from
    one that does not. SQLite's one writer needs no more than it has.
    """
    if session.get_bind().dialect.name != "sqlite":
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        session.execute(select(lock(func.hashtextextended(key, 0))))


def restart_sequences(session: Session, tables: Sequence[Table]) -> None:
    """After rows were written with their own numbers, number the next ones from there (PostgreSQL)."""
    if session.get_bind().dialect.name == "sqlite":
        return
    for table in tables:
        key = table.autoincrement_column
        if key is not None:
            sequence = func.pg_get_serial_sequence(table.name, key.name)
            newest = select(func.max(key)).scalar_subquery()
            session.execute(select(func.setval(sequence, newest)).where(newest.is_not(None)))


@contextmanager
def found_by(session: Session, *columns: InstrumentedAttribute[Any]) -> Iterator[None]:
    """For the length of the block, rows are found by each of these columns without reading them all.

    For whoever deletes many rows that these refer to. The indexes SQLite does not keep are made, and
    dropped again: seconds for millions of rows, so not for a few deletions. Elsewhere they are kept.
    """
    made = [f"tmp_{each.class_.__tablename__}_{each.key}" for each in columns]
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    connection = session.connection()
    for name, each in zip(made, columns, strict=True):
        connection.exec_driver_sql(
            f"CREATE INDEX {name} ON {each.class_.__tablename__} ({each.key})"
        )
    yield  # what fails in the block undoes the transaction, and these with it
    session.flush()
    for name in made:
        connection.exec_driver_sql(f"DROP INDEX {name}")


def bump(session: Session, *, content: bool = False, closed: bool = False) -> None:
    """Say that figures change in this transaction.

    With `content`, so does what the public reads; with `closed`, the votes of closed days. The ledger
    moves just before the commit: cached readers will look again.
    """
    named = {"revision": True, "content": content, "closed": closed}
    session.info.setdefault(_MOVES, set()).update(name for name, moves in named.items() if moves)


_LEDGER = Prepared(
    lambda _insert: select(models.Ledger.revision, models.Ledger.content, models.Ledger.closed)
)


def revision(session: Session) -> int:
    """The ledger's present revision, the key of every cached figure."""
    return _ledger(session)[0]


def content_revision(session: Session) -> int:
    """The revision of what the public reads, the key of every kept page."""
    return _ledger(session)[1]


def closed_revision(session: Session) -> int:
    """The revision of the votes of closed days, the key of what was added up over them."""
    return _ledger(session)[2]


def _ledger(session: Session) -> tuple[int, int, int]:
    row = _LEDGER.execute(session).one_or_none()
    return (0, 0, 0) if row is None else (row.revision, row.content, row.closed)


def integrity_faults(database: Database) -> list[str]:
    """What is damaged in the file, as SQLite words it; empty when sound, or on PostgreSQL.

    Reads the whole file. Raises what the driver raises when it cannot even be opened.
    """
    if not database.is_sqlite:
        return []
    with database.read_engine.connect() as connection:
        faults = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    return [fault for fault in faults if fault != "ok"] + [f"foreign key: {o[0]}" for o in orphans]


def copy_into(database: Database, path: Path) -> None:
    """Copy a SQLite database, as it is at one instant, into a new file; writers go on meanwhile."""
    with database.read_engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        copy = _sqlite_driver().connect(str(path))
        try:
            raw.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        finally:
            copy.close()


def fold_journal(database: Database) -> bool:
    """Bring a SQLite file's journal back into it; False when another process has the file open."""
    with database.write_engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute(
            "PRAGMA busy_timeout=0"
        )  # a server does not close its files by being waited for
        try:
            mode = raw.cursor().execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except _sqlite_driver().OperationalError:
            return False
        return bool(mode == "delete")


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what a database says when it cannot serve into Unavailable; keep real faults as is."""
    try:
        yield
    except OperationalError as error:
        # SQLite says « no such table » with the same class as « disk full »: only the latter passes.
        reason = getattr(error.orig, "sqlite_errorname", type(error.orig).__name__)
        if reason in _FAULTS_OF_OURS:
            raise
        raise Unavailable(reason) from error
    except PoolExhausted as error:
        raise Unavailable("too_many_connections") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("connection_lost") from error
        if getattr(error.orig, "sqlstate", None) == _READ_ONLY:
            raise Unavailable("read_only") from error
        raise


def _prepare_sqlite(engine: Engine, *, begin: str, extra: tuple[str, ...] = ()) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions by itself
        cursor = connection.cursor()
        for pragma in (*SQLITE_PRAGMAS, *extra):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
