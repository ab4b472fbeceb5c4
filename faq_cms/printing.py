"""PDF pages in French: our own typeface, with the signs and spaces the machine may lack.

A thin layer over fpdf2. Lines are broken here, at plain spaces only: U+00A0 and U+202F hold what they
hold together. fpdf2 would measure the whole line again at each letter; a word is measured once. The
same words and date give the same bytes.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from fpdf import FPDF, FontFace
from fpdf.enums import Align, TableBordersLayout, TableCellFillMode, VAlign, XPos, YPos
from fpdf.outline import OutlineSection

_FONTS: Final = Path(__file__).parent / "fonts"
_FAMILY: Final = "FAQ Sans"
_MARGIN: Final = 18.0  # millimetres
_INK: Final = (28, 37, 48)
_SOFT: Final = (85, 96, 110)
_LINE: Final = (223, 220, 213)
_TRACK: Final = (233, 230, 223)
_LIKELY: Final = (143, 201, 198)
_SHARE: Final = (12, 122, 118)
_PAPER: Final = (255, 255, 255)
_LEADING: Final = 1.4  # of the size of the letters
_POINT: Final = 25.4 / 72  # millimetres
_SOFT_HYPHEN: Final = "\u00ad"  # may end a line; drawn, it would stand in the middle of one
# Line ends, spaces a line may be broken at (as Unicode's and fpdf2's), and what holds together.
_TOKEN: Final = re.compile(
    "\n|[ \u2000-\u2006\u2008-\u200b\u3000]+|[^\n \u2000-\u2006\u2008-\u200b\u3000]+"
)
_SPACE: Final = re.compile("[ \u2000-\u2006\u2008-\u200b\u3000]")
_GREY: Final = FontFace(color=_SOFT)

Piece = tuple[str, bool, str]  # words, whether they are bold, the address they lead to or ""


class Soft(str):
    """Words of a table to be written in grey."""

    __slots__ = ()


class Pages(FPDF):
    """A document of A4 pages, numbered; every piece is as wide as the page allows."""

    def __init__(self, title: str, *, author: str, made_at: dt.datetime) -> None:
        """An empty document, of which `title` and `author` are said to readers' programs."""
        super().__init__(format="A4")
        self.set_margin(_MARGIN)
        self.c_margin = 0  # words, lines and tables begin at the same edge
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        for style, name in (("", "Regular"), ("B", "Bold")):
            self.add_font(_FAMILY, style, _FONTS / f"FAQSans-{name}.ttf")
        self.set_title(title)
        self.set_author(author)
        self.set_lang("fr-FR")
        self.set_creation_date(made_at)
        self._foot = f"{author} — {title}"
        self._measured: dict[tuple[str, bool], float] = {}  # at a size of one point
        self.add_page()

    def footer(self) -> None:
        """Whose document it is, and the number of the page."""
        self.set_y(-14)
        self._ink(9, colour=_SOFT)
        self.cell(0, 5, self._foot)
        self.set_x(_MARGIN)
        self.cell(0, 5, str(self.page_no()), align=Align.R)

    def kicker(self, text: str) -> None:
        """What stands over a title."""
        self._write(text, 11, colour=_SOFT)

    def heading(self, text: str) -> None:
        """The title of the document, or of one of its parts."""
        self._write(text, 20, bold=True, after=4)

    def subheading(self, text: str) -> None:
        """The title of a section."""
        self.ln(4)
        self._write(text, 13, bold=True, after=1.5)

    def lead(self, text: str) -> None:
        """The sentence to read if only one is."""
        self._write(text, 14, bold=True, after=1)

    def paragraph(self, text: str, *, soft: bool = False) -> None:
        """A paragraph; `soft` when it stands behind another."""
        self._write(text, 11, colour=_SOFT if soft else _INK, after=1)

    def band(self, low: float, share: float, high: float) -> None:
        """A share and what remains plausible around it, in percent, on a scale from 0 to 100."""
        left, top, width = self.l_margin, self.get_y() + 1, self.epw
        for colour, start, length in (
            (_TRACK, 0.0, 100.0),
            (_LIKELY, low, high - low),
            (_SHARE, share - 0.5, 1.0),
        ):
            self.set_fill_color(*colour)
            self.rect(left + width * start / 100, top, width * length / 100, 3, style="F")
        self.set_y(top + 3)
        self._ink(9, colour=_SOFT)
        self.cell(0, 5, "0\u202f%")
        self.set_x(left)
        self.cell(0, 5, "100\u202f%", align=Align.R, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def item(self, text: str) -> None:
        """A line of a list."""
        self._write(f"•\u00a0\u00a0{text}", 11, after=0.5)

    def small(self, text: str) -> None:
        """What is there for who looks for it."""
        self.ln(2)
        self._write(text, 9, colour=_SOFT)

    def grid(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[int],
    ) -> None:
        """A table; `widths` are shares of the page. Its headings come again on each page."""
        self._ink(9.5)
        self.set_fill_color(*_PAPER)  # or its cells have the tint of what was filled last
        self.set_draw_color(*_LINE)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            cell_fill_mode=TableCellFillMode.NONE,
            headings_style=FontFace(emphasis="BOLD", color=_INK),
            col_widths=tuple(widths),
            line_height=9.5 * _LEADING * _POINT,
            padding=(0.9, 3, 0.9, 0),
            text_align=Align.L,
            v_align=VAlign.T,
        ) as table:
            table.row(headings)
            for row in rows:
                cells = table.row()
                for words in row:
                    cells.cell(words, style=_GREY if isinstance(words, Soft) else None)

    def content(self) -> bytes:
        """The document as a file."""
        return bytes(self.output())

    def _write(
        self,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: tuple[int, int, int] = _INK,
        after: float = 0,
    ) -> None:
        self._lay([(text, bold, "")], size, colour=colour)
        self.ln(after)

    def _lay(
        self, pieces: Sequence[Piece], size: float, *, colour: tuple[int, int, int] = _INK
    ) -> None:
        """Paragraph of pieces, from the left edge to the right one."""
        height = size * _LEADING * _POINT
        for line in self._lines(pieces, size, self.epw):
            self.set_x(self.l_margin)
            for words, bold, address in line:
                self._ink(size, bold=bold, colour=_SHARE if address else colour)
                self.cell(self._wide(words, size, bold=bold), height, words, link=address)
            self.ln(height)

    def _lines(self, pieces: Sequence[Piece], size: float, room: float) -> list[list[Piece]]:
        """The pieces line by line, `room` millimetres each; an empty line where nothing is said."""
        lines, used = [list[Piece]()], 0.0
        for space, word in _words(pieces):
            if word is None:
                lines, used = [*lines, []], 0.0
                continue
            gap, wide = self._length(space, size), self._length(word, size)
            if used and used + gap + wide > room + _SLACK:
                lines, used, space, gap = [*lines, []], 0.0, [], 0.0
            if wide > room:
                for part in self._in_parts(word, size, room):
                    lines = [*lines, []] if lines[-1] else lines
                    _add(lines[-1], part)
                    used = self._length(part, size)
                continue
            _add(lines[-1], [*space, *word])
            used += gap + wide
        return lines

    def _in_parts(self, word: Sequence[Piece], size: float, room: float) -> Iterator[list[Piece]]:
        """A word longer than a line, cut where lines are full."""
        part, used = list[Piece](), 0.0
        for text, bold, address in word:
            for letter in text:
                wide = self._wide(letter, size, bold=bold)
                if part and used + wide > room + _SLACK:
                    yield part
                    part, used = [], 0.0
                _add(part, [(letter, bold, address)])
                used += wide
        yield part

    def _length(self, pieces: Sequence[Piece], size: float) -> float:
        return sum(self._wide(words, size, bold=bold) for words, bold, _ in pieces)

    def _wide(self, words: str, size: float, *, bold: bool) -> float:
        """Millimetres that words take; each is measured once."""
        known = self._measured.get((words, bold))
        if known is None:
            font = self.fonts[_FAMILY.lower() + ("B" if bold else "")]
            known = self._measured[words, bold] = font.get_text_width(words, 1, None)[1] / self.k
        return known * size

    def _ink(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = _INK) -> None:
        self.set_font(_FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)


