"""The whole loop, as its people live it: one vote from the reader to the export.

Sign in by the one-time link, edit and publish, a reader says Non, the article is listed, corrected,
observed, and what is published goes out. Everything through the served product, in Chromium; the
reader has no account and no JavaScript.
"""

import csv
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

from tests.servers import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WRITTEN = "Écrivez-nous à facturation@example.org."
REMARK = "Je ne trouve pas le délai de paiement."
CORRECTED = "Le délai est de trente jours."


def folded(text: str) -> str:
    """A sentence whatever its spaces and apostrophes, as readers' words are compared."""
    return " ".join(re.sub("[\u202f\u00a0]", " ", text).replace("’", "'").split())


def test_one_vote_goes_round_the_loop(served: Served, chromium: "Browser") -> None:
    team = chromium.new_context(locale="fr-FR", viewport={"width": 1400, "height": 1000})
    reader = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = team.new_page()
    faults: list[str] = []

    sign_in_by_the_one_time_link(served, page)
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    question = edit_and_publish_a_second_version(page)
    compare_and_restore(page)
    a_reader_is_not_helped(served, reader, question)
    the_article_is_listed_with_its_remark(page, question)
    correct_it(page)
    it_is_observed_and_named_by_its_version(page, question)
    what_is_published_goes_out(served, team, page, question)
    assert not faults


def sign_in_by_the_one_time_link(served: Served, page: "Page") -> None:
    link = re.search(r"http://\S+/connexion/lien/\S+", served.log)
    assert link
    page.goto(link.group())
    page.get_by_label("Votre nom").fill("Camille")
    page.get_by_label("Mot de passe", exact=True).fill("une phrase assez longue")
    page.get_by_role("button", name="Entrer").click()
    page.get_by_role("heading", name="Aujourd’hui").wait_for()
    page.goto(link.group())
    page.get_by_text("Ce lien a déjà servi ou a expiré").wait_for()


def edit_and_publish_a_second_version(page: "Page") -> str:
    page.goto(f"{origin(page)}/gestion/articles")
    page.get_by_text("10 articles").wait_for()
    page.get_by_role("link", name="Comment puis-je régler mes factures").click()
    field = page.locator("textarea#texte")
    field.press("Control+End")
    field.press_sequentially(f" {WRITTEN}")
    page.get_by_text("Enregistré à").wait_for()
    preview = page.frame_locator("iframe")
    preview.get_by_text(WRITTEN).wait_for()
    page.get_by_role("tab", name="Ce qui change").click()
    page.locator(".changes ins", has_text="facturation@example.org").first.wait_for()
    field.press("Control+Enter")
    panel = page.get_by_role("dialog")
    panel.get_by_text("Fond").first.click()
    panel.get_by_role("textbox", name="Note (facultative)").fill("Adresse ajoutée")
    panel.get_by_role("button", name="Publier").click()
    page.get_by_text("Version 2 publiée").wait_for()
    return page.locator("h1").inner_text()


def compare_and_restore(page: "Page") -> None:
    page.get_by_role("radio", name="Historique").click()
    page.get_by_text("Adresse ajoutée").first.wait_for()
    page.get_by_role("combobox", name="Comparer avec").click()
    page.get_by_role("option", name="Version 1").click()
    page.locator(".changes ins", has_text="facturation@example.org").first.wait_for()
    page.get_by_role("button", name="Version 1").click()
    page.get_by_role("button", name="Restaurer la version 1…").click()
    page.get_by_role("dialog").get_by_role("button", name="Restaurer").click()
    page.get_by_text("Version 3 publiée").wait_for()


