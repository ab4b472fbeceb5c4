"""An answer as a document writer needs it: a flat list of blocks, each made of runs of text.

Pages have HTML; a booklet has paragraphs, and this is what a paragraph, a list item, a table or a
block of code is before Word or PDF lay it out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from markdown_it.token import Token

from faq_cms import rendering
from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Site


class Kind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    CODE = "code"
    TABLE = "table"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one look; `address` when they are a link."""

    text: str
    bold: bool = False
    italic: bool = False
    struck: bool = False
    code: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an answer.

    `depth` counts the lists around it; an ITEM has its `number` in a numbered list, and `opens` when
    it is the first there. `level` of a heading is from 1, closed up. `rows` are those of a TABLE, the
    headings first. `quoted` in a quotation.
    """

    kind: Kind
    runs: tuple[Run, ...] = ()
    depth: int = 0
    number: int | None = None
    opens: bool = False
    level: int = 0
    quoted: bool = False
    rows: tuple[tuple[tuple[Run, ...], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """The articles filed in one place, and its name; "" when they are filed nowhere."""

    name: str
    articles: tuple[PublishedArticle, ...]


def chapters(articles: Sequence[PublishedArticle]) -> list[Chapter]:
    """The articles by category, in the order given."""
    named = groupby(articles, key=lambda each: " — ".join(channel.filing(each)))
    return [Chapter(rendering.clean(name), tuple(group)) for name, group in named]


def answer(article: PublishedArticle, site: Site) -> list[Block]:
    """The blocks of an article's answer, its links good from anywhere."""
    return list(_Walk().blocks(rendering.parsed(article.answer, leads=site.absolute)))


@dataclass(slots=True)
class _Walk:
    """Where a reading of the tokens stands: the lists and quotations open, the item not yet begun."""

    lists: list[int | None] = field(default_factory=list)
    opens: bool = False
    item: bool = False
    quotes: int = 0
    rows: list[list[tuple[Run, ...]]] | None = None

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        level = 0
        for token in tokens:
            match token.type:
                case "heading_open":
                    level = int(token.tag[1]) - rendering.TOP_HEADING + 1
                case "heading_close":
                    level = 0
                case "inline":
                    if self.rows is not None:
                        self.rows[-1].append(runs(token))
                    else:
                        kind = Kind.HEADING if level else Kind.PARAGRAPH
                        yield from self._begun(Block(kind, runs(token), level=level))
                case "fence" | "code_block":
                    code = Run(token.content.rstrip("\n"), code=True)
                    yield from self._begun(Block(Kind.CODE, (code,)))
                case "hr":
                    yield from self._begun(Block(Kind.RULE))
                case "table_close":
                    rows = tuple(tuple(row) for row in self.rows or ())
                    self.rows = None
                    yield from self._begun(Block(Kind.TABLE, rows=rows))
                case "list_item_close" if self.item:  # nothing was written behind its mark
                    yield self._marked(Block(Kind.ITEM))
                case other:
                    self._note(other, token)

    def _note(self, kind: str, token: Token) -> None:
        match kind:
            case "bullet_list_open" | "ordered_list_open":
                numbered = kind.startswith("ordered")
                self.lists.append(int(token.attrs.get("start", 1)) if numbered else None)
                self.opens = True
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.item = True
            case "blockquote_open":
                self.quotes += 1
            case "blockquote_close":
                self.quotes -= 1
            case "table_open":
                self.rows = []
            case "tr_open" if self.rows is not None:
                self.rows.append([])

    def _begun(self, block: Block) -> Iterator[Block]:
        """The block where it stands; the first of a list item carries its mark, or stands under it."""
        if self.item and block.kind is Kind.PARAGRAPH:
            yield self._marked(block)
            return
        if self.item:
            yield self._marked(Block(Kind.ITEM))
        yield self._placed(block)

    def _marked(self, block: Block) -> Block:
        number, self.item = self.lists[-1], False
        if number is not None:
            self.lists[-1] = number + 1
        opens, self.opens = self.opens, False
        return replace(self._placed(block), kind=Kind.ITEM, number=number, opens=opens)

    def _placed(self, block: Block) -> Block:
        return replace(block, depth=len(self.lists), quoted=self.quotes > 0)


_LOOKS: Final = {"strong": "bold", "em": "italic", "s": "struck"}


def runs(token: Token) -> tuple[Run, ...]:
    """The runs of one paragraph, heading or cell; a line break is a run of its own, a line end."""
    found: list[Run] = []
    look: dict[str, Any] = {}
    for child in token.children or ():
        name, _, side = child.type.rpartition("_")
        if name in _LOOKS:
            look[_LOOKS[name]] = side == "open"
        elif name == "link":
            look["address"] = str(child.attrs["href"]) if side == "open" else ""
        elif child.type == "hardbreak":
            found.append(Run("\n"))
        elif text := " " if child.type == "softbreak" else child.content:
            found.append(Run(text, code=child.type == "code_inline", **look))
    return tuple(found)
