"""« Relire » — a draft as its reviewer sees it: what changes, how it will look, what to say of it."""

import datetime as dt
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, loop, reviews
from faq_cms.models import ReviewNote, ReviewState
from faq_cms.people import Actor
from faq_cms.reviews import Reading
from faq_cms.screens import _changes, _desk, _history, _parts, _session
from faq_cms.screens._desk import Desk, Page

NOBODY: Final = "la ligne de commande"
PREVIEW_HEIGHT: Final = 480


def said(page: Page) -> None:
    """Above the text: who was asked to read it, or what they decided, and whether it still counts."""
    reading = page.reading
    if reading is None:
        return
    with st.container(border=True, gap="xsmall", key="reading"):
        st.markdown(_sentence(reading, is_current=page.is_reviewed_as_it_stands))
        if words := reading.comment or reading.request:
            st.text(words)
        if reading.state is ReviewState.REQUESTED and _session.may("article.write"):
            st.button(
                "Retirer la demande",
                type="tertiary",
                icon=":material/undo:",
                on_click=_call_off,
                args=(page.article.id,),
                key="call_off_review",
            )


def _sentence(reading: Reading, *, is_current: bool) -> str:
    asker, decider = (
        _parts.plain(name or NOBODY) for name in (reading.asked_by, reading.decided_by)
    )
    if reading.state is ReviewState.REQUESTED:
        to = f" à {_parts.plain(reading.reviewer)}" if reading.reviewer else ""
        return (
            f":material/how_to_reg: **Relecture demandée{to}** par {asker}, "
            f"le {french.datetime(reading.asked_at)}"
        )
    if reading.state is ReviewState.CHANGES_REQUESTED:
        done = "" if not is_current else " Le texte n’a pas changé depuis."
        return f":material/edit: **{decider} demande des modifications.**{done}"
    if is_current:
        return f":material/check_circle: **Relu et approuvé par {decider}.**"
    return (
        f":material/history: **Approuvé par {decider}, puis modifié.** L’approbation ne vaut que pour "
        "le texte relu\u00a0: demandez une nouvelle relecture."
    )


def _call_off(article_id: int) -> None:
    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.review_called_off(session, actor, article_id, now=now)

    _session.act(change, done="Demande retirée.")


def show(page: Page, desk: Desk) -> None:
    """The draft against what is published, its page, the notes, the decision."""
    reading, saying = st.columns([11, 9], gap="medium")
    with reading:
        if page.live:
            st.subheader("Ce qui change", anchor=False)
            with st.container(border=True):
                _changes.inline(_desk.text_of(page.live), page.text)
        st.subheader("La page telle qu’elle sera", anchor=False)
        _history.preview(page.article.id, _desk.revision(page.seen), height=PREVIEW_HEIGHT)
    with saying:
        _notes(page, desk)
        _decision(page, desk)


# -- notes ---------------------------------------------------------------------------------------


def _notes(page: Page, desk: Desk) -> None:
    waiting = sum(note.resolved_at is None for note in page.notes)
    st.subheader(
        f"Notes de relecture ({french.number(waiting)})" if waiting else "Notes de relecture",
        anchor=False,
    )
    may_write = _session.may("article.write")
    for note in page.notes:
        with st.container(border=True, gap="xsmall"):
            st.text(note.text)
            st.caption(f"{_parts.plain(note.author)} · {french.datetime(note.at)}")
            st.checkbox(
                "Traitée",
                value=note.resolved_at is not None,
                key=f"note_{note.id}_{note.resolved_at is not None}",
                on_change=_tick,
                args=(note,),
                disabled=not may_write,
            )
    if may_write:
        st.text_area(
            "Ajouter une note",
            key=desk.key("review_note"),
            max_chars=reviews.TEXT_MAX,
            height=80,
        )
        st.button("Ajouter la note", icon=":material/add_comment:", on_click=_add, args=(desk,))


def _tick(note: ReviewNote) -> None:
    resolved = note.resolved_at is None

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        reviews.tick(session, actor, note.id, resolved=resolved, now=now)

    _session.act(change)


def _add(desk: Desk) -> None:
    text = str(st.session_state.get(desk.key("review_note"), ""))
    st.session_state[desk.key("review_note")] = ""  # before the commit: a callback may end there

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        reviews.note(session, actor, desk.article_id, text=text, now=now)

    _session.act(change, done="Note ajoutée.")


# -- deciding ------------------------------------------------------------------------------------


def _decision(page: Page, desk: Desk) -> None:
    if not page.request or not _session.may("article.review"):
        return
    st.subheader("Votre avis", anchor=False)
    if _session.actor().id in page.hands:
        st.caption(
            "Vous avez écrit une partie de ce texte\u00a0: une autre personne doit le relire."
        )
        return
    st.text_area(
        "Commentaire",
        key=desk.key("comment"),
        max_chars=reviews.TEXT_MAX,
        height=100,
        placeholder="Obligatoire si vous demandez des modifications",
    )
    with st.container(horizontal=True):
        st.button(
            "Approuver",
            type="primary",
            icon=":material/check:",
            on_click=_decide,
            args=(desk, True),
            key="approve",
        )
        st.button(
            "Demander des modifications",
            icon=":material/edit:",
            on_click=_decide,
            args=(desk, False),
            key="send_back",
        )


def _decide(desk: Desk, approved: bool) -> None:
    comment = str(st.session_state.get(desk.key("comment"), ""))

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.review_decided(
            session,
            actor,
            desk.article_id,
            seen=desk.seen,
            approved=approved,
            comment=comment,
            now=now,
        )

    _session.act(change, done="Texte approuvé." if approved else "Modifications demandées.")


# -- on Aujourd’hui ------------------------------------------------------------------------------


def waiting(now: dt.datetime) -> None:
    """The texts this person is asked to read."""
    with db.reading() as session:
        texts = reviews.waiting_for(session, _session.actor())
    if texts.empty:
        return
    st.subheader(f"Textes qui attendent ma relecture ({french.number(len(texts))})", anchor=False)
    for text in texts.to_dict("records"):
        with st.container(border=True, gap="xsmall"):
            _parts.link(
                "article.py",
                f"**{_parts.plain(text['question'])}**",
                article=str(text["article_id"]),
                de="aujourdhui",
                vue="relire",
            )
            asker = text["asked_by"] if _parts.known(text["asked_by"]) else NOBODY
            parts = [f"Demandé par {_parts.plain(asker)}", french.ago(text["asked_at"], now)]
            st.caption(" · ".join(parts))
            if text["request"]:
                st.text(text["request"])


def answers(now: dt.datetime) -> None:
    """What colleagues decided on the texts this person gave them to read."""
    with db.reading() as session:
        decided = reviews.answers_for(session, _session.actor())
    if decided.empty:
        return
    st.subheader("Mes relectures demandées", anchor=False)
    with st.container(border=True, gap="xsmall"):
        for each in decided.to_dict("records"):
            _parts.article_link(each["article_id"], each["question"], came_from="aujourdhui")
            decider = each["decided_by"] if _parts.known(each["decided_by"]) else NOBODY
            state = french.label(ReviewState(each["state"]))
            changed = [] if each["is_current"] else ["modifié depuis"]
            parts = [state, _parts.plain(decider), french.ago(each["decided_at"], now), *changed]
            st.caption(" · ".join(parts))
            if each["comment"]:
                st.text(each["comment"])
