"""Charts in a real browser, as a screen reader meets them: sentences in French, and nothing else."""

import datetime as dt
import re
from typing import TYPE_CHECKING

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
