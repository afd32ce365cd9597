"""The eight founding files, in their order, into an empty database."""

import contextlib
import re
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import TestCase
from django.utils.translation import override

from core.events import SYSTEM
from core.imports.runner import run_import
from core.imports.writer import run_export
from core.models import Event, ImportBatch, ImportRow, SearchEntry
from forum import models as forum
from proposals import models as asked
from tests.core import spreadsheets
from tests.forum import founding

MODELS = {
    "editions": forum.Edition,
    "tables": forum.WorkingTable,
    "antecedents": asked.Antecedent,
    "agencies": forum.Agency,
    "organizations": forum.Organization,
    "mirrors": forum.MirrorLink,
    "participants": forum.Participation,
    "proposals": asked.Proposal,
}

#: How people send the same rows: name and content of a file.
SHAPES = {
    "workbook": lambda rows: ("x.xlsx", founding.as_workbook(rows)),
    "workbook with titles": lambda rows: ("x.xlsx", founding.as_workbook(rows, titled=True)),
    "windows": lambda rows: ("x.csv", founding.as_csv(rows, encoding="cp1252", mark=";")),
    "old mac": lambda rows: ("x.txt", founding.as_csv(rows, encoding="mac_roman", mark="\t", end="\r")),
    "opendocument": lambda rows: ("x.ods", spreadsheets.ods(rows)),
    "backwards": lambda rows: ("x.csv", founding.as_csv([rows[0], *reversed(rows[1:])])),
}


def bring_in(kind, data=None, name="x.csv", **options):
    return run_import(kind, name=name, data=data or founding.path(kind).read_bytes(), actor=SYSTEM, **options)


