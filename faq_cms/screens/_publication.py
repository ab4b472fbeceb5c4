"""Letting a text out: now, at a planned moment, or after a colleague has read it.

One panel. « Publier » is its main gesture; the two other ways stand beside it and take its place when
asked for. What waits for the clock is said above the text, with the way to call it off.
"""

import datetime as dt
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import articles, db, french, loop, plans, reviews
from faq_cms.models import Plan, PlannedAction, Significance, Version
from faq_cms.people import Actor
from faq_cms.screens import _changes, _desk, _parts, _session
from faq_cms.screens._desk import Desk, Page

REVIEW, PLAN, END = "review", "plan", "end"  # what the panel asks instead of « Publier »
UNDO: Final = dt.timedelta(seconds=10)
_LEFT: Final = "published_before"
USUAL_TIME: Final = dt.time(9)
SAID: Final = {
    PlannedAction.PUBLISH: ("Publication programmée", "Le texte est figé jusque-là."),
    PlannedAction.WITHDRAW: ("Retrait programmé", "L’article quittera alors les pages publiques."),
}
CALLED_OFF: Final = {
    PlannedAction.PUBLISH: "Annuler la programmation pour modifier",
    PlannedAction.WITHDRAW: "Annuler la programmation",
}


# -- the panel -----------------------------------------------------------------------------------


def panel(page: Page, desk: Desk, *, corrects: bool) -> None:
    """What changes, whether votes go on, a note, Publier; or one of the two other ways.

    `corrects`: the person came to correct, so that *Fond* is proposed.
    """
    if not desk.is_publishing:  # its own button was pressed: the page behind must follow
        st.rerun()
    if desk.asking == END:
        _end(desk)
        return
    if not page.has_changes:
        st.markdown("Le texte est identique à la version publiée\u00a0: il n’y a rien à publier.")
        return
    if desk.asking == REVIEW:
        _ask_review(page, desk)
        return
    if page.live:
        with st.container(border=True):
            _changes.inline(_desk.text_of(page.live), page.text)
    _weight(page, desk, corrects=corrects)
    _note(desk)
    if desk.asking == PLAN:
        _plan(desk)
    else:
        _publish(page, desk)


def _publish(page: Page, desk: Desk) -> None:
    if page.needs_review:
        st.info(
            "Une autre personne doit approuver ce texte avant sa publication.",
            icon=":material/how_to_reg:",
        )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Publier",
            type="primary",
            icon=":material/publish:",
            shortcut="Ctrl+Enter",
            on_click=_desk.publish,
            args=(desk,),
            disabled=page.needs_review,
            key="publish",
        )
        st.button(
            "Programmer…",
            icon=":material/schedule:",
            on_click=_ask,
            args=(desk, PLAN),
            disabled=page.needs_review or page.is_frozen,
            key="ask_plan",
        )
        st.button(
            "Demander une relecture…",
            icon=":material/how_to_reg:",
            type="primary" if page.needs_review else "secondary",
            on_click=_ask,
            args=(desk, REVIEW),
            disabled=bool(page.request),
            key="ask_review",
        )
        st.button(
            "Continuer à rédiger",
            type="tertiary",
            on_click=_desk.close,
            args=(desk,),
            key="keep_writing",
        )


def _weight(page: Page, desk: Desk, *, corrects: bool) -> None:
    """« Que change cette version ? »; a first version always opens a measure."""
    if page.versions:
        st.radio(
            "Que change cette version\u202f?",
            [Significance.MINOR, Significance.MAJOR],
            index=int(corrects or bool(desk.ticked)),
            format_func=french.label,
            key=desk.key("significance"),
        )


def _note(desk: Desk) -> None:
    st.text_input(
        "Note (facultative)",
        value=_desk.note_for(len(desk.ticked)),
        max_chars=articles.NOTE_MAX,
        key=desk.key("note"),
        live=True,  # Ctrl+Entrée publishes from inside this field too: it must not wait to be left
        help="Gardée dans l’historique, pour vos collègues.",
    )


def open_end(desk: Desk) -> None:
    """Ask for the panel that plans a withdrawal."""
    desk.is_publishing, desk.asking = True, END


def _ask(desk: Desk, what: str) -> None:
    desk.asking = what


# -- after a publication -------------------------------------------------------------------------


def undo(desk: Desk, version: Version) -> None:
    """« Annuler », for ten seconds; it leaves by itself, and nothing else of the page runs."""
    if _can_be_taken_back(version):
        st.fragment(_undo, run_every=UNDO)(desk, version)


def leave_behind(desk: Desk) -> None:
    """The person goes on to the next remark: what they published can be taken back there too."""
    st.session_state[_LEFT] = desk


def left_behind() -> None:
    """What was published before this article opened by itself, with « Annuler », for ten seconds.

    Under the page, where what comes and goes moves nothing that is being written.
    """
    desk: Desk | None = st.session_state.get(_LEFT)
    if desk is None or desk.published is None or not _can_be_taken_back(desk.published):
        st.session_state.pop(_LEFT, None)
        return
    with st.bottom:
        st.fragment(_left_behind, run_every=UNDO)(desk, desk.published)


def _left_behind(desk: Desk, version: Version) -> None:
    if not _can_be_taken_back(version):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f":material/check_circle: **Version {version.number} publiée**\u00a0: "
            f"{_parts.plain(version.question)}",
            width="content",
        )
        _undo(desk, version)


def _undo(desk: Desk, version: Version) -> None:
    if not _can_be_taken_back(version):
        return
    if st.button("Annuler", icon=":material/undo:", key=f"take_back_{version.id}"):
        _desk.take_back(desk, version)
        # The whole page, on the article itself: what is published, and the text, have changed.
        _parts.correct(desk.article_id, came_from=st.query_params.get("de", ""))


