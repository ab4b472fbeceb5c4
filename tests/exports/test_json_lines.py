"""JSON Lines as an index of passages reads it: one object a line, and a digest to compare."""

import json
from typing import Any

import pytest

from faq_cms.exports.json_lines import write
from tests.exports.made import NASTY, SITE, article


def test_a_line_says_all_that_an_index_asks_for() -> None:
    (line,) = write([article()], SITE).decode().splitlines()
    record = json.loads(line)
    assert len(record.pop("sha256")) == 64
    assert record == {
        "id": f"{1:032x}",
        "version": 2,
        "lang": "fr",
        "question": "Comment payer\u202f?",
        "wordings": ["Quels moyens de paiement\u202f?"],
        "answer_md": "Par **virement**\u00a0:\n\n- d’abord ;\n- ensuite.",
        "answer_text": "Par virement\u00a0:\n\n- d’abord ;\n- ensuite.",
        "category": "Facturation",
        "category_path": ["Facturation"],
        "tags": ["Virement", "Échéance"],
        "url": "https://aide.example.org/aide/comment-payer-1",
        "updated_at": "2026-03-31T23:05:59Z",
    }


@pytest.mark.parametrize("text", NASTY)
def test_whatever_cuts_lines_there_is_one_article_a_line(text: str) -> None:
    written = write([article(question=text, answer=text), article(2)], SITE).decode()
    first, _ = [json.loads(line) for line in written.splitlines()]
    assert (first["question"], first["answer_md"]) == (text, text)


def test_the_digest_moves_with_the_text_and_with_nothing_else() -> None:
    def digest(**fields: Any) -> str:
        found: str = json.loads(write([article(**fields)], SITE))["sha256"]
        return found

    same = digest()
    assert len(same) == 64
    assert same == digest(slug="autre", url="https://x", category="Autre", version=9, tags=())
    assert len({same, digest(question="?"), digest(answer="."), digest(wordings=())}) == 4


def test_a_link_of_the_help_centre_leads_there_from_anywhere() -> None:
    record = json.loads(write([article(answer="Voir [le tarif](/aide/tarif).")], SITE))
    assert record["answer_text"] == "Voir le tarif (https://aide.example.org/aide/tarif)."
