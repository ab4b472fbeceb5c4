"""What a vote, a reason, a publication or a withdrawal does to À corriger."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from faq_cms import (
    analytics,
    categories,
    corrections,
    db,
    filing,
    flags,
    loop,
    people,
    remarks,
    votes,
)
from faq_cms.errors import Conflict, Invalid
from faq_cms.helpfulness import Counts
from faq_cms.models import (
    Account,
    CorrectionState,
    Flag,
    FlagKind,
    FlagOutcome,
    Reason,
    RemarkState,
    Role,
    Significance,
)
from faq_cms.people import Actor
from tests.content import NOW, published, received, remarked, revised, voted

pytestmark = pytest.mark.usefixtures("database")

ISOLATED, CONFIRMED = FlagKind.ISOLATED, FlagKind.CONFIRMED
TODAY = votes.civil_day(NOW)


def listed() -> dict[int, tuple[FlagKind, ...]]:
    """The articles in À corriger, with the rules that list them."""
    with db.reading() as session:
        queue = corrections.queue(session)
        return dict(zip(queue["article_id"], queue["kinds"], strict=True))


def editor(name: str = "Camille") -> Actor:
    with db.transaction() as session:
        account = Account(
            name=name,
            name_key=people.fold_name(name),
            role=Role.EDITOR,
            password_digest="x",
            created_at=NOW,
        )
        session.add(account)
        session.flush()
        return Actor(account.id, name, Role.EDITOR)


# -- listing -------------------------------------------------------------------------------------


def test_one_no_lists_the_article_in_the_same_transaction() -> None:
    article = published()
    voted(article.id, False)
    assert listed() == {article.id: (ISOLATED,)}
    with db.reading() as session:
        flag = flags.open_flags(session, article.id)[0]
        assert flag.evidence["unhelpful"] == 1
        assert flag.evidence["objective"] == 0.70


def test_a_yes_lists_nothing() -> None:
    article = published()
    voted(article.id, True)
    assert listed() == {}


@pytest.mark.parametrize("reason", [Reason.OFF_TOPIC, Reason.DISAGREES])
def test_a_reason_that_spares_the_text_withdraws_the_flag(reason: Reason) -> None:
    article = published()
    voted(article.id, False, reason=reason)
    assert listed() == {}


def test_a_no_changed_into_a_yes_withdraws_the_flag() -> None:
    article = published()
    voted(article.id, False, visitor="a")
    voted(article.id, True, visitor="a")
    assert listed() == {}
    with db.reading() as session:
        assert session.query(Flag).one().outcome is FlagOutcome.WITHDRAWN


def test_another_no_keeps_the_article_listed_when_one_is_taken_back() -> None:
    article = published()
    voted(article.id, False)
    voted(article.id, False, visitor="a")
    voted(article.id, True, visitor="a")
    assert listed() == {article.id: (ISOLATED,)}


@pytest.mark.parametrize(
    ("helpful", "unhelpful", "kinds"),
    [
        (0, 2, (ISOLATED,)),
        (0, 9, (ISOLATED,)),
        (0, 10, (ISOLATED, CONFIRMED)),
        (5, 5, (ISOLATED,)),
        (3, 7, (ISOLATED,)),
        (2, 8, (ISOLATED, CONFIRMED)),
        (10, 0, ()),
    ],
)
def test_an_article_is_confirmed_only_by_ten_votes_that_prove_it(
    helpful: int, unhelpful: int, kinds: tuple[FlagKind, ...]
) -> None:
    article = published()
    received(article.id, helpful, unhelpful)
    assert listed().get(article.id, ()) == kinds


def test_votes_off_the_text_prove_nothing_against_it() -> None:
    article = published()
    received(article.id, 5, 10, off_text=10)
    assert listed() == {}


def test_votes_set_aside_list_nothing() -> None:
    article = published()
    for _ in range(12):
        voted(article.id, False, set_aside=True)
    assert listed() == {}


def test_a_confirmed_article_stays_so_until_its_share_is_back_at_the_objective() -> None:
    article = published()
    received(article.id, 2, 8)
    received(article.id, 10, 0)
    assert listed() == {article.id: (ISOLATED, CONFIRMED)}
    received(article.id, 7, 0)
    assert listed() == {article.id: (ISOLATED,)}


def test_simultaneous_noes_open_one_flag_and_one_row() -> None:
    article = published()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: voted(article.id, False), range(24)))
    assert listed() == {article.id: (ISOLATED, CONFIRMED)}
    with db.reading() as session:
        assert session.query(Flag).count() == 2
        assert votes.is_balanced(session)


# -- correcting ----------------------------------------------------------------------------------


def test_a_fond_version_answers_the_flags_and_is_observed() -> None:
    article = published()
    remark_id = remarked(article.id)
    version = revised(article.id, "Le montant est en haut.", answered_remarks=(remark_id,))
    assert listed() == {}
    with db.reading() as session:
        observed = corrections.observed(session, today=TODAY)
        assert list(observed["article_id"]) == [article.id]
        assert list(observed["version"]) == [2]
        flag = session.query(Flag).one()
        assert (flag.outcome, flag.answered_in_id) == (FlagOutcome.ANSWERED, version.id)
        assert list(remarks.listing(session)["state"]) == [RemarkState.ANSWERED]


def test_a_forme_version_closes_nothing() -> None:
    article = published()
    voted(article.id, False)
    revised(article.id, "Même sens, mieux écrit.", significance=Significance.MINOR)
    assert listed() == {article.id: (ISOLATED,)}


def test_a_no_on_the_new_version_lists_the_article_again_beside_the_observation() -> None:
    article = published()
    voted(article.id, False)
    revised(article.id, "Mieux.")
    voted(article.id, False)
    assert listed() == {article.id: (ISOLATED,)}
    with db.reading() as session:
        assert len(corrections.observed(session, today=TODAY)) == 1


def test_a_late_no_on_the_old_version_does_not_list_the_new_one() -> None:
    article = published()
    voted(article.id, False)
    revised(article.id, "Mieux.")
    voted(article.id, False, number=1)
    assert listed() == {}


def test_a_second_fond_version_ends_the_first_observation() -> None:
    article = published()
    voted(article.id, False)
    revised(article.id, "Mieux.")
    voted(article.id, False)
    revised(article.id, "Encore mieux.")
    with db.reading() as session:
        assert list(corrections.observed(session, today=TODAY)["version"]) == [3]


def test_a_withdrawn_article_leaves_the_list_and_comes_back_with_its_figures() -> None:
    article = published()
    voted(article.id, False)
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article.id, now=NOW)
    assert listed() == {}
    with db.transaction() as session:
        loop.republish(session, people.SYSTEM, article.id, now=NOW)
    assert listed() == {article.id: (ISOLATED,)}


def test_a_correction_is_taken_by_one_person_and_released() -> None:
    article = published()
    voted(article.id, False)
    first, second = editor("Camille"), editor("Sacha")
    with db.transaction() as session:
        corrections.take(session, first, article.id, now=NOW)
    with pytest.raises(Conflict, match="Camille"), db.transaction() as session:
        corrections.take(session, second, article.id, now=NOW)
    with db.transaction() as session:
        corrections.release(session, first, article.id, now=NOW)
        row = corrections.take(session, second, article.id, now=NOW)
        assert (row.state, row.taken_by_id) == (CorrectionState.TAKEN, second.id)


def test_nothing_to_fix_needs_a_reason_and_lasts_until_the_next_no() -> None:
    article = published()
    voted(article.id, False)
    with pytest.raises(Invalid), db.transaction() as session:
        corrections.nothing_to_fix(session, people.SYSTEM, article.id, reason=" ", now=NOW)
    with db.transaction() as session:
        corrections.nothing_to_fix(
            session, people.SYSTEM, article.id, reason="La règle est claire.", now=NOW
        )
    voted(article.id, True)
    assert listed() == {}
    voted(article.id, False)
    assert listed() == {article.id: (ISOLATED,)}


def test_what_is_not_listed_cannot_be_taken() -> None:
    article = published()
    with pytest.raises(Conflict, match="not_listed"), db.transaction() as session:
        corrections.take(session, people.SYSTEM, article.id, now=NOW)


# -- reviewing -----------------------------------------------------------------------------------


def test_a_review_follows_a_changed_objective_and_then_finds_nothing_to_do() -> None:
    article = published()
    received(article.id, 9, 9)
    with db.transaction() as session:
        category = categories.add(session, people.SYSTEM, name="Stricte", now=NOW)
        filing.file_under(session, people.SYSTEM, article.id, category_id=category.id, now=NOW)
        categories.set_objective(
            session, people.SYSTEM, category_id=category.id, objective=0.9, now=NOW
        )
    assert listed() == {article.id: (ISOLATED,)}
    with db.transaction() as session:
        assert loop.review(session, people.SYSTEM, now=NOW) == [article.id]
    assert listed() == {article.id: (ISOLATED, CONFIRMED)}
    with db.transaction() as session:
        assert loop.review(session, people.SYSTEM, now=NOW) == []


# -- figures -------------------------------------------------------------------------------------


def test_figures_are_those_of_the_running_period_and_dates_intersect_it() -> None:
    article = published()
    received(article.id, 0, 3)
    revised(article.id, "Mieux.")
    received(article.id, 4, 1)
    with db.reading() as session:
        whole = analytics.usefulness(session).iloc[0]
        before = analytics.usefulness(session, until=NOW.date().replace(year=2025)).iloc[0]
        other = analytics.usefulness(session, source="widget").iloc[0]
    assert (whole["helpful"], whole["unhelpful"]) == (4, 1)
    assert (before["votes"], other["votes"]) == (0, 0)


def test_an_article_without_vote_has_no_ratio() -> None:
    published()
    with db.reading() as session:
        row = analytics.usefulness(session).iloc[0]
    assert row[["ratio", "low", "high"]].isna().all()
    assert row["verdict"] == "too_few"


def test_totals_and_days_agree() -> None:
    first, second = published(), published("Autre\u202f?", "Autre.")
    received(first.id, 2, 1)
    received(second.id, 1, 1, off_text=1)
    with db.reading() as session:
        assert analytics.total(session) == Counts(3, 2, 1)
        assert analytics.by_day(session)["helpful"].sum() == 3
        assert list(analytics.by_source(session)["unhelpful"]) == [2]
        assert analytics.by_day(session, article_id=first.id)["unhelpful"].sum() == 1
