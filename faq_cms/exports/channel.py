"""What a channel is, and the two or three things every writer says the same way."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from markupsafe import Markup

from faq_cms import rendering
from faq_cms.articles import PublishedArticle


class Destination(StrEnum):
    """What people want to do with an export, which is how they look for it."""

    SITE = "site"
    CHATBOT = "chatbot"
    HELP_DESK = "help_desk"
    PRINT = "print"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Site:
    """The help centre the articles come from: its French name, absolute address, language tag."""

    name: str
    base_url: str
    language: str = "fr"

    def absolute(self, address: str) -> str:
        """An address written in an answer, as it must be elsewhere: « /aide/x » is ours only here."""
        is_ours = address.startswith("/") and not address.startswith("//")
        return f"{self.base_url}{address}" if is_ours else address


@dataclass(frozen=True, slots=True)
class Channel:
    """One destination. `label` and `purpose` (what it is for, one sentence) are French.

    `extension` has its dot. `write` is pure: articles, in the order they are to appear, to the whole
    file.
    """

    name: str
    label: str
    media_type: str
    extension: str
    write: Callable[[Sequence[PublishedArticle], Site], bytes]
    destination: Destination
    purpose: str


FIRST_DAY: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # of a document without any article


def instant(moment: dt.datetime) -> str:
    """An aware instant in UTC, as machines read it: 2026-03-31T12:05:00Z."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def latest(articles: Sequence[PublishedArticle]) -> dt.datetime:
    """When what is written last changed: the only date a document may carry for itself."""
    return max((article.updated_at for article in articles), default=FIRST_DAY)


def html(article: PublishedArticle, site: Site) -> Markup:
    """The answer as the safe HTML of the public pages, its links good from anywhere."""
    return rendering.html(article.answer, leads=site.absolute)


def text(article: PublishedArticle, site: Site) -> str:
    """The answer as text, with the addresses of its links."""
    return rendering.plain(article.answer, links=True, leads=site.absolute)


def html_and_text(article: PublishedArticle, site: Site) -> tuple[Markup, str]:
    """Both of the above, the answer read once."""
    return rendering.html_and_plain(article.answer, links=True, leads=site.absolute)


_OWN_ADDRESS: Final = re.compile(r"(\]\(<?|^ {0,3}\[[^\]\n]+\]:[ \t]*<?)(?=/(?!/))", re.MULTILINE)


def markdown(article: PublishedArticle, site: Site) -> str:
    """The answer as Markdown, its links good from anywhere."""
    return _OWN_ADDRESS.sub(lambda found: found[1] + site.base_url, article.answer)


_BREAKS: Final = re.compile("[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")


def one_line(words: str) -> str:
    """The words without what would end a line or a column; no-break spaces stay."""
    return _BREAKS.sub(" ", words).strip(" ")


def escaped(json_text: str, characters: str) -> str:
    """JSON in which these characters, which only its strings hold, are written as escapes."""
    for character in characters:
        json_text = json_text.replace(character, f"\\u{ord(character):04x}")
    return json_text


def wordings(article: PublishedArticle) -> list[str]:
    """Every way to ask: the question, then its other wordings, each on one line and once."""
    lines = (one_line(words) for words in (article.question, *article.wordings))
    return list(dict.fromkeys(line for line in lines if line))


def filing(article: PublishedArticle) -> list[str]:
    """The categories of an article from the first level down; empty when it has none."""
    return [name for name in (article.parent, article.category) if name]


def digest(article: PublishedArticle) -> str:
    """SHA-256 (hexadecimal) of what the article says: question, answer, other wordings.

    The same as long as the text is, whatever the address, the category or the version's number.
    """
    content = [article.question, article.answer, *article.wordings]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
