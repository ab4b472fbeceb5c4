"""What a document may weigh once opened: refused before it is expanded, never after."""

import io
import re
import zipfile
from functools import lru_cache
from typing import Any, Final

import yaml

from faq_cms import errors
from faq_cms.imports import decoding
from faq_cms.imports.decoding import Text
from faq_cms.imports.document import MAX_LINES

MAX_EXPANDED = 100 * 1024 * 1024
"""Bytes of everything inside a compressed document: ten times the largest document accepted."""

MAX_MEMBERS = 5_000
"""Files inside a compressed document: a booklet with a picture a page has some hundreds."""

MAX_ELEMENTS = 2_000_000
"""Opening tags in the text of a Word document: `MAX_ENTRIES` questions and answers take half of them."""

MAX_DEPTH = 60
"""Deepest nesting of lists and mappings: six levels of categories take about twelve."""

# Strings whole, so that a bracket inside one does not count.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
YAML_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # C, where it is built

ZIP: Final = b"PK\x03\x04"

_ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")
_AT_ONCE = 1024 * 1024
_XML_HEAD = 4096  # bytes: a document type stands before the first element


@lru_cache(maxsize=2)  # each reader looks at the same document to recognise it
def text(data: bytes) -> Text:
    """Text of a document. Raises `errors.Invalid` above `MAX_LINES`."""
    found = decoding.decoded(data)
    if found.content.count("\n") > MAX_LINES:
        raise errors.Invalid("document", "too_many_lines", MAX_LINES)
    return found


def members(data: bytes) -> frozenset[str]:
    """Names inside a zip; empty when the bytes are none, or a damaged one."""
    if not data.startswith(ZIP):
        return frozenset()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return frozenset()


def refuse_bombs(data: bytes) -> None:
    """Refuse an office document that would not stay small, or whose XML defines entities.

    Raises `errors.Invalid`. Sizes are those the zip declares: nothing longer can be read from it.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = archive.infolist()
        if len(inside) > MAX_MEMBERS or sum(each.file_size for each in inside) > MAX_EXPANDED:
            raise errors.Invalid("document", "expands", MAX_EXPANDED)
        for each in inside:
            if each.flag_bits & 1:
                raise errors.Invalid("document", "encrypted")
            if each.filename.endswith((".xml", ".rels")):
                with archive.open(each) as member:
                    head = member.read(_XML_HEAD)
                if head.startswith((b"\xff\xfe", b"\xfe\xff")) or any(m in head for m in _ENTITIES):
                    raise errors.Invalid("document", "entities")


def refuse_crowds(data: bytes, part: str) -> None:
    """Refuse an office document whose part would become more elements than memory should hold.

    Raises `errors.Invalid`, KeyError when the part is not there.
    """
    count = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(part) as member:
        while some := member.read(_AT_ONCE):
            count += some.count(b"<") - some.count(b"</")
            if count > MAX_ELEMENTS:
                raise errors.Invalid("document", "expands", MAX_EXPANDED)


def depth(json_text: str) -> int:
    """How deep a JSON text nests, broken or not, up to a little more than `MAX_DEPTH`."""
    deepest = now = 0
    for found in _BRACKETS.finditer(json_text):
        if found[0] in "[{":
            now += 1
            deepest = max(deepest, now)
            if deepest > MAX_DEPTH:
                break
        elif found[0] in "]}":
            now -= 1
    return deepest


def refuse_yaml(text: str) -> None:
    """Refuse a YAML text whose aliases multiply, or that nests too deep, before it is built.

    Front matter has no use for aliases: one is enough. Raises `errors.Invalid`.
    """
    depth = 0
    for event in yaml.parse(text, Loader=YAML_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(
            event, yaml.CollectionEndEvent
        )
        if depth > MAX_DEPTH or isinstance(event, yaml.AliasEvent):
            raise errors.Invalid("document", "too_deep")
