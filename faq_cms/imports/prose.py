"""A value of a table or a tree (cell, JSON string) to the Markdown of an answer.

Such a value is HTML, Markdown or plain text, and nothing says which: its content does.
"""

import html
import re

from faq_cms.imports import html_markdown, paragraphs
from faq_cms.imports.html_markdown import Converted

# What only an author of Markdown types. Bold and lists are kept by `paragraphs` as well.
_MARKDOWN = re.compile(
    r"\]\((?:https?://|mailto:|/|#)|^ {0,3}(?:#{1,6} \S|> \S|```|~~~)|^\|?[ :|-]*-{3}[ :|-]*\|[ :|-]*$"
    r"|(?<!\\)\\[\\*_`\[\]<>#.)-]|  $",
    re.MULTILINE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d{0,2});")
_SPACES = re.compile(r"[^\S\n]+")


def to_markdown(value: str, *, verbatim: bool = False) -> Converted:
    """Markdown of a value; `verbatim` when its name says it is Markdown already."""
    text = value.strip()
    if verbatim:
        return Converted(text)
    if html_markdown.looks_html(text):
        return html_markdown.converted(text)
    text = _unescaped(text)
    if _MARKDOWN.search(text):
        return Converted(text)
    return Converted(paragraphs.to_markdown(text.split("\n"), None))


def to_line(value: str) -> str:
    """A question or a name, on one line, without tags."""
    text = value
    if html_markdown.looks_html(text):
        text = html_markdown.parsed(text).get_text(" ")
    return _SPACES.sub(_kept_space, _unescaped(text).replace("\n", " ")).strip()


def _kept_space(run: re.Match[str]) -> str:
    """One space for several; a single one stays what it is, U+202F for instance."""
    return run[0] if len(run[0]) == 1 and run[0] != "\t" else " "


def _unescaped(text: str) -> str:
    return html.unescape(text) if _ENTITY.search(text) else text
