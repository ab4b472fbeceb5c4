"""CSV for a French Excel: opened by a double click, it must show accents and columns at once.

No text is run as a formula (see `formulas`). A machine wants `csv-raw` or `json`, where nothing is escaped.
"""

import csv
import datetime as dt
import io
from collections.abc import Sequence

from faq_cms.articles import PublishedArticle
from faq_cms.exports import table
from faq_cms.exports.channel import Channel, Destination, Site
from faq_cms.formulas import neutralised


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
