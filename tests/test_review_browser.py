"""Two people and one text in a real browser: read, sent back, approved; then planned and called off."""

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from faq_cms import articles, db, duties, settings
from faq_cms.models import Role
from faq_cms.settings import SECRET_BYTES, Settings
from tests import content
from tests.servers import Enter, Served

if TYPE_CHECKING:
    from playwright.sync_api import Page


def faults_of(page: "Page") -> list[str]:
    """What this page's browser reports as faults, from now on."""
    faults = list[str]()
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    return faults


def typed(page: "Page", words: str) -> None:
    field = page.locator("textarea#texte")
    field.wait_for()
    field.press("Control+End")
    field.press_sequentially(words)
    page.get_by_text("Enregistré à").wait_for()


def live(article_id: int) -> str:
    with db.reading() as session:
        live_id = articles.article(session, article_id).live_version_id
        return articles.version(session, live_id).answer


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_current", Settings(secret="s" * SECRET_BYTES))


def test_a_text_is_read_by_a_colleague_planned_published_and_taken_back(
    served: Served, enter: Enter
) -> None:
    article = content.published("Question relue")
    address = f"{served.url}/gestion/article?article={article.id}"
    author, reader = enter("Ana").new_page(), enter("Rémi", Role.REVIEWER).new_page()
    author_faults, reader_faults = faults_of(author), faults_of(reader)

    author.goto(address)
    typed(author, " Sous dix jours.")
    author.get_by_role("button", name="Publier…").click()
    author.get_by_role("button", name="Demander une relecture…").click()
    author.get_by_label("Ce qu’il faut regarder").fill("Le délai est-il juste\u202f?")
    author.get_by_role("button", name="Demander la relecture").click()
    author.get_by_text("Relecture demandée").first.wait_for()

    reader.goto(f"{served.url}/gestion/")
    reader.get_by_text("Textes qui attendent ma relecture (1)").wait_for()
    reader.get_by_role("link", name="Question relue").first.click()
    reader.get_by_role("heading", name="Votre avis").wait_for()
    reader.locator(".changes ins", has_text="Sous dix jours.").wait_for()
    reader.get_by_label("Ajouter une note").fill("Dites ouvrés.")
    reader.get_by_role("button", name="Ajouter la note").click()
    reader.get_by_role("heading", name="Notes de relecture (1)").wait_for()
    reader.get_by_role("button", name="Approuver").click()
    reader.get_by_text("Relu et approuvé par Rémi").wait_for()

    author.goto(address)
    author.get_by_text("Relu et approuvé par Rémi").wait_for()
    author.get_by_role("button", name="Publier…").click()
    author.get_by_role("button", name="Programmer…").click()
    author.get_by_text("Ce sera fait le").wait_for()
    author.get_by_role("button", name="Programmer la publication").click()
    author.get_by_text("Le texte est figé jusque-là.").wait_for()
    assert author.locator("textarea#texte").is_disabled()
    assert live(article.id) == content.ANSWER
    author.get_by_role("button", name="Annuler la programmation").click()
    author.get_by_text("Le texte est figé jusque-là.").wait_for(state="detached")

    author.get_by_role("button", name="Publier…").click()
    author.get_by_role("dialog").get_by_role("button", name="Publier").first.click()
    author.get_by_text("Version 2 publiée").wait_for()
    assert live(article.id) == f"{content.ANSWER} Sous dix jours."
    author.get_by_role("button", name="Annuler", exact=True).click()
    author.get_by_text("Publication annulée").wait_for()
    author.get_by_text("Modifications non publiées").wait_for()
    assert live(article.id) == content.ANSWER
    assert not author_faults + reader_faults


def test_a_planned_publication_is_on_the_public_page_when_its_time_has_come(
    served: Served, enter: Enter
) -> None:
    article = content.published("Question datée")
    author = enter("Ana").new_page()
    faults = faults_of(author)
    author.goto(f"{served.url}/gestion/article?article={article.id}")
    typed(author, " Dès demain.")
    author.get_by_role("button", name="Publier…").click()
    author.get_by_role("button", name="Programmer…").click()
    author.get_by_text("Ce sera fait le").wait_for()
    author.get_by_role("button", name="Programmer la publication").click()
    author.get_by_text("Le texte est figé jusque-là.").wait_for()
    duties.carry_out_plans(dt.datetime.now(dt.UTC) + dt.timedelta(days=2))
    author.reload()
    author.get_by_text("Publié · version 2").wait_for()
    author.goto(f"{served.url}/aide/{article.slug}")
    author.get_by_text("Dès demain.").wait_for()
    assert not faults
