"""French typography: what is wrong in a text, and the same text put right.

Pure: text in, text out, no Markdown parser, fast enough to run at each keystroke. The text is the
Markdown an editor types, so what is not prose is left alone: code, front matter, link addresses and
definitions, bare addresses, e-mail addresses, HTML, entities, escapes, table rules, list marks,
account numbers. When in doubt a rule stays silent: a missed space is a blemish, a broken address is
a fault.

What `fix` may change: spaces, quotes, apostrophes, dots of an ellipsis, and the accent of a capital
whose word has no other spelling. With accents set aside, the letters of a text never change; a rule
that would remove letters (« 2ème ») only suggests (`Finding.safe` is false).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

NARROW = "\u202f"  # Narrow no-break space.
NO_BREAK = "\u00a0"  # No-break space.

Rule = Literal[
    "high_punctuation",
    "colon",
    "quotes",
    "quote_spaces",
    "apostrophe",
    "ellipsis",
    "capital",
    "ordinal",
    "number",
    "hour",
    "unit",
    "thousands",
]

SpaceStyle = Literal["narrow", "no_break", "plain"]

MESSAGES: dict[Rule, str] = {
    "high_punctuation": "Espace fine insécable avant le point-virgule, le point d’exclamation "
    "et le point d’interrogation.",
    "colon": "Espace insécable avant le deux-points.",
    "quotes": "Guillemets français «\u202f…\u202f» au lieu de guillemets droits.",
    "quote_spaces": "Espace fine insécable à l’intérieur des guillemets.",
    "apostrophe": "Apostrophe courbe (’) au lieu de l’apostrophe droite.",
    "ellipsis": "Points de suspension en un seul signe (…), et un seul point après «\u202fetc\u202f».",
    "capital": "Les majuscules gardent leur accent.",
    "ordinal": "Abréviation des ordinaux\u00a0: 1re, 2e, 3e.",
    "number": "Espace insécable entre «\u202fn°\u202f» et le nombre.",
    "hour": "Heures avec espaces insécables\u00a0: 10\u00a0h\u00a030.",
    "unit": "Espace insécable avant %, ‰ et €.",
    "thousands": "Espace fine insécable entre les milliers d’un montant.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change: `text[start:end]` is `before` and should read `after`.

    `message` says why, in French. `safe` findings are those `fix` applies; the others are for a
    person to accept.
    """

    rule: Rule
    start: int
    end: int
    before: str
    after: str
    safe: bool = True

    @property
    def message(self) -> str:
        """Why, as a French sentence."""
        return MESSAGES[self.rule]


def find(text: str) -> list[Finding]:
    """Everything to change in `text`, in its order; no two findings overlap."""
    kept = _Kept(text)
    quotes = list(_straight_quotes(text, kept))
    found = [*quotes, *_misplaced_spaces(text, after=quotes), *_misspelt_signs(text)]
    found = [finding for finding in found if not kept.touched_by(finding.start, finding.end)]
    return sorted(found, key=_place)


def fix(text: str) -> str:
    """`text` with every safe finding applied. Fixing twice changes nothing more."""
    return apply(text, (finding for finding in find(text) if finding.safe))


def apply(text: str, findings: Iterable[Finding]) -> str:
    """`text` with the given findings of this very text applied."""
    parts: list[str] = []
    done = 0
    for finding in sorted(findings, key=_place):
        parts += [text[done : finding.start], finding.after]
        done = finding.end
    return "".join([*parts, text[done:]])


def prose(text: str) -> str:
    """`text` with a space for each character that is not prose: what is left keeps its place."""
    kept = _Kept(text)
    return "".join(
        " " if sign != "\n" and kept.touched_by(i, i + 1) else sign for i, sign in enumerate(text)
    )


def _place(finding: Finding) -> tuple[int, int]:
    return finding.start, finding.end


def spaces(text: str, style: SpaceStyle) -> str:
    """`text` for a channel that cannot take U+202F (`no_break`), or no special space (`plain`)."""
    if style == "narrow":
        return text
    text = text.replace(NARROW, NO_BREAK)
    return text if style == "no_break" else text.replace(NO_BREAK, " ")


# --- Spaces -------------------------------------------------------------------------------------

