"""Presence: who else is editing, as colleagues see it; nothing of it outlives a minute or so."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from faq_cms import articles, db, people, presence, publishing
from faq_cms.articles import Text
from faq_cms.errors import Forbidden
from faq_cms.models import Presence, Role
from faq_cms.people import Actor
from faq_cms.presence import FORGOTTEN, Colleague
from tests import content

NOW = content.NOW
SECOND = dt.timedelta(seconds=1)

pytestmark = pytest.mark.usefixtures("database")


def person(name: str, role: Role = Role.EDITOR) -> Actor:
    with db.transaction() as session:
        link = people.invite(session, people.SYSTEM, role=role, now=NOW)
        people.use_link(session, link, name=name, password_digest="x", now=NOW)
        return Actor(people.account_named(session, name).id, name, role)


def opened(actor: Actor, article_id: int, at: dt.datetime = NOW, *, typed: bool = False) -> None:
    with db.transaction() as session:
        presence.here(session, actor, article_id, now=at, typed=typed)


def seen_by(actor: Actor, article_id: int, at: dt.datetime = NOW) -> list[Colleague]:
    with db.reading() as session:
        return presence.others(session, actor, article_id, now=at)


def rows() -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Presence)) or 0


def test_colleagues_see_each_other_and_never_themselves() -> None:
    ana, bob, article = person("Ana"), person("Bob"), content.published()
    opened(ana, article.id)
    opened(bob, article.id, typed=True)
    assert seen_by(ana, article.id) == [Colleague("Bob", NOW)]
    assert seen_by(bob, article.id) == [Colleague("Ana", None)]
    with db.reading() as session:
        assert presence.by_article(session, ana, now=NOW) == {article.id: ["Bob"]}


def test_a_beat_keeps_when_they_last_typed_and_writes_no_second_row() -> None:
    ana, bob, article = person("Ana"), person("Bob"), content.published()
    opened(bob, article.id, typed=True)
    later = NOW + presence.BEAT
    opened(bob, article.id, later)
    assert rows() == 1
    assert seen_by(ana, article.id, NOW + FORGOTTEN) == [Colleague("Bob", NOW)]


def test_whoever_typed_last_is_named_first() -> None:
    ana, article = person("Ana"), content.published()
    for name, typed_at in (("Bob", None), ("Chloé", NOW - SECOND), ("Dominique", NOW)):
        colleague = person(name)
        if typed_at is not None:
            opened(colleague, article.id, typed_at, typed=True)
        opened(colleague, article.id)
    assert [each.name for each in seen_by(ana, article.id)] == ["Dominique", "Chloé", "Bob"]


def test_whoever_leaves_is_gone_and_a_silent_tab_is_forgotten() -> None:
    ana, bob, article = person("Ana"), person("Bob"), content.published()
    opened(bob, article.id)
    assert seen_by(ana, article.id, NOW + FORGOTTEN - SECOND)
    assert not seen_by(ana, article.id, NOW + FORGOTTEN)
    with db.transaction() as session:
        presence.leave(session, bob, article.id)
    assert not seen_by(ana, article.id)
    opened(bob, article.id)
    with db.transaction() as session:
        presence.forget(session, now=NOW + FORGOTTEN)
    assert rows() == 0


def test_a_thrown_away_article_takes_its_presence_along_and_a_late_beat_brings_nothing_back() -> (
    None
):
    ana = person("Ana")
    with db.transaction() as session:
        made = articles.create(session, ana, text=Text("Question", "…"), now=NOW)
    opened(ana, made.id)
    with db.transaction() as session:
        seen = articles.seen(session, made.id)
        publishing.discard_draft(session, ana, made.id, seen=seen, now=NOW)
    assert rows() == 0
    opened(ana, made.id)
    assert rows() == 0


def test_only_those_who_write_are_present_and_the_ledger_never_moves() -> None:
    reader, ana, article = person("Lise", Role.VIEWER), person("Ana"), content.published()
    with db.reading() as session:
        before = db.revision(session)
    opened(ana, article.id, typed=True)
    with pytest.raises(Forbidden):
        opened(reader, article.id)
    with db.reading() as session:
        assert db.revision(session) == before
    assert seen_by(reader, article.id) == [Colleague("Ana", NOW)]
