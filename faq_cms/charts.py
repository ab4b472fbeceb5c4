"""Frames to charts: one function a chart, nothing computed that `helpfulness` has not said.

Axes, tooltips and labels speak French; a verdict is told by words and shape, not by colour alone;
under `MINIMUM_EVIDENCE` votes a figure is grey and has no rank.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd

from faq_cms import french, helpfulness
from faq_cms.french import EFFECTS, VERDICTS
from faq_cms.helpfulness import (
    MINIMUM_EVIDENCE,
    Bucket,
    Change,
    Counts,
    Effect,
    Interval,
    Pooled,
    Verdict,
)

# Told apart on both backgrounds, by readers who do not see red or green, and by shape.
COLOURS: Final[Mapping[Verdict, str]] = {
    Verdict.BELOW: "#c8553d",
    Verdict.UNDECIDED: "#6f7fb0",
    Verdict.MET: "#0f8f8a",
    Verdict.TOO_FEW: "#8a94a0",
}
SHAPES: Final[Mapping[Verdict, str]] = {
    Verdict.BELOW: "triangle-down",
    Verdict.UNDECIDED: "diamond",
    Verdict.MET: "circle",
    Verdict.TOO_FEW: "square",
}
EFFECT_COLOURS: Final[Mapping[Effect, str]] = {
    Effect.MORE_HELPFUL: "#0f8f8a",
    Effect.LESS_HELPFUL: "#c8553d",
    Effect.NOT_YET: "#8a94a0",
}
EFFECT_SHAPES: Final[Mapping[Effect, str]] = {
    Effect.MORE_HELPFUL: "triangle-up",
    Effect.LESS_HELPFUL: "triangle-down",
    Effect.NOT_YET: "square",
}
SCATTERED: Final = 10  # articles that can be judged; fewer points are read better in the table
_ANSWERS: Final = {
    "Oui": "#0f8f8a",
    "Non sur le texte": "#c8553d",
    "Non hors texte": "#8a94a0",
}
_FILLED: Final = (1.0, 1.0, 0.15)  # the Non hors texte are hollow: told apart without their colour
_LINE: Final = "#8a94a0"
_INK: Final = {False: "#0a1018", True: "#eef2f6"}  # words, on a light and on a dark background
_PAPER: Final = {False: "#ffffff", True: "#12171d"}  # the background itself
_SOFT: Final = {False: "#4d5866", True: "#c3ccd6"}  # what names the axes: 4.5:1 at least on both
_LIKELY: Final[Mapping[str, Any]] = {
    "height": 9,
    "cornerRadius": 5,
    "fillOpacity": 0.3,
    "strokeWidth": 1,
}  # an interval
_ROW: Final = 62  # pixels: two lines of words, then the interval
_NEAR: Final = 0.1  # of the time between the first version and the last: their names would meet
_LINE_OF_WORDS: Final = 13  # pixels
_NARROW, _STEP = 0.2, 0.05  # of the scale of shares
_FEW_WEEKS: Final = 100  # days on an axis up to which Mondays are named; then months are
_LONG: Final = 300  # days on an axis from which a month without its year is ambiguous
_DOWN: Final = 15  # where the interval lies, under the middle of its row
_LABEL: Final = 90  # characters of a question; the whole is in the tooltip
_PERIODS: Final = {Bucket.DAY: "D", Bucket.WEEK: "W-SUN", Bucket.MONTH: "M"}


def counts_of(row: Any) -> Counts:
    """The counts of one row of a frame of `analytics`."""
    return Counts(int(row.helpful), int(row.unhelpful), int(row.off_text))


def worst_first(frame: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """The articles of `analytics.usefulness` in the order of a ranking; only the first `most`.

    Ranked ones from the least useful; then, unranked, those with too few votes to be; then those
    without any vote.
    """
    votes = frame["votes"].to_numpy()
    # A share is 1 at most: those without a rank stand after it, as they are.
    unranked = np.where(votes > 0, 2.0, 3.0)
    place = np.where(votes >= MINIMUM_EVIDENCE, frame["ratio"], unranked)
    first = np.arange(len(frame))
    if most is not None and 0 < most < len(frame):  # the rest need not be put in order
        first = np.flatnonzero(place <= np.partition(place, most - 1)[most - 1])
    order = np.lexsort((-votes[first], place[first]))  # the last key first; stable
    return frame.iloc[first[order[:most]]].reset_index(drop=True)


def ranking(frame: pd.DataFrame, *, is_dark: bool = False) -> alt.LayerChart:
    """*Utilité* of each article: its share, what remains plausible, its objective.

    `frame` as `worst_first` gives it. One row an article, in that order, without a vote included.
    """
    return _intervals(_ranked(frame), is_dark=is_dark)


def by_measure(measures: pd.DataFrame, *, is_dark: bool = False) -> alt.LayerChart:
    """*Utilité* of each measuring period of one article, the running one on top.

    `measures` as `analytics.by_measure`.
    """
    return _intervals(_measured(measures), is_dark=is_dark)


def over_time(
    days: pd.DataFrame,
    versions: pd.DataFrame | None,
    grain: Bucket,
    objective: float | None = None,
    *,
    is_dark: bool = False,
) -> alt.LayerChart:
    """*Utilité* by day, week or month, with its band; when versions came; the objective.

    `days` as `analytics.by_day`, `versions` as `analytics.by_version`, None for a whole library.
    Every period is drawn. A point stands in the middle of its stretch of time; one of less than
    MINIMUM_EVIDENCE votes is grey and square, a stretch without votes breaks the line.
    """
    data = _line(days, grain)
    shares = _closest(data, objective)
    x = _dates(data, grain, "middle:T", versions)

    def drawn(y: str = "ratio:Q", only: str | None = None) -> alt.Chart:
        axis = alt.Axis(format=".0%", tickCount=5)
        up = alt.Y(y, scale=shares, title="Part de Oui", axis=axis)
        chart = alt.Chart().encode(x=x, y=up)
        return chart if only is None else chart.transform_filter(f"datum.{only}")

    colour = COLOURS[Verdict.MET]
    layers: list[alt.Chart] = [
        drawn("proven_low:Q")
        .mark_area(opacity=0.2, color=colour, aria=False)
        .encode(y2=alt.Y2("proven_high:Q")),
        drawn().mark_line(strokeWidth=1, color=_LINE, aria=False),
        drawn("proven:Q").mark_line(color=colour, aria=False),
    ]
    for only, tint in (("is_alone", colour), ("is_few", _LINE)):
        if data[only].any():  # no band reaches them: each shows by itself what remains plausible
            layers.append(
                drawn("low:Q", only)
                .mark_rule(strokeWidth=6, opacity=0.3, color=tint, aria=False)
                .encode(y2=alt.Y2("high:Q"))
            )
    if objective is not None:
        goal = pd.DataFrame({"goal": [objective]})
        rule = alt.Chart(goal).mark_rule(color=_LINE, strokeWidth=1.5, aria=False)
        layers.append(rule.encode(y=alt.Y("goal:Q", scale=shares)))
    if versions is not None:
        layers += _markers(versions, is_dark=is_dark)
    for only, name in (("is_proven", Verdict.MET), ("is_few", Verdict.TOO_FEW)):
        if data[only].any():
            layers.append(
                drawn(only=only)
                .mark_point(
                    filled=True, opacity=1, size=50, color=COLOURS[name], shape=SHAPES[name]
                )
                .encode(
                    tooltip=[alt.Tooltip("said:N", title="Votes")],
                    description=alt.Description("said:N"),
                )
            )
    return _french(alt.LayerChart(data=data, layer=layers, height=220), is_dark=is_dark)


def votes_over_time(days: pd.DataFrame, grain: Bucket, *, is_dark: bool = False) -> alt.LayerChart:
    """How many votes came by day, week or month: Oui above the line, Non under it.

    `days` as `analytics.by_day`.
    """
    data = _answers(days, grain)
    names = list(_ANSWERS)
    hollow = names[-1]
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=alt.ExprRef("width < 340 ? 1 : 3"),
        aria=False,
        labelExpr=f"datum.label + (datum.label === '{hollow}' ? ' (en contour)' : '')",
    )
    outlines = ["transparent", "transparent", _ANSWERS[hollow]]
    colours = alt.Scale(domain=names, range=list(_ANSWERS.values()))
    filled = alt.Scale(type="ordinal", domain=names, range=list(_FILLED))
    bars = (
        alt.Chart(data)
        .mark_rect(strokeWidth=1.5)
        .encode(
            x=_dates(data, grain, "start:T"),
            x2=alt.X2("end:T"),
            y=alt.Y(
                "begin:Q",
                title="Non · Oui",
                axis=alt.Axis(
                    labelExpr="format(abs(datum.value), ',')",
                    tickCount=4,
                    tickMinStep=1,
                    aria=False,
                ),
            ),
            y2=alt.Y2("reach:Q"),
            fill=alt.Fill("answer:N", sort=names, scale=colours, legend=legend),
            stroke=alt.Stroke(
                "answer:N", sort=names, scale=alt.Scale(domain=names, range=outlines), legend=None
            ),
            fillOpacity=alt.FillOpacity("answer:N", sort=names, scale=filled, legend=None),
            tooltip=[alt.Tooltip("said:N", title="Votes")],
            description=alt.Description("told:N"),
        )
    )
    zero = (
        alt.Chart(pd.DataFrame({"zero": [0]}))
        .mark_rule(color=_LINE, aria=False)
        .encode(y=alt.Y("zero:Q"))
    )
    return _french(alt.LayerChart(layer=[bars, zero], height=250), is_dark=is_dark)


def effects(
    frame: pd.DataFrame, together: Pooled | None = None, *, is_dark: bool = False
) -> alt.LayerChart:
    """What corrections changed, each with what remains plausible; all of them together on top.

    `frame` as `analytics.effects`; those without MINIMUM_EVIDENCE on both sides are left out:
    `measurable` says which.
    """
    data = _compared(frame[measurable(frame)], together)
    names = [EFFECTS[effect] for effect in EFFECT_COLOURS]
    legend = _legend()
    colour = alt.Color(
        "effect:N",
        scale=alt.Scale(domain=names, range=list(EFFECT_COLOURS.values())),
        legend=legend,
    )
    shape = alt.Shape(
        "effect:N",
        scale=alt.Scale(domain=names, range=list(EFFECT_SHAPES.values())),
        legend=legend,
    )
    reach = max(0.1, float(data[["low", "high"]].abs().max().max()))
    points = alt.Scale(domain=[-reach, reach], nice=True)
    base = alt.Chart(data).encode(
        y=_rows(data, is_dark=is_dark),
        tooltip=[
            alt.Tooltip("question:N", title="Question"),
            alt.Tooltip("moved:N", title="Écart"),
            alt.Tooltip("effect:N", title="Effet"),
            alt.Tooltip("before:N", title="Avant"),
            alt.Tooltip("after:N", title="Depuis"),
        ],
    )
    interval = base.mark_bar(yOffset=_DOWN, aria=False, **_LIKELY).encode(
        x=alt.X("low:Q", scale=points), x2=alt.X2("high:Q"), color=colour, stroke=_outline(colour)
    )
    difference = base.mark_point(filled=True, opacity=1, size=130, yOffset=_DOWN).encode(
        x=alt.X(
            "difference:Q",
            scale=points,
            title="Points de Oui gagnés ou perdus",
            axis=alt.Axis(
                labelExpr="datum.value ? format(100 * datum.value, '+d') : '0'",
                tickCount=5,
                grid=False,
                titleAnchor="start",
                aria=False,
            ),
        ),
        color=colour,
        shape=shape,
        description=alt.Description("told:N"),
    )
    zero = base.mark_tick(
        thickness=2, height=22, yOffset=_DOWN, color=_LINE, orient="vertical", aria=False
    ).encode(x=alt.datum(0, scale=points))
    layers = [interval, zero, difference]
    return _french(alt.LayerChart(layer=layers, height=alt.Step(_ROW)), is_dark=is_dark)


def measurable(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows of `analytics.effects` have enough votes on both sides to be drawn."""
    after = frame["helpful"] + frame["unhelpful"] - frame["off_text"]
    before = frame["before_helpful"] + frame["before_unhelpful"] - frame["before_off_text"]
    return (after >= MINIMUM_EVIDENCE) & (before >= MINIMUM_EVIDENCE)


