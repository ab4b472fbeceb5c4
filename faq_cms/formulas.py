"""Texts that a spreadsheet would run, kept from it and given back.

Excel and its kin decide by themselves what a cell is; an apostrophe before it says « text ».
"""

import re
from typing import Final

# What spreadsheets run: a leading operator, ASCII or full-width, behind whatever they skip (spaces,
# controls, invisible characters). A leading tab or line end alone is enough for some of them.
# Quotes already there are skipped too, so that no two texts share an escape.
_FORMULA: Final = re.compile(
    "'*(?:[\t\r\n]|[\\s\x00-\x1f\u00ad\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠])"
)


def neutralised(text: str) -> str:
    """The text, behind an apostrophe when a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """The text that `neutralised` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
