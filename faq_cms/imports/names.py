"""What columns and keys are called, in French and in English: name to what it holds.

Names are compared without case, accents or punctuation; `questionFr`, « Question (FR) » and
`question_fr` are the same name. What nobody calls a question or an answer is no field at all.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from faq_cms.imports.document import folded


class Field(StrEnum):
    """What a column or a key holds."""

    QUESTION = "question"
    ANSWER = "answer"
    CATEGORY = "category"
    WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Name:
    """A name understood. `rank` orders names of one field, best first; `language` is ISO 639-1.

    `weak` names (title, content) are used by everything, a guide among others.
    """

    field: Field
    rank: int
    language: str | None = None
    weak: bool = False


_STRONG = {
    Field.QUESTION: (
        "question", "questions", "q", "question posee", "intitule de la question", "demande", "ask",
        "libelle de la question", "texte de la question", "question principale", "faq question",
    ),
    Field.ANSWER: (
        "reponse markdown", "answer markdown", "reponse md", "answer md", "reponse", "reponses",
        "answer", "answers", "r", "a", "rep", "reponse officielle", "texte de la reponse",
        "accepted answer", "acceptedanswer", "reponse html", "answer html", "faq answer", "solution",
        "reponse texte", "answer text", "reply",
    ),
    Field.CATEGORY: (
        "categorie", "category", "rubrique", "theme", "thematique", "section", "topic", "domaine",
        "categories", "category name", "groupe", "famille", "chapitre", "sous categorie",
    ),
    Field.WORDING: (
        "autres formulations", "autre formulation", "formulations", "formulation", "variantes",
        "variante", "variants", "variant", "wordings", "wording", "alternatives", "alternative",
        "autres questions", "alternate questions", "alternative questions", "reformulations",
        "reformulation", "paraphrases", "question alternative", "questions alternatives", "synonymes",
    ),
}  # fmt: skip
_WEAK = {
    Field.QUESTION: (
        "title", "titre", "intitule", "sujet", "subject", "libelle", "heading", "name", "nom", "label",
    ),
    Field.ANSWER: (
        "content", "contenu", "body", "corps", "texte", "text", "description", "value", "html",
        "markdown", "detail", "details", "explication",
    ),
}  # fmt: skip
_NAMES = {
    name: Name(field, rank, weak=weak)
    for weak, table in ((False, _STRONG), (True, _WEAK))
    for field, names in table.items()
    for rank, name in enumerate(names, 100 * weak)
}
_LANGUAGES = {
    "fr": "fr", "fre": "fr", "fra": "fr", "francais": "fr", "french": "fr",
    "en": "en", "eng": "en", "anglais": "en", "english": "en",
    "nl": "nl", "neerlandais": "nl", "nederlands": "nl", "dutch": "nl",
    "de": "de", "allemand": "de", "deutsch": "de", "german": "de",
    "es": "es", "espagnol": "es", "it": "it", "italien": "it",
}  # fmt: skip
_REGIONS = frozenset({"be", "ca", "ch", "lu", "us", "gb", "uk"})
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST = 60


@lru_cache(maxsize=4096)  # a document has few names, each many times
def name(text: str) -> Name | None:
    """What a column or a key called `text` holds; None when nobody knows.

    >>> name("Question (FR)").language, name("réponse").field.value, name("prix")
    ('fr', 'answer', None)
    """
    if len(text) > _LONGEST:
        return None
    words = plain(_HUMP.sub(" ", text)).split()
    if len(words) > 1 and words[-1] in _REGIONS:
        words = words[:-1]
    known = _NAMES.get(" ".join(words))
    if known is None and len(words) > 1 and words[-1].isdecimal():
        known = _NAMES.get(" ".join(words[:-1]))  # « Question 2 »
    return known or _in_a_language(words)


def language(text: str) -> str | None:
    """The language named: « FR », « français », « fr-BE »."""
    words = plain(text).split() if len(text) <= _LONGEST else []
    return _LANGUAGES.get(words[0]) if words and len(words) <= 2 else None


def chosen_language(languages: Iterable[str | None]) -> str | None:
    """The one to import of those present: French, else what names none, else the first."""
    present = list(dict.fromkeys(languages))
    return next((each for each in ("fr", None) if each in present), present[0] if present else None)


@lru_cache(maxsize=4096)  # as above
def plain(text: str) -> str:
    """Folded words without accents."""
    return "".join(
        sign
        for sign in unicodedata.normalize("NFD", folded(text))
        if not unicodedata.combining(sign)
    )


def _in_a_language(words: list[str]) -> Name | None:
    for tongue, rest in ((words[-1:], words[:-1]), (words[:1], words[1:])):
        known = _NAMES.get(" ".join(rest))
        if known and tongue[0] in _LANGUAGES:
            return Name(known.field, known.rank, _LANGUAGES[tongue[0]], known.weak)
    return None
