"""Reading XLSX row by row."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.cell import range_boundaries

from core.imports.archives import scan
from core.imports.guard import unguard
from core.imports.problems import FileRefused
from core.imports.rows import Row

QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
FORMULA = re.compile(rb"<f[ >/]")
MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
#: More cells than these are not filled from the one they were merged into.
MOST_MERGED = 20_000
#: Names of the sheet that our own exports add.
EXPLANATIONS = {"Columnas", "Columns"}


def read_workbook(file: BinaryIO, archive: zipfile.ZipFile, asked: str) -> tuple[Iterator[Row], dict[str, Any], list[str]]:
    """Rows, facts and notes of the sheet that is asked for, else of the first visible one."""
    formulas, merged = False, {}
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            with_formula, ranges = scan(archive, name, FORMULA, MERGED)
            if name.startswith("xl/worksheets/"):
                formulas = formulas or bool(with_formula)
                merged[name] = ranges
    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise FileRefused(_("The workbook has no visible sheet."))
    names = [sheet.title for sheet in sheets]
    sheet = sheets[names.index(asked)] if asked in names else sheets[0]
    notes = []
    if asked not in names and set(names[1:]) - EXPLANATIONS:
        notes.append(_("Only the first sheet, “%(sheet)s”, was read.") % {"sheet": sheet.title})
    texts = None
    if formulas:
        texts = cells_of(openpyxl.load_workbook(file, read_only=True, data_only=False)[sheet.title])
    filled = fill_of(merged.get(getattr(sheet, "_worksheet_path", "").lstrip("/"), []))
    if filled:
        notes.append(_("Merged cells were read as if each of their rows held the value."))
    choices = [name for name in names if name not in EXPLANATIONS or name == sheet.title]
    return rows_of(sheet, texts, filled), {"sheet": sheet.title, "sheets": choices}, notes


#: Row → (column, row whose cell of that column it shows) of each of its cells that was merged with those above.
Filled = dict[int, list[tuple[int, int]]]


def rows_of(sheet: Any, texts: Iterator[Any] | None, filled: Filled) -> Iterator[Row]:
    tops: dict[tuple[int, int], str] = {}
    wanted: dict[int, set[int]] = {}
    for merged in filled.values():
        for column, top in merged:
            wanted.setdefault(top, set()).add(column)
    for number, cells in enumerate(cells_of(sheet), 1):
        written = next(texts, ()) if texts is not None else ()
        row = row_of(number, cells, written)
        for column in wanted.get(number, ()):
            tops[number, column] = row.cells[column - 1] if column <= len(row.cells) else ""
        for column, top in filled.get(number, ()):
            if text := tops.get((top, column)):
                row.cells += [""] * (column - len(row.cells))
                row.cells[column - 1] = row.cells[column - 1] or text
        yield row


def fill_of(ranges: list[bytes]) -> Filled:
    """The cells that were merged downwards in one column, at most `MOST_MERGED` of them."""
    found: Filled = {}
    count = 0
    for each in ranges:
        left, top, right, bottom = range_boundaries(each.decode("ascii"))
        if left != right or count + bottom - top > MOST_MERGED:
            continue
        count += bottom - top
        for row in range(top + 1, bottom + 1):
            found.setdefault(row, []).append((left, top))
    return found


def cells_of(sheet: Any) -> Iterator[Any]:
    """Rows of cells, each only as wide as its last cell: the size that the file claims is not believed."""
    sheet.reset_dimensions()
    return iter(sheet.iter_rows())


def row_of(number: int, cells: Any, written: Any) -> Row:
    """The texts of one row. A formula whose result was never stored, or an error value, is a problem of the row."""
    texts, problem = [], ""
    for index, cell in enumerate(cells):
        texts.append(unguard(text_of(cell.value, cell.number_format)) if cell.value is not None else "")
        if cell.data_type == "e":
            problem = _("A cell holds the error %(error)s.") % {"error": texts[-1]}
        if index < len(written) and written[index].data_type == "f" and cell.value is None:
            problem = _("A cell holds a formula without a result: open the file in a spreadsheet program and save it.")
    while texts and not texts[-1]:
        texts.pop()
    return Row(number, texts, problem)


def text_of(value: Any, form: Any) -> str:
    """A value as text: whole numbers without a point, dates in ISO 8601 no more exact than the cell shows them, percents
    with their sign, numbers that the cell shows with zeros in front with those."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        form = str(form or "")
        if "%" in QUOTED.sub("", form):
            return f"{plain_number(round(float(value) * 100, 8))} %"
        text = plain_number(value)
        return text.zfill(len(form)) if form and set(form) == {"0"} and text.isdigit() else text
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            return value.isoformat(" ", "seconds" if value.second else "minutes")
        shown = QUOTED.sub("", str(form)).lower()
        length = 10 if "d" in shown or "y" not in shown else 7 if "m" in shown else 4
        return value.date().isoformat()[:length]
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def plain_number(value: float) -> str:
    return str(int(value)) if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15) else repr(value)
