"""Markdown: a zip of one file per article, with the front matter site generators read."""

import json
import re
from collections.abc import Iterator, Sequence

from faq_cms.articles import PublishedArticle
from faq_cms.exports.archive import zipped
from faq_cms.exports.channel import Channel, Site, instant

_UNSAFE = re.compile(r"[^a-z0-9]+")
# Names Windows keeps for devices, whatever their extension.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)")
_LONGEST_NAME = 100
# A YAML reader may refuse these raw inside quotes, or take them for line ends.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """The zip; each file is named after its article's address and holds its answer as it is."""
    names = _names(articles)
    return zipped(
        (f"{name}.md", page(article, site).encode())
        for name, article in zip(names, articles, strict=True)
    )


def page(article: PublishedArticle, site: Site) -> str:
    """One article: front matter, then the answer. The question is the title, not a heading."""
    fields = {
        "title": article.question,
        "id": article.uid,
        "slug": article.slug,
        "category": article.category,
        "wordings": list(article.wordings),
        "version": article.version,
        "published_at": instant(article.published_at),
        "updated_at": instant(article.updated_at),
        "url": article.url,
        "language": site.language,
    }
    lines = [f"{name}: {_scalar(value)}" for name, value in fields.items()]
    return "\n".join(["---", *lines, "---", "", article.answer, ""])


CHANNEL = Channel("markdown", "Fichiers Markdown (zip)", "application/zip", ".zip", write)


def _scalar(value: object) -> str:
    """A value as JSON, which YAML reads as such once line separators are escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _names(articles: Sequence[PublishedArticle]) -> Iterator[str]:
    """A name no file system refuses, for each article; never twice the same."""
    taken: set[str] = set()
    for article in articles:
        name = _UNSAFE.sub("-", article.slug.lower()).strip("-")[:_LONGEST_NAME] or "article"
        if _DEVICES.fullmatch(name):
            name = f"article-{name}"
        free, number = name, 1
        while free in taken:
            number += 1
            free = f"{name}-{number}"
        taken.add(free)
        yield free
