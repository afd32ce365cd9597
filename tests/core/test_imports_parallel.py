"""The same file five times at once, a thread that works in the web process, and a worker that is killed."""

import os
import signal
import subprocess
import sys
import threading

from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase, override_settings
from django.utils import timezone

from core.events import SYSTEM
from core.imports import jobs
from core.imports.runner import enqueue, run_import
from core.models import Event, ImportBatch
from forum.models import Organization, Participation, Person
from proposals.models import Proposal
from tests import factories as make

FILES = {
    "participants": ("clave,nombre,papel,organizacion\n", "LID-{n},Nombre {n},observador,ORG-1\n"),
    "organizations": ("clave,nombre,tipo\n", "CLUB-{n},Club {n},club\n"),
    "proposals": ("folio,titulo_es,peticion_es\n", "FM1-{n},Propuesta {n},Pedimos\n"),
}


def file_of(kind, rows=9):
    head, row = FILES[kind]
    return (head + "".join(row.format(n=n) for n in range(2, rows + 2))).encode()


class AtOnceTests(TransactionTestCase):
    def setUp(self):
        make.edition(slug="foro-uno", folio_prefix="FM1")
        make.organization(key="ORG-1")

    def five(self, kind, data):
        """On PostgreSQL at once; SQLite has one writer, so there one after the other."""
        found, errors = [], []

        def work():
            try:
                found.append(dict(run_import(kind, name="x.csv", data=data, actor=SYSTEM).counts))
            except BaseException as error:  # noqa: BLE001 (told by the test)
                errors.append(error)
            finally:
                if connection.vendor == "postgresql":
                    connections.close_all()

        if connection.vendor == "postgresql":
            threads = [threading.Thread(target=work) for _each in range(5)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        else:
            for _each in range(5):
                work()
        self.assertEqual(errors, [])
        return found

    def test_the_same_file_five_times_at_once_creates_nothing_twice(self):
        for kind, model in (("participants", Participation), ("organizations", Organization), ("proposals", Proposal)):
            with self.subTest(kind):
                before = model.objects.count()
                found = self.five(kind, file_of(kind))
                self.assertEqual(sum(counts.get("created", 0) for counts in found), 9)
                self.assertEqual(sum(counts.get("same", 0) for counts in found), 36)
                self.assertEqual(model.objects.count() - before, 9)
                self.assertEqual(Event.objects.filter(model=model._meta.label_lower, action="create", origin="import").count(), 9)
        self.assertEqual(Person.objects.count(), 9)

    @override_settings(IMPORT_WORKER="embedded")
    def test_a_thread_of_this_process_works_off_the_queue_and_ends(self):
        batch = enqueue("proposals", name="x.csv", data=file_of("proposals"), actor=SYSTEM)
        jobs.nudge()
        if (thread := jobs._thread) is not None:
            thread.join(60)
        batch.refresh_from_db()
        self.assertEqual((batch.state, batch.created, jobs._thread), ("done", 9, None))


class KilledTests(TransactionTestCase):
    """Promise 18: a process that is killed leaves an import whole up to a chunk, and another one finishes it."""

    def test_a_worker_that_is_killed_is_followed_by_another(self):
        make.edition(slug="foro-uno")
        batch = enqueue("organizations", name="x.csv", data=file_of("organizations", 25), actor=SYSTEM)
        database = connection.settings_dict
        program = (
            "from django.conf import settings; import config.settings; import django; django.setup();"
            f"settings.DATABASES['default']['NAME'] = {str(database['NAME'])!r};"
            "import core.imports.work as work; work.FEW = 5; from core.imports.jobs import work_off;"
            "step = work.Work.step;"
            "work.Work.step = lambda self, rows, **more: (step(self, rows, **more), print(rows[-1].number, flush=True))[0];"
            "work_off()"
        )
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(settings.BASE_DIR)}
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment, text=True) as process:
            for line in process.stdout:
                if int(line) >= 10:
                    process.send_signal(signal.SIGKILL)
                    break
            process.stdout.read()
        self.assertEqual(process.wait(), -signal.SIGKILL)
        batch.refresh_from_db()
        self.assertEqual(batch.state, "running")
        self.assertGreaterEqual(batch.rows, 10)
        self.assertEqual((Organization.objects.count(), batch.outcomes.count()), (batch.rows, batch.rows))
        self.assertEqual(jobs.work_off(), 0)
        ImportBatch.objects.update(lease_until=timezone.now())
        self.assertEqual(jobs.work_off(), 1)
        batch.refresh_from_db()
        self.assertEqual((batch.state, batch.created, batch.rows, Organization.objects.count()), ("done", 25, 25, 25))