@pytest.mark.once
class ByCommandTests(TestCase):
    """As the organizer types it, and everything that follows from the files."""

    @classmethod
    def setUpTestData(cls):
        cls.said = {}
        with override("en"):
            for kind in founding.COUNTS:
                out = StringIO()
                call_command("import_data", kind, str(founding.path(kind)), stdout=out)
                cls.said[kind] = out.getvalue().splitlines()[-1]

    def setUp(self):
        self.enterContext(override("en"))

    def test_counts(self):
        self.assertEqual({kind: model.objects.count() for kind, model in MODELS.items()}, founding.COUNTS)
        self.assertEqual(
            self.said,
            {kind: f"{kind}: {count} new, 0 changed, 0 the same, 0 refused" for kind, count in founding.COUNTS.items()},
        )

    def test_the_second_run_changes_nothing(self):
        events = Event.objects.count()
        for kind, count in founding.COUNTS.items():
            with self.subTest(kind):
                out = StringIO()
                call_command("import_data", kind, str(founding.path(kind)), stdout=out)
                self.assertEqual(out.getvalue(), f"{kind}: 0 new, 0 changed, {count} the same, 0 refused\n")
        self.assertEqual(Event.objects.count(), events)

    def test_the_second_run_in_other_shapes_changes_nothing(self):
        for kind in founding.COUNTS:
            rows = founding.table(kind)
            shapes = {**SHAPES, "english": lambda rows: ("x.csv", founding.as_csv(founding.in_english(rows)))}
            for shape, made in shapes.items():
                with self.subTest(kind, shape=shape):
                    name, data = made(rows)
                    run = bring_in(kind, data, name)
                    self.assertEqual((run.summary, run.refused), (f"0 new, 0 changed, {len(rows) - 1} the same, 0 refused", []))

    def test_every_export_comes_back_unchanged(self):
        for language in ("es", "en"):
            for kind, count in founding.COUNTS.items():
                for form in ("csv", "xlsx", "json"):
                    with self.subTest(kind, form=form, language=language):
                        with override(language):
                            data, rows = run_export(kind, form, actor=SYSTEM)
                        self.assertEqual(rows, count)
                        self.assertEqual(
                            bring_in(kind, data, f"x.{form}").summary, f"0 new, 0 changed, {count} the same, 0 refused"
                        )

    def test_the_edition(self):
        edition = forum.Edition.objects.get()
        self.assertEqual(
            (edition.slug, edition.folio_prefix, edition.series, edition.stage, edition.source),
            ("foro-mexico-2011", "FM1", "foro-mexico", "intake", "stated"),
        )
        self.assertEqual((edition.date_precision, edition.date_note), ("inferred", "el año no consta en el documento"))
        self.assertEqual((str(edition.starts_on), str(edition.ends_on)), ("2011-03-13", "2011-03-15"))

    def test_partly_known_dates(self):
        agp = asked.Antecedent.objects.get(key="agp-2010")
        self.assertEqual((str(agp.starts_on), agp.starts_precision, agp.ends_precision), ("2010-11-01", "month", "month"))
        agenda = asked.Antecedent.objects.get(key="agenda-mx-2010")
        self.assertEqual((agenda.starts_precision, agenda.ends_precision), ("day", "month"))

    def test_parent_bodies_are_linked_where_they_are_agencies(self):
        parents = {
            a.key: (a.parent_acronym, a.parent.key if a.parent else None) for a in forum.Agency.objects.exclude(parent_acronym="")
        }
        self.assertEqual(
            parents,
            {"INAMI": ("SEGOB", None), "INDESOL": ("SEDESOL", "SEDESOL"), "IME": ("SRE", "SRE"), "FIRCO": ("SAGARPA", "SAGARPA")},
        )

    def test_bodies_take_part_in_the_edition(self):
        edition = forum.Edition.objects.get()
        parts = dict(edition.organization_rows.exclude(part="participant").values_list("organization__key", "part"))
        self.assertEqual(parts, {"ORG-00": "convener", "ORG-OX": "supporter"})
        self.assertEqual((edition.organizations.count(), edition.agencies.count()), (27, 13))

    def test_consent_shows_the_name_and_nothing_else_does(self):
        shown = forum.Participation.objects.exclude(shown_name="")
        said_yes = sum(row[6] == "sí" for row in founding.table("participants"))
        self.assertEqual({shown.count(), forum.Consent.objects.filter(how="import").count()}, {said_yes})
        self.assertEqual(SearchEntry.objects.filter(kind="participant").count(), said_yes)
        hidden = forum.Participation.objects.get(key="LID-02")
        self.assertFalse(SearchEntry.objects.filter(tokens__contains="lider de muestra 02").exists())
        self.assertEqual(hidden.public_name, "Representative of Federación de muestra 02 (Michoacán)")

    def test_proposals_arrive_as_drafts_with_their_links(self):
        self.assertEqual(set(asked.Proposal.objects.values_list("status", flat=True)), {"draft"})
        proposal = asked.Proposal.objects.get(folio="FM1-01")
        for name, keys in (
            ("addressees", {"IFE", "SRE", "IME"}),
            ("antecedents", {"agenda-mx-2010", "cumbre-2007"}),
            ("proponents", {"ORG-01", "ORG-02"}),
        ):
            with self.subTest(name):
                self.assertEqual(set(getattr(proposal, name).values_list("key", flat=True)), keys)
        self.assertEqual((proposal.table.number, proposal.policy_moment, proposal.source), (1, "making", "public_page"))

    def test_given_folios_are_never_given_again(self):
        edition = forum.Edition.objects.get()
        made = asked.Proposal.objects.create(edition=edition, title_es="Otra", petition_es="Que.")
        self.assertEqual(made.folio, "FM1-11")

    def test_events_tell_every_value_and_hide_private_ones(self):
        proposal = asked.Proposal.objects.get(folio="FM1-01")
        event = Event.objects.get(model="proposals.proposal", record_id=proposal.pk)
        self.assertEqual((event.origin, event.actor_label, event.action), ("import", "system", "create"))
        self.assertEqual(event.changes["proponents"], [[], ["ORG-01", "ORG-02"]])
        self.assertEqual(event.changes["title_es"], [None, "Módulos de credencialización del IFE en Estados Unidos"])
        person = forum.Person.objects.get(email="lider02@example.org")
        event = Event.objects.get(model="forum.person", record_id=person.pk)
        self.assertEqual((event.changes["name"], event.changes["email"]), (["", "•"], ["", "•"]))
        self.assertEqual(set(Event.objects.values_list("origin", flat=True)), {"import"})

    def test_batches_keep_the_file_and_one_outcome_for_each_row(self):
        batch = ImportBatch.objects.get(kind="organizations")
        with batch.file.open() as file:
            self.assertEqual(file.read(), founding.path("organizations").read_bytes())
        self.assertEqual((batch.rows, batch.created, batch.origin, len(batch.sha256)), (27, 27, "command", 64))
        row = ImportRow.objects.get(batch=batch, number=4)
        self.assertEqual((row.outcome, row.record_key, row.values["federacion"], row.problems), ("created", "ORG-01", "", []))
        self.assertNotIn("organizaciones", batch.file.name)

    def test_a_change_in_the_file_is_one_change(self):
        rows = founding.table("organizations")
        rows[3][6] = "San Diego"
        run = bring_in("organizations", founding.as_csv(rows))
        self.assertEqual(run.summary, "0 new, 1 changed, 26 the same, 0 refused")
        organization = forum.Organization.objects.get(key="ORG-01")
        event = Event.objects.filter(model="forum.organization", record_id=organization.pk).order_by("-pk").first()
        self.assertEqual(event.changes, {"city": ["Los Ángeles", "San Diego"]})

    def test_a_change_of_links_is_one_change(self):
        rows = founding.table("proposals")
        rows[1][7] = "IFE;SRE"
        self.assertEqual(bring_in("proposals", founding.as_csv(rows)).summary, "0 new, 1 changed, 9 the same, 0 refused")
        event = Event.objects.order_by("-pk").first()
        self.assertEqual(event.changes, {"addressees": [["IFE", "IME", "SRE"], ["IFE", "SRE"]]})

    def test_a_column_that_is_not_in_the_file_stays_as_it_is(self):
        run = bring_in("organizations", b"clave,siglas\nORG-01,F01\n")
        self.assertEqual(run.summary, "0 new, 1 changed, 0 the same, 0 refused")
        organization = forum.Organization.objects.get(key="ORG-01")
        self.assertEqual((organization.acronym, organization.city), ("F01", "Los Ángeles"))

    def test_withdrawn_consent_is_not_restored_by_the_old_file(self):
        from forum.workflow import set_consent

        participation = forum.Participation.objects.get(key="LID-01")
        set_consent(participation=participation, given=False, actor=SYSTEM)
        run = bring_in("participants")
        self.assertEqual(run.summary, "0 new, 0 changed, 50 the same, 0 refused")
        self.assertEqual(run.notes, ["LID-01: consent to show the name was withdrawn; an import does not restore it."])
        self.assertEqual(forum.Participation.objects.get(key="LID-01").shown_name, "")

    def test_the_stage_moves_by_its_step(self):
        with self.subTest("forward"):
            run = bring_in("editions", "clave,etapa\nforo-mexico-2011,revisión\n".encode())
            self.assertEqual(run.summary, "0 new, 1 changed, 0 the same, 0 refused")
            self.assertEqual(Event.objects.order_by("-pk").first().action, "to_review")
        with self.subTest("back needs a reason"):
            run = bring_in("editions", b"key,stage\nforo-mexico-2011,preparation\n")
            self.assertEqual(len(run.refused), 1)
            self.assertIn("needs a reason", run.refused[0].problems[0].remedy)

    def test_a_submitted_proposal_is_not_rewritten(self):
        from proposals.workflow import submit

        submit(proposal=asked.Proposal.objects.get(folio="FM1-01"), actor=SYSTEM)
        self.assertEqual(bring_in("proposals").summary, "0 new, 0 changed, 10 the same, 0 refused")
        rows = founding.table("proposals")
        rows[1][2] = "Otro título"
        run = bring_in("proposals", founding.as_csv(rows))
        self.assertEqual(run.summary, "0 new, 0 changed, 9 the same, 1 refused")
        self.assertIn("was submitted", run.refused[0].problems[0].reason)


