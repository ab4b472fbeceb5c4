"""Mes notifications — what I am told, and where."""

import datetime as dt
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, mail, notices
from faq_cms.models import NoticeKind, Rhythm
from faq_cms.notices import Choice
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session

NEVER: Final = "never"
RHYTHMS: Final = {NEVER: "Aucun e-mail"} | {each.value: french.label(each) for each in Rhythm}


def kinds(chosen: dict[NoticeKind, Choice], *, is_mailed: bool) -> None:
    """One line a kind: in the application, in the e-mail."""
    with st.container(border=True, gap="xsmall"):
        for kind, choice in chosen.items():
            said, here, mailed = st.columns([6, 3, 3], vertical_alignment="center")
            said.markdown(french.label(kind))
            here.checkbox(
                "Dans l’application",
                value=choice.in_application,
                key=f"here_{kind}",
                on_change=choose,
                args=(kind,),
            )
            mailed.checkbox(
                "Par e-mail",
                value=choice.by_mail,
                key=f"mail_{kind}",
                disabled=not is_mailed,
                on_change=choose,
                args=(kind,),
            )


def choose(kind: NoticeKind) -> None:
    """Keep what was just ticked."""
    choice = Choice(st.session_state[f"here_{kind}"], st.session_state[f"mail_{kind}"])

    def change(session: Session, actor: Actor, _: dt.datetime) -> None:
        notices.choose(session, actor, kind, choice)

    _session.act(change, done="C’est enregistré.")


def by_mail(address: str, rhythm: str) -> None:
    """The address this person gives, and how often they want mail there."""
    st.subheader("Par e-mail", anchor=False)
    if not mail.is_configured():
        st.info("Aucun e-mail ne part de cette installation.", icon=":material/mail_off:")
        return
    st.caption(
        "Ce que vous n’avez pas encore lu, en un seul message, à "
        f"{notices.HOUR}\u00a0h. Votre adresse ne sert qu’à cela\u202f; chaque message contient un lien "
        "pour ne plus rien recevoir."
    )
    with st.form("digest", border=False):
        st.segmented_control(
            "Rythme",
            list(RHYTHMS),
            format_func=RHYTHMS.__getitem__,
            default=rhythm,
            required=True,
            key="rhythm",
        )
        st.text_input("Votre adresse e-mail", value=address, max_chars=254, key="digest_address")
        st.form_submit_button("Enregistrer", icon=":material/save:", on_click=receive)


def receive() -> None:
    """Keep the address and the rhythm of the form; « Aucun e-mail » forgets the address."""
    address, rhythm = st.session_state["digest_address"], st.session_state["rhythm"]

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        if rhythm == NEVER:
            notices.stop(session, actor)
        else:
            notices.receive(session, actor, address=address, rhythm=Rhythm(rhythm), now=now)

    forgotten = "Plus aucun e-mail ne vous sera envoyé. Votre adresse est effacée."
    _session.act(change, done=forgotten if rhythm == NEVER else "C’est enregistré.")


_parts.head("Mes notifications", "De quoi êtes-vous prévenu, et où\u202f?")
with db.reading() as session:
    chosen = notices.choices(session, _session.actor())
    digest = notices.digest_of(session, _session.actor())

if not chosen:
    _parts.nothing(
        "Rien ne vous est signalé",
        "Les nouveautés vont à ceux qui corrigent, relisent ou pilotent.",
        icon=":material/notifications_off:",
    )
    st.stop()
kinds(chosen, is_mailed=digest is not None)
st.caption(
    "Un problème avéré n’est signalé qu’après dix minutes\u00a0: un lecteur change parfois d’avis."
)
by_mail(digest.address if digest else "", digest.rhythm.value if digest else NEVER)
_parts.link("today.py", "Aujourd’hui", icon=":material/arrow_back:")
