"""The statistics against published values, at every scale, and by their properties."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms.helpfulness import (
    DEFAULT_OBJECTIVE,
    EVER_WRONG,
    HORIZON_WEEKS,
    MINIMUM_EVIDENCE,
    Bucket,
    Change,
    Counts,
    Effect,
    Interval,
    Verdict,
    Window,
    bucket,
    change,
    compared,
    corrections_per_week,
    default_window,
    discoveries,
    effect,
    effects,
    expected_unhappy_per_week,
    lasting_bounds,
    log_proof_below,
    measured,
    newcombe,
    p_values_below,
    pooled,
    pooled_of,
    prospect,
    proven_together,
    ratio,
    response_rate,
    trend,
    unhappy_per_week,
    verdict,
    verdicts,
    votes_to_conclude,
    wilson,
    wilson_bounds,
)

MANY = 10**7


@st.composite
def some_counts(draw: st.DrawFn, most: int = 3000) -> Counts:
    unhelpful = draw(st.integers(0, most))
    return Counts(draw(st.integers(0, most)), unhelpful, draw(st.integers(0, unhelpful)))


@st.composite
def a_share(draw: st.DrawFn, least: int = 1, most: int = MANY) -> tuple[int, int]:
    votes = draw(st.integers(least, most))
    return draw(st.integers(0, votes)), votes


objectives = st.floats(0.05, 0.95)


def within(interval: Interval, low: float, high: float, digits: int = 4) -> bool:
    return (round(interval.low, digits), round(interval.high, digits)) == (low, high)


# -- one share -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("helpful", "votes", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857–872, Table I, method 3 (score).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_newcombes_published_limits(
    helpful: int, votes: int, low: float, high: float
) -> None:
    interval = wilson(helpful, votes)
    assert interval is not None
    assert within(interval, low, high)


@pytest.mark.parametrize(
    ("helpful", "votes", "low", "high"),
    [
        (0, 2, 0.00, 0.66),
        (0, 1, 0.00, 0.79),
        (2, 5, 0.12, 0.77),
        (10, 25, 0.23, 0.59),
        (40, 100, 0.31, 0.50),
        (7, 10, 0.40, 0.89),
        (29, 40, 0.57, 0.84),
    ],
)
def test_wilson_gives_the_figures_the_product_was_reasoned_with(
    helpful: int, votes: int, low: float, high: float
) -> None:
    interval = wilson(helpful, votes)
    assert interval is not None
    assert within(interval, low, high, digits=2)


def test_without_a_vote_everything_is_unknown() -> None:
    nothing = Counts()
    assert ratio(0, 0) is None
    assert wilson(0, 0) is None
    assert (nothing.ratio, nothing.interval) == (None, None)
    assert verdict(nothing) is Verdict.TOO_FEW
    assert newcombe(0, 0, 3, 4) is None
    assert newcombe(3, 4, 0, 0) is None
    assert expected_unhappy_per_week(1000, nothing) is None


@given(a_share())
def test_an_interval_stays_on_the_scale_and_holds_the_ratio(share: tuple[int, int]) -> None:
    helpful, votes = share
    interval = wilson(helpful, votes)
    assert interval is not None
    assert 0 <= interval.low < interval.high <= 1
    assert helpful / votes in interval


@given(a_share())
def test_an_interval_is_symmetric_in_yes_and_no(share: tuple[int, int]) -> None:
    helpful, votes = share
    yes, no = wilson(helpful, votes), wilson(votes - helpful, votes)
    assert yes is not None
    assert no is not None
    assert yes.low == pytest.approx(1 - no.high, abs=1e-12)
    assert yes.high == pytest.approx(1 - no.low, abs=1e-12)


@given(a_share(most=5000))
def test_one_more_yes_raises_both_ends_and_one_more_no_lowers_them(share: tuple[int, int]) -> None:
    helpful, votes = share
    here = wilson(helpful, votes)
    better, worse = wilson(helpful + 1, votes + 1), wilson(helpful, votes + 1)
    assert here is not None
    assert better is not None
    assert worse is not None
    assert worse.low <= here.low <= better.low
    assert worse.high <= here.high <= better.high


@given(a_share(most=10**5), st.integers(2, 50))
def test_more_votes_at_the_same_ratio_narrow_the_interval(
    share: tuple[int, int], times: int
) -> None:
    helpful, votes = share
    narrow, wide = wilson(helpful * times, votes * times), wilson(helpful, votes)
    assert narrow is not None
    assert wide is not None
    assert narrow.high - narrow.low < wide.high - wide.low


def test_unanimity_ends_exactly_at_the_end_of_the_scale() -> None:
    for votes in (1, 2, 9, 10, 29, 30, MANY):
        none, all_of_them = wilson(0, votes), wilson(votes, votes)
        assert none is not None
        assert all_of_them is not None
        assert (none.low, all_of_them.high) == (0.0, 1.0)
        assert none.high < 1
        assert all_of_them.low > 0


@pytest.mark.parametrize(("helpful", "votes"), [(-1, 4), (5, 4)])
def test_impossible_votes_are_refused(helpful: int, votes: int) -> None:
    with pytest.raises(ValueError, match="helpful"):
        wilson(helpful, votes)


@pytest.mark.parametrize("counts", [(-1, 0, 0), (0, -1, 0), (0, 1, -1), (5, 1, 2)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="impossible"):
        Counts(*counts)


def test_counts_add_up() -> None:
    assert sum([Counts(3, 1, 1), Counts(0, 2)], Counts()) == Counts(3, 3, 1)


# -- the verdict ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(0, 1), Verdict.TOO_FEW),
        (Counts(0, 2), Verdict.TOO_FEW),  # the interval alone (0 to 0.66) would say below
        (Counts(0, 9), Verdict.TOO_FEW),
        (Counts(9, 0), Verdict.TOO_FEW),
        (Counts(0, 10), Verdict.BELOW),
        (Counts(2, 8), Verdict.BELOW),
        (Counts(3, 7), Verdict.UNDECIDED),  # 0.11 to 0.60, which one look would take for proof
        (Counts(5, 5), Verdict.UNDECIDED),
        (Counts(9, 1), Verdict.UNDECIDED),
        (Counts(10, 0), Verdict.UNDECIDED),  # 0.72 to 1: one text in 35 at 70 % begins like this
        (Counts(13, 0), Verdict.UNDECIDED),
        (Counts(14, 0), Verdict.MET),
        (Counts(13, 16), Verdict.BELOW),  # n = 29
        (Counts(14, 15), Verdict.UNDECIDED),  # 0.31 to 0.66
        (Counts(26, 3), Verdict.UNDECIDED),
        (Counts(27, 2), Verdict.MET),
        (Counts(13, 17), Verdict.BELOW),  # n = 30
        (Counts(14, 16), Verdict.UNDECIDED),
        (Counts(26, 4), Verdict.UNDECIDED),
        (Counts(27, 3), Verdict.MET),
        (Counts(6_990_000, 3_010_000), Verdict.BELOW),
        (Counts(7_000_000, 3_000_000), Verdict.UNDECIDED),
        (Counts(7_010_000, 2_990_000), Verdict.MET),
    ],
)
def test_verdict_at_every_scale(counts: Counts, expected: Verdict) -> None:
    assert verdict(counts) is expected


def test_votes_that_blame_something_else_do_not_condemn_the_text() -> None:
    assert verdict(Counts(12, 28)) is Verdict.BELOW
    assert verdict(Counts(12, 28, off_text=25)) is Verdict.UNDECIDED
    assert Counts(12, 28, off_text=25).ratio == pytest.approx(0.30)  # utilité still counts them


def test_the_floor_counts_evidence_not_votes() -> None:
    assert verdict(Counts(0, 12, off_text=3)) is Verdict.TOO_FEW


def test_below_ends_when_the_share_itself_is_back_at_the_objective() -> None:
    assert verdict(Counts(19, 21)) is Verdict.BELOW
    undecided = Counts(27, 13)  # 67.5 %, interval 52 to 80 %
    assert verdict(undecided) is Verdict.UNDECIDED
    assert verdict(undecided, previous=Verdict.BELOW) is Verdict.BELOW
    assert verdict(Counts(28, 12), previous=Verdict.BELOW) is Verdict.UNDECIDED


def test_met_ends_when_the_share_itself_falls_under_the_objective() -> None:
    assert verdict(Counts(28, 12)) is Verdict.UNDECIDED
    assert verdict(Counts(28, 12), previous=Verdict.MET) is Verdict.MET
    assert verdict(Counts(27, 13), previous=Verdict.MET) is Verdict.UNDECIDED


@pytest.mark.parametrize("previous", list(Verdict))
def test_nothing_is_claimed_under_the_floor_whatever_was_before(previous: Verdict) -> None:
    assert verdict(Counts(2, 7), previous=previous) is Verdict.TOO_FEW


@given(some_counts(), objectives)
def test_a_verdict_never_contradicts_the_one_without_memory(
    counts: Counts, objective: float
) -> None:
    plain = verdict(counts, objective)
    for previous in Verdict:
        kept = verdict(counts, objective, previous)
        assert kept is plain or (plain is Verdict.UNDECIDED and kept is previous)


@given(some_counts(), objectives, st.integers(1, 20))
def test_more_yes_never_makes_a_verdict_worse(counts: Counts, objective: float, more: int) -> None:
    rank = [Verdict.BELOW, Verdict.UNDECIDED, Verdict.MET]
    before = verdict(counts, objective)
    after = verdict(counts + Counts(more), objective)
    if before is not Verdict.TOO_FEW:
        assert rank.index(after) >= rank.index(before)


# -- the same on frames --------------------------------------------------------------------------

rows = st.lists(
    st.tuples(some_counts(most=60), objectives, st.sampled_from([None, *Verdict])), max_size=12
)


def frame_of(table: list[tuple[Counts, float, Verdict | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            (c.helpful, c.unhelpful, c.off_text, objective, previous)
            for c, objective, previous in table
        ],
        columns=["helpful", "unhelpful", "off_text", "objective", "previous"],
    )
    counts = ["helpful", "unhelpful", "off_text"]
    return frame.astype({**dict.fromkeys(counts, "int64"), "objective": float})


@given(rows)
def test_a_frame_says_what_the_scalars_say(
    table: list[tuple[Counts, float, Verdict | None]],
) -> None:
    frame = measured(frame_of(table))
    for row, (counts, objective, previous) in zip(frame.to_dict("records"), table, strict=True):
        assert row["verdict"] == verdict(counts, objective, previous)
        assert (row["votes"], row["evidence"]) == (counts.votes, counts.evidence)
        if counts.interval is None:
            assert all(math.isnan(row[name]) for name in ("ratio", "low", "high"))
        else:
            assert row["ratio"] == counts.ratio
            assert Interval(row["low"], row["high"]) == counts.interval


def test_a_frame_needs_no_memory_and_is_left_as_it_was() -> None:
    frame = frame_of([(Counts(27, 13), 0.7, None)]).drop(columns="previous")
    before = frame.copy()
    assert measured(frame)["verdict"].tolist() == ["undecided"]
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    "nothing",
    [
        pd.Series([None], dtype=object),
        pd.Series([pd.NA], dtype=object),
        pd.Series([None], dtype="str"),
        pd.Series([np.nan], dtype=float),
    ],
    ids=["None", "NA", "str", "float"],
)
def test_a_memory_of_nothing_may_have_any_type(nothing: Any) -> None:
    frame = frame_of([(Counts(27, 13), 0.7, None)]).assign(previous=nothing)
    assert measured(frame)["verdict"].tolist() == ["undecided"]


def test_an_empty_frame_gains_the_same_columns() -> None:
    added = {"votes", "evidence", "ratio", "low", "high", "verdict"}
    empty = measured(frame_of([]))
    assert empty.empty
    assert added <= set(empty.columns)


# -- judging many together -----------------------------------------------------------------------


def test_discoveries_reject_what_benjamini_and_hochberg_rejected() -> None:
    # Benjamini & Hochberg 1995, J. R. Statist. Soc. B 57:289–300, section 3: 15 tests, 4 rejected.
    p_values = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
    ]
    assert discoveries(p_values).tolist() == [True] * 4 + [False] * 11
    assert discoveries(p_values[::-1]).tolist() == [False] * 11 + [True] * 4


@given(st.lists(st.floats(0, 1), max_size=40))
def test_discoveries_are_never_more_than_the_separate_tests(p_values: list[float]) -> None:
    together = discoveries(p_values)
    assert together.shape == (len(p_values),)
    assert not np.any(together & (np.asarray(p_values) > 0.05))


@given(a_share(least=MINIMUM_EVIDENCE, most=10**6), objectives)
def test_the_p_value_is_the_sequence_seen_from_the_other_side(
    share: tuple[int, int], objective: float
) -> None:
    helpful, votes = share
    p = float(p_values_below(helpful, votes, objective))
    _, high = lasting_bounds(helpful, votes)
    if abs(high - objective) > 1e-8:
        assert (p <= EVER_WRONG) == (high < objective)


def test_without_evidence_no_p_value_is_surprising() -> None:
    assert p_values_below([0, 0], [0, 50], [0.7, 0.7]).tolist() == pytest.approx([1, 0], abs=1e-9)


# -- however often one looks ---------------------------------------------------------------------


@given(a_share(least=0, most=10**5), objectives, st.floats(0, 1))
def test_one_more_vote_is_not_expected_to_add_proof_against_what_is_true(
    seen: tuple[int, int], share: float, more: float
) -> None:
    """What Ville's inequality asks: a fair bet while the truth is `share`, a losing one above it."""
    helpful, votes = seen
    truth = share + more * (1 - share)
    now, yes, no = log_proof_below(
        [helpful, helpful + 1, helpful], [votes, votes + 1, votes + 1], share
    )
    expected = truth * math.exp(yes - now) + (1 - truth) * math.exp(no - now)
    assert expected <= 1 + 1e-6
    if truth == share:
        assert expected == pytest.approx(1, abs=1e-6)


