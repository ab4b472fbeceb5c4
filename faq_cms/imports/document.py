"""What every reader gives: entries, and what a person should know before importing them.

`key` and `fingerprint` are what make an import idempotent: the first says which article an entry
is about, the second whether its source changed since the last import.
"""

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

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


class Standing(StrEnum):
    """Where an article stood in the system it comes from."""

    PUBLISHED = "published"
    DRAFT = "draft"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One dated vote another system kept. `cast_at` is aware.

    `reference` is its identity there (the vote's number): the same vote is never counted twice.
    `visitor` names who cast it, for the system only; empty when it does not say.
    """

    cast_at: dt.datetime
    helpful: bool
    reference: str
    visitor: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts another system shows without their dates. Never votes: kept as a dated reading.

    `taken_at` is when they were read, None for when the document is imported. `estimated` says that
    they were rebuilt from percentages. `neutral` is neither yes nor no; None, like `views`, when unknown.
    """

    helpful: int
    unhelpful: int
    neutral: int | None = None
    views: int | None = None
    taken_at: dt.datetime | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One question and its answer, as the document gives them. `answer` is Markdown.

    `line` is the line of the question, or its rank where lines mean nothing. `external_id` is the
    entry's identity in the system it comes from, when it has one, with the system's name before it
    (`zendesk:42`): two systems may count alike. `wordings` are other ways to ask the same question.
    `category` is what it is filed under, `parent` the level above (see `filed`). `standing` is None
    when the document does not say; instants are aware; `address` is the last part of its public
    address there.
    """

    question: str
    answer: str
    category: str | None
    warnings: tuple[Finding, ...]
    line: int
    external_id: str | None = None
    wordings: tuple[str, ...] = ()
    parent: str | None = None
    tags: tuple[str, ...] = ()
    standing: Standing | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    published_at: dt.datetime | None = None
    address: str | None = None
    ballots: tuple[Ballot, ...] = ()
    totals: Totals | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """All that was read. `warnings` are about the document; each entry carries its own.

    `source` names the system it comes from (`freshdesk`): where its votes are said to come from.
    """

    entries: tuple[Entry, ...]
    warnings: tuple[Finding, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One document of an import: its name as people know it, the SHA-256 of its bytes, its content."""

    name: str
    digest: str
    document: Document


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


def filed(path: Sequence[str]) -> tuple[str | None, str | None]:
    """The two levels articles are filed under here, of a path of any depth: (parent, category).

    The first and the last names say most; what lies between is left out.
    """
    names = [name for each in path if (name := " ".join(each.split()))]
    if not names:
        return None, None
    return (names[0] if len(names) > 1 else None), names[-1]


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
