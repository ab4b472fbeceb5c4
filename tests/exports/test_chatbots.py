"""Files of assistants: no text leaves its place, and every way to ask has its answer."""

import csv
import io
import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from faq_cms.articles import PublishedArticle
from faq_cms.exports import bot_framework, dialogflow, kendra, qna_maker, rasa
from tests.exports.made import NASTY, SITE, article

BOTH = ["Comment payer\u202f?", "Quels moyens de paiement\u202f?"]
TEXT = "Par virement\u00a0:\n\n- d’abord ;\n- ensuite."
LINKED = article(answer="Voir [le tarif](/aide/tarif) ou [Exemple](https://example.org/x).")

# -- QnA Maker -----------------------------------------------------------------------------------


def rows(*articles: PublishedArticle) -> list[dict[str, str]]:
    data = qna_maker.write(articles, SITE).decode()
    return list(csv.DictReader(io.StringIO(data), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_each_way_to_ask_is_a_row_of_the_same_pair() -> None:
    found = rows(article(), article(2, wordings=()))
    assert [row["Question"] for row in found] == [*BOTH, BOTH[0]]
    assert [row["QnaId"] for row in found] == ["1", "1", "2"]
    assert found[0]["Answer"] == "Par **virement**\u00a0:\\n\\n- d’abord ;\\n- ensuite."
    assert found[0]["Metadata"] == (
        "category:Facturation|tags:Virement, Échéance|article:comment-payer-1|version:2"
    )
    assert json.loads(found[0]["Prompts"]) == []


@pytest.mark.parametrize("text", NASTY)
def test_no_text_moves_a_column_or_a_row_of_the_tsv(text: str) -> None:
    data = qna_maker.write([article(question=text or "?", answer=text, category=text)], SITE)
    lines = data.decode().splitlines()
    assert [line.count("\t") for line in lines] == [7] * len(lines)
    assert len(lines) == 3
    metadata = rows(article(category=text))[0]["Metadata"]
    assert all(pair.count(":") == 1 for pair in metadata.split("|"))


def test_links_of_the_help_centre_lead_there_from_a_chat() -> None:
    (row, _) = rows(LINKED)
    assert "[le tarif](https://aide.example.org/aide/tarif)" in row["Answer"]
    assert "[Exemple](https://example.org/x)" in row["Answer"]


# -- Bot Framework -------------------------------------------------------------------------------

SECTION = re.compile(
    r"^# \? (?P<question>[^\n]+)\n(?P<others>(?:- [^\n]+\n)*)\n"
    r"\*\*Filters:\*\*\n(?P<filters>(?:- [^\n]+\n)+)\n"
    r"```markdown\n(?P<answer>.*?)\n```$",
    re.MULTILINE | re.DOTALL,
)


def test_a_section_has_its_questions_filters_and_answer() -> None:
    (found,) = SECTION.finditer(bot_framework.write([article()], SITE).decode())
    assert found["question"] == BOTH[0]
    assert found["others"] == f"- {BOTH[1]}\n"
    assert "- version = 2\n" in found["filters"]
    assert found["answer"] == article().answer


@pytest.mark.parametrize(
    "answer",
    ["```\ncode\n```", "````md\n```\nx\n```\n````", "a ``` b ``` c", "~~~\n```\n~~~", *NASTY],
)
def test_no_answer_ends_its_own_fence(answer: str) -> None:
    data = bot_framework.write([article(answer=answer), article(2)], SITE).decode()
    assert [found["question"] for found in SECTION.finditer(data)] == [BOTH[0]] * 2
    assert data.count("```") == 4


def test_a_block_of_code_is_still_one() -> None:
    answer = "Tapez\u00a0:\n\n```sh\necho ~~~\n```\n\nPuis Entrée."
    page = MarkdownIt().render
    assert page(bot_framework.unfenced(answer)) == page(answer)


@given(st.text("`~ \nab>-1."))
def test_three_backticks_never_stay(answer: str) -> None:
    assert "```" not in bot_framework.unfenced(answer)


# -- Rasa ----------------------------------------------------------------------------------------


def test_an_intent_of_its_own_survives_a_new_version_and_a_new_address() -> None:
    def intents(**fields: Any) -> list[str]:
        data = yaml.safe_load(rasa.write([article(**fields)], SITE))
        return [each["intent"] for each in data["nlu"]]

    assert intents() == intents(version=3, slug="autre", question="Autre ?") == [f"faq/{1:032x}"]


def test_training_data_are_what_rasa_reads() -> None:
    data = yaml.safe_load(rasa.write([article()], SITE))
    assert data["version"] == "3.1"
    (intent,) = data["nlu"]
    assert intent["examples"].splitlines() == [f"- {words}" for words in BOTH]
    assert data["responses"] == {f"utter_{intent['intent']}": [{"text": TEXT}]}
    assert data["rules"][0]["steps"] == [{"intent": "faq"}, {"action": "utter_faq"}]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_the_yaml(text: str) -> None:
    made = article(question=text, answer="x" + text, category=text, wordings=(text,))
    data = yaml.safe_load(rasa.write([made, article(2)], SITE))
    assert len(data["nlu"]) == len(data["responses"]) == 2
    assert all(line.startswith("- ") for line in data["nlu"][0]["examples"].splitlines())


def test_brackets_of_a_question_mark_no_entity() -> None:
    data = yaml.safe_load(rasa.write([article(question="Que dit [ceci](date) ?")], SITE))
    assert data["nlu"][0]["examples"].startswith("- Que dit ceci(date) ?\n")


def test_without_article_the_yaml_is_still_whole() -> None:
    assert yaml.safe_load(rasa.write([], SITE))["nlu"] == []


# -- Kendra and Dialogflow -----------------------------------------------------------------------


def test_kendra_reads_each_way_to_ask_with_its_source() -> None:
    document = json.loads(kendra.write([article()], SITE))
    assert document["SchemaVersion"] == 1
    assert [each["Question"] for each in document["FaqDocuments"]] == BOTH
    assert document["FaqDocuments"][0]["Attributes"] == {
        "_source_uri": "https://aide.example.org/aide/comment-payer-1",
        "_category": "Facturation",
    }
    sheet = csv.DictReader(io.StringIO(kendra.write_csv([article()], SITE).decode(), newline=""))
    assert [row["_question"] for row in sheet] == BOTH


def test_dialogflow_has_two_columns_and_no_heading() -> None:
    data = dialogflow.write([article(), article(2)], SITE).decode()
    assert list(csv.reader(io.StringIO(data, newline=""))) == [[words, TEXT] for words in BOTH]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_moves_a_cell(text: str) -> None:
    made = [article(question=f"a{text}", answer=text)]
    for data, width in ((dialogflow.write(made, SITE), 2), (kendra.write_csv(made, SITE), 4)):
        found = list(csv.reader(io.StringIO(data.decode(), newline="")))
        assert {len(row) for row in found} == {width}
