"""Reading XLS, as Excel saved until 2003 and many offices still do."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import xlrd
from django.utils.translation import gettext as _
from xlrd.compdoc import CompDocError

from core.imports.archives import BROKEN, protected
from core.imports.guard import unguard
from core.imports.problems import FileRefused
from core.imports.rows import Row
from core.imports.workbook import text_of

#: xlrd keeps every cell; an office that has more rows than this has a newer program too.
MOST_BYTES = 25 * 1024 * 1024


def read_old_excel(file: BinaryIO, asked: str) -> tuple[Iterator[Row], dict[str, Any], list[str]]:
    """Rows, facts and notes of the sheet that is asked for, else of the first visible one. Raises `FileRefused`."""
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    # A new workbook with a password comes in the same wrapping as an old one.
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise protected()
    if len(data) > MOST_BYTES:
        raise FileRefused(_("An old Excel file may have %(most)s MB. Save it as .xlsx.") % {"most": MOST_BYTES // 1024 // 1024})
    if "WordDocument".encode("utf-16-le") in data or "PowerPoint".encode("utf-16-le") in data:
        raise FileRefused(_("This is a document of another program, without rows. Send CSV, XLSX, ODS, XLS or JSON."))
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, on_demand=True, logfile=io.StringIO()
        )
        names = [name for number, name in enumerate(book.sheet_names()) if not hidden(book, number)]
        if not names:
            raise FileRefused(_("The workbook has no visible sheet."))
        sheet = book.sheet_by_name(asked if asked in names else names[0])
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower() or "password" in str(error).lower():
            raise protected() from error
        raise broken() from error
    except (*BROKEN, AssertionError, MemoryError, CompDocError, struct.error) as error:
        raise broken() from error
    notes = (
        [] if len(names) == 1 or asked in names else [_("Only the first sheet, “%(sheet)s”, was read.") % {"sheet": sheet.name}]
    )
    return rows_of(book, sheet), {"sheet": sheet.name, "sheets": names}, notes


def broken() -> FileRefused:
    return FileRefused(_("This old Excel file (.xls) is damaged. Save it as .xlsx or as CSV and try again."))


def hidden(book: Any, number: int) -> bool:
    return bool(getattr(book, "_sheet_visibility", [0] * (number + 1))[number])


def rows_of(book: Any, sheet: Any) -> Iterator[Row]:
    for index in range(sheet.nrows):
        texts, problem = [], ""
        try:
            for cell in sheet.row(index):
                texts.append(unguard(cell_text(book, cell)))
                if cell.ctype == xlrd.XL_CELL_ERROR:
                    problem = _("A cell holds the error %(error)s.") % {"error": texts[-1]}
        except (*BROKEN, AssertionError, xlrd.XLRDError, CompDocError, struct.error) as error:
            raise broken() from error
        while texts and not texts[-1]:
            texts.pop()
        yield Row(index + 1, texts, problem)


def cell_text(book: Any, cell: Any) -> str:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "true" if cell.value else "false"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.ctype not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return ""
    form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    shown = form.format_str if form is not None else ""
    value = cell.value if cell.ctype == xlrd.XL_CELL_NUMBER else xlrd.xldate_as_datetime(cell.value, book.datemode)
    return text_of(value, shown)
