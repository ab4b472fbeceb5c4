"""schema.org FAQPage: for search engines and assistants that read structured data."""

import json
from collections.abc import Sequence
from typing import Any, Final

from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, instant

# The document is made to be pasted inside <script>: nothing in it may close that element, open a
# comment, or end a line for JavaScript.
_UNSAFE_IN_SCRIPT: Final = "<>&\u2028\u2029"


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """One FAQPage; answers are the safe HTML of the public pages, which schema.org allows."""
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "name": site.name,
        "url": site.base_url,
        "inLanguage": site.language,
    }
    if articles:
        document["dateModified"] = instant(max(article.updated_at for article in articles))
    document["mainEntity"] = [_question(article, site) for article in articles]
    written = json.dumps(document, ensure_ascii=False, indent=2)
    return (channel.escaped(written, _UNSAFE_IN_SCRIPT) + "\n").encode()


def _question(article: PublishedArticle, site: Site) -> dict[str, Any]:
    question: dict[str, Any] = {
        "@type": "Question",
        "@id": article.url,
        "url": article.url,
        "name": article.question,
        "inLanguage": site.language,
        "version": article.version,
        "datePublished": instant(article.published_at),
        "dateModified": instant(article.updated_at),
    }
    if article.wordings:
        question["alternateName"] = list(article.wordings)
    if article.tags:
        question["keywords"] = list(article.tags)
    question["acceptedAnswer"] = {
        "@type": "Answer",
        "text": str(channel.html(article, site)).strip(),
    }
    return question


CHANNEL = Channel(
    "jsonld",
    "FAQPage (JSON-LD)",
    "application/ld+json",
    ".jsonld",
    write,
    Destination.SITE,
    "À coller dans une page de votre site, pour les programmes qui lisent les données structurées.",
)
