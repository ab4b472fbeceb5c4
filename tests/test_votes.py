"""The ledger: one counted vote per visitor and period, tallies always equal to the votes."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from faq_cms import analytics, db, loop, views, votes
from faq_cms.errors import Conflict, Invalid, NotFound
from faq_cms.models import Reason, Significance, TallyDay, Vote
from tests.content import NOW, published, received, revised, voted

pytestmark = pytest.mark.usefixtures("database")


def counts(article_id: int) -> tuple[int, int, int]:
    with db.reading() as session:
        assert votes.is_balanced(session)
        figures = analytics.usefulness(session)
    row = figures[figures["article_id"] == article_id].to_dict("records")[0]
    return row["helpful"], row["unhelpful"], row["off_text"]


# -- counting ------------------------------------------------------------------------------------


def test_second_vote_by_same_visitor_is_counted_once() -> None:
    article = published()
    first = voted(article.id, True, visitor="a")
    second = voted(article.id, True, visitor="a")
    assert (first.is_new, second.is_new, second.changed) == (True, False, False)
    assert second.vote_id == first.vote_id
    assert counts(article.id) == (1, 0, 0)


def test_a_changed_mind_keeps_the_day_and_version_of_the_first_vote() -> None:
    article = published()
    first = voted(article.id, False, visitor="a", reason=Reason.OUTDATED)
    later = voted(article.id, True, visitor="a", now=NOW + dt.timedelta(days=2))
    assert later.changed
    assert counts(article.id) == (1, 0, 0)
    with db.reading() as session:
        vote = votes.vote(session, first.vote_id)
        assert (vote.day, vote.helpful, vote.reason) == (dt.date(2026, 3, 2), True, None)


def test_a_new_period_counts_the_same_visitor_again() -> None:
    article = published()
    voted(article.id, False, visitor="a")
    revised(article.id, "Mieux.")
    assert voted(article.id, True, visitor="a").is_new
    assert counts(article.id) == (1, 0, 0)


def test_a_minor_version_goes_on_with_the_same_votes() -> None:
    article = published()
    voted(article.id, False, visitor="a")
    revised(article.id, "Mieux.", significance=Significance.MINOR)
    assert not voted(article.id, True, visitor="a").is_new
    assert counts(article.id) == (1, 0, 0)


def test_a_late_vote_counts_in_the_period_of_the_version_it_read() -> None:
    article = published()
    revised(article.id, "Mieux.")
    voted(article.id, False, number=1)
    assert counts(article.id) == (0, 0, 0)
    with db.reading() as session:
        frame = analytics.by_version(session, article.id)
        assert list(frame["unhelpful"]) == [1, 0]


def test_a_vote_set_aside_is_kept_out_of_every_figure_until_released() -> None:
    article = published()
    receipt = voted(article.id, False, set_aside=True)
    assert counts(article.id) == (0, 0, 0)
    with db.transaction() as session:
        votes.put_aside(session, receipt.vote_id, aside=False)
    assert counts(article.id) == (0, 1, 0)


@pytest.mark.parametrize("reason", list(Reason))
def test_each_reason_is_counted_on_its_side_of_the_text(reason: Reason) -> None:
    article = published()
    voted(article.id, False, reason=reason)
    off_text = reason in (Reason.OFF_TOPIC, Reason.DISAGREES)
    assert counts(article.id) == (0, 1, int(off_text))
    with db.reading() as session:
        period, other = int(analytics.usefulness(session)["period_id"][0]), 0
        assert votes.reasons(session, [period, other]) == {period: {reason: 1}, other: {}}


def test_a_reason_needs_a_no() -> None:
    article = published()
    receipt = voted(article.id, True)
    with pytest.raises(Conflict, match="not_a_no"), db.transaction() as session:
        votes.give_reason(session, receipt.vote_id, reason=Reason.OTHER)


@pytest.mark.parametrize("number", [0, 2, 99])
def test_a_version_never_published_takes_no_vote(number: int) -> None:
    article = published()
    with db.reading() as session, pytest.raises(NotFound):
        votes.target(session, article.slug, number=number)


def test_a_source_is_one_source_however_it_is_written() -> None:
    article = published()
    voted(article.id, True, visitor="a", source=" Site\n")
    voted(article.id, False, visitor="a", source="site")
    assert counts(article.id) == (0, 1, 0)
    with db.reading() as session:
        assert list(votes.tallies(session)["source"]) == ["site"]


@pytest.mark.parametrize("source", ["", "a b", "x" * 25, "é;", "<script>"])
def test_a_source_is_a_plain_name(source: str) -> None:
    article = published()
    with pytest.raises(Invalid):
        voted(article.id, True, source=source)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-02T22:59:59+00:00", "2026-03-02"),
        ("2026-03-02T23:00:00+00:00", "2026-03-03"),
        ("2026-07-01T22:00:00+00:00", "2026-07-02"),
        ("2026-03-29T00:59:59+00:00", "2026-03-29"),
        ("2026-10-25T01:00:00+00:00", "2026-10-25"),
        ("2026-12-31T23:00:00+00:00", "2027-01-01"),
    ],
)
def test_a_day_is_the_date_on_a_wall_in_paris(moment: str, day: str) -> None:
    assert votes.civil_day(dt.datetime.fromisoformat(moment)) == dt.date.fromisoformat(day)


def test_a_visitor_has_another_name_on_every_article_and_under_every_key() -> None:
    names = {votes.visitor(key, "cookie", article) for key in ("k", "l") for article in (1, 2)}
    assert len(names) == 4
    assert votes.visitor("k", "cookie", 1) in names


def test_the_database_itself_refuses_a_second_vote_of_a_visitor() -> None:
    article = published()
    receipt = voted(article.id, True, visitor="a")
    with db.reading() as session:
        first = votes.vote(session, receipt.vote_id)
    second = Vote(
        article_id=first.article_id,
        version_id=first.version_id,
        period_id=first.period_id,
        visitor="a",
        helpful=False,
        source="aide",
        day=NOW.date(),
        cast_at=NOW,
    )
    with pytest.raises(IntegrityError), db.transaction() as session:
        session.add(second)


@pytest.mark.parametrize("hurried", [100, pytest.param(500, marks=pytest.mark.deep)])
def test_many_votes_of_one_visitor_at_once_count_once(database: db.Database, hurried: int) -> None:
    article = published()
    with db.reading() as session:
        version = votes.target(session, article.slug)
    # Two processes as far as the database can tell: between them, nothing but its own locks.
    doors = (database, db.Database(database.url.render_as_string(hide_password=False)))
    start = threading.Barrier(8, timeout=60)  # all are there before one begins

    def hurry(number: int) -> bool:
        if number < start.parties:
            start.wait()
        with doors[number % 2].transaction() as session:
            receipt = loop.vote_received(
                session,
                version=version,
                helpful=number % 3 == 0,
                visitor="same",
                source="aide",
                now=NOW,
            )
        return receipt.is_new

    with ThreadPoolExecutor(start.parties) as pool:
        assert sum(pool.map(hurry, range(hurried))) == 1
    doors[1].dispose()
    assert sum(counts(article.id)[:2]) == 1


@pytest.mark.parametrize("set_aside", [False, True])
def test_any_sequence_of_changes_leaves_votes_and_tallies_equal(
    database: db.Database, set_aside: bool
) -> None:
    article = published()

    @examples(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(
            st.tuples(
                st.sampled_from("abc"),
                st.booleans(),
                st.sampled_from([None, *Reason]),
                st.booleans(),
            ),
            max_size=8,
        )
    )
    def check(steps: list[tuple[str, bool, Reason | None, bool]]) -> None:
        for visitor, helpful, reason, aside in steps:
            receipt = voted(article.id, helpful, visitor=visitor, set_aside=set_aside)
            with db.transaction() as session:
                if not helpful:
                    votes.give_reason(session, receipt.vote_id, reason=reason)
                votes.put_aside(session, receipt.vote_id, aside=aside)
        counts(article.id)

    check()


def test_tallies_dropped_and_folded_again_are_the_same() -> None:
    article = published()
    received(article.id, 3, 4, off_text=2)
    voted(article.id, False, set_aside=True)
    with db.reading() as session:
        before = votes.tallies(session)
    with db.transaction() as session:
        votes.rebuild(session)
    with db.reading() as session:
        assert before.equals(votes.tallies(session))
        assert votes.is_balanced(session)


def test_a_tally_that_lies_is_noticed() -> None:
    article = published()
    received(article.id, 2, 0)
    with db.transaction() as session:
        session.execute(update(TallyDay).values(helpful=5))
    with db.reading() as session:
        assert not votes.is_balanced(session)
    with db.transaction() as session:
        votes.rebuild(session)


# -- views ---------------------------------------------------------------------------------------


def test_views_add_up_by_day_and_source_with_robots_apart() -> None:
    article = published()
    key = (NOW.date(), article.id, "aide")
    for people_, robots in ((3, 1), (2, 0)):
        with db.transaction() as session:
            views.add(session, {key: (people_, robots)})
    with db.reading() as session:
        frame = views.by_article(session)
        assert list(frame["views"]) == [5]


def test_every_vote_moves_the_revision_that_cached_figures_are_keyed_by() -> None:
    article = published()

    def revision() -> int:
        with db.reading() as session:
            return db.revision(session)

    before = revision()
    voted(article.id, True)
    assert revision() == before + 1
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Vote)) == 1
