"""What readers' remarks are about: the expressions that come back, found in the texts themselves. Pure.

Words are compared by their stems, accents aside; an expression is one to three meaningful words in a
row (« numéro de commande » holds two), within one clause. What names a person is masked first, and
no expression reaches across a mask: a theme cites nothing that is hidden, or erased.

How a theme is chosen, in three steps that can be explained to who asks « pourquoi celui-ci ? »:

1. Words that stand together by chance are not an expression: their association must pass Dunning's
   log-likelihood test (« Accurate methods for the statistics of surprise and coincidence »,
   Computational Linguistics 19(1), 1993), at one chance in a thousand.
2. What remains is ranked by the number of remarks that hold it, n, times ln(N / n), the inverse
   document frequency (Spärck Jones, « A statistical interpretation of term specificity », J. of
   Documentation 28(1), 1972): what everybody says tells nothing apart; times log2(words + 1), as
   C-value does (Frantzi, Ananiadou & Mima, 2000): more words say more.
3. From the best one down, a theme is left out when most of its remarks are already in a chosen one.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from faq_cms import personal_data
from faq_cms.words import STOP_WORDS, fold, stem

MINIMUM_REMARKS: Final = 50  # fewer are read, not summed up
MINIMUM_SUPPORT: Final = 5  # remarks a theme: under it, it may tell who wrote
THEMES_MAX: Final = 12
LONGEST: Final = 3  # meaningful words in an expression
OVERLAP: Final = 0.5  # of a theme's remarks in a chosen one: it says the same
_GAP: Final = 3  # places: at most two small words between two that tell
_ASSOCIATED: Final = 10.83  # χ² with one degree of freedom, one chance in a thousand
_CLAUSE: Final = re.compile(rf"[.,;:!?()\[\]«»\"\n\r/{personal_data.MASK}]|\s[-–—]\s")
_WORD: Final = re.compile(r"[^\W_]+")
# What readers say to be polite, or of the page itself: never what their remark is about.
_EMPTY: Final = frozenset(
    "article articles page pages site reponse reponses question questions information informations "  # noqa: SIM905 — read as a text
    "merci bonjour bonsoir cordialement svp plait stp madame monsieur ca ceci rien tout toute tous "
    "toutes tres trop bien encore aussi toujours jamais deja ici non oui sans dois doit veux voudrais "
    "aimerais peu puisque lorsque alors donc comme car entre chez ete etait suis sera avez ai avons "
    "ont aurait serait quelque chose autre meme savoir dire dit bon bonne".split()
)

Term: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Theme:
    """An expression that comes back, as most readers write it; `found` are the texts' places."""

    label: str
    found: tuple[int, ...]


def themes(texts: Sequence[str]) -> list[Theme]:
    """The themes of these texts, the most telling first; none under MINIMUM_REMARKS of them.

    `found` of a theme are positions in `texts`. The same texts give the same themes.
    """
    if sum(bool(text.strip()) for text in texts) < MINIMUM_REMARKS:
        return []
    where: defaultdict[Term, set[int]] = defaultdict(set)
    said: defaultdict[Term, Counter[str]] = defaultdict(Counter)
    for place, text in enumerate(texts):
        for term, words in _expressions(text):
            where[term].add(place)
            said[term][words] += 1
    kept = _expected(where, len(texts))
    chosen: list[Theme] = []
    for term in _ranked(kept, len(texts)):
        found = kept[term]
        if all(len(found & set(each.found)) < OVERLAP * len(found) for each in chosen):
            chosen.append(Theme(_usual(said[term]), tuple(sorted(found))))
            if len(chosen) == THEMES_MAX:
                break
    return chosen


def _usual(writings: Counter[str]) -> str:
    """How most readers write it; among equals, the one with its accents."""
    return min(writings, key=lambda w: (-writings[w], sum(map(str.isascii, w)) - len(w), w))


@lru_cache(maxsize=10_000)
def _expressions(text: str) -> tuple[tuple[Term, str], ...]:
    """Every expression of a text, by its stems and as it is written in small letters.

    Remembered: remarks do not change, and a new one must not have the others read again.
    """
    return tuple(
        found for clause in _CLAUSE.split(personal_data.mask(text)) for found in _in_clause(clause)
    )


def _in_clause(clause: str) -> Iterator[tuple[Term, str]]:
    telling = [
        (place, word, stem(folded))
        for place, word in enumerate(_WORD.finditer(clause))
        if _tells(folded := fold(word.group()))
    ]
    for first in range(len(telling)):
        for length in range(1, min(LONGEST, len(telling) - first) + 1):
            piece = telling[first : first + length]
            if length > 1 and piece[-1][0] - piece[-2][0] > _GAP:
                break
            words = clause[piece[0][1].start() : piece[-1][1].end()]
            yield tuple(each for *_, each in piece), " ".join(words.lower().split())


def _tells(word: str) -> bool:
    """Whether a folded word may be part of what a remark is about."""
    return (
        len(word) > 2
        and word not in STOP_WORDS
        and word not in _EMPTY
        and not any(letter.isdigit() for letter in word)
    )


def _expected(where: dict[Term, set[int]], total: int) -> dict[Term, set[int]]:
    """The expressions common enough to be a theme, and more than words that met by chance."""
    common = {term: found for term, found in where.items() if len(found) >= MINIMUM_SUPPORT}
    return {
        term: found
        for term, found in common.items()
        if len(term) == 1
        or all(
            _log_likelihood(len(found), len(where[term[:cut]]), len(where[term[cut:]]), total)
            >= _ASSOCIATED
            for cut in range(1, len(term))
        )
    }


def _log_likelihood(both: int, left: int, right: int, total: int) -> float:
    """Dunning's G² of two expressions that stand together in `both` of `total` remarks."""
    observed = (both, left - both, right - both, total - left - right + both)
    rows, columns = (left, total - left), (right, total - right)
    expected = [row * column / total for row in rows for column in columns]
    cells = (observed[0], observed[1], observed[2], max(0, observed[3]))
    return 2 * sum(o * math.log(o / e) for o, e in zip(cells, expected, strict=True) if o and e)


def _ranked(kept: dict[Term, set[int]], total: int) -> list[Term]:
    """The expressions, the most telling first."""
    weights = {
        term: len(found) * math.log(total / len(found)) * math.log2(len(term) + 1)
        for term, found in kept.items()
    }
    return sorted((term for term in kept if weights[term] > 0), key=lambda t: (-weights[t], t))
