"""« Envoi direct » — the articles written into a help desk: compared first, sent once seen."""

import datetime as dt
from typing import Final

import streamlit as st

from faq_cms import french, pushing, settings
from faq_cms.articles import Text
from faq_cms.errors import FaqError
from faq_cms.exports import Site
from faq_cms.pushing import Action, Doubt, Step
from faq_cms.screens import _changes, _parts, _session

NAMES: Final = {"freshdesk": "Freshdesk", "zendesk": "Zendesk"}
SETTINGS: Final = {
    "freshdesk": ("FAQ_FRESHDESK_URL", "FAQ_FRESHDESK_KEY", "FAQ_FRESHDESK_FOLDER"),
    "zendesk": (
        "FAQ_ZENDESK_URL",
        "FAQ_ZENDESK_EMAIL",
        "FAQ_ZENDESK_TOKEN",
        "FAQ_ZENDESK_SECTION",
    ),
}
TEXTS_SHOWN: Final = 10
TITLES_SHOWN: Final = 30
DOUBTS: Final = {
    Doubt.EDITED: "Modifié là-bas depuis notre dernier envoi",
    Doubt.THEIRS: "Déjà là-bas, avec un autre texte",
    Doubt.DELETED: "Supprimé là-bas",
}


def desks() -> None:
    """Each help desk of the settings, and what a push would change there."""
    names = pushing.configured(settings.current())
    if names:
        st.subheader("Envoi direct", anchor=False)
    for name in names:
        with st.container(border=True, gap="small", key=f"desk_{name}"):
            _desk(name)


def how() -> None:
    """How to have the articles written into a help desk that is not in the settings yet."""
    missing = [name for name in NAMES if name not in pushing.configured(settings.current())]
    for name in missing:
        with st.expander(f"Écrire les articles directement dans {NAMES[name]}"):
            st.markdown(
                "La personne qui administre le serveur donne ces réglages, puis redémarre. Les "
                "articles modifiés là-bas par vos collègues ne sont jamais écrasés sans votre accord."
            )
            st.code("\n".join(f"{each}=…" for each in SETTINGS[name]), language="bash")
            st.caption(f"Chaque nuit, sans personne\u00a0: `python -m faq_cms push {name}`.")


def _desk(name: str) -> None:
    steps: list[Step] | None = st.session_state.get(f"steps_{name}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/cloud_upload: **{NAMES[name]}**", width="stretch")
        wants = st.button(
            "Comparer" if steps is None else "Comparer de nouveau",
            key=f"compare_{name}",
            icon=":material/difference:",
        )
    if wants:
        steps = _compared(name)
    if steps is not None:
        _shown(name, steps)
    else:
        st.caption("Comparer montre ce qui serait ajouté, modifié ou retiré, sans rien écrire.")


def _site() -> Site:
    here = settings.current()
    return Site(here.site_name, here.public_url)


def _compared(name: str) -> list[Step] | None:
    steps: list[Step] | None = None
    with st.spinner(f"Lecture de {NAMES[name]}…"):
        try:
            with pushing.desk(name, settings.current()) as desk:
                steps = pushing.compare(desk, _site())
        except FaqError as error:
            st.error(french.sentence(error), icon=":material/error:")
    st.session_state[f"steps_{name}"] = steps
    return steps


# -- what a push would change --------------------------------------------------------------------


def _shown(name: str, steps: list[Step]) -> None:
    if not steps:
        st.markdown(":green[:material/check_circle:] Rien à envoyer\u00a0: tout y est à jour.")
        return
    clear = [step for step in steps if step.doubt is None]
    doubtful = [step for step in steps if step.doubt is not None]
    for heading, action in (
        ("Ajoutés", Action.ADD),
        ("Modifiés", Action.MODIFY),
        ("Retirés", Action.WITHDRAW),
        ("Déjà là, identiques", Action.KNOW),
        ("Déjà retirés là-bas", Action.FORGET),
    ):
        _listed(heading, [step for step in clear if step.action is action])
    if doubtful:
        texts = french.count(
            len(doubtful), "texte de vos collègues diffère", "textes de vos collègues diffèrent"
        )
        st.warning(
            f"Là-bas, {texts} de ce qui est publié ici. Sans votre accord, rien n’y est écrit.",
            icon=":material/edit_note:",
        )
        for step in doubtful[:TEXTS_SHOWN]:
            assert step.doubt is not None  # noqa: S101 — chosen above
            with st.expander(f"{_parts.plain(step.question)} — {DOUBTS[step.doubt].lower()}"):
                _texts(step)
    overwrite = bool(doubtful) and st.checkbox("Écraser aussi ces textes", key=f"overwrite_{name}")
    number = len(steps) if overwrite else len(clear)
    if st.button(
        f"Envoyer ({french.number(number)})",
        key=f"push_{name}",
        type="primary",
        icon=":material/cloud_upload:",
        disabled=number == 0,
    ):
        _send(name, overwrite=overwrite)


def _listed(heading: str, steps: list[Step]) -> None:
    if not steps:
        return
    with st.expander(f"{heading} ({french.number(len(steps))})"):
        for place, step in enumerate(steps[:TITLES_SHOWN]):
            st.markdown(f"**{_parts.plain(step.question)}**")
            if step.action is Action.MODIFY and place < TEXTS_SHOWN:
                _texts(step)
        if (more := len(steps) - TITLES_SHOWN) > 0:
            st.caption(f"et {french.count(more, 'autre')}")


def _texts(step: Step) -> None:
    """What stands there against what would be written."""
    there = Text(step.remote.title if step.remote else "", step.before)
    if step.article is None:
        st.caption("Il redeviendrait un brouillon là-bas.")
        return
    _changes.inline(there, Text(step.article.question, step.article.answer))


# -- sending -------------------------------------------------------------------------------------


def _send(name: str, *, overwrite: bool) -> None:
    bar = st.progress(0.0, text="Envoi…")

    def told(done: int, of: int) -> None:
        bar.progress(done / of, text=f"{french.number(done)} sur {french.number(of)}")

    try:
        with pushing.desk(name, settings.current()) as desk:
            report = pushing.push(
                desk,
                _site(),
                _session.actor(),
                overwrite=overwrite,
                clock=lambda: dt.datetime.now(dt.UTC),
                told=told,
            )
    except FaqError as error:
        _session.refuse(error)
    else:
        counts = (report.count(each) for each in (Action.ADD, Action.MODIFY, Action.WITHDRAW))
        _session.say(f"Envoyé vers {NAMES[name]}\u00a0: {french.changes(*counts)}.")
    st.session_state.pop(f"steps_{name}", None)
    st.rerun()
