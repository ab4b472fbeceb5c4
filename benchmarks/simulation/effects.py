"""Corrections that help, hurt or do nothing, chosen after a bad streak, and what is said of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.simulation.readers import DAYS, OBJECTIVE, Integers, Year
from faq_cms import helpfulness
from faq_cms.helpfulness import MINIMUM_EVIDENCE, Booleans, Counts, Effect, Verdict

# Two ways by which an article comes to be corrected.
AFTER_PROOF: Final = "avéré"  # the day it is called so
AFTER_STREAK: Final = (
    "worst month"  # every four weeks, the tenth of a FAQ with the worst four weeks
)

HERE: Final = "here"
ONE_LOOK: Final = "Newcombe's interval, looked at daily"
PLANNED: Final = "Newcombe's interval, at the planned votes only"
BARE: Final = "share before and after, at 10 votes"

_MONTH: Final = 28
_LAST_CHOICE: Final = 182  # half of the year to choose, half to watch
_GAINS: Final = (0.10, 0.25)
_MORE, _LESS = 1, -1


@dataclass(frozen=True)
class Corrected:
    """Corrections: what they truly did, the votes before, and the running totals after, by day.

    `truth` is +1, 0 or −1. `since` is the day of publication; the totals are 0 before it.
    """

    truth: Integers
    since: Integers
    before_helpful: Integers
    before: Integers
    helpful: Integers
    votes: Integers


Rule = Callable[[Corrected], Integers]


def corrected(year: Year, chosen: Integers, chance: np.random.Generator) -> Corrected:
    """The articles chosen on a day (0: never) get a text that helps, hurts or changes nothing."""
    [articles] = np.nonzero(chosen)
    since, count = chosen[articles], len(articles)
    truth = chance.choice([_LESS, 0, _MORE], count)
    shares = np.clip(year.truth[articles] + truth * chance.uniform(*_GAINS, count), 0.02, 0.98)
    after = np.arange(DAYS) >= since[:, None]
    votes = year.votes[articles] * after
    helpful = chance.binomial(votes, shares[:, None])
    return Corrected(
        truth,
        since,
        (year.helpful[articles] * ~after).sum(axis=1),
        (year.votes[articles] * ~after).sum(axis=1),
        helpful.cumsum(axis=1),
        votes.cumsum(axis=1),
    )


def after_proof(year: Year) -> Integers:
    """The day each article is called *avéré*, in the first half of the year; 0 for the others."""
    helpful, votes = year.helpful.cumsum(axis=1), year.votes.cumsum(axis=1)
    chosen = np.zeros(len(votes), dtype=np.int64)
    for day in range(_LAST_CHOICE):
        codes = helpfulness.verdicts(helpful[:, day], votes[:, day], OBJECTIVE)
        chosen[(codes == Verdict.BELOW) & (chosen == 0)] = day + 1
    return chosen


def after_streak(year: Year) -> Integers:
    """Every four weeks, the tenth of each FAQ with the worst four weeks, none of them twice."""
    faqs, articles = year.scenario.faqs, year.scenario.articles
    chosen = np.zeros((faqs, articles), dtype=np.int64)
    for day in range(_MONTH, _LAST_CHOICE + 1, _MONTH):
        last = slice(day - _MONTH, day)
        votes = year.votes[:, last].sum(axis=1).reshape(faqs, articles)
        helpful = year.helpful[:, last].sum(axis=1).reshape(faqs, articles)
        share = np.where((votes > 0) & (chosen == 0), helpful / np.maximum(votes, 1), np.inf)
        worst = np.argsort(share, axis=1, kind="stable")[:, : articles // 10]
        is_bad = np.take_along_axis(share, worst, axis=1) < OBJECTIVE
        rows = np.broadcast_to(np.arange(faqs)[:, None], worst.shape)
        chosen[rows[is_bad], worst[is_bad]] = day
    return chosen.reshape(-1)


CHOICES: Final[Mapping[str, Callable[[Year], Integers]]] = {
    AFTER_PROOF: after_proof,
    AFTER_STREAK: after_streak,
}


def here(made: Corrected) -> Integers:
    """The product's effect, looked at each day until it says something."""

    def look(day: int, among: Integers) -> Integers:
        codes = helpfulness.effects(
            made.helpful[among, day],
            made.votes[among, day],
            made.before_helpful[among],
            made.before[among],
        )
        return np.select([codes == Effect.MORE_HELPFUL, codes == Effect.LESS_HELPFUL], [1, -1])

    return _first_said(made, look)


