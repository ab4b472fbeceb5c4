"""Two people wrote on the same text: what each changed, and the two joined in one gesture.

Both started from one text, which the desk remembers. What only one of them touched is joined without a
question; what both changed is shown side by side, and a person chooses. Nothing is saved meanwhile.
"""

import zlib
from dataclasses import replace
from functools import partial

import streamlit as st

from faq_cms import french, merging
from faq_cms.articles import Seen, Text
from faq_cms.merging import Choice, Passage
from faq_cms.screens import _changes, _desk, _parts
from faq_cms.screens._desk import Desk, Page


def show(desk: Desk, page: Page) -> None:
    """The two texts and what can be done with them; nothing when nobody wrote meanwhile."""
    if desk.stale is None or desk.mine is None:
        return
    who, theirs = _parts.plain(desk.stale.changed_by), page.text
    with st.container(border=True, key="conflict"):
        st.warning(french.sentence(desk.stale), icon=":material/call_split:")
        if desk.base is None:
            labels = (f"Le texte de {desk.stale.changed_by}", "Votre texte")
            _changes.side_by_side(theirs, desk.mine, labels=labels)
        else:
            left, right = st.columns(2, gap="medium")
            with left:
                st.markdown(f"**Ce que {who} a changé**")
                _changes.inline(desk.base, theirs)
            with right:
                st.markdown("**Ce que vous avez changé**")
                _changes.inline(desk.base, desk.mine)
            _clashes(desk, desk.base, theirs)
        _ways_out(desk, page)


def _clashes(desk: Desk, base: Text, theirs: Text) -> None:
    """The passages both changed, each with its choice."""
    found = [each for each in _passages(base, theirs, desk.mine or base) if each.is_clash]
    if not found:
        return
    st.markdown("**Passages que vous avez changés tous les deux**")
    for number, each in enumerate(found, 1):
        st.radio(
            f"Passage {number}" + (f"\u00a0: {_quoted(each.base)}" if each.base.strip() else ""),
            list(Choice),
            # Two additions at one place: nothing is lost by keeping both.
            index=None if each.base.strip() else list(Choice).index(Choice.BOTH),
            format_func=partial(_offered, each),
            key=_key(desk, each),
        )


def _offered(passage: Passage, choice: Choice) -> str:
    if choice is Choice.BOTH:
        return "Les deux, l’un après l’autre"
    if choice is Choice.THEIRS:
        return f"Le sien\u00a0: {_quoted(passage.theirs)}"
    return f"Le vôtre\u00a0: {_quoted(passage.mine)}"


def _ways_out(desk: Desk, page: Page) -> None:
    """Join, keep one's own, take the other's."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if desk.base is not None:
            waits = any(
                each.is_clash and _chosen(desk, each) is None
                for each in _passages(desk.base, page.text, desk.mine or desk.base)
            )
            st.button(
                "Réunir les deux textes",
                type="primary",
                on_click=_join,
                args=(desk, desk.base, page.text, page.seen),
                icon=":material/merge:",
                disabled=waits,
                help="Choisissez d’abord un texte pour chaque passage." if waits else None,
                key="merge",
            )
        st.button(
            "Garder mon texte",
            on_click=_keep_mine,
            args=(desk, page.seen),
            icon=":material/check:",
        )
        st.button("Reprendre le sien", on_click=_desk.take_theirs, args=(desk,))
    st.caption(
        "Rien n’est enregistré tant que vous n’avez pas choisi. "
        "Vous pouvez aussi continuer à corriger votre texte ci-dessous."
    )


def _join(desk: Desk, base: Text, theirs: Text, over: Seen) -> None:
    """Save both texts as one. What was typed since is in it; a passage not chosen yet is asked for."""
    mine = desk.mine
    if mine is None:
        return
    choices = {each: _chosen(desk, each) for each in _passages(base, theirs, mine)}
    if any(each.is_clash and choice is None for each, choice in choices.items()):
        return

    def join(first: str, second: str, third: str) -> str:
        return merging.joined(merging.passages(first, second, third), choices.get)

    joined = replace(
        mine,
        question=join(base.question, theirs.question, mine.question),
        answer=join(base.answer, theirs.answer, mine.answer),
        wordings=merging.lines(base.wordings, theirs.wordings, mine.wordings),
    )
    _desk.settle(desk, joined, over)


def _keep_mine(desk: Desk, over: Seen) -> None:
    """« Garder mon texte », over the one that was shown."""
    if desk.mine is not None:
        _desk.settle(desk, desk.mine, over)


def _passages(base: Text, theirs: Text, mine: Text) -> list[Passage]:
    return [
        *merging.passages(base.question, theirs.question, mine.question),
        *merging.passages(base.answer, theirs.answer, mine.answer),
    ]


def _chosen(desk: Desk, passage: Passage) -> Choice | None:
    found: Choice | None = st.session_state.get(_key(desk, passage))
    return found


def _key(desk: Desk, passage: Passage) -> str:
    """A choice is about these very words: typed further, the passage is asked about again."""
    said = repr(passage)
    return desk.key(f"clash_{zlib.crc32(said.encode())}")


def _quoted(text: str) -> str:
    """Somebody's words in a label, on one line."""
    return f"«\u202f{_parts.plain(text)}\u202f»" if text.strip() else "rien"
