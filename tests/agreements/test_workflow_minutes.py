"""Minutes: draft, circulated for remarks until a day, approved and locked; action items."""

import datetime as dt
import json

import rfc8785
from django.core.exceptions import ValidationError
from django.test import TestCase

from agreements import workflow
from agreements.models import ActionItem, MinutesVersion, Remark
from agreements.workflow.texts import minutes_text
from core import ledger
from core.models import Event, LedgerEntry
from core.workflow import StaleRecord, StepRefused
from tests.agreements.story import DUE, AgreementWorld, wall

UNTIL = dt.date(2026, 7, 13)
LAST_SECOND = dt.datetime(2026, 7, 14, 5, 59, 59, tzinfo=dt.UTC)  # of 13 July in Mexico City
NEXT_DAY = dt.datetime(2026, 7, 14, 6, tzinfo=dt.UTC)


class MinutesTests(AgreementWorld, TestCase):
    def setUp(self):
        super().setUp()
        self.organizer = self.accounts["organizer"]

    def item(self, **values):
        return {"what_es": "Enviar la lista", "agency": self.agency, "due_on": DUE, **values}

    def circulated(self, **values):
        minutes = self.minutes(self.held(), **values)
        workflow.circulate(minutes=minutes, actor=self.organizer, remarks_until=UNTIL, at=minutes.meeting.ends_at)
        return minutes

    def test_who_reads_them_in_each_state(self):
        inside, invited = {"organizer", "administrator"}, {"official", "delegate"}
        everybody = self.who(lambda user: True)
        for status, expected in (("draft", inside), ("circulated", inside | invited), ("approved", everybody)):
            with self.subTest(status):
                minutes = self.minutes(self.held(), status, action_items=[self.item()])
                for rows in (MinutesVersion.objects.filter(pk=minutes.pk), minutes.action_items.all()):
                    self.assertEqual(self.who(lambda user, rows=rows: rows.visible_to(user).exists()), expected)

    def test_only_of_a_held_meeting_and_one_at_a_time(self):
        with self.assertRaises(StepRefused):
            self.minutes(self.meeting())
        meeting = self.held()
        self.minutes(meeting)
        with self.assertRaises(StepRefused) as caught:
            self.minutes(meeting)
        self.assertEqual(str(caught.exception), f"Minutes {meeting.folio}-M1 are being written: finish them first.")

    def test_attendance_stands_in_them_by_body_only(self):
        minutes = self.minutes(self.held(), "approved")
        minutes.refresh_from_db()
        rows = [
            {"body": "IFE", "side": "government", "present": 1, "absent": 0, "excused": 0},
            {"body": "ORG-01", "side": "organizations", "present": 1, "absent": 0, "excused": 0},
        ]
        self.assertEqual(minutes.attendance, rows)

    def test_edited_while_draft_or_circulated_only(self):
        for status in ("draft", "circulated"):
            minutes = self.minutes(self.held(), status)
            workflow.edit_minutes(minutes=minutes, actor=self.organizer, values={"decisions_es": "Se acordó."})
            self.assertEqual(minutes.decisions_es, "Se acordó.")
        approved = self.minutes(self.held(), "approved", action_items=[self.item()])
        item = approved.action_items.get()
        before = MinutesVersion.objects.filter(pk=approved.pk).values().get()
        for door in (
            lambda: workflow.edit_minutes(minutes=approved, actor=self.organizer, values={"text_es": "Otra"}),
            lambda: workflow.edit_minutes(minutes=approved, actor=self.organizer, values={}, action_items=[]),
            lambda: workflow.circulate(minutes=approved, actor=self.organizer, remarks_until=UNTIL),
            lambda: workflow.add_remark(minutes=approved, actor=self.organizer, text="Tarde"),
            lambda: workflow.approve(minutes=approved, actor=self.organizer),
            lambda: workflow.correct_attendance(meeting=approved.meeting, actor=self.organizer, presences={}),
        ):
            with self.assertRaises(StepRefused):
                door()
        self.assertEqual(MinutesVersion.objects.filter(pk=approved.pk).values().get(), before)
        self.assertTrue(ActionItem.objects.filter(pk=item.pk).exists())

    def test_a_stale_form_is_refused(self):
        minutes = self.minutes(self.held())
        door = {"minutes": minutes, "actor": self.organizer, "revision": minutes.revision}
        workflow.edit_minutes(values={"text_es": "Una"}, **door)
        with self.assertRaises(StaleRecord):
            workflow.edit_minutes(values={"text_es": "Otra"}, **door)

    def test_remarks_until_the_end_of_the_day(self):
        minutes = self.circulated()
        delegate = self.accounts["delegate"]
        workflow.add_remark(minutes=minutes, actor=delegate, text="Falta un punto", at=LAST_SECOND)
        with self.assertRaises(StepRefused) as caught:
            workflow.add_remark(minutes=minutes, actor=delegate, text="Otro", at=NEXT_DAY)
        self.assertEqual(caught.exception.code, "closed")
        workflow.add_remark(minutes=minutes, actor=self.organizer, text="Recibido por correo", at=NEXT_DAY)
        self.assertEqual(
            list(Remark.objects.values_list("acting_label", "text")),
            [("delegate: ORG-01", "Falta un punto"), ("organizer: propia", "Recibido por correo")],
        )

    def test_approved_after_that_day(self):
        minutes = self.circulated()
        with self.assertRaises(StepRefused) as caught:
            workflow.approve(minutes=minutes, actor=self.organizer, at=LAST_SECOND)
        self.assertEqual(caught.exception.code, "early")
        workflow.approve(minutes=minutes, actor=self.organizer, at=NEXT_DAY)
        self.assertEqual((minutes.status, minutes.approved_at), ("approved", NEXT_DAY))

    def test_circulated_until_today_or_later(self):
        minutes = self.minutes(self.held())
        with self.assertRaises(ValidationError) as caught:
            workflow.circulate(
                minutes=minutes, actor=self.organizer, remarks_until=dt.date(2026, 7, 5), at=minutes.meeting.ends_at
            )
        self.assertEqual(list(caught.exception.message_dict), ["remarks_until"])

    def test_fingerprint_and_ledger(self):
        minutes = self.circulated(action_items=[self.item()])
        workflow.approve(minutes=minutes, actor=self.organizer, at=NEXT_DAY)
        entry = LedgerEntry.objects.first()
        self.assertEqual((entry.act, entry.record_key, entry.at), ("minutes_approved", minutes.folio, NEXT_DAY))
        payload = json.loads(entry.canonical)["payload"]
        self.assertEqual(set(payload), {"meeting", "version", "attendance", "sha256"})
        fresh = MinutesVersion.objects.get(pk=minutes.pk)
        self.assertEqual(ledger.fingerprint(minutes_text(fresh)), payload["sha256"])
        self.assertEqual(json.loads(rfc8785.dumps(minutes_text(fresh)))["action_items"][0]["owner"], "IFE")
        self.assertEqual(ledger.verify(), [])

    def test_a_new_version_leaves_the_approved_one(self):
        meeting = self.held()
        first = self.minutes(meeting, "approved")
        before = MinutesVersion.objects.filter(pk=first.pk).values().get()
        with self.assertRaises(ValidationError):
            self.minutes(meeting, text_es="Corregida")
        second = self.minutes(meeting, text_es="Corregida", cause="Faltaba un acuerdo.")
        self.assertEqual((second.folio, second.number), (f"{meeting.folio}-M2", 2))
        self.assertEqual(MinutesVersion.objects.filter(pk=first.pk).values().get(), before)
        self.assertEqual(list(meeting.minutes.visible_to(None)), [first])

    def test_the_next_meeting(self):
        meeting = self.held()
        following = self.meeting(starts_at=wall(2026, 8, 3, 10), ends_at=wall(2026, 8, 3, 12))
        workflow.draft_minutes(meeting=meeting, actor=self.organizer, values={"text_es": "Minuta"}, next_meeting=following)
        meeting.refresh_from_db()
        self.assertEqual((meeting.next_meeting, following.previous_meeting), (following, meeting))

    # --- action items ---

    def test_an_item_has_an_owner_and_a_date(self):
        for row, sentence in (
            (self.item(agency=None), "Action item 2: say which organization or agency does it."),
            (self.item(due_on=None), "Action item 2: say until when."),
            (
                self.item(organization=self.organization),
                "Action item 2: An organization or an agency owns an action item, not both.",
            ),
            (self.item(what_es=""), "Action item 2: This field cannot be blank."),
        ):
            with self.subTest(sentence), self.assertRaises(ValidationError) as caught:
                self.minutes(self.held(), action_items=[self.item(), row])
            self.assertEqual(caught.exception.message_dict, {"action_items": [sentence]})
        self.assertEqual((ActionItem.objects.count(), MinutesVersion.objects.count()), (0, 0))

    def test_items_are_changed_added_and_left_out_by_folio(self):
        minutes = self.minutes(self.held(), action_items=[self.item(), self.item(what_es="Se quita")])
        kept, left_out = minutes.action_items.order_by("number")
        workflow.edit_minutes(
            minutes=minutes,
            actor=self.organizer,
            values={},
            action_items=[self.item(folio=kept.folio, what_es="Enviar dos listas"), self.item(what_es="Nuevo")],
        )
        folio = minutes.meeting.folio
        self.assertEqual(
            list(minutes.action_items.order_by("number").values_list("folio", "what_es")),
            [(f"{folio}-T1", "Enviar dos listas"), (f"{folio}-T3", "Nuevo")],
        )
        event = Event.objects.filter(record_key=minutes.folio).first()
        self.assertEqual(
            event.changes["action_items"],
            [
                [f"{folio}-T1 · Enviar la lista", f"{folio}-T2 · Se quita"],
                [f"{folio}-T1 · Enviar dos listas", f"{folio}-T3 · Nuevo"],
            ],
        )
        self.assertFalse(ActionItem.objects.filter(pk=left_out.pk).exists())

    def test_an_item_on_a_later_agenda_stays(self):
        agreement = self.signed()
        minutes = self.minutes(self.held(agreement), action_items=[self.item()])
        self.meeting(agreement, starts_at=wall(2026, 8, 3, 10), ends_at=wall(2026, 8, 3, 12))
        with self.assertRaises(ValidationError) as caught:
            workflow.edit_minutes(minutes=minutes, actor=self.organizer, values={}, action_items=[])
        self.assertEqual(list(caught.exception.message_dict), ["action_items"])
        self.assertEqual(minutes.action_items.count(), 1)

    def test_an_item_is_done_or_becomes_a_commitment(self):
        commitment = self.in_force()
        minutes = self.minutes(self.held(), "approved", action_items=[self.item(), self.item()])
        done, turned = minutes.action_items.order_by("number")
        official = self.accounts["official"]
        workflow.set_action_item(item=done, actor=official, done_on=dt.date(2026, 7, 8))
        workflow.set_action_item(item=turned, actor=self.organizer, commitment=commitment)
        self.assertEqual((done.done_on, turned.commitment), (dt.date(2026, 7, 8), commitment))
        self.assertEqual(ActionItem.objects.all().open().count(), 0)
        with self.assertRaises(ValidationError):
            workflow.set_action_item(item=done, actor=official, done_on=dt.date(2200, 1, 1))
