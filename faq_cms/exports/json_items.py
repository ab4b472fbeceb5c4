"""JSON: the articles as the API gives them, with what only an export carries."""

import json
from collections.abc import Sequence
from typing import Any

from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, instant


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """`{"site": {…}, "items": […]}`; `id` survives a change of address."""
    document = {
        "site": {"name": site.name, "url": site.base_url, "language": site.language},
        "items": [item(article, site) for article in articles],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def item(article: PublishedArticle, site: Site) -> dict[str, Any]:
    """One article under the names of the public API."""
    return {
        "id": article.uid,
        "slug": article.slug,
        "question": article.question,
        "wordings": list(article.wordings),
        "answer_markdown": article.answer,
        "answer_html": str(channel.html(article, site)),
        "category": article.category,
        "category_path": channel.filing(article),
        "tags": list(article.tags),
        "version": article.version,
        "published_at": instant(article.published_at),
        "updated_at": instant(article.updated_at),
        "url": article.url,
    }


CHANNEL = Channel(
    "json",
    "JSON",
    "application/json",
    ".json",
    write,
    Destination.DATA,
    "Tout ce qui est publié, pour un programme ou pour une autre installation.",
)
