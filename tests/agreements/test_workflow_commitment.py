"""Commitments: folios, parties, dates, extension and cancellation by both sides."""

import datetime as dt
import json

from django.core.exceptions import ValidationError
from django.test import TestCase
from django.utils import translation

from agreements import workflow
from agreements.models import Cancellation, Commitment, Extension
from core.events import SYSTEM, events_of
from core.models import Event, LedgerEntry
from core.timeline import timeline
from core.workflow import StaleRecord, StepRefused
from tests import factories as make
from tests.agreements.story import DUE, NOON, AgreementWorld

LATER = DUE + dt.timedelta(days=60)


class DraftTests(AgreementWorld, TestCase):
    def test_folios_are_given_once(self):
        agreement = self.drafted()
        second = self.add(agreement)
        self.assertEqual((second.folio, second.number, second.original_due_on), (f"{agreement.folio}-C2", 2, DUE))
        workflow.remove_commitment(commitment=second, actor=self.accounts["organizer"])
        self.assertEqual(self.add(agreement).folio, f"{agreement.folio}-C3")
        self.assertEqual(self.add(agreement, number=7).folio, f"{agreement.folio}-C7")
        self.assertEqual(self.add(agreement).folio, f"{agreement.folio}-C8")

    def test_what_is_removed_stays_in_the_events(self):
        agreement = self.drafted()
        commitment = agreement.commitments.get()
        folio = commitment.folio
        workflow.remove_commitment(commitment=commitment, actor=self.accounts["organizer"])
        self.assertFalse(Commitment.objects.exists())
        gone, of_agreement = Event.objects.order_by("-id")[1], Event.objects.first()
        self.assertEqual((gone.action, gone.record_key), ("remove", folio))
        self.assertEqual(gone.changes["text_es"], ["Abrir tres módulos", None])
        self.assertEqual((of_agreement.record_key, of_agreement.changes), (agreement.folio, {"commitments": [folio, None]}))

    def test_the_original_due_date_follows_the_draft(self):
        commitment = self.drafted().commitments.get()
        workflow.edit_commitment(commitment=commitment, actor=self.accounts["organizer"], values={"due_on": LATER})
        self.assertEqual((commitment.due_on, commitment.original_due_on), (LATER, LATER))

    def test_links(self):
        commitment = self.drafted().commitments.get()
        zacatecas, proposal = make.area("MX-ZAC"), make.proposal(self.edition, status="reviewed")
        workflow.edit_commitment(
            commitment=commitment,
            actor=self.accounts["organizer"],
            values={"lead": self.party(commitment.agreement, "ORG-01"), "topic": "Voto"},
            links={"co_responsible": [], "states": [zacatecas], "proposals": [proposal]},
        )
        self.assertEqual(commitment.lead.key, "ORG-01")
        event = Event.objects.first()
        self.assertEqual(
            event.changes,
            {
                "lead": ["IFE", "ORG-01"],
                "topic": ["", "Voto"],
                "co_responsible": [["ORG-01"], []],
                "states": [[], ["MX-ZAC"]],
                "proposals": [[], [proposal.folio]],
            },
        )

    def test_who_owes_signs_the_agreement_and_is_named_once(self):
        agreement, other = self.drafted(), self.drafted()
        witness = make.party(agreement, self.other_agency, role="witness")
        lead = self.party(agreement, "IFE")
        for arguments, field in (
            ({"lead": self.party(other, "IFE")}, "lead"),
            ({"lead": witness}, "lead"),
            ({"lead": lead, "co_responsible": [lead]}, "co_responsible"),
            ({"lead": lead, "co_responsible": [witness]}, "co_responsible"),
        ):
            with self.subTest(field), self.assertRaises(ValidationError) as caught:
                self.add(agreement, **arguments)
            self.assertEqual(list(caught.exception.message_dict), [field])

    def test_dates_in_order(self):
        with self.assertRaises(ValidationError) as caught:
            self.add(self.drafted(), starts_on=LATER)
        self.assertEqual(caught.exception.message_dict, {"due_on": ["A commitment cannot be due before it starts."]})

    def test_a_stale_form_is_refused(self):
        commitment = self.drafted().commitments.get()
        seen = commitment.revision
        door = {"commitment": commitment, "actor": self.accounts["organizer"], "revision": seen}
        workflow.edit_commitment(values={"topic": "Voto"}, **door)
        with self.assertRaises(StaleRecord):
            workflow.edit_commitment(values={"topic": "Otro"}, **door)