def scatter(frame: pd.DataFrame, *, is_dark: bool = False) -> alt.LayerChart:
    """How much each article is read and how useful it is: what is read and fails is down right.

    `frame` as `analytics.usefulness` with the column views; `scattered` says which rows are drawn.
    """
    drawn = scattered(frame)
    unused = ["label", "low", "high", "objective"]  # thousands of them would only be sent
    data = (
        _ranked(drawn)
        .drop(columns=unused)
        .assign(
            views=drawn["views"].to_numpy(),
            seen=[french.count(int(each), "page lue", "pages lues") for each in drawn["views"]],
        )
    )
    data["told"] = data["told"] + " " + data["seen"] + "."
    # The small over the large, and what is proven to fail over all: nothing of it is hidden.
    data = data.sort_values("votes", ascending=False).sort_values(
        "verdict", key=lambda names: names == VERDICTS[Verdict.BELOW], kind="stable"
    )
    # A few articles are read a thousand times more than the others: equal ratios, equal lengths.
    spread = data["views"].max() > 30 * data["views"].min()
    scale = alt.Scale(type="log", nice=True) if spread else alt.Scale(zero=False, nice=True)
    verdict = _verdict_scales()
    points = (
        alt.Chart(data)
        .mark_point(filled=True, opacity=0.85, stroke=_PAPER[is_dark], strokeWidth=0.7)
        .encode(
            x=alt.X(
                "views:Q",
                scale=scale,
                title="Pages lues",
                axis=alt.Axis(
                    format=",d",
                    labelOverlap="greedy",
                    labelSeparation=8,
                    titleAnchor="start",
                    **({"values": _round(data["views"])} if spread else {"tickCount": 6}),
                ),
            ),
            y=alt.Y(
                "ratio:Q",
                scale=alt.Scale(domain=[0, 1]),
                title="Part de Oui",
                axis=alt.Axis(format=".0%", tickCount=5),
            ),
            size=alt.Size(
                "votes:Q",
                scale=alt.Scale(type="sqrt", range=_dots(len(data)), domainMin=0),
                legend=None,
            ),
            tooltip=[alt.Tooltip("seen:N", title="Lecture"), *_tooltip(data)],
            description=alt.Description("told:N"),
            **verdict,
        )
    )
    corner = (
        alt.Chart(pd.DataFrame({"said": ["beaucoup lus, peu utiles"]}))
        .mark_text(align="right", baseline="bottom", fontStyle="italic", dx=-4, dy=-4, aria=False)
        .encode(
            x=alt.value(alt.ExprRef("width")),
            y=alt.value(alt.ExprRef("height")),
            text=alt.Text("said:N"),
            color=alt.value(_INK[is_dark]),
        )
    )
    return _french(alt.LayerChart(layer=[points, corner], height=400), is_dark=is_dark)


