"""What a site takes: a feed, structured data, a map for language models."""

import datetime as dt
import json
import zipfile
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
import yaml
from markdown_it import MarkdownIt
from pyld import jsonld as processor

from faq_cms.articles import PublishedArticle
from faq_cms.exports import atom, jsonld, llms, markdown_files
from tests.exports.made import MOMENT, NASTY, SITE, article

SCHEMA = "https://schema.org/"

# -- Atom ----------------------------------------------------------------------------------------


def test_a_feed_reader_reads_every_article_whole() -> None:
    feed = feedparser.parse(atom.write([article(), article(2)], SITE))
    assert not feed.bozo
    assert feed.feed.title == "Aide d’Exemple"
    first, second = feed.entries
    assert first.id == "urn:uuid:00000000-0000-0000-0000-000000000001"
    assert first.title == "Comment payer\u202f?"
    assert first.link == "https://aide.example.org/aide/comment-payer-1"
    assert "<strong>virement</strong>" in first.content[0].value
    assert [tag.term for tag in first.tags] == ["Facturation", "Virement", "Échéance"]
    assert first.updated_parsed[:6] == (2026, 3, 31, 23, 5, 59)
    assert second.id != first.id


@pytest.mark.parametrize("text", [*NASTY, "\x00\x0b\ufffe"])
def test_a_feed_is_well_formed_whatever_was_typed(text: str) -> None:
    data = atom.write([article(question=text, answer=text, category=text, tags=(text,))], SITE)
    assert len(ET.fromstring(data).findall("{http://www.w3.org/2005/Atom}entry")) == 1  # noqa: S314 — ours


# -- JSON-LD -------------------------------------------------------------------------------------


def expanded(*articles: PublishedArticle) -> Any:
    """The document as a JSON-LD processor understands it, with schema.org's vocabulary alone."""

    def context(url: str, _options: object) -> dict[str, object]:
        assert url == "https://schema.org"
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": {"@context": {"@vocab": SCHEMA, "url": {"@type": "@id"}}},
        }

    document = json.loads(jsonld.write(articles, SITE))
    return processor.expand(document, {"documentLoader": context})[0]


def test_a_processor_finds_questions_and_their_answers() -> None:
    page = expanded(article(), article(2))
    assert page["@type"] == [f"{SCHEMA}FAQPage"]
    first, _ = page[f"{SCHEMA}mainEntity"]
    assert first["@id"] == "https://aide.example.org/aide/comment-payer-1"
    assert first["@type"] == [f"{SCHEMA}Question"]
    (answer,) = first[f"{SCHEMA}acceptedAnswer"]
    assert "virement" in answer[f"{SCHEMA}text"][0]["@value"]
    for name in ("inLanguage", "dateModified", "version", "url", "keywords"):
        assert first[f"{SCHEMA}{name}"]


# -- llms.txt and Markdown -----------------------------------------------------------------------


def unzipped(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_map_leads_to_a_page_for_every_article() -> None:
    made = [article(), article(2, category="Envoi", parent="Achats"), article(3, category=None)]
    files = unzipped(llms.write(made, SITE))
    tokens = MarkdownIt().parse(files["llms.txt"])
    headings = [
        tokens[i + 1].content
        for i, each in enumerate(tokens)
        if each.tag == "h2" and each.nesting == 1
    ]
    assert headings == ["Facturation", "Achats — Envoi", "Autres questions"]
    links = [
        str(child.attrs["href"])
        for token in tokens
        for child in token.children or ()
        if child.type == "link_open"
    ]
    assert links == [name for name in files if name != "llms.txt"]
    assert files["llms.txt"].startswith("# Aide d’Exemple\n\n> ")
    assert "Par virement\u00a0: - d’abord ; - ensuite." in files["llms.txt"]
    assert "<https://aide.example.org/aide/comment-payer-1>, version 2" in files[links[0]]


@pytest.mark.parametrize("text", NASTY)
def test_the_map_keeps_one_line_an_article(text: str) -> None:
    made = [article(question=text or "?", answer=text, category=text or None), article(2)]
    tokens = MarkdownIt().parse(unzipped(llms.write(made, SITE))["llms.txt"])
    assert sum(token.type == "list_item_open" for token in tokens) == 2


@pytest.mark.parametrize("text", NASTY)
def test_front_matter_is_yaml_and_the_body_the_answer(text: str) -> None:
    (page,) = unzipped(
        markdown_files.write([article(question=text, answer=text, tags=(text,))], SITE)
    ).values()
    _, front, body = page.split("---\n", 2)
    found = yaml.safe_load(front)
    assert (found["title"], found["tags"]) == (text, [text])
    assert found["updated_at"] == "2026-03-31T23:05:59Z"
    assert dt.datetime.fromisoformat(found["published_at"]) == MOMENT.replace(microsecond=0)
    render = MarkdownIt("commonmark", {"html": False}).render
    assert render(body) == render(f"\n{text}\n")
