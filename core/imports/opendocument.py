"""Reading ODS (OpenDocument 1.2, part 1, section 9) row by row, without ever spreading out what the file only says is repeated."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, iterparse

from django.utils.translation import gettext as _

from core.imports.archives import protected, scan
from core.imports.guard import unguard
from core.imports.problems import FileRefused
from core.imports.rows import Row
from core.imports.when import read_day

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
#: Repeats of a filled cell or row beyond this are nothing that a person typed.
MOST_REPEATED = 300


def read_opendocument(file: BinaryIO, archive: zipfile.ZipFile, asked: str) -> tuple[Iterator[Row], dict[str, Any], list[str]]:
    """Rows, facts and notes of the sheet that is asked for, else of the first one."""
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise protected()
    scan(archive, "content.xml")
    names = sheets_of(file)
    if not names:
        raise FileRefused(_("The workbook has no visible sheet."))
    sheet = asked if asked in names else names[0]
    notes = [] if len(names) == 1 or asked in names else [_("Only the first sheet, “%(sheet)s”, was read.") % {"sheet": sheet}]
    return rows_of(file, sheet), {"sheet": sheet, "sheets": names}, notes


def sheets_of(file: BinaryIO) -> list[str]:
    names = []
    with zipfile.ZipFile(file) as archive, archive.open("content.xml") as content:
        for event, element in iterparse(content, ("start", "end")):  # noqa: S314 (without DTD: `scan`)
            if event == "start" and element.tag == f"{TABLE}table":
                names.append(element.get(f"{TABLE}name", ""))
            elif event == "end" and element.tag in (f"{TABLE}table-row", f"{TABLE}table"):
                element.clear()
    return names[:100]


def rows_of(file: BinaryIO, sheet: str) -> Iterator[Row]:
    number, reading = 0, False
    with zipfile.ZipFile(file) as archive, archive.open("content.xml") as content:
        for event, element in iterparse(content, ("start", "end")):  # noqa: S314 (without DTD: `scan`)
            if element.tag == f"{TABLE}table":
                if event == "end" and reading:
                    return
                reading = event == "start" and element.get(f"{TABLE}name", "") == sheet
            elif event == "end" and element.tag == f"{TABLE}table-row":
                if reading:
                    times = repeats(element, "number-rows-repeated")
                    cells, problem = cells_of(element)
                    if cells or problem:
                        if times > MOST_REPEATED:
                            raise FileRefused(_("A row is repeated %(times)s times. Delete the repeats.") % {"times": times})
                        for _each in range(times):
                            number += 1
                            yield Row(number, list(cells), problem)
                    else:
                        # Blank rows between others are few; those below the last one are a million.
                        for blank in range(1, min(times, MOST_REPEATED) + 1):
                            yield Row(number + blank, [])
                        number += times
                element.clear()


def repeats(element: Element, name: str) -> int:
    text = element.get(f"{TABLE}{name}", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def cells_of(row: Element) -> tuple[list[str], str]:
    """The texts of a row, without empty ones at its end, and what is wrong with it."""
    texts: list[str] = []
    problem, empty = "", 0
    for cell in row:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        text = unguard(text_of(cell))
        times = repeats(cell, "number-columns-repeated")
        if not text:
            empty += times
            continue
        if times > MOST_REPEATED or len(texts) + empty > 10_000:
            raise FileRefused(_("The sheet has too many cells. Delete the empty columns at the right."))
        texts += [""] * empty + [text] * times
        empty = 0
        if text.startswith(("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "Err:")):
            problem = _("A cell holds the error %(error)s.") % {"error": text[:20]}
    return texts, problem


def text_of(cell: Element) -> str:
    """The typed value of a cell where it has one, else its paragraphs."""
    kind = cell.get(f"{OFFICE}value-type", "")
    shown = "\n".join(paragraph_text(part) for part in cell if part.tag == f"{TEXT}p")
    value = cell.get(f"{OFFICE}value", "")
    if kind in ("float", "currency", "percentage") and value:
        number = float(value)
        if kind == "percentage":
            return f"{plain(round(number * 100, 8))} %"
        text = plain(number)
        # 01 shown for the number 1 is a code with its zeros.
        return shown if shown.isdigit() and shown.lstrip("0") == text.lstrip("0") else text
    if kind == "date":
        return no_more_exact(cell.get(f"{OFFICE}date-value", ""), shown)
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value", shown)
    return shown


def plain(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def no_more_exact(value: str, shown: str) -> str:
    """A date as the cell shows it: a month or a year alone stay that."""
    day, _mark, time = value.partition("T")
    if time.strip("0:."):
        return f"{day} {time[:8].removesuffix(':00')}"
    try:
        _date, precision = read_day(shown, order="dmy")
    except ValueError:
        return day
    return day[: {"year": 4, "month": 7}.get(precision, 10)]


def paragraph_text(element: Element) -> str:
    """Text with its spaces, tabs and line breaks; remarks on the cell are no part of it."""
    parts = [element.text or ""]
    for part in element:
        if part.tag == f"{TEXT}s":
            parts.append(" " * min(int(part.get(f"{TEXT}c", "1") or 1), 1000))
        elif part.tag == f"{TEXT}tab":
            parts.append("\t")
        elif part.tag == f"{TEXT}line-break":
            parts.append("\n")
        elif part.tag != f"{OFFICE}annotation":
            parts.append(paragraph_text(part))
        parts.append(part.tail or "")
    return "".join(parts)
