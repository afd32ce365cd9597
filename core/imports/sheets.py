"""Writing XLSX: dates and numbers as such, everything else as text, so that codes keep their zeros and nothing is a formula."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import re
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from core.imports.cells import Amount, Day, Moment, Number, PartlyKnownDay
from core.imports.explained import Explained
from core.imports.guard import guard

HEAD = PatternFill("solid", fgColor="0B5A54")
HEAD_FONT = Font(bold=True, color="FFFFFF")
TOP = Alignment(vertical="top", wrap_text=True)
NARROWEST, WIDEST = 9, 60
#: By how many rows the widths go.
LOOKED_AT = 200
#: The lists of allowed values reach below the last row, for those that are added.
ROWS_TO_ADD = 1_000
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MINUTE = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")
NUMBER = re.compile(r"(?:0|[1-9]\d{0,11})(?:\.\d{1,2})?")
#: Spreadsheets know no day before; we do not write those of the year that they take for a leap year either.
FIRST_YEAR = 1901


def write_workbook(title: str, headers: list[str], rows: Iterable[list[str]], explained: Explained | None = None) -> bytes:
    """A workbook whose first sheet holds the rows. With `explained` its cells are typed, coded columns have lists of values,
    and a second sheet explains the columns; imports read the first sheet alone."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    widgets = explained.widgets if explained is not None else [None] * len(headers)
    listed = list(islice(iter(rows), LOOKED_AT))
    rest = rows[LOOKED_AT:] if isinstance(rows, list) else ()
    shape(sheet, headers, listed)
    if explained is not None:
        validate(sheet, explained, len(rows) if isinstance(rows, list) else len(listed))
    append_head(sheet, headers)
    for row in chain(listed, rest):
        sheet.append([cell_of(sheet, text, widget) for text, widget in zip(row, widgets, strict=True)])
    if explained is not None:
        explain(book, explained)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def shape(sheet: Any, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Frozen first row and widths by what stands in the columns; before the first row is written."""
    sheet.freeze_panes = "A2"
    for place, header in enumerate(headers):
        longest = max((len(line) for row in rows for line in row[place].split("\n")), default=0)
        width = min(WIDEST, max(NARROWEST, len(header) + 3, longest + 2))
        sheet.column_dimensions[get_column_letter(place + 1)].width = width


def append_head(sheet: Any, headers: Sequence[str]) -> None:
    cells = []
    for header in headers:
        cell = text_cell(sheet, header)
        cell.font, cell.fill = HEAD_FONT, HEAD
        cells.append(cell)
    sheet.append(cells)


def text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    made = WriteOnlyCell(sheet, value=guard(ILLEGAL_CHARACTERS_RE.sub("", text)))
    made.data_type = "s"
    made.number_format = "@"
    if "\n" in text or len(text) > WIDEST:
        made.alignment = TOP
    return made


def cell_of(sheet: Any, text: str, widget: Any) -> WriteOnlyCell:
    """The text as a date or a number where the column holds such and the cell can say it exactly, else as text."""
    typed = typed_value(text, widget) if text and widget is not None else None
    if typed is None:
        return text_cell(sheet, text)
    value, form = typed
    made = WriteOnlyCell(sheet, value=value)
    made.number_format = form
    return made


def typed_value(text: str, widget: Any) -> tuple[Any, str] | None:
    """(value, format of the cell), None for what stays text."""
    if isinstance(widget, (Day, PartlyKnownDay)) and DAY.fullmatch(text) and int(text[:4]) >= FIRST_YEAR:
        return dt.datetime.fromisoformat(text), "yyyy-mm-dd"
    if isinstance(widget, Moment) and MINUTE.fullmatch(text) and int(text[:4]) >= FIRST_YEAR:
        return dt.datetime.fromisoformat(text), "yyyy-mm-dd hh:mm"
    if (isinstance(widget, (Number, Amount)) or getattr(widget, "numeric", False)) and NUMBER.fullmatch(text):
        number = decimal.Decimal(text)
        return (float(number), "#,##0.00") if isinstance(widget, Amount) else (int(number), "0")
    return None


def validate(sheet: Any, explained: Explained, count: int) -> None:
    """Lists of the allowed values of coded columns. Another text is only warned of: words of both languages are read."""
    for number, (place, words) in enumerate(explained.lists.items(), 1):
        column, letter = get_column_letter(place + 1), get_column_letter(number)
        rule = DataValidation(
            type="list",
            formula1=f"'{explained.lists_title}'!${letter}$1:${letter}${len(words)}",
            allow_blank=True,
            errorStyle="warning",
        )
        rule.add(f"{column}2:{column}{count + 1 + ROWS_TO_ADD}")
        sheet.data_validations.append(rule)


def explain(book: Any, explained: Explained) -> None:
    """The second sheet, and the lists on a hidden third one."""
    sheet = book.create_sheet(explained.title)
    shape(sheet, explained.headers, explained.rows)
    append_head(sheet, explained.headers)
    for row in explained.rows:
        sheet.append([text_cell(sheet, text) for text in row])
    if explained.lists:
        hidden = book.create_sheet(explained.lists_title)
        hidden.sheet_state = "hidden"
        lists = list(explained.lists.values())
        for number in range(max(map(len, lists))):
            hidden.append([text_cell(hidden, words[number]) if number < len(words) else None for words in lists])
