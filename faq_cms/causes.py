"""What else than the votes of its measure asks for an article to be corrected. Reads, never writes.

Three rules, each with the figures or the words that make it true now: the text proved less helpful
than the one before it; its review date has passed; what is published stops its reader. Judged by
the daily review, and the two that look at the text at each publication as well.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import Session

from faq_cms import analytics, helpfulness, quality, settings
from faq_cms.articles import Text
from faq_cms.helpfulness import Effect
from faq_cms.models import Article, FlagKind, FlagOutcome, Version

OF_THE_TEXT: Final = (FlagKind.OVERDUE, FlagKind.CONTENT)
ALL: Final = (FlagKind.DROPPED, *OF_THE_TEXT)
_COUNTS: Final = ("helpful", "unhelpful", "off_text")


@dataclass(frozen=True)
class Cause:
    """One rule that holds for one article, and what makes it hold."""

    article_id: int
    kind: FlagKind
    period_id: int
    evidence: dict[str, Any]

    def is_settled_by(
        self, outcome: FlagOutcome, period_id: int, evidence: Mapping[str, Any]
    ) -> bool:
        """Whether a flag that ended so was decided knowing what holds now.

        « Rien à corriger » settles the Non, the date or the words it was said about, and no others;
        a new text also answers the date it was written after.
        """
        is_nothing = outcome is FlagOutcome.NOTHING_TO_FIX
        if self.kind is FlagKind.OVERDUE:
            same = evidence.get("review_on") == self.evidence["review_on"]
            return same and (is_nothing or outcome is FlagOutcome.ANSWERED)
        if self.kind is FlagKind.CONTENT:
            known = evidence.get("found", [])
            return is_nothing and all(each in known for each in self.evidence["found"])
        on_text = self.evidence["unhelpful"] - self.evidence["off_text"]
        return is_nothing and period_id == self.period_id and on_text <= evidence.get("settled", 0)


def found(
    session: Session,
    article_ids: Collection[int] | None = None,
    *,
    kinds: Collection[FlagKind] = ALL,
    dropped: Collection[int] = (),
    today: dt.date,
) -> list[Cause]:
    """What holds now of published articles (`article_ids` narrows them), rule after rule.

    `dropped`: articles already said to be less helpful than before; see `_drops`.
    """
    causes: list[Cause] = []
    if FlagKind.DROPPED in kinds:
        causes += _drops(session, article_ids, dropped)
    if not set(OF_THE_TEXT).isdisjoint(kinds):
        causes += _of_texts(session, article_ids, today)
    return causes


def _drops(
    session: Session, article_ids: Collection[int] | None, standing: Collection[int]
) -> Iterator[Cause]:
    """Articles whose running measure proves them less helpful than the measure before.

    As a verdict does, it opens when the whole interval of the difference is under zero, and stays
    until the share itself is back where it was.
    """
    query = select(Version.period_id).join(Article, Article.live_version_id == Version.id)
    running = set(session.scalars(query))
    rows = analytics.successive(session, article_ids)
    rows = rows[rows["period_id"].isin(running) & (rows["before_helpful"] > 0)]
    for row in helpfulness.compared(rows).to_dict("records"):
        is_proven = row["effect"] == Effect.LESS_HELPFUL
        if is_proven or (row["article_id"] in standing and row["difference"] < 0):
            evidence = {name: int(row[name]) for name in _COUNTS}
            evidence |= {f"before_{name}": int(row[f"before_{name}"]) for name in _COUNTS}
            moved = {name: float(row[name]) for name in ("difference", "low", "high")}
            yield Cause(
                int(row["article_id"]),
                FlagKind.DROPPED,
                int(row["period_id"]),
                evidence | moved,
            )


def _of_texts(
    session: Session, article_ids: Collection[int] | None, today: dt.date
) -> Iterator[Cause]:
    """What the published texts and their review dates ask for."""
    query = (
        select(
            Article.id,
            Article.review_on,
            Version.number,
            Version.period_id,
            Version.question,
            Version.answer,
            Version.wordings,
        )
        .join(Version, Version.id == Article.live_version_id)
        .order_by(Article.id)
    )
    if article_ids is None:  # only those that may hold something: the others are not even read
        query = query.where(or_(Article.review_on < today, *_suspect()))
    else:
        query = query.where(Article.id.in_(article_ids))
    for article_id, review_on, number, period_id, question, answer, wordings in session.execute(
        query
    ):
        assert period_id is not None  # noqa: S101 — CHECK published_has_period
        if review_on is not None and review_on < today:
            evidence: dict[str, Any] = {"review_on": review_on.isoformat()}
            yield Cause(article_id, FlagKind.OVERDUE, period_id, evidence)
        text = Text(question, answer, tuple(wordings))
        if stopping := _stopping(session, text):
            evidence = {"version": number, "found": stopping}
            yield Cause(article_id, FlagKind.CONTENT, period_id, evidence)


def _suspect() -> Iterator[ColumnElement[bool]]:
    """Texts that may hold a masked address or a link to another article: what `_stopping` looks at."""
    for part in (Version.question, Version.answer):
        yield part.icontains("prot")
    yield cast(Version.wordings, String).icontains("prot")
    yield Version.answer.contains("/aide/")


def _stopping(session: Session, text: Text) -> list[dict[str, str]]:
    """What stops a reader: its rule and the words where it is, in the order of the text."""
    whole = "\n".join((text.question, text.answer, *text.wordings))
    if "prot" not in whole.lower() and "/aide/" not in whole:
        return []
    base_url = settings.current().public_url
    return [
        {"rule": finding.rule, "words": quality.part(text, place.field)[place.start : place.end]}
        for finding in quality.stopping(session, text, base_url=base_url)
        for place in finding.places
    ]
