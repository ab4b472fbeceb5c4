"""What waits to leave, whatever it is: rows claimed one at a time, tried again less and less often.

Several servers may empty one table at once: a row is claimed in the database before anything is
done with it, and only the claim's holder writes what came of it.
"""

import datetime as dt
import secrets
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, and_, select, update

from faq_cms import db
from faq_cms.models import MailState, OutgoingMail, WebhookCall

# Waits between tries, a little under two days in all: what a mail server itself would give a peer.
WAITS: Final = tuple(dt.timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))
ABANDONED: Final = dt.timedelta(minutes=30)  # longer than any try: the process that claimed is gone
PER_TURN: Final = 50  # rows a turn of the clock; the next turn takes the others

Row = TypeVar("Row", OutgoingMail, WebhookCall)


def is_due(table: type[OutgoingMail] | type[WebhookCall], now: dt.datetime) -> ColumnElement[bool]:
    """Rows that wait and whose time has come."""
    return and_(table.state == MailState.WAITING, table.due_at <= now)


def is_abandoned(
    table: type[OutgoingMail] | type[WebhookCall], now: dt.datetime
) -> ColumnElement[bool]:
    """Rows claimed by a process that never came back."""
    return and_(table.state == MailState.SENDING, table.claimed_at < now - ABANDONED)


def claim(table: type[Row], ready: ColumnElement[bool], now: dt.datetime) -> Row | None:
    """Take one row for this process; None when nothing is left. A transaction of its own."""
    first = (
        select(table.id)
        .where(ready)
        .order_by(table.due_at, table.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    with db.transaction() as session:
        taken: Row | None = session.scalar(
            update(table)
            .where(table.id == first, ready)
            .values(
                state=MailState.SENDING,
                claim=secrets.token_hex(16),
                claimed_at=now,
                attempts=table.attempts + 1,
            )
            .returning(table)
        )
        return taken


def settle(row: OutgoingMail | WebhookCall, **values: object) -> None:
    """Write what came of a claimed row and let it go, unless somebody took it over meanwhile."""
    table = type(row)
    with db.transaction() as session:
        session.execute(
            update(table)
            .where(table.id == row.id, table.claim == row.claim)
            .values(claim=None, **values)
        )
