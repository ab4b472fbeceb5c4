"""A report says once and for ever what a week or a month was; its mail leaves once."""

import datetime as dt
import io
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pypdfium2
import pytest
from sqlalchemy import select

from faq_cms import db, duties, helpfulness, people, reports
from faq_cms import settings as chosen
from faq_cms.errors import Conflict, Forbidden, Invalid
from faq_cms.models import Cadence, OutgoingMail, Report, Role
from faq_cms.people import Actor
from faq_cms.reports import Span, documents
from faq_cms.settings import Settings
from tests.content import NOW, published, received, remarked, voted

MONDAY = dt.datetime(2026, 3, 9, 7, tzinfo=dt.UTC)  # 8 in Paris, in winter; votes are of March 2nd
WEEK = Span(Cadence.WEEKLY, dt.date(2026, 3, 2), dt.date(2026, 3, 8))


@pytest.fixture(autouse=True)
def installed(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = Settings(
        public_url="https://aide.example.org",
        smtp_url="smtp://127.0.0.1:1",
        mail_from="aide@example.org",
    )
    monkeypatch.setattr(chosen, "_current", settings)
    return settings


def due(now: dt.datetime) -> list[Report]:
    """Ask for what is due, and read what there is."""
    with db.transaction() as session:
        reports.issue_due(session, now)
    with db.reading() as session:
        return reports.past(session)


def subscribed(address: str, cadence: Cadence = Cadence.WEEKLY) -> str:
    """A recipient; returns the key of their way out."""
    with db.transaction() as session:
        reports.add_recipient(session, people.SYSTEM, address=address, cadence=cadence, now=NOW)
        return next(r.key for r in reports.recipients(session) if r.address == address)


def waiting() -> list[OutgoingMail]:
    with db.reading() as session:
        return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def made(counts: tuple[int, int, int], *, cadence: Cadence = Cadence.MONTHLY) -> Report:
    """A report of these votes, as the database would give it back."""
    said = {
        "site": "Aide",
        "counts": list(counts),
        "before": [0, 0, 0],
        "published": 10,
        "judged": 0,
        "articles": [],
        "confirmed": 0,
        "isolated": 0,
        "corrected": 0,
        "remarks": 0,
        "waiting": 0,
        "missing": 0,
    }
    first, last = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
    return Report(
        id=1, cadence=cadence, first_day=first, last_day=last, issued_at=MONDAY, figures=said
    )


# -- when ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "cadence", "first", "last"),
    [
        ("2026-03-09", Cadence.WEEKLY, "2026-03-02", "2026-03-08"),
        ("2026-03-15", Cadence.WEEKLY, "2026-03-02", "2026-03-08"),
        ("2026-01-01", Cadence.WEEKLY, "2025-12-22", "2025-12-28"),
        ("2026-03-09", Cadence.MONTHLY, "2026-02-01", "2026-02-28"),
        ("2026-01-01", Cadence.MONTHLY, "2025-12-01", "2025-12-31"),
    ],
)
def test_a_week_goes_from_monday_to_sunday(
    before: str, cadence: Cadence, first: str, last: str
) -> None:
    span = reports.ending(cadence, dt.date.fromisoformat(before))
    assert (span.first, span.last) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    assert span.before.last == span.first - dt.timedelta(days=1)


def test_the_week_comes_out_on_monday_at_eight_in_paris_and_once() -> None:
    received(published().id, 3, 1)
    assert due(MONDAY - dt.timedelta(minutes=1)) == []
    (report,) = due(MONDAY)
    assert (report.first_day, report.last_day) == (WEEK.first, WEEK.last)
    assert len(due(MONDAY + dt.timedelta(days=3))) == 1


def test_summer_time_does_not_move_the_hour() -> None:
    received(published().id, 1, 0)
    summer = dt.datetime(2026, 4, 6, 6, tzinfo=dt.UTC)
    assert reports.slot(summer - dt.timedelta(minutes=1)) == "2026-04-05"
    assert reports.slot(summer) == "2026-04-06"
    assert reports.next_issue(summer - dt.timedelta(minutes=1)) == summer


def test_the_month_comes_out_on_the_first_monday_after_it() -> None:
    received(published().id, 1, 0)
    monthly = [r for r in due(dt.datetime(2026, 4, 5, 12, tzinfo=dt.UTC)) if r.cadence == "monthly"]
    assert monthly == []
    monthly = [r for r in due(dt.datetime(2026, 4, 6, 12, tzinfo=dt.UTC)) if r.cadence == "monthly"]
    assert [(r.first_day.month, r.last_day.day) for r in monthly] == [(3, 31)]


def test_a_server_that_slept_on_monday_catches_up() -> None:
    received(published().id, 1, 0)
    assert [r.first_day for r in due(MONDAY + dt.timedelta(days=2))] == [WEEK.first]


