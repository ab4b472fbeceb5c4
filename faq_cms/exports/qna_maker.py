r"""TSV of QnA Maker and Azure Question Answering.

Importing this file there replaces the whole knowledge base. A row is a way to ask; rows of the same
`QnaId` share one answer. In an answer a line end is written `\n`, as that system writes it.
"""

import json
from collections.abc import Sequence
from typing import Final

from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, one_line, wordings

_COLUMNS: Final = (
    "Question",
    "Answer",
    "Source",
    "Metadata",
    "SuggestedQuestions",
    "IsContextOnly",
    "Prompts",
    "QnaId",
)
_SOURCE: Final = (
    "Editorial"  # written by people, not taken from a page the service would read again
)
_NONE: Final = json.dumps([])
_TAB: Final = " " * 4
_PAIR_SIGNS: Final = str.maketrans({":": "-", "|": "-"})


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """The table, UTF-8, one line per way to ask."""
    lines = ["\t".join(_COLUMNS)]
    for number, article in enumerate(articles, start=1):
        answer = _in_one_cell(channel.markdown(article, site))
        rest = (answer, _SOURCE, _metadata(article), _NONE, "False", _NONE, str(number))
        lines += ["\t".join((question, *rest)) for question in wordings(article)]
    return ("\n".join(lines) + "\n").encode()


def _in_one_cell(answer: str) -> str:
    lines = answer.replace("\t", _TAB).split("\n")
    return "\\n".join(
        one_line(line) if not line.startswith(" ") else _indented(line) for line in lines
    )


def _indented(line: str) -> str:
    """A line of code or of a list keeps the spaces it starts with."""
    words = one_line(line)
    return " " * (len(line) - len(line.lstrip(" "))) + words


def _metadata(article: PublishedArticle) -> str:
    """What a bot needs to send a vote back, and to narrow its search."""
    pairs = {
        "category": article.category or "",
        "tags": ", ".join(article.tags),
        "article": article.slug,
        "version": str(article.version),
    }
    return "|".join(
        f"{key}:{one_line(value).translate(_PAIR_SIGNS)}" for key, value in pairs.items() if value
    )


CHANNEL = Channel(
    "qnamaker",
    "Azure Question Answering (TSV)",
    "text/tab-separated-values; charset=utf-8",
    ".tsv",
    write,
    Destination.CHATBOT,
    "Pour QnA Maker ou Azure. Attention\u00a0: l’import y remplace toute la base de connaissances.",
)
