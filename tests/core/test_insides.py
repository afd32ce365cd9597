"""What files hold beside what they show: taken out before they are stored, or told (promise 14)."""

from __future__ import annotations

import io
import subprocess
import time
import zipfile
import zlib
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.test import SimpleTestCase
from django.utils.translation import override
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core import insides, uploads
from core.downloads import hand_out
from core.personal import personal_data
from tests.core.test_uploads import sent

CANARY = "Canaria Autora"


def jpeg(orientation: int = 1, size: tuple[int, int] = (4, 2)) -> bytes:
    """A picture with Exif (author, place), XMP and a comment."""
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = CANARY, orientation
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG", exif=exif, comment=CANARY.encode(), quality=95)
    data = out.getvalue()
    packet = b"http://ns.adobe.com/xap/1.0/\x00<x>" + CANARY.encode() + b"</x>"
    return data[:2] + b"\xff\xe1" + (len(packet) + 2).to_bytes(2, "big") + packet + data[2:]


def png() -> bytes:
    info, out = PngInfo(), io.BytesIO()
    info.add_text("Author", CANARY)
    info.add_itxt("XML:com.adobe.xmp", CANARY)
    Image.new("RGBA", (2, 2), (1, 2, 3, 4)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def pdf(**more: Any) -> bytes:
    """One page with a photograph, document information, XMP, and an author left behind by an earlier version."""
    document, out = pikepdf.new(), io.BytesIO()
    page = document.add_blank_page(page_size=(100, 100))
    photo = document.make_stream(jpeg(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=4, Height=2)
    photo.Filter, photo.ColorSpace, photo.BitsPerComponent = pikepdf.Name.DCTDecode, pikepdf.Name.DeviceRGB, 8
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=photo))
    document.docinfo["/Author"] = CANARY
    document.Root.Metadata = document.make_stream(f"<x:xmpmeta>{CANARY}</x:xmpmeta>".encode())
    document.save(out, **more)
    return out.getvalue()


def printed(*pages: str) -> bytes:
    """A PDF with a page for each text; one that ends in an operator is taken for the instructions of a page."""
    document, out = pikepdf.new(), io.BytesIO()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    for text in pages:
        page = document.add_blank_page(page_size=(200, 100))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        orders = text if text.endswith("Tj ") else f"({text}) Tj"
        page.Contents = document.make_stream(f"BT /F1 12 Tf 10 50 Td {orders} ET".encode())
    document.save(out)
    return out.getvalue()


