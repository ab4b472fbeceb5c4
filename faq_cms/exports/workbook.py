"""XLSX: a workbook in which a text is a text, a number a number, a date a date."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any, Final

from faq_cms.articles import PublishedArticle
from faq_cms.errors import Conflict
from faq_cms.exports import table
from faq_cms.exports.archive import repacked
from faq_cms.exports.channel import Channel, Destination, Site, latest

CELL_MAX: Final = 32_767  # characters; Excel itself drops what exceeds
_WIDTHS: Final = (14, 22, 44, 70, 34, 9, 17, 17, 40, 70, 24)  # of a digit
_TEXTS_ONLY: Final = dict.fromkeys(
    ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
)


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """One sheet, one row per article, a filter on the headings.

    Raises Conflict("cell_too_long", question) when an answer does not fit in a cell.
    """
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **_TEXTS_ONLY}) as book:
        created = latest(articles).replace(tzinfo=None)
        book.set_properties({"title": site.name, "author": site.name, "created": created})
        sheet = book.add_worksheet("Articles")
        head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        date = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top"})
        for column, (heading, width) in enumerate(zip(table.COLUMNS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, heading, head)
        for row, article in enumerate(articles, start=1):
            for column, value in enumerate(table.cells(article, site)):
                _put(sheet, row, column, value, date if isinstance(value, dt.datetime) else cell)
                if isinstance(value, str) and len(value) > CELL_MAX:
                    raise Conflict("cell_too_long", article.question)
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, len(articles), len(table.COLUMNS) - 1)
    return repacked(file.getvalue())


def _put(sheet: Any, row: int, column: int, value: table.Cell, style: Any) -> None:
    if isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, value, style)


CHANNEL = Channel(
    "xlsx",
    "Classeur Excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsx",
    write,
    Destination.DATA,
    "Un classeur prêt à filtrer, pour relire ou faire le point à plusieurs.",
)
