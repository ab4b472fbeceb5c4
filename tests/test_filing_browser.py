"""Filing and finding in a real browser: categories merged, an article opened by the key « / »."""

import re

from playwright.sync_api import expect

from faq_cms import categories, db, filing, people
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
