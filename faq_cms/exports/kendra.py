"""Amazon Kendra: FAQ files in the `JSON` and `CSV_WITH_HEADER` formats of its index.

Only fields every index has are filled: a custom one must be made there first. Each way to ask is an
entry of its own, as its documentation shows.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Final

from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, one_line, wordings

_HEADINGS: Final = ("_question", "_answer", "_source_uri", "_category")


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """The `JSON` format."""
    document = {"SchemaVersion": 1, "FaqDocuments": [_entry(row) for row in _rows(articles, site)]}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def write_csv(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """The `CSV_WITH_HEADER` format."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(_HEADINGS)
    writer.writerows(_rows(articles, site))
    return sheet.getvalue().encode()


_Row = tuple[str, str, str, str]


def _rows(articles: Sequence[PublishedArticle], site: Site) -> Iterator[_Row]:
    for article in articles:
        answer = channel.text(article, site)
        for question in wordings(article):
            yield question, answer, article.url, one_line(article.category or "")


def _entry(row: _Row) -> dict[str, object]:
    question, answer, address, category = row
    attributes = {"_source_uri": address} | ({"_category": category} if category else {})
    return {"Question": question, "Answer": answer, "Attributes": attributes}


CHANNEL = Channel(
    "kendra",
    "Amazon Kendra (JSON)",
    "application/json",
    ".json",
    write,
    Destination.CHATBOT,
    "Une FAQ à déposer dans un index Kendra, au format «\u202fJSON\u202f».",
)
CSV_CHANNEL = Channel(
    "kendra-csv",
    "Amazon Kendra (CSV)",
    "text/csv; charset=utf-8",
    ".csv",
    write_csv,
    Destination.CHATBOT,
    "La même, au format «\u202fCSV_WITH_HEADER\u202f».",
)
