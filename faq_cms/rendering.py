"""Markdown to safe HTML, to plain text, and one text against another.

Everything a person writes reaches a page through this module, and only through it: `html` renders
CommonMark without raw HTML, then an allow-list sanitiser has the last word. Nothing rewrites the
result afterwards, because text that is decoded or changed after sanitising is how sanitisers are
defeated. Sanitising happens at output, never at rest: what is stored is what the editor typed.

Headings: the page owns `h1` (the question) and `h2` (the sections around the answer), so an answer
starts at `h3`. The levels an answer uses are closed up: `##` then `####` become `h3` then `h4`.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

from faq_cms.errors import Invalid, TooLarge

# --- Text as it may be stored -------------------------------------------------------------------

# PostgreSQL refuses NUL where SQLite keeps it, and XML (Atom, Word, Excel) has no way to write the
# others: what one door accepts, every engine and every channel must be able to carry.
_UNCARRIED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")


# Canonical ordering takes quadratic time in a run of combining marks: some thousand of them in a form
# would cost seconds. Unicode's own stream-safe format stops at thirty; no script stacks a handful.
_STACKED_MARKS = re.compile(
    "([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{30})"
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def clean(text: str, *, field: str = "text") -> str:
    r"""Spell `text` in the one way both databases keep: NFC, `\n`, no control character but tab.

    A lone surrogate raises `Invalid(field, "lone_surrogate", position)`: UTF-8 cannot write it and
    nothing tells what was meant. Applying it twice changes nothing more.
    """
    if stray := _SURROGATE.search(text):
        raise Invalid(field, "lone_surrogate", stray.start())
    # Controls go first: a line end may hide behind one. Composing comes last: what is removed may
    # have kept a letter from its accent.
    text = _STACKED_MARKS.sub(r"\1", _LINE_END.sub("\n", _UNCARRIED.sub("", text)))
    return unicodedata.normalize("NFC", text)


# No answer is near this size; a longer one is an accident, or an attack on the renderer's time.
MAX_BYTES = 200 * 1024


def _admitted(text: str) -> str:
    """`text` cleaned, or `TooLarge` when it exceeds `MAX_BYTES`."""
    # A string has at least as many bytes as characters: the longest are refused before any work.
    if len(text) > MAX_BYTES or len((text := clean(text)).encode()) > MAX_BYTES:
        raise TooLarge(MAX_BYTES)
    return text


# --- Markdown -----------------------------------------------------------------------------------

TOP_HEADING = 3
# fmt: off
TAGS = frozenset({
    "p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code",
    "em", "strong", "s", "a", "img", "table", "thead", "tbody", "tr", "th", "td",
})
# fmt: on
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt"}, "ol": {"start"}}
ALIGNMENTS = frozenset({"align-left", "align-center", "align-right"})
SCHEMES = frozenset({"http", "https", "mailto", "tel"})


Leads = Callable[[str], str]  # the address of a link, as it should be read elsewhere


def html(markdown: str, *, leads: Leads | None = None) -> Markup:
    """`markdown` as HTML that is safe in any page of the product.

    `leads` says where a link leads outside the product; the sanitiser judges what it says. Raises
    `TooLarge` over `MAX_BYTES` of UTF-8, `Invalid` on a lone surrogate (see `clean`).
    """
    return _as_html(parsed(markdown, leads=leads))


def plain(markdown: str, *, links: bool = False, leads: Leads | None = None) -> str:
    """`markdown` as text for JSON, feeds and snippets: blocks are separated by an empty line.

    `links=True` adds the address after the words of a link, for channels where nobody can click
    on the words. An image is worth its alternative text. `leads` and what it raises as in `html`.
    """
    return _as_plain(parsed(markdown, leads=leads), links=links)


def html_and_plain(
    markdown: str, *, links: bool = False, leads: Leads | None = None
) -> tuple[Markup, str]:
    """What `html` and `plain` say, for the price of reading `markdown` once. Raises like them."""
    tokens = parsed(markdown, leads=leads)
    return _as_html(tokens), _as_plain(tokens, links=links)


def parsed(markdown: str, *, leads: Leads | None = None) -> list[Token]:
    """The blocks of `markdown`, for writers of documents that are not pages. Raises like `html`."""
    tokens = _parser.parse(_admitted(markdown))
    if leads is not None:
        for token in tokens:
            for child in token.children or ():
                if child.type == "link_open":
                    child.attrs["href"] = leads(str(child.attrs["href"]))
    return tokens


def _as_html(tokens: Sequence[Token]) -> Markup:
    written = _parser.renderer.render(tokens, _parser.options, {})
    # The one place that vouches for a text it did not write: the sanitiser has just spoken.
    return Markup(_sanitiser.clean(written))  # noqa: S704


def _as_plain(tokens: Sequence[Token], *, links: bool) -> str:
    text = "".join(_blocks(tokens, links=links))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)).strip()


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a text: the words people click on, and where they lead."""

    words: str
    address: str


