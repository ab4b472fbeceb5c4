"""Articles: every one of them, found by words without accents, filtered, opened, started."""

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import articles, categories, db, filing, loop, people, presence, reviews
from faq_cms.articles import Text
from faq_cms.filing import Change
from faq_cms.models import Role, Significance
from faq_cms.people import Actor
from faq_cms.screens import _bulk
from tests import content, screens

SCREEN = "articles.py"


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def drafted(question: str) -> int:
    with db.transaction() as session:
        made = articles.create(session, people.SYSTEM, text=Text(question, "…"), now=content.NOW)
        return made.id


def filed(article_id: int, name: str) -> None:
    with db.transaction() as session:
        category = categories.add(session, people.SYSTEM, name=name, now=content.NOW)
        filing.file_under(
            session, people.SYSTEM, article_id, category_id=category.id, now=content.NOW
        )


def changed(article_id: int, change: Change) -> None:
    with db.transaction() as session:
        filing.change(session, people.SYSTEM, [article_id], change, now=content.NOW)


def listed(app: AppTest) -> list[str]:
    return [label.strip("*").replace("\\", "") for label in screens.links(app) if "**" in label]


def test_without_an_article_it_says_to_import_or_to_write() -> None:
    app = screens.application(SCREEN)
    assert "Aucun article pour le moment" in screens.words(app)
    assert "Importer un document" in screens.links(app)


@pytest.mark.parametrize(
    "words", ["modalites", "MODALITÉS paiement", "paiement modalités", "moda", "règlement"]
)
def test_words_are_found_without_their_accents_in_question_and_category(words: str) -> None:
    filed(content.published("Quelles sont les modalités de paiement").id, "Règlements")
    content.published("Tout autre chose")
    app = screens.application(SCREEN)
    app.text_input(key="q").set_value(words).run()
    assert listed(app) == ["Quelles sont les modalités de paiement"]


def test_a_search_in_vain_says_what_to_try() -> None:
    content.published()
    app = screens.application(SCREEN)
    app.text_input(key="q").set_value("introuvable").run()
    assert "Aucun article ne correspond" in screens.words(app)
    assert not listed(app)


def test_filters_keep_what_they_name_and_add_up() -> None:
    content.published("Publiée")
    content.voted(content.published("Signalée").id, False)
    drafted("Brouillon")
    changed(content.published("Échue").id, Change(review_on=dt.date(2020, 1, 1)))
    gone = content.published("Retirée").id
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, gone, now=content.NOW)
    waiting = drafted("À relire")
    now = dt.datetime.now(dt.UTC)
    with db.transaction() as session:
        camille = people.account_named(session, screens.ADMINISTRATOR)
        actor = Actor(camille.id, camille.name, camille.role)
        mine = articles.create(session, actor, text=Text("De moi", "…"), now=now).id
        seen = articles.seen(session, waiting)
        reviews.ask(session, actor, waiting, seen=seen, now=now)
        loop.plan_publication(
            session,
            actor,
            mine,
            seen=articles.seen(session, mine),
            due_at=now + dt.timedelta(days=1),
            significance=Significance.MAJOR,
            now=now,
        )
    app = screens.application(SCREEN)
    assert len(listed(app)) == 7
    for chosen, expected in (
        (["Publiés"], ["Publiée", "Signalée", "Échue"]),
        (["À corriger"], ["Signalée"]),
        (["Brouillons"], ["Brouillon", "De moi", "À relire"]),
        (["Mes brouillons"], ["De moi"]),
        (["En relecture"], ["À relire"]),
        (["Programmés"], ["De moi"]),
        (["Révision échue"], ["Échue"]),
        (["Jamais votés"], ["Publiée", "Échue"]),
        (["Jamais votés", "Révision échue"], ["Échue"]),
        (["Brouillons", "Publiés"], []),
        (["Retirés"], ["Retirée"]),
    ):
        app.pills(key="etat").set_value(chosen).run()
        assert sorted(listed(app)) == expected, chosen
    assert "Publications et révisions à venir (2)" in [each.label for each in app.expander]
    view = next(each for each in app.button if each.label == "Jamais votés")
    view.click().run()
    assert listed(app) == ["Échue", "Publiée"], "E before P: accents aside"
    assert app.pills(key="etat").value == ["Jamais votés"]


