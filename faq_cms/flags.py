"""Why an article is listed in À corriger: open a flag with its evidence, close it with its outcome.

`judge` compares what the figures say now with what is open, and makes them agree; calling it twice
changes nothing. Two rules so far: *isolated* (at least one Non about the text since the measuring
period began) and *confirmed* (the figures prove that the article misses its objective).
"""

import datetime as dt
from dataclasses import asdict
from typing import Any

import pandas as pd
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from faq_cms import analytics, articles, db, helpfulness
from faq_cms.helpfulness import Counts, Verdict
from faq_cms.models import Flag, FlagKind, FlagOutcome, Version


def judge(session: Session, article_id: int, *, now: dt.datetime) -> list[Flag]:
    """Open and withdraw the flags of one article so that they say what its figures say.

    Returns the flags that are open afterwards. Idempotent; writes flags only.
    """
    period = articles.current_period(session, article_id)
    standing = {flag.kind: flag for flag in open_flags(session, article_id)}
    if period is None or articles.article(session, article_id).live_version_id is None:
        return list(standing.values())
    counts = analytics.counts(session, period.id, article_id)
    objective = analytics.objective(session, article_id)
    due = {
        FlagKind.ISOLATED: _on_text(counts) > _settled(session, period.id, FlagKind.ISOLATED),
        FlagKind.CONFIRMED: _is_confirmed(session, period.id, counts, objective, standing),
    }
    for kind, is_due in due.items():
        if is_due and kind not in standing:
            _open(session, article_id, period.id, kind, _evidence(counts, objective), now=now)
        elif not is_due and kind in standing:
            _close(standing[kind], FlagOutcome.WITHDRAWN, now=now)
    session.flush()
    return open_flags(session, article_id)


def answer(session: Session, article_id: int, version: Version, *, now: dt.datetime) -> list[Flag]:
    """Close every open flag of the article with the version that answers it."""
    answered = open_flags(session, article_id)
    for flag in answered:
        flag.answered_in_id = version.id
        _close(flag, FlagOutcome.ANSWERED, now=now)
    session.flush()
    return answered


def close_all(
    session: Session,
    article_id: int,
    *,
    outcome: FlagOutcome,
    closed_by_id: int | None = None,
    now: dt.datetime,
) -> None:
    """Close every open flag of the article with this outcome."""
    session.execute(
        update(Flag)
        .where(Flag.article_id == article_id, Flag.closed_at.is_(None))
        .values(closed_at=now, closed_by_id=closed_by_id, outcome=outcome)
    )
    db.bump(session)


def open_flags(session: Session, article_id: int) -> list[Flag]:
    """The flags that list the article now, oldest first."""
    return list(
        session.scalars(
            select(Flag)
            .where(Flag.article_id == article_id, Flag.closed_at.is_(None))
            .order_by(Flag.id)
            .execution_options(populate_existing=True)
        )
    )


def open_kinds(session: Session) -> pd.DataFrame:
    """Every open flag. Columns: article_id, kind, opened_at."""
    return db.frame(
        session,
        select(Flag.article_id, Flag.kind, Flag.opened_at)
        .where(Flag.closed_at.is_(None))
        .order_by(Flag.id),
    )


def out_of_step(session: Session) -> list[int]:
    """Articles whose flags may not say what the figures say: the ones a review must judge.

    Cheap on a large library: figures are compared as frames, and only differences come back.
    """
    figures = analytics.usefulness(session)
    standing = open_kinds(session)
    confirmed = set(standing.loc[standing["kind"] == FlagKind.CONFIRMED, "article_id"])
    isolated = set(standing.loc[standing["kind"] == FlagKind.ISOLATED, "article_id"])
    below = figures["verdict"] == str(Verdict.BELOW)
    on_text = figures["unhelpful"] - figures["off_text"] > 0
    ids = figures["article_id"]
    differs = (below != ids.isin(confirmed)) | (on_text != ids.isin(isolated))
    return [int(article_id) for article_id in ids[differs]]


def _on_text(counts: Counts) -> int:
    return counts.unhelpful - counts.off_text


def _is_confirmed(
    session: Session,
    period_id: int,
    counts: Counts,
    objective: float,
    standing: dict[FlagKind, Flag],
) -> bool:
    previous = Verdict.BELOW if FlagKind.CONFIRMED in standing else None
    below = helpfulness.verdict(counts, objective, previous) is Verdict.BELOW
    return below and _on_text(counts) > _settled(session, period_id, FlagKind.CONFIRMED)


def _settled(session: Session, period_id: int, kind: FlagKind) -> int:
    """How many Non about the text « Rien à corriger » already answered in this period.

    They do not list the article again; the next one does.
    """
    evidence = session.scalar(
        select(Flag.evidence)
        .where(
            Flag.period_id == period_id,
            Flag.kind == kind,
            Flag.outcome == FlagOutcome.NOTHING_TO_FIX,
        )
        .order_by(Flag.id.desc())
        .limit(1)
    )
    return int(evidence.get("settled", 0)) if evidence else 0


def settle(session: Session, article_id: int) -> None:
    """Note in the open flags how many Non about the text they were looked at with."""
    for flag in open_flags(session, article_id):
        counts = analytics.counts(session, flag.period_id, article_id)
        flag.evidence = {**flag.evidence, "settled": _on_text(counts)}
    session.flush()


def _evidence(counts: Counts, objective: float) -> dict[str, Any]:
    interval = helpfulness.wilson(counts.helpful, counts.evidence)  # what the verdict looked at
    return {
        **asdict(counts),
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "objective": objective,
    }


def _open(
    session: Session,
    article_id: int,
    period_id: int,
    kind: FlagKind,
    evidence: dict[str, Any],
    *,
    now: dt.datetime,
) -> None:
    # Two votes at once may both find the flag missing: the unique index lets one of them open it.
    session.execute(
        db.insert(session, Flag)
        .values(
            article_id=article_id, period_id=period_id, kind=kind, opened_at=now, evidence=evidence
        )
        .on_conflict_do_nothing()
    )
    db.bump(session)


def _close(flag: Flag, outcome: FlagOutcome, *, now: dt.datetime) -> None:
    flag.closed_at, flag.outcome = now, outcome
