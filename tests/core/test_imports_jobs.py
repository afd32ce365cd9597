"""Imports in the queue: carried out in chunks, killed anywhere, stopped, left and taken up again."""

import threading
from unittest import mock

from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.utils import timezone, translation

from core.events import SYSTEM
from core.imports import jobs
from core.imports.problems import FileRefused
from core.imports.runner import enqueue, run_import
from core.imports.work import Leaving
from core.models import Event, ImportBatch, ImportRow, revision
from core.models.event import Origin
from forum.models import Organization
from proposals.models import Proposal
from tests import factories as make

ROWS = "folio,titulo_es,peticion_es\n" + "".join(f"FM1-{n},Propuesta {n},Pedimos {n}\n" for n in range(1, 8))


class Killed(BaseException):
    """The process is gone: nobody catches it."""


class QueueMixin:
    """A queue whose chunks are of two rows."""

    def setUp(self):
        self.enterContext(translation.override("en"))
        self.enterContext(mock.patch("core.imports.work.CHUNK", 2))
        self.enterContext(mock.patch("core.imports.work.FEW", 2))
        self.edition = make.edition(slug="foro-uno", folio_prefix="FM1")
        self.organizer = make.user(organizer=self.edition)

    def queued(self, text=ROWS, kind="proposals", **options):
        return enqueue(kind, name="x.csv", data=text.encode(), actor=options.pop("actor", self.organizer), **options)

    def left(self, batch):
        """The lease ran out."""
        ImportBatch.objects.filter(pk=batch.pk).update(lease_until=timezone.now())

    def counts(self, batch):
        batch.refresh_from_db()
        return (batch.state, batch.rows, batch.created, batch.quarantined, batch.skipped, batch.outcomes.count())


