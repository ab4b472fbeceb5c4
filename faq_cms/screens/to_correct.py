"""À corriger — which articles fail their readers, why, who is on it, and whether it helped."""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from faq_cms import french, helpfulness
from faq_cms.helpfulness import MINIMUM_EVIDENCE, Effect, Prospect
from faq_cms.models import CorrectionState, RemarkState
from faq_cms.screens import _data, _decisions, _listed, _parts, _remark, _session
from faq_cms.votes import civil_day

HERE: Final = "a-corriger"
REMARKS_SHOWN: Final = 3  # in full under each article; the others one click away
PAGE: Final = 20
ON_BOARD: Final = 8  # cards a column; the list holds them all
ENDED_FOR: Final = dt.timedelta(days=90)  # what ended is kept in sight for a season
VIEWS: Final = {"liste": "Liste", "tableau": "Tableau"}
WHO: Final = {"tous": "Tout le monde", "moi": "Moi", "personne": "Personne encore"}
FINISHED: Final = {
    CorrectionState.IMPROVED: ":material/trending_up:",
    CorrectionState.UNMEASURED: ":material/how_to_reg:",
    CorrectionState.NOTHING_TO_FIX: ":material/task_alt:",
    CorrectionState.REOPENED: ":material/undo:",
}

Row = Mapping[Any, Any]


# -- one listed article --------------------------------------------------------------------------


def listed_articles(rows: pd.DataFrame, *, key: str) -> None:
    """Articles of the list, a page at a time."""
    shown = _parts.in_pages(rows, PAGE, key=key).to_dict("records")
    picked = _listed.picked(revision, shown)
    for row in shown:
        listed_article(row, picked[int(row["article_id"])])


def listed_article(row: Row, picked: str) -> None:
    """One article of the list: why, its figures, what readers wrote, and what to do."""
    with st.container(border=True, gap="xsmall"):
        heading(row)
        why(row)
        _parts.figure(_parts.counts(row))
        if picked:
            st.caption(picked)
        actions(row)
        remarks_of(row)


def heading(row: Row) -> None:
    """The question, the age of its row, who has it, for when."""
    _parts.article_link(row["article_id"], row["question"], came_from=HERE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        due(row)
        st.caption(_listed.standing(row, now), width="content")


def due(row: Row) -> None:
    """The day it is due; late is said, and not by its colour alone."""
    if said := _listed.due(row, today):
        words, is_late = said
        st.badge(
            words,
            color="red" if is_late else "gray",
            icon=":material/alarm:" if is_late else ":material/event:",
        )


def why(row: Row) -> None:
    """Every reason, the strongest first; that it was already tried; what it costs."""
    for reason in _listed.reasons(row):
        st.markdown(reason)
    if back := _listed.came_back(int(row["article_id"]), ended):
        st.markdown(f":material/undo: {back}")
    if cost := _listed.cost(row):
        st.caption(f"{cost}.")


def remarks_of(row: Row) -> None:
    """The remarks that wait for an outcome, in full."""
    mine = remarks[remarks["article_id"] == row["article_id"]].to_dict("records")
    for remark in mine[:REMARKS_SHOWN]:
        _remark.card(remark, came_from=HERE, now=now, stands_alone=False)
    if len(mine) > REMARKS_SHOWN:
        others = len(mine) - REMARKS_SHOWN
        with st.expander(f"Lire {french.count(others, 'autre remarque', 'autres remarques')}"):
            for remark in mine[REMARKS_SHOWN:]:
                _remark.card(remark, came_from=HERE, now=now, stands_alone=False)


def actions(row: Row) -> None:
    """Corriger · Je m’en charge (or its contrary) · Confier · Reporter · Rien à corriger."""
    article_id = int(row["article_id"])
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Corriger", icon=":material/edit:", type="primary", key=f"correct_article_{article_id}"
        ):
            _parts.correct(article_id, came_from=HERE)
        if not _parts.known(row["taken_by"]):
            st.button(
                "Je m’en charge",
                icon=":material/front_hand:",
                key=f"take_{article_id}",
                on_click=_decisions.take,
                args=(article_id,),
            )
        elif row["taken_by_id"] == _session.actor().id:
            st.button(
                "Laisser à d’autres",
                key=f"release_{article_id}",
                on_click=_decisions.release,
                args=(article_id,),
            )
        _decisions.button(_decisions.ASSIGN, article_id, "Confier…", icon=":material/person_add:")
        _decisions.button(_decisions.SNOOZE, article_id, "Reporter…", icon=":material/schedule:")
        _decisions.button(
            _decisions.SETTLE, article_id, "Rien à corriger…", icon=":material/task_alt:"
        )


