"""The audit trail: written once, sealed in batches, and every tampering shows."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import TestCase

from core import locks, seals
from core.models import Event, EventSeal
from tests import factories as make


def sql(text: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, values)


class Sealed(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.user = make.user("quien@example.org")
        cls.events = [cls.event(n) for n in range(7)]

    @classmethod
    def event(cls, n: int, **values: Any) -> Event:
        given = {"at": make.now(), "model": "forum.user", "record_id": n, "record_key": f"k{n}", "action": "edit"}
        event = Event(**{**given, "actor": cls.user, "changes": {"post": [None, f"ñ{n}"]}, **values})
        return Event.objects.bulk_create([event])[0]

    def forge(self, text: str, *values: Any) -> None:
        with locks.unlocked():
            sql(text, *values)

    def test_the_database_itself_refuses(self) -> None:
        seals.seal_due()
        for text in (
            "UPDATE core_event SET action = 'x'",
            "DELETE FROM core_event",
            "UPDATE core_eventseal SET count = 0",
            "DELETE FROM core_eventseal",
        ):
            with self.subTest(text), self.assertRaises(DatabaseError):
                sql(text)
        self.assertEqual((Event.objects.filter(action="edit").count(), EventSeal.objects.get().count), (7, 7))
        with self.assertRaises(DatabaseError):
            sql("TRUNCATE core_event CASCADE" if connection.vendor == "postgresql" else "DELETE FROM core_event WHERE id > 0")

    def test_an_event_outlives_its_account_unchanged(self) -> None:
        """Deleting the account does not touch the event: it keeps the bare number, and is shown without a name."""
        number = self.user.pk
        seals.seal_due()
        get_user_model().objects.filter(pk=number).delete()
        kept = Event.objects.select_related("actor").get(pk=self.events[0].pk)
        self.assertEqual((kept.actor_id, kept.actor), (number, None))
        self.assertEqual(seals.verify(), [])

    def test_every_tampering_shows(self) -> None:
        """Each of them alone, in the middle of three seals; what holds is said to hold."""
        for _n in range(3):
            seals.seal_due(at_once=True)
            self.event(50)
        seals.seal_due(at_once=True)
        first, other = self.events[0].pk, self.events[3].pk
        self.assertEqual((EventSeal.objects.count(), seals.verify()), (4, []))
        forgeries = (
            ("UPDATE core_event SET action = 'see' WHERE id = %s", [other]),
            ("UPDATE core_event SET actor_id = NULL WHERE id = %s", [other]),
            ("UPDATE core_event SET at = %s WHERE id = %s", [make.now() - dt.timedelta(days=9), other]),
            ("DELETE FROM core_event WHERE id = %s", [other]),
            ("UPDATE core_event SET id = id - 1000000 WHERE id = %s", [first]),
            ("UPDATE core_eventseal SET count = count + 1 WHERE number = 2", []),
            ("DELETE FROM core_eventseal WHERE number = 2", []),
        )
        for text, values in forgeries:
            with self.subTest(text), transaction.atomic():
                self.forge(text, *values)
                self.assertNotEqual(seals.verify(), [])
                transaction.set_rollback(True)
        with self.assertRaises(CommandError), transaction.atomic():
            self.forge("UPDATE core_event SET reason = 'otra' WHERE id = %s", other)
            call_command("verify_ledger", audit=True, stdout=StringIO())

    def test_what_comes_late_below_the_seal_is_sealed_with_the_next(self) -> None:
        """As on PostgreSQL, where an id is given before the transaction of its event ends."""
        last = self.events[-1].pk
        self.event(8, id=last + 4)
        self.assertEqual(seals.seal_due(), 8)
        self.assertEqual(EventSeal.objects.get().gaps[-1], [last + 1, last + 3])
        self.event(9, id=last + 2)
        self.assertEqual(seals.seal_due(), 0, "one seal a minute")
        self.assertEqual(seals.seal_due(at_once=True), 1)
        self.assertEqual((EventSeal.objects.last().late, seals.verify()), ([last + 2], []))
        self.assertEqual(seals.open_gaps()[-2:], [[last + 1, last + 1], [last + 3, last + 3]])
        self.event(10, id=last + 3)
        self.assertEqual(seals.seal_due(at_once=True), 1)
        self.forge("DELETE FROM core_event WHERE id = %s", last + 2)
        self.assertEqual(len(seals.verify()), 1)

    def test_batches_and_the_command(self) -> None:
        out = StringIO()
        self.assertEqual(seals.seal_due(most=3), 7)
        self.assertEqual(list(EventSeal.objects.values_list("count", flat=True)), [3, 3, 1])
        with self.assertNumQueries(1):
            self.assertEqual(seals.seal_due(), 0)
        call_command("seal_events", stdout=out)
        call_command("seal_events", verify=True, stdout=out)
        self.assertEqual(out.getvalue().count(EventSeal.objects.last().sha256), 2)

    def test_the_triggers_are_those_of_this_release(self) -> None:
        self.assertEqual(locks.present(), set(locks.wanted()))
        locks.install()
        self.assertEqual(locks.present(), set(locks.wanted()))
