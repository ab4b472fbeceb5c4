"""Nested values (JSON, YAML) to entries, however they are nested.

Three shapes hold questions: a mapping with a question and an answer among its keys; a mapping whose
keys are the questions; a list of pairs. Everything else is walked: a key or a title above questions
is their category.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from faq_cms import errors
from faq_cms.imports import asking, findings, limits, names, prose, tables
from faq_cms.imports.document import MAX_ENTRIES, Document, Entry
from faq_cms.imports.names import Field, Name

MAX_NODES = 1_000_000
"""Most values in one tree: what `MAX_ENTRIES` entries of twenty fields hold."""

_LONGEST_TITLE = 100  # characters of what is a category rather than a text
_NUMBERED = re.compile(r"[a-zA-Z]{0,12}[ _-]?\d+")  # « 1 », « item_2 »: no name of a category
_CONTAINERS = frozenset(
    {
        "faq", "faqs", "questions", "items", "data", "entries", "results", "main entity", "mainentity",
        "qna", "qas", "qa", "list", "liste", "articles", "categories", "rubriques", "sections", "content",
        "contenu", "questions reponses", "foire aux questions", "documents", "faq documents", "rows",
        "records", "topics", "themes", "children", "elements", "site", "faqdocuments", "graph", "fr",
        "reponses", "entrees", "base", "knowledge base", "groupes", "groups",
    }
)  # fmt: skip
_TITLES = ("name", "title", "titre", "nom", "label", "libelle", "categorie", "category", "rubrique",
           "theme", "section", "topic")  # fmt: skip
_TEXT_INSIDE = ("text", "texte", "value", "markdown", "html", "content", "contenu", "body", "fr")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands. `is_faq`: something above says that what follows are questions."""

    category: str | None = None
    depth: int = 0
    is_faq: bool = False


@dataclass(slots=True)
class _Walk:
    """What the walk has seen. `weak` are places in `entries` of names that a guide uses too."""

    line: Callable[[Any, str], int]
    entries: list[Entry] = field(default_factory=list)
    weak: set[int] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    nodes: int = 0


def read(tree: Any, line: Callable[[Any, str], int]) -> Document:
    """Every entry of a tree of dicts, lists and scalars, in its order.

    `line(node, question)` is the line of a question in the source, from 1; it is asked in order.
    Raises `errors.Invalid` when the tree is too deep or holds too much.
    """
    walk = _Walk(line)
    _visit(tree, _Place(), walk)
    entries = walk.entries
    # A guide has titles and contents as well: they count where they ask.
    if not asking.mostly(entries[index].question for index in walk.weak):
        entries = [entry for index, entry in enumerate(entries) if index not in walk.weak]
    warnings = []
    if walk.others and entries:
        warnings.append(findings.other_languages(entries[0].line, sorted(walk.others)))
    return Document(tuple(entries), tuple(warnings))


def _visit(node: Any, place: _Place, walk: _Walk) -> None:
    walk.nodes += 1
    if place.depth > limits.MAX_DEPTH:
        raise errors.Invalid("document", "too_deep")
    if walk.nodes > MAX_NODES:
        raise errors.Invalid("document", "too_many_values", MAX_NODES)
    if isinstance(node, Mapping):
        _mapping(node, place, walk)
    elif isinstance(node, list):
        for each in node:
            if not _pair(each, place, walk):
                _visit(each, replace(place, depth=place.depth + 1), walk)


def _pair(node: Any, place: _Place, walk: _Walk) -> bool:
    """Whether a list is `[question, answer]`; it is then an entry."""
    is_pair = (
        isinstance(node, list)
        and len(node) == 2
        and all(isinstance(part, str) for part in node)
        and asking.asks(node[0].strip())
        and not asking.asks(node[1].strip())
    )
    if is_pair:
        _add(node, node[0], node[1], place.category, walk)
    return is_pair


def _mapping(node: Mapping[Any, Any], place: _Place, walk: _Walk) -> None:
    fields = {key: names.name(key) for key in node if isinstance(key, str)}
    asked_in = [each.language for each in fields.values() if each and each.field is Field.QUESTION]
    language = names.chosen_language(asked_in)
    place = replace(place, depth=place.depth + 1, is_faq=place.is_faq or _is_typed(node))
    question = _best(node, fields, Field.QUESTION, language)
    answer = _best(node, fields, Field.ANSWER, language)
    if question is not None and _is_entry(node, fields, question, answer):
        spoken = {*asked_in, *_languages(node[question])}
        walk.others |= {other for other in spoken if other} - {language or "fr"}
        _named(node, fields, question, answer, language, place, walk)
        # An entry may hold others: a page with its questions.
        for key, value in node.items():
            if key not in {question, answer} and isinstance(value, Mapping | list):
                _visit(value, _below(str(key), fields, place), walk)
    elif not _is_map_of_answers(node):
        _branches(node, fields, replace(place, category=_title(node) or place.category), walk)
    else:
        for asked, value in node.items():
            _add(node, asked, value, place.category, walk)


def _branches(
    node: Mapping[Any, Any], fields: dict[str, Name | None], place: _Place, walk: _Walk
) -> None:
    """Questions that are keys, and whatever is below the others."""
    spoken = {tongue: key for key in node if (tongue := names.language(str(key)))}
    kept = names.chosen_language(spoken)
    for key, value in node.items():
        words = str(key)
        if len(spoken) > 1 and (tongue := names.language(words)) not in {kept, None}:
            walk.others.add(str(tongue))
        elif asking.asks(words) and (text := _text(value)) is not None:
            _add(node, words, text, place.category, walk)
        elif isinstance(value, Mapping | list):
            _visit(value, _below(words, fields, place), walk)


