"""DOCX documents: Word’s own structure said in HTML, one paragraph a line, then read as a page.

Headings come from styles (built-in ones have English names whatever the language of Word) or from
outline levels; numbered and bulleted paragraphs are lists; what was inserted under revision is text,
what was deleted is not. A table of contents, text boxes, notes and headers are left out.
"""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from bs4 import BeautifulSoup
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from faq_cms import errors
from faq_cms.imports import findings, html_page, limits, names
from faq_cms.imports.document import MAX_LINES, Document, Finding, Reader
from faq_cms.imports.names import Field

_TEXT = "word/document.xml"
_LOWEST_HEADING = 6
_STRONG_STYLES = frozenset({"Strong", "lev"})  # « Élevé », in a French Word
_LISTED = 8  # levels of a list
_HEADING = re.compile(r"(?:heading|titre|en tête) ?([1-9])", re.IGNORECASE)
# What the library raises for a broken zip, a missing part, broken XML (a SyntaxError).
_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OpcError, SyntaxError, ValueError),
    *(KeyError, TypeError, IndexError, AttributeError, EOFError, OSError, RuntimeError),
)


def recognises(data: bytes) -> bool:
    """Whether the bytes are a zip with a Word document in it."""
    return _TEXT in limits.members(data)


def read(data: bytes, name: str) -> Document:
    """Entries of a DOCX document, in its order; `line` is the paragraph, rows of tables counted.

    Raises `errors.NothingToImport` when it asks nothing, `errors.Invalid` for what expands, is
    encrypted or damaged. Writes nothing.
    """
    try:
        limits.refuse_bombs(data)
        limits.refuse_crowds(data, _TEXT)
        page = _Page(docx.Document(io.BytesIO(data)))
        page.write()
    except _DAMAGED:
        raise errors.Invalid("document", "damaged") from None
    content = "\n".join(page.lines)
    root = BeautifulSoup(content, "lxml").body
    document = html_page.of_tree(root, content) if root else Document((), ())
    if not document.entries:
        raise errors.NothingToImport(name=name, line=1, reason="no_heading")
    return Document(document.entries, (*document.warnings, *page.warnings))


READER = Reader(
    name="docx", label="document Word", extensions=(".docx",), recognises=recognises, read=read
)


@dataclass(slots=True)
class _Page:
    """A Word document being written as HTML, a line for each paragraph."""

    document: Any
    lines: list[str] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)  # lists not closed yet, outermost first
    _styles: dict[str, str] = field(default_factory=dict)
    _below_title: int = 0

    def write(self) -> None:
        """Fill `lines` and `warnings`."""
        self._styles = {style.style_id: _named(style) for style in self.document.styles}
        body = self.document.element.body
        styles = [self._style(each) for each in body.iterchildren(qn("w:p"))]
        self._below_title = int("Title" in styles and "Heading 1" in styles)
        for element in _content(body):
            if element.tag == qn("w:tbl"):
                self._close(0)
                self._table(element)
            else:
                self._paragraph(element)
            if len(self.lines) > MAX_LINES:
                raise errors.Invalid("document", "too_many_lines", MAX_LINES)
        self._close(0)

    def _paragraph(self, element: Any) -> None:
        line = len(self.lines) + 1
        self._tell(element, line)
        text = self._inline(element).strip()
        style = self._style(element)
        level = self._level(element, style)
        if style.lower().startswith(("toc", "tm ", "table des mati")) or not text:
            self.lines.append("")
        elif level:
            self._close(0)
            self.lines.append(f"<h{level}>{text}</h{level}>")
        elif item := self._item(element, style):
            self._listed(text, *item)
        else:
            self._close(0)
            self.lines.append(f"<p>{text}</p>")

    def _tell(self, element: Any, line: int) -> None:
        if next(element.iter(qn("w:txbxContent")), None) is not None:
            self.warnings.append(findings.text_box(line))
        shown = [
            str(each.get("descr") or each.get("name") or "sans nom")
            for each in element.iter(qn("wp:docPr"))
            if next(each.getparent().iter(qn("pic:pic")), None) is not None
        ]
        if shown:
            self.warnings.append(findings.images(shown, line))

    def _style(self, element: Any) -> str:
        style = _child(element, "w:pPr", "w:pStyle")
        return self._styles.get(str(style.get(qn("w:val"))), "") if style is not None else ""

    def _level(self, element: Any, style: str) -> int:
        """Level of a heading, 0 for a text. A style called « Question » is one."""
        if style == "Title":
            return 1
        if found := _HEADING.fullmatch(style):
            return min(int(found[1]) + self._below_title, _LOWEST_HEADING)
        named = names.name(style)
        if named and named.field is Field.QUESTION and not named.weak:
            return _LOWEST_HEADING
        outline = _child(element, "w:pPr", "w:outlineLvl")
        value = str(outline.get(qn("w:val"))) if outline is not None else ""
        return min(int(value) + 1, _LOWEST_HEADING) if value.isdecimal() and int(value) < 9 else 0

    def _item(self, element: Any, style: str) -> tuple[str, int] | None:
        """List and level a paragraph is an item of; None when it is none."""
        number = _child(element, "w:pPr", "w:numPr", "w:numId")
        depth = _child(element, "w:pPr", "w:numPr", "w:ilvl")
        level = int(depth.get(qn("w:val"))) if depth is not None else 0
        if number is not None and number.get(qn("w:val")) != "0":
            return ("ul" if self._is_bullet(number, level) else "ol"), min(level, _LISTED)
        if style.startswith("List Bullet"):
            return "ul", 0
        return ("ol", 0) if style.startswith("List Number") else None

    def _is_bullet(self, number: Any, level: int) -> bool:
        numbering = self.document.part.numbering_part.element
        wanted = number.get(qn("w:val"))
        for each in numbering.iterchildren(qn("w:num")):
            if each.get(qn("w:numId")) == wanted:
                abstract = _child(each, "w:abstractNumId").get(qn("w:val"))
                for definition in numbering.iterchildren(qn("w:abstractNum")):
                    if definition.get(qn("w:abstractNumId")) == abstract:
                        return _is_bullet(definition, level)
        return True

    def _listed(self, text: str, kind: str, level: int) -> None:
        opening = ""
        if self._open and len(self._open) == level + 1 and self._open[-1] != kind:
            self._close(level)
        self._close(level + 1)
        while len(self._open) <= level:
            opening += f"<{kind}>"
            self._open.append(kind)
        self.lines.append(f"{opening}<li>{text}</li>")

    def _close(self, level: int) -> None:
        while len(self._open) > level:
            self.lines[-1] += f"</{self._open.pop()}>"

    def _table(self, element: Any) -> None:
        self.lines.append("<table>")
        for row in element.iterchildren(qn("w:tr")):
            cells = []
            for cell in row.iterchildren(qn("w:tc")):
                inner = [self._inline(each) for each in cell.iterchildren(qn("w:p"))]
                cells.append("".join(f"<p>{text}</p>" for text in inner if text.strip()))
                self._tell(cell, len(self.lines) + 1)
            self.lines.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
        self.lines[-1] += "</table>"

    def _inline(self, element: Any) -> str:
        """HTML of what a paragraph says."""
        parts: list[str] = []
        for child in element.iterchildren():
            if child.tag == qn("w:r"):
                parts.append(_run(child))
            elif child.tag == qn("w:hyperlink"):
                parts.append(self._link(child))
            elif child.tag in _TRANSPARENT:
                parts.append(self._inline(child))
        # Word cuts a bold sentence into many runs.
        return re.sub(r"</(strong|em)>(\s*)<\1>", r"\2", "".join(parts))

    def _link(self, element: Any) -> str:
        text = self._inline(element)
        relation = self.document.part.rels.get(element.get(qn("r:id")) or "")
        if relation is None or not relation.is_external:
            return text
        return f'<a href="{html.escape(str(relation.target_ref))}">{text}</a>'


