"""The whole installation in one portable file: what another one needs to be in the same state.

A zip of JSON Lines, one file a table, rows in the order of their keys, nothing compressed and no clock:
the same state makes the same bytes on either engine. What is derived (tallies, the search index) is
computed again on arrival; what is secret, or belongs to this one machine, stays (`STAYS`, `BLANKED`).

Unlike a backup it crosses engines and versions, and is read line by line: nothing of ours is unpickled,
executed or unpacked to disk. The tables are those of the models, so that a new one is carried without
anybody thinking of it. Only this module and `backup` read tables that are other chapters'.
"""

import base64
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, cast

from sqlalchemy import (
    Column,
    Date,
    Enum,
    LargeBinary,
    Select,
    String,
    Table,
    insert,
    select,
    update,
)
from sqlalchemy import bindparam as bound
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from faq_cms import db, migrate, people, search, votes, windows
from faq_cms.errors import ArchiveRefused
from faq_cms.models import Audit, Base, Instant
from faq_cms.people import Actor

FORMAT: Final = "faq_cms archive"
EDITION: Final = 1
MANIFEST: Final = "manifest.json"
_AT_ONCE: Final = 1000
_PIECE: Final = 1 << 20  # bytes
_LONGEST_LINE: Final = (
    4 << 20
)  # characters: an article of the largest size, escaped, is half of that
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE: Final = 0o100600 << 16
_UNIX: Final = 3

# What stays behind, and why.
STAYS: Final[Mapping[str, str]] = {
    "api_token": "digests of secrets: machines receive new access",
    "closed_day": "derived from votes",
    "contact": "addresses of readers: they agreed to a message from here",
    "day_total": "derived from votes",
    "digest_address": "addresses of people: two installations would write to them",
    "duty_run": "what the clock of this installation did",
    "ledger": "counters of this installation's caches",
    "notice": "told to people of this installation; what still holds is told again there",
    "notice_choice": "goes with the notices",
    "one_time_link": "digests of secrets, good for days",
    "outgoing_mail": "two installations would send the same mails",
    "presence": "who types at this moment",
    "report_recipient": "addresses of people outside: two installations would write to them",
    "search_document": "derived from articles",
    "search_word": "derived from articles",
    "sign_in_attempt": "throttle of this installation's sign-ins",
    "sign_in_session": "digests of secrets, good for hours",
    "tally_day": "derived from votes",
    "tally_version": "derived from votes",
    "told": "goes with the notices",
    "webhook": "another system expects one installation; its secret stays with this one's",
    "webhook_call": "goes with the webhooks",
    "window_tally": "derived from votes",
}
# What leaves empty: (table, column) and what is written in its place.
BLANKED: Final[Mapping[tuple[str, str], object]] = {
    ("account", "password_digest"): "",  # no password has it: everybody receives a new link
    ("vote", "visitor"): None,  # a pseudonym under this installation's key
    ("destination", "busy_until"): None,  # a push under way here
}


@dataclass(frozen=True)
class Contents:
    """What an archive holds: the schema it was made at, rows by table."""

    schema: str
    rows: dict[str, int]


def tables() -> list[Table]:
    """The tables that travel, each after those it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in STAYS]


# -- writing -------------------------------------------------------------------------------------


def write(session: Session, path: Path) -> Contents:
    """Write the archive of what `session` sees. Streams: memory does not grow with the votes."""
    rows, digests = {}, {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for table in tables():
            with archive.open(_entry(f"{table.name}.jsonl"), "w", force_zip64=True) as file:
                rows[table.name], digests[table.name] = _write_table(session, table, file)
        contents = Contents(str(migrate.head()), rows)
        told = {
            "format": FORMAT,
            "edition": EDITION,
            "schema": contents.schema,
            "tables": {
                name: {"rows": number, "sha256": digests[name]} for name, number in rows.items()
            },
        }
        archive.writestr(_entry(MANIFEST), json.dumps(told, indent=2) + "\n")
    return contents


def asked(session: Session, actor: Actor, *, now: dt.datetime) -> None:
    """Write down that this person takes the archive away: readers' remarks are in it. Raises Forbidden."""
    people.authorize(session, actor, "system.read")
    people.record(session, actor, "system.archive", kind="installation", object_id=None, now=now)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system, entry.external_attr = _UNIX, _REGULAR_FILE
    return entry


