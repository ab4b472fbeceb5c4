"""Questions that ask almost the same thing, found among thousands.

The words that mean something are compared by their stems, as `quality` compares them; two questions
spelt almost alike are the same too, whatever their stems.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz

from faq_cms.quality import ALIKE, share, stems
from faq_cms.words import fold

SPELT_ALIKE: Final = 92  # of 100: one letter in a dozen
WORDS_SHARED: Final = 2  # one word in common is a subject, not a question
_RARE: Final = 3  # of a question's words, the rarest lead to its neighbours…
_HELD: Final = 400  # … unless so many questions have them that they lead nowhere


class Questions:
    """Questions that are there already, by article, to find the nearest of another."""

    def __init__(self, questions: Iterable[tuple[int, str]]) -> None:
        """`questions`: (article id, question) pairs."""
        self._asked: list[tuple[int, str, set[str]]] = []
        self._with: dict[str, list[int]] = {}
        for article_id, question in questions:
            words = stems(question)
            for word in words:
                self._with.setdefault(word, []).append(len(self._asked))
            self._asked.append((article_id, question, words))

    def nearest(self, question: str) -> tuple[int, str] | None:
        """The article that asks almost this, and its question; None when there is none."""
        words = stems(question)
        rarest = sorted((word for word in words if word in self._with), key=self._frequency)
        near = Counter(
            place
            for word in rarest[:_RARE]
            if self._frequency(word) <= _HELD
            for place in self._with[word]
        )
        best = max(
            ((self._likeness(question, words, place), -place) for place in near), default=(0.0, 0)
        )
        if best[0] == 0:
            return None
        article_id, other, _ = self._asked[-best[1]]
        return article_id, other

    def _frequency(self, word: str) -> int:
        return len(self._with[word])

    def _likeness(self, question: str, words: set[str], place: int) -> float:
        """How near two questions are, from 0 (they are not) to 1."""
        _, other, others = self._asked[place]
        shared = share(words, others) if len(words & others) >= WORDS_SHARED else 0.0
        spelt = fuzz.ratio(fold(question), fold(other), score_cutoff=SPELT_ALIKE) / 100
        return max(spelt, shared if shared >= ALIKE else 0.0)
