"""The synonyms, ready to be changed where they are read, and the searches that ask for one."""

import datetime as dt
import re
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, search, searches, synonyms
from faq_cms.errors import Conflict, FaqError
from faq_cms.models import SynonymSet
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session
from faq_cms.votes import civil_day

ASKED: Final = "mot"  # in the address: the word a synonym is wanted for
LATELY: Final = dt.timedelta(days=27)
VAIN: Final = 8  # searches in vain shown: more would be a list nobody ends
TAKEN: Final = "synonyms_taken"
_BETWEEN: Final = re.compile(r"\s*[=,;\n]\s*")


def show() -> None:
    """The sets, one line each, then what readers looked for in vain."""
    with db.reading() as session:
        kept, offered = synonyms.kept(session), synonyms.suggested(session)
        vain = _in_vain(session)
    st.caption(
        "Qui cherche l’un trouve aussi l’autre\u00a0: «\u202fdomiciliation\u202f» trouve les articles "
        "qui parlent de prélèvement. Séparez les mots par une virgule ou un signe égal."
    )
    _taken()
    _new(len(kept))
    for each in kept:
        _line(each)
    if offered:
        st.caption("Souvent utiles")
        with st.container(horizontal=True, gap="small"):
            for words in offered:
                st.button(
                    " = ".join(words),
                    icon=":material/add:",
                    key=f"offered_{words[0]}",
                    on_click=_save,
                    args=(list(words), None),
                )
    if vain:
        st.subheader("Recherches sans réponse depuis 28 jours", anchor=False)
        for query, times in vain:
            _searched(query, times)


def _in_vain(session: Session) -> list[tuple[str, int]]:
    """The most frequent searches that found nothing lately, and still find nothing."""
    today = civil_day(dt.datetime.now(dt.UTC))
    rows = searches.top(session, since=today - LATELY, until=today)
    empty = rows[rows["results"] == 0].head(VAIN * 2)
    waiting = [
        (str(query), int(times))
        for query, times in zip(empty["query"], empty["searches"], strict=True)
        if not any(not hit.nearest for hit in search.find(session, str(query), limit=1))
    ]
    return waiting[:VAIN]


# -- parts ---------------------------------------------------------------------------------------


def _new(kept: int) -> None:
    """A place for one more set. Named after their number: it is empty again once one is added."""
    key = f"new_synonyms_{kept}"
    asked = st.query_params.get(ASKED, "")[: synonyms.LENGTH_MAX]
    typing, pressing = st.columns([5, 1], vertical_alignment="bottom")
    typing.text_input(
        "Mots ou expressions qui veulent dire la même chose",
        value=f"{asked} = " if asked else "",
        placeholder="domiciliation = prélèvement",
        key=key,
    )
    pressing.button(
        "Ajouter", icon=":material/add:", key="add_synonyms", on_click=_save_typed, args=(key, None)
    )


def _line(each: SynonymSet) -> None:
    key = f"synonyms_{each.id}_{each.updated_at.timestamp()}"
    typing, deleting = st.columns([5, 1], vertical_alignment="center")
    typing.text_input(
        "Synonymes",
        value=" = ".join(each.words),
        key=key,
        label_visibility="collapsed",
        on_change=_save_typed,
        args=(key, each.id),
    )
    deleting.button(
        "Supprimer",
        icon=":material/delete:",
        type="tertiary",
        key=f"remove_synonyms_{each.id}",
        on_click=_remove,
        args=(each,),
    )


def _searched(query: str, times: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{_parts.plain(query)}** · {french.count(times, 'recherche')}", width="stretch"
        )
        st.button(
            "Ajouter un synonyme",
            icon=":material/join:",
            type="tertiary",
            key=f"vain_{query}",
            on_click=_ask,
            args=(query,),
        )


def _taken() -> None:
    """A word stands in another set: both can become one."""
    taken: tuple[str, list[str], int | None] | None = st.session_state.get(TAKEN)
    if taken is None:
        return
    sentence, words, set_id = taken
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/call_merge: {sentence}", width="stretch")
        st.button(
            "Réunir les deux listes",
            type="primary",
            key="merge_synonyms",
            on_click=_save,
            args=(words, set_id),
            kwargs={"merge": True},
        )
        st.button("Laisser", key="leave_synonyms", on_click=_leave)


# -- changes -------------------------------------------------------------------------------------


def _ask(query: str) -> None:
    st.query_params[ASKED] = query
    for key in [key for key in st.session_state if str(key).startswith("new_synonyms_")]:
        del st.session_state[key]


def _leave() -> None:
    st.session_state.pop(TAKEN, None)


def _save_typed(key: str, set_id: int | None) -> None:
    _save(_BETWEEN.split(str(st.session_state[key])), set_id)


def _save(words: list[str], set_id: int | None, *, merge: bool = False) -> None:
    """Keep a set; a word that stands in another one is told with a way to make them one."""
    _leave()
    st.query_params.pop(ASKED, None)
    try:
        with _session.changing() as (session, actor, now):
            synonyms.save(session, actor, words=words, set_id=set_id, merge=merge, now=now)
    except Conflict as error:
        st.session_state[TAKEN] = (french.sentence(error), words, set_id)
    except FaqError as error:
        _session.refuse(error)
    else:
        _session.say("Synonymes enregistrés. La recherche les connaît dès maintenant.")


def _remove(gone: SynonymSet) -> None:
    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        synonyms.remove(session, actor, set_id=gone.id, now=now)

    def undo(session: Session, actor: Actor, now: dt.datetime) -> None:
        synonyms.save(session, actor, words=gone.words, now=now)

    _session.act(change, done="Synonymes supprimés.", undo=undo)
