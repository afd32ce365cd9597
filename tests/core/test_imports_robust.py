"""Imports that are killed, and cells that hold anything."""

import csv
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from core.events import SYSTEM
from core.imports.problems import FileRefused
from core.imports.registry import kinds
from core.imports.runner import run_import
from core.models import Event, ImportBatch
from forum.models import Organization
from tests import factories as make


class KilledTests(TransactionTestCase):
    """Promise 18: a process that is killed leaves an import whole or absent."""

    def test_nothing_is_left_of_a_killed_import(self):
        make.edition(slug="foro-uno")
        with TemporaryDirectory() as folder:
            path = Path(folder, "x.csv")
            lines = [f"K-{n},Nombre {n},club" for n in range(400)]
            path.write_text("\n".join(["clave,nombre,tipo", *lines]), encoding="utf-8")
            database = connection.settings_dict
            program = (
                "import sys; from django.conf import settings; import config.settings; import django; django.setup();"
                f"settings.DATABASES['default']['NAME'] = {str(database['NAME'])!r};"
                "from core.imports.runner import run_import; from core.events import SYSTEM;"
                "tell = lambda done, of: print(done, flush=True);"
                f"run_import('organizations', name='x.csv', data=open({str(path)!r}, 'rb').read(), actor=SYSTEM, progress=tell)"
            )
            environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(settings.BASE_DIR)}
            with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment, text=True) as process:
                for line in process.stdout:
                    if int(line) >= 20:
                        process.send_signal(signal.SIGKILL)
                        break
                process.stdout.read()
            self.assertEqual(process.wait(), -signal.SIGKILL)
        self.assertEqual((Organization.objects.count(), ImportBatch.objects.count(), Event.objects.count()), (0, 0, 0))


class AnyCellTests(HypothesisTestCase):
    """Whatever stands in the cells, every row has an outcome and no error comes out."""

    @classmethod
    def setUpTestData(cls):
        # Not in setUp, which runs outside of the transactions of the examples and would leave it behind.
        make.edition(slug="foro-uno")

    @examples(max_examples=40, deadline=None)
    @given(st.data())
    def test_any_cell_of_any_kind(self, data):
        kind = data.draw(st.sampled_from(sorted(kinds())))
        resource = kinds()[kind](actor=SYSTEM)
        headers = [column.names[0] for column in resource.fields.values() if column.names]
        alphabet = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
        cell = st.sampled_from(["", "1", "sí", "2011-03-13", "foro-uno", "=1", "a;b", "-1", "99999999999999999999"]) | st.text(
            alphabet, max_size=8
        )
        rows = data.draw(st.lists(st.lists(cell, min_size=len(headers), max_size=len(headers)), min_size=1, max_size=3))
        buffer = io.StringIO(newline="")
        csv.writer(buffer).writerows([headers, *rows])
        try:
            run = run_import(kind, name="x.csv", data=buffer.getvalue().encode(), actor=SYSTEM)
        except FileRefused:
            return
        self.assertEqual({row.outcome for row in run.rows} - {"created", "updated", "same", "quarantined", "skipped"}, set())
        self.assertTrue(all(row.problems for row in run.refused))
