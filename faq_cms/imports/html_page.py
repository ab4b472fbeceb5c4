"""HTML pages: what a visitor reads as questions and answers, and what the page declares as such.

Accordions have as many shapes as there are frameworks. All say the same thing: this opens that. They
are first rewritten as `<details>`, and the tree is then read from top to bottom: titles, folds,
definitions, texts. JSON-LD repeats for machines what the page shows; the two are one entry.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, PageElement, Tag

from faq_cms import errors
from faq_cms.imports import asking, findings, html_text, limits, outline, tables, trees, widget
from faq_cms.imports.document import Document, Entry, Reader, key
from faq_cms.imports.json_tree import finder
from faq_cms.imports.outline import Block
from faq_cms.imports.tables import Row
from faq_cms.quality import MASKED_ADDRESS

MAX_TAGS = 250_000
"""Most tags in one page, closing ones counted: a thousand answers have about fifty thousand."""

MAX_DEPTH = 150
"""Deepest nesting read: a page written by people has about thirty levels."""

_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_FRAGMENT = re.compile(
    r"\s*<(?:div|section|article|main|h[1-6]|dl|ul|ol|p|table|details|button|script|header)\b",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"^(?:#{1,6} |[-*] |\d+\. |`{3}|\*\*|:{3})", re.MULTILINE)
_FURNITURE = (
    "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "select", "textarea",
    "nav", "footer", "aside", "dialog", "script",
)  # fmt: skip
_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "dialog", "complementary", "menu"}
)
_FURNITURE_CLASS = re.compile(
    r"(?:^|[-_ ])(?:cookies?|breadcrumbs?|fil-d-ariane|sidebar|newsletter|share|social|pagination|navbar"
    r"|menu|skip-link)(?:$|[-_ ])",
    re.IGNORECASE,
)
_QUESTION_CLASS = re.compile(
    r"(?:^|[-_ ])(?:question|accordions?|collapsible|toggle|expander|panel)"
    r"(?:[-_]*(?:title|header|heading|head|button|btn|trigger|label|toggle|question|text))?(?:$|[-_ ])",
    re.IGNORECASE,
)
_ANSWER_CLASS = re.compile(
    r"(?:answer|r[ée]ponse|content|panel|body|collapse|details?|inner|text)(?:$|[-_ ])",
    re.IGNORECASE,
)
_STRUCTURE = ["details", "dl", "h1", "h2", "h3", "h4"]  # a list that lays out a page
_LONGEST_WIDGET = 200
_TAG = re.compile(r"<[^<>]*>")
_HEADING = re.compile(r"h([1-6])")
_TEXTS = frozenset({"p", "ul", "ol", "table", "blockquote", "pre", "figure", "address", "hr"})
_BLOCKS = _TEXTS | {
    "div", "section", "article", "main", "header", "details", "dl", "dt", "dd", "li", "form", "center",
    "h1", "h2", "h3", "h4", "h5", "h6", "fieldset", "tbody", "tr", "td", "summary", "hgroup", "body",
}  # fmt: skip


def recognises(data: bytes) -> bool:
    """Whether the text is a page, or a piece of one rather than Markdown with a tag."""
    content = limits.text(data).content
    if _PAGE.match(content[:20_000]):
        return True
    is_piece = _FRAGMENT.match(content) and content.rstrip().endswith(">")
    return bool(is_piece) and not _MARKDOWN.search(content)


def read(data: bytes, name: str) -> Document:
    """Entries of a page, in its order, then those only its JSON-LD has.

    Raises `errors.NothingToImport` when it asks nothing, `errors.Invalid` above `MAX_TAGS` (before
    reading) and `MAX_DEPTH`. Writes nothing.
    """
    text = limits.text(data)
    if text.content.count("<") > MAX_TAGS:
        raise errors.Invalid("document", "too_many_tags")
    soup = BeautifulSoup(text.content, "lxml")
    _refuse_depth(soup)
    declared = _declared(soup, text.content)
    title = soup.title.get_text(" ").strip() if soup.title else ""
    base = _base(soup)
    root = _undressed(soup)
    _fold_all(soup, root)
    shown = of_tree(root, text.content, title=title, base=base)
    entries = _united(shown.entries, declared)
    if not entries:
        raise errors.NothingToImport(name=name, line=1, reason="no_heading")
    warnings = [findings.doubtful_encoding()] if text.doubtful else []
    return Document(entries, (*shown.warnings, *warnings))


def of_tree(root: Tag, content: str, *, title: str = "", base: str = "") -> Document:
    """Entries of a tree parsed from `content`, whose accordions are `<details>` already."""
    blocks = list(_blocks(root, base, whole=_has_titles(root)))
    return outline.read(_lined(blocks, content), title=title)


READER = Reader(
    name="html",
    label="page HTML",
    extensions=(".html", ".htm", ".xhtml"),
    recognises=recognises,
    read=read,
)


# -- what the page declares ------------------------------------------------------------------------


def _declared(soup: BeautifulSoup, content: str) -> tuple[Entry, ...]:
    """Entries of every FAQPage in JSON-LD, wherever it stands in its graph."""
    pages: list[Any] = []
    for script in soup.find_all("script", type=re.compile(r"application/ld\+json", re.IGNORECASE)):
        source = script.get_text().strip().removeprefix("<!--").removesuffix("-->")
        if limits.depth(source) > limits.MAX_DEPTH:
            continue
        try:
            pages += _pages(json.loads(source, strict=False))
        except ValueError:
            continue  # what it meant to declare is on the page as well
    return trees.read(pages, finder(content)).entries


def _pages(tree: Any) -> Iterator[Any]:
    if isinstance(tree, list):
        for each in tree:
            yield from _pages(each)
    elif isinstance(tree, dict):
        types = tree.get("@type")
        named = {
            str(each).rpartition("/")[2] for each in (types if isinstance(types, list) else [types])
        }
        if named & {"FAQPage", "Question"}:
            yield {**tree, "@type": "FAQPage" if "FAQPage" in named else "Question"}
            return
        for each in tree.values():
            yield from _pages(each)


def _united(shown: Iterable[Entry], declared: Iterable[Entry]) -> tuple[Entry, ...]:
    """What is shown and declared, once: in the page's order, under its categories."""
    waiting = {key(entry): entry for entry in declared}
    united = []
    for entry in shown:
        other = waiting.pop(key(entry), None)
        united.append(_better(entry, other) if other else entry)
    return (*united, *waiting.values())