def _write_table(session: Session, table: Table, file: IO[bytes]) -> tuple[int, str]:
    number, digest = 0, hashlib.sha256()
    result = (
        session.connection().execution_options(yield_per=_AT_ONCE).execute(_all(table, session))
    )
    names = [column.name for column in table.columns]
    for row in result:
        said = {
            name: BLANKED.get((table.name, name), value)
            for name, value in zip(names, row, strict=True)
        }
        line = json.dumps(said, ensure_ascii=False, default=_plain, sort_keys=True) + "\n"
        file.write(line.encode())
        digest.update(line.encode())
        number += 1
    return number, digest.hexdigest()


def _all(table: Table, session: Session) -> Select[*tuple[Any, ...]]:
    """Every row, in an order both engines agree on: words by their bytes."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    ordered = [
        column.collate("BINARY" if is_sqlite else "C")
        if isinstance(column.type, String)
        else column
        for column in table.primary_key.columns
    ]
    query = select(table).order_by(*ordered)
    if table.name == Audit.__tablename__:  # who signed in when is nobody's business elsewhere
        query = query.where(table.c.action != "person.sign_in")
    return query


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no place in an archive")


# -- reading -------------------------------------------------------------------------------------


def is_archive(path: Path) -> bool:
    """Whether this file says it is an archive of ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(_manifest(archive, path)["format"] == FORMAT)
    except (ArchiveRefused, OSError, zipfile.BadZipFile):
        return False


