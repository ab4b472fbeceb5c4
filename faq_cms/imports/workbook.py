"""XLSX workbooks: every sheet that has questions, its header found below its title.

Values are those the workbook was saved with: a formula is never computed. The zip is measured before
it is opened, rows and columns are counted as they come.
"""

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from faq_cms import errors
from faq_cms.imports import findings, limits, names, tables
from faq_cms.imports.document import MAX_LINES, Document, Entry, Finding, Reader
from faq_cms.imports.tables import Row

_GENERAL = ("feuil", "sheet", "feuille", "faq", "questions", "tableau", "export", "data", "page")
# What the libraries raise for a broken zip or broken XML (a SyntaxError), entities refused among them.
_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, InvalidFileException, SyntaxError, ValueError),
    *(zlib.error, KeyError, TypeError, IndexError, AttributeError, EOFError, OSError, RuntimeError),
)


def recognises(data: bytes) -> bool:
    """Whether the bytes are a zip with a workbook in it."""
    return "xl/workbook.xml" in limits.members(data)


def read(data: bytes, name: str) -> Document:
    """Entries of every sheet, in their order; `line` is the row in its sheet.

    Raises `errors.NothingToImport` when no column of any sheet asks, `errors.Invalid` for what
    expands, is encrypted or damaged. Writes nothing.
    """
    entries: list[Entry] = []
    warnings: list[Finding] = []
    has_table = False
    for title, rows, without_value in _sheets(data):
        found = tables.layout(rows)
        if found is None:
            continue
        has_table = True
        document = tables.read(rows, found, category=_category(title))
        entries += document.entries
        warnings += document.warnings
        warnings += map(findings.formula_without_value, without_value[:1])
    if not entries:
        reason = "no_question" if has_table else "no_column"
        raise errors.NothingToImport(name=name, line=1, reason=reason)
    return Document(tuple(entries), tuple(warnings))


READER = Reader(
    name="xlsx",
    label="classeur Excel",
    extensions=(".xlsx", ".xlsm"),
    recognises=recognises,
    read=read,
)


def _sheets(data: bytes) -> list[tuple[str, list[Row], list[int]]]:
    """Each visible sheet: its name, its rows, the rows whose formula has no value."""
    try:
        limits.refuse_bombs(data)
        values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        try:
            return [
                (sheet.title, list(_rows(sheet)), _without_value(formulas[sheet.title], sheet))
                for sheet in values.worksheets
                if sheet.sheet_state == "visible"
            ]
        finally:
            values.close()
            formulas.close()
    except _DAMAGED:
        raise errors.Invalid("document", "damaged") from None


def _rows(sheet: Any) -> Iterator[Row]:
    for number, values in enumerate(_values(sheet), 1):
        if number > MAX_LINES:
            raise errors.Invalid("document", "too_many_lines", MAX_LINES)
        cells = [_written(value) for value in values]
        if any(cells):
            yield Row(number, cells)


def _values(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what a sheet says of its size may be anything
    yield from sheet.iter_rows(max_col=tables.MAX_COLUMNS, values_only=True)


def _without_value(formulas: Any, values: Any) -> list[int]:
    """Rows where a formula stands and no value was saved."""
    return [
        number
        for number, (written, saved) in enumerate(
            zip(_values(formulas), _values(values), strict=False), 1
        )
        if any(
            isinstance(cell, str) and cell.startswith("=") and value is None
            for cell, value in zip(written, saved, strict=False)
        )
    ]


def _written(value: Any) -> str:
    """A value as the sheet shows it: « 12 », « 3,5 », « 01/03/2026 »."""
    match value:
        case None:
            return ""
        case bool():
            return "Oui" if value else "Non"
        case float():
            return f"{value:.10g}".replace(".", ",")
        case dt.datetime():
            return value.strftime("%d/%m/%Y" if value.time() == dt.time() else "%d/%m/%Y %H:%M")
        case dt.date():
            return value.strftime("%d/%m/%Y")
        case dt.time():
            return value.strftime("%H:%M")
        case _:
            return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()


def _category(title: str) -> str | None:
    """The category a sheet's name gives; none for the names a spreadsheet gives by itself."""
    first = (names.plain(title).split() or [""])[0].rstrip("0123456789")
    return None if first in _GENERAL else title.strip() or None