def office(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return out.getvalue()


WORD = {
    "[Content_Types].xml": b"<Types/>",
    "word/document.xml": b"<w:p><w:t>Escriba a ana@example.org</w:t></w:p>",
    "docProps/core.xml": f"<c>{CANARY}</c>".encode(),
    "docProps/app.xml": f"<c>{CANARY}</c>".encode(),
    "docProps/thumbnail.jpeg": jpeg(),
    "word/media/image1.jpg": jpeg(),
}
OPEN = {"mimetype": uploads.ODT.encode(), "content.xml": b"<text:p>Hola</text:p>", "meta.xml": f"<c>{CANARY}</c>".encode()}


def everything(data: bytes) -> bytes:
    """All bytes of a file, unpacked as far as they are packed."""
    found = [data]
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found += [archive.read(name) for name in archive.namelist()]
    if data[:4] == b"%PDF":
        with pikepdf.open(io.BytesIO(data)) as document:
            for item in document.objects:
                if isinstance(item, pikepdf.Stream):
                    found.append(item.read_raw_bytes())
                found.append(repr(item).encode())
    return b"\n".join(found)


@pytest.mark.once
class MetadataTests(SimpleTestCase):
    def taken(self, name: str, data: bytes) -> uploads.Upload:
        insides.listen()
        return uploads.take_in(sent(name, data))

    def test_what_says_who_made_it_is_taken_out(self) -> None:
        for name, data in (
            ("foto.jpg", jpeg()),
            ("girada.jpg", jpeg(orientation=6)),
            ("foto.png", png()),
            ("acta.pdf", pdf()),
            ("apretada.pdf", pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)),
            ("acta.docx", office(WORD)),
            ("acta.odt", office(OPEN)),
        ):
            with self.subTest(name):
                self.assertIn(CANARY.encode(), everything(data))
                upload = self.taken(name, data)
                self.assertNotIn(CANARY.encode(), everything(upload.file.read()))
                self.assertEqual(insides.heard(), [])
                upload.file.seek(0)
                self.assertEqual(
                    (upload.size, upload.sha256),
                    (len(upload.file.read()), uploads.hashlib.sha256(self.again(upload)).hexdigest()),
                )

    def again(self, upload: uploads.Upload) -> bytes:
        upload.file.seek(0)
        return upload.file.read()

    def test_what_is_shown_stays(self) -> None:
        upright = Image.open(self.taken("girada.jpg", jpeg(orientation=6)).file)
        self.assertEqual((upright.size, upright.format), ((2, 4), "JPEG"))
        self.assertEqual(Image.open(self.taken("foto.png", png()).file).getpixel((0, 0)), (1, 2, 3, 4))
        with pikepdf.open(self.taken("acta.pdf", pdf()).file) as document:
            photo = document.pages[0].Resources.XObject.Im0
            self.assertEqual(Image.open(io.BytesIO(photo.read_raw_bytes())).size, (4, 2))
        with zipfile.ZipFile(self.taken("acta.docx", office(WORD)).file) as archive:
            self.assertEqual(archive.read("word/document.xml"), WORD["word/document.xml"])
            self.assertEqual(set(archive.namelist()), set(WORD))
        plain = office({"mimetype": uploads.ODT.encode(), "content.xml": b"<x/>"})
        self.assertEqual(self.taken("acta.odt", plain).file.read(), plain)

    def test_what_cannot_be_taken_out_is_told(self) -> None:
        signed = pdf() + b"\n% /ByteRange [0 1 2 3]\n"
        locked = pdf(encryption=pikepdf.Encryption(user="a", owner="b"))
        for name, data, words in (
            ("firmada.pdf", signed, "signed electronically"),
            ("cerrada.pdf", locked, "may still say who made it"),
            ("rota.pdf", b"%PDF-1.4 rota", "may still say who made it"),
            ("rota.png", png()[:60], "may still say who made it"),
            ("rota.jpg", jpeg()[:40], "may still say who made it"),
        ):
            with self.subTest(name), override("en"):
                self.assertEqual(self.taken(name, data).file.read(), data)
                (sentence,) = insides.heard()
                self.assertIn(words, sentence)
                self.assertIn(name, sentence)

    def test_what_bursts_is_refused_before_it_is_read(self) -> None:
        packer = zlib.compressobj(9)
        bomb = b"".join(packer.compress(bytes(1024 * 1024)) for _n in range(120)) + packer.flush()
        burst = (
            b"%PDF-1.5\n1 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length 9>>stream\n" + bomb + b"\nendstream endobj"
        )
        wide = io.BytesIO()
        Image.new("1", (11_000, 11_000)).save(wide, "PNG")
        for name, data in (("a.pdf", burst), ("a.png", wide.getvalue())):
            with self.subTest(name), self.assertRaises(ValidationError) as caught:
                self.taken(name, data)
            self.assertEqual(caught.exception.code, "unpacked")

    def test_text_of_files_is_looked_through(self) -> None:
        for data, expected in (
            (office(WORD), "ana@example.org"),
            (b"a,b\nana@example.org,1\n", "ana@example.org"),
            (office({"xl/sharedStrings.xml": b"<si><t>A-123456789</t></si>"}), "A-123456789"),
            (pdf(), None),
            (printed("Escribir a ana@example.org"), "ana@example.org"),
            (b"%PDF-1.7 rota", None),
            (jpeg(), None),
            (b"PK\x03\x04 rota", None),
            (b"", None),
        ):
            insides.begin_reading()
            found = personal_data(insides.text_of_file(ContentFile(data, name="x")))
            self.assertEqual([each.passage for each in found], [expected] if expected else [])

    def test_what_is_made_to_keep_a_reader_busy_costs_no_more_than_its_size(self) -> None:
        """Tags that never end, parts by the thousand, streams by the hundred thousand: minutes each, before there were limits."""
        endless = office({"word/document.xml": b"</w:p " * 300_000})
        many = office({f"xl/worksheets/sheet{n}.xml": b"<c>" * 600_000 for n in range(40)})
        streams = b"%PDF-1.5\n" + b"/ObjStm stream\n" * 200_000
        for name, work in (
            ("endless", lambda: insides.text_of_office(endless)),
            ("many", lambda: insides.text_of_office(many)),
            ("streams", lambda: self.assertRaises(insides.TooLarge, insides.measure_pdf, streams)),
        ):
            began = time.monotonic()
            work()
            with self.subTest(name):
                self.assertLess(time.monotonic() - began, 2)

    def test_a_pdf_that_keeps_its_reader_busy_is_given_up(self) -> None:
        """Files that come together share the time; what was read until then counts, since the pages come one by one."""
        busy = printed("(x) Tj " * 200_000)
        with patch("core.insides.PDF_SECONDS", 0.3):
            insides.begin_reading()
            began = time.monotonic()
            for _n in range(10):
                insides.text_of_pdf(busy)
            self.assertLess(time.monotonic() - began, 2)
        insides.begin_reading()
        late = subprocess.TimeoutExpired("x", 1, output=b"A-123456789\n")
        with patch("core.insides.subprocess.run", side_effect=late):
            self.assertEqual(insides.text_of_pdf(busy), "A-123456789\n")


@pytest.mark.once
class ObjectStorageTests(SimpleTestCase):
    def test_a_file_that_lies_elsewhere_goes_through_the_view(self) -> None:
        """Nothing of handing out needs a path or an address of the store: rights are asked for each time, by whoever holds the link."""
        storage = InMemoryStorage(base_url="https://store.example.org/")

        storage.save("evidence/abc", ContentFile(b"contenido"))
        held = SimpleNamespace(
            key="e-1",
            file_name="acta.pdf",
            content_type="application/pdf",
            is_public=True,
            file=FieldFile(SimpleNamespace(file=None), FileField(storage=storage, name="file"), "evidence/abc"),
        )
        response = hand_out(held, None)
        self.assertEqual(b"".join(response.streaming_content), b"contenido")
        self.assertEqual(response["Content-Security-Policy"], "sandbox; default-src 'none'")
        self.assertNotIn("store.example.org", str(response.headers))
        self.assertIn("no-store", response["Cache-Control"])
