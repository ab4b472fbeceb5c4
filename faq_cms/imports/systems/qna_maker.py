r"""QnA Maker and Azure Question Answering: a table where rows of one answer are ways to ask it.

The first row of an answer asks the question, the others are its wordings. In an answer a line end
is written `\n`. `Metadata` holds `key:value` pairs; follow-up prompts are said at the end.
"""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, Final

from faq_cms import errors
from faq_cms.imports import decoding, findings, html_text
from faq_cms.imports.document import MAX_ENTRIES, Document, Entry, Reader, filed

NAME: Final = "qnamaker"
_TAGS: Final = frozenset({"tags", "tag", "mots-clés", "mots-cles"})
_CATEGORIES: Final = frozenset({"category", "categorie", "catégorie", "rubrique"})
_FROM_HERE: Final = "article"  # the address our own export writes
_FIELD_MAX: Final = 1 << 20


def _recognises(data: bytes) -> bool:
    header = decoding.decoded(data[:4096]).content.split("\n", 1)[0]
    names = {name.strip().strip('"').casefold() for name in header.split("\t")}
    return {"question", "answer"} <= names and bool(
        names & {"source", "metadata", "prompts", "qnaid", "suggestedquestions"}
    )


def _read(data: bytes, name: str) -> Document:
    text = decoding.decoded(data)
    groups = _grouped(_rows(text.content))
    titles = {
        number: rows[0].get("question", "")
        for rows in groups
        if (number := rows[0].get("qnaid", ""))
    }
    entries = tuple(_entry(rows, titles) for rows in groups)
    if not entries:
        raise errors.NothingToImport(name=name, line=1)
    if len(entries) > MAX_ENTRIES:
        raise errors.Invalid("document", "too_many_entries", MAX_ENTRIES)
    return Document(entries, (findings.doubtful_encoding(),) if text.doubtful else (), NAME)


def _rows(text: str) -> list[dict[str, str]]:
    """Rows by column, each with the line it stands on."""
    csv.field_size_limit(_FIELD_MAX)
    reader = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    rows: list[dict[str, str]] = []
    try:
        header = [cell.strip().strip('"').casefold() for cell in next(reader, [])]
        for cells in reader:
            row = dict(zip(header, (_unquoted(cell) for cell in cells), strict=False))
            if row.get("question") and row.get("answer"):
                rows.append(row | {"line": str(reader.line_num)})
    except csv.Error:
        pass  # a cell longer than any answer: what was read before it stands
    return rows


def _unquoted(cell: str) -> str:
    """Excel puts a cell that holds quotes between quotes."""
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        cell = cell[1:-1].replace('""', '"')
    return cell


def _grouped(rows: Iterable[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Rows that share an answer: the same number, or the same words where there is no number."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        number = row.get("qnaid", "")
        groups.setdefault((number, "" if number else row["answer"]), []).append(row)
    return list(groups.values())


def _entry(rows: list[dict[str, str]], titles: dict[str, str]) -> Entry:
    first = rows[0]
    answer = html_text.unwrapped(first["answer"].replace("\\n", "\n"))
    pairs = _metadata(first.get("metadata", ""))
    line = int(first["line"])
    parent, category = filed([value for key, value in pairs if key in _CATEGORIES][:1])
    number = first.get("qnaid", "").strip()
    ours = next((value for key, value in pairs if key == _FROM_HERE), "")
    asked = dict.fromkeys(row["question"].strip() for row in rows[1:])
    return Entry(
        question=first["question"].strip(),
        answer=answer + _followed(first.get("prompts", ""), titles),
        category=category,
        parent=parent,
        warnings=tuple(findings.masked_addresses(answer, line)),
        line=line,
        external_id=f"{NAME}:{ours or number}" if ours or number not in ("", "0") else None,
        wordings=tuple(each for each in asked if each != first["question"].strip()),
        tags=tuple(
            word.strip() for key, value in pairs if key in _TAGS for word in value.split(",")
        ),
        address=ours or None,
    )


def _metadata(cell: str) -> list[tuple[str, str]]:
    """`Key1:Value1 | Key2:Value2` as pairs, keys in lower case."""
    pairs = (each.partition(":") for each in cell.split("|"))
    return [
        (key.strip().casefold(), value.strip()) for key, _, value in pairs if key.strip() and value
    ]


def _followed(cell: str, titles: dict[str, str]) -> str:
    """What the bot offers to ask next, as a last paragraph."""
    try:
        told: Any = json.loads(cell) if cell.startswith("[") else []
    except (ValueError, RecursionError):
        return ""
    names = [
        str(each.get("displayText") or titles.get(str(each.get("qnaId")), "")).strip()
        for each in told
        if isinstance(each, dict)
    ]
    listed = "\n".join(f"- {html_text.escaped(each)}" for each in dict.fromkeys(names) if each)
    return f"\n\nVoir aussi\u00a0:\n\n{listed}" if listed else ""


READER: Final = Reader(
    name=NAME,
    label="QnA Maker, Azure (TSV)",
    extensions=(".tsv",),
    recognises=_recognises,
    read=_read,
)
