"""Bring a database to this code's schema, with Alembic. The only way tables are made.

On SQLite foreign keys are off while tables are rebuilt (a rebuilt parent would delete its children
in silence) and checked before the commit; DDL is transactional on both engines, so a migration
that fails leaves nothing half-made and can be run again. Two processes starting together wait for
each other.
"""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from faq_cms.db import Database
from faq_cms.errors import Conflict

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
_PG_LOCK = 7_302_615  # any constant of our own: the advisory lock of migrations


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate up to `revision`. Raises Conflict("newer_schema") when the database is ahead of us."""
    _run(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    """Migrate down to `revision` (`base` drops everything)."""
    _run(database, command.downgrade, revision)


def current(database: Database) -> str | None:
    """The revision the database is at; None when it has no tables of ours."""
    with database.read_engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def revisions() -> frozenset[str]:
    """Every revision this code knows."""
    return frozenset(s.revision for s in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def _run(database: Database, action: Callable[[Config, str], object], revision: str) -> None:
    config = _config()
    known = revisions()
    with database.write_engine.connect() as connection:
        _set_foreign_keys(connection, database, on=False)
        try:
            with connection.begin():
                _wait_for_others(connection, database)
                present = MigrationContext.configure(connection).get_current_revision()
                if present is not None and present not in known:
                    raise Conflict("newer_schema", present)
                config.attributes["connection"] = connection
                action(config, revision)
                _check_references(connection, database)
        finally:
            _set_foreign_keys(connection, database, on=True)


def _set_foreign_keys(connection: Connection, database: Database, *, on: bool) -> None:
    """Straight to the driver: SQLite ignores this pragma inside a transaction."""
    if database.is_sqlite and (raw := connection.connection.dbapi_connection) is not None:
        raw.cursor().execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _wait_for_others(connection: Connection, database: Database) -> None:
    """SQLite's IMMEDIATE transaction already waits; PostgreSQL needs to be asked."""
    if not database.is_sqlite:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_PG_LOCK})")


def _check_references(connection: Connection, database: Database) -> None:
    if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise Conflict("broken_references")
