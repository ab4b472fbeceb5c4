"""Votes mis de côté: in sight, recounted, put back or left, by the people who may."""

import datetime as dt

import pytest

from faq_cms import analytics, db, flags, loop, people, votes
from faq_cms.errors import Forbidden
from faq_cms.helpfulness import Counts
from faq_cms.models import FlagKind, Role
from faq_cms.people import Actor
from faq_cms.votes import Burst
from tests import content, screens


@pytest.fixture
def burst(database: db.Database) -> Burst:
    """Twelve Oui counted, and fifteen Non set aside on the same day."""
    article = content.published()
    content.received(article.id, 12, 0)
    for second in range(15):
        now = content.NOW + dt.timedelta(seconds=second)
        content.voted(article.id, False, source="widget", set_aside=True, now=now)
    with db.reading() as session:
        row = analytics.bursts(session).iloc[0]
    return Burst(article.id, int(row["period_id"]), row["day"], row["source"])


def figures(burst: Burst) -> Counts:
    with db.reading() as session:
        assert votes.is_balanced(session)
        return analytics.counts(session, burst.period_id, burst.article_id)


# -- the chapters --------------------------------------------------------------------------------


def test_a_burst_is_counted_apart_beside_the_figures_it_would_change(burst: Burst) -> None:
    with db.reading() as session:
        (row,) = analytics.bursts(session).to_dict("records")
    assert (row["helpful"], row["unhelpful"], row["source"]) == (0, 15, "widget")
    assert (row["counted_helpful"], row["counted_unhelpful"]) == (12, 0)
    assert row["last_at"] - row["first_at"] == dt.timedelta(seconds=14)
    assert row["is_current"]
    assert row["kept_by"] is None
    assert figures(burst) == Counts(12, 0, 0)


def test_released_votes_count_list_their_article_and_are_in_the_journal(burst: Burst) -> None:
    with db.transaction() as session:
        released = loop.votes_released(session, people.SYSTEM, burst, now=content.NOW)
    assert len(released) == 15
    assert figures(burst) == Counts(12, 15, 0)
    with db.reading() as session:
        assert FlagKind.ISOLATED in {f.kind for f in flags.open_flags(session, burst.article_id)}
        assert analytics.bursts(session).empty
        ((_, _, object_id, detail),) = people.recorded(session, "votes.release")
    assert (object_id, detail["votes"], detail["source"]) == (burst.article_id, 15, "widget")


def test_a_release_taken_back_leaves_everything_as_it_was(burst: Burst) -> None:
    with db.transaction() as session:
        released = loop.votes_released(session, people.SYSTEM, burst, now=content.NOW)
    with db.transaction() as session:
        loop.votes_withheld(session, people.SYSTEM, burst, released, now=content.NOW)
    assert figures(burst) == Counts(12, 0, 0)
    with db.reading() as session:
        assert not flags.open_flags(session, burst.article_id)
        assert analytics.bursts(session)["unhelpful"].tolist() == [15]


def test_a_second_release_changes_nothing(burst: Burst) -> None:
    with db.transaction() as session:
        loop.votes_released(session, people.SYSTEM, burst, now=content.NOW)
    with db.transaction() as session:
        assert loop.votes_released(session, people.SYSTEM, burst, now=content.NOW) == []
    assert figures(burst) == Counts(12, 15, 0)


def test_a_decision_to_keep_holds_until_others_arrive(burst: Burst) -> None:
    later = content.NOW + dt.timedelta(minutes=1)
    with db.transaction() as session:
        votes.keep_aside(session, people.SYSTEM, burst, now=later)
    with db.reading() as session:
        assert analytics.bursts(session)["kept_by"].tolist() == [people.SYSTEM.name]
    content.voted(
        burst.article_id,
        False,
        source="widget",
        set_aside=True,
        now=later + dt.timedelta(minutes=1),
    )
    with db.reading() as session:
        assert analytics.bursts(session)["kept_by"].tolist() == [None]


def test_only_managers_decide(burst: Burst) -> None:
    with db.transaction() as session:
        link = people.first_link(session, now=content.NOW) or ""
        people.use_link(session, link, name="Camille", password_digest="-", now=content.NOW)
        invited = people.invite(session, people.SYSTEM, role=Role.EDITOR, now=content.NOW)
        secret = people.use_link(session, invited, name="Sam", password_digest="-", now=content.NOW)
        editor: Actor | None = people.actor_of(session, secret, now=content.NOW)
    assert editor is not None
    for act in (
        lambda s: loop.votes_released(s, editor, burst, now=content.NOW),
        lambda s: loop.votes_withheld(s, editor, burst, [], now=content.NOW),
        lambda s: votes.keep_aside(s, editor, burst, now=content.NOW),
    ):
        with pytest.raises(Forbidden), db.transaction() as session:
            act(session)
    assert figures(burst) == Counts(12, 0, 0)


# -- the screen ----------------------------------------------------------------------------------


def key(burst: Burst) -> str:
    return f"{burst.article_id}_{burst.period_id}_{burst.day}_{burst.source}"


def test_the_screen_shows_both_figures_and_releases_with_a_way_back(
    burst: Burst, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens.signed_in(monkeypatch, role=Role.MANAGER)
    app = screens.application("set_aside.py")
    said = screens.words(app)
    assert "15 votes" in said
    assert "12 Oui" in said
    assert "44" in said, "12 of 27"
    app.button(key=f"release_{key(burst)}").click().run()
    assert figures(burst) == Counts(12, 15, 0)
    assert "Aucun vote mis de côté" in screens.words(app)
    app.button(key="undo").click().run()
    assert figures(burst) == Counts(12, 0, 0)


def test_what_is_kept_is_folded_and_says_by_whom(
    burst: Burst, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens.signed_in(monkeypatch)
    app = screens.application("set_aside.py")
    app.button(key=f"keep_{key(burst)}").click().run()
    assert not app.exception
    assert f"Laissés de côté par {screens.ADMINISTRATOR}" in screens.words(app)
    assert not [b for b in app.button if b.key == f"keep_{key(burst)}"]


@pytest.mark.parametrize(("role", "is_shown"), [(Role.EDITOR, False), (Role.MANAGER, True)])
def test_the_menu_counts_them_for_those_who_decide(
    burst: Burst, monkeypatch: pytest.MonkeyPatch, role: Role, is_shown: bool
) -> None:
    screens.signed_in(monkeypatch, name="Sam", role=role)
    titles = [page["page_name"] for page in screens.application()._registered_pages.values()]
    assert ("Votes mis de côté (1)" in titles) is is_shown