def links(markdown: str) -> list[Link]:
    """The links of `markdown`, in order. Raises like `html`."""
    found: list[Link] = []
    for block in _parser.parse(_admitted(markdown)):
        inside = block.children or []
        opened = [i for i, token in enumerate(inside) if token.type == "link_open"]
        for start in opened:  # links do not nest
            end = next(i for i in range(start, len(inside)) if inside[i].type == "link_close")
            words = _words(inside[start + 1 : end], links=False)
            found.append(Link(words, str(inside[start].attrs["href"])))
    return found


def _is_safe_link(url: str) -> bool:
    """Whether `url` stays on this site, or names an allowed scheme."""
    url = _as_browsers_read(url)
    if named := re.match(r"([^/?#:]*):", url):
        return named[1].lower() in SCHEMES
    return not url.startswith("//")


def _is_safe_image(url: str) -> bool:
    """Whether `url` is a path of this site: a remote image would tell its host who reads what."""
    url = _as_browsers_read(url)
    return url.startswith("/") and not url.startswith("//")


def _as_browsers_read(url: str) -> str:
    r"""`url` with the liberties browsers take: blanks are dropped, `\` is read as `/`."""
    return re.sub(r"[\x00-\x20\x7f-\xa0]", "", url).replace("\\", "/")


def _kept(_tag: str, attribute: str, value: str) -> str | None:
    """What the sanitiser keeps of an allowed attribute; None removes it."""
    if attribute == "href":
        return value if _is_safe_link(value) else None
    if attribute == "src":
        return value if _is_safe_image(value) else None
    return value


_sanitiser = nh3.Cleaner(
    tags=TAGS,
    attributes={**ATTRIBUTES, "*": set()},  # Else `lang` and `title` are allowed everywhere.
    attribute_filter=_kept,
    allowed_classes={"th": ALIGNMENTS, "td": ALIGNMENTS},
    set_tag_attribute_values={"th": {"scope": "col"}, "img": {"loading": "lazy"}},
    url_schemes=SCHEMES,
    url_relative="pass_through",
    link_rel="noopener noreferrer",
)


def _settle(state: StateCore) -> None:
    """Change, after parsing, what CommonMark allows and our pages do not."""
    used = sorted({int(token.tag[1]) for token in state.tokens if token.type == "heading_open"})
    shown = {level: min(TOP_HEADING + rank, 6) for rank, level in enumerate(used)}
    for token in state.tokens:
        if token.type.startswith("heading_"):
            token.tag = f"h{shown[int(token.tag[1])]}"
        if style := token.attrs.pop("style", None):
            # The content security policy has no inline style: an alignment becomes a class.
            token.attrs["class"] = f"align-{str(style).rpartition(':')[2]}"
        for child in token.children or ():
            if child.type == "image" and not _is_safe_image(str(child.attrs["src"])):
                child.type, child.content = "text", _words(child.children or (), links=False)
                child.children = None


def _configured() -> MarkdownIt:
    # `html=False` shows a typed tag as text. No linkifier: an address is a link when the editor
    # says so (<https://…>).
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # A link that is refused stays visible as Markdown, so that its author sees it is none.
    parser.validateLink = _is_safe_link  # type: ignore[method-assign]
    parser.core.ruler.push("settle", _settle)
    return parser


