from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.http import Http404
from django.test import SimpleTestCase

from core.downloads import hand_out, safe_name


class NameTests(SimpleTestCase):
    def test_names(self):
        for name, safe in (
            ("minuta.pdf", "minuta.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\acta ñandú.docx", "acta ñandú.docx"),
            ('a"b<c>|?*;:d.pdf', "abcd.pdf"),
            ("a\r\nSet-Cookie: x", "aSet-Cookie x"),
            ("exe.\u202efdp", "exe.fdp"),
            ("...", "f-1"),
            ("", "f-1"),
            ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
            ("x" * 300, "x" * 120),
        ):
            with self.subTest(name):
                self.assertEqual(safe_name(name, "f-1"), safe)


class HandOutTests(SimpleTestCase):
    def record(self, **values):
        file = ContentFile(b"<script>", name="stored")
        return SimpleNamespace(
            **{"file": file, "file_name": "a.html", "content_type": "text/html", "key": "f-1", "is_public": True, **values}
        )

    def test_headers(self):
        response = hand_out(self.record(), None)
        self.assertEqual(b"".join(response.streaming_content), b"<script>")
        self.assertEqual(
            {name: response[name] for name in ("Content-Disposition", "Content-Type", "X-Content-Type-Options")},
            {
                "Content-Disposition": 'attachment; filename="a.html"',
                "Content-Type": "text/html",
                "X-Content-Type-Options": "nosniff",
            },
        )
        self.assertEqual(response["Content-Security-Policy"], "sandbox; default-src 'none'")
        self.assertEqual(set(response["Cache-Control"].split(", ")), {"private", "no-store"})

    def test_a_type_that_is_none(self):
        for kind in ("", "text/html; charset=x\r\nX: y", "nonsense"):
            self.assertEqual(hand_out(self.record(content_type=kind), None)["Content-Type"], "application/octet-stream")

    def test_no_file(self):
        for file in (FieldFile(None, SimpleNamespace(storage=None, attname="file", name="file"), None),):
            with self.assertRaises(Http404):
                hand_out(self.record(file=file), None)
