"""What several screens show alike: a page's head, an empty state, somebody's words, a figure."""

import re
import string
from collections import Counter
from typing import Any, Final, NoReturn

import pandas as pd
import streamlit as st

from faq_cms import french
from faq_cms.helpfulness import Counts
from faq_cms.screens import _session

_PUNCTUATION: Final = str.maketrans({sign: f"\\{sign}" for sign in string.punctuation})
_BLANKS: Final = re.compile(r"[^\S\u00a0\u202f]+")  # the spaces of French punctuation stay
# Streamlit replaces :name: (icons, emoji) after Markdown is parsed, where a backslash is gone.
_SHORTCODE: Final = re.compile(r":(?=\w)")


def plain(text: str) -> str:
    """Somebody's words, to stand in a label or a Markdown line without being read as Markdown."""
    return _SHORTCODE.sub(":\u2060", one_line(text)).translate(_PUNCTUATION)


def one_line(text: str) -> str:
    """The same words on one line."""
    return _BLANKS.sub(" ", text).strip()


def head(title: str, question: str) -> None:
    """A page's title, and in one line the question it answers."""
    st.title(title, anchor=False)
    st.caption(question)


def nothing(sentence: str, then: str, *, icon: str = ":material/check_circle:") -> None:
    """An empty state: what is so, and what to do next."""
    with st.container(border=True):
        st.markdown(f"{icon} **{sentence}**")
        st.markdown(then)


def counts(row: Any, prefix: str = "") -> Counts:
    """The counts of a row of `analytics.usefulness`, or of a flag's evidence.

    `prefix`: `before_`, where the row also has those of the text before.
    """
    names = ("helpful", "unhelpful", "off_text")
    return Counts(*(int(row[f"{prefix}{name}"]) for name in names))


def figure(of: Counts) -> None:
    """*Utilité* as its number of votes allows, with what the Non are about."""
    shown = french.usefulness(of)
    if not of.votes:
        st.caption(shown.text)
        return
    dots = f" {shown.dots}" if shown.dots else ""
    st.markdown(f"**{shown.text}**{dots}" if shown.rank else f"{shown.text}{dots}")
    st.caption(" · ".join(part for part in (shown.aside, french.split(of)) if part))


def masked(found: Counter[int]) -> str:
    """How many masked addresses there are, by article: « 6 adresses masquées dans 3 articles »."""
    addresses = french.count(found.total(), "adresse masquée", "adresses masquées")
    return f"{addresses} dans {french.count(len(found), 'article')}"


def link(
    file: str, label: str, *, icon: str | None = None, whole: str | None = None, **query: str
) -> None:
    """A way to another screen, for whoever may open it; nothing for others.

    `whole`: what the pointer shows when a narrow column cuts the label.
    """
    if _session.may_open(file):
        st.page_link(file, label=label, icon=icon, help=whole, query_params=query, width="stretch")


def article_link(article_id: int, question: str, *, came_from: str) -> None:
    """The question of an article, leading to its editor."""
    shown = plain(question)
    link("article.py", f"**{shown}**", whole=shown, article=str(article_id), de=came_from)


def correct(article_id: int, *, came_from: str, remark_id: int | None = None) -> NoReturn:
    """Open the editor on an article, with the remark that asks for it already ticked."""
    query = {"article": str(article_id), "de": came_from}
    if remark_id is not None:
        query["remarque"] = str(remark_id)
    st.switch_page("article.py", query_params=query)


def is_dark() -> bool:
    """Whether this person reads on a dark background."""
    return st.context.theme.type == "dark"


def known(value: Any) -> bool:
    """Whether a cell of a frame holds something (None, NaN and NaT are how frames say nothing)."""
    return not bool(pd.isna(value))


def in_pages(rows: pd.DataFrame, length: int, *, key: str) -> pd.DataFrame:
    """The rows of the page chosen above them; all of them when they fit on one."""
    if len(rows) <= length:
        return rows
    first = (st.pagination(-(-len(rows) // length), key=key) - 1) * length
    return rows.iloc[first : first + length]
