"""What is to come: publications planned, texts waiting for a colleague, articles to read again."""

import datetime as dt
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from faq_cms import db, french, plans
from faq_cms.models import PlannedAction
from faq_cms.screens import _parts
from faq_cms.screens._library import Shelf

AHEAD: Final = dt.timedelta(days=30)
_SHOWN: Final = 10
_DOES: Final = {
    PlannedAction.PUBLISH: "sera publié",
    PlannedAction.WITHDRAW: "sera retiré",
}


def panel(shelf: Shelf, now: dt.datetime, *, came_from: str) -> None:
    """The three lists, folded; nothing at all when nothing is to come."""
    reviews = _to_read_again(shelf)
    count = sum(map(len, shelf.planned.values())) + len(shelf.in_review) + len(reviews)
    if not count:
        return
    title = f"Publications et révisions à venir ({french.number(count)})"
    folded = st.expander(title, icon=":material/event_upcoming:", on_change="rerun", key="coming")
    if folded.open:
        shown = [
            _planned if shelf.planned else None,
            partial(_in_review, shelf, now) if shelf.in_review else None,
            partial(_again, reviews) if len(reviews) else None,
        ]
        lists = [each for each in shown if each is not None]
        with folded:
            for column, draw in zip(st.columns(3, gap="medium"), lists, strict=False):
                with column:
                    draw(came_from)


def _planned(came_from: str) -> None:
    st.markdown("**Programmés**")
    with db.reading() as session:
        coming = plans.upcoming(session)
    lines = [
        (
            int(row["article_id"]),
            row["question"],
            f"{_DOES[PlannedAction(row['action'])]} le {french.datetime(row['due_at'])}",
        )
        for row in coming.head(_SHOWN).to_dict("records")
    ]
    _lines(lines, len(coming), came_from)


def _in_review(shelf: Shelf, now: dt.datetime, came_from: str) -> None:
    st.markdown("**En relecture**")
    questions = shelf.rows.set_index("article_id")["question"]
    oldest = sorted(shelf.in_review.items(), key=lambda each: each[1])
    lines = [
        (article_id, str(questions.get(article_id, "")), f"demandée {french.ago(asked_at, now)}")
        for article_id, asked_at in oldest[:_SHOWN]
    ]
    _lines(lines, len(oldest), came_from)


def _again(reviews: pd.DataFrame, came_from: str) -> None:
    st.markdown("**À relire dans les 30 jours**")
    lines = [
        (
            int(row["article_id"]),
            row["question"],
            " · ".join(
                part
                for part in (
                    f"le {french.date(row['review_on'].date())}",
                    _parts.plain(row["owner"]) if _parts.known(row["owner"]) else "",
                )
                if part
            ),
        )
        for row in reviews.head(_SHOWN).to_dict("records")
    ]
    _lines(lines, len(reviews), came_from)


def _to_read_again(shelf: Shelf) -> pd.DataFrame:
    """Published articles to read again within `AHEAD`, soonest first; overdue ones have their filter."""
    on = shelf.rows["review_on"]
    soon = (on >= pd.Timestamp(shelf.today)) & (on <= pd.Timestamp(shelf.today + AHEAD))
    return shelf.rows[soon & shelf.is_in("published")].sort_values("review_on", kind="stable")


def _lines(lines: list[tuple[int, str, str]], count: int, came_from: str) -> None:
    for article_id, question, when in lines:
        _parts.article_link(article_id, question or "Sans question", came_from=came_from)
        st.caption(when)
    if count > len(lines):
        st.caption(f"Et {french.number(count - len(lines))} autres.")
