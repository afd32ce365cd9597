"""Encodings, layouts and kinds of files: what people have is read, what does harm is refused with a sentence."""

import io
import json
import resource
import time
import zipfile
from unittest import mock

import openpyxl
import pytest
from django.test import SimpleTestCase
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from core.imports.problems import FileRefused
from core.imports.reader import Reading, read
from core.imports.rows import IN_MEMORY, Row, Rows
from core.imports.sheets import write_workbook
from tests.core.spreadsheets import XLS, ods, ods_of

pytestmark = pytest.mark.once

SPANISH = (
    *("Migración", "niñez", "México", "Nuevo León", "Querétaro", "educación", "¿Cómo?", "«voto»", "pingüino", "JALISCO"),
    *("MICHOACÁN", "Yucatán", "ÁLVARO", "Núñez", "casa", "Unión", "año 2011", "atención", "ESPAÑA", "Félix", "Ángela"),
)
KNOWN = {"clave", "nombre", "tipo", "estado"}


class ReadingCase(SimpleTestCase):
    def setUp(self):
        self.enterContext(override("en"))

    def refused(self, data, name="x.csv", **options):
        begin = time.process_time()
        with self.assertRaises(FileRefused) as caught:
            list(read(name, data, **options).rows)
        self.assertLess(time.process_time() - begin, 5)
        return str(caught.exception)

    def rows(self, data, name="x.csv", **options):
        return [row.cells for row in read(name, data, **options).rows]


