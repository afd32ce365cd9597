"""Files that people send: type by content from an allow-list, bounded size, fingerprint, a name that is only shown (promise 14).

The name under which a file is stored is made by its model and never comes from the person who sent it.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import puremagic
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from core.insides import TooLarge, without_metadata
from core.text import clean_line

#: Largest file that is taken, in bytes.
LARGEST = 15 * 1024 * 1024
#: What a packed document may unpack to.
LARGEST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 5000

OOXML = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = f"{OOXML}wordprocessingml.document", f"{OOXML}spreadsheetml.sheet"
ODT, ODS = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
#: Media type → endings of a file name; the first is given to a name that has none.
KINDS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    ODT: (".odt",),
    ODS: (".ods",),
    "text/plain": (".txt",),
    "text/csv": (".csv",),
}
#: Text that is a program or a page for a browser, whatever its name says.
NOT_PLAIN = re.compile(r"\s*(<!doctype|<html|<head|<body|<script|<svg|<\?|\{\\rtf|%!ps|#!)", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Upload:
    """A file that passed, without its metadata: `file` to store, `name` to show, and what its record keeps of it.

    The fingerprint is that of what is stored, and so of what is handed out.
    """

    file: ContentFile[bytes]
    name: str
    content_type: str
    size: int
    sha256: str


def take_in(sent: Any) -> Upload:
    """Check a file that somebody sent (`name`, `size`, `chunks()`). Raises ValidationError with a sentence."""
    name = shown_name(str(getattr(sent, "name", "") or ""))
    if sent.size is not None and sent.size > LARGEST:
        raise too_large(name, sent.size)
    content = bytearray()
    for chunk in sent.chunks():
        content += chunk
        if len(content) > LARGEST:
            raise too_large(name, len(content))
    data = bytes(content)
    if not data:
        raise ValidationError(_("“%(name)s” is empty: choose the file again.") % {"name": name}, code="empty")
    kind = kind_of(data, name)
    ending = PurePath(name).suffix.lower()
    if ending and ending not in KINDS[kind]:
        raise ValidationError(
            _("“%(name)s” does not hold what its name says: it is a %(kind)s file. Rename it, or choose another one.")
            % {"name": name, "kind": KINDS[kind][0].lstrip(".").upper()},
            code="disguised",
        )
    if not ending:
        name += KINDS[kind][0]
    try:
        data = without_metadata(data, kind, name)
    except TooLarge as error:
        raise ValidationError(
            _("“%(name)s” is too large once it is unpacked: save it in a smaller form.") % {"name": name}, code="unpacked"
        ) from error
    return Upload(ContentFile(data, name="upload"), name, kind, len(data), hashlib.sha256(data).hexdigest())


def shown_name(name: str) -> str:
    """The last part of a file name as one printable line of at most 150 characters, its ending kept."""
    line = clean_line(CONTROL.sub("", re.split(r"[\\/]", name)[-1])) or "file"
    ending = PurePath(line).suffix
    return line if len(line) <= 150 else line[: 150 - len(ending[:10])] + ending[:10]


def kind_of(data: bytes, name: str) -> str:
    """The media type of a content, one of `KINDS`. Raises ValidationError for any other."""
    if data.startswith(b"PK\x03\x04"):
        return packed_kind(data, name)
    try:
        found = {match.mime_type for match in puremagic.magic_string(data)}
    except (puremagic.PureError, ValueError):
        found = set()
    for kind in ("application/pdf", "image/png", "image/jpeg"):
        if kind in found:
            return kind
    text = read_text(data)
    if text is not None and not NOT_PLAIN.match(text):
        return "text/csv" if PurePath(name).suffix.lower() == ".csv" else "text/plain"
    raise refused(name)


def read_text(data: bytes) -> str | None:
    """The text in UTF-8, UTF-16 with its mark, or Windows' western code page; None when it is no text."""
    encodings = ["utf-16"] if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROL.search(text) else text
    return None


def packed_kind(data: bytes, name: str) -> str:
    """The kind of an office document: what stands in the archive tells, since all begin alike."""
    try:
        with zipfile.ZipFile(ContentFile(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise ValidationError(
                    _("“%(name)s” unpacks to more than %(size)s MB: save it in a smaller form.")
                    % {"name": name, "size": LARGEST_UNPACKED // 1024 // 1024},
                    code="unpacked",
                )
            names = {part.filename for part in parts}
            if any(part.rpartition("/")[2].lower() == "vbaproject.bin" for part in names):
                raise ValidationError(
                    _("“%(name)s” contains macros: save it without them and choose it again.") % {"name": name}, code="macros"
                )
            if "mimetype" in names:
                declared = archive.read("mimetype")[:100].decode("ascii", "replace").strip()
                if declared in (ODT, ODS):
                    return declared
            elif "[Content_Types].xml" in names:
                for kind, folder in ((DOCX, "word/"), (XLSX, "xl/")):
                    if any(part.startswith(folder) for part in names):
                        return kind
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise refused(name) from error
    raise refused(name)


def refused(name: str) -> ValidationError:
    return ValidationError(
        _("“%(name)s” is not a kind of file that is kept here: use PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, TXT or CSV.")
        % {"name": name},
        code="kind",
    )


def too_large(name: str, size: int) -> ValidationError:
    return ValidationError(
        _("“%(name)s” has %(size)s MB; at most %(largest)s MB are taken: save it in a smaller form, or give a link to it.")
        % {"name": name, "size": f"{size / 1024 / 1024:.1f}", "largest": LARGEST // 1024 // 1024},
        code="size",
    )


@contextmanager
def kept_or_gone() -> Iterator[list[Any]]:
    """Collects file columns; when the block fails, what they stored is removed again: no file stays without its record."""
    stored: list[Any] = []
    try:
        yield stored
    except BaseException:
        for file in stored:
            if file and file._committed:
                file.storage.delete(file.name)
        raise
