"""Pure statistics: how helpful a text is, how sure we are, and whether correcting it helped.

Every percentage a person sees comes from here, so that a page, a chart, a flag and an export never
disagree. Nothing here reads a clock, a database or a language. None means unknown, never 0.
Formulas, sources and worked values: `docs/statistics.md`.

Two denominators, and these only:

- *utilité*: helpful ÷ all counted votes. What is shown.
- *constat*: helpful ÷ evidence, where evidence leaves out the votes « hors texte », whose reason
  blames the rule or the search. What is judged: a text is not corrected for a rule.
"""

import bisect
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

# Below ten votes an interval spans more than half of the scale at 7 in 10: it says nothing that the
# votes one by one do not say. One floor for verdict, flag, effect and export filter.
MINIMUM_EVIDENCE = 10

# Seven readers in ten helped: what a category expects until somebody decides otherwise for it.
DEFAULT_OBJECTIVE = 0.70

# The usual level of an interval that is looked at once: what people are shown.
CONFIDENCE = 0.95

# What is concluded holds however often one looks: of a hundred texts that reach their objective, at
# most five are ever called below, in a year or in ten. Figures are read every day; an interval made
# for one look calls one in five of the texts exactly at their objective within a year.
EVER_WRONG = 0.05

# The chance of seeing an improvement that is really there, when planning how many votes to wait
# for. 80 % is the convention (Cohen 1988): waiting for 90 % costs a third more votes.
POWER = 0.80

# Corrections are planned to be seen if they gain at least this much; smaller gains need thousands
# of votes and are not worth keeping a correction open for.
SMALLEST_GAIN = 0.10

# A correction whose proof would take longer than a year will be rewritten before it is proven.
HORIZON_WEEKS = 52

# When many articles are judged together: at most one proven case in twenty proven by chance.
FALSE_DISCOVERY_RATE = 0.05

# Four corrections and their pace is an accident: no rate and no median of them under this many.
MINIMUM_CORRECTIONS = 5

# A point of a sparkline with fewer votes than this is noise drawn as a trend.
MINIMUM_PER_BUCKET = 5

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Bounds = Callable[[ArrayLike, ArrayLike], tuple[Floats, Floats]]


class Verdict(StrEnum):
    """What the votes of a measuring period prove about a text (*constat*)."""

    MET = "met"
    UNDECIDED = "undecided"
    BELOW = "below"
    TOO_FEW = "too_few"


class Effect(StrEnum):
    """What a change did to readers, as far as the votes prove it (*effet*)."""

    MORE_HELPFUL = "more_helpful"
    LESS_HELPFUL = "less_helpful"
    NOT_YET = "not_yet"


class Window(StrEnum):
    """The stretch of time a manager's screen covers, from the shortest."""

    DAYS_28 = "28d"
    DAYS_90 = "90d"
    MONTHS_12 = "12m"
    ALL = "all"

    @property
    def days(self) -> int | None:
        """Its length in days; None without limit."""
        return {"28d": 28, "90d": 90, "12m": 365}.get(self.value)


class Bucket(StrEnum):
    """The grain of a line over time, from the finest."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def days(self) -> float:
        """Its mean length in days."""
        return {"day": 1.0, "week": 7.0, "month": 365.25 / 12}[self.value]


@dataclass(frozen=True, slots=True)
class Interval:
    """What remains plausible, both ends included: shares in [0, 1], or differences in [−1, 1]."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Counts:
    """Counted votes of one text over one stretch of time. `off_text` is part of `unhelpful`.

    Raises ValueError for counts that cannot be.
    """

    helpful: int = 0
    unhelpful: int = 0
    off_text: int = 0

    def __post_init__(self) -> None:
        if min(self.helpful, self.unhelpful, self.off_text) < 0 or self.off_text > self.unhelpful:
            raise ValueError(f"impossible counts: {self}")

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.helpful + other.helpful,
            self.unhelpful + other.unhelpful,
            self.off_text + other.off_text,
        )

    @property
    def votes(self) -> int:
        """All counted votes: the denominator of *utilité*."""
        return self.helpful + self.unhelpful

    @property
    def evidence(self) -> int:
        """Votes that judge the text: the denominator of the *constat*."""
        return self.votes - self.off_text

    @property
    def ratio(self) -> float | None:
        """*Utilité*, in [0, 1]; None without a vote."""
        return ratio(self.helpful, self.votes)

    @property
    def interval(self) -> Interval | None:
        """The Wilson interval of *utilité*; None without a vote."""
        return wilson(self.helpful, self.votes)


