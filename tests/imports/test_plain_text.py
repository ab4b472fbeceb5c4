"""Plain-text FAQ documents: every way of typing `Q : / R :` that people have."""

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import errors, imports
from faq_cms.imports import Document

SEED = Path(__file__).parents[3] / "shared" / "seed" / "faq_facturation.txt"


def read(text: str | bytes) -> Document:
    data = text.encode() if isinstance(text, str) else text
    return imports.read(data, name="faq.txt")


def codes(document: Document) -> list[str]:
    return [warning.code for entry in document.entries for warning in entry.warnings]


# -- the real document -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed() -> Document:
    if not SEED.exists():
        pytest.skip("the real document is not beside this clone")
    return imports.read(SEED.read_bytes(), name=SEED.name)


def test_the_real_document_has_ten_entries_each_with_an_answer(seed: Document) -> None:
    assert len(seed.entries) == 10
    assert all(entry.question.endswith("?") and entry.answer for entry in seed.entries)


def test_the_real_document_masks_six_addresses_on_three_entries(seed: Document) -> None:
    assert Counter(codes(seed)) == {"masked_address": 6, "missing_answer_mark": 1}
    masked = [
        entry for entry in seed.entries if "masked_address" in {w.code for w in entry.warnings}
    ]
    assert len(masked) == 3


def test_the_real_documents_last_answer_ends_before_the_widget(seed: Document) -> None:
    assert [(found.code, found.line) for found in seed.warnings] == [("widget_text", 22)]
    assert seed.entries[-1].answer.endswith("tout numéro de commande.")


@pytest.mark.parametrize(
    ("encoding", "form"),
    [
        *((encoding, "NFC") for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "cp1252")),
        *((encoding, "NFD") for encoding in ("utf-8", "utf-16-be")),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_real_document_is_the_same_in_every_encoding(
    seed: Document, encoding: str, form: Literal["NFC", "NFD"], line_end: str
) -> None:
    text = unicodedata.normalize(form, SEED.read_text("utf-8")).replace("\n", line_end)
    assert read(text.encode(encoding)) == seed


# -- marks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mark",
    [
        "Q :", "Q:", "Q\u00a0:", "Q\u202f:", "q :", "Q.", "Q)", "Q –", "Q -", "Q1 :", "Q 12 :", "Q1.",
        "Q n° 3 :", "Q n°3 :", "1. Q :", "2) Q :", "(3) Q :", "4 - Q :", "12 Q :", "Question :",
        "QUESTION :", "question :", "Question\u00a0:", "Question 4 :", "Question n° 4 –", "Question.",
        "**Q :**", "**Q** :", "**Q :", "__Q :__", "*Q :*", "***Q :***", "**Question 2 :**",
        "## Q :", "### **Q1 :**", "- Q :", "• Q :", "> Q :", "  Q :", "\tQ :", "\u00a0Q :", "Q：",
        "1. **Q :**", "- **Question :**", "\ufeffQ :", "\u200bQ :", "\x1b[1mQ :\x1b[0m",
    ],
)  # fmt: skip
def test_a_question_may_be_marked(mark: str) -> None:
    document = read(f"{mark} Comment payer ?\nR : Par virement.\n")
    assert [(entry.question, entry.answer) for entry in document.entries] == [
        ("Comment payer ?", "Par virement.")
    ]
    assert not codes(document)
    assert not document.warnings


@pytest.mark.parametrize(
    "mark",
    [
        "R :", "R:", "R\u00a0:", "R\u202f:", "r :", "R.", "R)", "R –", "R1 :", "Réponse :",
        "RÉPONSE :", "Reponse :", "réponse\u00a0:", "Réponse 3 :", "Réponse n° 3 :", "Rép. :", "Rép :",
        "**R :**", "**Réponse :**", "**R** :", "__R :__", "- R :", "### R :", "A:", "Answer:",
        "Re\u0301ponse :",
    ],
)  # fmt: skip
def test_an_answer_may_be_marked(mark: str) -> None:
    document = read(f"Q : Comment payer ?\n{mark} Par virement.\n")
    assert [(entry.question, entry.answer) for entry in document.entries] == [
        ("Comment payer ?", "Par virement.")
    ]
    assert not codes(document)


