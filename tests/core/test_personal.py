"""Texts that look like personal data: their shapes, and the one question that forms ask before they take them."""

from __future__ import annotations

import time

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase
from django.utils.translation import override

from core.forms import LOOKED_AT, BaseForm
from core.personal import personal_data


@pytest.mark.once
class ShapeTests(SimpleTestCase):
    def test_each_kind_is_known_by_its_shape(self) -> None:
        for text, code in (
            ("CURP GOMC800101HDFRRR09.", "curp"),
            ("RFC GOMC800101AB1.", "rfc"),
            ("SSN 123-45-6789.", "ssn"),
            ("A-123456789", "a_number"),
            ("Pasaporte núm. G12345678", "passport"),
            ("passport: 123456789", "passport"),
            ("CLABE 032180000118359719", "clabe"),
            ("CLABE 032 180 00011835971 9", "clabe"),
            ("ana@example.org", "email"),
            ("Tel. (55) 1234-5678", "phone"),
        ):
            with self.subTest(text):
                self.assertEqual([each.code for each in personal_data(text)], [code])

    def test_a_text_that_is_made_to_be_slow_is_not(self) -> None:
        """Forty thousand letters took more than a minute where each could begin an address."""
        began = time.monotonic()
        for part in ("a.", "a-", "+1", "a@a-", "a@a.-", "123-", "[["):
            personal_data(part * 20_000)
        self.assertLess(time.monotonic() - began, 4)
        found = personal_data("Escriba a ana@example.org, <b.c+d@sub.ex-ample.org.mx> o á@ñandú.mx; a@b no.")
        self.assertEqual([each.passage for each in found], ["ana@example.org", "b.c+d@sub.ex-ample.org.mx", "á@ñandú.mx"])

    def test_what_only_looks_alike_is_left_alone(self) -> None:
        for text in (
            "032180000118359718",
            "G12345678",
            "Ley de 2011, artículo 18",
            "1,200.50 MXN",
            "FM1-01.1",
            "2026-03-02 al 2026-04-05",
        ):
            with self.subTest(text):
                self.assertEqual(personal_data(text), [])


class Text(BaseForm):
    title_es = forms.CharField(required=False)
    text = forms.CharField(label="Texto", widget=forms.Textarea, required=False)
    phone = forms.CharField(required=False)
    file = forms.FileField(required=False)


class Unwatched(Text):
    watches = False


@pytest.mark.once
class FormTests(SimpleTestCase):
    def setUp(self) -> None:
        self.enterContext(override("en"))

    def test_it_asks_once_and_then_takes_the_text(self) -> None:
        given = {"text": "Escriba a ana@example.org", "title_es": "Tel. 55 1234 5678"}
        form = Text(given)
        self.assertFalse(form.is_valid())
        (sentence,) = form.non_field_errors()
        self.assertIn("“ana@example.org” (e-mail address) in “Texto”", sentence)
        self.assertIn("“55 1234 5678” (telephone number)", sentence)
        mark = form.fields[LOOKED_AT].widget.attrs["value"]
        self.assertIn(LOOKED_AT, [str(part) for part in form.helper.layout.fields])
        confirmed = Text({**given, LOOKED_AT: mark})
        self.assertTrue(confirmed.is_valid())
        self.assertEqual(confirmed.values("text", "title_es"), given)
        self.assertNotIn(LOOKED_AT, confirmed.values())
        # Another passage is another question; so is a forged mark.
        for other in ({**given, "text": "A-123456789", LOOKED_AT: mark}, {**given, LOOKED_AT: "on"}, {**given, LOOKED_AT: ""}):
            self.assertFalse(Text(other).is_valid())

    def test_fields_that_are_for_such_data_and_texts_that_stood_already_are_not_asked_about(self) -> None:
        self.assertTrue(Text({"phone": "55 1234 5678"}).is_valid())
        self.assertTrue(Text({"text": "ana@example.org"}, initial={"text": "ana@example.org"}).is_valid())
        self.assertTrue(Unwatched({"text": "ana@example.org"}).is_valid())
        self.assertTrue(Text({"text": "Nada."}).is_valid())

    def test_names_and_contents_of_files(self) -> None:
        for name, data in (("ana@example.org.txt", b"x"), ("lista.csv", b"nombre,correo\nAna,ana@example.org\n")):
            file = SimpleUploadedFile(name, data)
            self.assertFalse(Text({}, {"file": file}).is_valid(), name)
            self.assertEqual(file.read(), data)
        self.assertTrue(Text({}, {"file": SimpleUploadedFile("acta.pdf", b"%PDF-1.4 ana@example.org")}).is_valid())