class EncodingTests(ReadingCase):
    TEXT = "clave;nombre\r\nA;Migración de niñas y jóvenes\r\nB;Querétaro, ÁLVARO NÚÑEZ\r\n"

    def test_each_is_found_out_and_said(self):
        for encoding, words in (
            ("utf-8", "UTF-8"),
            ("utf-8-sig", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("utf-16-le", "UTF-16"),
            ("utf-16-be", "UTF-16"),
            ("cp1252", "Windows-1252"),
            ("latin-1", "Windows-1252"),
            ("mac_roman", "Mac Roman"),
        ):
            with self.subTest(encoding):
                table = read("x.csv", self.TEXT.encode(encoding))
                self.assertEqual(table.rows[0].cells, ["A", "Migración de niñas y jóvenes"])
                self.assertEqual((table.facts["encoding"], table.facts["delimiter"]), (words, ";"))
                self.assertEqual(bool(table.notes), not encoding.startswith("utf-8"))

    def test_lines_of_two_people(self):
        data = "clave,nombre\nA,Migración\n".encode() + "B,Niñez\nC,Querétaro\n".encode("cp1252")
        table = read("x.csv", data)
        self.assertEqual([row.cells[1] for row in table.rows], ["Migración", "Niñez", "Querétaro"])
        self.assertIn("Windows-1252", table.notes[0])

    def test_the_organizer_knows_better(self):
        data = "clave,nombre\nA,Ò\n".encode("mac_roman")
        self.assertEqual(self.rows(data, reading=Reading(encoding="mac_roman")), [["A", "Ò"]])
        self.assertEqual(self.rows(data, reading=Reading(encoding="cp1252")), [["A", "ñ"]])
        self.assertIn("not in UTF-8", self.refused(data, reading=Reading(encoding="utf-8")))

    def test_a_lost_letter_is_a_problem_of_its_row(self):
        self.assertIn("lost", read("x.csv", "clave,nombre\nA,Migraci\ufffdn\n".encode()).rows[0].problem)

    @settings(max_examples=120, deadline=None)
    @given(
        st.lists(st.lists(st.sampled_from(SPANISH), min_size=3, max_size=8).map(" ".join), min_size=2, max_size=6),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"]),
        st.sampled_from([",", ";", "\t", "|"]),
        st.sampled_from(["\n", "\r\n", "\r"]),
        st.booleans(),
    )
    def test_no_mojibake_in_any_encoding_delimiter_and_line_end(self, texts, encoding, mark, end, titled):
        title = ["Foro México, lista de organizaciones", ""] if titled else []
        lines = [*title, mark.join(["clave", "nombre", "tipo"])]
        lines += [mark.join([f"A-{n}", f'"{text}"', "club"]) for n, text in enumerate(texts)]
        table = read("x.csv", (end.join(lines) + end).encode(encoding), known=KNOWN)
        self.assertEqual(table.headers, ["clave", "nombre", "tipo"])
        self.assertEqual([row.cells for row in table.rows], [[f"A-{n}", text, "club"] for n, text in enumerate(texts)])
        self.assertFalse(any(row.problem for row in table.rows))


class LayoutTests(ReadingCase):
    def test_title_rows_above_the_header(self):
        table = read("x.csv", b"Foro;;\n;;\nclave;nombre;tipo\nA;Uno;club\n", known=KNOWN)
        self.assertEqual((table.headers, table.facts["header_row"]), (["clave", "nombre", "tipo"], 3))
        self.assertEqual([(row.number, row.cells) for row in table.rows], [(4, ["A", "Uno", "club"])])
        self.assertIn("row 3", table.notes[0])
        asked = read("x.csv", b"clave;nombre\nA;Uno\nB;Dos\n", known=KNOWN, reading=Reading(header_row=2))
        self.assertEqual(asked.headers, ["A", "Uno"])
        self.assertIn("no row 9", self.refused(b"a,b\n1,2\n", reading=Reading(header_row=9)))

    def test_line_ends_of_every_kind_in_one_file(self):
        self.assertEqual(self.rows(b'a,b\r1,"x\ny"\r\n2,z\n3,w'), [["1", "x\ny"], ["2", "z"], ["3", "w"]])

    def test_marks_of_a_merge_are_refused_with_the_line(self):
        data = b"clave,nombre\nA,Uno\n<<<<<<< HEAD\nB,Dos\n=======\nB,Tres\n>>>>>>> otra\n"
        self.assertIn("Line 3", self.refused(data))
        self.assertIn("Line 2", self.refused(b"clave,nombre\n>>>>>>> otra\nB,Dos\n"))
        self.assertEqual(self.rows(b"clave\n=======\n"), [["======="]])

    def test_an_unclosed_quote_is_refused_with_the_line(self):
        self.assertIn("line 4", self.refused(b'a,b\n1,"x\ny"\n2,"z\n3,w\n'))

    def test_a_quote_closed_rows_later_is_a_problem(self):
        table = read("x.csv", b'a,b,c,d\n1,2,3,"x\n4,5,6,y\n7,8,9,z"\n1,2,3,"de, la\nuno, dos, tres, cuatro"\n')
        self.assertEqual([bool(row.problem) for row in table.rows], [True, False])

    def test_headers_alike_are_numbered_where_they_can_be_mapped(self):
        table = read("x.csv", b"clave,nombre,,nombre\nA,Uno,,Dos\n", reading=Reading(lenient=True))
        self.assertEqual(table.headers, ["clave", "nombre", "(column 3)", "nombre (2)"])

    def test_bars_and_tabs(self):
        for mark in "|\t":
            self.assertEqual(self.rows(f"a{mark}b\n1{mark}2,3\n".encode(), "x.txt"), [["1", "2,3"]])

    def test_many_rows_wait_on_disk_and_come_back_alike(self):
        rows = Rows(Row(n, [str(n), "ñ"]) for n in range(IN_MEMORY + 3))
        self.assertEqual(len(rows), IN_MEMORY + 3)
        first, second = iter(rows), iter(rows)
        for _each in range(IN_MEMORY + 1):
            next(first)
        next(second)
        self.assertEqual(next(first), Row(IN_MEMORY + 1, [str(IN_MEMORY + 1), "ñ"]))
        self.assertEqual([row.number for row in rows], list(range(IN_MEMORY + 3)))


class WorkbookTests(ReadingCase):
    def book(self, *rows, **formats):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for place, form in formats.items():
            book.active[place].number_format = form
        return book

    def saved(self, book):
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def test_percents_and_codes_with_zeros(self):
        data = self.saved(self.book(["a", "b"], [0.15, 1], [0.333, 32], A2="0%", B2="00", A3="0.0%", B3="00"))
        self.assertEqual(self.rows(data, "x.xlsx"), [["15 %", "01"], ["33.3 %", "32"]])

    def test_cells_merged_downwards_hold_the_value_in_each_row(self):
        book = self.book(["org", "n"], ["ORG-1", 1], [None, 2], [None, 3], ["ORG-2", 4])
        book.active.merge_cells("A2:A4")
        table = read("x.xlsx", self.saved(book))
        self.assertEqual([row.cells[0] for row in table.rows], ["ORG-1", "ORG-1", "ORG-1", "ORG-2"])
        self.assertIn("Merged", table.notes[0])

    def test_more_formulas_than_can_be_read_in_time(self):
        book = self.saved(self.book(["a", "b"], ["=1+1", "x"], ["=1+2", "y"]))
        self.assertEqual(len(read("x.xlsx", book).rows), 2)
        tags = mock.patch.dict("core.imports.archives.MOST_OF", {b"<f>": 1})
        with tags, self.assertRaisesMessage(FileRefused, "too large"):
            read("x.xlsx", book)

    def test_a_sheet_is_chosen(self):
        book = self.book(["uno"], ["1"])
        book.create_sheet("Dos").append(["dos"])
        table = read("x.xlsx", self.saved(book), reading=Reading(sheet="Dos"))
        self.assertEqual((table.headers, table.facts["sheets"], table.notes), (["dos"], ["Sheet", "Dos"], []))

    def test_old_excel(self):
        table = read("x.xls", XLS, known=KNOWN)
        self.assertEqual(table.headers, ["clave", "nombre", "desde", "mes", "entidad", "avance", "vigente"])
        self.assertEqual(
            [row.cells for row in table.rows], [["A-1", "Migración ñ", "2011-03-13", "2010-11", "01", "15 %", "true"]]
        )
        self.assertEqual(table.facts["sheets"], ["Participantes", "Otra"])
        for cut in (600, 3000, len(XLS) - 700):
            with self.subTest(cut):
                self.refused(XLS[:cut] + b"\xff" * 40)

    def test_opendocument(self):
        self.assertEqual(
            self.rows(ods([["a", "b"], ["1", "dos\nlíneas"], ["", ""], ["", "=x"]]), "x.ods"),
            [["1", "dos\nlíneas"], ["", ""], ["", "=x"]],
        )
        cells = (
            '<table:table-cell office:value-type="float" office:value="32"><text:p>32</text:p></table:table-cell>'
            '<table:table-cell office:value-type="float" office:value="1"><text:p>01</text:p></table:table-cell>'
            '<table:table-cell office:value-type="percentage" office:value="0.15"><text:p>15%</text:p></table:table-cell>'
            '<table:table-cell office:value-type="date" office:date-value="2011-03-13"><text:p>13/03/11</text:p></table:table-cell>'
            '<table:table-cell office:value-type="date" office:date-value="2010-11-01"><text:p>nov 2010</text:p></table:table-cell>'
            '<table:table-cell office:value-type="date" office:date-value="2010-11-01T10:30:00"><text:p>x</text:p></table:table-cell>'
            '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>VERDADERO</text:p></table:table-cell>'
            '<table:table-cell table:number-columns-repeated="2" office:value-type="string">'
            '<office:annotation><text:p>nota</text:p></office:annotation><text:p>a<text:s text:c="2"/>b</text:p></table:table-cell>'
        )
        header = "".join(f"<table:table-cell><text:p>{n}</text:p></table:table-cell>" for n in "abcdefghi")
        sheet = f'<table:table table:name="H"><table:table-row>{header}</table:table-row><table:table-row>{cells}</table:table-row></table:table>'
        self.assertEqual(
            self.rows(ods_of(sheet), "x.ods"),
            [["32", "01", "15 %", "2011-03-13", "2010-11", "2010-11-01 10:30", "true", "a  b", "a  b"]],
        )


class HostileTests(ReadingCase):
    def test_repeats_of_an_opendocument(self):
        cell = '<table:table-cell table:number-columns-repeated="16000000"><text:p>x</text:p></table:table-cell>'
        row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
        self.refused(ods_of(f'<table:table table:name="H">{row}</table:table>'), "x.ods")
        cell = "<table:table-cell><text:p>x</text:p></table:table-cell>"
        row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
        self.assertIn("repeated", self.refused(ods_of(f'<table:table table:name="H">{row}</table:table>'), "x.ods"))
        deep = "<text:span>" * 3000 + "x" + "</text:span>" * 3000
        self.refused(
            ods_of(
                f'<table:table table:name="H"><table:table-row><table:table-cell><text:p>{deep}</text:p></table:table-cell></table:table-row></table:table>'
            ),
            "x.ods",
        )

    def test_protected_files(self):
        manifest = {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}
        self.assertIn("password", self.refused(ods_of("", **manifest), "x.ods"))
        self.assertIn(
            "password", self.refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "x.xlsx")
        )

    def test_archives(self):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.csv", "a,b\n1,2\n")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("y.zip", inner.getvalue())
        self.assertIn("holds no spreadsheet (y.zip)", self.refused(out.getvalue(), "x.xlsx"))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"<a/>" * 8_000_000)
        self.assertIn("too large", self.refused(out.getvalue(), "x.xlsx"))

    def test_other_kinds_of_files(self):
        for data in (b"%PDF-1.7\n...", b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0aaaa", b"\x1f\x8b\x08aaaa", b"{\\rtf1 hola}"):
            with self.subTest(data):
                self.assertIn("holds no rows", self.refused(data))

    def test_a_million_columns_and_a_huge_cell(self):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.assertIn("columns", self.refused(b"a," * 1_000_000 + b"\n1\n"))
        self.assertIn("columns", self.refused(json.dumps([{str(n): 1 for n in range(100_000)}]).encode(), "x.json"))
        self.assertTrue(self.refused(b'a,b\n1,"' + b"x" * 30_000_000))
        self.assertTrue(read("x.csv", b"a,b\n1," + b"x" * 50_000 + b"\n").rows[0].problem)
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak, 300 * 1024)

    @settings(max_examples=60, deadline=None)
    @given(st.sampled_from(["xlsx", "ods", "xls"]), st.integers(0, 10_000), st.binary(min_size=1, max_size=12))
    def test_a_damaged_workbook_is_read_or_refused(self, kind, place, junk):
        data = {"xlsx": XLSX, "ods": ODS, "xls": XLS}[kind]
        place %= len(data)
        try:
            table = read(f"x.{kind}", data[:place] + junk + data[place + len(junk) :])
        except FileRefused:
            return
        for row in table.rows:
            self.assertEqual(len(row.cells), len(table.headers))

    def test_overruling_with_nonsense_means_finding_out(self):
        nonsense = {"encoding": "rot13", "delimiter": "x", "sheet": "\x00" * 500, "header_row": "-1", "more": 1}
        self.assertEqual(Reading.of(nonsense).encoding, "")
        self.assertEqual(self.rows(b"a,b\n1,2\n", reading=Reading.of(nonsense)), [["1", "2"]])


XLSX = write_workbook("x", ["clave", "nombre"], [["A", "Uno"], ["B", "Dós"]])
ODS = ods([["clave", "nombre"], ["A", "Uno"], ["B", "Dós"]])
