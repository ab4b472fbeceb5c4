"""Markdown: a zip of one file per article, with the front matter site generators read."""

import json
import re
from collections.abc import Sequence

from faq_cms.articles import PublishedArticle
from faq_cms.exports.archive import names, zipped
from faq_cms.exports.channel import Channel, Destination, Site, instant

# A YAML reader may refuse these raw inside quotes, or take them for line ends.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """The zip; each file is named after its article's address and holds its answer as it is."""
    return zipped(
        (f"{name}.md", page(article, site).encode())
        for name, article in zip(names(articles), articles, strict=True)
    )


def page(article: PublishedArticle, site: Site) -> str:
    """One article: front matter, then the answer. The question is the title, not a heading."""
    fields = {
        "title": article.question,
        "id": article.uid,
        "slug": article.slug,
        "category": article.category,
        "tags": list(article.tags),
        "wordings": list(article.wordings),
        "version": article.version,
        "published_at": instant(article.published_at),
        "updated_at": instant(article.updated_at),
        "url": article.url,
        "language": site.language,
    }
    lines = [f"{name}: {_scalar(value)}" for name, value in fields.items()]
    return "\n".join(["---", *lines, "---", "", article.answer, ""])


CHANNEL = Channel(
    "markdown",
    "Fichiers Markdown (zip)",
    "application/zip",
    ".zip",
    write,
    Destination.SITE,
    "Pour un générateur de site (Hugo, Jekyll…)\u00a0: un fichier par article, son en-tête compris.",
)


def _scalar(value: object) -> str:
    """A value as JSON, which YAML reads as such once line separators are escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
