"""Tallies to frames: corrections with what they changed, reading, measures, on both engines."""

import datetime as dt

import pytest

from faq_cms import analytics, db, loop, people, views
from faq_cms.helpfulness import Counts, Effect
from faq_cms.models import CorrectionState, Significance
from tests import content

TODAY = content.NOW.date()


def test_a_correction_is_compared_with_the_measure_before_it(database: db.Database) -> None:
    article = content.published()
    content.received(article.id, helpful=3, unhelpful=17, off_text=2)
    content.revised(article.id, "Par virement uniquement.")
    content.received(article.id, helpful=18, unhelpful=2)
    content.revised(article.id, "Par virement.", significance=Significance.MINOR)
    content.received(article.id, helpful=1, unhelpful=0)
    with db.reading() as session:
        frame = analytics.effects(session)
        row = frame.iloc[0]
        assert len(frame) == 1
        assert (row["article_id"], row["version"]) == (article.id, 2)
        assert row["state"] == CorrectionState.OBSERVING
        assert (row["before_helpful"], row["before_unhelpful"], row["before_off_text"]) == (
            3,
            17,
            2,
        )
        assert (row["helpful"], row["unhelpful"], row["off_text"]) == (19, 2, 0)
        assert row["effect"] == Effect.MORE_HELPFUL
        assert analytics.corrected(session, since=content.NOW) == 1
        assert analytics.corrected(session, since=content.NOW + dt.timedelta(days=1)) == 0


def test_without_a_correction_there_is_no_effect(database: db.Database) -> None:
    content.received(content.published().id, helpful=3, unhelpful=17)
    with db.reading() as session:
        assert analytics.effects(session).empty


def test_each_measure_of_an_article_stands_beside_the_one_before(database: db.Database) -> None:
    article = content.published()
    content.received(article.id, helpful=2, unhelpful=10)
    content.revised(article.id, "Forme.", significance=Significance.MINOR)
    content.received(article.id, helpful=1, unhelpful=0)
    content.revised(article.id, "Fond.")
    content.received(article.id, helpful=11, unhelpful=1)
    with db.reading() as session:
        frame = analytics.by_measure(session, article.id)
    assert list(zip(frame["first_version"], frame["last_version"], strict=True)) == [(3, 3), (1, 2)]
    assert list(frame["helpful"]) == [11, 3]
    assert list(frame["before_helpful"]) == [3, 0]
    assert list(frame["effect"]) == [Effect.MORE_HELPFUL, Effect.NOT_YET]


def test_a_measure_nobody_voted_in_is_never_the_one_before(database: db.Database) -> None:
    """One definition for all who compare: corrections, measures of an article, causes to correct."""
    article = content.published()
    content.received(article.id, helpful=3, unhelpful=17)
    content.revised(article.id, "Relu par personne.")
    with db.transaction() as session:
        loop.raised_by_hand(session, people.SYSTEM, article.id, reason="À revoir.", now=content.NOW)
    content.revised(article.id, "Par virement.")
    content.received(article.id, helpful=19, unhelpful=1)
    with db.reading() as session:
        measures = analytics.by_measure(session, article.id)
        successive = analytics.successive(session)
        corrections = analytics.effects(session)
    assert list(measures["votes"]) == [20, 0, 20]
    assert list(measures["before_helpful"]) == [3, 3, 0]
    assert list(measures["before_unhelpful"]) == [17, 17, 0]
    assert list(measures["effect"]) == [Effect.MORE_HELPFUL, Effect.NOT_YET, Effect.NOT_YET]
    assert list(successive["before_helpful"]) == list(measures["before_helpful"])[::-1]
    assert list(corrections["version"]) == [3, 2]
    assert list(corrections["before_helpful"]) == [3, 3]
    assert list(corrections["effect"]) == [Effect.MORE_HELPFUL, Effect.NOT_YET]


def test_reading_is_counted_where_it_is_and_answered_from_there(database: db.Database) -> None:
    article, other = content.published(), content.published("Autre question")
    content.voted(article.id, True, source="aide")
    content.voted(article.id, True, source="widget")
    content.voted(other.id, False, source="aide", now=content.NOW - dt.timedelta(days=40))
    with db.transaction() as session:
        views.add(
            session,
            {
                (TODAY, article.id, "aide"): (50, 7),
                (TODAY - dt.timedelta(days=13), article.id, "aide"): (20, 0),
                (TODAY, other.id, "aide"): (10, 0),
            },
        )
    with db.reading() as session:
        rows = analytics.readership(session, until=TODAY).set_index("article_id")
        assert rows.loc[article.id].to_dict() == {"views": 70, "views_per_week": 35.0, "votes": 1}
        assert rows.loc[other.id, "votes"] == 0  # cast before reading was counted
        week = analytics.readership(session, since=TODAY - dt.timedelta(days=6), until=TODAY)
        assert list(week["views"]) == [50, 10]


def test_without_a_view_nothing_is_known_of_reading(database: db.Database) -> None:
    content.voted(content.published().id, True)
    with db.reading() as session:
        assert analytics.readership(session, until=TODAY).empty


def test_votes_narrowed_to_the_version_in_line(database: db.Database) -> None:
    article = content.published()
    content.received(article.id, helpful=2, unhelpful=1)
    content.revised(article.id, "Forme.", significance=Significance.MINOR)
    content.received(article.id, helpful=4, unhelpful=0)
    with db.reading() as session:
        assert list(analytics.usefulness(session)["votes"]) == [7]
        assert list(analytics.usefulness(session, live_only=True)["votes"]) == [4]
        narrowed = analytics.usefulness(session, live_only=True, since=TODAY, source="aide")
        assert list(narrowed["votes"]) == [4]


@pytest.mark.parametrize(("days", "votes"), [(0, 1), (5, 2)])
def test_days_of_a_page_of_articles_keep_to_the_period_and_the_measure(
    database: db.Database, days: int, votes: int
) -> None:
    article, other = content.published(), content.published("Autre question")
    content.voted(article.id, False)
    content.revised(article.id, "Fond.")
    content.voted(article.id, True)
    content.voted(article.id, True, now=content.NOW - dt.timedelta(days=5))
    content.voted(other.id, True)
    with db.reading() as session:
        since = TODAY - dt.timedelta(days=days)
        frame = analytics.by_article_and_day(session, [article.id], since=since, until=TODAY)
        assert int(frame["helpful"].sum()) == votes
        assert int(frame["unhelpful"].sum()) == 0
        assert analytics.total(session, since=TODAY, until=TODAY) == Counts(2, 1)
