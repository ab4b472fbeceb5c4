"""Importer and Exporter: a preview that writes nothing, then all of it; a file for another system."""

import io
import json
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import articles, categories, db, exports, filing, gate, people
from faq_cms.exports import Destination
from faq_cms.exports.selection import Spaces, Typography
from faq_cms.filing import Change
from tests import content, screens

DOCUMENT = """Q : Comment payer ?
R : Par virement.
Q : Où écrire ?
R : À [email protected].
Q : Et sans réponse ?
R :
"""


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def uploaded(text: str, name: str = "faq.txt") -> AppTest:
    app = screens.application("importing.py")
    app.file_uploader[0].upload(name, text.encode()).run()
    assert not app.exception, app.exception
    return app


def words(app: AppTest) -> str:
    """What the screen says, without the marks that keep it from being Markdown."""
    return screens.words(app).replace("\\", "")


def questions() -> list[str]:
    with db.reading() as session:
        return sorted(articles.library(session)["question"])


def importing(app: AppTest) -> None:
    next(button for button in app.button if button.label.startswith("Importer")).click().run()
    assert not app.exception, app.exception


def test_a_preview_says_everything_and_writes_nothing() -> None:
    app = uploaded(DOCUMENT)
    choice, left = (table.value for table in app.dataframe)
    assert [list(state) for state in choice["État"]] == [["Nouveau"], ["Nouveau"]]
    assert list(choice["Importer"]) == [True, True]
    assert [list(state) for state in left["État"]] == [["Ignoré"]]
    assert list(left["À savoir"]) == ["Cette question n’a pas de réponse."]
    assert "2 nouveaux · 1 ignoré" in screens.words(app)
    said = words(app)
    assert "Ligne 4, «\u202fOù écrire ?\u202f» — Une adresse électronique est masquée" in said
    assert "«\u202fEt sans réponse ?\u202f» — Cette question n’a pas de réponse" in said
    assert questions() == []


def test_an_import_is_confirmed_once_and_a_second_one_changes_nothing() -> None:
    importing(uploaded(DOCUMENT))
    assert questions() == ["Comment payer ?", "Où écrire ?"]
    app = uploaded(DOCUMENT)
    assert "il n’y a rien à importer" in screens.words(app)


def test_articles_are_drafts_unless_asked_otherwise() -> None:
    importing(uploaded(DOCUMENT))
    with db.reading() as session:
        assert articles.published(session) == []


def test_articles_may_be_published_at_once_in_a_category() -> None:
    with db.transaction() as session:
        categories.add(session, people.SYSTEM, name="Paiement", now=content.NOW)
    app = uploaded(DOCUMENT)
    app.radio[0].set_value("Publiés tout de suite").run()
    next(box for box in app.selectbox if box.label.startswith("Catégorie")).set_value(
        "Paiement"
    ).run()
    importing(app)
    with db.reading() as session:
        found = articles.published(session)
    assert [(each.question, each.category) for each in found] == [
        ("Comment payer ?", "Paiement"),
        ("Où écrire ?", "Paiement"),
    ]


def test_a_changed_source_is_said_modified_and_becomes_a_draft() -> None:
    app = uploaded(DOCUMENT)
    app.radio[0].set_value("Publiés tout de suite").run()
    importing(app)
    app = uploaded(DOCUMENT.replace("Par virement.", "Par carte."))
    assert "1 modifié" in screens.words(app)
    importing(app)
    with db.reading() as session:
        assert articles.published(session)[0].answer == "Par virement."
        assert articles.library(session)["draft_revision"].notna().sum() == 1


@pytest.mark.parametrize("text", ["", "Bonjour, ceci n’est pas une FAQ.", "\x00\x01\x02"])
def test_what_cannot_be_read_is_said_in_french(text: str) -> None:
    app = uploaded(text)
    assert app.error
    assert "Traceback" not in screens.words(app)
    assert questions() == []


