"""Remarques — what readers wrote, and what became of it."""

import datetime as dt

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, remarks
from faq_cms.errors import FaqError
from faq_cms.helpfulness import Window
from faq_cms.models import Reason, RemarkState
from faq_cms.people import Actor
from faq_cms.screens import _data, _downloads, _parts, _remark, _session
from faq_cms.themes import Theme
from faq_cms.votes import civil_day
from faq_cms.words import fold

HERE = "remarques"
PAGE = 20
READ = 5000  # the newest ones; older remarks are found by their reference
ALL = "toutes"
NO_REASON = "sans"
STATES = {
    RemarkState.NEW.value: "Nouvelles",
    RemarkState.ANSWERED.value: "Corrigées",
    RemarkState.NO_ACTION.value: "Sans suite",
    RemarkState.FORWARDED.value: "Transmises à l’assistance",
    ALL: "Toutes",
}
REASONS = {reason.value: french.label(reason) for reason in Reason} | {
    NO_REASON: "Sans raison donnée"
}
WINDOWS = {window.value: french.label(window) for window in Window if window.days}


def matching(frame: pd.DataFrame, words: str) -> pd.DataFrame:
    """The remarks that hold these words, accents and case aside, or have one of them as reference."""
    is_found = pd.Series(True, index=frame.index)
    for word in fold(words).split():
        is_found &= frame["said"].str.contains(word, regex=False) | (
            frame["reference"] == word.upper()
        )
    return frame[is_found]


def of_theme(frame: pd.DataFrame, recurring: list[Theme]) -> pd.DataFrame:
    """The remarks of the theme chosen above them; all of them without one."""
    if not recurring:
        return frame
    named = {theme.label: theme for theme in recurring}
    chosen = st.pills(
        "Ce dont les lecteurs parlent",
        list(named),
        # Without its number of remarks: the address holds these words, and must last.
        key="theme",
        bind="query-params",
        help="Les expressions qui reviennent dans ces remarques, de la plus parlante à la moins "
        "parlante. Une remarque peut en compter plusieurs.",
    )
    return frame.iloc[list(named[chosen].found)] if chosen in named else frame


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The remarks as a table, a column a heading; what names a person stays masked."""
    return pd.DataFrame(
        {
            "Reçue le": frame["received_at"],
            "Question": frame["question"],
            "Version": frame["version"],
            "Réponse": [french.YES if helpful else french.NO for helpful in frame["helpful"]],
            "Raison": [
                french.label(Reason(code)) if _parts.known(code) else "" for code in frame["reason"]
            ],
            "Remarque": frame["masked"],
            "Suite": [french.label(RemarkState(code)) for code in frame["state"]],
            "Référence": frame["reference"],
        }
    )


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

every = _data.remarks(revision, limit=READ)
questions = dict(zip(every["article_id"].astype(str), every["question"].astype(str), strict=True))
asked = st.columns(4)
words = asked[0].text_input(
    "Chercher", key="mots", bind="query-params", icon=":material/search:", max_chars=100
)
reason = asked[1].selectbox(
    "Raison",
    list(REASONS),
    index=None,
    format_func=REASONS.__getitem__,
    key="raison",
    bind="query-params",
    placeholder="Toutes les raisons",
)
article = asked[2].selectbox(
    "Article",
    list(questions),
    index=None,
    format_func=questions.__getitem__,
    key="sur",
    bind="query-params",
    placeholder="Tous les articles",
)
window = asked[3].selectbox(
    "Période",
    list(WINDOWS),
    index=None,
    format_func=WINDOWS.__getitem__,
    key="periode",
    bind="query-params",
    placeholder=french.label(Window.ALL),
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

choices = (
    None if state == ALL else (RemarkState(state),),
    "" if reason == NO_REASON else reason,
    int(article) if article else None,
    _data.since(Window(window), civil_day(now)) if window else None,
    READ,
)
told = _data.told(revision, *choices)
found = matching(of_theme(told, _data.themes(revision, *choices)), words or "")

st.caption(french.count(len(found), "remarque"))
if found.empty:
    narrowed = words or reason or article or window or "theme" in st.query_params
    settled = not narrowed and state == RemarkState.NEW
    st.markdown(
        "Toutes les remarques ont reçu une suite."
        if settled
        else "Aucune remarque ne répond à ces choix."
    )
for remark in _parts.in_pages(found, PAGE, key="page").to_dict("records"):
    _remark.card(remark, came_from=HERE, now=now)
if not found.empty:
    _downloads.table(table(found), f"remarques-{civil_day(now)}")
if _session.may("remark.erase"):
    erasure()
