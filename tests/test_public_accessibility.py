"""The readers' pages in Chromium: no accessibility fault, suggestions by keyboard."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import servers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATHS = (
    "/aide",
    "/aide/recherche?q=facture",
    "/aide/recherche?q=trottinette",
    "/aide/question-manquante",
    "/aide/confidentialite",
    "/connexion",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Served]:
    with servers.serving(tmp_path_factory.mktemp("readers") / "served") as process:
        yield process


@pytest.fixture
def page(chromium: "Browser", served: servers.Served) -> Iterator["Page"]:
    # The checker is put into the page by the test: the page's own policy would refuse it.
    context = chromium.new_context(base_url=served.url, locale="fr-FR", bypass_csp=True)
    yield context.new_page()
    context.close()


def faults(page: "Page") -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{page.url} {each['id']}: {each['nodes'][0]['html']}" for each in found]


def test_no_page_of_readers_has_an_accessibility_fault(page: "Page") -> None:
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for path in PATHS:
            page.goto(path)
            found += faults(page)
        page.goto("/aide")
        page.locator(".questions a").first.click()
        found += faults(page)
        page.get_by_role("button", name="Non", exact=True).click()
        page.get_by_role("button", name="Autre raison").wait_for()
        found += faults(page)
    assert found == []


def test_suggestions_are_walked_by_keyboard_and_opened(page: "Page") -> None:
    page.goto("/aide")
    field = page.get_by_role("combobox", name="Rechercher dans l’aide")
    field.press_sequentially("factu")
    first = page.get_by_role("option").first
    first.wait_for()
    assert faults(page) == []
    field.press("ArrowDown")
    assert first.get_attribute("aria-selected") == "true"
    assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
    question = first.inner_text()
    field.press("Enter")
    page.wait_for_url("**/aide/*")
    assert page.get_by_role("heading", level=1).inner_text() == question


def test_escape_leaves_what_was_typed_and_enter_searches(page: "Page") -> None:
    page.goto("/aide")
    field = page.get_by_role("combobox", name="Rechercher dans l’aide")
    field.press_sequentially("factu")
    page.get_by_role("option").first.wait_for()
    field.press("Escape")
    assert page.get_by_role("option").count() == 0
    field.press("Enter")
    page.wait_for_url("**/aide/recherche?q=factu")


def test_a_number_in_a_remark_is_masked_by_one_tap(page: "Page") -> None:
    page.goto("/aide")
    page.locator(".questions a").first.click()
    page.get_by_role("button", name="Non", exact=True).click()
    page.locator("#avis-remarque-texte").fill("Appelez le 06 12 34 56 78")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    page.get_by_role("button", name="Masquer et envoyer").click()
    page.get_by_text("Référence de votre remarque").wait_for()
