"""Imports that are killed, and cells that hold anything."""

import csv
import io

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from core.events import SYSTEM
from core.imports.problems import FileRefused
from core.imports.registry import kinds
from core.imports.runner import run_import
from tests import factories as make


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