@dataclass(frozen=True, slots=True)
class Change:
    """A difference of two shares (after − before, in [−1, 1]) and its interval."""

    difference: float
    interval: Interval

    @property
    def effect(self) -> Effect:
        """What the interval proves: a side of zero, or nothing yet."""
        if self.interval.low > 0:
            return Effect.MORE_HELPFUL
        return Effect.LESS_HELPFUL if self.interval.high < 0 else Effect.NOT_YET


@dataclass(frozen=True, slots=True)
class Pooled:
    """Many corrections as one figure: how many could be counted, and their common change."""

    corrections: int
    change: Change


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is still needed to conclude on a correction.

    `missing`: further votes, infinite when no number of votes would do. `weeks`: how long they take
    at the present rate of votes, infinite without any; None when that rate is unknown.
    """

    missing: float
    weeks: float | None

    @property
    def never(self) -> bool:
        """Whether this traffic will not allow a verdict within HORIZON_WEEKS."""
        return math.isinf(self.missing) or (self.weeks is not None and self.weeks > HORIZON_WEEKS)


# -- one share -----------------------------------------------------------------------------------


def ratio(helpful: int, votes: int) -> float | None:
    """Share of helpful votes, in [0, 1]; None without a vote."""
    return helpful / votes if votes else None


@lru_cache(maxsize=16_384)  # asked again at each showing, of texts whose votes did not move
def wilson(helpful: int, votes: int, confidence: float = CONFIDENCE) -> Interval | None:
    """Wilson score interval of `helpful` in `votes`; None without a vote."""
    if votes == 0:
        return None
    low, high = wilson_bounds(helpful, votes, confidence)
    return Interval(float(low), float(high))


def wilson_bounds(
    helpful: ArrayLike, votes: ArrayLike, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats]:
    """Both ends of the Wilson score interval, for whole columns at once; NaN without a vote.

    Raises ValueError when there are more helpful votes than votes, or fewer than none.
    """
    k, n = np.asarray(helpful, dtype=float), np.asarray(votes, dtype=float)
    if np.any((k < 0) | (k > n)):
        raise ValueError("helpful votes must lie between 0 and the number of votes")
    z = _quantile(confidence)
    # One formula for both ends: what is not helpful below is what is helpful above, exactly.
    return _wilson_low(k, n, z), 1 - _wilson_low(n - k, n, z)


def _wilson_low(k: Floats, n: Floats, z: float) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = z * np.sqrt(z * z + 4 * k * (n - k) / n)
        low = (2 * k + z * z - spread) / (2 * (n + z * z))
    # Without a helpful vote the end is 0 exactly; rounding would leave ±1e-17. NaN stays NaN.
    return np.asarray(np.where((k == 0) & (n > 0), 0.0, low))


def _quantile(confidence: float) -> float:
    """The z such that a standard normal lies within ±z with this probability (0.95 → 1.96)."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


# -- one share, looked at as often as one likes --------------------------------------------------

# The alternatives a proof stakes on, as odds of a Oui: the objective's divided by 4, 2, √2, ⁴√2 …
# (70 % against 37, 54, 62, 66 …), half of the stake on the first, a quarter on the second, and so on:
# texts that fail clearly are found soon, twelve steps reach what only millions of votes can tell.
_STEPS = math.log(4) * 0.5 ** np.arange(12)
_STAKES = np.log(np.append(0.5 ** np.arange(1, 12), 0.5**11))


