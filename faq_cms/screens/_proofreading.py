# ruff: noqa: ARG001 — the stamp is read by the cache, as part of its key
"""What to look at in a text before it is published, each thing with its place and its reason."""

from typing import Final

import streamlit as st

from faq_cms import db, french, quality, settings
from faq_cms.articles import Text
from faq_cms.quality import Ease, Finding, Severity
from faq_cms.screens import _changes, _desk, _parts

TITLE: Final = "Relecture"
EASE: Final = {
    Ease.EASY: "Facile à lire",
    Ease.MEDIUM: "Moyennement facile à lire",
    Ease.HARD: "Difficile à lire",
}
ICONS: Final = {
    Severity.FAULT: ":red[:material/error:]",
    Severity.ADVICE: ":blue[:material/lightbulb:]",
}
QUOTED: Final = 3  # places of one finding shown before « Et 4 autres passages »


def findings(article_id: int, text: Text) -> list[Finding]:
    """What to look at in the text of an article, against what is published now."""
    with db.reading() as session:
        stamp = db.content_revision(session)
    return _reviewed(stamp, article_id, text.question, text.answer, text.wordings)


@st.cache_data(max_entries=64, show_spinner=False)
def _reviewed(
    stamp: int, article_id: int, question: str, answer: str, wordings: tuple[str, ...]
) -> list[Finding]:
    with db.reading() as session:
        return quality.review(
            session,
            Text(question, answer, wordings),
            article_id=article_id,
            base_url=settings.current().public_url,
        )


def label(found: list[Finding]) -> str:
    """The tab’s name, with how many things are in it."""
    return f"{TITLE} ({french.number(len(found))})" if found else TITLE


def show(desk: _desk.Desk, text: Text, found: list[Finding]) -> None:
    """How easy the answer is to read, then each finding; one click mends the typography."""
    if measured := quality.readability(text.answer):
        st.caption(f"{EASE[measured.ease]} · {quality.said(measured)}")
    if not found:
        st.markdown(":material/check_circle: Rien à signaler dans ce texte.")
    if any(finding.is_fixable for finding in found):
        st.button(
            "Corriger la typographie…",
            icon=":material/auto_fix_high:",
            on_click=_desk.open_typesetting,
            args=(desk,),
            disabled=desk.is_refused,
            key="open_typesetting",
        )
    for finding in found:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"{ICONS[finding.severity]} {finding.message}")
            _passages(text, finding)
            if finding.other:
                _parts.article_link(finding.other.id, finding.other.question, came_from="article")


def _passages(text: Text, finding: Finding) -> None:
    places = finding.places[:QUOTED]
    if quoted := [quality.passage(text, place) for place in places]:
        _changes.passages(quoted)
    if further := len(finding.places) - len(places):
        others = french.plural(further, "autre passage", "autres passages")
        st.caption(f"Et {french.number(further)} {others}")


def typesetting(desk: _desk.Desk) -> None:
    """The panel: what the typography changes, and the two ways out."""
    if not desk.is_typesetting:  # its own button was pressed: the page behind must follow
        st.rerun()
    st.caption(
        "Espaces, guillemets, apostrophes, accents\u00a0: les mots, les liens et les adresses ne changent pas."
    )
    with st.container(border=True):
        _changes.inline(desk.text, quality.typeset(desk.text))
    with st.container(horizontal=True):
        st.button(
            "Corriger",
            type="primary",
            icon=":material/check:",
            on_click=_desk.typeset,
            args=(desk,),
            key="typeset",
        )
        st.button("Laisser ainsi", on_click=_desk.close_typesetting, args=(desk,))
