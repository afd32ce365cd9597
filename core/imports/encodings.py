"""Which encoding a file of text is in, found out from its bytes; whoever imports can overrule it.

Spreadsheet programs save CSV as UTF-8 with or without a mark, as UTF-16, or in the code page of the machine: Windows-1252
(Latin-1 is a part of it) or Mac Roman. A file that several people kept can hold lines in two encodings; each line is then
read as what it is.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from core.imports.problems import FileRefused

#: Python's name → what people call it. The order is that of the choice in the desk.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1 (ISO 8859-1)",
    "mac_roman": "Mac Roman",
}
MIXED = "mixed"
#: How many letters beyond ASCII are looked at to tell one code page from another.
ENOUGH = 4_000
CHUNK = 1 << 20
HIGH = re.compile(rb"[\x80-\xff]")
LOWER, UPPER = set("áéíóúüñ"), set("ÁÉÍÓÚÜÑ")
MARKS = set("«»“”‘’–—…°ºª€")


@dataclass(frozen=True)
class Found:
    """An encoding, what a mixed file's other lines are in, and whether nothing but ASCII made the choice needless."""

    encoding: str
    other: str = ""
    ascii_only: bool = False

    @property
    def words(self) -> str:
        if self.encoding == MIXED:
            return f"{ENCODINGS['utf-8']} + {ENCODINGS[self.other]}"
        return ENCODINGS.get(self.encoding.removesuffix("-le").removesuffix("-be").removesuffix("-sig"), self.encoding)

    @property
    def note(self) -> str:
        """What the person should know; '' for UTF-8."""
        if self.encoding == MIXED:
            return _("Some lines are in UTF-8 and others in %(other)s; each was read as what it is. Check the accents.") % {
                "other": ENCODINGS[self.other]
            }
        if self.encoding.startswith("utf-16"):
            return _("The file was read as UTF-16.")
        if self.encoding.startswith("utf-8"):
            return ""
        return _("The file is not UTF-8; it was read as %(encoding)s. Check the accents.") % {"encoding": self.words}


def find(file: BinaryIO) -> Found:
    """The encoding of a file of text. Raises `FileRefused` when it can be none of those that are known."""
    file.seek(0)
    head = file.read(8_192)
    if head.startswith(codecs.BOM_UTF8):
        return Found("utf-8-sig")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Found("utf-16")
    for place, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(head) > 3 and head[place::2].count(0) > len(head) * 0.35:
            return Found(name)
    file.seek(0)
    return among_lines(file)


def among_lines(file: BinaryIO) -> Found:
    """UTF-8 where every line is; else a code page, or both."""
    utf8_lines, other, seen = 0, bytearray(), 0
    for line in lines_of_bytes(file, all_of_them=False):
        if line.isascii():
            continue
        seen += 1
        try:
            line.decode("utf-8")
            utf8_lines += 1
        except UnicodeDecodeError:
            if len(other) < ENOUGH * 20:
                other += line
    if not other:
        return Found("utf-8", ascii_only=not seen)
    page = code_page(bytes(other))
    return Found(MIXED, page) if utf8_lines else Found(page)


def lines_of_bytes(file: BinaryIO, *, all_of_them: bool = True) -> Iterator[bytes]:
    """Lines however they end; one that never ends comes in pieces that cut no character of UTF-8.

    Of a stretch of plain ASCII nothing comes unless `all_of_them` are wanted: it says nothing about the encoding."""
    rest = b""
    while chunk := file.read(CHUNK):
        if not all_of_them and rest.isascii() and chunk.isascii():
            rest = chunk[-1:]
            continue
        parts = re.split(rb"(?<=[\r\n])", rest + chunk)
        rest = parts.pop()
        yield from parts
        if len(rest) > CHUNK:
            cut = len(rest)
            while cut > len(rest) - 4 and rest[cut - 1] & 0xC0 == 0x80:
                cut -= 1
            cut -= rest[cut - 1] >= 0xC0
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


def code_page(data: bytes) -> str:
    """Windows-1252 or Mac Roman: the one in which the letters stand where Spanish and English words have them."""
    scores: dict[str, float] = {}
    for name in ("cp1252", "mac_roman"):
        try:
            data.decode(name)
        except UnicodeDecodeError:
            continue
        scores[name] = plausibility(data, name)
    if "cp1252" not in scores and scores.get("mac_roman", 0) <= 0:
        raise FileRefused(_("The text is neither UTF-8 nor Windows-1252. In the spreadsheet program, save it as “CSV UTF-8”."))
    if scores["mac_roman"] > max(0, scores.get("cp1252", -1e9)):
        return "mac_roman"
    return "cp1252"


def plausibility(data: bytes, name: str) -> float:
    """How well the characters beyond ASCII fit to their neighbours in this code page."""
    score = 0.0
    for count, match in enumerate(HIGH.finditer(data)):
        if count >= ENOUGH:
            break
        place = match.start()
        around = data[max(0, place - 1) : place + 2].decode(name, "replace")
        here = match[0].decode(name, "replace")
        before = around[0] if place else " "
        after = around[-1] if place + 1 < len(data) else " "
        score += fit(before, here, after)
    return score


def fit(before: str, here: str, after: str) -> float:
    """Above zero for a character that belongs there, below for one that no text would have there."""
    inside = before.isalpha() and after.isalpha()
    if here in LOWER:
        return -2 if before.isupper() and after.isupper() else 2 if before.isalpha() or after.isalpha() else 0.5
    if here in UPPER:
        return -3 if before.islower() else 2 if after.isalpha() or before.isupper() else 0.5
    if here in "¿¡":
        return 1 if after.isalnum() and not before.isalpha() else -1
    if here in MARKS:
        return 1 if here == "’" else -2 if inside else 0.5
    if here.isalpha():
        return -3 if before.islower() and here.isupper() else -0.5
    return -2


def lines(file: BinaryIO, found: Found) -> Iterator[str]:
    """The lines of the file as text, with their ends. Raises `FileRefused`."""
    file.seek(0)
    try:
        for line in mixed_lines(file, found.other) if found.encoding == MIXED else wrapped(file, found.encoding):
            if "\x00" in line:
                raise FileRefused(_("The file holds NUL characters: it is not a text file. Save it as CSV or XLSX."))
            yield line
    except UnicodeError as error:
        raise FileRefused(
            _("The file is not in %(encoding)s. Choose another encoding, or save it as CSV in UTF-8.") % {"encoding": found.words}
        ) from error


def wrapped(file: BinaryIO, encoding: str) -> Iterable[str]:
    # The wrapper must not close the file with itself: it is read again.
    text = io.TextIOWrapper(Kept(file), encoding=encoding, newline="")  # type: ignore[type-var]
    return text  # type: ignore[no-any-return]


def mixed_lines(file: BinaryIO, other: str) -> Iterator[str]:
    for line in lines_of_bytes(file):
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            yield line.decode(other, "replace")


class Kept(io.RawIOBase):
    """A file that stays open when the text reader around it goes away."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