_parser = _configured()

_AFTER = {
    "paragraph_close": "\n\n",
    "heading_close": "\n\n",
    "th_close": "\t",
    "td_close": "\t",
    "tr_close": "\n",
    "table_close": "\n",
}


def _blocks(tokens: Iterable[Token], *, links: bool) -> Iterator[str]:
    """Each block's list mark, text and line ends, in order."""
    lists: list[int | None] = []  # The next number of each open list, None when it has bullets.
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                yield "" if lists else "\n"
            case "list_item_open":
                number = lists[-1]
                yield "  " * (len(lists) - 1) + ("- " if number is None else f"{number}. ")
                lists[-1] = None if number is None else number + 1
            case "inline":
                yield _words(token.children or (), links=links)
            case "code_block" | "fence":
                yield token.content.rstrip("\n") + "\n\n"
            case "paragraph_close" if lists:
                yield "\n"
            case other:
                yield _AFTER.get(other, "")


def _words(tokens: Iterable[Token], *, links: bool) -> str:
    """The text of one paragraph, heading or cell."""
    words: list[str] = []
    opened: list[tuple[str, int]] = []  # The address of each open link, and where its words start.
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                words.append(token.content)
            case "image":
                words.append(_words(token.children or (), links=False))
            case "softbreak":
                words.append(" ")
            case "hardbreak":
                words.append("\n")
            case "link_open":
                opened.append((str(token.attrs["href"]), len(words)))
            case "link_close":
                url, start = opened.pop()
                address = url.removeprefix("mailto:").removeprefix("tel:")
                if links and address not in "".join(words[start:]):
                    words.append(f" ({address})")
    return "".join(words)


# --- One text against another -------------------------------------------------------------------

