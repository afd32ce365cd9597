"""An action item of approved minutes becomes a commitment: in the draft, or by an amendment that the parties accept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import TestCase
from django.urls import reverse

from agreements import workflow
from agreements.models import ActionItem, Agreement, Meeting
from agreements.workspace.minutes import start_of
from core.events import events_of
from tests.agreements.pages import typed
from tests.agreements.story import DUE, AgreementWorld, wall

ORGANIZERS = {"organizer", "administrator"}


class FromMinutesTests(AgreementWorld, TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.organizer = self.accounts["organizer"]

    def item(self, agreement: Agreement, status: str = "approved", **values: Any) -> ActionItem:
        row = {"what_es": "Enviar la lista", "what_en": "Send the list", "agency": self.agency, "due_on": DUE, **values}
        return self.minutes(self.held(agreement), status, action_items=[row]).action_items.get()

    def turn(self, item: ActionItem, agreement: Agreement, **values: Any) -> Any:
        return workflow.become_commitment(item=item, agreement=agreement, actor=self.organizer, **values)

    def next_meeting(self, agreement: Agreement) -> Meeting:
        return self.meeting(agreement, starts_at=wall(2026, 8, 3, 10), ends_at=wall(2026, 8, 3, 12))

    def on_agenda(self, meeting: Meeting) -> list[tuple[Any, Any]]:
        return list(meeting.agenda.order_by("number").values_list("commitment__number", "action_item__number"))

    def test_of_a_draft_directly(self) -> None:
        agreement = self.drafted()
        item = self.item(agreement)
        self.assertEqual(self.who_may(workflow.become_commitment, item=item, agreement=agreement), ORGANIZERS)
        made = self.turn(item, agreement)
        self.assertEqual(
            (made.text_es, made.text_en, made.lead.key, made.due_on, made.original_due_on, made.since_version),
            ("Enviar la lista", "Send the list", "IFE", DUE, DUE, 1),
        )
        self.assertEqual((item.commitment, agreement.versions.count()), (made, 1))
        self.assertEqual(events_of(item)[0].action, "become_commitment")
        self.assertIn(item, ActionItem.objects.all().open(), "the agreement is not signed")
        # Taken out of the draft again it is a task as before.
        workflow.remove_commitment(commitment=made, actor=self.organizer)
        item.refresh_from_db()
        self.assertIsNone(item.commitment)

    def test_of_a_signed_agreement_by_an_amendment_that_both_sides_accept(self) -> None:
        agreement = self.signed()
        item = self.item(agreement)
        before = self.client.get(f"/en/agreements/{agreement.folio}/versions/1/").content
        made = self.turn(item, agreement)
        agreement.refresh_from_db()
        draft = agreement.versions.get(number=2)
        self.assertEqual((draft.status, made.since_version, agreement.version_number), ("draft", 2, 1))
        self.assertEqual(draft.cause, f"Tarea {item.folio} de la minuta de la reunión {item.meeting.folio}.")
        # Nothing that was signed has changed, and the public reads nothing of it before it is signed.
        public = self.client.get(f"/en/agreements/{agreement.folio}/")
        self.assertNotContains(public, made.folio)
        meeting_page = f"/en/meetings/{item.meeting.folio}/"
        self.assertNotContains(self.client.get(meeting_page), made.folio)
        # Until then it is a task: on the next agenda, and in the words with which its minutes begin.
        following = self.next_meeting(agreement)
        self.assertEqual(self.on_agenda(following), [(1, None), (None, 1)])
        self.assertIn(f"{item.folio} sigue pendiente", start_of(following)["values"]["decisions_es"])
        # A second item goes into the same amendment.
        second = self.item(agreement, what_es="Llamar", organization=self.organization, agency=None)
        other = self.turn(second, agreement, cause="x")
        self.assertEqual((other.since_version, other.lead.key, agreement.versions.count()), (2, "ORG-01", 2))
        for commitment in (made, other):
            workflow.edit_commitment(commitment=commitment, actor=self.organizer, values={"means_of_verification": "Acta"})
        workflow.open_for_signature(agreement=agreement, actor=self.organizer)
        third = self.item(agreement, what_es="Otra")
        self.assertEqual(
            self.refusal_of(workflow.become_commitment, item=third, agreement=agreement, actor=self.organizer), "agreement"
        )
        self.sign(agreement)
        self.assertEqual(list(ActionItem.objects.all().open()), [third])
        self.assertEqual(
            self.on_agenda(self.meeting(agreement, starts_at=wall(2026, 9, 3, 10), ends_at=wall(2026, 9, 3, 12))),
            [(1, None), (2, None), (3, None), (None, 1)],
        )
        page = self.client.get(f"/en/agreements/{agreement.folio}/")
        self.assertContains(page, f"minutes of {item.meeting.folio} ({item.folio})")
        self.assertContains(self.client.get(meeting_page), f"became commitment {made.folio}")
        self.assertEqual(self.client.get(f"/en/agreements/{agreement.folio}/versions/1/").content, before)

    def test_what_cannot_become_one(self) -> None:
        agreement, other = self.signed(), self.signed()
        done, became, draft = self.item(agreement), self.item(agreement), self.item(agreement, "draft")
        workflow.set_action_item(item=done, actor=self.organizer, done_on=dt.date(2026, 7, 8))
        self.turn(became, agreement)
        corrected = self.item(agreement)
        self.minutes(
            corrected.meeting,
            "approved",
            cause="Fecha",
            action_items=[{"folio": corrected.folio, "what_es": "Enviar dos", "agency": self.agency, "due_on": DUE}],
        )
        concluded = self.signed()
        of_concluded = self.item(concluded)
        self.report(concluded.commitments.get(), status="fulfilled", percent=100)
        workflow.conclude(agreement=concluded, actor=self.organizer)
        for item, of, code in (
            (done, agreement, "done"),
            (became, agreement, "became"),
            (draft, agreement, "early"),
            (corrected, agreement, "corrected"),
            (self.item(agreement), other, "other"),
            (of_concluded, concluded, "agreement"),
        ):
            with self.subTest(code):
                self.assertEqual(self.refusal_of(workflow.become_commitment, item=item, agreement=of, actor=self.organizer), code)
        # Whoever owns it and does not sign leaves the commitment without a responsible party, which is a gap.
        stranger = self.turn(self.item(agreement, agency=self.other_agency), agreement)
        self.assertIsNone(stranger.lead)
        self.assertTrue(any(stranger.folio in gap for gap in workflow.opening_gaps(agreement)))

    def test_the_page(self) -> None:
        agreement = self.signed()
        item = self.item(agreement)
        address = reverse("workspace:item_commitment", args=[item.folio])
        self.assertEqual(self.who_gets(200, address), ORGANIZERS)
        self.assertEqual(self.sign_in("official").get(address).status_code, 403)
        client = self.sign_in("organizer")
        self.assertContains(client.get(reverse("workspace:meeting", args=[item.meeting.folio])), address)
        self.assertContains(client.post(address, {"agreement": "x", "cause": ""}), 'href="#id_agreement"', status_code=422)
        page = client.get(address)
        self.assertContains(page, "is signed: an amendment is begun")
        answer = client.post(address, typed(page))
        made = agreement.commitments.get(since_version=2)
        self.assertRedirects(answer, reverse("workspace:commitment_edit", args=[made.folio]))
        self.assertContains(client.get(reverse("workspace:commitment", args=[made.folio])), item.folio)
        again = client.post(address, typed(page))
        self.assertContains(again, "became a commitment already", status_code=422)
        self.assertEqual(agreement.commitments.filter(since_version=2).count(), 1)
