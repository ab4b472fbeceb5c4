"""What a colleague would notice in a text, found while it is written.

Each finding says where and why. None of them refuses anything: a person who publishes is right, and a
rule that cries wolf is soon read by nobody, so the rules keep silent when in doubt. All are pure, but
the two that need to know what is published.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from sqlalchemy.orm import Session

from faq_cms import addresses, articles, french, rendering, search, typography
from faq_cms.articles import PublishedArticle, Text
from faq_cms.words import meaningful, stem

# What mail-protecting proxies leave in a copied page: “[email protected]” and its translations.
# A copied page may break the line inside.
MASKED_ADDRESS: Final = re.compile(
    r"\[\s*(?:e-?mail|courriel|adresse(?:\s+e-?mail)?)\s+(?:protected|prot[ée]g[ée]e?)\s*\]",
    re.IGNORECASE,
)
ENOUGH_WORDS: Final = 30  # under that, one long word decides how easy a text is
ANSWERING_WORDS: Final = 5  # beside a link, fewer only announce it: « Pour en savoir plus : … »
ONLY_LINK_WORDS: Final = 15  # a link of more words than that may be the answer itself
LONG_SENTENCE: Final = 20  # words on average; under that, it is the words that are long
ALIKE: Final = 0.75  # of the words of two questions, the share both use
AROUND: Final = 40  # characters quoted on each side of a place
PASSAGE: Final = 240  # of a long place, the beginning is enough

Field = Literal["question", "answer", "wordings"]


class Severity(StrEnum):
    """How much a finding weighs: a reader is stopped, or only reads less well."""

    FAULT = "fault"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Place:
    """The stretch `start:end` of one part of a text (see `part`)."""

    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `message` says why, in French; `places` where, in the order of the text.

    `other` is the published article a question repeats; `is_fixable` says that `typeset` mends it.
    """

    rule: str
    severity: Severity
    message: str
    places: tuple[Place, ...] = ()
    other: PublishedArticle | None = None
    is_fixable: bool = False


def review(
    session: Session, text: Text, *, article_id: int | None = None, base_url: str = ""
) -> list[Finding]:
    """Everything to look at in a text, faults first. `article_id`: the article it belongs to."""
    found = [
        *inspect(text, leads_somewhere=lambda slug: _leads(session, slug), base_url=base_url),
        *_repeated(session, text, article_id),
    ]
    return sorted(found, key=lambda finding: finding.severity is Severity.ADVICE)


def stopping(session: Session, text: Text, *, base_url: str = "") -> list[Finding]:
    """What stops whoever reads the text: a masked address, a link that leads nowhere here."""

    def leads(slug: str) -> bool:
        return _leads(session, slug)

    return [*_masked(text), *_dead_links(text.answer, leads, base_url)]


def inspect(
    text: Text, *, leads_somewhere: Callable[[str], bool], base_url: str = ""
) -> Iterator[Finding]:
    """What can be seen in the text alone; `leads_somewhere` says whether a page /aide/{slug} exists."""
    yield from _unanswered(text.answer)
    yield from _masked(text)
    yield from _dead_links(text.answer, leads_somewhere, base_url)
    yield from _mixed_forms(text)
    yield from _hard_to_read(text.answer)
    yield from _typography(text)


def part(text: Text, field: Field) -> str:
    """The part of a text that a place speaks of; other wordings are one a line."""
    return "\n".join(text.wordings) if field == "wordings" else str(getattr(text, field))


def passage(text: Text, place: Place) -> tuple[str, str, str]:
    """The words at a place, and a few before and after them, as a person recognises a passage.

    A missing or wrong space is shown by the words around it.
    """
    whole, start, end = part(text, place.field), place.start, place.end
    if not whole[start:end].strip():
        start = len(whole[:start].rstrip()) - len(re.split(r"\s", whole[:start].rstrip())[-1])
        end += len(whole[end:]) - len(whole[end:].lstrip())
        end += len(re.split(r"\s", whole[end:], maxsplit=1)[0])
    before, marked, after = whole[:start], whole[start:end], whole[end:]
    if len(before) > AROUND:
        before = "…" + before[-AROUND:].partition(" ")[2]
    if len(marked) > PASSAGE:
        marked, after = marked[:PASSAGE].rpartition(" ")[0] + "…", ""
    elif len(after) > AROUND:
        after = after[:AROUND].rpartition(" ")[0] + "…"
    return before, marked, after


def typeset(text: Text) -> Text:
    """The text with its typography put right; nothing else changes. See `typography.fix`."""
    return Text(
        typography.fix(text.question),
        typography.fix(text.answer),
        tuple(typography.fix(wording) for wording in text.wordings),
    )


