"""Work meetings: times and zones, agenda, steps, attendance, what the public sees."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import TestCase

from agreements import workflow
from agreements.models import Attendance, Meeting
from core.models import Event, SearchEntry
from core.workflow import StepRefused
from tests import factories as make
from tests.agreements.story import DUE, AgreementWorld, wall


class ScheduleTests(AgreementWorld, TestCase):
    def test_folio_and_wall_times_in_the_zone_of_the_meeting(self):
        for zone, hour in (("America/Mexico_City", 16), ("America/Tijuana", 17), ("America/Chicago", 15), ("UTC", 10)):
            with self.subTest(zone):
                meeting = self.meeting(time_zone=zone)
                meeting.refresh_from_db()
                self.assertEqual(meeting.starts_at, dt.datetime(2026, 7, 6, hour, tzinfo=dt.UTC))
        self.assertEqual(list(Meeting.objects.order_by("id").values_list("folio", flat=True))[:2], ["FP1-R-01", "FP1-R-02"])

    def test_across_the_change_of_clocks(self):
        """Mexico City keeps its offset all year; Tijuana goes back an hour on 1 November 2026."""
        found = {}
        for zone in ("America/Mexico_City", "America/Tijuana"):
            for day in (30, 31):
                meeting = self.meeting(time_zone=zone, starts_at=wall(2026, 10, day, 10), ends_at=wall(2026, 10, day, 11))
                later = self.meeting(time_zone=zone, starts_at=wall(2026, 11, 2, 10), ends_at=wall(2026, 11, 2, 11))
                found[zone] = (meeting.starts_at.astimezone(dt.UTC).hour, later.starts_at.astimezone(dt.UTC).hour)
        self.assertEqual(found, {"America/Mexico_City": (16, 16), "America/Tijuana": (17, 18)})

    def test_the_zone_is_that_of_the_edition_unless_it_says_another(self):
        type(self.edition).objects.update(time_zone="America/Tijuana")
        self.edition.refresh_from_db()
        values = {"title_es": "Reunión", "starts_at": wall(2026, 7, 6, 10), "ends_at": wall(2026, 7, 6, 12)}
        meeting = workflow.schedule(edition=self.edition, actor=self.accounts["organizer"], values=values)
        self.assertEqual((meeting.time_zone, meeting.starts_at.utcoffset()), ("America/Tijuana", dt.timedelta(hours=-7)))

    def test_a_moment_with_its_zone_stays(self):
        at = dt.datetime(2026, 7, 6, 16, tzinfo=dt.UTC)
        meeting = self.meeting(starts_at=at, ends_at=at + dt.timedelta(hours=1), time_zone="America/Tijuana")
        self.assertEqual(meeting.starts_at, at)

    def test_what_is_wrong_is_said_at_its_field(self):
        for values, field in (
            ({"ends_at": wall(2026, 7, 6, 9)}, "ends_at"),
            ({"time_zone": "Marte/Olimpo"}, "time_zone"),
            ({"starts_at": None}, "starts_at"),
            ({"title_es": ""}, "title_es"),
            ({"link": "javascript:alert(1)"}, "link"),
            ({"convening_agency": self.agency, "convening_organization": self.organization}, "convening_agency"),
        ):
            with self.subTest(field), self.assertRaises(ValidationError) as caught:
                self.meeting(**values)
            self.assertEqual(list(caught.exception.message_dict), [field])
        self.assertEqual(Meeting.objects.count(), 0)

    def test_an_agreement_of_another_edition(self):
        other = make.agreement(self.other_edition, status="signed")
        with self.assertRaises(ValidationError) as caught:
            self.meeting(other)
        self.assertEqual(list(caught.exception.message_dict), ["agreements"])

    def test_a_participant_comes_for_the_own_body(self):
        person = make.participation(self.edition, organization=self.organization, key="LID-X7")
        meeting = workflow.schedule(
            edition=self.edition,
            actor=self.accounts["organizer"],
            values={"title_es": "Reunión", "starts_at": wall(2026, 7, 6, 10), "ends_at": wall(2026, 7, 6, 12)},
            invited=[{"participation": person}],
        )
        self.assertEqual(meeting.attendance.get().organization, self.organization)
        self.assertEqual(Event.objects.first().changes["invited"], [None, ["ORG-01 · LID-X7"]])

    def test_nobody_is_invited_twice(self):
        with self.assertRaises(ValidationError) as caught:
            workflow.schedule(
                edition=self.edition,
                actor=self.accounts["organizer"],
                values={"title_es": "Reunión", "starts_at": wall(2026, 7, 6, 10), "ends_at": wall(2026, 7, 6, 12)},
                invited=[{"agency": self.agency}, {"agency": self.agency}],
            )
        self.assertEqual(caught.exception.messages, ["This agency is invited already."])

    def test_the_link_is_masked_in_the_event(self):
        self.meeting(link="https://example.org/sala")
        self.assertEqual(Event.objects.first().changes["link"], ["", "•"])


class AgendaTests(AgreementWorld, TestCase):
    def test_open_commitments_by_date_then_items_left_open_before(self):
        agreement = self.drafted()
        self.add(agreement, text_es="Segundo", due_on=DUE - dt.timedelta(days=30))
        self.add(agreement, text_es="Ya cumplido")
        workflow.open_for_signature(agreement=agreement, actor=self.accounts["organizer"])
        self.sign(agreement)
        self.report(agreement.commitments.get(text_es="Ya cumplido"), status="fulfilled", percent=100)
        first = self.held(agreement)
        self.assertEqual(list(first.agenda.values_list("number", "text_es")), [(1, "Segundo"), (2, "Abrir tres módulos")])
        minutes = self.minutes(
            first,
            "approved",
            action_items=[
                {"what_es": "Enviar la lista", "agency": self.agency, "due_on": dt.date(2026, 8, 1)},
                {"what_es": "Llamar al consulado", "organization": self.organization, "due_on": dt.date(2026, 7, 20)},
                {"what_es": "Ya hecho", "agency": self.agency, "due_on": dt.date(2026, 7, 10)},
            ],
        )
        workflow.set_action_item(
            item=minutes.action_items.get(what_es="Ya hecho"), actor=self.accounts["official"], done_on=dt.date(2026, 7, 9)
        )
        second = self.meeting(agreement, starts_at=wall(2026, 8, 3, 10), ends_at=wall(2026, 8, 3, 12))
        self.assertEqual(
            list(second.agenda.values_list("text_es", "commitment__number", "action_item__number")),
            [
                ("Segundo", 2, None),
                ("Abrir tres módulos", 1, None),
                ("Llamar al consulado", None, 2),
                ("Enviar la lista", None, 1),
            ],
        )

    def test_items_of_minutes_not_approved_are_on_the_agenda_but_not_public(self):
        agreement = self.signed()
        first = self.held(agreement)
        self.minutes(first, action_items=[{"what_es": "Enviar", "agency": self.agency, "due_on": DUE}])
        second = self.meeting(agreement, starts_at=wall(2026, 8, 3, 10), ends_at=wall(2026, 8, 3, 12))
        seen = {
            name: list(second.agenda.visible_to(self.user(name)).values_list("text_es", flat=True))
            for name in ("anonymous", "delegate", "organizer")
        }
        public = ["Abrir tres módulos"]
        self.assertEqual(seen, {"anonymous": public, "delegate": public, "organizer": [*public, "Enviar"]})

    def test_what_came_after_or_of_another_agreement_is_not_on_it(self):
        mine, other = self.signed(), self.signed()
        late = self.held(mine, starts_at=wall(2026, 9, 1, 10), ends_at=wall(2026, 9, 1, 12))
        elsewhere = self.held(other)
        for meeting in (late, elsewhere):
            self.minutes(meeting, "approved", action_items=[{"what_es": "Algo", "agency": self.agency, "due_on": DUE}])
        self.assertEqual(self.meeting(mine).agenda.filter(action_item__isnull=False).count(), 0)

    def test_an_agenda_of_its_own(self):
        meeting = workflow.schedule(
            edition=self.edition,
            actor=self.accounts["organizer"],
            values={"title_es": "Reunión", "starts_at": wall(2026, 7, 6, 10), "ends_at": wall(2026, 7, 6, 12)},
            agreements=[self.signed()],
            agenda=[{"text_es": "Bienvenida", "text_en": "Welcome"}, {"text_es": "Clausura"}],
        )
        self.assertEqual(list(meeting.agenda.values_list("number", "text_es")), [(1, "Bienvenida"), (2, "Clausura")])


class StepTests(AgreementWorld, TestCase):
    def test_a_proposed_meeting_is_for_the_invited_until_it_is_confirmed(self):
        meeting = self.meeting(self.signed(), proposed=True)

        def seen():
            return self.who(lambda user: Meeting.objects.visible_to(user).filter(pk=meeting.pk).exists())

        inside = {"organizer", "administrator", "official", "delegate"}
        self.assertEqual(seen(), inside)
        self.assertFalse(SearchEntry.objects.filter(record_key=meeting.folio).exists())
        at = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
        workflow.confirm_meeting(meeting=meeting, actor=self.accounts["organizer"], at=at)
        self.assertEqual((meeting.status, meeting.published_at, meeting.sequence), ("scheduled", at, 0))
        self.assertEqual(len(seen()), 10)
        self.assertTrue(SearchEntry.objects.filter(record_key=meeting.folio).exists())

    def test_a_proposal_that_is_dropped_never_becomes_public(self):
        meeting = self.meeting(self.signed(), proposed=True)
        workflow.cancel_meeting(meeting=meeting, actor=self.accounts["organizer"], reason="Sin sede")
        self.assertFalse(Meeting.objects.visible_to(None).exists())
        self.assertFalse(meeting.is_public)

    def test_a_scheduled_meeting_that_is_cancelled_stays_public(self):
        meeting = self.meeting()
        workflow.cancel_meeting(meeting=meeting, actor=self.accounts["organizer"], reason="Sin sede")
        self.assertEqual((Meeting.objects.visible_to(None).get(), meeting.status), (meeting, "cancelled"))

    def test_the_sequence_moves_with_each_move_and_cancellation(self):
        meeting = self.meeting(place="SRE", time_zone="America/Tijuana")
        move = {"meeting": meeting, "actor": self.accounts["organizer"], "reason": "Sede"}
        workflow.move_meeting(starts_at=wall(2026, 7, 7, 10), ends_at=wall(2026, 7, 7, 11), **move)
        self.assertEqual((meeting.sequence, meeting.place, meeting.status), (1, "SRE", "scheduled"))
        self.assertEqual(meeting.starts_at, dt.datetime(2026, 7, 7, 17, tzinfo=dt.UTC))
        workflow.move_meeting(starts_at=wall(2026, 7, 7, 12), ends_at=wall(2026, 7, 7, 13), place="IFE", **move)
        self.assertEqual((meeting.sequence, meeting.place), (2, "IFE"))
        event = Event.objects.first()
        self.assertEqual((event.action, event.reason), ("move", "Sede"))
        self.assertEqual(set(event.changes), {"starts_at", "ends_at", "place", "sequence"})
        workflow.cancel_meeting(meeting=meeting, actor=self.accounts["organizer"], reason="Lluvia")
        self.assertEqual(meeting.sequence, 3)
        with self.assertRaises(StepRefused):
            workflow.move_meeting(starts_at=wall(2026, 7, 8, 12), ends_at=wall(2026, 7, 8, 13), **move)

    def test_moved_to_an_end_before_its_start(self):
        with self.assertRaises(ValidationError) as caught:
            workflow.move_meeting(
                meeting=self.meeting(),
                actor=self.accounts["organizer"],
                starts_at=wall(2026, 7, 7, 10),
                ends_at=wall(2026, 7, 7, 9),
                reason="x",
            )
        self.assertEqual(caught.exception.message_dict, {"ends_at": ["A meeting ends after it starts."]})

    def test_held_with_its_presences(self):
        meeting = self.meeting()
        agency, organization = meeting.attendance.order_by("id")
        actor = self.accounts["organizer"]
        with self.assertRaises(StepRefused) as caught:
            workflow.hold(meeting=meeting, actor=actor, presences={}, at=meeting.starts_at - dt.timedelta(seconds=1))
        self.assertEqual(caught.exception.code, "early")
        workflow.hold(
            meeting=meeting, actor=actor, presences={agency.pk: "present", organization.pk: "excused"}, at=meeting.starts_at
        )
        self.assertEqual(meeting.status, "held")
        self.assertEqual(
            Event.objects.first().changes,
            {
                "status": ["scheduled", "held"],
                "attendance": [{"IFE": "invited", "ORG-01": "invited"}, {"IFE": "present", "ORG-01": "excused"}],
            },
        )
        workflow.correct_attendance(meeting=meeting, actor=actor, presences={organization.pk: "present"})
        self.assertEqual(Attendance.objects.get(pk=organization.pk).presence, "present")

    def test_presences_of_others_and_unknown_words_are_refused(self):
        meeting, other = self.meeting(), self.meeting()
        mine, theirs = meeting.attendance.first(), other.attendance.first()
        for presences in ({theirs.pk: "present"}, {mine.pk: "asleep"}, {10**9: "present"}):
            with self.subTest(presences), self.assertRaises(ValidationError):
                workflow.hold(meeting=meeting, actor=self.accounts["organizer"], presences=presences, at=meeting.ends_at)
        meeting.refresh_from_db()
        self.assertEqual((meeting.status, Attendance.objects.exclude(presence="invited").count()), ("scheduled", 0))

    def test_the_database_wants_a_scheduled_meeting_published(self):
        meeting = self.meeting(proposed=True)
        with self.assertRaises(IntegrityError), transaction.atomic():
            Meeting.objects.filter(pk=meeting.pk).update(status="scheduled")
