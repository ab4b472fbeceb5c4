"""Pushing into Freshdesk and Zendesk: what is published arrives, what their people wrote stays."""

import datetime as dt
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from faq_cms import db, deliveries, french, loop, people, pushing
from faq_cms.errors import Conflict, DeskRefused, Forbidden
from faq_cms.exports import Site
from faq_cms.models import Audit, Delivery, DeliveryOutcome, HeldArticle, Role
from faq_cms.people import Actor
from faq_cms.pushing import Action, Doubt, Report
from faq_cms.pushing.polite import Line
from faq_cms.settings import Settings
from tests import help_desks
from tests.content import NOW, published, revised
from tests.help_desks import Desk
from tests.test_reviews import person

pytestmark = pytest.mark.usefixtures("database")

SITE = Site("Aide", "https://aide.example.org")
BOTH = ("freshdesk", "zendesk")
TEXT = {"freshdesk": "description", "zendesk": "body"}
DRAFT: dict[str, dict[str, Any]] = {"freshdesk": {"status": 1}, "zendesk": {"draft": True}}


@pytest.fixture(params=BOTH)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def desk(name: str) -> Iterator[Desk]:
    with help_desks.serving(name) as served:
        yield served


@pytest.fixture
def waited() -> list[float]:
    """How long it would have waited."""
    return []


@pytest.fixture
def ours(name: str, desk: Desk, waited: list[float]) -> Iterator[pushing.HelpDesk]:
    chosen = Settings(
        freshdesk_url=desk.url,
        freshdesk_key=help_desks.KEY,
        freshdesk_folder=str(help_desks.FOLDER),
        zendesk_url=desk.url,
        zendesk_email=help_desks.EMAIL,
        zendesk_token=help_desks.TOKEN,
        zendesk_section=str(help_desks.SECTION),
    )
    with pushing.desk(name, chosen, pause=waited.append) as opened:
        yield opened


def push(
    ours: pushing.HelpDesk,
    *,
    overwrite: bool = False,
    actor: Actor = people.SYSTEM,
    now: dt.datetime = NOW,
) -> Report:
    return pushing.push(ours, SITE, actor, overwrite=overwrite, clock=lambda: now)


def actions(report: Report) -> list[Action]:
    return [step.action for step in report.done]


def withdrawn(article_id: int) -> None:
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article_id, now=NOW)


# -- what arrives --------------------------------------------------------------------------------


def test_what_is_published_arrives_once_and_follows_its_changes(
    name: str, desk: Desk, ours: pushing.HelpDesk
) -> None:
    first, second = published("Un", "[Voir](/aide/deux)"), published("Deux")
    assert actions(push(ours)) == [Action.ADD, Action.ADD]
    assert "https://aide.example.org/aide/deux" in desk.by_title("Un")[TEXT[name]]
    asked = len(desk.writes())
    assert push(ours).done == []
    assert len(desk.writes()) == asked
    revised(first.id, "Autrement.")
    withdrawn(second.id)
    assert actions(push(ours)) == [Action.MODIFY, Action.WITHDRAW]
    assert "Autrement." in desk.by_title("Un")[TEXT[name]]
    assert desk.by_title("Deux").items() >= DRAFT[name].items()
    with db.reading() as session:
        told = [(d.added, d.modified, d.withdrawn) for d in session.scalars(select(Delivery))]
    assert told[0] == (2, 0, 0)
    assert told[-1] == (0, 1, 1)


def test_an_article_that_comes_back_is_the_same_one_there(
    name: str, desk: Desk, ours: pushing.HelpDesk
) -> None:
    article = published("Un")
    push(ours)
    withdrawn(article.id)
    push(ours, overwrite=True)
    with db.transaction() as session:
        loop.republish(session, people.SYSTEM, article.id, now=NOW)
    assert actions(push(ours)) == [Action.MODIFY]
    assert len(desk.articles) == 1
    assert not desk.by_title("Un").items() >= DRAFT[name].items()


def test_more_articles_than_a_page_holds_are_all_seen(desk: Desk, ours: pushing.HelpDesk) -> None:
    for number in range(3):
        published(f"Question {number}")
    push(ours)
    for number in range(help_desks.PAGE_MAX):
        desk.add(title=f"Autre {number}", description="", body="", status=2, draft=False)
    desk.articles = dict(reversed(desk.articles.items()))
    assert push(ours).done == []


