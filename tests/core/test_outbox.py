"""The outbox: owed with the event or not at all, sent once after the commit, retried, given up visibly."""

from __future__ import annotations

import datetime as dt
import smtplib
import threading
import time
from typing import Any
from unittest import mock

from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import TestCase, TransactionTestCase, override_settings, skipUnlessDBFeature
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events import acting_from, events_of, record_event
from core.models import MailSettings, Message
from core.models.event import Origin
from core.models.outbox import MessageState, age_of_outbox
from core.outbox import sending, writing
from proposals import workflow
from proposals.notices.tables import NOTICES
from tests import factories as make
from tests.proposals.world import ProposalWorld


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


class Refusing:
    """A mail backend whose server fails as it is told: `error` when opened, `errors` one after the other when sending."""

    error: Exception | None = None
    errors: list[Exception | None] = []
    connection = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def open(self) -> None:
        if Refusing.error is not None:
            raise Refusing.error

    def close(self) -> None:
        pass

    def send_messages(self, messages: Any) -> int:
        if Refusing.errors and (error := Refusing.errors.pop(0)) is not None:
            raise error
        mail.outbox.extend(messages)
        return len(messages)


class OutboxWorld(ProposalWorld):
    def setUp(self) -> None:
        super().setUp()
        Refusing.error, Refusing.errors = None, []

    def owed(self) -> Message:
        """One mail: a proposal referred to the own body."""
        workflow.refer(proposal=self.proposal("submitted"), agencies=[self.agency], actor=self.user("organizer"))
        return Message.objects.order_by("-pk")[0]

    def send(self) -> sending.Sent:
        return sending.send_due()


class WritingTests(OutboxWorld, TestCase):
    def test_a_message_is_written_with_its_event(self) -> None:
        message = self.owed()
        self.assertEqual(
            (message.template, message.user.email, message.state, message.model, message.edition_slug),
            ("referral_sent", "official@example.org", "queued", "proposals.referral", "propia"),
        )

    def test_what_is_rolled_back_is_not_owed(self) -> None:
        with self.assertRaises(RuntimeError), transaction.atomic():
            self.owed()
            raise RuntimeError
        self.assertEqual(states(), [])

    def test_announced_again_it_stays_one(self) -> None:
        message = self.owed()
        referral = message.event
        record = self.agency.referrals.get()
        writing.announce(referral, record)
        self.assertEqual(states(), ["queued"])

    def test_the_database_keeps_it_from_being_doubled(self) -> None:
        message = self.owed()
        message.pk, message.key = None, "m-other"
        with self.assertRaises(IntegrityError), transaction.atomic():
            message.save(force_insert=True)

    def test_whoever_acts_is_not_told(self) -> None:
        other = make.user("other@example.org", official=self.agency)
        _proposal, (referral,) = self.referred(self.agency)
        with transaction.atomic():
            record_event(referral, "recall", actor=other)
        self.assertEqual({message.user.email for message in Message.objects.all()}, {"official@example.org"})

    def test_history_and_demonstrations_are_told_to_nobody(self) -> None:
        _proposal, (referral,) = self.referred(self.agency)
        with transaction.atomic():
            record_event(referral, "recall", actor=None, at=timezone.now() - dt.timedelta(days=3))
        with writing.quiet(), transaction.atomic():
            record_event(referral, "recall", actor=None)
        self.assertEqual(states(), [])

    def test_an_edition_holds_its_mails_and_so_does_an_import(self) -> None:
        self.edition.holds_mail = True
        self.edition.save()
        self.owed()
        self.edition.holds_mail = False
        self.edition.save()
        with acting_from(Origin.IMPORT):
            self.owed()
        self.owed()
        self.assertEqual(states(), ["held", "held", "queued"])

    def test_an_event_that_nobody_is_told_of_costs_no_query(self) -> None:
        proposal = self.proposal("submitted")
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            record_event(proposal, "reading", actor=None)
        ours = ("core_message", "core_subscription", "core_mailsettings", "forum_role")
        self.assertEqual([query["sql"] for query in asked if any(table in query["sql"] for table in ours)], [])


