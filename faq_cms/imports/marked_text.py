"""Questions and answers that marks announce: `Q : …` then `R : …`, in the many ways people type it.

Marks may be numbered (`Q1 :`, `3. Question :`), bold (`**Q :**`), a heading or a list item, end
with a colon, a full stop, a parenthesis or a dash, and be spelt out (`Question`, `Réponse`). Marks
are read with the state they are met in: `R.` starts an answer only where one is awaited, so that
« R. Dupont » inside an answer stays text.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from faq_cms import errors
from faq_cms.imports import findings, paragraphs, widget
from faq_cms.imports.document import MAX_ENTRIES, Document, Entry, Finding, folded

# `\s` covers U+00A0 and U+202F; lines are matched one by one. Where two runs of spaces could meet,
# they are bounded, so that no line of any length takes more than linear time.
_BOLD = r"\*{1,3}|_{1,3}"
_OPENING = (
    r"\s*(?:[#>]{1,6}\s+|[-*+•–]\s+)?(?:\(?\d{1,4}\s?[.)/°–-]?\s{1,9})?"
    rf"(?P<bold>{_BOLD})?(?:\(?\d{{1,4}}\s?[.)/°–-]?\s{{1,9}})?"
)
_CLOSING = (
    rf"(?:\s{{0,3}}(?:n\s?°|no\b|\#)?\s?\d{{1,4}})?\s{{0,3}}(?P<closed>{_BOLD})?\s{{0,3}}"
    rf"(?:[:：.)]|[–—-](?=\s)|(?<=[\d*_])(?=\s*$))(?P<closed_after>{_BOLD})?(?P<rest>.*)"
)
_QUESTION = re.compile(
    _OPENING + r"(?:(?i:question)|Q|q(?=\s{0,3}:)|FAQ(?=\s?(?:n\s?°|no\b|\#)?\s?\d))" + _CLOSING
)
_ANSWER = re.compile(
    _OPENING + r"(?:(?i:r[ée]ponse|r[ée]p\.?|answer)|[RA]|[ra](?=\s{0,3}:))" + _CLOSING
)
_ANSWER_ON_SAME_LINE = re.compile(
    r"(?<=[?!.…])(?:\*\*)?\s+(?:\*\*)?(?:R|R[ée]p(?:onse)?|A)\s{0,3}:(?:\*\*)?\s"
)
_WORD_ALONE = re.compile(r"\s{0,9}(question|r[ée]ponse)\s{0,9}", re.IGNORECASE)
_RULE = re.compile(r"\s{0,9}(?:[-_*=~]\s?){3,200}\s{0,9}")
_CATEGORY = re.compile(
    r"\s*(?:#{1,6}\s+|\*\*)?(?:cat[ée]gorie|rubrique|th[èe]me)\s{0,3}:(?:\*\*)?\s*(?P<name>\S.*)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(?P<name>\S.*)")
_EMPHASIS = re.compile(r"\*{2,3}|_{2,3}")
_TITLES = ("faq", "foire aux questions", "questions fréquentes", "questions fréquemment")
_AFTER_QUESTION_MARK = " \u00a0\u202f\t?!*_»”)]"
_LONGEST_QUESTION = 3  # lines, where nothing says where the answer starts


@dataclass(slots=True)
class _Block:
    """Where one entry stands: its question from `line`, its answer from `answer_line`, to `stop`.

    Line numbers are indices. `question` and `answer` are what follows the marks on their lines.
    """

    line: int
    question: str
    category: str | None
    stop: int = 0
    answer: str = ""
    answer_line: int | None = None


@dataclass(slots=True)
class _Parts:
    """The lines of a document once shared out."""

    blocks: list[_Block] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def read(lines: list[str]) -> Document:
    """Entries that marks announce in lines of plain text; none when nothing is marked.

    Raises `errors.Invalid` above `MAX_ENTRIES`.
    """
    width = paragraphs.wrap_width(lines)
    return _document(lines, lambda answer: paragraphs.to_markdown(answer, width))


def has_marks(lines: Iterable[str]) -> bool:
    """Whether at least one question is announced by a mark."""
    return any(map(_QUESTION.fullmatch, lines))


def has_answer_marks(lines: Iterable[str]) -> bool:
    """Whether at least one answer is announced by a mark."""
    return any(map(_ANSWER.fullmatch, lines))


def spelt_out(lines: list[str]) -> list[str]:
    """The lines, of which « QUESTION » and « RÉPONSE », each alone on its own, are marks."""
    words = [_WORD_ALONE.fullmatch(line) for line in lines]
    if not {"question", "réponse"} <= {_french(word[1]) for word in words if word}:
        return lines
    return [f"{word[1]} :" if word else line for word, line in zip(words, lines, strict=True)]


def _french(word: str) -> str:
    return word.casefold().replace("reponse", "réponse")


def is_rule(line: str) -> bool:
    """Whether a line only parts what stands above and below."""
    return _RULE.fullmatch(line) is not None


def question_mark(title: str) -> str | None:
    """The question that a title announces by a mark; None when it has no mark."""
    mark = _QUESTION.fullmatch(title)
    return _EMPHASIS.sub("", _after(mark)).strip() or None if mark else None


def of_markdown(lines: list[str]) -> Document:
    """Entries that marks announce in lines of Markdown, which the answers keep as they are."""
    return _document(lines, lambda answer: "\n".join(answer).strip())


def _document(lines: list[str], render: Callable[[list[str]], str]) -> Document:
    parts = _shared_out(lines)
    entries = tuple(
        entry
        for block in parts.blocks
        if (entry := _entry(block, lines, render, parts.warnings)) is not None
    )
    return Document(entries, tuple(sorted(parts.warnings, key=lambda finding: finding.line)))


def _shared_out(lines: list[str]) -> _Parts:
    """Give each line to an entry, to a category, or to nothing."""
    parts = _Parts()
    asides = _asides(lines, parts)
    category: str | None = None
    block: _Block | None = None
    stray: int | None = None
    for index, line in enumerate(lines):
        if index in asides:
            category = asides[index] or category
            _ended(block, index)
            block = None
        elif mark := _QUESTION.fullmatch(line):
            _ended(block, index)
            block = _asked(index, mark, category)
            parts.blocks.append(block)
            stray = None
            if len(parts.blocks) > MAX_ENTRIES:
                raise errors.Invalid("document", "too_many_entries", MAX_ENTRIES)
        elif block is None:
            if line.strip() and stray is None:
                stray = index
                parts.warnings.append(findings.ignored_text(index + 1))
        elif block.answer_line is None and (mark := _ANSWER.fullmatch(line)):
            block.answer_line = index
            # The mark's width is kept as spaces: it counts in where the line was wrapped.
            block.answer = " " * mark.start("rest") + _after(mark)
    _ended(block, len(lines))
    return parts


def _asides(lines: list[str], parts: _Parts) -> dict[int, str | None]:
    """Lines that belong to no entry, by index, with the category they announce if they do."""
    asides: dict[int, str | None] = {}
    for start, stop in widget.runs(lines):
        parts.warnings.append(findings.widget_text(start + 1))
        asides.update(dict.fromkeys(range(start, stop)))
    # Backwards: a title is a category only if a question, or another title, comes next.
    before_question = False
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if line.strip():
            title = _CATEGORY.fullmatch(line) or _HEADING.fullmatch(line)
            if _QUESTION.fullmatch(line):
                before_question = True
            elif title and before_question:
                asides[index] = _category(title["name"])
            else:
                before_question = False
    return asides


def _category(title: str) -> str | None:
    """Name of the category a title announces; None for the title of the whole document."""
    name = _EMPHASIS.sub("", title).strip().rstrip("#").strip()
    return None if folded(name).startswith(_TITLES) else name or None


def _ended(block: _Block | None, stop: int) -> None:
    if block:
        block.stop = stop


def _asked(index: int, mark: re.Match[str], category: str | None) -> _Block:
    text = _after(mark)
    if answer := _ANSWER_ON_SAME_LINE.search(text):
        return _Block(
            index,
            text[: answer.start()],
            category,
            answer=text[answer.end() :],
            answer_line=index,
        )
    return _Block(index, text, category)


def _after(mark: re.Match[str]) -> str:
    """Text that follows a mark; bold that was opened before the mark and goes on stays bold."""
    goes_on = mark["bold"] and not (mark["closed"] or mark["closed_after"])
    return (mark["bold"] if goes_on else "") + mark["rest"].strip()


def _entry(
    block: _Block,
    lines: list[str],
    render: Callable[[list[str]], str],
    warnings: list[Finding],
) -> Entry | None:
    """The entry of a block; None, with a warning about the document, when it asks nothing."""
    line = block.line + 1
    question_lines, answer_lines = _split(block, lines)
    question = _EMPHASIS.sub("", paragraphs.unwrapped(question_lines)).strip()
    if not question:
        warnings.append(findings.empty_question(line))
        return None
    answer = render(_without_rule(answer_lines))
    found = list(findings.masked_addresses("\n".join(lines[block.line : block.stop]), line))
    if answer and block.answer_line is None:
        found.append(findings.missing_answer_mark(_answer_starts(block, lines, answer_lines)))
    found.sort(key=lambda finding: finding.line)
    return Entry(question, answer, block.category, tuple(found), line)


def _without_rule(lines: list[str]) -> list[str]:
    """The lines of an answer, without the rule that parts it from the next question."""
    stop = len(lines)
    while stop and (not lines[stop - 1].strip() or is_rule(lines[stop - 1])):
        stop -= 1
    return lines[:stop]


def _split(block: _Block, lines: list[str]) -> tuple[list[str], list[str]]:
    """Lines of the question and lines of the answer."""
    if block.answer_line is not None:
        return (
            [block.question, *lines[block.line + 1 : block.answer_line]],
            [block.answer, *lines[block.answer_line + 1 : block.stop]],
        )
    written = [block.question, *lines[block.line + 1 : block.stop]]
    end = _question_end(written)
    return written[:end], written[end:]


def _question_end(written: list[str]) -> int:
    """Where an unmarked answer starts: after the question mark, else after the first line."""
    first = next((index for index, line in enumerate(written) if line.strip()), 0)
    for index, line in enumerate(written[first : first + _LONGEST_QUESTION], first):
        if not line.strip():
            break
        if "?" in line[len(line.rstrip(_AFTER_QUESTION_MARK)) :]:
            return index + 1
    return first + 1


def _answer_starts(block: _Block, lines: list[str], answer_lines: list[str]) -> int:
    """Line, from 1, of the first words of an unmarked answer."""
    start = block.stop - len(answer_lines)
    return 1 + next(index for index in range(start, block.stop) if lines[index].strip())
