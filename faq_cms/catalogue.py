"""Every article as the team's list shows it: where it stands, where it is filed, what is to come.

The list of twenty thousand articles is read whole, then filtered in memory at each keystroke. So it
comes in parts that move apart: what is published and how it is filed, drafts (which move while people
type), what the clock and colleagues have under way, and votes. Reads, never writes.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from sqlalchemy import BigInteger, Executable, Select, and_, cast, func, select
from sqlalchemy.orm import Session

from faq_cms import db
from faq_cms.models import (
    Account,
    Article,
    ArticleTag,
    Category,
    Plan,
    PlannedAction,
    Review,
    ReviewState,
    TallyVersion,
    Version,
)

COUNTS: Final = ("helpful", "unhelpful", "off_text")
Stamp = tuple[Any, ...]


# -- what is published, and how it is filed ------------------------------------------------------


def stamp(session: Session) -> Stamp:
    """Moves with everything `articles` reads. Sums rather than newest dates: two clocks differ."""
    weight = cast(Article.id, BigInteger)
    queries: tuple[Executable, ...] = (
        select(
            func.count(),
            func.max(Article.id),
            func.sum(weight),
            func.sum(weight * Article.owner_id),
        ),
        select(Article.review_on, func.count(), func.sum(weight))
        .where(Article.review_on.is_not(None))
        .group_by(Article.review_on),
        select(ArticleTag.key, func.count(), func.sum(ArticleTag.article_id)).group_by(
            ArticleTag.key
        ),
        select(Account.id, Account.name),
    )
    read = (tuple(sorted(map(tuple, session.execute(query)))) for query in queries)
    return (db.content_revision(session), *read)


def articles(session: Session) -> pd.DataFrame:
    """Every article, as published last; a never published one has no version, and no question.

    Columns: article_id, question, category, category_id, owner, owner_id, review_on (a day), state
    (published · draft · withdrawn), version, author, published_at, withdrawn_at, tags (names, in the
    order of the alphabet, one a line).
    """
    last = (
        select(func.max(Version.number))
        .where(Version.article_id == Article.id)
        .correlate(Article)
        .scalar_subquery()
    )
    # Apart, because one join that says « the live one, else the last » takes three times as long.
    live = _filed().join(Version, Version.id == Article.live_version_id)
    other = (
        _filed()
        .outerjoin(Version, and_(Version.article_id == Article.id, Version.number == last))
        .where(Article.live_version_id.is_(None))
    )
    frame = _frame(session, live, other)
    frame["state"] = "draft"
    frame.loc[frame.pop("live_version_id").notna(), "state"] = "published"
    frame.loc[frame["withdrawn_at"].notna(), "state"] = "withdrawn"
    for column in ("published_at", "withdrawn_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    tags = _tags(session)
    frame["tags"] = pd.Series([tags.get(each, "") for each in frame["article_id"]], dtype="str")
    return frame


def _filed() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Article.id.label("article_id"),
            Version.question,
            Category.name.label("category"),
            Article.category_id,
            Account.name.label("owner"),
            Article.owner_id,
            Article.review_on,
            Article.live_version_id,
            Version.number.label("version"),
            Version.author,
            Version.published_at,
            Article.withdrawn_at,
        )
        .select_from(Article)
        .outerjoin(Category, Category.id == Article.category_id)
        .outerjoin(Account, Account.id == Article.owner_id)
    )


def _tags(session: Session) -> dict[int, str]:
    query = select(ArticleTag.article_id, ArticleTag.name)
    found: dict[int, list[str]] = {}
    rows = session.connection().execute(query.order_by(ArticleTag.article_id, ArticleTag.key))
    for article_id, name in rows:
        found.setdefault(article_id, []).append(name)
    return {article_id: "\n".join(names) for article_id, names in found.items()}


# -- what is under way ---------------------------------------------------------------------------


@dataclass(frozen=True)
class DraftsStamp:
    """`present` moves when a draft begins or goes, `typed` when one is saved."""

    present: Stamp
    typed: int


def drafts_stamp(session: Session) -> DraftsStamp:
    """Moves with everything `drafts` reads; its `present`, with articles begun and thrown away too."""
    counts = func.count(), func.sum(Version.id), func.max(Version.id), func.sum(Version.revision)
    row = session.execute(select(*counts).where(Version.number.is_(None))).one()
    count, *present, typed = (int(value or 0) for value in row)
    return DraftsStamp((count, *present), typed)


def drafts(session: Session) -> pd.DataFrame:
    """Every draft. Columns: article_id, draft_question, draft_author, draft_author_id, draft_saved_at."""
    return _frame(
        session,
        select(
            Version.article_id,
            Version.question.label("draft_question"),
            Version.author.label("draft_author"),
            Version.author_id.label("draft_author_id"),
            Version.saved_at.label("draft_saved_at"),
        ).where(Version.number.is_(None)),
    )


def in_review(session: Session) -> dict[int, dt.datetime]:
    """Articles whose draft a colleague is asked to read, and since when."""
    query = select(Review.article_id, Review.asked_at)
    rows = session.execute(query.where(Review.state == ReviewState.REQUESTED))
    return dict(rows.all())


def planned(session: Session) -> dict[int, dict[PlannedAction, dt.datetime]]:
    """What the clock will do, by article, and when."""
    found: dict[int, dict[PlannedAction, dt.datetime]] = {}
    query = select(Plan.article_id, Plan.action, Plan.due_at).where(Plan.outcome.is_(None))
    for article_id, action, due_at in session.execute(query):
        found.setdefault(article_id, {})[action] = due_at
    return found


# -- votes ---------------------------------------------------------------------------------------


def votes(session: Session, article_ids: Iterable[int] | None = None) -> pd.DataFrame:
    """The counted votes of each published article's current period, of these articles or of all.

    Index: article_id. Columns: helpful, unhelpful, off_text. Articles without votes are absent.
    """
    running = _running()
    if article_ids is not None:
        running = running.where(Article.id.in_(list(article_ids)))
    period = running.subquery()
    sums = [func.sum(getattr(TallyVersion, name)).label(name) for name in COUNTS]
    frame = _frame(
        session,
        select(period.c.article_id, *sums)
        .join(
            Version,
            and_(
                Version.article_id == period.c.article_id, Version.period_id == period.c.period_id
            ),
        )
        .join(TallyVersion, TallyVersion.version_id == Version.id)
        .group_by(period.c.article_id)
        .having(func.sum(TallyVersion.helpful + TallyVersion.unhelpful) > 0),
    )
    return frame.set_index("article_id").astype("int64")


def has_published(session: Session) -> bool:
    """Whether the public can read anything."""
    query = select(Article.id).where(Article.live_version_id.is_not(None)).limit(1)
    return session.scalar(query) is not None


def _running() -> Select[*tuple[Any, ...]]:
    """(article_id, period_id) of the measuring period of each published article."""
    return select(Article.id.label("article_id"), Version.period_id).join(
        Version, Version.id == Article.live_version_id
    )


def _frame(session: Session, *statements: Select[*tuple[Any, ...]]) -> pd.DataFrame:
    """As `db.frame`, of several statements alike, column by column: thousands of rows are quick."""
    results = [session.connection().execute(each) for each in statements]
    names = list(results[0].keys())
    rows = [row for result in results for row in result.fetchall()]
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pd.DataFrame(dict(zip(names, map(list, columns), strict=True)))
