"""A person imports in Chromium: two files, one question left out, then the whole taken back."""

import json
from typing import TYPE_CHECKING

from faq_cms import articles, db
from tests import servers
from tests.servers import Enter

if TYPE_CHECKING:
    from pathlib import Path

ONE = "Q : Comment payer ?\nR : Par carte.\nQ : Où écrire ?\nR : Au service client.\n"
TWO = "Q : Quand serai-je livré ?\nR : Sous trois jours.\n"


def here() -> set[str]:
    """The questions of the two files that are articles here, among those the FAQ began with."""
    with db.reading() as session:
        found = set(articles.library(session)["question"])
    return found & {"Comment payer ?", "Où écrire ?", "Quand serai-je livré ?"}


def test_two_files_one_question_unticked_imported_then_undone(
    served: servers.Served, shared: db.Database, enter: Enter, tmp_path: "Path"
) -> None:
    for name, text in (("un.txt", ONE), ("deux.txt", TWO)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    page = enter("Zoé").new_page()
    page.goto(f"{served.url}/gestion/importer")
    page.locator('input[type="file"]').set_input_files([tmp_path / "un.txt", tmp_path / "deux.txt"])
    page.get_by_text("3 nouveaux").wait_for()
    # The table is a drawing: its boxes are where its first column is.
    table = page.get_by_test_id("stDataFrame").first
    table.click(position={"x": 58, "y": 36 + 18})
    page.get_by_role("button", name="Importer 2 questions").click()
    page.get_by_text("Import terminé").wait_for()
    assert here() == {"Où écrire ?", "Quand serai-je livré ?"}
    page.get_by_role("button", name="Annuler cet import…").click()
    page.get_by_role("dialog").get_by_text("2 articles supprimés").wait_for()
    page.get_by_test_id("stStatusWidget").wait_for(
        state="hidden"
    )  # a run under way drops the click
    page.get_by_role("button", name="Annuler l’import").click()
    page.get_by_text("Import annulé").wait_for()
    assert here() == set()


def test_a_whole_folder_of_a_system_is_one_document(
    served: servers.Served, shared: db.Database, enter: Enter, tmp_path: "Path"
) -> None:
    folder = tmp_path / "export"
    (folder / "images").mkdir(parents=True)
    article = {"id": 1, "title": "Comment payer ?", "body": "<p>Par carte.</p>", "section_id": 2}
    section = {"id": 2, "name": "Paiement"}
    (folder / "articles.json").write_text(json.dumps({"articles": [article]}), encoding="utf-8")
    (folder / "sections.json").write_text(json.dumps({"sections": [section]}), encoding="utf-8")
    (folder / "images" / "logo.png").write_bytes(b"\x89PNG")
    page = enter("Zoé").new_page()
    page.goto(f"{served.url}/gestion/importer")
    page.get_by_text("Choisir un dossier entier").click()
    page.locator('input[type="file"][webkitdirectory]').set_input_files(folder)
    page.get_by_text("1 nouveau").wait_for()
    page.get_by_role("button", name="Importer 1 question").click()
    page.get_by_text("Import terminé").wait_for()
    with db.reading() as session:
        library = articles.library(session).set_index("question")
    assert library.loc["Comment payer ?", "category"] == "Paiement"
