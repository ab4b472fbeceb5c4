"""Lines of plain text to Markdown that looks the same.

Inline marks an author typed on purpose (`**gras**`, links, code) and lists are kept. Everything
else that Markdown would turn into structure by accident is escaped: a line that starts with `#`,
« 2024. Une année… », a rule of dashes, `<`. Headings, quotes and tables are therefore text here:
a plain-text document has none it meant.

Line ends: in a hard-wrapped document a break is undone when the next word would not have fitted;
any other break is the author's, and becomes a new paragraph after the end of a sentence, a line
break otherwise (an address on three lines stays on three lines).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

_BULLET = re.compile(r"([-*+•◦▪‣·–—])[^\S\n]+(?=\S)")
_NUMBER = re.compile(r"(\d{1,9})[.)][^\S\n]+(?=\S)")
_LETTER = re.compile(r"[a-zA-Z][.)]\s")
_HYPHENATED = re.compile(r"[^\W\d_]-$")
_SENTENCE_END = re.compile(r"[.!?…:»”\"][*_]{0,3}$")
# What Markdown reads as structure at the start of a line: headings, quotes, single bullets, rules,
# underlines of headings, rows of dashes and bars, fences, definitions of links.
_STRUCTURE = re.compile(
    r"#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|[-=]+$|(?:[-_*]\s?){3,}$|[|:\- ]+$|`{3}|~{3}|\[[^\]]*\]:"
)
_ACCIDENTAL_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_TAG = re.compile(r"(?<!\\)<(?=[a-zA-Z/!?])(?!(?:https?://|mailto:|[\w.+-]+@)[^\s<>]*>)")

_SHORTEST_WRAP, _LONGEST_WRAP = 40, 100  # columns: nobody wraps narrower, or wider, by hand
_LEVEL = "    "  # valid under both « - » and « 1. »


@dataclass(frozen=True, slots=True)
class _Line:
    """A line once unwrapped. `number` is None for a bullet, and `item` says it starts one."""

    text: str
    indent: int
    after_blank: bool
    item: bool = False
    number: int | None = None


def wrap_width(lines: Iterable[str]) -> int | None:
    """Column at which the document was wrapped by hand; None when it was not.

    The ninth decile, so that one line that could not be broken does not decide alone.
    """
    lengths = sorted(
        len(line) for line in lines if len(line) >= _SHORTEST_WRAP and "://" not in line
    )
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    return width if _SHORTEST_WRAP <= width <= _LONGEST_WRAP else None


def unwrapped(lines: Iterable[str]) -> str:
    """All lines as one. A word hyphenated at the end of a line is closed up: « pré-/facturation »."""
    parts: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        if parts and not (_HYPHENATED.search(parts[-1]) and line[0].islower()):
            parts.append(" ")
        parts.append(line)
    return "".join(parts)


def to_markdown(lines: Sequence[str], width: int | None) -> str:
    """Markdown of the plain-text `lines`, wrapped at `width` columns (see `wrap_width`)."""
    settled = _settled(_unwrapped(lines, width))
    blocks: list[str] = []
    for is_list, run in groupby(settled, key=attrgetter("item")):
        if is_list:
            blocks.append(_list(run))
        else:
            blocks.extend(_paragraphs(run))
    return "\n\n".join(blocks)


def _unwrapped(lines: Sequence[str], width: int | None) -> Iterator[_Line]:
    """Lines with their continuations; blank ones are left out, but remembered by the next."""
    current: _Line | None = None
    pieces: list[str] = []
    previous, after_blank = "", False
    for raw in lines:
        if not raw.strip():
            after_blank = True
            continue
        line = _parsed(raw, after_blank=after_blank)
        if current and not after_blank and _continues(previous, current, line, width):
            pieces.append(line.text)
        else:
            if current:
                yield replace(current, text=unwrapped(pieces))
            current, pieces = line, [line.text]
        previous, after_blank = raw.rstrip(), False
    if current:
        yield replace(current, text=unwrapped(pieces))


def _parsed(raw: str, *, after_blank: bool) -> _Line:
    expanded = raw.expandtabs(4)
    text = expanded.strip()
    indent = len(expanded) - len(expanded.lstrip())
    if mark := _NUMBER.match(text):
        return _Line(text, indent, after_blank, item=True, number=int(mark[1]))
    return _Line(text, indent, after_blank, item=_BULLET.match(text) is not None)


def _continues(previous: str, current: _Line, line: _Line, width: int | None) -> bool:
    """Whether the break between `previous` and `line` only comes from wrapping."""
    if line.item or _LETTER.match(line.text):
        return False
    if current.item and line.indent > current.indent:
        return True
    first_word = line.text.split(maxsplit=1)[0]
    return width is not None and len(previous) + 1 + len(first_word) > width


def _settled(lines: Iterable[_Line]) -> Iterator[_Line]:
    """The lines, of which only those that make up a list are still items.

    Numbers first: one that is no item parts the bullets around it.
    """
    lead = ""
    for is_run, group in groupby(_with_numbers_settled(lines), key=attrgetter("item")):
        run = list(group)
        if is_run and len(run) == 1 and not lead.endswith(":"):
            run = [replace(run[0], item=False)]
        lead = run[-1].text
        yield from run


def _with_numbers_settled(lines: Iterable[_Line]) -> Iterator[_Line]:
    for _, group in groupby(lines, key=attrgetter("item")):
        run = list(group)
        kept = _follow_each_other([line for line in run if line.number is not None])
        yield from (
            line if kept or line.number is None else replace(line, item=False) for line in run
        )


def _follow_each_other(numbered: Sequence[_Line]) -> bool:
    """Whether numbers make a list: at least two, each one more than the last of its level."""
    last: dict[int, int] = {}
    for line in numbered:
        number = line.number or 0
        if line.indent in last and number not in {1, last[line.indent] + 1}:
            return False
        last[line.indent] = number
    return len(numbered) > 1


def _list(items: Iterable[_Line]) -> str:
    """A tight list, nested as its indentation says."""
    indents: list[int] = []
    rows = []
    for item in items:
        while indents and indents[-1] > item.indent:
            indents.pop()
        if not indents or item.indent >= indents[-1] + 2:
            indents.append(item.indent)
        mark = _BULLET if item.number is None else _NUMBER
        text = _escaped(mark.sub("", item.text, count=1))
        bullet = "-" if item.number is None else f"{item.number}."
        rows.append(f"{_LEVEL * (len(indents) - 1)}{bullet} {text}")
    return "\n".join(rows)


def _paragraphs(lines: Iterable[_Line]) -> Iterator[str]:
    paragraph: list[str] = []
    for line in lines:
        if paragraph and (line.after_blank or _SENTENCE_END.search(paragraph[-1])):
            yield "  \n".join(paragraph)
            paragraph = []
        paragraph.append(_escaped(line.text))
    yield "  \n".join(paragraph)


def _escaped(text: str) -> str:
    """Text of one line, of which Markdown makes no structure by accident."""
    text = _TAG.sub(r"\<", text)
    if _STRUCTURE.match(text):
        return f"\\{text}"
    return _ACCIDENTAL_NUMBER.sub(r"\1\\\2", text, count=1) if text[:1].isdigit() else text
