"""Reading a file of rows: text as people save it, XLSX, ODS, old XLS, and lists in JSON. Everything becomes text.

Bounds keep a hostile file from costing more than a few seconds: bytes, rows, columns and cells are limited, an archive is
measured before it is unpacked, and rows beyond a few thousand wait on disk, so memory stays flat.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from core.imports.delimited import DELIMITERS, read_csv, swallowed, too_short
from core.imports.encodings import ENCODINGS
from core.imports.lists import read_json
from core.imports.problems import FileRefused
from core.imports.rows import Row, Rows
from core.text import clean_line, fold

MOST_BYTES = 100 * 1024 * 1024
MOST_ROWS = 1_000_000
MOST_COLUMNS = 300
LONGEST_CELL = 40_000
MOST_BLANK = 20_000
#: Stands for a letter that was lost when the file was saved.
LOST = "\ufffd"
#: How far down the names of the columns are looked for, and may be said to stand.
TITLE_ROWS = 30
FURTHEST_HEADER = 2_000
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Headers of the columns that our own report adds; they are read past when the corrected file comes back.
REPORT_PREFIX = "acuerda "
#: First bytes → what the file is: nothing that holds rows.
OTHER_FILES = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "GZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"BZh": "BZIP2",
    b"\x7fELF": "ELF",
    b"MZ\x90": "EXE",
    b"{\\rtf": "RTF",
    b"SQLite format 3": "SQLite",
}


@dataclass(frozen=True)
class Reading:
    """How a file is to be read where whoever imports knows better; '' and 0 mean: find out.

    `lenient` names a column that has no name of its own, instead of refusing the file: in the desk it can then be mapped.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 0
    lenient: bool = False

    @classmethod
    def of(cls, given: dict[str, Any]) -> Reading:
        """From what was kept or sent; anything that is not one of the choices counts as: find out."""
        encoding, delimiter = str(given.get("encoding", "")), str(given.get("delimiter", ""))
        row = str(given.get("header_row") or "0")
        return cls(
            encoding if encoding in ENCODINGS else "",
            delimiter if delimiter in DELIMITERS else "",
            str(given.get("sheet", ""))[:100],
            int(row) if row.isascii() and row.isdigit() and len(row) < 7 else 0,
            bool(given.get("lenient")),
        )


@dataclass
class Table:
    """A file that could be read: headers as written, rows without blank ones at the end, and what was noticed.

    `facts`: what was found out about it: encoding, delimiter, sheet, sheets, header_row, as words.
    """

    headers: list[str]
    rows: Rows
    notes: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """Tells whether a page was about these headers: read in another way, a file has others, and is proposed for anew."""
        return hashlib.sha256("\n".join(self.headers).encode("utf-8", "replace")).hexdigest()[:16]


#: What a kind of file gives: its rows from the first on, facts, notes.
Opened = tuple[Iterator[Row], dict[str, Any], list[str]]


