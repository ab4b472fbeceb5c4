"""Rows of cells to entries, whatever drew the table: CSV, a workbook, a table of a document.

The columns are found by their names, in the first rows; where nothing is named, by what they hold:
questions ask, answers are what is longest beside them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from faq_cms.imports import asking, findings, names, prose
from faq_cms.imports.document import Document, Entry, Finding, folded
from faq_cms.imports.names import Field, Name

MAX_COLUMNS = 64
"""Columns looked at: no table of questions has as many."""

_HEADER_WITHIN = 20  # rows: a title, a date and a legend may stand above the header
_SAMPLE = 200  # rows that tell what unnamed columns hold
_SAME_ANSWER_WORDS = 6  # « Oui. » is the answer to many questions


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table. `line` counts from 1 in its document."""

    line: int
    cells: Sequence[str]

    def cell(self, column: int) -> str:
        return self.cells[column].strip() if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are. `first` is the index of the first row that is no header.

    `others` are languages present and left out. `weak`: names that a guide uses as well.
    """

    first: int
    question: int
    answer: int
    categories: tuple[int, ...] = ()
    wordings: tuple[int, ...] = ()
    verbatim: bool = False
    others: tuple[str, ...] = ()
    weak: bool = False


def layout(rows: Sequence[Row]) -> Layout | None:
    """Where questions and answers are; None when the table holds none."""
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        if found := _named(row, index + 1):
            return found
    return _unnamed(rows)


def read(rows: Sequence[Row], found: Layout, *, category: str | None = None) -> Document:
    """The entries of a table, each answer once; `category` files those the table does not."""
    body = rows[found.first :]
    if found.weak and not asking.mostly(
        row.cell(found.question) for row in body if row.cell(found.answer)
    ):
        return Document((), ())
    warnings: list[Finding] = []
    if found.others:
        line = rows[found.first - 1].line if found.first else 1
        warnings.append(findings.other_languages(line, list(found.others)))
    entries = _entries(body, found, category, warnings)
    return Document(tuple(_joined(entries)), tuple(warnings))


def _named(row: Row, first: int) -> Layout | None:
    """The layout a header gives; None when the row names no question or no answer."""
    known = [
        (column, name)
        for column, cell in enumerate(row.cells[:MAX_COLUMNS])
        if (name := names.name(cell.strip())) is not None
    ]
    questions = _columns(known, Field.QUESTION)
    answers = _columns(known, Field.ANSWER)
    if not questions or not answers:
        return None
    language = names.chosen_language(name.language for _, name in questions)
    others = {name.language for _, name in questions if name.language} - {language}
    asked = [column for column, name in questions if name.language == language]
    best, answer = next((pair for pair in answers if pair[1].language == language), answers[0])
    weak = questions[0][1].weak or answer.weak
    same = [
        c
        for c, name in questions
        if name.language == language and name.weak == questions[0][1].weak
    ]
    return Layout(
        first,
        asked[0],
        best,
        tuple(_spoken(known, Field.CATEGORY, language)),
        (
            *(column for column in same if column != asked[0]),
            *_spoken(known, Field.WORDING, language),
        ),
        verbatim="markdown" in folded(row.cell(best)).split(),
        others=tuple(sorted(others)),
        weak=weak,
    )


def _columns(known: list[tuple[int, Name]], field: Field) -> list[tuple[int, Name]]:
    """Columns of one field, best name first."""
    found = [(column, name) for column, name in known if name.field is field]
    return sorted(found, key=lambda pair: pair[1].rank)


def _spoken(known: list[tuple[int, Name]], field: Field, language: str | None) -> Iterator[int]:
    for column, name in known:
        if name.field is field and name.language in {language, None}:
            yield column


def _unnamed(rows: Sequence[Row]) -> Layout | None:
    """The layout that content suggests: one column asks, another is the longest beside it."""
    sample = rows[:_SAMPLE]
    width = max((min(len(row.cells), MAX_COLUMNS) for row in sample), default=0)
    columns = [[row.cell(column) for row in sample] for column in range(width)]
    asking_shares = [_share(column) for column in columns]
    if not asking_shares or max(asking_shares) < 0.5:
        return None
    question = asking_shares.index(max(asking_shares))
    lengths = [
        sum(map(len, column)) if index != question else -1 for index, column in enumerate(columns)
    ]
    answer = lengths.index(max(lengths))
    if lengths[answer] <= 0:
        return None
    first = 0 if asking.asks(rows[0].cell(question)) or len(rows) < 2 else _header(rows, question)
    rest = [column for column in range(width) if column not in {question, answer}]
    groups = [column for column in rest if _groups(columns[column][first:])]
    return Layout(first, question, answer, tuple(groups[:1]))


def _share(cells: list[str]) -> float:
    filled = [cell for cell in cells if cell]
    return sum(map(asking.asks, filled)) / len(filled) if filled else 0.0


def _header(rows: Sequence[Row], question: int) -> int:
    """1 when the first row only names the columns: short words, no question."""
    return int(
        all(len(cell) < 40 for cell in rows[0].cells) and asking.asks(rows[1].cell(question))
    )


def _groups(cells: list[str]) -> bool:
    """Whether a column files its rows: short words that come again."""
    filled = [cell for cell in cells if cell]
    repeated = len(set(filled)) * 2 <= len(filled)
    return (
        bool(filled)
        and repeated
        and all(len(cell) <= 60 and not cell.isdecimal() for cell in filled)
    )


def _entries(
    body: Sequence[Row], found: Layout, category: str | None, warnings: list[Finding]
) -> list[Entry]:
    carried = _heads_groups(body, found)
    entries: list[Entry] = []
    for row in body:
        question, answer = row.cell(found.question), row.cell(found.answer)
        named = next((name for c in found.categories if (name := row.cell(c))), "")
        if named:
            category = prose.to_line(named)
        elif found.categories and not carried:
            category = None
        if question and not answer and not asking.wonders(question) and _is_alone(row):
            category = prose.to_line(question)
        elif question:
            entries.append(_entry(row, found, category))
        elif answer and entries and _is_alone(row):
            entries[-1] = _continued(entries[-1], answer, found)
        elif answer:
            warnings.append(findings.empty_question(row.line))
    return entries


def _heads_groups(body: Sequence[Row], found: Layout) -> bool:
    """Whether a category is written once, above its group, as in merged cells."""
    for column in found.categories[:1]:
        cells = [row.cell(column) for row in body]
        filled = Counter(cell for cell in cells if cell)
        return bool(cells and cells[0]) and len(filled) < len(cells) and max(filled.values()) == 1
    return False


def _is_alone(row: Row) -> bool:
    return sum(1 for cell in row.cells if cell.strip()) == 1


def _entry(row: Row, found: Layout, category: str | None) -> Entry:
    asked = [line for line in row.cell(found.question).split("\n") if line.strip()]
    one_each = len(asked) > 1 and all(map(asking.asks, asked))
    first, *more = asked if one_each else [row.cell(found.question)]
    question = prose.to_line(first)
    for column in found.wordings:
        more += _listed(row.cell(column))
    answer = prose.to_markdown(row.cell(found.answer), verbatim=found.verbatim)
    return Entry(
        question,
        answer,
        category,
        (
            *findings.masked_addresses(question, row.line),
            *findings.masked_addresses(answer, row.line),
        ),
        row.line,
        wordings=other_wordings(question, more),
    )


def _listed(cell: str) -> list[str]:
    """Wordings of one cell: one a line, or parted by `|` or `;`."""
    separator = next((sign for sign in ("\n", "|", ";") if sign in cell), "\n")
    return [part.strip().removeprefix("- ") for part in cell.split(separator)]


def other_wordings(question: str, given: Iterable[str]) -> tuple[str, ...]:
    """The wordings that say something else than the question and than each other."""
    kept = {folded(question): ""}
    for text in map(prose.to_line, given):
        if text:
            kept.setdefault(folded(text), text)
    return tuple(text for text in kept.values() if text)


def _continued(entry: Entry, answer: str, found: Layout) -> Entry:
    """An answer that goes on in the next row, whose question is blank."""
    more = prose.to_markdown(answer, verbatim=found.verbatim)
    return replace(
        entry,
        answer="\n\n".join(filter(None, (entry.answer, more))),
        warnings=(*entry.warnings, *findings.masked_addresses(more, entry.line)),
    )


def _joined(entries: list[Entry]) -> Iterator[Entry]:
    """Entries, those that share one long answer being wordings of the first of them."""
    kept: dict[object, Entry] = {}
    for index, entry in enumerate(entries):
        is_long = len(entry.answer.split()) >= _SAME_ANSWER_WORDS
        identity: object = (entry.answer, entry.category) if is_long else index
        first = kept.setdefault(identity, entry)
        if first is not entry and folded(first.question) == folded(entry.question):
            kept[index] = entry  # the same row twice is a duplicate, and said so
        elif first is not entry:
            kept[identity] = replace(
                first,
                wordings=other_wordings(
                    first.question, (*first.wordings, entry.question, *entry.wordings)
                ),
                warnings=(*first.warnings, findings.joined_wording(entry.line, entry.question)),
            )
    yield from kept.values()
