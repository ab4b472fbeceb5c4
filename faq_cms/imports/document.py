"""What every reader gives: entries, and what a person should know before importing them.

`key` and `fingerprint` are what make an import idempotent: the first says which article an entry
is about, the second whether its source changed since the last import.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from faq_cms.articles import EXTERNAL

MAX_ENTRIES = 50_000
"""Most entries one document may hold: a preview of more would be read by nobody."""

MAX_LINES = 300_000
"""Most lines in one document: what `MAX_ENTRIES` answers of a few lines need."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know. `code` is for machines, `message` is French.

    `line` counts from 1 in the source document.
    """

    code: str
    message: str
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One question and its answer, as the document gives them. `answer` is Markdown.

    `line` is the line of the question. `external_id` is the entry's identity in the system it
    comes from, when it has one. `wordings` are other ways to ask the same question.
    """

    question: str
    answer: str
    category: str | None
    warnings: tuple[Finding, ...]
    line: int
    external_id: str | None = None
    wordings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """All that was read. `warnings` are about the document; each entry carries its own."""

    entries: tuple[Entry, ...]
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """One format: how to recognise it by its bytes, how to read it.

    `label` is French. `extensions` (with the dot) only help a file picker: content decides.
    """

    name: str
    label: str
    extensions: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, str], Document]


# Combining marks are kept: in a text without precomposed letters they are part of the word.
_SEPARATORS = re.compile(r"(?:[^\w\u0300-\u036f]|_)+")


def folded(text: str) -> str:
    """Text as compared between documents: case, spaces, apostrophes and punctuation do not count.

    >>> folded("Comment puis\N{NON-BREAKING HYPHEN}je payer l’abonnement\N{NARROW NO-BREAK SPACE}?")
    'comment puis je payer l abonnement'
    """
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return _SEPARATORS.sub(" ", lower).strip()


def key(entry: Entry) -> str:
    """Identity of an entry within its source: its external id, else its folded question."""
    if entry.external_id:
        return f"{EXTERNAL}{entry.external_id}"
    # A question made of symbols alone folds to nothing; it is then compared as it stands.
    return folded(entry.question) or entry.question


def fingerprint(entry: Entry) -> str:
    """SHA-256 (hexadecimal) of what readers would see: question, answer, other wordings.

    The category is left out: where an article is filed is decided here, not by its source.
    """
    content = [entry.question, entry.answer, *entry.wordings]
    canonical = [unicodedata.normalize("NFC", part).strip() for part in content]
    return hashlib.sha256(json.dumps(canonical, ensure_ascii=False).encode()).hexdigest()