class QueueTests(QueueMixin, TestCase):
    def test_what_is_queued_is_carried_out_with_all_that_belongs_to_it(self):
        batch = self.queued(ROWS + "FM1-1,Otra vez,x\nFM9-1,De otro foro,x\n")
        self.assertEqual((batch.state, batch.total, Proposal.objects.count()), ("queued", 9, 0))
        self.assertEqual(jobs.work_off(), 1)
        self.assertEqual(self.counts(batch), ("done", 9, 7, 2, 0, 9))
        self.assertEqual((batch.lease_by, batch.lease_until), ("", None))
        event = Event.objects.filter(model="proposals.proposal").first()
        self.assertEqual((event.actor, event.origin, event.edition_slug), (self.organizer, "import", "foro-uno"))
        row = batch.outcomes.get(number=2)
        proposal = Proposal.objects.get(folio="FM1-1")
        self.assertEqual((row.record_key, row.record_id), ("FM1-1", proposal.pk))
        self.assertEqual(row.last_event, Event.objects.get(record_id=proposal.pk, model="proposals.proposal").pk)
        self.assertIn("is not a folio of this edition", batch.outcomes.get(number=10).problems[0]["reason"])
        self.assertEqual(proposal.created_by, self.organizer)

    def test_what_goes_in_moves_the_revision_of_the_site_and_the_same_again_does_not(self):
        revisions = []
        for _time in range(2):
            self.queued()
            revisions.append(revision.current())
            jobs.work_off()
        revisions.append(revision.current())
        self.assertNotEqual(revisions[0], revisions[1])
        self.assertEqual(revisions[1], revisions[2])

    # See test_people_change_in_the_same_number_of_queries_for_one_row_and_for_thirty.
    @mock.patch("core.gathering.compact_tallies")
    def test_a_chunk_takes_the_same_number_of_queries_for_one_row_and_for_thirty(self, _compact):
        def queries(count, first):
            rows = "".join(f"FM1-{n},Propuesta {n},Pedimos,{make.agency().key}\n" for n in range(first, first + count))
            self.queued("folio,titulo_es,peticion_es,dependencias\n" + rows)
            with mock.patch("core.imports.work.CHUNK", 50), self.assertNumQueries(asked[0]) if asked else Counting() as found:
                jobs.work_off()
            return len(found)

        self.queued("folio,titulo_es,peticion_es\nFM1-99,x,x\n")
        jobs.work_off()
        asked: list[int] = []
        asked.append(queries(1, 100))
        queries(30, 200)

    # The rows of the figures are added up now and then, by the numbers of events that came before.
    @mock.patch("core.gathering.compact_tallies")
    def test_people_change_in_the_same_number_of_queries_for_one_row_and_for_thirty(self, _compact):
        def rows(keys, name):
            return "key,name,role\n" + "".join(f"LID-{key},{name} {key},observer\n" for key in keys)

        def queries(keys):
            batch = self.queued(rows(keys, "Otra Muestra"), "participants")
            with mock.patch("core.imports.work.CHUNK", 50), self.assertNumQueries(asked[0]) if asked else Counting() as found:
                jobs.work_off()
            batch.refresh_from_db()
            self.assertEqual(batch.updated, len(keys))
            return len(found)

        self.queued(rows(range(1, 33), "Muestra"), "participants")
        jobs.work_off()
        asked: list[int] = []
        queries([32])
        asked.append(queries([31]))
        queries(range(1, 31))

    def test_killed_at_any_statement_it_goes_on_and_nothing_is_double(self):
        statements = Statements()
        for counted in (Statements(), statements):
            self.queued()
            with connection.execute_wrapper(counted):
                jobs.work_off()
            ImportBatch.objects.all().delete()
            Proposal.objects.all().delete()
        self.assertGreater(statements.count, 60)
        killed = 0
        for last in range(1, statements.count, 9):
            with self.subTest(last):
                ImportBatch.objects.all().delete()
                Proposal.objects.all().delete()
                before = Event.objects.count()
                batch = self.queued()
                try:
                    with connection.execute_wrapper(Statements(last)):
                        jobs.work_off()
                except Killed:
                    killed += 1
                batch.refresh_from_db()
                self.assertEqual((Proposal.objects.count(), batch.outcomes.count()), (batch.rows, batch.rows))
                self.left(batch)
                jobs.work_off()
                self.assertEqual(self.counts(batch), ("done", 7, 7, 0, 0, 7))
                self.assertEqual((Proposal.objects.count(), Event.objects.count() - before), (7, 7))
        # Kept figures are tidied up after some events only, so a run may be a few statements shorter than the one that was counted.
        self.assertGreaterEqual(killed, statements.count // 9 - 1)

    def test_rows_that_wait_for_others_are_tried_again_after_a_kill(self):
        rows = "key,name,kind,federation\nC,Tres,club,B\nD,Cuatro,club,NADIE\nE,Cinco,club,\nB,Dos,club,A\nA,Uno,federation,\n"
        batch = self.queued(rows, "organizations")
        real = jobs.Work.again
        with mock.patch.object(jobs.Work, "again", side_effect=Killed), self.assertRaises(Killed):
            jobs.work_off()
        self.assertEqual(set(batch.outcomes.filter(waits=True).values_list("number", flat=True)), {2, 5})
        self.left(batch)
        with mock.patch.object(jobs.Work, "again", autospec=True, side_effect=real):
            jobs.work_off()
        self.assertEqual(self.counts(batch), ("done", 5, 4, 1, 0, 5))
        self.assertEqual(Organization.objects.get(key="C").parent.parent.key, "A")
        self.assertFalse(ImportRow.objects.filter(waits=True).exists())

    def test_two_workers_never_have_one_batch(self):
        batch = self.queued()
        self.assertEqual(jobs.claim("one").pk, batch.pk)
        self.assertIsNone(jobs.claim("two"))
        self.left(batch)
        slow = ImportBatch.objects.get(pk=batch.pk)
        self.assertEqual(jobs.claim("two").pk, batch.pk)
        jobs.carry_out(slow)
        self.assertEqual(self.counts(batch)[:2], ("running", 0))
        self.assertEqual((batch.lease_by, Proposal.objects.count()), ("two", 0))

    def test_a_stopped_import_skips_the_rest(self):
        batch = self.queued()
        with self.after(1, lambda: jobs.stop(batch)):
            jobs.work_off()
        self.assertEqual(self.counts(batch), ("stopped", 7, 2, 0, 5, 7))
        self.assertIn("stopped before this row", batch.outcomes.get(number=8).problems[0]["reason"])
        self.assertFalse(jobs.stop(batch))

    def test_a_worker_that_has_to_leave_gives_the_batch_back(self):
        batch = self.queued()
        asked = iter([False, False, True])
        with self.assertRaises(Leaving):
            jobs.work_off(lambda: next(asked))
        self.assertEqual(self.counts(batch), ("queued", 4, 4, 0, 0, 4))
        call_command("import_worker", "--once")
        self.assertEqual(self.counts(batch), ("done", 7, 7, 0, 0, 7))

    def test_a_fault_is_said_without_words_of_the_file_and_can_be_gone_on_from(self):
        batch = self.queued()
        with (
            mock.patch("proposals.resources.proposals.create_proposal", side_effect=ZeroDivisionError("canary")),
            self.assertLogs("acuerda.imports", "ERROR") as told,
        ):
            jobs.work_off()
        self.assertNotIn("canary", str(told.output))
        self.assertEqual(self.counts(batch)[:2], ("failed", 0))
        self.assertIn("it can go on", batch.notes[0])
        self.assertTrue(jobs.go_on(batch))
        jobs.work_off()
        self.assertEqual(self.counts(batch)[:3], ("done", 7, 7))

    def test_an_account_that_is_gone_imports_nothing(self):
        batch = self.queued()
        ImportBatch.objects.filter(pk=batch.pk).update(actor=None, origin=Origin.PAGE)
        jobs.work_off()
        self.assertEqual(self.counts(batch)[:2], ("failed", 0))
        batch = self.queued()
        self.organizer.is_active = False
        self.organizer.save()
        jobs.work_off()
        self.assertEqual(self.counts(batch)[:2], ("failed", 0))

    def test_all_or_nothing_in_the_queue(self):
        batch = self.queued(ROWS + "FM9-1,x,y\n", all_or_nothing=True)
        jobs.work_off()
        self.assertEqual(self.counts(batch), ("done", 8, 0, 1, 7, 8))
        self.assertEqual(Proposal.objects.count(), 0)
        batch = self.queued(all_or_nothing=True)
        jobs.work_off()
        self.assertEqual(self.counts(batch), ("done", 7, 7, 0, 0, 7))

    def test_a_file_that_cannot_be_used_is_refused_before_the_queue(self):
        with self.assertRaises(FileRefused):
            self.queued("a,b\n1,2\n")
        self.assertFalse(ImportBatch.objects.exists())

    def test_the_same_file_again_changes_nothing(self):
        self.queued()
        jobs.work_off()
        before = Event.objects.count()
        batch = self.queued()
        jobs.work_off()
        self.assertEqual((batch.outcomes.filter(outcome="same").count(), Event.objects.count()), (7, before))

    def test_without_embedded_workers_nobody_is_started(self):
        with mock.patch.object(threading, "Thread", side_effect=AssertionError):
            jobs.nudge()

    def after(self, count, act):
        """Act when so many chunks were kept."""
        real, seen = jobs.Work.kept, []

        def kept(work, *args):
            found = real(work, *args)
            seen.append(found)
            if len(seen) == count:
                act()
            return found

        return mock.patch.object(jobs.Work, "kept", kept)


class Statements:
    """Counts statements, and kills before the one that comes after `last`."""

    def __init__(self, last=None):
        self.count = 0
        self.last = last

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        if self.last is not None and self.count == self.last + 1:
            raise Killed
        return execute(sql, params, many, context)


class SameAsOneByOneTests(TestCase):
    """Kinds that are written together come out as they do row by row."""

    def setUp(self):
        self.enterContext(translation.override("en"))
        self.edition = make.edition(slug="foro-uno", folio_prefix="FM1")
        make.table(self.edition, number=1)
        make.agency(key="IFE", acronym="IFE")
        make.organization(key="ORG-1")

    def both(self, kind, text):
        """What a file leaves behind, written together and one by one: outcomes with reasons, records, events."""
        from core.imports.registry import resource_for

        found = []
        for together in (True, False):
            try:
                with mock.patch.object(resource_for(kind), "gathers", together), self.undone():
                    run = run_import(kind, name="x.csv", data=text.encode(), actor=SYSTEM)
                    again = run_import(kind, name="x.csv", data=text.encode(), actor=SYSTEM, dry_run=True)
                    found.append((self.told(run), self.told(again), sorted(run.notes), self.stored(kind)))
                    raise Undone
            except Undone:
                pass
        self.assertEqual(found[0], found[1])
        return found[0]

    def undone(self):
        from django.db import transaction

        return transaction.atomic()

    def told(self, run):
        return [(row.number, row.outcome, self.without_keys([str(p.as_dict()) for p in row.problems])) for row in run.rows]

    def stored(self, kind):
        from core.imports.writer import run_export

        events = Event.objects.order_by("pk").values_list(
            "model", "record_key", "action", "edition_slug", "actor_label", "reason"
        )
        opaque = [(m, "" if m == "forum.person" else k, *rest) for m, k, *rest in events if m != "core.importbatch"]
        changes = sorted(str(each) for each in Event.objects.values_list("changes", flat=True))
        data, _count = run_export(kind, "csv", actor=SYSTEM)
        return (sorted(opaque), sorted(self.without_keys(changes)), self.without_keys([data.decode()]))

    @staticmethod
    def without_keys(texts):
        import re

        return [re.sub(r"p-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.+]+", "…", text) for text in texts]

    def test_proposals(self):
        text = (
            "folio,table,topic,title_es,petition_es,addressees,proponents,states,status,policy_moment,foro\n"
            "FM1-1,1,x,Uno,Pedimos,IFE,ORG-1,32;1,draft,making,foro-uno\n"
            "FM1-2,9,x,Dos,Pedimos,NADIE;IFE,ORG-1,99,draft,no sé,\n"
            "FM1-1,1,x,Otra,Pedimos,IFE,ORG-1,32,draft,,\n"
            "fm1-1,1,x,Otra,Pedimos,,,,,,foro-dos\n"
            ",1,x,Sin folio,Pedimos,,,,,,\n"
            "FM1-3,,," + "x" * 301 + ",,,,,,,\n"
            "FM9-4,,,Otro prefijo,x,,,,,,\n"
            "FM1-5,,,<b>Con marcas</b>,x,ife,org-1,Zacatecas,,,\n"
            "\n"
            "FM1-6 ,,,  Blancos  ,x,,,,,,\n"
        )
        told, _again, notes, _stored = self.both("proposals", text)
        self.assertEqual([row[1] for row in told].count("created"), 3)
        self.assertTrue(any("markup" in note for note in notes))

    def test_participants_and_their_changes(self):
        head = "key,name,role,organization,agency,state_of_origin,name_public,email,phone,person\n"
        there = make.participation(self.edition, key="LID-9", organization=make.organization(key="ORG-9"))
        shared = make.person(name="Compartida")
        for number in (7, 8):
            edition = self.edition if number == 7 else make.edition(slug="foro-dos", folio_prefix="FM2")
            make.participation(edition, key=f"LID-{number}", person=shared, organization=make.organization(key=f"ORG-{number}"))
        head = head.replace("key,", "edition,key,", 1)
        rows = (
            "foro-uno,LID-1,Uno,migrant leader,ORG-1,,32,yes,uno@example.org,1,",
            "foro-uno,LID-2,Dos,official,,,32,no,no es correo,1,",
            "foro-uno,LID-3,,observer,ORG-1,,,no,,,",
            "foro-uno,LID-4,Cuatro,observer,ORG-1,IFE,,no,,,",
            f"foro-uno,LID-9,{there.person.name} Nuevo,observer,ORG-9,,1,yes,nueve@example.org,9,",
            "foro-uno,LID-7,Otro Nombre,observer,ORG-7,,1,yes,,,",
            "foro-dos,LID-8,Compartida,observer,ORG-8,,1,yes,,,",
            f"foro-uno,LID-5,Cinco,observer,ORG-1,,1,no,,,{shared.key}",
            "foro-uno,LID-11,Persona de Muestra Primera,observer,ORG-1,,1,no,,,",
            "foro-uno,LID-12,PERSONA DE MUESTRA PRIMERA,observer,ORG-1,,1,no,,,",
        )
        text = head + "\n".join(rows) + "\n"
        told, _again, _notes, _stored = self.both("participants", text)
        self.assertEqual(
            [row[1] for row in told], ["created", *["quarantined"] * 3, *["updated"] * 3, "created", "created", "quarantined"]
        )


class Undone(Exception):
    pass


class Counting(list):
    """A context that counts queries, as `assertNumQueries` does."""

    def __enter__(self):
        from django.test.utils import CaptureQueriesContext

        self.inner = CaptureQueriesContext(connection)
        return self.inner.__enter__()

    def __exit__(self, *error):
        return self.inner.__exit__(*error)
