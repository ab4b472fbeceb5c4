"""Why an article is listed in À corriger: open a flag with its evidence, close it with its outcome.

`judge` compares what the figures say now with what is open, and makes them agree; calling it twice
changes nothing. Two rules are judged at each vote: *isolated* (at least one Non about the text since
the measuring period began) and *confirmed* (the figures prove that the article misses its
objective). `examine` does the same for the rules of `causes`. A person raises a flag by hand.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any, Final

import pandas as pd
from sqlalchemy import ScalarSelect, and_, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from faq_cms import analytics, causes, db, helpfulness
from faq_cms.causes import Cause
from faq_cms.errors import Conflict
from faq_cms.helpfulness import Counts, Verdict
from faq_cms.models import (
    Account,
    Article,
    Category,
    Flag,
    FlagKind,
    FlagOutcome,
    Period,
    TallyVersion,
    Version,
)
from faq_cms.people import Actor
from faq_cms.votes import civil_day

RULES: Final = (FlagKind.ISOLATED, FlagKind.CONFIRMED)
PROVEN: Final = frozenset({FlagKind.CONFIRMED, FlagKind.DROPPED})  # « Problème avéré »


@dataclass(frozen=True)
class _Case:
    """What an article's figures say, which flags stand, and what was already looked at."""

    period_id: int
    counts: Counts
    objective: float
    standing: dict[FlagKind, int]  # the open ones, by their ids
    settled: dict[FlagKind, int]

    def due(self) -> set[FlagKind]:
        """The flags that should stand.

        The Non that « Rien à corriger » already answered do not list the article again; the next
        one does.
        """
        due = {kind for kind in RULES if _on_text(self.counts) > self.settled[kind]}
        return due if self._is_below() else due - {FlagKind.CONFIRMED}

    def _is_below(self) -> bool:
        share = helpfulness.ratio(self.counts.helpful, self.counts.evidence)
        if share is None or share >= self.objective:
            return False  # no interval lies under its own share: nine votes in ten end here
        previous = Verdict.BELOW if FlagKind.CONFIRMED in self.standing else None
        return helpfulness.verdict(self.counts, self.objective, previous) is Verdict.BELOW


def judge(session: Session, article_id: int, *, now: dt.datetime) -> bool:
    """Open and withdraw the flags of one article so that they say what its figures say.

    Returns whether one was opened or withdrawn. Idempotent; writes flags only.
    """
    case = _case(session, article_id)
    if case is None:
        return False
    due = case.due()
    for kind in sorted(due - set(case.standing)):
        evidence = _evidence(case.counts, case.objective)
        _enter(session, article_id, case.period_id, kind, evidence, now=now)
    withdrawn = [flag_id for kind, flag_id in case.standing.items() if kind not in due]
    if withdrawn:
        _withdraw(session, withdrawn, now=now)
    return due != set(case.standing)


def _case(session: Session, article_id: int) -> _Case | None:
    """The case of a published article, in one read; None for any other."""
    row = _CASE.execute(session, article_id=article_id).one_or_none()
    if row is None:
        return None
    period_id, objective, helpful, unhelpful, off_text, *flags = tuple(row)
    standing, settled = flags[: len(RULES)], flags[len(RULES) :]
    return _Case(
        period_id,
        Counts(int(helpful), int(unhelpful), int(off_text)),
        objective,
        {kind: flag_id for kind, flag_id in zip(RULES, standing, strict=True) if flag_id},
        {kind: count or 0 for kind, count in zip(RULES, settled, strict=True)},
    )


def _standing(kind: FlagKind) -> ScalarSelect[int]:
    return (
        select(Flag.id)
        .where(
            Flag.article_id == bindparam("article_id"),
            Flag.kind == kind,
            Flag.closed_at.is_(None),
        )
        .scalar_subquery()
    )


def _settled(kind: FlagKind) -> ScalarSelect[int]:
    """How many Non about the text the last « Rien à corriger » of the period was decided with."""
    return (
        select(Flag.evidence["settled"].as_integer())
        .where(
            Flag.period_id == Period.id,
            Flag.kind == kind,
            Flag.outcome == FlagOutcome.NOTHING_TO_FIX,
        )
        .order_by(Flag.id.desc())
        .limit(1)
        .correlate(Period)
        .scalar_subquery()
    )


