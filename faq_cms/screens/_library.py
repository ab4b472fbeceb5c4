"""The articles as lists of the team show them: every one of them, drafts included.

What is read is kept in parts that move apart (see `catalogue`): while a colleague types, or readers
vote, thousands of questions are not read and folded again.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from operator import and_, or_
from typing import Any, Final

import pandas as pd
import streamlit as st

from faq_cms import catalogue, db, synonyms, words
from faq_cms.catalogue import DraftsStamp, Stamp
from faq_cms.categories import Branch, ordered, tree
from faq_cms.models import Category, PlannedAction
from faq_cms.screens import _data

STATES: Final = {
    "published": "Publié",
    "draft": "Jamais publié",
    "withdrawn": "Retiré",
}
FIGURES: Final = ["helpful", "unhelpful", "off_text"]
_KEPT: Final = 100_000  # questions folded once: those of several large installations
_fold: Final = lru_cache(_KEPT)(words.fold)
_cached = st.cache_data(max_entries=2, show_spinner=False)

Rows = pd.DataFrame
Filter = Callable[["Shelf"], "pd.Series[bool]"]


@dataclass(frozen=True)
class Shelf:
    """The list at one instant, for one person: every article, and what is under way.

    `listed`: articles in À corriger, whether proven. `in_review`: since when. `planned`: when.
    """

    rows: Rows
    revision: int
    today: dt.date
    actor_id: int | None
    in_review: dict[int, dt.datetime]
    planned: dict[int, dict[PlannedAction, dt.datetime]]

    @cached_property
    def listed(self) -> dict[int, bool]:
        """Articles in À corriger, and whether their problem is proven."""
        queue = _data.queue(self.revision)
        return dict(zip(queue["article_id"], queue["is_confirmed"], strict=True))

    @cached_property
    def votes(self) -> Rows:
        """See `catalogue.votes`, of every article: asked for by what sorts or filters on votes only."""
        return _votes(self.revision)

    def among(self, found: Any) -> "pd.Series[bool]":
        """Which rows are of these articles."""
        return self.rows["article_id"].isin(list(found))

    def is_in(self, state: str) -> "pd.Series[bool]":
        """Which rows are in this state."""
        return self.rows["state"] == state


def _is_overdue(shelf: Shelf) -> "pd.Series[bool]":
    return shelf.is_in("published") & (shelf.rows["review_on"] < pd.Timestamp(shelf.today))


FILTERS: Final[dict[str, Filter]] = {
    "Publiés": lambda shelf: shelf.is_in("published"),
    "Brouillons": lambda shelf: shelf.rows["draft_saved_at"].notna(),
    "Mes brouillons": lambda shelf: shelf.rows["draft_author_id"] == shelf.actor_id,
    "En relecture": lambda shelf: shelf.among(shelf.in_review),
    "Programmés": lambda shelf: shelf.among(shelf.planned),
    "À corriger": lambda shelf: shelf.among(shelf.listed),
    "Révision échue": _is_overdue,
    "Jamais votés": lambda shelf: shelf.is_in("published") & ~shelf.among(shelf.votes.index),
    "Retirés": lambda shelf: shelf.is_in("withdrawn"),
}
ORDERS: Final[dict[str, tuple[str, bool]]] = {
    "Modifiés récemment": ("changed_at", False),
    "Question, de A à Z": ("folded", True),
    "Le plus de Non": ("unhelpful", False),
    "Le plus de votes": ("votes", False),
    "Révision la plus ancienne": ("review_on", True),
}
_BY_VOTES: Final = ("unhelpful", "votes")


def shelf(revision: int, *, actor_id: int | None, today: dt.date) -> Shelf:
    """The list as it stands now, for one person."""
    with db.reading() as session:
        drafts = catalogue.drafts_stamp(session)
        in_review, planned = catalogue.in_review(session), catalogue.planned(session)
    rows = _table(_stamp(revision, drafts.present), drafts)
    return Shelf(rows, revision, today, actor_id, in_review, planned)


def table(revision: int) -> Rows:
    """Every article, last changed first; see `catalogue.articles` and `catalogue.drafts`.

    Added: changed_at, folded (the question as searched), haystack (all that is searched).
    """
    with db.reading() as session:
        drafts = catalogue.drafts_stamp(session)
    return _table(_stamp(revision, drafts.present), drafts)


def figures(article_ids: list[int]) -> Rows:
    """The votes of a page of articles. See `catalogue.votes`."""
    with db.reading() as session:
        found = catalogue.votes(session, article_ids)
    return found.reindex(article_ids, fill_value=0)


def categories() -> list[Category]:
    """Every category, in the order people chose."""
    with db.reading() as session:
        return ordered(session)


def branches() -> list[Branch]:
    """Every category under its own. See `categories.tree`."""
    with db.reading() as session:
        return tree(session)


def matching(rows: Rows, query: str) -> Rows:
    """The rows whose question, category or tags hold every word of the query, or what means the same.

    Accents and case aside; a word may be anywhere in another.
    """
    typed = words.fold(query).split()
    terms = [word for word in typed if word not in words.STOP_WORDS] or typed
    if not terms:
        return rows
    with db.reading() as session:
        concepts = synonyms.lexicon(session).concepts(terms, unfinished=True)
    found = rows
    for concept in concepts:
        ways = [_holding(found, each) for each in (concept.typed, *concept.others)]
        found = found[reduce(or_, ways)]
    return found


def _holding(rows: Rows, expression: synonyms.Expression) -> "pd.Series[bool]":
    """Which rows hold every word of an expression."""
    return reduce(and_, (rows["haystack"].str.contains(word, regex=False) for word in expression))


def tagged(rows: Rows, tag: str) -> Rows:
    """The rows that carry this tag."""
    return rows[("\n" + rows["tags"] + "\n").str.contains(f"\n{tag}\n", regex=False)]


def sorted_by(shelf: Shelf, rows: Rows, order: str) -> Rows:
    """The rows in this order; equals stay last changed first."""
    column, ascending = ORDERS[order]
    if column == "changed_at":
        return rows  # as they are kept
    if column in _BY_VOTES:
        votes = shelf.votes.assign(votes=shelf.votes["helpful"] + shelf.votes["unhelpful"])
        key = rows["article_id"].map(votes[column]).fillna(0)
        return rows.loc[key.sort_values(ascending=ascending, kind="stable").index]
    return rows.sort_values(column, ascending=ascending, kind="stable")


# -- what is kept --------------------------------------------------------------------------------


@_cached
def _stamp(revision: int, begun: Stamp) -> Stamp:  # noqa: ARG001 — the cache's key: nothing else is read while it stands
    with db.reading() as session:
        return catalogue.stamp(session)


@_cached
def _votes(revision: int) -> Rows:  # noqa: ARG001 — the cache's key
    with db.reading() as session:
        return catalogue.votes(session)


@_cached
def _table(stamp: Stamp, drafts_stamp: DraftsStamp) -> Rows:
    frame = _articles(stamp).merge(_drafts(drafts_stamp), on="article_id", how="left")
    is_draft = (frame["state"] != "published") & frame["draft_question"].notna()
    frame.loc[is_draft, "question"] = frame["draft_question"]
    frame.loc[is_draft, "folded"] = [_fold(each) for each in frame.loc[is_draft, "question"]]
    frame["haystack"] = frame["folded"] + "\n" + frame.pop("filed")
    moments = ["published_at", "draft_saved_at", "withdrawn_at"]
    frame["changed_at"] = frame[moments].max(axis=1)
    return frame.sort_values("changed_at", ascending=False, kind="stable", ignore_index=True)


@_cached
def _articles(stamp: Stamp) -> Rows:  # noqa: ARG001 — the cache's key
    with db.reading() as session:
        frame = catalogue.articles(session)
    frame["question"] = frame["question"].fillna("")
    frame["review_on"] = pd.to_datetime(frame["review_on"])
    frame["folded"] = pd.Series([_fold(each) for each in frame["question"]], dtype="str")
    frame["filed"] = pd.Series(
        [
            f"{_fold(category)}\n{_fold(tags)}"
            for category, tags in zip(frame["category"].fillna(""), frame["tags"], strict=True)
        ],
        dtype="str",
    )
    return frame


@_cached
def _drafts(stamp: DraftsStamp) -> Rows:  # noqa: ARG001 — the cache's key
    with db.reading() as session:
        frame = catalogue.drafts(session)
    frame["draft_saved_at"] = pd.to_datetime(frame["draft_saved_at"], utc=True)
    return frame
