"""People who are invited by name and have no account; and invitations that are taken back."""

from __future__ import annotations

from typing import Any

from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse
from icalendar import Calendar

from agreements import workflow
from agreements.invitations import answer_address, open_invitation
from agreements.models import Attendance, Meeting, WithdrawnInvitation
from core.events import events_of
from core.mail_links import DeadLink
from core.models import Message
from core.outbox import sending
from core.outbox.letters import HIDDEN
from forum.addressees import guest_of
from tests import factories as make
from tests.agreements.story import wall
from tests.agreements.test_inviting import AFTER, BEFORE, HOURS, LINK, ORGANIZERS, InvitingWorld

ANA, EVA = "ana@example.net", "eva@example.net"


class GuestWorld(InvitingWorld):
    def setUp(self) -> None:
        super().setUp()
        self.ana, self.eva = (
            make.participation(
                self.edition, person=make.person(name=name, email=email, source="entered"), organization=self.other_organization
            )
            for name, email in (("Ana Canario", ANA), ("Eva Canario", EVA))
        )

    def with_guests(self, **values: Any) -> Meeting:
        meeting = workflow.schedule(
            edition=self.edition,
            actor=self.organizer,
            values={"title_es": "Con personas", "starts_at": AFTER, "ends_at": AFTER + HOURS, "link": LINK, **values},
            agreements=[self.agreement],
            invited=[{"agency": self.agency}, {"participation": self.ana}, {"participation": self.eva}],
        )
        meeting.refresh_from_db()
        return meeting

    def row(self, meeting: Meeting, of: Any) -> Attendance:
        return meeting.attendance.get(participation=of)

    def leaving(self) -> dict[str, Any]:
        """The mails that leave now, by address."""
        mail.outbox.clear()
        sending.send_due()
        self.assertEqual({len(each.to) for each in mail.outbox} - {1}, set())
        return {each.to[0]: each for each in mail.outbox}

    def event(self, letter: Any) -> tuple[str, Any]:
        ((_name, content, _kind),) = letter.attachments
        calendar = Calendar.from_ical(content)
        (event,) = calendar.walk("VEVENT")
        return str(calendar["method"]), event

    def address_in(self, letter: Any) -> str:
        return next(line for line in letter.body.splitlines() if "/invitaciones/" in line).removeprefix("http://localhost:8000")


class GuestTests(GuestWorld, TestCase):
    def test_the_mail_its_file_and_the_link_are_this_persons_own(self) -> None:
        meeting = self.with_guests()
        self.other_organization.refresh_from_db()
        letters = self.leaving()
        self.assertEqual(set(letters), {"official@example.org", "other.delegate@example.org", ANA, EVA})
        for email, other in ((ANA, "Eva"), (EVA, "Ana")):
            letter = letters[email]
            method, event = self.event(letter)
            self.assertEqual((method, str(event["attendee"]), int(event["sequence"])), ("REQUEST", f"mailto:{email}", 0))
            everything = letter.body + letter.attachments[0][1] + letter.subject
            for stranger in (other, "official@", "Instituto propio", EVA if email == ANA else ANA):
                self.assertNotIn(stranger, everything)
            self.assertNotIn("/espacio", letter.body, "they have no account")
            self.assertIn(LINK, event["description"])
        address = self.address_in(letters[ANA])
        page = Client().get(address)
        self.assertContains(page, "Con personas")
        for stranger in ("Eva", "Instituto propio", "Ana Canario"):
            self.assertNotContains(page, stranger)
        self.assertEqual(Client().post(address, {"answer": "yes"}).status_code, 200)
        self.assertEqual((self.row(meeting, self.ana).answer, self.row(meeting, self.eva).answer), ("yes", ""))
        told = events_of(meeting)[0]
        self.assertEqual((told.action, told.actor_label), ("answer_by_mail", "system"))
        self.assertEqual(told.changes["invited"], [None, [f"ORG-02 · {self.ana.key}"]])
        self.assertFalse(Message.objects.filter(addressee__contains="@").exists(), "no address is kept in the outbox")
        # Moved and cancelled reaches them as it reaches the others.
        moved = {"starts_at": wall(2027, 3, 15, 10), "ends_at": wall(2027, 3, 15, 12)}
        workflow.move_meeting(meeting=meeting, actor=self.organizer, reason="Sede", **moved)
        self.assertEqual(int(self.event(self.leaving()[ANA])[1]["sequence"]), 1)
        workflow.cancel_meeting(meeting=meeting, actor=self.organizer, reason="Lluvia")
        self.assertEqual(self.event(self.leaving()[EVA])[0], "CANCEL")
        self.assertEqual(Client().get(address).status_code, 404)

    def test_to_whom_no_mail_goes(self) -> None:
        self.with_guests()
        account = make.user("eva.account@example.org", delegate=self.other_organization)
        sample = make.participation(
            self.edition, person=make.person(email="muestra@example.net", source="sample"), organization=self.organization
        )
        self.eva.person.user = account
        self.eva.person.save()
        Message.objects.all().delete()
        meeting = self.with_guests(title_es="Otra")
        workflow.edit_meeting(meeting=meeting, actor=self.organizer, values={}, invited=[{"participation": sample}])
        held = Message.objects.get(addressee=self.ana.person.key)
        self.assertEqual(list(Message.objects.exclude(addressee="").values_list("addressee", flat=True)), [self.ana.person.key])
        # An organizer who reads the mail before it leaves does not get the link, nor the address.
        page = self.sign_in("organizer").get(reverse("workspace:mail", args=[held.key]))
        self.assertContains(page, HIDDEN)
        self.assertNotContains(page, ANA)
        # What changed meanwhile counts: the address is gone, or was never given.
        self.ana.person.email = ""
        self.ana.person.save()
        self.assertEqual(set(self.leaving()) & {ANA, EVA, "muestra@example.net"}, set())
        held.refresh_from_db()
        self.assertEqual(held.state, "dropped")

    def test_a_link_dies_with_the_address_and_opens_nothing_else(self) -> None:
        meeting = self.with_guests()
        guest = guest_of(self.ana.person.key)
        token = answer_address(meeting, guest).rstrip("/").rsplit("/", 1)[1]
        self.assertEqual([row.participation for row in open_invitation(token)[2]], [self.ana])
        self.ana.person.email = "otra@example.net"
        self.ana.person.save()
        with self.assertRaises(DeadLink):
            open_invitation(token)
        proposed = self.proposed()
        for stranger in (answer_address(proposed, guest_of(self.eva.person.key)), f"/en/meetings/{proposed.folio}/"):
            self.assertEqual(Client().get(stranger).status_code, 404)

    def test_possible_times_of_a_meeting_that_is_not_public(self) -> None:
        meeting = workflow.propose_meeting(
            edition=self.edition,
            actor=self.organizer,
            values={"title_es": "Con horarios", "starts_at": BEFORE, "ends_at": BEFORE + HOURS},
            agreements=[self.agreement],
            invited=[{"participation": self.ana}],
            slots=[(AFTER, AFTER + HOURS)],
        )
        letter = self.leaving()[ANA]
        self.assertNotIn(f"/reuniones/{meeting.folio}", letter.body)
        address = self.address_in(letter)
        Client().post(address, {"time-1": "yes", "time-2": "no"})
        self.assertEqual(self.row(meeting, self.ana).slot_answers.count(), 2)


