"""Opinions: drafts, issuing with what follows, assessing again, releasing, conditions."""

import datetime as dt
import json

from django.core.exceptions import ValidationError
from django.test import TestCase

from core import ledger
from core.events import events_of
from core.models import Event, LedgerEntry
from core.workflow import StaleRecord, StepRefused
from proposals import acts, workflow
from proposals.models import Condition, Opinion, Proposal, Referral
from tests import factories as make
from tests.proposals.world import AT, CONDITION, ProposalWorld, after


class DraftTests(ProposalWorld, TestCase):
    def story(self):
        self.proposed, (self.first, self.second) = self.referred()

    def test_one_draft_for_the_body(self):
        colleague = make.user(official=self.agency)
        one = workflow.start_opinion(referral=self.first, actor=self.user("official"), at=after(1))
        two = workflow.start_opinion(referral=self.first, actor=colleague, at=after(2))
        self.assertEqual((one.pk, one.folio, one.drafted_by), (two.pk, f"{self.first.folio}-D1", self.user("official")))
        self.first.refresh_from_db()
        self.assertEqual((self.first.status, self.first.acknowledged_at), ("acknowledged", after(1)))

    def test_nobodys_text_is_lost(self):
        opinion = workflow.start_opinion(referral=self.first, actor=self.user("official"))
        opened = opinion.revision
        colleague = make.user(official=self.agency)
        workflow.save_draft(opinion=opinion, actor=self.user("official"), values={"reasons": "Primero"}, revision=opened)
        mine = Opinion.objects.get(pk=opinion.pk)
        with self.assertRaises(StaleRecord) as caught:
            workflow.save_draft(
                opinion=mine,
                actor=colleague,
                values={"reasons": "Segundo"},
                criteria=[{"criterion": "budget", "value": "favourable"}],
                revision=opened,
            )
        self.assertEqual(caught.exception.current.reasons, "Primero")
        self.assertEqual((Opinion.objects.get(pk=opinion.pk).reasons, mine.criteria.count()), ("Primero", 0))

    def test_rows_alone_move_the_revision(self):
        opinion = workflow.start_opinion(referral=self.first, actor=self.user("official"))
        for number, rows in enumerate(
            ({"criteria": [{"criterion": "legal", "value": "favourable"}]}, {"conditions": [CONDITION]}), start=2
        ):
            workflow.save_draft(opinion=opinion, actor=self.user("official"), values={}, **rows)
            self.assertEqual(opinion.revision, number)
        # The same again: nothing.
        workflow.save_draft(opinion=opinion, actor=self.user("official"), values={}, conditions=[CONDITION])
        self.assertEqual((opinion.revision, events_of(opinion).count()), (3, 3))

    def test_criteria_stay_conditions_are_replaced(self):
        opinion = workflow.start_opinion(referral=self.first, actor=self.user("official"))

        def save(criteria, conditions):
            workflow.save_draft(opinion=opinion, actor=self.user("official"), values={}, criteria=criteria, conditions=conditions)

        save([{"criterion": "legal", "value": "unfavourable", "reason": "Ley"}], [CONDITION, {**CONDITION, "what": "Otra"}])
        save([{"criterion": "budget", "value": "favourable"}, {"criterion": "legal", "value": "reservations"}], [CONDITION])
        self.assertEqual(
            {(row.criterion, row.value, row.reason) for row in opinion.criteria.all()},
            {("legal", "reservations", "Ley"), ("budget", "favourable", "")},
        )
        self.assertEqual([(row.number, row.what) for row in opinion.conditions.all()], [(1, CONDITION["what"])])

    def test_wrong_rows_are_named(self):
        opinion = workflow.start_opinion(referral=self.first, actor=self.user("official"))
        with self.assertRaises(ValidationError) as caught:
            workflow.save_draft(
                opinion=opinion,
                actor=self.user("official"),
                values={"reasons": "Se guarda todo o nada"},
                criteria=[
                    {"criterion": "budget", "amount": "mucho"},
                    {"criterion": "humour"},
                    {"criterion": "legal", "currency": "pesos"},
                    {"criterion": "timeline", "fiscal_year": 26},
                ],
            )
        self.assertEqual(
            set(caught.exception.message_dict), {"criteria.budget", "criteria.humour", "criteria.legal", "criteria.timeline"}
        )
        self.assertEqual((Opinion.objects.get(pk=opinion.pk).reasons, opinion.criteria.count()), ("", 0))

    def test_events_of_a_draft_hold_no_text(self):
        opinion = self.draft(self.first, reasons="canario", soundness_text="canario")
        workflow.save_draft(
            opinion=opinion,
            actor=self.user("official"),
            values={"reasons": "canario dos"},
            criteria=[{"criterion": "legal", "value": "favourable", "reason": "canario"}],
            conditions=[{**CONDITION, "what": "canario"}],
        )
        self.assertEqual([row for row in Event.objects.all() if "canario" in json.dumps(row.changes)], [])
        event = events_of(opinion).first()
        self.assertEqual(event.changes, {"reasons": ["•", "•"], "criteria": ["", "•"], "conditions": ["", "•"]})


