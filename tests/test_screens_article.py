"""Un article: written without losing a letter, published with its weight, restored, withdrawn."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import (
    articles,
    corrections,
    db,
    flags,
    imported_votes,
    people,
    remarks,
    settings,
)
from faq_cms.articles import Seen, Text
from faq_cms.imported_votes import Total
from faq_cms.models import Article, Reason, RemarkState, Role, Significance, Version
from faq_cms.screens import _desk
from tests import content, screens

SCREEN = "article.py"
WRITING = {"Corriger", "Créer", "Effacer", "Importer", "Nouvel", "Publier…", "Sans", "Transmettre"}


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def opened(article_id: int, **query: str) -> AppTest:
    app = AppTest.from_file(screens.MENU, default_timeout=screens.RUN_SECONDS).run()
    app.switch_page(SCREEN)
    app.query_params["article"] = str(article_id)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def desk(app: AppTest, article_id: int) -> _desk.Desk:
    found: _desk.Desk = app.session_state[f"desk_{article_id}"]
    return found


def typed(app: AppTest, article_id: int, answer: str) -> None:
    """The browser pushes an answer based on what this page had seen."""
    here = desk(app, article_id)
    app.session_state[here.key("answer")] = {
        "draft": {"id": "tab:1", "text": answer, "revision": _desk.revision(here.seen)}
    }
    # The component's own callback is the browser's; from here on it is the product's.
    _desk.save_answer(here, answer, _desk.revision(here.seen))
    app.run()


def by_colleague(article_id: int, answer: str) -> None:
    with db.transaction() as session:
        seen = articles.seen(session, article_id)
        text = Text(content.QUESTION, answer)
        articles.save_draft(
            session, people.SYSTEM, article_id, text=text, seen=seen, now=content.NOW
        )


def standing(article_id: int) -> tuple[Article, Version | None]:
    with db.reading() as session:
        return articles.article(session, article_id), articles.draft_of(session, article_id)


def live(article_id: int) -> Version:
    with db.reading() as session:
        found: Version = articles.version(
            session, articles.article(session, article_id).live_version_id
        )
        return found


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, app.exception


# -- opening -------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("asked", ["", "0", "99", "x", "-1", "9" * 30, "١"])
def test_an_article_that_is_not_there_says_so(asked: str) -> None:
    content.published()
    app = AppTest.from_file(screens.MENU, default_timeout=screens.RUN_SECONDS).run()
    app.switch_page(SCREEN)
    app.query_params["article"] = asked
    app.run()
    assert not app.exception
    assert "Articles" in screens.links(app)


def test_an_article_shows_its_text_its_state_and_its_votes() -> None:
    article = content.published()
    content.voted(article.id, True)
    app = opened(article.id)
    assert app.title[0].value == _plain(content.QUESTION)
    said = screens.words(app)
    assert "Publié · version 1" in said
    assert "1 Oui, 0 Non" in said


def _plain(text: str) -> str:
    from faq_cms.screens import _parts

    return _parts.plain(text)


# -- writing -------------------------------------------------------------------------------------


def test_the_question_saves_itself_and_the_answer_after_it_is_not_a_conflict() -> None:
    article = content.published()
    app = opened(article.id)
    here = desk(app, article.id)
    before = here.seen
    app.text_input(key=here.key("question")).set_value("Comment régler ma facture ?").run()
    _desk.save_answer(here, "Par carte.", _desk.revision(before))
    app.run()
    draft = standing(article.id)[1]
    assert draft is not None
    assert (draft.question, draft.answer) == ("Comment régler ma facture ?", "Par carte.")
    assert here.stale is None


def test_other_wordings_are_one_a_line() -> None:
    article = content.published()
    app = opened(article.id)
    app.text_area(key=desk(app, article.id).key("wordings")).set_value("Payer\n\n  Régler ").run()
    draft = standing(article.id)[1]
    assert draft is not None
    assert draft.wordings == ["Payer", "Régler"]


def test_a_stale_save_writes_nothing_and_shows_both_texts() -> None:
    article = content.published()
    app = opened(article.id)
    by_colleague(article.id, "Texte de la collègue.")
    typed(app, article.id, "Mon texte à moi.")
    draft = standing(article.id)[1]
    assert draft is not None
    assert draft.answer == "Texte de la collègue."
    shown = "".join(str(each.proto.body) for each in app.get("html"))
    said = screens.words(app)
    assert "Ce que système a changé" in said
    assert "Ce que vous avez changé" in said
    assert "de la collègue" in shown
    assert "à moi" in shown
    assert "système a modifié ce texte" in screens.words(app)
    assert app.button(key="open_publication").disabled


def test_keeping_mine_saves_it_over_what_was_shown() -> None:
    article = content.published()
    app = opened(article.id)
    by_colleague(article.id, "Texte de la collègue.")
    typed(app, article.id, "Mon texte à moi.")
    press(app, "Garder mon texte")
    draft = standing(article.id)[1]
    assert draft is not None
    assert draft.answer == "Mon texte à moi."
    assert "Garder mon texte" not in [button.label for button in app.button]


def test_keeping_mine_over_something_newer_is_refused_again() -> None:
    article = content.published()
    app = opened(article.id)
    by_colleague(article.id, "Premier texte de la collègue.")
    typed(app, article.id, "Mon texte à moi.")
    by_colleague(article.id, "Second texte de la collègue.")
    press(app, "Garder mon texte")
    draft = standing(article.id)[1]
    assert draft is not None
    assert draft.answer == "Second texte de la collègue."
    assert desk(app, article.id).mine == Text(content.QUESTION, "Mon texte à moi.")


def test_taking_theirs_starts_again_from_it() -> None:
    article = content.published()
    app = opened(article.id)
    by_colleague(article.id, "Texte de la collègue.")
    typed(app, article.id, "Mon texte à moi.")
    press(app, "Reprendre le sien")
    here = desk(app, article.id)
    assert (here.text.answer, here.mine, here.generation) == ("Texte de la collègue.", None, 1)


def test_a_colleagues_save_is_shown_where_nothing_is_being_typed() -> None:
    article = content.published()
    app = opened(article.id)
    by_colleague(article.id, "Texte de la collègue.")
    app.run()
    assert desk(app, article.id).text.answer == "Texte de la collègue."
    typed(app, article.id, "Relu par moi.")
    draft = standing(article.id)[1]
    assert draft is not None
    assert draft.answer == "Relu par moi."


def test_a_revision_made_up_by_a_browser_saves_nothing() -> None:
    article = content.published()
    here = desk(opened(article.id), article.id)
    for made_up in ("", "x", "1", "1:2:3", "-1:0", "1:" + "9" * 40):
        assert _desk.save_answer(here, "Texte", made_up) is None
    assert standing(article.id)[1] is None


@pytest.mark.parametrize("seen", [Seen(None, 0), Seen(7, 0), Seen(7, 12)])
def test_a_revision_survives_the_way_to_the_browser_and_back(seen: Seen) -> None:
    assert _desk.seen_of(_desk.revision(seen)) == seen


def test_a_closed_session_keeps_the_text_on_the_desk(secret: str) -> None:
    article = content.published()
    app = opened(article.id)
    here = desk(app, article.id)
    with db.transaction() as session:
        people.sign_out(session, secret, now=content.NOW)
    assert _desk.save_answer(here, "Texte non enregistré", _desk.revision(here.seen)) is None
    assert here.mine is not None
    assert here.mine.answer == "Texte non enregistré"
    assert here.problem


# -- publishing ----------------------------------------------------------------------------------


def publish(app: AppTest) -> None:
    app.button(key="open_publication").click().run()
    app.button(key="publish").click().run()
    app.run()
    assert not app.exception, app.exception


def test_a_correction_of_form_lets_votes_go_on() -> None:
    article = content.published()
    app = opened(article.id)
    typed(app, article.id, "Par virement.")
    publish(app)
    assert live(article.id).significance is Significance.MINOR
    assert "Version 2 publiée" in screens.words(app)


def test_coming_from_the_list_the_version_is_of_substance_and_the_next_article_is_offered() -> None:
    first, second = content.published("Une question A"), content.published("Une question B")
    content.voted(first.id, False)
    content.voted(second.id, False)
    app = opened(first.id, de="a-corriger")
    typed(app, first.id, "Par virement, en indiquant votre numéro de client.")
    publish(app)
    assert live(first.id).significance is Significance.MAJOR
    with db.reading() as session:
        assert corrections.listed(session, first.id) is None
        assert corrections.observation(session, first.id) is not None
    press(app, "Suivant\u00a0: Une question B")
    assert app.title[0].value == "Une question B"


def test_a_remark_that_asks_is_ticked_and_named_by_the_version() -> None:
    article = content.published()
    remark_id = content.remarked(article.id, "Il manque l’IBAN.")
    app = opened(article.id, de="remarques", remarque=str(remark_id))
    assert desk(app, article.id).ticked == {remark_id}
    typed(app, article.id, "Par virement sur l’IBAN de votre facture.")
    publish(app)
    version = live(article.id)
    assert (version.significance, version.note) == (Significance.MAJOR, "Répond à 1 remarque")
    with db.reading() as session:
        frame = remarks.listing(session)
    assert RemarkState(frame["state"].iloc[0]) is RemarkState.ANSWERED


def test_the_next_remark_may_be_about_the_same_article() -> None:
    article = content.published()
    earlier = content.remarked(article.id, "Il manque le délai.")
    latest = content.remarked(article.id, "Il manque l’IBAN.")
    app = opened(article.id, de="remarques", remarque=str(latest))
    typed(app, article.id, "Par virement sur l’IBAN de votre facture.")
    publish(app)
    assert desk(app, article.id).ticked == {earlier}
    (box,) = (box for box in app.checkbox if box.label == "Cette version y répond")
    assert box.value
    assert [button.label for button in app.button].count("Annuler") == 1


def test_a_publication_that_lost_the_race_publishes_nothing() -> None:
    article = content.published()
    app = opened(article.id)
    typed(app, article.id, "Mon texte.")
    app.button(key="open_publication").click().run()
    by_colleague(article.id, "Texte de la collègue.")
    app.button(key="publish").click().run()
    assert live(article.id).number == 1


def test_nothing_to_publish_cannot_be_published() -> None:
    assert opened(content.published().id).button(key="open_publication").disabled


def test_a_role_lost_meanwhile_is_refused_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    article = content.published()
    screens.signed_in(monkeypatch, name="Dominique", role=Role.EDITOR)
    app = opened(article.id)
    here = desk(app, article.id)
    with db.transaction() as session:
        account = people.account_named(session, "Dominique")
        people.disable(session, people.SYSTEM, account_id=account.id, now=content.NOW)
    assert _desk.save_answer(here, "Texte", _desk.revision(here.seen)) is None
    assert standing(article.id)[1] is None


def test_under_the_rule_nothing_is_published_before_a_colleague_has_approved_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = replace(settings.current(), peer_review=True)
    monkeypatch.setattr(settings, "_current", chosen)
    article = content.published()
    app = opened(article.id)
    typed(app, article.id, "Mon texte.")
    app.button(key="open_publication").click().run()
    assert app.button(key="publish").disabled
    assert app.button(key="ask_plan").disabled
    app.button(key="ask_review").click().run()
    app.button(key="asked_review").click().run()
    assert "**Relecture demandée** par Camille" in screens.words(app)
    assert live(article.id).number == 1


def test_a_text_planned_cannot_be_typed_in_until_it_is_called_off() -> None:
    article = content.published()
    app = opened(article.id)
    typed(app, article.id, "Au 1er avril.")
    app.button(key="open_publication").click().run()
    app.button(key="ask_plan").click().run()
    app.button(key="planned").click().run()
    assert "Publication programmée" in screens.words(app)
    assert app.text_input(key=desk(app, article.id).key("question")).disabled
    press(app, "Annuler la programmation pour modifier")
    assert not app.text_input(key=desk(app, article.id).key("question")).disabled


def test_an_overdue_article_says_so_and_is_confirmed_in_two_clicks() -> None:
    article = content.published()
    with db.transaction() as session:
        articles.article(session, article.id).review_on = content.NOW.date()
    app = opened(article.id)
    assert "Révision échue depuis le 2 mars 2026" in "".join(
        str(badge.value) for badge in app.markdown
    )
    app.button(key="still_accurate_6").click().run()
    confirmed = standing(article.id)[0].review_on
    assert confirmed is not None
    assert confirmed > content.NOW.date()


def test_who_only_looks_finds_no_button_that_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    article = content.published()
    content.remarked(article.id, "Écrivez-moi : a.b@example.org")
    by_colleague(article.id, "En travaux.")
    screens.signed_in(monkeypatch, name="Vic", role=Role.VIEWER)
    for screen in ("articles.py", "remarks.py", "searches.py", "usefulness.py", "dashboard.py"):
        app = screens.application(screen)
        labels = {button.label for button in app.button} - {"Se déconnecter"}
        assert not [each for each in labels if each.split()[0] in WRITING], (screen, labels)
    app = opened(article.id)
    assert {button.label for button in app.button} == {"Se déconnecter"}
    assert "a.b@example.org" not in screens.words(app)


# -- the rest of an article's life ---------------------------------------------------------------


def test_a_withdrawal_can_be_taken_back() -> None:
    article = content.published()
    app = opened(article.id)
    press(app, "Retirer de la publication")
    assert standing(article.id)[0].withdrawn_at is not None
    app.button(key="undo").click().run()
    assert live(article.id).number == 1


def test_the_page_moves_and_a_taken_address_is_refused() -> None:
    article, other = content.published("Question A"), content.published("Question B")
    app = opened(article.id)
    key = f"slug_{article.id}_{article.slug}"
    app.text_input(key=key).set_value(other.slug).run()
    assert "déjà prise" in screens.words(app)
    app.text_input(key=key).set_value("Nouvelle adresse").run()
    assert standing(article.id)[0].slug == "nouvelle-adresse"


def test_history_shows_each_version_with_its_votes_and_compares_two() -> None:
    article = content.published()
    content.received(article.id, helpful=7, unhelpful=3)
    content.revised(article.id, "Par virement ou par carte.")
    app = opened(article.id, version="1")
    said = screens.words(app)
    assert "70\u202f% (7 sur 10), entre 40 et 89\u202f%" in said
    assert "Aucun vote" in said
    number = app.selectbox(key=f"version_{article.id}")
    assert number.value == 1
    compared: Any = next(box for box in app.selectbox if box.label == "Comparer avec")
    compared.set_value(2).run()
    assert "<ins>" in "".join(str(each.proto.body) for each in app.get("html"))


def test_an_earlier_version_is_put_back_as_a_new_one() -> None:
    article = content.published()
    content.revised(article.id, "Par carte seulement.")
    app = opened(article.id, version="1")
    press(app, "Restaurer la version 1…")
    press(app, "Restaurer")
    version = live(article.id)
    assert (version.number, version.answer) == (3, content.ANSWER)
    assert version.significance is Significance.MAJOR


def test_a_draft_is_thrown_away_only_after_being_asked() -> None:
    article = content.published()
    app = opened(article.id)
    typed(app, article.id, "Un essai.")
    press(app, "Supprimer le brouillon")
    assert standing(article.id)[1] is not None
    press(app, "Supprimer")
    assert standing(article.id)[1] is None
    assert live(article.id).answer == content.ANSWER


def test_what_people_write_never_becomes_html() -> None:
    article = content.published("<img src=x onerror=alert(1)>", "<script>alert(1)</script>")
    content.remarked(article.id, "<style>body{display:none}</style>")
    app = opened(article.id, de="remarques")
    typed(app, article.id, "<b onclick=alert(1)>autre</b>")
    app.button(key="open_publication").click().run()
    shown = "".join(str(each.proto.body) for each in app.get("html"))
    for tag in ("<script", "<img", "<style>body", "<b onclick"):
        assert tag not in shown


# -- proofreading --------------------------------------------------------------------------------

CARELESS = "Écrivez à [email protected] ! Le lien d'accès `a !` suit."


def proofread(app: AppTest) -> str:
    """Open the tab « Relecture » and read the page."""
    label = next(tab.label for tab in app.tabs if tab.label.startswith("Relecture"))
    app.session_state["beside"] = label
    app.run()
    assert not app.exception, app.exception
    return screens.words(app)


def test_what_to_look_at_is_counted_on_its_tab_with_place_and_reason() -> None:
    article = content.published(answer=CARELESS)
    app = opened(article.id)
    assert "Relecture (3)" in [tab.label for tab in app.tabs]
    said = proofread(app)
    assert "Une adresse électronique est masquée" in said
    shown = "".join(str(each.proto.body) for each in app.get("html"))
    assert "<mark>[email protected]</mark>" in shown


def test_a_sound_text_says_there_is_nothing_to_look_at() -> None:
    app = opened(content.published().id)
    assert "Relecture" in [tab.label for tab in app.tabs]
    assert "Rien à signaler" in proofread(app)


def test_a_question_asked_already_leads_to_the_other_article() -> None:
    content.published("Où payer ma facture\u202f?")
    app = opened(content.published().id)
    proofread(app)
    assert any("Où payer ma facture" in label for label in screens.links(app))


def test_typography_is_shown_then_mended_without_touching_code_or_addresses() -> None:
    article = content.published(answer=CARELESS)
    app = opened(article.id)
    proofread(app)
    app.button(key="open_typesetting").click().run()
    shown = "".join(str(each.proto.body) for each in app.get("html"))
    assert "<ins>" in shown
    assert standing(article.id)[1] is None
    generation = desk(app, article.id).generation
    app.button(key="typeset").click().run()
    assert not app.exception, app.exception
    draft = standing(article.id)[1]
    assert draft is not None
    assert draft.answer == "Écrivez à [email protected]\u202f! Le lien d’accès `a !` suit."
    assert desk(app, article.id).generation == generation + 1  # the editor shows the new text
    assert "Relecture (1)" in [tab.label for tab in app.tabs]
    assert app.session_state["beside"] == "Relecture (1)"


def test_leaving_the_typography_as_it_is_writes_nothing() -> None:
    article = content.published(answer=CARELESS)
    app = opened(article.id)
    proofread(app)
    app.button(key="open_typesetting").click().run()
    press(app, "Laisser ainsi")
    assert standing(article.id)[1] is None
    assert not desk(app, article.id).is_typesetting


def test_typography_is_not_mended_over_a_colleague_s_text() -> None:
    article = content.published(answer=CARELESS)
    app = opened(article.id)
    proofread(app)
    app.button(key="open_typesetting").click().run()
    by_colleague(article.id, "Texte de la collègue.")
    # The panel was opened before the colleague saved; only its own callback runs after.
    _desk.typeset(desk(app, article.id))
    app.run()
    draft = standing(article.id)[1]
    assert draft is not None
    assert draft.answer == "Texte de la collègue."
    assert "système a modifié ce texte" in screens.words(app)


# -- why it is to be corrected -------------------------------------------------------------------


def test_the_reasons_to_correct_stand_beside_the_text() -> None:
    article = content.published(answer="Écrivez à [email protected].")
    content.voted(article.id, False, reason=Reason.INCOMPLETE)
    said = screens.words(opened(article.id, de="a-corriger"))
    assert "Pourquoi cet article est à corriger" in said
    assert "Le texte publié contient 1 adresse masquée" in said
    assert "Il manque une information (1)" in said


def test_an_article_is_signalled_from_its_page_and_the_signal_taken_back() -> None:
    article = content.published()
    app = opened(article.id)
    app.button(key="ask_raise").click().run()
    app.text_input(key=f"reason_{article.id}").set_value("Le tarif a changé.")
    app.button(key=f"raised_{article.id}").click().run()
    with db.reading() as session:
        [flag] = flags.standing(session)[article.id]
    assert flag["evidence"]["reason"] == "Le tarif a changé."
    assert "ask_raise" not in {button.key for button in app.button}
    app.button(key="undo").click().run()
    with db.reading() as session:
        assert corrections.listed(session, article.id) is None


def test_what_readers_said_in_another_system_is_beside_the_figure_and_never_in_it() -> None:
    article = content.published()
    content.received(article.id, helpful=3, unhelpful=2)
    read = dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)
    totals = [
        Total(article.id, "zendesk", read, 120, 30),
        Total(article.id, "helpscout", read, 0, 0, views=5_321),
    ]
    with db.transaction() as session:
        imported_votes.add_totals(session, people.SYSTEM, totals, now=content.NOW)
    said = screens.words(opened(article.id))
    told = "Dans un autre outil, à part des votes d’ici\u00a0: 120 Oui, 30 Non (Zendesk, relevé le 3 mars 2026)."
    assert told in said
    assert "3 Oui, 2 Non" in said
