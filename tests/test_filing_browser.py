"""Filing and finding in a real browser: categories merged, an article opened by the key « / »."""

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
