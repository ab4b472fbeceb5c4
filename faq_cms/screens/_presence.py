"""Who else has this article open, said beside its editor and kept true without moving it.

A fragment beats by itself: it writes that this tab is here, reads who else is, and redraws one line.
Nothing else of the page runs, so the text being typed and its cursor are left alone. A beat is not a
gesture: it never keeps a forgotten session alive.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from faq_cms import db, french, people, presence
from faq_cms.errors import FaqError
from faq_cms.people import Actor
from faq_cms.presence import BEAT, Colleague
from faq_cms.screens import _parts, _session

_OPEN: Final = "open_article"
# A beat may come a little early, and a run of the whole page just before it.
_EARLY: Final = BEAT * 3 / 4


@dataclass(frozen=True)
class _Open:
    """What this tab has open, and when it last said so."""

    article_id: int
    said_at: dt.datetime


@st.fragment(run_every=BEAT)
def show(article_id: int, *, in_review: bool) -> None:
    """Say that this tab has the article open, and who else has. One line, drawn even when empty.

    `in_review`: a colleague is asked to read the draft.
    """
    now, actor = dt.datetime.now(dt.UTC), _session.actor()
    if people.may(actor.role, "article.write"):
        _beat(article_id, now)
    with db.reading() as session:
        others = presence.others(session, actor, article_id, now=now)
    # The line keeps its place when nobody is there: the editor below must not jump.
    st.caption(
        f":material/group: {sentence(others, now, in_review=in_review)}" if others else "\u00a0"
    )


def leave() -> None:
    """Say that this tab has no article open any more: it shows another screen."""
    held: _Open | None = st.session_state.pop(_OPEN, None)
    if held is not None:
        with db.transaction() as session:
            presence.leave(session, _session.actor(), held.article_id)


def elsewhere(actor: Actor, now: dt.datetime) -> dict[int, list[str]]:
    """Which articles colleagues have open now. See `presence.by_article`."""
    with db.reading() as session:
        return presence.by_article(session, actor, now=now)


def sentence(others: Sequence[Colleague], now: dt.datetime, *, in_review: bool = False) -> str:
    """« Camille modifie aussi cet article, dernière saisie il y a 3 minutes · Rémi relit cet article ».

    Whoever has typed nothing since they came has opened it, or reads it when a reading is asked for.
    """
    typed = [each.typed_at for each in others if each.typed_at is not None]
    writing = [each.name for each in others if each.typed_at is not None]
    reading = [each.name for each in others if each.typed_at is None]
    parts = []
    if typed:
        verb = french.plural(len(writing), "modifie", "modifient")
        last = french.ago(max(typed), now)
        parts.append(f"{names(writing)} {verb} aussi cet article, dernière saisie {last}")
    if reading and in_review:
        verb = french.plural(len(reading), "relit", "relisent")
        parts.append(f"{names(reading)} {verb} cet article")
    elif reading:
        verb = french.plural(len(reading), "a", "ont")
        parts.append(f"{names(reading)} {verb} aussi ouvert cet article")
    return " · ".join(parts)


def names(people_there: Sequence[str]) -> str:
    """« Ana », « Ana et Camille », « Ana, Camille et 3 autres »; safe in Markdown."""
    shown = [_parts.plain(each) for each in people_there]
    if len(shown) > 3:
        shown = [*shown[:2], f"{len(shown) - 2} autres"]
    return " et ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _beat(article_id: int, now: dt.datetime) -> None:
    """Write that this tab is here, once a beat whatever runs in between."""
    held: _Open | None = st.session_state.get(_OPEN)
    arrives = held is None or held.article_id != article_id
    if held is not None and not arrives and now - held.said_at < _EARLY:
        return
    try:
        with _session.changing() as (session, actor, _):
            if held is not None and arrives:
                presence.leave(session, actor, held.article_id)
            if arrives:
                presence.forget(session, now=now)
            presence.here(session, actor, article_id, now=now)
    except FaqError:  # the next gesture will say why: a session that ended, a database away
        return
    st.session_state[_OPEN] = _Open(article_id, now)
