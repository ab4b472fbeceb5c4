"""Rasa: training data of a response selector, one sub-intent of `faq` per article.

A sub-intent is named after the article's identifier, which no new version and no new address
changes: conversations labelled with it stay right.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from faq_cms import rendering
from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Channel, Destination, Site, one_line, wordings

INTENT: Final = "faq"
# In an example « [words](label) » or « [words]{…} » marks an entity.
_ENTITY: Final = re.compile(r"[\[\]]")
# A YAML reader may refuse these raw inside quotes, or take them for line ends.
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write(articles: Sequence[PublishedArticle], site: Site) -> bytes:
    """`nlu`, `responses` and the rule that answers, in the format of Rasa 3."""
    return ("\n".join(_lines(articles, site)) + "\n").encode()


def _lines(articles: Sequence[PublishedArticle], site: Site) -> Iterator[str]:
    yield "# Pipeline : ajoutez « - name: ResponseSelector » avec « retrieval_intent: faq »."
    yield 'version: "3.1"'
    yield "nlu:" if articles else "nlu: []"
    for article in articles:
        yield f"- intent: {INTENT}/{article.uid}"
        yield "  metadata:"
        yield f"    article: {_scalar(article.slug)}"
        yield f"    version: {article.version}"
        if article.category:
            yield f"    category: {_scalar(article.category)}"
        if article.tags:
            yield f"    tags: {_scalar(list(article.tags))}"
        yield "  examples: |"
        for words in wordings(article) or [article.slug]:
            yield f"    - {_example(words)}"
    yield "responses:" if articles else "responses: {}"
    for article in articles:
        yield f"  utter_{INTENT}/{article.uid}:"
        yield f"  - text: {_scalar(channel.text(article, site))}"
    yield "rules:"
    yield "- rule: Répondre aux questions de la FAQ"
    yield "  steps:"
    yield f"  - intent: {INTENT}"
    yield f"  - action: utter_{INTENT}"


def _example(words: str) -> str:
    """One line of a block that YAML reads raw."""
    return _ENTITY.sub("", one_line(rendering.clean(words))).strip() or "?"


def _scalar(value: object) -> str:
    """A value as JSON, which YAML reads as such once line separators are escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


CHANNEL = Channel(
    "rasa",
    "Rasa (YAML)",
    "application/yaml",
    ".yml",
    write,
    Destination.CHATBOT,
    "Pour entraîner un assistant Rasa 3 à reconnaître chaque question.",
)
