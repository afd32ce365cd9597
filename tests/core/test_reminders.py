"""Reminders: by working days and the zone of the forum, once for each step; the nudge and its limit; counts for all."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import SimpleTestCase, TestCase
from django.urls import reverse
from django.utils import timezone

from core.deadlines import MEXICO
from core.events import events_of
from core.models import Message, Reminder
from core.outbox import sending, writing
from core.outbox.reminders import counts_of, send_reminders, step_of
from core.workflow import StepRefused
from forum.models import Edition
from forum.workflow import remind
from proposals.models import Referral
from tests import factories as make
from tests.agreements.story import AgreementWorld
from tests.proposals.world import ProposalWorld

#: A Friday; the Monday after is a rest day (third Monday of March, art. 74 LFT).
FRIDAY, REST_DAY, TUESDAY = dt.date(2026, 3, 13), dt.date(2026, 3, 16), dt.date(2026, 3, 17)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


class StepTests(SimpleTestCase):
    def test_the_steps_of_a_due_date(self) -> None:
        """Due on Tuesday 17 March 2026, three working days before, every five after; Monday 16 does not count."""
        for on, expected in (
            ("2026-03-10", None),
            ("2026-03-11", ("soon", 1)),
            ("2026-03-16", ("soon", 1)),
            ("2026-03-17", ("due", 1)),
            ("2026-03-18", ("late", 1)),
            ("2026-03-24", ("late", 1)),
            ("2026-03-25", ("late", 2)),
            ("2026-04-01", ("late", 3)),
            ("2027-03-17", ("late", 6)),
        ):
            with self.subTest(on):
                self.assertEqual(step_of(day(on), TUESDAY, MEXICO, soon=3, every=5), expected)

    def test_a_weekend_after_the_date_is_not_late_yet(self) -> None:
        self.assertIsNone(step_of(dt.date(2026, 3, 14), FRIDAY, MEXICO, soon=3, every=5))
        self.assertIsNone(step_of(REST_DAY, FRIDAY, MEXICO, soon=3, every=5))


class CalendarTests(ProposalWorld, TestCase):
    def owed(self, **values: Any) -> Referral:
        return self.referral(due_on=TUESDAY, original_due_on=TUESDAY, **values)

    def sent(self, on: str) -> list[tuple[str, int]]:
        """What the command wrote on a date."""
        before = set(Reminder.objects.values_list("pk", flat=True))
        send_reminders(day(on))
        return list(Reminder.objects.exclude(pk__in=before).order_by("pk").values_list("kind", "step"))

    def test_each_step_once(self) -> None:
        self.owed()
        days = ("2026-03-10", "2026-03-11", "2026-03-12", "2026-03-17", "2026-03-17", "2026-03-18", "2026-03-19", "2026-03-25")
        self.assertEqual(
            [self.sent(on) for on in days],
            [[], [("soon", 1)], [], [("due", 1)], [], [("late", 1)], [], [("late", 2)]],
        )
        self.assertEqual(
            set(Message.objects.values_list("template", "user__email", "in_digest")),
            {("referral_reminder", "official@example.org", False)},
        )
        self.assertEqual(Message.objects.count(), 4)

    def test_a_later_date_begins_anew(self) -> None:
        referral = self.owed()
        self.sent("2026-03-17")
        Referral.objects.filter(pk=referral.pk).update(due_on=day("2026-03-31"))
        self.assertEqual([self.sent("2026-03-18"), self.sent("2026-03-31")], [[], [("due", 1)]])

    def test_what_is_not_owed_is_not_reminded_of(self) -> None:
        self.owed(status="answered")
        self.owed(status="recalled")
        self.owed(status="asked", paused_on=day("2026-03-05"))
        self.assertEqual(self.sent("2026-03-17"), [])

    def test_a_forum_that_is_over_reminds_of_nothing(self) -> None:
        self.owed()
        Edition.objects.filter(pk=self.edition.pk).update(stage="closed")
        self.assertEqual(self.sent("2026-03-17"), [])

    def test_where_nobody_has_an_account_none_was_sent(self) -> None:
        make.referral(self.proposal("in_review"), make.agency(), due_on=TUESDAY)
        self.assertEqual(self.sent("2026-03-17"), [])

    def test_closures_of_the_body_move_it(self) -> None:
        from forum.models import Closure

        self.owed()
        Closure.objects.create(starts_on="2026-03-12", ends_on="2026-03-13", name_es="Cierre", agency=self.agency)
        self.assertEqual([self.sent("2026-03-06"), self.sent("2026-03-09")], [[], [("soon", 1)]])

    def test_midnight_where_the_forum_is(self) -> None:
        """A second before midnight in Tijuana it is not the due date yet, in Mexico City it has been for an hour or two."""
        for zone, expected in (("America/Mexico_City", [("due", 1)]), ("America/Tijuana", [("soon", 1)])):
            Edition.objects.filter(pk=self.edition.pk).update(time_zone=zone)
            Reminder.objects.all().delete()
            Referral.objects.all().delete()
            self.owed()
            at = dt.datetime(2026, 3, 16, 23, 59, 59, tzinfo=ZoneInfo("America/Tijuana"))
            with self.subTest(zone), mock.patch("django.utils.timezone.now", lambda at=at: at):
                send_reminders()
                self.assertEqual(list(Reminder.objects.values_list("kind", "step")), expected)

    def test_questions(self) -> None:
        from proposals.models import Clarification

        referral = self.owed(status="asked", paused_on=day("2026-03-05"))
        question = Clarification.objects.create(
            referral=referral, number=1, folio="Q1", question="¿Dónde?", asked_at=timezone.now(), due_on=FRIDAY
        )
        self.assertEqual(
            [self.sent("2026-03-13"), self.sent("2026-03-13"), self.sent("2026-03-17")], [[("due", 1)], [], [("late", 1)]]
        )
        self.assertEqual(set(Message.objects.values_list("user__email", "record_key")), {("delegate@example.org", "Q1")})
        self.assertEqual(events_of(question).count(), 2)

    def test_the_same_queries_for_one_and_thirty(self) -> None:
        """Of a run that finds everything sent already."""
        self.owed()
        for wanted in (1, 30):
            for _number in range(wanted - 1):
                self.owed()
            self.sent("2026-03-17")
            with self.assertNumQueries(8):
                send_reminders(TUESDAY)

    def test_the_command(self) -> None:
        self.owed()
        for expected in ("reminders 1", "reminders 0"):
            out = StringIO()
            call_command("send_reminders", "--on", "2026-03-17", stdout=out)
            self.assertEqual(out.getvalue().strip(), expected)
        with self.assertRaisesMessage(CommandError, "is no date"):
            call_command("send_reminders", "--on", "mañana", stdout=StringIO())


class CommitmentTests(AgreementWorld, TestCase):
    def test_commitments_and_unanswered_reports(self) -> None:
        commitment = self.in_force()
        send_reminders(commitment.due_on)
        self.assertEqual(list(Reminder.objects.values_list("model", "kind", "addressees")), [("agreements.commitment", "due", 2)])
        self.report(commitment, status="fulfilled", percent=100, evidence=[{"title": "Acta", "url": "https://example.org/a"}])
        send_reminders(commitment.due_on + dt.timedelta(days=1))
        self.assertEqual(
            list(Reminder.objects.order_by("pk").values_list("model", "kind")),
            [("agreements.commitment", "due"), ("agreements.progressreport", "late")],
        )

    def test_at_the_second_in_three_zones_and_when_clocks_change(self) -> None:
        """The day of a commitment begins at midnight where its forum is; 1 November 2026 has 25 hours in Tijuana and Chicago."""
        commitment = self.in_force()
        for due, hours in (
            (dt.date(2026, 7, 1), {"America/Mexico_City": 6, "America/Tijuana": 7, "America/Chicago": 5}),
            (dt.date(2026, 11, 2), {"America/Mexico_City": 6, "America/Tijuana": 8, "America/Chicago": 6}),
        ):
            type(commitment).objects.update(due_on=due, original_due_on=due)
            for zone, hour in hours.items():
                Edition.objects.update(time_zone=zone)
                midnight = dt.datetime.combine(due, dt.time(hour), dt.UTC)
                for moment, kind in ((midnight - dt.timedelta(seconds=1), "soon"), (midnight, "due")):
                    with self.subTest(zone, due=due, kind=kind), mock.patch("django.utils.timezone.now", return_value=moment):
                        Reminder.objects.all().delete()
                        send_reminders()
                        self.assertEqual(list(Reminder.objects.values_list("kind", flat=True)), [kind])


class NudgeTests(ProposalWorld, TestCase):
    def test_who_may(self) -> None:
        referral = self.referral()
        self.assertEqual(self.takers(lambda user: remind(record=referral, actor=user)), {"organizer", "administrator"})

    def test_at_most_one_in_three_days(self) -> None:
        referral = self.referral()
        remind(record=referral, actor=self.user("organizer"))
        with self.assertRaises(StepRefused) as refused:
            remind(record=referral, actor=self.user("organizer"))
        self.assertEqual(refused.exception.code, "too_early")
        Reminder.objects.update(at=timezone.now() - dt.timedelta(days=3, seconds=1), on=dt.date(2026, 1, 1))
        remind(record=referral, actor=self.user("organizer"))
        self.assertEqual(Reminder.objects.count(), 2)

    def test_what_is_answered_is_not_reminded_of(self) -> None:
        with self.assertRaises(StepRefused) as refused:
            remind(record=self.referral("answered"), actor=self.user("organizer"))
        self.assertEqual(refused.exception.code, "nothing")

    def test_nobody_there(self) -> None:
        referral = make.referral(self.proposal("in_review"), make.agency())
        with self.assertRaises(StepRefused) as refused:
            remind(record=referral, actor=self.user("organizer"))
        self.assertEqual(refused.exception.code, "nobody")
        self.assertEqual(counts_of([referral]), {referral.pk: 0})

    def test_one_that_was_held_and_dropped_counts_for_nothing(self) -> None:
        referral = self.referral()
        self.edition.holds_mail = True
        self.edition.save()
        remind(record=Referral.objects.get(pk=referral.pk), actor=self.user("organizer"))
        sending.send_due()
        writing.drop(Message.objects.all(), "Ya respondieron por teléfono.")
        self.assertEqual(counts_of([referral]), {referral.pk: 0})

    def test_both_sides_and_the_public_see_it(self) -> None:
        referral = self.referral()
        url = reverse("workspace:referral_remind", args=[referral.folio])
        self.assertEqual(self.who_gets(302, url, "post") - {"anonymous", "closed_account"}, {"organizer", "administrator"})
        self.assertEqual(counts_of([referral]), {referral.pk: 0}, "owed, not sent yet")
        sending.send_due()
        self.assertEqual(counts_of([referral]), {referral.pk: 1})
        for name, page in (("organizer", "referral"), ("official", "review")):
            response = self.sign_in(name).get(reverse(f"workspace:{page}", args=[referral.folio]))
            self.assertContains(response, "by an organizer")
        public = self.client.get(referral.proposal.get_absolute_url())
        self.assertContains(public, "1 reminder")
