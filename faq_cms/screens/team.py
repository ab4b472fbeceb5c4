"""Équipe et accès — who may do what, and which machines may read exports."""

import datetime as dt
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, gate, people, settings
from faq_cms.errors import FaqError
from faq_cms.models import Account, ApiToken, Role
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session, _webhooks

DOES: Final = {
    Role.VIEWER: "lit les articles, les remarques et les chiffres",
    Role.EDITOR: "écrit, corrige, publie, répond aux remarques",
    Role.REVIEWER: "aussi la relecture des textes des autres",
    Role.MANAGER: "aussi les chiffres, les objectifs, les exports et les invitations",
    Role.ADMINISTRATOR: "aussi les comptes, les accès machine, le journal et le système",
}
DAYS: Final = {30: "30 jours", 90: "90 jours", 365: "1 an"}
SHOWN_ONCE: Final = "shown_once"


# -- secrets shown once --------------------------------------------------------------------------


# Taken when the screen is drawn: a callback that reached for the session here could be cut short by
# the person's next gesture, after the secret was made and before it was ever shown.
box: dict[str, str] = st.session_state.setdefault(SHOWN_ONCE, {})


def show_once(title: str, secret: str, then: str) -> None:
    """Keep a secret for the next run, and for that one only."""
    box.update(title=title, secret=secret, then=then)


def shown_once() -> None:
    """The secret just made, to copy now: it is stored nowhere."""
    if not box:
        return
    with st.container(border=True, key="shown_once"):
        st.markdown(f":material/key: **{box['title']}**")
        st.code(box["secret"], language=None, wrap_lines=True)
        st.caption(box["then"])
    box.clear()


def link_of(token: str) -> str:
    """Where a one-time link leads."""
    return f"{settings.current().public_url}{gate.SIGN_IN}/lien/{token}"


# -- people --------------------------------------------------------------------------------------


def invite() -> None:
    """A one-time link for one person."""
    role = Role(st.session_state["invited_role"])
    try:
        with _session.changing() as (session, actor, now):
            token = people.invite(session, actor, role=role, now=now)
    except FaqError as error:
        _session.refuse(error)
        return
    show_once(
        f"Lien d’invitation — {french.label(role)}",
        link_of(token),
        "Envoyez-le à une seule personne\u00a0: il sert une fois, pendant 7 jours, et ne sera plus montré.",
    )


def recover(account: Account) -> None:
    """A one-time link by which this person chooses a new password."""
    try:
        with _session.changing() as (session, actor, now):
            token = people.recovery_link(session, actor, account_id=account.id, now=now)
    except FaqError as error:
        _session.refuse(error)
        return
    show_once(
        f"Nouvel accès pour {_parts.plain(account.name)}",
        link_of(token),
        "Il sert une fois, pendant 30 minutes, et ne sera plus montré.",
    )


def change_role(account: Account) -> None:
    """Give this person the chosen role."""
    role = Role(st.session_state[f"role_{account.id}_{account.role}"])

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        people.change_role(session, actor, account_id=account.id, role=role, now=now)

    if not _session.act(change, done="Rôle changé."):
        del st.session_state[f"role_{account.id}_{account.role}"]


def close(account: Account) -> None:
    """Close an account, with a way back."""

    def disable(session: Session, actor: Actor, now: dt.datetime) -> None:
        people.disable(session, actor, account_id=account.id, now=now)

    _session.act(disable, done="Compte fermé, sessions terminées.", undo=reopening(account))


def reopen(account: Account) -> None:
    """Open a closed account again."""
    _session.act(reopening(account), done="Compte rouvert.")


def reopening(account: Account) -> _session.Change:
    """The change that opens an account again."""

    def enable(session: Session, actor: Actor, now: dt.datetime) -> None:
        people.enable(session, actor, account_id=account.id, now=now)

    return enable


