"""The public ledger: a chain that anybody can repeat, and in which any change shows."""

import datetime as dt
import hashlib
import json

from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase
from django.utils.translation import override

from core import ledger
from core.models import LedgerEntry, LedgerHead
from core.models.event import AppendOnly

AT = dt.datetime(2026, 3, 2, 16, tzinfo=dt.UTC)


class LedgerTests(TestCase):
    def setUp(self):
        for number in range(3):
            ledger.append("opinion", f"FM1-0{number}", {"text": f"Señal {number}", "on": dt.date(2026, 3, 2)}, at=AT)

    def change(self, entry, **values):
        """As somebody with the database in their hands would."""
        assignments = ", ".join(f"{name} = %s" for name in values)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE core_ledgerentry SET {assignments} WHERE number = %s", [*values.values(), entry])

    def test_the_chain_can_be_repeated_by_hand(self):
        previous = ""
        for entry in LedgerEntry.objects.order_by("number"):
            self.assertEqual(hashlib.sha256(entry.canonical.encode()).hexdigest(), entry.sha256)
            self.assertEqual(json.loads(entry.canonical)["previous"], previous)
            previous = entry.sha256
        self.assertEqual(
            LedgerEntry.objects.get(number=1).canonical,
            '{"act":"opinion","at":"2026-03-02T16:00:00.000000+00:00","number":1,'
            '"payload":{"on":"2026-03-02","text":"Señal 0"},"previous":"","record":"FM1-00"}',
        )
        self.assertEqual(ledger.verify(), [])

    def test_every_change_shows(self):
        canonical = LedgerEntry.objects.get(number=2).canonical
        forged = canonical.replace("Señal 1", "Señal 9")
        for values in (
            {"canonical": forged},
            {"canonical": forged, "sha256": hashlib.sha256(forged.encode()).hexdigest()},
            {"canonical": "not json"},
            {"canonical": "[1]"},
            {"record_key": "FM1-09"},
            {"previous_sha256": ""},
            {"number": 7},
        ):
            with self.subTest(values=sorted(values)), transaction.atomic():
                self.change(2, **values)
                self.assertNotEqual(ledger.verify(), [])
                transaction.set_rollback(True)
        self.assertEqual(ledger.verify(), [])

    def test_a_cut_end_shows(self):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_ledgerentry WHERE number = 3")
        with override("en"):
            self.assertEqual(ledger.verify(), ["The end of the chain is not where it was recorded."])

    def test_the_application_only_adds(self):
        entry = LedgerEntry.objects.get(number=1)
        for change in (entry.save, entry.delete, LedgerEntry.objects.all().delete, lambda: LedgerEntry.objects.update(act="x")):
            with self.assertRaises(AppendOnly):
                change()

    def test_fingerprints_do_not_depend_on_the_order_of_names(self):
        self.assertEqual(ledger.fingerprint({"a": 1, "b": "ñ"}), ledger.fingerprint({"b": "ñ", "a": 1}))
        self.assertEqual(ledger.fingerprint({"a": 1}), hashlib.sha256(b'{"a":1}').hexdigest())


class OutsideTests(TransactionTestCase):
    def test_an_act_is_entered_in_its_own_transaction(self):
        with self.assertRaises(RuntimeError):
            ledger.append("opinion", "FM1-01", {})
        self.assertEqual((LedgerEntry.objects.count(), LedgerHead.objects.count()), (0, 0))
