"""Reading and writing XLSX. A workbook is a zip of XML: it is measured before it is unpacked, and read row by row."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from core.imports.guard import guard, unguard
from core.imports.problems import FileRefused
from core.imports.reader import MOST_CELLS, Row, check_size

MOST_UNPACKED = 100 * 1024 * 1024
MOST_FILES = 2_000
#: What openpyxl raises on a broken or forged workbook.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def read_workbook(data: bytes) -> tuple[list[str], list[Row], list[str]]:
    """Headers, rows and notes of the first visible sheet. Raises `FileRefused`."""
    try:
        formulas = measure(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise FileRefused(_("The workbook has no visible sheet."))
        notes = []
        if len(sheets) > 1:
            notes.append(_("Only the first sheet, “%(sheet)s”, was read.") % {"sheet": sheets[0].title})
        texts = None
        if formulas:
            with_formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
            texts = cells_of(with_formulas[sheets[0].title])
        headers: list[str] = []
        rows = []
        total = 0
        for number, cells in enumerate(cells_of(sheets[0]), 1):
            total += len(cells)
            if total > MOST_CELLS:
                raise FileRefused(_("The sheet has too many cells. Delete the empty columns at the right."))
            written = next(texts, ()) if texts is not None else ()
            row = row_of(number, cells, written)
            if number == 1:
                headers = row.cells
            else:
                rows.append(row)
            check_size(len(rows), len(row.cells))
    except BROKEN as error:
        raise FileRefused(_("The workbook cannot be read: it is damaged, encrypted or not an .xlsx file.")) from error
    return headers, rows, notes


def measure(data: bytes) -> bool:
    """Refuse an archive that unpacks to too much or carries a DTD; answer whether some sheet holds formulas."""
    formulas = False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise FileRefused(_("The workbook is too large when unpacked. Divide it, or save it as CSV."))
        for entry in entries:
            if not entry.filename.endswith((".xml", ".rels")):
                continue
            content = archive.read(entry)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise FileRefused(_("The workbook holds definitions that no spreadsheet program writes; it is not read."))
            if entry.filename.startswith("xl/worksheets/") and (b"<f>" in content or b"<f " in content):
                formulas = True
    return formulas


def cells_of(sheet: Any) -> Iterator[Any]:
    """Rows of cells, each only as wide as its last cell: the size that the file claims is not believed."""
    sheet.reset_dimensions()
    return iter(sheet.iter_rows())


def row_of(number: int, cells: Any, written: Any) -> Row:
    """The texts of one row. A formula whose result was never stored, or an error value, is a problem of the row."""
    texts, problem = [], ""
    for index, cell in enumerate(cells):
        texts.append(unguard(text_of(cell)))
        if cell.data_type == "e":
            problem = _("A cell holds the error %(error)s.") % {"error": texts[-1]}
        if index < len(written) and written[index].data_type == "f" and cell.value is None:
            problem = _("A cell holds a formula without a result: open the file in a spreadsheet program and save it.")
    while texts and not texts[-1]:
        texts.pop()
    return Row(number, texts, problem)


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without a point, dates in ISO 8601, no more exact than the cell shows them."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            return value.isoformat(" ", "seconds" if value.second else "minutes")
        shown = QUOTED.sub("", str(cell.number_format)).lower()
        length = 10 if "d" in shown or "y" not in shown else 7 if "m" in shown else 4
        return value.date().isoformat()[:length]
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def write_workbook(title: str, headers: list[str], rows: Iterable[list[str]]) -> bytes:
    """A workbook of one sheet in which every cell is text (codes keep their zeros) and none is a formula."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"

    def cell(text: str, bold: bool = False) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value=guard(ILLEGAL_CHARACTERS_RE.sub("", text)))
        made.data_type = "s"
        made.number_format = "@"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(header, bold=True) for header in headers])
    for row in rows:
        sheet.append([cell(text) for text in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
