"""Exports of help desks and chatbots: articles with what their system says of them, and nothing invented."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import errors, imports
from faq_cms.imports import Document, Entry, Standing, systems
from faq_cms.imports.systems import values


def read(value: Any, name: str = "export.json") -> Document:
    return imports.read(json.dumps(value).encode(), name=name)


def one(value: Any) -> Entry:
    (entry,) = read(value).entries
    return entry


def utc(*moment: int) -> dt.datetime:
    return dt.datetime(*moment, tzinfo=dt.UTC)  # type: ignore[arg-type, misc]  # parts of an instant, as many as matter


# -- Freshdesk -----------------------------------------------------------------------------------

FRESHDESK = {
    "id": 42000012345,
    "type": 1,
    "status": 2,
    "title": "Comment régler&nbsp;ma facture\u202f?",
    "description": "<p>Par <b>virement</b>.<br>Voir <a href='/support/solutions/1'>ici</a>.</p>",
    "description_text": "Par virement.",
    "folder_id": 7,
    "category_id": 3,
    "tags": ["facture", {"name": "virement"}, None],
    "thumbs_up": 12,
    "thumbs_down": 3,
    "hits": 480,
    "created_at": "2024-01-05T10:00:00Z",
    "updated_at": "2025-02-01T09:30:00+01:00",
    "unknown": {"deep": [1, 2, {"id": 1}]},
}


def test_a_freshdesk_article_keeps_its_tags_state_dates_and_totals() -> None:
    entry = one([FRESHDESK])
    assert entry.question == "Comment régler\u00a0ma facture\u202f?"
    assert entry.answer.startswith("Par **virement**.\\\nVoir [ici]")
    assert (entry.external_id, entry.standing) == ("freshdesk:42000012345", Standing.PUBLISHED)
    assert entry.tags == ("facture", "virement")
    assert (entry.created_at, entry.updated_at) == (utc(2024, 1, 5, 10), utc(2025, 2, 1, 8, 30))
    assert entry.totals is not None
    assert (entry.totals.helpful, entry.totals.unhelpful, entry.totals.views) == (12, 3, 480)
    assert not entry.totals.estimated
    assert entry.ballots == ()  # totals have no dates: none are invented


def test_a_freshdesk_tree_and_a_hierarchy_give_the_two_levels() -> None:
    inside = {"name": "Boutique", "folders": [{"name": "Paiement", "articles": [FRESHDESK]}]}
    assert (one([inside]).parent, one([inside]).category) == ("Boutique", "Paiement")
    told = FRESHDESK | {
        "hierarchy": [
            {"level": 1, "type": "folder", "data": {"id": 7, "name": "Factures"}},
            {"level": 0, "type": "category", "data": {"id": 3, "name": "Compte"}},
        ]
    }
    assert (one([told]).parent, one([told]).category) == ("Compte", "Factures")


def test_a_freshdesk_draft_without_votes_has_no_totals() -> None:
    entry = one([FRESHDESK | {"status": 1, "thumbs_up": 0, "thumbs_down": 0, "hits": 0}])
    assert (entry.standing, entry.totals) == (Standing.DRAFT, None)


# -- Zendesk -------------------------------------------------------------------------------------

ZENDESK = {
    "id": 360001,
    "html_url": "https://aide.example/hc/fr/articles/360001-Suivre-ma-commande",
    "title": "Suivre ma commande",
    "name": "Suivre ma commande",
    "body": "<h2>Suivi</h2><p>Dans <a href='/hc/fr/compte'>votre compte</a>.</p>",
    "locale": "fr",
    "section_id": 20,
    "label_names": ["commande"],
    "draft": False,
    "vote_sum": 4,
    "vote_count": 10,
    "created_at": "2023-05-01T00:00:00Z",
    "edited_at": "2024-06-01T00:00:00Z",
    "updated_at": "2024-07-01T00:00:00Z",
}
ZENDESK_PLACES = {
    "sections": [
        {"id": 20, "name": "Suivi", "category_id": 5, "parent_section_id": 19},
        {"id": 19, "name": "Livraison", "category_id": 5, "parent_section_id": None},
    ],
    "categories": [{"id": 5, "name": "Commandes"}],
}


def votes(*cast: tuple[int, int, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "user_id": 900 + number,
            "item_id": 360001,
            "item_type": "Article",
            "value": value,
            "created_at": at,
        }
        for number, value, at in cast
    ]


def test_a_zendesk_article_stands_under_its_category_and_its_section() -> None:
    entry = one({"articles": [ZENDESK], **ZENDESK_PLACES})
    assert (entry.parent, entry.category) == ("Commandes", "Suivi")
    assert entry.answer == "## Suivi\n\nDans [votre compte](https://aide.example/hc/fr/compte)."
    assert entry.address == "Suivre-ma-commande"
    assert entry.published_at == utc(2024, 6, 1)


def test_zendesk_sums_become_totals_only_where_they_agree() -> None:
    entry = one({"articles": [ZENDESK]})
    assert entry.totals is not None
    assert (entry.totals.helpful, entry.totals.unhelpful) == (7, 3)
    for told in ({"vote_sum": 11}, {"vote_sum": 3}, {"vote_count": 0}, {"vote_sum": "4"}):
        assert one({"articles": [ZENDESK | told]}).totals is None


def test_zendesk_votes_keep_their_dates_and_replace_the_totals() -> None:
    cast = votes((1, 1, "2024-06-02T10:00:00Z"), (2, -1, "2024-06-03T10:00:00Z"))
    about_a_comment = cast[0] | {"id": 3, "item_type": "Comment"}
    undated = cast[0] | {"id": 4, "created_at": None}
    entry = one({"articles": [ZENDESK], "votes": [*cast, cast[0], about_a_comment, undated]})
    assert entry.totals is None
    assert [(each.reference, each.helpful, each.cast_at) for each in entry.ballots] == [
        ("1", True, utc(2024, 6, 2, 10)),
        ("2", False, utc(2024, 6, 3, 10)),
    ]


def test_other_languages_are_left_out_and_said() -> None:
    english = ZENDESK | {"id": 360002, "locale": "en-us", "title": "Track my order"}
    document = read({"articles": [ZENDESK, english]})
    assert [entry.question for entry in document.entries] == ["Suivre ma commande"]
    assert [finding.code for finding in document.warnings] == ["other_language"]
    assert len(read({"articles": [english]}).entries) == 1  # the only language there is


def test_sections_that_contain_each_other_end() -> None:
    places = {
        "sections": [
            {"id": 20, "name": "A", "parent_section_id": 21},
            {"id": 21, "name": "B", "parent_section_id": 20},
        ]
    }
    assert one({"articles": [ZENDESK], **places}).category == "A"


# -- Intercom ------------------------------------------------------------------------------------

INTERCOM = {
    "type": "article",
    "id": "9",
    "title": "Change my password",
    "body": "<p>In your account.</p>",
    "state": "published",
    "created_at": 1700000000,
    "updated_at": 1710000000,
    "parent_ids": [31],
    "tags": {"type": "tag.list", "tags": [{"id": "1", "name": "compte"}]},
    "translated_content": {
        "type": "article_translated_content",
        "fr": {
            "type": "article_content",
            "title": "Changer de mot de passe",
            "body": "<p>Dans votre compte.</p>",
            "state": "published",
        },
    },
    "statistics": {
        "type": "article_statistics",
        "views": 300,
        "reactions": 7,
        "happy_reaction_percentage": 57.14,
        "neutral_reaction_percentage": 14.29,
        "sad_reaction_percentage": 28.57,
    },
}


def test_intercom_percentages_are_counts_marked_estimated_and_neutral_is_not_no() -> None:
    totals = one({"type": "list", "data": [INTERCOM]}).totals
    assert totals is not None
    assert (totals.helpful, totals.neutral, totals.unhelpful) == (4, 1, 2)
    assert (totals.views, totals.estimated) == (300, True)


def test_an_intercom_article_is_read_in_french_where_it_is_translated() -> None:
    collections = [
        {"type": "collection", "id": "31", "name": "Mot de passe", "parent_id": "30"},
        {"type": "collection", "id": "30", "name": "Compte", "parent_id": None},
    ]
    entry = one({"data": [INTERCOM, *collections]})
    assert (entry.question, entry.answer) == ("Changer de mot de passe", "Dans votre compte.")
    assert (entry.parent, entry.category, entry.tags) == ("Compte", "Mot de passe", ("compte",))
    assert entry.created_at == utc(2023, 11, 14, 22, 13, 20)


# -- Help Scout, Chatwoot, Zammad ----------------------------------------------------------------


def test_help_scout_text_comes_before_its_listing() -> None:
    listed = {
        "id": "5a",
        "number": 4,
        "collectionId": "c1",
        "slug": "retours",
        "status": "published",
        "name": "Retourner un article",
        "publicUrl": "https://aide.example/article/4-retours",
        "viewCount": 12,
        "lastPublishedAt": "2024-03-01T08:00:00Z",
    }
    whole = {"article": listed | {"text": "<p>Sous 14 jours.</p>", "categories": ["k1"], "keywords": ["retour"]}}  # fmt: skip
    places = [{"id": "c1", "name": "Aide", "slug": "aide"}, {"id": "k1", "name": "Retours"}]
    entry = one({"articles": {"items": [listed]}, "all": [whole], "places": places})
    assert (entry.answer, entry.parent, entry.category) == ("Sous 14 jours.", "Aide", "Retours")
    assert (entry.address, entry.tags) == ("retours", ("retour",))
    assert entry.published_at == utc(2024, 3, 1, 8)
    assert entry.totals is not None
    assert (entry.totals.helpful, entry.totals.unhelpful, entry.totals.views) == (0, 0, 12)


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        (0, Standing.DRAFT),
        (1, Standing.PUBLISHED),
        (2, Standing.ARCHIVED),
        ("archived", Standing.ARCHIVED),
        (9, None),
        (None, None),
    ],
)
def test_chatwoot_states(status: object, standing: Standing | None) -> None:
    article = {
        "id": 3,
        "title": "Où est mon colis\u202f?",
        "content": "Voir **le suivi**.",
        "slug": "ou-est-mon-colis",
        "status": status,
        "portal": {"slug": "aide"},
        "category": {"id": 1, "name": "Livraison", "slug": "livraison"},
        "locale": "fr",
    }
    entry = one({"payload": [article], "meta": {"articles_count": 1}})
    assert (entry.answer, entry.category, entry.standing) == (
        "Voir **le suivi**.",
        "Livraison",
        standing,
    )


def test_zammad_assets_are_joined_by_their_numbers() -> None:
    assets = {
        "KnowledgeBaseAnswer": {
            "1": {"id": 1, "category_id": 8, "translation_ids": [11, 12], "published_at": "2024-01-01T00:00:00Z", "tags": ["sav"]},
            "2": {"id": 2, "category_id": 9, "translation_ids": [13], "archived_at": "2024-02-01T00:00:00Z"},
            "3": {"id": 3, "category_id": 9, "translation_ids": [14], "internal_at": "2024-02-01T00:00:00Z"},
            "4": {"id": 4, "category_id": 9, "translation_ids": [99]},
        },
        "KnowledgeBaseAnswerTranslation": {
            "11": {"id": 11, "answer_id": 1, "title": "Return", "kb_locale_id": 1, "content_id": 21},
            "12": {"id": 12, "answer_id": 1, "title": "Retourner", "kb_locale_id": 2, "content_id": 22},
            "13": {"id": 13, "answer_id": 2, "title": "Ancien", "kb_locale_id": 2, "content": {"body": "<p>b</p>"}},
            "14": {"id": 14, "answer_id": 3, "title": "Interne", "kb_locale_id": 2, "content_id": 404},
        },
        "KnowledgeBaseAnswerTranslationContent": {"22": {"id": 22, "body": "<p>Sous 14 jours.</p>"}},
        "KnowledgeBaseCategory": {"8": {"id": 8, "parent_id": 9, "translation_ids": [31]}, "9": {"id": 9, "parent_id": None, "translation_ids": [32]}},
        "KnowledgeBaseCategoryTranslation": {
            "31": {"id": 31, "category_id": 8, "title": "Retours", "kb_locale_id": 2},
            "32": {"id": 32, "category_id": 9, "title": "Boutique", "kb_locale_id": 2},
        },
        "KnowledgeBaseLocale": {"1": {"id": 1, "system_locale_id": 51}, "2": {"id": 2, "system_locale_id": 52}},
        "Locale": {"51": {"id": 51, "locale": "en-us"}, "52": {"id": 52, "locale": "fr-fr"}},
    }  # fmt: skip
    first, second, third = read({"id": 1, "assets": assets}).entries
    assert (first.question, first.answer) == ("Retourner", "Sous 14 jours.")
    assert (first.parent, first.category, first.tags) == ("Boutique", "Retours", ("sav",))
    assert [each.standing for each in (first, second, third)] == [
        Standing.PUBLISHED,
        Standing.ARCHIVED,
        Standing.DRAFT,
    ]
    assert (third.answer, [each.code for each in third.warnings]) == ("", ["empty_answer"])


# -- phpMyFAQ ------------------------------------------------------------------------------------


def test_phpmyfaq_answers_are_unescaped_once_and_stars_are_estimates() -> None:
    faq = {
        "id": 4,
        "language": "fr",
        "category": "Boutique >> Paiement >> Cartes",
        "keywords": "carte, bancaire",
        "question": "Carte &amp; ch&egrave;que ?",
        "answer": "&lt;p&gt;Oui, &lt;strong&gt;les deux&lt;/strong&gt; : 3 &amp;lt; 5.&lt;/p&gt;",
        "author": "x",
        "last_modified": "2022-10-01 12:00:00",
    }
    stars = {"id": 1, "artikel": 4, "vote": 49, "usr": 10, "datum": 1660000000, "ip": "::1"}
    entry = one([{"faq": faq}, {"faqvoting": [stars]}])
    assert (entry.question, entry.answer) == ("Carte & chèque ?", "Oui, **les deux** : 3 < 5.")
    assert (entry.parent, entry.category) == ("Boutique", "Cartes")
    assert entry.totals is not None
    assert (entry.totals.helpful, entry.totals.unhelpful) == (10, 0)
    assert entry.totals.estimated
    impossible = stars | {"vote": 51}
    assert one([{"faq": faq}, {"faqvoting": [impossible]}]).totals is None


def test_phpmyfaq_csv_has_no_header_and_an_order_of_its_own() -> None:
    rows = (
        '1,"Comment payer ?","<p>Par <em>carte</em>, ""oui"".</p>","carte,cb",fr,Moi,,y,n\n'
        "1,Quand ?,Demain.,,fr,Moi,,n,n\n2,When?,Tomorrow.,,en,Me,,y,n\n"
    )
    document = imports.read(rows.encode(), name="faq.csv")
    assert [(each.question, each.answer, each.standing) for each in document.entries] == [
        ("Comment payer ?", 'Par *carte*, "oui".', Standing.PUBLISHED),
        ("Quand ?", "Demain.", Standing.DRAFT),
    ]
    assert document.entries[0].tags == ("carte", "cb")


# -- QnA Maker, Rasa -----------------------------------------------------------------------------


def test_rows_of_one_answer_are_its_wordings_and_prompts_are_said() -> None:
    table = (
        "Question\tAnswer\tSource\tMetadata\tSuggestedQuestions\tIsContextOnly\tPrompts\tQnaId\n"
        "Comment payer ?\tPar carte.\\n\\n- Visa\\n- Bancontact\tEditorial\tcategory:Paiement | Tags:carte, cb\t[]\tFalse\t"
        '[{"displayOrder":0,"qnaId":2,"displayText":""},{"displayOrder":1,"qnaId":9,"displayText":"Autre"}]\t1\n'
        "Quels moyens de paiement ?\tPar carte.\\n\\n- Visa\\n- Bancontact\tEditorial\t\t[]\tFalse\t[]\t1\n"
        "Quand serai-je livré ?\tDemain.\tEditorial\t\t[]\tFalse\t[]\t2\n"
        "\tSans question.\tEditorial\t\t[]\tFalse\tpas du JSON\t3\n"
    )
    first, second = imports.read(table.encode(), name="kb.tsv").entries
    assert first.wordings == ("Quels moyens de paiement ?",)
    assert first.answer == (
        "Par carte.\n\n- Visa\n- Bancontact\n\nVoir aussi\u00a0:\n\n- Quand serai-je livré ?\n- Autre"
    )
    assert (first.category, first.tags) == ("Paiement", ("carte", "cb"))
    assert (first.external_id, second.external_id) == ("qnamaker:1", "qnamaker:2")


def test_without_numbers_rows_are_one_answer_by_its_words() -> None:
    table = (
        'Question\tAnswer\tSource\nA ?\t"Dire ""oui""."\tx\nB ?\t"Dire ""oui""."\tx\nC ?\tNon.\tx\n'
    )
    first, second = imports.read(table.encode("utf-16"), name="kb.tsv").entries
    assert (first.answer, first.wordings) == ('Dire "oui".', ("B ?",))
    assert (second.question, second.external_id) == ("C ?", None)


def test_rasa_examples_are_the_question_and_its_wordings() -> None:
    text = """
