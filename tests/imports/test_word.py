"""DOCX documents, written here by python-docx as people write them, and by hands that mean harm."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from faq_cms import errors, french, imports
from faq_cms.imports import Document


def saved(write: Callable[[Word], object]) -> bytes:
    word = docx.Document()
    write(word)
    written = io.BytesIO()
    word.save(written)
    return written.getvalue()


def read(write: Callable[[Word], object]) -> Document:
    return imports.read(saved(write), name="faq.pdf")  # the wrong extension


def pairs(document: Document) -> list[tuple[str | None, str, str]]:
    return [(entry.category, entry.question, entry.answer) for entry in document.entries]


def bold(word: Word, text: str) -> Any:
    paragraph = word.add_paragraph()
    paragraph.add_run(text[:5]).bold = True  # Word cuts runs anywhere
    paragraph.add_run(text[5:]).bold = True
    return paragraph


def headings(word: Word) -> None:
    word.add_heading("Questions fréquentes", 0)
    word.add_heading("Paiement", 1)
    word.add_heading("Comment payer ?", 2)
    paragraph = word.add_paragraph("Par ")
    paragraph.add_run("virement").bold = True
    paragraph.add_run(" & carte <bleue>.")
    word.add_paragraph("au guichet", "List Bullet")
    word.add_paragraph("en ligne", "List Bullet")
    word.add_heading("Retours", 1)
    word.add_heading("Délai", 2)
    word.add_paragraph("Trente jours.")


def bold_lines(word: Word) -> None:
    bold(word, "Accès")
    bold(word, "Où se garer ?")
    word.add_paragraph("Derrière la mairie.")
    bold(word, "Le bâtiment est-il accessible ?")
    word.add_paragraph("Oui, par la rampe.")


def numbered(word: Word) -> None:
    word.add_paragraph("Tout savoir sur le tri")
    word.add_paragraph("Où jeter le verre ?", "List Number")
    word.add_paragraph("Dans la bulle.")
    word.add_paragraph("Que faire des piles ?", "List Number")
    word.add_paragraph("Les rapporter en magasin.")


def marked(word: Word) -> None:
    word.add_paragraph("Q1 : Qui peut voter ?")
    word.add_paragraph("R1 : Les adhérents.")
    word.add_paragraph("Q2 : Quand ?")
    word.add_paragraph("En juin.")


def table(word: Word) -> None:
    cells = (("Question", "Réponse"), ("Qui nettoie ?", "Le gardien."), ("Et l’été ?", "Chacun."))
    grid = word.add_table(rows=3, cols=2)
    for row, texts in zip(grid.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


def unnamed_table(word: Word) -> None:
    grid = word.add_table(rows=2, cols=2)
    grid.rows[0].cells[0].text, grid.rows[0].cells[1].text = "Est-ce bruyant ?", "Un peu."
    grid.rows[1].cells[0].text, grid.rows[1].cells[1].text = "Est-ce cher ?", "Pas du tout."


def table_of_contents(word: Word) -> None:
    word.styles.add_style("toc 1", 1)
    for question in ("Où ?", "Quand ?"):
        word.add_paragraph(f"{question}\t2", "toc 1")
    word.add_heading("Où ?", 1)
    word.add_paragraph("Ici.")
    word.add_heading("Quand ?", 1)
    word.add_paragraph("Demain.")


def revised(word: Word) -> None:
    word.add_heading("Est-ce relu ?", 1)
    paragraph = word.add_paragraph("Oui")
    for kind, tag, text in (("ins", "t", ", deux fois"), ("del", "delText", ", jamais")):
        paragraph._p.append(
            parse_xml(f"<w:{kind} {nsdecls('w')}><w:r><w:{tag}>{text}</w:{tag}></w:r></w:{kind}>")
        )


def linked(word: Word) -> None:
    word.add_heading("Où lire la suite ?", 1)
    paragraph = word.add_paragraph("Sur ")
    address = word.part.relate_to("https://suite.example.org/a b", RELATIONSHIP_TYPE.HYPERLINK,
                                  is_external=True)  # fmt: skip
    link = parse_xml(
        f'<w:hyperlink {nsdecls("w", "r")} r:id="{address}"><w:r><w:t>le site</w:t></w:r></w:hyperlink>'
    )
    paragraph._p.append(link)


def own_style(word: Word) -> None:
    word.styles.add_style("Question", 1)
    for question, answer in (("Faut-il un badge ?", "Oui."), ("Combien coûte-t-il", "Cinq euros.")):
        word.add_paragraph(question, "Question")
        word.add_paragraph(answer)


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (headings, [
            ("Paiement", "Comment payer ?", "Par **virement** & carte \\<bleue>.\n\n- au guichet\n- en ligne"),
            ("Retours", "Délai", "Trente jours."),
        ]),
        (bold_lines, [
            ("Accès", "Où se garer ?", "Derrière la mairie."),
            ("Accès", "Le bâtiment est-il accessible ?", "Oui, par la rampe."),
        ]),
        (numbered, [
            (None, "Où jeter le verre ?", "Dans la bulle."),
            (None, "Que faire des piles ?", "Les rapporter en magasin."),
        ]),
        (marked, [(None, "Qui peut voter ?", "Les adhérents."), (None, "Quand ?", "En juin.")]),
        (table, [(None, "Qui nettoie ?", "Le gardien."), (None, "Et l’été ?", "Chacun.")]),
        (unnamed_table, [(None, "Est-ce bruyant ?", "Un peu."), (None, "Est-ce cher ?", "Pas du tout.")]),
        (table_of_contents, [(None, "Où ?", "Ici."), (None, "Quand ?", "Demain.")]),
        (revised, [(None, "Est-ce relu ?", "Oui, deux fois")]),
        (linked, [(None, "Où lire la suite ?", "Sur [le site](https://suite.example.org/a%20b)")]),
        (own_style, [(None, "Faut-il un badge ?", "Oui."), (None, "Combien coûte-t-il", "Cinq euros.")]),
    ],
)  # fmt: skip
def test_a_document_is_read_as_its_author_meant_it(
    write: Callable[[Word], object], expected: list[tuple[str | None, str, str]]
) -> None:
    assert pairs(read(write)) == expected


def test_a_missing_mark_is_said_with_its_paragraph() -> None:
    found = [(each.code, each.line) for entry in read(marked).entries for each in entry.warnings]
    assert found == [("missing_answer_mark", 4)]


def test_a_text_box_is_left_aside_and_said() -> None:
    def write(word: Word) -> None:
        word.add_heading("Où ?", 1)
        paragraph = word.add_paragraph("Ici.")
        box = f"<w:r {nsdecls('w')}><w:pict><w:txbxContent><w:p/></w:txbxContent></w:pict></w:r>"
        paragraph._p.append(parse_xml(box))

    document = read(write)
    assert pairs(document) == [(None, "Où ?", "Ici.")]
    assert [(found.code, found.line) for found in document.warnings] == [("text_box", 2)]


@pytest.mark.parametrize(
    "titles",
    [("Installer", "Configurer", "Désinstaller"), ("Avant", "Un doute ?", "Pendant", "Après")],
)
def test_a_guide_is_no_faq(titles: tuple[str, ...]) -> None:
    def write(word: Word) -> None:
        word.add_heading("Guide", 0)
        for title in titles:
            word.add_heading(title, 1)
            word.add_paragraph("Suivez l’assistant.")

    with pytest.raises(errors.NothingToImport) as refused:
        read(write)
    assert "aucune question trouvée" in french.sentence(refused.value)


# -- hands that mean harm --------------------------------------------------------------------------


def changed(member: str, content: bytes) -> bytes:
    """A document whose member holds something else."""
    source = zipfile.ZipFile(io.BytesIO(saved(headings)))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, content if name == member else source.read(name))
    return written.getvalue()


BODY = "word/document.xml"
HEAD = f"<w:document {nsdecls('w')}><w:body>".encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (changed(BODY, b" " * (101 * 1024 * 1024)), "démesuré"),
        (changed(BODY, b'<!DOCTYPE x [<!ENTITY a "ha">]>' + HEAD), "DOCTYPE"),
        (changed(BODY, HEAD + b"<w:p><w:r>"), "abîmé"),
        (changed(BODY, HEAD + b"<w:sdt><w:sdtContent>" * 5_000), "abîmé"),
        (changed("word/styles.xml", b"<x/>"), "abîmé"),
    ],
    ids=["expands", "entities", "broken", "deep", "styles"],
)
def test_a_document_that_means_harm_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(errors.FaqError) as refused:
        imports.read(data, name="piege.docx")
    assert words in french.sentence(refused.value)


WHOLE = saved(headings)


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
@settings(max_examples=30)
def test_a_damaged_document_is_read_or_refused(at: int, bytes_: bytes) -> None:
    data = WHOLE[:at] + bytes_ + WHOLE[at + len(bytes_) :]
    try:
        imports.read(data, name="x")
    except errors.FaqError as refused:
        french.sentence(refused)  # has one