def _can_be_taken_back(version: Version) -> bool:
    at = version.published_at
    return at is not None and dt.datetime.now(dt.UTC) - at < UNDO


# -- asking a colleague --------------------------------------------------------------------------


def _ask_review(page: Page, desk: Desk) -> None:
    with db.reading() as session:
        able = reviews.reviewers(session, _session.actor())
    names = {None: "Toute personne qui relit"} | {
        each.id: each.name for each in able if each.id not in page.hands
    }
    before = page.reading.reviewer_id if page.reading else None
    st.selectbox(
        "À qui",
        list(names),
        index=list(names).index(before if before in names else None),
        format_func=names.__getitem__,
        key=desk.key("reviewer"),
    )
    st.text_area(
        "Ce qu’il faut regarder (facultatif)",
        max_chars=reviews.TEXT_MAX,
        key=desk.key("request"),
        height=100,
    )
    with st.container(horizontal=True):
        st.button(
            "Demander la relecture",
            type="primary",
            icon=":material/how_to_reg:",
            on_click=_asked,
            args=(desk,),
            key="asked_review",
        )
        st.button("Retour", type="tertiary", on_click=_ask, args=(desk, ""), key="back")


def _asked(desk: Desk) -> None:
    reviewer_id = st.session_state.get(desk.key("reviewer"))
    request = str(st.session_state.get(desk.key("request"), ""))

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.review_asked(
            session,
            actor,
            desk.article_id,
            seen=desk.seen,
            reviewer_id=reviewer_id,
            request=request,
            now=now,
        )

    desk.is_publishing = False
    _session.act(change, done="Relecture demandée.")


# -- planning ------------------------------------------------------------------------------------


def _plan(desk: Desk) -> None:
    _moment(desk)
    with st.container(horizontal=True):
        st.button(
            "Programmer la publication",
            type="primary",
            icon=":material/schedule:",
            on_click=_planned,
            args=(desk,),
            key="planned",
        )
        st.button("Retour", type="tertiary", on_click=_ask, args=(desk, ""), key="back")


def _end(desk: Desk) -> None:
    st.markdown("L’article quittera les pages publiques et les canaux à ce moment-là.")
    _moment(desk)
    st.button(
        "Programmer le retrait",
        type="primary",
        icon=":material/event_busy:",
        on_click=_end_planned,
        args=(desk,),
        key="end_planned",
    )


def _moment(desk: Desk) -> None:
    """Day and time on the clock of Paris, and the moment they make, spelled out."""
    today = dt.datetime.now(french.PARIS).date()
    with st.container(horizontal=True):
        day = st.date_input(
            "Jour",
            value=today + dt.timedelta(days=1),
            min_value=today,
            format="DD/MM/YYYY",
            key=desk.key("due_day"),
        )
        time = st.time_input("Heure de Paris", value=USUAL_TIME, key=desk.key("due_time"))
    if time is not None:
        due = plans.instant(day, time)
        named = french.DAYS[due.astimezone(french.PARIS).weekday()]
        st.caption(f"Ce sera fait le {named} {french.datetime(due)}.")


def _due(desk: Desk) -> dt.datetime:
    return plans.instant(
        st.session_state[desk.key("due_day")], st.session_state[desk.key("due_time")]
    )


def _planned(desk: Desk) -> None:
    due_at = _due(desk)
    significance = st.session_state.get(desk.key("significance"), Significance.MAJOR)
    note = str(st.session_state.get(desk.key("note"), ""))

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.plan_publication(
            session,
            actor,
            desk.article_id,
            seen=desk.seen,
            due_at=due_at,
            significance=significance,
            note=note,
            answered_remarks=sorted(desk.ticked),
            now=now,
        )

    desk.is_publishing = False
    _session.act(change, done=f"Publication programmée le {french.datetime(due_at)}.")


def _end_planned(desk: Desk) -> None:
    due_at = _due(desk)

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.plan_withdrawal(session, actor, desk.article_id, due_at=due_at, now=now)

    desk.is_publishing = False
    _session.act(change, done=f"Retrait programmé le {french.datetime(due_at)}.")


def planned(page: Page) -> None:
    """What the clock will do, and the way to call it off."""
    for plan in page.plans.values():
        title, then = SAID[plan.action]
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/schedule: **{title} le {french.datetime(plan.due_at)}.** {then}"
            )
            if _session.may("article.publish"):
                st.button(
                    CALLED_OFF[plan.action],
                    icon=":material/event_busy:",
                    on_click=_call_off,
                    args=(plan,),
                    key=f"cancel_plan_{plan.id}",
                )


def _call_off(plan: Plan) -> None:
    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        plans.cancel(session, actor, plan.id, now=now)

    _session.act(change, done="Programmation annulée.")


# -- what failed ---------------------------------------------------------------------------------


def failures(now: dt.datetime) -> None:
    """On Aujourd’hui: what the clock could not do, and why."""
    with db.reading() as session:
        failed = plans.failed(session, now=now)
    for each in failed.to_dict("records"):
        with st.container(border=True, gap="xsmall"):
            what = french.label(PlannedAction(each["action"]))
            st.markdown(
                f":material/error: **{what} du {french.datetime(each['due_at'])} échouée**"
                if each["action"] == PlannedAction.PUBLISH
                else f":material/error: **{what} du {french.datetime(each['due_at'])} échoué**"
            )
            _parts.article_link(each["article_id"], each["question"], came_from="aujourdhui")
            st.caption(each["failure"])
