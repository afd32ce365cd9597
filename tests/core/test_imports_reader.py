"""Files as people save them, and files that want to do harm."""

import datetime as dt
import io
import json
import time
import zipfile

import openpyxl
from django.test import SimpleTestCase
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from core.imports.guard import guard, unguard
from core.imports.problems import FileRefused
from core.imports.reader import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, read
from core.imports.sheets import write_workbook
from core.imports.writer import write_csv


def workbook(*rows, **formats):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, form in formats.items():
        book.active[place].number_format = form
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(data, change):
    """The workbook with the text of its first sheet passed through `change`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if entry.filename.endswith("sheet1.xml") else content)
    return out.getvalue()


class ReaderCase(SimpleTestCase):
    def setUp(self):
        self.enterContext(override("en"))

    def cells(self, data, name="x.csv"):
        table = read(name, data)
        return [table.headers, *([row.number, *row.cells] for row in table.rows)]

    def refused(self, data, name="x.csv"):
        with self.assertRaises(FileRefused) as caught:
            read(name, data)
        return str(caught.exception)


class CsvTests(ReaderCase):
    def test_encodings(self):
        text = "clave,nombre\r\nA,Migración ñ\r\n"
        for encoding, notes in (
            ("utf-8", 0),
            ("utf-8-sig", 0),
            ("cp1252", 1),
            ("utf-16", 1),
        ):
            with self.subTest(encoding):
                table = read("x.csv", text.encode(encoding))
                self.assertEqual(table.headers, ["clave", "nombre"])
                self.assertEqual(table.rows[0].cells, ["A", "Migración ñ"])
                self.assertEqual(len(table.notes), notes)

    def test_windows_1252_is_said(self):
        self.assertEqual(
            read("x.csv", "clave\nñ".encode("cp1252")).notes,
            ["The file is not UTF-8; it was read as Windows-1252. Check the accents."],
        )

    def test_delimiters(self):
        for mark in ",;\t":
            with self.subTest(mark):
                rows = f'a{mark}b{mark}c\n1{mark}"x;y,z"{mark}3\n'.encode()
                self.assertEqual(self.cells(rows), [["a", "b", "c"], [2, "1", "x;y,z", "3"]])

    def test_an_unclosed_quote_is_refused_with_its_row(self):
        text = 'clave,nombre\nA,"uno\nB,dos\nC,tres\n'
        self.assertIn("Row 2 cannot be read", self.refused(text.encode()))

    def test_text_after_a_quote_is_refused(self):
        self.assertIn("Row 3", self.refused(b'a,b\n1,2\n"x"y,3\n'))

    def test_a_quote_that_swallows_rows_leaves_a_short_row(self):
        table = read("x.csv", b'a,b\n1,"x\n2,y\n3,"\n4,z\n')
        self.assertEqual([(row.number, bool(row.problem)) for row in table.rows], [(2, False), (3, False)])
        table = read("x.csv", b'a,b,c\n1,2,"x\n3,4,"\n5,6\n')
        self.assertEqual([bool(row.problem) for row in table.rows], [False, True])

    def test_duplicate_headers_are_refused_in_any_spelling(self):
        for headers in (b"clave,clave\n1,2", "Título,titulo\n1,2".encode(), b"nombre_es,Nombre ES\n1,2"):
            with self.subTest(headers):
                self.assertIn("have the same name", self.refused(headers))

    def test_nul_is_refused(self):
        self.assertIn("NUL", self.refused(b"clave\nA\x00B\n"))

    def test_nonsense_is_refused_with_a_sentence(self):
        for data in (
            b"",
            b"  \n\n",
            b"\x81\x8d\x8f",
            b"\xff\xfea",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1xxx",
            b"PK\x03\x04nothing",
            b",,\n1,2",
        ):
            with self.subTest(data):
                self.assertGreater(len(self.refused(data)), 15)

    def test_too_much_is_refused(self):
        self.assertIn("MB", self.refused(b"a" * (MOST_BYTES + 1)))
        self.assertIn(str(MOST_ROWS), self.refused(b"a\n" + b"1\n" * (MOST_ROWS + 1)))
        self.assertIn(str(MOST_COLUMNS), self.refused(b"," * (MOST_COLUMNS + 5) + b"\n"))

    def test_rows_count_as_a_spreadsheet_counts_them(self):
        table = read("x.csv", b'a,b\n\n1,"two\nlines"\n,\n3,4\n\n\n')
        self.assertEqual([(row.number, row.is_blank) for row in table.rows], [(2, True), (3, False), (4, True), (5, False)])

    def test_a_row_that_is_too_long_has_a_problem(self):
        table = read("x.csv", b"a,b\n1,2,3\n4,5,,\n6\n")
        self.assertEqual([bool(row.problem) for row in table.rows], [True, False, True])

    def test_a_column_without_a_name_gets_one(self):
        self.assertEqual(read("x.csv", b"a,,c\n1,2,3").headers, ["a", "(column 2)", "c"])

    @settings(max_examples=150, deadline=None)
    @given(st.binary(max_size=400))
    def test_any_bytes_are_read_or_refused(self, data):
        try:
            table = read("x.csv", data)
        except FileRefused:
            return
        for row in table.rows:
            self.assertEqual(len(row.cells), len(table.headers))

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(
            st.lists(
                st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12), min_size=2, max_size=2
            ),
            max_size=5,
        )
    )
    def test_what_is_written_is_read_again(self, rows):
        table = read("x.csv", write_csv(["uno", "dos"], rows))
        written = list(rows)
        while written and not any(written[-1]):
            written.pop()
        self.assertEqual([row.cells for row in table.rows], written)


class GuardTests(SimpleTestCase):
    def test_what_a_spreadsheet_would_run_is_guarded(self):
        for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''+1"):
            with self.subTest(text):
                self.assertEqual(guard(text), f"'{text}")
                self.assertEqual(unguard(guard(text)), text)
        for text in ("", "uno", "1-2", "'uno", "ñ=1"):
            with self.subTest(text):
                self.assertEqual(guard(text), text)

    @given(st.text(max_size=8) | st.text("'=+-@\t\r a", max_size=8))
    def test_the_inverse(self, text):
        self.assertEqual(unguard(guard(text)), text)
        self.assertFalse(guard(text).startswith(("=", "+", "-", "@", "\t", "\r")))


class WorkbookTests(ReaderCase):
    def test_cells_become_text(self):
        data = workbook(
            ["a", "b", "c", "d", "e", "f"],
            [1, 2.5, True, dt.date(2011, 3, 13), dt.datetime.fromisoformat("2011-03-13 10:30"), "'=1+1"],
            [32.0, None, "x", dt.date(2010, 11, 1), dt.date(2010, 1, 1), "é"],
            D3="mmm-yy",
            E3="yyyy",
        )
        self.assertEqual(
            self.cells(data, "x.xlsx"),
            [
                ["a", "b", "c", "d", "e", "f"],
                [2, "1", "2.5", "true", "2011-03-13", "2011-03-13 10:30", "=1+1"],
                [3, "32", "", "x", "2010-11", "2010", "é"],
            ],
        )

    def test_short_rows_and_blank_ends_are_fine(self):
        data = workbook(["a", "b", "c"], ["1"], [], ["2", "", "3"], [None, None], [])
        self.assertEqual(self.cells(data, "x.xlsx"), [["a", "b", "c"], [2, "1", "", ""], [3, "", "", ""], [4, "2", "", "3"]])

    def test_a_far_cell_costs_nothing(self):
        for place in ("XFD1048576", "A1048576", "XFD2"):
            with self.subTest(place):
                book = openpyxl.Workbook()
                book.active.append(["a", "b"])
                book.active[place] = "far"
                buffer = io.BytesIO()
                book.save(buffer)
                begin = time.process_time()
                self.assertTrue(self.refused(buffer.getvalue(), "x.xlsx"))
                self.assertLess(time.process_time() - begin, 3)

    def test_a_claimed_size_is_not_believed(self):
        data = repacked(
            workbook(["a"], ["1"]), lambda content: content.replace(b'<dimension ref="A1:A2"', b'<dimension ref="A1:XFD1048576"')
        )
        self.assertEqual(self.cells(data, "x.xlsx"), [["a"], [2, "1"]])

    def test_definitions_are_refused(self):
        bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
        data = repacked(workbook(["a"], ["1"]), lambda content: bomb + content)
        self.assertIn("definitions", self.refused(data, "x.xlsx"))

    def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(3):
                archive.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 40_000_000)
        begin = time.process_time()
        self.assertIn("too large when unpacked", self.refused(out.getvalue(), "x.xlsx"))
        self.assertLess(time.process_time() - begin, 1)

    def test_a_formula_without_result_and_an_error_are_problems(self):
        table = read("x.xlsx", workbook(["a", "b"], ["1", "=A2+1"], ["2", "x"], ["#REF!", "y"]))
        self.assertIn("formula without a result", table.rows[0].problem)
        self.assertEqual(table.rows[1].problem, "")
        self.assertIn("#REF!", table.rows[2].problem)

    def test_only_the_first_visible_sheet_is_read_and_it_is_said(self):
        book = openpyxl.Workbook()
        book.active.append(["hidden"])
        book.active.sheet_state = "hidden"
        for title in ("Uno", "Dos"):
            book.create_sheet(title).append([title])
        buffer = io.BytesIO()
        book.save(buffer)
        table = read("x.xlsx", buffer.getvalue())
        self.assertEqual((table.headers, table.notes), (["Uno"], ["Only the first sheet, “Uno”, was read."]))

    def test_damaged_workbooks_are_refused(self):
        good = workbook(["a"], ["1"])
        for data in (good[:200], good[:-30], b"PK" + good[5:]):
            with self.subTest(len(data)):
                self.assertIn("cannot be read", self.refused(data, "x.xlsx"))
        self.assertIn("cannot be read", self.refused(repacked(good, lambda content: content[: len(content) // 2]), "x.xlsx"))

    def test_what_is_written_is_text_and_no_formula(self):
        data = write_workbook("prueba", ["clave", "código"], [["=1+1", "01"], ["+52", "a\x07b"]])
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        self.assertEqual([[cell.value for cell in row] for row in sheet], [["clave", "código"], ["'=1+1", "01"], ["'+52", "ab"]])
        self.assertEqual({cell.data_type for row in sheet for cell in row}, {"s"})
        self.assertEqual(self.cells(data, "x.xlsx"), [["clave", "código"], [2, "=1+1", "01"], [3, "+52", "ab"]])


class JsonTests(ReaderCase):
    def test_a_list_of_flat_objects(self):
        data = json.dumps([{"a": "=1", "b": 2}, {"b": None, "c": True}]).encode()
        self.assertEqual(self.cells(data, "x.json"), [["a", "b", "c"], [2, "=1", "2", ""], [3, "", "", "true"]])

    def test_an_apostrophe_stays(self):
        self.assertEqual(self.cells(b'[{"a": "\'=1"}]', "x.json"), [["a"], [2, "'=1"]])

    def test_anything_else_is_refused(self):
        for data in (b"{}", b"[1]", b"[", b"null", b"[" * 5000):
            with self.subTest(data[:10]):
                self.assertTrue(self.refused(data, "x.json"))

    def test_a_structure_in_a_cell_is_a_problem_of_the_row(self):
        self.assertTrue(read("x.json", b'[{"a": {"b": 1}}]').rows[0].problem)
