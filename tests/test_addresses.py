"""Public addresses: plain words, taken once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import addresses
from tests.content import published

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("Comment payer\u202f?", "comment-payer"),
        ("Où est l’œuvre d’été\u00a0?", "ou-est-l-oeuvre-d-ete"),
        ("¿¿¿", "article"),
        ("ÀÉÎ", "aei"),
        ("mot " * 60, "-".join(["mot"] * 20)),
    ],
)
def test_an_address_is_made_of_plain_words(question: str, slug: str) -> None:
    assert addresses.slugify(question) == slug


@given(st.text(max_size=300))
def test_any_question_makes_a_safe_short_address(question: str) -> None:
    slug = addresses.slugify(question)
    assert 0 < len(slug) <= addresses.SLUG_MAX
    assert slug.replace("-", "").isalnum()
    assert slug.isascii()


def test_two_articles_of_one_question_have_two_addresses() -> None:
    assert published().slug == "comment-payer-ma-facture"
    assert published().slug == "comment-payer-ma-facture-2"