def one_look(made: Corrected) -> Integers:
    """Newcombe's interval, right for one look, looked at each day until it leaves zero out."""
    return _first_said(made, lambda day, among: _newcombe(made, among, day))


def planned(made: Corrected) -> Integers:
    """Newcombe's interval on the day the planned votes are there, and never again."""
    plan = [
        helpfulness.votes_to_conclude(Counts(int(k), int(n - k)), OBJECTIVE) or np.inf
        for k, n in zip(made.before_helpful, made.before, strict=True)
    ]
    is_there = made.votes >= np.array(plan)[:, None]
    [among] = np.nonzero(is_there.any(axis=1))
    said = np.zeros(len(made.truth), dtype=np.int64)
    said[among] = _newcombe(made, among, is_there.argmax(axis=1)[among])
    return said


def bare(made: Corrected) -> Integers:
    """Whichever share is higher, the day the new text has ten votes."""
    is_there = made.votes >= MINIMUM_EVIDENCE
    day = is_there.argmax(axis=1)
    rows = np.arange(len(day))
    new = made.helpful[rows, day] / np.maximum(made.votes[rows, day], 1)
    said = np.sign(new - made.before_helpful / np.maximum(made.before, 1)).astype(np.int64)
    return np.where(is_there.any(axis=1) & (made.before > 0), said, 0)


RULES: Final[Mapping[str, Rule]] = {HERE: here, ONE_LOOK: one_look, PLANNED: planned, BARE: bare}


def _first_said(made: Corrected, look: Callable[[int, Integers], Integers]) -> Integers:
    """What is said first, when corrections are looked at on every day that brought a vote."""
    said = np.zeros(len(made.truth), dtype=np.int64)
    enough = (made.votes >= MINIMUM_EVIDENCE) & (made.before >= MINIMUM_EVIDENCE)[:, None]
    is_new = np.diff(made.votes, axis=1, prepend=0) > 0
    for day in range(DAYS):
        [among] = np.nonzero(enough[:, day] & is_new[:, day] & (said == 0))
        if among.size:
            said[among] = look(day, among)
    return said


def _newcombe(made: Corrected, among: Integers, day: int | Integers) -> Integers:
    """What the interval made for one look says that day."""
    _, low, high = helpfulness.difference_bounds(
        made.helpful[among, day],
        made.votes[among, day],
        made.before_helpful[among],
        made.before[among],
    )
    return np.select([low > 0, high < 0], [1, -1])


# Shares of the corrections of the kind that is named, in %.
FIGURES: Final = {
    "nothing, more": "do nothing, called more helpful",
    "nothing, less": "do nothing, called less helpful",
    "helps": "help, seen within the year",
    "hurts": "hurt, seen within the year",
    "right": "verdicts given that are right",
    "said": "corrections that got a verdict",
}


def judged(
    year: Year, choice: str, chance: np.random.Generator
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """For each rule its figures over one run, and what the choice alone did to do-nothing texts."""
    made = corrected(year, CHOICES[choice](year), chance)
    return {name: _of(rule(made), made.truth) for name, rule in RULES.items()}, _streak(made)


def _of(said: Integers, truth: Integers) -> dict[str, float]:
    nothing, has_said = truth == 0, said != 0
    return {
        "nothing, more": _percent(said[nothing] == _MORE),
        "nothing, less": _percent(said[nothing] == _LESS),
        "helps": _percent(said[truth == _MORE] == _MORE),
        "hurts": _percent(said[truth == _LESS] == _LESS),
        "right": _percent((said == truth)[has_said]),
        "said": _percent(has_said),
    }


def _streak(made: Corrected) -> dict[str, float]:
    """Mean gain, in points, of the texts that nothing was done to: the regression to the mean."""
    among = (made.truth == 0) & (made.before >= MINIMUM_EVIDENCE)
    among &= made.votes[:, -1] >= MINIMUM_EVIDENCE
    new = made.helpful[among, -1] / made.votes[among, -1]
    old = made.before_helpful[among] / made.before[among]
    return {
        "corrections": float(len(made.truth)),
        "gain of nothing": 100 * float(np.mean(new - old)),
        "votes before": float(np.median(made.before)),
    }


def _percent(which: Booleans) -> float:
    return 100 * float(which.mean()) if which.size else float("nan")
