"""What machines read of the help centre: the sitemap, the feed of new versions, robots.txt."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from faq_cms import articles, db, settings
from faq_cms.articles import PublishedArticle
from faq_cms.errors import NotFound
from faq_cms.exports import Site, atom
from faq_cms.public import pages
from faq_cms.settings import Settings

_Writer = Callable[[list[PublishedArticle], Settings], bytes]

ENTRIES: Final = 50  # a feed tells what is new
PAGES_MAX: Final = 50_000  # of one sitemap, by its protocol
# Pages made for one reader, or that lead away.
PRIVATE: Final = (
    "/gestion/",
    "/connexion",
    "/aide/recherche",
    "/aide/suggestions",
    "/aide/contact",
)


def routes() -> list[Route]:
    """The addresses machines ask for."""
    return [
        Route("/sitemap.xml", pages.shown(sitemap), methods=["GET"]),
        Route("/aide/flux.atom", pages.shown(feed), methods=["GET"]),
        Route("/robots.txt", pages.shown(robots), methods=["GET"]),
    ]


def sitemap(request: Request) -> Response:
    """Every article with the date of its text; none when another site publishes them."""
    chosen = settings.current()
    if chosen.canonical_url:
        raise NotFound("page", request.url.path)
    return pages.sent(request, _written(_sitemap), "application/xml")


def feed(request: Request) -> Response:
    """The latest versions, newest first, whole."""
    return pages.sent(request, _written(_feed), "application/atom+xml")


def _written(write: _Writer) -> bytes:
    """What it writes of all that is published; twenty thousand articles are not read at each visit."""
    with db.reading() as session:
        return _kept(write, db.content_revision(session), settings.current())


@functools.lru_cache(maxsize=4)
def _kept(write: _Writer, _content: int, here: Settings) -> bytes:
    """The last two arguments say for how long it is true: what the public reads, and the settings."""
    with db.reading() as session:
        return write(articles.published(session), here)


def _sitemap(found: list[PublishedArticle], here: Settings) -> bytes:
    urls = "".join(
        f"<url><loc>{escape(here.article_url(each.slug))}</loc>"
        f"<lastmod>{each.published_at.isoformat()}</lastmod></url>\n"
        for each in found[:PAGES_MAX]
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )
    return body.encode()


def _feed(found: list[PublishedArticle], here: Settings) -> bytes:
    """As the channel writes it: dated by the texts alone, and without tags, which no page shows."""
    newest = sorted(found, key=lambda each: each.published_at, reverse=True)[:ENTRIES]
    told = [
        replace(each, url=here.article_url(each.slug), updated_at=each.published_at, tags=())
        for each in newest
    ]
    own = f"{here.public_url}/aide/flux.atom"
    return atom.document(told, Site(here.site_name, here.public_url), address=own)


def robots(request: Request) -> Response:
    """Where robots have nothing to read, and where the sitemap is."""
    chosen = settings.current()
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    if not chosen.canonical_url:
        lines.append(f"Sitemap: {chosen.public_url}/sitemap.xml")
    return pages.sent(request, ("\n".join(lines) + "\n").encode(), "text/plain")
