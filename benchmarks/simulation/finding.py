"""Which articles each rule lists, day after day, on the same votes; and how often it is right."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from benchmarks.simulation.readers import DAYS, OBJECTIVE, Integers, Year
from faq_cms import helpfulness
from faq_cms.helpfulness import MINIMUM_EVIDENCE, Booleans, Verdict

# What the product lists as proven, the same by the interval made for one look, both its lists
# together, and the two rules it is compared with.
PROVEN: Final = "avéré"
ONE_LOOK: Final = "avéré, by Wilson's interval alone"
LISTED: Final = "À corriger, both lists"
KITSUNE: Final = "Kitsune"
RATIO: Final = "bare ratio"

_WEEK: Final = 7
Rule = Callable[[Integers, Integers], Booleans]


def proven(helpful: Integers, votes: Integers) -> Booleans:
    """*Problème avéré*, with its memory: the product's own verdict, at the end of each day."""
    codes = np.full(len(votes), "", dtype=object).astype(str)
    listed = np.zeros(votes.shape, dtype=bool)
    for day in range(DAYS):
        # As in `flags`: what is remembered is an open flag, and a flag says `below` only.
        before = np.where(codes == Verdict.BELOW, codes, "")
        codes = helpfulness.verdicts(helpful[:, day], votes[:, day], OBJECTIVE, before)
        listed[:, day] = codes == Verdict.BELOW
    return listed


def proven_by_one_look(helpful: Integers, votes: Integers) -> Booleans:
    """The same with Wilson's interval, right for one look, taken each day."""
    _, high = helpfulness.wilson_bounds(helpful, votes)
    is_under = np.asarray(ratio(helpful, votes))
    opens = np.asarray((votes >= MINIMUM_EVIDENCE) & (high < OBJECTIVE))
    listed = np.zeros(votes.shape, dtype=bool)
    stays = np.zeros(len(votes), dtype=bool)
    for day in range(DAYS):
        stays = opens[:, day] | (stays & is_under[:, day])
        listed[:, day] = stays
    return listed


def listed(helpful: Integers, votes: Integers) -> Booleans:
    """Both lists of À corriger: one Non is enough, until somebody answers it."""
    return np.asarray(helpful < votes)


def kitsune(helpful: Integers, votes: Integers) -> Booleans:
    """Listed while there are more Non than Oui over seven days (`dashboards/tasks.py`)."""
    yes, every = _last_week(helpful), _last_week(votes)
    return np.asarray(every - yes > yes)


def ratio(helpful: Integers, votes: Integers) -> Booleans:
    """Listed while the share is under the objective, whatever the number of votes."""
    return np.asarray(helpful < OBJECTIVE * votes)


RULES: Final[Mapping[str, Rule]] = {
    PROVEN: proven,
    ONE_LOOK: proven_by_one_look,
    LISTED: listed,
    KITSUNE: kitsune,
    RATIO: ratio,
}


def _last_week(totals: Integers) -> Integers:
    before = np.pad(totals, ((0, 0), (_WEEK, 0)))[:, :DAYS]
    return totals - before


def found(year: Year) -> dict[str, dict[str, float]]:
    """For each rule, its figures over one run: see `FIGURES` for their names and meanings."""
    helpful, votes = year.helpful.cumsum(axis=1), year.votes.cumsum(axis=1)
    lists = {name: rule(helpful, votes) for name, rule in RULES.items()}
    noes = votes - helpful
    figures = {name: _of_list(year, each) for name, each in lists.items()}
    for name in (KITSUNE, RATIO):
        theirs, ours = _opened(year, lists[name], lists[PROVEN], noes)
        figures[name] |= {"opened": theirs, "opened here": ours}
    return figures


# What is counted, and in what: shares of the articles of the kind that is named.
FIGURES: Final = {
    "found": ("truly bad articles ever listed", "%"),
    "delay": ("days until half of the truly bad are listed", "days"),
    "false": ("truly good articles ever listed", "%"),
    "at objective": ("articles exactly at their objective ever listed", "%"),
    "alarms": ("times a truly good article enters the list", "a year"),
    "there": ("truly bad articles on the list on the last day", "%"),
    "wrong": ("truly good among those on the list on the last day", "%"),
}
OPENED: Final = "truly good articles opened to meet as many truly bad ones"


def _of_list(year: Year, listed: Booleans) -> dict[str, float]:
    ever: Booleans = np.asarray(listed.any(axis=1))
    first = np.where(ever, listed.argmax(axis=1) + 1, DAYS)
    entries = listed[:, 0].astype(int) + (listed[:, 1:] & ~listed[:, :-1]).sum(axis=1)
    last = listed[:, -1]
    return {
        "found": 100 * ever[year.is_bad].mean(),
        "delay": float(np.median(first[year.is_bad])),
        "false": 100 * ever[year.is_good].mean(),
        "at objective": 100 * ever[year.is_at_objective].mean(),
        "alarms": float(entries[year.is_good].mean()),
        "there": 100 * last[year.is_bad].mean(),
        "wrong": 100 * (last & year.is_good).sum() / max(1, last.sum()),
    }


def _opened(year: Year, theirs: Booleans, proven: Booleans, noes: Integers) -> tuple[float, float]:
    """Truly good articles opened by who works through a list each Monday, per FAQ and week.

    First through the whole of another rule's list; then through À corriger in its own order
    (*avérés* first, then those with most Non), down to where as many truly bad ones have been met.
    """
    shape = (year.scenario.faqs, year.scenario.articles)
    bad, good = year.is_bad.reshape(shape), year.is_good.reshape(shape)
    opened_there, opened_here = list[float](), list[float]()
    for day in range(_WEEK - 1, DAYS, _WEEK):
        there = theirs[:, day].reshape(shape)
        wanted = (there & bad).sum(axis=1)
        rank = proven[:, day] * (noes.max() + 1) + noes[:, day]
        order = np.argsort(-rank.reshape(shape), axis=1, kind="stable")
        met = np.take_along_axis(bad, order, axis=1).cumsum(axis=1)
        passed = np.take_along_axis(good, order, axis=1) & (met < wanted[:, None])
        opened_there.append(float((there & good).sum(axis=1).mean()))
        opened_here.append(float(passed.sum(axis=1).mean()))
    return float(np.mean(opened_there)), float(np.mean(opened_here))
