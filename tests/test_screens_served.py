"""Canaux, Aujourd’hui and the dashboard: which channels serve what is published, and which do not."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import articles, db, deliveries, loop, people, settings
from faq_cms.deliveries import Target
from faq_cms.models import Role, Way
from tests import content, help_desks, screens
from tests.help_desks import Desk

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
SITE = Target("json", Way.MACHINE, "Site public")


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def sent(to: Target = SITE, now: dt.datetime = NOW) -> None:
    with db.reading() as session:
        published = articles.published(session)
    deliveries.note(to, published, now=now)


def canaux() -> AppTest:
    return screens.application("channels.py")


def test_without_a_delivery_only_the_ways_to_plug_one_are_shown() -> None:
    content.published()
    app = canaux()
    assert [header.value for header in app.subheader] == [
        "Brancher un canal",
        "Recevoir les votes d’un autre endroit",
        "Sites autorisés",
    ]
    assert "Canaux pas à jour" not in [m.label for m in screens.application("dashboard.py").metric]
    assert "Envois de la nuit" not in screens.words(screens.application())


def test_a_channel_up_to_date_says_when_it_was_served() -> None:
    content.published()
    sent(now=NOW - dt.timedelta(hours=3))
    said = screens.words(canaux())
    assert "Site public" in said
    assert "À jour" in said
    assert "Dernier envoi réussi il y a 3 heures" in said
    assert "1 ajouté" in said
    assert "Tous servent ce qui est publié." in said


def test_what_a_new_delivery_would_change_is_told_by_title_and_version() -> None:
    changed, gone = content.published("Un"), content.published("Deux")
    sent()
    content.revised(changed.id, "Autrement.")
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, gone.id, now=NOW)
    content.published("Trois")
    app = canaux()
    said = screens.words(app)
    assert "1 canal n’est pas à jour." in said
    assert app.expander[0].label.endswith("1 ajouté · 1 modifié · 1 retiré")
    for line in (
        "- Un — version 1 servie, version 2 publiée",
        "- Deux — version 1 encore servie",
        "- Trois",
    ):
        assert line in said.splitlines()
    assert "Pas à jour" in said


def test_an_avere_served_is_told_even_when_the_channel_is_up_to_date() -> None:
    article = content.published("Un")
    content.received(article.id, 2, 18)
    sent()
    said = screens.words(canaux())
    assert "Sert 1 problème avéré" in said
    assert "À jour" in said


def test_a_failed_night_is_told_with_its_reason_and_comes_first() -> None:
    content.published()
    sent(Target("csv", Way.JOB, "/srv/faq.csv"))
    with db.transaction() as session:
        deliveries.failed(session, SITE, "Le disque est plein.", now=NOW)
    app = canaux()
    said = screens.words(app)
    assert said.index("Site public") < said.index("faq\\.csv")
    assert "Le disque est plein." in [error.value for error in app.error]
    said = screens.words(screens.application())
    assert "**1 réussi**" in said
    assert "Le disque est plein." in said


def test_a_channel_that_did_not_come_is_told_on_aujourd_hui() -> None:
    content.published()
    for night in range(9, 1, -1):
        sent(now=NOW - night * DAY)
    assert "n’est pas venu cette nuit" in screens.words(screens.application())
    assert "N’est pas venu cette nuit" in screens.words(canaux())


def test_a_machine_whose_access_is_over_says_so() -> None:
    content.published()
    sent()
    with db.transaction() as session:
        people.create_token(
            session, people.SYSTEM, name="Site public", scope="export", days=1, now=NOW
        )
    assert "Accès expiré" not in screens.words(canaux())
    with db.transaction() as session:
        (token,) = people.tokens(session)
        people.revoke_token(session, people.SYSTEM, token_id=token.id, now=NOW)
    assert "Accès expiré ou révoqué" in screens.words(canaux())


def test_the_dashboard_counts_the_channels_that_are_behind() -> None:
    article = content.published()
    sent()
    sent(Target("csv", Way.JOB, "/srv/faq.csv"))
    sent(Target("csv", Way.DOWNLOAD, "Zoé"))
    content.revised(article.id, "Autrement.")
    sent()
    metrics = {m.label: m.value for m in screens.application("dashboard.py").metric}
    assert metrics["Canaux pas à jour"] == "1 sur 2"


def test_a_file_somebody_took_says_what_changed_since() -> None:
    article = content.published()
    sent(Target("csv", Way.DOWNLOAD, "Zoé", {"sans": "sous-objectif"}))
    content.revised(article.id, "Autrement.")
    said = screens.words(canaux())
    assert "sans les articles sous l’objectif" in said
    assert "depuis\u00a0: 1 modifié" in said


def test_a_channel_nobody_uses_is_left_and_taken_back() -> None:
    content.published()
    sent()
    app = canaux()
    (leave,) = [b for b in app.button if b.label == "Ne plus suivre ce canal"]
    leave.click().run()
    assert "Site public" not in screens.words(app)
    app.button(key="undo").click().run()
    assert "Site public" in screens.words(app)


def test_who_may_not_export_sees_the_night_and_no_way_to_the_channels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content.published()
    sent()
    screens.signed_in(monkeypatch, name="Ana", role=Role.EDITOR)
    app = screens.application()
    assert "Envois de la nuit" in screens.words(app)
    assert "Voir les canaux" not in screens.links(app)


# -- direct delivery -----------------------------------------------------------------------------


@pytest.fixture
def freshdesk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A Freshdesk the settings give access to."""
    with help_desks.serving("freshdesk") as desk:
        chosen = replace(
            settings.current(),
            freshdesk_url=desk.url,
            freshdesk_key=help_desks.KEY,
            freshdesk_folder=str(help_desks.FOLDER),
        )
        monkeypatch.setattr(settings, "_current", chosen)
        yield desk


