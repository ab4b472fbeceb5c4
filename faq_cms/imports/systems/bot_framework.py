"""Bot Framework (`.qna`): questions as headings, other wordings as a list, each answer in a fence."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from faq_cms.imports import decoding, findings
from faq_cms.imports.document import Document, Finding, Reader
from faq_cms.imports.systems import bots
from faq_cms.imports.systems.bots import Pair

NAME: Final = "botframework"
_QUESTION: Final = re.compile(r"#{1,6}[ \t]*\?[ \t]*(\S.*)")
_ASKS: Final = re.compile(r"^#{1,6}[ \t]*\?[ \t]*\S", re.MULTILINE)
_OPENS: Final = re.compile(r"```[\w-]{0,20}")
_FENCED: Final = re.compile(r"^```[\w-]{0,20}[ \t]*$", re.MULTILINE)
_ANCHOR: Final = re.compile(r"<a\s+id\s*=\s*[\"']?([^\"'>\s]{1,100})", re.IGNORECASE)
_ITEM: Final = re.compile(r"[-*+][ \t]+(\S.*)")
_TITLE: Final = re.compile(r"\*{2,3}(\w+)\s*:\s*\*{2,3}")
_LINK: Final = re.compile(r"\[([^\[\]]{1,400})\]\(#\??([^()\s]{0,400})[^()]{0,400}\)")
_ONLY_AFTER: Final = "context-only"
_SAMPLE: Final = 256 * 1024


class _List(StrEnum):
    """What the items of a list are."""

    WORDINGS = "wordings"
    FILTERS = "filters"
    PROMPTS = "prompts"
    OTHER = "other"


_LISTS: Final = {"filters": _List.FILTERS, "metadata": _List.FILTERS, "prompts": _List.PROMPTS}


@dataclass(slots=True)
class _Section:
    """A question under way. `answer` is None until its fence opens; `only_after` are prompts shown here alone."""

    line: int
    number: str
    questions: list[str]
    items: _List = _List.WORDINGS
    filters: list[tuple[str, str]] = field(default_factory=list)
    prompts: list[tuple[str, str]] = field(default_factory=list)
    only_after: list[str] = field(default_factory=list)
    answer: str | None = None

    def take(self, line: str) -> None:
        """One line that is neither a question nor an answer: the title of a list, or an item."""
        if title := _TITLE.fullmatch(line):
            self.items = _LISTS.get(title[1].casefold(), _List.OTHER)
        elif item := _ITEM.fullmatch(line):
            self._item(item[1].strip())

    def _item(self, item: str) -> None:
        match self.items:
            case _List.WORDINGS if self.answer is None:
                self.questions.append(item)
            case _List.FILTERS:
                key, _, value = item.partition("=")
                self.filters.append((key.strip().casefold(), value.strip()))
            case _List.PROMPTS if found := _LINK.search(item):
                self.prompts.append((found[1].strip(), found[2].strip()))
                if _ONLY_AFTER in item:
                    self.only_after.append(found[2].strip())

    def pair(self, following: Collection[str]) -> Pair:
        return Pair(
            questions=tuple(self.questions),
            answer=(self.answer or "").strip("\n"),
            line=self.line,
            number=self.number,
            metadata=tuple((key, value) for key, value in self.filters if key and value),
            prompts=tuple(self.prompts),
            is_follow_up=self.number in following,
        )


def _recognises(data: bytes) -> bool:
    text = decoding.decoded(data[:_SAMPLE]).content
    asked = _ASKS.search(text)
    return asked is not None and _FENCED.search(text, asked.end()) is not None


def _read(data: bytes, name: str) -> Document:
    text = decoding.decoded(data)
    warnings: list[Finding] = [findings.doubtful_encoding()] if text.doubtful else []
    sections = list(_sections(text.content.split("\n")))
    following = {number for section in sections for number in section.only_after}
    pairs = [section.pair(following) for section in sections]
    return bots.document(NAME, pairs, name=name, warnings=warnings)


def _sections(lines: list[str]) -> Iterator[_Section]:
    section: _Section | None = None
    number, at = "", 0
    ends = _ends(lines)
    while at < len(lines):
        line = lines[at].strip()
        at += 1
        if asked := _QUESTION.fullmatch(line):
            if section is not None:
                yield section
            section, number = _Section(at, number, [asked[1].strip()]), ""
        elif anchor := _ANCHOR.match(line):
            number = anchor[1]  # of the question that follows
        elif section is None or line.startswith(">"):
            continue  # a comment, or what stands before the first question
        elif section.answer is None and _OPENS.fullmatch(line):
            section.answer = "\n".join(lines[at : ends[at]])
            at = ends[at] + 1
        else:
            section.take(line)
    if section is not None:
        yield section


def _ends(lines: list[str]) -> list[int]:
    """For each line, where a fence open there ends: the next one that closes, or the last line."""
    ends = [len(lines)] * (len(lines) + 1)
    for at in range(len(lines) - 1, -1, -1):
        ends[at] = at if lines[at].rstrip() == "```" else ends[at + 1]
    return ends


READER: Final = Reader(
    name=NAME,
    label="Bot Framework (.qna)",
    extensions=(".qna",),
    recognises=_recognises,
    read=_read,
)
