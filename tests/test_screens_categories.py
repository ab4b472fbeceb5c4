"""Catégories et synonymes, and the sheet of an article: filed, ordered, merged, told apart."""

import datetime as dt

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import articles, categories, db, filing, searches, synonyms
from faq_cms.models import Role
from faq_cms.people import SYSTEM
from faq_cms.screens import _library, _tree
from faq_cms.searches import Gathered
from faq_cms.votes import civil_day
from tests import content, screens

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _signed_in(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    screens.signed_in(monkeypatch)


def added(name: str, objective: float | None = None) -> int:
    with db.transaction() as session:
        made = categories.add(session, SYSTEM, name=name, now=content.NOW)
        if objective is not None:
            categories.set_objective(
                session, SYSTEM, category_id=made.id, objective=objective, now=content.NOW
            )
        return made.id


def tree() -> dict[str, list[str]]:
    with db.reading() as session:
        return {
            each.category.name: [child.name for child in each.children]
            for each in categories.tree(session)
        }


def kept() -> list[list[str]]:
    with db.reading() as session:
        return [each.words for each in synonyms.kept(session)]


def field(app: AppTest, beginning: str) -> str:
    """The key of the widget whose key begins so."""
    (key,) = [
        str(each.key)
        for kind in (app.text_input, app.selectbox, app.multiselect, app.date_input, app.text_area)
        for each in kind
        if str(each.key).startswith(beginning)
    ]
    return key


# -- categories ----------------------------------------------------------------------------------


def test_a_category_is_added_renamed_and_given_an_objective() -> None:
    app = screens.application("categories.py")
    app.text_input(key="new_category").set_value("Paiement").run()
    app.button(key="add_category").click().run()
    with db.reading() as session:
        (category,) = categories.ordered(session)
    app.text_input(key=f"name_{category.id}").set_value("Paiements").run()
    app.number_input(key=f"objective_{category.id}").set_value(85).run()
    app.text_input(key=f"name_{category.id}").set_value(" ").run()
    assert "Le nom d’une catégorie compte" in screens.words(app)
    with db.reading() as session:
        (category,) = categories.ordered(session)
    assert (category.name, category.slug, category.objective) == ("Paiements", "paiement", 0.85)
    app.number_input(key=f"objective_{category.id}").set_value(_tree.DEFAULT).run()
    with db.reading() as session:
        assert categories.ordered(session)[0].objective is None


def test_categories_are_placed_ordered_and_deleted_when_empty() -> None:
    billing, account, payment = added("Facturation"), added("Compte"), added("Paiement")
    app = screens.application("categories.py")
    app.button(key=f"more_{payment}").click().run()
    app.selectbox(key=f"parent_{payment}_None").set_value(billing).run()
    app.button(key=f"shift_1_{billing}").click().run()
    assert list(tree().items()) == [("Compte", []), ("Facturation", ["Paiement"])]
    app.button(key=f"more_{billing}").click().run()
    assert f"remove_{billing}" not in [each.key for each in app.button]
    app.button(key=f"more_{account}").click().run()
    app.button(key=f"remove_{account}").click().run()
    assert not app.exception
    assert tree() == {"Facturation": ["Paiement"]}


def test_merging_asks_which_objective_to_keep() -> None:
    old, new = added("Factures", 0.9), added("Facturation", 0.6)
    article = content.published()
    with db.transaction() as session:
        filing.file_under(session, SYSTEM, article.id, category_id=old, now=content.NOW)
    app = screens.application("categories.py")
    app.button(key=f"more_{old}").click().run()
    assert "1 article passera dans «\u202fFacturation\u202f»" in screens.words(app)
    app.radio(key=f"merge_objective_{old}_{new}").set_value(0.9)
    app.button(key="confirm_merge").click().run()
    assert not app.exception
    with db.reading() as session:
        (category,) = categories.ordered(session)
        assert articles.article(session, article.id).category_id == new
    assert (category.name, category.objective) == ("Facturation", 0.9)


# -- synonyms ------------------------------------------------------------------------------------


def test_synonyms_are_added_merged_changed_and_deleted_with_a_way_back() -> None:
    app = screens.application("categories.py")
    app.segmented_control(key="part").set_value("Synonymes").run()
    app.button(key="offered_domiciliation").click().run()
    assert kept() == [["domiciliation", "prélèvement"]]
    app.text_input(key=field(app, "new_synonyms_")).set_value("SEPA, prélèvements").run()
    app.button(key="add_synonyms").click().run()
    assert "réunissez-les" in screens.words(app)
    app.button(key="merge_synonyms").click().run()
    assert kept() == [["SEPA", "prélèvements", "domiciliation"]]
    app.text_input(key=field(app, "synonyms_")).set_value("SEPA = domiciliation").run()
    assert kept() == [["SEPA", "domiciliation"]]
    (gone,) = [each for each in app.button if str(each.key).startswith("remove_synonyms_")]
    gone.click().run()
    assert kept() == []
    app.button(key="undo").click().run()
    assert kept() == [["SEPA", "domiciliation"]]


def test_a_search_in_vain_asks_for_a_synonym_until_it_finds() -> None:
    content.published("Comment payer\u202f?", "Par prélèvement.")
    today = civil_day(dt.datetime.now(dt.UTC))
    with db.transaction() as session:
        gathered = Gathered(
            searches={(today, "domiciliation"): 3, (today, "payer"): 2},
            results={(today, "domiciliation"): 0, (today, "payer"): 0},
        )
        searches.add(session, gathered)
    app = screens.application("categories.py")
    app.segmented_control(key="part").set_value("Synonymes").run()
    assert "**domiciliation** · 3 recherches" in screens.words(app)
    assert "**payer**" not in screens.words(app)  # an article answers it by now
    app.button(key="vain_domiciliation").click().run()
    typed = app.text_input(key=field(app, "new_synonyms_"))
    assert typed.value == "domiciliation = "
    typed.set_value("domiciliation = prélèvement").run()
    app.button(key="add_synonyms").click().run()
    assert kept() == [["domiciliation", "prélèvement"]]
    assert "Recherches sans réponse" not in screens.words(app)


def test_who_reviews_keeps_synonyms_and_leaves_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    screens.signed_in(monkeypatch, name="Dominique", role=Role.REVIEWER)
    app = screens.application("categories.py")
    assert not app.segmented_control
    assert field(app, "new_synonyms_")
    assert "new_category" not in [each.key for each in app.text_input]


# -- the sheet -----------------------------------------------------------------------------------


def opened(article_id: int) -> AppTest:
    app = screens.application()
    app.query_params["article"] = str(article_id)
    app.switch_page("article.py").run()
    assert not app.exception, app.exception
    return app


def test_a_sheet_is_filled_field_by_field_and_undone() -> None:
    article, category = content.published(), added("Facturation")
    with db.reading() as session:
        (owner,) = filing.owners(session)
    app = opened(article.id)
    app.selectbox(key=field(app, "category_")).set_value(category).run()
    app.selectbox(key=field(app, "owner_")).set_value(owner.id).run()
    app.date_input(key=field(app, "review_on_")).set_value(dt.date(2030, 6, 1)).run()
    app.text_area(key=field(app, "internal_note_")).set_value("Vu avec la compta").run()
    app.text_input(key=field(app, "slug_")).set_value("payer").run()
    assert not app.exception
    with db.reading() as session:
        sheet = filing.sheet(session, article.id)
        assert articles.article(session, article.id).slug == "payer"
    assert sheet == filing.Sheet(category, owner.id, dt.date(2030, 6, 1), "Vu avec la compta", ())
    app.selectbox(key=field(app, "owner_")).select_index(0).run()
    with db.reading() as session:
        assert filing.sheet(session, article.id).owner_id is None
    app.button(key="undo").click().run()
    with db.reading() as session:
        assert filing.sheet(session, article.id).owner_id == owner.id


# -- the library ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("domiciliation", ["Payer par prélèvement"]),
        ("payer domicil", ["Payer par prélèvement"]),
        ("numéro de commande", ["Donner un bon de commande"]),
        ("par", ["Payer par prélèvement"]),
        ("commande domiciliation", []),
    ],
)
def test_the_library_finds_by_synonyms_too(query: str, found: list[str]) -> None:
    with db.transaction() as session:
        for words in synonyms.SUGGESTED:
            synonyms.save(session, SYSTEM, words=words, now=content.NOW)
    rows = pd.DataFrame({"haystack": ["payer par prelevement", "donner un bon de commande"]})
    rows["question"] = ["Payer par prélèvement", "Donner un bon de commande"]
    assert list(_library.matching(rows, query)["question"]) == found
