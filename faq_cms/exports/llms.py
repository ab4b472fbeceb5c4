"""llms.txt: a map of the articles for language models, and each of them as a Markdown page.

The map's links are relative: it holds wherever the zip is unpacked, on a disk or on a site.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from faq_cms import rendering
from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.archive import names, zipped
from faq_cms.exports.channel import Channel, Destination, Site, instant, one_line

_NOTE_MAX: Final = 160
_ELSEWHERE: Final = "Autres questions"
_SPECIAL: Final = re.compile(r"([\\\[\]*_`<>])")


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """`llms.txt`, then `articles/*.md`."""
    paths = [f"articles/{name}.md" for name in names(articles)]
    pages = [page(article, site).encode() for article in articles]
    return zipped(
        [("llms.txt", _map(articles, paths, site).encode()), *zip(paths, pages, strict=True)]
    )


def page(article: PublishedArticle, site: Site) -> str:
    """One article as a page of its own: its question as the title, where it is read, its answer."""
    source = (
        f"> Source\u00a0: <{article.url}>, version {article.version}, {instant(article.updated_at)}"
    )
    title = f"# {_escaped(one_line(article.question))}"
    return f"{title}\n\n{source}\n\n{channel.markdown(article, site)}\n"


def _map(articles: Sequence[PublishedArticle], paths: Sequence[str], site: Site) -> str:
    return "\n".join(_lines(articles, paths, site)) + "\n"


def _lines(articles: Sequence[PublishedArticle], paths: Sequence[str], site: Site) -> Iterator[str]:
    yield f"# {_escaped(one_line(site.name))}"
    yield ""
    yield "> Questions fréquentes et leurs réponses, en français."
    pairs = zip(articles, paths, strict=True)
    for filed, group in groupby(pairs, key=lambda pair: channel.filing(pair[0])):
        yield ""
        yield f"## {_escaped(one_line(' — '.join(filed) or _ELSEWHERE))}"
        yield ""
        for article, path in group:
            yield f"- [{_escaped(one_line(article.question))}]({path}): {_note(article)}".rstrip(
                ": "
            )


def _note(article: PublishedArticle) -> str:
    """How the answer begins."""
    words = one_line(rendering.plain(article.answer))
    if len(words) > _NOTE_MAX:
        words = words[:_NOTE_MAX].rpartition(" ")[0] + "…"
    return _escaped(words)


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words)


CHANNEL = Channel(
    "llms",
    "llms.txt et pages Markdown (zip)",
    "application/zip",
    ".zip",
    write,
    Destination.CHATBOT,
    "À déposer à la racine de votre site, pour que les assistants d’IA lisent les réponses en vigueur.",
)
