"""FAQs whose articles are known to help, or not, and the votes of a year of their readers."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from faq_cms.helpfulness import DEFAULT_OBJECTIVE, SMALLEST_GAIN, Booleans, Floats

Integers = NDArray[np.int64]

DAYS: Final = 364  # 52 weeks; the review looks at the end of each day
OBJECTIVE: Final = DEFAULT_OBJECTIVE
BAD: Final = OBJECTIVE - SMALLEST_GAIN
RUNS: Final = 10  # independent repetitions: their spread is the Monte Carlo error

# Of ten articles: two fail, one is a little short, two are exactly at the objective, five are over.
_KINDS: Final = (0.2, 0.1, 0.2, 0.5)
_WORST, _BEST = 0.30, 0.95


@dataclass(frozen=True)
class Scenario:
    """A size of FAQ. `faqs` of them a run, so that a run of small ones says as much."""

    articles: int
    votes_a_month: int
    faqs: int

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"{self.articles:,} articles, {self.votes_a_month} votes a month each"


SCENARIOS: Final = (Scenario(10, 4, 200), Scenario(200, 50, 8), Scenario(2000, 500, 1))


@dataclass(frozen=True)
class Year:
    """One run: the true share of each article, its votes and its Oui, day by day.

    `truth` has one value an article, those of one FAQ side by side; `votes` and `helpful` have one
    row an article and one column a day.
    """

    scenario: Scenario
    truth: Floats
    votes: Integers
    helpful: Integers

    @property
    def is_bad(self) -> Booleans:
        """Truly bad: short of the objective by what a correction is planned to gain, or more."""
        return np.asarray(self.truth <= BAD)

    @property
    def is_good(self) -> Booleans:
        """Truly good: at the objective or over it. It keeps its promise, if only just."""
        return np.asarray(self.truth >= OBJECTIVE)

    @property
    def is_at_objective(self) -> Booleans:
        """Truly good, and the hardest to tell so."""
        return np.asarray(self.truth == OBJECTIVE)


def year(scenario: Scenario, chance: np.random.Generator) -> Year:
    """A year of one scenario: votes come by chance, at the same rate for every article."""
    count = scenario.articles * scenario.faqs
    kind = chance.choice(len(_KINDS), count, p=_KINDS)
    drawn = [
        chance.uniform(low, high, count)
        for low, high in ((_WORST, BAD), (BAD, OBJECTIVE), (OBJECTIVE, _BEST))
    ]
    at = np.full(count, OBJECTIVE)
    truth = np.choose(kind, [drawn[0], drawn[1], at, drawn[2]])
    votes = arriving(scenario, count, chance)
    return Year(scenario, truth, votes, chance.binomial(votes, truth[:, None]))


def arriving(scenario: Scenario, count: int, chance: np.random.Generator) -> Integers:
    """Votes of `count` articles, day by day."""
    return chance.poisson(scenario.votes_a_month * 12 / 365, (count, DAYS))
