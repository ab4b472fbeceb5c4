"""JSON Lines: one article a line, with what a retrieval index or a chatbot asks for."""

import json
from collections.abc import Sequence
from typing import Any, Final

from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, instant

_NOT_LINE_ENDS: Final = "\x85\u2028\u2029"  # for some readers, though not for JSON's


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """A line each; `sha256` moves with the text alone, so that only what changed is indexed again."""
    lines = (json.dumps(_record(each, site), ensure_ascii=False) + "\n" for each in articles)
    return channel.escaped("".join(lines), _NOT_LINE_ENDS).encode()


def _record(article: PublishedArticle, site: Site) -> dict[str, Any]:
    return {
        "id": article.uid,
        "version": article.version,
        "lang": site.language,
        "question": article.question,
        "wordings": list(article.wordings),
        "answer_md": article.answer,
        "answer_text": channel.text(article, site),
        "category": article.category,
        "category_path": channel.filing(article),
        "tags": list(article.tags),
        "url": article.url,
        "updated_at": instant(article.updated_at),
        "sha256": channel.digest(article),
    }


CHANNEL = Channel(
    "jsonl",
    "JSON Lines",
    "application/x-ndjson",
    ".jsonl",
    write,
    Destination.CHATBOT,
    "Pour l’index d’un assistant ou d’un moteur de recherche\u00a0: un article par ligne.",
)