def test_proof_begins_at_nothing() -> None:
    assert log_proof_below(0, 0, 0.7) == pytest.approx(0, abs=1e-12)


@given(a_share(most=10**6), objectives)
def test_proof_grows_with_each_non_and_falls_with_each_oui(
    seen: tuple[int, int], share: float
) -> None:
    helpful, votes = seen
    now, yes, no = log_proof_below(
        [helpful, helpful + 1, helpful], [votes, votes + 1, votes + 1], share
    )
    assert yes < now < no


@given(a_share(most=MANY))
def test_what_holds_at_every_look_is_wider_than_what_holds_at_one(seen: tuple[int, int]) -> None:
    helpful, votes = seen
    low, high = lasting_bounds(helpful, votes)
    assert 0 <= low <= helpful / votes <= high <= 1
    if votes >= MINIMUM_EVIDENCE:
        narrow = wilson(helpful, votes)
        assert narrow is not None
        assert low <= narrow.low
        assert narrow.high <= high


@pytest.mark.parametrize("votes", [0, 1, 2])
def test_a_sequence_without_enough_votes_leaves_nothing_out_above(votes: int) -> None:
    low, high = lasting_bounds(0, votes)
    assert (float(low), float(high)) == (0, 1)


def ever_below(truth: float, most: list[int]) -> float:
    """Chance of being called below at one vote or another, summed over every way to get there.

    `most` holds, for each number of votes, the most Oui that are still called below (−1: none).
    """
    chance = np.zeros(len(most))  # of each number of Oui, among those never called
    chance[0], called = 1.0, 0.0
    for oui in most[1:]:
        chance[1:] = chance[1:] * (1 - truth) + chance[:-1] * truth
        chance[0] *= 1 - truth
        called += float(chance[: oui + 1].sum())
        chance[: oui + 1] = 0.0
    return called


