"""Every step of agreements, commitments, meetings and minutes × every persona, by equality, through the doors themselves."""

import datetime as dt

import pytest
from django.test import TestCase

from agreements import workflow
from agreements.models import Extension
from core.workflow import StepRefused
from tests.agreements.story import CUT_OFF, DUE, NOON, AgreementWorld, wall
from tests.personas import PERSONAS

pytestmark = pytest.mark.once

ORGANIZERS = {"organizer", "administrator"}
LATER = DUE + dt.timedelta(days=60)


class AgreementMatrix(AgreementWorld, TestCase):
    def test_create(self):
        door = workflow.create_agreement
        self.assertEqual(self.who_may(door, edition=self.edition, values={"title_es": "Otro"}), ORGANIZERS)

    def test_a_draft(self):
        agreement = self.drafted()
        who = self.who_may
        self.assertEqual(who(workflow.edit_agreement, agreement=agreement, values={"title_es": "Otro"}), ORGANIZERS)
        self.assertEqual(who(workflow.open_for_signature, agreement=agreement), ORGANIZERS)
        self.assertEqual(who(workflow.void, agreement=agreement, reason="No procede"), ORGANIZERS)
        self.assertEqual(
            who(workflow.add_commitment, agreement=agreement, values={"text_es": "Otro"}, lead=self.party(agreement, "IFE")),
            ORGANIZERS,
        )
        commitment = agreement.commitments.get()
        self.assertEqual(who(workflow.edit_commitment, commitment=commitment, values={"topic": "Voto"}), ORGANIZERS)
        self.assertEqual(who(workflow.remove_commitment, commitment=commitment), ORGANIZERS)

    def test_acceptance_of_each_party_in_each_mode(self):
        agreement = self.opened()
        for key, own in (("IFE", "official"), ("ORG-01", "delegate")):
            party = self.party(agreement, key)
            with self.subTest(key):
                self.assertEqual(self.who_may(workflow.accept, agreement=agreement, party=party), {own})
                self.assertEqual(self.who_may(workflow.accept, agreement=agreement, party=party, mode="in_person"), ORGANIZERS)
                behalf = {"mode": "on_behalf", "reason": "Sin conexión", "witness": "Notaría 3"}
                self.assertEqual(self.who_may(workflow.accept, agreement=agreement, party=party, **behalf), ORGANIZERS)

    def test_a_comment_on_a_draft(self):
        agreement = self.drafted()
        self.assertEqual(
            self.who_may(workflow.comment, agreement=agreement, text="Falta la fecha"), {*ORGANIZERS, "official", "delegate"}
        )

    def test_what_is_said_of_pending_signatures_and_who_took_over(self):
        agreement = self.opened()
        self.assertEqual(self.who_may(workflow.show_pending, agreement=agreement, shown=True), ORGANIZERS)
        party = self.party(agreement, "IFE")
        taking = {"party": party, "successor": self.other_agency, "reason": "Decreto"}
        self.assertEqual(self.who_may(workflow.take_over, **taking), ORGANIZERS)

    def test_a_signed_agreement(self):
        agreement = self.signed()
        self.assertEqual(self.who_may(workflow.amend, agreement=agreement, cause="Más sedes"), ORGANIZERS)
        self.assertEqual(self.who_may(workflow.void, agreement=agreement, reason="Sentencia"), ORGANIZERS)
        self.report(agreement.commitments.get(), status="fulfilled", percent=100)
        self.assertEqual(self.who_may(workflow.conclude, agreement=agreement), ORGANIZERS)

    def test_an_amendment(self):
        agreement = self.signed()
        workflow.amend(agreement=agreement, actor=self.accounts["organizer"], cause="Más sedes")
        who = self.who_may
        self.assertEqual(who(workflow.edit_agreement, agreement=agreement, clauses=[{"text_es": "Cinco"}]), ORGANIZERS)
        self.assertEqual(who(workflow.open_for_signature, agreement=agreement), ORGANIZERS)

    def test_papers(self):
        from tests.core.test_uploads import PDF, sent

        agreement = self.drafted()
        for name in PERSONAS:
            file = sent("acuerdo.pdf", PDF)
            code = self.refusal_of(workflow.add_paper, agreement=agreement, actor=self.user(name), title="Original", file=file)
            self.assertEqual(code, "" if name in ORGANIZERS else "not_yours", name)


