"""Help Scout Docs: articles, categories and collections, as its API gives them. It keeps no votes."""

from collections.abc import Sequence
from typing import Any, Final

from faq_cms.imports.document import Standing, Totals
from faq_cms.imports.systems import values
from faq_cms.imports.systems.system import Piece, System
from faq_cms.imports.systems.values import Record

_STANDINGS: Final = {"published": Standing.PUBLISHED, "notpublished": Standing.DRAFT}


def is_article(record: Record) -> bool:
    """Whether an object is an article of Help Scout, with its text or without."""
    return {"name", "collectionId"} <= record.keys() and bool({"text", "publicUrl"} & record.keys())


def pieces(parts: list[Any]) -> tuple[list[Piece], int]:
    """Articles filed under their collection and their first category."""
    every = [record for part in parts for record in values.records(part)]
    places = values.by_identity(
        each for each in every if "name" in each and not is_article(each) and "text" not in each
    )
    found: dict[str, Record] = {}
    for rank, each in enumerate(every):
        if is_article(each):
            key = values.identity(each, "id") or str(rank)
            if key not in found or "text" in each:  # a listing gives them without their text
                found[key] = each
    return [_piece(each, places) for each in found.values()], 0


def _piece(article: Record, places: dict[str, Record]) -> Piece:
    views = values.number(article, "viewCount")
    return Piece(
        id=values.identity(article, "id"),
        title=values.text(article, "name"),
        body=values.text(article, "text"),
        path=_path(article, places),
        tags=values.words(article, "keywords"),
        standing=_STANDINGS.get(values.text(article, "status")),
        created_at=values.instant(article, "createdAt"),
        updated_at=values.instant(article, "updatedAt"),
        published_at=values.instant(article, "lastPublishedAt"),
        url=values.text(article, "publicUrl"),
        address=values.text(article, "slug"),
        totals=Totals(0, 0, views=views) if views else None,
        is_restricted=values.text(
            places.get(values.identity(article, "collectionId"), {}), "visibility"
        )
        == "private",
    )


def _path(article: Record, places: dict[str, Record]) -> list[str]:
    told = article.get("categories")
    first = told[0] if isinstance(told, list) and told else None
    names = [values.text(places.get(values.identity(article, "collectionId"), {}), "name")]
    if isinstance(first, dict):
        return [*names, values.text(first, "name")]
    key = values.text({"": first}, "")
    return [*names, values.text(places.get(key, {}), "name")]


def _holds(kinds: Sequence[Record]) -> bool:
    return any(map(is_article, kinds))


def _completes(value: Any) -> bool:
    names = ("categories", "collections")
    return isinstance(value, dict) and any(
        isinstance(value.get(name), dict) and "items" in value[name] for name in names
    )


SYSTEM: Final = System("helpscout", "Help Scout (JSON)", _holds, pieces, _completes)
