"""CSV for a French Excel: opened by a double click, it must show accents and columns at once.

Excel decides by itself what a cell is; `neutralised` is the one place that keeps a text from being
run as a formula. A machine wants `csv-raw` or `json`, where nothing is escaped.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence

from faq_cms.articles import PublishedArticle
from faq_cms.exports import table
from faq_cms.exports.channel import Channel, Destination, Site

# What spreadsheets run: a leading operator, ASCII or full-width, behind whatever they skip (spaces,
# controls, invisible characters). A leading tab or line end alone is enough for some of them.
# Quotes already there are skipped too, so that no two texts share an escape.
_FORMULA = re.compile(
    "'*(?:[\t\r\n]|[\\s\x00-\x1f\u00ad\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠])"
)


def neutralised(text: str) -> str:
    """The text, behind an apostrophe when a spreadsheet would take it for a formula.

    Taking one apostrophe off whatever starts with `'` and would need one gives the text back.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """One row per article, under French headings. UTF-8 with its mark, `;`, CRLF, all quoted.

    Times are those of Paris, to the minute, as Excel reads dates in French.
    """
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(table.COLUMNS)
    for article in articles:
        writer.writerow([_written(cell) for cell in table.cells(article, site)])
    return sheet.getvalue().encode("utf-8-sig")


def _written(cell: table.Cell) -> str:
    if isinstance(cell, dt.datetime):
        return f"{cell:%d/%m/%Y %H:%M}"
    return neutralised(str(cell))


CHANNEL = Channel(
    "csv",
    "Tableau CSV pour Excel",
    "text/csv; charset=utf-8",
    ".csv",
    write,
    Destination.DATA,
    "Un tableau que tous les tableurs ouvrent, accents et colonnes en place.",
)
