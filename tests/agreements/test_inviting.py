"""Invited, answered, chosen, reminded, ticked: what a meeting needs before it is held, and who sees none of it."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import vobject
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from agreements import workflow
from agreements.invitations import SALT, answer_address, invitation_file, open_invitation
from agreements.models import Attendance, Meeting, SlotAnswer
from core.events import events_of
from core.mail_links import DeadLink, token_of
from core.models import Message, Receipt, Reminder
from core.outbox import sending
from core.outbox.reminders import send_reminders
from core.workflow import StepRefused
from forum.models import Role
from tests import factories as make
from tests.agreements.pages import fields_of, typed
from tests.agreements.story import AgreementWorld, wall

SIDE = {"official", "delegate"}
ORGANIZERS = {"organizer", "administrator"}
JSON = {"HTTP_ACCEPT": "application/json"}
LINK = "https://example.org/canario-de-la-sala"
#: The day before and the day on which the clocks of the United States are put forward; Mexico keeps its own.
BEFORE, AFTER = wall(2027, 3, 13, 10), wall(2027, 3, 14, 10)
HOURS = dt.timedelta(hours=2)


class InvitingWorld(AgreementWorld):
    def setUp(self) -> None:
        super().setUp()
        self.agreement = self.signed()
        self.organizer = self.accounts["organizer"]
        Message.objects.all().delete()

    def proposed(self, *slots: Any, **values: Any) -> Meeting:
        meeting = workflow.propose_meeting(
            edition=self.edition,
            actor=self.organizer,
            values={"title_es": "Con horarios", "starts_at": BEFORE, "ends_at": BEFORE + HOURS, "link": LINK, **values},
            agreements=[self.agreement],
            invited=[{"agency": self.agency}, {"organization": self.organization}],
            slots=slots or [(AFTER, AFTER + HOURS)],
        )
        meeting.refresh_from_db()
        return meeting

    def coming(self, **values: Any) -> Meeting:
        meeting = self.meeting(self.agreement, starts_at=AFTER, ends_at=AFTER + HOURS, link=LINK, **values)
        meeting.refresh_from_db()
        return meeting

    def guest(self, meeting: Meeting, key: str = "ORG-01") -> Attendance:
        return next(row for row in meeting.attendance.all() if row.body.key == key)

    def at(self, meeting: Meeting, name: str = "meeting", *more: Any) -> str:
        return reverse(f"workspace:{name}", args=[meeting.folio, *more])


class SlotTests(InvitingWorld, TestCase):
    def test_several_times_are_answered_and_one_is_chosen(self) -> None:
        meeting = self.proposed((AFTER, AFTER + HOURS), (wall(2027, 3, 12, 9), wall(2027, 3, 12, 10)))
        self.assertEqual([slot.starts_at.day for slot in meeting.slots.all()], [12, 13, 14])
        page = self.sign_in("delegate").get(self.at(meeting))
        # What the clocks will say before and after the change, side by side.
        for words in ("09:00–11:00", "10:00–12:00", "11:00–13:00", "UTC-8", "UTC-7", "UTC-5", "Tijuana"):
            self.assertContains(page, words)
        answer = self.at(meeting, "meeting_answer")
        sent = typed(page, **{"time-1": "no", "time-2": "perhaps", "time-3": "yes"})
        self.assertRedirects(self.sign_in("delegate").post(answer, sent), self.at(meeting))
        refused = self.sign_in("official").post(answer, {**sent, "time-2": "sometimes", "time-3": ""})
        self.assertContains(refused, 'href="#id_time-2_0"', status_code=422)
        self.assertEqual(SlotAnswer.objects.count(), 3)
        row = self.sign_in("organizer").get(self.at(meeting)).context["slots"][2]
        self.assertEqual((row.yes, row.perhaps, row.no, row.silent), ([self.organization.short], [], [], 1))
        self.assertEqual(fields_of(self.sign_in("delegate").get(self.at(meeting)))["time-2"], "perhaps")
        # Confirmed without saying which, it is refused; others than organizers do not choose.
        with self.assertRaises(StepRefused):
            workflow.confirm_meeting(meeting=meeting, actor=self.organizer)
        choose = self.at(meeting, "meeting_choose", 3)
        strangers = ("official", "delegate", "other_delegate", "other_organizer")
        self.assertEqual([self.sign_in(name).post(choose).status_code for name in strangers], [403, 403, 404, 404])
        self.assertRedirects(self.sign_in("organizer").post(choose), self.at(meeting))
        meeting.refresh_from_db()
        self.assertEqual((meeting.status, meeting.starts_at), ("scheduled", dt.datetime(2027, 3, 14, 16, tzinfo=dt.UTC)))
        self.assertEqual([slot.chosen for slot in meeting.slots.all()], [False, False, True])
        late = self.sign_in("organizer").post(self.at(meeting, "meeting_choose", 1))
        self.assertContains(late, "“Confirm” is not possible", status_code=422)

    def test_the_form_offers_further_times(self) -> None:
        client = self.sign_in("organizer")
        new = reverse("workspace:meeting_new") + f"?agreement={self.agreement.folio}"
        when = {"day": "2027-03-20", "starts": "10:00", "ends": "12:00"}
        slot = {"slots__0__day": "2027-03-21", "slots__0__starts": "09:00", "slots__0__ends": "10:00"}
        for changes, field in (
            ({"slots__0__ends": "08:00"}, "id_slots-0-ends"),
            ({"slots__0__day": "0001-01-01"}, "id_slots-0-day"),
            ({"slots__0__starts": ""}, "id_slots-0-starts"),
            # On the clock that the form names, this time is skipped.
            (
                {"slots__0__day": "2027-03-14", "slots__0__starts": "02:30", "time_zone": "America/Los_Angeles"},
                "id_slots-0-starts",
            ),
        ):
            with self.subTest(changes):
                refused = client.post(new, typed(client.get(new), **{**when, **slot, **changes}))
                self.assertContains(refused, f'href="#{field}"', status_code=422)
        self.assertFalse(Meeting.objects.exists())
        client.post(new, typed(client.get(new), **{**when, **slot}))
        meeting = Meeting.objects.get()
        self.assertEqual((meeting.status, meeting.slots.count()), ("proposed", 2))
        self.assertFalse(meeting.is_public)
        # Moved, it has one time.
        workflow.move_meeting(meeting=meeting, actor=self.organizer, starts_at=AFTER, ends_at=AFTER + HOURS, reason="x")
        self.assertEqual((meeting.slots.count(), meeting.status), (0, "proposed"))
        workflow.confirm_meeting(meeting=meeting, actor=self.organizer)

    def test_times_that_cannot_be_proposed(self) -> None:
        many = [(AFTER + dt.timedelta(days=n), AFTER + dt.timedelta(days=n) + HOURS) for n in range(12)]
        for slots in ([(BEFORE, BEFORE + HOURS)], [(AFTER, AFTER)], many):
            with self.subTest(len(slots)), self.assertRaises(ValidationError):
                self.proposed(*slots)
        self.assertFalse(Meeting.objects.exists())

    def test_nobody_else_sees_times_or_link(self) -> None:
        meeting = self.proposed()
        inside = ORGANIZERS | SIDE
        self.assertEqual(self.who(lambda user: meeting.slots.visible_to(user).exists()), inside)
        self.assertEqual(self.who_gets(200, self.at(meeting)), inside)
        coming = self.coming()
        for name in ("anonymous", "nobody", "other_organizer", "other_official", "other_delegate"):
            for address in (
                f"/en/meetings/{coming.folio}/",
                f"/en/meetings/{coming.folio}.json",
                f"/en/meetings/{coming.folio}.ics",
            ):
                with self.subTest(name, address=address):
                    self.assertNotContains(self.sign_in(name).get(address), "canario-de-la-sala")
        # The public page of a scheduled meeting tells nothing of who is invited or what they answer, to nobody.
        workflow.answer_invitation(meeting=coming, guest=self.guest(coming), actor=self.organizer, answer="yes")
        self.assertNotContains(self.sign_in("other_delegate").get(f"/en/meetings/{coming.folio}/"), "Federación propia")


class AnswerTests(InvitingWorld, TestCase):
    def test_who_answers(self) -> None:
        meeting = self.coming()
        for key, own in (("IFE", "official"), ("ORG-01", "delegate")):
            guest = self.guest(meeting, key)
            self.assertEqual(
                self.who_may(workflow.answer_invitation, meeting=meeting, guest=guest, answer="yes"), {own, *ORGANIZERS}
            )
        other = self.coming(title_es="Otra")
        for guest, answer in ((self.guest(other), "yes"), (self.guest(meeting), "sure")):
            with self.subTest(answer), self.assertRaises(ValidationError):
                workflow.answer_invitation(meeting=meeting, guest=guest, actor=self.organizer, answer=answer)
        with self.assertRaises(StepRefused) as caught:
            workflow.answer_invitation(
                meeting=meeting, guest=self.guest(meeting), actor=self.organizer, answer="yes", at=meeting.ends_at + HOURS
            )
        self.assertEqual(caught.exception.code, "late")

    def test_in_the_workspace_also_on_behalf(self) -> None:
        meeting = self.coming()
        answer = self.at(meeting, "meeting_answer")
        delegate, organizer = self.sign_in("delegate"), self.sign_in("organizer")
        self.assertRedirects(delegate.post(answer, {"answer": "perhaps"}), self.at(meeting))
        guest = self.guest(meeting)
        self.assertEqual((guest.answer, bool(guest.answered_at)), ("perhaps", True))
        behalf = {"behalf-guest": str(self.guest(meeting, "IFE").pk), "behalf-answer": "no"}
        self.assertEqual(delegate.post(answer, behalf).status_code, 403)
        self.assertRedirects(organizer.post(answer, behalf), self.at(meeting))
        self.assertEqual(self.guest(meeting, "IFE").answer, "no")
        self.assertEqual(events_of(meeting)[0].changes["answers"], [{"IFE": {"answer": ""}}, {"IFE": {"answer": "no"}}])
        # An organizer who is not invited has no own answer to give.
        self.assertEqual(organizer.post(answer, {"answer": "yes"}).status_code, 403)
        for given in ({}, {"answer": ""}, {"answer": "x" * 9000}, {"answer": ["yes", "nonsense"]}):
            with self.subTest(given):
                self.assertEqual(delegate.post(answer, given).status_code, 422)
        for guest_key in ("", "999999999", "-1", "x"):
            with self.subTest(guest_key):
                self.assertEqual(organizer.post(answer, {**behalf, "behalf-guest": guest_key}).status_code, 422)
        self.assertContains(delegate.get(self.at(meeting)), "perhaps")
        workflow.cancel_meeting(meeting=meeting, actor=self.organizer, reason="Lluvia")
        self.assertEqual(delegate.post(answer, {"answer": "yes"}).status_code, 422)
        self.assertEqual(self.guest(meeting).answer, "perhaps")

    def test_by_the_link_of_the_mail_without_signing_in(self) -> None:
        meeting, user = self.coming(), self.user("delegate")
        address = answer_address(meeting, user)
        stranger = Client()
        page = stranger.get(address)
        self.assertEqual((page["Referrer-Policy"], page.cookies.keys()), ("no-referrer", set()))
        self.assertContains(stranger.post(address, {"answer": "never"}), "error-summary", status_code=422)
        self.assertContains(stranger.post(address, {"answer": "no"}), "Your answer is recorded")
        self.assertEqual((self.guest(meeting).answer, self.guest(meeting, "IFE").answer), ("no", ""))
        self.assertEqual([event.action for event in events_of(meeting)[:2]], ["answer_by_mail", "answer"])
        # It opens no session and nothing else.
        self.assertEqual(stranger.get(self.at(meeting)).status_code, 302)

    def test_links_that_open_nothing(self) -> None:
        meeting, user = self.coming(), self.user("delegate")
        token = token_of(SALT, user, meeting)
        open_invitation(token)
        stranger = self.user("other_delegate")
        dead = [
            token_of("another purpose", user, meeting),
            token_of(SALT, stranger, meeting),
            token[:-3] + "zzz",
            "x",
            "x" * 5000,
        ]
        later = timezone.now() + dt.timedelta(days=121)
        with mock.patch("django.core.signing.time.time", lambda: later.timestamp()):
            self.assert_dead(token)
        for each in dead:
            self.assert_dead(each)
        user.set_password("another long password")
        user.save()
        self.assert_dead(token)
        fresh = token_of(SALT, user, meeting)
        Role.objects.filter(user=user).delete()
        self.assert_dead(fresh)
        official = token_of(SALT, self.user("official"), meeting)
        open_invitation(official)
        workflow.cancel_meeting(meeting=meeting, actor=self.organizer, reason="Lluvia")
        self.assert_dead(official)

    def assert_dead(self, token: str) -> None:
        address = reverse("answer_by_mail", args=[token])
        self.assertEqual({Client().get(address).status_code, Client().post(address, {"answer": "yes"}).status_code}, {404})
        with self.assertRaises(DeadLink):
            open_invitation(token)

    def test_as_many_queries_for_one_as_for_thirty(self) -> None:
        meeting = self.proposed()
        client, delegate = self.sign_in("organizer"), self.sign_in("delegate")

        def asked() -> list[int]:
            found = []
            for who in (client, delegate):
                for address in (self.at(meeting), self.at(meeting, "meeting_sheet")):
                    with CaptureQueriesContext(connection) as queries:
                        who.get(address)
                    found.append(len(queries))
            return found

        asked()
        few = asked()
        for n in range(30):
            guest = make.invite(meeting, make.organization(), answer="yes")
            for slot in meeting.slots.all():
                SlotAnswer.objects.create(slot=slot, attendance=guest, answer="no")
            if n < 8:
                start = wall(2027, 4, 1 + n, 9).replace(tzinfo=dt.UTC)
                meeting.slots.create(number=3 + n, starts_at=start, ends_at=start + HOURS)
        self.assertEqual(asked(), few)


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


class RollTests(InvitingWorld, TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.today = self.meeting(self.agreement, starts_at=timezone.now() - HOURS, ends_at=timezone.now() + HOURS)
        self.url = self.at(self.today, "meeting_tick")

    def tick(self, presence: str = "present", who: str = "organizer", key: str = "ORG-01", **data: Any) -> Any:
        name = f"presence-{self.guest(self.today, key).pk}"
        return self.sign_in(who).post(self.url, {name: presence, **data}, **JSON)

    def test_one_by_one_each_once(self) -> None:
        name = f"presence-{self.guest(self.today).pk}"
        answer = self.tick(id="0123456789abcdef")
        self.assertEqual(answer.json(), {"rows": {name: {"state": "present"}}, "refused": ""})
        self.tick("excused")
        # The lost answer is asked for again: what was said since stands.
        self.assertEqual(self.tick(id="0123456789abcdef").json()["rows"], {name: {"state": "excused"}})
        self.assertEqual([event.action for event in events_of(self.today)], ["tick", "tick", "schedule"])
        self.assertEqual(Receipt.objects.count(), 1)
        # The page shows it, and what is left is absent.
        hold = self.at(self.today, "meeting_hold")
        page = self.sign_in("organizer").get(hold)
        self.assertEqual(fields_of(page)[name], "excused")
        self.assertContains(page, f'data-row="{name}"')
        self.sign_in("organizer").post(hold, {**typed(page), "rest": "yes"})
        self.today.refresh_from_db()
        self.assertEqual(self.today.status, "held")
        self.assertEqual(
            {row.body.key: row.presence for row in self.today.attendance.all()}, {"IFE": "absent", "ORG-01": "excused"}
        )
        self.assertEqual(self.tick("present").json()["rows"], {name: {"state": "present"}})

    def test_who_and_when(self) -> None:
        self.assertEqual(
            self.who_may(workflow.tick, meeting=self.today, guest=self.guest(self.today).pk, presence="present"), ORGANIZERS
        )
        self.assertEqual({self.tick(who=name).status_code for name in SIDE}, {403})
        meeting = self.coming(time_zone="America/Tijuana")
        midnight = dt.datetime(2027, 3, 14, tzinfo=ZoneInfo("America/Tijuana"))
        arguments = {"meeting": meeting, "guest": self.guest(meeting).pk, "presence": "present", "actor": self.organizer}
        with self.assertRaises(StepRefused) as caught:
            workflow.tick(**arguments, at=midnight - dt.timedelta(seconds=1))
        self.assertEqual(caught.exception.code, "early")
        workflow.tick(**arguments, at=midnight)
        held = self.held(self.agreement)
        self.minutes(held, "approved")
        with self.assertRaises(StepRefused):
            workflow.tick(meeting=held, guest=self.guest(held).pk, presence="absent", actor=self.organizer)

    def test_nonsense(self) -> None:
        client = self.sign_in("organizer")
        other = self.guest(self.coming())
        mine = self.guest(self.today).pk
        for data in (
            {},
            {"presence-": "present"},
            {"presence-x": "present"},
            {"presence-²": "present"},
            {f"presence-{10**30}": "present"},
            {f"presence-{other.pk}": "present"},
            {f"presence-{mine}": "asleep"},
            {f"presence-{mine}": ""},
            {f"presence-{mine}": "present", "id": "no key of ours"},
        ):
            with self.subTest(data):
                answer = client.post(self.url, data, **JSON)
                self.assertEqual((answer.status_code, bool(answer.json()["refused"])), (422, True))
        self.assertFalse(Attendance.objects.exclude(presence="invited").exists())
        self.assertFalse(Receipt.objects.exists())
