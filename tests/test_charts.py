"""Charts: what each number of votes allows, in French, and never by colour alone."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from faq_cms import charts, french, helpfulness
from faq_cms.french import VERDICTS
from faq_cms.helpfulness import Bucket, Verdict
from tests import tallies

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


@pytest.mark.parametrize("most", range(9))
def test_the_first_of_the_order_are_the_same_without_the_rest(most: int) -> None:
    several = library((5, 5), (0, 0), (50, 50), (1, 8), (8, 2), (0, 0), (1, 1), (5, 5))
    whole = charts.worst_first(several).head(most)
    assert list(charts.worst_first(several, most)["article_id"]) == list(whole["article_id"])


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


@pytest.mark.parametrize(("is_dark", "background"), [(False, "#ffffff"), (True, "#12171d")])
def test_axes_and_legends_have_the_contrast_of_words(is_dark: bool, background: str) -> None:
    config = charts.over_time(
        days(("2026-03-01", 7, 3)), None, Bucket.DAY, is_dark=is_dark
    ).to_dict()["config"]
    colours = {*config["axis"].values(), *config["legend"].values()}
    for colour in colours:
        low, high = sorted((luminance(colour), luminance(background)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance of a colour in hexadecimal (WCAG 2.2)."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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


@pytest.mark.parametrize(
    ("grain", "middle"),
    [
        (Bucket.DAY, "2026-03-04T12:00:00"),
        (Bucket.WEEK, "2026-03-05T12:00:00"),
        (Bucket.MONTH, "2026-03-16T12:00:00"),
    ],
)
def test_a_point_stands_in_the_middle_of_its_stretch_of_time(grain: Bucket, middle: str) -> None:
    votes = [("2026-01-02", 7, 3), ("2026-03-04", 7, 3), ("2026-05-29", 7, 3)]
    assert [each["middle"] for each in points(grain, *votes) if each["said"]][1].startswith(middle)
    spec = charts.over_time(days(*votes), VERSIONS, grain).to_dict()
    fields = {
        layer["encoding"]["x"]["field"] for layer in spec["layer"] if "x" in layer["encoding"]
    }
    assert fields == {"middle", "at"}  # points, and versions at their own moment


def test_a_stretch_of_time_begins_with_the_first_vote_and_ends_with_the_last() -> None:
    """An article of the last days of a month has no point before its first version."""
    found = points(Bucket.MONTH, ("2026-03-29", 7, 3), ("2026-04-02", 7, 3))
    assert [each["middle"][:19] for each in found] == ["2026-03-30T12:00:00", "2026-04-02T00:00:00"]


def test_months_are_named_under_their_middle_and_weeks_by_their_monday() -> None:
    votes = days(("2026-01-01", 7, 3), ("2026-03-31", 7, 3))
    spec = charts.over_time(votes, None, Bucket.MONTH).to_dict()
    values = spec["layer"][0]["encoding"]["x"]["axis"]["values"]
    assert [(value["month"], value["date"]) for value in values] == [(1, 16), (2, 15), (3, 16)]
    votes = days(("2026-03-04", 7, 3), ("2026-03-15", 7, 3))
    spec = charts.votes_over_time(votes, Bucket.WEEK).to_dict()
    values = spec["layer"][0]["encoding"]["x"]["axis"]["values"]
    assert [(value["month"], value["date"]) for value in values] == [(3, 2), (3, 9)]


def marks(spec: dict[str, Any]) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """Shape or kind of each layer to its colour and its rows."""
    found = {}
    for layer in spec["layer"]:
        mark = layer["mark"]
        name = mark.get("shape", mark["type"])
        rows = spec["datasets"][layer.get("data", spec["data"])["name"]]
        for step in layer.get("transform", ()):
            rows = [row for row in rows if row[step["filter"].removeprefix("datum.")]]
        found[name] = (mark.get("color", ""), rows)
    return found


@pytest.mark.parametrize("votes", tallies.LADDER)
def test_a_point_of_few_votes_is_grey_square_and_said_to_be_so(votes: int) -> None:
    helpful = -(-votes * 7 // 10)
    three = days(
        ("2026-03-02", 70, 30), ("2026-03-09", helpful, votes - helpful), ("2026-03-16", 60, 40)
    )
    drawn = marks(charts.over_time(three, None, Bucket.WEEK).to_dict())
    round_, squares = drawn["circle"], drawn.get("square")
    assert round_[0] == charts.COLOURS[Verdict.MET]
    if votes >= 10:
        assert (len(round_[1]), squares) == (3, None)
        assert "Carré gris" not in charts.notes(three, Bucket.WEEK)
        return
    assert squares is not None
    assert (len(round_[1]), len(squares[1])) == (2, 1)
    assert squares[0] == charts.COLOURS[Verdict.TOO_FEW]
    assert squares[1][0]["said"].endswith(
        french.summary("", helpfulness.Counts(helpful, votes - helpful))[3:]
    )
    assert "\u202f%" not in squares[1][0]["said"]
    # Neither the line in colour nor the band goes through it.
    _, band = drawn["area"]
    assert [row["proven"] for row in band] == [0.7, None, 0.6]
    assert [row["proven_low"] is None for row in band] == [False, True, False]
    assert "Carré gris\u00a0: moins de 10 votes." in charts.notes(three, Bucket.WEEK)


def test_no_line_crosses_a_stretch_of_time_without_votes() -> None:
    apart = days(("2026-03-02", 7, 3), ("2026-03-16", 7, 3))
    _, line = marks(charts.over_time(apart, None, Bucket.WEEK).to_dict())["line"]
    assert [row["ratio"] for row in line] == [0.7, None, 0.7]
    # What no band reaches shows by itself what remains plausible.
    _, alone = marks(charts.over_time(apart, None, Bucket.WEEK).to_dict())["rule"]
    assert len(alone) == 2


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


# -- other charts of the managers' screens ---------------------------------------------------------


def corrections(*pairs: tuple[tuple[int, int], tuple[int, int]]) -> pd.DataFrame:
    """A frame as `analytics.effects` gives it, one correction for each ((Oui, Non), (Oui, Non))."""
    return helpfulness.compared(
        pd.DataFrame(
            {
                "correction_id": range(1, len(pairs) + 1),
                "question": [f"Question {number}" for number in range(1, len(pairs) + 1)],
                "before_helpful": [before[0] for before, _ in pairs],
                "before_unhelpful": [before[1] for before, _ in pairs],
                "before_off_text": 0,
                "helpful": [after[0] for _, after in pairs],
                "unhelpful": [after[1] for _, after in pairs],
                "off_text": 0,
            }
        )
    )


def all_rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for each in spec["datasets"].values() for row in each]


def test_votes_over_time_count_oui_upwards_and_non_downwards_hors_texte_the_lowest() -> None:
    frame = days(("2026-03-02", 5, 4), ("2026-03-03", 1, 0)).assign(off_text=[1, 0])
    drawn = [
        row
        for row in all_rows(charts.votes_over_time(frame, Bucket.WEEK).to_dict())
        if "answer" in row
    ]
    assert {row["answer"]: (row["begin"], row["reach"]) for row in drawn} == {
        "Oui": (0, 6),
        "Non sur le texte": (0, -3),
        "Non hors texte": (-3, -4),
    }
    assert drawn[0]["said"].startswith("Semaine du 2 mars 2026\u00a0: 10 votes")


def test_a_line_that_hardly_moves_is_drawn_closer_and_the_reader_is_told() -> None:
    still = days(("2026-03-02", 7000, 3000), ("2026-03-09", 7100, 2900))
    spec = charts.over_time(still, None, Bucket.WEEK).to_dict()
    low, high = spec["layer"][1]["encoding"]["y"]["scale"]["domain"]
    assert 0 < low < 0.69
    assert 0.72 < high < 1
    assert charts.notes(still, Bucket.WEEK) == "L’échelle ne commence pas à 0."
    assert charts.notes(still, Bucket.WEEK, objective=0.95) == ""
    assert charts.notes(days(("2026-03-02", 7, 3), ("2026-03-09", 3, 7)), Bucket.WEEK) == ""


def test_what_a_line_shows_is_told_and_tabled() -> None:
    moved = days(("2026-03-02", 7, 3), ("2026-03-09", 4, 6), ("2026-03-16", 9, 1))
    told = charts.told_over_time(moved, Bucket.WEEK)
    assert "Au plus bas, semaine du 9 mars 2026" in told
    assert "Au plus haut, semaine du 16 mars 2026" in told
    table = charts.table_over_time(moved, Bucket.WEEK)
    assert table["Période"].iloc[0] == "Semaine du 16 mars 2026"
    assert table["Utilité"].iloc[1] == "40\u202f% (4 sur 10), entre 17 et 69\u202f%"


def test_a_week_of_one_vote_is_not_told_as_the_best() -> None:
    few = days(("2026-03-02", 7, 3), ("2026-03-09", 4, 6), ("2026-03-16", 1, 0))
    told = charts.told_over_time(few, Bucket.WEEK)
    assert "En dernier, semaine du 16 mars 2026\u00a0: 1 vote" in told
    assert "Au plus haut, semaine du 2 mars 2026" in told


def test_a_correction_is_drawn_once_both_sides_have_enough_votes() -> None:
    frame = corrections(((3, 17), (18, 2)), ((3, 6), (18, 2)), ((5, 5), (6, 4)))
    assert list(charts.measurable(frame)) == [True, False, True]
    spec = charts.effects(frame, helpfulness.pooled_of(frame)).to_dict()
    drawn = [row for row in all_rows(spec) if "effect" in row]
    assert [row["question"] for row in drawn] == [
        "Toutes les corrections ensemble",
        "Question 1",
        "Question 3",
    ]
    assert [row["effect"] for row in drawn] == [
        "Plus utile qu’avant",
        "Plus utile qu’avant",
        "Pas encore mesurable",
    ]
    assert drawn[1]["moved"] == "+75 points, entre +46 et +87"
    told = charts.told_effects(frame[charts.measurable(frame)])
    assert told.startswith("Question 1 Plus utile qu’avant, +75 points")


# -- every chart, at each number of votes where what may be shown changes ---------------------------

LADDER = (0, *tallies.LADDER)


def seven_in_ten(votes: int) -> tuple[int, int]:
    helpful = -(-votes * 7 // 10)
    return helpful, votes - helpful


@pytest.mark.parametrize("votes", LADDER)
def test_the_ranking_shows_what_its_number_of_votes_allows(votes: int) -> None:
    row = rows(charts.ranking(library(seven_in_ten(votes))).to_dict())[0]
    require_row(row, votes)
    assert row["told"].startswith("Question 1\u00a0: ")


@pytest.mark.parametrize("votes", LADDER)
def test_a_measure_shows_what_its_number_of_votes_allows(votes: int) -> None:
    measures = library(seven_in_ten(votes)).assign(
        period_id=1, first_version=1, last_version=1, opened_at=AT
    )
    row = rows(charts.by_measure(measures).to_dict())[0]
    require_row(row, votes)
    assert row["told"].startswith("Version 1, du 1er mars 2026\u00a0: ")


def require_row(row: dict[str, Any], votes: int) -> None:
    """Drawn, coloured and written as this number of votes allows."""
    figure = french.usefulness(helpfulness.Counts(*seven_in_ten(votes)))
    assert row["label"].split("\n")[2] == f"{figure.dots} {figure.text}".strip()
    assert (row["ratio"] is None) is (votes == 0)
    assert (row["verdict"] == VERDICTS[Verdict.TOO_FEW]) is (votes < 10)
    assert ("\u202f%" in row["figure"]) is (votes >= 10)
    assert figure.text in row["told"]


@pytest.mark.parametrize("votes", LADDER)
def test_votes_are_counted_whatever_their_number_and_a_share_told_from_ten(votes: int) -> None:
    helpful, unhelpful = seven_in_ten(votes)
    frame = days(("2026-03-02", 70, 30), ("2026-03-09", helpful, unhelpful))
    drawn = all_rows(charts.votes_over_time(frame, Bucket.WEEK).to_dict())
    said = [row for row in drawn if "answer" in row and row["name"] == "Semaine du 9 mars 2026"]
    assert sum(abs(row["reach"] - row["begin"]) for row in said) == votes
    assert all(("\u202f%" in row["said"]) is (votes >= 10) for row in said)
    table = charts.table_over_time(frame, Bucket.WEEK)
    assert len(table) == 1 + (votes > 0)
    if votes:
        assert ("\u202f%" in table["Utilité"].iloc[0]) is (votes >= 10)


@pytest.mark.parametrize("votes", LADDER)
@pytest.mark.parametrize("is_before", [True, False])
def test_an_effect_is_drawn_from_ten_votes_on_each_side(votes: int, is_before: bool) -> None:
    few, many = seven_in_ten(votes), (50, 50)
    frame = corrections((few, many) if is_before else (many, few), (many, many))
    drawn = all_rows(charts.effects(frame[charts.measurable(frame)]).to_dict())
    asked = {row["question"] for row in drawn if "effect" in row}
    assert asked == ({"Question 1", "Question 2"} if votes >= 10 else {"Question 2"})


@pytest.mark.parametrize("votes", LADDER)
def test_an_article_is_scattered_from_ten_votes_and_has_a_small_line_from_thirty(
    votes: int,
) -> None:
    frame = library(seven_in_ten(votes), (7, 3)).assign(views=[votes * 10 + 1, 50])
    assert (1 in list(charts.scattered(frame)["article_id"])) is (votes >= 10)
    helpful, unhelpful = seven_in_ten(votes)
    halves = days(
        ("2026-03-02", helpful // 2, unhelpful // 2),
        ("2026-03-09", helpful - helpful // 2, unhelpful - unhelpful // 2),
    )
    lines = charts.sparklines(halves.assign(article_id=1), {1: 14})
    assert (1 in lines) is (votes >= 30)


def test_an_effect_is_told_by_shape_besides_colour() -> None:
    assert len(set(charts.EFFECT_SHAPES.values())) == len(set(charts.EFFECT_COLOURS.values())) == 3


def test_only_what_was_read_and_can_be_judged_is_scattered() -> None:
    frame = library((7, 3), (90, 10), (5, 1), (20, 5)).assign(views=[100, 5000, 900, 0])
    assert list(charts.scattered(frame)["article_id"]) == [1, 2]
    spec = charts.scatter(frame).to_dict()
    drawn = [row for row in all_rows(spec) if "views" in row]
    assert [row["seen"] for row in drawn] == ["5\u202f000 pages lues", "100 pages lues"]
    assert spec["layer"][0]["encoding"]["x"]["scale"]["type"] == "log"


def test_what_fails_lies_over_the_other_dots_and_the_small_over_the_large() -> None:
    frame = library((20, 80), (7, 3), (900, 100), (3, 9), (80, 20)).assign(views=1000)
    spec = charts.scatter(frame).to_dict()
    drawn = [row for row in all_rows(spec) if "views" in row]
    assert [row["votes"] for row in drawn] == [1000, 100, 10, 100, 12]
    assert [row["verdict"] for row in drawn[3:]] == [VERDICTS[Verdict.BELOW]] * 2


def test_dots_are_smaller_on_a_narrow_screen_and_in_a_crowd() -> None:
    few = charts.scatter(library(*[(7, 3)] * 20).assign(views=100)).to_dict()
    many = charts.scatter(library(*[(7, 3)] * 900).assign(views=100)).to_dict()
    sizes = [spec["layer"][0]["encoding"]["size"]["scale"]["range"] for spec in (few, many)]
    assert all("width" in each["expr"] for each in sizes[0])
    assert [each["expr"].split(" ")[0] for each in sizes[0]] == ["1.00", "1.00"]
    assert [each["expr"].split(" ")[0] for each in sizes[1]] == ["0.40", "0.40"]


@pytest.mark.parametrize(("a_week", "drawn"), [(9, False), (10, True)])
def test_a_small_line_needs_thirty_votes(a_week: int, drawn: bool) -> None:
    votes = days(("2026-03-02", a_week, 0), ("2026-03-09", a_week, 0), ("2026-03-16", 0, a_week))
    found = charts.sparklines(votes.assign(article_id=4), {4: 21})
    assert (4 in found) is drawn
    if drawn:
        assert found[4] == [1.0, 1.0, 0.0]


def test_a_measure_is_named_by_its_versions() -> None:
    named = {"opened_at": AT, "first_version": 2}
    day = "du 1er mars 2026"
    assert charts.measure_name({**named, "last_version": 2}) == f"Version 2, {day}"
    assert charts.measure_name({**named, "last_version": 3}) == f"Versions 2 et 3, {day}"
    assert charts.measure_name({**named, "last_version": 5}) == f"Versions 2 à 5, {day}"
