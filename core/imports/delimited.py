"""CSV, TSV and text with bars, as people and programs save them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from core.imports import encodings
from core.imports.guard import unguard
from core.imports.problems import FileRefused
from core.imports.rows import Row

DELIMITERS = {",": ",", ";": ";", "\t": "TAB", "|": "|"}
#: A cell that is longer than this is one that swallowed the rest of the file.
LONGEST_FIELD = 1 << 20
MARKER = re.compile(r"(<{7}|\|{7}|>{7})( |\r|\n|$)|={7}\r?\n?$")


def read_csv(file: BinaryIO, *, encoding: str = "", delimiter: str = "") -> tuple[Iterator[Row], dict[str, str], list[str]]:
    """Rows from the first line on, what was found out (encoding, delimiter), and notes. Raises `FileRefused`."""
    found = encodings.Found(encoding) if encoding else encodings.find(file)
    lines = without_markers(encodings.lines(file, found))
    head = list(islice(lines, 40))
    mark = delimiter or delimiter_of(head)
    facts = {"encoding": found.words, "delimiter": DELIMITERS.get(mark, mark)}
    return rows_of(chain(head, lines), mark), facts, [found.note] if found.note else []


def without_markers(lines: Iterator[str]) -> Iterator[str]:
    """Refuse a file in which two versions were merged and the conflict was left."""
    conflict = False
    for number, line in enumerate(lines, 1):
        if line[:1] in "<|>=" and (match := MARKER.match(line)):
            # A row of equal signs alone is decoration; between the other two it is a conflict.
            conflict = conflict or match[0][0] == "<"
            if conflict or match[0][0] == ">":
                raise FileRefused(
                    _(
                        "Line %(line)s is a mark of two versions of the file that were never brought together (%(mark)s). "
                        "Choose one of the versions and delete the marks."
                    )
                    % {"line": number, "mark": match[0].strip()[:7]}
                )
        yield line


def rows_of(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number, line = 0, 1
    try:
        for cells in reader:
            number += 1
            yield Row(number, [unguard(cell) for cell in cells])
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(
            _(
                "Row %(row)s cannot be read (it begins in line %(line)s): a quotation mark is opened and not closed, or text "
                "follows it (%(error)s)."
            )
            % {"row": number + 1, "line": line, "error": error}
        ) from error


def too_short(row: Row, headers: list[str]) -> str:
    """The sentence for a row that ends before the header does, or whose cell holds what looks like whole rows: in CSV both
    are signs that a quotation mark swallowed something."""
    named = len(headers)
    if any(row.cells) and len(row.cells) < named:
        return _(
            "The row has %(given)s cells and the header %(named)s: a cell is missing, or a quotation mark is not closed."
        ) % {
            "given": len(row.cells),
            "named": named,
        }
    return ""


def swallowed(row: Row, named: int, delimiter: str) -> str:
    """The sentence for a cell in which a line has as many delimiters as a row of the file."""
    for cell in row.cells if named > 3 else ():
        if "\n" in cell or "\r" in cell:
            for line in re.split(r"[\r\n]+", cell)[1:]:
                if line.count(delimiter) >= named - 1 and not re.search(rf"{re.escape(delimiter)} ", line):
                    return _("A cell seems to hold other rows of the file: a quotation mark is opened and closed rows later.")
    return ""


def delimiter_of(head: list[str]) -> str:
    """The delimiter that cuts the first rows into most pieces, and alike: title rows above count for nothing."""

    def pieces(mark: str) -> tuple[int, int]:
        counts = []
        try:
            for cells in csv.reader(head, delimiter=mark):
                counts.append(len(cells))
        except csv.Error:
            pass
        first = counts[0] if counts else 0
        best = max(set(counts), key=lambda n: (n > 1, counts.count(n), n), default=0)
        return (best if best > 1 and counts.count(best) > 1 else 0, first)

    cut = {mark: pieces(mark) for mark in DELIMITERS}
    # A first line that only one mark cuts, and as most rows are cut, is the header: `uno,dos` over `,;;`.
    heads = [mark for mark, (_most, first) in cut.items() if first > 1]
    if len(heads) == 1 and cut[heads[0]][0] == cut[heads[0]][1]:
        return heads[0]
    return max(cut, key=lambda mark: cut[mark])
