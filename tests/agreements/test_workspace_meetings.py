"""Meetings: scheduled or proposed from an agreement with what is open, clocks, confirmed, moved, cancelled, held."""

import datetime as dt

import pytest
from django.test import TestCase
from django.urls import reverse

from agreements import workflow
from agreements.models import Meeting
from tests import factories as make
from tests.agreements.pages import fields_of, typed
from tests.agreements.story import AgreementWorld

pytestmark = pytest.mark.once


class MeetingWorld(AgreementWorld):
    def story(self):
        self.agreement = self.signed()

    def setUp(self):
        super().setUp()
        self.organizer = self.sign_in("organizer")
        self.new = reverse("workspace:meeting_new") + f"?agreement={self.agreement.folio}"

    def record(self, meeting, name="meeting", *more):
        return reverse(f"workspace:{name}", args=[meeting.folio, *more])

    def when(self, **changes):
        return {"day": "2027-03-20", "starts": "10:00", "ends": "12:00", **changes}


class SchedulingTests(MeetingWorld, TestCase):
    def test_the_form_starts_with_what_is_open(self):
        previous = self.held_with_item()
        given = fields_of(self.organizer.get(self.new))
        self.assertEqual(given["agreements"], self.agreement.folio)
        self.assertEqual(given["title_en"], "Work meeting: Offices abroad")
        self.assertEqual({given["invited-0-body"], given["invited-1-body"]}, {"agency:IFE", "organization:ORG-01"})
        self.assertEqual(
            (given["agenda-0-text_es"], given["agenda-0-commitment"]),
            ("Abrir tres módulos", self.agreement.commitments.get().folio),
        )
        self.assertEqual((given["agenda-1-text_es"], given["agenda-1-action_item"]), ("Enviar el acta", f"{previous.folio}-T1"))

    def held_with_item(self):
        previous = self.held(self.agreement)
        self.minutes(
            previous,
            "approved",
            action_items=[{"what_es": "Enviar el acta", "agency": self.agency, "due_on": dt.date(2026, 8, 1)}],
        )
        return previous

    def test_sent_back_with_a_time_it_is_scheduled_with_agenda_and_invitations(self):
        self.held_with_item()
        self.organizer.post(self.new, typed(self.organizer.get(self.new), **self.when(place="Chicago", link="example.org/sala")))
        meeting = Meeting.objects.get(place="Chicago")
        self.assertEqual(meeting.status, "scheduled")
        self.assertEqual(meeting.starts_at, dt.datetime(2027, 3, 20, 16, tzinfo=dt.UTC))
        self.assertEqual(meeting.link, "https://example.org/sala")
        self.assertEqual(list(meeting.agreements.all()), [self.agreement])
        self.assertEqual({row.body.key for row in meeting.attendance.all()}, {"IFE", "ORG-01"})
        items = meeting.agenda.order_by("number")
        self.assertEqual(
            [(item.text_es, bool(item.commitment), bool(item.action_item)) for item in items],
            [("Abrir tres módulos", True, False), ("Enviar el acta", False, True)],
        )
        self.assertContains(self.sign_in("delegate").get(self.record(meeting)), "https://example.org/sala")

    def test_the_clocks_are_shown_without_saving(self):
        sent = {**typed(self.organizer.get(self.new), **self.when(day="2027-03-20")), "preview": "yes"}
        answer = self.organizer.post(self.new, sent)
        self.assertEqual(answer.status_code, 200)
        self.assertNotContains(answer, "error-summary")
        for clock in ("UTC-6", "UTC-7", "UTC-5", "Tijuana", "Chicago", "09:00", "11:00"):
            self.assertContains(answer, clock)
        self.assertEqual(fields_of(answer)["day"], "2027-03-20")
        self.assertFalse(Meeting.objects.exists())

    def test_times_are_those_of_the_zone(self):
        sent = typed(self.organizer.get(self.new), **self.when(time_zone="America/Los_Angeles"))
        self.organizer.post(self.new, sent)
        self.assertEqual(Meeting.objects.get().starts_at, dt.datetime(2027, 3, 20, 17, tzinfo=dt.UTC))

    def test_times_that_cannot_be_are_answered_at_their_fields(self):
        for changes, field in (
            ({"day": ""}, "id_day"),
            ({"day": "0001-01-01"}, "id_day"),
            ({"day": "9999-12-31"}, "id_day"),
            ({"starts": "25:00"}, "id_starts"),
            ({"ends": "09:00"}, "id_ends"),
            ({"ends": "10:00"}, "id_ends"),
            ({"time_zone": "Mars/Olympus"}, "id_time_zone"),
            ({"day": "2027-03-14", "starts": "02:30", "time_zone": "America/Los_Angeles"}, "id_starts"),
            ({"link": "javascript:alert(1)"}, "id_link"),
            ({"convener": "agency:XX"}, "id_convener"),
            ({"agenda__0__text_es": "", "agenda__0__text_en": "Only English"}, "id_agenda-0-text_es"),
        ):
            with self.subTest(changes):
                refused = self.organizer.post(
                    self.new, typed(self.organizer.get(self.new), **{**self.when(place="Morelia"), **changes})
                )
                self.assertContains(refused, f'href="#{field}"', status_code=422)
                self.assertEqual(fields_of(refused)["place"], "Morelia")
        self.assertFalse(Meeting.objects.exists())

    def test_a_party_proposes_and_an_organizer_confirms(self):
        delegate = self.sign_in("delegate")
        page = delegate.get(self.new)
        self.assertContains(page, "Propose the meeting")
        delegate.post(self.new, typed(page, **self.when()))
        meeting = Meeting.objects.get()
        self.assertEqual(meeting.status, "proposed")
        self.assertEqual(self.sign_in("other_delegate").get(self.record(meeting)).status_code, 404)
        page = self.organizer.get(self.record(meeting))
        sent = {"step-confirm-revision": fields_of(page)["step-confirm-revision"]}
        self.assertRedirects(self.organizer.post(self.record(meeting, "meeting_step", "confirm"), sent), self.record(meeting))
        meeting.refresh_from_db()
        self.assertEqual(meeting.status, "scheduled")

    def test_somebody_invited_twice_is_refused(self):
        sent = typed(self.organizer.get(self.new), **self.when(invited__1__body="agency:IFE"))
        self.assertEqual(self.organizer.post(self.new, sent).status_code, 422)
        self.assertFalse(Meeting.objects.exists())

    def test_people_of_elsewhere_are_not_invited(self):
        stranger = make.participation(self.other_edition, agency=self.agency)
        colleague = make.participation(self.edition, organization=self.other_organization)
        for person in (stranger, colleague):
            with self.subTest(person.key):
                sent = typed(self.organizer.get(self.new), **self.when(invited__0__participation=person.key))
                self.assertContains(self.organizer.post(self.new, sent), 'href="#id_invited-0-participation"', status_code=422)

    def test_a_forged_address(self):
        draft = self.drafted()
        for query, status in (
            ("?agreement=XX", 404),
            ("?after=XX", 404),
            (f"?agreement={draft.folio}", 404),
            ("?agreement=%20", 404),
            ("?edition=XX", 403),
        ):
            with self.subTest(query):
                answer = self.sign_in("other_delegate").get(reverse("workspace:meeting_new") + query)
                self.assertEqual(answer.status_code, status)

    def test_the_next_meeting_brings_what_stayed_open(self):
        previous = self.held_with_item()
        address = reverse("workspace:meeting_new") + f"?after={previous.folio}"
        given = fields_of(self.organizer.get(address))
        self.assertEqual(given["title_es"], previous.title_es)
        self.assertEqual({given["invited-0-body"], given["invited-1-body"]}, {"agency:IFE", "organization:ORG-01"})
        self.assertEqual(given["agenda-1-text_es"], "Enviar el acta")


