"""The migrations make exactly the tables the models describe, on both engines, up and down."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from faq_cms import db, migrate, publishing
from faq_cms.errors import Conflict
from faq_cms.models import Base

PG_CATALOGUE = """
SELECT conrelid::regclass::text AS owner, conname AS name, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT table_name, column_name,
       data_type || '/' || is_nullable || '/' || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'
"""
SQLITE_CATALOGUE = "SELECT tbl_name, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
# What the search index keeps beside its table, and Alembic's own mark: not ours to describe.
NOT_MODELLED = re.compile(r"alembic_version|search_index")


@pytest.fixture
def empty(empty_url: str) -> Iterator[db.Database]:
    database = db.Database(empty_url)
    yield database
    database.dispose()


def catalogue(connection: Connection) -> dict[tuple[str, str], str]:
    """Every table, column, constraint and index of the database, by owner and name."""
    statement = PG_CATALOGUE if connection.dialect.name == "postgresql" else SQLITE_CATALOGUE
    return {
        (owner, name): _folded(definition)
        for owner, name, definition in connection.execute(text(statement))
        if not NOT_MODELLED.search(owner) and definition
    }


def _folded(definition: str) -> str:
    """A definition without what means nothing: spaces, quotes, order of a table's constraints."""
    body = re.sub(r'["\s]+', " ", definition).strip()
    return " , ".join(sorted(part.strip(" ()") for part in body.split(",")))


def test_migrated_catalogue_equals_the_models(empty: db.Database) -> None:
    migrate.upgrade(empty)
    with empty.write_engine.connect() as connection:
        migrated = catalogue(connection)
        connection.rollback()
    migrate.downgrade(empty, "base")
    Base.metadata.create_all(empty.write_engine)
    with empty.write_engine.connect() as connection:
        described = catalogue(connection)
    assert migrated == described


def test_migrations_go_down_to_nothing_and_up_again(empty: db.Database) -> None:
    migrate.upgrade(empty)
    migrate.downgrade(empty, "base")
    with empty.read_engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(empty)
    assert migrate.current(empty) == migrate.head()


def test_a_database_newer_than_the_code_is_left_alone(empty: db.Database) -> None:
    migrate.upgrade(empty)
    with empty.write_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="newer_schema"):
        migrate.upgrade(empty)


def test_upgrading_twice_changes_nothing(empty: db.Database) -> None:
    migrate.upgrade(empty)
    migrate.upgrade(empty)
    with empty.read_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM ledger")).scalar_one() == 1


def test_foreign_keys_are_enforced_again_after_a_migration(empty: db.Database) -> None:
    migrate.upgrade(empty)
    if empty.is_sqlite:
        with empty.write_engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


# Written at each vote, reading or search, where an index costs more than what it would spare.
DAILY = {"tally_day", "window_tally", "view_day", "search_click_day"}


@pytest.mark.parametrize("table", ["article", "version"])
def test_what_refers_to_a_text_is_found_without_reading_its_table(
    empty: db.Database, table: str
) -> None:
    if not empty.is_sqlite:
        pytest.skip("says how it would look once a table has rows; see the next test")
    migrate.upgrade(empty)
    read = set()
    with empty.read_engine.connect() as connection:
        for key in (
            key for each in Base.metadata.sorted_tables for key in each.foreign_key_constraints
        ):
            if key.referred_table.name == table:
                asked = " AND ".join(f"{column.name} = 1" for column in key.columns)
                looked = f"EXPLAIN QUERY PLAN SELECT 1 FROM {key.table.name} WHERE {asked}"  # noqa: S608 — our own names
                if any("SCAN" in row[-1] for row in connection.execute(text(looked))):
                    read.add(key.table.name)
    assert read <= DAILY
    assert "tally_day" in read


def test_who_deletes_many_finds_what_refers_to_them_on_either_engine(empty: db.Database) -> None:
    """What SQLite does not keep is made for that time; PostgreSQL keeps it."""
    referring = {
        (key.table.name, column.name)
        for each in Base.metadata.sorted_tables
        for key in each.foreign_key_constraints
        for column in key.columns
        if key.table.name in DAILY and key.referred_table.name in ("article", "version")
    }
    asked = {(each.property.columns[0].table.name, each.key) for each in publishing.DAILY}
    assert referring == asked
    migrate.upgrade(empty)

    def found(session: Session) -> set[tuple[str, str]]:
        looked = inspect(session.connection())
        return {
            (table, index["column_names"][0] or "")
            for table in DAILY
            for index in looked.get_indexes(table)
        }

    with empty.transaction() as session:
        before = found(session)
        with db.found_by(session, *publishing.DAILY):
            assert found(session) >= asked
        assert found(session) == before
    assert before == (set() if empty.is_sqlite else asked)
