"""What readers looked for, what they opened, what they did not find: the log of the public search.

A query is kept as its meaningful words, folded, counted by civil day: no reader, no hour, no address.
What could name a person (an address, a number of seven digits) is not kept at all. The log tells
editors which answers are missing; nothing here is shown to readers.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Final

import pandas as pd
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from faq_cms import db, people, personal_data, search, words
from faq_cms.errors import Invalid, NotFound, TooMany
from faq_cms.models import (
    Article,
    MissingQuestion,
    SearchClickDay,
    SearchDay,
    SupportClickDay,
    Version,
)
from faq_cms.people import Actor

QUERY_MAX: Final = 80  # characters; longer is a story, not a query
QUERIES_A_DAY: Final = 5_000  # a robot that invents words must not fill the disk
QUESTION_MAX: Final = 300
WAITING_MAX: Final = 1_000  # nobody reads more; a flood must not hide what was there before it
_LONG_NUMBER: Final = re.compile(r"(?:\d[ .\-/\u00a0\u202f]{0,2}){7}")

Day = dt.date


@dataclass
class Gathered:
    """What a server counted since it last wrote: (day, query, …) → how many times.

    `results` holds the answers found at the last search of each query.
    """

    searches: dict[tuple[Day, str], int] = field(default_factory=dict)
    results: dict[tuple[Day, str], int] = field(default_factory=dict)
    clicks: dict[tuple[Day, str, int], int] = field(default_factory=dict)
    support: dict[tuple[Day, str], int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.searches or self.clicks or self.support)


# -- the log -------------------------------------------------------------------------------------


def folded(query: str) -> str | None:
    """A query as the log keeps it; None when it says nothing, or could name a person."""
    query = query[: search.QUERY_MAX]
    if "@" in query or _LONG_NUMBER.search(query) or personal_data.find(query):
        return None
    return " ".join(words.meaningful(query))[:QUERY_MAX].rstrip() or None


def add(session: Session, gathered: Gathered) -> None:
    """Add what a server counted to its days; beyond `QUERIES_A_DAY`, only queries already known."""
    if gathered.searches and not has_any(session):
        db.bump(session)  # the first search of all puts a screen in the menu
    known = _known(session, {day for day, _ in gathered.searches})
    for (day, query), times in gathered.searches.items():
        if query not in known[day] and len(known[day]) >= QUERIES_A_DAY:
            continue
        known[day].add(query)
        searched = db.insert(session, SearchDay).values(
            day=day, query=query, searches=times, results=gathered.results[day, query]
        )
        session.execute(
            searched.on_conflict_do_update(
                index_elements=["day", "query"],
                set_={
                    "searches": SearchDay.searches + searched.excluded.searches,
                    "results": searched.excluded.results,
                },
            )
        )
    for (day, query, article_id), times in gathered.clicks.items():
        if session.get(SearchDay, (day, query)) is None:
            continue  # nobody searched for it: an address made up
        clicked = db.insert(session, SearchClickDay).values(
            day=day, query=query, article_id=article_id, clicks=times
        )
        session.execute(
            clicked.on_conflict_do_update(
                index_elements=["day", "query", "article_id"],
                set_={"clicks": SearchClickDay.clicks + clicked.excluded.clicks},
            )
        )
    for (day, place), times in gathered.support.items():
        pressed = db.insert(session, SupportClickDay).values(day=day, place=place, clicks=times)
        session.execute(
            pressed.on_conflict_do_update(
                index_elements=["day", "place"],
                set_={"clicks": SupportClickDay.clicks + pressed.excluded.clicks},
            )
        )


def _known(session: Session, days: set[Day]) -> dict[Day, set[str]]:
    known: dict[Day, set[str]] = {day: set() for day in days}
    for day, query in session.execute(
        select(SearchDay.day, SearchDay.query).where(SearchDay.day.in_(days))
    ):
        known[day].add(query)
    return known


def has_any(session: Session) -> bool:
    """Whether anybody has searched, or reported a missing question."""
    return any(
        session.scalar(select(one).limit(1)) is not None
        for one in (SearchDay.query, MissingQuestion.id)
    )


def top(session: Session, *, since: Day, until: Day) -> pd.DataFrame:
    """The queries of these days, most frequent first.

    Columns: query, searches, before (searches in as many days just before), results (articles that
    answered, on the last day), clicks, opened (the question opened most often, or None).
    """
    earlier = since - (until - since) - dt.timedelta(days=1)
    days = db.frame(
        session,
        select(SearchDay.query, SearchDay.day, SearchDay.searches, SearchDay.results)
        .where(SearchDay.day.between(earlier, until))
        .order_by(SearchDay.day),
    )
    is_now = days["day"] >= since
    now, before = days[is_now].groupby("query"), days[~is_now].groupby("query")
    rows = pd.DataFrame({"searches": now["searches"].sum(), "results": now["results"].last()})
    rows["before"] = before["searches"].sum().reindex(rows.index, fill_value=0)
    clicks = _clicks(session, since, until)
    rows["clicks"] = clicks.groupby("query")["clicks"].sum().reindex(rows.index, fill_value=0)
    rows["opened"] = clicks.groupby("query")["question"].first().reindex(rows.index)
    ordered = rows.reset_index(names="query").sort_values(
        ["searches", "query"], ascending=[False, True], ignore_index=True
    )
    counted = ["searches", "before", "results", "clicks"]
    ordered[counted] = ordered[counted].astype(int)
    ordered["opened"] = ordered["opened"].astype(object).where(ordered["opened"].notna(), None)
    return ordered[["query", *counted, "opened"]]


def _clicks(session: Session, since: Day, until: Day) -> pd.DataFrame:
    """query, question, clicks: the articles opened from each query, most often first."""
    times = func.sum(SearchClickDay.clicks)
    return db.frame(
        session,
        select(SearchClickDay.query, Version.question, times.label("clicks"))
        .join(Article, Article.id == SearchClickDay.article_id)
        .join(Version, Version.id == Article.live_version_id, isouter=True)
        .where(SearchClickDay.day.between(since, until))
        .group_by(SearchClickDay.query, SearchClickDay.article_id, Version.question)
        .order_by(times.desc(), SearchClickDay.article_id),
    )


def leading_to(session: Session, article_id: int, *, since: Day, until: Day) -> pd.DataFrame:
    """What readers had searched for when they opened this article. Columns: query, clicks; most first."""
    times = func.sum(SearchClickDay.clicks)
    return db.frame(
        session,
        select(SearchClickDay.query, times.label("clicks"))
        .where(SearchClickDay.article_id == article_id, SearchClickDay.day.between(since, until))
        .group_by(SearchClickDay.query)
        .order_by(times.desc(), SearchClickDay.query),
    )


def support_clicks(session: Session, *, since: Day, until: Day) -> dict[str, int]:
    """How often *Contacter l'assistance* was pressed in these days, by place."""
    rows = session.execute(
        select(SupportClickDay.place, func.sum(SupportClickDay.clicks))
        .where(SupportClickDay.day.between(since, until))
        .group_by(SupportClickDay.place)
    )
    return {place: int(clicks) for place, clicks in rows}


