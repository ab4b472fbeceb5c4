"""The categories articles are filed under: two levels, an order, names taken once."""

import pytest

from faq_cms import articles, categories, db, filing, people
from faq_cms.errors import Conflict, Forbidden, Invalid
from faq_cms.models import Article, Category, Role
from faq_cms.people import Actor
from tests.content import NOW, published

pytestmark = pytest.mark.usefixtures("database")


def added(name: str, parent: Category | None = None) -> Category:
    with db.transaction() as session:
        return categories.add(
            session, people.SYSTEM, name=name, parent_id=parent.id if parent else None, now=NOW
        )


def holding(category: Category, question: str) -> Article:
    article = published(question)
    with db.transaction() as session:
        filing.file_under(session, people.SYSTEM, article.id, category_id=category.id, now=NOW)
    return article


def placed(category: Category, parent: Category | None) -> None:
    with db.transaction() as session:
        categories.place(
            session,
            people.SYSTEM,
            category_id=category.id,
            parent_id=parent.id if parent else None,
            now=NOW,
        )


def merged(gone: Category, kept: Category, objective: float | None = None) -> int:
    with db.transaction() as session:
        return categories.merge(
            session,
            people.SYSTEM,
            category_id=gone.id,
            into_id=kept.id,
            objective=objective,
            now=NOW,
        )


def tree() -> dict[str, list[str]]:
    with db.reading() as session:
        return {
            each.category.name: [child.name for child in each.children]
            for each in categories.tree(session)
        }


def test_an_objective_is_a_share() -> None:
    category = added("Facturation")
    with db.transaction() as session:
        categories.set_objective(
            session, people.SYSTEM, category_id=category.id, objective=0.8, now=NOW
        )
    with pytest.raises(Invalid), db.transaction() as session:
        categories.set_objective(
            session, people.SYSTEM, category_id=category.id, objective=1.2, now=NOW
        )
    with db.reading() as session:
        assert [each.objective for each in categories.ordered(session)] == [0.8]


def test_a_tree_has_two_levels_and_the_order_people_gave_it() -> None:
    billing, account = added("Facturation"), added("Compte")
    added("Paiement", billing), added("Relances", billing), added("Accès", account)
    assert tree() == {"Facturation": ["Paiement", "Relances"], "Compte": ["Accès"]}
    with db.transaction() as session:
        categories.shift(session, people.SYSTEM, category_id=account.id, by=-1, now=NOW)
        reminders = categories.ordered(session)[-1]
        categories.shift(session, people.SYSTEM, category_id=reminders.id, by=-9, now=NOW)
        categories.shift(session, people.SYSTEM, category_id=reminders.id, by=-1, now=NOW)
    assert list(tree().items()) == [
        ("Compte", ["Accès"]),
        ("Facturation", ["Relances", "Paiement"]),
    ]


def test_there_is_no_third_level() -> None:
    billing, account = added("Facturation"), added("Compte")
    payment = added("Paiement", billing)
    for category, parent in ((account, payment), (billing, account), (billing, billing)):
        with pytest.raises(Conflict, match="third_level"):
            placed(category, parent)
    with pytest.raises(Conflict, match="third_level"):
        added("SEPA", payment)
    placed(payment, None)
    placed(account, payment)
    assert tree() == {"Facturation": [], "Paiement": ["Compte"]}


def test_a_name_is_taken_once_in_the_whole_tree() -> None:
    billing, account = added("Facturation"), added("Compte")
    payment = added("Paiement", billing)
    assert added("PAIEMENT", account).id == payment.id
    with pytest.raises(Invalid, match="taken"), db.transaction() as session:
        categories.rename(session, people.SYSTEM, category_id=account.id, name="paiement", now=NOW)
    with db.transaction() as session:
        categories.rename(session, people.SYSTEM, category_id=payment.id, name="Règlement", now=NOW)
        assert categories.trail(session, "paiement")[-1].name == "Règlement"


def test_what_readers_see_follows_the_tree() -> None:
    billing, account = added("Facturation"), added("Compte")
    payment = added("Paiement", billing)
    expected = [holding(payment, "C\u202f?"), holding(account, "D\u202f?"), published("E\u202f?")]
    first = holding(billing, "B\u202f?")
    with db.reading() as session:
        found = articles.published(session)
        assert [each.id for each in found] == [first.id, *(each.id for each in expected)]
        assert (found[1].category, found[1].parent) == ("Paiement", "Facturation")
        within = articles.published(session, category="facturation")
        assert [each.id for each in within] == [first.id, expected[0].id]


def test_merged_categories_share_articles_address_and_objective() -> None:
    old, kept, older = added("Factures"), added("Facturation"), added("Anciennes factures")
    article, under = holding(old, "A\u202f?"), added("Paiement", old)
    assert merged(older, old) == 0
    assert merged(old, kept, 0.8) == 1
    assert tree() == {"Facturation": ["Paiement"]}
    with db.reading() as session:
        assert articles.article(session, article.id).category_id == kept.id
        assert categories.category(session, kept.id).objective == 0.8
        for slug in ("factures", "anciennes-factures"):
            assert categories.moved_to(session, slug) == "facturation"
    assert added("Factures").id == kept.id  # an import that still names it
    assert merged(kept, under) == 1  # into one of its own
    assert tree() == {"Paiement": []}
    with pytest.raises(Conflict, match="merge_itself"):
        merged(under, under)


def test_only_an_empty_category_is_deleted() -> None:
    billing = added("Facturation")
    payment = added("Paiement", billing)
    merged(added("Payer"), payment)
    article = holding(payment, "A\u202f?")
    for category in (billing, payment):
        with pytest.raises(Conflict, match="category_in_use"), db.transaction() as session:
            categories.remove(session, people.SYSTEM, category_id=category.id, now=NOW)
    with db.transaction() as session:
        filing.file_under(session, people.SYSTEM, article.id, category_id=None, now=NOW)
        categories.remove(session, people.SYSTEM, category_id=payment.id, now=NOW)
        categories.remove(session, people.SYSTEM, category_id=billing.id, now=NOW)
    assert tree() == {}


def test_only_people_who_steer_change_the_tree() -> None:
    category = added("Facturation")
    with db.transaction() as session:
        link = people.invite(session, people.SYSTEM, role=Role.EDITOR, now=NOW)
        people.use_link(session, link, name="Dominique", password_digest="x", now=NOW)
        account = people.account_named(session, "Dominique")
        editor = Actor(account.id, account.name, account.role)
    for change in (
        lambda session: categories.place(
            session, editor, category_id=category.id, parent_id=None, now=NOW
        ),
        lambda session: categories.shift(session, editor, category_id=category.id, by=1, now=NOW),
        lambda session: categories.remove(session, editor, category_id=category.id, now=NOW),
        lambda session: categories.merge(
            session, editor, category_id=category.id, into_id=0, objective=None, now=NOW
        ),
    ):
        with pytest.raises(Forbidden), db.transaction() as session:
            change(session)
