"""« Nouveautés pour vous » on Aujourd’hui, and « Mes notifications »."""

import datetime as dt
from dataclasses import replace

import pytest

from faq_cms import corrections, db, duties, notices, people, settings
from faq_cms.models import NoticeKind, Rhythm, Role
from faq_cms.notices import Choice
from faq_cms.people import Actor
from tests import content, screens


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def me() -> Actor:
    with db.reading() as session:
        account = people.account_named(session, screens.ADMINISTRATOR)
    return Actor(account.id, account.name, Role.ADMINISTRATOR)


def told() -> None:
    before = dt.datetime.now(dt.UTC) - 2 * corrections.QUIET
    article = content.published(now=before)
    for _ in range(12):
        content.voted(article.id, False, now=before)
    duties.tell(dt.datetime.now(dt.UTC))


def test_what_is_new_is_on_the_first_screen_until_it_is_read() -> None:
    told()
    app = screens.application()
    assert "Nouveautés pour vous (1)" in screens.words(app)
    assert any("Problème avéré" in label for label in screens.links(app))
    app.button(key="read_all").click().run()
    assert "Nouveautés pour vous" not in screens.words(app)
    app.button(key="undo").click().run()
    assert "Nouveautés pour vous (1)" in screens.words(app)


def test_where_a_kind_is_wanted_is_ticked_and_kept() -> None:
    app = screens.application("notifications.py")
    app.checkbox(key="here_burst").uncheck().run()
    with db.reading() as session:
        assert notices.choices(session, me())[NoticeKind.BURST] == Choice(False, True)


def test_an_address_is_given_changed_refused_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    told_mail = replace(
        settings.current(), smtp_url="smtp://127.0.0.1:1", mail_from="a@example.org"
    )
    monkeypatch.setattr(settings, "_current", told_mail)
    app = screens.application("notifications.py")
    for address in ("camille@example.org", "camille"):
        app.text_input(key="digest_address").set_value(address)
        app.button_group(key="rhythm").set_value(Rhythm.DAILY.value)
        app.button(key="FormSubmitter:digest-Enregistrer").click().run()
        with db.reading() as session:
            digest = notices.digest_of(session, me())
        assert digest is not None
        assert digest.address == "camille@example.org"
    assert "adresse" in screens.words(app)
    app.button_group(key="rhythm").set_value("never")
    app.button(key="FormSubmitter:digest-Enregistrer").click().run()
    with db.reading() as session:
        assert notices.digest_of(session, me()) is None
