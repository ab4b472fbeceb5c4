"""Reports: the figures of a week or a month, frozen when issued, sent to who never signs in.

A week goes from Monday to Sunday; reports come out on Monday at 8, Paris time, the month's on the
first Monday after it. Issuing writes the figures as data and posts one mail a recipient in the same
transaction: the pair (cadence, first day) is unique, so however many servers ask, it happens once.
What is shown of a report, for ever after, is read from those data.
"""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from faq_cms import analytics, corrections, db, french, mail, people, remarks, searches, settings
from faq_cms.errors import Conflict, NotFound
from faq_cms.helpfulness import MINIMUM_EVIDENCE, Counts
from faq_cms.mail import Letter
from faq_cms.models import Cadence, RemarkState, Report, ReportRecipient, Version
from faq_cms.people import Actor
from faq_cms.reports import documents
from faq_cms.votes import civil_day

HOUR: Final = 8  # on Monday, Paris time
ARTICLES: Final = 8  # in the table: all on one page, long questions included
RECIPIENTS_MAX: Final = 100  # people of one company, not a mailing list


@dataclass(frozen=True)
class Span:
    """A week (Monday to Sunday) or a month, both ends included."""

    cadence: Cadence
    first: dt.date
    last: dt.date

    @property
    def before(self) -> "Span":
        """The week or month that came just before."""
        return ending(self.cadence, self.first)


def ending(cadence: Cadence, before: dt.date) -> Span:
    """The last whole week or month that ended before this day."""
    if cadence is Cadence.WEEKLY:
        first = before - dt.timedelta(days=before.weekday() + 7)
        return Span(cadence, first, first + dt.timedelta(days=6))
    last = before.replace(day=1) - dt.timedelta(days=1)
    return Span(cadence, last.replace(day=1), last)


# -- issuing -------------------------------------------------------------------------------------


def slot(now: dt.datetime) -> str:
    """The day reports may be issued on: it begins at 8 in Paris."""
    return _issuing_day(now).isoformat()


def issue_due(session: Session, now: dt.datetime) -> None:
    """Issue what last Monday's 8 o'clock asked for and nobody issued yet; post it to recipients.

    The duty of the clock. Every day looks back at Monday: a server that slept then catches up.
    """
    day = _issuing_day(now)
    monday = day - dt.timedelta(days=day.weekday())
    for cadence in Cadence:
        span = ending(cadence, monday)
        if _was_anything_published(session, span):
            issue(session, span, now=now)


def next_issue(now: dt.datetime) -> dt.datetime:
    """The next Monday at 8 in Paris."""
    day = _issuing_day(now)
    monday = day + dt.timedelta(days=7 - day.weekday())
    return dt.datetime.combine(monday, dt.time(HOUR), french.PARIS)


def issue(session: Session, span: Span, *, now: dt.datetime) -> Report | None:
    """Freeze the figures of a week or month and post them; None when that was done before."""
    number: int | None = session.scalar(
        db.insert(session, Report)
        .values(
            cadence=span.cadence,
            first_day=span.first,
            last_day=span.last,
            issued_at=now,
            figures=figures(session, span),
        )
        .on_conflict_do_nothing(index_elements=["cadence", "first_day"])
        .returning(Report.id)
    )
    if number is None:
        return None
    issued = report(session, number)
    people.record(
        session, people.SYSTEM, "report.issue", kind="report", object_id=issued.id, now=now
    )
    if mail.is_configured():  # else they would all leave together the day it is
        for recipient in recipients(session):
            if recipient.cadence is span.cadence:
                mail.post(session, _letter(issued, recipient), now=now)
    return issued


def figures(session: Session, span: Span) -> dict[str, Any]:
    """What a report says, as plain data: counts are lists of `Counts`' three numbers.

    Keys: site, counts, before (the span before), published, judged (articles with enough votes in
    their measuring period), articles (those with most Non about the text: question, counts in the
    span, verdict of the measuring period), confirmed, others, isolated (in À corriger), corrected, remarks,
    waiting (remarks without outcome), missing (questions waiting).
    """
    standing = analytics.usefulness(session)
    start, end = _instants(span)
    queue = corrections.queue(session, today=civil_day(end))
    confirmed = int(queue["is_confirmed"].sum())
    return {
        "site": settings.current().site_name,
        "counts": _listed(analytics.total(session, since=span.first, until=span.last)),
        "before": _listed(
            analytics.total(session, since=span.before.first, until=span.before.last)
        ),
        "published": len(standing),
        "judged": int((standing["evidence"] >= MINIMUM_EVIDENCE).sum()),
        "articles": _articles(
            session, span, dict(zip(standing["article_id"], standing["verdict"], strict=True))
        ),
        "confirmed": confirmed,
        "others": int((~queue["is_confirmed"] & ~queue["is_isolated"]).sum()),
        "isolated": int(queue["is_isolated"].sum()),
        "corrected": analytics.corrected(session, since=start)
        - analytics.corrected(session, since=end),
        "remarks": remarks.received(session, since=start, until=end),
        "waiting": remarks.counts(session).get(RemarkState.NEW, 0),
        "missing": searches.waiting(session),
    }