# -- the answer ----------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BARE_ADDRESS = re.compile(r"https?://\S+")


def _unanswered(answer: str) -> Iterator[Finding]:
    if not answer.strip():
        yield Finding("empty", Severity.FAULT, "La réponse est vide.")
    elif _is_only_a_link(answer):
        yield Finding(
            "only_link",
            Severity.FAULT,
            "La réponse n’est qu’un lien\u00a0: dites en une phrase ce que le lecteur y trouvera.",
            (Place("answer", 0, len(answer)),),
        )


def _is_only_a_link(answer: str) -> bool:
    links = [each for each in rendering.links(answer) if not _is_contact(each.address)]
    said = rendering.plain(answer)
    beside = _BARE_ADDRESS.sub(" ", said)
    if not links and beside == said:
        return False
    for link in links:
        beside = beside.replace(link.words, " ", 1)
    return (
        len(_WORD.findall(beside)) < ANSWERING_WORDS
        and len(_WORD.findall(_BARE_ADDRESS.sub(" ", said))) <= ONLY_LINK_WORDS
    )


def _is_contact(address: str) -> bool:
    """Whether a link writes or calls: somewhere to turn to is an answer."""
    return address.startswith(("mailto:", "tel:"))


def _dead_links(
    answer: str, leads_somewhere: Callable[[str], bool], base_url: str
) -> Iterator[Finding]:
    for link in rendering.links(answer):
        path = link.address.removeprefix(base_url) if base_url else link.address
        slug = re.match(r"/aide/([^/?#]+)", path)
        if slug and not leads_somewhere(slug[1]):
            at = answer.find(link.address)
            yield Finding(
                "dead_link",
                Severity.FAULT,
                "Ce lien ne mène à aucun article publié.",
                (Place("answer", at, at + len(link.address)),) if at >= 0 else (),
            )


def _leads(session: Session, slug: str) -> bool:
    return slug in addresses.RESERVED or articles.is_address(session, slug)


# -- the words -----------------------------------------------------------------------------------

# « ton » and « te » are left out: the first is also a noun, the second never comes alone.
_FAMILIAR = re.compile(r"(?<!\w)(?:[Tt]u|[Tt]oi|[Tt]es|[Tt]a)(?![\w’'])")
_POLITE = re.compile(r"(?<!\w)(?:[Vv]ous|[Vv]otre|[Vv]os)(?!\w)")


def _masked(text: Text) -> Iterator[Finding]:
    if places := _places(text, MASKED_ADDRESS):
        yield Finding(
            "masked_address",
            Severity.FAULT,
            "Une adresse électronique est masquée\u00a0: remettez l’adresse véritable.",
            places,
        )


def _mixed_forms(text: Text) -> Iterator[Finding]:
    prose = Text(typography.prose(text.question), typography.prose(text.answer))
    familiar, polite = _places(prose, _FAMILIAR), _places(prose, _POLITE)
    if familiar and polite:
        rarer = familiar if len(familiar) <= len(polite) else polite
        yield Finding(
            "mixed_forms",
            Severity.ADVICE,
            "Le texte tutoie et vouvoie\u00a0: choisissez l’un ou l’autre.",
            rarer,
        )


def _places(text: Text, pattern: re.Pattern[str]) -> tuple[Place, ...]:
    fields: tuple[Field, ...] = ("question", "answer", "wordings")
    return tuple(
        Place(field, *match.span())
        for field in fields
        for match in pattern.finditer(part(text, field))
    )


def _typography(text: Text) -> Iterator[Finding]:
    """One finding a rule, wherever it is broken."""
    broken: dict[typography.Rule, list[tuple[Place, bool]]] = {}
    for field, offset, line in _lines(text):
        for each in typography.find(line):
            place = Place(field, offset + each.start, offset + each.end)
            broken.setdefault(each.rule, []).append((place, each.safe))
    for rule, places in broken.items():
        yield Finding(
            rule,
            Severity.ADVICE,
            typography.MESSAGES[rule],
            tuple(place for place, _ in places),
            is_fixable=any(safe for _, safe in places),
        )


def _lines(text: Text) -> Iterator[tuple[Field, int, str]]:
    """Each text that typography looks at by itself, and where it starts in its part."""
    yield "question", 0, text.question
    yield "answer", 0, text.answer
    offset = 0
    for wording in text.wordings:
        yield "wordings", offset, wording
        offset += len(wording) + 1


# -- ease of reading -----------------------------------------------------------------------------