def _better(shown: Entry, declared: Entry) -> Entry:
    """The entry as shown, which has its lists and links, unless its answer is missing or masked."""
    is_masked = MASKED_ADDRESS.search(shown.answer) and not MASKED_ADDRESS.search(declared.answer)
    if shown.answer and not is_masked and len(shown.answer) * 2 >= len(declared.answer):
        return shown
    return replace(shown, answer=declared.answer, warnings=declared.warnings)


# -- the tree, without its furniture ---------------------------------------------------------------


def _refuse_depth(soup: BeautifulSoup) -> None:
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depth = depths[id(tag)] = depths[id(tag.parent)] + 1
        if depth > MAX_DEPTH:
            raise errors.Invalid("document", "too_deep")


def _base(soup: BeautifulSoup) -> str:
    """The page's own address, when it says it: what completes its relative links."""
    for tag, attribute in ((soup.find("base", href=True), "href"),
                           (soup.find("link", rel="canonical"), "href"),
                           (soup.find("meta", property="og:url"), "content")):  # fmt: skip
        address = str(tag.get(attribute, "")) if isinstance(tag, Tag) else ""
        if address.startswith(("http://", "https://")):
            return address
    return ""


def _undressed(soup: BeautifulSoup) -> Tag:
    """The part of the tree that is read, without what surrounds a text on every page."""
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in soup.find_all(_FURNITURE):
        tag.decompose()
    for tag in soup.find_all(_is_furniture):
        if not html_text.is_gone(tag):
            tag.decompose()
    main = soup.find("main") or soup.find(None, {"role": "main"})
    root = (
        main if isinstance(main, Tag) and len(main.get_text(strip=True)) > 0 else soup.body or soup
    )
    if root is not main:
        for header in root.find_all("header"):
            if not header.find_parent(["article", "section"]) and not header.find("h1"):
                header.decompose()
    return root


