"""The feedback widget's own words, which come along when a help page is copied whole."""

from faq_cms.imports.document import folded

# As folded: no case, no punctuation. The words of this product and of the common help desks.
_QUESTIONS = frozenset(
    {
        "cet article a t il été utile",
        "cet article vous a t il été utile",
        "cette réponse vous a t elle été utile",
    }
)
_THANKS = frozenset(
    {
        "c est super",
        "merci pour votre commentaire",
        "merci pour vos commentaires",
        "désolé nous n avons pas pu vous être utile",
        "désolé nous n avons pas pu vous aider",
        "commentaire envoyé",
        "commentaires envoyés",
        "nous apprécions vos efforts et nous allons corriger l article",
        "nous apprécions vos efforts et nous essaierons de corriger l article",
    }
)
_BUTTONS = frozenset({"oui", "non", "oui non"})
_LONGEST = 120  # no sentence of a widget is longer: folding a long line would be for nothing


def speaks(text: str) -> bool:
    """Whether a text is one sentence of a widget."""
    words = folded(text) if len(text) <= _LONGEST else ""
    return words.removesuffix(" oui non") in _QUESTIONS or words in _THANKS or words in _BUTTONS


def runs(lines: list[str]) -> list[tuple[int, int]]:
    """Half-open ranges of `lines` that hold a widget's words, in order.

    One sentence of thanks alone may be an author's: a range holds the widget's question, or at
    least two of its sentences. Blank lines inside belong to it.
    """
    found: list[tuple[int, int]] = []
    current: list[tuple[int, bool]] = []  # (index, whether it is the question) of each sentence
    end = 0
    for index, line in enumerate(lines):
        words = folded(line) if len(line) <= _LONGEST else line
        asks = words.removesuffix(" oui non") in _QUESTIONS
        if asks or words in _THANKS:
            current.append((index, asks))
            end = index + 1
        elif current and words in _BUTTONS:
            end = index + 1
        elif current and words:
            found += _kept(current, end)
            current = []
    return found + _kept(current, end)


def _kept(current: list[tuple[int, bool]], end: int) -> list[tuple[int, int]]:
    certain = len(current) > 1 or any(asks for _, asks in current)
    return [(current[0][0], end)] if certain else []
