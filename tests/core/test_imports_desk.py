"""The import desk: who enters, each step as a browser without scripts sends it, and nonsense in every field."""

import hashlib
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.utils import FileProxyMixin
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from core.imports.registry import kinds
from core.models import ImportBatch, ImportRow
from forum.models import Organization
from tests.desk import DeskMixin, at, nonsense_posts
from tests.personas import PersonaWorld

ORGANIZERS = {"organizer", "other_organizer", "administrator"}
CSV = "Relación de organizaciones;;;\r\nCLAVE;Nombre;Tipo;Contador\r\nA-1;Fédération de Niñez;Federacion;x\r\nA-2;Dos;Sin iniciar;y\r\n"


class DeskTests(DeskMixin, PersonaWorld, TestCase):
    def setUp(self):
        self.client = self.sign_in("organizer")
        self.url = at("import_new", "organizations")

    def send(self, text=CSV, name="x.csv", encoding="cp1252", **more):
        file = SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode(encoding))
        return self.client.post(self.url, {"file": file, "edition": "propia", **more})

    def fields(self, page):
        """What a browser would send of the page of the columns."""
        context = page.context
        sent = {"token": context["token"], "headers": context["mark"]}
        for column in context["columns"]:
            sent[f"column-{column['place']}"] = column["name"]
            for number, each in enumerate(column["strange"]):
                sent |= {f"value-{column['place']}-{number}": each["folded"], f"word-{column['place']}-{number}": each["chosen"]}
        return sent

    @pytest.mark.once
    def test_who_enters(self):
        self.assert_page(at("imports"), ORGANIZERS)
        for kind in kinds():
            self.assert_page(at("import_new", kind), ORGANIZERS)
        self.assert_page(at("import_template", "proposals", "csv"), ORGANIZERS)
        self.assertEqual(self.client.get(at("import_new", "people")).status_code, 404)
        self.assertEqual(self.client.get(at("import_template", "proposals", "pdf")).status_code, 404)

    def test_from_the_file_to_the_batch(self):
        page = self.send()
        self.assertContains(page, "1 new, 0 changed, 0 the same, 1 refused")
        self.assertContains(page, "What does “Sin iniciar” stand for?")
        self.assertContains(page, "Windows-1252")
        self.assertFalse(Organization.objects.filter(key="A-1").exists())
        sent = self.fields(page) | {"word-2-0": "hometown club", "do": "look"}
        page = self.client.post(self.url, sent)
        self.assertContains(page, "2 new, 0 changed, 0 the same, 0 refused")
        page = self.client.post(self.url, {**self.fields(page), "do": "import"}, follow=True)
        batch = ImportBatch.objects.get()
        self.assertEqual(page.request["PATH_INFO"], at("import", batch.key))
        self.assertEqual(batch.actor, self.accounts["organizer"])
        self.assertEqual(Organization.objects.get(key="A-1").name, "Fédération de Niñez")
        self.assertEqual(Organization.objects.get(key="A-2").kind, "hometown_club")
        self.assertEqual(ImportRow.objects.first().values["Contador"], "x")
        file = self.client.get(at("import_file", batch.key))
        self.assertEqual(b"".join(file.streaming_content), CSV.encode("cp1252"))
        # What was said is remembered for the next file with these headers.
        self.assertContains(self.send(), "0 new, 0 changed, 2 the same, 0 refused")

    def test_what_looks_like_personal_data_is_asked_about_once(self):
        """Identifiers within texts, in columns that go in and in those that are kept with the row; addresses too, unless it is a list of people."""
        page = self.send("CLAVE;Nombre;Tipo;Notas\nA-1;Uno;club;Su CURP es GOMC800101HDFRRR09\nA-2;Dos;club;ana@example.org\n")
        for text in ("“Notas”, row 2: GOMC800101HDFRRR09 (CURP)", "“Notas”, row 3: ana@example.org (e-mail address)"):
            self.assertContains(page, text)
        sent = self.fields(page) | {"do": "import"}
        for mark in (None, "x", "on"):
            again = self.client.post(self.url, sent | ({"looked_at": mark} if mark else {}))
            self.assertContains(again, "confirm below that they may stay", status_code=422)
        self.assertEqual(ImportBatch.objects.count(), 0)
        self.client.post(self.url, sent | {"looked_at": page.context["doubts_mark"]})
        self.assertEqual(ImportBatch.objects.get().created, 2)
        people = SimpleUploadedFile(
            "p.csv", b"clave,nombre,papel,correo,notas\nL-1,Ana,observador,ana@example.org,caso A-123456789\n"
        )
        page = self.client.post(at("import_new", "participants"), {"file": people, "edition": "propia"})
        self.assertContains(page, "“notas”, row 2: A-123456789 (A-number)")
        self.assertEqual([each.finding.passage for each in page.context["look"].doubts], ["A-123456789"])

    @override_settings(LANGUAGE_CODE="en")
    def test_the_admin_and_the_command_ask_as_the_desk_does(self):
        text = "CLAVE;Nombre;Tipo;Notas\nA-1;Uno;club;Su CURP es GOMC800101HDFRRR09\n"
        admin = reverse("admin:forum_organization_import")
        page = self.client.post(admin, {"file": SimpleUploadedFile("x.csv", text.encode())})
        self.assertContains(page, "Notas, 2: GOMC800101HDFRRR09 (CURP)")
        sent = {"token": page.context["token"]}
        for mark in (None, "x"):
            again = self.client.post(admin, sent | ({"looked_at": mark} if mark else {}))
            self.assertContains(again, "confirm below that these passages may stay", status_code=422)
            self.assertEqual(again.context["token"], sent["token"])
        path = Path(self.enterContext(TemporaryDirectory())) / "x.csv"
        path.write_text(text)
        told = io.StringIO()
        with self.assertRaisesMessage(CommandError, f"--looked-at {page.context['doubts_mark']}"):
            call_command("import_data", "organizations", str(path), "--edition", "propia", stderr=told)
        self.assertIn("GOMC800101HDFRRR09", told.getvalue())
        call_command(
            "import_data", "organizations", str(path), "--edition", "propia", "--dry-run", stdout=io.StringIO(), stderr=told
        )
        self.assertEqual(ImportBatch.objects.count(), 0)
        self.client.post(admin, sent | {"looked_at": page.context["doubts_mark"]})
        self.assertEqual(ImportBatch.objects.get().created, 1)
        out = io.StringIO()
        mark = ["--looked-at", page.context["doubts_mark"]]
        call_command("import_data", "organizations", str(path), "--edition", "propia", *mark, stdout=out, stderr=told)
        self.assertIn("1 the same", out.getvalue())
        # An address in a text is told, and the command goes on: it has nobody to ask.
        path.write_text("CLAVE;Nombre;Tipo;Notas\nA-2;Dos;club;Escriba a ana@example.org\n")
        call_command("import_data", "organizations", str(path), "--edition", "propia", stdout=out, stderr=told)
        self.assertIn("ana@example.org (e-mail address)", told.getvalue())
        self.assertIn("1 new", out.getvalue())

    @pytest.mark.once
    @override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1_000, IMPORT_WORKER="process")
    def test_no_file_is_held_whole(self):
        """Whatever its size, it is read, hashed, stored and read again in pieces."""
        text = "CLAVE;Nombre;Tipo\n" + "".join(f"G-{n};{'Unión ' * 90}{n};club\n" for n in range(6_000))
        data, sizes = text.encode(), []
        sent = io.BytesIO(data)
        sent.name = "x.csv"

        def counted(file):
            def read(*size):
                found = file.file.read(*size)
                sizes.append(len(found))
                return found

            return read

        with mock.patch.object(FileProxyMixin, "read", property(counted)), mock.patch("core.imports.runner.SMALL", 5):
            page = self.client.post(self.url, {"file": sent, "edition": "propia"})
            self.client.post(self.url, {**self.fields(page), "do": "import"})
        batch = ImportBatch.objects.get()
        self.assertEqual((batch.total, batch.sha256), (6_000, hashlib.sha256(data).hexdigest()))
        self.assertEqual(batch.file.read(), data)
        self.assertGreater(sum(sizes), 4 * len(data))
        self.assertEqual((len(data) > 3 << 20, max(sizes) <= 1 << 20), (True, True))

    def test_rows_that_wait_come_back_corrected(self):
        page = self.send()
        self.client.post(self.url, {**self.fields(page), "do": "import"})
        batch = ImportBatch.objects.get()
        self.assertContains(self.client.get(at("import", batch.key)), "Sin iniciar")
        report = b"".join(self.client.get(at("import_errors", batch.key)).streaming_content).decode("utf-8-sig")
        self.assertIn("A-2", report)
        self.assertNotIn("A-1", report)
        page = self.send(report.replace("Dos,Sin iniciar", "Dos,club"), encoding="utf-8")
        self.assertContains(page, "1 new, 0 changed, 0 the same, 0 refused")

    def test_the_lists_have_their_buttons_and_files_come_back(self):
        for page, kind in (
            *(("organizations",) * 2, ("agencies",) * 2, ("proposals",) * 2, ("agreements",) * 2, ("commitments",) * 2),
            *(("meetings",) * 2, ("participants", "participants")),
        ):
            answer = self.client.get(at(page))
            self.assertContains(answer, at("import_new", kind))
            self.assertContains(answer, at("import_export", kind, "xlsx"))
        page = self.client.get(at("edition", "propia"))
        for kind in ("editions", "tables"):
            self.assertContains(page, at("import_new", kind))
        for kind in kinds():
            file = self.client.get(at("import_export", kind, "json"))
            self.assertEqual(
                (file.status_code, file["Content-Disposition"]), (200, f'attachment; filename="acuerda-{kind}.json"')
            )
        self.assertEqual(self.client.get(at("import_export", "tables", "csv", edition="ajena")).status_code, 404)
        self.assertEqual(self.client.get(at("import_export", "tables", "pdf")).status_code, 404)
        self.assertContains(self.client.get(at("imports")), at("import_export", "mirrors", "csv"))

    def test_pasted_cells(self):
        page = self.client.post(self.url, {"cells": "clave\tnombre\ttipo\r\nA-1\tUno\tclub\r\n", "edition": "propia"})
        self.assertContains(page, "1 new")

    def test_reading_is_overruled(self):
        page = self.send("clave;nombre;tipo\nA-1;a,b;club\n")
        page = self.client.post(self.url, {**self.fields(page), "delimiter": ",", "do": "look"})
        self.assertEqual(page.context["look"].table.facts["delimiter"], ",")
        self.assertEqual(page.status_code, 422)

    def test_nobody_reads_the_import_of_another(self):
        self.client.post(self.url, {**self.fields(self.send()), "do": "import"})
        key = ImportBatch.objects.get().key
        for name in ("import", "import_errors", "import_file"):
            found = self.statuses(at(name, key))
            self.assertEqual(found["200"], {"organizer", "administrator"}, name)
            self.assertEqual(found["404"], {"other_organizer"}, name)
        self.assertEqual(self.client.get(at("import", "imp-none")).status_code, 404)

    def test_the_token_of_another_is_worth_nothing(self):
        sent = self.fields(self.send()) | {"do": "import"}
        self.assertEqual(self.sign_in("other_organizer").post(self.url, sent).status_code, 422)
        self.assertEqual(self.client.post(at("import_new", "agencies"), sent).status_code, 422)
        self.assertEqual(self.client.post(self.url, {**sent, "token": "x"}).status_code, 422)
        self.assertFalse(ImportBatch.objects.exists())

    def test_files_that_cannot_be_read(self):
        for data in (b"%PDF-1.7", b"PK\x03\x04x", b"\x81\x8d", b'a,b\n1,"2', b",,,\n"):
            page = self.send(data)
            self.assertEqual(page.status_code, 422)
            self.assertGreater(len(page.context["form"].non_field_errors()[0]), 20)
        page = self.send("uno,dos\n1,2\n")
        self.assertContains(page, "The file needs the column", status_code=422)

    def test_nonsense_in_every_field(self):
        page = self.send()
        token = {"token": page.context["token"], "headers": page.context["mark"]}
        names = ["do", "column-0", "column-1", "column-2", "value-2-0", "word-2-0", "dates-1", "encoding", "delimiter", "sheet"]
        for value, data in nonsense_posts([*names, "header_row", "all_or_nothing"]):
            with self.subTest(str(value)[:30]):
                self.assertIn(self.client.post(self.url, {**data, **token}).status_code, (200, 302, 422))
        for value, data in nonsense_posts(["cells", "edition", "token"]):
            with self.subTest(str(value)[:30]):
                self.assertEqual(self.client.post(self.url, data).status_code, 422)
        self.assertFalse(Organization.objects.filter(key="A-1").exists())

    def test_a_column_that_nobody_may_write(self):
        page = self.send("clave,nombre,tipo,id,password,is_superuser,CURP\nA-1,Uno,club,1,x,1,GODE561231HDFRRN09\n")
        self.assertEqual([c["name"] for c in page.context["columns"]], ["key", "name", "type", "", "", "", ""])
        self.assertContains(page, "personal data that are not collected here (CURP)")
        for name in ("taking_part", "id", "password", "pk"):
            page = self.client.post(self.url, {**self.fields(page), "column-3": name, "do": "look"})
            self.assertIn("id", page.context["look"].resource.unknown or page.context["run"].notes[-1])

    def test_the_list_asks_as_often_for_one_as_for_thirty(self):
        ImportBatch.objects.create(kind="organizations", actor=self.accounts["organizer"])
        with CaptureQueriesContext(connection) as one:
            self.client.get(at("imports"))
        ImportBatch.objects.bulk_create(
            ImportBatch(kind="organizations", actor=self.accounts["organizer"]) for _number in range(29)
        )
        with self.assertNumQueries(len(one)):
            self.client.get(at("imports"))
