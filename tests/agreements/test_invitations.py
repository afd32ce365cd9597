"""The calendar files that mails bring, read by two programs, and the reminders of meetings, zone by zone."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.core import mail
from django.test import TestCase
from icalendar import Calendar

from agreements import workflow
from agreements.invitations import invitation_file
from agreements.models import Meeting
from core.models import Message, Reminder
from core.outbox import sending
from core.outbox.reminders import send_reminders
from tests.agreements.story import wall
from tests.agreements.test_inviting import AFTER, BEFORE, HOURS, LINK, SIDE, InvitingWorld

pytestmark = pytest.mark.once


class CalendarFileTests(InvitingWorld, TestCase):
    """Read by two programs that share no code."""

    def mails(self) -> dict[str, Any]:
        """The calendar file of each mail that leaves now, by addressee, as it stands in the message itself."""
        mail.outbox.clear()
        sending.send_due()
        found = {}
        for message in mail.outbox:
            parts = [
                part for part in message_from_bytes(message.message().as_bytes(linesep="\r\n")).walk() if part.get_filename()
            ]
            self.assertLessEqual(len(parts), 1)
            found[message.to[0]] = parts[0] if parts else None
        return found

    def read(self, part: Any) -> tuple[Any, Any]:
        content = part.get_payload(decode=True)
        first = Calendar.from_ical(content)
        (event,) = first.walk("VEVENT")
        second = vobject.readOne(content.decode())
        self.assertEqual(str(event["uid"]), second.vevent.uid.value)
        self.assertEqual(str(first["method"]), second.method.value)
        self.assertEqual((part.get_content_type(), part.get_param("method")), ("text/calendar", str(first["method"])))
        lines = content.split(b"\r\n")
        self.assertLessEqual(max(map(len, lines)), 75)
        self.assertNotIn(b"\n", b"".join(lines))
        return second, event

    def test_invited_moved_and_cancelled(self) -> None:
        meeting = self.coming(place="Chicago", time_zone="America/Chicago")
        seen = []
        for step, arguments in (
            (None, {}),
            (workflow.move_meeting, {"starts_at": wall(2027, 3, 14, 12), "ends_at": wall(2027, 3, 14, 13), "reason": "Sede"}),
            (
                workflow.move_meeting,
                {"starts_at": wall(2027, 3, 14, 12), "ends_at": wall(2027, 3, 14, 13), "link": f"{LINK}2", "reason": "x"},
            ),
            (workflow.cancel_meeting, {"reason": "Lluvia"}),
        ):
            if step is not None:
                step(meeting=meeting, actor=self.organizer, **arguments)
            files = self.mails()
            self.assertEqual(set(files), {"official@example.org", "delegate@example.org"})
            for address, part in files.items():
                calendar, event = self.read(part)
                # Nobody learns from it who else is invited.
                self.assertEqual([each.value for each in calendar.vevent.attendee_list], [f"mailto:{address}"])
            seen.append((calendar.method.value, event, calendar))
        self.assertEqual([method for method, *_rest in seen], ["REQUEST", "REQUEST", "REQUEST", "CANCEL"])
        self.assertEqual([int(event["sequence"]) for _m, event, _c in seen], [0, 1, 2, 3])
        self.assertEqual({str(event["uid"]) for _m, event, _c in seen}, {f"{meeting.folio}@localhost"})
        self.assertEqual([str(event["status"]) for _m, event, _c in seen], ["CONFIRMED"] * 3 + ["CANCELLED"])
        for _method, event, calendar in seen:
            self.assertEqual(event["dtstamp"].dt.utcoffset(), dt.timedelta(0))
            self.assertEqual(str(event["organizer"]), "mailto:acuerda@localhost")
            self.assertEqual(event["attendee"].params["PARTSTAT"], "NEEDS-ACTION")
            # The zone is defined in the file: the day of the change, by its definition alone.
            self.assertEqual(calendar.vevent.dtstart.value.utcoffset(), dt.timedelta(hours=-5))
        self.assertEqual(seen[0][2].vevent.dtstart.value.astimezone(dt.UTC), dt.datetime(2027, 3, 14, 15, tzinfo=dt.UTC))
        self.assertIn(LINK, str(seen[0][1]["description"]))
        self.assertIn(f"{LINK}2", str(seen[2][1]["description"]))

    def test_the_right_instant_in_every_zone_before_and_after_the_change(self) -> None:
        user = self.user("delegate")
        for zone in ("America/Mexico_City", "America/Los_Angeles", "America/Chicago", "America/Tijuana"):
            for day in (BEFORE, AFTER, wall(2026, 11, 1, 10), wall(2026, 10, 31, 10)):
                meeting = self.meeting(self.agreement, starts_at=day, ends_at=day + HOURS, time_zone=zone)
                meeting.refresh_from_db()
                with self.subTest(zone=zone, day=day):
                    ((_name, content, _kind),) = invitation_file(meeting, user)
                    start = vobject.readOne(content.decode()).vevent.dtstart.value
                    expected = day.replace(tzinfo=ZoneInfo(zone))
                    self.assertEqual(start.astimezone(dt.UTC), expected.astimezone(dt.UTC))
                    self.assertEqual((start.hour, start.utcoffset()), (10, expected.utcoffset()))

    def test_only_for_the_invited_and_in_plain_characters(self) -> None:
        meeting = self.coming(title_es='Uno "dos"; tres\\ ñ, cuatro')
        self.assertEqual(self.who(lambda user: getattr(user, "pk", None) and bool(invitation_file(meeting, user))), SIDE)
        self.assertEqual(invitation_file(self.proposed(), self.user("delegate")), [])
        workflow.answer_invitation(meeting=meeting, guest=self.guest(meeting), actor=self.organizer, answer="perhaps")
        user = self.user("delegate")
        user.name = 'Ana "la jefa"\nATTENDEE:mailto:x@example.org'
        ((_name, content, _kind),) = invitation_file(meeting, user)
        self.assertNotIn(b"\nATTENDEE:", content)
        event = vobject.readOne(content.decode()).vevent
        self.assertEqual(event.summary.value, f'{meeting.folio} · Uno "dos"; tres\\ ñ, cuatro')
        self.assertEqual(event.attendee.partstat_param, "TENTATIVE")

    def test_the_mail_itself(self) -> None:
        meeting = self.coming()
        self.mails()
        body = next(message.body for message in mail.outbox if message.to == ["delegate@example.org"])
        for words in ("Ciudad de México 10:00", "Los Ángeles 09:00", "Chicago 11:00", "/por-correo/invitaciones/"):
            self.assertIn(words, body)
        self.assertNotIn("canario-de-la-sala", body)
        # Several times: everybody is asked which suit.
        proposed = self.proposed()
        self.assertEqual(
            set(Message.objects.filter(record_key=proposed.folio).values_list("template", "user__email")),
            {("meeting_slots", "official@example.org"), ("meeting_slots", "delegate@example.org")},
        )
        self.assertEqual(self.mails(), {"official@example.org": None, "delegate@example.org": None})
        self.assertEqual(meeting.status, "scheduled")


class ReminderTests(InvitingWorld, TestCase):
    def sent_at(self, at: dt.datetime) -> list[tuple[str, str]]:
        Reminder.objects.all().delete()
        with mock.patch("django.utils.timezone.now", lambda: at):
            send_reminders()
        rows = Reminder.objects.filter(model="agreements.meeting")
        return sorted((row.record_key, row.kind) for row in rows)

    def test_the_second_around_midnight_in_three_zones_across_the_change_of_clocks(self) -> None:
        """Ten o'clock on Tuesday 16 March 2027, the first working day after the clocks of the United States were put forward.

        Two working days before: from Thursday 11 on. On the day: from its midnight on the wall of the meeting's own zone."""
        tuesday = wall(2027, 3, 16, 10)
        for zone in ("America/Mexico_City", "America/Tijuana", "America/Chicago"):
            Meeting.objects.all().delete()
            meeting = self.meeting(self.agreement, starts_at=tuesday, ends_at=tuesday + HOURS, time_zone=zone)
            midnight = dt.datetime(2027, 3, 16, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
            thursday = dt.datetime(2027, 3, 11, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
            second = dt.timedelta(seconds=1)
            with self.subTest(zone):
                # Tijuana and Chicago lost an hour in between, Mexico City did not.
                lost = dt.timedelta(hours=0 if zone == "America/Mexico_City" else 1)
                self.assertEqual(midnight - thursday, dt.timedelta(days=5) - lost)
                self.assertEqual(self.sent_at(thursday - second), [])
                self.assertEqual(self.sent_at(thursday), [(meeting.folio, "soon")])
                self.assertEqual(self.sent_at(midnight - second), [(meeting.folio, "soon")])
                self.assertEqual(self.sent_at(midnight), [(meeting.folio, "due")])
                self.assertEqual(self.sent_at(midnight + dt.timedelta(hours=13)), [])

    def test_only_what_is_scheduled_and_only_the_invited(self) -> None:
        meeting = self.coming()
        self.proposed()
        Message.objects.all().delete()
        day = dt.datetime(2027, 3, 14, 6, 1, tzinfo=dt.UTC)
        self.assertEqual(self.sent_at(day), [(meeting.folio, "due")])
        self.assertEqual(
            set(Message.objects.filter(model="agreements.meeting").values_list("template", "user__email", "in_digest")),
            {("meeting_reminder", "official@example.org", False), ("meeting_reminder", "delegate@example.org", False)},
        )
        workflow.cancel_meeting(meeting=meeting, actor=self.organizer, reason="Lluvia")
        self.assertEqual(self.sent_at(day), [])