@pytest.mark.once
class OtherShapesTests(TestCase):
    """The same counts whatever program saved the files, and in whatever order the rows stand."""

    def check(self, shaped):
        for kind, count in founding.COUNTS.items():
            name, data = shaped(founding.table(kind))
            run = bring_in(kind, data, name)
            self.assertEqual((kind, run.counts["created"], run.refused), (kind, count, []))
            self.assertEqual((kind, bring_in(kind).counts["same"]), (kind, count))

    def test_workbooks_whose_codes_lost_their_zero(self):
        self.check(lambda rows: ("x.xlsx", founding.as_workbook(rows)))
        self.assertEqual(forum.Agency.objects.get(key="GTO").state.code, "MX-GUA")

    def test_windows_1252_with_semicolons_backwards_in_english(self):
        def shaped(rows):
            rows = founding.in_english(rows)
            return "x.csv", founding.as_csv([rows[0], *reversed(rows[1:])], encoding="cp1252", mark=";")

        self.check(shaped)
        self.assertEqual(forum.Organization.objects.get(key="ORG-07").parent.key, "ORG-01")
        self.assertEqual(forum.Agency.objects.get(key="INDESOL").parent.key, "SEDESOL")


class LeadingZeroTests(TestCase):
    def test_a_lost_leading_zero_comes_back(self):
        bring_in("editions")
        rows = [["clave", "nombre", "tipo", "estado_origen_inegi"], ["A-1", "Uno", "club", "1"], ["A-2", "Dos", "club", "09"]]
        self.assertEqual(bring_in("organizations", founding.as_workbook(rows), "x.xlsx").counts["created"], 2)
        codes = dict(forum.Organization.objects.values_list("key", "state_of_origin__inegi"))
        self.assertEqual(codes, {"A-1": "01", "A-2": "09"})


