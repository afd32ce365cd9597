"""XLSX and ODS are archives of XML: they are measured before they are unpacked."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from core.imports.problems import FileRefused
from core.imports.rows import Row

MOST_UNPACKED = 400 * 1024 * 1024
#: No spreadsheet packs its text to less than this part; an archive that does is made to burst.
MOST_RATIO = 200
MOST_FILES = 2_000
CHUNK = 1 << 20
#: Opening tags → how many of them a part may have: texts that are held in memory, rows (as many as a file may have at all), cells,
#: formulas (which are read twice).
MOST_OF = {
    b"<si>": 1_500_000,
    b"<si ": 1_500_000,
    b"<row": 1_000_000,
    b"<c ": 12_000_000,
    b"<c>": 12_000_000,
    b"<f>": 100_000,
    b"<f ": 100_000,
}
MOST_FINDS = 20_000
#: What the readers raise on a broken or forged workbook.
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


def damaged() -> FileRefused:
    return FileRefused(_("The workbook cannot be read: it is damaged, encrypted or not an .xlsx file."))


def read_archive(file: BinaryIO, sheet: str) -> tuple[Iterator[Row], dict[str, Any], list[str]]:
    """Rows, facts and notes of one sheet of a workbook. Raises `FileRefused`."""
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            names = measure(archive)
            declared = archive.read("mimetype")[:100].decode("ascii", "replace") if "mimetype" in names else ""
            if "content.xml" in names and "spreadsheet" in declared:
                from core.imports.opendocument import read_opendocument

                return guarded(*read_opendocument(file, archive, sheet))
            if not any(name.startswith("xl/") for name in names):
                raise FileRefused(
                    _("The archive holds no spreadsheet (%(names)s). Unpack it and send the file itself.")
                    % {"names": ", ".join(sorted(names)[:3])[:150]}
                )
            from core.imports.workbook import read_workbook

            return guarded(*read_workbook(file, archive, sheet))
    except BROKEN as error:
        raise damaged() from error


def guarded(rows: Iterator[Row], facts: dict[str, Any], notes: list[str]) -> tuple[Iterator[Row], dict[str, Any], list[str]]:
    """Rows are read later than they are asked for: what goes wrong then is a refusal too."""

    def careful() -> Iterator[Row]:
        try:
            yield from rows
        except BROKEN as error:
            raise damaged() from error

    return careful(), facts, notes


def measure(archive: zipfile.ZipFile) -> set[str]:
    """Refuse an archive that unpacks to too much or is locked; answer with the names in it."""
    entries = archive.infolist()
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if len(entries) > MOST_FILES or unpacked > MOST_UNPACKED or (unpacked > 20 * CHUNK and unpacked > MOST_RATIO * packed):
        raise too_large()
    if any(entry.flag_bits & 1 for entry in entries):
        raise protected()
    return {entry.filename for entry in entries}


def too_large() -> FileRefused:
    return FileRefused(_("The workbook is too large when unpacked. Divide it, or save it as CSV."))


def protected() -> FileRefused:
    return FileRefused(_("The file is protected with a password. Open it, save it without the password and send it again."))


def scan(archive: zipfile.ZipFile, name: str, *patterns: re.Pattern[bytes]) -> list[list[Any]]:
    """What the patterns find in one part, read piece by piece; of a pattern without a group, whether it is there.

    A part that carries a DTD is refused, and one that holds more rows, texts or finds than could be read in good time."""
    found: list[list[Any]] = [[] for _pattern in patterns]
    seen = dict.fromkeys(MOST_OF, 0)
    with archive.open(name) as part:
        rest = b""
        while chunk := part.read(CHUNK):
            text = rest + chunk
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise FileRefused(_("The workbook holds definitions that no spreadsheet program writes; it is not read."))
            # A match in the overlap would count twice.
            edge = len(text) - 200
            for tag, most in MOST_OF.items():
                seen[tag] += chunk.count(tag)
                if seen[tag] > most:
                    raise too_large()
            for place, pattern in enumerate(patterns):
                if found[place] and not pattern.groups:
                    continue
                found[place] += [match[1] if pattern.groups else True for match in pattern.finditer(text) if match.start() < edge]
                if len(found[place]) > MOST_FINDS:
                    if pattern.groups:
                        raise too_large()
                    del found[place][1:]
            rest = text[-200:]
        for place, pattern in enumerate(patterns):
            found[place] += [match[1] if pattern.groups else True for match in pattern.finditer(rest)]
    return found
