"""What goes over the wire: packed once where it is kept, with Django's measure against BREACH where it is not."""

import gzip

import brotli
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory, SimpleTestCase

from core.packing import PackingMiddleware, coding_for, is_text, repacked

TEXT = b"<p>una promesa</p>" * 100


class CodingTests(SimpleTestCase):
    def test_the_best_that_the_browser_takes(self):
        for header, coding in (
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, deflate", "gzip"),
            ("GZIP;q=0.5", "gzip"),
            ("br;q=0, gzip;q=1.0", "gzip"),
            ("br; q=0", ""),
            ("identity", ""),
            ("", ""),
            ("*", ""),
            (",;=,;q", ""),
        ):
            self.assertEqual(coding_for(RequestFactory().get("/", HTTP_ACCEPT_ENCODING=header)), coding, header)

    def test_from_one_coding_to_another(self):
        packed = {"": TEXT, "br": brotli.compress(TEXT), "gzip": gzip.compress(TEXT, mtime=0)}
        unpack = {"": bytes, "br": brotli.decompress, "gzip": gzip.decompress}
        for coding, body in packed.items():
            for wanted in packed:
                self.assertEqual(unpack[wanted](repacked(body, coding, wanted)), TEXT)

    def test_what_is_text(self):
        for kind, text in (
            *(("text/html; charset=utf-8", True), ("application/json", True), ("application/ld+json", True)),
            *(("application/atom+xml; charset=utf-8", True), ("image/svg+xml", True), ("text/calendar", True)),
            *(("application/pdf", False), ("image/png", False), ("font/woff2", False), ("application/zip", False)),
        ):
            self.assertEqual(is_text(HttpResponse(content_type=kind)), text, kind)


class PackingMiddlewareTests(SimpleTestCase):
    def sent(self, response):
        request = RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip, br")
        return PackingMiddleware(lambda _request: response)(request)

    def test_a_page_of_somebody_is_packed_with_a_random_number_of_bytes(self):
        """Django's measure against BREACH: a name of random length in the head of the file."""
        lengths = {len(self.sent(HttpResponse(TEXT)).content) for _time in range(40)}
        self.assertGreater(len(lengths), 1)
        response = self.sent(HttpResponse(TEXT))
        self.assertEqual((response["Content-Encoding"], gzip.decompress(response.content)), ("gzip", TEXT))
        self.assertIn("Accept-Encoding", response["Vary"])

    def test_files_and_what_is_packed_stay_as_they_are(self):
        marked = HttpResponse(TEXT)
        marked.is_packed = True
        for response in (
            HttpResponse(TEXT, content_type="application/pdf"),
            HttpResponse(brotli.compress(TEXT), headers={"Content-Encoding": "br"}),
            FileResponse([TEXT], content_type="font/woff2"),
            HttpResponse(b"short"),
            marked,
        ):
            before = dict(response.items())
            self.assertEqual(dict(self.sent(response).items()), before)
