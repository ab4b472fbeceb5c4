"""phpMyFAQ: its JSON export, its table of votes beside it, and the CSV it imports.

Its readers give from 1 to 5 stars, and only their sum is kept: yes and no are estimates.
"""

import csv
import html
import io
from typing import Any, Final

from faq_cms.imports import decoding
from faq_cms.imports.document import Document, Reader, Standing, Totals
from faq_cms.imports.systems import values
from faq_cms.imports.systems.system import Piece, System, document
from faq_cms.imports.systems.values import Record

NAME: Final = "phpmyfaq"
_FIELDS: Final = {"question", "answer"}
_VOTES: Final = {"artikel", "vote", "usr"}
_PATH: Final = " >> "
_STARS: Final = 5
_YES: Final = frozenset({"y", "yes", "oui", "true", "1"})
_NO: Final = frozenset({"n", "no", "non", "false", "0", ""})
# The order of its CSV; there is no header.
_COLUMNS: Final = (
    *("category_id", "question", "answer", "keywords", "language", "author", "email"),
    *("active", "sticky"),
)
_SAMPLE: Final = 64 * 1024


def pieces(parts: list[Any]) -> tuple[list[Piece], int]:
    """Questions in French, where the FAQ holds several languages."""
    every = [record for part in parts for record in values.records(part)]
    stars = {values.identity(each, "artikel"): each for each in every if each.keys() >= _VOTES}
    found = [each["faq"] for each in every if _is_faq(each.get("faq"))]
    kept, elsewhere = values.in_french(found, "language")
    return [_piece(each, stars) for each in kept], elsewhere


def _piece(faq: Record, stars: dict[str, Record]) -> Piece:
    key = values.identity(faq, "id")
    return Piece(
        id=key,
        title=html.unescape(values.text(faq, "question")),
        body=html.unescape(values.text(faq, "answer")),
        path=html.unescape(values.text(faq, "category")).split(_PATH),
        tags=values.words(faq, "keywords"),
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


def _holds(value: Any) -> bool:
    return any(_is_faq(record.get("faq")) for record in values.records(value))


def _completes(value: Any) -> bool:
    return any(record.keys() >= _VOTES for record in values.records(value, depth=3))


SYSTEM: Final = System(NAME, "phpMyFAQ (JSON)", _holds, pieces, _completes)


# -- the CSV -------------------------------------------------------------------------------------


def _recognises(data: bytes) -> bool:
    """A first row in the order of its columns: nothing else has a language and two switches there."""
    sample = decoding.decoded(data[:_SAMPLE]).content
    rows = _rows(sample)
    first = next(iter(rows), [])
    return (
        len(first) == len(_COLUMNS)
        and first[0].strip().isdigit()
        and 2 <= len(first[4].strip()) <= 5
        and all(cell.strip().casefold() in _YES | _NO for cell in first[7:])
    )


def _rows(text: str) -> list[list[str]]:
    separator = (
        ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    )
    try:
        return [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(row)]
    except csv.Error:
        return []


def _read(data: bytes, name: str) -> Document:
    rows = [
        dict(zip(_COLUMNS, row, strict=False))
        for row in _rows(decoding.decoded(data).content)
        if len(row) >= len(_COLUMNS)
    ]
    kept, elsewhere = values.in_french([*rows], "language")
    return document(NAME, [_from_row(row) for row in kept], name=name, elsewhere=elsewhere)


def _from_row(row: Record) -> Piece:
    is_active = values.text(row, "active").strip().casefold() in _YES
    return Piece(
        id="",  # the CSV numbers categories, not questions
        title=values.text(row, "question"),
        body=values.text(row, "answer"),
        tags=values.words(row, "keywords"),
        standing=Standing.PUBLISHED if is_active else Standing.DRAFT,
    )


CSV_READER: Final = Reader(
    name="phpmyfaq-csv",
    label="phpMyFAQ (CSV)",
    extensions=(".csv",),
    recognises=_recognises,
    read=_read,
)
