"""A whole site in a zip: opened by a double click, on a disk, without a server or a network.

Every link is relative and every file its own. Search is a script: without it all questions are
still listed, by category.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from faq_cms import french, rendering
from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.archive import names, zipped
from faq_cms.exports.channel import Channel, Destination, Site, latest
from faq_cms.words import fold

FOLDER: Final = "articles"
_ASSETS: Final = ("style.css", "recherche.js")
_ELSEWHERE: Final = "Autres questions"


@dataclass(frozen=True, slots=True)
class _Page:
    """One article and its file, as the templates show them."""

    article: PublishedArticle
    name: str
    filed: tuple[str, ...]

    @property
    def heading(self) -> str:
        """Where it is filed, in words."""
        return " — ".join(self.filed) or _ELSEWHERE


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """`index.html`, one page per article under `articles/`, the style and the search."""
    return zipped(_files(articles, site))


def _files(articles: Sequence[PublishedArticle], site: Site) -> Iterator[tuple[str, bytes]]:
    pages = [
        _Page(article, name, tuple(channel.filing(article)))
        for article, name in zip(articles, names(articles), strict=True)
    ]
    sections = [
        (heading, list(group)) for heading, group in groupby(pages, lambda each: each.heading)
    ]
    date = french.date(latest(articles)) if articles else ""
    shown = (
        _environment().get_template("index.html").render(site=site, sections=sections, date=date)
    )
    yield "index.html", shown.encode()
    leads = _leads(pages, site)
    template = _environment().get_template("article.html")
    texts = []
    for number, page in enumerate(pages):
        answer, text = rendering.html_and_plain(page.article.answer, leads=leads)
        texts.append(_searched(page.article, text))
        shown = template.render(
            site=site,
            page=page,
            answer=answer,
            date=french.date(page.article.updated_at),
            before=_neighbour(pages, number, -1),
            after=_neighbour(pages, number, 1),
        )
        yield f"{FOLDER}/{page.name}.html", shown.encode()
    for name in _ASSETS:
        yield name, _asset(name)
    yield "recherche-textes.js", f"var TEXTES = {json.dumps(texts)};\n".encode()


def _leads(pages: Sequence[_Page], site: Site) -> Callable[[str], str]:
    """Links between articles stay within the zip; the others lead to the help centre, or away."""
    files = {page.article.url: f"{page.name}.html" for page in pages}

    def leads(address: str) -> str:
        place, mark, part = site.absolute(address).partition("#")
        return f"{files.get(place, place)}{mark}{part}"

    return leads


def _neighbour(pages: Sequence[_Page], number: int, step: int) -> _Page | None:
    """The article beside, within the same category."""
    other = number + step
    if not 0 <= other < len(pages) or pages[other].filed != pages[number].filed:
        return None
    return pages[other]


def _searched(article: PublishedArticle, answer: str) -> str:
    """What the search looks in, folded as it folds what is typed."""
    return fold(" ".join((article.question, *article.wordings, *article.tags, answer)))


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("faq_cms.exports", "site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["nbsp"] = french.NBSP
    return found


@cache
def _asset(name: str) -> bytes:
    return (resources.files("faq_cms.exports") / "site" / name).read_bytes()


CHANNEL = Channel(
    "site",
    "Site complet (zip)",
    "application/zip",
    ".zip",
    write,
    Destination.SITE,
    "Un site prêt à consulter hors ligne, ou à déposer chez n’importe quel hébergeur.",
)
