"""The systems that are told of what is new: their addresses, a new one, what the last call met."""

import datetime as dt
from collections.abc import Callable

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, webhooks
from faq_cms.errors import FaqError
from faq_cms.models import MailState, NoticeKind, Webhook, WebhookCall, WebhookShape
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session

USUAL = (NoticeKind.CONFIRMED, NoticeKind.LATE, NoticeKind.BURST, NoticeKind.MISSED)


def show(now: dt.datetime, show_once: Callable[[str, str, str], None]) -> None:
    """The addresses, and the form of a new one; `show_once` shows a secret a single time."""
    st.subheader("Nouveautés vers d’autres systèmes", anchor=False)
    st.caption("Une messagerie d’équipe (Slack, Teams) ou un outil à vous est prévenu aussitôt.")
    with db.reading() as session:
        found, last = webhooks.listed(session), webhooks.last_calls(session)
    for each in found:
        _line(each, last.get(each.id), now)
    with st.form("webhook", clear_on_submit=False):
        st.text_input(
            "Adresse à appeler",
            placeholder="https://…",
            max_chars=webhooks.URL_MAX,
            key="webhook_url",
        )
        st.segmented_control(
            "Forme",
            list(WebhookShape),
            format_func=french.label,
            default=WebhookShape.JSON,
            required=True,
            key="webhook_shape",
        )
        st.multiselect(
            "Ce qui est annoncé",
            list(NoticeKind),
            default=list(USUAL),
            format_func=_announced,
            placeholder="Choisir",
            key="webhook_kinds",
        )
        st.form_submit_button(
            "Ajouter l’adresse", icon=":material/add_link:", on_click=_add, args=(show_once,)
        )


def _announced(kind: NoticeKind) -> str:
    """The kind as a team hears of it, rather than one person."""
    return {
        NoticeKind.ASSIGNED: "Une correction est confiée",
        NoticeKind.REVIEW: "Une relecture est demandée",
    }.get(kind, french.label(kind))


def _line(webhook: Webhook, call: WebhookCall | None, now: dt.datetime) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap="xsmall"):
            st.markdown(
                f"**{_parts.plain(webhooks.host(webhook))}** · {french.label(webhook.shape)}"
            )
            kinds = ", ".join(_announced(NoticeKind(kind)).lower() for kind in webhook.kinds)
            st.caption(f"{kinds.capitalize()}  \n{_state(call, now)}")
        st.button(
            "Essayer",
            icon=":material/send:",
            key=f"try_webhook_{webhook.id}",
            on_click=_try_out,
            args=(webhook.id,),
        )
        st.button(
            "Retirer",
            icon=":material/close:",
            type="tertiary",
            key=f"remove_webhook_{webhook.id}",
            on_click=_remove,
            args=(webhook.id,),
        )


def _state(call: WebhookCall | None, now: dt.datetime) -> str:
    if call is None:
        return "Aucun appel pour le moment."
    if call.state is MailState.SENT and call.ended_at:
        return f"Dernier appel réussi {french.ago(call.ended_at, now)}."
    met = french.CALLS.get(call.answer, f"réponse {call.answer}") if call.answer else ""
    if call.state is MailState.REFUSED:
        return f"Dernier appel abandonné\u00a0: {met}."
    return f"Appel en attente\u00a0: {met}, nouvel essai à suivre." if met else "Appel en attente."


def _add(show_once: Callable[[str, str, str], None]) -> None:
    state = st.session_state
    try:
        with _session.changing() as (session, actor, now):
            secret = webhooks.add(
                session,
                actor,
                url=state["webhook_url"],
                shape=state["webhook_shape"],
                kinds=state["webhook_kinds"],
                now=now,
            )
    except FaqError as error:
        _session.refuse(error)
        return
    show_once(
        "Secret de la signature",
        secret,
        "À donner au système appelé, s’il vérifie l’en-tête «\u202fX-FAQ-Signature\u202f». Il ne sera "
        "plus montré.",
    )
    state["webhook_url"] = ""


def _try_out(webhook_id: int) -> None:
    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        webhooks.try_out(session, actor, webhook_id, now=now)

    _session.act(change, done="L’essai part dans la minute.")


def _remove(webhook_id: int) -> None:
    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        webhooks.remove(session, actor, webhook_id, now=now)

    _session.act(change, done="Adresse retirée\u00a0: elle n’est plus prévenue.")
