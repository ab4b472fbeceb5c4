"""Aujourd’hui: what is new in full, what waits, what to do next."""

import datetime as dt

import pytest

from faq_cms import db, people, remarks
from faq_cms.models import RemarkState
from tests import content, screens


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def state_of(remark_id: int) -> RemarkState:
    with db.reading() as session:
        frame = remarks.listing(session)
    return RemarkState(frame.set_index("remark_id")["state"][remark_id])


def test_without_an_article_it_says_how_to_begin() -> None:
    app = screens.application()
    assert "Aucun article pour le moment" in screens.words(app)
    assert "Écrire un article" in screens.links(app)


def test_without_a_vote_it_leads_to_the_public_page() -> None:
    content.published()
    app = screens.application()
    assert "Aucun vote pour le moment" in screens.words(app)
    assert "Ouvrir la page publique" in [link.proto.label for link in app.get("link_button")]


def test_votes_of_the_month_are_one_sentence() -> None:
    article, now = content.published(), dt.datetime.now(dt.UTC)
    for helpful in (True, True, True, False):
        content.voted(article.id, helpful, now=now)
    content.voted(article.id, True, now=now - dt.timedelta(days=40))
    assert "4 votes ce mois-ci\u00a0: 3 Oui, 1 Non" in screens.words(screens.application())


def test_a_remark_is_shown_in_full_and_as_plain_text() -> None:
    written = "**Pas clair** <script>alert(1)</script>\n:red[même] sur deux lignes"
    content.remarked(content.published().id, written)
    app = screens.application()
    assert written in [text.value for text in app.text]
    assert all("script" not in markdown.value for markdown in app.markdown)


@pytest.mark.parametrize("state", [RemarkState.NO_ACTION, RemarkState.FORWARDED])
def test_an_outcome_is_kept_and_can_be_taken_back(state: RemarkState) -> None:
    remark_id = content.remarked(content.published().id)
    app = screens.application()
    app.button(key=f"{state}_{remark_id}").click().run()
    assert state_of(remark_id) is state
    assert not app.text
    app.button(key="undo").click().run()
    assert state_of(remark_id) is RemarkState.NEW
    assert len(app.text) == 1


def test_a_vote_from_elsewhere_is_seen_at_the_next_run() -> None:
    article = content.published()
    app = screens.application()
    content.remarked(article.id, "Arrivée pendant la visite.")
    app.run()
    assert "Arrivée pendant la visite." in [text.value for text in app.text]


def test_what_came_since_the_last_visit_says_so() -> None:
    article, now = content.published(), dt.datetime.now(dt.UTC)
    content.voted(article.id, False, now=now - dt.timedelta(days=3))
    with db.transaction() as session:
        account = people.account_named(session, screens.ADMINISTRATOR)
        account.home_seen_at = now - dt.timedelta(days=2)
    content.voted(article.id, False, now=now - dt.timedelta(days=1))
    captions = [caption.value for caption in screens.application().caption]
    assert [caption.startswith("Nouveau") for caption in captions if "Sans raison" in caption] == [
        True,
        False,
    ]


def test_what_is_listed_is_named_and_leads_to_its_article() -> None:
    article = content.published()
    content.voted(article.id, False)
    app = screens.application()
    assert "1 signalement isolé" in screens.words(app)
    assert "Tout voir" in screens.links(app)