def _is_furniture(tag: Tag) -> bool:
    if str(tag.get("role", "")) in _ROLES:
        return True
    names = " ".join(
        [*tag.get_attribute_list("class"), str(tag.get("id", ""))] if tag.attrs else []
    )
    return (
        tag.name in {"div", "ul", "ol", "section", "p"}
        and bool(_FURNITURE_CLASS.search(names))
        and (tag.find(["h1", "h2", "details", "dl"]) is None)
    )


# -- accordions ------------------------------------------------------------------------------------


def _fold_all(soup: BeautifulSoup, root: Tag) -> None:
    """Rewrite as `<details>` every pair of which one opens the other."""
    for item in root.find_all(itemtype=re.compile(r"schema\.org/Question$")):
        question = item.find(itemprop="name")
        answer = item.find(itemprop="text")
        if isinstance(question, Tag) and isinstance(answer, Tag) and not html_text.is_gone(item):
            _fold(soup, item, question, answer)
    by_id = {str(tag["id"]): tag for tag in root.find_all(id=True)}
    for toggle in root.find_all(["button", "a", "label", "div", "h2", "h3", "h4", "span", "li"]):
        panel = _panel(toggle, by_id)
        if panel is not None and not _is_inside(toggle, panel) and not _is_inside(panel, toggle):
            _fold(soup, _alone(toggle), toggle, panel)
    for toggle in root.find_all(_looks_like_question):
        following = toggle.find_next_sibling()
        if isinstance(following, Tag) and _answers(toggle, following):
            _fold(soup, toggle, toggle, following)
    for hidden in root.find_all(hidden=True):
        hidden.decompose()


def _panel(toggle: Tag, by_id: dict[str, Tag]) -> Tag | None:
    """What a toggle says it opens, when that is on the page."""
    if html_text.is_gone(toggle) or toggle.find_parent("details"):
        return None
    target = next(
        (
            str(toggle[name])
            for name in ("aria-controls", "data-bs-target", "data-target")
            if toggle.get(name)
        ),
        "",
    )
    if not target and (toggle.get("data-toggle") or toggle.get("data-bs-toggle")) == "collapse":
        target = str(toggle.get("href") or "")
    panel = by_id.get(target.removeprefix("#")) if target else None
    return None if panel is None or html_text.is_gone(panel) else panel


def _is_inside(inner: Tag, outer: Tag) -> bool:
    return any(parent is outer for parent in inner.parents)


def _alone(toggle: Tag) -> Tag:
    """The outermost element that holds the toggle and nothing else: its heading, for instance."""
    outer = toggle
    while isinstance(outer.parent, Tag) and outer.parent.name not in {"body", "main", "html"}:
        if not all(each is outer or _is_blank(each) for each in outer.parent.children):
            break
        outer = outer.parent
    return outer


def _is_blank(node: PageElement) -> bool:
    if isinstance(node, Tag):
        return node.get("aria-hidden") == "true" and not node.get_text(strip=True)
    return not str(node).strip()


def _looks_like_question(tag: Tag) -> bool:
    if tag.name not in {"button", "div", "h2", "h3", "h4", "h5", "label", "p", "span", "a", "li"}:
        return False
    if tag.name == "label":
        return bool(tag.get("for"))
    names = " ".join(map(str, tag.get_attribute_list("class"))) if tag.get("class") else ""
    return bool(_QUESTION_CLASS.search(names)) and len(tag.get_text(strip=True)) <= asking.LONGEST


