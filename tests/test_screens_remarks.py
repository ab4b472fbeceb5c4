"""Remarques: found by their words, their reason, their state; erased for good on demand."""

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from faq_cms import db, remarks, votes
from faq_cms.models import Audit, Reason, Remark, RemarkState
from faq_cms.people import SYSTEM
from tests import content, screens

SCREEN = "remarks.py"


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def shown(app: AppTest) -> list[str]:
    return [text.value for text in app.text]


def test_without_a_remark_it_says_where_they_come_from() -> None:
    content.published()
    assert "Aucune remarque pour le moment" in screens.words(screens.application(SCREEN))


def test_new_ones_are_shown_first_and_others_one_click_away() -> None:
    article = content.published()
    content.remarked(article.id, "Nouvelle.")
    settled = content.remarked(article.id, "Réglée.")
    with db.transaction() as session:
        remarks.handle(session, SYSTEM, settled, state=RemarkState.NO_ACTION, now=content.NOW)
    app = screens.application(SCREEN)
    assert shown(app) == ["Nouvelle."]
    app.segmented_control(key="etat").set_value("toutes").run()
    assert sorted(shown(app)) == ["Nouvelle.", "Réglée."]


def test_words_are_found_whatever_their_accents_and_case() -> None:
    article = content.published()
    content.remarked(article.id, "Le relevé n’est PAS arrivé.")
    content.remarked(article.id, "Rien à voir.")
    app = screens.application(SCREEN)
    app.text_input(key="mots").set_value("releve pas").run()
    assert shown(app) == ["Le relevé n’est PAS arrivé."]
    app.text_input(key="mots").set_value("introuvable").run()
    assert "Aucune remarque ne répond à ces choix." in screens.words(app)


def test_a_reason_chooses_its_remarks() -> None:
    article = content.published()
    receipt = content.voted(article.id, False, reason=Reason.UNCLEAR)
    with db.transaction() as session:
        remarks.leave(session, receipt.vote_id, text="Obscur.", now=content.NOW)
    content.remarked(article.id, "Sans raison.")
    app = screens.application(SCREEN)
    app.selectbox(key="raison").set_value(Reason.UNCLEAR.value).run()
    assert shown(app) == ["Obscur."]
    app.selectbox(key="raison").set_value("sans").run()
    assert shown(app) == ["Sans raison."]


def test_a_remark_is_erased_by_its_reference_and_its_vote_stays() -> None:
    article = content.published()
    remark_id = content.remarked(article.id, "Je suis Jeanne Martin, tél. 0123456789.")
    with db.reading() as session:
        reference = session.get_one(Remark, remark_id).reference
    app = screens.application(SCREEN)
    app.text_input(key="reference").set_value(f" {reference.lower()} ").run()
    app.button(key="erase").click().run()
    assert not [text for text in shown(app) if "Jeanne" in text]
    with db.reading() as session:
        assert session.get_one(Remark, remark_id).text == ""
        assert votes.noes(session, since=None)["vote_id"].size == 1


def test_what_names_somebody_is_masked_until_asked_for_and_the_journal_keeps_who() -> None:
    written = "Rappelez Jeanne au 06 12 34 56 78."
    remark_id = content.remarked(content.published().id, written)
    app = screens.application(SCREEN)
    assert shown(app) == ["Rappelez Jeanne au •• •• •• •• ••."]
    app.button(key=f"reveal_card_{remark_id}").click().run()
    assert shown(app) == [written]
    with db.reading() as session:
        (entry,) = session.scalars(select(Audit).where(Audit.action == "remark.reveal"))
        assert (entry.actor, entry.object_id) == (screens.ADMINISTRATOR, remark_id)
    app.button(key=f"reveal_card_{remark_id}").click().run()
    assert shown(app) == ["Rappelez Jeanne au •• •• •• •• ••."]


def test_an_unknown_reference_is_said_to_be_so() -> None:
    content.remarked(content.published().id)
    app = screens.application(SCREEN)
    app.text_input(key="reference").set_value("R-ABSENTE2").run()
    assert [warning.value for warning in app.warning] == ["Cette remarque n’existe plus."]


def test_many_remarks_come_in_pages() -> None:
    article = content.published()
    for number in range(23):
        content.remarked(
            article.id, f"Remarque {'longue' if number % 12 == 7 else 'brève'} {number}."
        )
    app = screens.application(SCREEN)
    assert len(shown(app)) == 20
    app.pagination(key="page").set_value(2).run()
    assert len(shown(app)) == 3
    app.text_input(key="mots").set_value("longue").run()
    assert len(shown(app)) == 2


def test_an_article_and_a_period_choose_their_remarks() -> None:
    first, other = content.published("Une\u202f?"), content.published("Autre\u202f?")
    content.remarked(first.id, "De la première.")
    content.remarked(other.id, "De l’autre.")
    app = screens.application(SCREEN)
    app.selectbox(key="sur").set_value(str(first.id)).run()
    assert shown(app) == ["De la première."]
    app.selectbox(key="periode").set_value("28d").run()
    assert shown(app) == []  # they were left long ago


def test_themes_come_with_the_fiftieth_remark_and_open_theirs() -> None:
    article = content.published()
    for number in range(49):
        about = "Où est le numéro de commande\u202f?" if number < 6 else f"Obscur {number}."
        content.remarked(article.id, about)
    app = screens.application(SCREEN)
    assert not [group for group in app.get("button_group") if group.key == "theme"]
    content.remarked(article.id, "Le numéro de commande manque, appelez le 06 12 34 56 78.")
    app.run()
    pills = app.button_group(key="theme")
    assert [o for o in pills.options if "commande" in str(o)] == ["numéro de commande"]
    pills.set_value("numéro de commande").run()
    assert len(shown(app)) == 7
    assert "06 12 34" not in screens.words(app)
    app.text_input(key="mots").set_value("0612345678").run()
    assert shown(app) == []  # what is hidden is not found either
