"""Dialogflow ES: a knowledge FAQ, in two columns and without headings."""

import csv
import io
from collections.abc import Sequence

from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, wordings


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """A row per way to ask: the question, its answer. A question asked twice keeps its first answer."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n", quoting=csv.QUOTE_ALL)
    asked: set[str] = set()
    for article in articles:
        answer = channel.text(article, site)
        for question in wordings(article):
            if question not in asked:
                asked.add(question)
                writer.writerow((question, answer))
    return sheet.getvalue().encode()


CHANNEL = Channel(
    "dialogflow",
    "Dialogflow ES (CSV)",
    "text/csv; charset=utf-8",
    ".csv",
    write,
    Destination.CHATBOT,
    "Un document de type FAQ pour une base de connaissances Dialogflow.",
)
