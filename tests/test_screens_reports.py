"""Rapports: what was issued is read, taken along and sent; who may, says to whom."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from faq_cms import db, mail, people, reports, settings
from faq_cms.models import Cadence, MailFailure, MailState, OutgoingMail, Role
from faq_cms.reports import Span
from tests import content, screens

SCREEN = "reports.py"
WEEK = Span(Cadence.WEEKLY, dt.date(2026, 3, 2), dt.date(2026, 3, 8))
ISSUED = dt.datetime(2026, 3, 9, 7, tzinfo=dt.UTC)


def issued(span: Span = WEEK) -> int:
    with db.transaction() as session:
        report = reports.issue(session, span, now=ISSUED)
        assert report is not None
        return report.id


def with_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = replace(settings.current(), smtp_url="smtp://127.0.0.1", mail_from="a@example.org")
    monkeypatch.setattr(settings, "_current", chosen)


def test_before_the_first_report_it_says_when_it_comes_and_what_sending_needs(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens.signed_in(monkeypatch)
    content.published()
    words = screens.words(screens.application(SCREEN))
    assert "Aucun rapport pour le moment" in words
    assert "Le premier paraîtra le lundi" in words
    assert "FAQ_SMTP_URL" in words
    assert "FAQ_MAIL_FROM" in words


def test_a_report_is_read_taken_along_and_the_ones_before_it_too(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens.signed_in(monkeypatch)
    content.received(content.published().id, 29, 11)
    first = issued(WEEK.before)
    last = issued()
    app = screens.application(SCREEN)
    assert [code.value for code in app.code] == [
        "Semaine du 2 au 8 mars 2026\u00a0: 40 votes, 29 Oui (73\u202f%, entre 57 et 84\u202f%)"
    ]
    words = screens.words(app)
    assert "**40 votes dans la semaine\u00a0: 29 Oui, 11 Non**" in words
    assert "73\u202f% (29 sur 40), entre 57 et 84\u202f%" in words
    assert list(app.table[0].value["Constat"]) == ["Indécis"]
    links = [link.proto.url for link in app.get("link_button")]
    assert f"/gestion/telecharger/rapport/{last}.pdf" in links
    labels = {button.proto.label for button in app.get("download_button")}
    assert labels == {"CSV pour Excel", "Classeur Excel"}
    app.selectbox(key="rapport").set_value(str(first)).run()
    assert "Aucun vote dans la semaine" in screens.words(app)


def test_a_manager_says_who_receives_them_and_takes_it_back(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens.signed_in(monkeypatch)
    with_mail(monkeypatch)
    content.published()
    app = screens.application(SCREEN)
    assert "FAQ_SMTP_URL" not in screens.words(app)
    app.text_input(key="address").set_value("direction@example.org")
    next(b for b in app.button if b.label == "Ajouter").click().run()
    with db.reading() as session:
        (added,) = reports.recipients(session)
    assert (added.address, added.cadence) == ("direction@example.org", Cadence.WEEKLY)
    app.text_input(key="address").set_value("pas une adresse")
    next(b for b in app.button if b.label == "Ajouter").click().run()
    assert "Ce n’est pas une adresse e-mail complète" in screens.words(app)
    app.button(key=f"remove_{added.id}").click().run()
    with db.reading() as session:
        assert reports.recipients(session) == []
    app.button(key="undo").click().run()
    with db.reading() as session:
        assert [r.address for r in reports.recipients(session)] == ["direction@example.org"]


def test_a_mail_that_met_trouble_is_told_with_what_comes_next(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens.signed_in(monkeypatch)
    with_mail(monkeypatch)
    content.published()
    with db.transaction() as session:
        for state, failure in (
            (MailState.REFUSED, MailFailure.RECIPIENT),
            (MailState.UNCERTAIN, MailFailure.NO_ANSWER),
        ):
            mail.post(session, mail.Letter(state, "x@example.org", "s", "t"), now=ISSUED)
            found = session.scalars(select(OutgoingMail).where(OutgoingMail.key == state)).one()
            found.state, found.failure, found.ended_at = state, failure, ISSUED
    words = screens.words(screens.application(SCREEN))
    assert "a refusé cette adresse" in words
    assert "s’est perdue pendant l’envoi" in words
    assert "x@example.org" not in words  # nobody who receives reports: a reader, perhaps


def test_a_mail_that_met_trouble_is_told_with_whom_its_report_was_for(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens.signed_in(monkeypatch)
    with_mail(monkeypatch)
    with db.transaction() as session:
        reports.add_recipient(
            session, people.SYSTEM, address="x@example.org", cadence=Cadence.WEEKLY, now=ISSUED
        )
        (recipient,) = reports.recipients(session)
        mail.post(
            session,
            mail.Letter("k", recipient.address, "s", "t", subscription=recipient.key),
            now=ISSUED,
        )
        found = session.scalars(select(OutgoingMail)).one()
        found.state, found.failure, found.ended_at = (
            MailState.REFUSED,
            MailFailure.RECIPIENT,
            ISSUED,
        )
        found.answer = "550 inconnu"
    words = screens.words(screens.application(SCREEN))
    assert "x@example.org, " in words.replace("\\", "")
    assert "550 inconnu" in words


def test_who_only_reads_sees_reports_and_no_address(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens.signed_in(monkeypatch, name="Nora", role=Role.VIEWER)
    content.received(content.published().id, 3, 1)
    issued()
    with db.transaction() as session:
        reports.add_recipient(
            session, people.SYSTEM, address="x@example.org", cadence=Cadence.WEEKLY, now=ISSUED
        )
    words = screens.words(screens.application(SCREEN))
    assert "4 votes dans la semaine" in words
    assert "x@example.org" not in words
