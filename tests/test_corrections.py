"""À corriger as a team's work: taken, given, put off, and what became of each correction."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from faq_cms import corrections, db, flags, helpfulness, loop, people
from faq_cms.errors import Conflict, FaqError, Forbidden, Invalid
from faq_cms.helpfulness import MINIMUM_EVIDENCE, Counts, Effect
from faq_cms.models import Account, Correction, CorrectionState, FlagKind, Role
from faq_cms.people import Actor
from faq_cms.votes import civil_day
from tests.content import NOW, published, received, revised, voted

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


# -- is it better? -------------------------------------------------------------------------------

BEFORE = Counts(4, 36)  # what nobody could call luck; the other way round, neither


def corrected(before: Counts = BEFORE) -> int:
    """An article whose text failed its readers, and whose new version is observed."""
    article = published(now=NOW - dt.timedelta(days=60))
    received(article.id, before.helpful, before.unhelpful)
    revised(article.id, "Le montant est en haut de la facture.")
    return article.id


def reviewed(days: int = 0) -> list[int]:
    with db.transaction() as session:
        return loop.review(session, people.SYSTEM, now=NOW + dt.timedelta(days=days))


def state(article_id: int) -> CorrectionState:
    """Where the article's last answered correction stands."""
    with db.reading() as session:
        row = session.scalars(
            select(Correction)
            .where(Correction.article_id == article_id, Correction.version_id.is_not(None))
            .order_by(Correction.id.desc())
        ).first()
        assert row is not None
        return row.state


def observed(article_id: int) -> dict[Any, Any]:
    with db.reading() as session:
        rows = corrections.observed(session, today=TODAY, article_id=article_id)
    return rows.to_dict("records")[0]


def test_an_improvement_is_found_as_soon_as_the_votes_prove_it() -> None:
    article_id = corrected()
    received(article_id, MINIMUM_EVIDENCE - 1, 0)
    reviewed()
    assert state(article_id) is CorrectionState.OBSERVING
    received(article_id, 31, 0)
    assert article_id in reviewed()
    assert state(article_id) is CorrectionState.IMPROVED
    with db.reading() as session:
        row = session.scalars(select(Correction)).one()
    assert row.evidence is not None
    assert row.evidence["before"] == {"helpful": 4, "unhelpful": 36, "off_text": 0}
    assert row.evidence["after"]["helpful"] == 40
    assert 0 < row.evidence["low"] < row.evidence["difference"] < row.evidence["high"]
    assert row.closed_at == NOW


def test_votes_off_the_text_prove_nothing_of_it() -> None:
    article_id = corrected()
    received(article_id, 2, 20, off_text=20)
    assert observed(article_id)["evidence"] == 2
    reviewed()
    assert state(article_id) is CorrectionState.OBSERVING


def test_still_under_the_objective_it_is_back_in_the_list_with_its_figures() -> None:
    article_id = corrected()
    received(article_id, 4, 36)
    assert article_id in reviewed()
    assert state(article_id) is CorrectionState.REOPENED
    assert listed() == [article_id]
    with db.reading() as session:
        [(_, standing)] = flags.standing(session).items()
        ended = session.scalars(
            select(Correction).where(Correction.state == CorrectionState.REOPENED)
        ).one()
    assert FlagKind.CONFIRMED in [flag["kind"] for flag in standing]
    assert ended.evidence is not None
    assert ended.evidence["after"] == {"helpful": 4, "unhelpful": 36, "off_text": 0}


def test_what_the_review_decided_it_does_not_decide_again() -> None:
    for helpful, unhelpful in ((40, 0), (4, 36), (3, 2)):
        received(corrected(), helpful, unhelpful)
    reviewed()
    with db.reading() as session:
        first = [(r.id, r.state, r.looked_with) for r in session.scalars(select(Correction))]
        revision = db.revision(session)
    reviewed()
    reviewed(days=1)
    with db.reading() as session:
        again = [(r.id, r.state, r.looked_with) for r in session.scalars(select(Correction))]
        assert db.revision(session) == revision
    assert first == again


def test_when_the_planned_votes_told_nothing_a_colleague_may_close() -> None:
    before = Counts(60, 60)
    planned = helpfulness.votes_to_conclude(before) or 0
    article_id = corrected(before)
    received(article_id, planned // 2, planned - planned // 2 - 1)
    assert not observed(article_id)["is_hopeless"]
    voted(article_id, True)
    row = observed(article_id)
    assert (row["missing"], row["effect"], row["is_hopeless"]) == (0, Effect.NOT_YET, True)


def test_at_a_few_votes_a_month_the_volume_will_not_tell() -> None:
    article_id = corrected(Counts(1, 3))
    voted(article_id, True)
    row = observed(article_id)
    assert row["is_hopeless"]
    assert math.isinf(row["missing"])


def closing(actor: Actor, article_id: int, note: str = "Relu\u202f: complet et exact.") -> None:
    with db.transaction() as session:
        corrections.close_unmeasured(session, actor, article_id, note=note, now=NOW)


def test_where_votes_will_not_tell_a_colleague_closes_without_measure() -> None:
    article_id, colleague = corrected(Counts(1, 3)), person("Dominique", Role.REVIEWER)
    closing(colleague, article_id)
    assert state(article_id) is CorrectionState.UNMEASURED
    with db.reading() as session:
        row = session.scalars(select(Correction)).one()
    assert (row.reason, row.closed_by_id) == ("Relu\u202f: complet et exact.", colleague.id)


def test_nobody_closes_their_own_text_nor_what_votes_may_still_measure() -> None:
    author = person("Dominique", Role.REVIEWER)
    own = published()
    received(own.id, 1, 3)
    revised(own.id, "Réécrit.", actor=author)
    with pytest.raises(Conflict, match="own_text"):
        closing(author, own.id)
    measurable = corrected()
    received(measurable, 6, 3)
    with pytest.raises(Conflict, match="still_measurable"):
        closing(author, measurable)
    with pytest.raises(Invalid):
        closing(person("Claude", Role.REVIEWER), own.id, note=" ")
    with pytest.raises(Forbidden):
        closing(person("Alex", Role.EDITOR), own.id)
    with pytest.raises(Conflict, match="not_observed"):
        closing(author, published().id)


def test_a_version_taken_back_leaves_no_empty_measure_in_between() -> None:
    article = published()
    received(article.id, BEFORE.helpful, BEFORE.unhelpful)
    slip = revised(article.id, "Trop vite.")
    with db.transaction() as session:
        loop.take_back(session, people.SYSTEM, article.id, version_id=slip.id, now=NOW)
    revised(article.id, "Le montant est en haut.")
    assert observed(article.id)["before_unhelpful"] == BEFORE.unhelpful


def asked_by(change: Callable[[], object]) -> int:
    """How many statements a change sends to the database."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = db.current().write_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        change()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_a_vote_asks_no_more_of_the_database_while_its_article_is_observed() -> None:
    plain, watched = published(), corrected()
    voted(plain.id, True)
    voted(watched, True)
    assert asked_by(lambda: voted(plain.id, True)) == asked_by(lambda: voted(watched, True))
