"""The whole way of a correction in a real browser: Non, proven, corrected, observed, better."""

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from faq_cms import db, loop, people, settings
from faq_cms.settings import SECRET_BYTES, Settings
from tests import content
from tests.servers import Enter, Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "Où trouver mon numéro de client"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_current", Settings(secret="s" * SECRET_BYTES))


def vote(page: "Page", address: str, answer: str) -> None:
    """One reader's click on the public page."""
    page.goto(address)
    page.get_by_role("button", name=answer, exact=True).click()
    page.get_by_text("Merci pour votre commentaire").wait_for()


def test_a_no_becomes_a_correction_whose_improvement_is_seen(served: Served, enter: Enter) -> None:
    now = dt.datetime.now(dt.UTC)
    article = content.published(QUESTION, "Sur la facture.", now=now - dt.timedelta(days=3))
    other = content.published("Autre question", "Autre réponse.")
    content.voted(other.id, False)
    content.received(article.id, 3, 29)
    reader, editor = enter("Lou"), enter("Ana").new_page()
    reader.clear_cookies()
    faults = list[str]()
    editor.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    address = f"{served.url}/aide/{article.slug}"

    vote(reader.new_page(), address, "Non")
    editor.goto(f"{served.url}/gestion/a-corriger")
    editor.get_by_role("heading", name="Problèmes avérés (1)").wait_for()
    editor.get_by_text("3 Oui · 30 Non sur le texte").wait_for()
    editor.get_by_text("Signalements isolés (1)").wait_for()
    editor.get_by_role("button", name="Confier…").first.click()
    given = editor.get_by_role("dialog")
    given.get_by_role("combobox", name="À qui").click()
    editor.get_by_role("option", name="Ana").click()
    given.get_by_role("button", name="Confier", exact=True).click()
    editor.get_by_text("Pris en charge par Ana").wait_for()

    editor.get_by_role("button", name="Corriger", exact=True).first.click()
    editor.get_by_text("Pourquoi cet article est à corriger").wait_for()
    field = editor.locator("textarea#texte")
    field.wait_for()
    field.press("Control+End")
    field.press_sequentially(" En haut à droite, après « Client ».")
    editor.get_by_text("Enregistré à").wait_for()
    editor.get_by_role("button", name="Publier…").click()
    panel = editor.get_by_role("dialog")
    assert panel.get_by_role("radio", name="Fond — nouvelle mesure").is_checked()
    panel.get_by_role("button", name="Publier").first.click()
    editor.get_by_text("Version 2 publiée").wait_for()

    editor.goto(f"{served.url}/gestion/a-corriger")
    editor.get_by_role("heading", name="En observation (1)").wait_for()
    editor.get_by_text("Pas encore mesurable").wait_for()
    editor.get_by_text("Il manque").wait_for()
    reader.clear_cookies()
    vote(reader.new_page(), address, "Oui")
    content.received(article.id, 39, 0)
    with db.transaction() as session:
        loop.review(session, people.SYSTEM, now=dt.datetime.now(dt.UTC))

    editor.goto(f"{served.url}/gestion/a-corriger")
    editor.get_by_role("radio", name="Tableau").click()
    editor.get_by_text("Amélioration constatée").filter(visible=True).wait_for()
    editor.get_by_role("radio", name="Liste").click()
    editor.locator("summary", has_text="Terminés (1)").click()
    editor.get_by_text("Avant\u00a0: 9\u202f% (3 sur 33)").wait_for()
    assert not faults