Kind = Literal["equal", "delete", "insert"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(slots=True)
class _Step:
    """A stretch that stayed, then what went and what came in its place."""

    equal: str
    deleted: str
    inserted: str

    @property
    def letters(self) -> int:
        """Letters and digits of the change, on its longer side."""
        return max(_letters(self.deleted), _letters(self.inserted))


Pairs = list[tuple[int, int]]  # Places of the same token in the old and new texts, both ascending.

# A word keeps its hyphens and its elision (« l’ » + « article »), so that a corrected apostrophe
# does not show the whole word as changed. A line end is a token by itself.
_TOKEN = re.compile(r"[\w\u0300-\u036f]+(?:-\w+)*['’]?|\n|[^\S\n]+|[^\w\s]")

# Steps one comparison may take, whatever the texts. A block may differ by no more edits than the
# whole can afford; beyond, it is shown as replaced. Texts of a few pages never reach it.
_BUDGET = 2_000_000
# How many times a block is cut again at the words it holds once: real texts need two or three.
_ROUNDS = 8
# An unchanged « de » or « la » between two changed words makes a change harder to read.
_SHORT_WORD = 3


def word_diff(before: str, after: str) -> list[Piece]:
    """What changed from `before` to `after`, word by word, removals before additions.

    Joining the equal and deleted pieces gives `before`; the equal and inserted ones, `after`. No
    piece is empty and neighbours differ in kind. The time grows with the length of the texts, not
    with its square.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    pairs = _pairs(old, new, edits=_BUDGET // (len(old) + len(new) + 1), rounds=_ROUNDS)
    pieces: list[Piece] = []
    for step in _legible(_steps(old, new, pairs)):
        stretches: tuple[tuple[Kind, str], ...] = (
            ("equal", step.equal),
            ("delete", step.deleted),
            ("insert", step.inserted),
        )
        pieces += [Piece(kind, text) for kind, text in stretches if text]
    return pieces


def _pairs(old: Sequence[str], new: Sequence[str], *, edits: int, rounds: int) -> Pairs:
    """The tokens that stay: both ends first, then around the landmarks between them."""
    shortest = min(len(old), len(new))
    head = next((n for n in range(shortest) if old[n] != new[n]), shortest)
    room = shortest - head
    tail = next((n for n in range(room) if old[-1 - n] != new[-1 - n]), room)
    inside = _inside(
        old[head : len(old) - tail], new[head : len(new) - tail], edits=edits, rounds=rounds
    )
    return [
        *((n, n) for n in range(head)),
        *((head + i, head + j) for i, j in inside),
        *((len(old) - n, len(new) - n) for n in range(tail, 0, -1)),
    ]


def _inside(old: Sequence[str], new: Sequence[str], *, edits: int, rounds: int) -> Pairs:
    landmarks = _landmarks(old, new) if rounds else []
    if not landmarks:
        return _shortest_edit(old, new, edits=edits)
    pairs: Pairs = []
    i = j = 0
    for x, y in [*landmarks, (len(old), len(new))]:
        block = _pairs(old[i:x], new[j:y], edits=edits, rounds=rounds - 1)
        pairs += [(i + a, j + b) for a, b in block]
        pairs.append((x, y))
        i, j = x + 1, y + 1
    return pairs[:-1]


def _landmarks(old: Sequence[str], new: Sequence[str]) -> Pairs:
    """Patience: the tokens found once on each side, in the longest order both sides agree on."""
    count_old, count_new = Counter(old), Counter(new)
    place = {token: j for j, token in enumerate(new) if count_new[token] == 1}
    lowest: list[int] = []  # For each length of run, the lowest place where one ends.
    entries: list[tuple[int, int, int]] = []  # (i, j, the entry before it in its run or -1)
    ending: list[int] = []  # For each length of run, the entry that ends it.
    for i, token in enumerate(old):
        if count_old[token] == 1 and (j := place.get(token)) is not None:
            length = bisect_left(lowest, j)
            lowest[length : length + 1] = [j]
            ending[length : length + 1] = [len(entries)]
            entries.append((i, j, ending[length - 1] if length else -1))
    run: Pairs = []
    entry = ending[-1] if ending else -1
    while entry >= 0:
        i, j, entry = entries[entry]
        run.append((i, j))
    return run[::-1]


def _shortest_edit(old: Sequence[str], new: Sequence[str], *, edits: int) -> Pairs:
    """Myers' greedy algorithm, given up (nothing in common) after `edits` edits."""
    rows: list[list[int]] = []  # After d edits, how far in `old` each diagonal -d, -d + 2, … d is.
    for d in range(min(edits, len(old) + len(new)) + 1):
        row: list[int] = []
        for r in range(d + 1):
            x = _start(rows, d, r)
            y = x - (2 * r - d)
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            row.append(x)
            if x >= len(old) and y >= len(new):
                return _walk_back([*rows, row], r)
        rows.append(row)
    return []


def _start(rows: list[list[int]], d: int, r: int) -> int:
    """Where diagonal number `r` starts with its `d`-th edit."""
    if d == 0:
        return 0
    row = rows[d - 1]
    return row[r] if _came_by_insertion(row, r) else row[r - 1] + 1


def _came_by_insertion(row: list[int], r: int) -> bool:
    return r == 0 or (r < len(row) and row[r - 1] < row[r])


def _walk_back(rows: list[list[int]], r: int) -> Pairs:
    pairs: Pairs = []
    for d in range(len(rows) - 1, -1, -1):
        start, diagonal = _start(rows, d, r), 2 * r - d
        pairs += [(x, x - diagonal) for x in range(rows[d][r] - 1, start - 1, -1)]
        if d and not _came_by_insertion(rows[d - 1], r):
            r -= 1
    return pairs[::-1]


def _steps(old: Sequence[str], new: Sequence[str], pairs: Pairs) -> Iterator[_Step]:
    """The same two texts, as unchanged stretches each followed by a change (the last may not be)."""
    begin = i = 0
    j = 0
    for x, y in [*pairs, (len(old), len(new))]:
        if x > i or y > j:
            yield _Step("".join(old[begin:i]), "".join(old[i:x]), "".join(new[j:y]))
            begin = x
        i, j = x + 1, y + 1
    if begin < len(old):
        yield _Step("".join(old[begin:]), "", "")


def _legible(steps: Iterable[_Step]) -> Iterator[_Step]:
    """The same steps, changes that only a short word keeps apart being made one."""
    held: _Step | None = None
    for step in steps:
        if held and _is_chaff(held, step):
            held.deleted += step.equal + step.deleted
            held.inserted += step.equal + step.inserted
            continue
        if held:
            yield held
        held = step
    if held:
        yield held


def _is_chaff(before: _Step, step: _Step) -> bool:
    letters = _letters(step.equal)
    return (
        letters <= _SHORT_WORD
        and letters < min(before.letters, step.letters)
        # Paragraphs are read one by one: a change never swallows the end of an unchanged line.
        and "\n" not in step.equal
    )


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


# --- Changes as HTML ----------------------------------------------------------------------------

_ELEMENT: dict[Kind, tuple[str, str, str]] = {
    "delete": ("del", "début de suppression", "fin de suppression"),
    "insert": ("ins", "début d’ajout", "fin d’ajout"),
}
_NO_BREAK = {"\u202f": "espace fine insécable", "\u00a0": "espace insécable"}


def diff_html(before: str, after: str) -> Markup:
    """The changes in one text: `<del>` and `<ins>` in phrasing content, everything escaped.

    Struck and underlined by any browser, and said by a screen reader (class `visually-hidden`), so
    colour is never alone. Changed blanks and line ends are made visible. Raises like `html`.
    """
    pieces = word_diff(_admitted(before), _admitted(after))
    return Markup().join(map(_shown, pieces))


def diff_side_by_side(
    before: str, after: str, *, labels: tuple[str, str] = ("Avant", "Après")
) -> Markup:
    """The two texts in a table of class `diff`, a row for each line, changes marked as in `diff_html`.

    A row that holds a change has the class `changed`. Raises like `html`.
    """
    row = Markup("<tr{}><td>{}</td><td>{}</td></tr>")
    rows = (
        row.format(Markup(' class="changed"') if changed else "", left, right)
        for left, right, changed in _rows(word_diff(_admitted(before), _admitted(after)))
    )
    return Markup(
        '<table class="diff"><thead><tr><th scope="col">{}</th><th scope="col">{}</th></tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(*labels, Markup().join(rows))


def _rows(pieces: Iterable[Piece]) -> Iterator[tuple[Markup, Markup, bool]]:
    """Both sides of each line: a row ends where a line ends on both sides."""
    left = right = Markup()
    changed = False
    for piece in pieces:
        if piece.kind == "delete":
            left, changed = left + _shown(piece), True
        elif piece.kind == "insert":
            right, changed = right + _shown(piece), True
        else:
            first, *others = piece.text.split("\n")
            left, right = left + escape(first), right + escape(first)
            for line in others:
                if left or right:
                    yield left, right, changed
                left = right = escape(line)
                changed = False
    if left or right:
        yield left, right, changed


def _shown(piece: Piece) -> Markup:
    if piece.kind == "equal":
        return escape(piece.text).replace("\n", Markup("<br>\n"))
    element, start, end = _ELEMENT[piece.kind]
    hidden = Markup('<span class="visually-hidden"> {} </span>')
    return Markup("<{0}>{1}{2}{3}</{0}>").format(
        element, hidden.format(start), _with_blanks(piece.text), hidden.format(end)
    )


def _with_blanks(text: str) -> Markup:
    """`text` with what a change would hide: its line ends, no-break spaces, or lonely spaces."""
    shown = escape(text)
    if text.isspace():
        shown = shown.replace(" ", _sign("␣", "espace"))
    for blank, name in _NO_BREAK.items():
        shown = shown.replace(blank, _sign("⍽", name))
    return shown.replace("\n", _sign("¶", "fin de ligne") + Markup("<br>\n"))


def _sign(sign: str, name: str) -> Markup:
    return Markup('<span role="img" aria-label="{0}" title="{0}">{1}</span>').format(name, sign)
