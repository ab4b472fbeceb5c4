"""« Annuler » a publication: everything it did is undone, or it says why not."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from faq_cms import (
    analytics,
    articles,
    corrections,
    db,
    flags,
    loop,
    people,
    publishing,
    remarks,
    search,
    votes,
)
from faq_cms.articles import Text
from faq_cms.errors import Conflict
from faq_cms.models import Article, CorrectionState, RemarkState, Significance, Version
from tests.content import ANSWER, NOW, QUESTION, published, remarked, revised, voted

pytestmark = pytest.mark.usefixtures("database")

SOON = NOW + dt.timedelta(seconds=9)


def taken_back(version: Version, now: dt.datetime = SOON) -> None:
    with db.transaction() as session:
        loop.take_back(session, people.SYSTEM, version.article_id, version_id=version.id, now=now)


def first_version(article: Article) -> Version:
    with db.reading() as session:
        return articles.version(session, article.live_version_id)


def draft(session: Session, article_id: int) -> Version:
    found = articles.draft_of(session, article_id)
    assert found is not None
    return found


@pytest.mark.parametrize("significance", list(Significance))
def test_readers_get_back_what_they_had_and_the_text_is_the_draft_again(
    significance: Significance,
) -> None:
    article = published()
    voted(article.id, True)
    version = revised(article.id, "Trop vite.", significance=significance)
    taken_back(version)
    with db.reading() as session:
        assert articles.live(session, article.slug).answer == ANSWER
        assert draft(session, article.id).answer == "Trop vite."
        assert [each.number for each in articles.history(session, article.id)] == [2, 1]
        assert articles.taken_back(session, article.id) == {version.id}
        assert analytics.usefulness(session).iloc[0]["helpful"] == 1


def test_a_first_publication_taken_back_leaves_nothing_public() -> None:
    article = published()
    taken_back(first_version(article))
    with db.reading() as session:
        assert articles.published(session) == []
        assert not search.find(session, "payer")
        assert draft(session, article.id).answer == ANSWER
    with pytest.raises(Conflict, match="not_withdrawn"), db.transaction() as session:
        loop.republish(session, people.SYSTEM, article.id, now=SOON)


def test_what_it_answered_asks_again_and_what_was_observed_is_observed_again() -> None:
    article = published()
    voted(article.id, False)
    second = revised(article.id, "Mieux.", now=NOW)
    remark_id = remarked(article.id)
    later = NOW + dt.timedelta(hours=1)
    third = revised(article.id, "Encore mieux.", answered_remarks=(remark_id,), now=later)
    taken_back(third, later)
    with db.reading() as session:
        row = corrections.listed(session, article.id)
        assert row is not None
        assert (row.state, row.taken_by_id, row.version_id) == (CorrectionState.NEW, None, None)
        observed = corrections.observation(session, article.id)
        assert observed is not None
        assert observed.version_id == second.id
        assert len(flags.open_flags(session, article.id)) == 1
        assert list(remarks.listing(session)["state"]) == [RemarkState.NEW]


def test_the_next_version_takes_another_number_and_a_period_of_its_own() -> None:
    article = published()
    taken_back(revised(article.id, "Trop vite."))
    version = revised(article.id, "Posément.", now=NOW + dt.timedelta(hours=1))
    assert version.number == 3
    with db.reading() as session:
        period = articles.current_period(session, article.id)
        assert period is not None
        assert (period.number, period.id) == (3, version.period_id)


def test_votes_go_on_in_the_period_of_what_is_read_again() -> None:
    article = published()
    voted(article.id, False)
    taken_back(revised(article.id, "Trop vite."))
    voted(article.id, True)
    with db.reading() as session:
        row = analytics.usefulness(session).iloc[0]
        assert (row["helpful"], row["unhelpful"]) == (1, 1)
        assert votes.is_balanced(session)


def test_a_restored_version_taken_back_leaves_the_draft_as_it_is() -> None:
    article = published()
    revised(article.id, "Version 2.")
    with db.transaction() as session:
        articles.save_draft(
            session,
            people.SYSTEM,
            article.id,
            text=Text(QUESTION, "En cours."),
            seen=articles.seen(session, article.id),
            now=NOW,
        )
        copy = loop.restore(
            session,
            people.SYSTEM,
            article.id,
            version_id=article.live_version_id or 0,
            seen=articles.seen(session, article.id),
            now=NOW,
        )
    taken_back(copy)
    with db.reading() as session:
        assert articles.live(session, article.slug).answer == "Version 2."
        assert draft(session, article.id).answer == "En cours."


@pytest.mark.parametrize("since", ["vote", "version", "draft", "withdrawal", "time"])
def test_it_is_too_late_once_anything_happened(since: str) -> None:
    article = published()
    version, now = revised(article.id, "Trop vite."), SOON
    if since == "vote":
        voted(article.id, False, set_aside=True)
    elif since == "version":
        revised(article.id, "Autre chose.")
    elif since == "time":
        now = NOW + publishing.TAKE_BACK + dt.timedelta(seconds=1)
    with db.transaction() as session:
        if since == "draft":
            articles.save_draft(
                session,
                people.SYSTEM,
                article.id,
                text=Text(QUESTION, "La suite."),
                seen=articles.seen(session, article.id),
                now=NOW,
            )
        elif since == "withdrawal":
            loop.withdraw(session, people.SYSTEM, article.id, now=NOW)
    with pytest.raises(Conflict, match=r"since|too_late"):
        taken_back(version, now)
