"""What each person is told: once, when it is time, if it still matters, and where they want it."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from faq_cms import (
    articles,
    corrections,
    db,
    deliveries,
    duties,
    french,
    loop,
    mail,
    notices,
    people,
)
from faq_cms.articles import Text
from faq_cms.errors import Conflict, Forbidden, Invalid
from faq_cms.models import Correction, NoticeKind, Reason, Rhythm, Role
from faq_cms.notices import Choice
from faq_cms.people import Actor
from tests import content, post_office
from tests.content import NOW
from tests.post_office import Office
from tests.test_reviews import person

pytestmark = pytest.mark.usefixtures("database")

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
QUIET = corrections.QUIET
SEVEN = dt.datetime(2026, 3, 3, 6, tzinfo=dt.UTC)  # in Paris, the morning after NOW; a Tuesday


@pytest.fixture
def zoe() -> Actor:
    return person("Zoé", Role.EDITOR)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with post_office.opened(monkeypatch) as office:
        yield office


def told(who: Actor, now: dt.datetime = NOW + QUIET) -> list[NoticeKind]:
    """What the clock leaves this person to read at that moment."""
    duties.tell(now)
    with db.reading() as session:
        return [each.kind for each in notices.unread(session, who)]


def proven() -> int:
    article = content.published()
    content.received(article.id, 2, 12)
    return article.id


def given(article_id: int, by: Actor, to: Actor, due_on: dt.date | None = None) -> None:
    with db.transaction() as session:
        corrections.assign(session, by, article_id, to_id=to.id, due_on=due_on, now=NOW)


def subscribed(who: Actor, rhythm: Rhythm = Rhythm.DAILY) -> None:
    with db.transaction() as session:
        notices.receive(session, who, address="zoe@example.org", rhythm=rhythm, now=NOW - 7 * DAY)


def test_a_proven_problem_is_told_once_its_first_minutes_are_over_and_only_once(zoe: Actor) -> None:
    proven()
    assert told(zoe, NOW + QUIET - MINUTE) == []
    assert told(zoe) == told(zoe, NOW + 2 * QUIET) == [NoticeKind.CONFIRMED]


def test_an_isolated_no_is_told_to_nobody(zoe: Actor) -> None:
    content.voted(content.published().id, False)
    assert told(zoe) == []


def test_several_servers_at_once_tell_once(zoe: Actor) -> None:
    proven()
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: duties.tell(NOW + QUIET), range(4))) == 1


def test_a_flag_withdrawn_before_is_never_told_and_one_withdrawn_since_leaves(zoe: Actor) -> None:
    article_id = proven()
    content.received(article_id, 40, 0)
    assert told(zoe) == []
    other = proven()
    assert told(zoe) == [NoticeKind.CONFIRMED]
    content.received(other, 40, 0)
    assert told(zoe) == []


def test_an_installation_that_learns_to_tell_does_not_tell_the_past(zoe: Actor) -> None:
    proven()
    assert told(zoe, NOW + notices.RECENT + MINUTE) == []


def test_a_correction_given_by_somebody_else_is_told_to_who_has_it_alone(zoe: Actor) -> None:
    yves, article_id = person("Yves", Role.EDITOR), content.published().id
    content.voted(article_id, False)
    given(article_id, yves, zoe)
    assert told(zoe) == [NoticeKind.ASSIGNED]
    assert told(yves) == []
    given(article_id, yves, yves)
    assert told(zoe) == told(yves) == []


def test_what_one_takes_oneself_is_not_told(zoe: Actor) -> None:
    article_id = content.published().id
    content.voted(article_id, False)
    with db.transaction() as session:
        corrections.take(session, zoe, article_id, now=NOW)
    assert told(zoe) == []


def test_a_relecture_is_told_to_who_is_asked_or_to_all_who_may_until_it_is_decided(
    zoe: Actor,
) -> None:
    anne, paul = person("Anne", Role.REVIEWER), person("Paul", Role.REVIEWER)
    article_id = content.published().id
    with db.transaction() as session:
        seen = articles.seen(session, article_id)
        text = Text(content.QUESTION, "Autre réponse.")
        articles.save_draft(session, zoe, article_id, text=text, seen=seen, now=NOW)
    for reviewer, expected in ((anne.id, [[NoticeKind.REVIEW], [], []]), (None, None)):
        with db.transaction() as session:
            seen = articles.seen(session, article_id)
            loop.review_asked(session, zoe, article_id, seen=seen, reviewer_id=reviewer, now=NOW)
        found = [told(who) for who in (anne, paul, zoe)]
        assert found == (expected or [[NoticeKind.REVIEW], [NoticeKind.REVIEW], []])
        with db.transaction() as session:
            loop.review_called_off(session, zoe, article_id, now=NOW)
        assert told(anne) == told(paul) == []


def test_a_correction_is_late_the_day_after_and_the_new_day_is_another_occasion(
    zoe: Actor,
) -> None:
    article_id, yves = content.published().id, person("Yves", Role.EDITOR)
    content.voted(article_id, False)
    with db.transaction() as session:
        corrections.assign(session, zoe, article_id, to_id=zoe.id, due_on=NOW.date(), now=NOW)
    assert told(zoe, NOW) == []
    assert told(zoe, NOW + DAY) == told(zoe, NOW + DAY + MINUTE) == [NoticeKind.LATE]
    assert told(yves, NOW + DAY) == []
    with db.transaction() as session:
        row = session.scalars(select(Correction)).one()
        row.due_on = NOW.date() + DAY
    assert told(zoe, NOW + 2 * DAY) == [NoticeKind.LATE] * 2


def test_votes_set_aside_are_told_to_who_may_rule_on_them(zoe: Actor) -> None:
    manager, article_id = person("Max", Role.MANAGER), content.published().id
    for _ in range(3):
        content.voted(article_id, False, set_aside=True)
    assert told(zoe) == []
    assert told(manager) == [NoticeKind.BURST]


def test_a_missed_night_is_told_to_who_may_export(zoe: Actor) -> None:
    from tests import test_deliveries

    manager = person("Max", Role.MANAGER)
    content.published()
    for night in range(9):
        test_deliveries.sent(now=NOW + night * DAY)
    late = NOW + 8 * DAY + dt.timedelta(hours=30)
    duties.run_due(late)
    assert told(manager, late) == [NoticeKind.MISSED]
    assert told(zoe, late) == []


def test_a_night_that_fails_is_told_with_its_reason_once_a_day_and_not_as_an_absence() -> None:
    from tests import test_deliveries

    manager = person("Max", Role.MANAGER)
    content.published()
    for night in range(8):
        test_deliveries.sent(now=NOW + night * DAY)
    for night in range(8, 10):
        for minute in range(3):
            with (
                pytest.raises(Conflict),
                deliveries.telling(test_deliveries.SITE, now=NOW + night * DAY + minute * MINUTE),
            ):
                raise Conflict("emptied_export", "JSON")
        duties.run_due(NOW + night * DAY + dt.timedelta(hours=6))
    assert told(manager, NOW + 10 * DAY) == [NoticeKind.MISSED] * 2
    with db.reading() as session:
        (first, _) = notices.unread(session, manager)
    line = french.told(first.kind, first.detail)
    assert line.startswith("Envoi échoué\u00a0: Site public (json). Aucun article n’est à exporter")
    duties.run_due(NOW + 10 * DAY + dt.timedelta(hours=12))  # it does not even come any more
    assert told(manager, NOW + 10 * DAY + dt.timedelta(hours=12)) == [NoticeKind.MISSED] * 3


def test_who_never_was_served_alarms_nobody() -> None:
    from tests import test_deliveries

    manager = person("Max", Role.MANAGER)
    with pytest.raises(Conflict), deliveries.telling(test_deliveries.SITE, now=NOW):
        raise Conflict("cell_too_long", "Une question")
    assert told(manager, NOW + MINUTE) == []


def test_what_is_read_is_read_by_that_person_alone_and_can_be_unread(zoe: Actor) -> None:
    yves = person("Yves", Role.EDITOR)
    proven()
    assert told(zoe)
    with db.transaction() as session:
        (one,) = notices.unread(session, zoe)
        notices.see(session, zoe, [one.notice_id], now=NOW)
    assert (told(zoe), told(yves)) == ([], [NoticeKind.CONFIRMED])
    with db.transaction() as session:
        notices.unsee(session, zoe, [one.notice_id])
    assert told(zoe) == [NoticeKind.CONFIRMED]


def test_a_kind_not_wanted_here_is_not_shown_here(zoe: Actor) -> None:
    proven()
    with db.transaction() as session:
        notices.choose(session, zoe, NoticeKind.CONFIRMED, Choice(in_application=False))
    assert told(zoe) == []
    with db.reading() as session:
        assert notices.choices(session, zoe)[NoticeKind.CONFIRMED] == Choice(False, True)
        assert NoticeKind.BURST not in notices.choices(session, zoe)


def test_who_left_the_team_chooses_nothing_and_their_address_is_forgotten(zoe: Actor) -> None:
    subscribed(zoe)
    assert zoe.id is not None
    with db.transaction() as session:
        people.disable(session, people.SYSTEM, account_id=zoe.id, now=NOW)
        with pytest.raises(Forbidden):
            notices.choose(session, zoe, NoticeKind.LATE, Choice())
        notices.forget(session, before=NOW)
        assert notices.digest_of(session, zoe) is None


def test_notices_are_forgotten_in_time(zoe: Actor) -> None:
    proven()
    assert told(zoe)
    with db.transaction() as session:
        notices.forget(session, before=NOW)
        assert notices.unread(session, zoe)
        notices.forget(session, before=NOW + MINUTE)
        assert notices.unread(session, zoe) == []


def test_a_digest_arrives_at_seven_with_what_is_unread_and_never_twice(
    office: Office, zoe: Actor
) -> None:
    subscribed(zoe)
    article_id = proven()
    duties.tell(NOW + QUIET)
    duties.run_due(SEVEN - MINUTE)
    assert office.taken == []
    for later in (0, 1, 60, 24 * 60):
        duties.run_due(SEVEN + later * MINUTE)
    (message,) = office.taken
    assert message["To"] == "zoe@example.org"
    assert message["Subject"].endswith("1 nouveauté")
    text = message.get_content().replace("\r\n", "\n")
    assert f"Problème avéré\u00a0: «\u202f{content.QUESTION}\u202f»" in text
    assert f"/gestion/article?article={article_id}" in text
    assert "/desabonnement/" in text
    assert "<" + text.split("cet e-mail\u00a0:\n")[1].strip() + ">" == message["List-Unsubscribe"]


def test_what_was_read_or_not_wanted_by_mail_makes_no_digest(office: Office, zoe: Actor) -> None:
    subscribed(zoe)
    proven()
    duties.tell(NOW + QUIET)
    with db.transaction() as session:
        notices.choose(session, zoe, NoticeKind.CONFIRMED, Choice(by_mail=False))
    duties.run_due(SEVEN)
    assert office.taken == []


def test_a_weekly_digest_waits_for_monday(office: Office, zoe: Actor) -> None:
    subscribed(zoe, Rhythm.WEEKLY)
    proven()
    duties.tell(NOW + QUIET)
    monday = SEVEN + 6 * DAY
    for day in range(9):
        duties.run_due(SEVEN + day * DAY - MINUTE)
        assert len(office.taken) == (SEVEN + day * DAY > monday)


def test_without_a_mail_server_a_digest_waits_and_nothing_is_lost(zoe: Actor) -> None:
    subscribed(zoe)
    proven()
    duties.tell(NOW + QUIET)
    duties.run_due(SEVEN)
    with db.reading() as session:
        assert mail.counts(session) == {}


def test_an_address_that_is_none_is_refused(zoe: Actor) -> None:
    with pytest.raises(Invalid), db.transaction() as session:
        notices.receive(session, zoe, address="zoe", rhythm=Rhythm.DAILY, now=NOW)


def test_who_leaves_by_the_link_receives_nothing_more_not_even_what_waits(
    office: Office, zoe: Actor, site: TestClient
) -> None:
    subscribed(zoe)
    proven()
    duties.tell(NOW + QUIET)
    with db.transaction() as session:
        notices.post_digests(session, SEVEN)
        digest = notices.digest_of(session, zoe)
    assert digest is not None
    link = f"{mail.UNSUBSCRIBE}{digest.key}"
    assert "zoe@example.org" in site.get(link).text
    assert "Vous êtes désabonné" in site.post(link).text
    assert "Vous êtes désabonné" in site.get(link).text
    mail.deliver(SEVEN)
    assert office.taken == []


@pytest.fixture
def site(database: db.Database) -> TestClient:
    from starlette.applications import Starlette

    from faq_cms import public

    return TestClient(Starlette(routes=public.routes()))


def test_a_reason_off_the_text_tells_nobody(zoe: Actor) -> None:
    article = content.published()
    for _ in range(12):
        content.voted(article.id, False, reason=Reason.DISAGREES)
    assert told(zoe) == []
