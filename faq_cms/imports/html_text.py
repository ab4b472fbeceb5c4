"""HTML of other systems to clean Markdown: the one way in for pages, articles and documents.

What a reader would read is kept: paragraphs, headings, lists, tables, emphasis, links, images (their
addresses: nothing is fetched). What is not text goes: scripts, styles, forms, comments. Links lead
where `rendering` lets them lead, and an address hidden by a mail-protecting proxy comes back when
its code is in the page. Any bytes give some text, in time that grows with their length.
"""

import re
import string
from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Comment, Doctype, NavigableString, PageElement, Tag
from markdownify import MarkdownConverter

from faq_cms.imports import decoding
from faq_cms.rendering import SCHEMES

HTML_MAX: Final = 2_000_000  # characters: ten times the longest answer, tags being most of a page
ELEMENTS_MAX: Final = (
    8_000  # of one answer; more is an accident, and the converter would take minutes
)
DEPTH_MAX: Final = 80  # elements inside one another: the converter calls itself for each

_REMOVED: Final = frozenset(
    {"script", "style", "noscript", "template", "head", "svg", "math", "canvas", "object"}
    | {"button", "input", "select", "textarea", "meta", "link"}
)
_FRAMES: Final = frozenset({"iframe", "embed", "video", "audio"})
_BLOCKS: Final = frozenset(
    {"p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "figure", "form"}
    | {"ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "td", "th"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "details", "summary"}
    | {"figcaption", "caption", "body", "html", "[document]"}
)
_BREAK: Final = "\ue000"  # stands for a line break until the whole text is known
_PROTECTED: Final = "/cdn-cgi/l/email-protection"

_ITEM: Final = re.compile(r"[ \t]*(?:[-+]|\d{1,2}[.)])\s")  # what looks like an item of a list
_BREAKS: Final = re.compile(rf"{_BREAK}\n(?:[ \t\xa0>]*{_BREAK}\n)+")
_LAST_BREAK: Final = re.compile(rf"{_BREAK}(?=\n\s*(?:\n|\Z))|{_BREAK}(?!\n)")
_ENDS: Final = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)


def to_markdown(source: str | Tag, *, base: str = "") -> str:
    """Markdown of a piece of HTML, or of an element already parsed, which is left as it was.

    `base` is the address of the page, by which relative links are completed; without it they stay.
    Pure.
    """
    if isinstance(source, Tag):
        source = source.decode_contents()
    source = decoding.cleaned(source).replace(_BREAK, "")
    if "<" not in source and "&" not in source:
        return _tidied(_Converter(base).escaped(_one_line(source)))
    soup = parsed(source[:HTML_MAX])
    _prepare(soup)
    if _is_outsized(soup):
        return _tidied(soup.get_text("\n"))
    return _tidied(_Converter(base).convert_soup(soup))


def parsed(source: str) -> BeautifulSoup:
    """The tree of a piece of HTML, however broken."""
    # In an element of ours: bs4 warns about a text alone that looks like a file or an address.
    return BeautifulSoup(f"<div>{source}</div>", "lxml")


def plain(source: str) -> str:
    """The words of a piece of HTML on one line, for titles and names: entities are read, tags go."""
    source = decoding.cleaned(source)
    if "<" in source or "&" in source:
        source = parsed(source[:HTML_MAX]).get_text(" ")
    return _one_line(source)


def _one_line(text: str) -> str:
    """Text as HTML spaces it: runs of ordinary blanks are one space, U+00A0 and U+202F stay."""
    return re.sub(r"[ \t\n\r\f]+", " ", text).strip()


def unwrapped(text: str) -> str:
    """Markdown that may hold HTML: the HTML, if there is a tag in it, becomes Markdown."""
    return to_markdown(text) if _TAG.search(text) else text.strip()


def escaped(words: str) -> str:
    """Words as Markdown shows them."""
    return _Converter("").escaped(_one_line(words))


_TAG: Final = re.compile(
    r"</?(?:p|br|div|ul|ol|li|a|b|strong|em|i|h[1-6]|table|img|span)\b[^<>]*>", re.IGNORECASE
)


def is_gone(tag: Tag) -> bool:
    """What bs4's `decomposed` says: it looks for an element of that name in the whole tag first."""
    return bool(vars(tag).get("_decomposed"))


def revealed(code: str) -> str | None:
    """The e-mail address hidden in a mail-protecting proxy's hexadecimal code; None if it is none."""
    try:
        first, *rest = bytes.fromhex(code.partition("?")[0].strip())
        address = bytes(each ^ first for each in rest).decode()
    except ValueError:
        return None
    return address if "@" in address and address.isprintable() and " " not in address else None


# -- the tree ------------------------------------------------------------------------------------


def _prepare(soup: BeautifulSoup) -> None:
    """Take away what is not text, and write in ordinary elements what only browsers understand."""
    tags = [each for each in soup.descendants if isinstance(each, Tag)]
    named: dict[str, list[Tag]] = {}  # looking for each name in turn would cost more than the rest
    for each in tags:
        named.setdefault(each.name, []).append(each)
    for name in named.keys() & _REMOVED:
        for each in named[name]:
            each.decompose()
    for each in tags:
        if is_gone(each) or "data-cfemail" not in each.attrs:
            continue
        if address := revealed(str(each["data-cfemail"])):
            each.replace_with(address)
    left = {name: [tag for tag in held if not is_gone(tag)] for name, held in named.items()}
    _rewrite(soup, left)
    _mark_once(left)


def _rewrite(soup: BeautifulSoup, named: dict[str, list[Tag]]) -> None:
    """What is not text as such: films, lines of code, tables that only place things."""
    for name in named.keys() & _FRAMES:
        for each in named[name]:
            _as_link(soup, each)
    for each in named.get("br", ()):
        if "pre" in named and each.find_parent("pre"):
            each.replace_with("\n")
    for each in named.get("table", ()):
        if each.find("table") or _columns(each) <= 1:
            _lay_out(each)


def _mark_once(named: dict[str, list[Tag]]) -> None:
    """Emphasis as Markdown can say it."""
    for names in (("b", "strong"), ("i", "em")):
        for each in [tag for name in names for tag in named.get(name, ())]:
            if any(above.name in names for above in each.parents) or any(
                isinstance(inner, Tag) and _is_block(inner) for inner in each.descendants
            ):
                each.unwrap()  # twice bold is bold, and no mark spans two paragraphs


def _is_block(tag: Tag) -> bool:
    return tag.name in _BLOCKS


def _as_link(soup: BeautifulSoup, frame: Tag) -> None:
    """A film or a page shown inside: where it is."""
    inner = frame.find("source")
    address = frame.get("src") or (inner.get("src") if isinstance(inner, Tag) else "")
    frame.name, frame.attrs = "p", {}
    frame.clear()
    if address:
        link = soup.new_tag("a", href=str(address))
        link.string = "Vidéo"
        frame.append(link)


def _columns(table: Tag) -> int:
    rows = table.find_all("tr")
    return max((len(row.find_all(["td", "th"], recursive=False)) for row in rows), default=0)


def _lay_out(table: Tag) -> None:
    """A table that only places things on the page is read cell after cell."""
    for each in table.find_all(["table", "thead", "tbody", "tfoot", "tr", "td", "th"]):
        if each.find_parent("table") in (table, None):
            each.name = "div"
    table.name = "div"


def _is_outsized(soup: BeautifulSoup) -> bool:
    """Whether the tree is larger or deeper than the converter can go through."""
    level: list[Tag] = [soup]
    count = 0
    for _ in range(DEPTH_MAX):
        level = [child for each in level for child in each.children if isinstance(child, Tag)]
        count += len(level)
        if not level or count > ELEMENTS_MAX:
            return count > ELEMENTS_MAX
    return True


# -- the text ------------------------------------------------------------------------------------

# What Markdown would read as its own, where it stands.
_SPECIAL: Final = re.compile(
    r"""
    \\(?=[!-/:-@\[-`{-~])            # a backslash before punctuation
    | `
    | \*(?=\S) | (?<=\S)\*           # an asterisk beside a word
    | (?<![^\W_])_ | _(?![^\W_])     # an underscore at the edge of a word
    | <(?=[a-zA-Z/!?])               # the beginning of a tag or of an address
    | &(?=\#?\w{1,31};)              # the beginning of an entity
    | ~~
    | \[(?=[^\[\]]{0,999}\]\()       # a link
    """,
    re.VERBOSE,
)
_MAYBE_SPECIAL: Final = re.compile(r"[\\`*_<&~\[]")  # one of these is in all of the above
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_LINE_START: Final = re.compile(
    r"(\s*)(?=\#{1,6}(?:\s|$)|>|\*\s|[=-]{3,}\s*$)|(\s*\d{3,9})(?=[.)]\s)"
)
_SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_IN_ADDRESS: Final = {ord(c): f"%{ord(c):02X}" for c in ' ()<>"\\^`{|}\n\t'}


class _Converter(MarkdownConverter):
    """The library's converter, with what CommonMark needs to say the same thing."""

    def __init__(self, base: str) -> None:  # the library's own asks what its options are, each time
        self.options = _OPTIONS
        self.convert_fn_cache: dict[str, _Said | None] = {}
        self._base = base
        self._numbers: dict[int, int] = {}  # of the next item of each numbered list

    def escaped(self, text: str) -> str:
        """Text with a backslash before what Markdown would read as its own."""
        return _unmarked(_SPECIAL.sub(_escaped, text))

    def process_tag(self, node: Tag, parent_tags: set[str] | None = None) -> str:
        """As the library, which looks through all that is around a tag to know where it stands."""
        name, above = node.name, parent_tags or set()
        inside = {*above, name}
        if name in ("td", "th") or _HEADING.match(name):
            inside.add("_inline")
        if name in _UNFORMATTED:
            inside.add("_noformat")
        said = [
            text
            for each in node.contents
            if not _is_ignored(each, node) and (text := self._said(each, inside))
        ]
        text = "".join(said) if "pre" in inside else _joined(said)
        convert: _Said | None = self.get_conv_fn_cached(name)  # type: ignore[attr-defined]  # as below
        return text if convert is None else convert(node, text, parent_tags=above)

    def _said(self, node: PageElement, above: set[str]) -> str:
        if isinstance(node, Tag):
            return self.process_tag(node, above)
        return self.process_text(node, above) if isinstance(node, NavigableString) else ""

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        above = parent_tags or set()
        text = str(el) if "pre" in above else _BLANKS.sub(" ", el)
        if "_noformat" not in above:
            text = self.escape(text, above)
        before, after = el.previous_sibling, el.next_sibling
        is_inside = el.parent is not None and _is_trimmed(el.parent)
        if _is_apart(before) or (is_inside and before is None):
            text = text.lstrip(" \t\r\n")
        if _is_apart(after) or (is_inside and after is None):
            text = text.rstrip()
        if parent_tags and "_noformat" not in parent_tags and _starts_line(el):
            return _unmarked(text.lstrip(" \n"))
        return text

    def escape(self, text: str, parent_tags: set[str]) -> str:
        if _MAYBE_SPECIAL.search(text):
            text = _SPECIAL.sub(_escaped, text)
        return text.replace("|", r"\|") if parent_tags & {"td", "th"} else text

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"{text} " if "_inline" in parent_tags else f"{_BREAK}\n{text}"

    def convert_b(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _marked(el, text, "**", parent_tags)

    convert_strong = convert_b

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _marked(el, text, "*", parent_tags)

    convert_i = convert_em

    def convert_del(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _marked(el, text, "~~", parent_tags)

    convert_s = convert_del
    convert_strike = convert_del

    def convert_q(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"«\u202f{text}\u202f»"

    def convert_p(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return str(super().convert_p(el, text, parent_tags)) if text.strip() else ""  # type: ignore[misc]  # as above

    def convert_dt(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = _one_line(text.replace(_BREAK, " ").replace("**", ""))
        return f"\n\n**{words}**\n\n" if words else ""

    convert_summary = convert_dt

    def convert_dd(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{text.strip()}\n\n"

    def convert_details(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{text.strip()}\n\n"

    convert_figure = convert_main = convert_header = convert_footer = convert_details
    convert_aside = convert_nav = convert_form = convert_details

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """As the library, but a numbered list is counted once, not again at each item."""
        text = text.strip()
        parent = el.parent
        bullet = "- "
        if parent is not None and parent.name == "ol":
            start = str(parent.get("start", ""))
            first = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1
            number = self._numbers.get(id(parent), first)
            self._numbers[id(parent)] = number + 1
            bullet = f"{number}. "
        if not text:
            return "\n"
        indent = " " * len(bullet)
        first_line, *others = text.split("\n")
        return "\n".join(
            [bullet + first_line, *(indent + line if line.strip() else "" for line in others)]
        ) + "\n"  # fmt: skip

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip("\n")
        runs = re.findall("`{3,}", text)
        fence = "`" * max(3, *(len(run) + 1 for run in runs), 3)
        code = el.find("code")
        classes = " ".join(code.get_attribute_list("class")) if isinstance(code, Tag) else ""
        language = re.search(r"(?:language|lang)-([\w+-]{1,20})", classes)
        named = language[1] if language else ""
        return f"\n\n{fence}{named}\n{text}\n{fence}\n\n" if text.strip() else ""

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        parts = _ENDS.fullmatch(" ".join(re.split(r"[ \n]+", text.replace(_BREAK, " "))))
        assert parts is not None  # noqa: S101 — it matches any text
        before, words, after = parts.groups()
        href = str(el.get("href") or "").strip()
        if _PROTECTED in href:
            address = revealed(href.partition("#")[2])
            href = f"mailto:{address}" if address else ""
            words = address if address and words.startswith("[") else words
        href = _target(href, self._base)
        if not words or not href or "_noformat" in parent_tags:
            return f"{before}{words}{after}"
        if words == href and _SCHEME.match(href):
            return f"{before}<{href}>{after}"
        return f"{before}[{words}]({href}){after}"

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return str(super().convert_td(el, _one_line(text), parent_tags))  # type: ignore[misc]  # as above

    convert_th = convert_td

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        alt = re.sub(r"([\[\]\\])", r"\\\1", " ".join(str(el.get("alt") or "").split()))
        source = str(el.get("src") or el.get("data-src") or "").strip()
        address = _target(source, self._base)
        is_image = address and not address.startswith(("mailto:", "tel:"))
        return f"![{alt}]({address})" if is_image else alt


_Said = Callable[..., str]
_HEADING: Final = re.compile(r"h\d")
_BLANKS: Final = re.compile(r"[\t \r\n]+")
_UNFORMATTED: Final = frozenset({"pre", "code", "kbd", "samp"})
_UNSAID: Final = (Comment, Doctype)
_TRIMMED: Final = frozenset(
    {"p", "blockquote", "article", "div", "section", "ol", "ul", "li", "dl", "dt", "dd"}
    | {"table", "thead", "tbody", "tfoot", "tr", "td", "th"}
)
_OPTIONS: Final[dict[str, object]] = MarkdownConverter(
    heading_style="ATX",
    bullets="-",
    wrap=True,  # the line ends of the source are spaces…
    wrap_width=None,  # … and paragraphs stay on one line
    strip_document=None,
    keep_inline_images_in=["td", "th", "p", "a", "span", "div"],
).options  # type: ignore[attr-defined]  # the library types none


def _is_ignored(node: PageElement, inside: Tag) -> bool:
    """What says nothing: comments, and blanks at the edges of blocks."""
    if isinstance(node, Tag):
        return False
    if isinstance(node, _UNSAID):
        return True
    if not isinstance(node, NavigableString) or node.strip():
        return False
    before, after = node.previous_sibling, node.next_sibling
    is_at_edge = _is_trimmed(inside) and (before is None or after is None)
    return is_at_edge or _is_apart(before) or _is_apart(after)


def _is_trimmed(within: Tag) -> bool:
    """Whether blanks at the edges of what is inside are none of the text."""
    return within.name in _TRIMMED or _HEADING.match(within.name) is not None


def _is_apart(node: PageElement | None) -> bool:
    """Whether blanks beside it are none of the text."""
    return isinstance(node, Tag) and (node.name == "pre" or _is_trimmed(node))


def _joined(parts: list[str]) -> str:
    """Texts one after the other; of the line ends where two meet, the most there are, two at most."""
    joined: list[str] = []
    ends = 0
    for part in parts:
        words = part.strip("\n")
        starts = len(part) - len(part.lstrip("\n"))
        met = min(2, max(ends, starts)) if ends and starts else ends + starts
        joined += ("\n" * met, words)
        ends = len(part) - starts - len(words) if words else 0
    joined.append("\n" * ends)
    return "".join(joined)


def _escaped(sign: re.Match[str]) -> str:
    return "\\" + sign[0]


def _unmarked(line: str) -> str:
    """A line whose first sign is a sign, not the mark of a heading, a quotation or a list."""
    found = _LINE_START.match(line)
    return f"{found[0]}\\{line[found.end() :]}" if found else line


def _starts_line(text: NavigableString) -> bool:
    """Whether a text is the first thing of its line."""
    node: PageElement | None = text
    while node is not None:
        before = node.previous_sibling
        while isinstance(before, NavigableString) and not before.strip():
            before = before.previous_sibling
        if before is not None:
            return isinstance(before, Tag) and (before.name in _BLOCKS or before.name == "br")
        node = node.parent
        if isinstance(node, Tag) and node.name in _BLOCKS:
            return True
    return True


def _marked(el: Tag, text: str, mark: str, parent_tags: set[str]) -> str:
    """Text between two marks of emphasis, where Markdown sees them as such.

    Spaces stay outside, and so does punctuation that would stand between a mark and a letter.
    """
    parts = _ENDS.fullmatch(text)
    assert parts is not None  # noqa: S101 — it matches any text
    before, words, after = parts.groups()
    if "_noformat" in parent_tags or not words.strip(_BREAK + string.whitespace):
        return text
    beyond = el.next_sibling
    if not after and isinstance(beyond, NavigableString) and beyond[:1].isalnum():
        kept = words.rstrip(string.punctuation + "…»’ \u00a0\u202f")
        words, after = (kept, words[len(kept) :]) if kept else (words, after)
    return f"{before}{mark}{words}{mark}{after}"


def _target(address: str, base: str) -> str:
    """Where a link leads, in the form Markdown takes; empty when it leads nowhere we would send to."""
    address = re.sub(r"[\x00-\x1f\x7f]", "", address)
    if not address or address.startswith("#"):
        return ""
    try:
        address = urljoin(base, address) if base else address
        urlsplit(address)
    except ValueError:
        return ""
    scheme = _SCHEME.match(address)
    if scheme and scheme[1].lower() not in SCHEMES:
        return ""
    if address.startswith("//"):
        address = f"https:{address}"
    return address.translate(_IN_ADDRESS)


def _tidied(text: str) -> str:
    """The text with its line breaks, none of them at the end of a paragraph, and no blank at a line's."""
    if _BREAK in text:
        text = _LAST_BREAK.sub("", _BREAKS.sub("\n\n", text))
        text = _listed(text).replace(_BREAK, "\\")
    lines = "\n".join([line.rstrip(" \t\xa0") for line in text.split("\n")])
    return _EMPTY_LINES.sub("\n\n", lines).strip("\n")


def _listed(text: str) -> str:
    """Lines typed as a list, one under the other: what was shown as one becomes one."""
    lines = text.split("\n")
    for at, line in enumerate(lines[:-1]):
        after = lines[at + 1]
        is_item, is_next = _ITEM.match(line), _ITEM.match(after)
        if line.endswith(_BREAK) and (is_next or (is_item and not after.startswith(" "))):
            lines[at] = line.removesuffix(_BREAK) + ("" if is_item and is_next else "\n")
    return "\n".join(lines)


def images(markdown: str) -> list[str]:
    """The addresses of the images a Markdown text shows, each once, in order."""
    return list(dict.fromkeys(_IMAGE.findall(markdown)))


_IMAGE: Final = re.compile(r"!\[(?:\\.|[^\]\n\\]){0,1000}\]\(\s{0,9}<?([^\s)>]{1,4000})")