class TakenBackTests(GuestWorld, TestCase):
    def test_one_is_not_expected_any_more_and_the_others_are(self) -> None:
        meeting = self.with_guests()
        letters = self.leaving()
        uid = str(self.event(letters[ANA])[1]["uid"])
        address = self.address_in(letters[ANA])
        who = {"meeting": meeting, "guest": self.row(meeting, self.ana), "reason": "Va otra persona"}
        self.assertEqual(self.who_may(workflow.take_back_invitation, **who), ORGANIZERS)
        url = reverse("workspace:meeting_uninvite", args=[meeting.folio])
        client = self.sign_in("organizer")
        for given in ({}, {"back-guest": "999", "back-reason": "x"}, {"back-guest": str(who["guest"].pk), "back-reason": " "}):
            with self.subTest(given):
                self.assertEqual(client.post(url, given).status_code, 422)
        sent = {"back-guest": str(who["guest"].pk), "back-reason": "Va otra persona"}
        self.assertRedirects(client.post(url, sent), reverse("workspace:meeting", args=[meeting.folio]))
        self.assertEqual(
            WithdrawnInvitation.objects.values_list("participation", "reason", "sequence").get(),
            (self.ana.pk, "Va otra persona", 1),
        )
        gone = self.leaving()
        self.assertEqual(set(gone), {ANA}, "the organization is invited by Eva's invitation still")
        method, event = self.event(gone[ANA])
        self.assertEqual(
            (method, str(event["uid"]), int(event["sequence"]), str(event["attendee"])), ("CANCEL", uid, 1, f"mailto:{ANA}")
        )
        self.assertNotIn("status", event, "RFC 5546, 3.2.5: the meeting itself goes on")
        self.assertIn("Va otra persona", gone[ANA].body)
        self.assertNotIn(LINK, gone[ANA].attachments[0][1])
        self.assertEqual(Client().get(address).status_code, 404)
        # The rest goes on without them.
        workflow.cancel_meeting(meeting=meeting, actor=self.organizer, reason="Lluvia")
        self.assertNotIn(ANA, self.leaving())
        self.assertEqual(client.post(url, sent).status_code, 302)

    def test_a_body_is_not_invited_any_more(self) -> None:
        meeting = self.coming()
        link = answer_address(meeting, self.user("delegate"))
        self.leaving()
        workflow.take_back_invitation(meeting=meeting, guest=self.guest(meeting), actor=self.organizer, reason="Otra fecha")
        gone = self.leaving()
        self.assertEqual((set(gone), self.event(gone["delegate@example.org"])[0]), ({"delegate@example.org"}, "CANCEL"))
        self.assertEqual(Client().get(link).status_code, 404)
        self.assertEqual(self.sign_in("delegate").get(reverse("workspace:meeting", args=[meeting.folio])).status_code, 403)
        # Invited again before the mail leaves, there is nothing to say.
        row = workflow.take_back_invitation(meeting=meeting, guest=self.guest(meeting, "IFE"), actor=self.organizer, reason="x")
        workflow.edit_meeting(meeting=meeting, actor=self.organizer, values={}, invited=[{"agency": self.agency}])
        self.assertEqual(self.event(self.leaving()["official@example.org"])[0], "REQUEST")
        self.assertEqual(Message.objects.get(template="meeting_uninvited", record_id=row.pk).state, "dropped")
        # A meeting that was only proposed sent no file, so there is none to take back.
        proposed = self.proposed()
        self.leaving()
        workflow.take_back_invitation(meeting=proposed, guest=self.guest(proposed), actor=self.organizer, reason="x")
        self.assertEqual(self.leaving()["delegate@example.org"].attachments, [])