@pytest.mark.parametrize(
    "line",
    [
        "Quand payer ?", "Quelle question : la bonne.", "Question de confiance.", "QR code : scannez.",
        "Qui : le client.", "Q", "Q Comment payer ?", "La question : combien ?", "FAQ : facturation",
    ],
)  # fmt: skip
def test_a_line_that_only_looks_like_a_question_is_text(line: str) -> None:
    document = read(f"Q : Une question ?\nR : Début.\n{line}\n")
    assert len(document.entries) == 1
    assert line in document.entries[0].answer


@pytest.mark.parametrize(
    "line", ["R. Dupont vous répond.", "R : deuxième réponse", "A. Martin aussi.", "Rép. : voir."]
)
def test_an_answer_mark_inside_an_answer_is_text(line: str) -> None:
    (entry,) = read(f"Q : Qui répond ?\nR : Quelqu’un.\n{line}\n").entries
    assert entry.answer == f"Quelqu’un.\n\n{line}"


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("Q : Un ?\nR :\nDeux.", "Un ?", "Deux."),
        ("Q : Un ?\n\nR :\n\n\nDeux.", "Un ?", "Deux."),
        ("Q :\nUn ?\nR : Deux.", "Un ?", "Deux."),
        ("Q : Un\nou deux ?\nR : Trois.", "Un ou deux ?", "Trois."),
        ("Q : Un ?\nPlus précisément ?\nR : Trois.", "Un ? Plus précisément ?", "Trois."),
        ("Q : Un ? R : Deux.", "Un ?", "Deux."),
        ("**Q : Un ?** **R :** Deux.", "Un ?", "Deux."),
        ("**Q : Un ?**\n**R : Deux.**", "Un ?", "**Deux.**"),
        ("## Q : Un ? ##\nR : Deux.", "Un ? ##", "Deux."),
        ("Q : Le code __X__ ?\nR : Deux.", "Le code X ?", "Deux."),
        ("Q : Payer en € ?\r\nR : Oui.\r\n", "Payer en € ?", "Oui."),
    ],
)
def test_where_the_question_ends_and_the_answer_starts(
    text: str, question: str, answer: str
) -> None:
    assert [(entry.question, entry.answer) for entry in read(text).entries] == [(question, answer)]


@pytest.mark.parametrize(
    ("text", "question", "answer", "line"),
    [
        ("Q : Un ?\nDeux.", "Un ?", "Deux.", 2),
        ("Q : Un\nou deux ?\nTrois.", "Un ou deux ?", "Trois.", 3),
        ("Q : Un\u202f?\u202f»\n\n\nDeux.", "Un\u202f?\u202f»", "Deux.", 4),
        ("Q : Nos tarifs\nIls sont publics.", "Nos tarifs", "Ils sont publics.", 2),
        ("Q :\nUn ?\nDeux.", "Un ?", "Deux.", 3),
        ("Q : Nos tarifs\n\nIls sont publics. Et vous ?", "Nos tarifs",
         "Ils sont publics. Et vous ?", 3),
        ("Q : Un ?\nDeux.\n\nTrois ?", "Un ?", "Deux.\n\nTrois ?", 2),
    ],
)  # fmt: skip
def test_an_answer_without_a_mark_starts_after_the_question(
    text: str, question: str, answer: str, line: int
) -> None:
    (entry,) = read(text).entries
    assert (entry.question, entry.answer) == (question, answer)
    assert [(found.code, found.line) for found in entry.warnings] == [("missing_answer_mark", line)]


