"""XLSX workbooks, written here by openpyxl as people fill them in, and by hands that mean harm."""

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq_cms import errors, french, imports
from faq_cms.imports import Document

Rows = Sequence[Sequence[Any]]


def workbook(sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read(sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> Document:
    return imports.read(workbook(sheets, hidden), name="faq.docx")  # the wrong extension


def pairs(document: Document) -> list[tuple[str | None, str, str]]:
    return [(entry.category, entry.question, entry.answer) for entry in document.entries]


AT_NINE = dt.datetime(2026, 3, 1, 9)  # noqa: DTZ001 — a sheet knows no time zone
QUESTION = ("Question", "Réponse")


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ({"Feuil1": [QUESTION, ("Où payer ?", "Au guichet.")]}, [(None, "Où payer ?", "Au guichet.")]),
        (  # a title, a date and a blank row above the header
            {"FAQ": [("FAQ du service",), (dt.date(2026, 3, 1),), (), ("N°", *QUESTION), (1, "Où ?", "Ici.")]},
            [(None, "Où ?", "Ici.")],
        ),
        (  # one sheet a category, one that is no FAQ
            {
                "Paiement": [QUESTION, ("Comment payer ?", "Par carte.")],
                "Retours": [QUESTION, ("Combien de jours ai-je ?", 14)],
                "Tarifs": [("Produit", "Prix"), ("Carnet", 3.5)],
            },
            [("Paiement", "Comment payer ?", "Par carte."), ("Retours", "Combien de jours ai-je ?", "14")],
        ),
        (  # cells merged over their group
            {"Export": [("Thème", *QUESTION), ("Prêt", "Combien ?", "Dix."), (None, "Quand ?", "Le soir."),
                        ("Salle", "Où ?", "En bas.")]},
            [("Prêt", "Combien ?", "Dix."), ("Prêt", "Quand ?", "Le soir."), ("Salle", "Où ?", "En bas.")],
        ),
        (  # a row that is a title
            {"Feuil1": [QUESTION, ("HORAIRES",), ("Quand ouvrez-vous ?", dt.time(9, 30))]},
            [("HORAIRES", "Quand ouvrez-vous ?", "09:30")],
        ),
        (  # nothing named
            {"Feuil1": [("Est-ce gratuit ?", "Oui, pour tous."), ("Faut-il s’inscrire ?", "Non.")]},
            [(None, "Est-ce gratuit ?", "Oui, pour tous."), (None, "Faut-il s’inscrire ?", "Non.")],
        ),
        (  # what a cell holds is shown as the sheet shows it
            {"Feuil1": [QUESTION, ("Quel taux ?", 5.5), ("Depuis quand ?", AT_NINE),
                        ("Est-ce vrai ?", True)]},
            [(None, "Quel taux ?", "5,5"), (None, "Depuis quand ?", "01/03/2026 09:00"),
             (None, "Est-ce vrai ?", "Oui")],
        ),
        (  # lines and lists in a cell
            {"Feuil1": [QUESTION, ("Que joindre ?", "Au choix :\n- un badge\n- une carte")]},
            [(None, "Que joindre ?", "Au choix :\n\n- un badge\n- une carte")],
        ),
        (  # two languages
            {"Feuil1": [("Question (FR)", "Question (NL)", "Réponse (FR)", "Antwoord"),
                        ("Où ?", "Waar?", "Ici.", "Hier.")]},
            [(None, "Où ?", "Ici.")],
        ),
        (  # several ways to ask
            {"Feuil1": [("Question 1", "Question 2", "Réponse"), ("Où payer ?", "Où régler ?", "Ici.")]},
            [(None, "Où payer ?", "Ici.")],
        ),
    ],
)  # fmt: skip
def test_a_workbook_is_read_as_its_author_meant_it(
    sheets: Mapping[str, Rows], expected: list[tuple[str | None, str, str]]
) -> None:
    assert pairs(read(sheets)) == expected


def test_other_columns_of_questions_are_other_wordings() -> None:
    (entry,) = read(
        {"Feuil1": [("Question", "Variante", "Réponse"), ("Où payer ?", "Où régler ?", "Ici.")]}
    ).entries
    assert entry.wordings == ("Où régler ?",)


def test_a_hidden_sheet_is_not_read() -> None:
    sheets = {"FAQ": [QUESTION, ("a ?", "b")], "Brouillon": [QUESTION, ("c ?", "d")]}
    assert pairs(read(sheets, hidden=["Brouillon"])) == [(None, "a ?", "b")]


def test_a_formula_is_never_computed_and_said_when_it_has_no_value() -> None:
    document = read({"Feuil1": [QUESTION, ("Combien ?", '="dix"&" euros"'), ("Où ?", "Ici.")]})
    assert pairs(document) == [(None, "Combien ?", ""), (None, "Où ?", "Ici.")]
    assert [(found.code, found.line) for found in document.warnings] == [
        ("formula_without_value", 2)
    ]


def test_a_workbook_without_questions_says_what_to_name() -> None:
    with pytest.raises(errors.NothingToImport) as refused:
        read({"Feuil1": [("Produit", "Prix"), ("Carnet", 3)]})
    assert "Nommez-les" in french.sentence(refused.value)


# -- hands that mean harm --------------------------------------------------------------------------


def changed(member: str, content: bytes) -> bytes:
    """A workbook whose member holds something else."""
    source = zipfile.ZipFile(io.BytesIO(workbook({"Feuil1": [QUESTION, ("a ?", "b")]})))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, content if name == member else source.read(name))
    return written.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
SHEET_HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (changed(SHEET, b"0" * (101 * 1024 * 1024)), "démesuré"),
        (changed(SHEET, ENTITIES + SHEET_HEAD + b"&a;</worksheet>"), "DOCTYPE"),
        (changed(SHEET, SHEET_HEAD + b"<sheetData><row"), "abîmé"),
        (changed("xl/workbook.xml", b"<workbook/>"), "aucune colonne"),
        (workbook({"Feuil1": [QUESTION, ("a ?", "b")]})[:-200], "abîmé"),
    ],
    ids=["expands", "entities", "broken", "empty", "cut"],
)
def test_a_workbook_that_means_harm_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(errors.FaqError) as refused:
        imports.read(data, name="piege.xlsx")
    assert words in french.sentence(refused.value)


def test_a_sheet_that_claims_a_million_columns_is_read_by_its_first_ones() -> None:
    cells = b"".join(
        b'<c r="%s1" t="inlineStr"><is><t>%s</t></is></c>' % (where, what.encode())
        for where, what in ((b"A", "Question"), (b"B", "Réponse"), (b"XFD", "loin"))
    )
    row = b'<row r="2"><c r="A2" t="inlineStr"><is><t>a ?</t></is></c><c r="B2"><v>1</v></c></row>'
    sheet = (
        b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1">%s</row>%s</sheetData></worksheet>'
    )
    document = imports.read(changed(SHEET, SHEET_HEAD + sheet % (cells, row)), name="x")
    assert pairs(document) == [(None, "a ?", "1")]


WHOLE = workbook({"Feuil1": [QUESTION, ("Où payer ?", "Au guichet.")]})


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
@settings(max_examples=40)
def test_a_damaged_workbook_is_read_or_refused(at: int, bytes_: bytes) -> None:
    data = WHOLE[:at] + bytes_ + WHOLE[at + len(bytes_) :]
    try:
        imports.read(data, name="x")
    except errors.FaqError as refused:
        french.sentence(refused)  # has one
