"""The tables that are not for Excel in French: a workbook, and CSV for programs."""

import csv
import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from faq_cms.articles import PublishedArticle
from faq_cms.errors import Conflict
from faq_cms.exports import csv_raw, table, workbook
from tests.exports.made import NASTY, SITE, article


def sheet(*articles: PublishedArticle) -> Any:
    book = openpyxl.load_workbook(io.BytesIO(workbook.write(articles, SITE)))
    assert book.sheetnames == ["Articles"]
    return book.active


def test_a_workbook_has_typed_cells_under_french_headings() -> None:
    headings, row = sheet(article()).iter_rows()
    assert tuple(cell.value for cell in headings) == table.COLUMNS
    found = dict(zip(table.COLUMNS, (cell.value for cell in row), strict=True))
    assert found["Question"] == "Comment payer\u202f?"
    assert found["Version"] == 2
    assert found["Modifiée le"] == dt.datetime(2026, 4, 1, 1, 5)  # noqa: DTZ001 — a sheet has no zone
    assert found["Mots-clés"] == "Virement, Échéance"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "@SUM(A1)", "+33 1", "-1", "https://example.org", "007", "1e5", "_x0041_", *NASTY],
)
def test_a_text_stays_a_text_whatever_it_looks_like(text: str) -> None:
    _, row = sheet(article(question=text)).iter_rows()
    if text:
        assert row[2].data_type == "s"
        assert row[2].value == text
    assert row[2].hyperlink is None


def test_an_answer_no_cell_can_hold_is_refused_by_its_question() -> None:
    with pytest.raises(Conflict) as refused:
        workbook.write([article(answer="a" * 32_768)], SITE)
    assert (refused.value.reason, refused.value.detail) == ("cell_too_long", "Comment payer\u202f?")


@pytest.mark.parametrize("text", NASTY)
def test_raw_csv_gives_every_text_back_as_it_is(text: str) -> None:
    data = csv_raw.write([article(question=text, answer=text, wordings=(), tags=())], SITE).decode()
    (row,) = csv.DictReader(io.StringIO(data, newline=""))
    assert tuple(row) == csv_raw.COLUMNS
    assert (row["question"], row["answer_markdown"]) == (text, text)


def test_raw_csv_is_for_programs() -> None:
    data = csv_raw.write([article()], SITE)
    assert data.startswith(b"id,slug,question,")
    (row,) = csv.DictReader(io.StringIO(data.decode(), newline=""))
    assert row["updated_at"] == "2026-03-31T23:05:59Z"
    assert row["tags"] == "Virement,Échéance"
