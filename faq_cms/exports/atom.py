"""Atom: every article whole, for readers of feeds and for systems that only know feeds."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from faq_cms import rendering
from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, instant, latest, one_line

_NAMESPACE: Final = "http://www.w3.org/2005/Atom"


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """One entry per article, under an identifier that no new address changes."""
    return document(articles, site)


def document(articles: Sequence[PublishedArticle], site: Site, *, address: str = "") -> bytes:
    """A feed of these articles; `address` is where it is read, when it is read somewhere."""
    return ("\n".join(_lines(articles, site, address)) + "\n").encode()


def _lines(articles: Sequence[PublishedArticle], site: Site, address: str) -> Iterator[str]:
    name, home = _said(site.name), f"{site.base_url}/aide"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<feed xmlns="{_NAMESPACE}" xml:lang={quoteattr(site.language)}>'
    yield (
        f"<id>{escape(address or home)}</id><title>{name}</title><author><name>{name}</name></author>"
    )
    if address:
        yield f'<link rel="self" href={quoteattr(address)}/>'
    yield f"<link href={quoteattr(home)}/><updated>{instant(latest(articles))}</updated>"
    for article in articles:
        yield (
            f"<entry><id>{uuid.UUID(article.uid).urn}</id><title>{_said(article.question)}</title>"
            f"<link href={quoteattr(article.url)}/>"
            f"<published>{instant(article.published_at)}</published>"
            f"<updated>{instant(article.updated_at)}</updated>"
        )
        for word in (*channel.filing(article), *article.tags):
            yield f"<category term={quoteattr(one_line(rendering.clean(word)))}/>"
        content = str(channel.html(article, site)).strip()
        yield f'<content type="html">{escape(content)}</content></entry>'
    yield "</feed>"


def _said(words: str) -> str:
    """Words as XML can carry them."""
    return escape(one_line(rendering.clean(words)))


CHANNEL = Channel(
    "atom",
    "Flux Atom",
    "application/atom+xml",
    ".atom",
    write,
    Destination.SITE,
    "Pour un lecteur de flux, ou un site qui reprend les articles d’un flux.",
)
