"""HTML of other systems to the Markdown we keep: structure and emphasis stay, the page's dress goes.

`markdownify` does the conversion; what is ours is what it must not do: escape what needs no escape,
keep a link that runs code or leads nowhere, fetch or show a picture, print a masked address whose
code the page carries.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup, Comment, Tag
from markdownify import MarkdownConverter

from faq_cms import errors

MAX_DEPTH = 180
"""Deepest nesting read: a page written by people has about thirty levels."""

MAX_TAGS = 250_000
"""Most tags in one page, closing ones counted: a thousand answers have about fifty thousand."""

_NOT_TEXT = (
    "script",
    "style",
    "template",
    "noscript",
    "svg",
    "math",
    "iframe",
    "object",
    "head",
    "form",
)
_LOOKS_HTML = re.compile(
    r"</?(?:p|br|a|b|i|ul|ol|li|div|span|strong|em|table|tr|td|h[1-6]|img|blockquote|pre|code|hr|u)"
    r"(?:\s[^<>]*|/)?>",
    re.IGNORECASE,
)
_STARTING_NUMBER = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)")
_STARTING_MARK = re.compile(r"^(\s*)(#{1,6}|[-+>])(?=\s|$)")
_MARKS = re.compile(r"([\\*`]|(?<!\w)_|_(?!\w)|<(?=[a-zA-Z/!?])|\[(?=[^\[\]\n]{0,200}\]\())")
_ABSOLUTE = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_PROTECTED = re.compile(r"/cdn-cgi/l/email-protection#([0-9a-f]+)", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t]+\n(?=\n)|(?<=\n)[ \t]+\n")
_MANY_LINES = re.compile(r"\n{3,}")


@dataclass(slots=True)
class Converted:
    """Markdown, with what was left out of it: addresses of pictures, links that lead nowhere."""

    markdown: str = ""
    pictures: list[str] = field(default_factory=list)
    lost_links: list[str] = field(default_factory=list)


def looks_html(text: str) -> bool:
    """Whether a value holds HTML, as the help desks' do, rather than a text that mentions `<`."""
    return _LOOKS_HTML.search(text) is not None


def parsed(html: str) -> BeautifulSoup:
    """The tree of a page or a fragment, without what is no text, masked addresses decoded.

    Raises `errors.Invalid` above `MAX_TAGS`, before reading, and above `MAX_DEPTH`: what walks a
    tree does so by recursion.
    """
    if html.count("<") > MAX_TAGS:
        raise errors.Invalid("document", "too_many_tags", MAX_TAGS)
    soup = BeautifulSoup(html, "lxml")
    _refuse_depth(soup)
    for tag in soup.find_all(None, {"data-cfemail": True}):
        tag.replace_with(_unmasked(str(tag["data-cfemail"])) or tag.get_text())
    for tag in soup.find_all("a", href=_PROTECTED):
        code = _PROTECTED.search(str(tag["href"]))
        if code and (address := _unmasked(code[1])):
            tag["href"] = f"mailto:{address}"
            if "@" not in tag.get_text():
                tag.string = address
    return soup


def undressed(soup: Tag) -> None:
    """Drop what is no text: scripts, styles, forms, comments."""
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in soup.find_all(_NOT_TEXT):
        tag.decompose()


def converted(html: str) -> Converted:
    """Markdown of a fragment of HTML."""
    soup = parsed(html)
    undressed(soup)
    return of(soup)


def of(*tags: Any) -> Converted:
    """Markdown of nodes of a tree that `parsed` gave."""
    result = Converted()
    converter = _Converter(result)
    text = "\n\n".join(converter.convert_soup(_alone(tag)) for tag in tags)
    lines = (line if line.endswith("  ") else line.rstrip() for line in text.split("\n"))
    result.markdown = _MANY_LINES.sub("\n\n", _BLANKS.sub("\n", "\n".join(lines))).strip()
    return result


class _Converter(MarkdownConverter):
    """markdownify, with our house's taste."""

    def __init__(self, result: Converted) -> None:
        super().__init__(heading_style="ATX", bullets="-", newline_style="spaces", sup_symbol="")
        self._result = result

    def escape(self, text: str, parent_tags: Any) -> str:
        text = _MARKS.sub(r"\\\1", text)
        if "td" in parent_tags or "th" in parent_tags:
            text = text.replace("|", "\\|")
        return _STARTING_MARK.sub(r"\1\\\2", _STARTING_NUMBER.sub(r"\1\\\2", text))

    def convert_a(self, el: Tag, text: str, parent_tags: Any) -> str:
        href = str(el.get("href") or "").strip()
        if not text.strip():
            return ""
        if _ABSOLUTE.match(href):
            return _link(text, href)
        if href and not href.startswith("#") and not re.match(r"[a-z]+:", href, re.IGNORECASE):
            self._result.lost_links.append(unquote(href))
        return text

    def convert_img(self, el: Tag, text: str, parent_tags: Any) -> str:
        source = str(el.get("src") or el.get("data-src") or "").strip()
        name = "image intégrée" if source.startswith("data:") else source
        self._result.pictures.append(name or str(el.get("alt") or "sans adresse"))
        return ""


def _link(text: str, href: str) -> str:
    words = " ".join(text.split())
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    address = href.removeprefix("mailto:")
    if words.replace("\\", "") in {href, address}:
        return f"{before}<{address}>{after}"
    target = f"<{href}>" if re.search(r"[\s()]", href) else href
    return f"{before}[{words}]({target}){after}"


def _alone(node: Any) -> Any:
    """The node as the root of a tree: markdownify reads what surrounds one."""
    if isinstance(node, BeautifulSoup):
        return node
    soup = BeautifulSoup("", "lxml")
    soup.append(node.extract())
    return soup


def _refuse_depth(soup: BeautifulSoup) -> None:
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depth = depths[id(tag)] = depths[id(tag.parent)] + 1
        if depth > MAX_DEPTH:
            raise errors.Invalid("document", "too_deep")


def _unmasked(code: str) -> str | None:
    """The address Cloudflare hid: each byte combined with the first one."""
    try:
        masked = bytes.fromhex(code)
    except ValueError:
        return None
    text = bytes(byte ^ masked[0] for byte in masked[1:]).decode("utf-8", "replace")
    return text if "@" in text else None
