"""YAML: the same trees as JSON, written by hand.

The parser's events are read one by one: nothing is built before its depth is known, and what an
alias repeats counts each time, so that nine lines cannot become a billion.
"""

import re
from typing import Any

import yaml

from faq_cms import errors
from faq_cms.imports import asking, findings, limits, names, trees
from faq_cms.imports.document import Document, Reader

# The first line that counts: a key, or an item of a list.
_FIRST = re.compile(
    r"(?:[ \t]*(?:#.*|%YAML.*|---(?:[ \t].*)?)?\n)*(?:- +\S|[ \t]*-[ \t]*\n[ \t]+\S|[\"']?[\w][^:\n]{0,200}[\"']?:(?:\s|$)|\? )"
)
_KEY = re.compile(r"^[ \t]*(?:- +)?[\"']?([^:\n\"']{1,200})[\"']?[ \t]{0,3}:(?:\s|$)", re.MULTILINE)
_PARENT = re.compile(r"^[\w-]+:[ \t]*\n[ \t]*- ?\S", re.MULTILINE)  # no text is laid out so
_SNIFFED = 20_000


def recognises(data: bytes) -> bool:
    """Whether the text is YAML that nests: keys we know below others, or below items of a list."""
    content = limits.text(data).content
    sample = content[:_SNIFFED]
    if not _FIRST.match(sample) or not any(map(_speaks, _KEY.findall(sample))):
        return False
    try:
        tree = _tree(content)
    except (yaml.YAMLError, ValueError):
        return _PARENT.search(sample) is not None
    except errors.Invalid:
        return True  # a bomb is YAML all the same, and refused as such
    return _nests(tree)


def read(data: bytes, name: str) -> Document:
    """Entries of a YAML document, in its order.

    Raises `errors.NothingToImport` naming the line where YAML is broken, `errors.Invalid` when it is
    nested too deep or grows too large. Writes nothing.
    """
    text = limits.text(data)
    try:
        tree = _tree(text.content)
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise errors.NothingToImport(name=name, line=line, reason="broken_yaml") from None
    document = trees.read(tree, _line)
    if not document.entries:
        raise errors.NothingToImport(name=name, line=1, reason="no_key")
    warnings = [findings.doubtful_encoding()] if text.doubtful else []
    return Document(document.entries, (*document.warnings, *warnings))


READER = Reader(
    name="yaml",
    label="YAML",
    extensions=(".yaml", ".yml"),
    recognises=recognises,
    read=read,
)


def _line(node: Any, question: str) -> int:
    return int(getattr(question, "line", getattr(node, "line", 1)))


class _Text(str):
    """A text that knows its line."""

    __slots__ = ("line",)
    line: int


class _Mapping(dict[str, Any]):
    """A mapping that knows where it starts; `repeats` when one of its keys came twice."""

    line: int = 1
    repeats: bool = False


class _List(list[Any]):
    """A list that knows where it starts."""

    line: int = 1


class _Stream(_List):
    """The documents of a stream."""


def _speaks(key: str) -> bool:
    return names.name(key) is not None or asking.wonders(key)


def _nests(tree: Any) -> bool:
    """« Question : … » then « Réponse : … » is a text, and YAML as well: a text is what it is."""
    if isinstance(tree, _Stream):  # front matter begins a stream as well: its text is no tree
        return bool(tree) and all(isinstance(each, dict) for each in tree)
    if isinstance(tree, _Mapping):
        nested = any(isinstance(value, dict | list) for value in tree.values())
        return not tree.repeats and (nested or all(map(asking.wonders, tree)))
    return isinstance(tree, list) and any(isinstance(each, dict | list) for each in tree)


def _tree(content: str) -> Any:
    """Dicts, lists and strings of every document of the stream."""
    builder = _Builder()
    documents = []
    for event in yaml.parse(content, Loader=limits.YAML_LOADER):
        builder.take(event)
        if isinstance(event, yaml.DocumentEndEvent):
            documents.append(builder.root)
    return documents[0] if len(documents) == 1 else _Stream(documents)


class _Builder:
    """Events to values, without recursion."""

    def __init__(self) -> None:
        self.root: Any = None
        self._open: list[tuple[Any, list[Any]]] = []  # (branch, key waiting for its value)
        self._anchors: dict[str, Any] = {}
        self._sizes: dict[int, int] = {}
        self._size = 0

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            text = _Text(event.value if event.style or event.value not in {"null", "~"} else "")
            text.line = event.start_mark.line + 1 if event.start_mark else 1
            self._add(text, event)
        elif isinstance(event, yaml.AliasEvent):
            self._repeat(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            branch = _Mapping() if isinstance(event, yaml.MappingStartEvent) else _List()
            branch.line = event.start_mark.line + 1 if event.start_mark else 1
            self._add(branch, event)
            self._open.append((branch, []))
            self._sizes[id(branch)] = self._size
            if len(self._open) > limits.MAX_DEPTH:
                raise errors.Invalid("document", "too_deep")
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            branch, _ = self._open.pop()
            self._sizes[id(branch)] = self._size - self._sizes[id(branch)]

    def _repeat(self, event: Any) -> None:
        value = self._anchors.get(event.anchor)
        if any(branch is value for branch, _ in self._open):
            raise errors.Invalid("document", "too_deep")  # it holds itself
        self._size += self._sizes.get(id(value), 0)
        self._add(value, None)

    def _add(self, value: Any, event: Any) -> None:
        self._size += 1
        if self._size > trees.MAX_NODES:
            raise errors.Invalid("document", "too_many_values", trees.MAX_NODES)
        if event is not None and event.anchor:
            self._anchors[event.anchor] = value
        if not self._open:
            self.root = value
            return
        branch, key = self._open[-1]
        if isinstance(branch, list):
            branch.append(value)
        elif not key:
            key.append(value if isinstance(value, str) else "")
        else:
            name = key.pop()
            branch.repeats = branch.repeats or name in branch
            branch[name] = value
