"""The widget in Chromium, on a page of another origin whose policy allows as little as it can."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from faq_cms import db, french, votes
from faq_cms.models import Reason, Remark, Vote
from tests import servers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Un autre site</title>
<link rel="icon" href="data:,"></head><body><main><h1>Un autre site</h1>
<script src="{api}/widget/faq-feedback.js" data-article="{slug}" defer></script>
</main></body></html>"""
POLICY = (
    "default-src 'none'; script-src {api}; style-src 'none'; connect-src {api}; img-src data:; "
    "form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


class Site(ThreadingHTTPServer):
    """Another site: one page, with the widget of `api` under its article."""

    api = slug = ""

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        names = {"api": self.server.api, "slug": self.server.slug}
        body = PAGE.format(**names).encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-security-policy", POLICY.format(**names))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 — the name it has
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site(("127.0.0.1", 0), Handler) as site:
        thread = threading.Thread(target=site.serve_forever, daemon=True)
        thread.start()
        yield site
        site.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def served(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Served]:
    var = tmp_path_factory.mktemp("widget")
    with servers.serving(var, FAQ_WIDGET_ORIGINS=site.origin) as process:
        site.api = process.url
        yield process


@pytest.fixture
def ledger(served: servers.Served) -> Iterator[db.Database]:
    """The database the server writes to; empty of votes."""
    database = db.Database(f"sqlite:///{served.var / 'faq.db'}")
    with database.transaction() as session:
        session.query(Remark).delete()
        session.query(Vote).delete()
        votes.rebuild(session)
    yield database
    database.dispose()


@pytest.fixture
def page(
    chromium: "Browser", site: Site, served: servers.Served, ledger: db.Database
) -> Iterator["Page"]:
    context = chromium.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Security Policy" in message.text else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    site.slug = page.request.get(f"{served.url}/api/v1/articles?limit=1").json()["items"][0]["slug"]
    page.goto(site.origin)
    yield page
    assert not complaints
    assert context.cookies() == []
    context.close()


def kept(ledger: db.Database) -> list[tuple[bool, str | None, str]]:
    with ledger.reading() as session:
        return [(vote.helpful, vote.reason, vote.source) for vote in session.query(Vote)]


def test_a_reader_votes_says_why_and_writes_with_the_keyboard_alone(
    page: "Page", ledger: db.Database
) -> None:
    group = page.get_by_role("group", name=french.QUESTION)
    no = group.get_by_role("button", name=french.NO)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert no.evaluate("button => button.getRootNode().activeElement === button")
    page.keyboard.press("Enter")
    for line in french.AFTER_NO:
        page.get_by_role("status").get_by_text(line, exact=True).wait_for()
    assert no.get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name=french.REASONS[Reason.OUTDATED]).press("Enter")
    page.get_by_text("C’est noté.").wait_for()
    assert kept(ledger) == [(False, "outdated", "widget")]
    page.get_by_label("Dites-nous en plus").fill("L’adresse a changé <b>ici</b>.")
    page.get_by_role("button", name="Envoyer").press("Enter")
    for line in french.AFTER_REMARK_ON_NO:
        page.get_by_text(line, exact=True).wait_for()
    with ledger.reading() as session:
        (remark,) = session.query(Remark).all()
        assert remark.text == "L’adresse a changé <b>ici</b>."
        assert remark.reference in page.get_by_role("status").first.inner_text()


def test_a_changed_mind_and_a_later_visit_are_still_one_vote(
    page: "Page", ledger: db.Database
) -> None:
    page.get_by_role("button", name=french.NO).click()
    page.get_by_text(french.AFTER_NO[0]).wait_for()
    page.get_by_role("button", name=french.YES).click()
    page.get_by_text(french.AFTER_YES[0]).wait_for()
    assert page.get_by_role("button", name=french.REASONS[Reason.OTHER]).count() == 0
    page.reload()
    yes = page.get_by_role("button", name=french.YES)
    yes.wait_for()
    assert yes.get_attribute("aria-pressed") == "true"
    yes.click()
    page.get_by_text(french.AFTER_YES[0]).wait_for()
    assert kept(ledger) == [(True, None, "widget")]


@pytest.mark.parametrize(
    ("way", "stored"),
    [
        ("Masquer et envoyer", "Appelez le •• •• •• •• ••."),
        ("Envoyer quand même", "Appelez le 06 12 34 56 78."),
    ],
)
def test_words_that_name_somebody_wait_for_their_author(
    page: "Page", ledger: db.Database, way: str, stored: str
) -> None:
    page.get_by_role("button", name=french.NO).click()
    text = page.get_by_label("Dites-nous en plus")
    text.fill("Appelez le 06 12 34 56 78.")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    page.get_by_role("alert").get_by_text("semble contenir un numéro de téléphone").wait_for()
    assert text.input_value() == "Appelez le 06 12 34 56 78."
    with ledger.reading() as session:
        assert session.query(Remark).all() == []
    page.get_by_role("button", name=way).press("Enter")
    page.get_by_text(french.AFTER_REMARK_ON_NO[0], exact=True).wait_for()
    with ledger.reading() as session:
        assert [remark.text for remark in session.query(Remark)] == [stored]


def test_it_has_the_page_s_font_and_style_in_spite_of_the_policy(page: "Page") -> None:
    button = page.get_by_role("button", name=french.YES)
    button.wait_for()
    look = button.evaluate(
        "b => [getComputedStyle(b).fontFamily, getComputedStyle(document.body).fontFamily,"
        " getComputedStyle(b).borderRadius]"
    )
    assert look[0] == look[1]
    assert look[2] != "0px"


def test_a_lost_network_is_told_and_not_thanked(page: "Page", ledger: db.Database) -> None:
    page.route("**/votes", lambda route: route.abort())
    page.get_by_role("button", name=french.NO).click()
    page.get_by_role("alert").get_by_text("La connexion a été interrompue").wait_for()
    assert page.get_by_role("button", name=french.NO).get_attribute("aria-pressed") == "false"
    assert "erci" not in page.locator("[data-faq-feedback]").inner_text()
    assert kept(ledger) == []


def test_a_page_of_a_site_not_listed_cannot_vote(
    page: "Page", site: Site, ledger: db.Database
) -> None:
    page.goto(site.origin.replace("localhost", "127.0.0.1"))
    page.get_by_role("button", name=french.YES).click()
    page.get_by_role("alert").get_by_text("La connexion a été interrompue").wait_for()
    assert kept(ledger) == []
