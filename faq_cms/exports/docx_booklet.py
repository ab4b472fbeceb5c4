"""A booklet as DOCX, to be reworked by people: real headings, lists and tables, in French.

The body is written as XML and parsed once: building it paragraph by paragraph takes as long as the
square of their number. The table of contents is a field, already filled, whose lines lead to their
titles; Word adds nothing to it before somebody asks for page numbers.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from faq_cms import french, rendering
from faq_cms.articles import PublishedArticle
from faq_cms.exports import blocks
from faq_cms.exports.archive import repacked
from faq_cms.exports.blocks import Block, Chapter, Kind, Run
from faq_cms.exports.channel import Channel, Destination, Site, latest
from faq_cms.exports.pdf_booklet import ELSEWHERE, TITLE, said

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DEEPEST: Final = 3  # lists the styles of a document have
_NUMBERS: Final = "5"  # the abstract list of « List Number » in the model document
_TWIPS: Final = 360  # of indent, a list


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """The booklet, a chapter per category; its date is that of its latest article."""
    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    _lighten(document)
    _describe(document, site, latest(articles))
    writer = _Writer(document, site)
    body = document.element.body
    size_of_page = body[-1].xml
    written = "".join(writer.body(blocks.chapters(articles), said(articles)))
    whole = f'<w:body xmlns:w="{_W}" xmlns:r="{_R}">{written}{size_of_page}</w:body>'
    # At once: moved into it one by one, a long table takes as long as the square of its rows.
    document.element.replace(body, parse_xml(whole))
    file = io.BytesIO()
    document.save(file)
    return repacked(file.getvalue())


# -- the document --------------------------------------------------------------------------------


_KEPT_TABLES: Final = ("TableNormal", "TableGrid")


def _lighten(document: Any) -> None:
    """Leave out what no booklet shows: most of the model’s weight is styles of tables."""
    for style in document.styles.element.xpath("./w:style[@w:type='table']"):
        if style.get(f"{{{_W}}}styleId") not in _KEPT_TABLES:
            style.getparent().remove(style)
    for rels in (document.part.rels, document.part.package.rels):
        for name, each in list(rels.items()):
            if each.reltype.endswith(("/stylesWithEffects", "/thumbnail", "/customXml")):
                del rels[name]


def _describe(document: Any, site: Site, moment: Any) -> None:
    """Title, author, dates, language, styles of the contents, and a numbered foot."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml
    from docx.shared import Cm, Pt

    told = document.core_properties
    told.title, told.author, told.language = TITLE, rendering.clean(site.name), "fr-FR"
    told.created = told.modified = moment.replace(tzinfo=None)
    told.last_modified_by, told.revision, told.comments = told.author, 1, ""
    languages = document.styles.element.xpath("//w:rPrDefault//w:lang")
    for language in languages:
        language.set(f"{{{_W}}}val", "fr-FR")
        language.set(f"{{{_W}}}eastAsia", "fr-FR")
    document.styles["Normal"].font.size = Pt(11)
    for level, indent in ((1, 0.0), (2, 0.6)):
        style = document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.paragraph_format.left_indent = Cm(indent)
        style.paragraph_format.space_after = Pt(3)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    foot = section.footer.paragraphs[0]
    foot.text = f"{told.author} — {TITLE} — "
    foot._p.append(  # noqa: SLF001 — no public way to add a field
        parse_xml(
            f'<w:fldSimple xmlns:w="{_W}" w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        )
    )


class _Writer:
    """The body as XML, and what it needs of the document: addresses and numbered lists."""

    def __init__(self, document: Any, site: Site) -> None:
        self._document, self._site = document, site
        self._addresses: dict[str, str] = {}
        self._marks = count(1)
        self._list = 0

    def body(self, chapters: Sequence[Chapter], summary: str) -> Iterator[str]:
        titles = [
            (level, title, f"_Toc{next(self._marks):06}")
            for chapter in chapters
            for level, title in (
                (1, chapter.name or ELSEWHERE),
                *((2, _question(each)) for each in chapter.articles),
            )
        ]
        yield _paragraph("Title", _text(TITLE))
        yield _paragraph("Subtitle", _text(f"{rendering.clean(self._site.name)} · {summary}"))
        yield from _contents(titles)
        marks = iter(titles)
        for chapter in chapters:
            yield _title(*next(marks), on_new_page=True)
            for article in chapter.articles:
                yield _title(*next(marks))
                for block in blocks.answer(article, self._site):
                    yield self._block(block)
                yield _paragraph("Normal", _text(_source(article), soft=True))

    def _block(self, block: Block) -> str:
        inside = "".join(map(self._run, block.runs))
        match block.kind:
            case Kind.HEADING:
                return _paragraph(f"Heading{min(block.level + 2, 6)}", inside)
            case Kind.ITEM:
                return self._item(block, inside)
            case Kind.TABLE:
                return self._table(block)
            case Kind.RULE:
                line = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="BFBFBF"/></w:pBdr>'
                return _paragraph("Normal", "", line)
            case Kind.CODE:
                lines = "<w:br/>".join(_letters(line) for line in block.runs[0].text.split("\n"))
                shade = '<w:shd w:val="clear" w:color="auto" w:fill="F0F0F0"/>'
                return _paragraph(
                    "NoSpacing", f"<w:r>{_CODE}{lines}</w:r>", shade + _indent(block.depth)
                )
            case _:
                return _paragraph(
                    "Quote" if block.quoted else "Normal", inside, _indent(block.depth)
                )

    def _item(self, block: Block, inside: str) -> str:
        depth = min(max(block.depth, 1), _DEEPEST)
        rank = str(depth) if depth > 1 else ""
        if block.number is None:
            return _paragraph(f"ListBullet{rank}", inside)
        if block.opens or not self._list:
            self._list = self._begin_list(block.number)
        numbers = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self._list}"/></w:numPr>'
        hang = f'<w:ind w:left="{_TWIPS * depth}" w:hanging="{_TWIPS}"/>'
        return _paragraph(f"ListNumber{rank}", inside, numbers + hang)

    def _begin_list(self, start: int) -> int:
        """A list of its own: numbers begin again."""
        numbering = self._document.part.numbering_part.element
        model = numbering.xpath(f'./w:num[@w:numId="{_NUMBERS}"]/w:abstractNumId')[0]
        begun = numbering.add_num(int(model.get(f"{{{_W}}}val")))
        begun.add_lvlOverride(ilvl=0).add_startOverride(start)
        return int(begun.numId)

    def _table(self, block: Block) -> str:
        rows = []
        for number, row in enumerate(block.rows):
            cells = "".join(
                f"<w:tc><w:tcPr/>{_paragraph('NoSpacing', self._runs(cell, bold=number == 0))}</w:tc>"
                for cell in row
            )
            rows.append(f"<w:tr>{cells}</w:tr>")
        look = (
            '<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
            f"<w:tblGrid>{'<w:gridCol/>' * len(block.rows[0])}</w:tblGrid>"
        )
        return f"<w:tbl>{look}{''.join(rows)}</w:tbl>{_paragraph('NoSpacing', '')}"

    def _runs(self, cell: Sequence[Run], *, bold: bool) -> str:
        return "".join(self._run(replace(run, bold=run.bold or bold)) for run in cell)

    def _run(self, run: Run) -> str:
        if run.text == "\n":
            return "<w:r><w:br/></w:r>"
        look = (
            ('<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>' if run.code else "")
            + ("<w:b/>" if run.bold else "")
            + ("<w:i/>" if run.italic else "")
            + ("<w:strike/>" if run.struck else "")
            + ('<w:color w:val="0C5A8A"/><w:u w:val="single"/>' if run.address else "")
        )
        written = f"<w:r><w:rPr>{look}</w:rPr>{_letters(run.text)}</w:r>"
        if not run.address:
            return written
        return f'<w:hyperlink r:id="{self._relation(run.address)}">{written}</w:hyperlink>'

    def _relation(self, address: str) -> str:
        if address not in self._addresses:
            from docx.opc.constants import RELATIONSHIP_TYPE

            self._addresses[address] = self._document.part.relate_to(
                address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
            )
        return self._addresses[address]


