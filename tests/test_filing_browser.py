"""Filing and finding in a real browser: the tree of categories, synonyms, the key « / »."""

import re

from playwright.sync_api import expect

from faq_cms import categories, db, filing, people, synonyms
from faq_cms.models import Role
from tests import content
from tests.servers import Enter, Served


def test_categories_are_merged_and_an_article_found_from_anywhere(
    served: Served, enter: Enter
) -> None:
    page = enter("Sacha", Role.MANAGER).new_page()
    article = content.published("Comment régler mon abonnement\u202f?", "Par prélèvement.")
    other = content.published("Comment résilier mon abonnement\u202f?", "Par écrit.")
    with db.transaction() as session:
        old = categories.add(session, people.SYSTEM, name="Règlement", now=content.NOW)
        kept = categories.add(session, people.SYSTEM, name="Paiement", now=content.NOW)
        filing.file_under(session, people.SYSTEM, article.id, category_id=old.id, now=content.NOW)

    page.goto(f"{served.url}/gestion/categories")
    page.locator(f".st-key-more_{old.id} button").first.click()
    page.get_by_role("dialog").get_by_text("1 article passera dans").wait_for()
    page.locator(".st-key-confirm_merge button").click()
    page.get_by_text("est réunie à").first.wait_for()
    with db.reading() as session:
        left = [each.id for each in categories.ordered(session)]
        assert kept.id in left
        assert old.id not in left
        assert filing.sheet(session, article.id).category_id in left

    page.goto(f"{served.url}/gestion/articles?q=abonnement")
    page.get_by_role("button", name="Trouver un article").wait_for()
    page.get_by_text("résilier").filter(visible=True).first.wait_for()
    page.locator("h1").first.click()
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Trouver un article")
    box.press_sequentially("abonnement")
    page.get_by_role("option").nth(1).wait_for()
    first = page.get_by_role("option", selected=True).inner_text()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("option", selected=True).inner_text() != first
    box.fill("resilie abonn")
    page.get_by_role("option").nth(1).wait_for(state="detached")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/gestion/article?article={other.id}&cherche=resilie+abonn")
    page.get_by_role("heading", name="Comment résilier mon abonnement").first.wait_for()
    page.go_back()
    page.wait_for_url("**/gestion/articles?q=abonnement")


def tree() -> dict[str, list[str]]:
    with db.reading() as session:
        return {
            each.category.name: [child.name for child in each.children]
            for each in categories.tree(session)
        }


def test_categories_are_renamed_ordered_and_moved_and_readers_find_them_so(
    served: Served, enter: Enter
) -> None:
    article = content.published("Quand ma commande arrive-t-elle\u202f?")
    with db.transaction() as session:
        _, send, post = (
            categories.add(session, people.SYSTEM, name=name, now=content.NOW)
            for name in ("Paiement", "Livraison", "Colis")
        )
        filing.file_under(session, people.SYSTEM, article.id, category_id=post.id, now=content.NOW)
    page = enter("Sacha", Role.MANAGER).new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.goto(f"{served.url}/gestion/categories")
    name = page.locator(f".st-key-name_{send.id} input")
    name.fill("paiement")
    name.press("Enter")
    page.get_by_text("La catégorie «\u202fPaiement\u202f» existe déjà").first.wait_for()
    expect(name).to_have_value("Livraison")
    name.fill("Envois")
    name.press("Enter")
    page.get_by_text("Catégorie renommée.").wait_for()

    *others, last, renamed, _ = tree()
    assert (last, renamed) == ("Paiement", "Envois")
    names = page.get_by_label("Nom", exact=True)
    expect(page.locator(f".st-key-shift_1_{post.id} button").first).to_be_disabled()
    page.locator(f".st-key-shift_-1_{send.id} button").first.click()
    expect(names.nth(len(others))).to_have_value("Envois")
    assert [*tree()] == [*others, "Envois", "Paiement", "Colis"]
    page.locator(f".st-key-more_{post.id} button").first.click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("combobox", name="Place").click()
    page.get_by_role("option", name="Sous «\u202fEnvois\u202f»").click()
    page.get_by_text("Catégorie déplacée.").wait_for()
    panel.wait_for(state="detached")
    expect(names.nth(len(others) + 1)).to_have_value("Colis")
    assert tree()["Envois"] == ["Colis"]
    assert "Colis" not in tree()
    page.goto(f"{served.url}/aide/categories/{post.slug}")
    page.get_by_role("link", name="Quand ma commande").wait_for()
    page.get_by_role("navigation").get_by_role("link", name="Envois").click()
    page.wait_for_url(f"**/aide/categories/{send.slug}")  # a new name, and the address stays
    page.get_by_role("heading", name="Envois").first.wait_for()
    assert not faults


def test_words_said_to_mean_the_same_find_each_other_and_no_more_once_deleted(
    served: Served, enter: Enter
) -> None:
    article = content.published("Comment changer de courriel\u202f?", "Dans votre compte.")
    page = enter("Rémi", Role.REVIEWER).new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)

    def found(words: str) -> bool:
        answer = page.request.get(f"{served.url}/aide/recherche?q={words}")
        return "/comment-changer-de-courriel" in answer.text()

    page.goto(f"{served.url}/gestion/categories")
    page.get_by_label("Mots ou expressions").fill("courriel = mél")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    page.get_by_text("Synonymes enregistrés").wait_for()
    assert found("mél")
    assert not found("messagerie")
    with db.reading() as session:
        (kept,) = synonyms.kept(session)
    line = page.get_by_label("Synonymes", exact=True)
    line.fill(f"{' = '.join(kept.words)} = messagerie")
    line.press("Enter")
    while not found("messagerie"):  # the sentence stands there from the first time already
        page.wait_for_timeout(200)

    page.keyboard.press("Escape")
    page.get_by_role("heading", name="Catégories et synonymes").click()
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Trouver un article").press_sequentially("messagerie")
    page.get_by_role("option", name="changer de courriel").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/gestion/article?article={article.id}**")
    page.go_back()
    page.get_by_role("button", name="Supprimer").click()
    page.get_by_text("Synonymes supprimés.").wait_for()
    assert not found("messagerie")
    page.get_by_role("button", name="Annuler").click()
    page.get_by_text("C’est annulé.").wait_for()
    assert found("messagerie")
    assert not faults


def test_back_restores_filter_scroll_and_row(served: Served, enter: Enter) -> None:
    for number in range(30):
        content.published(f"Zéphyr {number:02}\u202f?")
    page = enter("Sacha").new_page()
    page.goto(f"{served.url}/gestion/articles?q=zephyr")
    row = page.get_by_role("link", name="Zéphyr 12")
    row.focus()
    screen = page.get_by_test_id("stMain")
    page.wait_for_timeout(300)
    before = screen.evaluate("each => each.scrollTop")
    assert before > 200
    row.press("Enter")
    page.get_by_role("heading", name="Zéphyr 12").first.wait_for()
    page.go_back()
    expect(row).to_be_focused()
    expect(page).to_have_url(re.compile(r"/gestion/articles\?q=zephyr$"))
    assert abs(screen.evaluate("each => each.scrollTop") - before) < 5

    page.keyboard.press("/")
    page.get_by_role("combobox", name="Trouver un article").press_sequentially("zephyr 03")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Zéphyr 03").first.wait_for()
    page.go_back()
    expect(row).to_be_focused()
    assert abs(screen.evaluate("each => each.scrollTop") - before) < 5
