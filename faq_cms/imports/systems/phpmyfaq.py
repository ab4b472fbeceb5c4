"""phpMyFAQ: its JSON export, its table of votes beside it, and the CSV it imports.

Its readers give from 1 to 5 stars, and only their sum is kept: yes and no are estimates.
"""

import csv
import html
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from faq_cms.imports import decoding, findings
from faq_cms.imports.document import Document, Finding, Reader, Standing, Totals
from faq_cms.imports.systems import values
from faq_cms.imports.systems.system import Piece, System, document
from faq_cms.imports.systems.values import Record

NAME: Final = "phpmyfaq"
_FIELDS: Final = {"question", "answer"}
_OF_API: Final = {"solution_id", "title", "content"}
_VOTES: Final = {"artikel", "vote", "usr"}
_PATH: Final = " >> "
_STARS: Final = 5
_YES: Final = frozenset({"y", "yes", "oui", "true", "1"})
_NO: Final = frozenset({"n", "no", "non", "false", "0", ""})
_STANDINGS: Final = {
    **dict.fromkeys(_YES, Standing.PUBLISHED),
    **dict.fromkeys(_NO - {""}, Standing.DRAFT),
}
# The order of its CSV; there is no header.
_COLUMNS: Final = (
    *("category_id", "question", "answer", "keywords", "language", "author", "email"),
    *("active", "sticky"),
)
_LINE: Final = "line"
_SAMPLE: Final = 64 * 1024


def pieces(parts: list[Any]) -> tuple[list[Piece], int]:
    """Questions in French, where the FAQ holds several languages."""
    every = [record for part in parts for record in values.records(part)]
    stars = {values.identity(each, "artikel"): each for each in every if each.keys() >= _VOTES}
    found = [each["faq"] for each in every if _is_faq(each.get("faq"))]
    found += [_as_exported(each) for each in every if each.keys() >= _OF_API]
    kept, elsewhere = values.in_french(found, "language")
    return [_piece(each, stars) for each in kept], elsewhere


def _as_exported(record: Record) -> Record:
    """What its API says of a question, under the names of its export."""
    return {
        **record,
        "language": values.text(record, "lang", "language"),
        "question": record["title"],
        "answer": record["content"],
        "last_modified": values.text(record, "updated", "date"),
        "category": values.text(record, "category_name"),
    }


def _piece(faq: Record, stars: dict[str, Record]) -> Piece:
    key = values.identity(faq, "id")
    return Piece(
        id=key,
        title=html.unescape(values.text(faq, "question")),
        body=html.unescape(values.text(faq, "answer")),
        path=html.unescape(values.text(faq, "category")).split(_PATH),
        tags=values.words(faq, "keywords"),
        standing=_STANDINGS.get(values.text(faq, "active").casefold()),
        created_at=values.instant(faq, "created"),
        updated_at=values.instant(faq, "last_modified"),
        totals=_totals(stars[key]) if key in stars else None,
    )


def _totals(row: Record) -> Totals | None:
    """Stars as yes and no: the mean's place between one and five is the share of yes."""
    points, voters = values.number(row, "vote"), values.number(row, "usr")
    if not points or not voters or not voters <= points <= _STARS * voters:
        return None
    helpful = round((points - voters) / (_STARS - 1))
    return Totals(helpful, voters - helpful, estimated=True)


def _is_faq(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() >= _FIELDS


def _holds(kinds: Sequence[Record]) -> bool:
    return any(_is_faq(each.get("faq")) or each.keys() >= _OF_API for each in kinds)


def _completes(value: Any) -> bool:
    return any(record.keys() >= _VOTES for record in values.records(value, depth=5))


SYSTEM: Final = System(NAME, "phpMyFAQ (JSON)", _holds, pieces, _completes)


# -- the CSV -------------------------------------------------------------------------------------


def _recognises(data: bytes) -> bool:
    """A first row in the order of its columns: nothing else has a language and two switches there."""
    sample = decoding.decoded(data[:_SAMPLE]).content
    _, first = next(_rows(sample), (1, []))
    return (
        len(first) == len(_COLUMNS)
        and first[0].strip().isdigit()
        and 2 <= len(first[4].strip()) <= 5
        and all(cell.strip().casefold() in _YES | _NO for cell in first[7:])
    )


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, each with the line it begins on."""
    separator = (
        ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    )
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    line = 1
    try:
        for row in reader:
            if any(row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error:
        return  # what was read before it stands


def _read(data: bytes, name: str) -> Document:
    rows: list[Record] = []
    short: list[Finding] = []
    for line, row in _rows(decoding.decoded(data).content):
        if len(row) >= len(_COLUMNS):
            rows.append(dict(zip(_COLUMNS, row, strict=False)) | {_LINE: line})
        else:
            short.append(findings.ignored_text(line))
    kept, elsewhere = values.in_french(rows, "language")
    found = document(NAME, [_from_row(row) for row in kept], name=name, elsewhere=elsewhere)
    return replace(found, warnings=(*found.warnings, *short))


def _from_row(row: Record) -> Piece:
    is_active = values.text(row, "active").strip().casefold() in _YES
    return Piece(
        id="",  # the CSV numbers categories, not questions
        title=values.text(row, "question"),
        body=values.text(row, "answer"),
        tags=values.words(row, "keywords"),
        standing=Standing.PUBLISHED if is_active else Standing.DRAFT,
        line=values.number(row, _LINE) or 0,
    )


CSV_READER: Final = Reader(
    name="phpmyfaq-csv",
    label="phpMyFAQ (CSV)",
    extensions=(".csv",),
    recognises=_recognises,
    read=_read,
)
