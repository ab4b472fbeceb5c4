"""Équipe et accès, Catégories, Confidentialité, Journal, Système: what each lets people do and see."""

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import db, duties, filing, people, votes, webhooks
from faq_cms.models import DutyRun, Remark, Role
from faq_cms.people import SYSTEM
from tests import content, screens


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, app.exception


def joined(name: str, role: Role) -> int:
    now = dt.datetime.now(dt.UTC)
    with db.transaction() as session:
        link = people.invite(session, SYSTEM, role=role, now=now)
        people.use_link(session, link, name=name, password_digest="x", now=now)
        return people.account_named(session, name).id


def role_of(account_id: int) -> Role:
    with db.reading() as session:
        return people.account_of(session, account_id).role


# -- team ----------------------------------------------------------------------------------------


def test_an_invitation_is_shown_once_and_works() -> None:
    app = screens.application("team.py")
    press(app, "Créer le lien")
    link = app.code[0].value
    app.run()
    assert not app.code
    token = link.rpartition("/")[2]
    with db.transaction() as session:
        pending = people.pending_link(session, token, now=dt.datetime.now(dt.UTC))
    assert pending is not None
    assert pending.role is Role.EDITOR


def test_nobody_is_offered_a_role_above_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    screens.signed_in(monkeypatch, name="Dominique", role=Role.MANAGER)
    app = screens.application("team.py")
    offered = app.selectbox(key="invited_role").options
    names = ["Consultation", "Rédaction", "Relecture", "Pilotage"]
    assert [each.partition(" —")[0] for each in offered] == names
    assert "Accès machine" not in [each.value for each in app.subheader]


def test_a_role_is_changed_and_the_last_administrator_keeps_theirs() -> None:
    account_id = joined("Dominique", Role.EDITOR)
    app = screens.application("team.py")
    app.selectbox(key=f"role_{account_id}_editor").set_value(Role.MANAGER).run()
    assert role_of(account_id) is Role.MANAGER
    own = next(box for box in app.selectbox if box.key and box.key.endswith("_administrator"))
    own.set_value(Role.EDITOR).run()
    assert "dernier compte d’administration" in screens.words(app)
    with db.reading() as session:
        assert people.account_named(session, screens.ADMINISTRATOR).role is Role.ADMINISTRATOR


def test_a_closed_account_can_be_opened_again() -> None:
    account_id = joined("Dominique", Role.EDITOR)
    app = screens.application("team.py")
    app.button(key=f"close_{account_id}").click().run()
    with db.reading() as session:
        assert people.account_of(session, account_id).disabled_at is not None
    app.button(key="undo").click().run()
    with db.reading() as session:
        assert people.account_of(session, account_id).disabled_at is None


def test_a_machine_gets_a_token_shown_once_and_loses_it_at_once() -> None:
    app = screens.application("team.py")
    app.text_input(key="token_name").set_value("Site web").run()
    press(app, "Créer l’accès")
    token = app.code[0].value
    now = dt.datetime.now(dt.UTC)
    with db.transaction() as session:
        machine = people.machine(session, token, scope="export", now=now)
    assert machine is not None
    app.run()
    assert token not in screens.words(app)
    assert not app.code
    press(app, "Révoquer")
    with db.transaction() as session:
        assert people.machine(session, token, scope="export", now=now) is None


def test_a_machine_needs_a_name() -> None:
    app = screens.application("team.py")
    press(app, "Créer l’accès")
    assert "Un nom compte de 1 à 80 caractères." in screens.words(app)


# -- privacy -------------------------------------------------------------------------------------


def test_a_remark_is_erased_by_its_reference_and_the_vote_stays() -> None:
    remark_id = content.remarked(content.published().id, "Je suis Jeanne Martin.")
    with db.reading() as session:
        reference = session.get_one(Remark, remark_id).reference
    app = screens.application("privacy.py")
    app.text_input(key="reference").set_value(f" {reference.lower()} ").run()
    assert "Je suis Jeanne Martin." in [text.value for text in app.text]
    press(app, "Effacer définitivement")
    assert "Jeanne" not in screens.words(app)
    with db.reading() as session:
        assert session.get_one(Remark, remark_id).text == ""
        assert len(votes.noes(session, since=None)) == 1