class IssueTests(ProposalWorld, TestCase):
    def story(self):
        self.proposed, (self.first, self.second) = self.referred()

    def reload(self, record):
        return type(record).objects.get(pk=record.pk)

    def test_issue_signs_dates_and_publishes(self):
        opinion = self.draft(self.first, soundness_text="Es pertinente.")
        workflow.issue(opinion=opinion, actor=self.user("official"), post=" Dirección  general ", at=after(1))
        self.assertEqual(
            (opinion.status, opinion.signed_by, opinion.signatory_post, opinion.issued_at, opinion.released_at),
            ("issued", self.user("official"), "Dirección general", after(1), after(1)),
        )
        self.assertEqual(self.reload(self.first).answered_at, after(1))
        stored = self.reload(opinion)
        self.assertEqual(stored.sha256, ledger.fingerprint(acts.opinion_document(stored)))
        entry = LedgerEntry.objects.first()
        payload = json.loads(entry.canonical)["payload"]
        self.assertEqual((entry.act, entry.record_key, payload["sha256"]), ("opinion", opinion.folio, stored.sha256))
        self.assertEqual(payload["signed_by"], self.user("official").key)
        self.assertNotIn("official@example.org", entry.canonical)
        event = events_of(opinion).first()
        self.assertEqual((event.action, event.actor), ("issue", self.user("official")))
        self.assertEqual(event.changes["status"], ["draft", "issued"])
        self.assertEqual(event.changes["verdict"], ["", "feasible"])
        self.assertEqual(event.changes["soundness_text"], ["", "Es pertinente."])

    def test_amounts_have_one_fingerprint(self):
        opinion = self.draft(self.first)
        rows = [{"criterion": "budget", "value": "favourable", "amount": "1000", "currency": "MXN", "fiscal_year": 2026}]
        workflow.save_draft(opinion=opinion, actor=self.user("official"), values={}, criteria=rows)
        workflow.issue(opinion=opinion, actor=self.user("official"), post="Dirección")
        document = acts.opinion_document(self.reload(opinion))
        self.assertEqual(document["criteria"][0]["amount"], "1000.00")
        self.assertEqual(opinion.sha256, ledger.fingerprint(document))

    def test_an_issued_opinion_is_never_edited(self):
        opinion = self.issued(self.first)
        for door in (
            lambda: workflow.save_draft(opinion=opinion, actor=self.user("official"), values={"reasons": "Otra"}),
            lambda: workflow.issue(opinion=opinion, actor=self.user("official"), post="Dirección"),
            lambda: workflow.start_opinion(referral=self.reload(self.first), actor=self.user("official")),
        ):
            with self.assertRaises(StepRefused):
                door()

    def test_incomplete(self):
        opinion = workflow.start_opinion(referral=self.first, actor=self.user("official"))
        with self.assertRaises(ValidationError) as caught:
            workflow.issue(opinion=opinion, actor=self.user("official"), post="")
        self.assertEqual(set(caught.exception.message_dict), {"soundness", "verdict", "signatory_post"})
        self.assertEqual(self.reload(opinion).status, "draft")

    def test_the_post_of_the_role_is_the_default(self):
        self.user("official").role_rows.update(post="Subdirección")
        opinion = self.draft(self.first)
        workflow.issue(opinion=opinion, actor=self.user("official"), post="")
        self.assertEqual(opinion.signatory_post, "Subdirección")

    def test_stale_issue(self):
        opinion = self.draft(self.first)
        opened = opinion.revision
        workflow.save_draft(opinion=opinion, actor=self.user("official"), values={"reasons": "Cambio"})
        with self.assertRaises(StaleRecord):
            workflow.issue(opinion=opinion, actor=self.user("official"), post="Dirección", revision=opened)

    def test_each_verdict_keeps_its_own_follow_up_only(self):
        opinion = self.draft(
            self.first,
            "conditional",
            programme="Programa",
            programme_evidence="Reglas",
            questions_text="¿?",
            refer_to=self.other_agency,
            reasons="Siempre",
        )
        workflow.save_draft(opinion=opinion, actor=self.user("official"), values={"verdict": "addressed"})
        workflow.issue(opinion=opinion, actor=self.user("official"), post="Dirección")
        stored = self.reload(opinion)
        self.assertEqual(
            (stored.programme, stored.questions_text, stored.refer_to, stored.conditions.count(), stored.reasons),
            ("Programa", "", None, 0, "Siempre"),
        )

    def test_more_information_is_not_final(self):
        opinion = self.issued(self.first, "more_information", at=after(1))
        referral, question = self.reload(self.first), opinion.questions.get()
        self.assertEqual((referral.status, referral.paused_on), ("asked", dt.date(2026, 3, 3)))
        self.assertEqual((question.question, question.due_on, question.is_public), ("¿Dónde?", dt.date(2026, 12, 1), True))
        self.assertEqual(opinion.released_at, after(1))
        workflow.answer_clarification(clarification=question, actor=self.user("delegate"), answer="Aquí.", at=after(2))
        final = self.draft(self.reload(self.first), "feasible", at=after(3))
        self.assertEqual((final.supersedes, final.supersede_reason), (opinion, question.folio))
        workflow.issue(opinion=final, actor=self.user("official"), post="Dirección", at=after(3))
        self.assertEqual((self.reload(opinion).status, self.reload(self.first).status), ("superseded", "answered"))

    def test_outside_remit_passes_on(self):
        third = make.agency(key="IME")
        opinion = self.issued(self.first, "outside_remit", refer_to=third, at=after(1))
        referral = self.reload(self.first)
        self.assertEqual((referral.status, opinion.status), ("referred_onward", "issued"))
        passed = Referral.objects.get(agency=third)
        self.assertEqual((passed.onward_from, passed.status), (referral, "pending"))
        self.issued(self.second, "outside_remit", refer_to=third, at=after(2))
        self.assertEqual(Referral.objects.filter(agency=third).count(), 1)

    def test_outside_remit_to_a_body_that_was_recalled(self):
        workflow.recall(referral=self.second, actor=self.user("organizer"), reason="Error", at=after(1))
        self.issued(self.first, "outside_remit", refer_to=self.other_agency, at=after(2))
        again = self.reload(self.second)
        self.assertEqual((again.status, again.onward_from), ("pending", self.first))


