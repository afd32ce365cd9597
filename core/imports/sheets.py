"""Writing XLSX."""

from __future__ import annotations

import io
from collections.abc import Iterable

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from core.imports.guard import guard


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
