"""Backups that were read back before they are called backups, and restores that can be undone.

SQLite: a consistent copy made while the server runs, in one file that is checked whole. PostgreSQL:
its own `pg_dump` and `pg_restore`. A backup holds readers' texts: only its owner may read it. The
installation's secret is not in it.
"""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, make_url, select
from sqlalchemy.exc import DatabaseError

from faq_cms import db, files, migrate
from faq_cms.db import Database
from faq_cms.errors import BackupRefused, Unavailable
from faq_cms.models import Article, Base, Remark, Version, Vote

COUNTED: Final[tuple[type[Base], ...]] = (Article, Version, Vote, Remark)
_PG_MAGIC: Final = b"PGDMP"


@dataclass(frozen=True)
class Backup:
    """A file that was read back: what it holds, by table, at which schema."""

    path: Path
    schema: str | None
    rows: dict[str, int]
    octets: int


# -- writing -------------------------------------------------------------------------------------


def write(database: Database, path: Path) -> Backup:
    """Write a verified backup at `path`; the server may be running.

    The file appears whole or not at all, readable by its owner only, and an earlier one of that
    name is replaced only then. Raises BackupRefused, OSError.
    """
    with files.replacing(path, mode=0o600) as unfinished:
        if database.is_sqlite:
            db.copy_into(database, unfinished)
        else:
            with _libpq(database) as address:
                _postgresql("pg_dump", "--format=custom", f"--file={unfinished}", address)
        return _verified(unfinished, path, is_sqlite=database.is_sqlite)


def _verified(file: Path, path: Path, *, is_sqlite: bool) -> Backup:
    """Read our own copy of a backup to the end; `path` is its name to people.

    Raises BackupRefused when it is damaged or is none of ours. Opening a SQLite file may touch it,
    which is why it is never the person's own.
    """
    octets = file.stat().st_size
    if not is_sqlite:
        with file.open("rb") as start:
            if start.read(len(_PG_MAGIC)) != _PG_MAGIC:
                raise BackupRefused("not_ours", str(path))
        _postgresql("pg_restore", "--list", str(file))
        return Backup(path, None, {}, octets)
    with _opened(file) as copy:
        try:
            if faults := db.integrity_faults(copy):
                raise BackupRefused("damaged", str(path), faults[0])
            if (schema := migrate.current(copy)) is None:
                raise BackupRefused("not_ours", str(path))
            if schema not in migrate.revisions():
                raise BackupRefused("newer", str(path))
            return Backup(path, schema, rows(copy), octets)
        except (DatabaseError, Unavailable) as error:
            raise BackupRefused("not_ours", str(path)) from error


def rows(database: Database) -> dict[str, int]:
    """How many rows the tables that matter most hold."""
    with database.reading() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in COUNTED
        }


# -- restoring -----------------------------------------------------------------------------------


def restore(database: Database, path: Path) -> tuple[Backup, Path | None]:
    """Replace the database by a backup; returns what was restored and where the old one is kept.

    The server must be stopped. The backup is verified, and brought to our schema, before anything
    is replaced. Raises BackupRefused ("newer", "in_use", "damaged", "not_ours"), OSError.
    """
    if not database.is_sqlite:
        return _restore_postgresql(database, path), None
    present = Path(str(database.url.database)).absolute()
    present.parent.mkdir(parents=True, exist_ok=True)
    with files.replacing(present, mode=0o600) as candidate:
        shutil.copyfile(path, candidate)
        verified = _verified(candidate, path, is_sqlite=True)
        with _opened(candidate) as copy:
            migrate.upgrade(copy)
        kept = _set_aside(database, present)
    return verified, kept


def _set_aside(database: Database, present: Path) -> Path | None:
    """Keep the replaced database beside the new one, whole, under a name nobody opens."""
    if not present.exists():
        return None
    database.dispose()
    # A damaged file is what a restore is for: it is kept as it is.
    with contextlib.suppress(DatabaseError):
        if not db.fold_journal(database):
            raise BackupRefused("in_use", str(present))
    database.dispose()
    kept = _free_name(present)
    for suffix in ("", *_COMPANIONS):
        source = present.with_name(present.name + suffix)
        if source.exists():
            source.replace(kept.with_name(kept.name + suffix))
    return kept


def _free_name(present: Path) -> Path:
    number = 1
    while (kept := present.with_name(f"{present.name}.avant-{number}")).exists():
        number += 1
    return kept


def _restore_postgresql(database: Database, path: Path) -> Backup:
    verified = _verified(path, path, is_sqlite=False)
    if _postgresql_schema(path) not in migrate.revisions():
        raise BackupRefused("newer", str(path))
    with _libpq(database) as address:
        # One transaction: a restore that fails leaves the database as it was.
        _postgresql(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            f"--dbname={address}",
            str(path),
        )
    migrate.upgrade(database)
    return Backup(path, migrate.current(database), rows(database), verified.octets)


# -- files and tools -----------------------------------------------------------------------------

_COMPANIONS: Final = ("-wal", "-shm", "-journal")


def _forget_companions(path: Path) -> None:
    """Nobody has this file open: what SQLite left beside it when reading is empty."""
    for suffix in _COMPANIONS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[Database]:
    """A SQLite file of ours, left as one whole file when the block ends."""
    database = Database(f"sqlite:///{file}")
    try:
        yield database
        database.dispose()
        db.fold_journal(database)
    finally:
        database.dispose()
        _forget_companions(file)


@contextlib.contextmanager
def _libpq(database: Database) -> Iterator[str]:
    """The database's address as PostgreSQL's tools read it.

    The password goes by a private file: a command line is read by everybody on the machine.
    """
    url = make_url(database.url).set(drivername="postgresql")
    password = "" if url.password is None else str(url.password)
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    with tempfile.NamedTemporaryFile("w", prefix="faq-", encoding="utf-8") as file:
        file.write(f"*:*:*:*:{escaped}\n")
        file.flush()
        passfile = {"passfile": file.name} if password else {}
        address = url.set(password=None).update_query_dict(passfile)
        yield address.render_as_string(hide_password=False)


def _postgresql_schema(path: Path) -> str | None:
    """The schema revision a PostgreSQL backup was made at."""
    data = _postgresql(
        "pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(path)
    )
    lines = data.splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith("COPY ")), None)
    return None if start is None else lines[start + 1].strip()


def _postgresql(tool: str, *arguments: str) -> str:
    """What one of PostgreSQL's own tools says. Raises BackupRefused when it is missing or fails."""
    program = shutil.which(tool)
    if program is None:
        raise BackupRefused("tool_missing", tool)
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupRefused("tool_failed", tool, " ".join(done.stderr.split())[-300:])
    return done.stdout
