"""Markdown and MDX: headings, folded blocks, admonitions, front matter, one file a question.

Where a text begins and ends is what `markdown-it` says; what it holds stays as its author wrote it.
The folds of site generators are no Markdown, and are cut out first: `<details>`, `??? question`,
`:::details`, components of MDX with a title.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from faq_cms import errors
from faq_cms.imports import (
    asking,
    findings,
    html_text,
    limits,
    marked_text,
    outline,
    prose,
    tables,
)
from faq_cms.imports.document import Document, Entry, Reader, folded
from faq_cms.imports.outline import Block

# Blocks alone: what a line holds is kept as it is written.
_PARSER = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").disable("inline")
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_LINE = re.compile(r"^(?P<key>[\w-]+)[ \t]*:[ \t]+(?P<value>.*\S)[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+\S")
_UNDERLINE = re.compile(r" {0,3}(?:={3,}|-{3,})[ \t]*$")
_DETAILS = re.compile(r"\s*<details\b[^>]*>", re.IGNORECASE)
_DETAILS_TAG = re.compile(r"<(/?)details\b[^>]*>", re.IGNORECASE)
_SUMMARY = re.compile(r"\s*<summary\b[^>]*>(.*?)</summary>", re.IGNORECASE | re.DOTALL)
_ADMONITION = re.compile(
    r"(?P<mark>\?\?\?\+?|!!!|===)[ \t]+(?:(?P<kind>[\w-]+)(?:[ \t]+[\w-]+)*)?[ \t]*\"(?P<title>[^\"\n]+)\"[ \t]*$"
)
_CONTAINER = re.compile(r"(?P<colons>:{3,})[ \t]*(?P<kind>[\w-]+)[ \t]*(?P<title>.*)$")
_BRACKETED = re.compile(r"\[(.*)\](?:\{[^{}]*\})?$")
_COMPONENT = re.compile(
    r"\s*<(?P<name>[A-Z][\w.]*)\b[^>]*?\b(?:title|question|summary|label|header|q)=(?:\"(?P<double>[^\"]*)\"|"
    r"'(?P<single>[^']*)'|\{[\"'`](?P<braces>[^\"'`]*)[\"'`]\})[^>]*>"
)
_ATTRIBUTE_ANSWER = re.compile(r"\b(?:answer|content|text|r|a|reponse)=(?:\"([^\"]*)\"|'([^']*)')")
_WRAPPER = re.compile(r"\s*</?[A-Z][\w.]*(?:\s[^<>]*)?/?>\s*$")
_MODULE = re.compile(
    r"(?:import\s.+from\s|import\s+[\"']|export\s+(?:const|default|let|function)\b)"
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|\{/\*.*?(?:\*/\}|\Z)", re.DOTALL)
_DEFINITION = re.compile(r"(?P<term>[^\n]{1,300})\n(?:\n)?:[ \t]+(?P<text>.*)", re.DOTALL)
_STRONG_SIGNS = re.compile(
    r"^(?:\?\?\?\+?[ \t]|!!![ \t]+question|:{3,}[ \t]*\w|[ \t]*<details\b|`{3}|~{3}|\|.{1,2000}\|[ \t]{0,9}$|import\s.+from\s)",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNS = re.compile(
    r"^(?: {0,3}#{1,6}[ \t]+\S|[-*+][ \t]+\*\*|\d+\.[ \t]+\*\*|(?:\*\*|__)[^*_\n]{1,300}[?？][ \t]?(?:\*\*|__))"
    r"|^[^\n]*[?？][^\n\w?？]{0,9}\n(?:={3,}|-{3,})[ \t]*$|\]\((?:https?://|#)|^[^\n]*[?？][ \t\u00a0\u202f]{0,9}\n:[ \t]+\S",
    re.MULTILINE,
)
_MOST_UNCLOSED = 20
_OWN_QUESTION = ("question", "q")
_PAGE_KINDS = frozenset({"faq", "question", "faqs", "qa"})


def recognises(data: bytes) -> bool:
    """Whether the text has the signs of Markdown, beyond marks that a plain text has as well."""
    content = limits.text(data).content
    if _FRONT_MATTER.match(content) or _STRONG_SIGNS.search(content):
        return True
    if not _SIGNS.search(content):
        return False
    lines = content.split("\n")
    marked = [line for line in lines if marked_text.has_marks([line])]
    only_titles = all(line.lstrip().startswith("#") for line in marked)
    return not marked or (only_titles and not marked_text.has_answer_marks(lines))


def read(data: bytes, name: str) -> Document:
    """Entries of a Markdown document, in its order; a page that is one question gives one.

    Raises `errors.NothingToImport` when it asks nothing. Writes nothing.
    """
    text = limits.text(data)
    matter, body, first = _front_matter(text.content)
    lines = _uncommented(body).split("\n")
    blocks = tuple(_blocks(lines, first, _Unclosed()))
    document = _one_question(matter, blocks) or outline.read(
        blocks,
        title=matter.get("title", ""),
        category=matter.get("category"),
    )
    if not document.entries:
        raise errors.NothingToImport(name=name, line=1, reason="no_heading")
    warnings = [findings.doubtful_encoding()] if text.doubtful else []
    return Document(document.entries, (*document.warnings, *warnings))


READER = Reader(
    name="markdown",
    label="Markdown",
    extensions=(".md", ".mdx", ".markdown"),
    recognises=recognises,
    read=read,
)


# -- front matter ----------------------------------------------------------------------------------


class _Matter(dict[str, str]):
    """What the front matter says, by plain names: title, question, category, kind."""

    wordings: tuple[str, ...] = ()


def _front_matter(content: str) -> tuple[_Matter, str, int]:
    """What a page says of itself, its text, and the line the text starts on."""
    found = _FRONT_MATTER.match(content)
    if not found:
        return _Matter(), content, 1
    try:
        limits.refuse_yaml(found[1])
        values = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, errors.Invalid):
        # « titre: Facture : comment payer ? » is what people write, and no YAML.
        values = {line["key"]: line["value"].strip("\"' ") for line in _LINE.finditer(found[1])}
    if not isinstance(values, dict) or not values:
        return _Matter(), content, 1
    first = 1 + content.count("\n", 0, found.end())
    return _understood(values), content[found.end() :], first


def _understood(values: Mapping[Any, Any]) -> _Matter:
    by_name = {str(key).casefold(): value for key, value in values.items()}
    matter = _Matter()
    for wanted, keys in (
        ("title", ("title", "titre", "question", "name", "nom")),
        ("question", _OWN_QUESTION),
        (
            "category",
            ("category", "catégorie", "categorie", "categories", "rubrique", "section", "theme"),
        ),
        ("kind", ("type", "layout", "kind", "template")),
        ("answer", ("answer", "réponse", "reponse")),
    ):
        value = next((by_name[key] for key in keys if by_name.get(key)), None)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str | int | float):
            matter[wanted] = prose.to_line(str(value))
    wordings = by_name.get("wordings") or by_name.get("formulations") or ()
    matter.wordings = tuple(map(str, wordings)) if isinstance(wordings, list) else ()
    if "wordings" in by_name:  # the pages this product writes
        matter.setdefault("kind", "faq")
    return matter


def _one_question(matter: _Matter, blocks: Sequence[Block]) -> Document | None:
    """The entry of a page whose front matter asks; None when its text holds the questions."""
    title = matter.get("question") or matter.get("title", "")
    is_own = "question" in matter or matter.get("kind", "").casefold() in _PAGE_KINDS
    if not title or asking.announces_faq(title) or not (is_own or asking.asks(title)):
        return None
    blocks = [
        block for block in blocks if not (block.level == 1 and folded(block.words) == folded(title))
    ]
    titles = [block.words for block in blocks if block.level or block.answer is not None]
    if sum(map(asking.asks, titles)) > 1 and asking.mostly(titles):
        return None
    answer = outline.as_answer(blocks) or matter.get("answer", "")
    found = tuple(each for block in blocks for each in block.found)
    entry = Entry(
        title,
        answer,
        matter.get("category"),
        found,
        1,
        wordings=tables.other_wordings(title, matter.wordings),
    )
    return Document((entry,), ())


# -- blocks ----------------------------------------------------------------------------------------


def _uncommented(body: str) -> str:
    """The text without comments, which keep their lines."""
    return _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), body)


@dataclass(frozen=True, slots=True)
class _Fold:
    """A fold of `lines[start:stop]`: its title, its inner lines and the line they start on."""

    stop: int
    title: str
    inner: list[str]
    first: int


@dataclass(slots=True)
class _Unclosed:
    """Folds that were opened and never closed: past a few, nothing looks for their end any more."""

    count: int = 0

    @property
    def is_hopeless(self) -> bool:
        return self.count >= _MOST_UNCLOSED


def _blocks(lines: list[str], first: int, unclosed: _Unclosed, depth: int = 0) -> Iterator[Block]:
    """Blocks of lines whose first is line `first` of the document."""
    if depth > limits.MAX_DEPTH // 4:
        raise errors.Invalid("document", "too_deep")
    waiting: list[str] = []
    fence = ""
    index = 0
    while index < len(lines):
        line = lines[index]
        fence = _fenced(line, fence)
        fold = None if fence else _fold(lines, index, first, unclosed)
        if fold:
            yield from _parsed(waiting, first + index - len(waiting))
            waiting = []
            inner = tuple(_blocks(fold.inner, fold.first, unclosed, depth + 1))
            yield Block(fold.title, first + index, answer=inner)
            index = fold.stop
            continue
        is_code = not fence and (_MODULE.match(line) or _WRAPPER.match(line))
        waiting.append("" if is_code else line)
        index += 1
    yield from _parsed(waiting, first + len(lines) - len(waiting))


def _fenced(line: str, fence: str) -> str:
    """The fence that is open after the line."""
    mark = _FENCE.match(line)
    if not mark:
        return fence
    if not fence:
        return mark[1]
    closes = mark[1].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def _fold(lines: list[str], index: int, first: int, unclosed: _Unclosed) -> _Fold | None:
    """The fold that line `index` opens; None when it opens none, or one that nothing closes."""
    line = lines[index]
    if mark := _ADMONITION.match(line):
        return _admonition(lines, index, first, mark)
    if unclosed.is_hopeless:
        return None
    fold: _Fold | None
    if _DETAILS.match(line):
        fold = _details(lines, index, first)
    elif mark := _CONTAINER.match(line):
        fold = _container(lines, index, first, mark)
    elif mark := _COMPONENT.match(line):
        fold = _component(lines, index, first, mark)
    else:
        return None
    unclosed.count += fold is None
    return fold


def _details(lines: list[str], index: int, first: int) -> _Fold | None:
    """`<details>` to its own `</details>`, others inside it counted."""
    depth = 0
    for stop in range(index, len(lines)):
        for tag in _DETAILS_TAG.finditer(lines[stop]):
            depth += -1 if tag[1] else 1
            if depth:
                continue
            inside = "\n".join(lines[index : stop + 1])
            inside = inside[inside.index(">") + 1 :]
            inside = inside[: inside.lower().rindex("</details")]
            summary = _SUMMARY.match(inside)
            title = prose.to_line(summary[1]) if summary else ""
            rest = inside[summary.end() :] if summary else inside
            skipped = inside.count("\n", 0, summary.end()) if summary else 0
            return _Fold(stop + 1, title, _dedented(rest.split("\n")), first + index + skipped)
    return None


def _admonition(lines: list[str], index: int, first: int, mark: re.Match[str]) -> _Fold | None:
    """`??? question "Titre"`, then what is indented below it."""
    if mark["mark"] == "!!!" and not asking.asks(mark["title"]):
        return None
    stop = index + 1
    while stop < len(lines) and (not lines[stop].strip() or lines[stop].startswith(("    ", "\t"))):
        stop += 1
    return _Fold(stop, mark["title"], _dedented(lines[index + 1 : stop]), first + index + 1)


def _container(lines: list[str], index: int, first: int, mark: re.Match[str]) -> _Fold | None:
    """`:::details Titre`, closed by as many colons; another `:::kind` inside is counted."""
    title = mark["title"].strip()
    bracketed = _BRACKETED.match(title)
    title = bracketed[1] if bracketed else title
    depth = 1
    for stop in range(index + 1, len(lines)):
        text = lines[stop].strip()
        if text.startswith(mark["colons"]):
            depth += -1 if not text.strip(":") else 1
        if depth == 0:
            return _Fold(stop + 1, title, lines[index + 1 : stop], first + index + 1)
    return None


def _component(lines: list[str], index: int, first: int, mark: re.Match[str]) -> _Fold | None:
    """A component of MDX whose title is an attribute: `<Accordion title="…">`."""
    title = mark["double"] or mark["single"] or mark["braces"] or ""
    line = lines[index]
    if line.rstrip().endswith("/>"):
        answer = _ATTRIBUTE_ANSWER.search(line)
        return _Fold(
            index + 1, title, [answer[1] or answer[2] or ""] if answer else [], first + index
        )
    opening, closing = f"<{mark['name']}", f"</{mark['name']}>"
    depth = 0
    for stop in range(index, len(lines)):
        depth += lines[stop].count(opening) - lines[stop].count(closing)
        if depth <= 0:
            inside = "\n".join(lines[index : stop + 1])[mark.end() :]
            inside = inside[: inside.rindex(closing)] if closing in inside else inside
            return _Fold(stop + 1, title, _dedented(inside.split("\n")), first + index)
    return None


def _dedented(lines: list[str]) -> list[str]:
    """The lines without the indentation they share; the first follows a tag, and has none."""
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    if lines and lines[0].strip():
        indents.append(len(lines[0]) - len(lines[0].lstrip()))
    shared = min(indents, default=0)
    return [line[shared:] if line[:shared].isspace() else line.lstrip() for line in lines]


def _parsed(lines: list[str], first: int) -> list[Block]:
    """Blocks of lines without folds."""
    parsed: list[Block] = []
    if not any(map(str.strip, lines)):
        return parsed
    depth = 0
    tokens = _PARSER.parse("\n".join(lines))
    for index, token in enumerate(tokens):
        if depth == 0 and token.map and token.nesting >= 0:
            parsed += _block(token, tokens, index, lines, first)
            if len(parsed) > 1 and parsed[-2].answer and parsed[-1].markdown.startswith(": "):
                more = parsed.pop()  # a definition of several paragraphs
                text = replace(more, markdown=more.markdown[1:].strip())
                parsed[-1] = replace(parsed[-1], answer=(*(parsed[-1].answer or ()), text))
        depth += token.nesting
    return parsed


def _block(
    token: Token, tokens: list[Token], index: int, lines: list[str], first: int
) -> Iterator[Block]:
    start, stop = token.map or (0, 0)
    line = first + start
    source = "\n".join(lines[start:stop]).strip("\n")
    if token.type == "heading_open":
        yield Block(tokens[index + 1].content, line, int(token.tag[1]))
    elif token.type == "html_block":
        yield from _html(source, line)
    elif token.type == "paragraph_open" and (pair := _DEFINITION.fullmatch(source)):
        inner = _dedented(["", *pair["text"].split("\n")])
        yield Block(pair["term"], line, answer=(Block("\n".join(inner).strip(), line + 1),))
    elif token.type != "hr" and source.strip():
        text = source if token.type == "code_block" else source.strip()
        yield Block(text, line, found=tuple(findings.masked_addresses(text, line)))


def _html(source: str, line: int) -> Iterator[Block]:
    if text := html_text.to_markdown(source):
        yield Block(text, line, found=tuple(findings.masked_addresses(text, line)))
