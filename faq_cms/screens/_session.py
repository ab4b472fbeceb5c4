"""Who is in front of the screen, and the changes they order.

The session is read from the database at every run and again in the transaction of every change: a
closed session or a withdrawn right stops at the very next click. Streamlit ends a script by raising
inside its own calls, so nothing of Streamlit is called while a transaction is open.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, gate, people, settings
from faq_cms.errors import FaqError, SignInRequired
from faq_cms.people import Actor

_NOTICE: Final = "notice"
_SIGNED_OUT: Final = "signed_out"

Change = Callable[[Session, Actor, dt.datetime], object]


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


def actor() -> Actor:
    """Who is signed in. Raises SignInRequired."""
    found = signed_in()
    if found is None:
        raise SignInRequired
    return found


@contextmanager
def changing() -> Iterator[tuple[Session, Actor, dt.datetime]]:
    """A transaction in the name of whoever is signed in now, and the time it is.

    Raises SignInRequired, and what the change raises. Call nothing of Streamlit inside.
    """
    now, held = dt.datetime.now(dt.UTC), secret()
    with db.transaction() as session:
        found = people.actor_of(session, held, now=now)
        if found is None:
            raise SignInRequired
        yield session, found, now


def act(change: Change, *, done: str = "") -> bool:
    """Run one change; say `done` at the next run, or why it was refused. Whether it was made."""
    try:
        with changing() as (session, found, now):
            change(session, found, now)
    except FaqError as error:
        refuse(error)
        return False
    if done:
        st.session_state[_NOTICE] = ("done", done)
    return True


def refuse(error: FaqError) -> None:
    """Say at the next run why something was refused."""
    st.session_state[_NOTICE] = ("refused", french.sentence(error))


def show_notice() -> None:
    """Say what became of the last change, once."""
    kind, sentence = st.session_state.pop(_NOTICE, ("", ""))
    if kind == "done":
        st.toast(sentence, icon=":material/check:")
    elif kind == "refused":
        st.error(sentence, icon=":material/error:")


def sign_out() -> None:
    """End the session in every tab that shares it."""
    held = secret()
    if held:
        with db.transaction() as session:
            people.sign_out(session, held, now=dt.datetime.now(dt.UTC))