def _dots(articles: int) -> list[alt.ExprRef]:
    """The smallest and the largest area of a dot: less where they crowd, by number or by width."""
    share = max(0.4, min(1, math.sqrt(100 / articles)))
    return [
        alt.ExprRef(f"{share:.2f} * clamp(width / 12, 25, 50)"),
        alt.ExprRef(f"{share:.2f} * clamp(width / 2, 150, 400)"),
    ]


def scattered(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a scatter: articles that were read, with enough votes for their place to mean it."""
    return frame[(frame["views"] > 0) & (frame["votes"] >= MINIMUM_EVIDENCE)]


def sparklines(days: pd.DataFrame, lived: Mapping[int, float]) -> dict[int, list[float]]:
    """The *utilité* of each article over time, as the shares of a small line; none where it is noise.

    `days` as `analytics.by_article_and_day`; `lived`: article_id → days over which votes came.
    """
    answers = ["helpful", "unhelpful"]
    votes = days.groupby("article_id")[answers].sum().sum(axis=1)
    grains = {
        article_id: helpfulness.bucket(n, lived[article_id], Bucket.WEEK)
        for article_id, n in zip(votes.index.tolist(), votes.tolist(), strict=True)
        if n >= french.FULL_DISPLAY
    }
    found: dict[int, list[float]] = {}
    for grain in {each for each in grains.values() if each is not None}:
        drawn = days[days["article_id"].isin([key for key in grains if grains[key] is grain])]
        sums = drawn.groupby(["article_id", _buckets(drawn, grain)])[answers].sum()
        sums = sums[sums.sum(axis=1) > 0]
        ratios = sums["helpful"] / sums.sum(axis=1)
        lines = ratios.groupby(level="article_id").agg(list)
        found |= dict(zip(lines.index.tolist(), lines, strict=True))
    return found


def shares(days: pd.DataFrame, grain: Bucket) -> list[float]:
    """The *utilité* of each bucket with votes, in [0, 1], the first one first: a small line."""
    return list(_summed(days, grain)["ratio"])


def table_over_time(days: pd.DataFrame, grain: Bucket) -> pd.DataFrame:
    """What `over_time` draws, in words: one row a day, week or month, the last one first."""
    data = _bucketed(days, grain)
    return pd.DataFrame(
        {"Période": data["name"], "Utilité": data["figure"], "Détail": data["split"]}
    ).iloc[::-1]


def told_over_time(days: pd.DataFrame, grain: Bucket) -> str:
    """`over_time` for who does not see it: where the line begins and ends, how low and high it went.

    Only buckets of MINIMUM_EVIDENCE votes are said to be the lowest or the highest.
    """
    data = _told(_summed(days, grain), grain)
    said = [f"{each[0].lower()}{each[1:]}" for each in data["said"]]
    told = f"Part de Oui {french.label(grain).lower()}. D’abord, {said[0]}. En dernier, {said[-1]}."
    proven = (data["helpful"] + data["unhelpful"]).to_numpy() >= MINIMUM_EVIDENCE
    if proven.sum() < 2:
        return told
    low = said[int(np.where(proven, data["ratio"], 2).argmin())]
    high = said[int(np.where(proven, data["ratio"], -1).argmax())]
    return f"{told} Au plus bas, {low}. Au plus haut, {high}."


def _intervals(data: pd.DataFrame, *, is_dark: bool) -> alt.LayerChart:
    """One row a label: the share as a dot of the size of its votes, its interval, its objective."""
    verdict = _verdict_scales()
    rows = _rows(data, is_dark=is_dark)
    base = alt.Chart().encode(y=rows, tooltip=_tooltip(data))
    shares = alt.X(
        "ratio:Q",
        scale=alt.Scale(domain=[0, 1]),
        title="Part de Oui",
        axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1], titleAnchor="start"),
    )
    interval = base.mark_bar(yOffset=_DOWN, aria=False, **_LIKELY).encode(
        x=alt.X("low:Q", scale=alt.Scale(domain=[0, 1])),
        x2=alt.X2("high:Q"),
        color=verdict["color"],
        stroke=_outline(verdict["color"]),
    )
    objective = base.mark_tick(
        thickness=2, height=22, yOffset=_DOWN, color=_LINE, orient="vertical", aria=False
    ).encode(x=alt.X("objective:Q"))
    share = base.mark_point(filled=True, opacity=1, yOffset=_DOWN).encode(
        x=shares,
        size=alt.Size(
            "votes:Q", scale=alt.Scale(type="sqrt", range=[60, 320], domainMin=0), legend=None
        ),
        description=alt.Description("told:N"),
        **verdict,
    )
    # The rows once, not a layer: Altair reads those of each again, and writes them out to compare.
    chart = alt.LayerChart(data=data, layer=[interval, objective, share], height=alt.Step(_ROW))
    return _french(chart, is_dark=is_dark)


def _outline(colour: alt.Color) -> alt.Stroke:
    """The same colours around what is filled lightly: its ends are seen on both backgrounds."""
    return alt.Stroke(colour["shorthand"], scale=colour["scale"], legend=None)


def _round(values: "pd.Series[int]") -> list[int]:
    """1, 2 and 5 times the powers of ten, around these numbers: every line would be a grey wall."""
    powers = range(int(math.log10(values.min())), int(math.log10(values.max())) + 2)
    return [step * 10**power for power in powers for step in (1, 2, 5)]


def told_effects(frame: pd.DataFrame) -> str:
    """`effects` for who does not see it: each correction and what it changed, in a sentence."""
    return " ".join(_one_compared(row)["told"] for row in frame.to_dict("records"))


def _markers(versions: pd.DataFrame, *, is_dark: bool) -> list[alt.Chart]:
    """A dashed line at each version, with its number."""
    at = _local(versions)
    published = pd.DataFrame(
        {
            "at": at,
            "down": _apart(at),
            "name": [f"v{number}" for number in versions["version"]],
            "when": [
                f"Version {number}, publiée le {french.date(at)}"
                for number, at in zip(versions["version"], versions["published_at"], strict=True)
            ],
        }
    )
    marks = alt.Chart(published).encode(
        x=alt.X("at:T"), tooltip=[alt.Tooltip("when:N", title="Texte")]
    )
    return [
        marks.mark_rule(color=_LINE, strokeDash=[4, 3], aria=False),
        marks.mark_text(color=_SOFT[is_dark], align="left", dx=4, baseline="top").encode(
            y=alt.Y("down:Q", scale=None),
            text=alt.Text("name:N"),
            description=alt.Description("when:N"),
        ),
    ]


def _apart(moments: "pd.Series[pd.Timestamp]") -> list[int]:
    """How far under the top each version is named, in pixels: close ones one under another."""
    near, downs = (moments.max() - moments.min()) * _NEAR, list[int]()
    for before, at in zip([None, *moments], moments, strict=False):
        is_near = before is not None and at - before < near
        downs.append((downs[-1] + _LINE_OF_WORDS) % (5 * _LINE_OF_WORDS) if is_near else 0)
    return downs


def _closest(data: pd.DataFrame, objective: float | None) -> alt.Scale:
    """The whole scale; or, when the bands would be thinner than the line, the part they lie in."""
    goal = [] if objective is None else [objective]
    low, high = min([*data["low"].dropna(), *goal]), max([*data["high"].dropna(), *goal])
    if high - low > _NARROW:
        return alt.Scale(domain=[0, 1])
    steps = math.floor(low / _STEP - 0.5), math.ceil(high / _STEP + 0.5)
    return alt.Scale(domain=[max(0, steps[0] * _STEP), min(1, steps[1] * _STEP)], zero=False)


def notes(days: pd.DataFrame, grain: Bucket, objective: float | None = None) -> str:
    """What `over_time` draws otherwise than usual, in sentences; nothing when nothing is."""
    data = _summed(days, grain)
    said = []
    if (data["helpful"] + data["unhelpful"] < MINIMUM_EVIDENCE).any():
        said.append(f"Carré gris\u00a0: moins de {MINIMUM_EVIDENCE} votes.")
    if list(_closest(data, objective).domain) != [0, 1]:
        said.append("L’échelle ne commence pas à 0.")
    return " ".join(said)


def _dates(
    data: pd.DataFrame, grain: Bucket, field: str, versions: pd.DataFrame | None = None
) -> alt.X:
    """The axis of time. A month is named under its middle; a week by the Monday it begins on."""
    at, until = ("start", "end") if field == "start:T" else ("middle", "middle")
    moments = [data[at].min(), data[until].max(), *(() if versions is None else _local(versions))]
    first, last = min(moments), max(moments)
    span = (last - first).days
    month = "timeFormat(datum.value, '%b')"
    day = f"(date(datum.value) === 1 ? '1er' : date(datum.value)) + ' ' + {month}"
    if span > _LONG:
        said = "timeFormat(datum.value, '%b %Y')"
    else:
        said = month if grain is Bucket.MONTH else day
    ticks: dict[str, Any] = {"tickCount": 6}
    if grain is Bucket.MONTH:
        months = pd.period_range(first, last, freq=_PERIODS[grain])
        # Named where it is on the axis, though its middle may lie beyond.
        middles = _middle(months, months[0].start_time, months[-1].end_time)
        ticks = {
            "values": [_moment(each) for each in middles.to_series().clip(first, last)],
            "ticks": False,
        }
    elif grain is Bucket.WEEK and span <= _FEW_WEEKS:
        weeks = pd.period_range(first, last, freq=_PERIODS[grain])
        ticks = {"values": [_moment(each) for each in weeks.start_time]}
    return alt.X(
        field,
        title=None,
        axis=alt.Axis(labelExpr=said, labelOverlap=True, grid=False, aria=False, **ticks),
    )


def _moment(at: pd.Timestamp) -> alt.DateTime:
    return alt.DateTime(year=at.year, month=at.month, date=at.day, hours=at.hour)


def _local(versions: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    """When versions came, on the clock of Paris, without the zone charts do not know."""
    at = pd.to_datetime(versions["published_at"], utc=True)
    return at.dt.tz_convert(french.PARIS).dt.tz_localize(None)


def _rows(data: pd.DataFrame, *, is_dark: bool) -> alt.Y:
    """One row a label, in the order given; the label stands over its own interval."""
    return alt.Y(
        "label:N",
        sort=None,
        title=None,
        scale=alt.Scale(domain=list(data["label"])),
        axis=alt.Axis(
            # Long questions need the whole width.
            labelAlign="left",
            labelBaseline="bottom",
            labelPadding=0,
            labelOffset=-14,
            labelColor=_INK[is_dark],
            labelLimit=alt.ExprRef("width"),
            labelExpr="slice(split(datum.label, '\\n'), 1)",
            labelLineHeight=18,
            labelFontSize=13,
            ticks=False,
            domain=False,
            grid=False,
            aria=False,
        ),
    )


def _compared(frame: pd.DataFrame, together: Pooled | None) -> pd.DataFrame:
    rows = [_one_compared(row) for row in frame.to_dict("records")]
    if together is not None:
        moved = french.points(together.change)
        said = f"{french.count(together.corrections, 'correction')}\u00a0: {moved}"
        whole = {
            "label": f"0\nToutes ensemble\n{said}",
            **_moved("Toutes les corrections ensemble", together.change, together.change.effect),
        }
        rows.insert(0, whole)
    return pd.DataFrame(rows)


def _one_compared(row: Mapping[Any, Any]) -> dict[str, Any]:
    effect = Effect(row["effect"])
    change = Change(row["difference"], Interval(row["low"], row["high"]))
    said = f"{EFFECTS[effect]}\u00a0: {french.points(change)}"
    before, after = (
        Counts(*(int(row[f"{prefix}{name}"]) for name in ("helpful", "unhelpful", "off_text")))
        for prefix in ("before_", "")
    )
    return {
        "label": f"{row['correction_id']}\n{_short(str(row['question']))}\n{said}",
        "before": french.split(before),
        "after": french.split(after),
        **_moved(str(row["question"]), change, effect),
    }


def _moved(question: str, change: Change, effect: Effect) -> dict[str, Any]:
    return {
        "question": question,
        "told": f"{question} {EFFECTS[effect]}, {french.points(change)}.",
        "difference": change.difference,
        "low": change.interval.low,
        "high": change.interval.high,
        "moved": french.points(change),
        "effect": EFFECTS[effect],
    }


def _answers(days: pd.DataFrame, grain: Bucket) -> pd.DataFrame:
    """One row an answer and bucket: Oui upwards; Non downwards, those hors texte the lowest."""
    data = _bucketed(days, grain)
    about_text = data["unhelpful"] - data["off_text"]
    none = 0 * about_text
    ends = {
        "Oui": (none, data["helpful"]),
        "Non sur le texte": (none, -about_text),
        "Non hors texte": (-about_text, -data["unhelpful"]),
    }
    shared = data[["start", "end", "name", "said"]]
    rows = [
        shared.assign(
            answer=name,
            begin=begin,
            reach=reach,
            told=[
                f"{when}\u00a0: {french.number(n)} {name}"
                for when, n in zip(data["name"], (reach - begin).abs(), strict=True)
            ],
        )
        for name, (begin, reach) in ends.items()
    ]
    drawn = pd.concat(rows, ignore_index=True)
    return drawn[drawn["begin"] != drawn["reach"]]


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    drawn = _figures(frame)
    return drawn.assign(
        # An article has one row even if two ask the same question: its number leads the label.
        label=[
            f"{article_id}\n{_short(str(question))}\n{said}"
            for article_id, question, said in zip(
                frame["article_id"], frame["question"], drawn["figure"], strict=True
            )
        ],
        question=frame["question"].to_numpy(),
        told=_spoken(frame["question"], drawn),
        version=[
            f"{number}, publiée le {french.date(at)}"
            for number, at in zip(frame["version"], frame["published_at"], strict=True)
        ],
    )


def _measured(measures: pd.DataFrame) -> pd.DataFrame:
    drawn = _figures(measures)
    return drawn.assign(
        label=[
            f"{row['period_id']}\n{measure_name(row)}\n{said}"
            for row, said in zip(measures.to_dict("records"), drawn["figure"], strict=True)
        ],
        told=_spoken(map(measure_name, measures.to_dict("records")), drawn),
    )


def _spoken(names: Iterable[str], drawn: pd.DataFrame) -> list[str]:
    """Each row for who does not see its dot: what it is about, its figure, its verdict."""
    return [
        f"{name}\u00a0: {figure}. {verdict}, objectif\u00a0: {goal}."
        for name, figure, verdict, goal in zip(
            names, drawn["figure"], drawn["verdict"], drawn["goal"], strict=True
        )
    ]


def measure_name(measure: Mapping[Any, Any]) -> str:
    """The texts of a measuring period: « Version 3, du 2 mars 2026 », « Versions 1 et 2, du … »."""
    first, last = measure["first_version"], measure["last_version"]
    link = "et" if last == first + 1 else "à"
    named = f"Version {first}" if first == last else f"Versions {first} {link} {last}"
    return f"{named}, du {french.date(measure['opened_at'])}"


def _figures(frame: pd.DataFrame) -> pd.DataFrame:
    """What every row of a `measured` frame shows, whatever the row is about."""
    counts = [counts_of(row) for row in frame.itertuples()]
    figures = [french.usefulness(each) for each in counts]
    verdicts = [VERDICTS[Verdict(code)] for code in frame["verdict"]]
    return pd.DataFrame(
        {
            "ratio": frame["ratio"].to_numpy(),
            "low": frame["low"].to_numpy(),
            "high": frame["high"].to_numpy(),
            "objective": frame["objective"].where(frame["votes"] > 0).to_numpy(),
            "votes": frame["votes"].to_numpy(),
            "verdict": [
                name if figure.colour else VERDICTS[Verdict.TOO_FEW]
                for name, figure in zip(verdicts, figures, strict=True)
            ],
            "figure": [f"{each.dots} {each.text}".strip() for each in figures],
            "split": [french.split(each) for each in counts],
            "goal": [french.percent(share) for share in frame["objective"]],
        }
    )


def _bucketed(days: pd.DataFrame, grain: Bucket) -> pd.DataFrame:
    """`_summed`, with what a reader is told of each bucket: name, figure, split, said."""
    return _told(_summed(days, grain), grain)


def _summed(days: pd.DataFrame, grain: Bucket) -> pd.DataFrame:
    """One row a bucket with votes. A week begins on Monday; the last bucket may not be over."""
    summed = days[["helpful", "unhelpful", "off_text"]].groupby(_buckets(days, grain)).sum()
    votes = summed["helpful"] + summed["unhelpful"]
    summed, votes = summed[votes > 0], votes[votes > 0]
    low, high = helpfulness.wilson_bounds(summed["helpful"], votes)
    periods = pd.PeriodIndex(summed.index)
    voted = pd.to_datetime(days["day"])[days["helpful"] + days["unhelpful"] > 0]
    ends = voted.min(), voted.max() + pd.Timedelta(days=1)
    return pd.DataFrame(
        {
            "start": periods.start_time,
            "middle": _middle(periods, *ends),
            "end": periods.end_time.floor("D") + pd.Timedelta(hours=20),
            "ratio": (summed["helpful"] / votes).to_numpy(),
            "low": low,
            "high": high,
            "helpful": summed["helpful"].to_numpy(),
            "unhelpful": summed["unhelpful"].to_numpy(),
            "off_text": summed["off_text"].to_numpy(),
        }
    )


def _middle(periods: pd.PeriodIndex, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Halfway through each of these periods, of which the first and the last may be cut short."""
    start = periods.start_time.where(periods.start_time > first, first)
    end = periods.end_time.ceil("h")
    end = end.where(end < last, last)
    return start + (end - start) / 2


def _line(days: pd.DataFrame, grain: Bucket) -> pd.DataFrame:
    """`_bucketed`, with a row of unknowns for each stretch without votes between the others.

    Adds is_few (votes, but under MINIMUM_EVIDENCE), is_proven (votes enough), proven, proven_low and
    proven_high (ratio, low and high where it is so), is_alone (so between stretches that are not).
    """
    data = _bucketed(days, grain)
    known = data.set_index(data["start"].dt.to_period(_PERIODS[grain]))
    every = pd.period_range(known.index.min(), known.index.max(), freq=_PERIODS[grain])
    line = known.reindex(every)
    line["start"] = every.start_time
    line["middle"] = line["middle"].fillna(
        _middle(every, every[0].start_time, every[-1].end_time).to_series(every)
    )
    votes = line["helpful"] + line["unhelpful"]
    is_proven = votes >= MINIMUM_EVIDENCE
    line["is_few"], line["is_proven"] = votes < MINIMUM_EVIDENCE, is_proven
    for name, source in (("proven", "ratio"), ("proven_low", "low"), ("proven_high", "high")):
        line[name] = line[source].where(is_proven)
    beside = is_proven.shift(1, fill_value=False) | is_proven.shift(-1, fill_value=False)
    line["is_alone"] = is_proven & ~beside
    return line.reset_index(drop=True)


def _buckets(days: pd.DataFrame, grain: Bucket) -> pd.Series:
    return pd.to_datetime(days["day"]).dt.to_period(_PERIODS[grain])


def _told(data: pd.DataFrame, grain: Bucket) -> pd.DataFrame:
    names = [_bucket_name(start, grain) for start in data["start"]]
    counts = [counts_of(row) for row in data.itertuples()]
    return data.assign(
        name=names,
        figure=[french.usefulness(each).text for each in counts],
        split=[french.split(each) for each in counts],
        said=[french.summary(name, each) for name, each in zip(names, counts, strict=True)],
    )


def _bucket_name(start: pd.Timestamp, grain: Bucket) -> str:
    if grain is Bucket.MONTH:
        return french.month(start.date()).capitalize()
    day = french.date(start.date())
    return f"Semaine du {day}" if grain is Bucket.WEEK else f"Le {day}"


def _short(question: str) -> str:
    return question if len(question) <= _LABEL else question[: _LABEL - 1].rstrip() + "…"


def _legend() -> alt.Legend:
    """Names beside their symbols; each dot says its own to who does not see it."""
    return alt.Legend(
        title=None,
        orient="top",
        symbolSize=110,
        symbolOpacity=1,
        symbolStrokeWidth=1,
        columns=alt.ExprRef("width < 560 ? 2 : 4"),  # more would be cut on a telephone
        aria=False,
    )


def _verdict_scales() -> dict[str, Any]:
    names = [VERDICTS[verdict] for verdict in COLOURS]
    legend = _legend()
    return {
        "color": alt.Color(
            "verdict:N", scale=alt.Scale(domain=names, range=list(COLOURS.values())), legend=legend
        ),
        "shape": alt.Shape(
            "verdict:N", scale=alt.Scale(domain=names, range=list(SHAPES.values())), legend=legend
        ),
    }


def _tooltip(data: pd.DataFrame) -> list[alt.Tooltip]:
    columns = {
        "question": "Question",
        "figure": "Utilité",
        "split": "Votes",
        "goal": "Objectif",
        "verdict": "Constat",
        "version": "Version",
    }
    return [
        alt.Tooltip(f"{name}:N", title=title) for name, title in columns.items() if name in data
    ]


def _french(chart: alt.LayerChart, *, is_dark: bool) -> alt.LayerChart:
    soft = _SOFT[is_dark]
    chart["config"] = {
        "axis": {"labelColor": soft, "titleColor": soft},
        "legend": {"labelColor": soft},
        "locale": {"number": dict(french.VEGA_NUMBER), "time": dict(french.VEGA_TIME)},
        "view": {"stroke": None},
    }
    return chart
