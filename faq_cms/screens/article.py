"""Un article — what it should say, what its readers say of it, what it was before."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import articles, french, loop
from faq_cms.errors import NotFound
from faq_cms.models import FlagKind, PlannedAction, RemarkState
from faq_cms.people import Actor
from faq_cms.screens import (
    _changes,
    _contact,
    _data,
    _decisions,
    _desk,
    _history,
    _listed,
    _measures,
    _merging,
    _parts,
    _presence,
    _proofreading,
    _publication,
    _remark,
    _review,
    _session,
    _sheet,
    editor,
)
from faq_cms.votes import civil_day

# Where a person comes from: the way back, and what counts as coming to correct.
ORIGINS: Final = {
    "aujourdhui": ("today.py", "Aujourd’hui"),
    "a-corriger": ("to_correct.py", "À corriger"),
    "remarques": ("remarks.py", "Remarques"),
    "utilite": ("usefulness.py", "Utilité des articles"),
    "tableau-de-bord": ("dashboard.py", "Tableau de bord"),
}
FROM_REMARKS: Final = ("remarques", "aujourdhui")
CORRECTING: Final = ("a-corriger", *FROM_REMARKS)
STATES: Final = {
    "published": ("Publié", "green"),
    "draft": ("Jamais publié", "gray"),
    "withdrawn": ("Retiré", "gray"),
}
WRITE, READ, REVIEW, MEASURE, PAST = "Rédiger", "Lire", "Relire", "Mesure", "Historique"
ASKED: Final = {"relire": REVIEW, "mesure": MEASURE}  # by the address of the page
NEXT_REVIEW: Final = (3, 6, 12)  # months
PREVIEW_HEIGHT: Final = 620


# -- head ----------------------------------------------------------------------------------------


def way_back() -> None:
    """To the list this person came from, so that they never start it again from the top."""
    file, title = ORIGINS.get(came_from, ("articles.py", "Articles"))
    _parts.link(file, title, icon=":material/arrow_back:")


def head() -> None:
    """The question, where the article stands, and what can be done with it."""
    titles, actions = st.columns([2, 1], vertical_alignment="top")
    with titles:
        st.title(_parts.plain(page.text.question) or "Article sans question", anchor=False)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            standing()
    if not may_write:
        return
    with actions, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        st.button(
            "Publier…",
            type="primary",
            icon=":material/publish:",
            disabled=not page.has_changes or desk.is_refused,
            on_click=_desk.open_publication,
            args=(desk,),
            # In the panel the same keys press its own button.
            shortcut=None if desk.is_publishing else "Ctrl+Enter",
            key="open_publication",
        )
        with st.popover("Plus", icon=":material/more_vert:"):
            more()


def standing() -> None:
    """In a line: published or not, in which version, since when, how useful."""
    label, colour = STATES[page.state]
    st.badge(
        f"{label} · version {page.live.number}" if page.live else label,
        color=colour,  # type: ignore[arg-type]
    )
    if page.request:
        st.badge("En relecture", color="violet", icon=":material/how_to_reg:")
    if page.draft and page.versions:
        st.badge("Modifications non publiées", color="blue", icon=":material/edit_note:")
    if page.live and page.live.published_at:
        figure = french.usefulness(_history.running(revision, article_id, page.live.period_id))
        said = " ".join(part for part in (figure.dots, figure.text) if part)
        st.caption(f"depuis le {french.date(page.live.published_at)} · {said}")
    if before := _measures.elsewhere(revision, article_id):
        st.caption(before, width="content")
    still_accurate()


def more() -> None:
    """What is done once in the life of an article: withdraw, put back, throw a draft away."""
    if page.live:
        st.link_button(
            "Voir la page publique",
            f"/aide/{page.article.slug}",
            icon=":material/open_in_new:",
            type="tertiary",
        )
        st.button(
            "Retirer de la publication",
            icon=":material/visibility_off:",
            type="tertiary",
            on_click=withdraw,
        )
    if page.live and not is_signalled():
        st.button(
            "Signaler à corriger…",
            icon=":material/flag:",
            type="tertiary",
            on_click=_decisions.ask,
            args=(_decisions.RAISE, article_id),
            key="ask_raise",
        )
    if page.live and PlannedAction.WITHDRAW not in page.plans:
        st.button(
            "Retirer le…",
            icon=":material/event_busy:",
            type="tertiary",
            on_click=_publication.open_end,
            args=(desk,),
        )
    if page.is_withdrawn:
        st.button(
            "Remettre en ligne",
            icon=":material/visibility:",
            type="tertiary",
            on_click=put_back,
        )
    if page.draft and not page.is_frozen:
        st.button(
            "Supprimer le brouillon" if page.versions else "Supprimer cet article",
            icon=":material/delete:",
            type="tertiary",
            on_click=ask_to_discard,
        )


def is_signalled() -> bool:
    """Whether a colleague already said that this article needs correcting."""
    return listed is not None and FlagKind.BY_HAND in listed["kinds"]


# -- changes -------------------------------------------------------------------------------------


def withdrawn(session: Session, actor: Actor, now: dt.datetime) -> None:
    """Take the article off the public pages."""
    loop.withdraw(session, actor, article_id, now=now)


def republished(session: Session, actor: Actor, now: dt.datetime) -> None:
    """Put it back as it was."""
    loop.republish(session, actor, article_id, now=now)


def withdraw() -> None:
    """Withdraw, with a way back."""
    _session.act(withdrawn, done="Article retiré de la publication.", undo=republished)


def put_back() -> None:
    """Publish a withdrawn article again, as it was."""
    _session.act(republished, done="Article de nouveau en ligne.")


def ask_to_discard() -> None:
    """A draft cannot be brought back: ask first."""
    st.session_state["discarding"] = article_id


def discarding() -> None:
    """What is about to be lost, and the two ways out."""
    st.markdown(
        "Le texte publié reste en ligne, vos modifications seront perdues."
        if page.versions
        else "Cet article n’a jamais été publié\u00a0: il disparaîtra avec son texte."
    )
    with st.container(horizontal=True):
        if st.button("Supprimer", type="primary", icon=":material/delete:"):
            st.session_state.pop("discarding", None)
            if _desk.discard(desk) and not page.versions:
                st.session_state.pop(f"desk_{article_id}", None)
                st.switch_page("articles.py")
            st.rerun()
        if st.button("Garder"):
            st.session_state.pop("discarding", None)
            st.rerun()


# -- after a publication -------------------------------------------------------------------------


def go_on() -> None:
    """From the remark just answered to the next one, by itself: never back to the top of a list."""
    if not desk.goes_on:
        return
    desk.goes_on = False
    if named and came_from in FROM_REMARKS and (following := next_remark()):
        target, _, remark_id = following
        if target != article_id:  # else this page goes on saying what was published
            _publication.leave_behind(desk)
        _parts.correct(target, came_from=came_from, remark_id=remark_id)


def after_publication() -> None:
    """What was done, and the next thing that waits, one click away."""
    if desk.published is None:
        return
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key="after_publication"
    ):
        st.markdown(f":material/check_circle: **Version {desk.published.number} publiée**")
        _publication.undo(desk, desk.published)
        following = next_remark() if came_from in FROM_REMARKS else next_listed()
        if following is not None:
            target, question, remark_id = following
            if st.button(
                f"Suivant\u00a0: {_parts.plain(question)}",
                type="primary",
                icon=":material/arrow_forward:",
            ):
                desk.published = None
                _parts.correct(target, came_from=came_from, remark_id=remark_id)
        elif came_from in ORIGINS:
            st.markdown("Il n’y a plus rien à traiter ici.")
    _contact.waiting(dt.datetime.now(dt.UTC), article_id=desk.article_id)


def next_listed() -> tuple[int, str, int | None] | None:
    """The first other article of À corriger, in the order it is shown there."""
    if came_from != "a-corriger":
        return None
    queue = _listed.ordered(revision, civil_day(dt.datetime.now(dt.UTC)))
    others = queue[queue["article_id"] != article_id]
    if others.empty:
        return None
    first = others.iloc[0]
    return int(first["article_id"]), str(first["question"]), None


def next_remark() -> tuple[int, str, int | None] | None:
    """Of the other remarks nobody has settled, the one after this one in their list, else the first."""
    current = int(named) if named.isdecimal() else 0
    waiting = _data.remarks(revision, (RemarkState.NEW,))
    waiting = waiting[waiting["remark_id"] != current]
    if waiting.empty:
        return None
    received = remarks.loc[remarks["remark_id"] == current, "received_at"]
    older = waiting[waiting["received_at"] <= received.iloc[0]] if len(received) else waiting
    following = (waiting if older.empty else older).iloc[0]
    return int(following["article_id"]), str(following["question"]), int(following["remark_id"])


# -- writing -------------------------------------------------------------------------------------


def write() -> None:
    """The question, the answer, and what else readers call it."""
    typed = desk.mine or page.text
    st.session_state.setdefault(desk.key("question"), typed.question)
    st.text_input(
        "Question",
        key=desk.key("question"),
        max_chars=articles.QUESTION_MAX,
        on_change=_desk.save_question,
        args=(desk,),
        placeholder="Comment…\u202f?",
        live="600ms",
        disabled=page.is_frozen,
    )
    editor.answer(
        desk.key("answer"),
        # Until a person has decided, a refused text stays based on what it was based on.
        value=typed.answer,
        revision=_desk.revision(desk.seen if desk.mine else page.seen),
        rescue_key=f"{actor.id}.{article_id}",
        saved_at=saved_at(),
        problem=refused(),
        disabled=page.is_frozen,
        on_change=partial(_desk.save_answer, desk),
        on_publish=partial(_desk.open_publication, desk),
        focus=came_from in ORIGINS,
    )
    with st.expander(f"Autres façons de poser la question ({len(typed.wordings)})"):
        st.session_state.setdefault(desk.key("wordings"), "\n".join(typed.wordings))
        st.text_area(
            "Une par ligne\u202f; la recherche et les assistants les connaîtront.",
            key=desk.key("wordings"),
            on_change=_desk.save_wordings,
            args=(desk,),
            disabled=page.is_frozen,
        )
    with st.expander("Fiche", icon=":material/badge:"):
        _sheet.show(page.article)


def saved_at() -> str | None:
    """When, and by whom if not by this person, the draft was saved: follows « Enregistré à »."""
    if page.draft is None:
        return None
    local = page.draft.saved_at.astimezone(french.PARIS)
    is_today = local.date() == dt.datetime.now(french.PARIS).date()
    parts = [french.clock(local)] if is_today else [french.clock(local), f"le {french.date(local)}"]
    if page.draft.author_id != actor.id:
        parts.append(f"par {page.draft.author}")
    return ", ".join(parts)


def refused() -> str | None:
    """Why the text on the page is not saved."""
    if desk.stale is not None:
        return "Non enregistré\u00a0: choisissez entre les deux textes."
    return desk.problem or None


# -- beside --------------------------------------------------------------------------------------


def beside() -> None:
    """What readers will see, what they said, what changes."""
    waiting = remarks[remarks["state"] == RemarkState.NEW]
    said = f"Remarques ({french.number(len(waiting))})" if len(waiting) else "Remarques"
    has_said = len(waiting) or listed is not None
    first = said if has_said and came_from in ORIGINS else "Aperçu"
    found = _proofreading.findings(article_id, page.text)
    names = ["Aperçu", said, _proofreading.label(found), "Ce qui change"]
    keep_tab(names)
    preview_tab, remarks_tab, proofreading_tab, changes_tab = st.tabs(
        names, default=first, on_change="rerun", key="beside"
    )
    if preview_tab.open:
        with preview_tab:
            _history.preview(article_id, _desk.revision(page.seen), height=PREVIEW_HEIGHT)
    if remarks_tab.open:
        with remarks_tab:
            what_readers_said(waiting.to_dict("records"))
    if proofreading_tab.open:
        with proofreading_tab:
            _proofreading.show(desk, page.text, found)
    if changes_tab.open:
        with changes_tab:
            what_changes()


def keep_tab(names: list[str]) -> None:
    """A tab is remembered by its name: the number in it may change without closing it."""
    chosen = str(st.session_state.get("beside", "")).partition(" (")[0]
    for name in names:
        if name.partition(" (")[0] == chosen:
            st.session_state["beside"] = name


def what_readers_said(waiting: list[dict[Any, Any]]) -> None:
    """Why the article is listed; the remarks nobody settled, to tick; then those already settled."""
    if listed is not None:
        why_listed(listed)
    if remarks.empty:
        st.caption("Aucune remarque sur cet article.")
        return
    now = dt.datetime.now(dt.UTC)
    for remark in waiting:
        remark_id = int(remark["remark_id"])
        with st.container(border=True, gap="small"):
            _remark.words(remark)
            st.caption(_remark.circumstances(remark, now=now))
            st.checkbox(
                "Cette version y répond",
                value=remark_id in desk.ticked,
                key=desk.key(f"tick_{remark_id}"),
                on_change=tick,
                args=(remark_id,),
            )
    settled = remarks[remarks["state"] != RemarkState.NEW]
    if not settled.empty:
        with st.expander(f"Déjà traitées ({french.number(len(settled))})"):
            for remark in settled.head(20).to_dict("records"):
                _remark.words(remark)
                st.caption(_remark.circumstances(remark, now=now))


def why_listed(row: Mapping[Any, Any]) -> None:
    """Every reason to correct this article, and those its readers picked."""
    with st.container(border=True, gap="xsmall", key="why_listed"):
        st.caption("Pourquoi cet article est à corriger")
        for reason in _listed.reasons(row):
            st.markdown(reason)
        said = [french.split(_parts.counts(row)), _listed.picked(revision, [row])[article_id]]
        st.caption(" · ".join(part for part in said if part))


def tick(remark_id: int) -> None:
    """Add a remark to those this version answers, or take it out."""
    desk.ticked.symmetric_difference_update({remark_id})


def what_changes() -> None:
    """The draft against the published text."""
    if page.live is None:
        st.caption("Cet article n’est pas en ligne\u00a0: tout son texte est nouveau.")
    elif not page.has_changes:
        st.caption("Rien n’a changé depuis la version publiée.")
    else:
        _changes.inline(_desk.text_of(page.live), page.text)


# -- looking only --------------------------------------------------------------------------------


def read_only() -> None:
    """What the public reads, and beside it what readers said, for who may not write."""
    reading, said = st.columns([11, 9], gap="medium")
    with reading:
        _history.preview(article_id, _desk.revision(page.seen), height=PREVIEW_HEIGHT)
    with said:
        with st.expander("Fiche", icon=":material/badge:"):
            _sheet.show(page.article)
        if page.draft and page.has_changes:
            st.subheader("Ce qui change", anchor=False)
            what_changes()
        st.subheader("Remarques", anchor=False)
        if remarks.empty:
            st.caption("Aucune remarque sur cet article.")
        now = dt.datetime.now(dt.UTC)
        for remark in remarks.head(20).to_dict("records"):
            with st.container(border=True, gap="small"):
                _remark.words(remark)
                st.caption(_remark.circumstances(remark, now=now))


# -- review dates --------------------------------------------------------------------------------


def still_accurate() -> None:
    """The date to look at this article again has passed: say that it stands, until when."""
    today = dt.datetime.now(french.PARIS).date()
    if page.live is None or page.article.review_on is None or page.article.review_on >= today:
        return
    st.badge(
        f"Révision échue depuis le {french.date(page.article.review_on)}",
        color="orange",
        icon=":material/event_repeat:",
    )
    if _session.may("article.write"):
        with st.popover("Toujours exact", icon=":material/task_alt:", type="tertiary"):
            st.caption("Prochaine révision dans")
            for months in NEXT_REVIEW:
                st.button(
                    f"{months} mois",
                    key=f"still_accurate_{months}",
                    on_click=confirm,
                    args=(today, months),
                )


def confirm(today: dt.date, months: int) -> None:
    """« Toujours exact »: to be looked at again in so many months."""
    next_on = (pd.Timestamp(today) + pd.DateOffset(months=months)).date()

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.still_accurate(session, actor, article_id, next_on=next_on, today=today, now=now)

    _session.act(change, done=f"Prochaine révision le {french.date(next_on)}.")


# -- the screen ----------------------------------------------------------------------------------

asked, came_from = st.query_params.get("article", ""), st.query_params.get("de", "")
if not asked.isdecimal() or len(asked) > 18:
    _parts.head("Article", "Choisissez un article dans la liste.")
    _parts.link("articles.py", "Articles", icon=":material/arrow_back:")
    st.stop()
article_id, actor, revision = int(asked), _session.actor(), _data.revision()
may_write = _session.may("article.write")
try:
    page = _desk.read(article_id)
except NotFound as error:
    _parts.nothing(french.sentence(error), "Il a peut-être été supprimé.", icon=":material/error:")
    _parts.link("articles.py", "Articles", icon=":material/arrow_back:")
    st.stop()
desk = _desk.opened(page)
remarks = _data.remarks(revision, article_id=article_id)
listed = _listed.row_of(revision, article_id)
named = st.query_params.get("remarque", "")
if named.isdecimal() and int(named) not in desk.arrived:
    desk.arrived.add(int(named))
    if ((remarks["remark_id"] == int(named)) & (remarks["state"] == RemarkState.NEW)).any():
        desk.ticked.add(int(named))
        st.session_state[desk.key(f"tick_{named}")] = True  # the box may be there since before
go_on()

with st.container(horizontal=True, vertical_alignment="center"):
    way_back()
    _presence.show(article_id, in_review=page.request is not None)
head()
# Always there, even empty: what comes and goes must not move the editor, whose cursor would be lost.
with st.container():
    after_publication()
with st.container():
    _merging.show(desk, page)
with st.container():
    _publication.planned(page)
    _review.said(page)
views = [WRITE if may_write else READ]
views += [REVIEW] if page.draft and page.has_changes else []
views += [MEASURE, PAST] if page.versions else []
by_name = ASKED.get(st.query_params.get("vue", ""))
wanted = PAST if "version" in st.query_params else by_name
view = views[0]
if len(views) > 1:
    view = st.segmented_control(
        "Vue",
        views,
        default=wanted if wanted in views else views[0],
        required=True,
        label_visibility="collapsed",
        key=f"view_{article_id}",
    )
if view != PAST and "version" in st.query_params:
    del st.query_params["version"]
if view == PAST:
    _history.show(page, desk, revision)
elif view == MEASURE:
    _measures.show(revision, article_id)
elif view == REVIEW:
    _review.show(page, desk)
elif view == READ:
    read_only()
else:
    writing, beside_it = st.columns([11, 9], gap="medium")
    with writing:
        write()
    with beside_it:
        beside()

_publication.left_behind()

if desk.is_publishing:
    st.dialog(
        "Retirer" if desk.asking == _publication.END else "Publier",
        width="large",
        on_dismiss=partial(_desk.close, desk),
    )(_publication.panel)(page, desk, corrects=came_from in CORRECTING)
elif desk.is_typesetting:
    st.dialog(
        "Corriger la typographie",
        width="large",
        on_dismiss=partial(_desk.close_typesetting, desk),
    )(_proofreading.typesetting)(desk)
elif st.session_state.get("discarding") == article_id:
    st.dialog("Supprimer le brouillon\u202f?")(discarding)()
else:
    _decisions.show()