class AgainTests(ProposalWorld, TestCase):
    def story(self):
        self.proposed, (self.first, self.second) = self.referred()
        self.opinion = self.issued(self.first, "not_feasible", at=after(1))
        self.issued(self.second, "feasible", at=after(1))

    def reload(self, record):
        return type(record).objects.get(pk=record.pk)

    def test_assessed_again(self):
        again = workflow.supersede(opinion=self.opinion, actor=self.user("official"), reason="Hay recursos", at=after(2))
        self.assertEqual((again.status, again.reasons, again.verdict), ("draft", "No hay recursos.", ""))
        self.assertEqual((self.opinion.status, self.reload(self.proposed).reading), ("issued", "divided"))
        workflow.save_draft(opinion=again, actor=self.user("official"), values={"verdict": "feasible", "soundness": "yes"})
        workflow.issue(opinion=again, actor=self.user("official"), post="Dirección", at=after(3))
        self.assertEqual((self.reload(self.opinion).status, again.supersedes), ("superseded", self.opinion))
        self.assertEqual(self.reload(self.proposed).reading, "feasible")
        payload = json.loads(LedgerEntry.objects.first().canonical)["payload"]
        self.assertEqual((payload["supersedes"], payload["supersede_reason"]), (self.opinion.folio, "Hay recursos"))
        self.assertEqual(self.reload(self.first).answered_at, after(1))

    def test_a_final_answer_is_followed_by_a_final_one(self):
        again = workflow.supersede(opinion=self.opinion, actor=self.user("official"), reason="Dudas")
        workflow.save_draft(
            opinion=again,
            actor=self.user("official"),
            values={"verdict": "more_information", "questions_text": "¿?", "questions_due_on": dt.date(2027, 1, 4)},
        )
        with self.assertRaises(ValidationError) as caught:
            workflow.issue(opinion=again, actor=self.user("official"), post="Dirección")
        self.assertEqual(set(caught.exception.message_dict), {"verdict"})

    def test_outside_remit_after_all_and_back(self):
        again = workflow.supersede(opinion=self.opinion, actor=self.user("official"), reason="No nos toca")
        workflow.save_draft(
            opinion=again, actor=self.user("official"), values={"verdict": "outside_remit", "refer_to": self.other_agency}
        )
        workflow.issue(opinion=again, actor=self.user("official"), post="Dirección")
        self.assertEqual(self.reload(self.first).status, "referred_onward")
        back = workflow.supersede(opinion=again, actor=self.user("official"), reason="Sí nos toca")
        workflow.save_draft(opinion=back, actor=self.user("official"), values={"verdict": "feasible"})
        workflow.issue(opinion=back, actor=self.user("official"), post="Dirección")
        self.assertEqual((self.reload(self.first).status, self.reload(self.proposed).reading), ("answered", "feasible"))

    def test_not_after_the_proposal_ended(self):
        workflow.withdraw(proposal=self.proposed, actor=self.user("delegate"), reason="Se retira")
        with self.assertRaisesMessage(StepRefused, "no more answers"):
            workflow.supersede(opinion=self.opinion, actor=self.user("official"), reason="Hay recursos")


