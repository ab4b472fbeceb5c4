"""Frames to charts: one function a chart, nothing computed that `helpfulness` has not said.

Axes, tooltips and labels speak French; a verdict is told by words and shape, not by colour alone;
under `MINIMUM_EVIDENCE` votes a figure is grey and has no rank.
"""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt
import pandas as pd

from faq_cms import french, helpfulness
from faq_cms.french import VERDICTS
from faq_cms.helpfulness import MINIMUM_EVIDENCE, Bucket, Counts, Verdict

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
_LINE: Final = "#8a94a0"
_INK: Final = {False: "#0a1018", True: "#eef2f6"}  # words, on a light and on a dark background
_ROW: Final = 62  # pixels: two lines of words, then the interval
_DOWN: Final = 15  # where the interval lies, under the middle of its row
_LABEL: Final = 90  # characters of a question; the whole is in the tooltip
_PERIODS: Final = {Bucket.DAY: "D", Bucket.WEEK: "W-SUN", Bucket.MONTH: "M"}


def counts_of(row: Any) -> Counts:
    """The counts of one row of a frame of `analytics`."""
    return Counts(int(row.helpful), int(row.unhelpful), int(row.off_text))


def worst_first(frame: pd.DataFrame) -> pd.DataFrame:
    """The articles of `analytics.usefulness` in the order of a ranking.

    Ranked ones from the least useful; then, unranked, those with too few votes to be; then those
    without any vote.
    """
    votes = frame["votes"]
    standing = (votes < MINIMUM_EVIDENCE).astype(int) + (votes == 0).astype(int)
    ranked = frame.assign(
        _standing=standing,
        _ratio=frame["ratio"].where(votes >= MINIMUM_EVIDENCE, 0.0),
        _fewer=-votes,
    )
    ordered = ranked.sort_values(
        ["_standing", "_ratio", "_fewer"], kind="stable", ignore_index=True
    )
    return ordered.drop(columns=["_standing", "_ratio", "_fewer"])


def ranking(frame: pd.DataFrame, *, is_dark: bool = False) -> alt.LayerChart:
    """*Utilité* of each article: its share, what remains plausible, its objective.

    `frame` as `worst_first` gives it. One row an article, in that order, without a vote included.
    """
    data = _ranked(frame)
    verdict = _verdict_scales()
    rows = alt.Y(
        "label:N",
        sort=None,
        title=None,
        scale=alt.Scale(domain=list(data["label"])),
        axis=alt.Axis(
            # The label stands over its own interval: long questions need the whole width.
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
        ),
    )
    base = alt.Chart(data).encode(y=rows, tooltip=_tooltip())
    shares = alt.X(
        "ratio:Q",
        scale=alt.Scale(domain=[0, 1]),
        title="Part de Oui",
        axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1], titleAnchor="start"),
    )
    interval = base.mark_bar(height=9, cornerRadius=5, opacity=0.35, yOffset=_DOWN).encode(
        x=alt.X("low:Q", scale=alt.Scale(domain=[0, 1])),
        x2="high:Q",
        color=verdict["color"],
    )
    objective = base.mark_tick(
        thickness=2, height=22, yOffset=_DOWN, color=_LINE, orient="vertical"
    ).encode(x="objective:Q")
    share = base.mark_point(filled=True, opacity=1, yOffset=_DOWN).encode(
        x=shares,
        size=alt.Size(
            "votes:Q", scale=alt.Scale(type="sqrt", range=[60, 320], domainMin=0), legend=None
        ),
        **verdict,
    )
    return _french(alt.LayerChart(layer=[interval, objective, share], height=alt.Step(_ROW)))


