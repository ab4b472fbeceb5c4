"""Titles and texts in their order to entries: what a page, a Markdown file and a DOCX have alike.

A reader gives blocks; this module decides which of them ask. Questions may be marked (`Q :`), folded
(accordions, definitions), titles of some level, bold lines, numbered or bare lines. The first of
these that the document uses decides, so that « Besoin d’aide ? » inside an answer stays text. What
stands above questions, and is none, is their category. A guide has none of these: it yields nothing.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from faq_cms.imports import asking, findings, marked_text, paragraphs, widget
from faq_cms.imports.document import Document, Entry, Finding, filed

_BOLD_LEVEL, _NUMBER_LEVEL, _LINE_LEVEL = 8, 9, 10  # below the six of headings
_LABEL_LEVEL = 7  # a category that is no heading stands above the questions that are none
_LONGEST_LABEL = 60
_LONGEST_QUESTION = 3  # lines of a question that was wrapped by hand
_WRAPPED = 40  # characters of a line that may have been
_LONGEST_ACRONYM = 4  # TVA, RGPD
_FEWEST_LINES = 2  # one bare question in a letter makes no FAQ
_MOST_TEXTS = 8  # paragraphs a bare question, on average: more is a letter or a guide
_BOLD_LINE = re.compile(
    r"(?P<mark>\*\*|__)(?P<text>(?:(?!(?P=mark)).)+)(?P=mark)\s*[:.]?", re.DOTALL
)
_RUN_IN = re.compile(
    r"(?P<mark>\*\*|__)(?P<question>(?:(?!(?P=mark)).){3,300}[?？][\s»]*)(?P=mark)[ \t]*[:–—-]?\s*"
    r"(?P<answer>\S.*)",
    re.DOTALL,
)
_NUMBERED = re.compile(r"\(?\d{1,3}(?:\.\d{1,3})*\s?[.)°/–—:-]?\s+(?P<text>\S.*)")
_ITEM = re.compile(r"(?P<mark>[-*+•]|\d{1,3}[.)])(?P<space>[ \t]+)(?=\S)")
_MARKUP = re.compile(r"\*{1,3}|__|`|\\(?=[^\w\s])")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_ANCHOR = re.compile(r"(?:\{#[^{}]{0,200}\}|#{1,6}|¶)$")
_TOC = re.compile(r"\]\(#")


@dataclass(frozen=True, slots=True)
class Block:
    """One title, one text, or one folded pair of a document.

    `level` is 1 to 6 for a title, 0 for a text. `markdown` is the text as an answer holds it; for a
    title, its words. `answer` holds what a title folds away, `wordings` other ways it is asked.
    `found` goes with the text.
    """

    markdown: str
    line: int
    level: int = 0
    answer: "tuple[Block, ...] | None" = None
    found: tuple[Finding, ...] = ()
    wordings: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The text on one line, without marks of Markdown."""
        return plain_words(self.markdown)


@dataclass(slots=True)
class _Node:
    """A title with what stands under it, in order: texts and lesser titles."""

    title: Block
    level: int
    items: "list[Block | _Node]" = field(default_factory=list)
    is_folded: bool = False

    @property
    def words(self) -> str:
        return self.title.words

    @property
    def children(self) -> "list[_Node]":
        return [item for item in self.items if isinstance(item, _Node)]

    @property
    def has_text(self) -> bool:
        return any(isinstance(item, Block) for item in self.items)


Render = Callable[[Sequence[str]], str]


def plain_words(markdown: str) -> str:
    """Words of a short Markdown text on one line: a question, a name."""
    text = _MARKUP.sub("", _LINK.sub(r"\1", _ANCHOR.sub("", markdown.rstrip())))
    return " ".join(text.split(" ")).replace("\n", " ").strip()


def question_joined(text: str) -> str:
    """The text, whose first lines are one again when a question was wrapped by hand over them."""
    lines = text.split("\n")
    for count in range(1, min(_LONGEST_QUESTION, len(lines)) + 1):
        line = lines[count - 1]
        if asking.asks(line):
            return "\n".join([paragraphs.unwrapped(lines[:count]), *lines[count:]])
        if len(line) < _WRAPPED or line.rstrip().endswith((".", "!", ":")):
            break
    return text


def joined(texts: Sequence[str]) -> str:
    """Blocks of Markdown, one after the other."""
    return "\n\n".join(filter(None, texts))