def _articles(session: Session, span: Span, verdicts: dict[int, str]) -> list[dict[str, Any]]:
    """The articles that received most Non about their text in the span, most first."""
    frame = analytics.usefulness(session, since=span.first, until=span.last)
    frame["on_text"] = frame["unhelpful"] - frame["off_text"]
    worst = frame[frame["on_text"] > 0].sort_values(
        ["on_text", "helpful"], ascending=[False, True], kind="stable"
    )
    return [
        {
            "question": row["question"],
            "counts": [int(row[name]) for name in ("helpful", "unhelpful", "off_text")],
            "verdict": verdicts[row["article_id"]],
        }
        for row in worst.head(ARTICLES).to_dict("records")
    ]


def _listed(counts: Counts) -> list[int]:
    return [counts.helpful, counts.unhelpful, counts.off_text]


def _issuing_day(now: dt.datetime) -> dt.date:
    local = now.astimezone(french.PARIS)
    return civil_day(now) - dt.timedelta(days=local.hour < HOUR)


def _instants(span: Span) -> tuple[dt.datetime, dt.datetime]:
    """When the span begins, and when the day after it does."""
    midnight = dt.time(tzinfo=french.PARIS)
    after = span.last + dt.timedelta(days=1)
    return dt.datetime.combine(span.first, midnight), dt.datetime.combine(after, midnight)


def _was_anything_published(session: Session, span: Span) -> bool:
    first = session.scalar(select(func.min(Version.published_at)))
    return first is not None and first < _instants(span)[1]


# -- reading -------------------------------------------------------------------------------------


def past(session: Session, cadence: Cadence | None = None) -> list[Report]:
    """Every report issued, newest first."""
    query = select(Report).order_by(Report.last_day.desc(), Report.id.desc())
    return list(
        session.scalars(query if cadence is None else query.where(Report.cadence == cadence))
    )


def report(session: Session, report_id: int) -> Report:
    """A report as it was issued. Raises NotFound."""
    found = session.get(Report, report_id)
    if found is None:
        raise NotFound("report", report_id)
    return found


# -- who receives them ---------------------------------------------------------------------------


def recipients(session: Session) -> list[ReportRecipient]:
    """Who receives reports, by address."""
    return list(
        session.scalars(
            select(ReportRecipient).order_by(ReportRecipient.address, ReportRecipient.cadence)
        )
    )


def add_recipient(
    session: Session, actor: Actor, *, address: str, cadence: Cadence, now: dt.datetime
) -> None:
    """Send one kind of report to an address from the next one on.

    Raises Invalid on the address, Conflict when it receives it already or there are too many.
    """
    people.authorize(session, actor, "report.manage")
    address = mail.address(address)
    if (session.scalar(select(func.count()).select_from(ReportRecipient)) or 0) >= RECIPIENTS_MAX:
        raise Conflict("too_many_recipients", RECIPIENTS_MAX)
    added: int | None = session.scalar(
        db.insert(session, ReportRecipient)
        .values(
            address=address,
            cadence=cadence,
            key=secrets.token_urlsafe(32),
            added_at=now,
            added_by_id=actor.id,
        )
        .on_conflict_do_nothing(index_elements=["address", "cadence"])
        .returning(ReportRecipient.id)
    )
    if added is None:
        raise Conflict("already_recipient")
    people.record(
        session, actor, "report.add_recipient", kind="recipient", object_id=added, now=now
    )


def remove_recipient(
    session: Session, actor: Actor, *, recipient_id: int, now: dt.datetime
) -> None:
    """Send nothing more to a recipient, not even what waits to leave. Gone already: nothing to do."""
    people.authorize(session, actor, "report.manage")
    if _leave(session, ReportRecipient.id == recipient_id):
        people.record(
            session,
            actor,
            "report.remove_recipient",
            kind="recipient",
            object_id=recipient_id,
            now=now,
        )


def subscription(session: Session, key: str) -> ReportRecipient | None:
    """Whose unsubscribe link holds this key; None once they have left."""
    return session.scalar(select(ReportRecipient).where(ReportRecipient.key == key))


def unsubscribe(session: Session, key: str, *, now: dt.datetime) -> None:
    """The recipient leaves by their link; a second time changes nothing."""
    if number := _leave(session, ReportRecipient.key == key):
        people.record(
            session,
            people.SYSTEM,
            "report.unsubscribe",
            kind="recipient",
            object_id=number,
            now=now,
        )


def _leave(session: Session, which: Any) -> int | None:
    """Forget a recipient and take back their mails; their number, None when there was none."""
    gone = session.execute(
        delete(ReportRecipient).where(which).returning(ReportRecipient.id, ReportRecipient.key)
    ).first()
    if gone is None:
        return None
    mail.withdraw(session, gone.key)
    return int(gone.id)


def _letter(issued: Report, recipient: ReportRecipient) -> Letter:
    paper = documents.paper(issued)
    way_out = mail.way_out(recipient.key)
    return Letter(
        key=f"report {issued.id} to {recipient.id}",
        recipient=recipient.address,
        subject=f"{paper.site}\u00a0: {paper.title.lower()}",
        text=documents.text(paper, unsubscribe_url=way_out),
        html=documents.html(paper, unsubscribe_url=way_out),
        unsubscribe_url=way_out,
        subscription=recipient.key,
    )
