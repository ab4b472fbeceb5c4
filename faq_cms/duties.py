"""What the clock asks for; each slot of each duty runs once, whoever asks.

A duty's slot (a date, for the daily ones) is claimed by inserting a row: with several servers on
one database, or `python -m faq_cms duties` beside a running one, one of them gets it. The work and
its end are written in one transaction; a claim left by a process that died is taken over.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from faq_cms import (
    contacts,
    db,
    deliveries,
    french,
    loop,
    mail,
    notices,
    people,
    plans,
    reports,
    searches,
    webhooks,
    windows,
)
from faq_cms.models import (
    Audit,
    DutyRun,
    OneTimeLink,
    Remark,
    SignInAttempt,
    SignInSession,
    Vote,
)
from faq_cms.votes import civil_day

log = logging.getLogger(__name__)

TICK_SECONDS = 30
ABANDONED = dt.timedelta(hours=1)  # no duty takes this long: its process is gone
REMARKS_KEPT = dt.timedelta(days=365)  # raw text; the vote and its count stay
VISITORS_KEPT = dt.timedelta(days=30 * 25)  # CNIL: data derived from audience cookies, 25 months
SESSIONS_KEPT = dt.timedelta(days=90)
SIGN_INS_KEPT = dt.timedelta(days=365)  # CNIL 2021-122; what changed the content stays
ATTEMPTS_KEPT = dt.timedelta(days=1)


@dataclass(frozen=True)
class Duty:
    """Something the clock asks for: `slot` names the stretch of time it is due once in."""

    name: str
    slot: Callable[[dt.datetime], str]
    run: Callable[[Session, dt.datetime], None]


def run_due(now: dt.datetime) -> list[str]:
    """Run every duty whose present slot nobody has run, and send what mail is due; returns names.

    A duty that fails is logged, marked and does not stop the others.
    """
    ran = []
    for duty in DUTIES:
        run_id = _claim(duty, now)
        if run_id is None:
            continue
        try:
            with db.transaction() as session:
                duty.run(session, now)
                _finish(session, run_id, "done", now)
        except Exception:  # whatever a duty meets, the others run and the server stays up
            log.exception("duty failed: %s", duty.name)
            with db.transaction() as session:
                _finish(session, run_id, "failed", now)
        else:
            ran.append(duty.name)
    if carry_out_plans(now):
        ran.append("plans")
    for name, step in STEPS:
        try:
            ran += [name] if step(now) else []
        except Exception:  # as above
            log.exception("step of the clock failed: %s", name)
    return ran


def tell(now: dt.datetime) -> int:
    """Write down what people are to be told; returns how many notices are new.

    No slot: each notice has a key of its own, so that any number of servers may tell at once.
    """
    with db.reading() as session:  # a turn with nothing to tell writes nothing
        if not notices.is_any(session, now=now):
            return 0
    with db.transaction() as session:
        told = notices.tell(session, now=now)
        webhooks.post(session, told, now=now)
        return len(told)


def carry_out_plans(now: dt.datetime) -> list[int]:
    """Publish and withdraw what was planned for now or earlier; returns the plans that ended.

    No slot: each plan is claimed in the transaction that does it (`loop.plan_due`), so that any
    number of servers may ask at once. A fault leaves the plan pending, for the next tick.
    """
    with db.reading() as session:
        due = plans.due(session, now)
    ended = []
    for plan_id, article_id in due:
        try:
            with db.transaction() as session:
                plan = loop.plan_due(session, plan_id, article_id, now=now)
        except Exception:  # one plan that cannot be carried out must not hold the others back
            log.exception("plan could not be carried out: %s", plan_id)
        else:
            ended += [plan_id] if plan else []
    return ended


class Clock:
    """The thread that runs the duties inside `serve`, and flushes what the server gathers."""

    def __init__(self, *flush: Callable[[], None]) -> None:
        """`flush`: called at each tick and once more at the end (page views kept in memory)."""
        self._flush = flush
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._turn, name="duties", daemon=True)

    def start(self) -> None:
        """Start ticking."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, flush, and end the thread."""
        self._stop.set()
        self._thread.join(timeout=10)
        self._tick(self._flush)

    def _turn(self) -> None:
        while not self._stop.wait(TICK_SECONDS):
            self._tick((*self._flush, lambda: run_due(dt.datetime.now(dt.UTC))))

    @staticmethod
    def _tick(steps: tuple[Callable[[], object], ...]) -> None:
        for step in steps:
            try:
                step()
            except Exception:  # a lost database must not end the clock: it comes back
                log.exception("clock step failed")


