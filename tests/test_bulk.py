"""One gesture over many articles: seen before, made, taken back exactly, never over a later change."""

import datetime as dt

import pytest

from faq_cms import articles, bulk, categories, db, filing, loop, people
from faq_cms.articles import Text
from faq_cms.bulk import Gesture, Left, Made, Preview, Withdrawal
from faq_cms.errors import Forbidden, Invalid
from faq_cms.filing import Change, Sheet
from faq_cms.models import Role
from faq_cms.people import Actor
from tests import content

NOW = content.NOW
LATER = NOW + dt.timedelta(minutes=1)
DAY = dt.date(2026, 6, 1)

pytestmark = pytest.mark.usefixtures("database")


def category(name: str) -> int:
    with db.transaction() as session:
        return categories.add(session, people.SYSTEM, name=name, now=NOW).id


def drafted(question: str = "Jamais publié") -> int:
    with db.transaction() as session:
        return articles.create(session, people.SYSTEM, text=Text(question, "…"), now=NOW).id


def seen(ids: list[int], gesture: Gesture) -> Preview:
    with db.reading() as session:
        return bulk.preview(session, ids, gesture)


def made(ids: list[int], gesture: Gesture, *, actor: Actor = people.SYSTEM) -> Made:
    with db.transaction() as session:
        return bulk.make(session, actor, ids, gesture, now=NOW)


def taken_back(done: Made) -> Made:
    with db.transaction() as session:
        return bulk.take_back(session, people.SYSTEM, done, done.done, now=LATER)


def sheets(ids: list[int]) -> dict[int, Sheet]:
    with db.reading() as session:
        return filing.sheets(session, ids)


def is_live(article_id: int) -> bool:
    with db.reading() as session:
        return articles.article(session, article_id).live_version_id is not None


def test_what_is_previewed_is_what_is_done_and_annuler_restores_it_exactly() -> None:
    factures, autre = category("Factures"), category("Autre")
    ids = [content.published(f"Question {n}").id for n in range(4)]
    made(ids[:2], Change(category_id=factures))
    made(ids[:1], Change(tags_added=("Peppol", "facture")))
    before = sheets(ids)
    for gesture in (
        Change(category_id=factures),
        Change(category_id=autre, review_on=DAY),
        Change(review_on=DAY),
        Change(tags_added=("PEPPOL", "Nouvelle")),
        Change(tags_removed=("peppol",)),
        Change(tags=()),
        Change(category_id=None),
    ):
        preview = seen(ids, gesture)
        done = made(ids, gesture)
        assert done.done == preview.changed
        assert {each for found in preview.left.values() for each in found} == set(done.left)
        assert set(preview.left) <= {Left.SAME}
        assert not seen(ids, gesture).changed, "made twice, it changes nothing more"
        back = taken_back(done)
        assert set(back.done) == set(done.done)
        assert not back.left
        assert sheets(ids) == before


def test_withdrawing_leaves_what_is_not_published_and_annuler_puts_the_rest_back() -> None:
    first, second, draft = content.published("A").id, content.published("B").id, drafted()
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, second, now=NOW - dt.timedelta(days=1))
    preview = seen([first, second, draft], Withdrawal())
    assert preview == Preview((first,), {Left.NOT_PUBLISHED: (second, draft)})
    done = made([first, second, draft], Withdrawal())
    assert done.done == (first,)
    assert not is_live(first)
    assert taken_back(done).done == (first,)
    assert is_live(first)
    assert not is_live(second), "what was withdrawn before stays withdrawn"


def test_annuler_refuses_article_by_article_what_moved_since() -> None:
    factures, autre = category("Factures"), category("Autre")
    ids = [content.published(f"Question {n}").id for n in range(3)]
    done = made(ids, Change(category_id=factures))
    made([ids[1]], Change(category_id=autre))
    back = taken_back(done)
    assert back.left == {ids[1]: Left.MOVED}
    found = sheets(ids)
    assert [found[each].category_id for each in ids] == [None, autre, None]
    assert taken_back(done).left == dict.fromkeys(ids, Left.MOVED), (
        "a second Annuler undoes nothing"
    )


def test_annuler_leaves_a_withdrawal_somebody_made_again() -> None:
    ids = [content.published("A").id, content.published("B").id]
    done = made(ids, Withdrawal())
    with db.transaction() as session:
        loop.republish(session, people.SYSTEM, ids[0], now=NOW)
        loop.withdraw(session, people.SYSTEM, ids[0], now=LATER)
    back = taken_back(done)
    assert (back.done, back.left) == ((ids[1],), {ids[0]: Left.MOVED})
    assert [is_live(each) for each in ids] == [False, True]


def test_an_article_gone_meanwhile_is_named_and_the_others_are_changed() -> None:
    factures, article = category("Factures"), content.published().id
    assert seen([article, 999], Change(category_id=factures)).left == {Left.GONE: (999,)}
    done = made([article, 999], Change(category_id=factures))
    assert (done.done, done.left) == ((article,), {999: Left.GONE})
    done.sheets[998] = Sheet()
    assert taken_back(done).left == {998: Left.GONE}
    assert sheets([article])[article].category_id is None


def test_an_article_with_all_the_tags_it_may_have_keeps_them() -> None:
    full, free = content.published("A").id, content.published("B").id
    made([full], Change(tags=tuple(f"mot {n}" for n in range(filing.TAGS_MAX))))
    done = made([full, free], Change(tags_added=("un de plus",)))
    assert (done.done, done.left) == ((free,), {full: Left.TOO_MANY_TAGS})


def test_a_value_that_cannot_be_kept_or_a_missing_right_writes_nothing() -> None:
    article = content.published().id
    with pytest.raises(Invalid):
        made([article], Change(owner_id=999))
    with db.transaction() as session:
        link = people.invite(session, people.SYSTEM, role=Role.VIEWER, now=NOW)
        people.use_link(session, link, name="Lise", password_digest="x", now=NOW)
        lise = Actor(people.account_named(session, "Lise").id, "Lise", Role.VIEWER)
    for gesture in (Change(review_on=DAY), Withdrawal()):
        with pytest.raises(Forbidden):
            made([article], gesture, actor=lise)
    assert sheets([article])[article] == Sheet()
    assert is_live(article)


def test_slices_hold_every_article_once() -> None:
    ids = list(range(2 * bulk.SLICE + 1))
    found = bulk.slices(ids)
    assert [len(each) for each in found] == [bulk.SLICE, bulk.SLICE, 1]
    assert [each for some in found for each in some] == ids