def test_before_anything_was_published_there_is_nothing_to_report() -> None:
    published(now=MONDAY)
    assert due(MONDAY) == []


def test_several_servers_issue_it_once_and_post_each_mail_once() -> None:
    received(published().id, 3, 1)
    subscribed("direction@example.org")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: duties.run_due(MONDAY), range(4)))
        list(pool.map(lambda _: due(MONDAY), range(4)))
    assert len(due(MONDAY)) == 1
    assert len(waiting()) == 1


# -- what ----------------------------------------------------------------------------------------


def test_a_report_is_what_it_was_whatever_comes_later() -> None:
    article = published("Comment payer\u202f?")
    received(article.id, 6, 5, off_text=1)
    remarked(article.id)
    (report,) = due(MONDAY)
    before = (report.figures, documents.html(documents.paper(report)))
    for _ in range(20):
        voted(article.id, True)
    remarked(article.id)
    published("Une autre question\u202f?")
    (again,) = due(MONDAY + dt.timedelta(days=1))
    assert (again.figures, documents.html(documents.paper(again))) == before
    assert again.figures["counts"] == [6, 6, 1]
    assert again.figures["articles"] == [
        {"question": "Comment payer\u202f?", "counts": [6, 6, 1], "verdict": "undecided"}
    ]
    assert (again.figures["remarks"], again.figures["waiting"]) == (1, 1)


def test_only_the_votes_of_the_week_are_in_it() -> None:
    article = published()
    voted(article.id, True, now=NOW)
    voted(article.id, False, now=dt.datetime(2026, 3, 8, 22, 59, tzinfo=dt.UTC))
    voted(article.id, False, now=dt.datetime(2026, 3, 8, 23, 1, tzinfo=dt.UTC))  # Monday in Paris
    (report,) = due(MONDAY)
    assert report.figures["counts"] == [1, 1, 0]


