"""The imports already made, and the way back from each: seen before, then taken back as a whole."""

import datetime as dt
from typing import Any, Final

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french
from faq_cms.imports import undo
from faq_cms.imports.undo import Undone
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session

_ASKED: Final = "import_to_undo"
_UNDONE: Final = "import_undone"
KEPT_SHOWN: Final = 10


def ask(batch_id: int) -> None:
    """Open, at this run, the panel that says what undoing an import would do."""
    st.session_state[_ASKED] = batch_id
    st.session_state.pop(_UNDONE, None)


def show() -> None:
    """The panel if it is asked for, what the last undoing did, then the imports already made."""
    if batch_id := st.session_state.get(_ASKED):
        st.dialog("Annuler cet import\u202f?", on_dismiss=_forget)(_panel)(batch_id)
    if told := st.session_state.get(_UNDONE):
        with st.container(border=True):
            _say(*told)
    with db.reading() as session:
        imports = undo.past(session)
    if imports.empty:
        return
    label = f"Imports passés ({french.number(len(imports))})"
    with st.expander(label, icon=":material/history:"):
        for row in imports.to_dict("records"):
            _row(row)


def _row(row: dict[Any, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=False):
        by = _parts.plain(row["by"]) if pd.notna(row["by"]) else "ligne de commande"
        made = f"{french.count(row['created'], 'nouveau', 'nouveaux')} · {french.count(row['updated'], 'modifié')}"
        st.markdown(
            f"**{_parts.plain(row['name'])}**  \n:small[{french.datetime(row['at'])} · {by} · {made}]",
            width="stretch",
        )
        if pd.notna(row["undone_at"]):
            st.badge("Annulé", color="gray")
        elif row["is_known"]:
            st.button(
                "Annuler…",
                key=f"undo_import_{row['batch_id']}",
                icon=":material/undo:",
                on_click=ask,
                args=(int(row["batch_id"]),),
            )


def _panel(batch_id: int) -> None:
    if st.session_state.get(_ASKED) != batch_id:  # its own button was pressed
        st.rerun()
    with db.reading() as session:
        foreseen = undo.preview(session, batch_id)
        kept = undo.questions(session, foreseen.kept)
    _say(foreseen, kept, will=True)
    with st.container(horizontal=True):
        st.button(
            "Annuler l’import",
            type="primary",
            icon=":material/undo:",
            on_click=_undo,
            args=(batch_id,),
            disabled=not foreseen.moved,
        )
        st.button("Garder", on_click=_forget)


def _undo(batch_id: int) -> None:
    done: list[tuple[Undone, dict[int, str]]] = []

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        undone = undo.undo(session, actor, batch_id, now=now)
        done.append((undone, undo.questions(session, undone.kept)))

    if _session.act(change):
        st.session_state[_UNDONE] = done[0]
        st.session_state.pop("imported", None)
    _forget()


def _forget() -> None:
    st.session_state.pop(_ASKED, None)


def _say(undone: Undone, kept: dict[int, str], *, will: bool = False) -> None:
    """« 8 articles supprimés », and each article that stays, with why."""
    lead = "Voici ce qui sera fait" if will else ":material/check_circle: **Import annulé**"
    parts = [
        french.count(len(found), singular, several)
        for found, singular, several in (
            (undone.removed, "article supprimé", "articles supprimés"),
            (
                undone.withdrawn,
                "article retiré du centre d’aide",
                "articles retirés du centre d’aide",
            ),
            (undone.dropped, "brouillon abandonné", "brouillons abandonnés"),
            (undone.restored, "brouillon d’avant rétabli", "brouillons d’avant rétablis"),
        )
        if found
    ]
    st.markdown(f"{lead}\u00a0: {' · '.join(parts) or 'rien à défaire'}.")
    if not undone.kept:
        return
    are_kept = french.count(len(undone.kept), "article est conservé", "articles sont conservés")
    st.markdown(f"{are_kept}, parce que quelqu’un y a touché\u00a0:")
    for article_id, why in list(undone.kept.items())[:KEPT_SHOWN]:
        st.markdown(f"- {_parts.plain(kept.get(article_id, ''))} — {undo.WHY[why]}")
    if len(undone.kept) > KEPT_SHOWN:
        st.caption(f"… et {french.number(len(undone.kept) - KEPT_SHOWN)} autres.")