def over_time(days: pd.DataFrame, versions: pd.DataFrame, grain: Bucket) -> alt.LayerChart:
    """*Utilité* of one article by day, week or month, with its band, and when versions came.

    `days` as `analytics.by_day`, `versions` as `analytics.by_version`. Every period is drawn.
    """
    data = _bucketed(days, grain)
    published = pd.DataFrame(
        {
            "at": pd.to_datetime(versions["published_at"], utc=True)
            .dt.tz_convert(french.PARIS)
            .dt.tz_localize(None),
            "name": [f"v{number}" for number in versions["version"]],
            "when": [
                f"Version {number}, publiée le {french.date(at)}"
                for number, at in zip(versions["version"], versions["published_at"], strict=True)
            ],
        }
    )
    shares = alt.Scale(domain=[0, 1])
    dates = alt.X(
        "start:T", title=None, axis=alt.Axis(format="%e %b", labelOverlap=True, tickCount=6)
    )
    base = alt.Chart(data).encode(x=dates, tooltip=[alt.Tooltip("said:N", title="Votes")])
    band = base.mark_area(opacity=0.2, color=COLOURS[Verdict.MET]).encode(
        y=alt.Y(
            "low:Q", scale=shares, title="Part de Oui", axis=alt.Axis(format=".0%", tickCount=5)
        ),
        y2="high:Q",
    )
    line = base.mark_line(point={"size": 50}, color=COLOURS[Verdict.MET]).encode(
        y=alt.Y("ratio:Q", scale=shares)
    )
    marks = alt.Chart(published).encode(x="at:T", tooltip=[alt.Tooltip("when:N", title="Texte")])
    rules = marks.mark_rule(color=_LINE, strokeDash=[4, 3])
    names = marks.mark_text(color=_LINE, align="left", dx=4, baseline="top").encode(
        y=alt.value(0), text="name:N"
    )
    return _french(alt.LayerChart(layer=[band, line, rules, names], height=220))


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    counts = [counts_of(row) for row in frame.itertuples()]
    figures = [french.usefulness(each) for each in counts]
    verdicts = [VERDICTS[Verdict(code)] for code in frame["verdict"]]
    said = [f"{figure.dots} {figure.text}" if figure.dots else figure.text for figure in figures]
    return pd.DataFrame(
        {
            # An article has one row even if two ask the same question: its number leads the label.
            "label": [
                f"{row.article_id}\n{_short(str(row.question))}\n{words}"
                for row, words in zip(frame.itertuples(), said, strict=True)
            ],
            "question": frame["question"],
            "ratio": frame["ratio"],
            "low": frame["low"],
            "high": frame["high"],
            "objective": frame["objective"].where(frame["votes"] > 0),
            "votes": frame["votes"],
            "verdict": [
                name if figure.colour else VERDICTS[Verdict.TOO_FEW]
                for name, figure in zip(verdicts, figures, strict=True)
            ],
            "figure": said,
            "split": [french.split(each) for each in counts],
            "goal": [french.percent(share) for share in frame["objective"]],
            "version": [
                f"{number}, publiée le {french.date(at)}"
                for number, at in zip(frame["version"], frame["published_at"], strict=True)
            ],
        }
    )


def _bucketed(days: pd.DataFrame, grain: Bucket) -> pd.DataFrame:
    starts = pd.to_datetime(days["day"]).dt.to_period(_PERIODS[grain]).dt.start_time
    summed = days[["helpful", "unhelpful", "off_text"]].groupby(starts).sum()
    summed = summed[summed[["helpful", "unhelpful"]].sum(axis=1) > 0]
    votes = summed["helpful"] + summed["unhelpful"]
    low, high = helpfulness.wilson_bounds(summed["helpful"], votes)
    return pd.DataFrame(
        {
            "start": summed.index,
            "ratio": (summed["helpful"] / votes).to_numpy(),
            "low": low,
            "high": high,
            "said": [
                french.summary(_bucket_name(start, grain), counts_of(row))
                for start, row in zip(summed.index, summed.itertuples(), strict=True)
            ],
        }
    )


def _bucket_name(start: pd.Timestamp, grain: Bucket) -> str:
    if grain is Bucket.MONTH:
        return french.month(start.date()).capitalize()
    day = french.date(start.date())
    return f"Semaine du {day}" if grain is Bucket.WEEK else f"Le {day}"


def _short(question: str) -> str:
    return question if len(question) <= _LABEL else question[: _LABEL - 1].rstrip() + "…"


def _verdict_scales() -> dict[str, Any]:
    names = [VERDICTS[verdict] for verdict in COLOURS]
    legend = alt.Legend(title=None, orient="top", symbolSize=110, symbolOpacity=1, columns=2)
    return {
        "color": alt.Color(
            "verdict:N", scale=alt.Scale(domain=names, range=list(COLOURS.values())), legend=legend
        ),
        "shape": alt.Shape(
            "verdict:N", scale=alt.Scale(domain=names, range=list(SHAPES.values())), legend=legend
        ),
    }


def _tooltip() -> list[alt.Tooltip]:
    columns = {
        "question": "Question",
        "figure": "Utilité",
        "split": "Votes",
        "goal": "Objectif",
        "verdict": "Constat",
        "version": "Version",
    }
    return [alt.Tooltip(f"{name}:N", title=title) for name, title in columns.items()]


def _french(chart: alt.LayerChart) -> alt.LayerChart:
    chart["config"] = {
        "locale": {"number": dict(french.VEGA_NUMBER), "time": dict(french.VEGA_TIME)},
        "view": {"stroke": None},
    }
    return chart
