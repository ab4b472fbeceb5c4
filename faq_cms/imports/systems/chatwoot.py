"""Chatwoot: articles of a portal, as its API lists them. Their text is Markdown; views are counted."""

import re
from collections.abc import Sequence
from typing import Any, Final

from faq_cms.imports.document import Standing, Totals
from faq_cms.imports.systems import values
from faq_cms.imports.systems.system import Piece, System
from faq_cms.imports.systems.values import Record

_OWN: Final = {"portal_id", "portal", "associated_article_id", "author_id", "author"}
_STAMP: Final = re.compile(r"^\d{10}-(?=.)")  # seconds since 1970, before the words people know
_PLACE: Final = {"parent_category_id", "related_categories", "root_category", "articles_count"}
_STANDINGS: Final = {
    "0": Standing.DRAFT,
    "1": Standing.PUBLISHED,
    "2": Standing.ARCHIVED,
    "draft": Standing.DRAFT,
    "published": Standing.PUBLISHED,
    "archived": Standing.ARCHIVED,
}


def is_article(record: Record) -> bool:
    """Whether an object is an article of Chatwoot."""
    return {"title", "content", "slug", "status"} <= record.keys() and bool(_OWN & record.keys())


def pieces(parts: list[Any]) -> tuple[list[Piece], int]:
    """Articles in French, where a portal holds several languages."""
    every = [record for part in parts for record in values.records(part)]
    places = values.by_identity(each for each in every if "name" in each and "slug" in each)
    found: dict[str, Record] = {}
    for rank, each in enumerate(every):
        if is_article(each):
            found.setdefault(values.identity(each, "id") or str(rank), each)
    kept, elsewhere = values.in_french(list(found.values()), "locale")
    return [_piece(each, places) for each in kept], elsewhere


def _piece(article: Record, places: dict[str, Record]) -> Piece:
    meta = article.get("meta")
    views = values.number(article, "views")
    return Piece(
        id=values.identity(article, "id"),
        title=values.text(article, "title"),
        body=values.text(article, "content"),
        is_markdown=True,
        path=_path(article, places),
        tags=values.words(meta, "tags") if isinstance(meta, dict) else (),
        standing=_STANDINGS.get(values.text(article, "status")),
        created_at=values.instant(article, "created_at"),
        updated_at=values.instant(article, "updated_at"),
        address=_STAMP.sub("", values.text(article, "slug")),
        totals=Totals(0, 0, views=views) if views else None,
    )


def _path(article: Record, places: dict[str, Record]) -> list[str]:
    told = article.get("category")
    place = told if isinstance(told, dict) else places.get(values.identity(article, "category_id"))
    if place is None:
        return []
    above = places.get(values.identity(place, "parent_category_id"), {})
    return [values.text(above, "name"), values.text(place, "name")]


def _holds(kinds: Sequence[Record]) -> bool:
    return any(map(is_article, kinds))


def _completes(value: Any) -> bool:
    """The list of categories, which Chatwoot gives apart."""
    items = values.objects(value.get("payload") if isinstance(value, dict) else value)
    return bool(items) and all(
        {"id", "name", "slug"} <= each.keys() and bool(_PLACE & each.keys()) for each in items
    )


SYSTEM: Final = System("chatwoot", "Chatwoot (JSON)", _holds, pieces, _completes)
