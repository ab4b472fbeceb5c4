"""Any number of votes at once: tallies written without their votes, and taken away again."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from faq_cms import db
from faq_cms.helpfulness import Counts
from faq_cms.models import TallyDay, TallyVersion
from faq_cms.votes import civil_day

LADDER: Final = (1, 2, 9, 10, 29, 30, 10**7)  # where what a figure shows changes, and the ceiling


@contextmanager
def forgotten() -> Iterator[None]:
    """Takes the tallies away at the end: they have no votes to be counted again from."""
    try:
        yield
    finally:
        with db.transaction() as session:
            _forget(session)


def say(article_id: int, version_id: int, votes: int) -> Counts:
    """So many votes for one version, seven in ten Oui, half of them three weeks ago; returns them."""
    helpful = -(-votes * 7 // 10)
    whole = Counts(helpful, votes - helpful)
    early = Counts(whole.helpful // 2, whole.unhelpful // 2)
    late = Counts(whole.helpful - early.helpful, whole.unhelpful - early.unhelpful)
    today = civil_day(dt.datetime.now(dt.UTC))
    with db.transaction() as session:
        _forget(session)
        for day, part in ((today - dt.timedelta(days=20), early), (today, late)):
            session.add(
                TallyDay(
                    day=day,
                    article_id=article_id,
                    version_id=version_id,
                    source="aide",
                    **_columns(part),
                )
            )
        session.add(TallyVersion(version_id=version_id, **_columns(whole)))
        db.bump(session)
    return whole


def _columns(counts: Counts) -> dict[str, int]:
    return {
        "helpful": counts.helpful,
        "unhelpful": counts.unhelpful,
        "off_text": counts.off_text,
        "set_aside": 0,
    }


def _forget(session: Session) -> None:
    for table in (TallyDay, TallyVersion):
        session.execute(delete(table))
