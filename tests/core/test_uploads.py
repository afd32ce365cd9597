"""Files that people send: type by content, size, name (promise 14)."""

import hashlib
import io
import zipfile
from unittest import mock

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase
from django.utils import translation

from core import uploads

PDF = b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\nendobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 30
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 50


def sent(name, content):
    return SimpleUploadedFile(name, content)


def packed(*parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return buffer.getvalue()


WORD = packed(("[Content_Types].xml", "<x/>"), ("word/document.xml", "<x/>"))
SHEET = packed(("[Content_Types].xml", "<x/>"), ("xl/workbook.xml", "<x/>"))
OPEN_TEXT = packed(("mimetype", uploads.ODT), ("content.xml", "<x/>"))
OPEN_SHEET = packed(("mimetype", uploads.ODS), ("content.xml", "<x/>"))


class KindTests(SimpleTestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))

    GOOD = (
        ("acta.pdf", PDF, "application/pdf"),
        ("ACTA.PDF", PDF, "application/pdf"),
        ("foto.png", PNG, "image/png"),
        ("foto.jpeg", JPEG, "image/jpeg"),
        ("acta.docx", WORD, uploads.DOCX),
        ("lista.xlsx", SHEET, uploads.XLSX),
        ("acta.odt", OPEN_TEXT, uploads.ODT),
        ("lista.ods", OPEN_SHEET, uploads.ODS),
        ("nota.txt", "Informe del año".encode(), "text/plain"),
        ("nota.txt", "Informe del año".encode("cp1252"), "text/plain"),
        ("nota.txt", "Informe del año".encode("utf-16"), "text/plain"),
        ("lista.csv", b"clave,nombre\n1,a\n", "text/csv"),
    )

    def test_each_kind_is_known_by_its_content(self):
        for name, content, kind in self.GOOD:
            with self.subTest(name):
                upload = uploads.take_in(sent(name, content))
                self.assertEqual(
                    (upload.name, upload.content_type, upload.size, upload.sha256, upload.file.read()),
                    (name, kind, len(content), hashlib.sha256(content).hexdigest(), content),
                )

    def test_all_allowed_kinds_are_tried(self):
        self.assertEqual({kind for _name, _content, kind in self.GOOD}, set(uploads.KINDS))

    def code(self, name, content):
        with self.assertRaises(ValidationError) as caught:
            uploads.take_in(sent(name, content))
        self.assertRegex(caught.exception.messages[0], r"^“.+” .+\.$")
        return caught.exception.code

    def test_other_kinds_are_refused_whatever_their_name(self):
        for content in (
            b"MZ\x90\x00\x03" + b"\x00" * 200,
            b"<!doctype html><script>alert(1)</script>",
            b"\n <svg xmlns='http://www.w3.org/2000/svg'></svg>",
            b"<?php echo 1;",
            b"#!/bin/sh\nrm -rf /\n",
            b"{\\rtf1 hola}",
            b"GIF89a" + b"\x00" * 30,
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
            b"texto \x00 con NUL",
            packed(("notas.txt", "x")),
            packed(("mimetype", "application/epub+zip")),
            b"PK\x03\x04 no es un zip",
        ):
            for name in ("acta.pdf", "nota.txt", "lista.csv", "acta"):
                with self.subTest(name, content=content[:20]):
                    self.assertEqual(self.code(name, content), "kind")

    def test_a_disguised_file_is_refused(self):
        for name, content in (
            ("acta.pdf", PNG),
            ("foto.png", PDF),
            ("acta.docx", SHEET),
            ("lista.xlsx", WORD),
            ("programa.exe", PDF),
            ("pagina.html", b"texto"),
            ("acta.pdf.js", PDF),
        ):
            with self.subTest(name):
                self.assertEqual(self.code(name, content), "disguised")

    def test_macros_are_refused(self):
        content = packed(("[Content_Types].xml", "<x/>"), ("xl/workbook.xml", "<x/>"), ("xl/vbaProject.bin", "x"))
        self.assertEqual(self.code("lista.xlsx", content), "macros")

    def test_empty(self):
        self.assertEqual(self.code("acta.pdf", b""), "empty")


class SizeTests(SimpleTestCase):
    def test_the_largest_size_is_taken_and_one_byte_more_is_not(self):
        with mock.patch.object(uploads, "LARGEST", 100):
            self.assertEqual(uploads.take_in(sent("nota.txt", b"a" * 100)).size, 100)
            with self.assertRaises(ValidationError) as caught:
                uploads.take_in(sent("nota.txt", b"a" * 101))
        self.assertEqual(caught.exception.code, "size")

    @translation.override("en")
    def test_fifteen_megabytes(self):
        self.assertEqual(uploads.LARGEST, 15 * 1024 * 1024)
        file = mock.Mock(size=uploads.LARGEST + 1)
        file.name = "acta.pdf"
        with self.assertRaises(ValidationError) as caught:
            uploads.take_in(file)
        file.chunks.assert_not_called()
        self.assertEqual(
            caught.exception.messages,
            [
                "“acta.pdf” has 15.0 MB; at most 15 MB are taken: save it in a smaller form, or give a link to it.",
            ],
        )

    def test_a_size_that_lies_is_found_while_reading(self):
        file = mock.Mock(size=None, chunks=lambda: [b"a" * 60, b"a" * 60])
        file.name = "nota.txt"
        with mock.patch.object(uploads, "LARGEST", 100), self.assertRaises(ValidationError) as caught:
            uploads.take_in(file)
        self.assertEqual(caught.exception.code, "size")

    def test_what_unpacks_too_large_is_not_unpacked(self):
        bomb = packed(("[Content_Types].xml", "<x/>"), ("word/document.xml", b"\x00" * 2_000_000))
        self.assertLess(len(bomb), 5000)
        with mock.patch.object(uploads, "LARGEST_UNPACKED", 1_000_000), self.assertRaises(ValidationError) as caught:
            uploads.take_in(sent("acta.docx", bomb))
        self.assertEqual(caught.exception.code, "unpacked")


class NameTests(SimpleTestCase):
    def test_only_the_last_part_of_a_name_is_shown(self):
        for given, shown in (
            ("C:\\fotos\\acta.pdf", "acta.pdf"),
            ("../../etc/acta.pdf", "acta.pdf"),
            ("a\x00c\x1bta.pdf", "acta.pdf"),
            ("", "file"),
            ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ):
            with self.subTest(given):
                self.assertEqual(uploads.shown_name(given), shown)

    def test_a_name_without_ending_gets_the_one_of_its_content(self):
        self.assertEqual(uploads.take_in(sent("acta", PDF)).name, "acta.pdf")
