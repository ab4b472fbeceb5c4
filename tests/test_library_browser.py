"""The library and the editor in real browsers: many articles in one gesture, two people on one text.

A view sent to a colleague, an article whose review is overdue, others that leave the public pages.
"""

import datetime as dt
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from sqlalchemy import update

from faq_cms import articles, categories, db, filing, people, presence
from faq_cms.models import Plan
from tests import content
from tests.servers import Enter, Served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def answer(page: "Page") -> "Locator":
    return page.locator("textarea#texte")


def draft_answer(article_id: int) -> str:
    with db.reading() as session:
        draft = articles.draft_of(session, article_id)
        return draft.answer if draft else ""


def filed(category_id: int) -> int:
    with db.reading() as session:
        return categories.filed(session).get(category_id, 0)


def present(article_id: int) -> list[str]:
    with db.reading() as session:
        now = dt.datetime.now(dt.UTC)
        return presence.by_article(session, people.SYSTEM, now=now).get(article_id, [])


def test_thirty_articles_are_filed_in_one_gesture_and_annuler_puts_them_back(
    served: Served, enter: Enter
) -> None:
    ids = [content.published(f"Zéphyr {number:02}").id for number in range(30)]
    with db.transaction() as session:
        kept = categories.add(session, people.SYSTEM, name="Déjà là", now=content.NOW).id
        wanted = categories.add(session, people.SYSTEM, name="Factures", now=content.NOW).id
        change = filing.Change(category_id=kept)
        filing.change(session, people.SYSTEM, ids[:2], change, now=content.NOW)
        change = filing.Change(category_id=wanted)
        filing.change(session, people.SYSTEM, ids[2:5], change, now=content.NOW)
    page = enter("Camille").new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.goto(f"{served.url}/gestion/articles?q=zephyr")
    page.get_by_role("button", name="Choisir les 30 articles trouvés").click()
    page.get_by_text("30 articles choisis").wait_for()
    page.get_by_role("button", name="Catégorie", exact=True).click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("combobox").click()
    page.get_by_role("option", name="Factures").click()
    panel.get_by_text("27 articles changeront").wait_for()
    panel.get_by_text("3 articles restent tels quels").wait_for()
    panel.get_by_role("button", name="Appliquer à 27 articles").click()
    page.get_by_text("27 articles rangés dans").wait_for()
    assert filed(wanted) == 30
    with db.transaction() as session:
        change = filing.Change(category_id=None)
        filing.change(session, people.SYSTEM, ids[10:11], change, now=content.NOW)
    page.get_by_role("button", name="Annuler").click()
    page.get_by_text("26 articles rétablis").wait_for()
    page.get_by_text("1 article reste tel quel").wait_for()
    assert (filed(kept), filed(wanted)) == (2, 3)
    page.get_by_role("button", name="Jamais votés", exact=True).last.click()
    page.wait_for_url("**etat=Jamais*")
    assert not faults


def test_two_people_see_each_other_and_what_each_changed_and_join_their_texts(
    served: Served, enter: Enter
) -> None:
    article = content.published("Question partagée", "Payez par virement.\n\nSous 30 jours.")
    address = f"{served.url}/gestion/article?article={article.id}"
    first, second = enter("Camille").new_page(), enter("Dominique").new_page()
    for page in (first, second):
        page.goto(address)
        answer(page).wait_for()
    second.get_by_text("Camille a aussi ouvert cet article").wait_for()
    answer(second).press("Control+End")
    place = answer(second).bounding_box()
    # The beat alone, nobody touching the first page, tells it that somebody came.
    first.get_by_text("Dominique a aussi ouvert cet article").wait_for()
    answer(first).press("Control+Home")
    answer(first).press_sequentially("Avant tout. ")
    first.get_by_text("Enregistré à").wait_for()
    second.get_by_text("dernière saisie").wait_for()
    assert answer(second).bounding_box() == place
    assert second.evaluate("document.activeElement.shadowRoot?.activeElement?.id") == "texte"
    answer(second).press_sequentially(" Merci.")
    second.get_by_text("Camille a modifié ce texte").wait_for()
    both = second.locator(".st-key-conflict")
    both.get_by_text("Ce que Camille a changé").wait_for()
    both.locator("ins", has_text="Avant tout.").wait_for()
    both.locator("ins", has_text="Merci.").wait_for()
    assert draft_answer(article.id).startswith("Avant tout. ")
    second.get_by_role("button", name="Réunir les deux textes").click()
    both.wait_for(state="detached")
    joined = "Avant tout. Payez par virement.\n\nSous 30 jours. Merci."
    assert draft_answer(article.id) == joined
    assert answer(second).input_value() == joined
    second.get_by_test_id("stMain").get_by_role("link", name="Articles").click()
    second.get_by_text("Camille y travaille").wait_for()
    first.get_by_text("Dominique modifie aussi").wait_for(state="detached", timeout=60_000)
    first.goto("about:blank")
    second.get_by_text("Camille y travaille").wait_for()
    for _ in range(100):  # in seconds: unheard of, it would take more than a minute
        if not present(article.id):
            break
        second.wait_for_timeout(100)
    assert not present(article.id), "a closed tab says so"


