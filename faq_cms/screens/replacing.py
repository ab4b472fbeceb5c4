"""Remplacer partout — the same words in many articles: look at each change, make them, take them back."""

import datetime as dt
from collections.abc import Sequence

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, replacing
from faq_cms.errors import FaqError
from faq_cms.people import Actor
from faq_cms.replacing import Candidate, Outcome
from faq_cms.screens import _changes, _parts, _session

PUBLISH, DRAFT = "Publier, les votes continuent", "Enregistrer en brouillon"
SHOWN = 100  # articles on one page of changes to look at


def look_for(spelling: str) -> None:
    """Start from words that were offered."""
    st.session_state["wanted"] = spelling


def offer_masked() -> None:
    """The masked addresses an import left, first."""
    with db.reading() as session:
        masked = replacing.masked(session)
    for spelling, found in sorted(masked.items(), key=lambda each: -each[1].total()):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/mail: **{_parts.masked(found)}**\u00a0: {_parts.plain(spelling)}",
                width="stretch",
            )
            st.button(
                "Remplacer par l’adresse véritable",
                on_click=look_for,
                args=(spelling,),
                key=f"masked_{spelling}",
            )


def candidates() -> list[Candidate]:
    """The changes to look at; a sentence and the end of the screen when there are none."""
    if not wanted:
        st.stop()
    try:
        with db.reading() as session:
            found = replacing.find(session, wanted, replacement)
    except FaqError as error:
        st.warning(french.sentence(error))
        st.stop()
    if not found:
        _parts.nothing(
            "Aucun article ne contient ces mots",
            "Les accents, les majuscules et les espaces comptent.",
            icon=":material/search_off:",
        )
        st.stop()
    return found


def look_at(each: Candidate) -> bool:
    """One change, and whether it is to be made."""
    with st.container(border=True):
        is_chosen = st.checkbox(
            f"**{_parts.plain(each.before.question)}** · {french.count(each.count, 'passage')}",
            value=True,
            # A text that moved is looked at again.
            key=f"chosen_{each.article_id}_{each.seen.live_id}_{each.seen.revision}",
        )
        if each.has_draft:
            st.caption("Brouillon en cours\u00a0: il sera modifié, pas publié.")
        _changes.inline(each.before, each.after)
    return is_chosen


def replace(chosen: Sequence[Candidate], words: tuple[str, str], publish: bool) -> None:
    """Make the changes that were seen, until « Annuler »."""
    outcomes: list[Outcome] = []
    before, after = words

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        outcomes.append(
            replacing.replace_all(
                session, actor, chosen, wanted=before, replacement=after, publish=publish, now=now
            )
        )

    def undo(session: Session, actor: Actor, now: dt.datetime) -> None:
        done = outcomes[-1].done
        replacing.undo(session, actor, done, wanted=before, replacement=after, now=now)

    if _session.act(change):
        outcome = outcomes[-1]
        _session.say(said(outcome), undo=undo if outcome.done else None)


def said(outcome: Outcome) -> str:
    """What was done, and what was left alone."""
    published = sum(each.is_published for each in outcome.done)
    drafts = len(outcome.done) - published
    parts = [
        f"{french.count(published, 'article publié', 'articles publiés')}" if published else "",
        f"{french.count(drafts, 'brouillon enregistré', 'brouillons enregistrés')}"
        if drafts
        else "",
        f"{french.count(len(outcome.left), 'article modifié', 'articles modifiés')} entre-temps, "
        "à revoir"
        if outcome.left
        else "",
    ]
    return f"{', '.join(part for part in parts if part)}."


_parts.head(
    "Remplacer partout", "Les mêmes mots, changés dans tous les articles qui les contiennent."
)
offer_masked()
left, right = st.columns(2)
wanted = left.text_input("Remplacer", key="wanted", max_chars=replacing.WORDS_MAX)
replacement = right.text_input("Par", key="replacement", max_chars=replacing.WORDS_MAX)
found = candidates()
how = st.radio("Ensuite", [PUBLISH, DRAFT], horizontal=True)
action = st.container()
shown = found[:SHOWN]
if len(found) > SHOWN:
    st.caption(f"{SHOWN} articles à la fois\u00a0: les suivants viendront après.")
chosen = [each for each in shown if look_at(each)]
action.button(
    f"Remplacer dans {french.count(len(chosen), 'article')}",
    type="primary",
    icon=":material/find_replace:",
    disabled=not chosen,
    on_click=replace,
    args=(chosen, (wanted, replacement), how == PUBLISH),
    key="replace",
)