def a_reader_is_not_helped(served: Served, reader: "BrowserContext", question: str) -> None:
    page = reader.new_page()
    page.goto(f"{served.url}/aide")
    page.get_by_role("link", name=question).click()
    assert "Cet article a-t-il été utile ?" in folded(page.locator("main").inner_text())
    assert reader.cookies() == []
    page.get_by_role("button", name="Non").click()
    said = folded(page.locator("main").inner_text())
    assert "Désolé ! Nous n'avons pas pu vous être utile" in said
    assert "Merci pour votre commentaire" in said
    page.locator("textarea").fill(REMARK)
    page.get_by_role("button", name="Envoyer").click()
    said = folded(page.locator("main").inner_text())
    assert "Commentaires envoyés" in said
    assert "Nous apprécions vos efforts et nous allons corriger l'article" in said


def the_article_is_listed_with_its_remark(page: "Page", question: str) -> None:
    page.get_by_role("link", name="Aujourd’hui").click()
    page.get_by_text(REMARK).first.wait_for()
    page.get_by_role("link", name="Utilité des articles").first.click()
    page.get_by_role("heading", name="Utilité des articles").wait_for()
    page.get_by_text("1 vote, 0 Oui, 1 Non").wait_for()
    page.get_by_role("link", name="À corriger (1)").click()
    page.get_by_text("Signalements isolés (1)").wait_for()
    page.get_by_text(question).first.wait_for()
    page.get_by_text(REMARK).wait_for()


def correct_it(page: "Page") -> None:
    page.get_by_role("button", name="Corriger").first.click()
    page.get_by_text(REMARK).wait_for()
    field = page.locator("textarea#texte")
    field.press("Control+End")
    field.press_sequentially(f" {CORRECTED}")
    page.get_by_text("Enregistré à").wait_for()
    field.press("Control+Enter")
    panel = page.get_by_role("dialog")
    assert panel.get_by_role("radio", name="Fond").is_checked()
    panel.get_by_role("button", name="Publier").click()
    page.get_by_text("Version 4 publiée").wait_for()


def it_is_observed_and_named_by_its_version(page: "Page", question: str) -> None:
    page.goto(f"{origin(page)}/gestion/a-corriger")
    page.get_by_text("En observation depuis la version 4").wait_for()
    page.get_by_text(question).first.wait_for()
    assert page.get_by_text("Signalements isolés").count() == 0


def what_is_published_goes_out(
    served: Served, team: "BrowserContext", page: "Page", question: str
) -> None:
    page.goto(f"{origin(page)}/gestion/exporter")
    page.get_by_role("heading", name="Exporter").wait_for()
    fetched = {
        channel: team.request.get(f"{served.url}/gestion/telecharger/{channel}")
        for channel in ("csv", "json", "markdown", "jsonld")
    }
    assert {answer.status for answer in fetched.values()} == {200}
    assert fetched["csv"].headers["cache-control"] == "no-store"
    rows = list(csv.reader(io.StringIO(fetched["csv"].body().decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 11
    everywhere = [
        fetched["csv"].text(),
        "".join(item["answer_markdown"] for item in json.loads(fetched["json"].body())["items"]),
        "".join(
            zipped.read(name).decode()
            for zipped in [zipfile.ZipFile(io.BytesIO(fetched["markdown"].body()))]
            for name in zipped.namelist()
        ),
        fetched["jsonld"].text(),
    ]
    assert all(CORRECTED in text for text in everywhere)
    assert not any(WRITTEN in text for text in everywhere)
    assert json.loads(fetched["jsonld"].body())["@type"] == "FAQPage"
    file = served.var / "faq.json"
    assert served.command("export", "json", "--output", str(file)).returncode == 0
    by_command, by_page = (json.loads(text) for text in (file.read_bytes(), fetched["json"].body()))
    for item in (*by_command["items"], *by_page["items"]):
        del item["url"]  # the command has not been told on which port the server listens
    assert by_command["items"] == by_page["items"]
    row = next(
        row
        for row in json.loads(served.command("stats", "--json").stdout)
        if folded(row["question"]) == folded(question)
    )
    assert (row["version"], row["helpful"], row["unhelpful"], row["ratio"]) == (4, 0, 0, None)


def origin(page: "Page") -> str:
    return "/".join(page.url.split("/")[:3])