def test_a_text_that_deserves_it_is_rarely_ever_called_below_though_each_vote_is_a_look() -> None:
    here, by_one_look = [-1], [-1]
    for votes in range(1, 601):
        oui = np.arange(votes + 1)
        _, high = wilson_bounds(oui, np.full_like(oui, votes))
        is_under = (high < DEFAULT_OBJECTIVE) & (votes >= MINIMUM_EVIDENCE)
        here.append(int((verdicts(oui, votes, DEFAULT_OBJECTIVE) == Verdict.BELOW).sum()) - 1)
        by_one_look.append(int(is_under.sum()) - 1)
    assert ever_below(0.70, here) == pytest.approx(0.0316, abs=5e-5)
    assert ever_below(0.75, here) == pytest.approx(0.0046, abs=5e-5)
    assert ever_below(0.70, by_one_look) == pytest.approx(0.2376, abs=5e-5)


# -- two shares ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "m", "b", "n", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:873–890, Table II, method 10 (hybrid score).
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_newcombe_gives_the_published_limits(
    a: int, m: int, b: int, n: int, low: float, high: float
) -> None:
    found = newcombe(a, m, b, n)
    assert found is not None
    assert found.difference == pytest.approx(a / m - b / n)
    assert within(found.interval, low, high)


@given(a_share(), a_share())
def test_a_difference_holds_its_estimate_and_mirrors(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    there, back = newcombe(*one, *other), newcombe(*other, *one)
    assert there is not None
    assert back is not None
    assert -1 <= there.interval.low <= there.difference <= there.interval.high <= 1
    assert there.difference == -back.difference
    assert there.interval.low == pytest.approx(-back.interval.high, abs=1e-12)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Counts(0, 0), Counts(10, 0), Effect.NOT_YET),
        (Counts(0, 9), Counts(30, 0), Effect.NOT_YET),  # overwhelming, but under the floor
        (Counts(0, 10), Counts(9, 0), Effect.NOT_YET),
        (Counts(0, 10), Counts(10, 0), Effect.MORE_HELPFUL),
        (Counts(10, 0), Counts(0, 10), Effect.LESS_HELPFUL),
        (Counts(5, 5), Counts(7, 3), Effect.NOT_YET),
        (Counts(12, 18), Counts(24, 6), Effect.MORE_HELPFUL),
        (Counts(24, 6), Counts(12, 18), Effect.LESS_HELPFUL),
        (Counts(MANY // 2, MANY // 2), Counts(MANY // 2 + 20_000, MANY // 2), Effect.MORE_HELPFUL),
        (Counts(MANY // 2, MANY // 2), Counts(MANY // 2, MANY // 2), Effect.NOT_YET),
    ],
)
def test_effect_at_every_scale(before: Counts, after: Counts, expected: Effect) -> None:
    assert effect(before, after) is expected


def test_what_one_look_would_take_for_an_effect_is_not_one_yet() -> None:
    """Twenty votes of forty, then fourteen of eighteen: an interval for one look leaves zero out."""
    before, after = Counts(20, 20), Counts(14, 4)
    moved = change(before, after)
    assert moved is not None
    assert moved.effect is Effect.MORE_HELPFUL
    assert effect(before, after) is Effect.NOT_YET


@given(some_counts(most=60), some_counts(most=60))
def test_an_effect_is_never_said_against_the_interval_that_is_shown(
    before: Counts, after: Counts
) -> None:
    said, moved = effect(before, after), change(before, after)
    if said is not Effect.NOT_YET:
        assert moved is not None
        assert moved.effect is said
    assert (
        effect(after, before)
        is {
            Effect.MORE_HELPFUL: Effect.LESS_HELPFUL,
            Effect.LESS_HELPFUL: Effect.MORE_HELPFUL,
            Effect.NOT_YET: Effect.NOT_YET,
        }[said]
    )


def test_an_effect_leaves_out_the_votes_that_blame_something_else() -> None:
    before, after = Counts(10, 20), Counts(20, 20, off_text=15)
    moved = change(before, after)
    assert moved is not None
    assert moved.difference == pytest.approx(20 / 25 - 10 / 30)
    assert effect(before, after) is Effect.MORE_HELPFUL


@pytest.mark.parametrize("votes", [0, 1, 2, 9])
def test_there_is_no_trend_from_a_handful_of_votes(votes: int) -> None:
    assert trend(Counts(votes), Counts(20, 10)) is None
    assert trend(Counts(20, 10), Counts(votes)) is None


@pytest.mark.parametrize("votes", [10, 29, 30, MANY])
def test_a_trend_compares_all_counted_votes(votes: int) -> None:
    moved = trend(Counts(votes), Counts(0, votes, off_text=votes))
    assert moved is not None
    assert moved.difference == -1
    assert moved.effect is Effect.LESS_HELPFUL


# -- many corrections as one figure --------------------------------------------------------------

# Agresti 2013, Categorical Data Analysis, 3rd ed., page 226 (drug: successes, failures; control).
AGRESTI = [
    ((11, 25), (10, 27)),
    ((16, 4), (22, 10)),
    ((14, 5), (7, 12)),
    ((2, 14), (1, 16)),
    ((6, 11), (0, 12)),
    ((1, 10), (0, 10)),
    ((1, 4), (1, 8)),
    ((4, 2), (6, 1)),
]


def test_pooled_gives_agrestis_common_difference() -> None:
    found = pooled((Counts(*control), Counts(*drug)) for drug, control in AGRESTI)
    assert found is not None
    assert found.corrections == 8
    assert round(found.change.difference, 3) == 0.130  # page 231; standard error 0.050 there
    half = (found.change.interval.high - found.change.interval.low) / 2
    assert half == pytest.approx(1.96 * 0.050, abs=0.002)


def test_pooled_over_one_correction_is_close_to_its_own_interval() -> None:
    before, after = Counts(48, 32), Counts(56, 14)
    one, alone = pooled([(before, after)]), change(before, after)
    assert one is not None
    assert alone is not None
    assert one.change.difference == pytest.approx(alone.difference)
    assert one.change.interval.low == pytest.approx(alone.interval.low, abs=0.01)
    assert one.change.interval.high == pytest.approx(alone.interval.high, abs=0.01)


def test_pooled_does_not_mistake_easier_articles_for_an_improvement() -> None:
    # Each article is exactly as helpful as before, but the easy one is read more afterwards.
    easy, hard = (Counts(9, 1), Counts(90, 10)), (Counts(30, 70), Counts(3, 7))
    found = pooled([easy, hard])
    assert found is not None
    assert found.change.difference == pytest.approx(0)
    assert found.change.effect is Effect.NOT_YET


@pytest.mark.parametrize(
    "corrections",
    [
        [],
        [(Counts(), Counts(10, 10))],
        [(Counts(3, 2), Counts(4, 1))],
        [(Counts(20), Counts(20))],
        [(Counts(0, 20), Counts(0, 20))],
    ],
    ids=["none", "nothing before", "five votes", "all were happy", "none were happy"],
)
def test_pooled_is_unknown_when_there_is_nothing_to_compare(
    corrections: list[tuple[Counts, Counts]],
) -> None:
    assert pooled(corrections) is None


def test_pooled_holds_the_truth_nineteen_times_in_twenty_with_tiny_articles() -> None:
    rng = np.random.default_rng(2014)
    held = 0
    for _ in range(400):
        shares = rng.uniform(0.3, 0.7, 60)
        sizes_before, sizes_after = rng.integers(1, 8, 60), rng.integers(1, 8, 60)
        yes_before = rng.binomial(sizes_before, shares)
        yes_after = rng.binomial(sizes_after, shares + 0.1)
        found = pooled(
            (Counts(int(b), int(n - b)), Counts(int(a), int(m - a)))
            for a, m, b, n in zip(yes_after, sizes_after, yes_before, sizes_before, strict=True)
        )
        assert found is not None
        held += 0.1 in found.change.interval
    assert 0.92 <= held / 400 <= 0.98


# -- how long to wait ----------------------------------------------------------------------------


def exact_power(before: Counts, p_after: float, votes: int) -> float:
    """Chance that an improvement is seen once these votes are there, summed over every outcome."""
    oui = np.arange(votes + 1)
    seen = effects(oui, np.full_like(oui, votes), before.helpful, before.evidence)
    chances = [
        math.comb(votes, int(k)) * p_after**k * (1 - p_after) ** (votes - k)
        for k in oui[seen == Effect.MORE_HELPFUL]
    ]
    return math.fsum(chances)


@pytest.mark.parametrize("before", [Counts(2, 8), Counts(12, 18), Counts(50, 50), Counts(40, 60)])
def test_the_planned_votes_see_the_improvement_four_times_in_five(before: Counts) -> None:
    needed = votes_to_conclude(before)
    assert needed is not None
    assert 0.75 <= exact_power(before, DEFAULT_OBJECTIVE, needed) <= 0.88


@pytest.mark.parametrize(
    "before",
    [Counts(), Counts(0, 1), Counts(0, 9), Counts(4, 6), Counts(15, 15), Counts(MANY)],
    ids=["0", "1", "9", "10 too few", "30 too few", "nobody left to help"],
)
def test_some_corrections_can_never_be_proven(before: Counts) -> None:
    assert votes_to_conclude(before) is None
    assert prospect(before, Counts(5, 5), votes_per_week=100).never


@given(some_counts(), objectives)
def test_a_plan_never_asks_for_less_than_the_floor(before: Counts, objective: float) -> None:
    needed = votes_to_conclude(before, objective)
    assert needed is None or needed >= MINIMUM_EVIDENCE


def test_prospect_counts_down_to_the_plan() -> None:
    before = Counts(50, 50)
    needed = votes_to_conclude(before)
    assert needed == 227
    soon = prospect(before, Counts(needed - 60), votes_per_week=12)
    assert (soon.missing, soon.weeks) == (60, 5)
    there = prospect(before, Counts(needed), votes_per_week=None)
    assert (there.missing, there.weeks) == (0, 0)


@pytest.mark.parametrize(
    ("rate", "never"),
    [(None, False), (0, True), (60 / (HORIZON_WEEKS + 1), True), (60 / (HORIZON_WEEKS - 1), False)],
)
def test_prospect_says_when_the_traffic_will_never_do(rate: float | None, never: bool) -> None:
    found = prospect(Counts(50, 50), Counts(167), votes_per_week=rate)
    assert (found.missing, found.never) == (60, never)


# -- readers and traffic -------------------------------------------------------------------------


@pytest.mark.parametrize("votes", [0, 1, 2, 9])
def test_nobody_is_said_to_be_unhappy_before_there_is_evidence(votes: int) -> None:
    assert expected_unhappy_per_week(1000, Counts(0, votes)) is None


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(0, 10), 722.5),
        (Counts(40, 60), 502.0),  # 1 − 0.498
        (Counts(10, 0), 0.0),
        (Counts(10, 30, off_text=30), 0.0),
        (Counts(MANY // 2, MANY // 2), 499.7),
    ],
)
def test_unhappy_readers_are_counted_by_what_is_proven(counts: Counts, expected: float) -> None:
    assert expected_unhappy_per_week(1000, counts) == pytest.approx(expected, abs=0.05)


def test_unhappy_readers_are_unknown_where_views_are_not_counted() -> None:
    assert expected_unhappy_per_week(None, Counts(0, 50)) is None
    assert expected_unhappy_per_week(0, Counts(0, 50)) == 0


@pytest.mark.parametrize(
    ("votes", "views", "expected"),
    [(0, None, None), (0, 0, None), (5, 0, None), (5, 4, None), (0, 40, 0.0), (10, 40, 0.25)],
)
def test_response_rate(votes: int, views: int | None, expected: float | None) -> None:
    assert response_rate(votes, views) == expected


# -- how much to show ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("in_28_days", "in_90_days", "in_a_year", "expected"),
    [
        ([10, 10, 0, 0], [30, 30, 9, 9], [99] * 4, Window.DAYS_28),
        ([10, 9, 9, 9], [10, 10, 9, 9], [99] * 4, Window.DAYS_90),
        ([0] * 4, [9] * 4, [10, 10, 10, 0], Window.MONTHS_12),
        ([0] * 4, [0] * 4, [1, 2, 3, 4], Window.ALL),
        ([], [], [], Window.ALL),
    ],
)
def test_the_default_window_is_the_shortest_that_can_judge_half_of_the_articles(
    in_28_days: list[int], in_90_days: list[int], in_a_year: list[int], expected: Window
) -> None:
    votes = {
        Window.DAYS_28: in_28_days,
        Window.DAYS_90: in_90_days,
        Window.MONTHS_12: in_a_year,
    }
    assert default_window(votes) is expected