_BLANK = "[ \t\u00a0\u202f\u2009]"
# What no space belongs after: an opening sign, a mark of Markdown, a backslash.
_OPENING = r"\s(\[{«“‘<>|#\\"
# « **mot** ! » takes its space after the marks, « **!** » takes none.
_AFTER_WORD = rf"(?<=[^{_OPENING}*_~])|(?<=[^{_OPENING}*_~][*_~])|(?<=[^{_OPENING}*_~][*_~]{{2}})"
# Signs in a row take one space, before the first.
_APART = "(?<![;:!?])"
# A sign inside a word is code, a smiley or an address: « a?b=1 », « != », « ;) ».
_END = r"(?=[\s»”’\"'*_~.,…—\]}]|$)"


@dataclass(frozen=True, slots=True)
class _Gap:
    """A place where one kind of space belongs: each group of `pattern` is what stands there."""

    rule: Rule
    space: str
    pattern: re.Pattern[str]
    also: str = ""  # Another space that is as good there.


_GAPS = (
    _Gap(
        "high_punctuation",
        NARROW,
        re.compile(rf"(?:{_AFTER_WORD})({_BLANK}*){_APART}[;!?]+(?:{_END}|(?<!;)(?=\)))"),
    ),
    _Gap("colon", NO_BREAK, re.compile(rf"(?:{_AFTER_WORD})({_BLANK}*){_APART}:{_END}")),
    _Gap("quote_spaces", NARROW, re.compile(rf"(?<=«)({_BLANK}*)(?=[^\s»])")),
    _Gap("quote_spaces", NARROW, re.compile(rf"(?<=[^\s«<>|#\\])({_BLANK}*)(?=»)")),
    _Gap("number", NO_BREAK, re.compile(rf"(?<!\w)[nN]°s?({_BLANK}*)(?=\d)"), also=NARROW),
    _Gap(
        "hour",
        NO_BREAK,
        re.compile(
            rf"(?<![\w.,:/])(?:[01]?\d|2[0-4])({_BLANK}*)h(?:({_BLANK}*)(?=[0-5]\d(?!\w))|(?!\w))"
        ),
        also=NARROW,
    ),
    _Gap("unit", NARROW, re.compile(rf"(?<=\d)({_BLANK}*)(?=[%‰](?![\w%]))"), also=NO_BREAK),
    _Gap("unit", NO_BREAK, re.compile(rf"(?<=\d)({_BLANK}*)(?=€(?!\w))"), also=NARROW),
)

_AMOUNT = re.compile(
    rf"(?<![\w.,/+-])(?<!\d{_BLANK})\d{{1,3}}(?:{_BLANK}\d{{3}})+"
    rf"(?=(?:,\d+)?{_BLANK}*(?:€|%|EUR\b|euros?\b))"
)


def _misplaced_spaces(text: str, *, after: Iterable[Finding]) -> Iterator[Finding]:
    """The wrong spaces; beside a straight quote, only where the findings `after` close it."""
    closed = {quote.end for quote in after if quote.after.endswith("»")}
    for gap in _GAPS:
        for match in gap.pattern.finditer(text):
            for group in range(1, len(match.groups()) + 1):
                before, (start, end) = match[group], match.span(group)
                if before in {None, gap.space, gap.also or gap.space}:
                    continue
                if text[start - 1] != '"' or start in closed:
                    yield Finding(gap.rule, start, end, before, gap.space)
    # Only amounts are grouped: the same blanks in an account or telephone number get copied.
    for amount in _AMOUNT.finditer(text):
        for blank in re.finditer(_BLANK, amount[0]):
            if blank[0] not in {NARROW, NO_BREAK}:
                start = amount.start() + blank.start()
                yield Finding("thousands", start, start + 1, blank[0], NARROW)


# --- Signs and letters --------------------------------------------------------------------------

# Words that have no other spelling: their capital takes its accent wherever they stand.
_ACCENTED = (
    "Écart Écarts Échange Échanges Échec Échecs Échéance Échéances Échéancier École Écoles "
    "Économie Économies Économique Économiques Écran Écrans Écrire Écrivez Éditer Éditez Éditeur "
    "Éditeurs Édition Éditions Également Élection Élections Électricité Électronique "
    "Électroniques Élément Éléments Émettre Émetteur Énergie Épargne Équipe Équipement "
    "Équipements Équipes Étant Étape Étapes État États Êtes Êtes-vous Étiez Être Étranger "
    "Étrangère Étude Études Évaluation Événement Événements Évènement Éviter Évitez Évolution"
)
_CAPITALS = {
    unicodedata.normalize("NFD", word[0])[0] + word[1:]: word[0] for word in _ACCENTED.split()
}
_CAPITAL = re.compile(rf"(?<![\w@/-])(?<!\w\.)(?:{'|'.join(_CAPITALS)})(?!\w)")
# « A » alone may be a letter, a name or a verb. It is the preposition at the head of a sentence,
# before one of these words.
_PREPOSITION = re.compile(
    rf"(?:^[ \t>#*_+|.)\d-]*|[.!?…]\s+|«{_BLANK}*|\")(A)(?=[ {NO_BREAK}](?:"
    "partir|propos|titre|défaut|noter|savoir|moins|chaque|côté|cause|condition|compter|"
    "quel|quels|quelle|quelles|qui|quoi|ce|cet|cette|ces|la|notre|votre|vos|nos"
    r")(?!\w)|[ ]l['’])",
    re.MULTILINE,
)

