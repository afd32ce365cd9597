"""Files that we write: typed, explained, safe to open, and the same when they come back."""

import io

import openpyxl
from django.test import SimpleTestCase, TestCase
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.events import SYSTEM
from core.imports.cells import Amount, Day, Moment, Number, PartlyKnownDay, Text
from core.imports.reader import read
from core.imports.registry import kinds
from core.imports.runner import run_import
from core.imports.sheets import typed_value, write_workbook
from core.imports.writer import json_of, run_export, write_csv
from core.models import Event
from core.text import clean
from forum.models import Organization
from tests import factories as make

FORMS = ("csv", "xlsx", "json")
WRITE = {"csv": write_csv, "xlsx": lambda headers, rows: write_workbook("x", headers, rows), "json": json_of}
AWKWARD = st.text(max_size=12) | st.sampled_from(
    [
        "=1+1",
        "'=1+1",
        "''@x",
        "-5",
        "+52 1",
        "@hola",
        "'",
        "''",
        "0012",
        "1e5",
        "1.000",
        "a;b",
        'di "ya"',
        "a\nb",
        "|",
        "\t=x",
        "TRUE",
        "2011-03-13",
        "_x0041_",
        "ñÑ",
        "\U0001f33d",
        "e\u0301",
        "\u2028a",
        "\x85",
        "\ud800",
    ]
)


class RoundTripTests(SimpleTestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(AWKWARD, AWKWARD), min_size=1, max_size=4))
    def test_any_text_comes_back(self, pairs):
        rows = [["k", *(clean(text.encode("utf-8", "replace").decode()) for text in pair)] for pair in pairs]
        for form, write in WRITE.items():
            table = read(f"x.{form}", write(["clave", "uno", "dos"], rows), known={"clave", "uno"})
            found = [row.cells for row in table.rows]
            self.assertEqual((form, found, [row.problem for row in table.rows]), (form, rows, [""] * len(rows)))

    def test_nothing_is_run_by_a_spreadsheet(self):
        for text in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1"):
            self.assertIn(
                "'" + text.replace("\r", "\n").strip("\n") if text[0] != "\r" else "'", write_csv(["a"], [[text]]).decode()
            )
            cell = openpyxl.load_workbook(io.BytesIO(write_workbook("x", ["a"], [[text]]))).active["A2"]
            self.assertEqual(cell.data_type, "s")

    def test_typed_values(self):
        for text, widget, wanted in (
            ("2011-03-13", Day(), "2011-03-13 00:00:00"),
            ("2011-03", PartlyKnownDay(), None),
            ("1810-09-16", Day(), None),
            ("2011-03-13 10:00", Moment(None), "2011-03-13 10:00:00"),
            ("2011-03-13 10:00:01", Moment(None), None),
            ("40", Number(), "40"),
            ("040", Number(), None),
            ("1250000.50", Amount(), "1250000.5"),
            ("99999999999999.99", Amount(), None),
            ("40", Text(), None),
        ):
            found = typed_value(text, widget)
            self.assertEqual(found and str(found[0]), wanted, text)