def test_windows_and_buckets_grow() -> None:
    lengths = [window.days for window in Window]
    assert lengths == [28, 90, 365, None]
    assert all(shorter.days < longer.days for shorter, longer in pairwise(Bucket))


@pytest.mark.parametrize(
    ("votes", "days", "expected"),
    [
        (0, 90, None),
        (9, 90, None),
        (140, 28, Bucket.DAY),
        (139, 28, Bucket.WEEK),
        (20, 28, Bucket.WEEK),
        (19, 28, None),  # a single month is a point, not a line
        (40, 90, Bucket.MONTH),
        (MANY, 365, Bucket.DAY),
    ],
)
def test_a_line_is_drawn_only_with_five_votes_a_point(
    votes: int, days: float, expected: Bucket | None
) -> None:
    assert bucket(votes, days) is expected


@pytest.mark.parametrize(
    "direction",
    [
        (0.01, 0.2, Effect.MORE_HELPFUL),
        (-0.2, -0.01, Effect.LESS_HELPFUL),
        (0.0, 0.2, Effect.NOT_YET),
        (-0.2, 0.0, Effect.NOT_YET),
    ],
)
def test_a_change_is_proven_only_on_one_side_of_zero(
    direction: tuple[float, float, Effect],
) -> None:
    low, high, expected = direction
    assert Change((low + high) / 2, Interval(low, high)).effect is expected


