"""What becomes of each row, of the batch, of the report and of the command's exit status."""

import csv
import io
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils.translation import override

from core.events import SYSTEM
from core.imports.plan import Plan
from core.imports.problems import FileRefused
from core.imports.registry import kinds
from core.imports.runner import run_import
from core.imports.writer import report_of, run_export, write_report
from core.models import Event, ImportBatch, ImportRow
from forum.models import Organization, Participation, Person
from proposals.models import Proposal
from tests import factories as make

GOOD = "A-1,Uno,federación"
MIXED = f"""clave,nombre,tipo,estado_origen_inegi,federacion
{GOOD},32,
A-2,Dos,federacion de todo,32,
A-3,,club,99,NADIE
A-1,Otra vez,club,,

A-5,Cinco,club,1,A-1
"""


def bring_in(text, kind="organizations", name="x.csv", actor=SYSTEM, **options):
    return run_import(kind, name=name, data=text.encode(), actor=actor, **options)


def rows_of(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


class OutcomeTests(TestCase):
    def setUp(self):
        self.enterContext(override("en"))
        self.edition = make.edition(slug="foro-uno", folio_prefix="FM1")

    def outcomes(self, run):
        return {row.row.number: row.outcome for row in run.rows}

    def test_each_row_has_one_outcome_and_good_rows_go_in(self):
        run = bring_in(MIXED)
        self.assertEqual(
            self.outcomes(run),
            {2: "created", 3: "quarantined", 4: "quarantined", 5: "quarantined", 6: "skipped", 7: "created"},
        )
        self.assertEqual(run.summary, "2 new, 0 changed, 0 the same, 3 refused, 1 skipped")
        self.assertEqual(set(Organization.objects.values_list("key", flat=True)), {"A-1", "A-5"})
        self.assertEqual(self.edition.organizations.count(), 2)

    def test_reasons_name_column_value_and_remedy(self):
        problems = {
            row.row.number: [(p.column, p.value, p.reason, p.remedy) for p in row.problems] for row in bring_in(MIXED).refused
        }
        (kind,) = problems[3]
        self.assertEqual(kind[:3], ("tipo", "federacion de todo", "“federacion de todo” is not known here."))
        self.assertTrue(kind[3].startswith("Use one of: federation, hometown club"))
        self.assertEqual(
            {row[0]: row[1] for row in problems[4]}, {"nombre": "", "estado_origen_inegi": "99", "federacion": "NADIE"}
        )
        self.assertEqual(problems[5], [("clave", "A-1", "Row 2 of this file has the same key.", "Keep one of the two rows.")])

    def test_a_near_miss_is_suggested(self):
        make.organization(key="ORG-01")
        run = bring_in("key,name,kind,federation\nB-1,Uno,club,ORG-0l\n")
        self.assertEqual(run.refused[0].problems[0].remedy, "Did you mean ORG-01?")

    def test_a_key_in_another_case_is_not_a_second_record(self):
        make.organization(key="ORG-01")
        run = bring_in("key,name,kind\norg-01,Uno,club\n")
        self.assertEqual(run.refused[0].problems[0].remedy, "Write “ORG-01”.")

    def test_an_empty_key_is_refused(self):
        run = bring_in("key,name,kind\n,Uno,club\n")
        self.assertEqual(run.refused[0].problems[0].column, "key")

    def test_unknown_columns_are_reported_and_kept_with_the_row(self):
        run = bring_in("key,name,kind,teléfono del contador\nA-1,Uno,club,555\n")
        self.assertEqual(run.notes, ["Columns that are not known and were not imported: teléfono del contador."])
        self.assertEqual(ImportRow.objects.get().values["teléfono del contador"], "555")
        self.assertEqual(run.batch.mapping, [["key", "key"], ["name", "name"], ["kind", "type"], ["teléfono del contador", None]])

    def test_personal_data_that_are_not_collected_are_left_out_and_said(self):
        text = "key,name,kind,CURP,notas\nA-1,Uno,club,GODE561231HDFRRN09,x\nA-2,Dos,club,,GODE561231HDFRRN09\n"
        run = bring_in(text)
        self.assertIn("not collected here", run.notes[0])
        self.assertIn("CURP", run.notes[0])
        self.assertEqual(run.summary, "2 new, 0 changed, 0 the same, 0 refused")
        self.assertNotIn("CURP", ImportRow.objects.get(number=2).values)

    def test_two_orders_of_a_date_are_settled_by_the_column(self):
        text = "key,name_es,start\na-1,Uno,04/05/2011\na-2,Dos,{}\n"
        self.assertEqual(bring_in(text.format("05/06/2011"), "antecedents").counts["quarantined"], 2)
        self.assertEqual(bring_in(text.format("13/03/2011"), "antecedents").counts["created"], 2)
        plan = Plan(columns={"key": "key", "name_es": "name_es", "start": "starts_on"}, answers={"start": {"dates": "mdy"}})
        self.assertEqual(bring_in(text.format("05/06/2011"), "antecedents", plan=plan).counts["updated"], 2)

    def test_markup_is_taken_out_and_said_and_comes_back_unchanged(self):
        run = bring_in("folio,titulo_es,peticion_es\nFM1-01,<b>Uno</b>,<p>Pedimos</p><p>esto</p>\n", "proposals")
        self.assertEqual(run.summary, "1 new, 0 changed, 0 the same, 0 refused")
        self.assertEqual(Proposal.objects.get().petition_es, "Pedimos\n\nesto")
        self.assertTrue(any("markup" in note for note in run.notes))
        Proposal.objects.update(title_es="Con <b>marcas</b> escritas a mano")
        for form in ("csv", "xlsx", "json"):
            data, _count = run_export("proposals", form, actor=SYSTEM)
            self.assertEqual(run_import("proposals", name=f"x.{form}", data=data, actor=SYSTEM).counts["same"], 1)

    def test_files_that_cannot_be_used(self):
        for text, sentence in (
            ("nombre,tipo\nUno,club\n", "The file needs the column clave / key. It has: nombre, tipo."),
            ("uno,dos\n1,2\n", "The file needs the column clave / key. It has: uno, dos."),
            ("clave,key\n1,2\n", "The columns “clave” and “key” mean the same. Keep one of them."),
            ('key,name\nA,"x\n', "Row 2 cannot be read"),
        ):
            with self.subTest(text), self.assertRaisesMessage(FileRefused, sentence):
                bring_in(text)
        self.assertFalse(ImportBatch.objects.exists())

    def test_an_unknown_kind(self):
        with self.assertRaisesMessage(FileRefused, "There is no kind “people”. Kinds: editions, tables"):
            bring_in("a\n1\n", kind="people")

    def test_a_header_alone_is_an_import_of_nothing(self):
        self.assertEqual(bring_in("key,name,kind\n").summary, "0 new, 0 changed, 0 the same, 0 refused")

    def test_only_what_differs_is_written(self):
        bring_in(f"clave,nombre,tipo\n{GOOD}\n")
        first = Organization.objects.get()
        bring_in(f"clave,nombre,tipo\n{GOOD}\n")
        self.assertEqual(Organization.objects.get().revision, first.revision)
        bring_in("clave,nombre\nA-1,  Uno \n")
        self.assertEqual(Organization.objects.get().revision, first.revision)
        bring_in("clave,nombre\nA-1,Dos\n")
        self.assertEqual(Organization.objects.get().revision, first.revision + 1)

    def test_formula_text_comes_back_as_it_was(self):
        bring_in("key,name,kind,city\nA-1,'=SUM(A1),club,''-x\n")
        organization = Organization.objects.get()
        self.assertEqual((organization.name, organization.city), ("=SUM(A1)", "'-x"))
        for form in ("csv", "xlsx", "json"):
            with self.subTest(form):
                data, _count = run_export("organizations", form, actor=SYSTEM)
                run = run_import("organizations", name=f"x.{form}", data=data, actor=SYSTEM)
                self.assertEqual(run.summary, "0 new, 0 changed, 1 the same, 0 refused")
        data, _count = run_export("organizations", "csv", actor=SYSTEM)
        self.assertIn(b",'=SUM(A1),", data)

    def test_an_unexpected_error_is_not_swallowed_and_leaves_nothing(self):
        with (
            mock.patch("forum.resources.bodies.create_organization", side_effect=ZeroDivisionError),
            self.assertRaises(ZeroDivisionError),
        ):
            bring_in(MIXED)
        self.assertFalse(ImportBatch.objects.exists() or Organization.objects.exists())

    def test_nobody_but_organizers_imports_and_exports(self):
        official = make.user(official=make.agency())
        for account in (make.user(), official, make.user(delegate=make.organization())):
            for kind in kinds():
                with self.subTest(kind):
                    with self.assertRaises(FileRefused):
                        bring_in("clave\nA\n", kind=kind, actor=account)
                    with self.assertRaises(FileRefused):
                        run_export(kind, "csv", actor=account)

    def test_an_organizer_imports_into_the_own_edition_only(self):
        organizer = make.user(organizer=self.edition)
        make.edition(slug="foro-dos")
        self.assertEqual(bring_in("key,name,kind\nA-1,Uno,club\n", actor=organizer).counts["created"], 1)
        with self.assertRaisesMessage(FileRefused, "There is no edition “foro-dos”. Editions: foro-uno"):
            bring_in("key,name,kind\nA-2,Dos,club\n", actor=organizer, edition="foro-dos")
        event = Event.objects.filter(model="forum.organization").first()
        self.assertEqual((event.actor_id, event.origin), (organizer.pk, "import"))

    def test_an_edition_that_does_not_exist_is_said_for_every_kind(self):
        for kind in kinds():
            with self.subTest(kind):
                with self.assertRaisesMessage(FileRefused, "There is no edition “none”. Editions: foro-uno."):
                    bring_in("clave\nA\n", kind=kind, edition="none")
                with self.assertRaisesMessage(FileRefused, "There is no edition “none”. Editions: foro-uno."):
                    run_export(kind, "csv", actor=SYSTEM, edition="none")

    def test_a_row_for_another_edition_than_the_one_asked_for_is_refused(self):
        make.edition(slug="foro-dos")
        run = bring_in("edition,number,name_es\nforo-dos,1,Uno\n", kind="tables", edition="foro-uno")
        self.assertIn("foro-dos", run.refused[0].problems[0].reason)


class BatchTests(TestCase):
    def setUp(self):
        self.enterContext(override("en"))
        make.edition(slug="foro-uno")

    def test_the_batch_adds_up(self):
        batch = bring_in(MIXED).batch
        self.assertEqual(
            (batch.rows, batch.created, batch.updated, batch.same, batch.quarantined, batch.skipped), (6, 2, 0, 0, 3, 1)
        )
        self.assertEqual(batch.outcomes.count(), 6)
        row = batch.outcomes.get(number=5)
        self.assertEqual((row.outcome, row.values["clave"], row.problems[0]["column"]), ("quarantined", "A-1", "clave"))

    def test_a_dry_run_says_the_same_and_leaves_nothing(self):
        dry = bring_in(MIXED, dry_run=True)
        self.assertFalse(Organization.objects.exists() or ImportBatch.objects.exists() or Event.objects.exists())
        self.assertEqual(dry.summary, bring_in(MIXED).summary)

    def test_all_or_nothing(self):
        run = bring_in(MIXED, all_or_nothing=True)
        self.assertEqual(run.summary, "0 new, 0 changed, 0 the same, 3 refused, 3 skipped")
        self.assertFalse(Organization.objects.exists() or Event.objects.exists())
        self.assertEqual((run.batch.quarantined, run.batch.skipped), (3, 3))
        good = bring_in(f"clave,nombre,tipo\n{GOOD}\n", all_or_nothing=True)
        self.assertEqual(good.summary, "1 new, 0 changed, 0 the same, 0 refused")

    def test_the_report_is_the_rows_that_did_not_go_in_with_the_reasons(self):
        run = bring_in(MIXED)
        headers, *rows = rows_of(write_report(run))
        added = ["Acuerda: row", "Acuerda: column", "Acuerda: value", "Acuerda: reason", "Acuerda: remedy", "Acuerda: import"]
        self.assertEqual(headers, ["clave", "nombre", "tipo", "estado_origen_inegi", "federacion", *added])
        self.assertEqual([row[:6] for row in rows], [
            ["A-2", "Dos", "federacion de todo", "32", "", "3"],
            ["A-3", "", "club", "99", "NADIE", "4"],
            ["A-1", "Otra vez", "club", "", "", "5"],
        ])  # fmt: skip
        self.assertEqual(rows[0][6:9], ["tipo", "federacion de todo", "“federacion de todo” is not known here."])
        self.assertEqual(rows_of(report_of(run.batch)), [headers, *rows])

    def test_the_corrected_report_goes_in_as_it_is(self):
        report = write_report(bring_in(MIXED)).decode().replace("federacion de todo", "federation")
        run = bring_in(report)
        self.assertEqual((run.counts["created"], run.notes), (1, []))

    def test_the_report_of_all_or_nothing_holds_the_good_rows_too(self):
        rows = rows_of(write_report(bring_in(MIXED, all_or_nothing=True)))
        self.assertEqual([row[0] for row in rows[1:]], ["A-1", "A-2", "A-3", "A-1", "A-5"])

    def test_no_file_stays_behind_when_the_import_fails_at_the_end(self):
        before = self.files()
        with (
            mock.patch("core.imports.work.write_new", side_effect=ZeroDivisionError),
            self.assertRaises(ZeroDivisionError),
        ):
            bring_in(MIXED)
        self.assertEqual(self.files(), before)

    def files(self):
        if not default_storage.exists("imports"):
            return set()
        return {
            (folder, name)
            for folder in default_storage.listdir("imports")[0]
            for name in default_storage.listdir(f"imports/{folder}")[1]
        }


class PersonalDataTests(TestCase):
    def setUp(self):
        self.edition = make.edition(slug="foro-uno")
        self.person = make.person(name="Canario Privado", email="canario@example.org")
        make.participation(self.edition, person=self.person, key="LID-01", organization=make.organization())
        self.other = make.edition(slug="foro-dos")
        make.participation(self.other, key="LID-02", organization=make.organization())

    def test_an_export_leaves_an_event_on_each_edition(self):
        data, count = run_export("participants", "csv", actor=SYSTEM)
        self.assertEqual(count, 2)
        self.assertIn(b"canario@example.org", data)
        events = Event.objects.filter(action="export")
        self.assertEqual(set(events.values_list("record_key", flat=True)), {"foro-uno", "foro-dos"})

    def test_an_organizer_exports_the_own_edition(self):
        organizer = make.user(organizer=self.other)
        data, count = run_export("participants", "csv", actor=organizer)
        self.assertEqual(count, 1)
        self.assertNotIn(b"canario", data)
        self.assertEqual(Event.objects.get(action="export").actor, organizer)

    def test_a_person_of_another_edition_cannot_be_named(self):
        organizer = make.user(organizer=self.other)
        text = f"key,name,role,person\nLID-9,Otro,observer,{self.person.key}\n"
        run = bring_in(text, kind="participants", actor=organizer)
        self.assertEqual(len(run.refused), 1)
        self.assertEqual(Person.objects.get(pk=self.person.pk).name, "Canario Privado")
        bring_in(text, kind="participants", edition="foro-dos")
        self.assertEqual(Participation.objects.get(key="LID-9").person, self.person)


class CommandTests(TestCase):
    def setUp(self):
        self.enterContext(override("en"))
        make.edition(slug="foro-uno")
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.path = self.folder / "organizaciones.csv"
        self.path.write_text(MIXED, encoding="utf-8")

    def call(self, *words):
        out = StringIO()
        try:
            call_command("import_data", *words, stdout=out)
            status = 0
        except SystemExit as stop:
            status = stop.code
        return status, out.getvalue().splitlines()

    def test_refused_rows_are_told_and_the_exit_status_is_1(self):
        report = self.folder / "report.csv"
        status, lines = self.call("organizations", str(self.path), "--report", str(report))
        self.assertEqual(status, 1)
        self.assertTrue(
            lines[0].startswith(
                "row 3, column tipo, value “federacion de todo”: “federacion de todo” is not known here. Use one of"
            )
        )
        self.assertEqual(lines[-1], "organizations: 2 new, 0 changed, 0 the same, 3 refused, 1 skipped")
        self.assertEqual(len(rows_of(report.read_bytes())), 4)

    def test_dry_run_and_all_or_nothing_say_so(self):
        status, lines = self.call("organizations", str(self.path), "--dry-run")
        self.assertTrue(lines[-1].endswith("(dry run: nothing was written)"))
        self.assertEqual((status, Organization.objects.count()), (1, 0))
        status, lines = self.call("organizations", str(self.path), "--all-or-nothing")
        self.assertTrue(lines[-1].endswith("(all or nothing: nothing was written)"))
        self.assertEqual((status, Organization.objects.count()), (1, 0))

    def test_a_good_file_exits_with_0(self):
        self.path.write_text(f"clave,nombre,tipo\n{GOOD}\n", encoding="utf-8")
        self.assertEqual(
            self.call("organizations", str(self.path)), (0, ["organizations: 1 new, 0 changed, 0 the same, 0 refused"])
        )

    def test_mistakes_of_the_caller_are_sentences(self):
        for words, sentence in (
            (["organizations", str(self.folder / "none.csv")], "cannot be read"),
            (["organizations", str(self.folder)], "cannot be read"),
            (["nothing", str(self.path)], "There is no kind “nothing”"),
            (["organizations", str(self.path), "--edition", "none"], "There is no edition “none”. Editions: foro-uno."),
            (["organizations", str(self.path), "--report", str(self.folder / "no" / "x.csv")], "cannot be written"),
        ):
            with self.subTest(words), self.assertRaisesMessage(CommandError, sentence):
                self.call(*words)

    def test_export_writes_by_the_ending_of_the_name(self):
        self.call("organizations", str(self.path))
        for form in ("csv", "xlsx", "json"):
            with self.subTest(form):
                out = self.folder / f"out.{form}"
                call_command("export_data", "organizations", str(out), stdout=StringIO())
                self.assertEqual(
                    self.call("organizations", str(out)), (0, ["organizations: 0 new, 0 changed, 2 the same, 0 refused"])
                )
        self.assertEqual(sorted(path.name for path in self.folder.glob("*.part")), [])
        for name, sentence in (("out.txt", "Files are written as csv, xlsx, json."), ("no/out.csv", "cannot be written")):
            with self.subTest(name), self.assertRaisesMessage(CommandError, sentence):
                call_command("export_data", "organizations", str(self.folder / name), stdout=StringIO())