_TRANSPARENT = frozenset(
    qn(name) for name in ("w:ins", "w:moveTo", "w:smartTag", "w:sdt", "w:sdtContent", "w:fldSimple")
)


def _named(style: Any) -> str:
    """Name of a style, or of the heading it derives from."""
    seen = style
    for _ in range(10):
        if _HEADING.fullmatch(str(seen.name)) or getattr(seen, "base_style", None) is None:
            break
        seen = seen.base_style
    return str(seen.name if _HEADING.fullmatch(str(seen.name)) else style.name)


def _content(body: Any) -> Iterator[Any]:
    """Paragraphs and tables, those inside content controls too; a table of contents left out."""
    for child in body.iterchildren():
        if child.tag in {qn("w:p"), qn("w:tbl")}:
            yield child
        elif child.tag == qn("w:sdt"):
            gallery = next(child.iter(qn("w:docPartGallery")), None)
            inside = _child(child, "w:sdtContent")
            if inside is not None and (
                gallery is None or "Contents" not in str(gallery.get(qn("w:val")))
            ):
                yield from _content(inside)


def _child(element: Any, *path: str) -> Any:
    for name in path:
        element = element.find(qn(name)) if element is not None else None
    return element


def _is_bullet(definition: Any, level: int) -> bool:
    for each in definition.iterchildren(qn("w:lvl")):
        if each.get(qn("w:ilvl")) == str(level):
            form = _child(each, "w:numFmt")
            return form is None or form.get(qn("w:val")) in {"bullet", "none"}
    return True


def _run(element: Any) -> str:
    text = "".join(map(_sign, element.iterchildren()))
    if not text.strip():
        return text
    properties = element.find(qn("w:rPr"))
    style = _child(element, "w:rPr", "w:rStyle")
    if style is not None and str(style.get(qn("w:val"))) in _STRONG_STYLES:
        text = f"<strong>{text}</strong>"
    for mark, tag in (("w:i", "em"), ("w:b", "strong")):
        on = properties.find(qn(mark)) if properties is not None else None
        if on is not None and on.get(qn("w:val")) not in {"0", "false", "none"}:
            text = f"<{tag}>{text}</{tag}>"
    return text


def _sign(element: Any) -> str:
    if element.tag == qn("w:t"):
        return html.escape(element.text or "")
    if element.tag in {qn("w:br"), qn("w:cr")}:
        return "<br>"
    if element.tag == qn("w:noBreakHyphen"):
        return "\u2011"
    return " " if element.tag == qn("w:tab") else ""
