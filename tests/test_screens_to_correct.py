"""À corriger: proven problems apart from single complaints, each with its evidence and its outcome."""

import pytest

from faq_cms import corrections, db, people
from faq_cms.models import Account, CorrectionState, Role
from tests import content, screens

SCREEN = "to_correct.py"


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
