"""Articles in the shapes of Freshdesk and Zendesk."""

import json
from html.parser import HTMLParser

import pytest

from faq_cms.exports import freshdesk, zendesk
from tests.exports.made import NASTY, SITE, article

BODY = "<p>Par <strong>virement</strong>&nbsp;:</p>\n<ul>\n<li>d’abord ;</li>\n<li>ensuite.</li>\n</ul>"


def test_freshdesk_gets_a_published_article_in_its_folder() -> None:
    (item,) = json.loads(freshdesk.write([article(parent="Comptes")], SITE))
    assert (item["title"], item["description"]) == ("Comment payer\u202f?", BODY)
    assert (item["status"], item["type"], item["tags"]) == (2, 1, ["Virement", "Échéance"])
    assert [each["data"]["name"] for each in item["hierarchy"]] == ["Comptes", "Facturation"]
    assert item["seo_data"]["meta_keywords"] == "Virement,Échéance"


def test_freshdesk_always_has_a_category_and_a_folder() -> None:
    filed, loose = json.loads(freshdesk.write([article(), article(2, category=None)], SITE))
    for item in (filed, loose):
        assert [each["type"] for each in item["hierarchy"]] == ["category", "folder"]
        assert all(each["data"]["name"] for each in item["hierarchy"])


def test_zendesk_gets_articles_with_the_sections_they_name() -> None:
    made = [article(), article(2), article(3, category="Envoi", parent="Achats")]
    document = json.loads(zendesk.write(made, SITE))
    assert [each["section_id"] for each in document["articles"]] == [1, 1, 2]
    assert [each["name"] for each in document["sections"]] == ["Facturation", "Envoi"]
    assert [each["name"] for each in document["categories"]] == ["Aide d’Exemple", "Achats"]
    item = document["articles"][0]
    assert (item["body"], item["draft"], item["locale"]) == (BODY, False, "fr")
    assert item["label_names"] == ["Virement", "Échéance"]
    assert document["count"] == 3


class Tags(HTMLParser):
    """The elements of a body."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.found.add(tag)


@pytest.mark.parametrize("text", NASTY)
def test_a_body_is_safe_whatever_was_typed(text: str) -> None:
    made = [article(question=text, answer=text)]
    for body in (
        json.loads(freshdesk.write(made, SITE))[0]["description"],
        json.loads(zendesk.write(made, SITE))["articles"][0]["body"],
    ):
        assert "script" not in Tags(body).found