def read(name: str, data: bytes | BinaryIO, *, known: Collection[str] = (), reading: Reading | None = None) -> Table:
    """Read a file by its content; `name` only tells JSON from CSV. Raises `FileRefused`.

    `known`: folded names of columns, by which the header is told from the title rows above it.
    """
    reading = reading or Reading()
    file = io.BytesIO(data) if isinstance(data, (bytes, bytearray)) else data
    size = file.seek(0, io.SEEK_END)
    if size > MOST_BYTES:
        raise FileRefused(
            _("The file has %(size)s MB; at most %(most)s MB can be imported at once. Divide it.")
            % {"size": size // 1024 // 1024, "most": MOST_BYTES // 1024 // 1024}
        )
    file.seek(0)
    head = file.read(4_096)
    if not head.strip():
        raise FileRefused(_("The file is empty."))
    for mark, words in OTHER_FILES.items():
        if head.startswith(mark):
            raise FileRefused(
                _("This is a file of the kind %(kind)s, which holds no rows. Send CSV, XLSX, ODS, XLS or JSON.") % {"kind": words}
            )
    check: Callable[[Row, list[str]], str] = lambda row, headers: ""  # noqa: E731
    rows: Iterator[Row]
    if head.startswith(b"PK"):
        from core.imports.archives import read_archive

        rows, facts, notes = read_archive(file, reading.sheet)
    elif head.startswith(OLD_OFFICE):
        from core.imports.old_excel import read_old_excel

        rows, facts, notes = read_old_excel(file, reading.sheet)
    elif name.lower().endswith(".json"):
        rows, facts, notes = read_json(file)
    else:
        rows, facts, notes = read_csv(file, encoding=reading.encoding, delimiter=reading.delimiter)
        mark = next((m for m, words in DELIMITERS.items() if words == facts["delimiter"]), ",")
        check = lambda row, headers: too_short(row, headers) or swallowed(row, len(headers), mark)  # noqa: E731
    return finish(rows, facts, notes, known=known, reading=reading, check=check)


def finish(
    rows: Iterator[Row],
    facts: dict[str, Any],
    notes: list[str],
    *,
    known: Collection[str],
    reading: Reading,
    check: Callable[[Row, list[str]], str],
) -> Table:
    """Find the header, name every column, and bring each row to the width of the headers."""
    first = list(islice(rows, max(TITLE_ROWS, min(reading.header_row, FURTHEST_HEADER))))
    for row in first:
        check_size(0, len(row.cells))
    place = header_place(first, known, reading.header_row)
    facts["header_row"] = first[place].number if first else 1
    if place and any(any(row.cells) for row in first[:place]):
        notes.append(
            _("The names of the columns are in row %(row)s; the rows above it were left out.") % {"row": first[place].number}
        )
    headers = names_of(first[place].cells if first else [], reading.lenient)
    kept = Rows()
    waiting: list[Row] = []
    for row in chain(first[place + 1 :], rows):
        check_size(row.number, len(row.cells))
        row = shaped(row, headers, check)
        if row.is_blank:
            waiting.append(row)
            if len(waiting) > MOST_BLANK:
                raise FileRefused(
                    _("More than %(most)s rows in a row are empty, and something stands far below. Delete the empty rows.")
                    % {"most": MOST_BLANK}
                )
            continue
        for blank in waiting:
            kept.append(blank)
        waiting.clear()
        kept.append(row)
    return Table(headers, kept, notes, facts)


def shaped(row: Row, headers: list[str], check: Callable[[Row, list[str]], str]) -> Row:
    """The row as wide as the headers, with the sentence that says what is wrong with its shape."""
    named, cells = len(headers), row.cells
    if not row.problem:
        if len(cells) > named and any(cells[named:]):
            row.problem = _("The row has more cells than there are column names.")
        elif cells and len(max(cells, key=len)) > LONGEST_CELL:
            row.problem = _("A cell has more than %(most)s characters.") % {"most": LONGEST_CELL}
        elif LOST in "".join(cells):
            row.problem = _(
                "A cell holds “\ufffd”, which stands for a letter that was lost when the file was saved: write it anew."
            )
        else:
            row.problem = check(row, headers)
    if len(cells) != named:
        row.cells = cells[:named] + [""] * (named - len(cells))
    return row


def header_place(rows: list[Row], known: Collection[str], asked: int = 0) -> int:
    """Which of the first rows holds the names of the columns: the one asked for, else the one with most known names."""
    if asked:
        for place, row in enumerate(rows):
            if row.number == asked:
                return place
        raise FileRefused(_("The file has no row %(row)s.") % {"row": asked})
    scores = [len({fold(cell) for cell in row.cells if cell} & set(known)) for row in rows]
    best = max(scores, default=0)
    if best and (best > 1 or scores[0] == 0):
        return scores.index(best)
    return 0


def names_of(cells: Iterable[str], lenient: bool) -> list[str]:
    """The headers, none empty and none twice. Raises `FileRefused` for two alike unless `lenient`, which numbers them."""
    headers = [clean_line(cell) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise FileRefused(_("The first row must hold the names of the columns; it is empty."))
    check_size(0, len(headers))
    seen: dict[str, str] = {}
    for place, header in enumerate(headers):
        if not header:
            continue
        folded = fold(header) or header
        number = 1
        while folded in seen:
            if not lenient:
                raise FileRefused(
                    _("The columns “%(first)s” and “%(second)s” have the same name. Keep one of them.")
                    % {"first": seen[folded], "second": header}
                )
            number += 1
            headers[place] = f"{header} ({number})"
            folded = fold(headers[place])
        seen[folded] = headers[place]
    return [header or _("(column %(number)s)") % {"number": n} for n, header in enumerate(headers, 1)]


def check_size(rows: int, columns: int) -> None:
    if rows > MOST_ROWS:
        raise FileRefused(_("The file has more than %(most)s rows. Divide it.") % {"most": MOST_ROWS})
    if columns > MOST_COLUMNS:
        raise FileRefused(_("A row of the file has more than %(most)s columns.") % {"most": MOST_COLUMNS})