_READ: Final = aliased(Version)

# Every vote asks this: see `db.Prepared`.
_CASE: Final = db.Prepared(
    lambda _insert: (
        select(
            Period.id,
            func.coalesce(Category.objective, helpfulness.DEFAULT_OBJECTIVE),
            *analytics.counted(),
            *map(_standing, RULES),
            *map(_settled, RULES),
        )
        # The period of what is read, not the newest: a version taken back leaves one behind.
        .join(_READ, _READ.period_id == Period.id)
        .join(Article, Article.live_version_id == _READ.id)
        .outerjoin(Category, Category.id == Article.category_id)
        .outerjoin(Version, and_(Version.article_id == Article.id, Version.period_id == Period.id))
        .outerjoin(TallyVersion, TallyVersion.version_id == Version.id)
        .where(
            Article.id == bindparam("article_id"),
        )
        .group_by(Period.id, Category.objective)
    )
)


def examine(
    session: Session,
    article_ids: Collection[int] | None = None,
    *,
    kinds: Collection[FlagKind] = causes.ALL,
    now: dt.datetime,
) -> list[int]:
    """Open and withdraw the flags of these rules so that they say what holds now.

    `article_ids` narrows the articles, `kinds` the rules. Returns the articles where one was opened
    or withdrawn. Idempotent; writes flags only.
    """
    open_ones = _open_of(session, article_ids, kinds)
    dropped = [article for article, kind in open_ones if kind is FlagKind.DROPPED]
    today = civil_day(now)
    held = causes.found(session, article_ids, kinds=kinds, dropped=dropped, today=today)
    due = {(each.article_id, each.kind): each for each in _unsettled(session, held)}
    for key, cause in due.items():
        if key not in open_ones:
            _enter(session, cause.article_id, cause.period_id, cause.kind, cause.evidence, now=now)
    gone = {key: flag_id for key, flag_id in open_ones.items() if key not in due}
    if gone:
        _withdraw(session, list(gone.values()), now=now)
    return sorted({article for article, _ in gone.keys() | (due.keys() - open_ones.keys())})


def _open_of(
    session: Session, article_ids: Collection[int] | None, kinds: Collection[FlagKind]
) -> dict[tuple[int, FlagKind], int]:
    query = select(Flag.article_id, Flag.kind, Flag.id).where(
        Flag.closed_at.is_(None), Flag.kind.in_(kinds)
    )
    if article_ids is not None:
        query = query.where(Flag.article_id.in_(article_ids))
    return {(article_id, kind): flag_id for article_id, kind, flag_id in session.execute(query)}


def _unsettled(session: Session, held: list[Cause]) -> list[Cause]:
    """What holds, less what somebody looked at and answered, knowing it."""
    if not held:
        return []
    query = (
        select(Flag.article_id, Flag.kind, Flag.outcome, Flag.period_id, Flag.evidence)
        .where(
            Flag.article_id.in_({each.article_id for each in held}),
            Flag.kind.in_({each.kind for each in held}),
            Flag.outcome.in_((FlagOutcome.NOTHING_TO_FIX, FlagOutcome.ANSWERED)),
        )
        .order_by(Flag.id)
    )
    ended: dict[tuple[int, FlagKind], list[tuple[FlagOutcome, int, dict[str, Any]]]] = {}
    for article_id, kind, outcome, period_id, evidence in session.execute(query):
        ended.setdefault((article_id, kind), []).append((outcome, period_id, evidence))
    return [
        each
        for each in held
        if not any(each.is_settled_by(*end) for end in ended.get((each.article_id, each.kind), ()))
    ]


def raise_by_hand(
    session: Session, actor: Actor, article_id: int, *, reason: str, now: dt.datetime
) -> None:
    """A person says that a published article needs correcting, and why; `reason` is kept as given.

    Raises Conflict("not_published"), Conflict("already_raised").
    """
    case = _case(session, article_id)
    if case is None:
        raise Conflict("not_published", article_id)
    evidence = {**_evidence(case.counts, case.objective), "reason": reason}
    raised = _enter(
        session,
        article_id,
        case.period_id,
        FlagKind.BY_HAND,
        evidence,
        raised_by_id=actor.id,
        now=now,
    )
    if not raised:
        raise Conflict("already_raised", article_id)


