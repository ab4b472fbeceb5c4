"""`.qna` files of Bot Framework: questions as headings, each answer in a fence of three backticks."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from faq_cms import rendering
from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, one_line, wordings

_FENCE: Final = "```"


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """One section per article; a bot sends votes back with its `article` and `version` filters."""
    sections = ["\n".join(_section(article, site)) for article in articles]
    return ("\n\n".join([f"> {one_line(site.name)}", *sections]) + "\n").encode()


def _section(article: PublishedArticle, site: Site) -> Iterator[str]:
    first, *others = wordings(article) or [article.slug]
    yield f"# ? {first}"
    yield from (f"- {words}" for words in others)
    yield ""
    yield "**Filters:**"
    yield f"- article = {article.slug}"
    yield f"- version = {article.version}"
    if article.category:
        yield f"- category = {one_line(article.category)}"
    yield ""
    yield f"{_FENCE}markdown"
    yield unfenced(channel.markdown(article, site))
    yield _FENCE


def unfenced(answer: str) -> str:
    """The same Markdown without three backticks in a row: they would end the answer here."""
    if _FENCE not in answer:
        return answer
    lines = answer.split("\n")
    longest = max((len(run) for run in re.findall("~+", answer)), default=0)
    tildes = "~" * max(3, longest + 1)
    for token in rendering.parsed(answer):
        if token.type == "fence" and token.markup.startswith("`") and token.map:
            start, end = token.map
            for line in {start, end - 1}:
                if line < len(lines):
                    lines[line] = re.sub("`{3,}", tildes, lines[line], count=1)
    # What is left opens no block: a code span may be shorter, and text is read the same.
    return re.sub("`{3,}", lambda run: "'" * len(run[0]), "\n".join(lines))


CHANNEL = Channel(
    "botframework",
    "Bot Framework (.qna)",
    "text/markdown; charset=utf-8",
    ".qna",
    write,
    Destination.CHATBOT,
    "Pour un assistant Microsoft construit avec Bot Framework Composer.",
)
