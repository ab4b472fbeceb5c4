"""The readers' side behind the real gate, on both engines."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from faq_cms import caps, db, gate, people, public
from faq_cms.models import Article
from faq_cms.people import Actor
from faq_cms.settings import Settings
from tests import content

Reader = Callable[[], TestClient]


@pytest.fixture
def installed(
    database: db.Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Settings in use, with an assistance to contact, and caps that counted nothing yet."""
    chosen = replace(settings, support_url="https://assistance.example.org/")
    monkeypatch.setattr("faq_cms.settings._current", chosen)
    monkeypatch.setattr("faq_cms.caps._current", caps.Caps())
    for gathered in ("_people", "_robots"):
        monkeypatch.setattr(f"faq_cms.public.views.{gathered}", Counter())
    return chosen


@pytest.fixture
def reader(installed: Settings) -> Iterator[Reader]:
    """Makes browsers, each with its own cookies, that follow no redirect by themselves."""
    opened = []

    def find_actor(token: str | None) -> Actor | None:
        with db.reading() as session:
            return people.actor_of(session, token, now=dt.datetime.now(dt.UTC))

    app = Starlette(
        routes=public.routes(),
        middleware=gate.layers(installed, find_actor=find_actor, screens=[]),
    )

    def browser() -> TestClient:
        client = TestClient(
            app,
            base_url=installed.public_url,
            follow_redirects=False,
            headers={"accept": "text/html", "user-agent": "Mozilla/5.0 Firefox/140.0"},
            client=("203.0.113.7", 50_000),
        )
        opened.append(client)
        return client

    yield browser
    for client in opened:
        client.close()


@pytest.fixture
def client(reader: Reader) -> TestClient:
    """One browser."""
    return reader()


@pytest.fixture
def article(installed: Settings) -> Article:
    """A published article."""
    return content.published()


def text_of(page: str) -> str:
    """The words of a page, as CONTRACT.md compares them: one kind of space and of apostrophe."""
    bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)
    for entity, letter in (("&#8239;", " "), ("&nbsp;", " "), ("&#39;", "'"), ("’", "'")):
        bare = bare.replace(entity, letter)
    return " ".join(bare.replace("\u202f", " ").replace("\u00a0", " ").split())


class Markup(HTMLParser):
    """What a browser would make of a page: its elements, each with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def hostile(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """The elements of a page that could act: ours are left out."""
    return [
        (tag, attributes)
        for tag, attributes in Markup(page).elements
        if any(name.startswith("on") or name == "style" for name in attributes)
        or any(_leads_away(attributes.get(name)) for name in ("href", "src", "action"))
        or (tag == "script" and not _is_ours(attributes))
        or tag in ("iframe", "object", "embed", "base", "style")
    ]


def _is_ours(attributes: dict[str, str | None]) -> bool:
    source = attributes.get("src") or ""
    return source.startswith("/aide/static/") or attributes.get("type") == "application/ld+json"


def _leads_away(address: str | None) -> bool:
    return (
        bool(address)
        and re.match(r"\s*(?:javascript|data|vbscript):|\s*[/\\]{2}", address or "", re.IGNORECASE)
        is not None
    )
