"""À corriger as a team's work: taken, given, put off, and what became of each correction."""

import datetime as dt

import pytest

from faq_cms import corrections, db, people
from faq_cms.errors import Conflict, FaqError, Forbidden, Invalid
from faq_cms.models import Account, CorrectionState, Role
from faq_cms.people import Actor
from faq_cms.votes import civil_day
from tests.content import NOW, published, received, voted

pytestmark = pytest.mark.usefixtures("database")

TODAY = civil_day(NOW)
TOMORROW = TODAY + dt.timedelta(days=1)


def person(name: str, role: Role = Role.EDITOR) -> Actor:
    with db.transaction() as session:
        account = Account(
            name=name,
            name_key=people.fold_name(name),
            role=role,
            password_digest="x",
            created_at=NOW,
        )
        session.add(account)
        session.flush()
        return Actor(account.id, name, role)


def listed(today: dt.date = TODAY) -> list[int]:
    """The articles in À corriger on that day."""
    with db.reading() as session:
        return list(corrections.queue(session, today=today)["article_id"])


# -- who does it ---------------------------------------------------------------------------------


def test_a_correction_is_given_to_somebody_with_a_day_by_somebody() -> None:
    article, camille, sacha = published(), person("Camille"), person("Sacha")
    voted(article.id, False)
    with db.transaction() as session:
        corrections.assign(session, camille, article.id, to_id=sacha.id, due_on=TOMORROW, now=NOW)
    with db.reading() as session:
        row = corrections.queue(session).iloc[0]
        kept = corrections.listed(session, article.id)
    assert (row["taken_by"], row["due_on"], row["state"]) == (
        "Sacha",
        TOMORROW,
        CorrectionState.TAKEN,
    )
    assert kept is not None
    assert kept.assigned_by_id == camille.id


def test_given_to_nobody_it_is_new_again() -> None:
    article, camille = published(), person("Camille")
    voted(article.id, False)
    with db.transaction() as session:
        corrections.take(session, camille, article.id, now=NOW)
        row = corrections.assign(session, camille, article.id, to_id=None, now=NOW)
        assert (row.state, row.taken_by_id, row.assigned_by_id) == (CorrectionState.NEW, None, None)


@pytest.mark.parametrize(
    ("to", "due_on", "refusal"),
    [
        ("viewer", None, "not_allowed"),
        ("gone", None, "unknown"),
        ("nobody", None, "unknown"),
        ("editor", TODAY - dt.timedelta(days=1), "past"),
    ],
)
def test_a_correction_is_not_given_to_who_cannot_do_it_nor_for_a_day_gone(
    to: str, due_on: dt.date | None, refusal: str
) -> None:
    article, camille = published(), person("Camille")
    voted(article.id, False)
    ids = {
        "viewer": person("Lou", Role.VIEWER).id,
        "gone": person("Sacha").id,
        "nobody": 99_999,
        "editor": camille.id,
    }
    with db.transaction() as session:
        session.get_one(Account, ids["gone"]).disabled_at = NOW
    with pytest.raises(Invalid, match=refusal), db.transaction() as session:
        corrections.assign(session, camille, article.id, to_id=ids[to], due_on=due_on, now=NOW)
    with db.reading() as session:
        row = corrections.listed(session, article.id)
    assert row is not None
    assert row.state is CorrectionState.NEW


def test_only_people_who_may_correct_are_proposed() -> None:
    person("Lou", Role.VIEWER)
    camille = person("Camille")
    with db.reading() as session:
        assert [each.id for each in corrections.able(session)] == [camille.id]


def test_who_only_looks_changes_nothing_in_the_list() -> None:
    article, viewer = published(), person("Lou", Role.VIEWER)
    voted(article.id, False)
    with db.transaction() as session:
        for change in (
            lambda: corrections.assign(session, viewer, article.id, to_id=None, now=NOW),
            lambda: corrections.wake(session, viewer, article.id, now=NOW),
            lambda: corrections.snooze(
                session, viewer, article.id, until=TOMORROW, reason="Plus tard", now=NOW
            ),
        ):
            with pytest.raises(Forbidden):
                change()


# -- putting off ---------------------------------------------------------------------------------


def put_off(article_id: int, *, days: int = 7, reason: str = "Le service change en juin.") -> None:
    with db.transaction() as session:
        until = TODAY + dt.timedelta(days=days)
        corrections.snooze(session, people.SYSTEM, article_id, until=until, reason=reason, now=NOW)


def test_what_is_put_off_leaves_the_list_and_comes_back_by_itself_that_day() -> None:
    article = published()
    voted(article.id, False)
    put_off(article.id)
    assert listed() == []
    assert listed(TODAY + dt.timedelta(days=6)) == []
    assert listed(TODAY + dt.timedelta(days=7)) == [article.id]


def test_more_of_the_same_leaves_it_put_off_but_a_proof_brings_it_back() -> None:
    article = published()
    voted(article.id, False)
    put_off(article.id)
    received(article.id, 0, 8)
    assert listed() == []
    voted(article.id, False)
    assert listed() == [article.id]


def test_it_is_put_back_by_hand() -> None:
    article = published()
    voted(article.id, False)
    put_off(article.id)
    with db.transaction() as session:
        corrections.wake(session, people.SYSTEM, article.id, now=NOW)
    assert listed() == [article.id]


@pytest.mark.parametrize(("days", "reason"), [(0, "Oui"), (-1, "Oui"), (366, "Oui"), (7, "  ")])
def test_putting_off_needs_a_reason_and_a_day_within_a_year(days: int, reason: str) -> None:
    article = published()
    voted(article.id, False)
    with pytest.raises(Invalid):
        put_off(article.id, days=days, reason=reason)
    assert listed() == [article.id]


def test_what_is_not_listed_cannot_be_put_off() -> None:
    article = published()
    refused: type[FaqError] = Conflict
    with pytest.raises(refused, match="not_listed"):
        put_off(article.id)
