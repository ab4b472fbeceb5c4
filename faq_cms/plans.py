"""What the clock will do to an article: a publication or a withdrawal to come, done once.

A planned text is frozen: what was seen when it was planned is what goes out (`refuse_frozen`). Of
several servers that wake together, the one whose UPDATE finds the plan still pending does it
(`claim`), in the transaction of the change itself, so that it is done once or not at all.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from faq_cms import db, french, people
from faq_cms.errors import Conflict, Invalid, NotFound
from faq_cms.models import (
    Account,
    Article,
    Plan,
    PlannedAction,
    PlanOutcome,
    Significance,
    Version,
)
from faq_cms.people import Actor

FAILURES_SHOWN = dt.timedelta(days=30)  # after that nobody means to do it any more


def instant(day: dt.date, time: dt.time) -> dt.datetime:
    """The instant a clock in Paris shows this day and time, in UTC.

    A time the spring change skips is moved by the hour it skips (2 h 30 becomes 3 h 30); of the two
    instants an autumn night shows alike, the first.
    """
    return dt.datetime.combine(day, time.replace(fold=0), tzinfo=french.PARIS).astimezone(dt.UTC)


# -- planning ------------------------------------------------------------------------------------


def add_publication(
    session: Session,
    actor: Actor,
    draft: Version,
    *,
    due_at: dt.datetime,
    significance: Significance,
    note: str = "",
    answered_remarks: Sequence[int] = (),
    now: dt.datetime,
) -> Plan:
    """Plan to publish this draft as it stands. See `_add` for what is raised."""
    people.authorize(session, actor, "article.publish")
    plan = Plan(
        action=PlannedAction.PUBLISH,
        revision=draft.revision,
        significance=significance,
        note=note,
        answered_remarks=list(answered_remarks),
    )
    return _add(session, actor, plan, draft.article_id, due_at=due_at, now=now)


def add_withdrawal(
    session: Session, actor: Actor, article_id: int, *, due_at: dt.datetime, now: dt.datetime
) -> Plan:
    """Plan to take the article off the public pages. See `_add` for what is raised."""
    people.authorize(session, actor, "article.withdraw")
    plan = Plan(action=PlannedAction.WITHDRAW, answered_remarks=[])
    return _add(session, actor, plan, article_id, due_at=due_at, now=now)


def cancel(session: Session, actor: Actor, plan_id: int, *, now: dt.datetime) -> Plan:
    """« Annuler la programmation ». Raises Conflict("plan_ended") when it is no longer to come."""
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise NotFound("plan", plan_id)
    people.authorize(session, actor, _RIGHTS[plan.action])
    if not _end(session, plan_id, PlanOutcome.CANCELLED, now=now):
        raise Conflict("plan_ended", plan_id)
    people.record(
        session,
        actor,
        "article.cancel_plan",
        kind="article",
        object_id=plan.article_id,
        now=now,
        planned=plan.action,
    )
    return plan


def supersede(
    session: Session, article_id: int, action: PlannedAction, *, now: dt.datetime
) -> None:
    """What was planned has just been done by hand: nothing is left for the clock to do."""
    standing = pending(session, article_id).get(action)
    if standing is not None:
        _end(session, standing.id, PlanOutcome.CANCELLED, now=now)


def refuse_frozen(session: Session, article_id: int, question: str) -> None:
    """Raise Conflict("planned") while the draft of this article waits to be published."""
    if PlannedAction.PUBLISH in pending(session, article_id):
        raise Conflict("planned", question)


# -- doing ---------------------------------------------------------------------------------------


def due(session: Session, now: dt.datetime) -> list[tuple[int, int]]:
    """(plan, article) of what the clock must do now, oldest first."""
    rows = session.execute(
        select(Plan.id, Plan.article_id)
        .where(Plan.outcome.is_(None), Plan.due_at <= now)
        .order_by(Plan.due_at, Plan.id)
    )
    return [(plan_id, article_id) for plan_id, article_id in rows]


def claim(session: Session, plan_id: int, *, now: dt.datetime) -> Plan | None:
    """Take the plan for this transaction; None when it is no longer to be done."""
    return _end(session, plan_id, PlanOutcome.DONE, now=now)


def fail(session: Session, plan: Plan, sentence: str) -> None:
    """Say in French why a claimed plan could not be carried out."""
    plan.outcome, plan.failure = PlanOutcome.FAILED, sentence
    session.flush()


def planner(session: Session, plan: Plan) -> Actor:
    """Who planned, with the role they have now; the installation when nobody signed in did."""
    if plan.account_id is None:
        return people.SYSTEM
    account = people.account_of(session, plan.account_id)
    return Actor(account.id, account.name, account.role)


# -- finding -------------------------------------------------------------------------------------


def pending(session: Session, article_id: int) -> Mapping[PlannedAction, Plan]:
    """What is still to come for one article: at most one plan of each kind."""
    rows = session.scalars(
        select(Plan)
        .where(Plan.article_id == article_id, Plan.outcome.is_(None))
        .execution_options(populate_existing=True)
    )
    return {plan.action: plan for plan in rows}


def awaited(session: Session) -> set[int]:
    """The articles something is still to come for."""
    return set(session.scalars(select(Plan.article_id).where(Plan.outcome.is_(None))))


def upcoming(session: Session) -> pd.DataFrame:
    """Everything still to come, soonest first.

    Columns: plan_id, article_id, question, action, due_at, planned_by (name; None: the installation).
    """
    return _listing(session, Plan.outcome.is_(None)).sort_values(
        ["due_at", "plan_id"], ignore_index=True
    )


def failed(session: Session, *, now: dt.datetime) -> pd.DataFrame:
    """What could not be done and nobody did since, latest first.

    Columns: those of `upcoming`, then ended_at and failure (a French sentence).
    """
    newer, version = aliased(Plan), aliased(Version)
    replanned = select(newer.id).where(
        newer.article_id == Plan.article_id, newer.action == Plan.action, newer.id > Plan.id
    )
    published_since = select(version.id).where(
        version.article_id == Plan.article_id, version.published_at >= Plan.ended_at
    )
    still_wanted = or_(
        and_(Plan.action == PlannedAction.PUBLISH, ~published_since.exists()),
        and_(Plan.action == PlannedAction.WITHDRAW, Article.live_version_id.is_not(None)),
    )
    rows = _listing(
        session,
        Plan.outcome == PlanOutcome.FAILED,
        Plan.ended_at > now - FAILURES_SHOWN,
        ~replanned.exists(),
        still_wanted,
    )
    return rows.sort_values(["ended_at", "plan_id"], ascending=False, ignore_index=True)


# -- private -------------------------------------------------------------------------------------

_RIGHTS = {PlannedAction.PUBLISH: "article.publish", PlannedAction.WITHDRAW: "article.withdraw"}


def _add(
    session: Session,
    actor: Actor,
    plan: Plan,
    article_id: int,
    *,
    due_at: dt.datetime,
    now: dt.datetime,
) -> Plan:
    """Raises Invalid when the moment is past, Conflict("already_planned") when one is to come.

    The caller holds the article's row: two people never plan at once.
    """
    if due_at <= now:
        raise Invalid("due", "past")
    if plan.action in pending(session, article_id):
        raise Conflict("already_planned", article_id)
    plan.article_id, plan.due_at = article_id, due_at
    plan.account_id, plan.created_at = actor.id, now
    session.add(plan)
    session.flush()
    people.record(
        session,
        actor,
        "article.plan",
        kind="article",
        object_id=article_id,
        now=now,
        planned=plan.action,
        due_at=due_at.isoformat(),
    )
    return plan


def _end(session: Session, plan_id: int, outcome: PlanOutcome, *, now: dt.datetime) -> Plan | None:
    return session.scalar(
        update(Plan)
        .where(Plan.id == plan_id, Plan.outcome.is_(None))
        .values(outcome=outcome, ended_at=now)
        .returning(Plan)
        .execution_options(populate_existing=True)
    )


def _listing(session: Session, *conditions: ColumnElement[bool]) -> pd.DataFrame:
    live, draft = aliased(Version), aliased(Version)
    return db.frame(
        session,
        select(
            Plan.id.label("plan_id"),
            Plan.article_id,
            func.coalesce(draft.question, live.question, Article.slug).label("question"),
            Plan.action,
            Plan.due_at,
            Account.name.label("planned_by"),
            Plan.ended_at,
            Plan.failure,
        )
        .join(Article, Article.id == Plan.article_id)
        .outerjoin(live, live.id == Article.live_version_id)
        .outerjoin(draft, (draft.article_id == Article.id) & draft.number.is_(None))
        .outerjoin(Account, Account.id == Plan.account_id)
        .where(*conditions),
    )