def test_an_unknown_reference_is_said_to_be_so() -> None:
    app = screens.application("privacy.py")
    app.text_input(key="reference").set_value("R-ABSENTE2").run()
    assert "Cette remarque n’existe plus." in screens.words(app)


# -- journal and system --------------------------------------------------------------------------


def test_the_journal_says_who_did_what_in_french() -> None:
    article = content.published("Question suivie")
    with db.transaction() as session:
        people.invite(session, SYSTEM, role=Role.EDITOR, now=content.NOW)
        filing.move(session, SYSTEM, article.id, slug="ailleurs", now=content.NOW)
    rows = screens.application("journal.py").dataframe[0].value
    assert rows.iloc[0]["Quoi"] == "a changé l’adresse d’un article"
    assert rows.iloc[0]["Sur quoi"] == "Question suivie · question-suivie → ailleurs"
    assert not [what for what in rows["Quoi"] if "." in what]


def test_every_action_people_record_has_its_french() -> None:
    """An action added to a chapter must be readable in the journal."""
    import re

    from tests.servers import ROOT

    written = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "faq_cms").rglob("*.py")
    )
    recorded = set(re.findall(r'record\(\s*session,\s*[^,]+,\s*"([a-z_.]+)"', written))
    known = (ROOT / "faq_cms/screens/journal.py").read_text(encoding="utf-8")
    assert len(recorded) > 15
    assert not {action for action in recorded if f'"{action}"' not in known}


def test_the_system_is_checked_on_demand() -> None:
    app = screens.application("system.py")
    press(app, "Vérifier maintenant")
    assert "Schéma de la base à jour" in screens.words(app)


def test_each_duty_of_the_clock_is_said_in_french() -> None:
    now = dt.datetime.now(dt.UTC)
    with db.transaction() as session:
        session.add_all(
            DutyRun(name=duty.name, slot="1", started_at=now, finished_at=now, outcome="done")
            for duty in duties.DUTIES
        )
    said = screens.words(screens.application("system.py"))
    assert said.count("\u00a0: faite") == len(duties.DUTIES)
    assert not [duty.name for duty in duties.DUTIES if f" {duty.name}\u00a0:" in said]


@pytest.mark.parametrize("screen", ["team.py", "journal.py", "system.py", "exporting.py"])
def test_an_editor_is_not_let_in(screen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    screens.signed_in(monkeypatch, name="Dominique", role=Role.EDITOR)
    with pytest.raises(ValueError, match=screen):
        screens.application(screen)


def test_another_system_is_told_its_secret_is_shown_once_and_it_is_removed() -> None:
    app = screens.application("team.py")
    app.text_input(key="webhook_url").set_value("https://hooks.example.org/chemin-secret")
    press(app, "Ajouter l’adresse")
    with db.reading() as session:
        (added,) = webhooks.listed(session)
    shown = [code.value for code in app.code]
    assert webhooks.secret(added) in shown
    assert "hooks.example.org" in screens.words(app).replace("\\", "")
    assert "chemin" not in screens.words(app)
    app.button(key=f"try_webhook_{added.id}").click().run()
    assert "Appel en attente" in screens.words(app)
    app.button(key=f"remove_webhook_{added.id}").click().run()
    with db.reading() as session:
        assert webhooks.listed(session) == []


def test_an_address_inside_is_refused_and_what_was_typed_stays() -> None:
    app = screens.application("team.py")
    app.text_input(key="webhook_url").set_value("https://10.0.0.1/")
    press(app, "Ajouter l’adresse")
    assert "n’est pas publique" in screens.words(app)
    assert app.text_input(key="webhook_url").value == "https://10.0.0.1/"
