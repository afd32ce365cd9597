"""An import is taken back as a whole, or refused with what depends on it; corrected rows close the quarantine."""

from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils import translation

from core.events import SYSTEM
from core.imports.runner import run_import
from core.imports.undo import UndoRefused, obstacles_of, undo
from core.imports.writer import open_rows, report_of, run_export
from core.models import Event, ImportBatch, SearchEntry
from core.models.folio import FolioCounter
from core.workflow import StepRefused
from forum.models import Organization, Participation, Person
from forum.workflow import edit_organization, set_consent
from proposals.models import Proposal
from tests import factories as make
from tests.desk import DeskMixin, at
from tests.personas import PersonaWorld


def bring_in(kind, text, **options):
    return run_import(kind, name="x.csv", data=text.encode(), actor=options.pop("actor", SYSTEM), **options).batch


class UndoTests(TestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))
        self.edition = make.edition(slug="foro-uno", folio_prefix="FM1", stage="intake")

    def export(self, kind):
        return run_export(kind, "csv", actor=SYSTEM)[0].decode()

    def reasons(self, batch):
        with self.assertRaises(UndoRefused) as refused:
            undo(batch=batch, actor=SYSTEM)
        found = [(each.key, each.reason) for each in refused.exception.obstacles]
        self.assertEqual([(each.key, each.reason) for each in obstacles_of(batch, SYSTEM)], found)
        return found

    def test_participants_go_and_changed_ones_become_what_they_were(self):
        make.organization(key="ORG-1")
        head = "key,name,role,organization,name_public,email,post\n"
        bring_in("participants", head + "LID-1,Uno,observer,ORG-1,no,uno@example.org,Vocal\n")
        before, people = self.export("participants"), Person.objects.count()
        text = head + "LID-1,Otro,migrant leader,,no,otro@example.org,\nLID-2,Dos,observer,ORG-1,yes,,\n"
        batch = bring_in("participants", text)
        self.assertEqual((batch.created, batch.updated, SearchEntry.objects.filter(kind="participant").count()), (1, 1, 1))
        undo(batch=batch, actor=SYSTEM)
        self.assertEqual(self.export("participants"), before)
        self.assertEqual((Person.objects.count(), SearchEntry.objects.filter(kind="participant").count()), (people, 0))
        batch.refresh_from_db()
        self.assertEqual((batch.state, batch.undone_at is not None), ("undone", True))
        gone = Event.objects.filter(action="remove").values_list("model", "reason")
        self.assertEqual(set(gone), {("forum.participation", batch.key), ("forum.person", batch.key)})
        with self.assertRaises(StepRefused):
            undo(batch=batch, actor=SYSTEM)
        self.assertEqual(bring_in("participants", text).created, 1)

    def test_folios_stay_given(self):
        make.agency(key="IFE")
        batch = bring_in("proposals", "folio,titulo_es,peticion_es,dependencias\nFM1-7,Uno,x,IFE\n")
        undo(batch=batch, actor=SYSTEM)
        self.assertFalse(Proposal.objects.exists())
        self.assertEqual(FolioCounter.objects.get(scope="FM1").last, 7)

    def test_rows_that_were_built_on_each_other(self):
        batch = bring_in("organizations", "key,name,kind,federation\nC,Tres,club,B\nB,Dos,club,A\nA,Uno,federation,\n")
        undo(batch=batch, actor=SYSTEM)
        self.assertFalse(Organization.objects.exists())

    def test_what_came_later_stands_against_it(self):
        batch = bring_in("organizations", "key,name,kind\nA,Uno,club\nB,Dos,club\nC,Tres,club\n")
        a, b = Organization.objects.get(key="A"), Organization.objects.get(key="B")
        edit_organization(organization=a, actor=SYSTEM, values={"name": "Otra"})
        make.participation(self.edition, key="LID-1", organization=b)
        found = self.reasons(batch)
        self.assertEqual([key for key, _reason in found], ["B", "A"])
        self.assertEqual(found[1][1], "It was changed later.")
        self.assertIn("LID-1", found[0][1])
        self.assertEqual(Organization.objects.count(), 3)
        with self.assertRaises(CommandError):
            call_command("undo_import", batch.key)

    def test_a_proposal_to_which_a_person_speaks_keeps_the_person(self):
        make.organization(key="ORG-1")
        batch = bring_in("participants", "key,name,role,organization\nLID-1,Uno,observer,ORG-1\n")
        bring_in("proposals", "folio,titulo_es,peticion_es,voceros\nFM1-1,Uno,x,LID-1\n")
        self.assertEqual(self.reasons(batch), [("LID-1", "Other records are linked to it.")])
        self.assertTrue(Participation.objects.exists())

    def test_consent_that_was_withdrawn_is_not_given_again(self):
        make.organization(key="ORG-1")
        head = "key,name,role,organization,name_public\n"
        bring_in("participants", head + "LID-1,Uno,observer,ORG-1,yes\n")
        batch = bring_in("participants", head + "LID-1,Uno,observer,ORG-1,no\n")
        with self.assertRaises(UndoRefused) as refused:
            undo(batch=batch, actor=SYSTEM)
        self.assertIn("name_public", refused.exception.obstacles[0].reason)
        self.assertFalse(Participation.objects.get().show_name)
        set_consent(participation=Participation.objects.get(), given=True, actor=SYSTEM)
        self.assertEqual(self.reasons(batch)[0][1], "It was changed later.")


