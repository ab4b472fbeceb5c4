"""The work a listed article asks for: listed, taken, answered by a version, observed, judged.

One row per article while it is in À corriger, whatever the number of flags behind it. Publishing a
*Fond* version moves it to *En observation*, named by that version; the daily review judges it from
the votes that follow (`verify`; why once a day: docs/decisions/0014).
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from faq_cms import analytics, articles, db, flags, helpfulness, people, rendering
from faq_cms.errors import Conflict, Invalid
from faq_cms.helpfulness import Counts, Effect, Verdict
from faq_cms.models import (
    Account,
    Article,
    Category,
    Correction,
    CorrectionState,
    Flag,
    FlagKind,
    FlagOutcome,
    Role,
    Version,
)
from faq_cms.people import Actor
from faq_cms.votes import civil_day

LISTED = (CorrectionState.NEW, CorrectionState.TAKEN, CorrectionState.IN_REVIEW)
REASON_MAX = 500
SNOOZE_DAYS_MAX = 365  # put off for longer, it is *Rien à corriger*

# A reader who says Non often says why a moment later, or changes their mind: nobody is told of a
# row younger than this.
QUIET = dt.timedelta(minutes=10)


def follow(session: Session, article_id: int, *, now: dt.datetime) -> Correction | None:
    """List the article when it has open flags, unlist it when its last one was withdrawn.

    Returns the row that is listed afterwards, if any. Idempotent.
    """
    present = listed(session, article_id)
    standing = flags.open_flags(session, article_id)
    if standing and present is None:
        # Two votes at once may both find the row missing: the unique index keeps one.
        session.execute(
            db.insert(session, Correction)
            .values(article_id=article_id, state=CorrectionState.NEW, opened_at=now, reason="")
            .on_conflict_do_nothing()
        )
        present = listed(session, article_id)
        db.bump(session)
    if not standing and present is not None:
        _close(present, CorrectionState.WITHDRAWN, now=now)
        session.flush()
        db.bump(session)
        return None
    if present is not None:
        _wake_for_new_rule(session, present, standing)
        session.execute(
            update(Flag)
            .where(
                Flag.article_id == article_id,
                Flag.closed_at.is_(None),
                Flag.correction_id.is_(None),
            )
            .values(correction_id=present.id)
        )
    return present


def _wake_for_new_rule(session: Session, row: Correction, standing: list[Flag]) -> None:
    """A row that was put off comes back when a rule that was never behind it fires."""
    if row.snoozed_until is None:
        return
    known = set(session.scalars(select(Flag.kind).where(Flag.correction_id == row.id)))
    if any(flag.kind not in known for flag in standing):
        row.snoozed_until, row.snooze_reason = None, None
        session.flush()
        db.bump(session)


def take(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> Correction:
    """« Je m’en charge ». Raises Conflict("not_listed"), Conflict("taken") by somebody else."""
    people.authorize(session, actor, "correction.work")
    row = _listed_or_refuse(session, article_id)
    if row.taken_by_id is not None and row.taken_by_id != actor.id:
        raise Conflict("taken", people.account_of(session, row.taken_by_id).name)
    if row.taken_by_id is None or row.state is CorrectionState.NEW:
        _give(row, actor.id, by=actor.id, now=now)
        people.record(
            session, actor, "correction.take", kind="article", object_id=article_id, now=now
        )
        db.bump(session)
    return row


def assign(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    to_id: int | None,
    due_on: dt.date | None = None,
    now: dt.datetime,
) -> Correction:
    """Give the correction to one person (None: to nobody), with the day it is due, if any.

    Whoever had it no longer has it; the row says who gave it. Raises Conflict("not_listed"),
    Invalid("assignee", "unknown" or "not_allowed"), Invalid("due_on", "past").
    """
    people.authorize(session, actor, "correction.work")
    row = _listed_or_refuse(session, article_id)
    if due_on is not None and due_on != row.due_on and due_on < civil_day(now):
        raise Invalid("due_on", "past")
    if to_id != row.taken_by_id:
        if to_id is not None:
            _refuse_unable(session, to_id)
        _give(row, to_id, by=actor.id, now=now)
    row.due_on = due_on
    session.flush()
    db.bump(session)
    people.record(
        session,
        actor,
        "correction.assign",
        kind="article",
        object_id=article_id,
        now=now,
        to=to_id,
        due_on=due_on.isoformat() if due_on else None,
    )
    return row


def able(session: Session) -> list[Account]:
    """Who a correction may be given to, by name."""
    roles = [role for role in Role if people.may(role, "correction.work")]
    return list(
        session.scalars(
            select(Account)
            .where(Account.disabled_at.is_(None), Account.role.in_(roles))
            .order_by(Account.name_key)
        )
    )


def release(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> None:
    """Put a taken correction back for anybody."""
    people.authorize(session, actor, "correction.work")
    row = _listed_or_refuse(session, article_id)
    _give(row, None, by=None, now=now)
    people.record(
        session, actor, "correction.release", kind="article", object_id=article_id, now=now
    )
    db.bump(session)


def raise_by_hand(
    session: Session, actor: Actor, article_id: int, *, reason: str, now: dt.datetime
) -> None:
    """« Signaler » an article: a person lists it, and says why. See `flags.raise_by_hand`."""
    people.authorize(session, actor, "correction.work")
    flags.raise_by_hand(session, actor, article_id, reason=_checked(reason), now=now)
    follow(session, article_id, now=now)
    people.record(session, actor, "correction.raise", kind="article", object_id=article_id, now=now)


def lower_by_hand(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> None:
    """Take back what a person raised; the other reasons stay. Raises Conflict("not_raised")."""
    people.authorize(session, actor, "correction.work")
    if not flags.lower_by_hand(session, article_id, now=now):
        raise Conflict("not_raised", article_id)
    follow(session, article_id, now=now)
    people.record(session, actor, "correction.lower", kind="article", object_id=article_id, now=now)


def snooze(
    session: Session,
    actor: Actor,
    article_id: int,
    *,
    until: dt.date,
    reason: str,
    now: dt.datetime,
) -> Correction:
    """*Reporter*: out of the list until that civil day, with a reason.

    The row comes back by itself that day, or as soon as a rule that was not behind it fires (see
    `follow`). Raises Conflict("not_listed"), Invalid("reason", "length"), Invalid("snoozed_until",
    "range").
    """
    people.authorize(session, actor, "correction.work")
    reason, days = _checked(reason), (until - civil_day(now)).days
    if not 1 <= days <= SNOOZE_DAYS_MAX:
        raise Invalid("snoozed_until", "range", SNOOZE_DAYS_MAX)
    row = _listed_or_refuse(session, article_id)
    row.snoozed_until, row.snooze_reason = until, reason
    session.flush()
    db.bump(session)
    people.record(
        session,
        actor,
        "correction.snooze",
        kind="article",
        object_id=article_id,
        now=now,
        until=until.isoformat(),
    )
    return row


def wake(session: Session, actor: Actor, article_id: int, *, now: dt.datetime) -> None:
    """Put an article that was put off back into the list."""
    people.authorize(session, actor, "correction.work")
    row = _listed_or_refuse(session, article_id)
    row.snoozed_until, row.snooze_reason = None, None
    session.flush()
    db.bump(session)
    people.record(session, actor, "correction.wake", kind="article", object_id=article_id, now=now)


def nothing_to_fix(
    session: Session, actor: Actor, article_id: int, *, reason: str, now: dt.datetime
) -> None:
    """*Rien à corriger*, with a reason: the votes seen so far no longer list the article."""
    people.authorize(session, actor, "correction.work")
    reason = _checked(reason)
    row = _listed_or_refuse(session, article_id)
    flags.settle(session, article_id)
    flags.close_all(
        session,
        article_id,
        outcome=FlagOutcome.NOTHING_TO_FIX,
        closed_by_id=actor.id,
        now=now,
    )
    _close(row, CorrectionState.NOTHING_TO_FIX, by=actor.id, reason=reason, now=now)
    session.flush()
    db.bump(session)
    people.record(
        session, actor, "correction.nothing_to_fix", kind="article", object_id=article_id, now=now
    )


def answered(
    session: Session, actor: Actor, article_id: int, version: Version, *, now: dt.datetime
) -> Correction | None:
    """A *Fond* version answers what is listed: the article leaves the list, *En observation*.

    An earlier observation ends there, unmeasured: its text is no longer the one being read.
    Returns the observed row; None when nothing was listed.
    """
    row = listed(session, article_id)
    observed = observation(session, article_id)
    if observed is not None:
        _close(observed, CorrectionState.UNMEASURED, reason="superseded", now=now)
        session.flush()
        db.bump(session)
    if row is None:
        return None
    flags.answer(session, article_id, version, now=now)
    row.state, row.version_id, row.corrected_at = CorrectionState.OBSERVING, version.id, now
    if row.taken_by_id is None:
        row.taken_by_id, row.taken_at = actor.id, now
    session.flush()
    db.bump(session)
    return row


def unanswered(session: Session, version: Version, *, now: dt.datetime) -> None:
    """The version is taken back: what it answered, or stopped being observed, is as it was before."""
    flags.reopen(session, version, now=now)
    row = observation(session, version.article_id)
    if row is not None and row.version_id == version.id:
        _join(session, listed(session, version.article_id), row, now=now)
        if row.taken_at == row.corrected_at:  # nobody had taken it: publishing did
            row.taken_by_id, row.taken_at = None, None
        row.state = CorrectionState.NEW if row.taken_by_id is None else CorrectionState.TAKEN
        row.version_id, row.corrected_at = None, None
        session.flush()
    superseded = session.scalar(
        select(Correction).where(
            Correction.article_id == version.article_id,
            Correction.state == CorrectionState.UNMEASURED,
            Correction.reason == "superseded",
            Correction.closed_at == version.published_at,
        )
    )
    if superseded is not None:
        superseded.state, superseded.closed_at = CorrectionState.OBSERVING, None
        superseded.reason = ""
    session.flush()
    db.bump(session)


def _join(session: Session, newer: Correction | None, row: Correction, *, now: dt.datetime) -> None:
    """What was listed since moves to the row that comes back: one row an article."""
    if newer is None:
        return
    session.execute(update(Flag).where(Flag.correction_id == newer.id).values(correction_id=row.id))
    _close(newer, CorrectionState.WITHDRAWN, now=now)
    session.flush()


def follow_review(session: Session, article_id: int, *, is_open: bool) -> None:
    """*En relecture* while a colleague is asked to read the draft; as before afterwards."""
    row = listed(session, article_id)
    if row is None or is_open is (row.state is CorrectionState.IN_REVIEW):
        return
    taken = CorrectionState.NEW if row.taken_by_id is None else CorrectionState.TAKEN
    row.state = CorrectionState.IN_REVIEW if is_open else taken
    session.flush()
    db.bump(session)


def article_withdrawn(session: Session, article_id: int, *, now: dt.datetime) -> None:
    """An article nobody reads any more asks for no correction."""
    flags.close_all(session, article_id, outcome=FlagOutcome.ARTICLE_WITHDRAWN, now=now)
    for row in (listed(session, article_id), observation(session, article_id)):
        if row is not None:
            _close(row, CorrectionState.UNMEASURED, reason="article_withdrawn", now=now)
    session.flush()


def concerned(session: Session, article_ids: Iterable[int]) -> list[int]:
    """Those of these articles that something is open about: a flag, a correction, an observation."""
    found: set[int] = set()
    for some in articles.slices(article_ids):
        for table in (Flag, Correction):
            query = select(table.article_id).where(table.article_id.in_(some))
            found.update(session.scalars(query.where(table.closed_at.is_(None))))
    return sorted(found)


def listed(session: Session, article_id: int) -> Correction | None:
    """The article's row in À corriger, if it is there."""
    return session.scalar(
        select(Correction)
        .where(Correction.article_id == article_id, Correction.state.in_(LISTED))
        .execution_options(populate_existing=True)
    )


