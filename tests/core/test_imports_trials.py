"""The whole of a large file tried in the background: what it tells, what it leaves behind, and who may ask."""

from unittest import mock

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings

from core.events import SYSTEM
from core.imports import jobs
from core.imports.pending import PENDING
from core.imports.runner import run_import
from core.models import Event, ImportBatch, ImportRow
from forum.models import Organization
from tests.desk import DeskMixin, at
from tests.personas import PersonaWorld

ROWS = [f"T-{n},{'' if n in (9, 11) else f'Club de prueba {n}'},club" for n in range(1, 13)]
CSV = "\n".join(["clave,nombre,tipo,notas", *(f"{row},x" for row in ROWS)])


@override_settings(IMPORT_WORKER="process")
class TrialTests(DeskMixin, PersonaWorld, TestCase):
    def setUp(self):
        self.client = self.sign_in("organizer")
        self.url = at("import_new", "organizations")
        self.enterContext(mock.patch("core.imports.desk.SMALL", 5))

    def send(self):
        return self.client.post(self.url, {"file": SimpleUploadedFile("x.csv", CSV.encode()), "edition": "propia"})

    def again(self, page, **more):
        sent = {"token": page.context["token"], "headers": page.context["mark"], "do": "look"}
        sent |= {f"column-{column['place']}": column["name"] for column in page.context["columns"]}
        return self.client.post(self.url, sent | more)

    def asked(self, trial, who="organizer"):
        return self.sign_in(who).get(at("import", trial.key), headers={"HX-Request": "true"})

    def test_all_rows_are_tried_and_nothing_is_written(self):
        there, events = Organization.objects.count(), Event.objects.count()
        page = self.send()
        self.assertContains(page, "Only the first 5 of 12 rows were tried.")
        self.assertContains(page, "The whole file is being tried: 0 of 12 rows")
        trial = ImportBatch.every.get()
        self.assertContains(self.asked(trial), "hx-get")
        # To ask again changes nothing about it.
        self.assertContains(self.again(page), "The whole file is being tried")
        self.assertEqual([batch.pk for batch in ImportBatch.every.all()], [trial.pk])
        with mock.patch("core.imports.work.FEW", 3):
            self.assertEqual(jobs.work_off(), 1)
        trial.refresh_from_db()
        self.assertEqual((trial.state, trial.rows, trial.created, trial.quarantined), ("done", 12, 10, 2))
        told = self.asked(trial)
        self.assertContains(told, "<dd>10</dd>")
        self.assertNotContains(told, "hx-get")
        page = self.again(page)
        self.assertContains(page, "10 new, 0 changed, 0 the same, 2 refused")
        self.assertNotContains(page, "Only the first")
        self.assertEqual([row.number for row in page.context["page"].rows], [10, 12])
        self.assertContains(page, "This field cannot be blank", count=2)
        self.assertEqual((Organization.objects.count(), Event.objects.count()), (there, events))
        self.assertEqual((ImportBatch.objects.count(), ImportRow.objects.count()), (0, 0))
        self.assertEqual(self.client.get(at("imports")).context["batches"].count(), 0)
        # Another word about a column is another trial.
        page = self.again(page, **{"column-3": "acronym"})
        self.assertContains(page, "Only the first 5")
        self.assertEqual([batch.state for batch in ImportBatch.every.order_by("pk")], ["done", "queued"])
        self.again(page, do="import")
        self.assertEqual([batch.trial for batch in ImportBatch.every.all()], [False])
        self.assertEqual(
            [name for name in default_storage.listdir(PENDING)[1] if name in trial.file.name or trial.key in name], []
        )

    def test_only_who_sent_the_file_asks(self):
        self.send()
        trial = ImportBatch.every.get()
        self.assertEqual([self.asked(trial, who).status_code for who in ("other_organizer", "administrator")], [404, 404])
        self.assertEqual(self.client.get(at("import", trial.key)).status_code, 404)
        self.assertEqual(self.client.post(at("import_stop", trial.key)).status_code, 404)

    def test_a_new_word_ends_the_trial_before(self):
        page = self.send()
        first = ImportBatch.every.get()
        self.again(page, **{"column-3": "acronym"})
        self.assertEqual(jobs.work_off(), 2)
        self.assertEqual([batch.state for batch in ImportBatch.every.order_by("pk")], ["stopped", "done"])
        self.assertNotContains(self.asked(first), "hx-get")
        # Back to the first word: it is tried anew.
        self.assertContains(self.again(page), "is being tried")

    def test_rows_that_name_each_other_across_chunks(self):
        """What a chunk made is undone before the next one: who waits for it is tried with it, as often as it takes."""
        rows = [
            ("N-1", ""),
            ("N-2", "N-1"),
            ("N-3", ""),
            ("N-4", "N-2"),
            ("N-5", "N-9"),
            ("N-6", "N-4"),
            ("N-9", ""),
            ("N-7", "X-1"),
        ]
        data = "clave,nombre,tipo,federacion\n" + "".join(f"{key},Unión {key} ,federacion,{up}\n" for key, up in rows)
        with mock.patch("core.imports.work.FEW", 2):
            run = run_import("organizations", name="x.csv", data=data.encode(), actor=SYSTEM, edition="propia", dry_run=True)
            done = run_import("organizations", name="x.csv", data=data.encode(), actor=SYSTEM, edition="propia")
        self.assertEqual([(row.number, row.outcome) for row in run.rows], [(row.number, row.outcome) for row in done.rows])
        self.assertEqual(dict(run.counts), {"created": 7, "quarantined": 1})
