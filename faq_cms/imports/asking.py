"""What asks, and what only announces: the words that tell a FAQ from a guide.

A guide has headings too. What decides is what a document's titles do together: where at least half
of those side by side ask something, or where the document says it is a FAQ, they are questions.
"""

import re
from collections.abc import Iterable

from faq_cms.imports.document import folded

LONGEST = 300
"""Characters of the longest title or line that is looked at as a question."""

_MARK_AT_END = re.compile(r"[?？][\s?!.…*_»”\"’')\]¶#]*$")
# Read on folded words: « Comment payer », « Puis-je… », « Qu’est-ce que… ».
_INTERROGATIVE = re.compile(
    r"(?:(?:et |mais |ou |alors |sinon |a |de |pour |par |en |avec |sous |depuis |jusqu )?"
    r"(?:comment|pourquoi|quand|où|combien|quel(?:le)?s?|lequel|laquelle|qui|quoi|est ce qu\w*"
    r"|qu est ce|que (?:faire|dois|se passe|signifie|deviennent|devient|puis|faut))"
    r"|(?:puis|dois|ai|suis|vais|pourrai|devrai|recevrai|serai) je|peut on|doit on|faut il"
    r"|y a t il|existe t il|(?:\w+ ){0,4}\w+ t (?:il|elle|on|ils|elles)"
    r"|how|what|why|when|where|who|which|can i|do i|is it|are there)\b"
)
_FAQ = re.compile(
    r"(?:.*\b)?(?:faq|f a q|foire aux questions|questions? (?:les plus )?(?:fréquentes?|courantes?|fréquemment"
    r" posées?)|questions? (?:et )?réponses?|vos questions|frequently asked questions)\b"
)
_ASIDE = re.compile(
    r"(?:introduction|sommaire|table des matières|contenu|préambule|avant propos|conclusion"
    r"|à propos.*|liens? utiles?|voir aussi|pour aller plus loin|ressources|glossaire|annexes?"
    r"|(?:nous )?contact(?:er|ez nous)?|mentions légales|historique(?: des modifications)?"
    r"|table of contents|contents|see also|summary)"
)


def asks(text: str) -> bool:
    """Whether a title or a line ends with a question mark."""
    return len(text) <= LONGEST and _MARK_AT_END.search(text[-12:]) is not None


def wonders(text: str) -> bool:
    """Whether it asks, or begins as a question does: « Comment payer »."""
    return asks(text) or (
        len(text) <= LONGEST and _INTERROGATIVE.match(folded(text[:120])) is not None
    )


def announces_faq(text: str) -> bool:
    """Whether a title says that questions follow: « FAQ », « Questions fréquentes »."""
    return len(text) <= LONGEST and _FAQ.match(folded(text)) is not None


def stands_aside(text: str) -> bool:
    """Whether a title is one every document has beside its questions: « Sommaire », « Contact »."""
    return len(text) <= LONGEST and _ASIDE.fullmatch(folded(text)) is not None


def mostly(texts: Iterable[str]) -> bool:
    """Whether titles that stand side by side are questions: half of them wonder, one asks.

    >>> mostly(["Comment payer ?", "Modes de paiement"]), mostly(["Installer", "Besoin d’aide ?", "Lire"])
    (True, False)
    """
    counted = [text for text in texts if not stands_aside(text)]
    wondering = sum(map(wonders, counted))
    return any(map(asks, counted)) and wondering * 2 >= len(counted)
