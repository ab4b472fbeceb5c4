"""A report in a real browser: found in the menu, printed on one page, left by its mail's link."""

import datetime as dt
import io
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from faq_cms import db, mail, people, reports, settings
from faq_cms.models import Cadence, Role
from faq_cms.reports import Span
from faq_cms.settings import Settings
from tests import content
from tests.servers import Enter, Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WEEK = Span(Cadence.WEEKLY, dt.date(2026, 3, 2), dt.date(2026, 3, 8))


def test_a_report_is_opened_printed_and_left(
    served: Served, enter: Enter, chromium: "Browser", monkeypatch: pytest.MonkeyPatch
) -> None:
    context = enter("Zoé", Role.MANAGER)
    monkeypatch.setattr(settings, "_current", Settings())
    now = dt.datetime.now(dt.UTC)
    article = content.published("Où trouver «\u202fmon numéro\u202f» de commande\u202f?")
    content.received(article.id, 29, 11)
    with db.transaction() as session:
        reports.issue(session, WEEK, now=now)
        reports.add_recipient(
            session, people.SYSTEM, address="a@example.org", cadence=Cadence.WEEKLY, now=now
        )
        (recipient,) = reports.recipients(session)
    page = context.new_page()
    page.goto(f"{served.url}/gestion/rapports")
    page.get_by_text("40 votes dans la semaine\u00a0: 29 Oui, 11 Non").wait_for()
    page.get_by_text("a@example.org · chaque semaine").wait_for()
    with context.expect_page() as opened:
        page.get_by_role("link", name="Page à imprimer").click()
    paper = opened.value
    paper.get_by_role("heading", name="Semaine du 2 au 8 mars 2026").wait_for()
    with pypdfium2.PdfDocument(io.BytesIO(paper.pdf(prefer_css_page_size=True))) as printed:
        assert len(printed) == 1
        words = printed[0].get_textpage().get_text_range()
        assert "73 % (29 sur 40), entre 57 et 84 %" in " ".join(words.split())
    stranger = chromium.new_context().new_page()
    stranger.goto(f"{served.url}{mail.UNSUBSCRIBE}{recipient.key}")
    stranger.get_by_role("button", name="Me désabonner").click()
    stranger.get_by_role("heading", name="Vous êtes désabonné").wait_for()
    page.reload()
    page.get_by_text("Ces personnes n’ont pas besoin de compte").wait_for()
    assert page.get_by_text("a@example.org").count() == 0
    stranger.context.close()