def lower_by_hand(session: Session, article_id: int, *, now: dt.datetime) -> bool:
    """What a person raised is taken back; whether there was something."""
    standing = [f.id for f in open_flags(session, article_id) if f.kind is FlagKind.BY_HAND]
    if standing:
        _withdraw(session, standing, now=now)
    return bool(standing)


def answer(session: Session, article_id: int, version: Version, *, now: dt.datetime) -> list[Flag]:
    """Close every open flag of the article with the version that answers it."""
    answered = open_flags(session, article_id)
    for flag in answered:
        flag.answered_in_id = version.id
        flag.closed_at, flag.outcome = now, FlagOutcome.ANSWERED
    session.flush()
    return answered


def reopen(session: Session, version: Version, *, now: dt.datetime) -> None:
    """The version that answered these flags is taken back: they stand again.

    What it raised itself leaves with it.
    """
    again = select(Flag.kind).where(Flag.answered_in_id == version.id)
    standing = select(Flag.id).where(
        Flag.article_id == version.article_id, Flag.closed_at.is_(None), Flag.kind.in_(again)
    )
    if raised := list(session.scalars(standing)):
        _withdraw(session, raised, now=now)
    session.execute(
        update(Flag)
        .where(Flag.answered_in_id == version.id)
        .values(answered_in_id=None, closed_at=None, closed_by_id=None, outcome=None)
    )
    db.bump(session)


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


def proven_in(session: Session, period_ids: Collection[int]) -> set[int]:
    """Of these measuring periods, those in which a problem stands proven."""
    query = select(Flag.period_id).where(
        Flag.period_id.in_(period_ids), Flag.kind.in_(PROVEN), Flag.closed_at.is_(None)
    )
    return set(session.scalars(query))


def open_kinds(session: Session) -> pd.DataFrame:
    """Every open flag. Columns: article_id, kind, opened_at."""
    return db.frame(
        session,
        select(Flag.article_id, Flag.kind, Flag.opened_at)
        .where(Flag.closed_at.is_(None))
        .order_by(Flag.id),
    )


def standing(session: Session) -> dict[int, tuple[dict[str, Any], ...]]:
    """What lists each article: its open flags, oldest first.

    Each is a dict with kind, opened_at, evidence and raised_by (a name; None unless a person did).
    """
    query = (
        select(Flag.article_id, Flag.kind, Flag.opened_at, Flag.evidence, Account.name)
        .outerjoin(Account, Account.id == Flag.raised_by_id)
        .where(Flag.closed_at.is_(None))
        .order_by(Flag.id)
    )
    found: dict[int, tuple[dict[str, Any], ...]] = {}
    for article_id, kind, opened_at, evidence, name in session.execute(query):
        flag = {"kind": kind, "opened_at": opened_at, "evidence": evidence, "raised_by": name}
        found[article_id] = (*found.get(article_id, ()), flag)
    return found


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


def _enter(
    session: Session,
    article_id: int,
    period_id: int,
    kind: FlagKind,
    evidence: dict[str, Any],
    *,
    raised_by_id: int | None = None,
    now: dt.datetime,
) -> bool:
    """Open a flag; False when it stands already.

    Two votes at once may both find it missing: the unique index lets one of them open it.
    """
    opened = session.scalar(
        db.insert(session, Flag)
        .values(
            article_id=article_id,
            period_id=period_id,
            kind=kind,
            opened_at=now,
            raised_by_id=raised_by_id,
            evidence=evidence,
        )
        .on_conflict_do_nothing()
        .returning(Flag.id)
    )
    db.bump(session)
    return opened is not None


def _withdraw(session: Session, flag_ids: list[int], *, now: dt.datetime) -> None:
    session.execute(
        update(Flag)
        .where(Flag.id.in_(flag_ids), Flag.closed_at.is_(None))
        .values(closed_at=now, outcome=FlagOutcome.WITHDRAWN)
    )
    db.bump(session)
