"""The categories articles are filed under."""

import pytest

from faq_cms import categories, db, people
from faq_cms.errors import Invalid
from tests.content import NOW

pytestmark = pytest.mark.usefixtures("database")


def test_an_objective_is_a_share() -> None:
    with db.transaction() as session:
        category = categories.add(session, people.SYSTEM, name="Facturation", now=NOW)
        categories.set_objective(
            session, people.SYSTEM, category_id=category.id, objective=0.8, now=NOW
        )
    with pytest.raises(Invalid), db.transaction() as session:
        categories.set_objective(
            session, people.SYSTEM, category_id=category.id, objective=1.2, now=NOW
        )
    with db.reading() as session:
        assert [each.objective for each in categories.ordered(session)] == [0.8]
