"""Charts: what each number of votes allows, in French, and never by colour alone."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from faq_cms import charts, french, helpfulness
from faq_cms.french import VERDICTS
from faq_cms.helpfulness import Bucket, Verdict

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def library(*counts: tuple[int, int]) -> pd.DataFrame:
    """A frame as `analytics.usefulness` gives it, one article for each (Oui, Non)."""
    frame = pd.DataFrame(
        {
            "article_id": range(1, len(counts) + 1),
            "question": [f"Question {number}" for number in range(1, len(counts) + 1)],
            "version": 1,
            "published_at": AT,
            "objective": 0.7,
            "helpful": [helpful for helpful, _ in counts],
            "unhelpful": [unhelpful for _, unhelpful in counts],
            "off_text": 0,
        }
    )
    return helpfulness.measured(frame)


def rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(iter(spec["datasets"].values()))
    return found


@pytest.mark.parametrize(
    ("helpful", "unhelpful", "label", "verdict"),
    [
        (0, 0, "Aucun vote", Verdict.TOO_FEW),
        (1, 0, "● 1 Oui, 0 Non", Verdict.TOO_FEW),
        (1, 1, "●○ 1 Oui, 1 Non", Verdict.TOO_FEW),
        (0, 9, "○○○○○○○○○ 0 Oui, 9 Non", Verdict.TOO_FEW),
        (7, 3, "70\u202f% (7 sur 10), entre 40 et 89\u202f%", Verdict.UNDECIDED),
        (29, 0, "100\u202f% (29 sur 29), entre 88 et 100\u202f%", Verdict.MET),
        (9, 21, "30\u202f% (9 sur 30), entre 17 et 48\u202f%", Verdict.BELOW),
        (
            5_000_000,
            5_000_000,
            "50\u202f% (5\u202f000\u202f000 sur 10\u202f000\u202f000), entre 49,97 et 50,03\u202f%",
            Verdict.BELOW,
        ),
    ],
)
def test_a_row_shows_what_its_number_of_votes_allows(
    helpful: int, unhelpful: int, label: str, verdict: Verdict
) -> None:
    row = rows(charts.ranking(library((helpful, unhelpful))).to_dict())[0]
    assert row["label"].split("\n")[2] == label
    assert row["verdict"] == VERDICTS[verdict]


def test_no_interval_is_drawn_without_a_vote() -> None:
    row = rows(charts.ranking(library((0, 0))).to_dict())[0]
    assert [row[name] for name in ("ratio", "low", "high", "objective")] == [None] * 4


def test_few_votes_have_no_colour_of_a_verdict_even_when_they_all_say_no() -> None:
    few = rows(charts.ranking(library((0, 9))).to_dict())[0]
    assert few["verdict"] == VERDICTS[Verdict.TOO_FEW]


def test_the_order_is_worst_first_then_too_few_then_none() -> None:
    ordered = charts.worst_first(library((0, 0), (1, 1), (9, 1), (2, 8), (0, 9), (90, 10)))
    assert list(ordered["article_id"]) == [4, 6, 3, 5, 2, 1]


def test_equal_shares_are_ordered_by_votes() -> None:
    ordered = charts.worst_first(library((5, 5), (50, 50)))
    assert list(ordered["article_id"]) == [2, 1]


def test_two_articles_that_ask_the_same_keep_a_row_each() -> None:
    frame = library((7, 3), (8, 2)).assign(question="Comment payer\u202f?")
    assert len({row["label"] for row in rows(charts.ranking(frame).to_dict())}) == 2


def test_a_long_question_is_cut_and_whole_in_the_tooltip() -> None:
    frame = library((7, 3)).assign(question="é" * 300)
    row = rows(charts.ranking(frame).to_dict())[0]
    assert len(row["label"].split("\n")[1]) == 90
    assert len(row["question"]) == 300


def test_a_verdict_is_told_by_shape_and_words_besides_colour() -> None:
    assert len(set(charts.SHAPES.values())) == len(set(charts.COLOURS.values())) == len(Verdict)


def test_charts_speak_french() -> None:
    spec = charts.ranking(library((7, 3))).to_dict()
    assert spec["config"]["locale"]["number"]["decimal"] == ","
    assert spec["config"]["locale"]["time"]["months"][7] == "août"


@pytest.mark.parametrize("is_dark", [False, True])
def test_words_are_legible_on_both_backgrounds(is_dark: bool) -> None:
    spec = charts.ranking(library((7, 3)), is_dark=is_dark).to_dict()
    colour = spec["layer"][0]["encoding"]["y"]["axis"]["labelColor"]
    assert (int(colour[1:3], 16) > 127) is is_dark


def days(*counts: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": [dt.date.fromisoformat(day) for day, _, _ in counts],
            "version": 1,
            "helpful": [helpful for _, helpful, _ in counts],
            "unhelpful": [unhelpful for _, _, unhelpful in counts],
            "off_text": 0,
        }
    )


VERSIONS = pd.DataFrame({"version": [1, 2], "published_at": [AT, AT + dt.timedelta(days=30)]})


def points(grain: Bucket, *counts: tuple[str, int, int]) -> list[dict[str, Any]]:
    spec = charts.over_time(days(*counts), VERSIONS, grain).to_dict()
    named = {name: data for name, data in spec["datasets"].items() if data and "said" in data[0]}
    return next(iter(named.values()))


@pytest.mark.parametrize(
    ("grain", "said"),
    [
        (Bucket.DAY, "Le 1er mars 2026\u00a0: 7 votes, 4 Oui, 3 Non"),
        (Bucket.WEEK, "Semaine du 23 février 2026\u00a0: 7 votes, 4 Oui, 3 Non"),
        (Bucket.MONTH, "Mars 2026\u00a0: 7 votes, 4 Oui, 3 Non"),
    ],
)
def test_a_point_names_its_stretch_of_time(grain: Bucket, said: str) -> None:
    assert [point["said"] for point in points(grain, ("2026-03-01", 4, 3))] == [said]


def test_days_of_two_versions_are_summed_in_their_week() -> None:
    found = points(Bucket.WEEK, ("2026-03-02", 4, 0), ("2026-03-08", 2, 4), ("2026-03-09", 1, 0))
    assert [point["ratio"] for point in found] == [0.6, 1.0]


def test_a_week_without_votes_is_no_point() -> None:
    assert len(points(Bucket.WEEK, ("2026-03-02", 0, 0), ("2026-03-09", 1, 0))) == 1


def test_a_point_says_what_helpfulness_says() -> None:
    point = points(Bucket.DAY, ("2026-03-01", 7, 3))[0]
    interval = helpfulness.wilson(7, 10)
    assert interval is not None
    assert point["low"] == pytest.approx(interval.low)
    assert point["high"] == pytest.approx(interval.high)
    assert "entre 40 et 89\u202f%" in point["said"]


def test_versions_are_dated_on_the_clock_of_paris() -> None:
    spec = charts.over_time(days(("2026-03-01", 1, 0)), VERSIONS, Bucket.DAY).to_dict()
    named = {name: data for name, data in spec["datasets"].items() if data and "when" in data[0]}
    first = next(iter(named.values()))[0]
    assert first["when"] == f"Version 1, publiée le {french.date(AT)}"
    assert first["at"].startswith("2026-03-01T13:00")
