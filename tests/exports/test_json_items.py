"""JSON: the public API's names, the whole content."""

import json

import pytest

from faq_cms.exports.json_items import write
from tests.exports.made import NASTY, SITE, article


def test_an_item_has_the_names_of_the_api_and_the_whole_content() -> None:
    document = json.loads(write([article()], SITE))
    assert document["site"] == {
        "name": "Aide d’Exemple",
        "url": "https://aide.example.org",
        "language": "fr",
    }
    (item,) = document["items"]
    assert "<strong>virement</strong>" in item.pop("answer_html")
    assert item == {
        "id": f"{1:032x}",
        "slug": "comment-payer-1",
        "question": "Comment payer\u202f?",
        "wordings": ["Quels moyens de paiement\u202f?"],
        "answer_markdown": "Par **virement**\u00a0:\n\n- d’abord ;\n- ensuite.",
        "category": "Facturation",
        "category_path": ["Facturation"],
        "tags": ["Virement", "Échéance"],
        "version": 2,
        "published_at": "2026-03-31T22:05:59Z",
        "updated_at": "2026-03-31T23:05:59Z",
        "url": "https://aide.example.org/aide/comment-payer-1",
    }


def test_articles_keep_the_order_given() -> None:
    document = json.loads(write([article(2), article(1)], SITE))
    assert [item["slug"] for item in document["items"]] == ["comment-payer-2", "comment-payer-1"]


def test_accents_are_readable_in_the_file() -> None:
    assert "Aide d’Exemple".encode() in write([], SITE)


@pytest.mark.parametrize("text", NASTY)
def test_every_text_comes_back_as_it_was(text: str) -> None:
    (item,) = json.loads(write([article(question=text, answer=text, category=text)], SITE))["items"]
    assert (item["question"], item["answer_markdown"], item["category"]) == (text, text, text)
    assert "<script" not in item["answer_html"]
