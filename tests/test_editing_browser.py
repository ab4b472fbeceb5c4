"""Writing an article in a real browser: a remark corrected in a few gestures, two people at once."""

from typing import TYPE_CHECKING

from faq_cms import articles, db, filing
from tests import content
from tests.servers import Enter, Served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def answer(page: "Page") -> "Locator":
    return page.locator("textarea#texte")


def settled(page: "Page") -> None:
    """Wait until the screen has finished drawing itself."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def choose(page: "Page", label: str, option: str) -> None:
    """Pick from a list; a screen still drawing itself may close it once, as it would a person's."""
    wanted = page.get_by_role("option", name=option)
    for _ in range(5):
        page.get_by_role("combobox", name=label).click()
        page.wait_for_timeout(700)
        if wanted.is_visible():
            break
    wanted.click()


def saved(page: "Page") -> None:
    """Wait until the editor says that what is typed is kept."""
    page.get_by_text("Enregistré à").wait_for()


def live_answer(article_id: int) -> tuple[int | None, str]:
    with db.reading() as session:
        article = articles.article(session, article_id)
        version = articles.version(session, article.live_version_id)
        return version.number, version.answer


def draft_answer(article_id: int) -> str:
    with db.reading() as session:
        draft = articles.draft_of(session, article_id)
        return draft.answer if draft else ""


def test_a_remark_is_corrected_in_a_few_gestures_the_next_one_opens_and_annuler_comes_back(
    served: Served, enter: Enter
) -> None:
    first, second = content.published("Question A"), content.published("Question B")
    content.remarked(second.id, "La seconde remarque.")
    content.remarked(first.id, "Il manque l’IBAN.")
    page = enter("Camille").new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.goto(f"{served.url}/gestion/")
    settled(page)
    page.get_by_role("button", name="Corriger").first.click()
    field = answer(page)
    field.wait_for()
    page.get_by_text("Il manque l’IBAN.").wait_for()
    assert page.get_by_role("checkbox", name="Cette version y répond").is_checked()
    field.press("Control+End")
    field.press_sequentially(" L’IBAN est sur la facture.")
    field.press("Control+Enter")
    page.get_by_role("dialog").get_by_text("L’IBAN est sur la facture.").wait_for()
    assert page.get_by_role("radio", name="Fond").is_checked()
    assert (
        page.get_by_role("textbox", name="Note (facultative)").input_value()
        == "Répond à 1 remarque"
    )
    page.get_by_role("dialog").get_by_role("button", name="Publier").click()
    page.get_by_role("heading", name="Question B").wait_for()
    page.get_by_text("La seconde remarque.").wait_for()
    page.get_by_text("Version 2 publiée").wait_for()
    assert live_answer(first.id) == (2, f"{content.ANSWER} L’IBAN est sur la facture.")
    page.get_by_role("button", name="Annuler", exact=True).click()
    page.get_by_role("heading", name="Question A").wait_for()
    page.get_by_text("Publication annulée").wait_for()
    assert page.get_by_role("checkbox", name="Cette version y répond").is_checked()
    assert live_answer(first.id) == (1, content.ANSWER)
    assert draft_answer(first.id) == f"{content.ANSWER} L’IBAN est sur la facture."
    assert not faults


def test_the_same_words_are_replaced_everywhere_once_seen_and_taken_back(
    served: Served, enter: Enter
) -> None:
    masked = "[email\u00a0protected]"
    first = content.published("Question A", f"Écrivez à {masked} ou `{masked}`.")
    second = content.published("Question B", f"Écrivez à {masked}.")
    page = enter("Camille").new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.goto(f"{served.url}/gestion/")
    page.get_by_role("link", name="Remettre les adresses").click()
    page.get_by_role("button", name="Remplacer par l’adresse véritable").click()
    page.get_by_label("Par", exact=True).fill("aide@example.org")
    page.get_by_label("Par", exact=True).press("Enter")
    page.locator(".changes del", has_text="protected").first.wait_for()
    page.locator(".changes ins", has_text="aide@example.org").first.wait_for()
    page.get_by_role("button", name="Remplacer dans 2 articles").click()
    page.get_by_text("2 articles publiés.").wait_for()
    assert live_answer(second.id) == (2, "Écrivez à aide@example.org.")
    assert live_answer(first.id)[0] == 2
    page.get_by_role("button", name="Annuler").click()
    page.get_by_text("C’est annulé.").wait_for()
    assert live_answer(second.id) == (3, f"Écrivez à {masked}.")
    assert not faults


