"""Who is in front of the screen, and the changes they order.

The session is read from the database at every run and again in the transaction of every change: a
closed session or a withdrawn right stops at the very next click. Streamlit ends a script by raising
inside its own calls, so nothing of Streamlit is called while a transaction is open.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, gate, people, settings
from faq_cms.errors import FaqError, SignInRequired
from faq_cms.people import Actor
from faq_cms.screens import registry

_ACTOR: Final = "actor"
_NOTICE: Final = "notice"

Change = Callable[[Session, Actor, dt.datetime], object]


@dataclass(frozen=True)
class Notice:
    """What became of the last change, and how to take it back. Fixed words, or `french.sentence`."""

    sentence: str
    refused: bool = False
    undo: Change | None = None


def secret() -> str | None:
    """The session secret this browser came with, unchecked; None without one."""
    return st.context.cookies.get(gate.cookie_name(settings.current()))


def signed_in() -> Actor | None:
    """Who holds this browser's session now; their activity is remembered, once a minute at most."""
    now, held = dt.datetime.now(dt.UTC), secret()
    with db.reading() as session:
        actor = people.actor_of(session, held, now=now)
        is_due = actor is not None and people.needs_seeing(session, held or "", now=now)
    if is_due and held:
        with db.transaction() as session:
            people.see(session, held, now=now)
    return actor


def enter(actor: Actor) -> None:
    """Say who this run is for: `menu.py` has just read it from the database."""
    st.session_state[_ACTOR] = actor


def actor() -> Actor:
    """Who this run is for. What they may do is asked again in the transaction of each change."""
    found: Actor = st.session_state[_ACTOR]
    return found


def may_open(file: str) -> bool:
    """Whether a screen exists for the person this run is for."""
    screen = registry.named(file)
    return screen is not None and (screen.action is None or people.may(actor().role, screen.action))


def may(action: str) -> bool:
    """Whether the person this run is for may do this: what they may not is not offered."""
    return people.may(actor().role, action)


@contextmanager
def changing(held: str | None = None) -> Iterator[tuple[Session, Actor, dt.datetime]]:
    """A transaction in the name of whoever is signed in now, and the time it is.

    `held` is their `secret`, for work in another thread, which cannot ask the browser for it. Raises
    SignInRequired, and what the change raises. Call nothing of Streamlit inside.
    """
    now, held = dt.datetime.now(dt.UTC), held or secret()
    with db.transaction() as session:
        found = people.actor_of(session, held, now=now)
        if found is None:
            raise SignInRequired
        yield session, found, now


def act(change: Change, *, done: str = "", undo: Change | None = None) -> bool:
    """Run one change; say `done` at the next run, or why it was refused. Whether it was made.

    With `undo`, « Annuler » stands beside the sentence until the next click.
    """
    try:
        with changing() as (session, found, now):
            change(session, found, now)
    except FaqError as error:
        refuse(error)
        return False
    if done:
        say(done, undo=undo)
    return True


def say(done: str, *, undo: Change | None = None) -> None:
    """Say at the next run what was done, with « Annuler » when there is a way back."""
    st.session_state[_NOTICE] = Notice(done, undo=undo)


def refuse(error: FaqError) -> None:
    """Say at the next run why something was refused."""
    st.session_state[_NOTICE] = Notice(french.sentence(error), refused=True)


def show_notice() -> None:
    """Say what became of the last change, once, where it is seen however far the page is scrolled."""
    notice: Notice | None = st.session_state.pop(_NOTICE, None)
    if notice is None:
        return
    if notice.refused:
        st.bottom.error(notice.sentence, icon=":material/error:")
    elif notice.undo is None:
        st.toast(notice.sentence, icon=":material/check:")
    else:
        bar = st.bottom.container(
            border=True, horizontal=True, vertical_alignment="center", gap="small"
        )
        bar.markdown(f":material/check: {notice.sentence}", width="content")
        bar.button(
            "Annuler",
            icon=":material/undo:",
            type="tertiary",
            on_click=_take_back,
            args=(notice.undo,),
            key="undo",
        )


def _take_back(undo: Change) -> None:
    act(undo, done="C’est annulé.")


def sign_out() -> None:
    """End the session in every tab that shares it."""
    held = secret()
    if held:
        with db.transaction() as session:
            people.sign_out(session, held, now=dt.datetime.now(dt.UTC))
