"""Amazon Kendra: FAQ files in its `JSON` format, where each way to ask is a document of its own.

Its CSV formats are tables like any other.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from faq_cms.imports import prose
from faq_cms.imports.systems import values
from faq_cms.imports.systems.system import Piece, System
from faq_cms.imports.systems.values import Record

_DOCUMENTS: Final = "FaqDocuments"
_WORDS: Final = re.compile(r"\w[\w-]*")


def pieces(parts: list[Any]) -> tuple[list[Piece], int]:
    """Documents that give one answer and one address are ways to ask the same question."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for part in parts:
        for each in values.objects(part.get(_DOCUMENTS) if isinstance(part, dict) else None):
            address = values.text(_attributes(each), "_source_uri")
            groups.setdefault((values.text(each, "Answer"), address), []).append(each)
    shared = Counter(address for _, address in groups)
    return [
        _piece(group, address if shared[address] == 1 else "")
        for (_, address), group in groups.items()
    ], 0


def _piece(group: list[Record], address: str) -> Piece:
    first, *_ = group
    asked = dict.fromkeys(values.text(each, "Question").strip() for each in group)
    question, *others = [words for words in asked if words] or [""]
    category = values.text(_attributes(first), "_category")
    last = address.partition("?")[0].rstrip("/").rpartition("/")[2]
    return Piece(
        id="",
        title=question,
        body=prose.to_markdown(values.text(first, "Answer")),
        is_markdown=True,
        path=[category],
        wordings=tuple(others),
        updated_at=values.instant(_attributes(first), "_last_updated_at"),
        created_at=values.instant(_attributes(first), "_created_at"),
        address=last if _WORDS.fullmatch(last) else "",
        is_restricted=any(
            values.text(each, "Access").casefold() == "allow"
            for each in values.objects(first.get("AccessControlList"))
        ),
    )


def _attributes(record: Record) -> Record:
    told = record.get("Attributes")
    return told if isinstance(told, dict) else {}


def _holds(kinds: Sequence[Record]) -> bool:
    return any(
        {"Question", "Answer"} <= each.keys()
        for whole in kinds[:1]
        for each in values.objects(whole.get(_DOCUMENTS))
    )


SYSTEM: Final = System("kendra", "Amazon Kendra (JSON)", _holds, pieces)
