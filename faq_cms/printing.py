"""PDF pages in French: our own typeface, with the signs and spaces the machine may lack.

A thin layer over fpdf2, which breaks lines at plain spaces only: U+00A0 and U+202F hold what they
hold together. The same words and date give the same bytes.
"""

import datetime as dt
from collections.abc import Sequence
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
            for row in (headings, *rows):
                table.row(row)

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
        self._ink(size, bold=bold, colour=colour)
        self.multi_cell(
            0, size * _LEADING * _POINT, text, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self.ln(after)

    def _ink(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = _INK) -> None:
        self.set_font(_FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)


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
        pieces: Sequence[tuple[str, bool, str]],
        *,
        depth: int = 0,
        mark: str = "",
        soft: bool = False,
    ) -> None:
        """A paragraph of (words, bold, address) pieces; in a list, behind its mark."""
        edge, height = self.l_margin, 11 * _LEADING * _POINT
        self.set_left_margin(edge + self._INDENT * (depth + soft))
        if mark:
            if self.will_page_break(height):
                self.add_page()
            self._ink(11)
            self.set_x(self.l_margin - self._INDENT + 1)
            self.cell(self._INDENT - 1, height, mark)
        self.set_x(self.l_margin)
        for words, bold, address in pieces:
            self._ink(11, bold=bold, colour=_SHARE if address else _SOFT if soft else _INK)
            self.write(height, words, link=address)
        self.ln(height)
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
        self.set_fill_color(*_PAPER)  # or the next table is tinted too
        self.ln(1.6)

    def rule(self) -> None:
        """A thin line across."""
        self.ln(1)
        self.set_draw_color(*_LINE)
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())
        self.ln(2.5)

    def source(self, words: str, address: str) -> None:
        """What is said under an article: which version, and where it is read."""
        self._ink(9, colour=_SOFT)
        height = 9 * _LEADING * _POINT
        self.write(height, words)
        self.write(height, address, link=address)
        self.ln(height + 2)

    def _cut(self, level: int, title: str) -> list[str]:
        """The lines a title takes in the table of contents, short of its page number."""
        self._ink(11, bold=level == 0)
        found = self.multi_cell(
            self.epw - self._INDENT * level - 14,
            self._LINE_OF_CONTENTS,
            title,
            align=Align.L,
            dry_run=True,
            output="LINES",
        )
        assert isinstance(found, list)  # noqa: S101 — what LINES asks for
        return found

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
