"""Take away what is on the screen: a table for a spreadsheet, a chart as a picture.

What is downloaded is what is shown, row for row and word for word. Files are made when their button
is pressed, not at each run of a screen.
"""

import csv
import datetime as dt
import io
import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

import faq_cms
from faq_cms import french
from faq_cms.formulas import neutralised

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PNG: Final = "image/png"
SVG: Final = "image/svg+xml"

FONT: Final = "FAQ Sans"
WIDTH: Final = 900  # pixels of a chart that, on a screen, takes the width it finds
SHARPNESS: Final = 2  # pixels of the picture for one of the chart: it will be printed
_VEGA_LITE: Final = "6.1"  # the version Altair writes
_COLUMN_MAX: Final = 60  # characters; longer cells wrap

Spec = Mapping[str, Any]


def table(frame: pd.DataFrame | Callable[[], pd.DataFrame], name: str) -> None:
    """Offer a table as it is shown: CSV for a French Excel, and XLSX.

    `frame`, or what makes it: a column a heading; cells are text, numbers, days or instants. `name`
    begins the files' names and is the key of the buttons.
    """
    made = frame if callable(frame) else lambda: frame
    with st.container(horizontal=True, gap="small"):
        _button("CSV pour Excel", lambda: spreadsheet_text(made()), f"{name}.csv", CSV)
        _button("Classeur Excel", lambda: workbook(made(), name), f"{name}.xlsx", XLSX)


def chart(spec: Spec | Callable[[], Spec], name: str) -> None:
    """Offer a chart as a picture: PNG to paste, SVG to enlarge.

    `spec`: Vega-Lite, as `Chart.to_dict` gives it, drawn for a light background; or what makes it.
    """
    made = spec if callable(spec) else lambda: spec
    with st.container(horizontal=True, gap="small"):
        _button("Image PNG", lambda: png(made()), f"{name}.png", PNG)
        _button("Dessin SVG", lambda: svg(made()), f"{name}.svg", SVG)


def _button(label: str, data: Callable[[], bytes], file_name: str, mime: str) -> None:
    st.download_button(
        label,
        data=data,
        file_name=file_name,
        mime=mime,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"download_{file_name}",
    )


# -- tables --------------------------------------------------------------------------------------


def spreadsheet_text(frame: pd.DataFrame) -> bytes:
    """The table for a French Excel: UTF-8 with its mark, `;`, CRLF, decimal commas.

    No cell runs as a formula; an unknown figure is an empty cell, never 0.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([neutralised(str(heading)) for heading in frame.columns])
    for row in frame.astype(object).itertuples(index=False):
        writer.writerow([_written(cell) for cell in row])
    return file.getvalue().encode("utf-8-sig")


def _written(cell: Any) -> str:
    if _is_unknown(cell):
        return ""
    if isinstance(cell, bool):
        return french.YES if cell else french.NO
    if isinstance(cell, dt.datetime):
        return f"{_in_paris(cell):%d/%m/%Y %H:%M}"
    if isinstance(cell, dt.date):
        return french.short_date(cell)
    if isinstance(cell, (int, float)):
        return str(cell).replace(".", ",")  # a number: a minus in front of it is no formula
    return neutralised(str(cell))


def workbook(frame: pd.DataFrame, title: str) -> bytes:
    """The table as an XLSX: numbers are numbers, dates are dates, a text is never a formula."""
    import xlsxwriter

    file = io.BytesIO()
    never = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    with xlsxwriter.Workbook(file, {"in_memory": True, "remove_timezone": True, **never}) as book:
        sheet = book.add_worksheet(title[:31])
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top"})
        for column, heading in enumerate(frame.columns):
            cells = list(frame[heading].astype(object))
            sheet.set_column(column, column, _width(str(heading), cells))
            sheet.write_string(0, column, str(heading), head)
            for row, cell in enumerate(cells, start=1):
                if _is_unknown(cell):
                    sheet.write_blank(row, column, None, text)
                elif isinstance(cell, dt.datetime):
                    sheet.write_datetime(row, column, _in_paris(cell), moment)
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(row, column, cell, day)
                elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
                    sheet.write_number(row, column, cell, text)
                else:
                    sheet.write_string(row, column, _plain(cell), text)
        sheet.freeze_panes(1, 0)
        if len(frame):
            sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
    return file.getvalue()


def _plain(cell: Any) -> str:
    return (french.YES if cell else french.NO) if isinstance(cell, bool) else str(cell)


def _width(heading: str, cells: list[Any]) -> int:
    longest = max([len(heading), *(len(_written(cell)) for cell in cells)])
    return min(longest, _COLUMN_MAX) + 2


def _is_unknown(cell: Any) -> bool:
    return (
        cell is None
        or cell is pd.NaT
        or cell is pd.NA
        or (isinstance(cell, float) and not math.isfinite(cell))
    )


def _in_paris(moment: dt.datetime) -> dt.datetime:
    """The instant on the clock people read, without the zone no spreadsheet knows."""
    local = moment.astimezone(french.PARIS) if moment.tzinfo else moment
    return local.replace(tzinfo=None, second=0, microsecond=0)


# -- charts --------------------------------------------------------------------------------------


def png(spec: Spec) -> bytes:
    """The chart as a sharp picture on white. Fetches nothing."""
    picture: bytes = _converter().vegalite_to_png(
        _on_paper(spec), vl_version=_VEGA_LITE, scale=SHARPNESS, allowed_base_urls=[]
    )
    return picture


def svg(spec: Spec) -> bytes:
    """The chart as a drawing on white, its words still words. Fetches nothing."""
    drawing: str = _converter().vegalite_to_svg(
        _on_paper(spec), vl_version=_VEGA_LITE, allowed_base_urls=[]
    )
    return drawing.encode()


@cache
def _converter() -> Any:
    """The renderer, taught our font: it would not find U+202F in one of the machine's.

    Imported at the first picture: it holds a JavaScript engine, some 150 MB of memory.
    """
    import vl_convert

    vl_convert.register_font_directory(str(Path(faq_cms.__file__).parent / "fonts"))
    return vl_convert


def _on_paper(spec: Spec) -> dict[str, Any]:
    config = {"background": "white", "font": FONT, **spec.get("config", {})}
    return {"width": WIDTH, **spec, "config": config}