def _answers(toggle: Tag, following: Tag) -> bool:
    """Whether the element after a would-be question holds its answer, and no other question."""
    if (
        html_text.is_gone(toggle)
        or toggle.find_parent("details")
        or toggle.find(list(_TEXTS - {"p"}))
    ):
        return False
    names = (
        " ".join(map(str, following.get_attribute_list("class"))) if following.get("class") else ""
    )
    is_panel = bool(_ANSWER_CLASS.search(names)) or toggle.name in {"button", "label"}
    return (
        is_panel
        and following.name in {"div", "p", "section", "ul", "ol"}
        and not (_looks_like_question(following) and not _ANSWER_CLASS.search(names))
    )


def _fold(soup: BeautifulSoup, place: Tag, question: Tag, answer: Tag) -> None:
    if place.parent is None or place is answer or _is_inside(place, answer):
        return  # a pair inside what another one took
    for icon in question.find_all(None, {"aria-hidden": "true"}):
        icon.decompose()
    details, summary = soup.new_tag("details"), soup.new_tag("summary")
    summary.string = html_text.plain(question.decode_contents())
    details.append(summary)
    body = answer.extract()
    for hint in ("hidden", "itemprop"):
        body.attrs.pop(hint, None)
    body.name = "div"
    details.append(body)
    place.replace_with(details)


def _has_titles(root: Tag) -> bool:
    """Whether headings or folds hold the questions, so that texts need not be looked into."""
    return any(
        tag.name in {"details", "dl"} or asking.asks(tag.get_text())
        for tag in root.find_all(["details", "dl", "h1", "h2", "h3", "h4", "h5", "h6"])
    )


# -- from top to bottom ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A piece of text: its HTML, and whether it is one paragraph. `alone` stands by itself."""

    source: str
    is_paragraph: bool
    alone: bool = False


def _blocks(root: Tag, base: str, *, whole: bool = True) -> Iterator[Block]:
    """Blocks of an element, in order. `whole`: texts that follow each other are one block.

    Converting costs more for each piece than for its length. Where bold or marked lines may be
    questions, paragraphs are converted together, then parted.
    """
    for is_text, run in groupby(_walk(root, base), key=lambda each: isinstance(each, _Leaf)):
        if not is_text:
            yield from (each for each in run if isinstance(each, Block))
            continue
        leaves = [each for each in run if isinstance(each, _Leaf)]
        for (alone, paragraphs), group in groupby(
            leaves, key=lambda leaf: (leaf.alone, whole or leaf.is_paragraph)
        ):
            is_joined = paragraphs and not alone
            pieces = list(group)
            sources = (
                ["".join(leaf.source for leaf in pieces)]
                if is_joined
                else [leaf.source for leaf in pieces]
            )
            for source in sources:
                # A break that can be cut at, not one that hides in the last sign of a line.
                text = html_text.to_markdown(source, base=base).replace("\\\n", "  \n")
                parts = text.split("\n\n") if is_joined and not whole else [text]
                yield from (Block(part, 0) for part in parts if part.strip())


def _walk(root: Tag, base: str) -> Iterator[Block | _Leaf]:
    """Titles, pairs and pieces of text of an element, from top to bottom."""
    inline: list[str] = []
    for child in list(root.children):
        if isinstance(child, Tag) and (child.name in _BLOCKS or child.find(list(_BLOCKS))):
            yield from _paragraph(inline)
            inline = []
            yield from _element(child, base)
        elif isinstance(child, Tag):
            inline.append(child.decode())
        elif isinstance(child, NavigableString):
            inline.append(str(child.output_ready("minimal")))
    yield from _paragraph(inline)


def _paragraph(inline: list[str]) -> Iterator[_Leaf]:
    source = "".join(inline)
    if source.strip():
        yield _Leaf(f"<p>{source}</p>", is_paragraph=True, alone=_is_widget(source))


