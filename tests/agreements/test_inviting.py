"""Invited, answered, chosen, reminded, ticked: what a meeting needs before it is held, and who sees none of it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agreements import workflow
from agreements.invitations import SALT, answer_address, open_invitation
from agreements.models import Attendance, Meeting, SlotAnswer
from agreements.waiting import waiting_for
from core.events import events_of
from core.mail_links import DeadLink, token_of
from core.models import Message, Receipt
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
    def story(self) -> None:
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

    def test_what_waits_says_so(self) -> None:
        def waits() -> list[tuple[str, str]]:
            found = waiting_for(user=self.user("delegate"), today=dt.date(2027, 3, 1))
            return [(item.record, item.what) for item in found or () if item.kind == "meeting"]

        coming, asked = self.coming(), self.proposed()
        self.assertEqual(waits(), [(asked.folio, "Say which times suit"), (coming.folio, "Answer the invitation")])
        workflow.answer_invitation(meeting=asked, guest=self.guest(asked), actor=self.user("delegate"), suits={1: "yes", 2: "no"})
        workflow.answer_invitation(meeting=coming, guest=self.guest(coming), actor=self.user("delegate"), answer="perhaps")
        self.assertEqual(waits(), [(coming.folio, "Take part")])
        workflow.answer_invitation(meeting=coming, guest=self.guest(coming), actor=self.user("delegate"), answer="no")
        self.assertEqual(waits(), [])

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


class EditTests(InvitingWorld, TestCase):
    def test_the_agenda_is_put_right_and_more_are_invited(self) -> None:
        meeting = self.coming()
        Message.objects.all().delete()
        client, url = self.sign_in("organizer"), self.at(meeting, "meeting_edit")
        page = client.get(url)
        given = fields_of(page)
        self.assertEqual(given["agenda-0-text_es"], "Abrir tres módulos")
        self.other_organization.edition_rows.create(edition=self.edition)
        sent = typed(client.get(url), agenda__1__text_es="Varios", invited__0__body="organization:ORG-02")
        for changes, field in (
            ({"title_es": ""}, "id_title_es"),
            ({"agenda-1-text_es": "", "agenda-1-text_en": "Any other business"}, "id_agenda-1-text_es"),
            ({"invited-0-body": "organization:ORG-77"}, "id_invited-0-body"),
        ):
            with self.subTest(changes):
                self.assertContains(client.post(url, {**sent, **changes}), f'href="#{field}"', status_code=422)
        self.assertRedirects(client.post(url, sent), self.at(meeting))
        self.assertEqual(list(meeting.agenda.values_list("number", "text_es")), [(1, "Abrir tres módulos"), (2, "Varios")])
        self.assertTrue(meeting.agenda.get(number=1).commitment)
        # Only whoever is new is told, with the invitation; nobody's calendar changes.
        told = set(Message.objects.values_list("template", "user__email"))
        self.assertEqual(told, {("meeting_invited", "other.delegate@example.org")})
        meeting.refresh_from_db()
        self.assertEqual(meeting.sequence, 0)
        stale = client.post(url, {**sent, "title_es": "Mi título", "invited-0-body": ""})
        self.assertContains(stale, "Somebody changed this record", status_code=422)
        again = typed(client.get(url), invited__0__body="organization:ORG-02")
        self.assertContains(client.post(url, again), "is invited already", status_code=422)
        # Another title moves the number that calendars look at, and those who were invited learn it.
        Message.objects.all().delete()
        client.post(url, typed(client.get(url), title_es="Otro título", title_en="Another title"))
        meeting.refresh_from_db()
        self.assertEqual((meeting.sequence, set(Message.objects.values_list("template", flat=True))), (1, {"meeting_renamed"}))
        self.assertEqual(Message.objects.count(), 3)

    def test_who_and_when(self) -> None:
        meeting = self.coming()
        self.assertEqual(self.who_may(workflow.edit_meeting, meeting=meeting, values={"title_es": "Otro"}), ORGANIZERS)
        self.assertEqual({self.sign_in(name).get(self.at(meeting, "meeting_edit")).status_code for name in SIDE}, {403})
        held = self.held(self.agreement)
        with self.assertRaises(StepRefused):
            workflow.edit_meeting(meeting=held, actor=self.organizer, values={"title_es": "Otro"})
        self.assertRedirects(self.sign_in("organizer").get(self.at(held, "meeting_edit")), self.at(held))


class RollTests(InvitingWorld, TestCase):
    def story(self) -> None:
        super().story()
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
