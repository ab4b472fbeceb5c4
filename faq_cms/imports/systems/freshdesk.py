"""Freshdesk Solutions: articles as its API lists them, alone or in the tree of categories and folders.

Thumbs are totals over the article's whole life, without dates: a reading of the day, never votes.
"""

from collections.abc import Sequence
from typing import Any, Final

from faq_cms.imports import prose
from faq_cms.imports.document import Standing, Totals
from faq_cms.imports.systems import values
from faq_cms.imports.systems.system import Piece, System
from faq_cms.imports.systems.values import Record

_OWN: Final = {"folder_id", "thumbs_up", "thumbs_down", "hierarchy", "description_text", "seo_data"}
_STANDINGS: Final = {1: Standing.DRAFT, 2: Standing.PUBLISHED}
_EVERYBODY: Final = 1  # who may see a folder; the others are signed in, agents, companies
_PERSON: Final = {"email", "contact", "job_title"}
_INNER: Final = ("folders", "sub_folders", "subfolders")
_DEPTH_MAX: Final = 6  # of folders in folders; three is what Freshdesk allows


def is_article(record: Record) -> bool:
    """Whether an object is an article of Freshdesk."""
    return {"title", "description"} <= record.keys() and len(_OWN & record.keys()) >= 1


def pieces(parts: list[Any]) -> tuple[list[Piece], int]:
    """Articles, filed under the category and the folder that are told anywhere beside them."""
    every = [record for part in parts for record in values.records(part)]
    files = {
        id(each)
        for article in every
        if is_article(article)
        for name in ("attachments", "cloud_files")
        for each in values.objects(article.get(name))
    }
    places = values.by_identity(e for e in every if _is_place(e) and id(e) not in files)
    paths = _paths(parts)
    found: dict[tuple[str, str], Record] = {}
    for each in every:
        if is_article(each):
            found.setdefault((values.identity(each, "id"), values.text(each, "language")), each)
    kept, elsewhere = values.in_french(list(found.values()), "language")
    folders = {key: each for key, each in places.items() if "visibility" in each}
    return [
        _piece(
            each,
            paths.get(id(each)) or _path(each, places),
            folders.get(values.identity(each, "folder_id"), {}),
        )
        for each in kept
    ], elsewhere


def _is_place(record: Record) -> bool:
    """Whether an object may be a category or a folder: agents have names as well."""
    return "name" in record and not is_article(record) and not _PERSON & record.keys()


def _piece(article: Record, path: list[str], folder: Record) -> Piece:
    html = values.text(article, "description")
    visibility = values.number(article, "folder_visibility") or values.number(folder, "visibility")
    return Piece(
        id=values.identity(article, "id"),
        title=values.text(article, "title"),
        body=html or prose.to_markdown(values.text(article, "description_text")),
        is_markdown=not html,
        path=path,
        tags=values.words(article, "tags"),
        standing=_STANDINGS.get(values.number(article, "status") or 0),
        created_at=values.instant(article, "created_at"),
        updated_at=values.instant(article, "updated_at", "modified_at"),
        address=values.address(values.text(article, "path")),
        totals=_totals(article),
        is_restricted=visibility not in (None, _EVERYBODY),
    )


def _totals(article: Record) -> Totals | None:
    up, down = values.number(article, "thumbs_up"), values.number(article, "thumbs_down")
    views = values.number(article, "hits")
    if not (up or down or views):
        return None
    return Totals(up or 0, down or 0, views=views)


def _path(article: Record, places: dict[str, Record]) -> list[str]:
    """Category and folder: as the article tells them, else as other records name them."""
    told = sorted(
        values.objects(article.get("hierarchy")), key=lambda each: values.number(each, "level") or 0
    )
    names = [
        values.text(each["data"], "name") for each in told if isinstance(each.get("data"), dict)
    ]
    if any(names):
        return names
    folder = places.get(values.identity(article, "folder_id"), {})
    category_id = values.identity(article, "category_id") or values.identity(folder, "category_id")
    category = values.text(article, "category_name") or values.text(
        places.get(category_id, {}), "name"
    )
    return [category, values.text(article, "folder_name") or values.text(folder, "name")]


def _paths(parts: list[Any]) -> dict[int, list[str]]:
    """Of articles that stand inside their category and folder: the names above them, by object."""
    found: dict[int, list[str]] = {}
    above = [
        ([values.text(each, "name")], each)
        for part in parts
        for each in values.records(part)
        if not is_article(each) and any(name in each for name in _INNER)
    ]
    for _ in range(_DEPTH_MAX):
        below = [
            ([*names, values.text(folder, "name")], folder)
            for names, place in above
            for inner in _INNER
            for folder in values.objects(place.get(inner))
        ]
        for names, folder in below:
            for article in values.objects(folder.get("articles")):
                if len(names) > len(found.get(id(article), ())):
                    found[id(article)] = names
        above = below
    return found


def _holds(kinds: Sequence[Record]) -> bool:
    return any(map(is_article, kinds))


def _completes(value: Any) -> bool:
    """Lists of categories or of folders, which Freshdesk gives apart."""
    items = values.objects(value if isinstance(value, list) else None)
    return bool(items) and all({"id", "name"} <= each.keys() for each in items)


SYSTEM: Final = System("freshdesk", "Freshdesk (JSON)", _holds, pieces, _completes)