def verify(path: Path) -> Contents:
    """Read an archive to its end. Raises ArchiveRefused ("not_ours", "newer", "damaged")."""
    try:
        with zipfile.ZipFile(path) as archive:
            told = _manifest(archive, path)
            if told["schema"] not in migrate.revisions() or told["edition"] != EDITION:
                raise ArchiveRefused("newer", str(path))
            known = {table.name for table in tables()}
            if not told["tables"].keys() <= known:
                raise ArchiveRefused("newer", str(path))
            for name, said in told["tables"].items():
                if _sum(archive, name) != (said["rows"], said["sha256"]):
                    raise ArchiveRefused("damaged", str(path), f"{name}.jsonl")
            rows = {name: said["rows"] for name, said in told["tables"].items()}
            return Contents(told["schema"], rows)
    except (zipfile.BadZipFile, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ArchiveRefused("damaged", str(path), MANIFEST) from error


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    """The manifest, or nothing we know."""
    try:
        with archive.open(MANIFEST) as file:
            told = json.loads(file.read(_LONGEST_LINE))
    except (KeyError, ValueError, RecursionError) as error:
        raise ArchiveRefused("not_ours", str(path)) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ArchiveRefused("not_ours", str(path))
    return told


def _sum(archive: zipfile.ZipFile, name: str) -> tuple[int, str]:
    number, digest = 0, hashlib.sha256()
    with archive.open(f"{name}.jsonl") as file:
        while piece := file.read(_PIECE):
            number += piece.count(b"\n")
            digest.update(piece)
    return number, digest.hexdigest()


def restore(session: Session, actor: Actor, path: Path) -> Contents:
    """Bring an empty installation to the state of an archive, whole or not at all.

    Raises ArchiveRefused, ("not_empty") when anything was written here before.
    """
    people.authorize(session, actor, "system.read")
    contents = verify(path)
    for table in tables():
        if session.execute(select(table).limit(1)).first() is not None:
            raise ArchiveRefused("not_empty", str(path))
    with zipfile.ZipFile(path) as archive:
        for table in tables():
            if table.name in contents.rows:
                with _refused_rows(table, path):
                    _read_table(session, table, archive, path)
        for table in tables():
            if table.name in contents.rows and (late := _late(table)):
                with _refused_rows(table, path):
                    _point(session, table, late, archive)
    db.restart_sequences(session, tables())
    session.expire_all()
    votes.rebuild(session)
    windows.forget(session)
    search.rebuild(session)
    db.bump(session, content=True)
    return contents


@contextmanager
def _refused_rows(table: Table, path: Path) -> Iterator[None]:
    """Rows of an archive somebody wrote that no database of ours can hold are damage, not a fault."""
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise ArchiveRefused("damaged", str(path), f"{table.name}.jsonl") from error
    except StatementError as error:
        if isinstance(error, DBAPIError):  # the database's own trouble
            raise
        raise ArchiveRefused("damaged", str(path), f"{table.name}.jsonl") from error


def _read_table(session: Session, table: Table, archive: zipfile.ZipFile, path: Path) -> None:
    """Every row, without what refers to rows that are not there yet."""
    read = _reader(table, path)
    connection, statement = session.connection(), insert(table)
    with _opened(archive, table) as file:
        rows = map(read, _lines(file, table, path))
        while some := list(islice(rows, _AT_ONCE)):
            connection.execute(statement, some)


def _opened(archive: zipfile.ZipFile, table: Table) -> io.BufferedReader:
    """The rows of a table, a line each; the zip's own reader is slow to find where lines end."""
    # It can do all a raw file does, and says so of none of it.
    return io.BufferedReader(cast("io.RawIOBase", archive.open(f"{table.name}.jsonl")), _PIECE)


def _late(table: Table) -> list[str]:
    """The columns that refer to this table itself or to a later one: a version's base, what is live."""
    names = [each.name for each in tables()]
    here = names.index(table.name)
    return [
        column.name
        for column in table.columns
        if not column.primary_key
        and any(names.index(key.column.table.name) >= here for key in column.foreign_keys)
    ]


def _point(session: Session, table: Table, late: list[str], archive: zipfile.ZipFile) -> None:
    """Second reading: what refers to rows that are all there now."""
    (key,) = table.primary_key.columns
    statement = (
        update(table)
        .where(key == bound("the_key"))
        .values({name: bound(f"new_{name}") for name in late})
    )
    with _opened(archive, table) as file:
        rows = (json.loads(line) for line in file)
        pointing = (row for row in rows if any(row.get(name) is not None for name in late))
        while some := list(islice(pointing, _AT_ONCE)):
            session.execute(
                statement,
                [
                    {"the_key": row[key.name], **{f"new_{name}": row.get(name) for name in late}}
                    for row in some
                ],
            )


def _lines(file: IO[bytes], table: Table, path: Path) -> Iterator[bytes]:
    while line := file.readline(_LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise ArchiveRefused("damaged", str(path), f"{table.name}.jsonl")
        yield line


def _reader(table: Table, path: Path) -> Callable[[bytes], dict[str, Any]]:
    """What makes a row of a line, as the columns want it; what refers to later rows is left out.

    What an older archive does not say is the column's default.
    """
    late = _late(table)
    known = {column.name for column in table.columns}
    # An archive somebody wrote must not bring in a password of theirs.
    fixed = {name: value for (of, name), value in BLANKED.items() if of == table.name}
    fixed |= dict.fromkeys(late)
    absent = {
        column.name: getattr(column.default, "arg", None)
        for column in table.columns
        if column.name not in fixed
    }
    meant = {column.name: kind for column in table.columns if (kind := _kind(column))}

    def read(line: bytes) -> dict[str, Any]:
        try:
            said = json.loads(line)
            if not said.keys() <= known:
                raise ArchiveRefused("newer", str(path))
            for name, kind in meant.items():
                if said.get(name) is not None:
                    said[name] = kind(said[name])
            row: dict[str, Any] = {**absent, **said, **fixed}
            return row
        except (ValueError, RecursionError, AttributeError, TypeError, LookupError) as error:
            raise ArchiveRefused("damaged", str(path), f"{table.name}.jsonl") from error

    return read


def _kind(column: Column[Any]) -> Callable[[Any], Any] | None:
    """What makes a cell of what JSON says; None where JSON says it as it is."""
    kind = column.type
    if isinstance(kind, Instant):
        return dt.datetime.fromisoformat
    if isinstance(kind, Date):
        return dt.date.fromisoformat
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return cast("Callable[[Any], Any]", kind.enum_class)
    if isinstance(kind, LargeBinary):
        return partial(base64.b64decode, validate=True)
    return None