def _is_widget(source: str) -> bool:
    return len(source) < _LONGEST_WIDGET and widget.speaks(_TAG.sub(" ", source))


def _element(tag: Tag, base: str) -> Iterator[Block | _Leaf]:
    heading = _HEADING.fullmatch(tag.name)
    aria = str(tag.get("aria-level", "")) if tag.get("role") == "heading" else ""
    if heading or aria.isdecimal():
        if words := html_text.plain(tag.decode_contents()):
            yield Block(words, 0, int(heading[1]) if heading else min(6, int(aria[:2]) or 6))
    elif tag.name == "details":
        yield _details(tag, base)
    elif tag.name == "dl":
        yield from _definitions(tag, base)
    elif tag.name == "table" and (pairs := _table(tag, base)):
        yield from pairs
    elif tag.name == "p":
        yield _Leaf(tag.decode(), is_paragraph=True, alone=_is_widget(tag.decode_contents()))
    elif tag.name in {"pre", "blockquote", "figure", "address"} or (
        tag.name in {"ul", "ol", "table"} and not tag.find(_STRUCTURE)
    ):
        yield _Leaf(tag.decode(), is_paragraph=False)
    else:
        yield from _walk(tag, base)


def _details(tag: Tag, base: str) -> Block:
    summary = tag.find("summary")
    words = ""
    if isinstance(summary, Tag):
        words = html_text.plain(summary.decode_contents())
        summary.extract()
    return Block(words, 0, answer=tuple(_blocks(tag, base)))


def _definitions(tag: Tag, base: str) -> Iterator[Block]:
    """`<dt>` and its `<dd>`s; several `<dt>` in a row ask the same thing."""
    asked: list[str] = []
    answer: list[Block] = []
    parts = tag.find_all(["dt", "dd"])
    for part in parts:
        if part.find_parent(["dt", "dd"]):
            part.extract()  # the one before was never closed
    for part in parts:
        if part.name == "dd":
            answer += _blocks(part, base)
            continue
        if answer and asked:
            yield Block(asked[0], 0, answer=tuple(answer), wordings=tuple(asked[1:]))
            asked, answer = [], []
        asked.append(html_text.plain(part.decode_contents()))
    if asked:
        yield Block(asked[0], 0, answer=tuple(answer), wordings=tuple(asked[1:]))


def _table(tag: Tag, base: str) -> list[Block]:
    """Pairs of a table whose columns are questions and answers; none of another table."""
    rows = [
        (row, row.find_all(["td", "th"], recursive=False)[: tables.MAX_COLUMNS])
        for row in tag.find_all("tr")
    ]
    texts = [Row(1, [cell.get_text(" ", strip=True) for cell in cells]) for _, cells in rows]
    found = tables.layout(texts)
    if found is None or found.weak:
        return []
    pairs = []
    for (_, cells), text in list(zip(rows, texts, strict=True))[found.first :]:
        if text.cell(found.question) and found.answer < len(cells):
            inner = tuple(_blocks(cells[found.answer], base))
            pairs.append(Block(text.cell(found.question), 0, answer=inner))
    return pairs


# -- lines -----------------------------------------------------------------------------------------


def _lined(blocks: list[Block], content: str) -> list[Block]:
    """The blocks with the line each starts on: its first words, sought after those before it."""
    at, line = 0, 1

    def lined(block: Block) -> Block:
        nonlocal at, line
        start = re.search(r"\w[\w’' -]{4,40}", block.words)
        found = content.find(start[0].strip(), at) if start else -1
        if found >= 0:
            line += content.count("\n", at, found)
            at = found
        here = line
        answer = tuple(map(lined, block.answer)) if block.answer is not None else None
        masked = findings.masked_addresses(block.markdown, here) if answer is None else ()
        return replace(
            block,
            line=here,
            answer=answer,
            found=tuple(replace(each, line=here) for each in masked),
        )

    return list(map(lined, blocks))
