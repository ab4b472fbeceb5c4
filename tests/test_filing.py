"""Where an article is filed, and the address it is read at."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import articles, categories, db, filing, people, search
from faq_cms.errors import Conflict, Forbidden, Invalid, NotFound
from faq_cms.filing import Change, Sheet
from faq_cms.models import Role
from faq_cms.people import Actor
from tests.content import NOW, published

JUNE = dt.date(2026, 6, 1)
pytestmark = pytest.mark.usefixtures("database")


def test_an_old_address_keeps_leading_to_the_article() -> None:
    article = published()
    with db.transaction() as session:
        filing.move(session, people.SYSTEM, article.id, slug="Payer !", now=NOW)
    with db.reading() as session:
        assert articles.live(session, "payer").uid == article.uid
        assert articles.moved_to(session, article.slug) == "payer"


def test_an_article_takes_its_old_address_back() -> None:
    article = published()
    for slug in ("payer", article.slug):
        with db.transaction() as session:
            filing.move(session, people.SYSTEM, article.id, slug=slug, now=NOW)
    with db.reading() as session:
        assert articles.live(session, article.slug).uid == article.uid
        assert articles.moved_to(session, "payer") == article.slug


@pytest.mark.parametrize("slug", ["recherche", "autre"])
def test_a_reserved_or_taken_address_is_refused(slug: str) -> None:
    published("Autre", "Texte.")
    article = published()
    with pytest.raises(Invalid, match="taken"), db.transaction() as session:
        filing.move(session, people.SYSTEM, article.id, slug=slug, now=NOW)


# -- the sheet -----------------------------------------------------------------------------------


def filed(*article_ids: int, **fields: Any) -> dict[int, Sheet]:
    with db.transaction() as session:
        return filing.change(session, people.SYSTEM, article_ids, Change(**fields), now=NOW)


def undone(before: dict[int, Sheet], **fields: Any) -> None:
    with db.transaction() as session:
        filing.undo(session, people.SYSTEM, before, Change(**fields), now=NOW)


def sheet(article_id: int) -> Sheet:
    with db.reading() as session:
        return filing.sheet(session, article_id)


def person(role: Role = Role.EDITOR) -> tuple[Actor, int]:
    with db.transaction() as session:
        link = people.invite(session, people.SYSTEM, role=role, now=NOW)
        secret = people.use_link(session, link, name="Dominique", password_digest="x", now=NOW)
        actor = people.actor_of(session, secret, now=NOW)
    assert actor is not None
    assert actor.id is not None
    return actor, actor.id


def test_a_sheet_keeps_what_is_written_on_it_and_only_that() -> None:
    article, (_, owner) = published(), person()
    filed(article.id, owner_id=owner, review_on=JUNE, internal_note=" Vu avec la compta. ")
    filed(article.id, tags=("TVA", "autoliquidation"))
    assert sheet(article.id) == Sheet(
        None, owner, JUNE, "Vu avec la compta.", ("autoliquidation", "TVA")
    )
    filed(article.id, owner_id=None, tags_added=("Belgique",), tags_removed=("tva",))
    assert sheet(article.id) == Sheet(
        None, None, JUNE, "Vu avec la compta.", ("autoliquidation", "Belgique")
    )


def test_a_change_made_on_many_says_what_was_before_and_is_undone_exactly() -> None:
    first, second, third = (published(f"Question {name}\u202f?") for name in "abc")
    filed(first.id, tags=("Été",), review_on=JUNE)
    filed(third.id, tags=("prix",))
    ids = [first.id, second.id, third.id]
    with db.reading() as session:
        standing = filing.sheets(session, ids)
    before = filed(*ids, tags_added=("ete", "Prix"))
    assert before == standing
    assert [sheet(each).tags for each in ids] == [("Été", "prix")] * 3
    undone(before, tags_added=("ete", "Prix"))
    with db.reading() as session:
        assert filing.sheets(session, ids) == standing


def test_what_changes_nothing_writes_nothing() -> None:
    article = published()
    filed(article.id, review_on=JUNE)
    with db.reading() as session:
        revision = db.revision(session)
    assert filed(article.id, review_on=JUNE) == {}
    with db.reading() as session:
        assert db.revision(session) == revision
        assert len(people.recorded(session, "article.file")) == 1


def test_a_sheet_changed_since_is_not_undone_nor_are_the_others() -> None:
    first, second = published("Question a\u202f?"), published("Question b\u202f?")
    before = filed(first.id, second.id, review_on=JUNE)
    filed(second.id, internal_note="Entre-temps")
    with pytest.raises(Conflict, match="moved_since"):
        undone(before, review_on=JUNE)
    assert sheet(first.id).review_on == JUNE


def test_a_category_gone_since_is_not_given_back() -> None:
    article = published()
    with db.transaction() as session:
        gone = categories.add(session, people.SYSTEM, name="Avant", now=NOW)
        kept = categories.add(session, people.SYSTEM, name="Après", now=NOW)
    filed(article.id, category_id=gone.id)
    before = filed(article.id, category_id=kept.id)
    with db.transaction() as session:
        categories.remove(session, people.SYSTEM, category_id=gone.id, now=NOW)
    with pytest.raises(NotFound, match="category"):
        undone(before, category_id=kept.id)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"owner_id": 999}, "owner"),
        ({"category_id": 999}, "category"),
        ({"internal_note": "x" * 2_001}, "internal_note"),
        ({"tags": ("",)}, "tag"),
        ({"tags": ("x" * 41,)}, "tag"),
        ({"tags": tuple(f"mot {n}" for n in range(21))}, "tags"),
    ],
)
def test_what_cannot_be_kept_is_refused(fields: dict[str, Any], refusal: str) -> None:
    article = published()
    with pytest.raises((Invalid, NotFound), match=refusal):
        filed(article.id, **fields)
    assert sheet(article.id) == Sheet()


def test_an_owner_has_an_open_account() -> None:
    article, (_, owner) = published(), person()
    with db.transaction() as session:
        people.disable(session, people.SYSTEM, account_id=owner, now=NOW)
        assert filing.owners(session) == []
    with pytest.raises(Invalid, match="owner"):
        filed(article.id, owner_id=owner)


def test_a_reader_of_figures_files_nothing() -> None:
    article, (actor, _) = published(), person(Role.VIEWER)
    with pytest.raises(Forbidden), db.transaction() as session:
        filing.change(session, actor, [article.id], Change(review_on=JUNE), now=NOW)


def test_each_change_of_a_sheet_is_told_in_the_journal_without_the_note() -> None:
    article = published()
    with db.transaction() as session:
        made = categories.add(session, people.SYSTEM, name="Facturation", now=NOW)
    filed(article.id, category_id=made.id, review_on=JUNE, internal_note="Secret", tags=("TVA",))
    with db.reading() as session:
        ((_, _, object_id, detail),) = people.recorded(session, "article.file")
    assert object_id == article.id
    assert detail["fields"] == {
        "category": ["", "Facturation"],
        "review_on": ["", "2026-06-01"],
        "tags": ["", "TVA"],
        "internal_note": None,
    }


def test_readers_find_an_article_by_its_tags_as_long_as_it_has_them() -> None:
    article = published()
    filed(article.id, tags=("Autoliquidation",))
    with db.reading() as session:
        assert [hit.article.id for hit in search.find(session, "autoliquidation")] == [article.id]
    filed(article.id, tags=())
    with db.reading() as session:
        assert search.find(session, "autoliquidation") == []


def test_tags_in_use_are_offered_the_most_frequent_first_in_one_spelling() -> None:
    first, second = published("Question a\u202f?"), published("Question b\u202f?")
    filed(first.id, tags=("prix", "TVA"))
    filed(second.id, tags=("tva",))
    with db.reading() as session:
        assert filing.known_tags(session) == ["TVA", "prix"]
    assert sheet(second.id).tags == ("TVA",)


@given(
    st.lists(st.text("aàÀb -", min_size=1, max_size=5)),
    st.lists(st.text("aàÀb -", min_size=1, max_size=5)),
)
def test_adding_then_removing_tags_leaves_none_of_them(tags: list[str], added: list[str]) -> None:
    before = filing.applied(Sheet(), Change(tags=tuple(tags)))
    after = filing.applied(before, Change(tags_added=tuple(added)))
    keys = {filing.tag_key(name) for name in after.tags}
    assert keys == {filing.tag_key(name) for name in (*tags, *added)}
    assert len(keys) == len(after.tags)
    assert filing.applied(after, Change(tags_removed=after.tags)).tags == ()
