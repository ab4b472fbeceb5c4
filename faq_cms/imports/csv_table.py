"""CSV and TSV: any separator a spreadsheet writes, in any encoding it writes it in.

Quotes are those of RFC 4180. Where a document breaks them, its lines are read one by one, so that
one stray quote does not swallow the rest.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from faq_cms import errors
from faq_cms.imports import findings, limits, marked_text, tables
from faq_cms.imports.document import Document, Reader
from faq_cms.imports.tables import Row

_SEPARATORS = (";", "\t", ",", "|")
_SNIFFED = 64 * 1024  # characters that tell the separator
_SNIFFED_ROWS = 100
_SAME_WIDTH = 0.8  # share of the rows as wide as most are
_LONGEST_RECORD = 50  # lines of a cell that a broken quote may be thought to open
_UNCLOSED = "unexpected end of data"


def recognises(data: bytes) -> bool:
    """Whether the text is a table: named columns, or rows of one width whose column asks."""
    sample = _unannounced(limits.text(data).content[:_SNIFFED])[1]
    return _separator(sample) is not None


def read(data: bytes, name: str) -> Document:
    """Entries of a CSV or TSV document, in its order.

    Raises `errors.NothingToImport` when no column asks or answers. Writes nothing.
    """
    text = limits.text(data)
    announced, content = _unannounced(text.content)
    separator = announced or _separator(content[:_SNIFFED]) or ";"
    rows = _rows(content, separator, 2 if announced else 1)
    found = tables.layout(rows)
    if found is None:
        raise errors.NothingToImport(name=name, line=1, reason="no_column")
    document = tables.read(rows, found)
    warnings = [findings.doubtful_encoding()] if text.doubtful else []
    return Document(document.entries, (*document.warnings, *warnings))


READER = Reader(
    name="csv",
    label="tableau CSV",
    extensions=(".csv", ".tsv", ".tab"),
    recognises=recognises,
    read=read,
)


def _unannounced(text: str) -> tuple[str | None, str]:
    """The separator Excel announces on a line of its own (« sep=; »), and the text without it."""
    first, _, rest = text.partition("\n")
    words = first.strip().strip('"').casefold()
    if words.startswith("sep=") and len(words) == 5:
        return words[-1], rest
    if first.casefold() == "sep=\t":
        return "\t", rest
    return None, text


def _separator(sample: str) -> str | None:
    """The separator under which the sample is a table of questions; None when it is no table."""
    announced, sample = _unannounced(sample)
    candidates = {
        separator: rows
        for separator in ([announced] if announced else _SEPARATORS)
        if separator in sample and (rows := _sampled(sample, separator))
    }
    named = [
        (len(rows[0].cells), separator)
        for separator, rows in candidates.items()
        if (found := tables.layout(rows)) and found.first and (_is_even(rows) or len(rows) < 3)
    ]
    if named:
        return max(named)[1]
    if marked_text.has_marks(sample.split("\n")) or sample.startswith("|"):
        return None
    even = {s: rows for s, rows in candidates.items() if len(rows) > 1 and _is_even(rows)}
    for separator, rows in even.items():
        # Commas part sentences too: there, every row has the same width.
        if tables.layout(rows) and (separator != "," or len({len(row.cells) for row in rows}) == 1):
            return separator
    return next((s for s, rows in even.items() if s != "," and len(rows) > 2), None)


def _is_even(rows: list[Row]) -> bool:
    """Whether most rows have one width, of two columns or more."""
    widths = Counter(len(row.cells) for row in rows)
    width, times = widths.most_common(1)[0]
    return width > 1 and times >= _SAME_WIDTH * len(rows)


def _rows(text: str, separator: str, first_line: int) -> list[Row]:
    """Every record that holds something."""
    try:
        return list(_records(text, separator, first_line, strict=True))
    except csv.Error:
        return list(_mended(text.split("\n"), separator, first_line))


def _mended(lines: list[str], separator: str, first_line: int) -> Iterator[Row]:
    """Records where some quotes are broken: a line that makes no record is split as it stands."""
    start = 0
    while start < len(lines):
        count, records = _record(lines, start, separator, first_line)
        yield from records
        start += count


def _record(lines: list[str], start: int, separator: str, first_line: int) -> tuple[int, list[Row]]:
    """How many lines the record on line `start` takes, and the record."""
    for count in range(1, min(_LONGEST_RECORD, len(lines) - start) + 1):
        text = "\n".join(lines[start : start + count])
        try:
            return count, list(_records(text, separator, first_line + start, strict=True))
        except csv.Error as error:
            if _UNCLOSED not in str(error):
                break
    cells = [cell.strip().strip('"') for cell in lines[start].split(separator)]
    return 1, [Row(first_line + start, cells)] if any(cells) else []


def _sampled(sample: str, separator: str) -> list[Row]:
    """The first records; the last may be cut anywhere."""
    try:
        return list(islice(_records(sample, separator, 1, strict=False), _SNIFFED_ROWS))
    except csv.Error:
        return []


def _records(text: str, separator: str, first_line: int, *, strict: bool) -> Iterator[Row]:
    reader = csv.reader(
        io.StringIO(text), delimiter=separator, strict=strict, skipinitialspace=True
    )
    line = first_line
    for cells in reader:
        if any(map(str.strip, cells)):
            yield Row(line, cells)
        line = first_line + reader.line_num