def observation(session: Session, article_id: int) -> Correction | None:
    """The article's row *En observation*, if there is one."""
    return session.scalar(
        select(Correction)
        .where(Correction.article_id == article_id, Correction.state == CorrectionState.OBSERVING)
        .execution_options(populate_existing=True)
    )


def waiting(session: Session, *, today: dt.date) -> int:
    """How many articles À corriger lists, those put off left out."""
    return (
        session.scalar(select(func.count()).where(Correction.state.in_(LISTED), _is_due(today)))
        or 0
    )


def queue(session: Session, *, today: dt.date | None = None) -> pd.DataFrame:
    """À corriger: one row per listed article, oldest first; with `today`, those put off left out.

    Columns: correction_id, article_id, state, opened_at, taken_by_id, taken_by (name), taken_at,
    due_on, snoozed_until, snooze_reason, kinds (tuple of FlagKind), is_confirmed (the figures prove
    it), is_isolated (nothing but single complaints), flags (tuple of dicts with kind, opened_at, evidence and raised_by, a name; oldest first).
    """
    taker = aliased(Account)
    query = (
        select(
            Correction.id.label("correction_id"),
            Correction.article_id,
            Correction.state,
            Correction.opened_at,
            Correction.taken_by_id,
            taker.name.label("taken_by"),
            Correction.taken_at,
            Correction.due_on,
            Correction.snoozed_until,
            Correction.snooze_reason,
        )
        .outerjoin(taker, taker.id == Correction.taken_by_id)
        .where(Correction.state.in_(LISTED))
        .order_by(Correction.opened_at, Correction.id)
    )
    if today is not None:
        query = query.where(_is_due(today))
    rows = db.frame(session, query)
    standing = flags.standing(session)
    behind = [standing.get(int(article_id), ()) for article_id in rows["article_id"]]
    kinds = [tuple(flag["kind"] for flag in each) for each in behind]
    rows["kinds"] = pd.Series(kinds, dtype=object)
    rows["is_confirmed"] = [not flags.PROVEN.isdisjoint(each) for each in kinds]
    rows["is_isolated"] = [set(each) == {FlagKind.ISOLATED} for each in kinds]
    rows["flags"] = pd.Series(behind, dtype=object)
    return rows


