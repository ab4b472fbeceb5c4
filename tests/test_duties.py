"""Each slot of each duty runs once, whoever asks; what is kept is kept no longer than said."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from faq_cms import db, duties, people, remarks, votes
from faq_cms.duties import Duty
from faq_cms.models import Audit, DutyRun, Reason, SignInAttempt, Vote
from tests.content import NOW, published, remarked, voted

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """When the one duty of the test ran."""
    moments: list[dt.datetime] = []

    def run(_: Session, now: dt.datetime) -> None:
        moments.append(now)

    monkeypatch.setattr(duties, "DUTIES", (Duty("test", lambda now: now.date().isoformat(), run),))
    return moments


def test_a_duty_runs_once_a_day_whoever_asks(ran: list[dt.datetime]) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: duties.run_due(NOW), range(12)))
    assert ran == [NOW]
    assert duties.run_due(NOW + dt.timedelta(days=1)) == ["test"]


def test_a_duty_left_by_a_dead_process_is_taken_over(ran: list[dt.datetime]) -> None:
    with db.transaction() as session:
        session.add(DutyRun(name="test", slot="2026-03-02", started_at=NOW, outcome="running"))
    assert duties.run_due(NOW + dt.timedelta(minutes=59)) == []
    assert duties.run_due(NOW + dt.timedelta(minutes=61)) == ["test"]


def test_a_duty_that_fails_is_marked_and_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(session: Session, now: dt.datetime) -> None:
        session.add(SignInAttempt(key="x", at=now))
        raise RuntimeError("boom")

    good = Duty("good", lambda _: "once", lambda *_: None)
    monkeypatch.setattr(duties, "DUTIES", (Duty("bad", lambda _: "once", fail), good))
    assert duties.run_due(NOW) == ["good"]
    with db.reading() as session:
        outcomes = {run.name: run.outcome for run in duties.latest_runs(session)}
        assert outcomes == {"bad": "failed", "good": "done"}
        assert session.scalars(select(SignInAttempt)).all() == []
    assert "duty failed: bad" in caplog.text


@pytest.mark.parametrize(("days", "kept"), [(-1, True), (1, False)])
def test_a_remark_is_kept_a_year(days: int, kept: bool) -> None:
    remarked(published().id)
    at = NOW + duties.REMARKS_KEPT + dt.timedelta(days=days)
    for _ in range(2):
        duties.run_due(at)
    with db.reading() as session:
        assert (remarks.listing(session)["text"][0] != "") is kept


def test_an_old_vote_forgets_its_visitor_and_reason_but_not_its_side() -> None:
    article = published()
    voted(article.id, False, visitor="a", reason=Reason.OFF_TOPIC)
    duties.run_due(NOW + duties.VISITORS_KEPT + dt.timedelta(days=1))
    with db.transaction() as session:
        vote = session.scalars(select(Vote)).one()
        assert (vote.visitor, vote.reason, vote.off_text) == (None, None, True)
        votes.rebuild(session)
    with db.reading() as session:
        assert votes.is_balanced(session)
        assert list(votes.tallies(session)["off_text"]) == [1]


def test_the_clock_flushes_once_more_when_it_stops() -> None:
    flushed: list[int] = []
    clock = duties.Clock(lambda: flushed.append(1))
    clock.start()
    clock.stop()
    assert flushed == [1]


def test_sign_ins_are_forgotten_after_a_year_and_changes_are_not() -> None:
    published()
    with db.transaction() as session:
        people.record(
            session, people.SYSTEM, "person.sign_in", kind="account", object_id=1, now=NOW
        )
    duties.run_due(NOW + duties.SIGN_INS_KEPT + dt.timedelta(days=1))
    with db.reading() as session:
        actions = set(session.scalars(select(Audit.action)))
    assert actions == {"article.create", "article.publish", "report.issue"}
