"""Personal data are recognised as people write them; what only looks like them is left alone."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir

from faq_cms import personal_data
from faq_cms.personal_data import MASK, Kind

EMAILS = [
    f"{name}@{host}"
    for name in ("jeanne.martin", "j+faq", "compta_12", "zoé", "a", "m-c.dupont")
    for host in ("example.org", "mail.example.be", "sous.domaine.example.fr")
]
# Documentation ranges do not pass a validity check: these are well-formed, not anybody's we know.
PHONES = [
    form
    for head, tail in (("6", "12 34 56 78"), ("1", "42 68 53 00"), ("7", "51 23 45 67"))
    for form in (
        f"0{head} {tail}",
        f"0{head}{tail}".replace(" ", ""),
        f"0{head} {tail}".replace(" ", "."),
        f"0{head} {tail}".replace(" ", "-"),
        f"+33 {head} {tail}",
        f"+33{head}{tail}".replace(" ", ""),
        f"0033 {head} {tail}",
        f"0{head}\u00a0{tail}".replace(" ", "\u00a0"),
    )
] + [
    "02 555 12 12",
    "02/555.12.12",
    "0475 12 34 56",
    "0475/12.34.56",
    "+32 475 12 34 56",
    "+32475123456",
    "+32 2 555 12 12",
]
IBANS = [
    form
    for bare in (
        "FR1420041010050500013M02606",
        "FR7630006000011234567890189",
        "BE68539007547034",
        "BE71096123456769",
        "LU280019400644750000",
        "DE89370400440532013000",
        "NL91ABNA0417164300",
    )
    for form in (bare, " ".join(bare[i : i + 4] for i in range(0, len(bare), 4)), bare.lower())
]
NIRS = [
    form
    for head in (
        "2 55 08 14 168 025",
        "1 84 12 75 111 003",
        "2 69 05 49 588 157",
        "1 90 03 2A 004 120",
    )
    for bare in [head.replace(" ", "")]
    for key in [nir.calc_check_digits(bare)]
    for form in (f"{head} {key}", f"{bare}{key}")
]
NISSES = [
    form
    for head in ("850730033", "930518223", "680102117", "991231001", "720229055", "450615321")
    for bare in [head + f"{97 - int(head) % 97:02d}"]
    for form in (
        bare,
        f"{bare[:2]}.{bare[2:4]}.{bare[4:6]}-{bare[6:9]}.{bare[9:]}",
        f"{bare[:6]} {bare[6:9]} {bare[9:]}",
    )
]
COMPANIES = ["0403.170.701", "BE0403170701", "BE 0403.170.701", "be 0403 170 701"]

POSITIVES: Final = [
    *((text, Kind.EMAIL) for text in EMAILS),
    *((text, Kind.PHONE) for text in PHONES),
    *((text, Kind.IBAN) for text in IBANS),
    *((text, Kind.NATIONAL_NUMBER) for text in NIRS + NISSES),
    *((text, Kind.COMPANY_NUMBER) for text in COMPANIES),
]

LOOK_ALIKES: Final = [
    *(
        f"facture {prefix}{number}"
        for prefix in ("", "n° ", "FAC-", "F2026-")
        for number in ("000123", "4500123456", "20260031")
    ),
    *(
        f"commande {number}"
        for number in ("4501234567", "7000012345", "PO-88812", "4500 123 456", "123456789012")
    ),
    *(
        f"le {day}"
        for day in ("01/02/2026", "31.12.2025", "2026-03-02", "1er mars 2026", "02-03-26")
    ),
    *(f"{amount} €" for amount in ("1 234,56", "12 000", "1\u202f234\u202f567,89", "0,10")),
    *("FR7630006000011234567890188", "BE68539007547035", "FR76 3000 6000 0112 3456 7890 180"),
    *("2 55 08 14 168 025 39", "255081416802539", "85073003329", "85.07.30-033.29"),
    *("0403.170.702", "1234567890", "1234567890123", "12345678901234567890"),
    *("R-7K2M9QXA", "article 12", "version 3.11.7", "192.168.0.1", "75008 Paris", "1000 Bruxelles"),
    *(
        "@example",
        "a@b",
        "écrire à compta@",
        "moi @ exemple . fr",
        "https://example.org/a?b=1234567890",
    ),
    *(
        "de 9 h à 17 h 30",
        "24/24, 7/7",
        "TVA 21 %",
        "art. 289 du CGI",
        "ISO 20022",
        "EN 16931",
        "code 12345",
    ),
    *(f"étape {n} sur {n + 3}" for n in range(1, 40)),
    *(f"facture 2026-{n:05d} de {n} 450,00 €" for n in range(1, 40)),
]


@pytest.mark.parametrize(("text", "kind"), POSITIVES)
@pytest.mark.parametrize(
    "around", ["{}", "Appelez-moi\u202f: {}, merci.", "Mon numéro est {} depuis 2024"]
)
def test_personal_data_are_found_wherever_they_stand(text: str, kind: Kind, around: str) -> None:
    whole = around.format(text)
    (found,) = personal_data.find(whole)
    assert (whole[found.start : found.end], found.kind) == (text, kind)


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_looks_like_them_is_left_alone(text: str) -> None:
    assert personal_data.find(text) == []
    assert personal_data.mask(text) == text


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len(POSITIVES) >= 100
    assert len(LOOK_ALIKES) >= 100


def test_masking_hides_each_and_keeps_the_rest() -> None:
    text = "Jeanne, 06 12 34 56 78 ou jeanne@example.org, facture 4500123456."
    masked = personal_data.mask(text)
    assert (
        masked
        == f"Jeanne, {MASK * 2} {MASK * 2} {MASK * 2} {MASK * 2} {MASK * 2} ou {MASK * 6}@{MASK * 7}.{MASK * 3}, facture 4500123456."
    )


@given(st.text(max_size=300))
def test_masking_any_text_keeps_its_length_and_leaves_nothing_to_find(text: str) -> None:
    masked = personal_data.mask(text)
    assert len(masked) == len(text)
    assert personal_data.find(masked) == []


@pytest.mark.parametrize(
    "piece", ["1 ", "a@", "a.", "FR76 ", "0", "+33", "BE68 5390 ", "a@a.", "(", "2-"]
)
def test_a_hostile_text_costs_what_any_text_does(piece: str) -> None:
    assert isinstance(personal_data.find((piece * 2000)[:2000]), list)
