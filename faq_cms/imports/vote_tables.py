"""Votes kept by another system: a CSV table to dated votes, or to totals read on one date.

Columns of dated votes: article, cast_at, helpful, and optionally version, source, reason, remark,
visitor. Columns of totals: article, taken_at, helpful, unhelpful, and optionally source. Separated
by `;` or `,`. One row that cannot be read refuses the whole table: half a table cannot be corrected
and imported again.
"""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol
from zoneinfo import ZoneInfo

from faq_cms import errors
from faq_cms.errors import BadRow
from faq_cms.imports import decoding
from faq_cms.models import Reason

MAX_BYTES: Final = 200 * 1024 * 1024  # a million votes take about a third of it
SOURCE_DEFAULT: Final = "import"
SOURCE_MAX: Final = 24
_LOCAL: Final = ZoneInfo("Europe/Paris")  # an instant written without its offset was read on a wall
_VOTES: Final = ("article", "cast_at", "helpful")
_TOTALS: Final = ("article", "taken_at", "helpful", "unhelpful")
_YES: Final = frozenset({"oui", "o", "true", "vrai", "yes", "1"})
_NO: Final = frozenset({"non", "n", "false", "faux", "no", "0"})


class _Reader(Protocol):
    """What `csv.reader` gives."""

    line_num: int

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One dated vote. `line` counts from 1; `article` is a name the other system knows it by."""

    line: int
    article: str
    cast_at: dt.datetime
    helpful: bool
    version: int | None
    source: str
    reason: Reason | None
    remark: str
    visitor: str


@dataclass(frozen=True, slots=True)
class TotalRow:
    """The totals of one article at one instant."""

    line: int
    article: str
    taken_at: dt.datetime
    helpful: int
    unhelpful: int
    source: str


@dataclass(frozen=True, slots=True)
class VoteTable:
    """All that was read: votes or totals, never both. `digest` is the SHA-256 of the document."""

    digest: str
    votes: tuple[VoteRow, ...]
    totals: tuple[TotalRow, ...]

    @property
    def names(self) -> list[str]:
        """Every article named, once, in the order of the table."""
        rows: list[VoteRow | TotalRow] = [*self.votes, *self.totals]
        return list(dict.fromkeys(row.article for row in rows))


@dataclass(frozen=True, slots=True)
class _Record:
    """One line of the table, by column; refuses what it does not hold."""

    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def needed(self, column: str) -> str:
        return self.text(column) or self.refuse("empty", column)

    def count(self, column: str) -> int:
        text = self.needed(column)
        if not (text.isascii() and text.isdecimal()) or len(text) > 9:
            self.refuse("not_a_count", column)
        return int(text)

    def instant(self, column: str, now: dt.datetime) -> dt.datetime:
        try:
            moment = dt.datetime.fromisoformat(self.needed(column))
        except ValueError:
            self.refuse("instant", column)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=_LOCAL)
        return moment.astimezone(dt.UTC) if moment <= now else self.refuse("future", column)

    def verdict(self, column: str) -> bool:
        word = self.needed(column).casefold()
        return word in _YES if word in _YES | _NO else self.refuse("verdict", column)

    def reason(self, *, helpful: bool) -> Reason | None:
        code = self.text("reason").casefold()
        if not code:
            return None
        if helpful:
            self.refuse("reason_after_yes", "reason")
        if code not in list(Reason):
            self.refuse("reason", "reason", ", ".join(Reason))
        return Reason(code)

    def source(self) -> str:
        name = self.text("source").lower() or SOURCE_DEFAULT
        plain = name.replace("-", "").replace("_", "")
        return (
            name
            if len(name) <= SOURCE_MAX and plain.isalnum()
            else self.refuse("source", "source", SOURCE_MAX)
        )

    def refuse(self, reason: str, column: str, detail: object = None) -> NoReturn:
        raise BadRow(reason, self.line, column, detail)


def read(data: bytes, *, name: str, now: dt.datetime) -> VoteTable:
    """Votes or totals of one CSV document. Pure.

    Raises BadRow naming the document, the line and the column; TooLarge above `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES:
        raise errors.TooLarge(limit=MAX_BYTES)
    digest = hashlib.sha256(data).hexdigest()
    try:
        header, records = _records(decoding.decoded(data).content)
        if "unhelpful" in header:
            return VoteTable(digest, (), tuple(_total(record, now) for record in records))
        return VoteTable(digest, tuple(_vote(record, now) for record in records), ())
    except BadRow as error:
        error.name = name
        raise


def _records(text: str) -> tuple[list[str], Iterator[_Record]]:
    lines = io.StringIO(text)
    first = text.split("\n", 1)[0]
    reader = csv.reader(lines, delimiter=";" if ";" in first else ",", strict=True)
    header = [column.strip().casefold() for column in next(reader, [])]
    expected = _TOTALS if "unhelpful" in header else _VOTES
    for column in expected:
        if column not in header:
            raise BadRow("column", 1, column, ", ".join(expected))
    return header, _filled(reader, header)


def _filled(reader: "_Reader", header: list[str]) -> Iterator[_Record]:
    is_empty = True
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise BadRow("text", line, "") from error
        if any(cell.strip() for cell in cells):
            is_empty = False
            values = (cell.strip() for cell in cells)
            yield _Record(line, dict(zip(header, values, strict=False)))
    if is_empty:
        raise BadRow("no_rows", 1, "")


def _vote(record: _Record, now: dt.datetime) -> VoteRow:
    helpful = record.verdict("helpful")
    return VoteRow(
        line=record.line,
        article=record.needed("article"),
        cast_at=record.instant("cast_at", now),
        helpful=helpful,
        version=record.count("version") if record.text("version") else None,
        source=record.source(),
        reason=record.reason(helpful=helpful),
        remark=record.text("remark"),
        visitor=record.text("visitor"),
    )


def _total(record: _Record, now: dt.datetime) -> TotalRow:
    return TotalRow(
        line=record.line,
        article=record.needed("article"),
        taken_at=record.instant("taken_at", now),
        helpful=record.count("helpful"),
        unhelpful=record.count("unhelpful"),
        source=record.source(),
    )
