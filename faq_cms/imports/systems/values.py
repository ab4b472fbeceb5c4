"""What systems export as JSON, read without ever trusting it: what is not as expected counts as absent.

A system's reader asks for a text, an instant, a number by its name; a field that is missing, null or
of another kind gives nothing, and fields nobody asks for are left out.
"""

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

from faq_cms.imports import decoding

Record = Mapping[str, Any]
T = TypeVar("T")

_LATEST: Final = 253_402_300_799  # the last second of the year 9999, after which there is no date
_FIRST_YEAR: Final = 1990  # before the web, a date only stands for none: year 1, 1970
_MILLISECONDS: Final = 10_000_000_000  # larger numbers of seconds are thousandths of seconds
_DIGITS_OF_DATES: Final = (8, 14)  # « 20240131 » and « 20240131101500 » are no seconds
_NESTED: Final = frozenset({dict, list})  # what JSON is made of
_LABEL_MAX: Final = 200  # characters of what names a kind
_DEPTH_MAX: Final = 12  # of the lists and objects records are looked for in


@lru_cache(maxsize=2)  # every reader asks in turn whether the document is its own
def loaded(data: bytes) -> Any:
    """The JSON value of a document; None when it is none."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start not in (b"{", b"["):
        return None
    try:
        return json.loads(decoding.decoded(data).content)
    except (ValueError, RecursionError):
        return None


def records(value: Any, *, depth: int = _DEPTH_MAX) -> Iterator[Record]:
    """Every object of a JSON value in its order, an outer one before those in it, as deep as exports go."""
    below: list[tuple[Any, int]] = [(value, depth)]
    while below:
        each, left = below.pop()
        if type(each) is dict:
            yield each
            each = each.values()
        elif type(each) is not list:
            continue
        if left > 1:
            inner = [(part, left - 1) for part in each if type(part) in _NESTED]
            below += reversed(inner)


@lru_cache(maxsize=2)  # as above
def kinds(data: bytes) -> tuple[Record, ...]:
    """One object of each kind there is in a JSON document, the outermost first: its fields say its kind.

    Every system asks in turn whether a document is its own: it need not look at each article again.
    """
    found: dict[tuple[object, ...], Record] = {}
    for record in records(loaded(data)):
        inner = record.get("faq")
        told = (
            record.get("type"),
            record.get("state"),
            tuple(inner) if type(inner) is dict else (),
        )
        signature = (*record, *(str(each)[:_LABEL_MAX] for each in told))
        found.setdefault(signature, record)
    return tuple(found.values())


def text(record: Record, *names: str) -> str:
    """The first of these fields that holds words or a number, as text; empty when none does."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value.strip():
            return decoding.cleaned(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def number(record: Record, name: str) -> int | None:
    """A count: a whole number of 0 or more, perhaps written as text; None for anything else."""
    value = record.get(name)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value) if len(value.strip()) < 10 else None
    if isinstance(value, float):
        value = int(value) if math.isfinite(value) and value == int(value) else None
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return value if is_count else None


def share(record: Record, name: str) -> float | None:
    """A percentage, from 0 to 100; None for anything else."""
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        return None
    return float(value)


def identity(record: Record, *names: str) -> str:
    """The identifier of a record, as text; empty when it has none."""
    return text(record, *names).strip()[:100]


def words(record: Record, *names: str) -> tuple[str, ...]:
    """The words of a list, or of a text separated by commas or semicolons; each may be an object with a name."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str):
            value = re.split("[,;]", value)
        if isinstance(value, dict):
            value = value.get("tags") or value.get("data") or []
        if isinstance(value, list) and value:
            found = (
                text(each, "name", "title") if isinstance(each, dict) else text({"": each}, "")
                for each in value
            )
            return tuple(dict.fromkeys(word.strip() for word in found if word.strip()))
    return ()


def objects(value: Any) -> list[Record]:
    """The objects of a list, or of a map of objects; none of anything else."""
    if isinstance(value, dict):
        value = list(value.values())
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def instant(record: Record, *names: str) -> dt.datetime | None:
    """The first of these fields that is a moment: ISO 8601, or seconds (or thousandths) since 1970."""
    for name in names:
        value = record.get(name)
        found = _moment(value) if isinstance(value, int | float) else _written(value)
        if found is not None:
            return found
    return None


def _moment(value: float) -> dt.datetime | None:
    if isinstance(value, bool) or not math.isfinite(value) or value <= 0:
        return None
    seconds = value / 1000 if value > _MILLISECONDS else value
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds < _LATEST else None


def _written(value: Any) -> dt.datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    value = value.strip()
    is_number = value.isascii() and value.isdigit()
    if is_number and len(value) not in _DIGITS_OF_DATES:
        return _moment(int(value))
    if is_number and len(value) == 14:
        value = f"{value[:8]}T{value[8:]}"
    try:
        moment = dt.datetime.fromisoformat(value.removesuffix(" UTC").strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year >= _FIRST_YEAR else None


def address(written: str) -> str:
    """« …/360001-Comment-payer » without its number: the words people know."""
    last = written.partition("?")[0].rstrip("/").rpartition("/")[2]
    number, _, words = last.partition("-")
    return words if number.isdigit() else ""


def by_identity(items: Iterable[Record], name: str = "id") -> dict[str, Record]:
    """Records by their identifier."""
    return {key: each for each in items if (key := identity(each, name))}


def in_french(items: list[Record], language: str) -> tuple[list[Record], int]:
    """The records in French, where a system holds several languages, and how many are left out.

    A record without a language is kept, and all are when none is in French: a help centre may be
    in one language that it names its own way.
    """
    return spoken_in_french([(each, text(each, language)) for each in items])


def spoken_in_french(items: list[tuple[T, str]]) -> tuple[list[T], int]:
    """`in_french` of things whose language is told beside them."""
    names = [language.casefold() for _, language in items]
    if not any(name.startswith("fr") for name in names):
        return [each for each, _ in items], 0
    kept = [each for (each, _), name in zip(items, names, strict=True) if name[:2] in ("", "fr")]
    return kept, len(items) - len(kept)
