"""Reading a file of rows: CSV as people save it, XLSX, and our own JSON. Everything becomes text.

Bounds keep a hostile file from costing more than a second or two: bytes, rows, columns and cells are limited, and a
workbook is measured before it is unpacked.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from core.imports.guard import unguard
from core.imports.problems import FileRefused
from core.text import fold

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 300
MOST_CELLS = 3_000_000
LONGEST_CELL = 40_000
DELIMITERS = (",", ";", "\t")
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Headers of the columns that our own report adds; they are read past when the corrected file comes back.
REPORT_PREFIX = "acuerda "


@dataclass
class Row:
    """One row as a spreadsheet counts it (the header is row 1). `problem` is a sentence when it could not be read well."""

    number: int
    cells: list[str]
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        return not any(self.cells) and not self.problem


@dataclass
class Table:
    """A file that could be read: headers as written, rows without blank ones at the end, and what was noticed."""

    headers: list[str]
    rows: list[Row]
    notes: list[str] = field(default_factory=list)


def read(name: str, data: bytes) -> Table:
    """Read a file by its content; `name` only tells JSON from CSV. Raises `FileRefused`."""
    if len(data) > MOST_BYTES:
        raise FileRefused(
            _("The file has %(size)s MB; at most %(most)s MB can be imported at once. Divide it.")
            % {"size": len(data) // 1024 // 1024, "most": MOST_BYTES // 1024 // 1024}
        )
    if not data.strip():
        raise FileRefused(_("The file is empty."))
    if data.startswith(b"PK"):
        from core.imports.workbook import read_workbook

        return finish(*read_workbook(data))
    if data.startswith(OLD_EXCEL):
        raise FileRefused(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV and try again."))
    text, notes = decode(data)
    if name.lower().endswith(".json"):
        return finish(*read_json(text), notes)
    return finish(*read_csv(text), notes)


def decode(data: bytes) -> tuple[str, list[str]]:
    """Text of the bytes and notes: UTF-8 with or without mark, UTF-16 with mark, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise FileRefused(_("The file says that it is UTF-16 but is not. Save it as CSV in UTF-8.")) from error
        return check_text(text), [_("The file was read as UTF-16.")]
    try:
        return check_text(data.decode("utf-8-sig")), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise FileRefused(
            _("The text is neither UTF-8 nor Windows-1252. In the spreadsheet program, save it as “CSV UTF-8”.")
        ) from error
    return check_text(text), [_("The file is not UTF-8; it was read as Windows-1252. Check the accents.")]


def check_text(text: str) -> str:
    if "\x00" in text:
        raise FileRefused(_("The file holds NUL characters: it is not a text file. Save it as CSV or XLSX."))
    return text


def read_csv(text: str) -> tuple[list[str], list[Row]]:
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    headers: list[str] = []
    rows: list[Row] = []
    number = 0
    try:
        for cells in reader:
            number += 1
            if number == 1:
                headers = cells
            else:
                rows.append(Row(number, [unguard(cell) for cell in cells], too_short(cells, headers)))
            check_size(len(rows), len(cells))
    except csv.Error as error:
        raise FileRefused(
            _("Row %(row)s cannot be read: a quotation mark is opened and not closed, or text follows it (%(error)s).")
            % {"row": number + 1, "error": error}
        ) from error
    return headers, rows


def too_short(cells: list[str], headers: list[str]) -> str:
    """The sentence for a row that ends before the header does: in CSV a sign that a cell swallowed others."""
    if len(cells) >= len(headers) or not any(cells):
        return ""
    return _("The row has %(given)s cells and the header %(named)s: a cell is missing, or a quotation mark is not closed.") % {
        "given": len(cells),
        "named": len(headers),
    }


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the header row into most pieces."""
    first = text[:10_000].lstrip("\r\n").replace("\r", "\n").split("\n", 1)[0]
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def read_json(text: str) -> tuple[list[str], list[Row]]:
    """A list of flat objects, as `writer` writes it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileRefused(_("This is not valid JSON: %(error)s") % {"error": error}) from error
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise FileRefused(_("The JSON must be a list of objects, one for each row."))
    headers = list(dict.fromkeys(name for item in found for name in item))
    check_size(len(found), len(headers))
    rows = []
    for number, item in enumerate(found, 2):
        cells, problem = [], ""
        for name in headers:
            value = item.get(name)
            if isinstance(value, (dict, list)):
                problem = _("“%(name)s” holds a structure; only text, numbers and true or false can be read.") % {"name": name}
            cells.append(plain_text(value))
        rows.append(Row(number, cells, problem))
    return headers, rows


def plain_text(value: Any) -> str:
    """A JSON scalar as the text of a cell."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\x00", "")


def check_size(rows: int, columns: int) -> None:
    if rows > MOST_ROWS:
        raise FileRefused(_("The file has more than %(most)s rows. Divide it.") % {"most": MOST_ROWS})
    if columns > MOST_COLUMNS:
        raise FileRefused(_("A row of the file has more than %(most)s columns.") % {"most": MOST_COLUMNS})


def finish(headers: list[str], rows: list[Row], notes: list[str]) -> Table:
    """Name every column, refuse the same name twice, bring each row to the width of the headers."""
    headers = [header.strip() for header in headers]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise FileRefused(_("The first row must hold the names of the columns; it is empty."))
    named = len(headers)
    seen: dict[str, str] = {}
    for header in filter(None, headers):
        folded = fold(header) or header
        if folded in seen:
            raise FileRefused(
                _("The columns “%(first)s” and “%(second)s” have the same name. Keep one of them.")
                % {"first": seen[folded], "second": header}
            )
        seen[folded] = header
    headers = [header or _("(column %(number)s)") % {"number": n} for n, header in enumerate(headers, 1)]
    for row in rows:
        if any(row.cells[named:]):
            row.problem = row.problem or _("The row has more cells than there are column names.")
        elif any(len(cell) > LONGEST_CELL for cell in row.cells):
            row.problem = row.problem or _("A cell has more than %(most)s characters.") % {"most": LONGEST_CELL}
        row.cells = row.cells[:named] + [""] * (named - len(row.cells))
    while rows and rows[-1].is_blank:
        rows.pop()
    return Table(headers, rows, notes)