def test_every_rule_bears_ten_million_votes() -> None:
    rules: list[Callable[[Counts], object]] = [
        verdict,
        lambda c: effect(c, c),
        lambda c: trend(c, c),
        votes_to_conclude,
        lambda c: expected_unhappy_per_week(1e6, c),
    ]
    for rule in rules:
        assert rule(Counts(6 * MANY // 10, 4 * MANY // 10, MANY // 10)) is not None


# -- whole columns at once ---------------------------------------------------------------------


def test_a_long_list_of_proven_cases_is_shortened_to_those_one_may_count_on() -> None:
    """Forty texts at their objective and one that fails: the one holds, the unlucky ones do not."""
    rows = [(28, 12)] * 40 + [(19, 21), (5, 35)]
    frame = measured(
        pd.DataFrame(
            {
                "helpful": [yes for yes, _ in rows],
                "unhelpful": [no for _, no in rows],
                "off_text": 0,
                "objective": 0.7,
            }
        )
    )
    assert list(frame["verdict"][-2:]) == [Verdict.BELOW, Verdict.BELOW]
    assert list(proven_together(frame)) == [False] * 41 + [True]


@pytest.mark.parametrize("votes", [0, 1, 2, 9])
def test_nothing_is_proven_together_under_the_floor(votes: int) -> None:
    frame = measured(
        pd.DataFrame({"helpful": [0], "unhelpful": [votes], "off_text": [0], "objective": [0.7]})
    )
    assert not proven_together(frame).any()


@given(st.lists(st.tuples(some_counts(most=60), some_counts(most=60)), max_size=8))
def test_compared_frames_say_what_the_scalars_say(pairs: list[tuple[Counts, Counts]]) -> None:
    names = ("helpful", "unhelpful", "off_text")
    frame = pd.DataFrame(
        {f"before_{name}": [getattr(before, name) for before, _ in pairs] for name in names}
        | {name: [getattr(after, name) for _, after in pairs] for name in names},
        dtype="int64",
    )
    shown = compared(frame)
    for (before, after), row in zip(pairs, shown.to_dict("records"), strict=True):
        assert row["effect"] == effect(before, after)
        moved = change(before, after)
        if moved is None:
            assert math.isnan(row["difference"])
        else:
            assert (row["difference"], row["low"], row["high"]) == (
                moved.difference,
                moved.interval.low,
                moved.interval.high,
            )
    assert pooled_of(frame) == pooled(pairs)


def test_unhappy_readers_of_whole_columns_are_those_of_each_row() -> None:
    rows = [Counts(2, 8), Counts(0, 9), Counts(5_000_000, 5_000_000), Counts()]
    found = unhappy_per_week(
        [100.0] * len(rows), [each.helpful for each in rows], [each.evidence for each in rows]
    )
    each = [expected_unhappy_per_week(100.0, row) for row in rows]
    assert [None if math.isnan(value) else value for value in found] == each
    assert each[1] is each[3] is None


def test_a_coarser_grain_may_be_asked_for() -> None:
    assert bucket(10_000, 28) is Bucket.DAY
    assert bucket(10_000, 28, Bucket.WEEK) is Bucket.WEEK
    assert bucket(20, 100, Bucket.WEEK) is Bucket.MONTH


@pytest.mark.parametrize(
    ("corrections", "weeks", "expected"), [(0, 8, None), (4, 8, None), (5, 8, 0.625), (5, 0, None)]
)
def test_the_pace_of_a_handful_of_corrections_is_an_accident(
    corrections: int, weeks: float, expected: float | None
) -> None:
    assert corrections_per_week(corrections, weeks) == expected
