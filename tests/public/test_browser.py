"""The help centre as a reader meets it: the product's own process, in Chromium."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests import servers
from tests.servers import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NO = "Désolé\u202f! Nous n’avons pas pu vous être utile"
OLDER = "avis-texte"
ASSISTANCE = "assistance@example.org"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One process for this file: each test is another reader, with cookies of their own."""
    var = tmp_path_factory.mktemp("site") / "served"
    with servers.serving(var, FAQ_SUPPORT_URL=f"mailto:{ASSISTANCE}") as process:
        yield process


@pytest.fixture
def page(site: Served, chromium: "Browser") -> Iterator["Page"]:
    """An article, on a small phone. Anything the console complains of fails the test."""
    context = chromium.new_context(viewport={"width": 320, "height": 640}, locale="fr-FR")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
    )
    _open_article(page, site)
    yield page
    context.close()
    assert complaints == []


def _open_article(page: "Page", site: Served) -> None:
    page.goto(f"{site.url}/aide")
    page.locator(".questions a").first.click()
    page.wait_for_selector("#avis")


def test_a_non_a_reason_and_a_remark_without_leaving_the_page(page: "Page") -> None:
    address = page.url
    page.get_by_role("button", name="Non", exact=True).click()
    page.get_by_text(NO).wait_for()
    page.get_by_role("button", name="Il manque une information").click()
    page.get_by_text("C’est noté.").wait_for()
    page.get_by_label("Dites-nous en plus").fill("Où est le RIB\u202f?")
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_text("Commentaires envoyés").wait_for()
    assert "R-" in page.locator(".reference").inner_text()
    assert page.evaluate("document.activeElement.id") == OLDER, "the thanks are read aloud"
    assert page.url == address


def test_what_is_tapped_does_not_move(page: "Page") -> None:
    def place(name: str) -> object:
        return page.get_by_role("button", name=name, exact=True).bounding_box()

    page.get_by_role("button", name="Oui", exact=True).scroll_into_view_if_needed()
    before = place("Oui"), place("Non")
    page.get_by_role("button", name="Non", exact=True).click()
    page.get_by_text(NO).wait_for()
    assert (place("Oui"), place("Non")) == before
    page.get_by_role("button", name="Oui", exact=True).click()
    page.get_by_text("C’est super").wait_for()
    assert (place("Oui"), place("Non")) == before


def test_a_lost_network_says_so_keeps_the_words_and_thanks_for_nothing(page: "Page") -> None:
    page.get_by_role("button", name="Non", exact=True).click()
    text = page.get_by_label("Dites-nous en plus")
    text.fill("Mes mots")
    page.context.set_offline(True)
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_text("La connexion a été interrompue").wait_for()
    assert text.input_value() == "Mes mots"
    assert page.get_by_text("Commentaires envoyés").count() == 0
    page.context.set_offline(False)
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_text("Commentaires envoyés").wait_for()


def test_a_lost_network_gives_the_vote_back(page: "Page") -> None:
    page.context.set_offline(True)
    page.get_by_role("button", name="Oui", exact=True).click()
    page.get_by_text("La connexion a été interrompue").wait_for()
    pressed = page.get_by_role("button", name="Oui", exact=True).get_attribute("aria-pressed")
    assert pressed == "false"
    assert page.get_by_text("C’est super").count() == 0


def test_words_survive_a_change_of_mind_and_a_remark_too_long_is_counted(page: "Page") -> None:
    page.get_by_role("button", name="Non", exact=True).click()
    page.get_by_label("Dites-nous en plus").fill("x" * 2003)
    page.get_by_text("3 caractères de trop").wait_for()
    page.get_by_role("button", name="Oui", exact=True).click()
    text = page.get_by_label("Une remarque")
    text.wait_for()
    assert len(text.input_value()) == 2003
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_text("Votre remarque ne peut dépasser").wait_for()
    assert len(text.input_value()) == 2003


def test_the_whole_way_works_without_script(site: Served, chromium: "Browser") -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    _open_article(page, site)
    page.get_by_role("button", name="Non", exact=True).click()
    page.get_by_text(NO).wait_for()
    page.get_by_label("Dites-nous en plus").fill("Sans script")
    page.get_by_role("button", name="Je ne comprends pas la réponse").click()
    page.get_by_text("Commentaires envoyés").wait_for()
    page.reload()
    assert page.get_by_text("Commentaires envoyés").count() == 1
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_on_a_small_phone(
    site: Served, chromium: "Browser", scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": 320, "height": 640}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    for path in (
        "/aide",
        "/aide/recherche?q=facture",
        "/aide/confidentialite",
        "/connexion",
        "/aide/x",
    ):
        page.goto(site.url + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, path
    context.close()


def test_the_mailbox_of_the_assistance_opens_without_script(
    site: Served, chromium: "Browser"
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/aide")
    with page.expect_request(f"mailto:{ASSISTANCE}"):
        page.get_by_role("link", name="Contacter l’assistance").click()
    assert page.url == f"{site.url}/aide/contact?de=pied"
    assert page.get_by_role("link", name=ASSISTANCE).is_visible(), "for who writes from elsewhere"
    assert context.cookies() == []
    context.close()