class OneFileAfterAnotherTests(TestCase):
    """Files that come too early, or name what does not exist."""

    def setUp(self):
        self.enterContext(override("en"))

    def test_nothing_is_created_silently(self):
        bring_in("editions")
        run = bring_in("proposals")
        self.assertEqual(run.summary, "0 new, 0 changed, 0 the same, 10 refused")
        columns = {problem.column for row in run.refused for problem in row.problems}
        self.assertEqual(columns, {"mesa", "dependencias", "antecedentes", "proponentes"})
        self.assertFalse(forum.Organization.objects.exists() or forum.Agency.objects.exists())

    def test_without_an_edition(self):
        from core.imports.problems import FileRefused

        with self.assertRaisesMessage(FileRefused, "There is no edition yet"):
            bring_in("organizations")

    def test_with_several_editions_one_is_asked_for(self):
        from core.imports.problems import FileRefused

        bring_in("editions")
        bring_in("editions", b"key,name_es\notra-2012,Otra\n")
        with self.assertRaisesMessage(FileRefused, "There are several editions"):
            bring_in("agencies")
        with self.assertRaisesMessage(FileRefused, "There is no edition “ninguna”"):
            bring_in("agencies", edition="ninguna")
        self.assertEqual(bring_in("agencies", edition="otra-2012").counts["created"], 13)
        self.assertEqual(forum.Edition.objects.get(slug="otra-2012").agencies.count(), 13)
        self.assertEqual(bring_in("agencies", edition="foro-mexico-2011").counts["updated"], 13)

    def test_a_cycle_of_federations_is_refused_for_both(self):
        bring_in("editions")
        data = b"key,name,kind,federation\nA,Uno,federation,B\nB,Dos,federation,A\nC,Tres,federation,\n"
        run = bring_in("organizations", data)
        self.assertEqual(run.summary, "1 new, 0 changed, 0 the same, 2 refused")
        self.assertEqual(run.refused[0].problems[0].column, "federation")

    def test_who_waits_for_a_refused_row_is_refused(self):
        bring_in("editions")
        run = bring_in("organizations", b"key,name,kind,federation\nA,Uno,club,B\nB,Dos,nonsense,\n")
        self.assertEqual(sorted(row.row.number for row in run.refused), [2, 3])

    def test_a_temporary_file_is_enough(self):
        with TemporaryDirectory() as folder:
            path = Path(folder, "foro.csv")
            path.write_bytes(founding.path("editions").read_bytes())
            call_command("import_data", "editions", str(path), stdout=StringIO())
        self.assertEqual(forum.Edition.objects.count(), 1)


#: Shapes that `OtherShapesTests` brings into an empty database.
ELSEWHERE = {"workbook", "windows", "backwards"}


@pytest.mark.once
class SameResultTests(TestCase):
    """The files saved by other programs, into an empty database: the same records as from the originals."""

    def values(self):
        found = {}
        for kind in founding.COUNTS:
            data, _count = run_export(kind, "csv", actor=SYSTEM)
            # Keys of people are drawn by lot.
            found[kind] = re.sub(r"\bp-[0-9a-f]{12}\b", "p-…", data.decode())
        return found

    def test_each_gives_the_same_result(self):
        results = {}
        for shape, made in {"original": lambda rows: ("x.csv", founding.as_csv(rows)), **SHAPES}.items():
            if shape in ELSEWHERE:
                continue
            with self.subTest(shape), contextlib.suppress(Rewind), transaction.atomic():
                for kind in founding.COUNTS:
                    name, data = made(founding.table(kind))
                    self.assertEqual(bring_in(kind, data, name).refused, [])
                results[shape] = self.values()
                raise Rewind
        original = results.pop("original")
        self.assertEqual(set(results), set(SHAPES) - ELSEWHERE)
        for shape, found in results.items():
            for kind, text in found.items():
                self.assertEqual(text, original[kind], (shape, kind))


class Rewind(Exception):
    """Leaves a transaction without keeping what was done in it."""
