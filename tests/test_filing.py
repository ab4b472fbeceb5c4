"""Where an article is filed, and the address it is read at."""

import pytest

from faq_cms import articles, db, filing, people
from faq_cms.errors import Invalid
from tests.content import NOW, published

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
