"""What a channel received, what it serves since, who did not come: told by every door, never in the way."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from faq_cms import articles, db, deliveries, duties, loop, people
from faq_cms.articles import PublishedArticle
from faq_cms.deliveries import Gap, Target
from faq_cms.errors import Conflict, Forbidden, NotFound
from faq_cms.models import Delivery, DeliveryOutcome, Destination, HeldArticle, Role, Way
from tests.content import NOW, published, received, revised
from tests.test_reviews import person

pytestmark = pytest.mark.usefixtures("database")

SITE = Target("json", Way.MACHINE, "Site public")
DAY = dt.timedelta(days=1)


def content() -> list[PublishedArticle]:
    with db.reading() as session:
        return articles.published(session)


def sent(to: Target = SITE, now: dt.datetime = NOW) -> None:
    deliveries.note(to, content(), now=now)


def gap(to: Target = SITE) -> Gap:
    with db.reading() as session:
        frame = deliveries.destinations(session)
        mine = frame.loc[(frame["channel"] == to.channel) & (frame["name"] == to.name)]
        wanted = deliveries.published_ids(session)
        return deliveries.gap(session, int(mine["destination_id"].iloc[0]), wanted)


def rows() -> list[tuple[str, int, int, int]]:
    with db.reading() as session:
        return [
            (each.outcome, each.added, each.modified, each.withdrawn)
            for each in session.scalars(select(Delivery).order_by(Delivery.id))
        ]


def withdrawn(article_id: int) -> None:
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article_id, now=NOW)


# -- writing down --------------------------------------------------------------------------------


def test_a_delivery_says_what_it_added_changed_and_took_away() -> None:
    first, second = published("Un"), published("Deux")
    sent()
    revised(first.id, "Autrement.")
    withdrawn(second.id)
    published("Trois")
    sent(now=NOW + DAY)
    assert rows() == [("done", 2, 0, 0), ("done", 1, 1, 1)]


def test_deliveries_of_a_day_that_change_nothing_are_one_row() -> None:
    published()
    for hour in range(6):
        sent(now=NOW + dt.timedelta(hours=hour))
    sent(now=NOW + DAY)
    assert rows() == [("done", 1, 0, 0), ("done", 0, 0, 0), ("done", 0, 0, 0)]


def test_what_did_not_change_is_not_written_again() -> None:
    first = published("Un")
    published("Deux")
    sent()
    revised(first.id, "Autrement.")
    sent(now=NOW + DAY)
    with db.reading() as session:
        dates = dict(session.execute(select(HeldArticle.article_id, HeldArticle.sent_at)).all())
    assert sorted(dates.values()) == [NOW, NOW + DAY]
    assert dates[first.id] == NOW + DAY


def test_each_selection_of_a_machine_is_a_destination_of_its_own() -> None:
    published()
    asked = {"categorie": "a", "sans": "sous-objectif"}
    again = dict(reversed(asked.items()))
    for selection in ({}, asked, again):
        sent(Target("json", Way.MACHINE, "Site", selection))
    with db.reading() as session:
        assert session.scalar(select(func.count(Destination.id))) == 2


def test_a_fault_of_the_manifest_stops_no_export(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    published()
    monkeypatch.setattr(deliveries, "received", lambda *_, **__: 1 / 0)
    sent()
    assert rows() == []
    assert "not written down" in caplog.text


def test_what_keeps_a_channel_from_being_served_is_said_in_french_and_raised_on() -> None:
    for hour in range(3):
        with (
            pytest.raises(Conflict),
            deliveries.telling(SITE, now=NOW + dt.timedelta(hours=hour)),
        ):
            raise Conflict("empty_export", "faq.json")
    with db.reading() as session:
        (row,) = session.scalars(select(Delivery)).all()
    assert row.outcome is DeliveryOutcome.FAILED
    assert row.failure.startswith("faq.json contient un export rempli")
    assert row.at == NOW + dt.timedelta(hours=2)


@pytest.mark.parametrize(("known", "noted"), [(False, 0), (True, 2)])
def test_who_first_asks_for_what_is_not_there_is_no_destination(known: bool, noted: int) -> None:
    published()
    if known:
        sent()
    with pytest.raises(NotFound), deliveries.telling(SITE, now=NOW + DAY):
        raise NotFound("category", "x" * 5000)
    with db.reading() as session:
        assert len(session.scalars(select(Delivery)).all()) == noted
        assert len(session.scalars(select(Destination)).all()) == known


def test_changes_received_one_by_one_are_held_as_a_whole_would_be() -> None:
    first, second = published("Un"), published("Deux")
    sent()
    revised(first.id, "Autrement.")
    withdrawn(second.id)
    changed = [each for each in content() if each.id == first.id]
    deliveries.note(SITE, changed, withdrawn=[second.uid, "unknown"], now=NOW + DAY)
    assert rows()[-1] == ("done", 0, 1, 1)
    assert gap().is_up_to_date


def test_a_machine_is_followed_for_so_many_choices_and_the_nightly_ones_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deliveries, "FOLLOWED", 3)
    published()
    sent()
    elsewhere = Target("json", Way.MACHINE, "Autre")
    sent(elsewhere)
    for night in range(8):
        sent(now=NOW + DAY * night)
        sent(Target("json", Way.MACHINE, SITE.name, {"mot-cle": str(night)}), NOW + DAY * night)
    with db.reading() as session:
        kept = session.scalars(select(Destination).order_by(Destination.id)).all()
        held = set(session.scalars(select(HeldArticle.destination_id)))
        past = set(session.scalars(select(Delivery.destination_id)))
    assert [(each.name, each.selection) for each in kept] == [
        (SITE.name, {}),
        (elsewhere.name, {}),
        (SITE.name, {"mot-cle": "6"}),
        (SITE.name, {"mot-cle": "7"}),
    ]
    assert held == past == {each.id for each in kept}


# -- what a channel serves -----------------------------------------------------------------------


def test_a_channel_is_out_of_date_by_what_a_new_delivery_would_change() -> None:
    kept, changed, gone = published("Un"), published("Deux"), published("Trois")
    sent()
    assert gap().is_up_to_date
    revised(changed.id, "Autrement.", now=NOW + DAY)
    withdrawn(gone.id)
    new = published("Quatre")
    found = gap()
    assert found == Gap(
        frozenset({new.id}), frozenset({changed.id}), frozenset({gone.id}), frozenset()
    )
    assert kept.id not in found.modified
    sent(now=NOW + 2 * DAY)
    assert gap().is_up_to_date


def test_an_article_filed_elsewhere_is_out_of_date_though_its_text_is_not() -> None:
    article = published()
    sent()
    with db.transaction() as session:
        articles.article(session, article.id).updated_at = NOW + DAY
    assert gap().modified == {article.id}
    sent(now=NOW + 2 * DAY)
    assert gap().is_up_to_date


def test_the_text_the_votes_have_condemned_is_told_until_the_channel_receives_its_correction() -> (
    None
):
    bad, good = published("Un"), published("Deux")
    received(bad.id, 2, 18)
    received(good.id, 18, 2)
    sent()
    assert gap().proven == {bad.id}
    revised(bad.id, "Corrigé.", now=NOW + DAY)
    found = gap()
    assert found.proven == found.modified == {bad.id}
    sent(now=NOW + 2 * DAY)
    assert not gap().proven


# -- nights --------------------------------------------------------------------------------------


def nightly(nights: int, *, to: Target = SITE, skipped: tuple[int, ...] = ()) -> dt.datetime:
    """It came on so many nights, but for some; returns when it came last."""
    published()
    at = NOW
    for night in range(nights):
        if night not in skipped:
            at = NOW + night * DAY
            sent(to, now=at)
    return at


def missing(now: dt.datetime) -> list[str]:
    with db.reading() as session:
        return [each.name for each in deliveries.missing(session, now=now)]


def test_who_came_every_night_and_did_not_is_waited_for() -> None:
    last = nightly(7)
    assert missing(last + dt.timedelta(hours=28)) == []
    assert missing(last + dt.timedelta(hours=30)) == ["Site public"]
    sent(now=last + dt.timedelta(hours=31))
    assert missing(last + dt.timedelta(hours=32)) == []


@pytest.mark.parametrize(
    ("nights", "skipped", "to"),
    [
        (5, (), SITE),  # too new to know
        (14, (5, 6, 12, 13), SITE),  # rests at weekends
        (10, (), Target("csv", Way.DOWNLOAD, "Zoé")),  # a person
    ],
)
def test_who_does_not_come_every_night_is_not_waited_for(
    nights: int, skipped: tuple[int, ...], to: Target
) -> None:
    last = nightly(nights, to=to, skipped=skipped)
    assert missing(last + 3 * DAY) == []


def test_an_absence_is_written_down_once_by_the_clock() -> None:
    last = nightly(7)
    for hours in (20, 30, 36, 60):
        duties.run_due(last + dt.timedelta(hours=hours))
    assert [row[0] for row in rows()].count("missed") == 1
    with db.reading() as session:
        (trouble,) = deliveries.troubles(session, since=last).to_dict("records")
    assert (trouble["name"], trouble["outcome"]) == ("Site public", DeliveryOutcome.MISSED)
    sent(now=last + dt.timedelta(hours=61))
    with db.reading() as session:
        assert list(deliveries.destinations(session)["outcome"]) == [DeliveryOutcome.DONE]


def test_a_channel_nobody_uses_is_left_until_it_comes_back() -> None:
    last = nightly(7)
    manager, editor = person("Mona", Role.MANAGER), person("Ana", Role.EDITOR)
    with db.transaction() as session:
        destination_id = session.scalars(select(Destination.id)).one()
        with pytest.raises(Forbidden):
            deliveries.leave(session, editor, destination_id, now=last)
        deliveries.leave(session, manager, destination_id, now=last)
    assert missing(last + 2 * DAY) == []
    with db.reading() as session:
        assert deliveries.destinations(session).empty
    sent(now=last + 3 * DAY)
    with db.reading() as session:
        assert len(deliveries.destinations(session)) == 1


def test_old_deliveries_are_forgotten_and_the_last_of_a_channel_stays() -> None:
    nightly(3)
    sent(Target("csv", Way.DOWNLOAD, "Zoé"))
    with db.transaction() as session:
        deliveries.forget(session, before=NOW + 10 * DAY)
    with db.reading() as session:
        (left,) = deliveries.destinations(session).to_dict("records")
    assert (left["name"], left["at"]) == ("Site public", NOW + 2 * DAY)
    assert len(rows()) == 1
