"""Zendesk Help Center: articles in the shape of its API, with the sections they belong to."""

import json
from collections.abc import Sequence
from typing import Any

from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, instant


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """`{"articles", "sections", "categories"}`, as a listing that includes its sections and categories."""
    places = _Places(site)
    items = [item(article, site, places.section_of(article)) for article in articles]
    document = {
        "count": len(items),
        "next_page": None,
        "articles": items,
        "sections": places.sections,
        "categories": places.categories,
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def item(article: PublishedArticle, site: Site, section_id: int | None) -> dict[str, Any]:
    """One published article, its answer as HTML."""
    return {
        "id": article.id,
        "html_url": article.url,
        "title": article.question,
        "name": article.question,
        "body": str(channel.html(article, site)).strip(),
        "locale": site.language,
        "source_locale": site.language,
        "draft": False,
        "promoted": False,
        "label_names": list(article.tags),
        "section_id": section_id,
        "created_at": instant(article.published_at),
        "edited_at": instant(article.published_at),
        "updated_at": instant(article.updated_at),
    }


class _Places:
    """Sections and categories in the order they are met, numbered from 1."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.sections: list[dict[str, Any]] = []
        self.categories: list[dict[str, Any]] = []

    def section_of(self, article: PublishedArticle) -> int | None:
        """The section of an article; Zendesk has no article outside one, nor we a name to give it."""
        if article.category is None:
            return None
        category_id = self._named(self.categories, article.parent or self._site.name)
        return self._named(self.sections, article.category, category_id=category_id)

    def _named(self, places: list[dict[str, Any]], name: str, **more: int) -> int:
        wanted = {"name": name, "locale": self._site.language, **more}
        for place in places:
            if wanted.items() <= place.items():
                return int(place["id"])
        places.append({"id": len(places) + 1, **wanted})
        return len(places)


CHANNEL = Channel(
    "zendesk",
    "Zendesk (JSON)",
    "application/json",
    ".json",
    write,
    Destination.HELP_DESK,
    "Les articles comme l’API de Zendesk les reçoit\u00a0: titre, HTML, section, étiquettes.",
)