def test_a_category_keeps_its_articles_and_what_has_none_can_be_found() -> None:
    filed(content.published("Classée").id, "Factures")
    content.published("Libre")
    app = screens.application(SCREEN)
    app.selectbox(key="categorie").set_value("Factures").run()
    assert listed(app) == ["Classée"]
    app.selectbox(key="categorie").set_value("Sans catégorie").run()
    assert listed(app) == ["Libre"]


def test_owner_and_tag_keep_theirs_and_a_category_those_under_it() -> None:
    with db.transaction() as session:
        camille = people.account_named(session, screens.ADMINISTRATOR).id
        parent = categories.add(session, people.SYSTEM, name="Paiement", now=content.NOW)
        child = categories.add(
            session, people.SYSTEM, name="Chèques", parent_id=parent.id, now=content.NOW
        )
    changed(content.published("À moi").id, Change(owner_id=camille, category_id=child.id))
    changed(content.published("Marquée").id, Change(tags=("Peppol",), category_id=parent.id))
    app = screens.application(SCREEN)
    for key, choice, expected in (
        ("responsable", "Mes articles", ["À moi"]),
        ("responsable", screens.ADMINISTRATOR, ["À moi"]),
        ("responsable", "Sans responsable", ["Marquée"]),
        ("responsable", "Tous les responsables", ["Marquée", "À moi"]),
        ("mot_cle", "Peppol", ["Marquée"]),
        ("mot_cle", "Tous les mots-clés", ["Marquée", "À moi"]),
        ("categorie", "Paiement", ["Marquée", "À moi"]),
        ("categorie", "Chèques", ["À moi"]),
    ):
        app.selectbox(key=key).set_value(choice).run()
        assert sorted(listed(app)) == expected, choice
    app.text_input(key="q").set_value("peppol").run()
    assert not listed(app)
    app.selectbox(key="categorie").set_value("Paiement").run()
    assert listed(app) == ["Marquée"], "a tag is searched like a word"


def gesture(app: AppTest, label: str) -> AppTest:
    """Open the panel of a gesture on what is chosen."""
    return next(each for each in app.button if each.label == label).click().run()


def test_bulk_gestures_say_what_they_change_make_it_and_take_it_back() -> None:
    ids = [content.published(f"Question {number}").id for number in range(3)]
    filed(ids[0], "Factures")
    app = screens.application(SCREEN)
    assert "Catégorie" not in [each.label for each in app.button], "nothing is chosen yet"

    def everything() -> None:
        gesture(app, "Choisir toute la page")
        assert "3 articles choisis" in screens.words(app)

    def sheets() -> dict[int, filing.Sheet]:
        with db.reading() as session:
            return filing.sheets(session, ids)

    before = sheets()
    day = dt.date(2027, 6, 1)
    with db.reading() as session:
        camille = people.account_named(session, screens.ADMINISTRATOR).id
        factures = categories.ordered(session)[0].id
    for label, fill, count, done in (
        ("Catégorie", ("selectbox", "bulk_category", "Factures"), 2, {"category_id": factures}),
        (
            "Responsable",
            ("selectbox", "bulk_owner", screens.ADMINISTRATOR),
            3,
            {"owner_id": camille},
        ),
        ("Date de révision", ("date_input", "bulk_review_on", day), 3, {"review_on": day}),
        ("Mots-clés", ("multiselect", "bulk_tags_added", ["Peppol"]), 3, {"tags": ("Peppol",)}),
    ):
        everything()
        gesture(app, label)
        kind, key, value = fill
        getattr(app, kind)(key=key).set_value(value).run()
        said = "2 articles changeront" if count == 2 else "3 articles changeront"
        assert said in screens.words(app), label
        if count == 2:
            assert "1 article reste tel quel : déjà ainsi" in [e.label for e in app.expander]
        app.button(key="bulk_apply").click().run()
        assert not app.exception
        for article_id, sheet in sheets().items():
            for field, expected in done.items():
                assert getattr(sheet, field) == expected, (label, article_id)
        gesture(app, "Annuler")
        assert f"{count} articles rétablis" in screens.words(app)
        assert sheets() == before
    everything()
    gesture(app, "Retirer")
    app.button(key="bulk_apply").click().run()
    with db.reading() as session:
        assert set(articles.library(session)["state"]) == {"withdrawn"}
    gesture(app, "Annuler")
    with db.reading() as session:
        assert set(articles.library(session)["state"]) == {"published"}


