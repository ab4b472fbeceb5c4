"""What becomes of corrections, for who steers: how long, how many hold, what readers got.

Of the team and never of a person: no column here says who. Reads, never writes. What is pure is below
what reads; medians and shares are those of `helpfulness`, None under a handful of corrections.
"""

import datetime as dt
from typing import Final, Literal

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faq_cms import db, helpfulness
from faq_cms.helpfulness import Effect
from faq_cms.models import Article, Category, Correction, CorrectionState, Flag, Remark, RemarkState
from faq_cms.votes import civil_day

Grain = Literal["month", "category"]

_DAY: Final = dt.timedelta(days=1)

_ENDINGS: Final = {
    "improved": CorrectionState.IMPROVED,
    "reopened": CorrectionState.REOPENED,
    "unmeasured": CorrectionState.UNMEASURED,
}
_EFFECTS: Final = {
    "more": Effect.MORE_HELPFUL,
    "less": Effect.LESS_HELPFUL,
    "not_yet": Effect.NOT_YET,
}


def published(session: Session, effects: pd.DataFrame, *, since: dt.datetime) -> pd.DataFrame:
    """Corrections whose version was published since, newest first.

    `effects` are those of `analytics.effects`. Columns: correction_id, category (None unfiled),
    month (its first civil day), days (from the
    first flag behind it to its publication), state, effect (codes of `helpfulness.effect`).
    """
    first = (
        select(Flag.correction_id, func.min(Flag.opened_at).label("flagged_at"))
        .where(Flag.correction_id.is_not(None))
        .group_by(Flag.correction_id)
        .subquery()
    )
    rows = db.frame(
        session,
        select(
            Correction.id.label("correction_id"),
            Category.name.label("category"),
            Correction.corrected_at,
            func.coalesce(first.c.flagged_at, Correction.opened_at).label("flagged_at"),
            Correction.state,
        )
        .join(Article, Article.id == Correction.article_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .outerjoin(first, first.c.correction_id == Correction.id)
        .where(Correction.corrected_at >= since)
        .order_by(Correction.corrected_at.desc(), Correction.id.desc()),
    )
    corrected, flagged = rows.pop("corrected_at"), rows.pop("flagged_at")
    effect = effects.set_index("correction_id")["effect"]
    return rows.assign(
        month=[_month(at) for at in corrected],
        days=[(at - asked) / _DAY for at, asked in zip(corrected, flagged, strict=True)],
        effect=rows["correction_id"].map(effect).fillna(Effect.NOT_YET.value),
    )


def remarks(session: Session, *, since: dt.datetime) -> pd.DataFrame:
    """Remarks readers wrote since, newest first.

    Columns: category (None unfiled), month (its first civil day), is_answered (a version answers it).
    """
    rows = db.frame(
        session,
        select(Category.name.label("category"), Remark.received_at, Remark.state)
        .join(Article, Article.id == Remark.article_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .where(Remark.received_at >= since)
        .order_by(Remark.received_at.desc(), Remark.id.desc()),
    )
    received, state = rows.pop("received_at"), rows.pop("state")
    return rows.assign(
        month=[_month(at) for at in received], is_answered=state == RemarkState.ANSWERED
    )


def _month(moment: dt.datetime) -> dt.date:
    return civil_day(moment).replace(day=1)


def summed(corrections: pd.DataFrame, remarks: pd.DataFrame, by: Grain | None) -> pd.DataFrame:
    """The figures of both frames, one row a month (the last first) or a category, or one in all.

    Pure. Columns: group (its month or category; None unfiled or in all), corrections, days (their
    median), ended (those whose observation is over), improved, reopened and unmeasured (how they
    ended), observing, more, less and not_yet (their effect), remarks, answered. `days` is NaN under
    MINIMUM_CORRECTIONS.
    """
    keys: list[object] = [None]
    if by is not None:
        found = {*_keys(corrections, by), *_keys(remarks, by)}
        keys = sorted(found - {None}, reverse=by == "month", key=str)
        keys += [None] * (None in found)
    rows = [_figures(_of(corrections, by, key), _of(remarks, by, key)) for key in keys]
    frame = pd.DataFrame(rows, columns=list(_figures(corrections[:0], remarks[:0])))
    frame.insert(0, "group", pd.Series(keys, dtype=object))
    return frame


def _keys(frame: pd.DataFrame, by: Grain) -> list[object]:
    return [None if pd.isna(each) else each for each in frame[by]]


def _of(frame: pd.DataFrame, by: Grain | None, key: object) -> pd.DataFrame:
    if by is None:
        return frame
    return frame[frame[by].isna() if key is None else frame[by] == key]


def _figures(corrections: pd.DataFrame, remarks: pd.DataFrame) -> dict[str, object]:
    endings = {name: int((corrections["state"] == state).sum()) for name, state in _ENDINGS.items()}
    ended = sum(endings.values())
    median = helpfulness.median_of_corrections(list(corrections["days"]))
    return {
        "corrections": len(corrections),
        "days": float("nan") if median is None else median,
        "ended": ended,
        **endings,
        "observing": len(corrections) - ended,
        **{
            name: int((corrections["effect"] == effect.value).sum())
            for name, effect in _EFFECTS.items()
        },
        "remarks": len(remarks),
        "answered": int(remarks["is_answered"].sum()),
    }
