"""Dates, numbers, percents, yes and no, and texts, as people write them."""

import contextlib
import datetime as dt
from decimal import Decimal

from django.test import SimpleTestCase
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from core.imports.cells import Amount, Day, Number, PartlyKnownDay, Percent, YesNo
from core.imports.numbers import read_number
from core.imports.plain import cleaned
from core.imports.problems import CellError
from core.imports.when import Ambiguous, order_shown, read_day, read_moment

#: Bytes that are no character in Windows-1252.
UNDEFINED = {0x81, 0x8D, 0x8F, 0x90, 0x9D}


class WhenTests(SimpleTestCase):
    def test_days(self):
        for text in (
            *("2011-03-13", "2011/03/13", "2011-3-13", "13/03/2011", "13-03-11", "13.03.2011", "13 / 03 / 2011"),
            *(
                "13 de marzo de 2011",
                "domingo 13 de marzo de 2011",
                "13 marzo 2011",
                "13-mar-2011",
                "13/mar/11",
                "MARZO 13, 2011",
            ),
            *(
                "March 13th, 2011",
                "Mar 13 2011",
                "40615",
                "40615.0",
                "2011-03-13T00:00:00",
                "13/03/2011 00:00",
                "13 de Marzo del 2011",
            ),
        ):
            with self.subTest(text):
                self.assertEqual(read_day(text), (dt.date(2011, 3, 13), "day"))
        self.assertEqual(read_day("1o. de marzo de 2011"), (dt.date(2011, 3, 1), "day"))
        self.assertEqual(read_day("1º de marzo de 2011"), (dt.date(2011, 3, 1), "day"))

    def test_months_and_years(self):
        for text in ("octubre 2012", "octubre de 2012", "2012-10", "10/2012", "oct-12", "Oct 2012", "October, 2012"):
            with self.subTest(text):
                self.assertEqual(read_day(text), (dt.date(2012, 10, 1), "month"))
        self.assertEqual(read_day("2012"), (dt.date(2012, 1, 1), "year"))

    def test_what_is_too_long_is_no_date(self):
        """The patterns go back over runs of blanks and commas: the time grew with the third power of them."""
        for text in ("13 " + "de " * 60 + "marzo de 2011", "1" + " " * 8000 + "x 10:30", "," * 8000 + " 10:30"):
            for read in (read_day, read_moment):
                with self.subTest(text[:20]), self.assertRaises(ValueError):
                    read(text)

    def test_two_readings_ask(self):
        with self.assertRaises(Ambiguous):
            read_day("04/05/2011")
        self.assertEqual(read_day("04/05/2011", "dmy")[0], dt.date(2011, 5, 4))
        self.assertEqual(read_day("04/05/2011", "mdy")[0], dt.date(2011, 4, 5))
        self.assertEqual(read_day("05/05/2011")[0], dt.date(2011, 5, 5))
        self.assertEqual([order_shown(t) for t in ("13/03/2011", "03/13/2011", "03/04/2011", "x")], ["dmy", "mdy", "", ""])

    def test_moments(self):
        for text in (
            "13/03/2011 10:30",
            "2011-03-13 10:30",
            "13 de marzo de 2011, 10:30 h",
            "13 de marzo de 2011 a las 10:30 a.m.",
        ):
            with self.subTest(text):
                self.assertEqual(read_moment(text), dt.datetime(2011, 3, 13, 10, 30))  # noqa: DTZ001 (of no zone yet)
        self.assertEqual(read_moment("13/03/2011 01:05 p.m.").hour, 13)

    def test_nonsense(self):
        for text in (
            "",
            "31/02/2011",
            "32 de marzo de 2011",
            "13/13/2011",
            "marzo",
            "99999",
            "1",
            "12345678",
            "2011-13",
            "ayer",
            "mar 2011 x",
        ):
            with self.subTest(text), self.assertRaises(ValueError):
                read_day(text)

    @given(st.text(max_size=20) | st.from_regex(r"\d{1,4}[-/. ]\w{1,5}[-/. ]\d{1,4}", fullmatch=True))
    def test_any_text_is_a_date_or_none(self, text):
        for order in ("", "dmy", "mdy"):
            with contextlib.suppress(ValueError, OverflowError):
                self.assertIn(read_day(text, order)[1], ("day", "month", "year"))

    @given(st.dates(dt.date(1950, 1, 1), dt.date(2068, 1, 1)))
    def test_every_day_in_every_shape(self, day):
        months = [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ]
        for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day.day} de {months[day.month - 1]} de {day.year}"):
            self.assertEqual(read_day(text, "dmy"), (day, "day"))


