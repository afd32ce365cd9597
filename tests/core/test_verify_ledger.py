"""Verifying the public ledger: the command, and what tells when somebody touched the chain behind the application."""

import datetime as dt
import hashlib
import io
import json
import threading
from unittest import mock

import rfc8785
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase, skipUnlessDBFeature
from django.utils import translation

from core import ledger, sockets
from core.models import LedgerEntry, LedgerHead
from core.models.event import AppendOnly

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.timezone(dt.timedelta(hours=-6)))


class ChainCase(TestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))
        for number in range(1, 4):
            ledger.append("opinion", f"FM1-0{number}", {"verdict": "feasible", "número": number}, at=AT)

    def change(self, number, **values):
        """As somebody with the database in hand would: around the application, which only adds."""
        table, columns = LedgerEntry._meta.db_table, ", ".join(f"{name} = %s" for name in values)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {columns} WHERE number = %s", [*values.values(), number])

    def remove(self, number):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {LedgerEntry._meta.db_table} WHERE number = %s", [number])


class AppendTests(ChainCase):
    def test_anyone_can_repeat_the_fingerprint(self):
        first, second, _third = LedgerEntry.objects.order_by("number")
        document = {
            "act": "opinion",
            "at": "2026-03-02T16:00:00.000000+00:00",
            "number": 2,
            "payload": {"verdict": "feasible", "número": 2},
            "previous": first.sha256,
            "record": "FM1-02",
        }
        self.assertEqual(second.sha256, hashlib.sha256(rfc8785.dumps(document)).hexdigest())
        self.assertEqual((second.canonical, second.previous_sha256), (rfc8785.dumps(document).decode(), first.sha256))
        self.assertEqual(json.loads(first.canonical)["previous"], "")

    def test_only_inside_the_transaction_of_the_act(self):
        with mock.patch.object(connection, "in_atomic_block", False), self.assertRaises(RuntimeError):
            ledger.append("opinion", "FM1-01", {})

    def test_an_act_that_is_taken_back_leaves_no_entry(self):
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            ledger.append("opinion", "FM1-04", {})
            raise ZeroDivisionError
        ledger.append("opinion", "FM1-05", {})
        self.assertEqual(list(LedgerEntry.objects.order_by("number").values_list("number", flat=True)), [1, 2, 3, 4])
        self.assertEqual(ledger.verify(), [])

    def test_the_application_never_changes_an_entry(self):
        entry = LedgerEntry.objects.first()
        for change in (
            lambda: entry.save(),
            lambda: entry.delete(),
            lambda: LedgerEntry.objects.all().delete(),
            lambda: LedgerEntry.objects.update(act="x"),
        ):
            with self.assertRaises(AppendOnly):
                change()

    def test_the_fingerprint_of_a_record_entered_last(self):
        for sha256 in ("a", "b"):
            ledger.append("minutes_approved", "M-1", {"sha256": sha256})
        self.assertEqual(ledger.entered_fingerprints("minutes_approved"), {"M-1": "b"})


class VerifyTests(ChainCase):
    def problems(self):
        return ledger.verify()

    def test_all_is_well(self):
        self.assertEqual(self.problems(), [])

    def test_a_changed_text(self):
        text = LedgerEntry.objects.get(number=2).canonical
        self.change(2, canonical=text.replace('"feasible"', '"not_feasible"'))
        self.assertEqual(self.problems(), ["Entry 2: the text does not give the recorded fingerprint."])

    def test_a_changed_text_with_its_new_fingerprint(self):
        text = LedgerEntry.objects.get(number=2).canonical.replace('"feasible"', '"not_feasible"')
        self.change(2, canonical=text, sha256=hashlib.sha256(text.encode()).hexdigest())
        self.assertEqual(self.problems(), ["Entry 3 does not follow from entry 2."])

    def test_a_text_that_is_no_canonical_json(self):
        for text in ('{"act": "opinion"}', "[1]", "nada", '"texto"', '{"a":NaN}', "[" * 100_000):
            with self.subTest(text[:20]):
                sha256 = hashlib.sha256(text.encode()).hexdigest()
                self.change(3, canonical=text, sha256=sha256)
                LedgerHead.objects.update(sha256=sha256)
                self.assertEqual(
                    self.problems(),
                    [
                        "Entry 3: the text is not canonical JSON.",
                        "Entry 3 does not follow from entry 2.",
                        "Entry 3: the columns differ from the text.",
                    ],
                )

    def test_columns_that_say_something_else(self):
        for name, value in (("act", "agreement_void"), ("record_key", "FM1-99"), ("at", AT - dt.timedelta(days=1))):
            with self.subTest(name):
                entry = LedgerEntry.objects.get(number=1)
                self.change(1, **{name: value})
                self.assertEqual(self.problems(), ["Entry 1: the columns differ from the text."])
                self.change(1, **{name: getattr(entry, name)})
        self.assertEqual(self.problems(), [])

    def test_an_entry_that_is_gone(self):
        self.remove(2)
        self.assertEqual(self.problems(), ["Entry 2 is missing.", "Entry 3 does not follow from entry 2."])

    def test_the_end_is_cut_off(self):
        self.remove(3)
        self.assertEqual(self.problems(), ["The end of the chain is not where it was recorded."])

    def test_the_end_is_forgotten(self):
        LedgerHead.objects.all().delete()
        self.assertEqual(self.problems(), ["The end of the chain is not where it was recorded."])


class CommandTests(ChainCase):
    def run_command(self):
        out = io.StringIO()
        call_command("verify_ledger", stdout=out)
        return out.getvalue()

    def test_says_that_it_holds(self):
        last = LedgerEntry.objects.first()
        self.assertEqual(self.run_command(), f"The ledger holds: 3 acts, the last with fingerprint {last.sha256}.\n")

    def test_ends_with_status_one_and_a_sentence_for_each_problem(self):
        self.change(1, act="x")
        self.remove(3)
        out = io.StringIO()
        with self.assertRaises(CommandError) as caught:
            call_command("verify_ledger", stdout=out)
        self.assertEqual(caught.exception.returncode, 1)
        self.assertEqual(str(caught.exception), "The ledger does not hold: 2 problems.")
        self.assertEqual(
            out.getvalue().splitlines(),
            ["Entry 1: the columns differ from the text.", "The end of the chain is not where it was recorded."],
        )

    def test_what_the_apps_find_counts_too(self):
        plugs = mock.patch.object(sockets.ledger_checks, "plugs", [lambda: ["FM1-01.1 is another text."]])
        with plugs, self.assertRaises(CommandError):
            self.run_command()


class EmptyTests(TestCase):
    @translation.override("en")
    def test_an_empty_ledger_is_no_problem(self):
        out = io.StringIO()
        call_command("verify_ledger", stdout=out)
        self.assertEqual(out.getvalue(), "The ledger is empty.\n")


@skipUnlessDBFeature("has_select_for_update")
class ParallelTests(TransactionTestCase):
    def test_acts_at_the_same_moment_make_one_chain(self):
        barrier, problems = threading.Barrier(8), []

        def act(number):
            try:
                barrier.wait(10)
                with transaction.atomic():
                    ledger.append("opinion", f"FM1-{number}", {})
            except Exception as error:  # noqa: BLE001 - told by the assertion below
                problems.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=act, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual((problems, LedgerEntry.objects.count(), ledger.verify()), ([], 8, []))