def read(
    blocks: Sequence[Block],
    *,
    title: str = "",
    category: str | None = None,
    render: Render = joined,
) -> Document:
    """Entries of a document, in its order; none when it asks nothing.

    `title` is what the document calls itself, outside its text; `category` files what nothing above
    it files. `render` makes one answer of the texts of its blocks.
    """
    blocks, warnings = _without_widget(blocks)
    if marked := _marked(blocks):
        return Document(marked.entries, (*warnings, *marked.warnings))
    root = _Node(Block(title, 1), 0)
    _grow(root, _promoted(blocks))
    walk = _Walk(render, _asking_levels(root))
    walk.collect(root, (category,) if category else (), is_faq=asking.announces_faq(title))
    if walk.entries and walk.stray:
        warnings.append(findings.ignored_text(walk.stray.line))
    return Document(tuple(walk.entries), tuple(warnings))


def as_answer(blocks: Sequence[Block]) -> str:
    """Markdown of a whole document that answers one question."""
    root = _Node(Block("", 1), 0)
    _grow(root, blocks)
    return joined([block.markdown for block in _texts(root)])


# -- what is left out, what is marked --------------------------------------------------------------


def _without_widget(blocks: Sequence[Block]) -> tuple[list[Block], list[Finding]]:
    runs = widget.runs([block.words for block in blocks])
    dropped = {index for start, stop in runs for index in range(start, stop)}
    return (
        [block for index, block in enumerate(blocks) if index not in dropped],
        [findings.widget_text(blocks[start].line) for start, _ in runs],
    )


def _marked(blocks: Sequence[Block]) -> Document | None:
    """What marks announce (`Q :`, `R :`), read as in a plain text; None where nothing is marked."""
    if any(block.answer is not None for block in blocks):
        return None
    lines: list[str] = []
    numbers: list[int] = []
    found: dict[int, list[Finding]] = {}
    for block in blocks:
        text = f"{'#' * block.level} {block.words}" if block.level else block.markdown
        for offset, line in enumerate(text.split("\n")):
            lines.append(line)
            numbers.append(block.line if block.level else block.line + offset)
        found.setdefault(block.line, []).extend(block.found)
        lines.append("")
        numbers.append(numbers[-1])
    if not marked_text.has_marks(lines) or _only_titles_are_marked(blocks, lines):
        return None
    document = marked_text.of_markdown(lines)
    starts = [numbers[entry.line - 1] for entry in document.entries]
    return Document(
        tuple(
            replace(
                entry,
                line=start,
                warnings=(
                    *(replace(each, line=numbers[each.line - 1]) for each in entry.warnings),
                    *(
                        each
                        for line, several in found.items()
                        if start <= line < stop
                        for each in several
                        if each.code != "masked_address"  # seen in the lines already
                    ),
                ),
            )
            for entry, start, stop in zip(
                document.entries, starts, [*starts[1:], sys.maxsize], strict=False
            )
        ),
        tuple(replace(each, line=numbers[each.line - 1]) for each in document.warnings),
    )


def _only_titles_are_marked(blocks: Sequence[Block], lines: Sequence[str]) -> bool:
    """Whether marks only number the titles (« Q1. Comment payer ? »): titles say enough."""
    texts = [line for block in blocks if not block.level for line in block.markdown.split("\n")]
    return not marked_text.has_marks(texts) and not marked_text.has_answer_marks(lines)


# -- texts that are titles -------------------------------------------------------------------------


