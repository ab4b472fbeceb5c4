"""Un article — what it should say, what its readers say of it, what it was before."""

import datetime as dt
from functools import partial
from typing import Any, Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import articles, filing, french, loop
from faq_cms.articles import Text
from faq_cms.errors import NotFound
from faq_cms.models import RemarkState, Significance
from faq_cms.people import Actor
from faq_cms.screens import (
    _changes,
    _data,
    _desk,
    _history,
    _library,
    _parts,
    _presence,
    _proofreading,
    _remark,
    _session,
    editor,
)

# Where a person comes from: the way back, and what counts as coming to correct.
ORIGINS: Final = {
    "aujourdhui": ("today.py", "Aujourd’hui"),
    "a-corriger": ("to_correct.py", "À corriger"),
    "remarques": ("remarks.py", "Remarques"),
    "utilite": ("usefulness.py", "Utilité des articles"),
}
STATES: Final = {
    "published": ("Publié", "green"),
    "draft": ("Jamais publié", "gray"),
    "withdrawn": ("Retiré", "gray"),
}
WRITE, PAST = "Rédiger", "Historique"
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
    if page.draft and page.versions:
        st.badge("Modifications non publiées", color="blue", icon=":material/edit_note:")
    if page.live and page.live.published_at:
        figure = french.usefulness(_history.running(revision, article_id))
        said = " ".join(part for part in (figure.dots, figure.text) if part)
        st.caption(f"depuis le {french.date(page.live.published_at)} · {said}")


def more() -> None:
    """What is done once in the life of an article: file, move, withdraw, throw a draft away."""
    names = {None: "Sans catégorie"} | {each.id: each.name for each in _library.categories()}
    st.selectbox(
        "Catégorie",
        list(names),
        index=list(names).index(page.article.category_id),
        format_func=names.__getitem__,
        key=f"category_{article_id}_{page.article.category_id}",
        on_change=file_under,
    )
    st.text_input(
        "Adresse de la page",
        value=page.article.slug,
        key=f"slug_{article_id}_{page.article.slug}",
        on_change=move,
        help="L’ancienne adresse continuera de mener à l’article.",
    )
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
    if page.is_withdrawn:
        st.button(
            "Remettre en ligne",
            icon=":material/visibility:",
            type="tertiary",
            on_click=put_back,
        )
    if page.draft:
        st.button(
            "Supprimer le brouillon" if page.versions else "Supprimer cet article",
            icon=":material/delete:",
            type="tertiary",
            on_click=ask_to_discard,
        )


# -- changes -------------------------------------------------------------------------------------


def file_under() -> None:
    """Put the article in the chosen category."""
    chosen = st.session_state[f"category_{article_id}_{page.article.category_id}"]

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        filing.file_under(session, actor, article_id, category_id=chosen, now=now)

    _session.act(change, done="Catégorie changée.")


def move() -> None:
    """Give the page the address that was typed."""
    slug = str(st.session_state[f"slug_{article_id}_{page.article.slug}"])

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        filing.move(session, actor, article_id, slug=slug, now=now)

    _session.act(change, done="Adresse changée. L’ancienne mène toujours à l’article.")


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


# -- what was refused ----------------------------------------------------------------------------


def conflict() -> None:
    """Two texts for one place: both are shown, nothing is lost, a person decides."""
    if desk.stale is None or desk.mine is None:
        return
    theirs = Text(desk.stale.current_question, desk.stale.current_answer, desk.mine.wordings)
    who = desk.stale.changed_by
    with st.container(border=True, key="conflict"):
        st.warning(french.sentence(desk.stale), icon=":material/call_split:")
        _changes.side_by_side(theirs, desk.mine, labels=(f"Le texte de {who}", "Votre texte"))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Garder mon texte",
                type="primary",
                on_click=_desk.keep_mine,
                args=(desk,),
                icon=":material/check:",
            )
            st.button("Reprendre le sien", on_click=_desk.take_theirs, args=(desk,))
            st.caption("Pour réunir les deux, corrigez votre texte ci-dessous, puis gardez-le.")


def after_publication() -> None:
    """What was done, and the next thing that waits, one click away."""
    if desk.published is None:
        return
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key="after_publication"
    ):
        st.markdown(f":material/check_circle: **Version {desk.published} publiée**")
        following = next_remark() if came_from in ("remarques", "aujourdhui") else next_listed()
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


def next_listed() -> tuple[int, str, int | None] | None:
    """The first article of À corriger, proven problems before the others."""
    if came_from != "a-corriger":
        return None
    queue = _data.queue(revision).sort_values("is_confirmed", ascending=False, kind="stable")
    others = queue.loc[queue["article_id"] != article_id, "article_id"]
    if others.empty:
        return None
    questions = _data.usefulness(revision).set_index("article_id")["question"]
    return int(others.iloc[0]), str(questions[others.iloc[0]]), None


