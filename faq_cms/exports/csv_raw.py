"""CSV for programs: RFC 4180, UTF-8, English headings, and texts exactly as they are.

Nothing is escaped: a spreadsheet would run a text that starts with `=`. People open `csv`.
"""

import csv
import io
from collections.abc import Sequence
from typing import Final

from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, instant

COLUMNS: Final = (
    "id",
    "slug",
    "question",
    "answer_markdown",
    "answer_text",
    "wordings",
    "category",
    "tags",
    "version",
    "published_at",
    "updated_at",
    "url",
)


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """One row per article. `wordings` are one a line, `tags` separated by commas."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in articles:
        writer.writerow(
            (
                each.uid,
                each.slug,
                each.question,
                each.answer,
                channel.text(each, site),
                "\n".join(each.wordings),
                each.category or "",
                ",".join(each.tags),
                each.version,
                instant(each.published_at),
                instant(each.updated_at),
                each.url,
            )
        )
    return sheet.getvalue().encode()


CHANNEL = Channel(
    "csv-raw",
    "CSV brut",
    "text/csv; charset=utf-8",
    ".csv",
    write,
    Destination.DATA,
    "Le même tableau pour un programme\u00a0: virgules, rien d’ajouté ni d’échappé.",
)
