"""Presence on the screens: one line, few writes, gone with whoever leaves."""

import datetime as dt

import pytest
from sqlalchemy import event, select

from faq_cms import db
from faq_cms.models import Presence
from faq_cms.presence import Colleague
from faq_cms.screens import _presence
from tests import content, screens

NOW = content.NOW
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("others", "in_review", "expected"),
    [
        ([Colleague("Ana", None)], False, "Ana a aussi ouvert cet article"),
        ([Colleague("Rémi", None)], True, "Rémi relit cet article"),
        (
            [Colleague("Ana", NOW - 3 * MINUTE)],
            True,
            "Ana modifie aussi cet article, dernière saisie il y a 3 minutes",
        ),
        (
            [Colleague("Ana", NOW), Colleague("Bob", NOW), Colleague("Rémi", None)],
            True,
            (
                "Ana et Bob modifient aussi cet article, dernière saisie à l’instant · "
                "Rémi relit cet article"
            ),
        ),
        (
            [Colleague(name, None) for name in ("Ana", "Bob", "Chloé", "Dominique")],
            False,
            "Ana, Bob et 2 autres ont aussi ouvert cet article",
        ),
        ([Colleague("Ana", None), Colleague("Bob", None)], True, "Ana et Bob relisent cet article"),
    ],
)
def test_the_line_says_who_does_what_and_since_when(
    others: list[Colleague], in_review: bool, expected: str
) -> None:
    assert _presence.sentence(others, NOW, in_review=in_review) == expected


def test_runs_between_two_beats_write_nothing_and_another_screen_ends_the_presence(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens.signed_in(monkeypatch)
    article = content.published()
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if " presence" in statement.lower() and not statement.upper().startswith("SELECT"):
            written.append(statement.split(maxsplit=1)[0])

    def present() -> list[int]:
        with db.reading() as session:
            return list(session.scalars(select(Presence.article_id)))

    event.listen(database.write_engine, "before_cursor_execute", note)
    app = screens.application("articles.py")
    app.query_params["article"] = str(article.id)
    app.switch_page("article.py").run()
    for _ in range(4):
        app.run()
    assert not app.exception
    assert present() == [article.id]
    assert written == ["DELETE", "INSERT"], "those long gone are forgotten, then one row"
    app.switch_page("articles.py").run()
    assert present() == []
    assert written == ["DELETE", "INSERT", "DELETE"]
