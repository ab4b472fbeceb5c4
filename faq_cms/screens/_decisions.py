"""What is decided of a listed article, one small panel each: give, put off, settle, close, signal.

A button says which panel is asked for (`ask`); the screen shows it last (`show`). What was refused is
said in the panel, with what was typed still there.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import articles, corrections, db, french, loop
from faq_cms.corrections import REASON_MAX, SNOOZE_DAYS_MAX
from faq_cms.errors import FaqError
from faq_cms.models import Correction
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session
from faq_cms.votes import civil_day

ASSIGN, SNOOZE, SETTLE, CLOSE, RAISE = "assign", "snooze", "settle", "close", "raise"
_ASKED: Final = "decision"  # (panel, article) in the session's state
_REFUSED: Final = "decision_refused"
_NOBODY: Final = "Personne"
USUAL_SNOOZE: Final = 30  # days


# -- at once -------------------------------------------------------------------------------------


def take(article_id: int) -> None:
    """« Je m’en charge »."""

    def change(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.take(session, actor, article_id, now=at)

    _session.act(change, done="Vous vous en chargez.", undo=_releasing(article_id))


def release(article_id: int) -> None:
    """« Laisser à d’autres »."""
    _session.act(_releasing(article_id), done="Article laissé à qui s’en chargera.")


def wake(article_id: int) -> None:
    """Put back now what was put off."""
    _session.act(_waking(article_id), done="Article remis dans la liste.")


def _releasing(article_id: int) -> _session.Change:
    def change(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.release(session, actor, article_id, now=at)

    return change


def _waking(article_id: int) -> _session.Change:
    def change(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.wake(session, actor, article_id, now=at)

    return change


# -- in a panel ----------------------------------------------------------------------------------


def ask(panel: str, article_id: int) -> None:
    """Ask for a panel about an article."""
    st.session_state[_ASKED] = (panel, article_id)
    st.session_state.pop(_REFUSED, None)


def show() -> None:
    """The panel asked for, if any. Called last: it opens over the page."""
    asked: tuple[str, int] | None = st.session_state.get(_ASKED)
    if asked is None:
        return
    title, body = PANELS[asked[0]]
    st.dialog(title, on_dismiss=_forget)(_within)(body, asked[1])


def _within(body: Callable[[int], None], article_id: int) -> None:
    if _ASKED not in st.session_state:  # decided: the page behind must follow
        st.rerun()
    with db.reading() as session:
        if standing := articles.standing(session, article_id):
            st.caption(_parts.plain(standing.question))
    body(article_id)
    if refused := st.session_state.get(_REFUSED):
        st.error(refused, icon=":material/error:")


def _forget() -> None:
    st.session_state.pop(_ASKED, None)
    st.session_state.pop(_REFUSED, None)


def _decide(change: _session.Change, done: str, undo: _session.Change | None = None) -> None:
    try:
        with _session.changing() as (session, actor, now):
            change(session, actor, now)
    except FaqError as error:
        st.session_state[_REFUSED] = french.sentence(error)
        return
    _forget()
    _session.say(done, undo=undo)


def _today() -> dt.date:
    return civil_day(dt.datetime.now(dt.UTC))


# -- giving --------------------------------------------------------------------------------------


def _assign(article_id: int) -> None:
    with db.reading() as session:
        names: dict[int | None, str] = {None: _NOBODY}
        names |= {each.id: each.name for each in corrections.able(session)}
        row = corrections.listed(session, article_id)
    given = row.taken_by_id if row else None
    st.selectbox(
        "À qui",
        list(names),
        index=list(names).index(given if given in names else None),
        format_func=names.__getitem__,
        key=f"assignee_{article_id}",
    )
    st.date_input(
        "Échéance (facultative)",
        value=row.due_on if row else None,
        format="DD/MM/YYYY",
        key=f"due_on_{article_id}",
    )
    st.button(
        "Confier",
        type="primary",
        icon=":material/person_add:",
        key=f"assigned_{article_id}",
        on_click=_assigned,
        args=(article_id, names, row),
    )


def _assigned(article_id: int, names: dict[int | None, str], before: Correction | None) -> None:
    to_id = st.session_state[f"assignee_{article_id}"]
    due_on = st.session_state[f"due_on_{article_id}"]
    was = (before.taken_by_id, before.due_on) if before else (None, None)

    def giving(to_id: int | None, due_on: dt.date | None) -> _session.Change:
        def change(session: Session, actor: Actor, at: dt.datetime) -> None:
            corrections.assign(session, actor, article_id, to_id=to_id, due_on=due_on, now=at)

        return change

    when = f", {french.due(due_on, _today())}" if due_on else ""
    done = f"Confié à {names[to_id]}{when}." if to_id else f"Laissé à qui s’en chargera{when}."
    _decide(giving(to_id, due_on), done, undo=giving(*was))


# -- putting off ---------------------------------------------------------------------------------


def _snooze(article_id: int) -> None:
    today = _today()
    st.date_input(
        "Jusqu’au",
        value=today + dt.timedelta(days=USUAL_SNOOZE),
        min_value=today + dt.timedelta(days=1),
        max_value=today + dt.timedelta(days=SNOOZE_DAYS_MAX),
        format="DD/MM/YYYY",
        key=f"until_{article_id}",
    )
    _reason(article_id, "Le nouveau tarif sort en juin.")
    st.caption(
        "L’article quitte la liste et y revient de lui-même ce jour-là, ou dès qu’une autre raison "
        "de le corriger apparaît."
    )
    st.button(
        "Reporter",
        type="primary",
        icon=":material/schedule:",
        key=f"snoozed_{article_id}",
        on_click=_snoozed,
        args=(article_id,),
    )


def _snoozed(article_id: int) -> None:
    until, reason = st.session_state[f"until_{article_id}"], _typed(article_id)

    def change(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.snooze(session, actor, article_id, until=until, reason=reason, now=at)

    done = f"Reporté au {french.date(until)}." if until else ""
    _decide(change, done, undo=_waking(article_id))


# -- settling, closing, signalling ---------------------------------------------------------------


def _settle(article_id: int) -> None:
    _reason(article_id, "La règle est ainsi\u202f; le texte est juste.")
    st.caption("Ce qui est connu aujourd’hui ne listera plus l’article\u202f; du nouveau, si.")
    st.button(
        "Rien à corriger",
        type="primary",
        icon=":material/task_alt:",
        key=f"settle_{article_id}",
        on_click=_settled,
        args=(article_id,),
    )


def _settled(article_id: int) -> None:
    reason = _typed(article_id)

    def change(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.nothing_to_fix(session, actor, article_id, reason=reason, now=at)

    _decide(change, "Classé\u00a0: rien à corriger.")


def _close(article_id: int) -> None:
    st.markdown(
        "Les votes ne permettront pas de conclure. Relisez le texte publié à la lumière de ce qui "
        "avait été signalé, et dites ce que vous en pensez."
    )
    _reason(article_id, "Relu\u00a0: la démarche est complète et le lien fonctionne.")
    st.button(
        "Clore sans mesure",
        type="primary",
        icon=":material/how_to_reg:",
        key=f"closed_{article_id}",
        on_click=_closed,
        args=(article_id,),
    )


def _closed(article_id: int) -> None:
    note = _typed(article_id)

    def change(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.close_unmeasured(session, actor, article_id, note=note, now=at)

    _decide(change, "Correction close sans mesure.")


def _raise(article_id: int) -> None:
    st.caption("L’article entre dans À corriger, avec votre raison.")
    _reason(article_id, "Le tarif a changé le 1er mars.")
    st.button(
        "Signaler",
        type="primary",
        icon=":material/flag:",
        key=f"raised_{article_id}",
        on_click=_raised,
        args=(article_id,),
    )


def _raised(article_id: int) -> None:
    reason = _typed(article_id)

    def change(session: Session, actor: Actor, at: dt.datetime) -> None:
        loop.raised_by_hand(session, actor, article_id, reason=reason, now=at)

    def undo(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.lower_by_hand(session, actor, article_id, now=at)

    _decide(change, "Article signalé\u00a0: il est dans À corriger.", undo=undo)


def _reason(article_id: int, example: str) -> None:
    st.text_input(
        "Pourquoi\u202f?",
        key=f"reason_{article_id}",
        max_chars=REASON_MAX,
        placeholder=example,
        live=True,  # the button beside must not have to be pressed twice
    )


def _typed(article_id: int) -> str:
    return str(st.session_state.get(f"reason_{article_id}") or "")


PANELS: Final[dict[str, tuple[str, Callable[[int], None]]]] = {
    ASSIGN: ("Confier la correction", _assign),
    SNOOZE: ("Reporter", _snooze),
    SETTLE: ("Rien à corriger", _settle),
    CLOSE: ("Clore sans mesure", _close),
    RAISE: ("Signaler cet article", _raise),
}


def button(panel: str, article_id: int, label: str, *, icon: str, help_: str | None = None) -> None:
    """The button that asks for a panel."""
    st.button(
        label,
        icon=icon,
        type="tertiary",
        key=f"ask_{panel}_{article_id}",
        help=help_,
        on_click=partial(ask, panel, article_id),
    )