# What is not prose around three dots: paths, ranges, more dots.
_ELLIPSIS = re.compile(r"(?<![./\\])(?<![eE]tc)\.{3}(?![./\\\d])")
_ET_CETERA = re.compile(r"(?<!\w)[eE]tc(\.{3}|…)(?![.\w])")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[\w«“\"*\[<`])")
_ORDINAL = re.compile(r"(?<![\w.,])(?:1(?P<first>[eè]re)|\d+(?P<nth>i?[eè]me))(?P<plural>s?)(?!\w)")


def _misspelt_signs(text: str) -> Iterator[Finding]:
    for match in _ELLIPSIS.finditer(text):
        yield Finding("ellipsis", *match.span(), match[0], "…")
    for match in _ET_CETERA.finditer(text):
        yield Finding("ellipsis", *match.span(1), match[1], ".")
    for match in _APOSTROPHE.finditer(text):
        yield Finding("apostrophe", *match.span(), match[0], "’")
    for match in _CAPITAL.finditer(text):
        start = match.start()
        yield Finding("capital", start, start + 1, text[start], _CAPITALS[match[0]])
    for match in _PREPOSITION.finditer(text):
        yield Finding("capital", *match.span(1), "A", "À")
    for match in _ORDINAL.finditer(text):
        written = "first" if match["first"] else "nth"
        short = ("re" if match["first"] else "e") + match["plural"]
        start, end = match.start(written), match.end()
        yield Finding("ordinal", start, end, text[start:end], short, safe=False)


_QUOTE = re.compile('"')
_BEFORE_OPENING = set("([{«“‘'’*_~-–—/|>")


def _straight_quotes(text: str, kept: "_Kept") -> Iterator[Finding]:
    """The straight quotes of each block where every one clearly opens or closes."""
    for start, end in kept.blocks:
        quotes = (match.start() for match in _QUOTE.finditer(text, start, end))
        marks = [i for i in quotes if not kept.touched_by(i, i + 1)]
        if len(marks) % 2 == 0 and all(
            _opens(text, i) if rank % 2 == 0 else _closes(text, i) for rank, i in enumerate(marks)
        ):
            for rank, i in enumerate(marks):
                french = f"{NARROW}»" if rank % 2 else f"«{NARROW}"
                yield Finding("quotes", i, i + 1, '"', french)


def _opens(text: str, i: int) -> bool:
    before, after = text[i - 1 : i], text[i + 1 : i + 2]
    return (not before or before.isspace() or before in _BEFORE_OPENING) and not (
        after.isspace() or after in '";!?»'
    )


def _closes(text: str, i: int) -> bool:
    return not text[i - 1].isspace() and not text[i + 1 : i + 2].isalnum()


# --- What is not prose --------------------------------------------------------------------------

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n[\w-]+:.*?\n(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE
)
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_DEFINITION = re.compile(r"^ {0,3}\[([^\]\n]{1,999})\]:.*$", re.MULTILINE)
_LABEL = re.compile(r"\[([^\[\]\n]{1,999})\]")
# Each looked for by itself: one that starts inside another is kept whole too.
_NOT_PROSE = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"\]\((?:[^()\\\n]|\\.|\([^()\n]{0,500}\)){0,2000}\)",  # the address of a link
        r"\\[!-/:-@\[-`{-~]",  # an escaped sign
        r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,31});",  # an entity
        r"<[a-zA-Z/!][^<>\n]{0,2000}>",  # a tag, <https://…>, <a@b>
        r"(?<![^\W_])[a-zA-Z][a-zA-Z0-9+-]{1,30}://[^\s<>«»\"]*",  # a bare address
        r"(?<!\w)(?:mailto|tel):[^\s<>«»\"]+",
        r"(?<![^\s<>()\"«»\[\]])[^\s<>()\"«»\[\]@]*@[^\s<>()\"«»\[\]]*\w",  # an e-mail address
        r"(?<![\w-])(?<!\w\.)[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/[^\s<>«»\"]*)?",  # example.org/aide
        r"(?<!\w)[A-Z]{2}\d{2}(?:[ \u00a0\u202f]?[A-Z0-9]{2,4}){3,8}(?!\w)",  # an account number
        r"(?<![\w:]):[a-z0-9_+-]+:(?![\w:])",  # :sourire:
        r"^[ \t]*[|:-][ \t|:-]*$",  # the rule of a table
        r"^(?:[ \t]*(?:>|(?:#{1,6}|[-*+]|\d{1,9}[.)])(?=[ \t])))+[ \t]*",  # list, quote, heading
    )
)