class ExtensionTests(AgreementWorld, TestCase):
    def story(self):
        self.commitment = self.in_force()
        self.government, self.organizations = (self.party(self.commitment.agreement, key) for key in ("IFE", "ORG-01"))

    def ask(self, party=None, name="official", to_on=LATER, reason="Lluvias"):
        return workflow.ask_extension(
            commitment=self.commitment,
            party=party or self.government,
            actor=self.accounts[name],
            to_on=to_on,
            reason=reason,
            at=NOON,
        )

    def accept(self, extension, party=None, name="delegate"):
        return workflow.accept_extension(
            extension=extension, party=party or self.organizations, actor=self.accounts[name], at=NOON
        )

    def test_it_counts_when_the_other_side_accepts(self):
        extension = self.ask()
        self.commitment.refresh_from_db()
        self.assertEqual(self.commitment.due_on, DUE)
        self.accept(extension)
        self.commitment.refresh_from_db()
        self.assertEqual((self.commitment.due_on, self.commitment.original_due_on), (LATER, DUE))
        self.assertEqual(
            Extension.objects.values_list("from_on", "to_on", "asked_by", "accepted_by", "accepted_at", "reason").get(),
            (DUE, LATER, self.government.pk, self.organizations.pk, NOON, "Lluvias"),
        )
        entry = LedgerEntry.objects.first()
        self.assertEqual((entry.act, entry.record_key), ("commitment_extended", self.commitment.folio))
        self.assertEqual(
            json.loads(entry.canonical)["payload"],
            {
                "commitment": self.commitment.folio,
                "from": DUE.isoformat(),
                "to": LATER.isoformat(),
                "asked_by": "IFE",
                "accepted_by": "ORG-01",
            },
        )

    def test_the_side_that_asks_does_not_accept(self):
        extension = self.ask()
        with self.assertRaises(StepRefused) as caught:
            self.accept(extension, self.government, "official")
        self.assertEqual(
            str(caught.exception),
            "“Accept the extension” is a step for: people of a party of the side that did not ask.",
        )
        with self.assertRaises(StepRefused) as caught:
            workflow.accept_extension(extension=extension, party=self.government, actor=SYSTEM)
        self.assertEqual(
            str(caught.exception),
            "An extension is answered by the other side; Instituto propio is of the side that asked.",
        )

    def test_asked_again_before_the_answer_the_newer_date_counts(self):
        self.ask()
        self.ask(to_on=LATER + dt.timedelta(days=5), reason="Más lluvias")
        self.assertEqual(Extension.objects.values_list("to_on", "reason").get(), (LATER + dt.timedelta(days=5), "Más lluvias"))

    def test_the_other_side_answers_before_it_asks(self):
        self.ask()
        with self.assertRaises(StepRefused) as caught:
            self.ask(self.organizations, "delegate")
        self.assertEqual(caught.exception.code, "pending")

    def test_a_later_day_and_a_reason(self):
        with self.assertRaises(ValidationError) as caught:
            self.ask(to_on=DUE)
        self.assertEqual(caught.exception.message_dict, {"to_on": ["An extension moves the due date to a later day."]})
        with self.assertRaises(StepRefused) as refused:
            self.ask(reason=" ")
        self.assertEqual(refused.exception.code, "reason")

    def test_accepted_once(self):
        extension = self.ask()
        self.accept(extension)
        with self.assertRaises(StepRefused):
            self.accept(extension)
        second = self.ask(to_on=LATER + dt.timedelta(days=30))
        self.accept(second)
        with self.assertRaises(StepRefused):
            self.accept(extension)
        self.commitment.refresh_from_db()
        self.assertEqual((self.commitment.due_on, self.commitment.original_due_on), (second.to_on, DUE))

    def test_declined_with_a_reason_and_asked_again(self):
        extension = self.ask()
        answer = {"party": self.organizations, "actor": self.accounts["delegate"], "at": NOON}
        with self.assertRaises(StepRefused) as caught:
            workflow.decline_extension(extension=extension, reason=" ", **answer)
        self.assertEqual(caught.exception.code, "reason")
        workflow.decline_extension(extension=extension, reason="Urge", **answer)
        self.commitment.refresh_from_db()
        self.assertEqual((self.commitment.due_on, self.commitment.original_due_on), (DUE, DUE))
        self.assertEqual(
            Extension.objects.values_list("declined_by", "declined_at", "decline_reason", "accepted_at").get(),
            (self.organizations.pk, NOON, "Urge", None),
        )
        event = events_of(self.commitment)[0]
        self.assertEqual((event.action, event.reason), ("decline_extension", "Urge"))
        self.assertEqual(
            event.changes, {"extension_declined": [None, {"party": "ORG-01", "asked_by": "IFE", "to": LATER.isoformat()}]}
        )
        with translation.override("es"):
            (told,) = timeline(self.commitment, workflows=workflow.WORKFLOWS)[0].changes
        self.assertEqual(
            (told.label, told.after),
            ("Prórroga no aceptada", "pedida por: IFE; parte: ORG-01; al: 29 de noviembre de 2026"),
        )
        for door, more in ((workflow.accept_extension, {}), (workflow.decline_extension, {"reason": "x"})):
            with self.assertRaises(StepRefused) as caught:
                door(extension=extension, **answer, **more)
            self.assertEqual(caught.exception.code, "guard")
        second = self.ask(reason="Más lluvias")
        self.assertNotEqual(second.pk, extension.pk)
        with self.assertRaises(StepRefused) as caught:
            workflow.decline_extension(extension=extension, reason="x", **answer)
        self.assertEqual(caught.exception.code, "answered")
        self.accept(second)
        page = self.client.get(f"/en/agreements/{self.commitment.agreement.folio}/")
        self.assertContains(page, "IFE asked for more time; Federación propia declined it.")
        self.assertContains(page, "Extended: asked by IFE, accepted by Federación propia.")
        data = self.client.get(f"/en/agreements/{self.commitment.agreement.folio}.json").json()
        self.assertEqual(
            [(row["declined_by"], row["decline_reason"], row["accepted_by"]) for row in data["commitments"][0]["extensions"]],
            [("ORG-01", "Urge", None), (None, None, "ORG-01")],
        )

    def test_not_while_it_is_prepared(self):
        commitment = self.opened().commitments.get()
        with self.assertRaises(StepRefused) as caught:
            workflow.ask_extension(
                commitment=commitment,
                party=self.party(commitment.agreement, "IFE"),
                actor=self.accounts["official"],
                to_on=LATER,
                reason="x",
            )
        self.assertEqual(caught.exception.code, "wrong_status")