def _is_typed(node: Mapping[Any, Any]) -> bool:
    """Whether schema.org’s type says that this is a question, or a page of them."""
    return str(node.get("@type", "")).rpartition("/")[2] in {"FAQPage", "QAPage", "Question"}


def _is_entry(
    node: Mapping[Any, Any], fields: dict[str, Name | None], question: str, answer: str | None
) -> bool:
    """Whether a mapping asks: it names its question outright, or has a text beside its title."""
    name = fields[question]
    asked = _text(node[question])
    if name is None or not asked:
        return False
    if answer is None:
        others = [value for key, value in node.items() if key != question]
        has_inside = any(isinstance(value, Mapping | list) and value for value in others)
        return not has_inside and (not name.weak or asking.asks(asked)) and len(node) <= 6
    return _text(node[answer]) is not None or not name.weak


def _best(
    node: Mapping[Any, Any], fields: dict[str, Name | None], wanted: Field, language: str | None
) -> str | None:
    """The key that best holds a field, in the chosen language if it has one."""
    found = [
        (name.language not in {language, None}, name.rank, key)
        for key, name in fields.items()
        if name and name.field is wanted and key in node and _holds_text(node[key])
    ]
    return min(found)[2] if found else None


def _holds_text(value: Any) -> bool:
    return value is None or _text(value) is not None


def _text(value: Any) -> str | None:
    """The text of a value: a scalar, lines in a list, `{"text": …}`; None when it is a branch."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        if not all(isinstance(part, str) for part in value):
            return _text(value[0]) if len(value) == 1 and isinstance(value[0], Mapping) else None
        return "\n\n".join(value) if not any(map(asking.asks, value)) else None
    if isinstance(value, Mapping):
        by_name = {names.plain(str(key)): part for key, part in value.items()}
        if any(name and name.field is Field.QUESTION for name in map(names.name, map(str, value))):
            return None
        inside = next((by_name[key] for key in _TEXT_INSIDE if key in by_name), None)
        return _text(inside) if isinstance(inside, str | list) else None
    return str(value)  # a date, in YAML


def _named(
    node: Mapping[Any, Any],
    fields: dict[str, Name | None],
    question: str,
    answer: str | None,
    language: str | None,
    place: _Place,
    walk: _Walk,
) -> None:
    """Add the entry of a mapping that names its question."""
    own = _best(node, fields, Field.CATEGORY, language)
    asked = node[question]
    wordings = [
        wording
        for key, each in fields.items()
        if each and each.field is Field.WORDING and each.language in {language, None}
        for wording in _listed(node[key])
    ]
    if isinstance(asked, list):  # several ways to ask, under the question's own name
        asked, wordings = asked[0], [*map(str, asked[1:]), *wordings]
    is_weak = any(
        each.weak for key in (question, answer) if key is not None and (each := fields[key])
    )
    if is_weak and not place.is_faq:
        walk.weak.add(len(walk.entries))
    _add(
        node,
        _text(asked) or "",
        (_text(node[answer]) or "") if answer else "",
        (_text(node[own]) if own else None) or place.category,
        walk,
        wordings=wordings,
        verbatim=answer is not None and "markdown" in names.plain(answer),
    )


def _languages(value: Any) -> set[str | None]:
    """Languages of a text given in several: `{"fr": …, "en": …}`."""
    return set(map(names.language, map(str, value))) if isinstance(value, Mapping) else set()


def _listed(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for part in value if (text := _text(part))]
    return [part.strip() for part in (_text(value) or "").split("\n")]


def _add(
    node: Any,
    question: str,
    answer: str,
    category: str | None,
    walk: _Walk,
    *,
    wordings: Sequence[str] = (),
    verbatim: bool = False,
) -> None:
    text = prose.to_line(question)
    if not text:
        return
    if len(walk.entries) == MAX_ENTRIES:
        raise errors.Invalid("document", "too_many_entries", MAX_ENTRIES)
    answer = prose.to_markdown(answer, verbatim=verbatim)
    line = walk.line(node, question)
    walk.entries.append(
        Entry(
            text,
            answer,
            prose.to_line(category) if category else None,
            (*findings.masked_addresses(text, line), *findings.masked_addresses(answer, line)),
            line,
            wordings=tables.other_wordings(text, wordings),
        )
    )


def _title(node: Mapping[Any, Any]) -> str | None:
    """What a branch calls itself, when it says so in words."""
    by_name = {names.plain(str(key)): value for key, value in node.items()}
    found = next((by_name[key] for key in _TITLES if isinstance(by_name.get(key), str)), None)
    is_category = found and not asking.announces_faq(found) and len(found) <= _LONGEST_TITLE
    return found if is_category else None


def _below(key: str, fields: dict[str, Name | None], place: _Place) -> _Place:
    """The place under a key: a category, unless the key only names what it holds."""
    is_faq = place.is_faq or asking.announces_faq(key) or names.plain(key) == "questions"
    is_known = names.plain(key) in _CONTAINERS or fields.get(key) is not None
    is_known = is_known or _NUMBERED.fullmatch(key) is not None
    if is_known or is_faq != place.is_faq or key.startswith("@") or names.language(key):
        return replace(place, is_faq=is_faq)
    words = key.replace("_", " ").strip()
    return replace(place, category=words[:1].upper() + words[1:] if words.islower() else words)


def _is_map_of_answers(node: Mapping[Any, Any]) -> bool:
    """Whether all keys begin as questions and lead to texts, with or without their mark."""
    return len(node) > 1 and all(
        isinstance(key, str) and " " in key and isinstance(value, str) and asking.wonders(key)
        for key, value in node.items()
    )
