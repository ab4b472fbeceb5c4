"""« Trouver » — any article from anywhere: `/`, a few letters, ↓, Entrée.

The browser asks `public.finding` at each keystroke; Streamlit hears of it only when an article is
chosen, so that what is being written on the screen is not disturbed.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from faq_cms import gate, search

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def show() -> None:
    """The way in, in the side bar. Once an article is chosen, leads there and ends the run."""
    with st.sidebar:
        chosen: Any = _component()(
            key="find",
            data={"address": f"{gate.GESTION}/{gate.FIND}articles"},
            on_open_change=_heard,
        )
    asked: Any = chosen.get("open")
    if not isinstance(asked, dict):
        return
    article_id, words = asked.get("id"), asked.get("words")
    if isinstance(article_id, int) and isinstance(words, str):
        query = {"article": str(article_id), "cherche": words[: search.QUERY_MAX]}
        st.switch_page("article.py", query_params=query)


@cache
def _component() -> "ComponentRenderer":
    """Declared at first use: its files are known only once Streamlit runs."""
    return st.components.v2.component("faq-cms.trouver", js="trouver.js", css="trouver.css")


def _heard() -> None:
    """Streamlit gives a choice to the run that follows only when somebody listens for it."""
