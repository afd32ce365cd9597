"""Rows of a form without a script: blank ones, removed ones, further ones, and how many there may be."""

import pytest
from django import forms
from django.http import QueryDict
from django.test import SimpleTestCase
from django.utils import translation

from agreements.workspace.fields import Options, PickField, PickSeveralField
from agreements.workspace.rows import MORE, MOST_ROWS, RowForm, Rows, WithRows
from core.forms import BaseForm

pytestmark = pytest.mark.once


class NameRow(RowForm):
    pairs = [("name", "age")]
    defaults = frozenset({"kind"})
    name = forms.CharField(label="Name", max_length=20)
    age = forms.IntegerField(label="Age", required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], initial="a")


class PeopleForm(WithRows, BaseForm):
    title = forms.CharField(label="Title")

    def __init__(self, data=None, *, initial=()):
        super().__init__(data)
        self.row_sets = {"people": Rows(NameRow, "people", label="Person", data=data, initial=initial)}


class RowTests(SimpleTestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))

    def rows(self, **typed):
        return Rows(NameRow, "p", label="Person", data={f"p-{name.replace('__', '-')}": value for name, value in typed.items()})

    def names(self, rows):
        return [row.cleaned_data["name"] for row in rows.filled()]

    def test_an_unbound_page_shows_the_rows_there_are_and_a_blank_one(self):
        rows = Rows(NameRow, "p", label="Person", initial=[{"name": "Ana"}, {"name": "José"}])
        self.assertEqual([row["name"].value() for row in rows.forms], ["Ana", "José", None])
        self.assertFalse(rows.is_valid())

    def test_blank_and_removed_rows_do_not_count(self):
        rows = self.rows(
            **{
                "0__name": "Ana",
                "0__kind": "b",
                "1__name": " ",
                "1__kind": "a",
                "2__name": "José",
                "2__kind": "a",
                "2__remove": "on",
            }
        )
        self.assertTrue(rows.is_valid())
        self.assertEqual(self.names(rows), ["Ana"])

    def test_a_removed_row_is_not_judged(self):
        rows = self.rows(**{"0__name": "x" * 90, "0__kind": "nonsense", "0__remove": "on"})
        self.assertTrue(rows.is_valid())

    def test_a_row_with_anything_in_it_is_judged(self):
        rows = self.rows(**{"0__name": "", "0__age": "4", "0__kind": "a"})
        self.assertFalse(rows.is_valid())
        (error,) = rows.error_list()
        self.assertEqual((error.target, error.label), ("id_p-0-name", "Person 1, Name"))

    def test_no_row_at_all_is_valid(self):
        self.assertTrue(Rows(NameRow, "p", label="Person", data={}).is_valid())

    def test_the_number_of_rows_cannot_be_forged(self):
        self.assertEqual(len(self.rows(**{"7__name": "Ana"}).forms), 8)
        rows = self.rows(**{f"{MOST_ROWS + 5}__name": "Ana", "99999999__name": "x", "-1__name": "x", "x__name": "x"})
        self.assertEqual(len(rows.forms), MOST_ROWS)
        self.assertFalse(rows.is_valid())
        self.assertIn(str(MOST_ROWS), rows.error_list()[0].sentence)

    def test_rows_of_another_prefix_are_not_read(self):
        rows = Rows(NameRow, "p", label="Person", data={"pp-0-name": "x", "q-3-name": "x", "p.-0-name": "x"})
        self.assertEqual(rows.forms, [])


class WithRowsTests(SimpleTestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))

    def form(self, text):
        return PeopleForm(QueryDict(text))

    def test_an_error_in_a_row_makes_the_form_invalid_and_is_listed(self):
        form = self.form("title=T&people-0-name=&people-0-age=3&people-0-kind=a")
        self.assertFalse(form.is_valid())
        self.assertTrue(form.errors)
        self.assertEqual([error.label for error in form.error_list], ["Person 1, Name"])

    def test_an_unbound_form_has_no_errors(self):
        form = PeopleForm()
        self.assertFalse(form.is_valid())
        self.assertEqual((dict(form.errors), form.error_list), ({}, []))

    def test_more_rows_keep_what_was_typed_and_judge_nothing(self):
        form = self.form("title=&people-0-name=&people-0-age=many&people-0-kind=a&more-people=yes")
        self.assertTrue(form.wants_more)
        form.show_more()
        self.assertEqual((form.errors, form.error_list), ({}, []))
        rows = form.row_sets["people"].forms
        self.assertEqual(len(rows), 1 + MORE)
        self.assertEqual(rows[0]["age"].value(), "many")
        self.assertFalse(rows[-1].errors)

    def test_stale_rows_show_both_texts(self):
        form = self.form("title=T&people-0-name=Ana&people-0-kind=a&people-1-name=José&people-1-kind=b")
        fresh = PeopleForm(initial=[{"name": "Ana", "kind": "a"}, {"name": "Luis", "kind": "b"}, {"name": "Eva", "kind": "a"}])
        rows = form.row_sets["people"].stale_rows(fresh.row_sets["people"])
        self.assertEqual(
            [(row.label, row.yours, row.now) for row in rows],
            [("Person 2", "José · B", "Luis · B"), ("Person 3", "(empty)", "Eva · A")],
        )


class Thing:
    def __init__(self, pk):
        self.pk, self.public_key = pk, f"K{pk}"


class PickTests(SimpleTestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))
        self.one, self.two = Thing(1), Thing(2)
        self.options = Options([("", [("K1", "One", self.one), ("K2", "Two", self.two)])])

    def test_one(self):
        field = PickField(options=self.options)
        self.assertIs(field.clean("K2"), self.two)
        self.assertEqual(field.prepare_value(self.two), "K2")
        for nonsense in ("", "K3", "1", "k1", "\x00", "K1\x00"):
            with self.subTest(nonsense), self.assertRaises(forms.ValidationError):
                field.clean(nonsense)
        self.assertIsNone(PickField(options=self.options, required=False).clean(""))

    def test_several_come_in_the_order_of_the_list(self):
        field = PickSeveralField(options=self.options, required=False)
        self.assertEqual(field.clean(["K2", "K1", "K1"]), [self.one, self.two])
        self.assertEqual(field.clean([]), [])
        with self.assertRaises(forms.ValidationError):
            field.clean(["K1", "K9"])

    def test_what_changed(self):
        field = PickSeveralField(options=self.options)
        self.assertFalse(field.has_changed([self.two, self.one], ["K1", "K2"]))
        self.assertTrue(field.has_changed([self.one], ["K2"]))
        self.assertFalse(PickField(options=self.options).has_changed(self.one, "K1"))
        self.assertTrue(PickField(options=self.options).has_changed(self.one, ""))