def snoozed_article(row: Row) -> None:
    """An article put off: until when, why, and the way back."""
    with st.container(border=True, gap="xsmall"):
        _parts.article_link(row["article_id"], row["question"], came_from=HERE)
        until = french.date(row["snoozed_until"])
        st.markdown(f"Reporté au {until}\u00a0: {_parts.plain(row['snooze_reason'])}")
        st.button(
            "Remettre dans la liste",
            icon=":material/undo:",
            type="tertiary",
            key=f"wake_{row['article_id']}",
            on_click=_decisions.wake,
            args=(int(row["article_id"]),),
        )


# -- one observed correction ---------------------------------------------------------------------


def observed_article(row: Row) -> None:
    """A corrected article: both measures, what they prove, and what is missing to conclude."""
    before, after = _parts.counts(row, "before_"), _parts.counts(row)
    with st.container(border=True, gap="xsmall"):
        _parts.article_link(row["article_id"], row["question"], came_from=HERE)
        st.caption(
            f"En observation depuis la version {row['version']}, publiée le "
            f"{french.date(row['corrected_at'])}."
        )
        was, became = st.columns(2)
        with was:
            st.caption("Avant")
            _parts.figure(before)
        with became:
            st.caption("Depuis")
            _parts.figure(after)
        st.markdown(effect(row))
        st.caption(outlook(row))
        if row["is_hopeless"] and _session.may("article.review"):
            _decisions.button(
                _decisions.CLOSE,
                int(row["article_id"]),
                "Clore sans mesure…",
                icon=":material/how_to_reg:",
                help_="Par quelqu’un qui n’a pas écrit ce texte.",
            )


def effect(row: Row) -> str:
    """What both measures prove so far, with the interval of the difference where it can be told."""
    found = Effect(row["effect"])
    before, after = _parts.counts(row, "before_"), _parts.counts(row)
    moved = helpfulness.change(before, after)
    if moved is None or min(before.evidence, after.evidence) < MINIMUM_EVIDENCE:
        return f"**{french.label(Effect.NOT_YET)}**"
    so_far = " jusqu’ici" if found is Effect.NOT_YET else ""
    return f"**{french.label(found)}**\u00a0: {french.points(moved)}{so_far}"


def outlook(row: Row) -> str:
    """How many votes are missing and when they are expected; or that they will not tell."""
    if row["effect"] != Effect.NOT_YET:
        return "Les votes suffisent\u00a0: ce sera dit au jugement de la nuit prochaine."
    weeks = None if math.isnan(row["weeks"]) else float(row["weeks"])
    prospect = Prospect(row["missing"], weeks)
    said = french.outlook(prospect)
    if prospect.never:
        return f"{said} Un écart très net se verrait quand même\u202f; sinon, une relecture clôt la correction."
    if not weeks:
        return said
    expected = today + dt.timedelta(weeks=math.ceil(weeks))
    return f"{said} Vers le {french.date(expected)}."


# -- the board -----------------------------------------------------------------------------------


