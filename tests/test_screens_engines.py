"""Every screen opens on PostgreSQL too, on an installation where each has something to show."""

import pytest

from faq_cms import articles, db, people
from faq_cms.articles import Text
from faq_cms.models import Reason
from faq_cms.screens.registry import SCREENS
from tests import content, screens


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_every_screen_opens_on_postgresql(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = content.published()
    content.received(article.id, 20, 20, off_text=2)
    content.voted(article.id, False, reason=Reason.OUTDATED, set_aside=True)
    content.remarked(article.id)
    content.revised(article.id, "Mieux.", answered_remarks=(content.remarked(article.id),))
    content.received(article.id, 1, 2)
    with db.transaction() as session:
        articles.create(session, people.SYSTEM, text=Text("Brouillon ?", "…"), now=content.NOW)
    screens.signed_in(monkeypatch)
    app = screens.application()
    for screen in SCREENS:
        app.switch_page(screen.file)
        app.query_params["article"] = str(article.id)
        app.run()
        assert not app.exception, (screen.file, app.exception)
        assert app.title, screen.file