class QuarantineTests(TestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))
        make.edition(slug="foro-uno")

    def test_corrected_rows_close_those_that_wait(self):
        first = bring_in("organizations", "key,name,kind\nA,Uno,no sé\nB,,club\n,Sin clave,club\nC,Tres,club\n")
        self.assertEqual(open_rows(first).count(), 3)
        report = report_of(first).decode("utf-8-sig").replace("no sé", "club", 1)
        second = bring_in("organizations", report)
        self.assertEqual((second.created, second.quarantined), (1, 2))
        # Those that are refused again wait there, not in two imports.
        self.assertEqual([set(open_rows(batch).values_list("number", flat=True)) for batch in (first, second)], [set(), {3, 4}])
        # Without the report's columns: by key. The row without a key: by the report's columns alone.
        bring_in("organizations", "key,name,kind\nB,Dos,club\n")
        self.assertEqual(set(open_rows(second).values_list("number", flat=True)), {4})
        lines = [
            line for line in report_of(second).decode("utf-8-sig").splitlines() if "Sin clave" in line or line.startswith("key")
        ]
        third = bring_in("organizations", "\n".join(lines).replace(",Sin clave", "D,Sin clave"))
        self.assertEqual((third.created, open_rows(second).count()), (1, 0))
        self.assertEqual(first.outcomes.filter(settled_by__isnull=False).count(), 3)
        undo(batch=third, actor=SYSTEM)
        self.assertEqual(open_rows(second).count(), 1)

    def test_another_account_cannot_close_by_naming_the_row(self):
        first = bring_in("organizations", "key,name,kind\n,Uno,club\n")
        organizer = make.user(organizer=make.edition(slug="foro-dos"))
        text = f"key,name,kind,Acuerda: row,Acuerda: import\nZ,Uno,club,2,{first.key}\n"
        self.assertEqual(bring_in("organizations", text, actor=organizer, edition="foro-dos").created, 1)
        self.assertEqual(open_rows(first).count(), 1)


class UndoPageTests(DeskMixin, PersonaWorld, TestCase):
    def test_it_asks_before_and_does_it_once(self):
        batch = bring_in("organizations", "key,name,kind\nA-77,Uno,club\n", actor=self.accounts["organizer"], edition="propia")
        client = self.sign_in("organizer")
        self.assertContains(client.get(at("import", batch.key)), at("import_undo", batch.key))
        self.assertContains(client.get(at("import_undo", batch.key)), "1 created records are removed")
        self.assertTrue(Organization.objects.filter(key="A-77").exists())
        self.assertRedirects(client.post(at("import_undo", batch.key)), at("import", batch.key))
        self.assertFalse(Organization.objects.filter(key="A-77").exists())
        self.assertEqual(client.get(at("import_undo", batch.key)).status_code, 404)
        self.assertEqual(self.sign_in("other_organizer").post(at("import_undo", batch.key)).status_code, 404)

    def test_progress_is_told_and_stopped(self):
        batch = bring_in("organizations", "key,name,kind\nA-77,Uno,club\n", actor=self.accounts["organizer"], edition="propia")
        ImportBatch.objects.filter(pk=batch.pk).update(state="queued", total=4)
        client = self.sign_in("organizer")
        self.assertContains(client.get(at("import", batch.key)), "1 of 4 rows")
        self.assertNotContains(client.get(at("import", batch.key), headers={"HX-Request": "true"}), "<html")
        self.assertRedirects(client.post(at("import_stop", batch.key)), at("import", batch.key))
        batch.refresh_from_db()
        self.assertTrue(batch.stop_asked)
        ImportBatch.objects.filter(pk=batch.pk).update(state="failed", stop_asked=False)
        self.assertEqual(client.get(at("import", batch.key), headers={"HX-Request": "true"}).headers["HX-Refresh"], "true")
        self.assertRedirects(client.post(at("import_go_on", batch.key)), at("import", batch.key))
        batch.refresh_from_db()
        self.assertEqual(batch.state, "queued")