def log_proof_below(helpful: ArrayLike, votes: ArrayLike, share: ArrayLike) -> Floats:
    """How much the votes speak against a true share of `share` or more: a logarithm, 0 is nothing.

    The logarithm of a mixture of Wald's likelihood ratios, each of a smaller share against this
    one. While the truth is `share` or more, it reaches log(1 / a) *at any time* with probability a
    at most (Ville), whoever looks and whenever they stop. It grows with each Non, with `share`, and
    falls with each Oui. Shares lie strictly between 0 and 1.
    """
    k, n, p = (np.asarray(each, dtype=float)[..., None] for each in (helpful, votes, share))
    odds = np.log(p) - np.log1p(-p)
    ratios = n * (np.logaddexp(0, odds) - np.logaddexp(0, odds - _STEPS)) - k * _STEPS
    return np.asarray(np.logaddexp.reduce(ratios + _STAKES, axis=-1))


def lasting_bounds(helpful: ArrayLike, votes: ArrayLike) -> tuple[Floats, Floats]:
    """Both ends of a confidence sequence: 0 and 1 without a vote.

    Each end is passed by the truth, at one look or another of all there will ever be, with
    probability EVER_WRONG at most; for the ends of `wilson_bounds` this holds for one look only.
    """
    k, n = np.asarray(helpful, dtype=float), np.asarray(votes, dtype=float)
    return 1 - _lasting_high(n - k, n), _lasting_high(k, n)


def _lasting_high(k: Floats, n: Floats) -> Floats:
    """The share above which `log_proof_below` is enough, found by halving: it grows with the share."""
    low, high = k / np.where(n > 0, n, 1.0), np.ones(np.broadcast(k, n).shape)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            proven = log_proof_below(k, n, middle) >= _ENOUGH
        low, high = np.where(proven, low, middle), np.where(proven, middle, high)
    return np.asarray(np.where(low >= 1 - 2 * _PRECISION, 1.0, high))


_ENOUGH = -math.log(EVER_WRONG)
_HALVINGS = 30
_PRECISION = 0.5**_HALVINGS
_ENDLESS = 10**9  # votes; what so many do not tell, none will


# -- against the objective -----------------------------------------------------------------------


def verdict(
    counts: Counts, objective: float = DEFAULT_OBJECTIVE, previous: Verdict | None = None
) -> Verdict:
    """What the evidence proves against `objective`; `previous` keeps it from flapping.

    A verdict opens when the whole interval lies on one side of the objective. Once open it stays
    until the share itself crosses back: `below` ends when helpful ÷ evidence reaches the objective
    again, `met` when it falls under it. Under MINIMUM_EVIDENCE nothing is claimed, whatever was.
    """
    code = verdicts(counts.helpful, counts.evidence, objective, previous or "")
    return Verdict(str(code))


