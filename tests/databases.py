"""The database of each engine that a worker's tests share, put back before each as it was migrated.

Shared, because an engine that lives on keeps the statements it compiled, its connections and the
server's catalogue: making those again costs more than what most tests do with them.
"""

import shutil
from pathlib import Path
from typing import LiteralString, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import URL

from faq_cms import db, migrate

_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
    AND pg_relation_size(oid) > 0
"""
# What a test left open holds locks.
_STOP_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""
_RESTART_SEQUENCES = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE last_value IS NOT NULL
"""


class Reused(Protocol):
    """A database that can be put back as its migrations left it."""

    database: db.Database

    def renew(self) -> None:
        """Forget everything written since the migrations; whoever is connected is let down."""

    def close(self) -> None:
        """Close every connection."""


class SQLite:
    """A file, alone in its folder, put back by copying."""

    def __init__(self, template: Path, folder: Path) -> None:
        self._template = template
        self._folder = folder
        self.database = db.Database(f"sqlite:///{folder / 'faq.db'}")

    def renew(self) -> None:
        self.database.dispose()
        for file in self._folder.iterdir():
            file.unlink()
        shutil.copyfile(self._template, self._folder / "faq.db")

    def close(self) -> None:
        self.database.dispose()


class PostgreSQL:
    """A database emptied by deleting: another copy, or truncating, costs files for every index.

    What was emptied is vacuumed down to no page at all, so that rows lie in the order they are
    written in, whatever the tests before did.
    """

    def __init__(self, url: URL) -> None:
        address = url.render_as_string(hide_password=False)
        migrate_new(address)
        self.database = db.Database(address)
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._own = psycopg.connect(plain, autocommit=True)
        self._own.execute("SET session_replication_role = replica")  # tables in any order
        self._initial = self._written()
        for table in self._initial:
            self._run("CREATE TEMPORARY TABLE {} AS TABLE public.{}", f"initial_{table}", table)

    def renew(self) -> None:
        self._own.execute(_STOP_OTHERS)
        written = self._written()
        for table in written:
            self._run("DELETE FROM public.{}", table)
        tables = sql.SQL(", ").join(map(sql.Identifier, written))
        self._own.execute(
            sql.SQL("VACUUM (INDEX_CLEANUP ON, SKIP_DATABASE_STATS) {}").format(tables)
        )
        for table in self._initial:
            self._run("INSERT INTO public.{} TABLE {}", table, f"initial_{table}")
        self._own.execute(_RESTART_SEQUENCES)

    def close(self) -> None:
        self._own.close()
        self.database.dispose()

    def _written(self) -> list[str]:
        return [name for (name,) in self._own.execute(_TABLES)]

    def _run(self, statement: LiteralString, *names: str) -> None:
        self._own.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def migrate_new(url: str) -> None:
    """Make the product's tables in an empty database."""
    database = db.Database(url)
    migrate.upgrade(database)
    database.dispose()
