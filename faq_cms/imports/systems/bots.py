"""What the formats of question-answering bots share: several ways to ask, one answer, what to ask next."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from faq_cms import errors
from faq_cms.imports import findings, html_text
from faq_cms.imports.document import MAX_ENTRIES, Document, Entry, Finding, filed

_TAGS: Final = frozenset({"tags", "tag", "mots-clés", "mots-cles"})
_CATEGORIES: Final = frozenset({"category", "categorie", "catégorie", "rubrique"})
_FROM_HERE: Final = "article"  # the address our own exports write


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer and the ways to ask for it.

    `metadata` are pairs, keys in lower case; `prompts` what the bot offers to ask next: its words, and
    the number of the pair it leads to. `is_follow_up`: only given after another answer.
    """

    questions: tuple[str, ...]
    answer: str
    line: int
    number: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    prompts: tuple[tuple[str, str], ...] = ()
    is_follow_up: bool = False


def document(
    source: str, pairs: Sequence[Pair], *, name: str, warnings: Iterable[Finding] = ()
) -> Document:
    """The pairs that ask something as a document. Raises NothingToImport, Invalid."""
    titles = {pair.number: pair.questions[0] for pair in pairs if pair.number and pair.questions}
    entries = tuple(_entry(source, pair, titles) for pair in pairs if pair.questions)
    if not entries:
        raise errors.NothingToImport(name=name, line=1)
    if len(entries) > MAX_ENTRIES:
        raise errors.Invalid("document", "too_many_entries", MAX_ENTRIES)
    return Document(entries, tuple(warnings), source)


def _entry(source: str, pair: Pair, titles: dict[str, str]) -> Entry:
    answer = html_text.unwrapped(pair.answer)
    parent, category = filed([value for key, value in pair.metadata if key in _CATEGORIES][:1])
    ours = next((value for key, value in pair.metadata if key == _FROM_HERE), "")
    number = "" if pair.number == "0" else pair.number
    question, *others = dict.fromkeys(pair.questions)
    return Entry(
        question=question,
        answer=answer + _followed(pair, titles) if answer else "",
        category=category,
        parent=parent,
        warnings=(*findings.masked_addresses(answer, pair.line), *_noted(pair)),
        line=pair.line,
        external_id=f"{source}:{ours or number}" if ours or number else None,
        wordings=tuple(others),
        tags=tuple(
            tag
            for key, value in pair.metadata
            if key in _TAGS
            for word in value.split(",")
            if (tag := word.strip())
        ),
        address=ours or None,
    )


def _noted(pair: Pair) -> Iterator[Finding]:
    if pair.is_follow_up:
        yield findings.follow_up(pair.line)


def _followed(pair: Pair, titles: dict[str, str]) -> str:
    """What the bot offers to ask next, as a last paragraph."""
    names = [words or titles.get(number, "") for words, number in pair.prompts]
    listed = "\n".join(f"- {html_text.escaped(each)}" for each in dict.fromkeys(names) if each)
    return f"\n\nVoir aussi\u00a0:\n\n{listed}" if listed else ""
