"""What a posted form may hold: known fields, each once, in UTF-8. Anything else is refused."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers

from faq_cms.errors import Invalid

FORM: Final = "application/x-www-form-urlencoded"
TRAP: Final = "ne_rien_ecrire"
"""A field people do not see. Programs that fill everything fill it too."""


def read(headers: Headers, body: bytes, fields: frozenset[str]) -> dict[str, str]:
    """The fields of an urlencoded form; an absent one is "".

    Raises Invalid("form", …) on another format, bytes that are not UTF-8, an unknown or repeated
    field, and on a filled trap.
    """
    if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Invalid("form", "unreadable")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=len(fields) + 2,
        )
    except ValueError as error:
        raise Invalid("form", "unreadable") from error
    given = dict(pairs)
    if len(given) != len(pairs) or not given.keys() <= fields | {TRAP}:
        raise Invalid("form", "unknown_field")
    if given.pop(TRAP, ""):
        raise Invalid("form", "trap")
    return {name: given.get(name, "") for name in fields}
