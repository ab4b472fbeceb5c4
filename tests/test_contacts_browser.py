"""A reader leaves an address, an editor corrects, the message arrives: in a real browser."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faq_cms import mail, publishing
from tests import content, post_office, servers
from tests.post_office import Office
from tests.servers import Enter, Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with post_office.opened(monkeypatch) as office:
        yield office


@pytest.fixture
def served(office: Office, tmp_path: Path) -> Iterator[Served]:
    """The product, with that mail server in its settings."""
    server = {
        "FAQ_SMTP_URL": f"smtp://127.0.0.1:{office.port}",
        "FAQ_MAIL_FROM": "aide@example.org",
    }
    with servers.serving(tmp_path / "served", **server) as process:
        yield process


def test_a_reader_leaves_an_address_and_is_told_of_the_correction(
    office: Office, served: Served, enter: Enter, chromium: "Browser"
) -> None:
    context = enter("Camille")
    article = content.published()
    reader = chromium.new_context().new_page()
    reader.goto(f"{served.url}/aide/{article.slug}")
    reader.get_by_role("button", name="Non").click()
    reader.get_by_label("Dites-nous en plus").fill("Il manque l’IBAN.")
    reader.get_by_text("Être prévenu si l’article est corrigé").click()
    reader.get_by_label("Votre adresse e-mail").fill("lectrice@example.org")
    reader.get_by_role("button", name="Envoyer", exact=True).click()
    reader.get_by_text("Référence de votre remarque").wait_for()
    reader.context.close()

    page = context.new_page()
    page.goto(f"{served.url}/gestion/")
    page.get_by_text("contact laissé").wait_for()
    assert page.get_by_text("lectrice@example.org").count() == 0
    page.get_by_role("button", name="Corriger").first.click()
    field = page.locator("textarea#texte")
    field.wait_for()
    field.press("Control+End")
    field.press_sequentially(" L’IBAN est sur la facture.")
    field.press("Control+Enter")
    page.get_by_role("dialog").get_by_role("button", name="Publier").click()
    page.get_by_text("a demandé à être prévenu").wait_for()
    page.get_by_text("Lire le message").click()
    page.get_by_text("[ajouté\u00a0: L’IBAN est sur la facture.]").wait_for()
    page.get_by_role("button", name="Envoyer", exact=True).click()
    page.get_by_text("Le message part dans une minute").wait_for()
    mail.deliver(dt.datetime.now(dt.UTC) + publishing.TAKE_BACK)
    (message,) = office.taken
    assert message["To"] == "lectrice@example.org"
    assert "L’IBAN est sur la facture." in message.get_content()