version: "3.1"
nlu:
- intent: saluer
  examples: |
    - bonjour
- intent: faq/payer
  metadata: {category: Paiement, tags: [carte]}
  examples: |
    - Comment payer ?
    - payer par [carte](moyen) ou [chèque]{"entity": "moyen"}
    - Comment payer ?
- intent: faq/livrer
  examples:
  - text: |
      Quand serai-je livré ?
responses:
  utter_faq/payer:
  - text: "Par carte."
  - text: "Ou par virement."
"""
    first, second = imports.read(text.encode(), name="nlu.yml").entries
    assert (first.question, first.wordings) == ("Comment payer ?", ("payer par carte ou chèque",))
    assert (first.answer, first.category) == ("Par carte.\n\nOu par virement.", "Paiement")
    assert (second.answer, [each.code for each in second.warnings]) == ("", ["empty_answer"])


def test_yaml_that_unfolds_for_ever_is_no_assistant() -> None:
    bomb = b"nlu: &a [x]\n" + b"b: [*a, *a]\n"
    assert not imports.READERS["rasa"].recognises(bomb)


# -- all of them ---------------------------------------------------------------------------------


def test_a_system_without_any_article_says_so() -> None:
    with pytest.raises(errors.NothingToImport):
        imports.read(b'{"articles": [], "sections": []}', name="vide.json", format="zendesk")


def test_a_category_name_longer_than_ours_is_cut() -> None:
    told = FRESHDESK | {"category_name": "x" * 200, "folder_name": "y" * 200}
    entry = one([told])
    assert entry.parent is not None
    assert entry.category is not None
    assert (len(entry.parent), len(entry.category)) == (80, 80)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2024-01-01T00:00:00Z", utc(2024, 1, 1)),
        ("2024-01-01 00:00:00 UTC", utc(2024, 1, 1)),
        (1704067200, utc(2024, 1, 1)),
        (1704067200000, utc(2024, 1, 1)),
        ("1704067200", utc(2024, 1, 1)),
        ("hier", None),
        (True, None),
        (float("inf"), None),
        (10**30, None),
        ("0001-01-01T00:00:00+14:00", None),
        (None, None),
    ],
)
def test_moments_in_the_ways_systems_write_them(told: object, expected: object) -> None:
    assert values.instant({"at": told}, "at") == expected


FIELDS = st.sampled_from([
    "id", "title", "name", "body", "content", "description", "status", "state", "type", "faq",
    "question", "answer", "votes", "articles", "sections", "folder_id", "thumbs_up", "vote_sum",
    "vote_count", "section_id", "collectionId", "text", "publicUrl", "slug", "portal",
    "statistics", "assets", "KnowledgeBaseAnswer", "KnowledgeBaseAnswerTranslation",
    "translation_ids", "created_at", "updated_at", "tags", "label_names", "hierarchy", "data",
    "level", "item_id", "value", "payload", "nlu",
])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["article", "<p>x</p>", "2024-01-01", "fr", "published"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=8),
    max_leaves=30,
)  # fmt: skip


@given(JSON, st.sampled_from([*systems.SYSTEMS]))
def test_any_json_gives_entries_or_a_plain_refusal(value: Any, system: str) -> None:
    data = json.dumps(value).encode()
    try:
        document = imports.read(data, name="x.json", format=system)
    except errors.FaqError:
        return
    assert all(entry.question for entry in document.entries)


@given(st.binary(max_size=300), st.sampled_from(["", '{"articles":[', "Question\tAnswer\tSource\n", "nlu:\n- ", "1,a,b,c,fr,x,y,y,n\n"]))  # fmt: skip
def test_any_bytes_are_read_or_refused(data: bytes, start: str) -> None:
    data = start.encode() + data
    for reader in systems.READERS:
        reader.recognises(data)
        try:
            reader.read(data, "x")
        except errors.FaqError:
            continue
