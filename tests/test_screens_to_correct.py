"""À corriger: proven problems apart from single complaints, each with its evidence and its outcome."""

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import corrections, db, loop, people, views
from faq_cms.models import Account, CorrectionState, Role
from faq_cms.votes import civil_day
from tests import content, screens

SCREEN = "to_correct.py"
TODAY = civil_day(dt.datetime.now(dt.UTC))


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def listed(article_id: int) -> bool:
    with db.reading() as session:
        return corrections.listed(session, article_id) is not None


def test_an_empty_list_says_what_to_look_at() -> None:
    content.received(content.published().id, helpful=3, unhelpful=0)
    app = screens.application(SCREEN)
    assert "Rien à corriger" in screens.words(app)
    assert "Utilité des articles" in screens.links(app)


def test_one_no_is_enough_to_be_listed_with_its_remark_in_full() -> None:
    content.remarked(content.published().id, "Il manque <b>le</b> numéro.")
    app = screens.application(SCREEN)
    assert [expander.label for expander in app.expander] == ["Signalements isolés (1)"]
    assert "Il manque <b>le</b> numéro." in [text.value for text in app.text]
    assert "1 lecteur n’a pas trouvé ce texte utile" in screens.words(app)


def test_a_no_off_text_lists_nothing() -> None:
    content.received(content.published().id, helpful=0, unhelpful=1, off_text=1)
    assert "Rien à corriger" in screens.words(screens.application(SCREEN))


def test_proven_problems_come_first_and_complaints_are_folded() -> None:
    alone = content.published("Une question isolée\u202f?")
    proven = content.published("Une question prouvée\u202f?")
    content.received(alone.id, helpful=8, unhelpful=1)
    content.received(proven.id, helpful=2, unhelpful=10)
    app = screens.application(SCREEN)
    assert app.subheader[0].value == "Problèmes avérés (1)"
    assert not app.expander[0].proto.expanded
    said = screens.words(app)
    assert "17\u202f% (2 sur 12), entre 5 et 45\u202f%" in said
    assert "8 Oui · 1 Non sur le texte" in said


def test_ten_votes_are_the_floor_of_a_proof() -> None:
    content.received(content.published().id, helpful=0, unhelpful=9)
    assert not screens.application(SCREEN).subheader


def test_taking_charge_says_who_and_can_be_taken_back() -> None:
    article = content.published()
    content.voted(article.id, False)
    app = screens.application(SCREEN)
    app.button(key=f"take_{article.id}").click().run()
    assert f"Pris en charge par {screens.ADMINISTRATOR}" in screens.words(app)
    app.button(key="undo").click().run()
    with db.reading() as session:
        row = corrections.listed(session, article.id)
    assert row is not None
    assert row.state is CorrectionState.NEW


def test_a_colleague_who_was_faster_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    article = content.published()
    content.voted(article.id, False)
    app = screens.application(SCREEN)
    with db.transaction() as session:
        now = content.NOW
        link = people.invite(session, people.SYSTEM, role=Role.EDITOR, now=now)
        people.use_link(session, link, name="Dominique", password_digest="x", now=now)
        account: Account = people.account_named(session, "Dominique")
        colleague = people.Actor(account.id, account.name, account.role)
        corrections.take(session, colleague, article.id, now=now)
    app.button(key=f"take_{article.id}").click().run()
    assert [error.value for error in app.error] == ["Dominique s’en charge déjà."]


def test_nothing_to_fix_needs_a_reason() -> None:
    article = content.published()
    content.voted(article.id, False)
    app = screens.application(SCREEN)
    app.button(key=f"ask_settle_{article.id}").click().run()
    app.button(key=f"settle_{article.id}").click().run()
    assert app.error[0].value.startswith("Donnez une raison")
    assert listed(article.id)
    app.text_input(key=f"reason_{article.id}").set_value("La règle est ainsi.").run()
    app.button(key=f"settle_{article.id}").click().run()
    assert not listed(article.id)
    assert "Rien à corriger" in screens.words(app)


def test_a_corrected_article_names_the_version_that_answers() -> None:
    article = content.published()
    content.voted(article.id, False)
    content.revised(article.id, "Par virement, en indiquant le numéro de la facture.")
    app = screens.application(SCREEN)
    assert "En observation depuis la version 2, publiée le 2 mars 2026." in screens.words(app)
    assert "Aucun vote" in screens.words(app)


# -- decided in a panel --------------------------------------------------------------------------


def listed_one(question: str = content.QUESTION, noes: int = 1) -> int:
    article_id = content.published(question).id
    content.received(article_id, 0, noes)
    return article_id


def asked(app: AppTest, panel: str, article_id: int) -> None:
    app.button(key=f"ask_{panel}_{article_id}").click().run()
    assert not app.exception, app.exception


def test_a_late_correction_says_so_in_words() -> None:
    article_id = listed_one()
    with db.transaction() as session:
        account: Account = people.account_named(session, screens.ADMINISTRATOR)
        corrections.assign(
            session,
            people.SYSTEM,
            article_id,
            to_id=account.id,
            due_on=civil_day(content.NOW),
            now=content.NOW,
        )
    app = screens.application(SCREEN)
    assert "En retard de" in screens.words(app)
    assert f"Pris en charge par {screens.ADMINISTRATOR}" in screens.words(app)