def measured(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy of `frame` with what the figures say, one row a text.

    Reads the integer columns helpful, unhelpful, off_text, the float column objective and, when
    there is one, previous (verdict codes, null where there was none). Adds votes and evidence
    (integers), ratio, low, high (*utilité* and its interval, NaN without a vote), verdict (codes).
    """
    columns = (frame[name].to_numpy() for name in ("helpful", "unhelpful", "off_text", "objective"))
    figures = figures_of(*columns, previous=_remembered(frame))
    codes = pd.Series(figures.pop("verdict"), index=frame.index, dtype="str")
    return frame.assign(**figures, verdict=codes)


def figures_of(
    helpful: Integers,
    unhelpful: Integers,
    off_text: Integers,
    objective: Floats,
    *,
    previous: ArrayLike = "",
) -> dict[str, NDArray[Any]]:
    """The columns that `measured` adds, from columns; `previous` as in `verdicts`."""
    votes = helpful + unhelpful
    evidence = votes - off_text
    low, high = wilson_bounds(helpful, votes)
    return {
        "votes": votes,
        "evidence": evidence,
        "ratio": helpful / np.where(votes > 0, votes, np.nan),
        "low": low,
        "high": high,
        "verdict": verdicts(helpful, evidence, objective, previous),
    }


def _remembered(frame: pd.DataFrame) -> ArrayLike:
    if "previous" not in frame:
        return ""
    # A column of nulls only may have any type, and not every type can be filled with text.
    return frame["previous"].astype(object).where(frame["previous"].notna(), "")


def verdicts(
    helpful: ArrayLike, evidence: ArrayLike, objective: ArrayLike, previous: ArrayLike = ""
) -> NDArray[np.str_]:
    """`verdict` of whole columns at once, as codes; `previous` holds codes, "" where there was none."""
    k, n, goal = (np.asarray(column, dtype=float) for column in (helpful, evidence, objective))
    before = np.asarray(previous, dtype=str)
    low, high = wilson_bounds(k, n)
    share = k / np.where(n > 0, n, np.nan)
    below = _proven(k, n, goal, high < goal) | ((before == Verdict.BELOW) & (share < goal))
    met = _proven(n - k, n, 1 - goal, low >= goal) | ((before == Verdict.MET) & (share >= goal))
    return np.select(
        [n < MINIMUM_EVIDENCE, below, met],
        [Verdict.TOO_FEW.value, Verdict.BELOW.value, Verdict.MET.value],
        Verdict.UNDECIDED.value,
    )


def _proven(k: Floats, n: Floats, goal: Floats, candidates: Booleans) -> Booleans:
    """Which candidates are under their goal at any look; the others are not worth computing."""
    found = np.zeros(np.broadcast(k, n, goal).shape, dtype=bool)
    asked = np.asarray(candidates) & (n >= MINIMUM_EVIDENCE)
    if asked.any():
        k, n, goal = (np.broadcast_to(each, found.shape)[asked] for each in (k, n, goal))
        found[asked] = log_proof_below(k, n, goal) >= _ENOUGH
    return found


def p_values_below(helpful: ArrayLike, evidence: ArrayLike, objective: ArrayLike) -> Floats:
    """How surprising so few helpful votes would be if the text met its objective, in [0, 1].

    Valid at any look (the inverse of the proof): EVER_WRONG or less exactly when the high end of
    `lasting_bounds` is under the objective. 1 without evidence: nothing is surprising. Objectives lie
    strictly between 0 and 1.
    """
    return np.asarray(np.exp(-np.maximum(0, log_proof_below(helpful, evidence, objective))))


def discoveries(p_values: ArrayLike, rate: float = FALSE_DISCOVERY_RATE) -> Booleans:
    """Which of many tests hold when taken together (Benjamini–Hochberg), same order as given.

    Among those called true, at most `rate` are expected to be true by chance only.
    """
    p = np.asarray(p_values, dtype=float)
    if p.size == 0:
        return np.zeros(0, dtype=bool)
    ranked = np.sort(p)
    passing = ranked[ranked <= rate * np.arange(1, p.size + 1) / p.size]
    return p <= (passing[-1] if passing.size else -1.0)


def proven_together(frame: pd.DataFrame) -> Booleans:
    """Which rows of a `measured` frame are under their objective when all of them are judged at once.

    Those called `below` that also hold against FALSE_DISCOVERY_RATE: of a long list of proven cases,
    this is how many one may count on. Rows under MINIMUM_EVIDENCE are not among the tests: nothing
    is claimed of them.
    """
    judged = (frame["evidence"] >= MINIMUM_EVIDENCE).to_numpy()
    found = np.zeros(len(frame), dtype=bool)
    k, n, goal = (
        frame[name].to_numpy(dtype=float)[judged] for name in ("helpful", "evidence", "objective")
    )
    surprising = np.ones(len(k))
    failing = k < goal * n  # the others do not speak against their objective at all
    surprising[failing] = p_values_below(k[failing], n[failing], goal[failing])
    found[judged] = discoveries(surprising)
    return found & (frame["verdict"] == Verdict.BELOW.value).to_numpy()


# -- two shares ----------------------------------------------------------------------------------


def newcombe(
    after_helpful: int, after_votes: int, before_helpful: int, before_votes: int
) -> Change | None:
    """The difference of two independent shares, with Newcombe's hybrid score interval.

    None when either side has no vote.
    """
    if not (after_votes and before_votes):
        return None
    found = difference_bounds(after_helpful, after_votes, before_helpful, before_votes)
    difference, low, high = map(float, found)
    return Change(difference, Interval(low, high))


def difference_bounds(
    after_helpful: ArrayLike,
    after_votes: ArrayLike,
    before_helpful: ArrayLike,
    before_votes: ArrayLike,
    bounds: Bounds = wilson_bounds,
) -> tuple[Floats, Floats, Floats]:
    """Differences of two columns of shares and both ends of their intervals; NaN without a vote.

    Newcombe's way of joining two intervals, whatever interval each share has.
    """
    a, m, b, n = (
        np.asarray(each, dtype=float)
        for each in (after_helpful, after_votes, before_helpful, before_votes)
    )
    new, old = a / np.where(m > 0, m, np.nan), b / np.where(n > 0, n, np.nan)
    (new_low, new_high), (old_low, old_high) = bounds(a, m), bounds(b, n)
    difference = new - old
    low = difference - np.hypot(new - new_low, old_high - old)
    high = difference + np.hypot(new_high - new, old - old_low)
    return difference, np.maximum(-1.0, low), np.minimum(1.0, high)


def trend(previous: Counts, current: Counts) -> Change | None:
    """How *utilité* moved from one stretch of time to the next.

    None unless both have MINIMUM_EVIDENCE votes: an arrow from three votes to four is a coin toss.
    """
    if min(previous.votes, current.votes) < MINIMUM_EVIDENCE:
        return None
    return newcombe(current.helpful, current.votes, previous.helpful, previous.votes)


def change(before: Counts, after: Counts) -> Change | None:
    """How a new version moved the share that judges the text; None without evidence on a side."""
    return newcombe(after.helpful, after.evidence, before.helpful, before.evidence)


def effect(before: Counts, after: Counts) -> Effect:
    """What a new version did to readers, as far as it is proven, however often one looks.

    Stricter than the interval of `change`, which is made for one look at an article nobody chose: an
    article is corrected after a bad streak, and looked at until something is seen. Proven only with
    MINIMUM_EVIDENCE on both sides, and when the interval joined from both confidence sequences
    leaves zero out.
    """
    [code] = effects([after.helpful], [after.evidence], [before.helpful], [before.evidence])
    return Effect(str(code))


def effects(
    after_helpful: ArrayLike,
    after_evidence: ArrayLike,
    before_helpful: ArrayLike,
    before_evidence: ArrayLike,
) -> NDArray[np.str_]:
    """`effect` of whole columns at once, as codes."""
    a, m, b, n = np.broadcast_arrays(after_helpful, after_evidence, before_helpful, before_evidence)
    _, low, high = difference_bounds(a, m, b, n)
    # What one look does not prove, no sequence of looks does: most rows end here.
    asked = (np.minimum(m, n) >= MINIMUM_EVIDENCE) & ((low > 0) | (high < 0))
    codes = np.full(asked.shape, Effect.NOT_YET.value, dtype=object)
    _, low, high = difference_bounds(a[asked], m[asked], b[asked], n[asked], lasting_bounds)
    codes[asked] = np.select(
        [low > 0, high < 0],
        [Effect.MORE_HELPFUL.value, Effect.LESS_HELPFUL.value],
        Effect.NOT_YET.value,
    )
    return codes.astype(str)


def compared(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy of `frame` with what each change did, one row a change.

    Reads the integer columns helpful, unhelpful, off_text of the new text and the same prefixed by
    before_ of the old one. Adds difference, low, high (those of `change`; NaN without evidence on a
    side) and effect (codes).
    """
    (a, m), (b, n) = _judged(frame, ""), _judged(frame, "before_")
    difference, low, high = difference_bounds(a, m, b, n)
    return frame.assign(
        difference=difference,
        low=low,
        high=high,
        effect=pd.Series(effects(a, m, b, n), index=frame.index, dtype="str"),
    )


def _judged(frame: pd.DataFrame, prefix: str) -> tuple[Floats, Floats]:
    """Helpful votes and evidence of one side of a frame of changes."""
    helpful, unhelpful, off_text = (
        frame[f"{prefix}{name}"].to_numpy(dtype=float)
        for name in ("helpful", "unhelpful", "off_text")
    )
    return helpful, helpful + unhelpful - off_text


def pooled_of(frame: pd.DataFrame) -> Pooled | None:
    """`pooled` over the rows of a frame as `compared` reads it."""
    return pooled(zip(_counts(frame, "before_"), _counts(frame, ""), strict=True))


def _counts(frame: pd.DataFrame, prefix: str) -> list[Counts]:
    columns = (frame[f"{prefix}{name}"] for name in ("helpful", "unhelpful", "off_text"))
    return [Counts(int(a), int(b), int(c)) for a, b, c in zip(*columns, strict=True)]


def pooled(
    corrections: Iterable[tuple[Counts, Counts]], confidence: float = CONFIDENCE
) -> Pooled | None:
    """The common effect of many corrections, each (before, after), as one figure.

    Mantel–Haenszel difference, which holds with many articles of few votes each, and Klingenberg's
    interval. Each correction is compared with its own article only, so that a month which corrected
    easier articles does not look better. None under MINIMUM_EVIDENCE on either side in all, or when
    nobody ever disagreed with anybody (no variation, hence no interval).
    """
    rows = [
        (after.helpful, after.evidence, before.helpful, before.evidence)
        for before, after in corrections
        if before.evidence and after.evidence
    ]
    if not rows:
        return None
    a, m, b, n = np.asarray(rows, dtype=float).T
    total = m + n
    weight = float(np.sum(m * n / total))
    difference = float(np.sum((a * n - b * m) / total)) / weight
    p = float(np.sum((m * m * b - n * n * a + m * n * (n - m) / 2) / total**2))
    q = float(np.sum((a * (n - b) + b * (m - a)) / (2 * total)))
    if min(m.sum(), n.sum()) < MINIMUM_EVIDENCE or q == 0:
        return None
    z2 = _quantile(confidence) ** 2 / weight**2
    middle = difference + z2 * p / 2
    half = math.sqrt(max(0.0, middle**2 - difference**2 + z2 * q))
    return Pooled(
        len(rows),
        Change(difference, Interval(max(-1.0, middle - half), min(1.0, middle + half))),
    )


@lru_cache(maxsize=4096)  # asked again at each showing, of measures that have ended
def votes_to_conclude(
    before: Counts, objective: float = DEFAULT_OBJECTIVE, power: float = POWER
) -> int | None:
    """Votes the new version needs for an improvement to be seen with this probability.

    Planned for a text that now reaches its objective, or gains SMALLEST_GAIN if that is more: a
    size fixed beforehand, not the one observed, which would make the answer jump at each vote. It
    is where `effect` concludes on the share that such a text exceeds with probability `power`.
    None when no number of votes would do: the old text had too few, and has no more to come.
    """
    share = ratio(before.helpful, before.evidence)
    if share is None or before.evidence < MINIMUM_EVIDENCE:
        return None
    # Near the top there is no room for the whole gain: half of the failures gone is the same feat.
    expected = max(objective, min(share + SMALLEST_GAIN, (1 + share) / 2))
    doubt = float(lasting_bounds(before.helpful, before.evidence)[1]) - share
    luck = NormalDist().inv_cdf(power) * math.sqrt(expected * (1 - expected))

    def concludes(votes: int) -> bool:
        seen = expected - luck / math.sqrt(votes)
        if seen - share <= doubt:
            return False
        # `difference_bounds` leaves zero out exactly when the new share is proven to be over this one.
        least = seen - math.sqrt((seen - share) ** 2 - doubt**2)
        return float(log_proof_below((1 - seen) * votes, votes, 1 - least)) >= _ENOUGH

    if not concludes(_ENDLESS):
        return None
    return bisect.bisect_left(range(_ENDLESS), True, lo=MINIMUM_EVIDENCE, key=concludes)


def prospect(
    before: Counts,
    after: Counts,
    votes_per_week: float | None,
    objective: float = DEFAULT_OBJECTIVE,
) -> Prospect:
    """How many votes are still needed to conclude on a new version, and when they will be there.

    `votes_per_week` is the present rate of votes that judge the text; None when unknown.
    """
    needed = votes_to_conclude(before, objective)
    if needed is None:
        return Prospect(math.inf, math.inf)
    missing = max(0, needed - after.evidence)
    if missing == 0:
        return Prospect(0, 0)
    if votes_per_week is None:
        return Prospect(missing, None)
    return Prospect(missing, missing / votes_per_week if votes_per_week else math.inf)


# -- readers and traffic -------------------------------------------------------------------------


def expected_unhappy_per_week(views_per_week: float | None, counts: Counts) -> float | None:
    """Readers a week whom the text fails, at the least: views × lower end of the fault rate.

    The lower end, so that an article rises in the queue by what is proven and not by bad luck.
    None where views are not counted, or under MINIMUM_EVIDENCE.
    """
    if views_per_week is None:
        return None
    [found] = unhappy_per_week([views_per_week], [counts.helpful], [counts.evidence])
    return None if np.isnan(found) else float(found)


def unhappy_per_week(views_per_week: ArrayLike, helpful: ArrayLike, evidence: ArrayLike) -> Floats:
    """`expected_unhappy_per_week` of whole columns at once; NaN where it is unknown."""
    _, high = wilson_bounds(helpful, evidence)
    n, views = np.asarray(evidence, dtype=float), np.asarray(views_per_week, dtype=float)
    return np.asarray(np.where(n >= MINIMUM_EVIDENCE, views * (1 - high), np.nan))


def corrections_per_week(corrections: int, weeks: float) -> float | None:
    """How fast corrections are published; None under MINIMUM_CORRECTIONS or without time."""
    return corrections / weeks if corrections >= MINIMUM_CORRECTIONS and weeks > 0 else None


def median_of_corrections(values: Sequence[float]) -> float | None:
    """The middle of what corrections took; None under MINIMUM_CORRECTIONS."""
    return statistics.median(values) if len(values) >= MINIMUM_CORRECTIONS else None


def share_of_corrections(some: int, every: int) -> float | None:
    """Share of corrections, in [0, 1]; None under MINIMUM_CORRECTIONS."""
    return some / every if every >= MINIMUM_CORRECTIONS else None


def response_rate(votes: int, views: int | None) -> float | None:
    """Share of views that end in a vote, in [0, 1].

    None without views, and when votes outnumber them: then some channel votes without counting.
    """
    return votes / views if views and votes <= views else None


# -- how much to show ----------------------------------------------------------------------------


def default_window(votes: Mapping[Window, ArrayLike]) -> Window:
    """The shortest window in which half of the articles have enough votes to be judged, else ALL.

    `votes` gives, for each window, the votes of every article in it, zeros included.
    """
    for window in Window:
        each = np.asarray(votes.get(window, ()))
        if each.size and 2 * np.count_nonzero(each >= MINIMUM_EVIDENCE) >= each.size:
            return window
    return Window.ALL


def bucket(votes: int, days: float, finest: Bucket = Bucket.DAY) -> Bucket | None:
    """The finest grain, from `finest` on, with MINIMUM_PER_BUCKET votes a point on average.

    None: draw no line. A line needs at least two points.
    """
    grains = list(Bucket)
    for grain in grains[grains.index(finest) :]:
        points = days / grain.days
        if points >= 2 and votes >= MINIMUM_PER_BUCKET * points:
            return grain
    return None