class Ease(StrEnum):
    """How easily a text is read."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Readability:
    """What the ease of a text comes from. `longest`: where its longest sentence stands."""

    words: int
    sentences: int
    syllables: int
    longest: tuple[int, int]

    @property
    def sentence_length(self) -> float:
        """Words a sentence, on average."""
        return self.words / self.sentences

    @property
    def score(self) -> float:
        """Flesch's scale (100 very easy, 0 very hard), with the coefficients for French.

        L. Kandel and A. Moles, « Application de l’indice de Flesch à la langue française »,
        Cahiers d’Études de Radio-Télévision, 19, 1958, p. 253–274.
        """
        return 207 - 1.015 * self.sentence_length - 73.6 * self.syllables / self.words

    @property
    def ease(self) -> Ease:
        """The score in a word: Flesch's « fairly easy » starts at 70, « difficult » under 50."""
        return Ease.EASY if self.score >= 70 else Ease.MEDIUM if self.score >= 50 else Ease.HARD


def readability(markdown: str) -> Readability | None:
    """How easy a text is to read; None when it is too short to say."""
    prose = typography.prose(markdown)
    sentences = [(span, len(_WORD.findall(prose, *span))) for span in _sentences(markdown, prose)]
    sentences = [(span, length) for span, length in sentences if length]
    words = _WORD.findall(prose)
    if len(words) < ENOUGH_WORDS:
        return None
    longest, _ = max(sentences, key=lambda each: each[1])
    return Readability(len(words), len(sentences), sum(map(syllables, words)), longest)


_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])[.!?…]+[»”\")*_\s]*(?=\s+[^\sa-zà-ÿ]|\s*\Z)|\n[ \t]*(?=\n)"
)
# A line that starts with a mark is an item, a heading, a row: what stands before it has ended.
_NEW_BLOCK = re.compile(r"\n(?=[ \t]*(?:>|\||#|[-*+][ \t]|\d{1,9}[.)][ \t]))")
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t].*$", re.MULTILINE)


def _sentences(markdown: str, prose: str) -> Iterator[tuple[int, int]]:
    """Where each sentence stands, blanks around it left out."""
    ends = {match.end() for match in _SENTENCE_END.finditer(prose)}
    ends |= {match.start() for match in _NEW_BLOCK.finditer(markdown)}
    ends |= {match.end() for match in _HEADING.finditer(markdown)}
    start = 0
    for end in sorted({*ends, len(prose)}):
        sentence = prose[start:end]
        if sentence.strip():
            lead = len(sentence) - len(sentence.lstrip())
            yield start + lead, start + len(sentence.rstrip())
        start = end


_MUTE = re.compile(r"es?$")
_SEMIVOWEL = re.compile(r"(?<=[aeou])y(?=[aeiouéèê])")
_HIATUS = re.compile(r"(?<=é)(?=[aeiouyàâèêîôœ])|(?<=[aeoé])(?=[éèëï])")
_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüÿœæ]+")


def syllables(word: str) -> int:
    """How many syllables a French word has, at least one: « facture » 2, « création » 3, « payer » 2.

    By its letters: the groups of vowels, a mute ending left out. One off here and there, as any count
    without a dictionary; an average over a text is what it serves.
    """
    heard = _HIATUS.sub("-", _SEMIVOWEL.sub("-", _MUTE.sub("", word.lower())))
    return max(1, len(_VOWELS.findall(heard)))


def _hard_to_read(answer: str) -> Iterator[Finding]:
    measured = readability(answer)
    if measured and measured.ease is Ease.HARD:
        is_long = measured.sentence_length > LONG_SENTENCE
        remedy = "Coupez la phrase la plus longue." if is_long else "Préférez des mots plus courts."
        yield Finding(
            "hard_to_read",
            Severity.ADVICE,
            f"Difficile à lire\u00a0: {said(measured)}. {remedy}",
            (Place("answer", *measured.longest),),
        )


def said(measured: Readability) -> str:
    """What the ease of a text comes from: « 14 mots par phrase en moyenne »."""
    return f"{french.count(round(measured.sentence_length), 'mot')} par phrase en moyenne"


# -- other articles ------------------------------------------------------------------------------


def _repeated(session: Session, text: Text, article_id: int | None) -> Iterator[Finding]:
    asked = stems(text.question)
    for other in search.alike(session, text.question, limit=6):
        if other.id != article_id and any(
            share(asked, stems(question)) >= ALIKE for question in (other.question, *other.wordings)
        ):
            yield Finding(
                "repeated",
                Severity.ADVICE,
                "Un article publié pose presque la même question.",
                (Place("question", 0, len(text.question)),),
                other=other,
            )


def stems(question: str) -> set[str]:
    """The words of a question that mean something, by their stems."""
    return {stem(word) for word in meaningful(question)}


def share(one: set[str], other: set[str]) -> float:
    """The share of the words of both that both use; 0 when there is none."""
    return len(one & other) / len(one | other) if one | other else 0.0
