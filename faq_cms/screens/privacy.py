"""Confidentialité — what is kept about readers, and how to erase what one of them wrote."""

import datetime as dt

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import contacts, db, french, remarks
from faq_cms.duties import REMARKS_KEPT, SESSIONS_KEPT, VISITORS_KEPT
from faq_cms.errors import FaqError
from faq_cms.models import Remark
from faq_cms.people import Actor
from faq_cms.screens import _parts, _remark, _session

KEPT = (
    ("Vote (Oui ou Non, version lue, jour)", "sans limite", "aucune donnée personnelle"),
    (
        "Pseudonyme du navigateur et raison du Non",
        f"{round(VISITORS_KEPT.days / 30)} mois",
        "une empreinte différente pour chaque article, sans adresse IP",
    ),
    (
        "Texte d’une remarque",
        f"{round(REMARKS_KEPT.days / 30.4)} mois",
        "visible de l’équipe seulement, effaçable ici",
    ),
    (
        "Adresse laissée avec une remarque",
        f"{contacts.KEPT.days} jours après son traitement",
        "gardée à part, montrée nulle part, effacée avec la remarque",
    ),
    ("Pages vues", "sans limite", "un nombre par jour, sans cookie"),
    (
        "Connexions de l’équipe",
        f"{SESSIONS_KEPT.days} jours après leur fin",
        "le journal garde qui a changé quoi",
    ),
)


def found(reference: str) -> Remark | None:
    """The remark of this reference; None, once said why, when there is none."""
    try:
        with db.reading() as session:
            return remarks.by_reference(session, reference)
    except FaqError as error:
        st.info(french.sentence(error), icon=":material/search_off:")
        return None


def erase(remark: Remark) -> None:
    """Erase for good, then leave no copy in the files."""

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        remarks.erase(session, actor, remark.id, now=now)

    if _session.act(change, done=f"Remarque {remark.reference} effacée."):
        db.current().scrub()


_parts.head("Confidentialité", "Ce qui est gardé des lecteurs, et comment l’effacer.")

st.subheader("Effacer une remarque", anchor=False)
reference = st.text_input(
    "Référence donnée au lecteur",
    placeholder="R-XXXXXXXX",
    max_chars=16,
    key="reference",
)
if reference:
    remark = found(reference)
    if remark is not None:
        with st.container(border=True):
            st.caption(f"{remark.reference} · reçue le {french.datetime(remark.received_at)}")
            if remark.erased_at is not None:
                st.markdown(f"Texte effacé le {french.date(remark.erased_at)}.")
            else:
                _remark.text(remark.id, remark.text)
                st.button(
                    "Effacer définitivement",
                    type="primary",
                    icon=":material/delete_forever:",
                    on_click=erase,
                    args=(remark,),
                )
                st.caption(
                    "Le vote reste compté, sans le texte. Les sauvegardes déjà faites le gardent "
                    "jusqu’à leur propre effacement."
                )

st.subheader("Ce qui est gardé", anchor=False)
st.table(
    {
        "Donnée": [k[0] for k in KEPT],
        "Durée": [k[1] for k in KEPT],
        "À savoir": [k[2] for k in KEPT],
    }
)
st.link_button(
    "La page que lisent les lecteurs",
    "/aide/confidentialite",
    icon=":material/open_in_new:",
    type="tertiary",
)