def test_a_correction_is_given_in_a_panel_and_taken_back() -> None:
    article_id = listed_one()
    app = screens.application(SCREEN)
    asked(app, "assign", article_id)
    names = app.selectbox(key=f"assignee_{article_id}")
    names.set_value(next(value for value in names.options if value == screens.ADMINISTRATOR))
    app.date_input(key=f"due_on_{article_id}").set_value(TODAY + dt.timedelta(days=9))
    app.button(key=f"assigned_{article_id}").click().run()
    assert f"Pris en charge par {screens.ADMINISTRATOR}" in screens.words(app)
    assert "Pour le " in screens.words(app)
    app.button(key="undo").click().run()
    with db.reading() as session:
        row = corrections.listed(session, article_id)
    assert row is not None
    assert (row.state, row.due_on) == (CorrectionState.NEW, None)


def test_a_refusal_is_said_in_the_panel_with_what_was_typed() -> None:
    article_id = listed_one()
    app = screens.application(SCREEN)
    asked(app, "snooze", article_id)
    app.button(key=f"snoozed_{article_id}").click().run()
    assert app.error[0].value.startswith("Donnez une raison")
    app.text_input(key=f"reason_{article_id}").set_value("Le tarif sort en juin.")
    app.button(key=f"snoozed_{article_id}").click().run()
    assert "Reportés (1)" in [expander.label for expander in app.expander]
    assert "Le tarif sort en juin" in screens.words(app)
    app.button(key=f"wake_{article_id}").click().run()
    assert "Signalements isolés (1)" in [expander.label for expander in app.expander]


# -- order, board, outcomes ----------------------------------------------------------------------


def test_the_article_that_fails_most_readers_comes_first_where_reading_is_counted() -> None:
    rare, read = listed_one("Rare\u202f?", 14), listed_one("Lue\u202f?", 10)
    with db.transaction() as session:
        views.add(session, {(TODAY, rare, "aide"): (2, 0), (TODAY, read, "aide"): (400, 0)})
    app = screens.application(SCREEN)
    shown = [link for link in screens.links(app) if "Rare" in link or "Lue" in link]
    assert "Lue" in shown[0]
    assert "Déçoit au moins" in screens.words(app)


def test_without_views_the_most_noes_come_first() -> None:
    listed_one("Moins\u202f?", 10), listed_one("Plus\u202f?", 14)
    app = screens.application(SCREEN)
    shown = [link for link in screens.links(app) if "Moins" in link or "Plus" in link]
    assert "Plus" in shown[0]


def test_the_board_holds_the_same_articles_by_state() -> None:
    listed_one("Nouvelle\u202f?")
    observed = listed_one("Observée\u202f?")
    content.revised(observed, "Mieux.")
    settled = listed_one("Classée\u202f?")
    with db.transaction() as session:
        corrections.nothing_to_fix(
            session, people.SYSTEM, settled, reason="Juste.", now=dt.datetime.now(dt.UTC)
        )
    app = screens.application(SCREEN)
    app.segmented_control(key="vue").set_value("tableau").run()
    assert not app.exception, app.exception
    said = screens.words(app)
    for column in (
        "Nouveau** (1)",
        "Pris en charge** (0)",
        "En observation** (1)",
        "Terminés** (1)",
    ):
        assert column in said


def test_what_is_observed_shows_both_measures_and_what_is_missing() -> None:
    article_id = listed_one(noes=12)
    content.revised(article_id, "Mieux.")
    content.received(article_id, 3, 0)
    said = screens.words(screens.application(SCREEN))
    assert "0\u202f% (0 sur 12), entre 0 et 24\u202f%" in said
    assert "3 Oui, 0 Non" in said
    assert "Pas encore mesurable" in said


def test_what_votes_will_not_tell_a_colleague_closes_here() -> None:
    article_id = listed_one()
    content.revised(article_id, "Mieux.")
    app = screens.application(SCREEN)
    assert "Ce volume ne permettra pas de conclure." in screens.words(app)
    asked(app, "close", article_id)
    app.text_input(key=f"reason_{article_id}").set_value("Relu\u202f: complet.")
    app.button(key=f"closed_{article_id}").click().run()
    assert "Terminés (1)" in [expander.label for expander in app.expander]
    assert f"{screens.ADMINISTRATOR}\u00a0: Relu" in screens.words(app)


def test_a_version_that_did_not_suffice_is_back_with_both_measures() -> None:
    article_id = listed_one(noes=40)
    content.revised(article_id, "Pas mieux.")
    content.received(article_id, 2, 38)
    with db.transaction() as session:
        loop.review(session, people.SYSTEM, now=dt.datetime.now(dt.UTC))
    said = screens.words(screens.application(SCREEN))
    assert "De retour\u00a0: la version 2 n’a pas suffi." in said
    assert "Avant\u00a0: 0\u202f% (0 sur 40)" in said


def test_every_reason_is_a_sentence_of_its_own() -> None:
    article_id = content.published(answer="Écrivez à [email protected].").id
    content.received(article_id, 0, 12)
    with db.transaction() as session:
        loop.raised_by_hand(
            session, people.SYSTEM, article_id, reason="Le *tarif* a changé.", now=content.NOW
        )
    said = screens.words(screens.application(SCREEN))
    assert "Les votes le prouvent" in said
    assert "Le texte publié contient 1 adresse masquée" in said
    assert "Signalé par la rédaction\u00a0: Le \\*tarif\\* a changé" in said
    assert "Cela ne prouve encore rien" not in said


def test_a_long_list_is_shown_twenty_at_a_time() -> None:
    for number in range(25):
        listed_one(f"Question {number}\u202f?")
    app = screens.application(SCREEN)
    assert len([button for button in app.button if button.label == "Corriger"]) == 20
