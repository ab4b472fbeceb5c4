"""What leaves a screen is what was on it: a table for Excel, a chart as a picture."""

import csv
import datetime as dt
import io
import struct
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import charts, french, helpfulness
from faq_cms.screens import _downloads

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", " =cmd|'/c calc'!A0", "\u200b=1")
FRAME = pd.DataFrame(
    {
        "Question": ["Où est ma facture\u202f?", "=HYPERLINK(1)"],
        "Utilité": [0.725, float("nan")],
        "Votes": [40, 0],
        "Reçue": [dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC), pd.NaT],
        "Jour": [dt.date(2026, 7, 2), None],
    }
)


def rows(content: bytes) -> list[list[str]]:
    """The cells of a CSV as a French Excel cuts them."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def cells(content: bytes) -> list[tuple[Any, ...]]:
    """The values of a workbook's only sheet."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_a_csv_opens_in_a_french_excel() -> None:
    content = _downloads.spreadsheet_text(FRAME)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 3
    assert rows(content) == [
        ["Question", "Utilité", "Votes", "Reçue", "Jour"],
        ["Où est ma facture\u202f?", "0,725", "40", "02/07/2026 00:30", "02/07/2026"],
        ["'=HYPERLINK(1)", "", "0", "", ""],
    ]


def test_a_workbook_holds_numbers_dates_and_words_as_such() -> None:
    assert cells(_downloads.workbook(FRAME, "utilite")) == [
        ("Question", "Utilité", "Votes", "Reçue", "Jour"),
        (
            "Où est ma facture\u202f?",
            0.725,
            40,
            pd.Timestamp(2026, 7, 2, 0, 30),
            pd.Timestamp(2026, 7, 2),
        ),
        ("=HYPERLINK(1)", None, 0, None, None),
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_runs(text: str) -> None:
    frame = pd.DataFrame({text: [text]})
    assert all(
        cell.startswith("'") for row in rows(_downloads.spreadsheet_text(frame)) for cell in row
    )
    sheet = openpyxl.load_workbook(io.BytesIO(_downloads.workbook(frame, "x"))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), min_size=1))
def test_every_text_comes_back_letter_for_letter(texts: list[str]) -> None:
    read = [row[0] for row in rows(_downloads.spreadsheet_text(pd.DataFrame({"Texte": texts})))][1:]
    assert [
        cell.removeprefix("'") if cell != text else cell
        for cell, text in zip(read, texts, strict=True)
    ] == texts


def test_an_empty_table_keeps_its_headings() -> None:
    empty = FRAME.head(0)
    assert rows(_downloads.spreadsheet_text(empty)) == [list(FRAME.columns)]
    assert cells(_downloads.workbook(empty, "vide")) == [tuple(FRAME.columns)]


def test_a_chart_becomes_a_picture_in_french_whatever_fonts_the_machine_has() -> None:
    frame = helpfulness.measured(
        pd.DataFrame(
            {
                "article_id": [1],
                "question": ["Où trouver « ma » facture\u202f?"],
                "helpful": [29],
                "unhelpful": [11],
                "off_text": [0],
                "objective": [0.7],
                "version": [1],
                "published_at": [pd.Timestamp("2026-03-02", tz="UTC")],
            }
        )
    )
    spec = charts.ranking(charts.worst_first(frame)).to_dict()
    picture, drawing = _downloads.png(spec), _downloads.svg(spec).decode()
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">I", picture[16:20])[0] >= _downloads.WIDTH * _downloads.SHARPNESS
    assert f"50{french.NNBSP}%" in drawing
    assert f'font-family="{_downloads.FONT}"' in drawing
    assert "http" not in drawing.replace("http://www.w3.org/", "")