def test_a_view_opened_by_a_colleague_leads_to_what_is_confirmed_withdrawn_and_put_back(
    served: Served, enter: Enter
) -> None:
    leaving, old = content.published("Offre de Noël"), content.published("Tarif ancien")
    with db.transaction() as session:
        change = filing.Change(review_on=dt.date(2026, 3, 1))
        filing.change(session, people.SYSTEM, [old.id], change, now=content.NOW)
    first, second = enter("Camille").new_page(), enter("Dominique").new_page()
    faults: list[str] = []
    for page in (first, second):
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)

    first.goto(f"{served.url}/gestion/article?article={leaving.id}")
    first.get_by_role("button", name="Plus").click()
    first.get_by_role("button", name="Retirer le…").click()
    first.get_by_role("dialog").get_by_text("Ce sera fait le").wait_for()
    first.get_by_role("button", name="Programmer le retrait").click()
    first.get_by_text("L’article quittera alors les pages publiques.").wait_for()
    with db.transaction() as session:  # the day comes; the server’s own clock does the rest
        due_at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
        session.execute(update(Plan).values(due_at=due_at))

    first.goto(f"{served.url}/gestion/articles")
    first.get_by_role("link", name="Tarif ancien").wait_for()
    view = first.get_by_role("button", name="Révision échue", exact=True).last
    view.click()  # the first button of that name is the filter, which orders nothing
    expect(first.get_by_role("combobox", name="Ordre")).to_have_value("Révision la plus ancienne")
    expect(first.get_by_role("link", name="Offre de Noël")).to_have_count(0)
    first.get_by_role("button", name="Lien de cette vue").click()
    code = first.get_by_test_id("stCode").filter(has_text="etat=").filter(has_text="ordre=")
    second.goto(code.inner_text().strip())
    second.get_by_role("link", name="Tarif ancien").wait_for()
    expect(second.get_by_role("link", name="Offre de Noël")).to_have_count(0)
    expect(second.get_by_role("combobox", name="Ordre")).to_have_value("Révision la plus ancienne")

    second.get_by_role("link", name="Tarif ancien").click()
    second.get_by_text("Révision échue depuis le 1er mars 2026").wait_for()
    second.get_by_role("button", name="Toujours exact").click()
    second.get_by_role("button", name="6 mois").click()
    second.get_by_text("Prochaine révision le").wait_for()
    second.get_by_text("Révision échue depuis").wait_for(state="detached")
    with db.reading() as session:
        review_on = filing.sheet(session, old.id).review_on
    assert review_on is not None
    assert review_on > dt.datetime.now(dt.UTC).date()

    public = f"{served.url}/aide/{old.slug}"
    second.get_by_role("button", name="Plus").click()
    second.get_by_role("button", name="Retirer de la publication").click()
    second.get_by_text("Article retiré de la publication.").wait_for()
    assert second.request.get(public).status == 404
    second.goto(f"{served.url}/gestion/article?article={old.id}")
    second.get_by_role("button", name="Plus").click()
    second.get_by_role("button", name="Remettre en ligne").click()
    second.get_by_text("Article de nouveau en ligne.").wait_for()
    assert second.request.get(public).ok

    while first.request.get(f"{served.url}/aide/{leaving.slug}").ok:
        first.wait_for_timeout(500)  # the clock ticks every half minute
    first.goto(f"{served.url}/gestion/article?article={leaving.id}")
    first.get_by_text("Retiré", exact=True).wait_for()
    assert not faults
