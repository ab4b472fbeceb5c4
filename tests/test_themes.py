"""Themes are expressions readers use, found in what is neither erased nor masked."""

import re
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq_cms import personal_data, themes
from faq_cms.words import fold

FILLERS = (
    "Je cherche.",
    "Pas clair du tout.",
    "Merci beaucoup",
    "C’est faux.",
    "Trop long à lire !",
)
NUMBER = ("Où est le numéro de commande ?", "numero de la commande introuvable")
PAYING = ("Quel est le délai de paiement ?", "le délai du paiement manque")
SECRETS = ("jeanne.martin@example.org", "06 12 34 56 78", "BE71 0961 2345 6769")


def corpus(*told: tuple[str, ...], times: int = 10, filler: int = 60) -> list[str]:
    """Remarks in which each of `told` is said `times` times, in its two ways, among others."""
    said = [words for pair in told for words in pair for _ in range(times // 2)]
    return said + [FILLERS[n % len(FILLERS)] for n in range(filler)]


def labels(texts: list[str]) -> list[str]:
    return [theme.label for theme in themes.themes(texts)]


def test_an_expression_is_one_theme_however_it_is_written() -> None:
    texts = corpus(NUMBER, PAYING)
    found = {theme.label: theme.found for theme in themes.themes(texts)}
    assert found["numéro de commande"] == tuple(range(10))
    assert found["délai de paiement"] == tuple(range(10, 20))


@pytest.mark.parametrize(("remarks", "expected"), [(49, False), (50, True)])
def test_under_fifty_remarks_they_are_read_and_not_summed_up(remarks: int, expected: bool) -> None:
    texts = corpus(NUMBER, filler=remarks - 10)
    assert len(texts) == remarks
    assert ("numéro de commande" in labels(texts)) is expected


def test_erased_remarks_are_not_among_the_fifty() -> None:
    assert labels(corpus(NUMBER, filler=39) + [""] * 30) == []


def test_what_few_people_say_tells_who_they_are_and_is_no_theme() -> None:
    assert "numéro de commande" not in labels(corpus(NUMBER, times=4))


def test_words_side_by_side_by_chance_are_no_expression() -> None:
    texts = [
        f"{first} {second}" for first in ("facture", "adresse") for second in ("lundi", "mardi")
    ]
    assert all(" " not in label for label in labels(texts * 30))


def test_a_theme_within_another_is_told_once() -> None:
    told = labels(corpus(NUMBER))
    assert [label for label in told if "commande" in label or "numéro" in label] == [
        "numéro de commande"
    ]


def test_politeness_is_nobody_s_subject() -> None:
    assert labels(["Bonjour, merci pour cette page, cordialement"] * 60) == []


def test_a_theme_leads_to_the_remarks_that_hold_it_and_its_name_is_its_own() -> None:
    texts = corpus(NUMBER, PAYING)
    found = themes.themes(texts)
    assert len({theme.label for theme in found}) == len(found)
    for theme in found:
        first = fold(theme.label).split()[0][:4]
        assert all(first in fold(texts[place]) for place in theme.found)


REMARK = st.lists(
    st.sampled_from([*NUMBER, *PAYING, *FILLERS, *SECRETS, "Martin", "appelez"]), max_size=4
)


@settings(max_examples=40)
@given(st.lists(REMARK.map(" ".join), min_size=50, max_size=80))
def test_themes_cite_nothing_masked_or_erased(texts: list[str]) -> None:
    kept = ["" if len(text) % 7 == 0 else text for text in texts]
    open_words = {
        word for text in kept for word in re.findall(r"[^\W_]+", personal_data.mask(text).lower())
    }
    for theme in themes.themes(kept):
        assert set(re.findall(r"[^\W_]+", theme.label)) <= open_words
        assert personal_data.MASK not in theme.label
        assert all(kept[place] for place in theme.found)
        assert not any(re.search(secret.split("@")[0], theme.label) for secret in SECRETS)


@given(st.lists(st.text(max_size=30), min_size=50, max_size=60))
def test_any_texts_have_themes_that_hold_together(texts: list[str]) -> None:
    for theme in themes.themes(texts):
        assert theme.label
        assert len(theme.found) >= themes.MINIMUM_SUPPORT
        assert sorted(set(theme.found)) == list(theme.found)
    assert themes.themes(texts) == themes.themes(texts)


def test_the_association_of_two_words_is_dunning_s() -> None:
    """In 100 remarks: 20 hold one word, 15 the other, 10 both; by chance 3 would."""
    by_hand = 10 * log(10 / 3) + 10 * log(10 / 17) + 5 * log(5 / 12) + 75 * log(75 / 68)
    assert themes._log_likelihood(10, 20, 15, 100) == pytest.approx(2 * by_hand)
    assert themes._log_likelihood(3, 20, 15, 100) == pytest.approx(0)
