"""Zammad: its knowledge base as a map of assets, each kind by its numbers. It keeps no votes."""

import re
from collections.abc import Sequence
from typing import Any, Final

from faq_cms.imports.document import Standing
from faq_cms.imports.systems import values
from faq_cms.imports.systems.system import Piece, System
from faq_cms.imports.systems.values import Record

_ANSWER: Final = "KnowledgeBaseAnswer"
_TRANSLATION: Final = "KnowledgeBaseAnswerTranslation"
_CONTENT: Final = "KnowledgeBaseAnswerTranslationContent"
_CATEGORY: Final = "KnowledgeBaseCategory"
_CATEGORY_TRANSLATION: Final = "KnowledgeBaseCategoryTranslation"
_LOCALE: Final = "KnowledgeBaseLocale"
_SYSTEM_LOCALE: Final = "Locale"
_DEPTH_MAX: Final = 20
_FILMS: Final = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}
_VIDEO: Final = re.compile(
    r"\( ?widget: ?video, ?provider: ?(youtube|vimeo), ?id: ?([\w-]{1,40}) ?\)"
)


def pieces(parts: list[Any]) -> tuple[list[Piece], int]:
    """Answers with their text in French, or in the only language they have."""
    assets = _Assets(parts)
    told = [
        (answer, assets.said(answer, _TRANSLATION, "answer_id") or {})
        for answer in assets.of(_ANSWER).values()
    ]
    kept, elsewhere = values.spoken_in_french(
        [((answer, said), assets.language(said)) for answer, said in told]
    )
    return [_piece(answer, said, assets) for answer, said in kept], elsewhere


class _Assets:
    """The assets of every part, by kind then by number."""

    def __init__(self, parts: list[Any]) -> None:
        self._kinds: dict[str, dict[str, Record]] = {}
        for part in parts:
            for name, assets in _maps(part):
                known = self._kinds.setdefault(name, {})
                known.update(values.by_identity(values.objects(assets)))
        self._languages = {
            key: values.text(
                self.of(_SYSTEM_LOCALE).get(values.identity(locale, "system_locale_id"), {}),
                "locale",
            )
            for key, locale in self.of(_LOCALE).items()
        }

    def of(self, kind: str) -> dict[str, Record]:
        return self._kinds.get(kind, {})

    def language(self, translation: Record) -> str:
        """« fr-fr »; empty when it is not known."""
        return self._languages.get(values.identity(translation, "kb_locale_id"), "")

    def said(self, record: Record, kind: str, owner: str) -> Record | None:
        """The translation of a record in French, else its first one."""
        ids = record.get("translation_ids")
        keys = [values.text({"": each}, "") for each in ids] if isinstance(ids, list) else []
        own = values.identity(record, "id")
        found = [self.of(kind)[key] for key in keys if key in self.of(kind)] or [
            each for each in self.of(kind).values() if values.identity(each, owner) == own and own
        ]
        french = (each for each in found if self.language(each).startswith("fr"))
        return next(french, found[0] if found else None)


def _piece(answer: Record, said: Record, assets: _Assets) -> Piece:
    inside = said.get("content")
    content = assets.of(_CONTENT).get(values.identity(said, "content_id"), {})
    return Piece(
        id=values.identity(answer, "id"),
        title=values.text(said, "title"),
        body=_VIDEO.sub(
            _as_link,
            values.text(inside if isinstance(inside, dict) else content, "body")
            or values.text(said, "body", "content"),
        ),
        path=_path(answer, assets),
        tags=values.words(answer, "tags"),
        standing=_standing(answer),
        created_at=values.instant(answer, "created_at") or values.instant(said, "created_at"),
        updated_at=values.instant(said, "updated_at") or values.instant(answer, "updated_at"),
        published_at=values.instant(answer, "published_at"),
        is_restricted=_is_internal(answer),
    )


def _as_link(widget: re.Match[str]) -> str:
    """A film, which an answer shows by a line of its own."""
    provider, film = widget.groups()
    return f'<a href="{_FILMS[provider]}{film}">Vidéo</a>'


def _is_internal(answer: Record) -> bool:
    """Whether colleagues alone had it."""
    is_public = values.instant(answer, "published_at") or values.instant(answer, "archived_at")
    return not is_public and values.instant(answer, "internal_at") is not None


def _standing(answer: Record) -> Standing:
    """What is for colleagues only was never public: a draft here."""
    if values.instant(answer, "archived_at"):
        return Standing.ARCHIVED
    return Standing.PUBLISHED if values.instant(answer, "published_at") else Standing.DRAFT


def _path(answer: Record, assets: _Assets) -> list[str]:
    names: list[str] = []
    category = assets.of(_CATEGORY).get(values.identity(answer, "category_id"))
    while category is not None and len(names) < _DEPTH_MAX:
        said = assets.said(category, _CATEGORY_TRANSLATION, "category_id") or category
        names.insert(0, values.text(said, "title", "name"))
        category = assets.of(_CATEGORY).get(values.identity(category, "parent_id"))
    return names


def _maps(part: Any) -> list[tuple[str, Any]]:
    """The kinds of assets of a document, under « assets » or at its top."""
    if not isinstance(part, dict):
        return []
    inner = part.get("assets")
    return [*part.items(), *(inner.items() if isinstance(inner, dict) else ())]


def _holds(kinds: Sequence[Record]) -> bool:
    names = {name for whole in kinds[:1] for name, _ in _maps(whole)}
    return {_ANSWER, _TRANSLATION} <= names


def _completes(value: Any) -> bool:
    return any(name.startswith("KnowledgeBase") for name, _ in _maps(value))


SYSTEM: Final = System("zammad", "Zammad (JSON)", _holds, pieces, _completes)