def _is_due(today: dt.date) -> ColumnElement[bool]:
    """The rows that are not put off until after this day."""
    return or_(Correction.snoozed_until.is_(None), Correction.snoozed_until <= today)


# -- is it better? -------------------------------------------------------------------------------


def verify(session: Session, *, now: dt.datetime) -> list[int]:
    """Judge every correction *En observation*; returns the articles whose correction ended.

    A problem that stands proven in the new measure (still under the objective, or worse than
    before) ends it *De retour à corriger*: the article is listed by that flag. A text proven more
    helpful than the one before ends it *Amélioration constatée*. Else it goes on. What is proven
    holds however often one looks (`helpfulness.effect`). Idempotent.
    """
    rows = observed(session, today=civil_day(now))
    returned = flags.proven_in(session, list(rows["period_id"]))
    ended = []
    for row in rows.to_dict("records"):
        state = _judged(row, is_returned=row["period_id"] in returned)
        if state is CorrectionState.OBSERVING and row["looked_with"] == row["evidence"]:
            continue  # no vote since the last look
        if _conclude(session, row, state, now=now) and state is not CorrectionState.OBSERVING:
            ended.append(int(row["article_id"]))
    return ended


def _judged(row: Mapping[Any, Any], *, is_returned: bool) -> CorrectionState:
    """Where an observed correction goes from here."""
    if is_returned:
        return CorrectionState.REOPENED
    _, after = _before_and_after(row)
    is_below = helpfulness.verdict(after, row["objective"]) is Verdict.BELOW
    if row["effect"] == Effect.MORE_HELPFUL and not is_below:
        return CorrectionState.IMPROVED
    return CorrectionState.OBSERVING