class CommitmentMatrix(AgreementWorld, TestCase):
    def values(self):
        return {"cut_off": CUT_OFF, "status": "in_progress", "percent": 10, "narrative_es": "Avanza."}

    def test_report_of_the_lead_and_of_the_co_responsible(self):
        commitment = self.in_force()
        for key, own in (("IFE", "official"), ("ORG-01", "delegate")):
            with self.subTest(key):
                party = self.party(commitment.agreement, key)
                door = {"commitment": commitment, "party": party, "values": self.values(), "at": NOON}
                self.assertEqual(self.who_may(workflow.report, besides={"on_behalf"}, **door), {own})
                self.assertEqual(self.who_may(workflow.report, on_behalf_reason="Sin conexión", **door), {own, *ORGANIZERS})

    def test_validation_by_the_other_side(self):
        commitment = self.in_force()
        for key, other, own in (("IFE", "ORG-01", "delegate"), ("ORG-01", "IFE", "official")):
            with self.subTest(key):
                report = self.report(commitment, key)
                party = self.party(commitment.agreement, other)
                self.assertEqual(self.who_may(workflow.validate_report, report=report, party=party, outcome="agrees"), {own})

    def test_an_answer_by_the_side_that_reported(self):
        commitment = self.in_force()
        report = self.report(commitment)
        party = self.party(commitment.agreement, "ORG-01")
        said = workflow.validate_report(
            report=report, party=party, actor=self.accounts["delegate"], outcome="disagrees", comment_es="Faltan dos"
        )
        answer = {"validation": said, "text_es": "Se abren en julio"}
        self.assertEqual(self.who_may(workflow.reply, party=self.party(commitment.agreement, "IFE"), **answer), {"official"})
        for name in ("official", "delegate"):
            code = self.refusal_of(workflow.reply, actor=self.user(name), party=party, **answer)
            self.assertIn(code, {"not_yours", "other_side"})

    def test_extension(self):
        commitment = self.in_force()
        agency, organization = (self.party(commitment.agreement, key) for key in ("IFE", "ORG-01"))
        for party, own in ((agency, "official"), (organization, "delegate")):
            asking = {"commitment": commitment, "party": party, "to_on": LATER, "reason": "Lluvias"}
            self.assertEqual(self.who_may(workflow.ask_extension, **asking), {own})
        workflow.ask_extension(
            commitment=commitment, party=agency, actor=self.accounts["official"], to_on=LATER, reason="Lluvias"
        )
        extension = Extension.objects.get()
        answer = {"extension": extension, "party": organization}
        self.assertEqual(self.who_may(workflow.accept_extension, **answer), {"delegate"})
        self.assertEqual(self.who_may(workflow.decline_extension, reason="Urge", **answer), {"delegate"})

    def test_cancellation(self):
        commitment = self.in_force()
        for key, own in (("IFE", "official"), ("ORG-01", "delegate")):
            party = self.party(commitment.agreement, key)
            asking = {"commitment": commitment, "party": party, "reason": "Ya no hace falta"}
            self.assertEqual(self.who_may(workflow.cancel_commitment, **asking), {own})


class CampaignMatrix(AgreementWorld, TestCase):
    def test_begin_and_ask(self):
        self.in_force()
        self.assertEqual(self.who_may(workflow.start_campaign, edition=self.edition, cut_off=CUT_OFF), ORGANIZERS)
        campaign = workflow.start_campaign(edition=self.edition, actor=self.accounts["organizer"], cut_off=CUT_OFF)
        self.assertEqual(self.who_may(workflow.ask_everyone, campaign=campaign), ORGANIZERS)


