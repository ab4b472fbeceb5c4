"""JSON and JSON Lines: any reasonable nesting, each question on its line."""

import json
import re
from collections.abc import Callable
from typing import Any

from faq_cms import errors
from faq_cms.imports import findings, limits, trees
from faq_cms.imports.document import Document, Reader

_BEGINNING = re.compile(r'\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[{"\[\]]|$))')


def recognises(data: bytes) -> bool:
    """Whether the text begins as JSON does; whether it is well formed is said on reading."""
    return _BEGINNING.match(limits.text(data).content[:4096]) is not None


def read(data: bytes, name: str) -> Document:
    """Entries of a JSON document, or of one JSON object a line.

    Raises `errors.NothingToImport` naming the line where JSON is broken, `errors.Invalid` when it is
    nested too deep. Writes nothing.
    """
    text = limits.text(data)
    content = text.content
    if limits.depth(content) > limits.MAX_DEPTH:
        raise errors.Invalid("document", "too_deep")
    try:
        document = trees.read(json.loads(content), finder(content))
    except json.JSONDecodeError as broken:
        document = _lines(content, name, broken)
    except ValueError:  # a number of thousands of digits
        raise errors.NothingToImport(name=name, line=1, reason="broken_json") from None
    if not document.entries:
        raise errors.NothingToImport(name=name, line=1, reason="no_key")
    warnings = [findings.doubtful_encoding()] if text.doubtful else []
    return Document(document.entries, (*document.warnings, *warnings))


READER = Reader(
    name="json",
    label="JSON",
    extensions=(".json", ".jsonl", ".ndjson"),
    recognises=recognises,
    read=read,
)


def _lines(content: str, name: str, broken: json.JSONDecodeError) -> Document:
    """JSON Lines; where the first lines are no objects, the document was meant as one JSON text."""
    values: list[Any] = []
    numbers: list[int] = []
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values.append(json.loads(line))
        except ValueError:
            at = number if len(values) > 1 else broken.lineno
            raise errors.NothingToImport(name=name, line=at, reason="broken_json") from None
        numbers.append(number)
    positions = {id(value): number for value, number in zip(values, numbers, strict=True)}
    return trees.read(values, lambda node, _question: positions.get(id(node), 1))


def finder(content: str) -> Callable[[Any, str], int]:
    """Lines of questions, asked for in their order: each is sought after the one before."""
    at, line = 0, 1

    def find(_node: Any, question: str) -> int:
        nonlocal at, line
        for written in (json.dumps(question, ensure_ascii=False), json.dumps(question)):
            found = content.find(written, at)
            if found >= 0:
                line += content.count("\n", at, found)
                at = found
                break
        return line

    return find
