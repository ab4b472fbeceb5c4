"""The articles as lists of the team show them: every one of them, drafts included."""

from collections.abc import Callable
from typing import Final

import pandas as pd
import streamlit as st
from sqlalchemy import func, select

from faq_cms import articles, db, words
from faq_cms.categories import ordered
from faq_cms.models import Article, Category, Version
from faq_cms.screens import _data

Filter = Callable[[pd.DataFrame], "pd.Series[bool]"]

STATES: Final = {
    "published": "Publié",
    "draft": "Jamais publié",
    "withdrawn": "Retiré",
}
FILTERS: Final[dict[str, Filter]] = {
    "Publiés": lambda frame: frame["state"] == "published",
    "À corriger": lambda frame: frame["flag"].notna(),
    "Brouillons": lambda frame: frame["draft_saved_at"].notna(),
    "Retirés": lambda frame: frame["state"] == "withdrawn",
}
ORDERS: Final[dict[str, tuple[str, bool]]] = {
    "Modifiés récemment": ("changed_at", False),
    "Question, de A à Z": ("folded", True),
    "Le plus de Non": ("unhelpful", False),
    "Le plus de votes": ("votes", False),
}
_FIGURES: Final = ["helpful", "unhelpful", "off_text", "votes"]


def table(revision: int) -> pd.DataFrame:
    """Every article with its figures and what lists it; see `articles.library` for the first columns.

    Added: helpful, unhelpful, off_text, votes (zeros without votes), flag (True: proven, False:
    isolated, None: not listed), folded (the question as searched).
    """
    return _table(revision, _stamp())


def categories() -> list[Category]:
    """Every category, in the order people chose."""
    with db.reading() as session:
        return ordered(session)


def matching(frame: pd.DataFrame, query: str) -> pd.DataFrame:
    """The rows whose question or category holds every word of the query, accents and case aside."""
    found = frame
    for word in words.fold(query).split():
        found = found[found["haystack"].str.contains(word, regex=False)]
    return found


def _stamp() -> tuple[str, ...]:
    """Moves with every draft, publication, address, category and withdrawal; not with votes."""
    drafts = select(
        func.count(), func.sum(Version.revision), func.max(Version.id), func.max(Version.saved_at)
    ).where(Version.number.is_(None))
    present = select(
        func.count(),
        func.max(Article.id),
        func.max(Article.updated_at),
        func.count(Article.live_version_id),
        func.count(Article.withdrawn_at),
        func.max(Article.withdrawn_at),
    )
    with db.reading() as session:
        rows = (session.execute(drafts).one(), session.execute(present).one())
    return tuple(str(value) for row in rows for value in row)


@st.cache_data(max_entries=2, show_spinner=False)
def _table(revision: int, stamp: tuple[str, ...]) -> pd.DataFrame:
    figures = _data.usefulness(revision).set_index("article_id")[_FIGURES]
    frame = _articles(stamp).join(figures, on="article_id")
    frame[_FIGURES] = frame[_FIGURES].fillna(0).astype("int64")
    flags = _data.queue(revision).set_index("article_id")["is_confirmed"]
    frame["flag"] = frame["article_id"].map(flags)
    return frame


# Apart from the figures: every vote moves those, and folding thousands of questions takes a second.
@st.cache_data(max_entries=2, show_spinner=False)
def _articles(stamp: tuple[str, ...]) -> pd.DataFrame:  # noqa: ARG001 — the cache's key
    with db.reading() as session:
        frame = articles.library(session)
    frame["folded"] = [words.fold(question) for question in frame["question"]]
    frame["haystack"] = [
        f"{question} {words.fold(category)}"
        for question, category in zip(frame["folded"], frame["category"].fillna(""), strict=True)
    ]
    return frame