# -- its pieces ----------------------------------------------------------------------------------

_CODE: Final = '<w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/><w:sz w:val="20"/></w:rPr>'
_SOFT: Final = '<w:color w:val="55606E"/><w:sz w:val="18"/>'


def _paragraph(style: str, inside: str, more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{inside}</w:p>'


def _text(words: str, *, soft: bool = False) -> str:
    return f"<w:r><w:rPr>{_SOFT if soft else ''}</w:rPr>{_letters(words)}</w:r>"


def _letters(words: str) -> str:
    return f'<w:t xml:space="preserve">{escape(words)}</w:t>'


def _indent(depth: int) -> str:
    return f'<w:ind w:left="{_TWIPS * depth}"/>' if depth else ""


def _title(level: int, words: str, mark: str, *, on_new_page: bool = False) -> str:
    number = int(mark.removeprefix("_Toc"))
    inside = (
        f'<w:bookmarkStart w:id="{number}" w:name="{mark}"/>{_text(words)}'
        f'<w:bookmarkEnd w:id="{number}"/>'
    )
    return _paragraph(f"Heading{level}", inside, "<w:pageBreakBefore/>" if on_new_page else "")


def _contents(titles: Sequence[tuple[int, str, str]]) -> Iterator[str]:
    """The field of the table of contents, filled with links to the titles."""
    if not titles:
        return
    yield _paragraph("TOCHeading", _text("Sommaire"))
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\n \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    for level, words, mark in titles:
        link = f'<w:hyperlink w:anchor={quoteattr(mark)} w:history="1">{_text(words)}</w:hyperlink>'
        yield _paragraph(f"toc{level}", begin + link)
        begin = ""
    yield _paragraph("Normal", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')


def _question(article: PublishedArticle) -> str:
    return rendering.clean(article.question) or article.slug


def _source(article: PublishedArticle) -> str:
    return f"Version {article.version}, {french.date(article.updated_at)} · {article.url}"


CHANNEL = Channel(
    "docx",
    "Livret Word",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".docx",
    write,
    Destination.PRINT,
    "Pour annoter ou mettre en page\u00a0: titres, sommaire et listes de Word.",
)