class StepTests(MeetingWorld, TestCase):
    def test_move_and_cancel_need_a_reason(self):
        meeting = self.meeting(self.agreement)
        move = self.record(meeting, "meeting_move")
        page = self.organizer.get(move)
        self.assertEqual((fields_of(page)["starts"], fields_of(page)["day"]), ("10:00", "2026-07-06"))
        self.assertContains(self.organizer.post(move, typed(page, reason="")), 'href="#id_reason"', status_code=422)
        self.assertContains(self.organizer.post(move, typed(page, reason="x", ends="09:00")), 'href="#id_ends"', status_code=422)
        preview = self.organizer.post(move, {**typed(page, day="2026-07-07"), "preview": "yes"})
        self.assertContains(preview, "Chicago")
        self.assertNotContains(preview, "error-summary")
        self.assertRedirects(self.organizer.post(move, typed(page, day="2026-07-07", reason="Huelga.")), self.record(meeting))
        meeting.refresh_from_db()
        self.assertEqual((meeting.starts_at.day, meeting.sequence), (7, 1))
        cancel = self.record(meeting, "meeting_step", "cancel")
        revision = fields_of(self.organizer.get(self.record(meeting)))["step-cancel-revision"]
        refused = self.organizer.post(cancel, {"step-cancel-reason": "", "step-cancel-revision": revision})
        self.assertEqual(refused.status_code, 422)
        self.organizer.post(cancel, {"step-cancel-reason": "Sin quórum.", "step-cancel-revision": revision})
        meeting.refresh_from_db()
        self.assertEqual(meeting.status, "cancelled")
        self.assertContains(self.organizer.get(move, follow=True), "“cancelled”")
        self.assertContains(self.organizer.get(self.record(meeting)), "Sin quórum.")

    def test_held_with_who_came(self):
        meeting = self.meeting(self.agreement)
        hold = self.record(meeting, "meeting_hold")
        page = self.organizer.get(hold)
        names = [f"presence-{row.pk}" for row in meeting.attendance.order_by("id")]
        refused = self.organizer.post(hold, {**typed(page), names[0]: "present"})
        self.assertContains(refused, f'href="#id_{names[1]}_0"', status_code=422)
        self.assertEqual(fields_of(refused)[names[0]], "present")
        forged = self.organizer.post(hold, {**typed(page), names[0]: "present", names[1]: "dead", "presence-999999": "present"})
        self.assertEqual(forged.status_code, 422)
        self.organizer.post(hold, {**typed(page), names[0]: "present", names[1]: "excused"})
        meeting.refresh_from_db()
        self.assertEqual(meeting.status, "held")
        self.assertEqual([row.presence for row in meeting.attendance.order_by("id")], ["present", "excused"])
        again = self.organizer.get(hold)
        self.assertEqual((fields_of(again)[names[0]], fields_of(again)[names[1]]), ("present", "excused"))
        self.organizer.post(hold, typed(again, **{names[1]: "absent"}))
        self.assertEqual([row.presence for row in meeting.attendance.order_by("id")], ["present", "absent"])

    def test_a_coming_meeting_is_not_held_yet(self):
        meeting = self.meeting(
            self.agreement, starts_at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC), ends_at=dt.datetime(2999, 1, 2, tzinfo=dt.UTC)
        )
        hold = self.record(meeting, "meeting_hold")
        sent = {**typed(self.organizer.get(hold)), **{f"presence-{row.pk}": "present" for row in meeting.attendance.all()}}
        self.assertContains(self.organizer.post(hold, sent), "has not begun yet", status_code=422)

    def test_the_name_of_a_person_is_only_text(self):
        """Some of crispy's templates write what they are given as it is."""
        meeting = self.meeting(self.agreement)
        person = make.participation(self.edition, agency=self.agency, person=make.person(name="<b>Ana</b>"))
        make.invite(meeting, self.agency, participation=person)
        page = self.organizer.get(self.record(meeting, "meeting_hold"))
        self.assertContains(page, "&lt;b&gt;Ana&lt;/b&gt;")
        self.assertNotContains(page, "<b>Ana</b>")


