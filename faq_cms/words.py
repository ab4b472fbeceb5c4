"""The words of a French text as they are compared: folded, those that mean something, their stems."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import snowballstemmer

WORD_MAX = 40
# Words that say nothing of the subject (articles, pronouns, auxiliaries, question words), folded.
STOP_WORDS: Final = frozenset(
    [
        "a",
        "ai",
        "au",
        "aux",
        "avec",
        "avoir",
        "c",
        "ce",
        "cela",
        "ces",
        "cet",
        "cette",
        "comment",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "elle",
        "en",
        "est",
        "et",
        "etre",
        "faire",
        "fait",
        "faut",
        "il",
        "ils",
        "j",
        "je",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "lui",
        "m",
        "ma",
        "mais",
        "me",
        "mes",
        "mon",
        "n",
        "ne",
        "nos",
        "notre",
        "nous",
        "on",
        "ou",
        "par",
        "pas",
        "peut",
        "peux",
        "plus",
        "pour",
        "pouvez",
        "puis",
        "puisje",
        "qu",
        "quand",
        "que",
        "quel",
        "quelle",
        "quelles",
        "quels",
        "qui",
        "quoi",
        "s",
        "sa",
        "se",
        "ses",
        "si",
        "son",
        "sont",
        "sur",
        "t",
        "ta",
        "te",
        "tes",
        "toi",
        "ton",
        "tu",
        "un",
        "une",
        "vers",
        "vos",
        "votre",
        "vous",
        "y",
    ]
)
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
# The marks of our scripts, and what may hold those of others: asking each letter takes five times longer.
_ACCENTS: Final = re.compile("[\u0300-\u034e\u0350-\u036f]+")
_ELSEWHERE: Final = re.compile("[^\x00-\u02ff\u0370-\u0482\u1e00-\u20cf]")
_stemmer = snowballstemmer.stemmer("french")


def fold(text: str) -> str:
    """Lower case, without accents, ligatures apart: « Prélèvement » gives `prelevement`."""
    # Taken apart on both sides of the case: « 𝐀 » hides an A, and « İ » lower-cased hides a dot.
    small = unicodedata.normalize("NFKD", text).casefold()
    letters = _ACCENTS.sub("", unicodedata.normalize("NFKD", small)).translate(_LETTERS)
    if _ELSEWHERE.search(letters) is None:
        return letters
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def meaningful(text: str) -> list[str]:
    """The folded words of a text that mean something, in order."""
    found = re.findall(r"[^\W_]+", fold(text))
    return [word[:WORD_MAX] for word in found if word not in STOP_WORDS]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a folded French word."""
    return str(_stemmer.stemWord(word))
