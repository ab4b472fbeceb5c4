"""« Mesure »: how one article fares — over time, text after text, why not, and from where.

Shown beside the editor of an article and under the ranking; the same figures in both places.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from faq_cms import charts, french, helpfulness
from faq_cms.helpfulness import (
    MINIMUM_EVIDENCE,
    MINIMUM_PER_BUCKET,
    Bucket,
    Change,
    Counts,
    Effect,
    Interval,
    Verdict,
)
from faq_cms.models import Reason
from faq_cms.screens import _data, _downloads, _parts, _remark
from faq_cms.votes import civil_day

REMARKS_SHOWN: Final = 5
SEARCHES_SHOWN: Final = 8
SEARCHED_DAYS: Final = 90
ANSWERS: Final = ["helpful", "unhelpful", "off_text"]
EVERY_LOOK: Final = (
    "La fourchette vaut pour qui regarde une seule fois. Les votes, eux, sont jugés chaque jour, et "
    "à force de regarder, le hasard finit par montrer ce que l’on craint. Le constat attend donc une "
    "preuve qui tienne malgré tous ces regards\u00a0: sur cent articles qui tiennent leur objectif, "
    "cinq au plus seront un jour dits en dessous."
)


def show(revision: int, article_id: int) -> None:
    """Everything measured about a published article, the running measure first."""
    measures = _data.by_measure(revision, article_id)
    running = measures.iloc[0].to_dict()
    _standing(revision, article_id, running)
    _over_time(revision, article_id)
    _text_after_text(revision, article_id, measures)
    period_id = int(running["period_id"])
    reasons = _data.reasons(revision, (period_id,))[period_id]
    traffic = st.container()
    if reasons or not _data.remarks(revision, article_id=article_id).empty:
        # Else half of the page would stand empty.
        words, traffic = st.columns(2, gap="large")
        with words:
            _reasons(reasons, running)
            _remarks(revision, article_id)
    with traffic:
        _searches(revision, article_id)
        _sources(revision, article_id)
        _elsewhere(revision, article_id)


def _standing(revision: int, article_id: int, running: Mapping[Any, Any]) -> None:
    """The figure of the running measure, its verdict, what is missing to conclude."""
    counts = _parts.counts(running)
    objective = french.percent(running["objective"])
    with st.container(border=True, gap="xsmall"):
        st.caption(
            f"Mesure en cours, depuis le {french.date(running['opened_at'])}",
            help="Une nouvelle mesure commence à chaque changement de fond\u202f; un changement de "
            "forme la continue.",
        )
        _parts.figure(counts)
        if counts.votes:
            verdict = _verdict(revision, article_id, running)
            st.markdown(f"{french.label(verdict)} · objectif\u00a0: {objective}")
            if said := french.leaning(counts, float(running["objective"]), verdict):
                st.caption(said, help=EVERY_LOOK)
        if counts.evidence < MINIMUM_EVIDENCE:
            lacking = MINIMUM_EVIDENCE - counts.evidence
            st.caption(
                f"Il manque {french.count(lacking, 'vote')} sur le texte pour un constat "
                f"({MINIMUM_EVIDENCE} au moins)."
            )


def _verdict(revision: int, article_id: int, running: Mapping[Any, Any]) -> Verdict:
    """As every other screen says it: a verdict that stands is remembered for published articles."""
    figures = _data.usefulness(revision)
    found = figures.loc[figures["article_id"] == article_id, "verdict"]
    return Verdict(found.iloc[0] if len(found) else running["verdict"])


def _over_time(revision: int, article_id: int) -> None:
    """The share of Oui and the number of votes, at the finest grain that is not noise."""
    days = _data.by_day(revision, article_id)
    if days.empty:
        return
    objective = float(_data.by_version(revision, article_id)["objective"].iloc[0])
    votes = int(days["helpful"].sum() + days["unhelpful"].sum())
    lived = _data.lasted(days["day"].min(), civil_day(dt.datetime.now(dt.UTC)))
    grain = helpfulness.bucket(votes, lived, Bucket.WEEK)
    st.subheader("Dans le temps", anchor=False)
    if grain is None or votes < french.FULL_DISPLAY:
        st.caption(
            f"Pas assez de votes pour une courbe\u00a0: il en faut {french.FULL_DISPLAY}, et "
            f"{MINIMUM_PER_BUCKET} par mois en moyenne, sur deux mois au moins."
        )
        return
    told, notes = _data.told_over_time(revision, article_id, grain)
    st.caption(
        f"{french.label(grain)}, toutes mesures comprises. La bande est ce qui reste plausible\u202f; "
        f"le trait horizontal, l’objectif ({french.percent(objective)})\u202f; chaque trait vertical, "
        f"une nouvelle version. {notes}"
    )
    st.vega_lite_chart(
        spec=_data.over_time(revision, article_id, grain, is_dark=_parts.is_dark()),
        key=f"over_time_{article_id}",
        alt=told,
    )
    _downloads.chart(
        lambda: _data.over_time(revision, article_id, grain, is_dark=False), f"article-{article_id}"
    )
    table = charts.table_over_time(days, grain)
    st.vega_lite_chart(
        spec=_data.votes_over_time(revision, article_id, grain, _parts.is_dark()),
        key=f"votes_over_time_{article_id}",
        alt=f"Nombre de votes {french.label(grain).lower()}, Oui en haut, Non en bas. "
        f"En tout\u00a0: {french.split(_parts.counts(days[ANSWERS].sum()))}. "
        "Les nombres sont dans le tableau qui suit.",
    )
    _downloads.chart(
        lambda: _data.votes_over_time(revision, article_id, grain, is_dark=False),
        f"article-{article_id}-nombre-de-votes",
    )
    with st.expander("Les mêmes chiffres en tableau"):
        st.dataframe(table, hide_index=True, key=f"weeks_{article_id}", alt="Votes et utilité")
        _downloads.table(table, f"article-{article_id}-votes")


def _text_after_text(revision: int, article_id: int, measures: pd.DataFrame) -> None:
    """Each measure against the one before it: what the change of text did."""
    if len(measures) < 2:
        return
    st.subheader("Avant et après chaque changement de fond", anchor=False)
    if (measures["votes"] >= MINIMUM_EVIDENCE).sum() >= 2:
        st.vega_lite_chart(
            spec=_data.measures_chart(revision, article_id, _parts.is_dark()),
            key=f"measures_{article_id}",
            alt="Utilité de chaque mesure, la plus récente en haut. " + _told(measures),
        )
        _downloads.chart(
            lambda: _data.measures_chart(revision, article_id, is_dark=False),
            f"article-{article_id}-mesures",
        )
    for number, measure in enumerate(measures.to_dict("records")):
        if number + 1 < len(measures):
            _change(measure, is_running=number == 0)
            if measure["votes"] and not measures["votes"].iloc[number + 1]:
                st.caption("Comparée à la dernière mesure qui a reçu des votes.")


def _told(measures: pd.DataFrame) -> str:
    said = (
        french.summary(charts.measure_name(row), _parts.counts(row))
        for row in measures.to_dict("records")
    )
    return ". ".join(said) + "."


def _change(measure: Mapping[Any, Any], *, is_running: bool) -> None:
    """One change of text: its effect in words, and for the running one what is still needed."""
    before = Counts(
        *(int(measure[f"before_{name}"]) for name in ("helpful", "unhelpful", "off_text"))
    )
    after, effect = _parts.counts(measure), Effect(measure["effect"])
    with st.container(gap="xxsmall"):
        st.markdown(f"**{charts.measure_name(measure)}**\u00a0: {french.label(effect).lower()}")
        if min(before.evidence, after.evidence) >= MINIMUM_EVIDENCE:
            interval = Interval(measure["change_low"], measure["change_high"])
            moved = french.points(Change(measure["difference"], interval))
            st.caption(
                f"{moved}, votes hors texte exclus. Avant\u00a0: {french.split(before)}. "
                f"Depuis\u00a0: {french.split(after)}.",
                help="Un article corrigé après une mauvaise passe remonte souvent de lui-même\u00a0: "
                "c’est pourquoi l’écart est compté avec toute la mesure précédente, et pourquoi un "
                "seul article est un bon signe plutôt qu’une preuve. Et comme on regarde jusqu’à voir "
                "quelque chose, il faut plus qu’une fourchette qui laisse zéro de côté.",
            )
        if is_running and effect is Effect.NOT_YET:
            st.caption(french.outlook(_prospect(before, after, measure)))


def _prospect(before: Counts, after: Counts, measure: Mapping[Any, Any]) -> helpfulness.Prospect:
    today = civil_day(dt.datetime.now(dt.UTC))
    weeks = _data.lasted(civil_day(measure["opened_at"]), today) / 7
    rate = after.evidence / weeks if weeks >= 1 else None
    return helpfulness.prospect(before, after, rate, float(measure["objective"]))


def _reasons(found: Mapping[Reason, int], running: Mapping[Any, Any]) -> None:
    """Why Non, those that blame something else than the text apart."""
    if not found:
        return
    st.subheader("Raisons des Non", anchor=False)
    ordered = sorted(found.items(), key=lambda pair: -pair[1])
    on_text = [pair for pair in ordered if not pair[0].off_text]
    off_text = [pair for pair in ordered if pair[0].off_text]
    if on_text:
        st.markdown(_listed(on_text))
    if off_text:
        st.caption("Hors texte\u00a0: la règle ou la recherche est en cause, pas l’article.")
        st.markdown(_listed(off_text))
    silent = int(running["unhelpful"]) - sum(found.values())
    if silent > 0:
        st.caption(f"{french.count(silent, 'Non', 'Non')} sans raison donnée.")


def _listed(reasons: list[tuple[Reason, int]]) -> str:
    return "\n".join(f"- {french.number(n)} · {french.label(reason)}" for reason, n in reasons)


def _remarks(revision: int, article_id: int) -> None:
    """The last remarks, in full."""
    remarks = _data.remarks(revision, article_id=article_id)
    if remarks.empty:
        return
    now = dt.datetime.now(dt.UTC)
    st.subheader(f"Remarques ({french.number(len(remarks))})", anchor=False)
    for remark in remarks.head(REMARKS_SHOWN).to_dict("records"):
        with st.container(gap="xxsmall"):
            _remark.words(remark)
            st.caption(_remark.circumstances(remark, now=now))
    if len(remarks) > REMARKS_SHOWN:
        _parts.link("remarks.py", "Toutes les remarques", icon=":material/forum:")


def _searches(revision: int, article_id: int) -> None:
    """What readers had typed when they opened this article."""
    today = civil_day(dt.datetime.now(dt.UTC))
    since = today - dt.timedelta(days=SEARCHED_DAYS - 1)
    found = _data.searched(revision, article_id, since, today)
    if found.empty:
        return
    st.subheader("Recherches qui mènent ici", anchor=False)
    st.caption(french.label(helpfulness.Window.DAYS_90))
    st.markdown(
        "\n".join(
            f"- {_parts.plain(row['query'])} · {french.count(row['clicks'], 'ouverture')}"
            for row in found.head(SEARCHES_SHOWN).to_dict("records")
        )
    )


def _sources(revision: int, article_id: int) -> None:
    """Where those who voted were reading."""
    found = _data.by_source(revision, article_id)
    if found.empty:
        return
    st.subheader("D’où viennent les votes", anchor=False)
    st.caption("Toutes mesures comprises")
    for row in found.to_dict("records"):
        counts = _parts.counts(row)
        if counts.votes:
            name = _parts.plain(french.source(row["source"]))
            st.markdown(f"- {name}\u00a0: {french.usefulness(counts).text}")


def _elsewhere(revision: int, article_id: int) -> None:
    """What other systems counted: totals without dates, which no figure above includes."""
    found = _data.last_totals(revision, article_id)
    if found.empty:
        return
    st.subheader("Totaux relevés ailleurs", anchor=False)
    st.caption("Sans date pour chaque vote\u00a0: aucun chiffre de cette page ne les compte.")
    st.markdown("\n".join(f"- {_reading(row)}" for row in found.to_dict("records")))


def _reading(row: Mapping[Any, Any]) -> str:
    """One of those totals: « Le 3 mars 2026 : 120 Oui, 30 Non (Zendesk) »."""
    name = _parts.plain(french.source(row["source"]))
    return f"Le {french.date(row['taken_at'])}\u00a0: {_counted(row)} ({name})"


def _counted(row: Mapping[Any, Any]) -> str:
    """What a system counted: « 120 Oui, 30 Non, 12 sans avis », or the readings alone."""
    neutral = 0 if pd.isna(row["neutral"]) else int(row["neutral"])
    views = [] if pd.isna(row["views"]) else [french.count(int(row["views"]), "lecture")]
    if not (row["helpful"] or row["unhelpful"] or neutral) and views:
        return views[0]
    said = [f"{french.number(row['helpful'])} Oui", f"{french.number(row['unhelpful'])} Non"]
    if pd.notna(row["neutral"]):
        said.append(french.count(neutral, "sans avis", "sans avis"))
    return ", ".join(said) + (", estimés d’après des pourcentages" if row["estimated"] else "")


def elsewhere(revision: int, article_id: int) -> str:
    """In a line, what readers said in other systems; empty when none counted anybody's opinion."""
    found = _data.last_totals(revision, article_id)
    counted = found[(found["helpful"] > 0) | (found["unhelpful"] > 0)]
    told = [
        f"{_counted(row)} ({_parts.plain(french.source(row['source']))}, "
        f"relevé le {french.date(row['taken_at'])})"
        for row in counted.to_dict("records")
    ]
    said = "\u202f; ".join(told)
    return f"Dans un autre outil, à part des votes d’ici\u00a0: {said}." if told else ""