class ExportTests(TestCase):
    def setUp(self):
        self.enterContext(override("es"))
        self.edition = make.edition(slug="foro-uno", folio_prefix="FM1", own_opinion_first=True)

    def book(self, kind, language="es"):
        return openpyxl.load_workbook(io.BytesIO(run_export(kind, "xlsx", actor=SYSTEM, language=language)[0]))

    def test_a_workbook_is_typed_shaped_and_explained(self):
        first, columns, lists = self.book("editions").worksheets
        row = {cell.value: first.cell(2, cell.column) for cell in first[1]}
        self.assertEqual((str(row["inicio"].value), row["inicio"].number_format), ("2026-03-02 00:00:00", "yyyy-mm-dd"))
        self.assertEqual(
            (row["plazo_dictamen_dias"].value, row["clave"].value, row["clave"].number_format), (20, "foro-uno", "@")
        )
        self.assertEqual((first.freeze_panes, first["A1"].font.bold, lists.sheet_state), ("A2", True, "hidden"))
        self.assertGreater(first.column_dimensions["B"].width, 8)
        told = {line[0]: line for line in columns.iter_rows(values_only=True)}
        self.assertEqual(columns.title, "Columnas")
        self.assertEqual(told["etapa"][2].split("; ")[:2], ["preparación", "recepción"])
        self.assertEqual((told["etapa"][3], told["etapa"][5].split("; ")[0]), ("stage", "preparation"))
        self.assertEqual([told["clave"][6], told["clave"][7]], ["sí, en cada fila", "foro-mexico-2011"])
        letter = next(cell.column_letter for cell in first[1] if cell.value == "etapa")
        rule = next(each for each in first.data_validations.dataValidation if str(each.sqref).startswith(f"{letter}2:"))
        self.assertEqual((rule.type, rule.errorStyle), ("list", "warning"))
        where = rule.formula1.removeprefix("'Listas'!").replace("$", "")
        self.assertEqual([cell.value for (cell,) in lists[where]][:2], ["preparación", "recepción"])

    def test_the_explanation_is_not_read(self):
        data, _count = run_export("editions", "xlsx", actor=SYSTEM)
        table = read("x.xlsx", data)
        self.assertEqual((len(table.rows), table.notes, table.facts["sheets"]), (1, [], ["editions"]))
        self.assertEqual(run_import("editions", name="x.xlsx", data=data, actor=SYSTEM).counts["same"], 1)

    def test_templates_of_every_kind_have_examples_that_are_left_out(self):
        for kind, resource in kinds().items():
            counts = {model: model.objects.count() for model in (resource._meta.model, Event)}
            # Each form and language for some kind, the first for all: the writers are the same.
            for form, language in [(form, language) for form in FORMS for language in ("es", "en")][
                : 6 if kind == "opinions" else 1
            ]:
                with self.subTest(kind, form=form, language=language):
                    data, rows = run_export(kind, form, actor=SYSTEM, language=language, template=True)
                    run = run_import(kind, name=f"x.{form}", data=data, actor=SYSTEM, edition="foro-uno")
                    self.assertEqual((rows, len(run.rows), run.counts["skipped"], run.refused), (1, 1, 1, []))
            self.assertEqual({model: model.objects.count() for model in counts}, counts)

    def test_awkward_texts_of_a_record_come_back(self):
        for number, text in enumerate(
            ("=SUM(A1)", "'=x", "-5", "+52", "@x", "0012", "1,5", "13/03/2011", "a;b", "'x", "sí", "TRUE")
        ):
            make.organization(key=f"ORG-{number}", name=text, city=text, acronym=text, toma_de_nota=text)
        for language in ("es", "en"):
            for form in FORMS:
                data, count = run_export("organizations", form, actor=SYSTEM, language=language)
                run = run_import("organizations", name=f"x.{form}", data=data, actor=SYSTEM, edition="")
                self.assertEqual((form, run.summary), (form, f"0 nuevas, 0 cambiadas, {count} iguales, 0 rechazadas"))

    def test_newer_columns(self):
        person = make.participation(self.edition, key="LID-01")
        make.table(self.edition, number=1, moderator=person)
        make.agency(key="AA", calendar="US-CA", never_answers=True)
        make.agency(key="BB")
        for kind in ("editions", "tables", "agencies"):
            for form in FORMS:
                data, count = run_export(kind, form, actor=SYSTEM)
                self.assertEqual(run_import(kind, name=f"x.{form}", data=data, actor=SYSTEM).counts["same"], count, (kind, form))
        text = "clave,calendario,sin_interlocucion\nBB,US-TX,sí\nAA,XX,\n"
        run = run_import("agencies", name="x.csv", data=text.encode(), actor=SYSTEM)
        self.assertEqual((run.counts["updated"], [p.column for p in run.refused[0].problems]), (1, ["calendario"]))
        run_import("tables", name="x.csv", data=b"numero,relator\n1,LID-01\n", actor=SYSTEM)
        self.assertEqual(self.edition.tables.get().rapporteur, person)
        run_import("editions", name="x.csv", data=b"clave,dictamen_propio_antes\nforo-uno,no\n", actor=SYSTEM)
        self.edition.refresh_from_db()
        self.assertFalse(self.edition.own_opinion_first)

    def test_the_key_of_an_organization_that_a_sheet_took_for_a_number(self):
        make.organization(key="0012", name="Uno")
        self.assertEqual(Organization.objects.get().key, "0012")
        cell = self.book("organizations").worksheets[0]["A2"]
        self.assertEqual((cell.value, cell.number_format), ("0012", "@"))
