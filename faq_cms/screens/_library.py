"""The articles as lists of the team show them: every one of them, drafts included."""

from collections.abc import Callable
from typing import Final

import pandas as pd
import streamlit as st
from sqlalchemy import func, select

from faq_cms import articles, db, search
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
        return articles.categories(session)


def matching(frame: pd.DataFrame, query: str) -> pd.DataFrame:
    """The rows whose question or category holds every word of the query, accents and case aside."""
    found = frame
    for word in search.fold(query).split():
        found = found[found["haystack"].str.contains(word, regex=False)]
    return found


def _stamp() -> tuple[int, ...]:
    """Moves whenever a draft is saved or an article created: the ledger's revision does not."""
    with db.reading() as session:
        drafts = session.execute(
            select(
                func.count(), func.coalesce(func.sum(Version.revision), 0), func.max(Version.id)
            ).where(Version.number.is_(None))
        ).one()
        newest, count = session.execute(select(func.max(Article.id), func.count(Article.id))).one()
        named = session.scalar(select(func.count(Category.id)))
    return (*(int(value or 0) for value in (*drafts, newest, count, named)),)


@st.cache_data(max_entries=2, show_spinner=False)
def _table(revision: int, stamp: tuple[int, ...]) -> pd.DataFrame:  # noqa: ARG001 — the cache's key
    with db.reading() as session:
        frame = articles.library(session)
    figures = _data.usefulness(revision).set_index("article_id")[_FIGURES]
    frame = frame.join(figures, on="article_id")
    frame[_FIGURES] = frame[_FIGURES].fillna(0).astype("int64")
    flags = _data.queue(revision).set_index("article_id")["is_confirmed"]
    frame["flag"] = frame["article_id"].map(flags)
    frame["folded"] = [search.fold(question) for question in frame["question"]]
    frame["haystack"] = [
        f"{question} {search.fold(category)}"
        for question, category in zip(frame["folded"], frame["category"].fillna(""), strict=True)
    ]
    return frame
