"""The preview and the downloads: for people signed in, and no more than their role allows."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from faq_cms import (
    archive,
    articles,
    categories,
    db,
    deliveries,
    exports,
    filing,
    gate,
    people,
    presence,
)
from faq_cms import views as kept_views
from faq_cms.articles import Text
from faq_cms.models import Article, Audit, Role
from faq_cms.public import views
from faq_cms.settings import Settings
from tests import content

SignIn = Callable[[Role], TestClient]


@pytest.fixture
def signed_in(client: TestClient, installed: Settings) -> SignIn:
    """The browser, with the session of somebody of this role."""

    def enter(role: Role) -> TestClient:
        now = dt.datetime.now(dt.UTC)
        with db.transaction() as session:
            link = people.invite(session, people.SYSTEM, role=role, now=now)
            secret = people.use_link(session, link, name=role.value, password_digest="x", now=now)
        client.cookies.set(gate.cookie_name(installed), secret)
        return client

    return enter


def drafted(article: Article, answer: str) -> None:
    with db.transaction() as session:
        articles.save_draft(
            session,
            people.SYSTEM,
            article.id,
            text=Text(content.QUESTION, answer),
            seen=articles.seen(session, article.id),
            now=content.NOW,
        )


# -- preview -------------------------------------------------------------------------------------


def test_a_draft_is_previewed_in_the_public_page_and_nowhere_public(
    article: Article, signed_in: SignIn
) -> None:
    drafted(article, "Bientôt, **par carte**.")
    editor = signed_in(Role.EDITOR)
    page = editor.get(f"/gestion/apercu/{article.id}")
    assert page.status_code == 200
    assert "Bientôt, <strong>par carte</strong>." in page.text
    assert "Bientôt" not in editor.get(f"/aide/{article.slug}").text


def test_a_preview_is_inert_framed_by_us_only_and_kept_by_nobody(
    article: Article, signed_in: SignIn
) -> None:
    headers = signed_in(Role.EDITOR).get(f"/gestion/apercu/{article.id}").headers
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "form-action 'none'" in policy
    assert headers["cache-control"] == "no-store"


def test_a_preview_counts_no_view(article: Article, signed_in: SignIn) -> None:
    def counted() -> int:
        views.flush()
        with db.reading() as session:
            return int(kept_views.by_article(session)["views"].sum())

    before = counted()
    signed_in(Role.EDITOR).get(f"/gestion/apercu/{article.id}")
    assert counted() == before


def test_an_earlier_version_is_read_as_it_was(article: Article, signed_in: SignIn) -> None:
    content.revised(article.id, "Par carte seulement.")
    editor = signed_in(Role.EDITOR)
    assert "virement" in editor.get(f"/gestion/apercu/{article.id}?version=1").text
    assert "Par carte seulement." in editor.get(f"/gestion/apercu/{article.id}").text


@pytest.mark.parametrize(
    "address",
    ["999", "9" * 30, "9" * 5000, "1?version=9", "1?version=x", "1?version=-1", "x", "-1"],
)
def test_a_preview_of_nothing_is_a_404(article: Article, signed_in: SignIn, address: str) -> None:
    address = address.replace("1?", f"{article.id}?") if address.startswith("1?") else address
    assert signed_in(Role.EDITOR).get(f"/gestion/apercu/{address}").status_code == 404


def test_without_a_session_nothing_is_previewed_or_downloaded(
    client: TestClient, article: Article
) -> None:
    for address in (f"/gestion/apercu/{article.id}", "/gestion/telecharger/csv"):
        answer = client.get(address)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/connexion")


# -- presence ------------------------------------------------------------------------------------


def test_a_closed_tab_says_that_its_person_is_gone_and_speaks_for_nobody_else(
    article: Article, signed_in: SignIn
) -> None:
    now = dt.datetime.now(dt.UTC)
    browser = signed_in(Role.EDITOR)
    with db.transaction() as session:
        team = {
            each.name: people.Actor(each.id, each.name, each.role) for each in people.team(session)
        }
        link = people.invite(session, people.SYSTEM, role=Role.EDITOR, now=now)
        people.use_link(session, link, name="Bob", password_digest="x", now=now)
        bob = people.Actor(people.account_named(session, "Bob").id, "Bob", Role.EDITOR)
        for who in (team[Role.EDITOR.value], bob):
            presence.here(session, who, article.id, now=now)

    def there() -> list[str]:
        with db.reading() as session:
            return presence.by_article(session, people.SYSTEM, now=now).get(article.id, [])

    ours = {"sec-fetch-site": "same-origin"}
    address = f"{gate.GESTION}/{gate.PRESENCE}{article.id}"
    assert browser.post(address, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert browser.post(address).status_code == 403
    assert browser.get(address).status_code == 405
    assert len(there()) == 2
    assert browser.post(address, headers=ours).status_code == 204
    assert there() == ["Bob"]
    assert browser.post(f"{address}{'9' * 30}", headers=ours).status_code == 204
    browser.cookies.clear()
    assert browser.post(address, headers=ours).status_code == 401
    assert there() == ["Bob"]


# -- downloads -----------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", list(exports.CHANNELS))
def test_every_channel_is_a_file_kept_by_nobody(
    article: Article, signed_in: SignIn, channel: str
) -> None:
    answer = signed_in(Role.MANAGER).get(f"/gestion/telecharger/{channel}")
    assert answer.status_code == 200
    assert answer.content
    assert answer.headers["cache-control"] == "no-store"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith(f'attachment; filename="faq-{channel}-')
    assert disposition.endswith(f'{exports.CHANNELS[channel].extension}"')


def test_an_editor_may_not_export(article: Article, signed_in: SignIn) -> None:
    assert signed_in(Role.EDITOR).get("/gestion/telecharger/csv").status_code == 403


def test_an_unknown_channel_is_a_404(article: Article, signed_in: SignIn) -> None:
    assert signed_in(Role.MANAGER).get("/gestion/telecharger/inconnu").status_code == 404


def test_drafts_never_leave(article: Article, signed_in: SignIn) -> None:
    drafted(article, "Secret de brouillon")
    manager = signed_in(Role.MANAGER)
    for channel in exports.CHANNELS:
        assert b"Secret" not in manager.get(f"/gestion/telecharger/{channel}").content


def test_articles_are_chosen_by_category_and_by_what_their_votes_prove(signed_in: SignIn) -> None:
    wrong, right = content.published("Question A"), content.published("Question B")
    content.received(wrong.id, helpful=0, unhelpful=12)
    with db.transaction() as session:
        category = categories.add(session, people.SYSTEM, name="Factures", now=content.NOW)
        filing.file_under(
            session, people.SYSTEM, wrong.id, category_id=category.id, now=content.NOW
        )
    manager = signed_in(Role.MANAGER)

    def asked(query: str) -> list[str]:
        text = manager.get(f"/gestion/telecharger/csv{query}").content.decode("utf-8-sig")
        return [row["Question"] for row in csv.DictReader(io.StringIO(text), delimiter=";")]

    assert sorted(asked("")) == ["Question A", "Question B"]
    assert asked("?categorie=factures") == ["Question A"]
    assert asked("?sans=sous-objectif") == ["Question B"]
    assert asked("?categorie=factures&sans=sous-objectif") == []
    assert manager.get("/gestion/telecharger/csv?categorie=' OR 1=1 --").status_code == 404
    assert manager.get("/gestion/telecharger/csv?depuis=hier").status_code == 422
    content.published("Comment faire ?")
    refused = manager.get("/gestion/telecharger/csv?typographie=refuse")
    assert refused.status_code == 409
    assert "Comment faire ?" in refused.text
    assert right.id


def test_the_archive_is_that_of_the_command_line_and_leaves_nothing_behind(
    article: Article, signed_in: SignIn, installed: Settings, tmp_path: Path
) -> None:
    answer = signed_in(Role.ADMINISTRATOR).get("/gestion/telecharger/archive")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith('attachment; filename="faq-archive-')
    with db.reading() as session:
        archive.write(session, tmp_path / "ours.zip")
        trail = session.scalars(select(Audit.action)).all()
    assert answer.content == (tmp_path / "ours.zip").read_bytes()
    assert trail[-1] == "system.archive"
    assert not list(installed.var.glob(".archive-*"))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_the_archive_is_for_those_who_run_the_system(
    article: Article, signed_in: SignIn, role: Role
) -> None:
    assert signed_in(role).get("/gestion/telecharger/archive").status_code == 403


def test_what_a_person_took_away_is_written_down_under_their_name(
    article: Article, signed_in: SignIn
) -> None:
    manager = signed_in(Role.MANAGER)
    for query in ("", "?sans=sous-objectif", "?sans=sous-objectif&page=2"):
        manager.get(f"/gestion/telecharger/csv{query}")
    with db.reading() as session:
        taken = deliveries.destinations(session)
    assert list(taken["name"]) == [Role.MANAGER.value] * 2
    assert {str(each) for each in taken["selection"]} == {"{}", "{'sans': 'sous-objectif'}"}
