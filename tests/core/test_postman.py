"""The thread that sends, the commands, and a mail server that answers a byte at a time."""

from __future__ import annotations

import datetime as dt
import smtplib
import socket
import threading
import time
from io import StringIO
from typing import Any
from unittest import mock

from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from config.environment import site_url
from core.models import Message, Subscription
from core.outbox import postman, sending
from tests import factories as make
from tests.core.test_outbox import OutboxWorld


class ThreadTests(SimpleTestCase):
    def setUp(self) -> None:
        self.enterContext(mock.patch.object(postman, "_thread", None))
        self.ran: list[str] = []
        self.stop = threading.Event()
        self.enterContext(mock.patch.object(postman, "run", lambda: (self.ran.append("x"), self.stop.wait(5))))
        self.addCleanup(self.stop.set)

    def test_one_thread_a_process(self) -> None:
        with override_settings(OUTBOX_THREAD=True):
            postman.start()
            first = postman._thread
            postman.start()
        self.assertIs(postman._thread, first)
        self.assertTrue(first is not None and first.daemon)
        self.assertEqual(self.ran, ["x"])

    def test_none_where_the_setting_says_so(self) -> None:
        with override_settings(OUTBOX_THREAD=False):
            postman.start()
        self.assertIsNone(postman._thread)

    def test_a_fork_begins_its_own(self) -> None:
        with override_settings(OUTBOX_THREAD=True):
            postman.start()
            with mock.patch.object(postman, "_pid", -1):
                postman.start()
        self.assertEqual(self.ran, ["x", "x"])


@mock.patch.object(postman, "close_old_connections", lambda: None)
class RoundTests(OutboxWorld, TestCase):
    def test_a_round_sends_and_reminds(self) -> None:
        today = timezone.localdate()
        self.referral(sent_on=today, due_on=today)
        self.assertTrue(postman.once(remind=True))
        self.assertEqual([sent.to for sent in mail.outbox], [["official@example.org"]])

    def test_nothing_ends_the_thread(self) -> None:
        for error in (DatabaseError(), KeyError("x")):
            with mock.patch.object(sending, "send_due", side_effect=error), self.assertLogs("acuerda.outbox"):
                self.assertFalse(postman.once())

    def test_the_log_names_nobody(self) -> None:
        """Addresses and what a server says stay out of the log, whatever fails."""
        self.owed()
        refused = smtplib.SMTPRecipientsRefused({"official@example.org": (550, b"official@example.org unknown")})
        with (
            mock.patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=refused),
            self.assertLogs("acuerda.outbox") as logs,
        ):
            postman.once()
        self.assertNotIn("official@example.org", "\n".join(logs.output))
        self.assertNotIn("official@example.org", Message.objects.get().last_error)

    def test_the_command_says_what_it_did(self) -> None:
        self.owed()
        for name, expected in (("send_outbox", "sent 1,"), ("send_notifications", "sent 0,")):
            out = StringIO()
            call_command(name, stdout=out)
            self.assertTrue(out.getvalue().startswith(expected), out.getvalue())

    def test_what_was_settled_long_ago_is_forgotten(self) -> None:
        kept, gone, waiting = self.owed(), self.owed(), self.owed()
        old = timezone.now() - dt.timedelta(days=181)
        Message.objects.filter(pk=gone.pk).update(state="dropped", reason="x", created_at=old, next_at=old)
        Message.objects.filter(pk=waiting.pk).update(created_at=old, next_at=old)
        Message.objects.filter(pk=kept.pk).update(state="dropped", reason="x")
        sending.tidy()
        self.assertEqual(set(Message.objects.values_list("pk", flat=True)), {kept.pk, waiting.pk})

    def test_an_account_that_is_erased_takes_its_mails_along(self) -> None:
        self.owed()
        make.user("other@example.org", official=self.agency)
        self.accounts["official"].delete()
        self.assertEqual(Message.objects.count(), 0)


class DrippingTests(OutboxWorld, TestCase):
    def test_a_server_that_never_finishes_is_cut_off(self) -> None:
        """A socket timeout begins anew with every byte; ours does not."""
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)

        class Dripping:
            connection = mock.Mock(sock=ours)

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                pass

            def open(self) -> None:
                pass

            def close(self) -> None:
                pass

            def send_messages(self, messages: Any) -> int:
                if not ours.recv(1):
                    raise smtplib.SMTPServerDisconnected("cut")
                return 1

        self.owed()
        begin = time.monotonic()
        with (
            mock.patch.object(sending, "get_connection", lambda **_given: Dripping()),
            mock.patch.object(sending, "LONGEST_SENDING", 0.2),
        ):
            done = self.send()
        self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual((done.sent, done.postponed, done.error), (0, 1, "SMTPServerDisconnected"))

    def test_the_lease_outlives_every_mail(self) -> None:
        self.assertGreater(sending.LEASE.total_seconds(), 2 * sending.LONGEST_SENDING)


class SiteTests(SimpleTestCase):
    def test_where_links_lead(self) -> None:
        for url, hosts, debug, expected in (
            ("https://acuerda.example.org/", [], False, "https://acuerda.example.org"),
            ("", [".acuerda.example.org", "x"], False, "https://acuerda.example.org"),
            ("", ["*"], False, "https://localhost"),
            ("", ["localhost"], True, "http://localhost:8000"),
        ):
            with self.subTest(url, hosts=hosts), mock.patch.dict("os.environ", {"PORT": "8000"}):
                self.assertEqual(site_url(url, hosts, debug=debug), expected)
        for url in ("ftp://x", "acuerda.example.org", "https://x/y", "javascript:alert(1)"):
            with self.subTest(url), self.assertRaises(ImproperlyConfigured):
                site_url(url, [], debug=False)

    def test_subscriptions_have_unguessable_keys(self) -> None:
        self.assertRegex(Subscription().key, r"^s-[0-9a-f]{32}$")
