"""Every other screen that shows a share shows what its number of votes allows, up to ten million.

The dashboard and the ranking are walked in their own tests, charts in `test_charts`, reports on paper
in `test_reports`, the words of a figure in `test_french`.
"""

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import db, french, reports, views
from faq_cms import votes as ledger
from faq_cms.helpfulness import Counts
from faq_cms.models import Cadence
from faq_cms.reports import Span
from tests import content, screens, tallies


@pytest.fixture(autouse=True)
def _signed_in(monkeypatch: pytest.MonkeyPatch, database: db.Database) -> None:
    screens.signed_in(monkeypatch)


def opened(file: str, **address: str) -> AppTest:
    """A screen at an address."""
    app = screens.application()
    for name, value in address.items():
        app.query_params[name] = value
    return app.switch_page(file).run()


def require_share(app: AppTest, counts: Counts) -> None:
    """The figure is the one these votes allow, and a share stands alone under no floor."""
    assert not app.exception, app.exception
    said, figure = screens.words(app), french.usefulness(counts)
    assert figure.text in said, counts
    assert figure.dots in said, counts
    if not counts.votes:
        assert "\u202f%" not in said, "never 0 % for nobody"
    if counts.votes < 10:
        assert f"{figure.text.split(',')[0]} (" not in said, counts


@pytest.mark.parametrize("file", ["articles.py", "to_correct.py", "article.py"])
def test_each_screen_shows_of_a_share_what_its_votes_allow(file: str) -> None:
    article = content.published(now=dt.datetime.now(dt.UTC) - dt.timedelta(days=30))
    content.voted(article.id, False)  # À corriger lists what somebody said Non to
    app = opened(file, article=str(article.id), vue="mesure")
    with tallies.forgotten():
        for votes in (0, *tallies.LADDER):
            counts = tallies.say(article.id, article.live_version_id or 0, votes)
            app.run()
            require_share(app, counts)
    with db.transaction() as session:
        ledger.rebuild(session)


def test_the_history_and_a_report_show_of_a_share_what_its_votes_allow() -> None:
    article = content.published(now=dt.datetime.now(dt.UTC) - dt.timedelta(days=30))
    history = opened("article.py", article=str(article.id), version="1")
    assert "Historique" in [control.value for control in history.segmented_control]
    today = ledger.civil_day(dt.datetime.now(dt.UTC))
    with tallies.forgotten():
        for place, votes in enumerate((0, *tallies.LADDER)):
            counts = tallies.say(article.id, article.live_version_id or 0, votes)
            history.run()
            require_share(history, counts)
            span = Span(Cadence.MONTHLY, today - dt.timedelta(days=28 - place), today)
            with db.transaction() as session:
                issued = reports.issue(session, span, now=dt.datetime.now(dt.UTC))
            assert issued is not None
            require_report(opened("reports.py", rapport=str(issued.id)), counts)


def require_report(app: AppTest, counts: Counts) -> None:
    """On the screen of reports the share is in black from ten votes on, grey under them."""
    figure, said = french.usefulness(counts), screens.words(app)
    assert french.headline(counts, "dans le mois") in said
    black = "\n".join(each.value for each in app.markdown)
    assert ("\u202f%" in black) is (counts.votes >= 10), counts
    assert figure.aside in said, counts
    assert figure.dots in said, counts
    assert ("\u202f%" in said) is (counts.votes > 0), counts
    if counts.unhelpful:
        [table] = [each.value for each in app.table]
        shown = table["Votes de la période"].iloc[0]
        assert shown == f"{figure.text} {figure.dots}".strip(), counts


@pytest.mark.parametrize("votes", [0, *tallies.LADDER])
def test_a_response_rate_waits_for_ten_votes(votes: int) -> None:
    article = content.published(now=dt.datetime.now(dt.UTC) - dt.timedelta(days=30))
    today = ledger.civil_day(dt.datetime.now(dt.UTC))
    with db.transaction() as session:
        seen = {(today - dt.timedelta(days=25), article.id, "aide"): (10**8, 0)}
        views.add(session, seen)
    with tallies.forgotten():
        tallies.say(article.id, article.live_version_id or 0, votes)
        app = opened("dashboard.py", periode="all")
        assert not app.exception
        tiles = {str(metric.label): str(metric.value) for metric in app.metric}
    assert ("Taux de réponse" in tiles) is (votes >= 10)
    if votes >= 10:
        assert tiles["Taux de réponse"] == french.percent(votes / 10**8)