@override_settings(EMAIL_BACKEND="tests.core.test_outbox.Refusing")
class SendingTests(OutboxWorld, TestCase):
    def test_it_is_sent_once(self) -> None:
        message = self.owed()
        self.assertEqual(self.send(), sending.Sent(sent=1))
        self.assertEqual(self.send(), sending.Sent())
        message.refresh_from_db()
        self.assertEqual((message.state, message.attempts, message.lease), ("sent", 1, ""))
        (sent,) = mail.outbox
        self.assertEqual((sent.to, sent.extra_headers["Message-ID"]), (["official@example.org"], f"<{message.key}@localhost>"))

    def test_what_another_worker_holds_is_left_alone_until_its_lease_is_over(self) -> None:
        message = self.owed()
        self.assertEqual([row.pk for row in sending.claim(message.pk)], [message.pk])
        self.assertEqual(sending.claim(message.pk), [])
        self.assertEqual(self.send(), sending.Sent())
        Message.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
        self.assertEqual(self.send().sent, 1)

    def test_a_worker_that_lost_its_lease_does_not_send(self) -> None:
        message = self.owed()
        claimed = sending.claim(message.pk)
        Message.objects.update(lease="another")
        self.assertFalse(sending.renew(claimed))
        sending.settle(claimed, state=MessageState.FAILED)
        self.assertEqual(states(), ["queued"])

    def test_a_server_that_cannot_be_reached_makes_everything_wait(self) -> None:
        self.owed(), self.owed()
        Refusing.error = ConnectionRefusedError(111, "no")
        done = self.send()
        self.assertEqual((done.postponed, done.sent, done.error), (2, 0, "ConnectionRefusedError 111"))
        self.assertEqual(states(), ["queued", "queued"])
        self.assertEqual(self.send(), sending.Sent(), "not before the time of the next attempt")
        Message.objects.update(next_at=timezone.now())
        Refusing.error = None
        self.assertEqual(self.send().sent, 2)

    def test_each_attempt_waits_longer(self) -> None:
        minutes = [round((sending.next_attempt(n) - timezone.now()).total_seconds() / 60) for n in (1, 2, 3, 4, 5, 99)]
        self.assertEqual(minutes, [1, 5, 15, 60, 60, 60])

    def test_what_the_server_refuses_for_now_is_tried_again(self) -> None:
        self.owed()
        Refusing.errors = [smtplib.SMTPDataError(451, b"later: official@example.org")]
        self.assertEqual(self.send().postponed, 1)
        message = Message.objects.get()
        self.assertEqual((message.state, message.last_error), ("queued", "SMTPDataError 451"))

    def test_what_the_server_refuses_for_good_has_failed_and_says_so(self) -> None:
        self.owed(), self.owed()
        Refusing.errors = [smtplib.SMTPRecipientsRefused({"official@example.org": (550, b"no such user")}), None]
        done = self.send()
        self.assertEqual((done.failed, done.sent), (1, 1))
        self.assertEqual(
            set(Message.objects.values_list("state", "last_error")), {("failed", "SMTPRecipientsRefused 550"), ("sent", "")}
        )

    def test_after_three_days_it_is_given_up(self) -> None:
        self.owed()
        Message.objects.update(due_at=timezone.now() - dt.timedelta(days=3, minutes=1))
        Refusing.errors = [smtplib.SMTPServerDisconnected()]
        self.send()
        self.assertEqual(states(), ["failed"])

    def test_given_up_while_the_server_is_away(self) -> None:
        self.owed()
        Message.objects.update(due_at=timezone.now() - dt.timedelta(days=3, minutes=1))
        Refusing.error = TimeoutError()
        self.send()
        self.assertEqual(states(), ["failed"])

    def test_a_mail_that_cannot_be_written_does_not_keep_the_others(self) -> None:
        first = self.owed()
        self.owed()
        write = sending.letters.to_account

        def broken(messages: Any) -> Any:
            if messages[0].pk == first.pk:
                raise KeyError("x")
            return write(messages)

        with mock.patch.object(sending.letters, "to_account", broken), self.assertLogs("acuerda.outbox", "ERROR"):
            done = self.send()
        self.assertEqual((done.failed, done.sent), (1, 1))

    def test_demo_accounts_get_nothing_from_a_real_server(self) -> None:
        self.owed()
        type(self.user("official")).objects.filter(email="official@example.org").update(is_demo=True)
        with (
            override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend"),
            mock.patch.object(sending.Connection, "open"),
        ):
            self.send()
        self.assertEqual(list(Message.objects.values_list("state", "reason")), [("dropped", "demo account")])

    def test_the_age_of_the_outbox(self) -> None:
        self.assertEqual(age_of_outbox(), {"waiting": 0, "age": 0, "failed": 0})
        self.owed()
        now = timezone.now() + dt.timedelta(minutes=10)
        self.assertEqual((age_of_outbox(now)["waiting"], age_of_outbox(now)["age"] // 60), (1, 10))


@override_settings(EMAIL_BACKEND="tests.core.test_outbox.Refusing")
class OvertakenTests(OutboxWorld, TestCase):
    """What is true no more when the mail leaves is not sent."""

    def reason(self) -> str:
        self.send()
        self.assertEqual(mail.outbox, [])
        (message,) = Message.objects.filter(template="referral_sent")
        self.assertEqual(message.state, "dropped")
        return message.reason

    def test_the_role_ended(self) -> None:
        self.owed()
        self.accounts["official"].role_rows.all().delete()
        self.assertEqual(self.reason(), "La cuenta ya no tiene que ver con esto.")

    def test_the_account_was_closed(self) -> None:
        self.owed()
        type(self.user("official")).objects.filter(email="official@example.org").update(is_active=False)
        self.assertEqual(self.reason(), "La cuenta está cerrada.")

    def test_the_referral_was_recalled(self) -> None:
        self.owed()
        self.agency.referrals.update(status="recalled")
        self.assertEqual(self.reason(), "Lo que pasó después lo dejó sin objeto.")

    def test_another_official_became_liaison(self) -> None:
        self.owed()
        self.agency.referrals.get().liaisons.add(make.user("liaison@example.org", official=self.agency))
        self.assertEqual(self.reason(), "La cuenta ya no tiene que ver con esto.")


@override_settings(EMAIL_BACKEND="tests.core.test_outbox.Refusing")
class DigestTests(OutboxWorld, TestCase):
    def test_one_mail_a_day(self) -> None:
        MailSettings.objects.create(user=self.accounts["official"], daily=True)
        self.owed(), self.owed()
        self.assertEqual(self.send(), sending.Sent())
        Message.objects.update(next_at=timezone.now())
        self.assertEqual(self.send().sent, 2)
        (sent,) = mail.outbox
        self.assertEqual(sent.subject, "[Acuerda] 2 avisos de hoy")
        folios = [referral.proposal.folio for referral in self.agency.referrals.all()]
        self.assertEqual({folio for folio in folios if folio in sent.body}, set(folios))

    def test_it_leaves_at_seven_where_the_site_is(self) -> None:
        for now, due in (
            ("2026-03-02T12:59:00+00:00", "2026-03-02T13:00:00+00:00"),
            ("2026-03-02T13:00:00+00:00", "2026-03-03T13:00:00+00:00"),
        ):
            self.assertEqual(writing.next_digest(dt.datetime.fromisoformat(now)).isoformat(), due)

    def test_reminders_do_not_wait(self) -> None:
        urgent = {notice.name for notice in NOTICES if notice.urgent}
        self.assertEqual(urgent, {"referral_reminder", "question_reminder"})

    def test_back_to_at_once(self) -> None:
        MailSettings.objects.create(user=self.accounts["official"], daily=True)
        self.owed()
        writing.set_daily(self.accounts["official"], False)
        self.assertEqual(self.send().sent, 1)


class ParallelTests(OutboxWorld, TransactionTestCase):
    @skipUnlessDBFeature("has_select_for_update")
    @override_settings(EMAIL_BACKEND="tests.core.test_outbox.Refusing")
    def test_two_workers_never_send_one_twice(self) -> None:
        from forum.models import Area
        from forum.reference import load_areas

        load_areas(Area)
        OutboxWorld.setUpTestData.__func__(type(self))
        for _number in range(12):
            self.owed()
        start = threading.Barrier(4)

        def work() -> None:
            start.wait()
            sending.send_due()
            connection.close()

        threads = [threading.Thread(target=work) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        keys = [sent.extra_headers["Message-ID"] for sent in mail.outbox]
        self.assertEqual((len(keys), len(set(keys)), set(states())), (12, 12, {"sent"}))


class HangingServerTests(OutboxWorld, TestCase):
    def test_a_server_that_answers_nothing_is_cut_off(self) -> None:
        """Real sockets: a server that takes the connection and is silent."""
        import socket

        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.owed()
        begin = time.monotonic()
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=listener.getsockname()[1],
            EMAIL_TIMEOUT=0.3,
        ):
            done = self.send()
        self.assertLess(time.monotonic() - begin, 10)
        self.assertEqual((done.postponed, done.sent), (1, 0))
        self.assertEqual(states(), ["queued"])

    def test_no_page_waits_for_the_mail_server(self) -> None:
        """A step only writes rows; nothing in it opens a connection."""
        with mock.patch("django.core.mail.get_connection", side_effect=AssertionError("a request opened a connection")):
            self.owed()
        self.assertEqual(states(), ["queued"])


class EventTests(OutboxWorld, TestCase):
    def test_the_event_knows_its_messages(self) -> None:
        message = self.owed()
        self.assertEqual(list(events_of(self.agency.referrals.get())[0].messages.all()), [message])