class CancellationTests(AgreementWorld, TestCase):
    def story(self):
        self.commitment = self.in_force()

    def cancel(self, key, name):
        return workflow.cancel_commitment(
            commitment=self.commitment,
            party=self.party(self.commitment.agreement, key),
            actor=self.accounts[name],
            reason="Ya no hace falta",
            at=NOON,
        )

    def test_it_takes_both_sides(self):
        self.cancel("ORG-01", "delegate")
        self.commitment.refresh_from_db()
        self.assertEqual((self.commitment.cancelled_at, self.commitment.state), (None, "in_force"))
        self.cancel("IFE", "official")
        self.commitment.refresh_from_db()
        self.assertEqual((self.commitment.cancelled_at, self.commitment.state), (NOON, "cancelled"))
        entry = LedgerEntry.objects.first()
        self.assertEqual(
            (entry.act, json.loads(entry.canonical)["payload"]),
            ("commitment_cancelled", {"commitment": self.commitment.folio, "parties": ["ORG-01", "IFE"]}),
        )
        self.assertEqual(Event.objects.first().changes["cancelled_at"], [None, NOON.isoformat()])

    def test_one_side_counts_once(self):
        self.cancel("IFE", "official")
        with self.assertRaises(ValidationError) as caught:
            self.cancel("IFE", "official")
        self.assertEqual(caught.exception.messages, ["This side has agreed to the cancellation already."])
        self.assertEqual(Cancellation.objects.count(), 1)

    def test_nothing_happens_to_it_afterwards(self):
        self.report(self.commitment)
        self.cancel("IFE", "official")
        self.cancel("ORG-01", "delegate")
        for door in (lambda: self.report(self.commitment), lambda: self.cancel("IFE", "official")):
            with self.assertRaises(StepRefused) as caught:
                door()
            self.assertEqual(caught.exception.code, "wrong_status")

    def test_a_witness_has_no_say(self):
        witness = make.party(self.commitment.agreement, self.other_agency, role="witness")
        with self.assertRaises(StepRefused) as caught:
            workflow.cancel_commitment(
                commitment=self.commitment, party=witness, actor=self.accounts["other_official"], reason="x"
            )
        self.assertEqual(caught.exception.code, "not_yours")
        self.assertEqual(workflow.COMMITMENT.available(self.commitment, self.user("other_official")), [])
        with self.assertRaises(StepRefused) as caught:
            workflow.cancel_commitment(commitment=self.commitment, party=witness, actor=SYSTEM, reason="x")
        self.assertEqual(caught.exception.code, "party")

    def test_the_application_itself_speaks_for_a_party(self):
        made = workflow.cancel_commitment(
            commitment=self.commitment, party=self.party(self.commitment.agreement, "IFE"), actor=SYSTEM, reason="x"
        )
        self.assertIsNone(made.by)
