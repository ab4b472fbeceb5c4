"""What this product exported, read back without a guess: identifier, address, dates, filing, tags.

The other readers understand tables and trees that anybody wrote; these were written by `exports`,
and moving a FAQ from one installation to another must lose nothing they hold. An identifier read
here becomes the article's own, so that channels go on knowing it.
"""

import csv
import datetime as dt
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from faq_cms import errors, formulas
from faq_cms.articles import OWN
from faq_cms.imports import limits
from faq_cms.imports.document import Document, Entry, Reader, Standing, filed

_JSON: Final = re.compile(
    rb'\{\s*"site": \{[^{}]{1,2000}\},\s*"items": \[\s*\{\s*"id": "[0-9a-f]{32}"'
)
_LINES: Final = re.compile(rb'\{"id": "[0-9a-f]{32}", "version": \d+, "lang": ')
_PAGE: Final = re.compile(rb'---\ntitle: "[^\n]*\nid: "[0-9a-f]{32}"\n')
_RAW: Final = b"id,slug,question,answer_markdown,answer_text,wordings,category,tags,version,"
_EXCEL: Final = '\ufeff"Identifiant";"Catégorie";"Question";"Réponse";'.encode()
_WORKBOOK: Final = "xl/workbook.xml"
_HEADINGS: Final = ("Identifiant", "Catégorie", "Question", "Réponse", "Autres formulations")
_FRONT: Final = re.compile(r"---\n(.*?)\n---\n\n(.*)\n\Z", re.DOTALL)
_UID: Final = re.compile(r"[0-9a-f]{32}")
_PARIS: Final = ZoneInfo("Europe/Paris")

# What reading meets in a file somebody changed: values, dates and depths no export has, broken zips.
_CHANGED: Final = (
    *(KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError),
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, csv.Error),
)

Row = Mapping[str, Any]


def recognises(data: bytes) -> bool:
    """Whether the bytes begin as one of our exports does."""
    head = data[:4096]
    if head.startswith((_RAW, _EXCEL)) or any(p.match(head) for p in (_JSON, _LINES, _PAGE)):
        return True
    names = limits.members(data)
    return _is_pages(data, names) or (_WORKBOOK in names and _first_row(data) == _HEADINGS)


def read(data: bytes, name: str) -> Document:
    """Its entries, in the order of the export. Writes nothing.

    Raises `errors.NothingToImport` when somebody changed the file so that it cannot be read back,
    `errors.Invalid` when it would not stay small.
    """
    try:
        rows = list(_rows(data))
        entries = tuple(_entry(row, number) for number, row in enumerate(rows, start=1))
    except _CHANGED:
        raise errors.NothingToImport(name=name, line=1, reason="own_export") from None
    return Document(entries, ())


READER = Reader(
    name="faq",
    label="Export de cette application",
    extensions=(".json", ".jsonl", ".csv", ".xlsx", ".zip", ".md"),
    recognises=recognises,
    read=read,
)


# -- the same fields, however they were written --------------------------------------------------


def _rows(data: bytes) -> Iterator[Row]:
    if _WORKBOOK in (names := limits.members(data)):
        yield from _of_workbook(data)
    elif names:
        limits.refuse_bombs(data)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield _of_page(archive.read(name).decode())
    elif _JSON.match(data):
        yield from json.loads(data)["items"]
    elif _LINES.match(data):
        yield from (json.loads(line) for line in data.decode().split("\n") if line)
    elif _PAGE.match(data):
        yield _of_page(data.decode())
    elif data.startswith(_RAW):
        yield from csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True)
    else:
        sheet = io.StringIO(data.decode("utf-8-sig"), newline="")
        for row in csv.DictReader(sheet, delimiter=";", strict=True):
            yield _of_sheet({key: formulas.restored(value) for key, value in row.items()})


def _of_page(text: str) -> Row:
    found = _FRONT.match(text)
    if found is None:
        raise ValueError("no front matter")
    fields = dict(line.split(": ", maxsplit=1) for line in found[1].split("\n"))
    values = {key: json.loads(value) for key, value in fields.items()}
    return {**values, "question": values["title"], "answer_markdown": found[2]}


def _of_sheet(row: Row) -> Row:
    """The columns people see, under the names of the others."""
    return {
        "id": row["Identifiant"],
        "category": row["Catégorie"],
        "question": row["Question"],
        "answer_markdown": row["Réponse (Markdown)"],
        "wordings": row["Autres formulations"] or "",
        "published_at": row["Publiée le"],
        "updated_at": row["Modifiée le"],
        "url": row["Adresse"],
        "tags": row["Mots-clés"] or "",
    }


def _of_workbook(data: bytes) -> Iterator[Row]:
    headings: Sequence[Any] = ()
    for row in _cells(data):
        if headings:
            yield _of_sheet(dict(zip(headings, row, strict=True)))
        headings = headings or row


def _cells(data: bytes) -> Iterator[tuple[Any, ...]]:
    import openpyxl

    limits.refuse_bombs(data)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        yield from book.worksheets[0].iter_rows(values_only=True)
    finally:
        book.close()


def _first_row(data: bytes) -> tuple[Any, ...]:
    try:
        return next(_cells(data), ())[: len(_HEADINGS)]
    except Exception:  # noqa: BLE001 — whatever is wrong with it, it is not ours
        return ()


def _is_pages(data: bytes, names: frozenset[str]) -> bool:
    if not names or not all(name.endswith(".md") for name in names):
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        try:
            with archive.open(archive.namelist()[0]) as first:
                return _PAGE.match(first.read(4096)) is not None
        except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
            return False


def _entry(row: Row, number: int) -> Entry:
    uid = row["id"]
    if not _UID.fullmatch(uid):
        raise ValueError("no identifier")
    path = row.get("category_path") or [row["category"] or ""]
    parent, category = filed([str(name) for name in path])
    answer = row["answer_md"] if "answer_md" in row else row["answer_markdown"]
    published, updated = (_moment(row.get(key)) for key in ("published_at", "updated_at"))
    return Entry(
        question=_text(row["question"]),
        answer=_text(answer),
        category=category,
        warnings=(),
        line=number,
        external_id=f"{OWN}{uid}",
        wordings=_several(row["wordings"], "\n"),
        parent=parent,
        tags=_several(row["tags"], ","),
        standing=Standing.PUBLISHED,
        created_at=published,
        updated_at=updated,
        published_at=published,
        address=_text(row.get("slug") or row["url"].rpartition("/")[2]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _several(value: object, separator: str) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else str(value).split(separator)
    return tuple(text for part in parts if (text := _text(part).strip(" ")))


def _moment(value: object) -> dt.datetime | None:
    """An instant as `exports` writes it; on the clock of Paris in a spreadsheet."""
    if not value:
        return None
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=_PARIS).astimezone(dt.UTC)
    text = str(value)
    if "/" in text:
        found = dt.datetime.strptime(text, "%d/%m/%Y %H:%M")  # noqa: DTZ007 — said below
        return found.replace(tzinfo=_PARIS).astimezone(dt.UTC)
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