def test_two_people_at_once_both_see_both_texts_and_nothing_is_lost(
    served: Served, enter: Enter
) -> None:
    article = content.published("Question partagée")
    address = f"{served.url}/gestion/article?article={article.id}"
    first, second = enter("Camille").new_page(), enter("Dominique").new_page()
    for page in (first, second):
        page.goto(address)
        answer(page).wait_for()
    answer(first).press("Control+End")
    answer(first).press_sequentially(" Texte de Camille.")
    saved(first)
    answer(second).press("Control+End")
    answer(second).press_sequentially(" Texte de Dominique.")
    second.get_by_text("Camille a modifié ce texte").wait_for()
    assert draft_answer(article.id).endswith("Texte de Camille.")
    both = second.locator(".st-key-conflict")
    both.locator("ins", has_text="Texte de Camille.").wait_for()
    both.locator("ins", has_text="Texte de Dominique.").wait_for()
    answer(second).press_sequentially(" Et la suite.")
    second.get_by_text("la suite").first.wait_for()
    second.get_by_role("button", name="Garder mon texte").click()
    second.get_by_text("Camille a modifié ce texte").wait_for(state="detached")
    saved(second)
    assert draft_answer(article.id) == f"{content.ANSWER} Texte de Dominique. Et la suite."


def test_the_preview_is_the_public_page_of_what_is_typed(served: Served, enter: Enter) -> None:
    article = content.published("Question relue")
    page = enter("Camille").new_page()
    page.goto(f"{served.url}/gestion/article?article={article.id}")
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Question relue").wait_for()
    answer(page).press("Control+End")
    answer(page).press_sequentially(" Et **par carte**.")
    frame.locator("strong", has_text="par carte").wait_for()
    frame.get_by_text("Cet article a-t-il été utile").wait_for()


def test_a_version_has_an_address_of_its_own(served: Served, enter: Enter) -> None:
    article = content.published("Question ancienne")
    content.revised(article.id, "Une réponse récente.")
    page = enter("Camille").new_page()
    page.goto(f"{served.url}/gestion/article?article={article.id}&version=1")
    page.frame_locator("iframe").locator("strong", has_text="virement").wait_for()
    page.get_by_role("button", name="Version 2").click()
    page.wait_for_url("**version=2**")
    page.frame_locator("iframe").get_by_text("Une réponse récente.").wait_for()


def test_two_versions_are_compared_both_ways_one_is_put_back_and_the_sheet_is_filled(
    served: Served, enter: Enter
) -> None:
    article = content.published("Question ancienne")
    content.revised(article.id, "Une réponse récente.")
    page = enter("Camille").new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.goto(f"{served.url}/gestion/article?article={article.id}&version=1")
    page.get_by_role("combobox", name="Comparer avec").click()
    page.get_by_role("option", name="Version 2").click()
    page.locator(".changes del", has_text="virement").first.wait_for()
    page.locator(".changes ins", has_text="récente").first.wait_for()
    page.get_by_role("radio", name="Côte à côte").click()
    page.get_by_text("Version 1", exact=True).last.wait_for()
    page.get_by_role("button", name="Restaurer la version 1…").click()
    page.get_by_role("dialog").get_by_role("button", name="Restaurer").click()
    page.get_by_text("Version 3 publiée").wait_for()
    assert live_answer(article.id) == (3, content.ANSWER)

    page.get_by_role("radio", name="Rédiger").click()
    answer(page).wait_for()
    settled(page)
    page.get_by_text("Fiche", exact=True).click()
    choose(page, "Responsable", "Camille")
    page.get_by_text("Responsable changé.").wait_for()
    settled(page)
    page.wait_for_timeout(700)
    words = page.get_by_role("combobox", name="Mots-clés")
    words.press_sequentially("iban")
    words.press("Enter")
    page.get_by_text("Mots-clés changés.").wait_for()
    with db.reading() as session:
        sheet = filing.sheet(session, article.id)
    assert sheet.tags == ("iban",)
    assert sheet.owner_id is not None
    page.get_by_role("button", name="Annuler").last.click()
    page.get_by_text("C’est annulé.").wait_for()
    with db.reading() as session:
        assert filing.sheet(session, article.id).tags == ()
    assert not faults


def test_typography_is_mended_in_one_click_and_the_editor_shows_it(
    served: Served, enter: Enter
) -> None:
    article = content.published("Question soignée")
    page = enter("Camille").new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.goto(f"{served.url}/gestion/article?article={article.id}")
    field = answer(page)
    field.wait_for()
    field.press("Control+End")
    field.press_sequentially(" C'est `l'aide !` [ici](https://example.org/l'aide) ?")
    page.get_by_role("tab", name="Relecture (2)").click()
    page.locator(".passages mark", has_text="?").wait_for()
    page.get_by_role("button", name="Corriger la typographie").click()
    dialog = page.get_by_role("dialog")
    dialog.locator(".changes ins").first.wait_for()
    dialog.get_by_role("button", name="Corriger").click()
    dialog.wait_for(state="detached")
    mended = f"{content.ANSWER} C’est `l'aide !` [ici](https://example.org/l'aide)\u202f?"
    page.get_by_role("tab", name="Relecture", exact=True).wait_for()
    page.get_by_text("Rien à signaler").wait_for()
    assert answer(page).input_value() == mended
    assert draft_answer(article.id) == mended
    answer(page).press("Control+End")
    answer(page).press_sequentially(" Suite.")
    answer(page).press("Control+Enter")
    page.get_by_role("dialog").get_by_text("Suite.").wait_for()
    assert draft_answer(article.id) == f"{mended} Suite."
    assert not faults
