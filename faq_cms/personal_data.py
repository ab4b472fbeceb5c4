"""Find what names a person in a few words: e-mail, telephone, IBAN, national number.

A hint, shown to whoever is writing and used to mask before keeping; it proves nothing about the
rest of the text. Numbers count only when their own check digits do: an invoice number is not one.
France and Belgium are read as people of both countries write them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban
from stdnum.be import bis, nn, vat
from stdnum.fr import nir

MASK: Final = "•"
_REGIONS: Final = ("FR", "BE")
_IBAN_SIZES: Final = range(15, 35)

_GAP: Final = "[ \u00a0\u202f./-]{0,3}"
_EMAIL: Final = re.compile(r"[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24}(?![\w-])")
_IBAN: Final = re.compile(rf"(?<!\w)[a-z]{{2}}\d{{2}}(?:{_GAP}[a-z0-9]){{11,30}}", re.IGNORECASE)
# Sex, year, month, then a Corsican department has a letter: 2A, 2B.
_NIR: Final = re.compile(
    rf"(?<!\w)[1-478](?:{_GAP}\d){{4}}{_GAP}\d{_GAP}[\dab](?:{_GAP}\d){{8}}(?!\w)", re.IGNORECASE
)
_NISS: Final = re.compile(rf"(?<!\w)\d(?:{_GAP}\d){{10}}(?!\w)")
# Ten bare digits are more often an order's number: the dots or the country say what it is.
_COMPANY: Final = re.compile(
    r"(?<!\w)(?:BE ?[01]\d{3}[. ]?\d{3}[. ]?\d{3}|[01]\d{3}\.\d{3}\.\d{3})(?!\w)", re.IGNORECASE
)


class Kind(StrEnum):
    """What was recognised."""

    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    NATIONAL_NUMBER = "national_number"
    COMPANY_NUMBER = "company_number"


@dataclass(frozen=True)
class Finding:
    """`text[start:end]` looks like a `kind`."""

    start: int
    end: int
    kind: Kind


def find(text: str) -> list[Finding]:
    """What seems to name a person, in order, without overlaps: the longest reading wins."""
    every = sorted(
        {
            *_emails(text),
            *_ibans(text),
            *_national_numbers(text),
            *_companies(text),
            *_phones(text),
        },
        key=lambda found: (found.start, -found.end),
    )
    kept: list[Finding] = []
    for found in every:
        if not kept or found.start >= kept[-1].end:
            kept.append(found)
    return kept


def kinds(text: str) -> tuple[Kind, ...]:
    """What seems to name a person, each kind once, in order."""
    return tuple(dict.fromkeys(found.kind for found in find(text)))


def mask(text: str) -> str:
    """The same text, as long, with dots in place of the letters and digits of each finding."""
    for found in find(text):
        hidden = re.sub(r"\w", MASK, text[found.start : found.end])
        text = text[: found.start] + hidden + text[found.end :]
    return text


def _emails(text: str) -> Iterator[Finding]:
    return (Finding(*found.span(), Kind.EMAIL) for found in _EMAIL.finditer(text))


def _ibans(text: str) -> Iterator[Finding]:
    """An IBAN says its length only by its country: the beginning that checks is the number."""
    for found in _IBAN.finditer(text):
        letters = list(re.finditer(r"[^\W_]", found.group()))
        bare = "".join(letter.group() for letter in letters)
        for size in _IBAN_SIZES:
            # The bank inside is not checked: registers of banks are older than some banks.
            if size <= len(bare) and iban.is_valid(bare[:size], check_country=False):
                yield Finding(found.start(), found.start() + letters[size - 1].end(), Kind.IBAN)
                break


def _national_numbers(text: str) -> Iterator[Finding]:
    for pattern, checks in ((_NIR, (nir,)), (_NISS, (nn, bis))):
        for found in pattern.finditer(text):
            bare = re.sub(r"[\W_]", "", found.group())
            if any(check.is_valid(bare) for check in checks):
                yield Finding(*found.span(), Kind.NATIONAL_NUMBER)


def _companies(text: str) -> Iterator[Finding]:
    for found in _COMPANY.finditer(text):
        if vat.is_valid(found.group()):
            yield Finding(*found.span(), Kind.COMPANY_NUMBER)


def _phones(text: str) -> Iterator[Finding]:
    for region in _REGIONS:
        for found in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
            if phonenumbers.is_valid_number(found.number):
                yield Finding(found.start, found.end, Kind.PHONE)