# -- what surrounds the questions ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("Catégorie : Facturation\nQ : a ?\nR : b", ["Facturation"]),
        ("Rubrique\u00a0: Facturation\n\nQ : a ?\nR : b", ["Facturation"]),
        ("**Thème :** Facturation\nQ : a ?\nR : b", ["Facturation"]),
        (
            "## Facturation\nQ : a ?\nR : b\n\n## Compte\n\nQ : c ?\nR : d",
            ["Facturation", "Compte"],
        ),
        ("# FAQ de facturation\n\n## Devis ##\n\nQ : a ?\nR : b", ["Devis"]),
        ("# Foire aux questions\n\nQ : a ?\nR : b", [None]),
        ("Catégorie : Devis\nQ : a ?\nR : b\nQ : c ?\nR : d", ["Devis", "Devis"]),
        ("Q : a ?\nR : b\n## Remarque\nTexte.", [None]),
        ("Q : a ?\nR : b\nCatégorie : c’est un mot.\nTexte.", [None]),
    ],
)
def test_a_title_before_a_question_is_its_category(text: str, categories: list[str | None]) -> None:
    document = read(text)
    assert [entry.category for entry in document.entries] == categories
    assert not document.warnings


def test_text_before_the_first_question_is_left_aside_and_reported() -> None:
    document = read("Bonjour,\nvoici la FAQ.\n\nQ : a ?\nR : b")
    assert [(found.code, found.line) for found in document.warnings] == [("ignored_text", 1)]
    assert [entry.answer for entry in document.entries] == ["b"]


def test_a_table_of_contents_is_left_aside() -> None:
    document = read("Q : a ?\nQ : b ?\n\nQ : a ?\nR : Oui.\nQ : b ?\nR : Non.")
    assert [(entry.question, entry.answer, entry.line) for entry in document.entries] == [
        ("a ?", "Oui.", 4),
        ("b ?", "Non.", 6),
    ]
    assert not codes(document)
    assert [(found.code, found.line) for found in document.warnings] == [("table_of_contents", 1)]


@pytest.mark.parametrize(
    "widget",
    [
        "Cet article a-t-il été utile ?",
        "Cet article a-t-il été utile\u202f?\n\nOui\nNon",
        "CET ARTICLE A-T-IL ÉTÉ UTILE ? Oui Non",
        "Cet article vous a-t-il été utile ?\nOui / Non",
        "C’est super !\nMerci pour votre commentaire",
        "Désolé ! Nous n’avons pas pu vous être utile\n\nMerci pour votre commentaire",
    ],
)
def test_the_words_of_a_widget_end_an_answer(widget: str) -> None:
    document = read(f"Q : a ?\nR : b\n\n{widget}\n\nQ : c ?\nR : d\n{widget}\n")
    assert [entry.answer for entry in document.entries] == ["b", "d"]
    assert [found.code for found in document.warnings] == ["widget_text", "widget_text"]


@pytest.mark.parametrize(
    "sentence", ["Merci pour votre commentaire", "C’est super !", "Oui", "Non"]
)
def test_one_sentence_of_thanks_is_an_authors(sentence: str) -> None:
    document = read(f"Q : a ?\nR :\n{sentence}\n")
    assert [entry.answer for entry in document.entries] == [sentence]
    assert not document.warnings


# -- findings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mask",
    [
        "[email protected]", "[email\u00a0protected]", "[Email Protected]", "[e-mail protégé]",
        "[courriel protégé]", "[adresse e-mail protégée]", "[ email protected ]",
    ],
)  # fmt: skip
def test_each_masked_address_is_reported_on_its_line(mask: str) -> None:
    (entry,) = read(f"Q : À qui écrire ?\nR : À {mask}\n\nou à {mask}.").entries
    assert [(found.code, found.line) for found in entry.warnings] == [
        ("masked_address", 2),
        ("masked_address", 4),
    ]


def test_a_mask_cut_by_a_line_end_is_reported_once() -> None:
    (entry,) = read("Q : À qui écrire ?\nR : À [email\nprotected].").entries
    assert [(found.code, found.line) for found in entry.warnings] == [("masked_address", 2)]


