"""Freshdesk: articles of its Solutions, in the shape its API gives and takes."""

import json
from collections.abc import Sequence
from typing import Any, Final

from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, instant

_PERMANENT: Final = 1
_PUBLISHED: Final = 2
_META_MAX: Final = 160
_DEFAULT_CATEGORY: Final = "Aide"  # Freshdesk files every article under a category and a folder
_DEFAULT_FOLDER: Final = "Questions fréquentes"


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """A list of articles; `hierarchy` names the category and the folder each belongs to."""
    items = [item(article, site) for article in articles]
    return (json.dumps(items, ensure_ascii=False, indent=2) + "\n").encode()


def item(article: PublishedArticle, site: Site) -> dict[str, Any]:
    """One published article, its answer as HTML."""
    category, folder = _places(article)
    html, text = channel.html_and_text(article, site)
    return {
        "id": article.id,
        "title": article.question,
        "description": str(html).strip(),
        "description_text": text,
        "status": _PUBLISHED,
        "type": _PERMANENT,
        "language": site.language,
        "tags": list(article.tags),
        "seo_data": {
            "meta_title": article.question,
            "meta_description": channel.one_line(text)[:_META_MAX],
            "meta_keywords": ",".join(article.tags),
        },
        "hierarchy": [
            {"level": 0, "type": "category", "data": {"name": category, "language": site.language}},
            {"level": 1, "type": "folder", "data": {"name": folder, "language": site.language}},
        ],
        "created_at": instant(article.published_at),
        "updated_at": instant(article.updated_at),
    }


def _places(article: PublishedArticle) -> tuple[str, str]:
    """Two levels always: an article of the first one goes to the folder of its category’s name."""
    filed = channel.filing(article)
    if len(filed) > 1:
        return filed[0], filed[1]
    return _DEFAULT_CATEGORY, filed[0] if filed else _DEFAULT_FOLDER


CHANNEL = Channel(
    "freshdesk",
    "Freshdesk (JSON)",
    "application/json",
    ".json",
    write,
    Destination.HELP_DESK,
    "Les articles comme l’API de Freshdesk les reçoit\u00a0: titre, HTML, dossier, mots-clés.",
)
