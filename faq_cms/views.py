"""How often public pages were read, per day and source, robots apart. No person, no cookie."""

import datetime as dt

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faq_cms import db
from faq_cms.models import (
    ViewDay,
)


def add(session: Session, counts: dict[tuple[dt.date, int, str], tuple[int, int]]) -> None:
    """Add page views, gathered in memory, to their days: (day, article_id, source) → (people, robots)."""
    for (day, article_id, source), (views, robots) in counts.items():
        statement = db.insert(session, ViewDay).values(
            day=day, article_id=article_id, source=source, views=views, robots=robots
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["day", "article_id", "source"],
                set_={
                    "views": ViewDay.views + statement.excluded.views,
                    "robots": ViewDay.robots + statement.excluded.robots,
                },
            )
        )


def most_read(session: Session, *, since: dt.date, limit: int) -> list[int]:
    """The ids of the articles people read most since a day, most read first."""
    return list(
        session.scalars(
            select(ViewDay.article_id)
            .where(ViewDay.day >= since)
            .group_by(ViewDay.article_id)
            .having(func.sum(ViewDay.views) > 0)
            .order_by(func.sum(ViewDay.views).desc(), ViewDay.article_id)
            .limit(limit)
        )
    )


def by_article(session: Session, *, since: dt.date | None = None) -> pd.DataFrame:
    """Public pages served to people, per article and source. Columns: article_id, source, views."""
    query = select(ViewDay.article_id, ViewDay.source, func.sum(ViewDay.views).label("views"))
    if since is not None:
        query = query.where(ViewDay.day >= since)
    return db.frame(session, query.group_by(ViewDay.article_id, ViewDay.source))
