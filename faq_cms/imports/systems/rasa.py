"""Rasa: the ways to ask of each `faq/…` intent (nlu), and the answer it gets (responses).

Both may be in one file, or each in its own.
"""

import re
from functools import lru_cache
from typing import Any, Final

import yaml

from faq_cms import errors
from faq_cms.imports import decoding, findings
from faq_cms.imports.document import MAX_ENTRIES, Document, Entry, Reader
from faq_cms.imports.systems import values

NAME: Final = "rasa"
_UTTER: Final = "utter_"
_ENTITY: Final = re.compile(r"\[([^\[\]]{1,200})\](?:\([^()]{0,200}\)|\{[^{}]{0,400}\})")
_ONLY_SOMETIMES: Final = frozenset({"channel", "condition"})
_IMAGE: Final = re.compile(r"https?://[^\s()<>]{1,2000}")
_MARKS: Final = (b"nlu:", b"responses:")
_YAML_MAX: Final = 16 * 1024 * 1024


@lru_cache(maxsize=2)
def loaded(data: bytes) -> Any:
    """The YAML value of a document of Rasa; None when it is none."""
    if len(data) > _YAML_MAX or not any(mark in data for mark in _MARKS):
        return None
    text = decoding.decoded(data).content
    try:
        # A few lines of aliases may stand for gigabytes; no assistant's data has any.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.CSafeLoader)):
            return None
        value = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    is_rasa = isinstance(value, dict) and (
        isinstance(value.get("nlu"), list) or isinstance(value.get("responses"), dict)
    )
    return value if is_rasa else None


def read_together(parts: list[Any], name: str) -> Document:
    """Entries of one or several files of the same assistant. Raises NothingToImport, Invalid."""
    intents = [each for part in parts for each in values.objects(part.get("nlu"))]
    answers: dict[str, list[str]] = {}
    for part in parts:
        responses = part.get("responses")
        for key, told in responses.items() if isinstance(responses, dict) else ():
            answers[str(key).removeprefix(_UTTER)] = _variants(told)
    entries = [
        entry
        for rank, intent in enumerate(intents, 1)
        if (entry := _entry(intent, answers, rank)) is not None
    ]
    if not entries:
        raise errors.NothingToImport(name=name, line=1)
    if len(entries) > MAX_ENTRIES:
        raise errors.Invalid("document", "too_many_entries", MAX_ENTRIES)
    return Document(tuple(entries), (), NAME)


def _variants(told: Any) -> list[str]:
    """The ways a response may be said: Rasa takes one by chance, some in one channel or case only."""
    every = values.objects(told)
    general = [each for each in every if not _ONLY_SOMETIMES & each.keys()]
    return list(dict.fromkeys(said for each in general or every if (said := _said(each))))


def _said(response: values.Record) -> str:
    """A response as Markdown, its image after its words."""
    image = values.text(response, "image").strip()
    parts = (
        values.text(response, "text").strip(),
        f"![]({image})" if _IMAGE.fullmatch(image) else "",
    )
    return "\n\n".join(filter(None, parts))


def _entry(intent: values.Record, answers: dict[str, list[str]], rank: int) -> Entry | None:
    """The entry of an intent that names a question; greetings and the like have no « / »."""
    name = values.text(intent, "intent")
    family, _, key = name.partition("/")
    asked = _examples(intent.get("examples"))
    if not key or not asked:
        return None
    told = intent.get("metadata")
    metadata: values.Record = told if isinstance(told, dict) else {}
    answer, *variants = answers.get(name) or [""]
    return Entry(
        question=asked[0],
        answer=answer,
        category=values.text(metadata, "category") or (None if family == "faq" else family),
        warnings=(
            *findings.masked_addresses(answer, rank),
            *([findings.variants_left(len(variants), rank)] if variants else ()),
        ),
        line=rank,
        external_id=f"{NAME}:{name}",
        wordings=tuple(asked[1:]),
        tags=values.words(metadata, "tags"),
        address=values.text(metadata, "article") or None,
    )


def _examples(told: Any) -> list[str]:
    """The ways to ask, each once, without the marks of entities."""
    if isinstance(told, str):
        lines = [line.strip().removeprefix("-").strip() for line in told.split("\n")]
    elif isinstance(told, list):
        lines = [
            values.text(each, "text") if isinstance(each, dict) else str(each) for each in told
        ]
    else:
        lines = []
    plain = (_ENTITY.sub(r"\1", decoding.cleaned(line)).strip() for line in lines)
    return list(dict.fromkeys(line for line in plain if line))


READER: Final = Reader(
    name=NAME,
    label="Rasa (YAML)",
    extensions=(".yml", ".yaml"),
    recognises=lambda data: bool((loaded(data) or {}).get("nlu")),
    read=lambda data, name: read_together([loaded(data) or {}], name),
)
