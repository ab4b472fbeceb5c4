"""What makes an import idempotent: the identity of an entry, the fingerprint of its source."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms.imports import Entry, fingerprint, key


def entry(asked: str, **fields: object) -> Entry:
    made = Entry(asked, "Par virement.", "Facturation", (), 1)
    return dataclasses.replace(made, **fields)  # type: ignore[arg-type]  # each test names real fields


@pytest.mark.parametrize(
    "same",
    [
        "comment puis-je payer l'abonnement ?", "Comment puis-je payer l’abonnement\u202f?",
        "COMMENT PUIS-JE PAYER L’ABONNEMENT", "  Comment  puis-je payer\u00a0l'abonnement… ",
        "Comment puis\u2011je payer « l’abonnement » ?",
    ],
)  # fmt: skip
def test_case_spaces_apostrophes_and_punctuation_do_not_change_a_question(same: str) -> None:
    assert key(entry(same)) == key(entry("Comment puis-je payer l'abonnement ?"))


def test_decomposed_accents_do_not_change_a_question() -> None:
    assert key(entry("Re\u0301gler ?")) == key(entry("Régler ?"))


@pytest.mark.parametrize(("one", "other"), [("Payer ?", "Payé ?"), ("Où ?", "Ou ?"), ("?", "!")])
def test_other_letters_make_another_question(one: str, other: str) -> None:
    assert key(entry(one)) != key(entry(other))


def test_an_external_id_is_the_identity_and_is_never_taken_for_a_question() -> None:
    assert key(entry("Un ?", external_id="42")) == key(entry("Deux ?", external_id="42"))
    assert key(entry("Un ?", external_id="42")) != key(entry("42"))
    assert key(entry("id:42")) != key(entry("Un ?", external_id="42"))


@given(st.text(min_size=1))
def test_every_question_has_an_identity(question: str) -> None:
    assert key(entry(question))


@pytest.mark.parametrize(
    "change", [{"question": "Autre ?"}, {"answer": "Autre."}, {"wordings": ("Autre ?",)}]
)
def test_the_fingerprint_changes_with_what_readers_see(change: dict[str, object]) -> None:
    assert fingerprint(entry("Un ?", **change)) != fingerprint(entry("Un ?"))


@pytest.mark.parametrize(
    "change", [{"category": None}, {"line": 9}, {"external_id": "9"}, {"answer": "Par virement.\n"}]
)
def test_the_fingerprint_ignores_where_a_text_is_filed(change: dict[str, object]) -> None:
    assert fingerprint(entry("Un ?", **change)) == fingerprint(entry("Un ?"))


def test_the_fingerprint_tells_fields_apart() -> None:
    assert fingerprint(entry("a", answer="b c")) != fingerprint(entry("a b", answer="c"))


def test_the_fingerprint_never_changes_between_releases() -> None:
    """It is stored: another value would make every imported article look modified."""
    assert fingerprint(entry("Comment payer ?")).startswith("3dee7d1c87b97a03")
