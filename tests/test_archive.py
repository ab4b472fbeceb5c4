"""The archive: one installation's state in a file, and the same state in another installation."""

import datetime as dt
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from faq_cms import (
    analytics,
    archive,
    articles,
    categories,
    db,
    deliveries,
    filing,
    french,
    loop,
    migrate,
    people,
    search,
    synonyms,
    votes,
)
from faq_cms.deliveries import Target
from faq_cms.errors import ArchiveRefused, Forbidden, Invalid
from faq_cms.imports import gathering
from faq_cms.models import Account, Article, Audit, Base, Category, Role, Vote, Way
from tests import content, databases, servers
from tests.content import NOW
from tests.test_reviews import person

SECRETIVE = re.compile("secret|token|password|visitor|digest$|address|recipient|^text$|key$")
# Columns whose names sound private or secret, and why they travel all the same.
KNOWN = {
    ("account", "name_key"): "the folded name",
    ("article_tag", "key"): "the folded tag",
    ("destination", "selection_key"): "digest of what was asked for",
    ("destination", "digest"): "digest of published texts",
    ("held_article", "remote_digest"): "digest of published texts",
    ("import_batch", "digest"): "digest of a document",
    ("import_effect", "key"): "an article's name in its source",
    ("imported_entry", "key"): "an article's name in its source",
    ("missing_question", "text"): "the team still has to answer it; masked when it came",
    ("remark", "text"): "the team still has to read it; erased with age as here",
    ("review_note", "text"): "a colleague's note",
    ("vote", "import_digest"): "digest of a document",
}


DAY = dt.timedelta(days=1)
TOLD = {
    "account",
    "article",
    "audit",
    "category",
    "correction",
    "delivery",
    "destination",
    "flag",
    "held_article",
    "period",
    "remark",
    "synonym_set",
    "version",
    "vote",
}


def filled() -> None:
    """Something of everything the loop writes."""
    with db.transaction() as session:
        child = categories.add(session, people.SYSTEM, name="Rappels", now=NOW)
        parent = categories.add(session, people.SYSTEM, name="Paiements", now=NOW)
        session.get_one(Category, child.id).parent_id = parent.id  # refers to a later row
        link = people.invite(session, people.SYSTEM, role=Role.EDITOR, now=NOW)
        people.use_link(session, link, name="Zoé", password_digest="$argon2id$x", now=NOW)
        synonyms.save(session, people.SYSTEM, words=("facture", "note"), now=NOW)
    bad, good, gone = (content.published(f"Facture {each}") for each in ("A", "B", "C"))
    content.received(bad.id, 2, 18, off_text=1)
    content.received(good.id, 12, 1)
    content.voted(good.id, True, set_aside=True)
    answered = content.remarked(bad.id, "Appelez-moi \u2028 «\u202foui\u202f» \U0001f600")
    content.revised(bad.id, "Corrigé.", answered_remarks=(answered,), now=NOW + DAY)
    content.voted(bad.id, True, now=NOW + DAY)
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, gone.id, now=NOW + DAY)
        filing.file_under(session, people.SYSTEM, good.id, category_id=child.id, now=NOW)
        seen = articles.seen(session, good.id)
        articles.save_draft(
            session, people.SYSTEM, good.id, text=articles.Text("Brouillon", ""), seen=seen, now=NOW
        )
    with db.reading() as session:
        published = articles.published(session)
    deliveries.note(Target("json", Way.MACHINE, "Site"), published, now=NOW)


@pytest.fixture
def source(database: db.Database) -> db.Database:
    filled()
    return database