def test_the_chosen_ones_go_into_a_file_as_the_channel_writes_them() -> None:
    live, draft = content.published("En ligne").id, drafted("Brouillon")
    with db.reading() as session:
        camille = people.account_named(session, screens.ADMINISTRATOR)
    actor = Actor(camille.id, camille.name, camille.role)
    written = _bulk.sheet(actor, [live, draft]).decode("utf-8-sig")
    assert "En ligne" in written
    assert "Brouillon" not in written
    app = screens.application(SCREEN)
    gesture(app, "Choisir toute la page")
    assert "**1 article dans le fichier.**" in screens.words(app)
    assert "1 article n’y sera pas : pas en ligne." in screens.words(app)


def test_a_colleague_at_work_is_named_on_the_row_of_the_article() -> None:
    article = content.published("Ouverte ailleurs").id
    now = dt.datetime.now(dt.UTC)
    with db.transaction() as session:
        link = people.invite(session, people.SYSTEM, role=Role.EDITOR, now=now)
        people.use_link(session, link, name="Dominique", password_digest="x", now=now)
        account = people.account_named(session, "Dominique")
        presence.here(session, Actor(account.id, "Dominique", Role.EDITOR), article, now=now)
    assert "Dominique y travaille" in screens.words(screens.application(SCREEN))


def test_each_article_shows_its_votes_as_their_number_allows() -> None:
    article = content.published()
    for helpful in (True, True, True, False):
        content.voted(article.id, helpful)
    said = screens.words(screens.application(SCREEN))
    assert "●●●○ 3 Oui, 1 Non" in said
    assert "Signalement isolé" in said


def test_a_draft_saved_elsewhere_is_seen_at_the_next_run() -> None:
    content.published("Première")
    app = screens.application(SCREEN)
    drafted("Arrivée depuis")
    app.run()
    assert sorted(listed(app)) == ["Arrivée depuis", "Première"]


def test_many_articles_come_in_pages_and_a_new_search_starts_at_the_first() -> None:
    for number in range(30):
        drafted(f"Question {number:02}")
    app = screens.application(SCREEN)
    assert len(listed(app)) == 25
    app.pagination(key="page").set_value(2).run()
    assert len(listed(app)) == 5
    app.text_input(key="q").set_value("question 2").run()
    assert len(listed(app)) == 12
    assert "12 articles" in screens.words(app)


def test_what_people_write_is_never_read_as_markdown() -> None:
    content.published("Un :red[piège] **gras** [lien](https://exemple.fr) <b>?</b>")
    label = next(label for label in screens.links(screens.application(SCREEN)) if "piège" in label)
    assert "\\[lien\\]" in label
    assert ":red" not in label


def test_a_new_article_starts_from_the_words_that_were_searched() -> None:
    content.published()
    app = screens.application(SCREEN)
    app.text_input(key="q").set_value("Comment résilier").run()
    next(button for button in app.button if button.label == "Nouvel article").click().run()
    with db.reading() as session:
        assert "Comment résilier" in list(articles.library(session)["question"])
    assert app.title[0].value == "Comment résilier"


@pytest.mark.usefixtures("database")
def test_consultation_looks_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    content.published("Lue")
    screens.signed_in(monkeypatch, name="Lise", role=Role.VIEWER)
    app = screens.application(SCREEN)
    labels = [each.label for each in app.button]
    assert listed(app) == ["Lue"]
    assert "Nouvel article" not in labels
    assert not any(label.startswith("Choisir") for label in labels)
    assert not app.checkbox