class MinutesTests(MeetingWorld, TestCase):
    def story(self):
        super().story()
        self.meeting_held = self.held(self.agreement)

    def setUp(self):
        super().setUp()
        self.page = self.record(self.meeting_held, "minutes")
        self.write = self.record(self.meeting_held, "minutes_write")

    def items(self):
        return list(self.meeting_held.action_items.order_by("number").values_list("folio", "what_es"))

    def test_the_minutes_start_with_attendance_and_agenda(self):
        following = self.meeting(
            self.agreement,
            starts_at=dt.datetime(2027, 1, 1, 16, tzinfo=dt.UTC),
            ends_at=dt.datetime(2027, 1, 1, 18, tzinfo=dt.UTC),
        )
        self.assertRedirects(self.organizer.get(self.page), self.write)
        page = self.organizer.get(self.write)
        given = fields_of(page)
        self.assertIn("Instituto propio", given["text_es"])
        self.assertIn("1. Abrir tres módulos", given["text_es"])
        self.assertEqual(given["text_en"], "")
        sent = typed(
            page,
            text_es="Se revisó.",
            decisions_es="Se pide copia.",
            next_meeting=following.folio,
            items__0__what_es="Enviar copia",
            items__0__owner="agency:IFE",
            items__0__due_on="2026-08-01",
        )
        refused = self.organizer.post(self.write, {**sent, "items-0-owner": "", "items-0-due_on": ""})
        self.assertContains(refused, 'href="#id_items-0-owner"', status_code=422)
        self.assertContains(refused, 'href="#id_items-0-due_on"', status_code=422)
        self.assertRedirects(self.organizer.post(self.write, sent), self.page)
        self.meeting_held.refresh_from_db()
        self.assertEqual(self.meeting_held.next_meeting, following)
        self.assertEqual(self.items(), [(f"{self.meeting_held.folio}-T1", "Enviar copia")])

    def test_items_keep_their_folios_when_the_minutes_are_edited(self):
        item = {"agency": self.agency, "due_on": dt.date(2026, 8, 1)}
        self.minutes(self.meeting_held, action_items=[{"what_es": "Uno", **item}, {"what_es": "Dos", **item}])
        first, second = (folio for folio, _what in self.items())
        page = self.organizer.get(self.write)
        self.organizer.post(self.write, typed(page, items__0__remove="on", items__1__what_es="Dos bis"))
        self.assertEqual(self.items(), [(second, "Dos bis")])
        self.assertNotEqual(first, second)

    def test_a_stale_edit_shows_both_texts(self):
        minutes = self.minutes(self.meeting_held)
        page = self.organizer.get(self.write)
        workflow.edit_minutes(minutes=minutes, actor=self.accounts["administrator"], values={"text_es": "De otra persona"})
        refused = self.organizer.post(self.write, typed(page, text_es="Mi texto"))
        for text in ("Mi texto", "De otra persona"):
            self.assertContains(refused, text, status_code=422)
        self.assertRedirects(self.organizer.post(self.write, fields_of(refused)), self.page)
        minutes.refresh_from_db()
        self.assertEqual(minutes.text_es, "Mi texto")

    def test_circulated_remarked_approved(self):
        minutes = self.minutes(self.meeting_held)
        circulate, remark = self.record(self.meeting_held, "minutes_circulate"), self.record(self.meeting_held, "minutes_remark")
        delegate = self.sign_in("delegate")
        self.assertEqual(delegate.get(self.page).status_code, 404)
        for date in ("", "2020-01-01", "nunca"):
            with self.subTest(date):
                refused = self.organizer.post(circulate, {"remarks_until": date})
                self.assertContains(refused, 'href="#id_remarks_until"', status_code=422)
        self.organizer.post(circulate, {"remarks_until": "2999-01-01"})
        minutes.refresh_from_db()
        self.assertEqual(minutes.status, "circulated")
        self.assertContains(delegate.get(self.page), "Remarks are taken until")
        self.assertContains(delegate.post(remark, {"text": " "}), 'href="#id_text"', status_code=422)
        self.assertRedirects(delegate.post(remark, {"text": "Falta <i>algo</i>."}), self.page)
        page = self.organizer.get(self.page)
        self.assertContains(page, "Falta &lt;i&gt;algo&lt;/i&gt;.")
        self.assertContains(page, "delegate: ORG-01")
        self.assertNotContains(page, "delegate@example.org")
        approve = self.record(self.meeting_held, "minutes_step", "approve")
        sent = {"step-approve-revision": fields_of(page)["step-approve-revision"]}
        self.assertContains(self.organizer.post(approve, sent), "are open for remarks until", status_code=422)

    def test_approved_minutes_are_locked_and_renewed_in_a_new_version(self):
        self.minutes(self.meeting_held, "approved")
        page = self.organizer.get(self.page)
        self.assertContains(page, "Correct the minutes in a new version")
        page = self.organizer.get(self.write)
        self.assertEqual(fields_of(page)["text_es"], "Se revisaron los módulos.")
        self.assertContains(
            self.organizer.post(self.write, typed(page, text_es="Segunda versión")), 'href="#id_cause"', status_code=422
        )
        self.organizer.post(self.write, typed(page, text_es="Segunda versión", cause="Faltaba un acuerdo."))
        self.assertEqual([each.status for each in self.meeting_held.minutes.order_by("number")], ["approved", "draft"])
        self.assertContains(self.sign_in("delegate").get(self.page), "Se revisaron los módulos.")

    def test_action_items_done_or_turned_into_a_commitment(self):
        item = {"agency": self.agency, "due_on": dt.date(2026, 8, 1)}
        self.minutes(self.meeting_held, "circulated", action_items=[{"what_es": "Uno", **item}, {"what_es": "Dos", **item}])
        first, second = self.meeting_held.action_items.order_by("number")
        official = self.sign_in("official")
        self.assertContains(official.get(self.record(self.meeting_held)), "Say what became of it", count=2)
        self.assertNotContains(self.sign_in("delegate").get(self.record(self.meeting_held)), "Say what became of it")
        address = reverse("workspace:meeting_action_item", args=[first.folio])
        page = official.get(address)
        for done_on, commitment, field in (("", "", "done_on"), ("2999-01-01", "", "done_on"), ("", "XX", "commitment")):
            with self.subTest(done_on=done_on, commitment=commitment):
                refused = official.post(
                    address,
                    typed(page, **{f"item-{first.number}-done_on": done_on, f"item-{first.number}-commitment": commitment}),
                )
                self.assertContains(refused, f'href="#id_item-{first.number}-{field}"', status_code=422)
        official.post(address, typed(page, **{f"item-{first.number}-done_on": "2026-08-01"}))
        address = reverse("workspace:meeting_action_item", args=[second.folio])
        folio = self.agreement.commitments.get().folio
        official.post(address, typed(official.get(address), **{f"item-{second.number}-commitment": folio}))
        first.refresh_from_db()
        second.refresh_from_db()
        self.assertEqual((str(first.done_on), second.commitment.folio), ("2026-08-01", folio))
        self.assertContains(official.get(self.record(self.meeting_held)), "became a commitment")
