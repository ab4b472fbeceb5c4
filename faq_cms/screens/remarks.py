"""Remarques — what readers wrote, and what became of it."""

import datetime as dt

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, remarks
from faq_cms.errors import FaqError
from faq_cms.models import Reason, RemarkState
from faq_cms.people import Actor
from faq_cms.screens import _data, _parts, _remark, _session
from faq_cms.words import fold

HERE = "remarques"
PAGE = 20
READ = 5000  # the newest ones; older remarks are found by their reference
ALL = "toutes"
NO_REASON = "sans"
STATES = {state.value: french.label(state) for state in RemarkState} | {ALL: "Toutes"}
REASONS = {reason.value: french.label(reason) for reason in Reason} | {
    NO_REASON: "Sans raison donnée"
}


def matching(frame: pd.DataFrame, words: str, reason: str | None) -> pd.DataFrame:
    """The remarks that hold these words (accents and case aside) and were left for this reason."""
    if reason == NO_REASON:
        frame = frame[frame["reason"].isna()]
    elif reason:
        frame = frame[frame["reason"] == reason]
    said = (frame["text"] + " " + frame["question"]).map(fold)
    is_found = pd.Series(True, index=frame.index)
    for word in fold(words).split():
        is_found &= said.str.contains(word, regex=False) | (frame["reference"] == word.upper())
    return frame[is_found]


def erasure() -> None:
    """Find one remark by the reference its author quotes, read it, erase it for good."""
    with st.expander("Effacer une remarque à la demande de son auteur", icon=":material/delete:"):
        reference = st.text_input(
            "Référence donnée au lecteur", placeholder="R-…", key="reference", max_chars=16
        )
        if not reference:
            st.caption("La référence figure sur la page de remerciement du lecteur.")
            return
        try:
            with db.reading() as session:
                remark = remarks.by_reference(session, reference)
        except FaqError as error:
            st.warning(french.sentence(error))
            return
        if remark.erased_at is not None:
            st.info(f"Son texte a été effacé le {french.date(remark.erased_at)}.")
            return
        _remark.text(remark.id, remark.text, place="erasure")
        st.caption(f"Reçue le {french.datetime(remark.received_at)}")
        st.button(
            "Effacer définitivement ce texte",
            icon=":material/delete_forever:",
            key="erase",
            on_click=erase,
            args=(remark.id,),
        )
        st.caption("Le vote reste compté. Le texte ne pourra pas être retrouvé.")


def erase(remark_id: int) -> None:
    """Erase a remark's text, in the database and in its log."""

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        remarks.erase(session, actor, remark_id, now=now)

    if _session.act(change, done="Texte effacé."):
        db.current().scrub()


now = dt.datetime.now(dt.UTC)
revision = _data.revision()

_parts.head("Remarques", "Ce que les lecteurs ont écrit, et ce que vous en avez fait.")

if not _data.waiting(revision).has_remarks:
    _parts.nothing(
        "Aucune remarque pour le moment",
        "Un lecteur peut en laisser une après son vote, sur la page publique de chaque article.",
        icon=":material/forum:",
    )
    st.link_button("Ouvrir la page publique", "/aide", icon=":material/open_in_new:")
    st.stop()

words_asked, reason_asked = st.columns(2)
words = words_asked.text_input(
    "Chercher", key="mots", bind="query-params", icon=":material/search:", max_chars=100
)
reason = reason_asked.selectbox(
    "Raison",
    list(REASONS),
    index=None,
    format_func=REASONS.__getitem__,
    key="raison",
    bind="query-params",
    placeholder="Toutes les raisons",
)
state = st.segmented_control(
    "État",
    list(STATES),
    format_func=STATES.__getitem__,
    default=RemarkState.NEW.value,
    required=True,
    key="etat",
    bind="query-params",
    label_visibility="collapsed",
)

states = None if state == ALL else (RemarkState(state),)
found = matching(_data.remarks(revision, states, limit=READ), words or "", reason)

st.caption(french.count(len(found), "remarque"))
if found.empty:
    settled = not words and not reason and state == RemarkState.NEW
    st.markdown(
        "Toutes les remarques ont reçu une suite."
        if settled
        else "Aucune remarque ne répond à ces choix."
    )
for remark in _parts.in_pages(found, PAGE, key="page").to_dict("records"):
    _remark.card(remark, came_from=HERE, now=now)
erasure()