def person(account: Account) -> None:
    """One person: name, role, what can be done for them."""
    is_open = account.disabled_at is None
    naming, acting, more = st.columns([4, 3, 2], vertical_alignment="center")
    with naming:
        own = " (vous)" if account.id == me.id else ""
        st.markdown(f"**{_parts.plain(account.name)}**{own}")
        since = f"depuis le {french.date(account.created_at)}"
        st.caption(since if is_open else f"compte fermé · {since}")
    if not may_manage:
        acting.markdown(french.label(account.role))
        return
    acting.selectbox(
        "Rôle",
        list(Role),
        index=list(Role).index(account.role),
        format_func=french.label,
        key=f"role_{account.id}_{account.role}",
        label_visibility="collapsed",
        disabled=not is_open,
        on_change=change_role,
        args=(account,),
    )
    with more.popover("Plus", icon=":material/more_vert:", key=f"more_{account.id}"):
        if is_open:
            st.button(
                "Lien pour un nouveau mot de passe",
                key=f"recover_{account.id}",
                type="tertiary",
                icon=":material/key:",
                on_click=recover,
                args=(account,),
            )
            st.button(
                "Fermer ce compte",
                key=f"close_{account.id}",
                type="tertiary",
                icon=":material/person_off:",
                on_click=close,
                args=(account,),
            )
        else:
            st.button(
                "Rouvrir ce compte",
                key=f"reopen_{account.id}",
                type="tertiary",
                icon=":material/person:",
                on_click=reopen,
                args=(account,),
            )


def inviting() -> None:
    """Choose a role, get a link."""
    offered = [role for role in Role if list(Role).index(role) <= list(Role).index(me.role)]
    with st.container(border=True):
        choosing, pressing = st.columns([5, 3], vertical_alignment="bottom")
        choosing.selectbox(
            "Inviter une personne",
            offered,
            index=offered.index(Role.EDITOR),  # whom one invites most often
            format_func=lambda role: f"{french.label(role)} — {DOES[role]}",
            key="invited_role",
        )
        pressing.button("Créer le lien", icon=":material/person_add:", on_click=invite)


# -- machines ------------------------------------------------------------------------------------


def create_token() -> None:
    """A token for a machine, shown once."""
    name, days = str(st.session_state["token_name"]), int(st.session_state["token_days"])
    try:
        with _session.changing() as (session, actor, now):
            token = people.create_token(
                session, actor, name=name, scope="export", days=days, now=now
            )
    except FaqError as error:
        _session.refuse(error)
        return
    show_once(
        f"Accès machine — {_parts.plain(name)}",
        token,
        "À donner au système, dans l’en-tête «\u202fAuthorization: Bearer …\u202f». Il ne sera plus montré.",
    )
    st.session_state["token_name"] = ""


def revoke(token: ApiToken) -> None:
    """End a token at once."""

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        people.revoke_token(session, actor, token_id=token.id, now=now)

    _session.act(change, done="Accès machine révoqué.")


def machine(token: ApiToken) -> None:
    """One token: name, life, last use."""
    naming, acting = st.columns([7, 2], vertical_alignment="center")
    used = (
        f"utilisé {french.ago(token.last_used_at, now)}" if token.last_used_at else "jamais utilisé"
    )
    is_over = token.revoked_at is not None or token.expires_at <= now
    ends = (
        f"révoqué le {french.date(token.revoked_at)}"
        if token.revoked_at
        else f"{'expiré' if is_over else 'valable'} jusqu’au {french.date(token.expires_at)}"
    )
    with naming:
        st.markdown(f"**{_parts.plain(token.name)}**")
        st.caption(f"lit les exports · {ends} · {used}")
    if not is_over:
        acting.button(
            "Révoquer",
            key=f"revoke_{token.id}",
            icon=":material/block:",
            on_click=revoke,
            args=(token,),
        )


def machines() -> None:
    """The tokens, and a new one."""
    st.subheader("Accès machine", anchor=False)
    st.caption("Pour qu’un site, un assistant ou un outil vienne chercher les exports.")
    with db.reading() as session:
        tokens = people.tokens(session)
    for token in tokens:
        machine(token)
    with st.container(border=True):
        naming, lasting, pressing = st.columns([4, 2, 2], vertical_alignment="bottom")
        st.session_state.setdefault("token_name", "")
        naming.text_input(
            "Nom du système",
            key="token_name",
            max_chars=people.NAME_MAX,
            placeholder="Site web, assistant…",
        )
        lasting.selectbox(
            "Durée", list(DAYS), index=1, format_func=DAYS.__getitem__, key="token_days"
        )
        pressing.button("Créer l’accès", icon=":material/vpn_key:", on_click=create_token)


now, me = dt.datetime.now(dt.UTC), _session.actor()
may_manage = people.may(me.role, "person.manage")
_parts.head("Équipe et accès", "Qui peut faire quoi.")
shown_once()
with db.reading() as session:
    team = people.team(session)
for each in team:
    person(each)
inviting()
if people.may(me.role, "token.manage"):
    machines()
    _webhooks.show(now, show_once)