def _conclude(
    session: Session, row: Mapping[Any, Any], state: CorrectionState, *, now: dt.datetime
) -> bool:
    """Write what was found, unless somebody moved the row meanwhile."""
    values: dict[str, Any] = {"looked_with": int(row["evidence"])}
    if state is not CorrectionState.OBSERVING:
        values |= {"state": state, "closed_at": now, "evidence": _figures(row)}
    written = session.scalar(
        update(Correction)
        .where(
            Correction.id == int(row["correction_id"]),
            Correction.state == CorrectionState.OBSERVING,
            Correction.version_id == int(row["version_id"]),
        )
        .values(values)
        .returning(Correction.id)
        .execution_options(synchronize_session=False)
    )
    db.bump(session)
    return written is not None


def _figures(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The figures a correction ended with, as they stood; see `evidence` in `models`."""
    names = ("helpful", "unhelpful", "off_text")
    change = helpfulness.change(*_before_and_after(row))
    return {
        "before": {name: int(row[f"before_{name}"]) for name in names},
        "after": {name: int(row[name]) for name in names},
        "objective": float(row["objective"]),
        "difference": change.difference if change else None,
        "low": change.interval.low if change else None,
        "high": change.interval.high if change else None,
    }


def close_unmeasured(
    session: Session, actor: Actor, article_id: int, *, note: str, now: dt.datetime
) -> None:
    """*Clos sans mesure*: a colleague read the new text again, where votes will not tell.

    `note`: what they found. Raises Conflict("not_observed"), Conflict("own_text") to whoever typed
    any part of that version, Conflict("still_measurable") while votes may yet conclude.
    """
    people.authorize(session, actor, "article.review")
    note = _checked(note)
    rows = observed(session, today=civil_day(now), article_id=article_id)
    if rows.empty:
        raise Conflict("not_observed", article_id)
    row = rows.to_dict("records")[0]
    version = articles.version(session, int(row["version_id"]))
    if actor.id is not None and actor.id in articles.hands(session, version):
        raise Conflict("own_text", article_id)
    if not row["is_hopeless"]:
        raise Conflict("still_measurable", article_id)
    if not _conclude(session, row, CorrectionState.UNMEASURED, now=now):
        raise Conflict("not_observed", article_id)
    session.execute(
        update(Correction)
        .where(Correction.id == int(row["correction_id"]))
        .values(reason=note, closed_by_id=actor.id)
        .execution_options(synchronize_session=False)
    )
    people.record(
        session, actor, "correction.close_unmeasured", kind="article", object_id=article_id, now=now
    )


def observed(session: Session, *, today: dt.date, article_id: int | None = None) -> pd.DataFrame:
    """Corrections *En observation*, newest first, with what the votes say and what they lack.

    Columns: correction_id, article_id, version_id, period_id, version, corrected_at, taken_by,
    looked_with, objective; those of `analytics.beside`; evidence; missing and weeks (see
    `helpfulness.Prospect`; weeks NaN when unknown), is_hopeless (the votes will not tell: not with
    this traffic, or they did not when all those planned were there).
    """
    query = (
        select(
            Correction.id.label("correction_id"),
            Correction.article_id,
            Correction.version_id,
            Version.period_id,
            Version.number.label("version"),
            Correction.corrected_at,
            Account.name.label("taken_by"),
            Correction.looked_with,
            func.coalesce(Category.objective, helpfulness.DEFAULT_OBJECTIVE).label("objective"),
        )
        .join(Version, Version.id == Correction.version_id)
        .join(Article, Article.id == Correction.article_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .outerjoin(Account, Account.id == Correction.taken_by_id)
        .where(Correction.state == CorrectionState.OBSERVING)
        .order_by(Correction.corrected_at.desc(), Correction.id.desc())
    )
    if article_id is not None:
        query = query.where(Correction.article_id == article_id)
    rows = db.frame(session, query)
    ids = [int(each) for each in rows["article_id"]]
    rows = analytics.beside(rows, analytics.successive(session, ids))
    pace = analytics.pace(session, ids, until=today)
    return rows.join(_outlook(rows, pace))


def ended(session: Session, *, since: dt.datetime) -> pd.DataFrame:
    """Corrections that ended since, the last first, but for flags that were simply withdrawn.

    Columns: correction_id, article_id, state, opened_at, closed_at, version (the one that answered,
    if any), reason (a code when nobody wrote it), evidence (see `verify`; None without), closed_by.
    """
    return db.frame(
        session,
        select(
            Correction.id.label("correction_id"),
            Correction.article_id,
            Correction.state,
            Correction.opened_at,
            Correction.closed_at,
            Version.number.label("version"),
            Correction.reason,
            Correction.evidence,
            Account.name.label("closed_by"),
        )
        .outerjoin(Version, Version.id == Correction.version_id)
        .outerjoin(Account, Account.id == Correction.closed_by_id)
        .where(Correction.closed_at >= since, Correction.state != CorrectionState.WITHDRAWN)
        .order_by(Correction.closed_at.desc(), Correction.id.desc()),
    )


def _outlook(rows: pd.DataFrame, pace: Mapping[int, float]) -> pd.DataFrame:
    """What each observed correction still lacks; see `observed`."""
    found = []
    for row in rows.to_dict("records"):
        before, after = _before_and_after(row)
        rate = pace.get(int(row["article_id"]))
        prospect = helpfulness.prospect(before, after, rate, row["objective"])
        weeks = math.nan if prospect.weeks is None else prospect.weeks
        is_hopeless = prospect.never or (prospect.missing == 0 and row["effect"] == Effect.NOT_YET)
        found.append((after.evidence, prospect.missing, weeks, is_hopeless))
    names = ["evidence", "missing", "weeks", "is_hopeless"]
    return pd.DataFrame(found, columns=names, index=rows.index)


def _before_and_after(row: Mapping[Any, Any]) -> tuple[Counts, Counts]:
    names = ("helpful", "unhelpful", "off_text")
    before, after = (
        Counts(*(int(row[f"{prefix}{name}"]) for name in names)) for prefix in ("before_", "")
    )
    return before, after


# -- inside --------------------------------------------------------------------------------------


def _listed_or_refuse(session: Session, article_id: int) -> Correction:
    articles.article(session, article_id)
    row = listed(session, article_id)
    if row is None:
        raise Conflict("not_listed", article_id)
    return row


def _refuse_unable(session: Session, account_id: int) -> None:
    account = session.get(Account, account_id)
    if account is None or account.disabled_at is not None:
        raise Invalid("assignee", "unknown")
    if not people.may(account.role, "correction.work"):
        raise Invalid("assignee", "not_allowed", account.name)


def _checked(reason: str) -> str:
    reason = rendering.clean(reason).strip()
    if not 1 <= len(reason) <= REASON_MAX:
        raise Invalid("reason", "length", (1, REASON_MAX))
    return reason


def _give(row: Correction, to_id: int | None, *, by: int | None, now: dt.datetime) -> None:
    """Who has it; a draft that a colleague is reading stays *En relecture*."""
    given = to_id is not None
    row.taken_by_id, row.taken_at = to_id, now if given else None
    row.assigned_by_id = by if given else None
    if row.state is not CorrectionState.IN_REVIEW:
        row.state = CorrectionState.TAKEN if given else CorrectionState.NEW


def _close(
    row: Correction,
    state: CorrectionState,
    *,
    by: int | None = None,
    reason: str = "",
    now: dt.datetime,
) -> None:
    row.state, row.closed_at, row.closed_by_id = state, now, by
    row.reason = reason or row.reason