Span = tuple[int, int]


class _Kept:
    """The characters of a Markdown text that no rule may touch, and the blocks of its prose."""

    def __init__(self, text: str) -> None:
        self._mask = bytearray(len(text))
        code = list(_code_blocks(text))
        self._hold(code)
        self.blocks = list(_between(text, _NEW_BLOCK, code))
        # Only a parser knows whether « - » starts an item or goes on with a paragraph, and so how
        # far an unpaired backtick reaches: what is code in any of the readings is kept.
        for breaks in (_LINE_END, _NEW_BLOCK, _BLANK_LINE):
            for start, end in _between(text, breaks, code):
                self._hold(_code_spans(text, start, end))
        definitions = list(_DEFINITION.finditer(text))
        labels = {_label(definition[1]) for definition in definitions}
        self._hold(match.span() for match in definitions)
        self._hold(match.span() for match in _LABEL.finditer(text) if _label(match[1]) in labels)
        for pattern in _NOT_PROSE:
            self._hold(match.span() for match in pattern.finditer(text))

    def _hold(self, spans: Iterable[Span]) -> None:
        for start, end in spans:
            self._mask[start:end] = b"\1" * (end - start)

    def touched_by(self, start: int, end: int) -> bool:
        """Whether a change of `text[start:end]` alters a kept stretch or, when empty, splits one."""
        if start == end:
            return self._mask[start - 1 : start + 1] == b"\1\1"
        return 1 in self._mask[start:end]


def _label(text: str) -> str:
    """A link label as Markdown compares them."""
    return " ".join(text.casefold().split())


def _code_blocks(text: str) -> Iterator[Span]:
    """The front matter, the fenced blocks and the indented ones, ends of line included."""
    front = _FRONT_MATTER.match(text)
    if front:
        yield front.span()
    fence = ""
    depth = 4  # From how many columns on a line is code: deeper within a list.
    at = front.end() if front else 0
    for line in text[at:].splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence:
            yield at, at + len(line)
            if mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
                fence = ""
        elif mark:
            yield at, at + len(line)
            fence = mark[1]
        elif line.strip():
            indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip(" "))
            if indent >= depth and not (depth > 4 and _LIST_ITEM.match(line)):
                yield at, at + len(line)
            elif indent < 4:
                depth = 8 if _LIST_ITEM.match(line) else 4
        at += len(line)


_LINE_END = re.compile(r"\n")
_NEW_BLOCK = re.compile(r"\n(?=[ \t]*(?:>[ \t]*)*(?:\n|\||(?:[-*+]|\d{1,9}[.)]|#{1,6})[ \t]))")
_BLANK_LINE = re.compile(r"\n[ \t]*(?=\n)")


def _between(text: str, breaks: re.Pattern[str], code: Iterable[Span]) -> Iterator[Span]:
    """The stretches of prose between the breaks and the blocks of code."""
    start = 0
    for end, resume in sorted([*(match.span() for match in breaks.finditer(text)), *code]):
        if end > start:
            yield start, end
        start = max(start, resume)
    yield start, len(text)


_BACKTICKS = re.compile("`+")


def _code_spans(text: str, start: int, end: int) -> Iterator[Span]:
    """Each stretch of one block between two runs of as many backticks."""
    runs = list(_BACKTICKS.finditer(text, start, end))
    later: defaultdict[int, list[int]] = defaultdict(list)  # Ends of the runs to come, by length.
    for run in reversed(runs):
        later[len(run[0])].append(run.end())
    for run in runs:
        ends = later[len(run[0])]
        ends.pop()
        if ends and run.start() >= start and text[run.start() - 1 : run.start()] != "\\":
            yield run.start(), ends[-1]
            start = ends[-1]
