"""What machines read of the help centre: the sitemap, the feed of new versions, robots.txt."""

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from faq_cms import articles, db, settings
from faq_cms.errors import NotFound
from faq_cms.public import centre, pages

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
    with db.reading() as session:
        found = articles.published(session)[:PAGES_MAX]
    urls = "".join(
        f"<url><loc>{escape(chosen.article_url(each.slug))}</loc>"
        f"<lastmod>{each.published_at.isoformat()}</lastmod></url>\n"
        for each in found
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )
    return pages.sent(request, body.encode(), "application/xml")


def feed(request: Request) -> Response:
    """The latest versions, newest first, whole."""
    chosen = settings.current()
    with db.reading() as session:
        found = articles.published(session)
    found = sorted(found, key=lambda each: each.published_at, reverse=True)[:ENTRIES]
    own = f"{chosen.public_url}/aide/flux.atom"
    updated = found[0].published_at.isoformat() if found else "1970-01-01T00:00:00+00:00"
    entries = "".join(
        f"<entry><id>urn:uuid:{each.uid}</id><title>{escape(each.question)}</title>"
        f"<link href={quoteattr(chosen.article_url(each.slug))}/>"
        f"<updated>{each.published_at.isoformat()}</updated>"
        f'<content type="html">{escape(str(centre.rendered(each.answer)))}</content></entry>\n'
        for each in found
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">'
        f"<id>{escape(own)}</id><title>{escape(chosen.site_name)}</title>"
        f"<author><name>{escape(chosen.site_name)}</name></author>"
        f'<link rel="self" href={quoteattr(own)}/><updated>{updated}</updated>\n{entries}</feed>\n'
    )
    return pages.sent(request, body.encode(), "application/atom+xml")


def robots(request: Request) -> Response:
    """Where robots have nothing to read, and where the sitemap is."""
    chosen = settings.current()
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    if not chosen.canonical_url:
        lines.append(f"Sitemap: {chosen.public_url}/sitemap.xml")
    return pages.sent(request, ("\n".join(lines) + "\n").encode(), "text/plain")
