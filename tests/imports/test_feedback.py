"""What other systems' readers said: dated votes in the version they were about, totals apart."""

import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import select

from faq_cms import articles, db, imports, people, votes
from faq_cms.imports import Source, apply
from faq_cms.imports.apply import Outcome
from faq_cms.imports.feedback import Report
from faq_cms.models import Account, CounterSnapshot, Role, Vote
from faq_cms.people import SYSTEM, Actor

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ARTICLE = {
    "id": 1,
    "title": "Comment payer ?",
    "body": "<p>Par carte.</p>",
    "section_id": 2,
    "locale": "fr",
    "edited_at": "2025-06-01T00:00:00Z",
    "created_at": "2024-06-01T00:00:00Z",
}
VOTES = [
    {"id": 7, "item_id": 1, "value": 1, "user_id": 3, "created_at": "2025-07-01T10:00:00Z"},
    {"id": 8, "item_id": 1, "value": -1, "user_id": 4, "created_at": "2025-05-01T10:00:00Z"},
]

pytestmark = pytest.mark.usefixtures("database")


def imported(
    value: dict[str, Any], *, publish: bool = True, actor: Actor = SYSTEM, now: dt.datetime = NOW
) -> Outcome:
    data = json.dumps(value).encode()
    source = Source("zendesk.json", "0" * 64, imports.read(data, name="zendesk.json"))
    with db.transaction() as session:
        return apply.write_all(session, actor, [source], publish=publish, now=now)


def ledger() -> list[tuple[bool, str, str]]:
    with db.reading() as session:
        rows = session.scalars(select(Vote).order_by(Vote.cast_at))
        return [(vote.helpful, vote.source, vote.cast_at.date().isoformat()) for vote in rows]


def readings() -> list[tuple[int, int, bool]]:
    with db.reading() as session:
        rows = session.scalars(select(CounterSnapshot).order_by(CounterSnapshot.id))
        return [(each.helpful, each.unhelpful, each.estimated) for each in rows]


def test_dated_votes_keep_their_dates_and_those_older_than_the_text_are_said() -> None:
    done = imported({"articles": [ARTICLE], "votes": VOTES})
    assert done.feedback == Report(votes=2, before_first=1)
    assert ledger() == [(False, "zendesk", "2025-05-01"), (True, "zendesk", "2025-07-01")]
    with db.reading() as session:
        (found,) = articles.published(session)
        assert found.published_at == dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
        assert found.updated_at == NOW  # what changed here, for those who follow changes
        assert votes.is_balanced(session)


def test_the_same_votes_again_are_counted_once_and_later_ones_are_added() -> None:
    imported({"articles": [ARTICLE], "votes": VOTES[:1]})
    assert imported({"articles": [ARTICLE], "votes": VOTES[:1]}).feedback.votes == 0
    assert imported({"articles": [ARTICLE], "votes": VOTES}).feedback.votes == 1
    assert len(ledger()) == 2


def test_a_second_run_writes_nothing_at_all() -> None:
    whole = {"articles": [ARTICLE], "votes": VOTES}
    imported(whole)
    with db.reading() as session:
        before = db.revision(session)
    assert imported(whole).batch_id is None
    with db.reading() as session:
        assert db.revision(session) == before


def test_votes_about_an_article_not_published_yet_wait_for_it() -> None:
    done = imported({"articles": [ARTICLE], "votes": VOTES}, publish=False)
    assert done.feedback == Report(waiting=2)
    assert ledger() == []


def test_totals_are_readings_kept_when_they_change_and_never_votes() -> None:
    counted = ARTICLE | {"vote_sum": 2, "vote_count": 4}
    assert imported({"articles": [counted]}).feedback.readings == 1
    later = NOW + dt.timedelta(days=1)
    assert imported({"articles": [counted]}, now=later).feedback.readings == 0
    moved = {"articles": [counted | {"vote_sum": 3, "vote_count": 5}]}
    assert imported(moved, now=later).feedback.readings == 1
    assert readings() == [(3, 1, False), (4, 1, False)]
    assert ledger() == []


def test_estimated_counts_are_marked() -> None:
    article = {
        "type": "article",
        "id": "9",
        "title": "Payer ?",
        "body": "<p>Oui.</p>",
        "statistics": {
            "reactions": 3,
            "happy_reaction_percentage": 66.67,
            "sad_reaction_percentage": 33.33,
            "views": 10,
        },
    }
    imported({"data": [article]})
    assert readings() == [(2, 1, True)]


def test_what_was_a_draft_there_is_a_draft_here_and_what_was_archived_is_withdrawn() -> None:
    def article(number: int, status: int) -> dict[str, Any]:
        title = f"Question {number} ?"
        return {"id": number, "title": title, "content": "Oui.", "slug": f"adresse-{number}", "status": status, "portal_id": 1}  # fmt: skip

    imported({"payload": [article(1, 0), article(2, 1), article(3, 2)]})
    with db.reading() as session:
        library = articles.library(session).sort_values("article_id")
        (found,) = articles.published(session)
    assert list(library["state"]) == ["draft", "published", "withdrawn"]
    assert found.slug == "adresse-2"


def test_somebody_who_may_not_import_votes_imports_the_articles_alone() -> None:
    with db.transaction() as session:
        account = Account(
            name="Zoé", name_key="zoe", role=Role.EDITOR, password_digest="x", created_at=NOW
        )
        session.add(account)
        session.flush()
        zoe = Actor(account.id, account.name, account.role)
        assert not people.may(zoe.role, "votes.import")
    done = imported({"articles": [ARTICLE], "votes": VOTES}, actor=zoe)
    assert done.feedback == Report(withheld=2)
    assert ledger() == []
    assert done.batch_id is not None


def test_an_article_of_another_system_is_known_by_its_bare_number_where_it_is_alone() -> None:
    imported({"articles": [ARTICLE]})
    with db.reading() as session:
        names = articles.measurable(session)
    assert names["zendesk:1"] == names["1"]
