"""Reports outside the application: paper for who is signed in, a way out for who receives them."""

import datetime as dt
import io

import pypdfium2
import pytest
from starlette.testclient import TestClient

from faq_cms import db, gate, mail, people, reports
from faq_cms.models import Article, Cadence, Role
from faq_cms.reports import Span
from faq_cms.settings import Settings
from tests import content

WEEK = Span(Cadence.WEEKLY, dt.date(2026, 3, 2), dt.date(2026, 3, 8))
ADDRESS = "direction@example.org"


@pytest.fixture
def issued(article: Article) -> int:
    content.received(article.id, 29, 11)
    with db.transaction() as session:
        report = reports.issue(session, WEEK, now=content.NOW)
        assert report is not None
        return report.id


@pytest.fixture
def way_out(installed: Settings) -> str:
    """The address a mail holds."""
    with db.transaction() as session:
        reports.add_recipient(
            session, people.SYSTEM, address=ADDRESS, cadence=Cadence.WEEKLY, now=content.NOW
        )
        (recipient,) = reports.recipients(session)
        return f"{mail.UNSUBSCRIBE}{recipient.key}"


def remaining() -> int:
    with db.reading() as session:
        return len(reports.recipients(session))


def test_who_may_look_has_the_page_and_the_pdf(
    client: TestClient, installed: Settings, issued: int
) -> None:
    paper = f"/gestion/telecharger/rapport/{issued}"
    assert client.get(paper).headers["location"].startswith("/connexion")
    now = dt.datetime.now(dt.UTC)
    with db.transaction() as session:
        link = people.invite(session, people.SYSTEM, role=Role.VIEWER, now=now)
        secret = people.use_link(session, link, name="Nora", password_digest="x", now=now)
    client.cookies.set(gate.cookie_name(installed), secret)
    page = client.get(paper)
    assert "40 votes dans la semaine\u00a0: 29 Oui, 11 Non" in page.text
    assert page.headers["cache-control"] == "no-store"
    pdf = client.get(f"{paper}.pdf")
    assert "attachment" in pdf.headers["content-disposition"]
    with pypdfium2.PdfDocument(io.BytesIO(pdf.content)) as document:
        assert len(document) == 1
    for number in ("999", "9" * 30, "9" * 5000, f"{'9' * 30}.pdf"):
        assert client.get(f"/gestion/telecharger/rapport/{number}").status_code == 404
    assert client.get("/gestion/telecharger/rapport/x").status_code == 404


def test_looking_at_the_way_out_changes_nothing_and_its_button_does(
    client: TestClient, way_out: str
) -> None:
    page = client.get(way_out).text
    assert ADDRESS in page
    assert "Me désabonner" in page
    assert remaining() == 1
    assert "Vous êtes désabonné" in client.post(way_out).text
    assert remaining() == 0
    again = client.get(way_out)
    assert again.status_code == 200
    assert ADDRESS not in again.text


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
def test_mail_programs_leave_in_one_click(client: TestClient, way_out: str, kind: str) -> None:
    answer = client.post(
        way_out, content=b"List-Unsubscribe=One-Click", headers={"content-type": kind}
    )
    assert answer.status_code == 200
    assert remaining() == 0


@pytest.mark.parametrize("key", ["x", "é", "%00", "a" * 500])
def test_a_key_nobody_has_says_what_an_old_one_says(
    client: TestClient, way_out: str, key: str
) -> None:
    for answer in (
        client.get(f"{mail.UNSUBSCRIBE}{key}"),
        client.post(f"{mail.UNSUBSCRIBE}{key}"),
    ):
        assert answer.status_code in (200, 404)
        assert ADDRESS not in answer.text
    assert remaining() == 1


def test_another_site_cannot_unsubscribe_a_reader_for_them(
    client: TestClient, way_out: str
) -> None:
    assert client.post(way_out, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert remaining() == 1