class OnBehalfTests(ProposalWorld, TestCase):
    def record(self, referral, **values):
        given = {"reason": "Oficio 12/2026", "witness": "canario testigo", "post": "Dirección", "criteria": [], "conditions": []}
        given |= {"values": {"soundness": "yes", "verdict": "feasible"}, **values}
        return workflow.issue_on_behalf(referral=referral, actor=self.user("organizer"), at=after(1), **given)

    def test_reason_witness_post(self):
        _proposal, (first, _second) = self.referred()
        for name, field in (("reason", "reason"), ("witness", "witness"), ("post", "signatory_post")):
            with self.subTest(name), self.assertRaises(ValidationError) as caught:
                self.record(first, **{name: " "})
            self.assertEqual(set(caught.exception.message_dict), {field})
        opinion = self.record(first, values={"soundness": "yes", "verdict": "conditional"}, conditions=[CONDITION])
        self.assertEqual((opinion.is_on_behalf, opinion.signed_by, opinion.conditions.count()), (True, None, 1))
        self.assertEqual(opinion.sha256, ledger.fingerprint(acts.opinion_document(Opinion.objects.get(pk=opinion.pk))))
        self.assertNotIn("canario testigo", LedgerEntry.objects.first().canonical)
        event = events_of(opinion).get()
        self.assertEqual((event.action, event.reason, event.actor), ("issue_on_behalf", "Oficio 12/2026", self.user("organizer")))

    def test_beside_a_draft_of_the_body(self):
        _proposal, (first, _second) = self.referred()
        draft = self.draft(first)
        opinion = self.record(first)
        with self.assertRaisesMessage(StepRefused, "assess it again"):
            workflow.issue(opinion=draft, actor=self.user("official"), post="Dirección")
        adopted = workflow.supersede(opinion=opinion, actor=self.user("official"), reason="Lo nuestro")
        self.assertEqual((adopted.pk, adopted.supersedes), (draft.pk, opinion))
        workflow.issue(opinion=adopted, actor=self.user("official"), post="Dirección")
        self.assertEqual(Opinion.objects.get(pk=opinion.pk).status, "superseded")