def test_a_question_without_answer_is_kept_and_reported() -> None:
    document = read("Q : a ?\nR :\n\nQ : b ?\nQ : c ?\nR : d")
    assert [(entry.question, entry.answer) for entry in document.entries] == [
        ("a ?", ""),
        ("b ?", ""),
        ("c ?", "d"),
    ]
    assert codes(document) == ["empty_answer", "empty_answer"]


def test_a_mark_without_question_is_reported_on_the_document() -> None:
    document = read("Q : a ?\nR : b\nQ :\nR : c")
    assert [entry.question for entry in document.entries] == ["a ?"]
    assert [(found.code, found.line) for found in document.warnings] == [("empty_question", 3)]


def test_the_same_question_again_is_reported_with_the_line_of_the_first() -> None:
    document = read("Q : L’adresse ?\nR : Ici.\n\nQ : l'adresse\u202f?\nR : Là.")
    assert [[found.code for found in entry.warnings] for entry in document.entries] == [
        [],
        ["duplicate"],
    ]
    assert "ligne\u00a01" in document.entries[1].warnings[0].message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("\n\n", 1),
        ("\n\nUn guide sans question.\nSuite.", 3),
        ("# Guide\n\n## Étapes\n", 1),
        ("R : une réponse sans question", 1),
        ("Q :\nR :\n", 1),
    ],
)
def test_a_document_without_question_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(errors.NothingToImport) as refused:
        read(text)
    assert (refused.value.name, refused.value.line) == ("faq.txt", line)


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(errors.TooLarge):
        read(b" " * (imports.MAX_BYTES + 1))
    with pytest.raises(errors.Invalid):
        read("\n" * (imports.MAX_LINES + 1))
    with pytest.raises(errors.Invalid):
        read("Q : a ?\n" * (imports.MAX_ENTRIES + 1))


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(errors.Invalid):
        imports.read(b"Q : a ?\nR : b", name="faq.txt", format="papyrus")


# -- properties ------------------------------------------------------------------------------------

_MARKS = st.sampled_from(
    [
        "Q : ",
        "R : ",
        "**Q :** ",
        "Question 2 : ",
        "Réponse :\n",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "# ",
        "    ",
    ]
)
_SOUP = st.lists(st.one_of(_MARKS, st.text(max_size=20))).map("".join)


@given(st.binary(max_size=400))
def test_any_bytes_give_a_document_or_the_error_of_the_package(data: bytes) -> None:
    try:
        document = read(data)
    except errors.NothingToImport:
        return
    assert document.entries


@given(_SOUP, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
def test_any_text_gives_clean_entries_in_order(text: str, encoding: str) -> None:
    try:
        document = read(text.encode(encoding, errors="replace"))
    except errors.NothingToImport:
        return
    lines = [entry.line for entry in document.entries]
    assert lines == sorted(set(lines))
    for entry in document.entries:
        assert entry.question
        assert entry.question == entry.question.strip()
        assert "\n" not in entry.question
        assert "\x00" not in entry.answer
        assert unicodedata.is_normalized("NFC", entry.question + "\n" + entry.answer)


@pytest.mark.parametrize(
    "hostile",
    [
        b"Q" + b" " * 10**6, b"# " * 10**6, b"(" * 10**6, b"> " * 10**6, b"Q : a" + b"?" * 10**6 + b"x",
        b"Q : a ?\nR : " + b"- " * 10**6 + b"x", b"Q : a ?\nR : " + b"[email " * 10**5,
        b"Rubrique :" + b" " * 10**6, b"\x1b[" + b"0" * 10**6,
        "é".encode() + b"\xe9" * 10**6, b"a" + "\u0301\u0323".encode() * 10**5,
    ],
    ids=lambda data: repr(data[:16]),
)  # fmt: skip
@pytest.mark.timeout(60)
def test_no_shape_of_document_takes_more_than_linear_time(hostile: bytes) -> None:
    """Quadratic time on any of these is hours, not seconds: the limit is no measure of speed."""
    try:
        document = read(hostile)
    except errors.NothingToImport:
        return
    assert len(document.entries) == 1