class NumberTests(SimpleTestCase):
    def test_both_ways_of_writing(self):
        for text, number in (
            *(("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1 234,5", "1234.5"), ("$1,250,000.50 M.N.", "1250000.50")),
            *(
                ("1.250.000,50", "1250000.50"),
                ("1,234", "1234"),
                ("1.234", "1234"),
                ("12,5", "12.5"),
                ("12.5", "12.5"),
                ("7", "7"),
            ),
            *(("MXN 100", "100"), ("1'250,000", "1250000"), ("0.15", "0.15"), ("100 pesos", "100")),
        ):
            with self.subTest(text):
                self.assertEqual(read_number(text), Decimal(number))

    def test_nonsense(self):
        for text in ("", "-1", "1,2,3", "1.2.3", "12,34.5", "abc", "1e5", "١٢", "9" * 30, "1,234.567,8", "--", "."):
            with self.subTest(text), self.assertRaises(ValueError):
                read_number(text)

    @given(st.integers(0, 10**9), st.integers(0, 99))
    def test_every_amount_in_every_shape(self, whole, cents):
        number = Decimal(whole) + Decimal(cents) / 100
        english = f"{number:,.2f}"
        spanish = english.replace(",", "x").replace(".", ",").replace("x", ".")
        for text in (f"{number:.2f}", english, spanish, f"$ {english} M.N.", spanish.replace(".", " ")):
            self.assertEqual(Amount().clean(text), number)

    def test_whole_numbers_and_percents(self):
        self.assertEqual([Number().clean(text) for text in ("12", "1,234", "12.0", " 7 ")], [12, 1234, 12, 7])
        self.assertEqual([Percent().clean(text) for text in ("15", "15 %", "15%", "100", "0 %")], [15, 15, 15, 100, 0])
        for text in ("0.15", "15.5", "101", "-1", "1e1", "0.15 %"):
            with self.subTest(text), self.assertRaises(CellError):
                Percent().clean(text)

    def test_yes_and_no(self):
        for text in ("sí", "Si", "SÍ.", "yes", "Y", "x", "✓", "1", "verdadero"):
            self.assertIs(YesNo().clean(text), True)
        for text in ("no", "NO", "n", "✗", "0", "FALSO"):
            self.assertIs(YesNo().clean(text), False)

    def test_a_day_asks_where_it_can_be_read_in_two_ways(self):
        with override("en"), self.assertRaisesMessage(CellError, "two ways"):
            Day().clean("04/05/2011")
        with self.assertRaises(CellError):
            Day().clean("octubre 2012")
        self.assertEqual(PartlyKnownDay().clean("octubre 2012"), (dt.date(2012, 10, 1), "month"))


class PlainTests(SimpleTestCase):
    def test_markup_becomes_text(self):
        for text, found in (
            ("<p>Uno</p><p>Dos &amp; tres</p>", "Uno\n\nDos & tres"),
            ("Uno<br>Dos<br/>Tres", "Uno\nDos\nTres"),
            ("<ul><li>Uno</li><li><b>Dos</b></li></ul>", "- Uno\n- Dos"),
            ("M&eacute;xico &#241;", "México ñ"),
            ("<script>alert(1)</script><p>Uno", "Uno"),
            ("a < b y c > d, <nadie@example.org>, R&D", "a < b y c > d, <nadie@example.org>, R&D"),
        ):
            with self.subTest(text):
                self.assertEqual(cleaned(text), found)

    def test_a_wrong_encoding_is_mended(self):
        for text in ("Migración", "niñez", "ÁLVARO", "“voto”", "año – 2011", "€"):
            broken = "".join(bytes([byte]).decode("cp1252" if byte not in UNDEFINED else "latin-1") for byte in text.encode())
            with self.subTest(text):
                self.assertEqual(cleaned(broken), text)

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_any_text_comes_out(self, text):
        cleaned(text)

    @given(st.text("abcáéíóúñÁÉÍÓÚÑüÜ¿?¡! .,;:–—“”‘’«»\n"))
    def test_good_spanish_is_left_alone(self, text):
        self.assertEqual(cleaned(text), text)
