"""Intercom: articles with their collections. Reactions are told as percentages only.

Counts rebuilt from percentages are estimates and are marked so; a neutral reaction is not a no.
"""

from collections.abc import Sequence
from typing import Any, Final

from faq_cms.imports.document import Standing, Totals
from faq_cms.imports.systems import values
from faq_cms.imports.systems.system import Piece, System
from faq_cms.imports.systems.values import Record

_STANDINGS: Final = {"published": Standing.PUBLISHED, "draft": Standing.DRAFT}
_ROUNDED: Final = 2  # points by which three rounded shares may miss 100
_VERSION: Final = "article_version"
_FRENCH: Final = ("fr", "fr-FR", "fr-BE", "fr-CA", "fr-CH")


def is_article(record: Record) -> bool:
    """Whether an object is an article of Intercom."""
    is_named = record.get("type") in ("article", "internal_article")
    return is_named and "title" in record and bool({"body", "body_markdown"} & record.keys())


def pieces(parts: list[Any]) -> tuple[list[Piece], int]:
    """Articles in French, or in the language each was first written in."""
    every = [record for part in parts for record in values.records(part)]
    places = values.by_identity(each for each in every if each.get("type") == "collection")
    found = {
        values.identity(each, "id") or str(rank): each
        for rank, each in enumerate(every)
        if is_article(each)
    }
    versions = _versions(every)
    for key, several in versions.items():
        live = next((each for each in several if each.get("state") == "published"), None)
        if live is not None and "body" in live:
            found.setdefault(key, {**live, "id": key})
    told = {key: _in_french(each) for key, each in found.items()}
    kept, elsewhere = values.spoken_in_french([(key, said[1]) for key, said in told.items()])
    return [
        _piece(found[key], told[key][0], places, versions.get(key, [])) for key in kept
    ], elsewhere


def _versions(every: list[Record]) -> dict[str, list[Record]]:
    """The versions of each article, whole or listed. All but the live one are called drafts."""
    found: dict[str, dict[str, Record]] = {}
    for each in every:
        if each.get("type") == _VERSION and (key := values.identity(each, "article_id")):
            held = found.setdefault(key, {})
            number = values.identity(each, "id")
            if number not in held or "body" in each:  # a listing gives them without their text
                held[number] = each
    return {key: list(held.values()) for key, held in found.items()}


def _piece(
    article: Record, said: Record, places: dict[str, Record], versions: list[Record]
) -> Piece:
    markdown = values.text(said, "body_markdown")
    scheduled = said.get("has_unpublished_changes") is True
    return Piece(
        id=values.identity(article, "id"),
        title=values.text(said, "title"),
        body=markdown if markdown and not scheduled else values.text(said, "body", "body_markdown"),
        is_markdown=bool(markdown) and not scheduled,
        path=_path(article, places),
        tags=values.words(article, "tags"),
        standing=_STANDINGS.get(values.text(said, "state") or values.text(article, "state")),
        created_at=values.instant(article, "created_at"),
        updated_at=values.instant(said, "updated_at") or values.instant(article, "updated_at"),
        url=values.text(article, "url"),
        totals=_totals(article),
        is_restricted=article.get("type") == "internal_article",
        unpublished=sum(each.get("state") != "published" for each in versions),
    )


def _in_french(article: Record) -> tuple[Record, str]:
    """What an article says in French, else in its first language; and that language."""
    translated = article.get("translated_content")
    for language in _FRENCH:
        content = translated.get(language) if isinstance(translated, dict) else None
        if isinstance(content, dict) and values.text(content, "title"):
            return content, language
    return article, values.text(article, "default_locale")


def _path(article: Record, places: dict[str, Record]) -> list[str]:
    """The names of the collections above, the outermost first."""
    above = article.get("parent_ids")
    ids = [values.text({"": each}, "") for each in above] if isinstance(above, list) else []
    place = places.get(ids[0] if ids else values.identity(article, "parent_id"))
    names: list[str] = []
    while place is not None and len(names) < 5:
        names.insert(0, values.text(place, "name"))
        place = places.get(values.identity(place, "parent_id"))
    return names


def _totals(article: Record) -> Totals | None:
    """Counts from the percentages of reactions."""
    told = article.get("statistics")
    if not isinstance(told, dict):
        return None
    views = values.number(told, "views")
    happy = values.share(told, "happy_reaction_percentage") or 0.0
    sad = values.share(told, "sad_reaction_percentage") or 0.0
    neutral = values.share(told, "neutral_reaction_percentage") or 0.0
    is_whole = abs(happy + sad + neutral - 100) <= _ROUNDED
    reactions = (values.number(told, "reactions") or 0) if is_whole else 0
    if not (reactions or views):
        return None
    return Totals(
        round(reactions * happy / 100),
        round(reactions * sad / 100),
        neutral=round(reactions * neutral / 100),
        views=views,
        estimated=reactions > 0,
    )


def _holds(kinds: Sequence[Record]) -> bool:
    return any(is_article(each) or _is_live(each) for each in kinds)


def _is_live(record: Record) -> bool:
    return (
        record.get("type") == _VERSION and record.get("state") == "published" and "body" in record
    )


def _completes(value: Any) -> bool:
    kinds = ("collection", _VERSION)
    return any(each.get("type") in kinds for each in values.records(value, depth=3))


SYSTEM: Final = System("intercom", "Intercom (JSON)", _holds, pieces, _completes)