def test_a_probable_duplicate_is_shown_with_the_other_and_left_unticked() -> None:
    content.published("Comment puis-je payer ma facture d’eau\u202f?")
    app = uploaded(
        "Q : Comment payer la facture d’eau ?\nR : Par carte.\nQ : Où écrire ?\nR : Ici."
    )
    (choice,) = (table.value for table in app.dataframe)
    assert [list(state) for state in choice["État"]] == [["Nouveau"], ["Doublon probable"]]
    assert list(choice["Importer"]) == [True, False]
    assert "Comment puis-je payer ma facture d’eau" in choice["À savoir"].iloc[1]
    importing(app)
    assert len(questions()) == 2
    next(button for button in app.button if button.label == "Annuler cet import…").click().run()


def test_several_files_are_one_import_and_one_that_cannot_be_read_is_said() -> None:
    app = screens.application("importing.py")
    app.file_uploader[0].upload("a.txt", b"Q : Une ?\nR : a.")
    app.file_uploader[0].upload("b.txt", b"Q : Deux ?\nR : b.").run()
    assert "2 nouveaux" in screens.words(app)
    importing(app)
    assert questions() == ["Deux ?", "Une ?"]
    assert "Imports passés (1)" in [each.label for each in app.expander]


ARTICLES = [
    {"id": 1, "title": "Une ?", "body": "a", "section_id": 2, "vote_sum": 1, "vote_count": 3},
    {"id": 2, "title": "Deux ?", "body": "b", "section_id": 2, "draft": True},
    {"id": 3, "title": "Trois ?", "body": "c", "section_id": 2, "user_segment_id": 4},
    {"id": 4, "title": "Quatre ?", "body": "", "section_id": 2},
]
VOTES = [{"id": 1, "item_id": 2, "value": 1, "created_at": "2025-01-01T00:00:00Z"}]


def test_what_comes_with_the_articles_of_another_system_is_said_before_importing() -> None:
    app = uploaded(json.dumps({"articles": ARTICLES, "votes": VOTES}), name="sans-importance.txt")
    said = words(app)
    assert "Avec 1 vote daté et 1 relevé de totaux, à part des votes." in said
    assert "\n«\u202fQuatre ?\u202f» — Cette question n’a pas de réponse" in f"\n{said}"
    choice, _ = (table.value for table in app.dataframe)
    assert "Ligne" not in choice  # there are none in what a system exports
    known = dict(zip(choice["Question"], choice["À savoir"], strict=True))
    assert known["Deux ?"].startswith("Brouillon dans son outil")
    assert known["Trois ?"].startswith("Cet article n’était pas ouvert à tous")
    assert known["Une ?"] == ""


def test_a_page_without_any_answer_says_so_rather_than_that_all_is_there() -> None:
    page = "<html><body><h1>FAQ</h1><h2>Comment payer ?</h2><h2>Où écrire ?</h2></body></html>"
    said = words(uploaded(page, name="faq.html"))
    assert "2 ignorés" in said
    assert "«\u202fComment payer ?\u202f» — Cette question n’a pas de réponse" in said
    assert "Aucune de ces questions ne peut être importée" in said
    assert "Tout est déjà là" not in said


def test_what_the_last_import_did_makes_way_for_the_next_one() -> None:
    app = uploaded("Q : Une ?\nR : a.")
    importing(app)
    assert "Import terminé" in screens.words(app)
    app.file_uploader[0].upload("b.txt", b"Q : Deux ?\nR : b.").run()
    assert "Import terminé" not in screens.words(app)


def test_a_zip_names_the_file_of_each_question_and_those_that_hold_none() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("aide/a.txt", "Q : Une ?\nR : a.")
        archive.writestr("aide/b.txt", "Q : Deux ?\nR : b.")
        archive.writestr("aide/notes.md", "# Réunion\n\nRien de neuf.\n")
    app = screens.application("importing.py")
    app.file_uploader[0].upload("tout.zip", packed.getvalue()).run()
    assert "tout.zip/aide/notes.md\u00a0: aucune question trouvée dans ce fichier." in words(app)
    (choice,) = (table.value for table in app.dataframe)
    assert list(choice["Document"]) == ["a.txt", "b.txt"]


