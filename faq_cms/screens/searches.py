"""Recherches — what readers look for, and what they do not find."""

import datetime as dt
from typing import Any, Final

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import articles, db, french, searches
from faq_cms.articles import Text
from faq_cms.helpfulness import MINIMUM_EVIDENCE, Window
from faq_cms.models import MissingQuestion
from faq_cms.people import Actor
from faq_cms.screens import _data, _downloads, _parts, _session, _table
from faq_cms.votes import civil_day

HERE: Final = "recherches"
PAGE: Final = 25
WINDOWS: Final = {window.value: window for window in Window if window.days}
ALL: Final = "toutes"
UNANSWERED: Final = "sans_reponse"
UNOPENED: Final = "sans_clic"
KINDS: Final = {ALL: "Toutes", UNANSWERED: "Sans réponse", UNOPENED: "Sans ouverture"}


def chosen(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The queries of one kind: all, answered by no article, or answered and never opened."""
    if kind == UNANSWERED:
        return frame[frame["results"] == 0]
    if kind == UNOPENED:
        return frame[(frame["results"] > 0) & (frame["clicks"] == 0)]
    return frame


def create(question: str, reported: int | None = None) -> None:
    """A draft with these words as its question; the report it answers leaves the list."""

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        made = articles.create(session, actor, text=Text(question, ""), now=now)
        if reported is not None:
            searches.settle(session, actor, reported, now=now)
        st.session_state["created"] = made.id

    _session.act(change)


def settle(question_id: int) -> None:
    """Take a reported question off the list; « Annuler » puts it back."""

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        searches.settle(session, actor, question_id, now=now)

    def undo(session: Session, actor: Actor, now: dt.datetime) -> None:
        searches.settle(session, actor, question_id, settled=False, now=now)

    _session.act(change, done="Question classée sans suite.", undo=undo)


def as_question(query: str) -> str:
    """Searched words as the beginning of a question: an editor completes it."""
    return query[:1].upper() + query[1:]


def reported(question: MissingQuestion) -> None:
    """A question somebody did not find, in full, and what can be done about it."""
    with st.container(border=True):
        st.text(question.text)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Signalée {french.ago(question.received_at, now)}", width="stretch")
            if not _session.may("article.write"):
                return
            st.button(
                "Créer un article",
                icon=":material/add:",
                key=f"answer_{question.id}",
                on_click=create,
                args=(question.text, question.id),
            )
            st.button(
                "Sans suite",
                icon=":material/check:",
                key=f"settle_{question.id}",
                on_click=settle,
                args=(question.id,),
            )


def line(row: dict[Any, Any]) -> None:
    """One query: how often, what it found, what was opened; one click makes it an article."""
    with st.container(key=f"query_{row['query'].replace(' ', '_')}", gap="xxsmall"):
        words, action = st.columns([4, 1], vertical_alignment="center")
        with words, st.container(gap="xxsmall"):
            st.markdown(f"**{_parts.plain(row['query'])}**")
            st.caption(" · ".join(facts(row)))
        if not _session.may("article.write"):
            return
        with action, st.container(gap="xxsmall"):
            st.button(
                "Créer un article",
                icon=":material/add:",
                type="tertiary",
                key=f"create_{row['query']}",
                on_click=create,
                args=(as_question(row["query"]),),
            )
            if not row["results"]:
                _parts.link(
                    "categories.py",
                    "Ajouter un synonyme",
                    icon=":material/join:",
                    mot=row["query"],
                )


def facts(row: dict[Any, Any]) -> list[str]:
    """What is known of one query. A trend needs enough searches on both sides."""
    found = french.count(row["results"], "réponse") if row["results"] else "aucune réponse"
    said = [french.count(row["searches"], "recherche"), found]
    if row["results"]:
        said.append(
            french.count(row["clicks"], "ouverture") if row["clicks"] else "aucune ouverture"
        )
    if row["opened"]:
        said.append(f"surtout «\u202f{_parts.plain(row['opened'])}\u202f»")
    if min(row["searches"], row["before"]) >= MINIMUM_EVIDENCE:
        before = french.count(row["before"], "recherche")
        said.append(f"{before} sur la période précédente")
    return said


if created := st.session_state.pop("created", None):
    st.switch_page("article.py", query_params={"article": str(created), "de": HERE})

now = dt.datetime.now(dt.UTC)
today = civil_day(now)
_parts.head("Recherches", "Ce que les lecteurs cherchent, et ce qu’ils ne trouvent pas.")

with db.reading() as session:
    missing = searches.missing(session)
    has_any = searches.has_any(session)
if not has_any:
    _parts.nothing(
        "Aucune recherche pour le moment",
        "Chaque recherche faite sur la page publique sera comptée ici, par mots et par jour.",
        icon=":material/search:",
    )
    st.link_button("Ouvrir la page publique", "/aide", icon=":material/open_in_new:")
    st.stop()

if missing:
    st.subheader(
        french.count(len(missing), "question manquante", "questions manquantes"), anchor=False
    )
    st.caption("Signalées par des lecteurs. Il n’y a pas de réponse individuelle.")
    for question in missing[:PAGE]:
        reported(question)

kinds, windows = st.columns([2, 3], vertical_alignment="bottom")
kind = kinds.segmented_control(
    "Quelles recherches",
    list(KINDS),
    format_func=KINDS.__getitem__,
    default=ALL,
    required=True,
    key="genre",
    bind="query-params",
    label_visibility="collapsed",
    wrap=True,
)
window = windows.segmented_control(
    "Période",
    list(WINDOWS),
    format_func=lambda value: french.label(WINDOWS[value]),
    default=next(iter(WINDOWS)),
    required=True,
    key="periode",
    bind="query-params",
    label_visibility="collapsed",
    wrap=True,
)
since = _data.since(WINDOWS[window or next(iter(WINDOWS))], today) or today
with db.reading() as session:
    frame = searches.top(session, since=since, until=today)
    pressed = sum(searches.support_clicks(session, since=since, until=today).values())
found = chosen(frame, kind or ALL)

total, listed = int(frame["searches"].sum()), int(found["searches"].sum())
counted = [french.count(total, "recherche")]
if len(found) < len(frame):
    counted = [f"{french.count(listed, 'recherche')} sur {french.number(total)}"]
if pressed:
    counted.append(f"{french.count(pressed, 'clic')} sur «\u202fContacter l’assistance\u202f»")
st.caption(" · ".join(counted))
if found.empty:
    st.markdown("Aucune recherche ne répond à ces choix.")
for row in _parts.in_pages(found, PAGE, key="page").to_dict("records"):
    line(row)
if not found.empty:
    _downloads.table(_table.searches(found), f"recherches-{today}")
