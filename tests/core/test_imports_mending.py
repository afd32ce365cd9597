"""The rows of an import that wait, opened again in the desk: also those that the page before the import never tried."""

from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from core.imports import batches, desk, jobs, mending, runner
from core.imports.candidates import learn
from core.imports.plan import Plan
from core.imports.runner import run_import
from core.models import ImportBatch
from forum.models import Organization
from tests import factories as make
from tests.desk import DeskMixin, at, fields_of_look
from tests.personas import PERSONAS, PersonaWorld

pytestmark = pytest.mark.once

KINDS = "clave,nombre,tipo,ciudad\n" + "".join(f"A-{n},Nombre {n},{'nada' if n > 3 else 'club'},Elgin\n" for n in range(1, 8))


class MendingTests(DeskMixin, PersonaWorld, TestCase):
    def setUp(self):
        self.client = self.sign_in("organizer")
        for module in (runner, desk, mending, batches):
            self.enterContext(mock.patch.object(module, "SMALL", 3))
        self.new = at("import_new", "organizations")

    def look(self, text, kind="organizations"):
        return self.client.post(at("import_new", kind), {"file": SimpleUploadedFile("x.csv", text.encode()), "edition": "propia"})

    def import_(self, page, **more):
        with mock.patch("core.imports.desk.nudge"):
            self.client.post(self.new, {**fields_of_look(page), "do": "import", **more})
        jobs.work_off()
        return ImportBatch.objects.latest("pk")

    def mend(self, batch):
        return self.client.post(at("import_mend", batch.key))

    def open_rows(self, batch):
        return list(
            batch.outcomes.filter(outcome="quarantined", settled_by=None).order_by("number").values_list("number", flat=True)
        )

    def test_only_the_first_rows_are_tried_and_the_page_says_so(self):
        page = self.look(KINDS.replace("club", "nada"))
        self.assertEqual((page.context["run"].counts["quarantined"], page.context["run"].untried), (3, 4))
        self.assertContains(page, "Only the first 3 of 7 rows were tried")
        self.assertTrue(page.context["goes_in"])
        self.assertEqual(self.import_(self.look(KINDS)).quarantined, 4)

    def test_rows_beyond_the_first_are_decided_about_after_the_import(self):
        batch = self.import_(self.look(KINDS))
        self.assertEqual((batch.created, self.open_rows(batch)), (3, [5, 6, 7, 8]))
        page = self.mend(batch)
        rows = page.context["page"].rows
        self.assertEqual([(row.number, row.was) for row in rows], [(2, "5"), (3, "6"), (4, "7")])
        self.assertEqual([[cell.header for cell in row.cells] for row in rows], [["clave", "nombre", "tipo", "ciudad"]] * 3)
        self.assertContains(page, "It was row 7 of the file that was imported.")
        second = self.import_(page, **{"cell-2-2": "club"})
        self.assertEqual((second.created, second.quarantined), (1, 2))
        # A row waits in one place: those that were opened and refused again in the new import, the others in the old one.
        self.assertEqual((self.open_rows(batch), self.open_rows(second)), ([8], [3, 4]))
        self.assertEqual(Organization.objects.get(key="A-4").city, "Elgin")
        self.assertContains(self.client.get(at("import", batch.key)), "3 rows that had waited went on with a later import")

    def test_what_was_said_for_the_file_and_its_rows_is_kept(self):
        learn(make.organization(key="ORG-09", name="Club Jomulquillo", kind="hometown_club"))
        text = "k,n,t\n" + "X-1,Uno,club\nX-2,Dos,club\nX-3,Tres,club\nX-4,Jomulquillo,club\nX-5,Cinco,huerto\nX-6,Seis,huerto\n"
        plan = Plan(
            columns={"k": "key", "n": "name", "t": "type"},
            values={"t": {"huerto": "nada"}},
            decisions={"5": "later"},
            cells={"6": {"n": "Otro"}},
        )
        batch = run_import("organizations", name="x.csv", data=text.encode(), actor=self.user("organizer"), plan=plan).batch
        self.assertEqual(self.open_rows(batch), [5, 6, 7])
        page = self.mend(batch)
        rows = {row.was: row for row in page.context["page"].rows}
        self.assertEqual((rows["5"].decision, [c[0] for c in rows["5"].choices]), ("later", ["ORG-09"]))
        self.assertEqual([cell.text for cell in rows["6"].cells], ["X-5", "Otro", "huerto"])
        # The next page still knows it, although nothing was sent of these rows.
        sent = {name: text for name, text in fields_of_look(page).items() if not name.startswith(("cell-", "decide-"))}
        again = self.client.post(self.new, {**sent, "do": "look"})
        self.assertEqual([row.decision for row in again.context["page"].rows], ["later", "", ""])
        self.assertTrue(again.context["page"].rows[1].cells[1].is_mended)
        last = self.import_(again, **{"decide-2": "same ORG-09", "cell-3-2": "club", "cell-4-2": "club"})
        self.assertEqual((last.created, last.same + last.updated, self.open_rows(last), self.open_rows(batch)), (2, 1, [], []))

    def test_the_order_of_dates_that_the_file_showed_is_known(self):
        text = "clave,nombre_es,inicio\nC-1,Uno,13/03/2007\nC-2,,04/03/2007\n"
        batch = run_import("antecedents", name="x.csv", data=text.encode(), actor=self.user("organizer")).batch
        page = self.mend(batch)
        self.assertEqual(page.context["look"].plan.answers, {"inicio": {"dates": "dmy"}})
        (row,) = page.context["page"].rows
        self.assertEqual([cell.header for cell in row.cells if cell.problems], ["nombre_es"])

    def test_nothing_waits(self):
        batch = self.import_(self.look("clave,nombre,tipo\nA-1,Uno,club\n"))
        self.assertRedirects(self.mend(batch), at("import", batch.key))

    def test_who(self):
        batch = run_import(
            "organizations", name="x.csv", data=KINDS.encode(), actor=self.user("organizer"), edition="propia"
        ).batch
        url = at("import_mend", batch.key)
        self.assertEqual(self.who_gets(200, url, "post"), {"organizer", "administrator"})
        self.assertEqual(self.who_gets(405, url), set(PERSONAS))
        self.assertEqual(self.who_gets(404, url, "post"), {"other_organizer"})