class TogetherTests(ProposalWorld, TestCase):
    def test_nothing_shows_before_the_release(self):
        self.edition.opinion_publication = "together"
        self.edition.save()
        proposal, (first, second) = self.referred()
        opinions = [self.issued(first, at=after(1)), self.issued(second, "not_feasible", at=after(2))]
        proposal.refresh_from_db()
        self.assertEqual((proposal.status, proposal.reading), ("reviewed", "waiting"))
        self.assertEqual(Opinion.objects.visible_to(None).count(), 0)
        self.assertEqual(set(LedgerEntry.objects.values_list("act", flat=True)), set())
        released = workflow.release_opinions(edition=self.edition, actor=self.user("organizer"), at=after(9))
        self.assertEqual(released, 2)
        self.assertEqual(workflow.release_opinions(edition=self.edition, actor=self.user("organizer")), 0)
        self.assertEqual(set(Opinion.objects.visible_to(None)), set(opinions))
        self.assertEqual(Proposal.objects.get(pk=proposal.pk).reading, "divided")
        entries = LedgerEntry.objects.order_by("number")
        self.assertEqual([entry.record_key for entry in entries], [opinion.folio for opinion in opinions])
        self.assertEqual(Opinion.objects.get(pk=opinions[0].pk).released_at, after(9))
        event = events_of(self.edition).get()
        self.assertEqual((event.action, event.changes["opinions"][1]), ("release_opinions", [o.folio for o in opinions]))
        self.assertEqual(ledger.verify(), [])


class ConditionTests(ProposalWorld, TestCase):
    def test_met_needs_evidence_and_the_opinion_stays(self):
        _proposal, (first, _second) = self.referred()
        opinion = self.issued(first, "conditional", at=AT)
        condition, before = opinion.conditions.get(), Opinion.objects.get(pk=opinion.pk)
        official = self.user("official")
        for status, evidence in (("met", " "), ("forgotten", "Sí")):
            with self.subTest(status), self.assertRaises(ValidationError):
                workflow.set_condition(condition=condition, status=status, actor=official, evidence=evidence)
        workflow.set_condition(condition=condition, status="met", actor=official, evidence="Convenio firmado")
        changes = events_of(condition).get().changes
        self.assertEqual(changes.pop("settled_on"), [None, self.edition.today().isoformat()])
        self.assertEqual(changes, {"status": ["open", "met"], "evidence": ["", "Convenio firmado"]})
        self.assertEqual(Condition.objects.get(pk=condition.pk).status, "met")
        # The reading follows, there and back.
        self.issued(_second, at=AT)
        self.assertEqual(Proposal.objects.get(pk=_proposal.pk).reading, "feasible")
        workflow.set_condition(condition=condition, status="lapsed", actor=official, evidence="No se firmó")
        self.assertEqual(Proposal.objects.get(pk=_proposal.pk).reading, "conditional")
        self.assertEqual(Opinion.objects.get(pk=opinion.pk).revision, before.revision)