def board() -> None:
    """The same rows by state, from left to right."""
    states = queue["state"]
    columns: list[tuple[str, pd.DataFrame, Callable[[Row], None]]] = [
        (french.label(state), queue[states == state], listed_card)
        for state in (CorrectionState.NEW, CorrectionState.TAKEN, CorrectionState.IN_REVIEW)
    ]
    columns.append((french.label(CorrectionState.OBSERVING), observed, observed_card))
    columns.append(("Terminés", finished, finished_card))
    for place, (name, rows, card) in zip(
        st.columns(len(columns), gap="small"), columns, strict=True
    ):
        with place:
            st.markdown(f"**{name}** ({french.number(len(rows))})")
            for row in rows.head(ON_BOARD).to_dict("records"):
                with st.container(border=True, gap="xxsmall"):
                    _parts.article_link(row["article_id"], row["question"], came_from=HERE)
                    card(row)
            if len(rows) > ON_BOARD:
                others = french.count(len(rows) - ON_BOARD, "autre", "autres")
                st.caption(f"et {others}, dans la liste")


def listed_card(row: Row) -> None:
    """In a few words: its strongest reason, its votes, who has it, for when."""
    kind = next(each for each in _listed.STRENGTH if each in row["kinds"])
    st.caption(french.label(kind))
    st.caption(french.split(_parts.counts(row)))
    if _parts.known(row["taken_by"]):
        st.caption(_parts.plain(row["taken_by"]))
    due(row)


def observed_card(row: Row) -> None:
    """The votes since, and what they prove."""
    st.caption(french.split(_parts.counts(row)))
    st.caption(french.label(Effect(row["effect"])))


def finished_card(row: Row) -> None:
    """How it ended, and when."""
    state = CorrectionState(row["state"])
    st.caption(f"{FINISHED[state]} {french.label(state)}")
    st.caption(french.ago(row["closed_at"], now).capitalize())


# -- what ended ----------------------------------------------------------------------------------


def finished_article(row: Row) -> None:
    """A correction that ended: how, with which figures or which words."""
    state = CorrectionState(row["state"])
    with st.container(gap="xxsmall"):
        _parts.article_link(row["article_id"], row["question"], came_from=HERE)
        parts = [french.label(state), french.ago(row["closed_at"], now)]
        if _parts.known(row["version"]):
            parts.insert(1, f"version {int(row['version'])}")
        st.caption(f"{FINISHED[state]} {' · '.join(parts)}")
        if said := ending(row):
            st.markdown(said)


def ending(row: Row) -> str:
    """What it ended with: both measures, or what somebody said."""
    if row["state"] in (CorrectionState.IMPROVED, CorrectionState.REOPENED):
        evidence = row["evidence"]
        moved = ""
        if evidence["difference"] is not None:
            moved = f" {french.points(_listed.change(evidence))}."
        return f"{_listed.before_and_after(evidence)}{moved}"
    said = french.UNMEASURED.get(row["reason"]) or _parts.plain(row["reason"])
    return (
        f"{_parts.plain(row['closed_by'])}\u00a0: {said}"
        if _parts.known(row["closed_by"])
        else said
    )


# -- lists ---------------------------------------------------------------------------------------


def in_list() -> None:
    """The list: proven problems, other signals, single complaints, then what is under way or over."""
    proven, alone = queue[queue["is_confirmed"]], queue[queue["is_isolated"]]
    others = queue[~queue["is_confirmed"] & ~queue["is_isolated"]]
    section("Problèmes avérés", proven, key="proven")
    section(
        "Autres signalements",
        others,
        key="others",
        said="Signalés par la rédaction, à relire, ou dont le texte publié arrête son lecteur.",
    )
    if not alone.empty:
        with st.expander(
            f"Signalements isolés ({french.number(len(alone))})",
            expanded=proven.empty and others.empty,
            icon=":material/person_alert:",
        ):
            st.caption(
                "Au moins un Non, mais trop peu de votes, ou des votes trop partagés, pour conclure."
            )
            listed_articles(alone, key="alone")
    observing()
    put_off()
    over()