class MeetingMatrix(AgreementWorld, TestCase):
    TIMES = {"starts_at": wall(2026, 7, 6, 10), "ends_at": wall(2026, 7, 6, 12)}

    def test_propose_and_schedule(self):
        agreement = self.signed()
        values = {"title_es": "Reunión", **self.TIMES}
        call = {"edition": self.edition, "values": values}
        self.assertEqual(
            self.who_may(workflow.propose_meeting, agreements=[agreement], **call), {"official", "delegate", *ORGANIZERS}
        )
        self.assertEqual(self.who_may(workflow.propose_meeting, **call), ORGANIZERS)
        self.assertEqual(self.who_may(workflow.schedule, agreements=[agreement], **call), ORGANIZERS)

    def test_steps_of_a_meeting(self):
        proposed, scheduled = self.meeting(self.signed(), proposed=True), self.meeting(self.signed())
        self.assertEqual(self.who_may(workflow.confirm_meeting, meeting=proposed), ORGANIZERS)
        for meeting in (proposed, scheduled):
            self.assertEqual(self.who_may(workflow.move_meeting, meeting=meeting, reason="Sede", **self.TIMES), ORGANIZERS)
            self.assertEqual(self.who_may(workflow.cancel_meeting, meeting=meeting, reason="Sede"), ORGANIZERS)
        at = scheduled.ends_at
        self.assertEqual(self.who_may(workflow.hold, meeting=scheduled, presences={}, at=at), ORGANIZERS)
        held = self.held()
        self.assertEqual(self.who_may(workflow.correct_attendance, meeting=held, presences={}), ORGANIZERS)
        self.assertEqual(self.who_may(workflow.draft_minutes, meeting=held, values={"text_es": "Minuta"}), ORGANIZERS)

    def test_minutes(self):
        draft, circulated = self.minutes(self.held()), self.minutes(self.held(), "circulated")
        day = dt.date(2099, 1, 1)
        self.assertEqual(self.who_may(workflow.edit_minutes, minutes=draft, values={"text_es": "Otra"}), ORGANIZERS)
        self.assertEqual(self.who_may(workflow.edit_minutes, minutes=circulated, values={"text_es": "Otra"}), ORGANIZERS)
        self.assertEqual(self.who_may(workflow.circulate, minutes=draft, remarks_until=day), ORGANIZERS)
        self.assertEqual(
            self.who_may(workflow.add_remark, minutes=circulated, text="Falta un punto", at=circulated.meeting.ends_at),
            {"official", "delegate", *ORGANIZERS},
        )
        self.assertEqual(self.who_may(workflow.approve, minutes=circulated), ORGANIZERS)

    def test_action_items(self):
        minutes = self.minutes(self.held(), action_items=[{"what_es": "Enviar la lista", "agency": self.agency, "due_on": DUE}])
        item, day = minutes.action_items.get(), dt.date(2026, 7, 8)
        self.assertEqual(self.who_may(workflow.set_action_item, item=item, done_on=day), {"official", *ORGANIZERS})


class ButtonsTests(AgreementWorld, TestCase):
    """The buttons read the tables that the doors read."""

    def offered(self, table, record, name):
        return [transition.action for transition in table.available(record, self.user(name))]

    def test_each_state_offers_its_steps(self):
        table = workflow.AGREEMENT
        drafted, opened, signed, amended = self.drafted(), self.opened(), self.signed(), self.signed()
        workflow.amend(agreement=amended, actor=self.accounts["organizer"], cause="Más")
        self.assertEqual(self.offered(table, drafted, "organizer"), ["edit", "comment", "open", "void"])
        self.assertEqual(self.offered(table, opened, "organizer"), ["accept", "show_pending", "take_over", "void"])
        self.assertEqual(self.offered(table, signed, "organizer"), ["take_over", "amend", "void"])
        self.assertEqual(self.offered(table, amended, "organizer"), ["edit", "comment", "open_amendment", "take_over", "void"])
        self.assertEqual(self.offered(table, opened, "official"), ["accept"])
        self.assertEqual(self.offered(table, signed, "official"), [])
        self.assertEqual(self.offered(table, drafted, "delegate"), ["comment"])

    def test_who_has_accepted_is_not_asked_again(self):
        agreement = self.opened()
        workflow.accept(agreement=agreement, party=self.party(agreement, "IFE"), actor=self.accounts["official"])
        self.assertEqual(self.offered(workflow.AGREEMENT, agreement, "official"), [])
        self.assertEqual(self.offered(workflow.AGREEMENT, agreement, "delegate"), ["accept"])

    def test_a_commitment(self):
        table, commitment = workflow.COMMITMENT, self.in_force()
        self.assertEqual(self.offered(table, commitment, "official"), ["report", "extend", "cancel"])
        self.report(commitment)
        self.assertEqual(self.offered(table, commitment, "official"), ["report", "extend", "cancel"])
        self.assertEqual(self.offered(table, commitment, "delegate"), ["report", "validate", "extend", "cancel"])
        self.assertEqual(self.offered(table, commitment, "organizer"), ["report"])
        self.assertEqual(self.offered(table, commitment, "other_delegate"), [])

    def test_no_person_is_offered_to_sign(self):
        agreement = self.opened()
        takers = {name for name in PERSONAS if "sign" in self.offered(workflow.AGREEMENT, agreement, name)}
        self.assertEqual(takers, set())

    def test_who_is_told_who_may(self):
        with self.assertRaises(StepRefused) as caught:
            workflow.conclude(agreement=self.signed(), actor=self.user("official"))
        self.assertEqual(str(caught.exception), "“Conclude” is a step for: organizer of the edition.")
