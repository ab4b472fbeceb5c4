"""A booklet as PDF: a table of contents, bookmarks, numbered pages, addresses one can click.

French spaces hold: lines break at plain spaces only (see `printing`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from faq_cms import french, rendering
from faq_cms.articles import PublishedArticle
from faq_cms.exports import blocks
from faq_cms.exports.blocks import Block, Kind, Run
from faq_cms.exports.channel import Channel, Destination, Site, latest

if TYPE_CHECKING:
    from faq_cms.printing import Booklet

TITLE: Final = "Questions fréquentes"
ELSEWHERE: Final = "Autres questions"


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """The booklet, a chapter per category; its date is that of its latest article."""
    from faq_cms.printing import Booklet

    book = Booklet(TITLE, author=rendering.clean(site.name), made_at=latest(articles))
    book.kicker(rendering.clean(site.name))
    book.heading(TITLE)
    book.paragraph(said(articles), soft=True)
    chapters = blocks.chapters(articles)
    book.contents(
        [
            (level, title)
            for chapter in chapters
            for level, title in (
                (0, chapter.name or ELSEWHERE),
                *((1, _question(each)) for each in chapter.articles),
            )
        ]
    )
    for chapter in chapters:
        book.chapter(chapter.name or ELSEWHERE)
        for article in chapter.articles:
            book.question(_question(article))
            for block in blocks.answer(article, site):
                _print(book, block)
            book.source(
                f"Version {article.version}, {french.date(article.updated_at)} · ", article.url
            )
    return book.content()


def said(articles: Sequence[PublishedArticle]) -> str:
    """What the booklet holds, and how old it is."""
    if not articles:
        return "Aucun article publié pour le moment."
    return f"{french.count(len(articles), 'article')}, à jour au {french.date(latest(articles))}."


def _question(article: PublishedArticle) -> str:
    return rendering.clean(article.question) or article.slug


def _print(book: "Booklet", block: Block) -> None:
    match block.kind:
        case Kind.HEADING:
            book.part(_words(block.runs))
        case Kind.TABLE:
            width = max(len(row) for row in block.rows)
            cells = [[_words(cell) for cell in row] for row in block.rows]
            book.grid(cells[0], cells[1:], [100 // width] * width)
            book.ln(2.5)
        case Kind.RULE:
            book.rule()
        case Kind.CODE:
            book.code(_words(block.runs), depth=block.depth)
        case _:
            mark = ("•" if block.number is None else f"{block.number}.") if _is_item(block) else ""
            book.flow(_pieces(block.runs), depth=block.depth, mark=mark, soft=block.quoted)


def _is_item(block: Block) -> bool:
    return block.kind is Kind.ITEM


def _words(cell: Sequence[Run]) -> str:
    return "".join(run.text for run in cell)


def _pieces(runs: Sequence[Run]) -> list[tuple[str, bool, str]]:
    return [(run.text, run.bold, run.address) for run in runs]


CHANNEL = Channel(
    "pdf",
    "Livret PDF",
    "application/pdf",
    ".pdf",
    write,
    Destination.PRINT,
    "À imprimer ou à envoyer\u00a0: sommaire, signets et pages numérotées.",
)
