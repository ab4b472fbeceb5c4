"""Canaux in a real browser: what a channel still serves, and a push seen before it is made."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from faq_cms import articles, db, deliveries, settings
from faq_cms.deliveries import Target
from faq_cms.models import Role, Way
from faq_cms.settings import Settings
from tests import content, help_desks, servers
from tests.help_desks import Desk
from tests.servers import Enter, Served

QUESTION = "Où trouver mon *numéro* de commande\u202f?"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with help_desks.serving("freshdesk") as served:
        yield served


@pytest.fixture
def served(tmp_path: Path, desk: Desk) -> Iterator[Served]:
    """The product, given access to a Freshdesk."""
    access = {
        "FAQ_FRESHDESK_URL": desk.url,
        "FAQ_FRESHDESK_KEY": help_desks.KEY,
        "FAQ_FRESHDESK_FOLDER": str(help_desks.FOLDER),
    }
    with servers.serving(tmp_path / "served", **access) as process:
        yield process


def test_a_channel_behind_says_what_it_serves_and_a_push_is_seen_before_it_is_made(
    served: Served, enter: Enter, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = enter("Zoé", Role.MANAGER)
    monkeypatch.setattr(settings, "_current", Settings())
    article, now = content.published(QUESTION), dt.datetime.now(dt.UTC)
    with db.reading() as session:
        published = articles.published(session)
    deliveries.note(Target("jsonl", Way.MACHINE, "Assistant *vocal*"), published, now=now)
    content.revised(article.id, "Sur votre **bon de commande**.")
    page = context.new_page()
    page.goto(f"{served.url}/gestion/canaux")
    card = page.locator("[class*=st-key-destination_]")
    card.get_by_text("Assistant *vocal* · JSON Lines").wait_for()
    card.get_by_text("Pas à jour").wait_for()
    card.get_by_text("Ce qu’un nouvel envoi changerait\u00a0: 1 modifié").click()
    card.get_by_text(f"{QUESTION} — version 1 servie, version 2 publiée").wait_for()

    page.get_by_role("button", name="Comparer").click()
    page.get_by_text(f"Ajoutés ({len(published)})").wait_for()
    assert desk.writes() == []
    page.get_by_role("button", name=f"Envoyer ({len(published)})").click()
    page.get_by_text(f"Envoyé vers Freshdesk\u00a0: {len(published)} ajoutés.").wait_for()
    assert "<strong>bon de commande</strong>" in desk.by_title(QUESTION)["description"]
    page.get_by_text("Canaux branchés (2)").wait_for()
    assert page.get_by_text(help_desks.KEY).count() == 0