# -- missing questions ---------------------------------------------------------------------------


def report(session: Session, *, question: str, now: dt.datetime) -> MissingQuestion:
    """Keep a question a reader did not find, on one line, with what could name a person masked.

    The same words already waiting are not kept twice. Raises Invalid when it is empty or longer than
    `QUESTION_MAX`, TooMany when too many wait already.
    """
    text = personal_data.mask(re.sub(r"[ \t\r\n]+", " ", question).strip())
    if not text:
        raise Invalid("question_missing", "empty")
    if len(text) > QUESTION_MAX:
        raise Invalid("question_missing", "too_long", QUESTION_MAX)
    same = session.scalar(
        select(MissingQuestion)
        .where(MissingQuestion.handled_at.is_(None), MissingQuestion.text == text)
        .limit(1)
    )
    if same is not None:
        return same
    if waiting(session) >= WAITING_MAX:
        raise TooMany("questions", 24 * 3600)
    reported = MissingQuestion(text=text, received_at=now)
    session.add(reported)
    session.flush()
    db.bump(session)
    return reported


def reported(session: Session, question_id: int) -> MissingQuestion:
    """A question readers reported. Raises NotFound."""
    found = session.get(MissingQuestion, question_id)
    if found is None:
        raise NotFound("missing_question", question_id)
    return found


def missing(session: Session, *, limit: int = 200) -> list[MissingQuestion]:
    """The reported questions nobody has settled, newest first."""
    return list(
        session.scalars(
            select(MissingQuestion)
            .where(MissingQuestion.handled_at.is_(None))
            .order_by(MissingQuestion.received_at.desc(), MissingQuestion.id.desc())
            .limit(limit)
        )
    )


def waiting(session: Session) -> int:
    """How many reported questions nobody has settled."""
    unsettled = select(func.count()).where(MissingQuestion.handled_at.is_(None))
    return session.scalar(unsettled) or 0


def settle(
    session: Session, actor: Actor, question_id: int, *, settled: bool = True, now: dt.datetime
) -> None:
    """Take a reported question off the list, or put it back."""
    people.authorize(session, actor, "remark.handle")
    question = reported(session, question_id)
    question.handled_at = now if settled else None
    question.handled_by_id = actor.id if settled else None
    db.bump(session)
    people.record(
        session,
        actor,
        "question.settle",
        kind="missing_question",
        object_id=question_id,
        now=now,
        settled=settled,
    )


# -- retention -----------------------------------------------------------------------------------


def forget(session: Session, *, days_before: Day, questions_before: dt.datetime) -> None:
    """Delete what is older: daily counts, and the words of readers."""
    session.execute(delete(SearchClickDay).where(SearchClickDay.day < days_before))
    session.execute(delete(SearchDay).where(SearchDay.day < days_before))
    session.execute(delete(SupportClickDay).where(SupportClickDay.day < days_before))
    session.execute(delete(MissingQuestion).where(MissingQuestion.received_at < questions_before))
