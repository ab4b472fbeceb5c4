"""Zendesk Help Center: articles, sections, categories and votes, as its API lists them.

Votes have dates: each joins the version that was live then. Where only their sum is told, up is
(count + sum) / 2: totals, kept as a reading of the day.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from faq_cms.imports.document import Ballot, Standing, Totals
from faq_cms.imports.systems import values
from faq_cms.imports.systems.system import Piece, System
from faq_cms.imports.systems.values import Record

_OWN: Final = {"section_id", "label_names", "vote_sum", "source_locale", "comments_disabled"}
_DEPTH_MAX: Final = 20  # of sections in sections; five is what Zendesk allows
_VOTE: Final = {"item_id", "value"}
_TRANSLATION: Final = {"source_id", "locale", "title", "body"}


def is_article(record: Record) -> bool:
    """Whether an object is an article of Zendesk."""
    names = record.keys()
    return "body" in names and bool({"title", "name"} & names) and bool(_OWN & names)


def pieces(parts: list[Any]) -> tuple[list[Piece], int]:
    """Articles with the votes that are about them."""
    every = [record for part in parts for record in values.records(part)]
    found: dict[tuple[str, str], Record] = {}
    for each in every:
        if is_article(each):
            found.setdefault((values.identity(each, "id"), values.text(each, "locale")), each)
    spoken = _in_french(found.values(), every)
    kept, elsewhere = values.in_french(spoken, "locale")
    sections = values.by_identity(_listed(parts, "sections"))
    categories = values.by_identity(_listed(parts, "categories"))
    ballots = _ballots(every)
    return [
        _piece(
            each, _path(each, sections, categories), ballots.get(values.identity(each, "id"), ())
        )
        for each in kept
    ], elsewhere


def _piece(article: Record, path: list[str], ballots: tuple[Ballot, ...]) -> Piece:
    url = values.text(article, "html_url")
    return Piece(
        id=values.identity(article, "id"),
        title=values.text(article, "title", "name"),
        body=values.text(article, "body"),
        path=path,
        tags=values.words(article, "label_names"),
        standing=Standing.DRAFT if article.get("draft") is True else Standing.PUBLISHED,
        created_at=values.instant(article, "created_at"),
        updated_at=values.instant(article, "updated_at"),
        published_at=values.instant(article, "edited_at"),
        url=url,
        address=values.address(url),
        ballots=ballots,
        totals=None if ballots else _totals(article),
        is_restricted=bool(article.get("user_segment_id") or article.get("user_segment_ids")),
    )


def _in_french(articles: Iterable[Record], every: list[Record]) -> list[Record]:
    """Articles, those in another language under their French translation where there is one beside."""
    translated: dict[str, Record] = {}
    for each in every:
        is_ours = (
            values.text(each, "source_type") in ("", "Article") and each.keys() >= _TRANSLATION
        )
        if is_ours and values.text(each, "locale").casefold().startswith("fr"):
            translated.setdefault(values.identity(each, "source_id"), each)
    found: list[Record] = []
    for article in articles:
        key = values.identity(article, "id")
        is_french = values.text(article, "locale").casefold().startswith("fr")
        said = None if is_french else translated.get(key)
        found.append(
            article
            if said is None
            else {**article, "edited_at": said.get("updated_at"), **said, "id": key}
        )
    return found


def _totals(article: Record) -> Totals | None:
    """Up and down from how many voted and what they add up to; None when the two disagree."""
    count, total = values.number(article, "vote_count"), article.get("vote_sum")
    if not count or not isinstance(total, int) or abs(total) > count or (count + total) % 2:
        return None
    return Totals((count + total) // 2, (count - total) // 2)


def _ballots(every: list[Record]) -> dict[str, tuple[Ballot, ...]]:
    """Votes by article, each once; those about comments and posts, or undated, are left out."""
    found: dict[str, dict[str, Ballot]] = {}
    for each in every:
        if not each.keys() >= _VOTE or values.text(each, "item_type") not in ("", "Article"):
            continue
        cast_at, value = values.instant(each, "created_at"), each.get("value")
        reference = values.identity(each, "id")
        if cast_at and reference and value in (1, -1):
            ballot = Ballot(
                cast_at, value == 1, reference, visitor=values.identity(each, "user_id")
            )
            found.setdefault(values.identity(each, "item_id"), {})[reference] = ballot
    return {article: tuple(ballots.values()) for article, ballots in found.items()}


def _path(article: Record, sections: dict[str, Record], categories: dict[str, Record]) -> list[str]:
    """Category, then the sections one inside the other."""
    names: list[str] = []
    section = sections.get(values.identity(article, "section_id"))
    while section and len(names) < _DEPTH_MAX:  # a section may contain itself
        names.insert(0, values.text(section, "name"))
        above = values.identity(section, "parent_section_id")
        if not above:
            category = categories.get(values.identity(section, "category_id"), {})
            return [values.text(category, "name"), *names]
        section = sections.get(above)
    return names


def _listed(parts: list[Any], name: str) -> list[Record]:
    return [
        each for part in parts if isinstance(part, dict) for each in values.objects(part.get(name))
    ]


def _holds(kinds: Sequence[Record]) -> bool:
    return any(map(is_article, kinds))


def _completes(value: Any) -> bool:
    names = ("sections", "categories", "votes", "translations")
    return isinstance(value, dict) and any(isinstance(value.get(name), list) for name in names)


SYSTEM: Final = System("zendesk", "Zendesk (JSON)", _holds, pieces, _completes)