def test_a_push_is_compared_then_sent_and_the_channel_is_up_to_date(freshdesk: Desk) -> None:
    content.published("Un")
    app = canaux()
    app.button(key="compare_freshdesk").click().run()
    assert "Ajoutés (1)" in [each.label for each in app.expander]
    assert freshdesk.writes() == []
    app.button(key="push_freshdesk").click().run()
    assert not app.exception
    assert freshdesk.by_title("Un")["status"] == 2
    assert "Envoyé vers Freshdesk\u00a0: 1 ajouté." in [toast.value for toast in app.toast]
    assert "Tous servent ce qui est publié." in screens.words(app)


def test_what_was_edited_there_is_shown_and_sent_over_only_when_ticked(freshdesk: Desk) -> None:
    article = content.published("Un")
    app = canaux()
    app.button(key="compare_freshdesk").click().run()
    app.button(key="push_freshdesk").click().run()
    freshdesk.by_title("Un")["description"] = "<p>Par l’agent.</p>"
    content.revised(article.id, "Autrement.")
    app.button(key="compare_freshdesk").click().run()
    assert "1 texte de vos collègues diffère" in app.warning[0].value
    assert app.button(key="push_freshdesk").disabled
    app.checkbox(key="overwrite_freshdesk").check().run()
    app.button(key="push_freshdesk").click().run()
    assert "Autrement." in freshdesk.by_title("Un")["description"]


def test_a_help_desk_that_refuses_is_said_and_nothing_is_lost(freshdesk: Desk) -> None:
    content.published("Un")
    freshdesk.refusals = [help_desks.refused(401)]
    app = canaux()
    app.button(key="compare_freshdesk").click().run()
    assert "a refusé l’accès (401)" in app.error[0].value
    assert not app.exception


def test_without_access_it_says_which_settings_to_give() -> None:
    content.published()
    codes = [code.value for code in canaux().code]
    assert any("FAQ_ZENDESK_TOKEN=…" in code for code in codes)
    assert any("/api/v1/articles?updated_since=" in code for code in codes)
