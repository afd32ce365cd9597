"""What was read of a waiting file is kept beside it: the same rows come back, and only for the way of reading that they came by."""

from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from core.imports import desk, reread
from core.imports.pending import PENDING
from forum.models import Organization
from tests.core.spreadsheets import ods
from tests.desk import DeskMixin, at, fields_of_look
from tests.personas import PersonaWorld

ROWS = [["clave", "nombre", "tipo"], *([f"L-{n}", f"Casa ñ {n}\nsegunda línea", "club"] for n in range(6)), ["L-9", "", "nada"]]


@pytest.mark.once
class RereadTests(DeskMixin, PersonaWorld, TestCase):
    def setUp(self):
        self.client = self.sign_in("organizer")
        self.url = at("import_new", "organizations")
        self.enterContext(mock.patch.object(reread, "FEWEST", 2))

    def kept(self):
        return {name for name in default_storage.listdir(PENDING)[1] if name.endswith(".rows")}

    def test_a_sheet_is_read_once(self):
        before = self.kept() if default_storage.exists(PENDING) else set()
        page = self.client.post(self.url, {"file": SimpleUploadedFile("x.ods", ods(ROWS)), "edition": "propia"})
        self.assertEqual(len(self.kept() - before), 1)
        first = [(row.number, row.cells, row.problem) for row in page.context["look"].table.rows]
        with (
            mock.patch.object(desk, "read", side_effect=AssertionError),
            mock.patch.object(reread, "read", side_effect=AssertionError),
        ):
            page = self.client.post(self.url, fields_of_look(page) | {"do": "look"})
        table = page.context["look"].table
        self.assertEqual([(row.number, row.cells, row.problem) for row in table.rows], first)
        self.assertEqual((table.headers, table.facts["header_row"]), (ROWS[0], 1))
        # Said otherwise, the file itself is read; what is kept is that.
        real = reread.read
        with mock.patch.object(reread, "read", side_effect=real) as again:
            sent = fields_of_look(page) | {"do": "look"}
            page = self.client.post(self.url, sent | {"header_row": "2"})
            self.assertEqual((again.call_count, page.context["look"].table.headers[0]), (1, "L-0"))
        page = self.client.post(self.url, sent)
        # Broken, or gone, it is read too.
        (name,) = self.kept() - before
        for broken in (b"", b"\x1f\x8b nonsense", b'{"mark": 1}'):
            path = default_storage.path(f"{PENDING}/{name}")
            with open(path, "wb") as file:
                file.write(broken)
            with mock.patch.object(reread, "read", side_effect=real) as again:
                page = self.client.post(self.url, fields_of_look(page) | {"do": "look"})
                self.assertEqual((again.call_count, len(page.context["look"].table.rows)), (1, 7))
        self.client.post(self.url, fields_of_look(page) | {"do": "import"})
        self.assertEqual(Organization.objects.filter(key__startswith="L-").count(), 6)
        self.assertEqual(self.kept(), before)