def _promoted(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, whose texts that ask are titles where no heading and no fold does."""
    if any(_is_title(block) and asking.asks(block.words) for block in blocks):
        return list(blocks)
    for promote, fewest in ((_bold, 1), (_numbered, _FEWEST_LINES), (_bare, _FEWEST_LINES)):
        risen = [part for block in blocks for part in promote(block)]
        asked = sum(1 for block in risen if _is_title(block) and asking.asks(block.words))
        texts = sum(1 for block in risen if not _is_title(block))
        if asked >= fewest and (fewest == 1 or texts <= asked * _MOST_TEXTS):
            return _labelled(risen)
    return list(blocks)


def _is_title(block: Block) -> bool:
    return block.level > 0 or block.answer is not None


def _bold(block: Block) -> Iterator[Block]:
    """A bold line that asks, or a text that begins with one."""
    if _is_title(block):
        yield block
        return
    for part in _items(block, lambda text: bool(_RUN_IN.match(text))) or (block,):
        whole = _BOLD_LINE.fullmatch(part.markdown.removeprefix("> "))
        if whole and asking.asks(whole["text"]):
            yield replace(part, level=_BOLD_LEVEL, markdown=whole["text"], found=())
        elif run_in := _RUN_IN.fullmatch(part.markdown):
            yield replace(part, level=_BOLD_LEVEL, markdown=run_in["question"], found=())
            line = part.line + part.markdown.count("\n", 0, run_in.start("answer"))
            yield _part(part, run_in["answer"].strip(), line)
        else:
            yield part


def _numbered(block: Block) -> Iterator[Block]:
    """A numbered line that asks; what follows it in the same text is its answer."""
    if _is_title(block):
        yield block
        return
    for part in _items(block, _asks_first) or (block,):
        first, _, rest = part.markdown.partition("\n")
        number = _NUMBERED.fullmatch(plain_words(first))
        text = number["text"] if number else first if part is not block else ""
        if text and asking.asks(text):
            yield replace(part, level=_NUMBER_LEVEL, markdown=text, found=())
            if rest.strip():
                yield _part(part, rest.strip("\n"), part.line + 1)
        else:
            yield part


def _bare(block: Block) -> Iterator[Block]:
    """Each line that is one question, alone or after a finished sentence."""
    if _is_title(block):
        yield block
        return
    for question, text, line in _lines_that_ask(block):
        if question:
            yield Block(question, line, _LINE_LEVEL)
        if text.strip():
            yield _part(block, text, line + bool(question))


def _lines_that_ask(block: Block) -> Iterator[tuple[str, str, int]]:
    """Question, text after it, line of its beginning; the first question may be empty."""
    question, texts, start = "", list[str](), block.line
    before = ""
    for number, line in enumerate(block.markdown.split("\n"), block.line):
        is_start = not before or before.rstrip().endswith((".", "!", "?", ":", "…", "»"))
        words = plain_words(line)
        if is_start and asking.asks(words) and _is_one_sentence(words):
            if question or texts:
                yield question, "\n".join(texts), start
            question, texts, start = words, [], number
        else:
            texts.append(line)
        before = line
    yield question, "\n".join(texts), start


def _is_one_sentence(words: str) -> bool:
    first = words.lstrip("«“\"'- –•\u202f\u00a0")[:1]
    return (first.isupper() or first.isdigit()) and not re.search(r"[.!]\s+\S", words)


def _asks_first(text: str) -> bool:
    return asking.asks(plain_words(text.split("\n", 1)[0]))


def _items(block: Block, is_question: Callable[[str], bool]) -> list[Block]:
    """Items of a list at least half of which ask first, each as a text; none of another text."""
    if not _ITEM.match(block.markdown):
        return []
    items: list[tuple[int, list[str]]] = []
    width = 0
    for offset, line in enumerate(block.markdown.split("\n")):
        if mark := _ITEM.match(line):
            width = mark.end()
            items.append((offset, [line[width:]]))
        elif items:
            indent = len(line) - len(line.lstrip(" "))
            items[-1][1].append(line[min(width, indent) :])
    texts = [question_joined("\n".join(lines).strip()) for _, lines in items]
    if sum(map(is_question, texts)) * 2 < len(texts):
        return []
    return [
        _part(block, text, block.line + offset)
        for (offset, _), text in zip(items, texts, strict=True)
    ]


def _part(block: Block, text: str, line: int) -> Block:
    """Some lines of a text, from `line` on, with what was found in them."""
    last = line + text.count("\n")
    found = tuple(each for each in block.found if line <= each.line <= last)
    return replace(block, markdown=text, line=line, found=found)


def _labelled(blocks: list[Block]) -> list[Block]:
    """The blocks, whose short lines that stand out right above a question are categories."""
    result = list(blocks)
    for index, (block, following) in enumerate(pairwise(blocks)):
        if not _is_title(block) and _is_title(following) and (name := label(block.markdown)):
            result[index] = replace(block, level=_LABEL_LEVEL, markdown=name, found=())
    return result


def label(markdown: str) -> str:
    """The name of a category that stands out without being a heading; empty when it does not."""
    text = markdown.strip()
    lines = text.split("\n")
    is_underlined = len(lines) == 2 and re.fullmatch(r"\\?[=\-~_*]{3,}", lines[1].strip())
    bold = _BOLD_LINE.fullmatch(text)
    name = plain_words(bold["text"] if bold else lines[0])
    stands_out = is_underlined or (len(lines) == 1 and (bold or (name.isupper() and len(name) > 2)))
    if not stands_out or len(name) > _LONGEST_LABEL or name.endswith(tuple(".!?…;,")):
        return ""
    name = name.rstrip(" :\u00a0")
    return name.capitalize() if name.isupper() and len(name) > _LONGEST_ACRONYM else name


# -- the tree of titles ----------------------------------------------------------------------------


def _grow(root: _Node, blocks: Sequence[Block]) -> None:
    """Hang the blocks under their titles."""
    path = [root]
    for block in blocks:
        if block.answer is not None:
            node = _Node(block, path[-1].level + 1, is_folded=True)
            _grow(node, block.answer)
            path[-1].items.append(node)
        elif block.level:
            while len(path) > 1 and path[-1].level >= block.level:
                path.pop()
            node = _Node(block, block.level)
            path[-1].items.append(node)
            path.append(node)
        else:
            path[-1].items.append(block)


def _asking_levels(root: _Node) -> frozenset[int]:
    """Levels whose titles mostly ask, in the whole document."""
    by_level: dict[int, list[str]] = {}
    stack = root.children
    while stack:
        node = stack.pop()
        if not _is_container(node, alone=False):
            by_level.setdefault(node.level, []).append(node.words)
        stack.extend(node.children)
    return frozenset(level for level, titles in by_level.items() if asking.mostly(titles))


def _holds_questions(node: _Node) -> bool:
    """Whether the titles right under a title are questions."""
    children = node.children
    return bool(children) and asking.mostly(child.words for child in children)


def _is_container(node: _Node, *, alone: bool) -> bool:
    """Whether a title stands above questions, and is none, even where it seems to ask."""
    is_answered = asking.asks(node.words) and node.has_text and not _leads_many(node, alone)
    return _holds_questions(node) and not is_answered


@dataclass(slots=True)
class _Walk:
    """Entries found so far, and the first text that belongs to none."""

    render: Render
    levels: frozenset[int]
    entries: list[Entry] = field(default_factory=list)
    stray: Block | None = None

    def collect(self, node: _Node, path: tuple[str, ...], *, is_faq: bool) -> None:
        """Add the questions under a title that is none itself; `path` is what files them."""
        children = node.children
        alone = len(children) == 1
        leaves = [child.words for child in children if not _is_container(child, alone=alone)]
        is_group = is_faq or asking.mostly(leaves)
        for item in node.items:
            if isinstance(item, Block):
                self._set_aside(item)
                continue
            announces = asking.announces_faq(item.words)
            if self._is_question(item, alone=alone, is_group=is_group, is_faq=is_faq):
                self.entries.append(self._entry(item, path))
            elif asking.stands_aside(item.words) and not _holds_questions(item):
                self._set_aside(item.title)
            else:
                # A document's own title is the only one of its level, at the top.
                is_document = alone and node.level == 0 and item.level == 1
                is_name = not announces and not is_document
                above = (*path, item.words) if is_name else path
                self.collect(item, above, is_faq=is_faq or announces)
                if announces and not item.items:
                    is_faq = is_group = True  # a title of the same level as its questions

    def _is_question(self, node: _Node, *, alone: bool, is_group: bool, is_faq: bool) -> bool:
        words = node.words
        asks = asking.asks(words)
        if asking.announces_faq(words) and not asks:
            return False
        if _is_container(node, alone=alone) or asking.stands_aside(words):
            return False
        if asks:
            return is_group or node.level in self.levels
        if not node.items or (not node.has_text and node.children):
            return False
        return is_group and node.level != _LABEL_LEVEL

    def _set_aside(self, block: Block) -> None:
        if self.stray is None and not _TOC.search(block.markdown):
            self.stray = block

    def _entry(self, node: _Node, path: tuple[str, ...]) -> Entry:
        parent, category = filed(path)
        blocks = list(_texts(node))
        line = node.title.line
        question = node.words
        if mark := marked_text.question_mark(question):
            question = mark
        elif node.level <= _NUMBER_LEVEL and (number := _NUMBERED.fullmatch(question)):
            question = number["text"]
        found = [each for block in blocks for each in block.found]
        masked = [*findings.masked_addresses(question, line)]
        return Entry(
            question,
            self.render([block.markdown for block in blocks]),
            category,
            (*masked, *found),
            line,
            wordings=node.title.wordings,
            parent=parent,
        )


def _leads_many(node: _Node, alone: bool) -> bool:
    """Whether a document's title only seems to ask: « Des questions ? », then the questions."""
    return alone and sum(asking.asks(child.words) for child in node.children) > 1


def _texts(node: _Node) -> Iterator[Block]:
    """All that stands under a question, lesser titles as titles."""
    for item in node.items:
        if isinstance(item, Block):
            yield item
        elif item.is_folded or item.level > 6:
            yield replace(item.title, markdown=f"**{item.words}**", answer=None)
            yield from _texts(item)
        else:
            yield replace(item.title, markdown=f"{'#' * item.level} {item.title.markdown}")
            yield from _texts(item)
