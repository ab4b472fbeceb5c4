"""FAQPage JSON-LD: valid for schema.org, harmless inside a page."""

import json
from html.parser import HTMLParser

import pytest

from faq_cms.exports.jsonld import write
from tests.exports.made import NASTY, SITE, article


class Scripts(HTMLParser):
    """What a browser takes for the content of <script>, and the tags it sees outside."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.content, self.tags = "", list[str]()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.tags == ["script"]:
            self.content += data


def test_a_page_of_questions_each_with_its_one_accepted_answer() -> None:
    page = json.loads(write([article(1), article(2)], SITE))
    assert (page["@context"], page["@type"], page["inLanguage"]) == (
        "https://schema.org",
        "FAQPage",
        "fr",
    )
    assert page["dateModified"] == "2026-03-31T23:05:59Z"
    assert len(page["mainEntity"]) == 2
    question = page["mainEntity"][0]
    assert question["@type"] == "Question"
    assert question["name"] == "Comment payer\u202f?"
    assert question["url"] == question["@id"] == "https://aide.example.org/aide/comment-payer-1"
    assert question["version"] == 2
    assert question["acceptedAnswer"]["@type"] == "Answer"
    assert "<strong>virement</strong>" in question["acceptedAnswer"]["text"]


def test_without_article_there_is_no_date() -> None:
    page = json.loads(write([], SITE))
    assert page["mainEntity"] == []
    assert "dateModified" not in page


@pytest.mark.parametrize("text", NASTY)
def test_inside_a_script_element_it_stays_one_script_and_the_same_data(text: str) -> None:
    data = write([article(question=text, answer=text, wordings=(text,))], SITE).decode()
    assert "</" not in data
    seen = Scripts(f'<script type="application/ld+json">{data}</script>')
    assert seen.tags == ["script"]
    (question,) = json.loads(seen.content)["mainEntity"]
    assert (question["name"], question["alternateName"]) == (text, [text])
    assert "<script" not in question["acceptedAnswer"]["text"]
