"""A value of a table or a tree (cell, JSON string) to the Markdown of an answer.

Such a value is HTML, Markdown or plain text, and nothing says which: its content does.
"""

import html
import re

from faq_cms.imports import html_text, paragraphs

_LOOKS_HTML = re.compile(
    r"</?(?:p|br|a|b|i|ul|ol|li|div|span|strong|em|table|tr|td|h[1-6]|img|blockquote|pre|code|hr|u)"
    r"(?:\s[^<>]*|/)?>",
    re.IGNORECASE,
)
# What only an author of Markdown types. Bold and lists are kept by `paragraphs` as well.
_MARKDOWN = re.compile(
    r"\]\((?:https?://|mailto:|/|#)|^ {0,3}(?:#{1,6} \S|> \S|```|~~~)|^\|?[ :|-]*-{3}[ :|-]*\|[ :|-]*$"
    r"|(?<!\\)\\[\\*_`\[\]<>#.)-]|  $",
    re.MULTILINE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d{0,2});")
_SPACES = re.compile(r"[^\S\n]+")


def to_markdown(value: str, *, verbatim: bool = False) -> str:
    """Markdown of a value; `verbatim` when its name says it is Markdown already."""
    text = value.strip()
    if verbatim:
        return text
    if _LOOKS_HTML.search(text):
        return html_text.to_markdown(text)
    text = _unescaped(text)
    if _MARKDOWN.search(text):
        return text
    return paragraphs.to_markdown(text.split("\n"), None)


def to_line(value: str) -> str:
    """A question or a name, on one line, without tags."""
    text = html_text.plain(value) if _LOOKS_HTML.search(value) else _unescaped(value)
    return _SPACES.sub(_kept_space, text.replace("\n", " ")).strip()


def _kept_space(run: re.Match[str]) -> str:
    """One space for several; a single one stays what it is, U+202F for instance."""
    return run[0] if len(run[0]) == 1 and run[0] != "\t" else " "


def _unescaped(text: str) -> str:
    return html.unescape(text) if _ENTITY.search(text) else text
