"""Readers who asked to be told of the correction of their remark: the message, and whether it leaves."""

import datetime as dt

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import contacts, db, french, mail
from faq_cms.contacts import Message
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session


def waiting(now: dt.datetime, *, article_id: int | None = None) -> None:
    """The messages that wait for somebody’s word; nothing when there is none."""
    if not _session.may("remark.handle"):
        return
    with db.reading() as session:
        messages = contacts.waiting(session, article_id=article_id)
    if not messages:
        return
    if article_id is None:
        st.subheader(f"Lecteurs à prévenir ({french.number(len(messages))})", anchor=False)
    for message in messages:
        _card(message, now, stands_alone=article_id is None)


def _card(message: Message, now: dt.datetime, *, stands_alone: bool) -> None:
    with st.container(border=True, gap="xsmall"):
        if stands_alone:
            st.markdown(f"**{_parts.plain(message.question)}**")
        st.caption(
            f"L’auteur de la remarque {message.reference} a demandé à être prévenu · "
            f"version {message.version} publiée {french.ago(message.published_at, now)}"
        )
        with st.expander("Lire le message", icon=":material/mail:"):
            st.text(message.text)
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Envoyer",
                type="primary",
                icon=":material/send:",
                key=f"send_{message.remark_id}",
                disabled=not mail.is_configured(),
                on_click=_decide,
                args=(message.remark_id,),
                kwargs={"is_sent": True},
            )
            st.button(
                "Ne pas envoyer",
                type="tertiary",
                icon=":material/do_not_disturb_on:",
                key=f"decline_{message.remark_id}",
                on_click=_decide,
                args=(message.remark_id,),
                kwargs={"is_sent": False},
            )


def _decide(remark_id: int, *, is_sent: bool) -> None:
    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        decide = contacts.send if is_sent else contacts.decline
        decide(session, actor, remark_id, now=now)

    def back(session: Session, actor: Actor, now: dt.datetime) -> None:
        contacts.reconsider(session, actor, remark_id, now=now)

    done = "Le message part dans une minute." if is_sent else "Le message ne sera pas envoyé."
    _session.act(change, done=done, undo=back)
