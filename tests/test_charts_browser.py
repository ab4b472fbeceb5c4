"""Managers’ screens in a real browser: every dot speaks French to a screen reader, nothing is cut."""

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest

from faq_cms.models import Role
from tests import content, tallies
from tests.servers import Enter, Served

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What Vega says of a mark that has no sentence of its own: the columns it is drawn from.
COLUMNS = re.compile(r"[a-z_]+: [\d−null]|legend|[Vv]ega|scale")


def spoken(page: "Page") -> dict[str, list[str]]:
    """What the drawings of a page say, by role: documents (whole charts) and symbols (their parts)."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    found: dict[str, list[str]] = {}
    for node in nodes:
        role = node.get("role", {}).get("value", "")
        if role.startswith("graphics-") and not node["ignored"]:
            found.setdefault(role, []).append(node.get("name", {}).get("value", ""))
    return found


def test_every_chart_and_every_dot_is_told_in_french(served: Served, enter: Enter) -> None:
    month_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=30)
    article = content.published("Où est ma facture\u202f?", now=month_ago)
    page = enter("Zoé", Role.MANAGER).new_page()
    figure = "70\u202f% (700 sur 1\u202f000), entre 67 et 73\u202f%"
    with tallies.forgotten():
        tallies.say(article.id, article.live_version_id or 0, 1000)
        for path, charts, dots in (
            ("tableau-de-bord", ["Courbe", "Part de Oui par semaine."], ["Semaine du "]),
            ("utilite", ["Du moins utile"], [f"Où est ma facture\u202f?\u00a0: {figure}."]),
            (
                f"article?article={article.id}&vue=mesure",
                ["Part de Oui par semaine.", "Nombre de votes par semaine,"],
                ["Semaine du ", "Version 1, publiée le "],
            ),
        ):
            page.goto(f"{served.url}/gestion/{path}")
            page.locator('[data-testid="stVegaLiteChart"] svg').nth(
                sum(name != "Courbe" for name in charts) - 1
            ).wait_for()
            page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
            said = spoken(page)
            for beginning in charts:
                assert any(each.startswith(beginning) for each in said["graphics-document"]), path
            for beginning in dots:
                assert any(each.startswith(beginning) for each in said["graphics-symbol"]), path
            every = [each for names in said.values() for each in names]
            assert [each for each in every if COLUMNS.search(each)] == [], path


@pytest.mark.parametrize("width", [1400, 390])
def test_managers_screens_never_scroll_sideways(served: Served, enter: Enter, width: int) -> None:
    """At 1400 the follow-up of corrections, eleven columns, is read whole as well."""
    article = content.published("Où est ma facture\u202f?")
    content.received(article.id, helpful=3, unhelpful=17)
    content.revised(article.id, "En haut de la page.")
    content.received(article.id, helpful=19, unhelpful=1)
    page = enter("Zoé", Role.MANAGER).new_page()
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("tableau-de-bord", "utilite", f"article?article={article.id}&vue=mesure"):
        page.goto(f"{served.url}/gestion/{path}")
        page.get_by_role("button", name="Image PNG").first.wait_for()
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        assert reach(page, '[data-testid="stMain"]') <= 0, path
    page.goto(f"{served.url}/gestion/tableau-de-bord")
    page.get_by_role("columnheader", name="Remarques avec réponse").wait_for()
    assert (reach(page, '[data-testid="stTable"] :has(> table)') <= 0) is (width == 1400)


def reach(page: "Page", of: str) -> int:
    """By how many pixels something is wider than what is seen of it."""
    found: int = page.locator(of).evaluate("element => element.scrollWidth - element.clientWidth")
    return found
