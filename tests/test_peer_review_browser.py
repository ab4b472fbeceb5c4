"""Where nothing comes out before a colleague has read it (FAQ_PEER_REVIEW=on), in real browsers."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from faq_cms import articles, db
from faq_cms.models import Role
from tests import content, servers
from tests.servers import Enter, Served

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The product with the rule « relecture par une autre personne »."""
    with servers.serving(tmp_path / "served", FAQ_PEER_REVIEW="on") as process:
        yield process


def live_answer(article_id: int) -> str:
    with db.reading() as session:
        live_id = articles.article(session, article_id).live_version_id
        return articles.version(session, live_id).answer


def asked_to_publish(page: "Page") -> None:
    page.get_by_role("button", name="Publier…").click()
    page.get_by_role("dialog").get_by_text("Une autre personne doit approuver").wait_for()


def test_what_is_wrong_is_shown_beside_the_text_and_only_a_colleague_lets_it_out(
    served: Served, enter: Enter
) -> None:
    content.published("Où payer ma facture\u202f?")
    article = content.published("Comment payer ma facture\u202f?", "Par virement.")
    address = f"{served.url}/gestion/article?article={article.id}"
    author, reader = enter("Ana").new_page(), enter("Rémi", Role.REVIEWER).new_page()
    faults: list[str] = []
    for page in (author, reader):
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)

    author.goto(address)
    field = author.locator("textarea#texte")
    field.press("Control+End")
    field.press_sequentially(" Écrivez à [email protected].")
    author.get_by_role("tab", name="Relecture (2)").click()
    author.get_by_text("Une adresse électronique est masquée").wait_for()
    author.locator(".passages mark", has_text="[email protected]").wait_for()
    author.get_by_text("Un article publié pose presque la même question.").wait_for()
    author.get_by_role("link", name="Où payer ma facture").wait_for()
    field.fill("Par virement. Écrivez à aide@example.org.")
    author.get_by_role("tab", name="Relecture (1)").wait_for()
    author.get_by_text("Une adresse électronique est masquée").wait_for(state="detached")

    asked_to_publish(author)
    publish = author.locator(".st-key-publish button")
    expect(publish).to_be_disabled()
    author.keyboard.press("Control+Enter")
    author.get_by_role("button", name="Demander une relecture…").click()
    author.get_by_role("button", name="Demander la relecture").click()
    author.get_by_text("Relecture demandée").first.wait_for()
    assert live_answer(article.id) == "Par virement."
    author.goto(f"{address}&vue=relire")
    author.get_by_role("heading", name="Notes de relecture").wait_for()
    expect(author.get_by_role("button", name="Approuver")).to_have_count(0)

    reader.goto(f"{served.url}/gestion/")
    reader.get_by_role("link", name="Comment payer ma facture").first.click()
    reader.get_by_role("button", name="Approuver").click()
    reader.get_by_text("Relu et approuvé par Rémi").wait_for()
    assert live_answer(article.id) == "Par virement."

    author.goto(address)
    author.get_by_text("Relu et approuvé par Rémi").wait_for()
    field.press("Control+End")
    field.press_sequentially(" Merci")
    author.get_by_text("puis modifié").wait_for()  # the approval was of another text
    asked_to_publish(author)
    expect(publish).to_be_disabled()
    author.get_by_role("button", name="Continuer à rédiger").click()
    field.fill("Par virement. Écrivez à aide@example.org.")
    author.get_by_text("Enregistré à").wait_for()
    author.get_by_role("button", name="Publier…").click()
    author.get_by_role("button", name="Demander une relecture…").click()
    author.get_by_role("button", name="Demander la relecture").click()
    author.get_by_text("Relecture demandée").first.wait_for()
    reader.goto(f"{address}&vue=relire")
    reader.get_by_role("button", name="Approuver").click()
    reader.get_by_text("Texte approuvé.").wait_for()

    author.goto(address)
    author.get_by_text("Relu et approuvé par Rémi").wait_for()
    author.get_by_role("button", name="Publier…").click()
    publish.click()
    author.get_by_text("Version 2 publiée").wait_for()
    author.goto(f"{served.url}/aide/{article.slug}")
    author.get_by_text("aide@example.org").wait_for()
    assert not faults