def test_a_comparison_writes_nothing_on_either_side(desk: Desk, ours: pushing.HelpDesk) -> None:
    published("Un")
    (step,) = pushing.compare(ours, SITE)
    assert (step.action, step.before) == (Action.ADD, "")
    assert desk.writes() == []
    with db.reading() as session:
        assert deliveries.destinations(session).empty


def test_a_text_already_there_is_recognised_and_not_doubled(
    name: str, desk: Desk, ours: pushing.HelpDesk
) -> None:
    published("Un", "Par **virement**.")
    desk.add(
        title="Un",
        description="<div><p>Par <b>virement</b>.</p></div>",
        body="<div><p>Par <b>virement</b>.</p></div>",
        status=2,
        draft=False,
        locale="fr",
        permission_group_id=help_desks.GROUP,
    )
    assert actions(push(ours)) == [Action.KNOW]
    assert desk.writes() == []
    assert push(ours).done == []


def test_nothing_published_here_does_not_empty_what_is_there(
    name: str, desk: Desk, ours: pushing.HelpDesk
) -> None:
    article = published("Un")
    push(ours)
    withdrawn(article.id)
    with pytest.raises(Conflict, match="empty_push"):
        push(ours)
    assert not desk.by_title("Un").items() >= DRAFT[name].items()
    assert actions(push(ours, overwrite=True)) == [Action.WITHDRAW]


# -- what their people wrote ---------------------------------------------------------------------


def test_a_text_edited_there_is_left_alone_until_somebody_says_so(
    name: str, desk: Desk, ours: pushing.HelpDesk
) -> None:
    article = published("Un")
    push(ours)
    desk.by_title("Un")[TEXT[name]] = "<p>Corrigé par l’agent.</p>"
    revised(article.id, "Autrement.")
    report = push(ours)
    assert report.done == []
    (left,) = report.left
    assert left.doubt is Doubt.EDITED
    assert left.before == "Corrigé par l’agent."
    assert "Corrigé par l’agent." in desk.by_title("Un")[TEXT[name]]
    assert push(ours, overwrite=True).left == []
    assert "Autrement." in desk.by_title("Un")[TEXT[name]]
    assert push(ours).left == []


def test_an_article_deleted_there_is_not_put_back_by_itself(
    desk: Desk, ours: pushing.HelpDesk
) -> None:
    published("Un")
    push(ours)
    desk.articles.clear()
    assert [step.doubt for step in push(ours).left] == [Doubt.DELETED]
    assert desk.articles == {}
    assert actions(push(ours, overwrite=True)) == [Action.ADD]
    assert len(desk.articles) == 1


def test_an_article_its_people_took_off_is_not_published_again_by_itself(
    name: str, desk: Desk, ours: pushing.HelpDesk
) -> None:
    published("Un")
    push(ours)
    desk.by_title("Un").update(DRAFT[name])
    assert [step.doubt for step in push(ours).left] == [Doubt.EDITED]


def test_a_title_already_there_with_other_words_is_left_alone(
    desk: Desk, ours: pushing.HelpDesk
) -> None:
    published("Un")
    desk.add(title="Un", description="Leur texte.", body="Leur texte.", status=2, draft=False)
    report = push(ours)
    assert (report.done, [step.doubt for step in report.left]) == ([], [Doubt.THEIRS])


# -- a difficult line ----------------------------------------------------------------------------


def test_it_waits_as_long_as_it_is_asked_and_no_more_than_that(
    desk: Desk, ours: pushing.HelpDesk, waited: list[float]
) -> None:
    published("Un")
    desk.refusals = [
        help_desks.refused(429, retry_after="7"),
        help_desks.refused(429),
        help_desks.refused(503),
    ]
    assert actions(push(ours)) == [Action.ADD]
    assert waited == [7, 2, 4]
    assert len(desk.articles) == 1


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("0", 0),
        ("-5", 1),
        ("", 1),
        ("bientôt", 1),
        ("1e400", 1),
        ("٣", 1),
        ("9" * 400, 1),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 1),
        ("Wed, 99 Oct 99999 99:99:99 GMT", 1),
    ],
)
@pytest.mark.parametrize("name", ["zendesk"])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_wait_nobody_can_mean_is_ours_to_choose(
    desk: Desk, ours: pushing.HelpDesk, waited: list[float], asked: str, wait: float
) -> None:
    published("Un")
    refusal = help_desks.refused(429, date="Wed, 21 Oct 2015 07:28:00 GMT")
    refusal.raw_headers.append((b"retry-after", asked.encode()))
    desk.refusals = [refusal]
    assert actions(push(ours)) == [Action.ADD]
    assert waited == [wait]


