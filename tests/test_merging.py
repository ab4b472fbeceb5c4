"""Two texts that began as one: both sides are in the whole, and what clashes waits for a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import merging
from faq_cms.merging import Choice, Passage

BASE = "Payez par virement.\n\nLe délai est de 30 jours."

texts = st.lists(
    st.sampled_from(["payez", "virement", "délai", "jours", "30", ".", " ", "\n", "l’IBAN"]),
    max_size=14,
).map("".join)


def clashes(base: str, theirs: str, mine: str) -> list[Passage]:
    return [each for each in merging.passages(base, theirs, mine) if each.is_clash]


def test_changes_in_different_places_are_joined() -> None:
    theirs = BASE.replace("virement", "domiciliation")
    mine = BASE.replace("30 jours", "60 jours")
    found = merging.passages(BASE, theirs, mine)
    assert not any(each.is_clash for each in found)
    assert merging.joined(found) == BASE.replace("virement", "domiciliation").replace("30", "60")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice.THEIRS, "Payez par chèque."),
        (Choice.MINE, "Payez par carte."),
        (Choice.BOTH, "Payez par chèquecarte."),
    ],
)
def test_one_word_changed_by_both_waits_for_a_choice(choice: Choice, expected: str) -> None:
    found = merging.passages("Payez par virement.", "Payez par chèque.", "Payez par carte.")
    assert [each for each in found if each.is_clash] == [Passage("virement", "chèque", "carte")]
    with pytest.raises(ValueError, match="choice"):
        merging.joined(found)
    assert merging.joined(found, lambda _: choice) == expected


def test_two_additions_at_one_place_can_both_be_kept() -> None:
    found = merging.passages(BASE, f"{BASE} Elle.", f"{BASE} Lui.")
    assert merging.joined(found, lambda _: Choice.BOTH) == f"{BASE} Elle. Lui."


def test_the_same_change_on_both_sides_is_nobodys_clash() -> None:
    same = BASE.replace("30", "45")
    found = merging.passages(BASE, same, f"{same}\nFin.")
    assert merging.joined(found) == f"{same}\nFin."


def test_lists_keep_what_either_added_and_lose_what_either_removed() -> None:
    assert merging.lines(("a", "b", "c"), ("a", "c", "d"), ("a", "b", "e")) == ("a", "d", "e")


@given(texts, texts, texts)
def test_passages_hold_the_three_texts_whole(base: str, theirs: str, mine: str) -> None:
    found = merging.passages(base, theirs, mine)
    assert "".join(each.base for each in found) == base
    assert "".join(each.theirs for each in found) == theirs
    assert "".join(each.mine for each in found) == mine


@given(texts, texts)
def test_a_side_that_changed_nothing_leaves_the_other_as_it_is(base: str, changed: str) -> None:
    for theirs, mine in ((base, changed), (changed, base), (changed, changed)):
        assert merging.joined(merging.passages(base, theirs, mine)) == changed


@given(texts, texts, texts)
def test_who_comes_first_changes_nothing(base: str, theirs: str, mine: str) -> None:
    one, other = merging.passages(base, theirs, mine), merging.passages(base, mine, theirs)
    assert [each.is_clash for each in one] == [each.is_clash for each in other]
    if not any(each.is_clash for each in one):
        assert merging.joined(one) == merging.joined(other)
    assert merging.joined(one, lambda _: Choice.THEIRS) == merging.joined(
        other, lambda _: Choice.MINE
    )
