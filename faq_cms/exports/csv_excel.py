"""CSV for a French Excel: opened by a double click, it must show accents and columns at once.

Excel decides by itself what a cell is; `neutralised` is the one place that keeps a text from being
run as a formula. A machine wants the `json` channel, where nothing needs escaping.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from faq_cms import rendering
from faq_cms.articles import PublishedArticle
from faq_cms.exports.channel import Channel, Site

_PARIS = ZoneInfo("Europe/Paris")
_COLUMNS = (
    "Identifiant",
    "Catégorie",
    "Question",
    "Réponse",
    "Autres formulations",
    "Version",
    "Publiée le",
    "Modifiée le",
    "Adresse",
    "Réponse (Markdown)",
)
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


def write(articles: Sequence[PublishedArticle], _site: Site) -> bytes:
    """One row per article, under French headings. UTF-8 with its mark, `;`, CRLF, all quoted.

    Times are those of Paris, to the minute, as Excel reads dates in French.
    """
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for article in articles:
        writer.writerow([neutralised(cell) for cell in _cells(article)])
    return sheet.getvalue().encode("utf-8-sig")


CHANNEL = Channel("csv", "Tableau CSV pour Excel", "text/csv; charset=utf-8", ".csv", write)


def _cells(article: PublishedArticle) -> Iterator[str]:
    yield article.uid
    yield article.category or ""
    yield article.question
    yield rendering.plain(article.answer, links=True)
    yield "\n".join(article.wordings)
    yield str(article.version)
    for moment in (article.published_at, article.updated_at):
        yield moment.astimezone(_PARIS).strftime("%d/%m/%Y %H:%M")
    yield article.url
    yield article.answer