def test_a_whole_import_is_undone_from_the_screen_and_what_stays_is_said() -> None:
    app = uploaded("Q : Une ?\nR : a.\nQ : Deux ?\nR : b.")
    importing(app)
    with db.transaction() as session:
        library = articles.library(session)
        (article_id,) = library.loc[library["question"] == "Une ?", "article_id"]
        articles.save_draft(
            session,
            people.SYSTEM,
            int(article_id),
            text=articles.Text("Une ?", "autre"),
            seen=articles.seen(session, int(article_id)),
            now=content.NOW,
        )
    next(button for button in app.button if button.label == "Annuler cet import…").click().run()
    assert "1 article supprimé" in screens.words(app)
    next(button for button in app.button if button.label == "Annuler l’import").click().run()
    assert not app.exception, app.exception
    assert "Import annulé" in screens.words(app)
    assert "Son texte a été modifié depuis" in screens.words(app)
    assert questions() == ["Une ?"]


def test_without_a_published_article_there_is_nothing_to_export() -> None:
    assert "Aucun article publié" in screens.words(screens.application("exporting.py"))


def downloads(app: AppTest) -> list[str]:
    """The addresses of the files offered."""
    assert not app.exception, app.exception
    files = f"{gate.GESTION}/{gate.DOWNLOADS}"
    offered = [link.proto.url for link in app.get("link_button")]
    return [url for url in offered if url.startswith(files)]


@pytest.mark.parametrize("destination", list(Destination))
def test_every_channel_of_a_destination_is_one_click_away(destination: Destination) -> None:
    content.published()
    app = screens.application("exporting.py")
    app.segmented_control(key="destination").set_value(destination).run()
    said = screens.words(app)
    assert "1 article" in said
    wanted = [each for each in exports.CHANNELS.values() if each.destination is destination]
    assert downloads(app) == [f"/gestion/telecharger/{each.name}" for each in wanted]
    assert said.count("Environ") == len(wanted)


def test_what_its_votes_prove_wrong_may_be_left_out() -> None:
    content.received(content.published("Question A").id, helpful=0, unhelpful=12)
    content.published("Question B")
    app = screens.application("exporting.py")
    app.checkbox(key="below").check().run()
    assert "**1 article** sur 2" in screens.words(app)
    assert all(url.endswith("?sans=sous-objectif") for url in downloads(app))
    assert "without_below=true" in app.code[0].value


def test_a_choice_is_told_by_category_tag_day_and_spaces() -> None:
    made = content.published("Question A")
    content.published("Question B")
    with db.transaction() as session:
        category = categories.add(session, people.SYSTEM, name="Factures", now=content.NOW)
        change = Change(category_id=category.id, tags=("Échéance",))
        filing.change(session, people.SYSTEM, [made.id], change, now=content.NOW)
    app = screens.application("exporting.py")
    app.selectbox(key="category").set_value("Factures").run()
    app.selectbox(key="tag").set_value("Échéance").run()
    app.selectbox(key="spaces").set_value(Spaces.PLAIN).run()
    app.date_input(key="since").set_value(content.NOW.date()).run()
    assert "**1 article** sur 2" in screens.words(app)
    assert downloads(app)[0].endswith(
        f"?categorie=factures&mot-cle=%C3%89ch%C3%A9ance&depuis={content.NOW.date()}&espaces=plain"
    )


def test_typography_may_be_asked_for_and_what_is_wrong_is_said() -> None:
    content.published("Comment faire ?")
    app = screens.application("exporting.py")
    app.selectbox(key="typography").set_value(Typography.REFUSE).run()
    assert "Comment faire ?" in screens.words(app)
    assert downloads(app) == []
    app.selectbox(key="typography").set_value(Typography.FIX).run()
    assert downloads(app)[0].endswith("?typographie=fix")