def next_remark() -> tuple[int, str, int | None] | None:
    """The newest remark nobody has settled."""
    waiting = _data.remarks(revision, (RemarkState.NEW,), limit=1)
    if waiting.empty:
        return None
    first = waiting.iloc[0]
    return int(first["article_id"]), str(first["question"]), int(first["remark_id"])


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
        placeholder="Comment… ?",
        live="600ms",
    )
    editor.answer(
        desk.key("answer"),
        # Until a person has decided, a refused text stays based on what it was based on.
        value=typed.answer,
        revision=_desk.revision(desk.seen if desk.mine else page.seen),
        rescue_key=f"{actor.id}.{article_id}",
        saved_at=saved_at(),
        problem=refused(),
        on_change=partial(_desk.save_answer, desk),
        on_publish=partial(_desk.open_publication, desk),
        focus=came_from in ORIGINS,
    )
    with st.expander(f"Autres façons de poser la question ({len(typed.wordings)})"):
        st.session_state.setdefault(desk.key("wordings"), "\n".join(typed.wordings))
        st.text_area(
            "Une par ligne\u00a0; la recherche et les assistants les connaîtront.",
            key=desk.key("wordings"),
            on_change=_desk.save_wordings,
            args=(desk,),
        )


def saved_at() -> str | None:
    """When, and by whom if not by this person, the draft was saved: follows « Enregistré à »."""
    if page.draft is None:
        return None
    local = page.draft.saved_at.astimezone(french.PARIS)
    is_today = local.date() == dt.datetime.now(french.PARIS).date()
    parts = [f"{local:%H:%M}"] if is_today else [f"{local:%H:%M}", f"le {french.date(local)}"]
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
    first = said if len(waiting) and came_from in ORIGINS else "Aperçu"
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
    """The remarks nobody settled, to tick; then those already settled."""
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


# -- publishing ----------------------------------------------------------------------------------


def publication() -> None:
    """The panel: what changes, whether votes go on, a note, Publier."""
    if not desk.is_publishing:  # its own button was pressed: the page behind must follow
        st.rerun()
    if not page.has_changes:
        st.markdown("Le texte est identique à la version publiée\u00a0: il n’y a rien à publier.")
        return
    if page.live:
        with st.container(border=True):
            _changes.inline(_desk.text_of(page.live), page.text)
    weight()
    st.text_input(
        "Note (facultative)",
        value=_desk.note_for(len(desk.ticked)),
        max_chars=articles.NOTE_MAX,
        key=desk.key("note"),
        live=True,  # Ctrl+Entrée publishes from inside this field too: it must not wait to be left
        help="Gardée dans l’historique, pour vos collègues.",
    )
    with st.container(horizontal=True):
        st.button(
            "Publier",
            type="primary",
            icon=":material/publish:",
            shortcut="Ctrl+Enter",
            on_click=_desk.publish,
            args=(desk,),
            key="publish",
        )
        st.button("Continuer à rédiger", on_click=_desk.close, args=(desk,), key="keep_writing")


def weight() -> None:
    """« Que change cette version ? »; a first version always opens a measure."""
    if not page.versions:
        return
    corrects = bool(desk.ticked) or came_from in ("a-corriger", "remarques", "aujourdhui")
    options = [Significance.MINOR, Significance.MAJOR]
    st.radio(
        "Que change cette version\u202f?",
        options,
        index=int(corrects),
        format_func=french.label,
        key=desk.key("significance"),
    )


# -- the screen ----------------------------------------------------------------------------------

asked, came_from = st.query_params.get("article", ""), st.query_params.get("de", "")
if not asked.isdecimal() or len(asked) > 18:
    _parts.head("Article", "Choisissez un article dans la liste.")
    _parts.link("articles.py", "Articles", icon=":material/arrow_back:")
    st.stop()
article_id, actor, revision = int(asked), _session.actor(), _data.revision()
try:
    page = _desk.read(article_id)
except NotFound as error:
    _parts.nothing(french.sentence(error), "Il a peut-être été supprimé.", icon=":material/error:")
    _parts.link("articles.py", "Articles", icon=":material/arrow_back:")
    st.stop()
desk = _desk.opened(page)
remarks = _data.remarks(revision, article_id=article_id)
named = st.query_params.get("remarque", "")
if named.isdecimal() and int(named) not in desk.arrived:
    desk.arrived.add(int(named))
    if ((remarks["remark_id"] == int(named)) & (remarks["state"] == RemarkState.NEW)).any():
        desk.ticked.add(int(named))

with st.container(horizontal=True, vertical_alignment="center"):
    way_back()
    _presence.show(article_id)
head()
# Always there, even empty: what comes and goes must not move the editor, whose cursor would be lost.
with st.container():
    after_publication()
with st.container():
    conflict()
view = WRITE
if page.versions:
    view = st.segmented_control(
        "Vue",
        [WRITE, PAST],
        default=PAST if "version" in st.query_params else WRITE,
        required=True,
        label_visibility="collapsed",
        key=f"view_{article_id}",
    )
if view != PAST and "version" in st.query_params:
    del st.query_params["version"]
if view == PAST:
    _history.show(page, desk, revision)
else:
    writing, reading = st.columns([11, 9], gap="medium")
    with writing:
        write()
    with reading:
        beside()

if desk.is_publishing:
    st.dialog("Publier", width="large", on_dismiss=partial(_desk.close, desk))(publication)()
elif desk.is_typesetting:
    st.dialog(
        "Corriger la typographie",
        width="large",
        on_dismiss=partial(_desk.close_typesetting, desk),
    )(_proofreading.typesetting)(desk)
elif st.session_state.get("discarding") == article_id:
    st.dialog("Supprimer le brouillon\u202f?")(discarding)()