_SLACK: Final = 0.001  # millimetres: sums of the same widths differ by their order


def _words(pieces: Sequence[Piece]) -> Iterator[tuple[list[Piece], list[Piece] | None]]:
    """Each word behind the spaces before it, whatever pieces they are of; None for a line end."""
    space, word = list[Piece](), list[Piece]()
    for text, bold, address in pieces:
        for found in _TOKEN.findall(text.replace(_SOFT_HYPHEN, "").replace("\t", "    ")):
            is_end = found == "\n"
            if (is_end or _SPACE.match(found)) and word:
                yield space, word
                space, word = [], []
            if is_end:
                yield [], None
                space = []
            elif _SPACE.match(found):
                space.append((found, bold, address))
            else:
                word.append((found, bold, address))
    if word:
        yield space, word


def _add(line: list[Piece], pieces: Sequence[Piece]) -> None:
    """Go on with a line; what looks alike is one piece."""
    for words, bold, address in pieces:
        if line and line[-1][1:] == (bold, address):
            line[-1] = (line[-1][0] + words, bold, address)
        else:
            line.append((words, bold, address))


class Booklet(Pages):
    """Pages with chapters: a table of contents of known length, and a bookmark for each title."""

    _LINE_OF_CONTENTS: Final = 6.2  # millimetres
    _INDENT: Final = 6.0

    def contents(self, titles: Sequence[tuple[int, str]]) -> None:
        """Keep room for the table of contents: (level, title) of all that will come, in order.

        Written at the end, when the pages are known; nothing is kept for an empty one.
        """
        if not titles:
            return
        self.ln(6)
        room = self.eph + self.t_margin - self.get_y()
        pages, used = 1, 0.0
        for level, title in titles:
            needed = self._LINE_OF_CONTENTS * len(self._cut(level, title)) + 2 * (level == 0)
            if used + needed > room:
                pages, used, room = pages + 1, 0.0, self.eph
            used += needed
        # Called on this very document.
        self.insert_toc_placeholder(lambda _, sections: self._write_contents(sections), pages=pages)

    def chapter(self, title: str) -> None:
        """The title of a chapter, at the head of a page unless it follows the table of contents."""
        if self.get_y() > self.t_margin:
            self.add_page()
        self._ink(20, bold=True)
        self.start_section(title, level=0)
        self.heading(title)

    def question(self, title: str) -> None:
        """The title of an article, never left alone at the foot of a page."""
        if self.get_y() > self.t_margin:
            self.ln(3)
        if self.will_page_break(34):
            self.add_page()
        self._ink(14, bold=True)
        self.start_section(title, level=1)
        self._write(title, 14, bold=True, after=1.5)

    def flow(
        self,
        pieces: Sequence[Piece],
        *,
        depth: int = 0,
        mark: str = "",
        soft: bool = False,
    ) -> None:
        """A paragraph; in a list, behind its mark."""
        edge, height = self.l_margin, 11 * _LEADING * _POINT
        self.set_left_margin(edge + self._INDENT * (depth + soft))
        if mark:
            if self.will_page_break(height):
                self.add_page()
            self._ink(11)
            self.set_x(self.l_margin - self._INDENT + 1)
            self.cell(self._INDENT - 1, height, mark)
        self._lay(pieces, 11, colour=_SOFT if soft else _INK)
        self.set_left_margin(edge)
        self.ln(0.8 if mark else 1.6)

    def part(self, title: str) -> None:
        """The title of a part of an answer."""
        self.ln(1)
        if self.will_page_break(20):
            self.add_page()
        self._write(title, 11.5, bold=True, after=1)

    def code(self, text: str, *, depth: int = 0) -> None:
        """Lines as they are, on a tinted ground."""
        edge = self.l_margin
        self.set_left_margin(edge + self._INDENT * depth)
        self.set_x(self.l_margin)
        self._ink(10)
        self.set_fill_color(*_TRACK)
        height = 10 * _LEADING * _POINT
        self.multi_cell(
            0, height, text, align=Align.L, fill=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self.set_left_margin(edge)
        self.ln(1.6)

    def rule(self) -> None:
        """A thin line across."""
        self.ln(1)
        self.set_draw_color(*_LINE)
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())
        self.ln(2.5)

    def source(self, words: str, address: str) -> None:
        """What is said under an article: which version, and where it is read."""
        self._lay([(words, False, ""), (address, False, address)], 9, colour=_SOFT)
        self.ln(2)

    def _cut(self, level: int, title: str) -> list[str]:
        """The lines a title takes in the table of contents, short of its page number."""
        room = self.epw - self._INDENT * level - 14
        lines = self._lines([(title, level == 0, "")], 11, room)
        return ["".join(words for words, _, _ in line) for line in lines]

    def _write_contents(self, sections: Sequence[OutlineSection]) -> None:
        height = self._LINE_OF_CONTENTS
        self.ln(6)
        for section in sections:
            lines = self._cut(section.level, section.name)
            above = 2 * (section.level == 0)
            if self.will_page_break(height * len(lines) + above):
                self.add_page()
            self.ln(above)
            link = self.add_link(page=section.page_number)
            self._ink(11, bold=section.level == 0)
            for number, words in enumerate(lines, start=1):
                self.set_x(self.l_margin + self._INDENT * section.level)
                is_last = number == len(lines)
                self.cell(self.epw - self._INDENT * section.level - 12, height, words, link=link)
                self.cell(
                    12,
                    height,
                    str(section.page_number) if is_last else "",
                    align=Align.R,
                    link=link,
                )
                self.ln(height)
