"""Canaux: what to paste, what arrived, what answers — without casting a vote."""

import shlex
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
import uvicorn
from starlette.applications import Starlette

from faq_cms import api, db, public, settings
from faq_cms.models import Article, Role, Vote
from tests import content, screens, servers

SITE = "https://www.example.org"


@pytest.fixture
def article(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> Article:
    screens.signed_in(monkeypatch, role=Role.MANAGER)
    return content.published()


@pytest.fixture
def answering(article: Article, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The public address, answered by the product's own routes."""
    port = servers.free_port()
    address = f"http://127.0.0.1:{port}"
    chosen = replace(settings.current(), public_url=address, widget_origins=(SITE,))
    monkeypatch.setattr(settings, "_current", chosen)
    app = Starlette(routes=[*public.routes(), *api.routes()])
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_config=None, lifespan="off", ws="none")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    yield address
    server.should_exit = True
    thread.join()


def codes(app: object) -> list[str]:
    return [code.value for code in app.code]  # type: ignore[attr-defined]


def test_without_an_article_it_says_what_to_do_first(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens.signed_in(monkeypatch)
    app = screens.application("channels.py")
    assert "Aucun article publié" in screens.words(app)
    assert "Articles" in screens.links(app)


def test_each_place_has_its_line_or_its_call_for_a_real_article(article: Article) -> None:
    tag, chatbot, desk, setting = codes(screens.application("channels.py"))[-4:]
    base = settings.current().public_url
    assert tag == (
        f'<script src="{base}/widget/faq-feedback.js" data-article="{article.slug}" defer></script>'
    )
    for gesture, source in ((chatbot, "chatbot"), (desk, "assistance")):
        words = shlex.split(gesture.replace("\\\n", ""))
        assert words[:4] == ["curl", "-X", "POST", f"{base}/api/v1/articles/{article.slug}/votes"]
        assert words[-1] == f'{{"helpful": false, "source": "{source}"}}'
    assert setting == "FAQ_WIDGET_ORIGINS=https://www.example.org"


def test_it_says_what_arrived_from_each_and_when(article: Article) -> None:
    for helpful in (True, False):
        content.voted(article.id, helpful, source="chatbot")
    content.voted(article.id, True, source="intranet")
    said = screens.words(screens.application("channels.py"))
    assert "2 votes, le dernier le 2 mars 2026 · source «\u202fchatbot\u202f»" in said
    assert "Aucun vote reçu pour le moment · source «\u202fwidget\u202f»" in said
    assert "intranet\u00a0: 1 vote" in said


def test_the_test_calls_everything_and_casts_no_vote(answering: str, article: Article) -> None:
    app = screens.application("channels.py")
    app.button(key="test").click().run()
    assert not app.exception
    said = screens.words(app)
    assert said.count("\u00a0: répond") == 3
    assert "material/error" not in said
    with db.reading() as session:
        assert session.query(Vote).count() == 0


def test_an_address_that_answers_nothing_is_said_and_explained(
    article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = f"http://127.0.0.1:{servers.free_port()}"
    monkeypatch.setattr(settings, "_current", replace(settings.current(), public_url=nowhere))
    app = screens.application("channels.py")
    app.button(key="test").click().run()
    said = screens.words(app)
    assert said.count("ne répond pas à") == 2
    assert "FAQ_PUBLIC_URL" in said


def test_it_says_which_sites_are_allowed(article: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Aucun site n’est autorisé" in screens.words(screens.application("channels.py"))
    monkeypatch.setattr(
        settings, "_current", replace(settings.current(), widget_origins=("https://a.test",))
    )
    app = screens.application("channels.py")
    assert codes(app)[-1] == "FAQ_WIDGET_ORIGINS=https://a.test,https://www.example.org"
