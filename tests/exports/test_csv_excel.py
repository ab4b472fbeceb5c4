"""CSV as a French Excel reads it, and as no spreadsheet runs it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms.exports.csv_excel import write
from faq_cms.formulas import neutralised, restored
from tests.exports.made import NASTY, SITE, article


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_excel_sees_a_mark_semicolons_crlf_and_quotes() -> None:
    data = write([article()], SITE)
    assert data.startswith(b'\xef\xbb\xbf"Identifiant";"Cat\xc3\xa9gorie";"Question";')
    assert data.endswith(b'"\r\n')
    assert data.count(b"\r\n") == 2


def test_a_row_says_everything_in_french() -> None:
    headings, row = rows(write([article()], SITE))
    assert dict(zip(headings, row, strict=True)) == {
        "Identifiant": f"{1:032x}",
        "Catégorie": "Facturation",
        "Question": "Comment payer\u202f?",
        "Réponse": "Par virement\u00a0:\n\n- d’abord ;\n- ensuite.",
        "Autres formulations": "Quels moyens de paiement\u202f?",
        "Version": "2",
        "Publiée le": "01/04/2026 00:05",
        "Modifiée le": "01/04/2026 01:05",
        "Adresse": "https://aide.example.org/aide/comment-payer-1",
        "Réponse (Markdown)": "Par **virement**\u00a0:\n\n- d’abord ;\n- ensuite.",
        "Mots-clés": "Virement, Échéance",
    }


def test_an_article_without_category_or_other_wordings_leaves_cells_empty() -> None:
    _, row = rows(write([article(category=None, wordings=())], SITE))
    assert (row[1], row[4]) == ("", "")


@pytest.mark.parametrize("text", NASTY)
def test_no_text_moves_a_column_or_a_row(text: str) -> None:
    written = rows(write([article(question=text, answer=text), article(2)], SITE))
    assert [len(row) for row in written] == [11, 11, 11]
    assert written[1][2].removeprefix("'") == text


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1", "\n=1", "\tx", "\nx", " =1",
    "\u00a0=1", "\u202f+1", "\ufeff=1", "\u200b=1", "\u200f@x", "\u2060-1", "＝1", "＋1", "－1", "＠x",
    " \ufeff\t＝1", "=\u200b1", "'=1", "''+1", "' =1", "\x00=1", "- une puce",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_is_escaped(text: str) -> None:
    assert neutralised(text) == f"'{text}"
    assert restored(neutralised(text)) == text
    _, row = rows(write([article(question=text, answer=text, category=text)], SITE))
    assert row.count(f"'{text}") >= 3


@pytest.mark.parametrize(
    "text", ["", "a=1", "1-2", "Comment ?", "’", "'", "l'été", "5 %", "« = »", "a\n=1", "a;=1", "é"]
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert neutralised(text) == restored(text) == text


@given(st.text())
def test_no_cell_can_start_a_formula(text: str) -> None:
    visible = neutralised(text).lstrip(" \u00a0\u202f\t\r\n\ufeff\u200b\x00")
    assert not visible.startswith(tuple("=+-@＝＋－＠"))


@given(st.text(alphabet="'=+ \ufeffa", max_size=6), st.text(alphabet="'=+ \ufeffa", max_size=6))
def test_two_texts_never_share_an_escape(one: str, other: str) -> None:
    assert (neutralised(one) == neutralised(other)) == (one == other)
    assert restored(neutralised(one)) == one