@pytest.mark.parametrize(
    ("counts", "headline", "figure", "summary"),
    [
        ((0, 0, 0), "Aucun vote dans le mois", "Aucun vote", "Mars : aucun vote"),
        ((1, 0, 0), "1 vote dans le mois : 1 Oui, 0 Non", "● · 100 %, entre 21 et 100 %", "Mars : 1 vote, 1 Oui, 0 Non"),
        ((1, 1, 0), "2 votes dans le mois : 1 Oui, 1 Non", "●○ · 50 %, entre 9 et 91 %", "Mars : 2 votes, 1 Oui, 1 Non"),
        ((7, 2, 0), "9 votes dans le mois : 7 Oui, 2 Non", "●●●●●●●○○ · 78 %, entre 45 et 94 %", "Mars : 9 votes, 7 Oui, 2 Non"),
        ((7, 3, 0), "10 votes dans le mois : 7 Oui, 3 Non", "70 % (7 sur 10), entre 40 et 89 %", "Mars : 10 votes, 7 Oui (70 %, entre 40 et 89 %)"),
        ((21, 8, 0), "29 votes dans le mois : 21 Oui, 8 Non", "72 % (21 sur 29), entre 54 et 85 %", "Mars : 29 votes, 21 Oui (72 %, entre 54 et 85 %)"),
        ((21, 9, 0), "30 votes dans le mois : 21 Oui, 9 Non", "70 % (21 sur 30), entre 52 et 83 %", "Mars : 30 votes, 21 Oui (70 %, entre 52 et 83 %)"),
        ((29, 11, 0), "40 votes dans le mois : 29 Oui, 11 Non", "73 % (29 sur 40), entre 57 et 84 %", "Mars : 40 votes, 29 Oui (73 %, entre 57 et 84 %)"),
        ((7_400_000, 2_600_000, 0), "10 000 000 votes dans le mois : 7 400 000 Oui, 2 600 000 Non", "74 % (7 400 000 sur 10 000 000), entre 73,97 et 74,03 %", "Mars : 10 000 000 votes, 7 400 000 Oui (74 %, entre 73,97 et 74,03 %)"),
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_figures_are_said_by_their_number(
    counts: tuple[int, int, int], headline: str, figure: str, summary: str
) -> None:
    paper = documents.paper(made(counts))
    said = [paper.headline, paper.figure or "Aucun vote", paper.summary]
    assert [" ".join(words.split()) for words in said] == [headline, figure, summary]
    has_enough = sum(counts[:2]) >= helpfulness.MINIMUM_EVIDENCE
    assert (paper.band is not None) is has_enough
    if paper.figure:  # the share of few votes is grey
        assert (f'<p class="soft">{paper.figure}' in documents.html(paper)) is not has_enough


def test_a_question_is_never_read_as_a_tag() -> None:
    received(published("<script>alert(1)</script> & co\u202f?").id, 0, 3)
    (report,) = due(MONDAY)
    page = documents.html(documents.paper(report))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_pdf_prints_french_and_is_the_same_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    question = (
        "Où trouver «\u202fmon numéro\u202f» — l’œuvre de Zoé, à 12\u00a0€ (−3\u202f%)\u202f?"
    )
    received(published(question).id, 2, 5)
    (report,) = due(MONDAY)
    paper = documents.paper(report)
    with caplog.at_level(logging.WARNING):
        content = documents.pdf(paper, report)
    assert "missing" not in caplog.text  # a glyph the font lacks
    assert documents.pdf(paper, report) == content
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        page = pdf[0]
        words = page.get_textpage().get_text_range()
        drawn = page.render(scale=1).to_pil().convert("L").getextrema()
        assert len(pdf) == 1
    for sign in ("«\u202fmon numéro\u202f»", "œ", "€", "−3\u202f%", "●●○○○○○", "\u202f?"):
        assert sign in " ".join(words.split("\r\n"))
    assert drawn[0] < 80  # there is ink


def test_a_table_on_paper_is_not_tinted_by_the_band_above_it() -> None:
    received(published().id, 12, 9)
    (report,) = due(MONDAY)
    paper = documents.paper(report)
    assert paper.band
    with pypdfium2.PdfDocument(io.BytesIO(documents.pdf(paper, report))) as pdf:
        page = pdf[0].render(scale=1).to_pil().convert("RGB")
    tinted = sum(
        red < green - 20 for red, green, _ in page.get_flattened_data()
    )  # the teal of the band, some hundredths of the page
    assert tinted < 0.02 * page.width * page.height


def test_ten_long_questions_fit_on_one_page() -> None:
    long = "Que faire quand le montant de ma facture ne correspond pas à celui que j’attendais, et "
    for number in range(10):
        received(published(f"{long} à qui écrire ({number})\u202f?").id, 12, 9)
    (report,) = due(MONDAY)
    with pypdfium2.PdfDocument(io.BytesIO(documents.pdf(documents.paper(report), report))) as pdf:
        assert len(pdf) == 1
    assert len(report.figures["articles"]) == reports.ARTICLES


# -- to whom -------------------------------------------------------------------------------------


def test_each_recipient_gets_their_own_mail_and_their_own_way_out() -> None:
    received(published().id, 29, 11)
    weekly, other = subscribed("a@example.org"), subscribed("b@example.org")
    subscribed("c@example.org", Cadence.MONTHLY)
    due(MONDAY)
    mails = waiting()
    assert [each.recipient for each in mails] == ["a@example.org", "b@example.org"]
    assert [each.unsubscribe_url.rpartition("/")[2] for each in mails] == [weekly, other]
    for each in mails:
        assert each.unsubscribe_url in each.text
        assert each.unsubscribe_url in each.html
        assert "73\u202f% (29 sur 40)" in each.text
        assert each.subject == "Aide à la facturation\u00a0: semaine du 2 au 8 mars 2026"


def test_who_leaves_gets_nothing_more_not_even_what_waits() -> None:
    received(published().id, 1, 0)
    key, _ = subscribed("a@example.org"), subscribed("b@example.org")
    due(MONDAY)
    for _ in range(2):
        with db.transaction() as session:
            reports.unsubscribe(session, key, now=MONDAY)
    assert [each.recipient for each in waiting()] == ["b@example.org"]
    due(MONDAY + dt.timedelta(days=7))
    assert [each.recipient for each in waiting()] == ["b@example.org"] * 2


def test_without_a_mail_server_nothing_is_posted_to_leave_later(
    installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    received(published().id, 1, 0)
    subscribed("a@example.org")
    monkeypatch.setattr(chosen, "_current", replace(installed, smtp_url="", mail_from=""))
    assert len(due(MONDAY)) == 1
    assert waiting() == []


def test_an_address_receives_a_report_once_and_only_managers_say_who() -> None:
    subscribed("a@example.org")
    with pytest.raises(Conflict), db.transaction() as session:
        reports.add_recipient(
            session, people.SYSTEM, address="a@EXAMPLE.org", cadence=Cadence.WEEKLY, now=NOW
        )
    with pytest.raises(Invalid), db.transaction() as session:
        reports.add_recipient(
            session, people.SYSTEM, address="a@b\nBcc: c@d.fr", cadence=Cadence.WEEKLY, now=NOW
        )
    with db.transaction() as session:
        link = people.invite(session, people.SYSTEM, role=Role.EDITOR, now=NOW)
        people.use_link(session, link, name="Éloi", password_digest="x", now=NOW)
        account = people.account_named(session, "Éloi")
    editor = Actor(account.id, account.name, account.role)
    with pytest.raises(Forbidden), db.transaction() as session:
        reports.add_recipient(
            session, editor, address="z@example.org", cadence=Cadence.WEEKLY, now=NOW
        )
    with pytest.raises(Forbidden), db.transaction() as session:
        reports.remove_recipient(session, editor, recipient_id=1, now=NOW)
