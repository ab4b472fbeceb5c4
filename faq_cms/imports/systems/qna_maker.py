r"""QnA Maker and Azure Question Answering: a table where rows of one answer are ways to ask it, or JSON.

The first row of an answer asks the question, the others are its wordings. In an answer a line end
is written `\n`. `Metadata` holds `key:value` pairs; follow-up prompts are said at the end.
"""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, Final

from faq_cms.imports import decoding, findings
from faq_cms.imports.document import Document, Reader
from faq_cms.imports.systems import bots, values
from faq_cms.imports.systems.bots import Pair
from faq_cms.imports.systems.values import Record

NAME: Final = "qnamaker"
_FIELD_MAX: Final = 1 << 20
_MARKS: Final = {"source", "metadata", "context", "dialog", "id"}

Row = dict[str, str]


def _recognises(data: bytes) -> bool:
    header = decoding.decoded(data[:4096]).content.split("\n", 1)[0]
    names = {name.strip().strip('"').casefold() for name in header.split("\t")}
    return {"question", "answer"} <= names and bool(
        names & {"source", "metadata", "prompts", "qnaid", "suggestedquestions"}
    )


def _read(data: bytes, name: str) -> Document:
    text = decoding.decoded(data)
    pairs = [_of_rows(rows) for rows in _grouped(_rows(text.content))]
    warnings = [findings.doubtful_encoding()] if text.doubtful else []
    return bots.document(NAME, pairs, name=name, warnings=warnings)


# -- the table -----------------------------------------------------------------------------------


def _rows(text: str) -> list[Row]:
    """Rows by column, each with the line it stands on, as Excel quotes them or else as they stand."""
    csv.field_size_limit(_FIELD_MAX)
    table = _quoted(text) if '"' in text else None
    if table is None:
        table = [
            (number, [_unquoted(cell) for cell in line.split("\t")])
            for number, line in enumerate(text.split("\n"), 1)
        ]
    header = [cell.strip().casefold() for cell in table[0][1]]
    rows = [
        dict(zip(header, (cell.strip() for cell in cells), strict=False)) | {"line": str(line)}
        for line, cells in table[1:]
    ]
    return [row for row in rows if row.get("question") and row.get("answer")]


def _quoted(text: str) -> list[tuple[int, list[str]]] | None:
    """The table where cells with line ends stand between quotes; None when it is not of one width."""
    reader = csv.reader(io.StringIO(text), delimiter="\t", strict=True)
    table: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cells):
                table.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        return None
    is_even = bool(table) and all(len(cells) == len(table[0][1]) for _, cells in table)
    return table if is_even else None


def _unquoted(cell: str) -> str:
    """Excel puts a cell that holds quotes between quotes."""
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        cell = cell[1:-1].replace('""', '"')
    return cell


def _grouped(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows that share an answer: the same number, or the same words where there is no number."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        number = row.get("qnaid", "")
        number = "" if number == "0" else number  # what a table somebody made says of every row
        groups.setdefault((number, "" if number else row["answer"]), []).append(row)
    return list(groups.values())


def _of_rows(rows: list[Row]) -> Pair:
    first = rows[0]
    return Pair(
        questions=tuple(row["question"] for row in rows),
        answer=first["answer"].replace("\\n", "\n"),
        line=int(first["line"]),
        number=first.get("qnaid", ""),
        metadata=_metadata(first.get("metadata", "")),
        prompts=_prompts(_json(first.get("prompts", ""))),
        is_follow_up=first.get("iscontextonly", "").casefold() == "true",
    )


def _json(cell: str) -> Any:
    try:
        return json.loads(cell) if cell.startswith(("[", "{")) else None
    except (ValueError, RecursionError):
        return None


def _metadata(cell: str) -> tuple[tuple[str, str], ...]:
    """`Key1:Value1 | Key2:Value2` as pairs, keys in lower case; JSON in newer tables."""
    told = _json(cell)
    if told is not None:
        return _pairs(told)
    pairs = (each.partition(":") for each in cell.split("|"))
    return tuple(
        (key.strip().casefold(), value.strip()) for key, _, value in pairs if key.strip() and value
    )


def _pairs(told: Any) -> tuple[tuple[str, str], ...]:
    """Metadata of JSON: a map, or a list of names and values."""
    if isinstance(told, dict):
        told = [{"name": key, "value": value} for key, value in told.items()]
    pairs = (
        (values.text(each, "name", "key").strip().casefold(), values.text(each, "value").strip())
        for each in values.objects(told)
    )
    return tuple((key, value) for key, value in pairs if key and value)


def _prompts(told: Any) -> tuple[tuple[str, str], ...]:
    """What the bot offers to ask next, in its order."""
    shown = sorted(values.objects(told), key=lambda each: values.number(each, "displayOrder") or 0)
    return tuple(
        (values.text(each, "displayText").strip(), values.identity(each, "qnaId")) for each in shown
    )


READER: Final = Reader(
    name=NAME,
    label="QnA Maker, Azure (TSV)",
    extensions=(".tsv",),
    recognises=_recognises,
    read=_read,
)


# -- JSON ----------------------------------------------------------------------------------------


def _is_pair(record: Record) -> bool:
    asked, answer = record.get("questions"), record.get("answer")
    is_told = isinstance(asked, list) and isinstance(answer, str)
    return is_told and bool(_MARKS & record.keys()) and all(isinstance(e, str) for e in asked or ())


def _recognises_json(data: bytes) -> bool:
    wanted = {"questions", "answer"}
    if not any(wanted <= each.keys() for each in values.kinds(data)):
        return False
    return any(_is_pair(each) for each in values.records(values.loaded(data)))


def _read_json(data: bytes, name: str) -> Document:
    found = [each for each in values.records(values.loaded(data)) if _is_pair(each)]
    return bots.document(NAME, [_of_record(*each) for each in enumerate(found, 1)], name=name)


def _of_record(rank: int, record: Record) -> Pair:
    told = record.get("dialog") or record.get("context")
    context: Record = told if isinstance(told, dict) else {}
    asked = (decoding.cleaned(each).strip() for each in record["questions"])
    return Pair(
        questions=tuple(each for each in asked if each),
        answer=decoding.cleaned(record["answer"]),
        line=rank,
        number=values.identity(record, "id"),
        metadata=_pairs(record.get("metadata")),
        prompts=_prompts(context.get("prompts")),
        is_follow_up=context.get("isContextOnly") is True,
    )


JSON_READER: Final = Reader(
    name=f"{NAME}-json",
    label="QnA Maker, Azure (JSON)",
    extensions=(".json",),
    recognises=_recognises_json,
    read=_read_json,
)