@pytest.mark.parametrize(
    ("refusals", "reason"),
    [
        ([help_desks.refused(429, retry_after="3600")], "too_many"),
        ([help_desks.refused(429, retry_after="9999999")], "too_many"),
        (
            [
                help_desks.refused(
                    429,
                    date="Wed, 21 Oct 2015 07:28:00 GMT",
                    retry_after="Fri, 31 Dec 9999 23:59:59 GMT",
                )
            ],
            "too_many",
        ),
        ([help_desks.refused(429, retry_after="1")] * 5, "too_many"),
        ([help_desks.refused(401)], "unauthorized"),
        ([help_desks.refused(302, location="https://ailleurs.example.net/vol")], "redirected"),
        ([help_desks.refused(400)], "answered"),
    ],
)
def test_what_it_cannot_do_is_said_in_french_and_written_down_without_any_credential(
    desk: Desk,
    ours: pushing.HelpDesk,
    refusals: list[Any],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    published("Un")
    desk.refusals = [*refusals]
    with caplog.at_level(logging.DEBUG), pytest.raises(DeskRefused) as refusal:
        push(ours)
    assert refusal.value.reason == reason
    with db.reading() as session:
        (row,) = session.scalars(select(Delivery)).all()
    assert (row.outcome, row.failure) == (
        DeliveryOutcome.FAILED,
        french.sentence(refusal.value),
    )
    assert "ailleurs.example.net/vol" not in row.failure
    for secret in (help_desks.KEY, help_desks.TOKEN):
        assert secret not in row.failure + caplog.text + repr(refusal.value)


def test_an_interrupted_push_is_finished_by_the_next_one(
    desk: Desk, ours: pushing.HelpDesk
) -> None:
    for number in range(5):
        published(f"Question {number}")
    desk.cut_after = 3
    with pytest.raises(DeskRefused):
        push(ours)
    assert len(desk.articles) == 3
    desk.cut_after = None
    assert len(push(ours).done) == 2
    assert len(desk.articles) == 5


def test_an_article_taken_there_and_not_noted_here_is_not_added_twice(
    desk: Desk, ours: pushing.HelpDesk
) -> None:
    published("Un")
    push(ours)
    with db.transaction() as session:  # as when the process dies between the answer and our note
        for each in session.scalars(select(HeldArticle)):
            session.delete(each)
    assert actions(push(ours)) == [Action.KNOW]
    assert len(desk.articles) == 1


def test_two_pushes_at_once_are_one(desk: Desk, ours: pushing.HelpDesk) -> None:
    published("Un")
    gate = threading.Barrier(4)
    met: list[object] = []

    def one() -> None:
        gate.wait()
        try:
            met.append(push(ours).count(Action.ADD))
        except Conflict as error:
            met.append(error.reason)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(desk.articles) == 1
    assert set(met) <= {1, 0, "push_under_way"}


def test_a_push_whose_process_died_gives_way_after_a_while(
    desk: Desk, ours: pushing.HelpDesk
) -> None:
    with db.transaction() as session:
        deliveries.claim(session, pushing.target(ours), now=NOW)
    with pytest.raises(Conflict):
        push(ours, now=NOW + dt.timedelta(minutes=14))
    assert push(ours, now=NOW + dt.timedelta(minutes=16)).done == []


# -- who may, and where --------------------------------------------------------------------------


def test_only_who_may_export_may_push_and_it_is_in_the_trail(
    desk: Desk, ours: pushing.HelpDesk
) -> None:
    published("Un")
    with pytest.raises(Forbidden):
        push(ours, actor=person("Ana", Role.EDITOR))
    assert desk.asked == []
    push(ours, actor=person("Mona", Role.MANAGER))
    with db.reading() as session:
        row = session.scalars(select(Audit).where(Audit.action == "channel.push")).one()
    assert (row.actor, row.detail["written"]) == ("Mona", 1)
    assert help_desks.KEY not in json.dumps(row.detail)


@pytest.mark.parametrize(
    "url", ["http://exemple.freshdesk.com", "ftp://127.0.0.2", "http://10.0.0.1"]
)
def test_credentials_never_leave_in_the_clear(url: str) -> None:
    with pytest.raises(DeskRefused, match="insecure"):
        Line(url, user="x", password="y")


def test_a_help_desk_without_settings_is_refused() -> None:
    for chosen in (Settings(), replace(Settings(), freshdesk_url="https://x.freshdesk.com")):
        with pytest.raises(Conflict), pushing.desk("zendesk", chosen):
            pass
    with pytest.raises(Conflict), pushing.desk("intercom", Settings()):
        pass
