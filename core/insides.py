"""What a file holds beside what it shows: text that can be read at once, and metadata that say who made it, where and when.

Metadata are taken out of pictures (Pillow), PDFs (pikepdf) and office documents before the file is stored; where that is not
possible (a PDF that is signed or locked), whoever sent it is told.
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

# It greets whoever imports it.
logging.getLogger("pikepdf").setLevel(logging.WARNING)
import pikepdf  # noqa: E402

#: So much of a file is looked through for personal data, in characters.
MOST_TEXT = 500_000
#: What the streams of a PDF that have to be unpacked to read it may unpack to.
MOST_OF_PDF = 100 * 1024 * 1024
#: How many of them there may be, and how much of one is unpacked at once.
MOST_STREAMS, AT_ONCE = 20_000, 64 * 1024
STREAM = re.compile(rb"stream\r?\n")
#: An office document that unpacks to more is not packed again: it takes a second for 40 MB.
MOST_REPACKED = 50 * 1024 * 1024
#: Pages, seconds and memory that reading the text of a PDF may take.
PDF_PAGES, PDF_SECONDS, PDF_MEGABYTES = 30, 1.5, 512
PDF_READER = Path(__file__).with_name("pdf_text.py")
PICTURES = (".jpg", ".jpeg")
#: Pixels of a picture; a scan of A3 at 600 dots an inch has 70 million.
MOST_PIXELS = 100_000_000
#: Parts of an office document that say who made it.
PROPERTIES = re.compile(r"(?:docProps/(?:core|app|custom)\.xml|meta\.xml|docProps/thumbnail\.[a-z]+|Thumbnails/.*)$")
#: Parts that hold text.
TEXTS = re.compile(
    r"(?:word/(?:document|footnotes|header\d*|footer\d*|comments)|xl/sharedStrings|xl/worksheets/sheet\d+|content)\.xml$"
)
MOST_LISTED = 5000
#: A tag ends before the next one begins: many that never end would each be looked for to the end.
ENDS_A_LINE = re.compile(r"<(?:/w:p|w:br|w:tab|/text:p|/si|/c|/table:table-cell)\b[^<>]*>")
A_TAG = re.compile(r"<[^<>]*>")
EMPTY = {
    "docProps/core.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
        b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
    ),
    "docProps/app.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
    ),
    "docProps/custom.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
    ),
    "meta.xml": (
        b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta '
        b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"/>'
    ),
}
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"

_said: ContextVar[list[str] | None] = ContextVar("said about files", default=None)


#: Seconds that are left for reading PDFs, of all files that came together.
_left: ContextVar[float] = ContextVar("seconds left for files", default=PDF_SECONDS)


class TooLarge(Exception):
    """Unpacked, the file is larger than what is looked at."""


def say(sentence: str) -> None:
    """Something that whoever sent a file has to know; pages show it when they are done."""
    said = _said.get()
    if said is not None:
        said.append(sentence)


def listen() -> None:
    """From here on, what is said about files is kept until `heard`."""
    _said.set([])


def heard() -> list[str]:
    """What was said since `listen`, once."""
    said = _said.get() or []
    _said.set(None)
    return list(dict.fromkeys(said))


# --- text -------------------------------------------------------------------------------------------------------------


def begin_reading() -> None:
    """From here on, the files of one request share the time that reading them may take."""
    _left.set(PDF_SECONDS)


def text_of_file(file: Any) -> str:
    """The text of an uploaded file that can be read at once: plain text, CSV, office documents, PDFs. '' for others."""
    file.seek(0)
    data = file.read(20 * 1024 * 1024)
    file.seek(0)
    if data[:4] == b"PK\x03\x04":
        return text_of_office(data)
    if b"%PDF" in data[:1024]:
        return text_of_pdf(data)
    head = data[: MOST_TEXT * 2]
    if b"\x00" in head[:1000] or data[:4] == b"\x89PNG" or data[:2] == b"\xff\xd8":
        return ""
    return head.decode("utf-8", "replace")[:MOST_TEXT]


def text_of_pdf(data: bytes) -> str:
    """The text of the first pages of a PDF, as far as a process of its own comes in `PDF_SECONDS`; '' for a scan or a broken file."""
    began, seconds = time.monotonic(), min(PDF_SECONDS, _left.get())
    if seconds <= 0:
        return ""
    order = [sys.executable, "-I", str(PDF_READER), str(PDF_PAGES), str(PDF_MEGABYTES)]
    try:
        done = subprocess.run(order, input=data, capture_output=True, timeout=seconds, env={}, check=False)  # noqa: S603
        text = done.stdout
    except subprocess.TimeoutExpired as late:
        text = late.stdout or b""
    _left.set(_left.get() - (time.monotonic() - began))
    return text.decode("utf-8", "replace")[:MOST_TEXT]


#: What a broken archive answers with.
BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error)


def text_of_office(data: bytes) -> str:
    """The text of an office document, of which no more than `MOST_TEXT` × 4 bytes are unpacked, in however many parts they lie."""
    found: list[str] = []
    left = MOST_TEXT * 4
    with contextlib.suppress(*BROKEN), zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.infolist()[:MOST_LISTED]:
            if TEXTS.search(part.filename) and left > 0:
                with archive.open(part) as stream:
                    unpacked = stream.read(left)
                left -= len(unpacked)
                text = ENDS_A_LINE.sub("\n", unpacked.decode("utf-8", "replace"))
                found.append(A_TAG.sub("", text))
    return "\n".join(found)[:MOST_TEXT]


# --- metadata ---------------------------------------------------------------------------------------------------------


def without_metadata(data: bytes, kind: str, name: str) -> bytes:
    """The same file without what says who made it, where and when; as it came where that cannot be taken out.

    `kind` is one of `core.uploads.KINDS`. Raises `TooLarge`.
    """
    try:
        if kind in (PNG, JPEG):
            return plain_picture(data, kind)
        if kind == PDF:
            return plain_pdf(data, name)
        if kind.startswith("application/"):
            return plain_office(data)
    except (
        OSError,
        ValueError,
        SyntaxError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
        pikepdf.PdfError,
        pikepdf.PasswordError,
    ):
        say(_("“%(name)s” may still say who made it, where and when: its metadata could not be taken out.") % {"name": name})
    return data


def plain_picture(data: bytes, kind: str) -> bytes:
    """Without Exif, XMP, comments and text blocks; turned as the camera said. Colour profiles stay."""
    with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise TooLarge
        upright = ImageOps.exif_transpose(picture)
        turned = picture.getexif().get(0x0112, 1) != 1
        profile = picture.info.get("icc_profile")
        out = io.BytesIO()
        if kind == PNG:
            upright.info = {name: value for name, value in upright.info.items() if name in ("transparency", "gamma", "srgb")}
            upright.save(out, "PNG", icc_profile=profile, exif=b"")
        else:
            source = upright if turned else picture
            quality: Any = 92 if turned else "keep"
            # Pillow writes a comment that it has read again, so it is taken away.
            source.info.pop("comment", None)
            source.save(out, "JPEG", quality=quality, icc_profile=profile, exif=b"", comment=b"")
        return out.getvalue()


def plain_pdf(data: bytes, name: str) -> bytes:
    """Without document information and XMP, those of its pictures too, and without what earlier versions left behind.

    A PDF that is signed would lose its signature; one that is locked cannot be written. Both stay as they are, and it is said.
    """
    measure_pdf(data)
    if re.search(rb"/ByteRange\s*\[", data):
        say(_("“%(name)s” is signed electronically, so its metadata were left: they may say who made it.") % {"name": name})
        return data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for item in pdf.objects:
            if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
                for key in ("/Metadata", "/PieceInfo", "/LastModified"):
                    if key in item:
                        del item[key]
            if isinstance(item, pikepdf.Stream) and item.get("/Filter") == pikepdf.Name.DCTDecode:
                item.write(
                    plain_head(item.read_raw_bytes()), filter=pikepdf.Name.DCTDecode, decode_parms=item.get("/DecodeParms")
                )
        out = io.BytesIO()
        pdf.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
            fix_metadata_version=False,
        )
        return out.getvalue()


def plain_head(jpeg: bytes) -> bytes:
    """A JPEG without the segments before its picture that hold Exif, XMP, IPTC (APP1, APP13) and comments; nothing is encoded anew."""
    if jpeg[:2] != b"\xff\xd8":
        return jpeg
    kept, place = [b"\xff\xd8"], 2
    while jpeg[place : place + 1] == b"\xff" and place + 4 <= len(jpeg):
        marker, end = jpeg[place + 1], place + 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if marker == 0xDA:
            break
        if marker not in (0xE1, 0xED, 0xFE):
            kept.append(jpeg[place:end])
        place = end
    return b"".join([*kept, jpeg[place:]])


def measure_pdf(data: bytes) -> None:
    """Unpack the streams that a reader has to unpack (objects and references) with a limit, before a reader does so without."""
    total = 0
    for number, place in enumerate(packed_streams(data)):
        unpacking = zlib.decompressobj()
        with contextlib.suppress(zlib.error):
            while place < len(data) and total <= MOST_OF_PDF and not unpacking.eof:
                part, place = data[place : place + AT_ONCE], place + AT_ONCE
                while part and total <= MOST_OF_PDF:
                    total += len(unpacking.decompress(part, 1024 * 1024))
                    part = unpacking.unconsumed_tail
        if total > MOST_OF_PDF or number > MOST_STREAMS:
            raise TooLarge


def packed_streams(data: bytes) -> Iterator[int]:
    """Where the streams begin that hold objects or references."""
    for match in re.finditer(rb"/(?:ObjStm|XRef)\b", data):
        begin = STREAM.search(data, match.end(), match.end() + 4000)
        if begin is not None:
            yield begin.end()


def plain_office(data: bytes) -> bytes:
    """The archive with empty properties and without its thumbnail; pictures without theirs; every other part as it was.

    Raises ValueError where packing it again would take long.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as plain:
        parts = archive.infolist()
        if not any(PROPERTIES.match(part.filename) or part.filename.lower().endswith(PICTURES) for part in parts):
            return data
        if sum(part.file_size for part in parts) > MOST_REPACKED:
            raise ValueError("too large to be packed again")
        for part in parts:
            content = archive.read(part)
            if PROPERTIES.match(part.filename):
                content = EMPTY.get(part.filename, b"")
            elif part.filename.lower().endswith(PICTURES):
                content = plain_head(content)
            # A date of the format's beginning, for every part: when it was made is a metadatum too.
            kept = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            kept.compress_type = zipfile.ZIP_STORED if part.filename == "mimetype" else zipfile.ZIP_DEFLATED
            plain.writestr(kept, content)
    return out.getvalue()
