"""A remark as every screen shows it: what the reader said, about what, and what becomes of it.

What names a person in it is masked until somebody who handles remarks asks for it; the journal
keeps who did, and the mask is back at their next sign-in.
"""

import datetime as dt
import textwrap
from collections.abc import Mapping
from typing import Any, Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import french, people, personal_data, remarks
from faq_cms.models import Reason, RemarkState
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session

QUOTED: Final = 140  # characters: two lines
_REVEALED = "revealed_remarks"
DONE = {
    RemarkState.NO_ACTION: "Remarque classée sans suite.",
    RemarkState.FORWARDED: "Remarque notée comme transmise à l’assistance.",
    RemarkState.NEW: "Remarque remise parmi les nouvelles.",
}


def card(
    remark: Mapping[Any, Any],
    *,
    came_from: str,
    now: dt.datetime,
    is_fresh: bool = False,
    stands_alone: bool = True,
) -> None:
    """One remark in full, and its outcomes.

    `is_fresh`: it came since the person's last visit. `stands_alone`: its article is not shown
    around it, with a « Corriger » of its own.
    """
    with st.container(border=True, gap="xsmall"):
        if stands_alone:
            _parts.article_link(remark["article_id"], remark["question"], came_from=came_from)
        st.caption(circumstances(remark, now=now, is_fresh=is_fresh))
        words(remark)
        if _session.may("remark.handle"):
            outcomes(remark, came_from=came_from, may_correct=stands_alone)


def words(remark: Mapping[Any, Any]) -> None:
    """What the reader wrote, or that it was erased."""
    if remark["erased"]:
        st.caption("Texte effacé.")
    else:
        text(int(remark["remark_id"]), remark["text"])


def text(remark_id: int, written: str, *, place: str = "card") -> None:
    """What was written, letter for letter but for what names a person: that is shown on demand.

    `place` tells two showings of one remark on one page apart.
    """
    masked = personal_data.mask(written)
    if masked == written:
        st.text(written)
        return
    revealed: set[int] = st.session_state.setdefault(_REVEALED, set())
    is_shown = remark_id in revealed
    st.text(written if is_shown else masked)
    if people.may(_session.actor().role, "remark.handle"):
        st.button(
            "Masquer ces données" if is_shown else "Afficher les données masquées",
            icon=":material/visibility_off:" if is_shown else ":material/visibility:",
            type="tertiary",
            key=f"reveal_{place}_{remark_id}",
            on_click=revealed.discard if is_shown else _reveal,
            args=(remark_id,) if is_shown else (remark_id, revealed),
        )


def quoted(written: str) -> str:
    """The beginning of what was written, between guillemets; what names a person stays masked."""
    beginning = textwrap.shorten(personal_data.mask(written), QUOTED, placeholder="…")
    return f"«\u202f{_parts.plain(beginning)}\u202f»"


def _reveal(remark_id: int, revealed: set[int]) -> None:
    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        remarks.reveal(session, actor, remark_id, now=now)

    if _session.act(change):
        revealed.add(remark_id)


def circumstances(remark: Mapping[Any, Any], *, now: dt.datetime, is_fresh: bool = False) -> str:
    """After which answer, why, in which version, when; and the state once it is settled."""
    parts = ["Nouvelle"] if is_fresh else []
    parts.append(french.YES if remark["helpful"] else french.NO)
    if _parts.known(remark["reason"]):
        parts.append(french.label(Reason(remark["reason"])))
    parts += [f"version {remark['version']}", french.ago(remark["received_at"], now)]
    if remark["set_aside"]:
        parts.append("vote mis de côté")
    if remark.get("has_contact"):
        parts.append("contact laissé")
    if remark["state"] != RemarkState.NEW:
        parts.append(french.label(RemarkState(remark["state"])))
    return " · ".join(parts)


def outcomes(remark: Mapping[Any, Any], *, came_from: str, may_correct: bool) -> None:
    """Corriger · Sans suite · Transmettre à l’assistance; or back among the new ones."""
    remark_id = int(remark["remark_id"])
    with st.container(horizontal=True, gap="small"):
        if remark["state"] != RemarkState.NEW:
            _outcome("Remettre à traiter", remark_id, RemarkState.NEW, icon=":material/undo:")
            return
        if may_correct and st.button(
            "Corriger", icon=":material/edit:", key=f"correct_{remark_id}"
        ):
            _parts.correct(int(remark["article_id"]), came_from=came_from, remark_id=remark_id)
        _outcome(
            "Sans suite", remark_id, RemarkState.NO_ACTION, icon=":material/do_not_disturb_on:"
        )
        _outcome(
            "Transmettre à l’assistance", remark_id, RemarkState.FORWARDED, icon=":material/send:"
        )


def _outcome(label: str, remark_id: int, state: RemarkState, *, icon: str) -> None:
    st.button(
        label,
        icon=icon,
        type="tertiary",
        key=f"{state.value}_{remark_id}",
        on_click=_handle,
        args=(remark_id, state),
    )


def _handle(remark_id: int, state: RemarkState) -> None:
    def to(target: RemarkState) -> _session.Change:
        def change(session: Session, actor: Actor, now: dt.datetime) -> None:
            remarks.handle(session, actor, remark_id, state=target, now=now)

        return change

    back = None if state is RemarkState.NEW else to(RemarkState.NEW)
    _session.act(to(state), done=DONE[state], undo=back)
