"""Every other screen that shows a share shows what its number of votes allows, up to ten million.

The dashboard and the ranking are walked in their own tests, reports in `test_reports`, the words of
a figure in `test_french`.
"""

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import db, french
from faq_cms import votes as ledger
from faq_cms.helpfulness import Counts
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