def latest_runs(session: Session) -> list[DutyRun]:
    """The last run of each duty, for the page Système."""
    runs = session.scalars(select(DutyRun).order_by(DutyRun.id.desc()).limit(50))
    latest: dict[str, DutyRun] = {}
    for run in runs:
        latest.setdefault(run.name, run)
    return list(latest.values())


def _claim(duty: Duty, now: dt.datetime) -> int | None:
    slot = duty.slot(now)
    with db.transaction() as session:
        claimed: int | None = session.scalar(
            db.insert(session, DutyRun)
            .values(name=duty.name, slot=slot, started_at=now, outcome="running")
            .on_conflict_do_nothing(index_elements=["name", "slot"])
            .returning(DutyRun.id)
        )
        if claimed is not None:
            return claimed
        abandoned: int | None = session.scalar(
            update(DutyRun)
            .where(
                DutyRun.name == duty.name,
                DutyRun.slot == slot,
                DutyRun.finished_at.is_(None),
                DutyRun.started_at < now - ABANDONED,
            )
            .values(started_at=now)
            .returning(DutyRun.id)
        )
        return abandoned


def _finish(session: Session, run_id: int, outcome: str, now: dt.datetime) -> None:
    session.execute(
        update(DutyRun).where(DutyRun.id == run_id).values(finished_at=now, outcome=outcome)
    )


# -- the duties ----------------------------------------------------------------------------------


def _daily(now: dt.datetime) -> str:
    return civil_day(now).isoformat()


def _settled(now: dt.datetime) -> dt.date:
    """The civil day whose eve is closed: today, but for the first moments after midnight."""
    return civil_day(now - windows.SETTLES)


def _roll(session: Session, now: dt.datetime) -> None:
    windows.roll(session, _settled(now) - dt.timedelta(days=1))


def _review(session: Session, now: dt.datetime) -> None:
    loop.review(session, people.SYSTEM, now=now)


def _quarterly(now: dt.datetime) -> str:
    """A quarter of a day on the clock of Paris: from 1, 7, 13 and 19 o'clock."""
    local = now.astimezone(french.PARIS) - dt.timedelta(hours=1)
    return f"{local.date()} {local.hour // 6}"


def _nights(session: Session, now: dt.datetime) -> None:
    deliveries.watch(session, now=now)


def _forget(session: Session, now: dt.datetime) -> None:
    """Retention: texts, pseudonyms and traces of sign-in go when their time is over.

    A vote's row, day and verdict stay, and so does whether it was about the text: tallies can
    always be folded again.
    """
    session.execute(
        update(Remark)
        .where(Remark.received_at < now - REMARKS_KEPT, Remark.erased_at.is_(None))
        .values(text="", erased_at=now)
    )
    contacts.expire(session, now=now)
    session.execute(
        update(Vote)
        .where(
            Vote.cast_at < now - VISITORS_KEPT,
            or_(Vote.visitor.is_not(None), Vote.reason.is_not(None)),
        )
        .values(visitor=None, reason=None)
    )
    session.execute(
        delete(Audit).where(Audit.action == "person.sign_in", Audit.at < now - SIGN_INS_KEPT)
    )
    searches.forget(
        session,
        days_before=civil_day(now - VISITORS_KEPT),
        questions_before=now - REMARKS_KEPT,
    )
    deliveries.forget(session, before=now - deliveries.KEPT)
    webhooks.forget(session, before=now - notices.KEPT)
    notices.forget(session, before=now - notices.KEPT)
    mail.forget(session, ended_before=now - mail.KEPT)
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPTS_KEPT))
    session.execute(delete(SignInSession).where(SignInSession.expires_at < now - SESSIONS_KEPT))
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - SESSIONS_KEPT))


DUTIES = (
    Duty("roll", lambda now: _settled(now).isoformat(), _roll),
    Duty("review", _daily, _review),
    Duty("reports", reports.slot, reports.issue_due),
    Duty("nights", _quarterly, _nights),  # who did not come is told by 7 in the morning
    Duty("digests", notices.slot, notices.post_digests),
    Duty("forget", _daily, _forget),
)
# At every turn, after the duties: each claims what it does piece by piece.
STEPS: tuple[tuple[str, Callable[[dt.datetime], object]], ...] = (
    ("notices", tell),
    ("mail", mail.deliver),
    ("webhooks", webhooks.deliver),
)