def section(title: str, rows: pd.DataFrame, *, key: str, said: str = "") -> None:
    """A part of the list, absent when empty."""
    if rows.empty:
        return
    st.subheader(f"{title} ({french.number(len(rows))})", anchor=False)
    if said:
        st.caption(said)
    listed_articles(rows, key=key)


def observing() -> None:
    """What was corrected and is measured anew."""
    if observed.empty:
        return
    st.subheader(f"En observation ({french.number(len(observed))})", anchor=False)
    st.caption(
        "Jugé chaque nuit. Un article corrigé après une mauvaise série s’améliore souvent un peu de "
        "lui-même\u00a0: une amélioration n’est constatée que si les votes écartent le hasard, même en "
        "regardant tous les jours."
    )
    for row in _parts.in_pages(observed, PAGE, key="observed").to_dict("records"):
        observed_article(row)


def put_off() -> None:
    """What will come back by itself."""
    if snoozed.empty:
        return
    with st.expander(f"Reportés ({french.number(len(snoozed))})", icon=":material/schedule:"):
        for row in _parts.in_pages(snoozed, PAGE, key="snoozed").to_dict("records"):
            snoozed_article(row)


def over() -> None:
    """What ended lately, and how."""
    if finished.empty:
        return
    with st.expander(f"Terminés ({french.number(len(finished))})", icon=":material/done_all:"):
        st.caption("Depuis trois mois.")
        for row in _parts.in_pages(finished, PAGE, key="finished").to_dict("records"):
            finished_article(row)


# -- choosing ------------------------------------------------------------------------------------


def chosen(place: Any, label: str, names: dict[str, str], *, key: str) -> str:
    """One choice among a few, kept in the address of the page."""
    found = place.segmented_control(
        label,
        list(names),
        format_func=names.__getitem__,
        default=next(iter(names)),
        required=True,
        key=key,
        bind="query-params",
    )
    return str(found or next(iter(names)))


def had_by(rows: pd.DataFrame, who: str) -> pd.DataFrame:
    """The rows that are mine, or nobody's yet."""
    if who == "moi":
        return rows[rows["taken_by_id"] == _session.actor().id]
    return rows[rows["taken_by_id"].isna()] if who == "personne" else rows


now = dt.datetime.now(dt.UTC)
today = civil_day(now)
revision = _data.revision()
articles = _data.usefulness(revision)
questions = articles[["article_id", "question"]]
everything = _listed.ordered(revision, today)
observed = _data.observed(revision, today).merge(questions, on="article_id")
snoozed = _data.snoozed(revision).merge(questions, on="article_id")
# From midnight, so that what is kept for a revision serves the whole day.
season = dt.datetime.combine(today, dt.time(), french.PARIS) - ENDED_FOR
ended = _data.ended(revision, season)
finished = ended[ended["state"] != CorrectionState.REOPENED].merge(questions, on="article_id")
remarks = _data.remarks(revision, (RemarkState.NEW,), limit=2000)

_parts.head(
    "À corriger",
    "Quels articles n’aident pas leurs lecteurs, pourquoi, et qui s’en occupe.",
)

if everything.empty and observed.empty and snoozed.empty:
    _parts.nothing(
        "Rien à corriger",
        "Un article arrive ici dès qu’un lecteur répond Non à cause du texte, ou que quelqu’un le "
        "signale. D’ici là, regardez les articles qui aident le moins, ou relisez les remarques.",
    )
    _parts.link("usefulness.py", "Utilité des articles", icon=":material/thumbs_up_down:")
    _parts.link("remarks.py", "Remarques", icon=":material/forum:")
    over()
    st.stop()

choices = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
view = chosen(choices, "Vue", VIEWS, key="vue")
who = "tous"
if everything["taken_by_id"].notna().any():
    who = chosen(choices, "Pris en charge par", WHO, key="qui")
queue = had_by(everything, who)
if queue.empty and not everything.empty:
    st.caption("Aucun article ainsi\u00a0: choisissez «\u202fTout le monde\u202f».")
if view == "tableau":
    board()
else:
    in_list()
_decisions.show()
