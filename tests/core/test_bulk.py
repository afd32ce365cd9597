"""What is written and validated the short way is what Django writes and validates."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone

from core.bulk import columns_of, made, write_new
from core.checking import clean_fields
from core.models import Event, ImportBatch, ImportRow
from core.text import clean, clean_line, is_clean, is_clean_line
from forum.models import Organization, Participation, Person
from proposals.models import Proposal
from tests import factories as make

TEXTS = (
    "", " ", "a", "\\N", "\\.", "\\", '"', '""', "'", ",", "a,b", "a\tb", "a\nb", "a\r\nb", "a\rb", "\\n", "NULL", "Ñandú “x”", "😀",
    "a  b", " a", "a ", "a\u00a0b", "e\u0301", "\u200ba", "a\x00b", "a\x1fb", "x" * 199, "x" * 201, "ñ" * 200, "\x85a", "a\u2028b",
)  # fmt: skip
JSON = ({}, {"a": [None, "“\\\n\t"]}, {"": '"'}, {"ñ": 1.5, "b": True}, {"x": "\u2028"})


def columns(record, left_out=()):
    return {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields if f.name not in ("id", *left_out)}


class BulkTests(TestCase):
    def test_rows_come_back_as_bulk_create_writes_them(self):
        batch = ImportBatch.objects.create(kind="organizations")
        texts = [text.replace("\x00", "") for text in TEXTS]

        def rows(first):
            return [
                ImportRow(
                    batch=batch, number=first + n, outcome="same", record_key=text[:80], values=JSON[n % 5], record_id=n or None
                )
                for n, text in enumerate(texts)
            ]

        ImportRow.objects.bulk_create(rows(0))
        write_new(rows(1000))
        there = [columns(row, ("number", "batch")) for row in ImportRow.objects.order_by("number")]
        self.assertEqual(there[: len(texts)], there[len(texts) :])
        self.assertEqual([row["record_key"] for row in there[: len(texts)]], [text[:80] for text in texts])
        people = [Person(pk=70_000 + n, name=clean_line(text)[:200] or "-", created_at=None) for n, text in enumerate(texts)]
        write_new(people)
        self.assertEqual(
            list(Person.objects.filter(pk__gte=70_000).order_by("pk").values_list("name", "state_of_origin")),
            [(person.name, None) for person in people],
        )
        self.assertEqual({(p._state.adding, p.created_at is None) for p in people}, {(False, False)})
        write_new([])

    def test_constraints_hold_and_no_column_is_lost(self):
        there = make.person()
        twice = Person(pk=80_000, key=there.key, name="x")
        nameless = Person(pk=80_001, name="x", source="nonsense")
        for refused in (twice, nameless):
            with self.assertRaises((IntegrityError, DataError)), transaction.atomic():
                write_new([Person(pk=80_002, name="y"), refused])
        self.assertFalse(Person.objects.filter(pk__gte=80_000).exists())
        # A file is committed by its column: such a model goes by bulk_create.
        self.assertIsNone(columns_of(ImportBatch))
        for model in (Person, Participation, Proposal, Organization, Event, ImportRow):
            self.assertEqual(len(columns_of(model).names), len(model._meta.concrete_fields), model)

    def test_made_is_what_the_model_makes(self):
        moment = timezone.now()
        for model, values in (
            (Event, {"at": moment, "model": "x", "record_id": 1, "record_key": "k", "action": "create"}),
            (ImportRow, {"batch_id": 1, "number": 2, "outcome": "same"}),
        ):
            one, other = made(model, **values), model(**values)
            self.assertEqual((columns(one), one.pk, one._state.adding), (columns(other), None, True))
        first, second = made(Event, at=moment), made(Event, at=moment)
        first.changes["a"] = 1
        self.assertEqual((second.changes, Event(at=moment).changes), ({}, {}))


class CheckingTests(TestCase):
    VALUES = (*TEXTS, None, True, False, 0, 1, -1, 2**31, "1", dt.date(2011, 3, 13), timezone.now(), "2011-03-13", [], {}, "club")
    FIELDS = (
        (Person, ("name", "email", "phone", "folded", "sort", "revision", "source")),
        (Participation, ("key", "role", "capacity", "post", "show_name", "accredited_at", "shown_name")),
        (Proposal, ("title_es", "problem_es", "topic", "folio", "status", "published_at", "version_number")),
    )

    def told(self, check, record, name):
        try:
            check(record)
        except ValidationError as error:
            return error.message_dict
        except TypeError as error:
            return str(error)
        return repr(getattr(record, name))

    def test_the_short_way_says_what_the_long_one_says(self):
        for model, names in self.FIELDS:
            for name in names:
                others = {f.name for f in model._meta.concrete_fields if f.name != name}
                for value in self.VALUES:
                    with self.subTest(model=model.__name__, name=name, value=value):
                        long = self.told(lambda r, o=others: r.clean_fields(exclude=o), model(**{name: value}), name)
                        short = self.told(lambda r, o=others: clean_fields(r, o), model(**{name: value}), name)
                        self.assertEqual(short, long)

    def test_a_text_is_clean_when_cleaning_changes_nothing(self):
        for text in TEXTS:
            self.assertEqual((is_clean(text), is_clean_line(text)), (clean(text) == text, clean_line(text) == text), text)