@pytest.fixture
def other(
    engine: str, sqlite_template: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[db.Database]:
    """An empty installation on the other engine."""
    if engine == "postgresql":
        (tmp_path / "other").mkdir()
        made: databases.Reused = databases.SQLite(sqlite_template, tmp_path / "other")
        made.renew()
        yield made.database
        made.close()
        return
    server: servers.PostgreSQL = request.getfixturevalue("postgresql")
    url = server.create(f"archive_{tmp_path.name.lower().replace('-', '_')}"[:60])
    databases.migrate_new(url.render_as_string(hide_password=False))
    opened = db.Database(url.render_as_string(hide_password=False))
    yield opened
    opened.dispose()


def written(database: db.Database, path: Path) -> bytes:
    with database.reading() as session:
        archive.write(session, path)
    return path.read_bytes()


def restored(database: db.Database, path: Path) -> archive.Contents:
    with database.transaction() as session:
        return archive.restore(session, people.SYSTEM, path)


def figures(database: db.Database) -> dict[str, Any]:
    """What people would compare."""
    with database.reading() as session:
        usefulness = analytics.usefulness(session)
        assert votes.is_balanced(session)
        return {
            "usefulness": usefulness.sort_values("article_id").astype(str).to_dict("records"),
            "found": {
                hit.article.id for hit in search.find(session, "note")
            },  # ranks are the engine's
            "published": [repr(each) for each in articles.published(session)],
        }


# -- an equal state ------------------------------------------------------------------------------


def test_another_installation_on_the_other_engine_reaches_the_same_state(
    source: db.Database, other: db.Database, tmp_path: Path
) -> None:
    first = written(source, tmp_path / "one.zip")
    contents = restored(other, tmp_path / "one.zip")
    assert written(other, tmp_path / "two.zip") == first
    assert figures(other) == figures(source)
    assert {name for name, rows in contents.rows.items() if rows} >= TOLD
    with other.transaction() as session:  # what is written next takes no number that is taken
        article = articles.create(session, people.SYSTEM, text=articles.Text("Neuf", ""), now=NOW)
        assert article.id == (session.scalar(select(func.max(Article.id))) or 0)


def test_the_same_state_makes_the_same_bytes(source: db.Database, tmp_path: Path) -> None:
    first = written(source, tmp_path / "one.zip")
    assert written(source, tmp_path / "two.zip") == first


OLDER = Path(__file__).parent / "archives" / "schema-0011.zip"


def test_an_archive_made_before_four_migrations_is_read_and_taken_out_at_the_present_schema(
    database: db.Database, tmp_path: Path
) -> None:
    """Made by the program as it was then; a migration that it no longer survives must say what to do."""
    found = restored(database, OLDER)
    assert found.schema == "0011"
    assert found.rows["vote"] == 36
    with database.reading() as session:
        assert votes.is_balanced(session)
        published = {each.question: each for each in articles.published(session)}
        assert {hit.article.slug for hit in search.find(session, "note")} == {
            "facture-a",
            "facture-b",
        }
        assert published["Facture A"].answer == "Corrigé."
        assert published["Facture A"].version == 2
        assert [each.category for each in published.values()] == ["Rappels", None]
        served = deliveries.destinations(session)
        assert served["articles"].tolist() == [2]
        usefulness = analytics.usefulness(session).set_index("question")
    assert [usefulness[name]["Facture B"] for name in ("helpful", "unhelpful")] == [12, 1]
    written(database, tmp_path / "now.zip")
    now = archive.verify(tmp_path / "now.zip")
    assert now.schema == str(migrate.head())
    assert {name: now.rows[name] for name in found.rows} == found.rows


# -- what stays ----------------------------------------------------------------------------------


def test_no_secret_and_no_pseudonym_travels(source: db.Database, tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    with source.transaction() as session:
        link = people.invite(session, people.SYSTEM, role=Role.EDITOR, now=now)
        secret = people.use_link(session, link, name="Ana", password_digest="$argon2id$y", now=now)
        token = people.create_token(
            session, people.SYSTEM, name="Site", scope="export", days=9, now=now
        )
        digests = [people._digest(each) for each in (link, secret, token)]
        visitors = [each for each in session.scalars(select(Vote.visitor)) if each is not None]
    data = written(source, tmp_path / "one.zip").decode(errors="replace")
    assert visitors
    assert not [each for each in (link, secret, token, *digests, *visitors) if each in data]
    assert "argon2id" not in data


def test_nobody_signs_in_with_the_password_that_did_not_travel(
    source: db.Database, other: db.Database, tmp_path: Path
) -> None:
    written(source, tmp_path / "one.zip")
    restored(other, tmp_path / "one.zip")
    with other.reading() as session:
        accounts = session.scalars(select(Account)).all()
        assert {each.password_digest for each in accounts} == {""}
        assert [each.name for each in accounts] == ["Zoé"]
        assert not session.scalars(select(Audit).where(Audit.action == "person.sign_in")).all()
    assert not people.verify_password("", "")


def test_a_password_written_into_an_archive_opens_nothing(
    source: db.Database, other: db.Database, tmp_path: Path
) -> None:
    path = tmp_path / "one.zip"
    written(source, path)
    with zipfile.ZipFile(path) as opened:
        rows = opened.read("account.jsonl").replace(
            b'"password_digest": ""', b'"password_digest": "$argon2id$theirs"'
        )
        told = json.loads(opened.read("manifest.json"))
    assert b"theirs" in rows
    told["tables"]["account"]["sha256"] = hashlib.sha256(rows).hexdigest()
    restored(other, altered(path, account=rows, manifest=json.dumps(told).encode()))
    with other.reading() as session:
        assert set(session.scalars(select(Account.password_digest))) == {""}


def test_every_table_travels_or_says_why_it_stays() -> None:
    names = set(Base.metadata.tables)
    assert {table.name for table in archive.tables()} | archive.STAYS.keys() == names
    assert all(archive.STAYS.values())


def test_every_column_that_sounds_private_was_looked_at() -> None:
    """A new column of such a name is blanked, or its table stays, or it is said here why not."""
    sounding = {
        (table.name, column.name)
        for table in archive.tables()
        for column in table.columns
        if SECRETIVE.search(column.name)
    }
    assert sounding - archive.BLANKED.keys() - KNOWN.keys() == set()


# -- refusals ------------------------------------------------------------------------------------


def test_an_installation_that_holds_anything_is_left_alone(
    source: db.Database, tmp_path: Path
) -> None:
    before = written(source, tmp_path / "one.zip")
    with pytest.raises(ArchiveRefused) as refusal:
        restored(source, tmp_path / "one.zip")
    assert "installation vide" in french.sentence(refusal.value)
    assert written(source, tmp_path / "two.zip") == before


def altered(path: Path, **changes: bytes | None) -> Path:
    """The archive with some of its files changed, or without them."""
    made = path.with_name("altered.zip")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            content = changes.get(name.partition(".")[0], before.read(name))
            if content is not None:
                after.writestr(name, content)
    return made


def manifest(path: Path, **changes: object) -> bytes:
    with zipfile.ZipFile(path) as opened:
        return json.dumps(json.loads(opened.read("manifest.json")) | changes).encode()


@pytest.mark.parametrize(
    ("reason", "name", "content"),
    [
        ("damaged", "vote", b""),
        ("damaged", "vote", None),
        ("damaged", "article", b'{"id": 1}\n'),
        ("not_ours", "manifest", b"[]"),
        ("not_ours", "manifest", None),
        ("not_ours", "manifest", b"{" * 100_000),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_damaged_archive_writes_nothing(
    database: db.Database, tmp_path: Path, reason: str, name: str, content: bytes | None
) -> None:
    content_of = tmp_path / "one.zip"
    written(database, content_of)
    if name != "manifest" and content == b"":
        _published(database)
        written(database, content_of)
    with pytest.raises(ArchiveRefused) as refusal:
        archive.verify(altered(content_of, **{name: content}))
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("article", 2),  # the same twice
        ("vote", 1),  # of a version that is not there
    ],
)
def test_rows_no_installation_can_hold_are_damage_whatever_the_digests_say(
    database: db.Database, other: db.Database, tmp_path: Path, name: str, lines: int
) -> None:
    _published(database)
    path = tmp_path / "one.zip"
    written(database, path)
    with zipfile.ZipFile(path) as opened:
        rows = (
            opened.read(f"{name}.jsonl").replace(b'"version_id": 1', b'"version_id": 999') * lines
        )
        told = json.loads(opened.read("manifest.json"))
    told["tables"][name] = {"rows": lines, "sha256": hashlib.sha256(rows).hexdigest()}
    with pytest.raises(ArchiveRefused) as refusal:
        restored(other, altered(path, **{name: rows}, manifest=json.dumps(told).encode()))
    assert (refusal.value.reason, refusal.value.detail) == ("damaged", f"{name}.jsonl")
    with other.reading() as session:
        assert session.scalar(select(func.count(Article.id))) == 0


def _published(database: db.Database) -> None:
    article = content.published()
    content.voted(article.id, True)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_archive_of_a_newer_program_is_said_to_be_one(
    database: db.Database, tmp_path: Path
) -> None:
    path = tmp_path / "one.zip"
    written(database, path)
    for changes in (
        {"schema": "9999"},
        {"edition": 2},
        {"tables": {"x": {"rows": 0, "sha256": ""}}},
    ):
        with pytest.raises(ArchiveRefused) as refusal:
            archive.verify(altered(path, manifest=manifest(path, **changes)))
        assert refusal.value.reason == "newer"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_only_who_runs_the_system_brings_an_archive_in(
    database: db.Database, tmp_path: Path
) -> None:
    written(database, tmp_path / "one.zip")
    manager = person("Mona", Role.MANAGER)
    with pytest.raises(Forbidden), database.transaction() as session:
        archive.restore(session, manager, tmp_path / "one.zip")


def test_a_document_is_no_archive(tmp_path: Path) -> None:
    for name, data in (("a.txt", b"Q : Un ?\nR : Deux."), ("b.zip", b"PK\x03\x04")):
        (tmp_path / name).write_bytes(data)
        assert not archive.is_archive(tmp_path / name)
    assert not archive.is_archive(tmp_path / "absent.zip")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_archive_is_never_read_as_documents(database: db.Database, tmp_path: Path) -> None:
    _published(database)
    written(database, tmp_path / "one.zip")
    with pytest.raises(Invalid, match="whole"):
        gathering.from_paths([tmp_path / "one.zip"])
