"""Articles: every one of them, found by words without accents, filtered, opened, started."""

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import articles, categories, db, filing, people
from faq_cms.articles import Text
from tests import content, screens

SCREEN = "articles.py"


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def drafted(question: str) -> int:
    with db.transaction() as session:
        made = articles.create(session, people.SYSTEM, text=Text(question, "…"), now=content.NOW)
        return made.id


def filed(article_id: int, name: str) -> None:
    with db.transaction() as session:
        category = categories.add(session, people.SYSTEM, name=name, now=content.NOW)
        filing.file_under(
            session, people.SYSTEM, article_id, category_id=category.id, now=content.NOW
        )


def listed(app: AppTest) -> list[str]:
    return [label.strip("*").replace("\\", "") for label in screens.links(app) if "**" in label]


def test_without_an_article_it_says_to_import_or_to_write() -> None:
    app = screens.application(SCREEN)
    assert "Aucun article pour le moment" in screens.words(app)
    assert "Importer un document" in screens.links(app)


@pytest.mark.parametrize(
    "words", ["modalites", "MODALITÉS paiement", "paiement modalités", "moda", "règlement"]
)
def test_words_are_found_without_their_accents_in_question_and_category(words: str) -> None:
    filed(content.published("Quelles sont les modalités de paiement").id, "Règlements")
    content.published("Tout autre chose")
    app = screens.application(SCREEN)
    app.text_input(key="q").set_value(words).run()
    assert listed(app) == ["Quelles sont les modalités de paiement"]


def test_a_search_in_vain_says_what_to_try() -> None:
    content.published()
    app = screens.application(SCREEN)
    app.text_input(key="q").set_value("introuvable").run()
    assert "Aucun article ne correspond" in screens.words(app)
    assert not listed(app)


def test_filters_keep_what_they_name_and_add_up() -> None:
    content.published("Publiée")
    content.voted(content.published("Signalée").id, False)
    drafted("Brouillon")
    app = screens.application(SCREEN)
    assert sorted(listed(app)) == ["Brouillon", "Publiée", "Signalée"]
    for chosen, expected in (
        (["Publiés"], ["Publiée", "Signalée"]),
        (["À corriger"], ["Signalée"]),
        (["Brouillons"], ["Brouillon"]),
        (["Brouillons", "Publiés"], []),
        (["Retirés"], []),
    ):
        app.pills(key="etat").set_value(chosen).run()
        assert sorted(listed(app)) == expected


def test_a_category_keeps_its_articles_and_what_has_none_can_be_found() -> None:
    filed(content.published("Classée").id, "Factures")
    content.published("Libre")
    app = screens.application(SCREEN)
    app.selectbox(key="categorie").set_value("Factures").run()
    assert listed(app) == ["Classée"]
    app.selectbox(key="categorie").set_value("Sans catégorie").run()
    assert listed(app) == ["Libre"]


def test_each_article_shows_its_votes_as_their_number_allows() -> None:
    article = content.published()
    for helpful in (True, True, True, False):
        content.voted(article.id, helpful)
    said = screens.words(screens.application(SCREEN))
    assert "●●●○ 3 Oui, 1 Non" in said
    assert "Signalement isolé" in said


def test_a_draft_saved_elsewhere_is_seen_at_the_next_run() -> None:
    content.published("Première")
    app = screens.application(SCREEN)
    drafted("Arrivée depuis")
    app.run()
    assert sorted(listed(app)) == ["Arrivée depuis", "Première"]


def test_many_articles_come_in_pages_and_a_new_search_starts_at_the_first() -> None:
    for number in range(30):
        drafted(f"Question {number:02}")
    app = screens.application(SCREEN)
    assert len(listed(app)) == 25
    app.pagination(key="page").set_value(2).run()
    assert len(listed(app)) == 5
    app.text_input(key="q").set_value("question 2").run()
    assert len(listed(app)) == 12
    assert "12 articles" in screens.words(app)


def test_what_people_write_is_never_read_as_markdown() -> None:
    content.published("Un :red[piège] **gras** [lien](https://exemple.fr) <b>?</b>")
    label = next(label for label in screens.links(screens.application(SCREEN)) if "piège" in label)
    assert "\\[lien\\]" in label
    assert ":red" not in label


def test_a_new_article_starts_from_the_words_that_were_searched() -> None:
    content.published()
    app = screens.application(SCREEN)
    app.text_input(key="q").set_value("Comment résilier").run()
    next(button for button in app.button if button.label == "Nouvel article").click().run()
    with db.reading() as session:
        assert "Comment résilier" in list(articles.library(session)["question"])
    assert app.title[0].value == "Comment résilier"
