"""Remplacer partout: seen article by article, made at once, taken back in one gesture."""

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import articles, db
from tests import content, screens
from tests.test_replacing import ANSWER, NEW, OLD, drafted, texts


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def typed(app: AppTest) -> AppTest:
    app.text_input(key="wanted").set_value(OLD)
    app.text_input(key="replacement").set_value(NEW).run()
    assert not app.exception, app.exception
    return app


def test_masked_addresses_are_offered_first_and_replaced_then_taken_back() -> None:
    first, second = content.published("A", ANSWER), content.published("B", ANSWER)
    assert "4 adresses masquées dans 2 articles" in screens.words(screens.application())
    app = screens.application("replacing.py")
    assert "4 adresses masquées dans 2 articles" in screens.words(app)
    app.button(key=f"masked_{OLD}").click().run()
    assert app.text_input(key="wanted").value == OLD
    app.text_input(key="replacement").set_value(NEW).run()
    assert app.button(key="replace").label == "Remplacer dans 2 articles"
    app.checkbox[1].uncheck().run()
    app.button(key="replace").click().run()
    assert not app.exception, app.exception
    assert "1 article publié." in screens.words(app)
    assert texts(first.id) == ((2, f"Écrivez à {NEW}, ou à {NEW}."), None)
    assert texts(second.id) == ((1, ANSWER), None)
    app.button(key="undo").click().run()
    assert not app.exception, app.exception
    assert texts(first.id) == ((3, ANSWER), None)


def test_a_text_changed_by_a_colleague_is_left_alone_and_said_so() -> None:
    moved = content.published("A", ANSWER)
    content.published("B", ANSWER)
    app = typed(screens.application("replacing.py"))
    app.radio[0].set_value("Enregistrer en brouillon").run()
    drafted(moved.id, articles.Text("A", "De la collègue."))
    app.button(key="replace").click().run()
    assert "1 brouillon enregistré, 1 article modifié entre-temps, à revoir." in screens.words(app)
    assert texts(moved.id)[1] == "De la collègue."


def test_words_that_are_nowhere_say_so() -> None:
    content.published("A", "Oui.")
    said = screens.words(typed(screens.application("replacing.py")))
    assert "Aucun article ne contient ces mots" in said
