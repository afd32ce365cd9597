"""Whatever program saved a sheet and however it is laid out: no crash, no letter is stored wrong, every row is counted once."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.events import SYSTEM
from core.imports.plan import Plan, known_names, propose
from core.imports.problems import FileRefused
from core.imports.reader import Reading, read
from core.imports.registry import resource_for
from core.imports.runner import run_import
from core.models.imports import Outcome
from core.text import clean_line
from forum.models import Organization
from tests import factories as make
from tests.core import spreadsheets
from tests.forum import founding

pytestmark = pytest.mark.once

NAMES = (
    "Federación de Niñas y Jóvenes", "Club «Ñandú» de Güémez", "¿Y la migración?", "Asociación Peñón, A.C.", "=Unión 1+1",
    "Unión; la otra", "Comité\u00a0de Enlace", "Red “Raíces” – Chicago", "O'Higgins Á. É.", "Línea | dos",
)  # fmt: skip
KINDS = ("club", "Federación", "red", "Sin iniciar", "")
#: Letters of Spanish are in all of them; what one cannot write is left to the others.
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman")
PADS = ("", " ", "\u00a0", "  ")
OUTCOMES = set(Outcome.values)
SETTINGS = examples(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def sheets(draw):
    """(rows from the titles on, place of the header): keys, names and kinds, with what people leave around them."""
    titles = [["Relación de organizaciones"], [], ["", "versión 2"]][: draw(st.integers(0, 3))]
    header = ["Clave", "Nombre", "Tipo", *draw(st.sampled_from([[], [""], ["Nombre"], ["Notas", ""]]))]
    rows = []
    for number in range(draw(st.integers(1, 5))):
        if draw(st.integers(0, 5)) == 0:
            rows.append([])
        pad = draw(st.sampled_from(PADS))
        row = [
            f"K-{number}",
            pad + draw(st.sampled_from(NAMES)) + pad,
            draw(st.sampled_from(KINDS)),
            *draw(st.sampled_from([[], ["x"]])),
        ]
        rows.append(row if len(row) <= len(header) or draw(st.booleans()) else row[:3])
    return [*titles, header, *rows, *[[]] * draw(st.integers(0, 2))], len(titles)


class LayoutTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make.edition(slug="foro-uno")

    def bring_in(self, name, data, decisions=None, cells=None):
        """As the desk does it: columns proposed, nameless ones allowed."""
        resource = resource_for("organizations")(actor=SYSTEM)
        reading = Reading(lenient=True)
        table = read(name, data, known=known_names(resource), reading=reading)
        plan = Plan(columns=propose(resource, table), reading=reading, decisions=decisions or {}, cells=cells or {})
        return run_import("organizations", name=name, data=data, actor=SYSTEM, plan=plan)

    def check(self, run, rows, place):
        """Every row from the header to the last filled one has one outcome, and what is stored is what was written."""
        below = rows[place + 1 :]
        while below and not any(map(str.strip, below[-1])):
            below.pop()
        numbers = [row.number for row in run.rows]
        self.assertEqual((len(numbers), len(set(numbers))), (len(below), len(below)))
        self.assertEqual(sum(run.counts.values()), len(below))
        self.assertEqual({row.outcome for row in run.rows} - OUTCOMES, set())
        self.assertEqual(sum(getattr(run.batch, name) for name in OUTCOMES), run.batch.rows)
        self.assertEqual(set(Organization.objects.values_list("name", flat=True)) - {clean_line(name) for name in NAMES}, set())

    @SETTINGS
    @given(sheets(), st.sampled_from(ENCODINGS), st.sampled_from(",;\t|"), st.sampled_from(["\r\n", "\n", "\r"]), st.booleans())
    def test_text(self, sheet, encoding, mark, end, quoted):
        rows, place = sheet
        buffer = io.StringIO(newline="")
        csv.writer(buffer, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows(
            rows
        )
        try:
            run = self.bring_in("x.csv", buffer.getvalue().encode(encoding, "ignore"))
        except FileRefused as refusal:
            self.assertGreater(len(str(refusal)), 20)
            self.assertFalse(Organization.objects.exists())
        else:
            self.check(run, rows, place)

    @SETTINGS
    @given(sheets(), st.sampled_from(["xlsx", "ods"]))
    def test_workbooks(self, sheet, form):
        rows, place = sheet
        data = founding.as_workbook(rows) if form == "xlsx" else spreadsheets.ods(rows)
        self.check(self.bring_in(f"x.{form}", data), rows, place)

    @SETTINGS
    @given(sheets(), st.data())
    def test_whatever_is_said_about_the_rows(self, sheet, data):
        rows, _place = sheet
        numbers = st.integers(0, len(rows) + 2).map(str)
        said = st.sampled_from(["new", "later", "same K-0", "same nobody", "", "\x00", "same "])
        decisions = data.draw(st.dictionaries(numbers, said, max_size=5))
        cells = data.draw(st.dictionaries(numbers, st.dictionaries(st.sampled_from(["Clave", "Nombre", "Tipo", "x"]), st.sampled_from(
            ["", "K-1", "club", NAMES[0], "Red"]), max_size=2), max_size=3))  # fmt: skip
        run = self.bring_in("x.xlsx", founding.as_workbook(rows), decisions, cells)
        below = len(run.rows)
        self.assertEqual((sum(run.counts.values()), {row.outcome for row in run.rows} - OUTCOMES), (below, set()))
