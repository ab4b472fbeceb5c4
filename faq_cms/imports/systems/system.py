"""What the readers of systems share: an article in a system's words becomes an entry."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from faq_cms import errors
from faq_cms.categories import NAME_MAX
from faq_cms.imports import findings, html_text
from faq_cms.imports.document import (
    MAX_ENTRIES,
    Ballot,
    Document,
    Entry,
    Finding,
    Reader,
    Standing,
    Totals,
    filed,
)
from faq_cms.imports.systems import values
from faq_cms.imports.systems.values import Record

_ADDRESS_MAX: Final = 80


@dataclass(frozen=True)
class Piece:
    """An article in a system's words, before it is an entry. `body` is HTML unless `is_markdown`.

    `is_restricted` says that only some people could read it there; `unpublished` counts the other
    versions the system gives without saying whether readers ever had them. `line` is where it stands, if
    its document has lines; else its rank is told.
    """

    id: str
    title: str
    body: str
    is_markdown: bool = False
    path: Sequence[str] = ()
    tags: tuple[str, ...] = ()
    standing: Standing | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    published_at: dt.datetime | None = None
    url: str = ""
    address: str = ""
    wordings: tuple[str, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    totals: Totals | None = None
    is_restricted: bool = False
    unpublished: int = 0
    line: int = 0


@dataclass(frozen=True)
class System:
    """A system and its export: what belongs to it, and how it is read.

    `holds` tells, of the kinds of objects in a document, whether it is articles of this system; `completes`
    whether it is something else of it (sections, votes) that only means something beside them.
    `pieces` reads such values together; it gives the articles and how many are in other languages.
    """

    name: str
    label: str
    holds: Callable[[Sequence[Record]], bool]
    pieces: Callable[[list[Any]], tuple[list[Piece], int]]
    completes: Callable[[Any], bool] = lambda _value: False

    @property
    def reader(self) -> Reader:
        """The reader of one document of this system alone."""
        return Reader(
            name=self.name,
            label=self.label,
            extensions=(".json",),
            recognises=lambda data: self.holds(values.kinds(data)),
            read=lambda data, name: self.read([values.loaded(data)], name),
        )

    def read(self, parts: list[Any], name: str) -> Document:
        """Entries of the documents of one export. Raises NothingToImport, Invalid. Pure."""
        pieces, elsewhere = self.pieces(parts)
        return document(self.name, pieces, name=name, elsewhere=elsewhere)


def document(source: str, pieces: Sequence[Piece], *, name: str, elsewhere: int = 0) -> Document:
    """The articles of a system as a document. Raises NothingToImport, Invalid."""
    if len(pieces) > MAX_ENTRIES:  # before their texts are read
        raise errors.Invalid("document", "too_many_entries", MAX_ENTRIES)
    entries: list[Entry] = []
    warnings = [findings.articles_elsewhere(elsewhere)] if elsewhere else []
    for rank, piece in enumerate(pieces, 1):
        line = piece.line or rank
        if piece.title.strip():
            entries.append(_entry(source, piece, line))
        else:
            warnings.append(findings.untitled(line))
    if not entries:
        raise errors.NothingToImport(name=name, line=1)
    return Document(tuple(entries), tuple(warnings), source)


def _entry(source: str, piece: Piece, line: int) -> Entry:
    parent, category = filed([html_text.plain(each) for each in piece.path])
    answer = (
        piece.body.strip()
        if piece.is_markdown
        else html_text.to_markdown(piece.body, base=piece.url)
    )
    return Entry(
        question=html_text.plain(piece.title),
        answer=answer,
        category=_name(category),
        parent=_name(parent),
        warnings=(*findings.masked_addresses(answer, line), *_noted(piece, line)),
        line=line,
        external_id=f"{source}:{piece.id}" if piece.id else None,
        wordings=piece.wordings,
        tags=piece.tags,
        standing=_standing(piece),
        created_at=piece.created_at,
        updated_at=piece.updated_at,
        published_at=piece.published_at,
        address=piece.address[:_ADDRESS_MAX] or None,
        ballots=piece.ballots,
        totals=piece.totals,
    )


def _standing(piece: Piece) -> Standing | None:
    """What not everybody could read there is not public here before somebody decides it."""
    is_public = piece.standing in (Standing.PUBLISHED, None)
    return Standing.DRAFT if piece.is_restricted and is_public else piece.standing


def _noted(piece: Piece, line: int) -> Iterator[Finding]:
    if piece.is_restricted:
        yield findings.restricted(line)
    if piece.unpublished:
        yield findings.versions_left(piece.unpublished, line)


def _name(category: str | None) -> str | None:
    if category is None or len(category) <= NAME_MAX:
        return category
    return f"{category[: NAME_MAX - 1].rstrip()}…"
