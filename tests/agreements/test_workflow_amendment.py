"""Amendments leave the version in force as it is; agreements end concluded or void."""

import datetime as dt

import rfc8785
from django.test import TestCase

from agreements import workflow
from agreements.models import Agreement, AgreementVersion, Clause
from core import ledger
from core.models import LedgerEntry, SearchEntry
from core.workflow import StepRefused
from tests import factories as make
from tests.agreements.story import AgreementWorld
from tests.kept import figures_hold


class AmendmentTests(AgreementWorld, TestCase):
    def setUp(self):
        super().setUp()
        self.enterContext(figures_hold())

    def story(self):
        self.agreement = self.signed()
        self.first = self.agreement.versions.get()
        self.organizer = self.accounts["organizer"]

    def amend(self, **arguments):
        return workflow.amend(agreement=self.agreement, actor=self.organizer, cause="Se suma Chicago", **arguments)

    def canonical(self):
        return rfc8785.dumps(AgreementVersion.objects.get(pk=self.first.pk).text)

    def row(self):
        return AgreementVersion.objects.filter(pk=self.first.pk).values().get()

    def test_the_first_version_stays_byte_for_byte_until_and_after_the_second_is_signed(self):
        before, row = self.canonical(), self.row()
        clauses = list(Clause.objects.filter(version=self.first).values())
        self.amend(clauses=[{"text_es": "El Instituto instala cinco módulos."}])
        added = self.add(self.agreement, text_es="Módulo en Chicago")
        workflow.open_for_signature(agreement=self.agreement, actor=self.organizer)
        self.agreement.refresh_from_db()
        self.assertEqual((self.agreement.status, self.agreement.version_number), ("signed", 1))
        self.sign(self.agreement)
        self.assertEqual((self.agreement.status, self.agreement.version_number), ("signed", 2))
        self.assertEqual((self.canonical(), self.row()), (before, row))
        self.assertEqual(list(Clause.objects.filter(version=self.first).values()), clauses)
        second = self.agreement.versions.get(number=2)
        self.assertEqual((second.cause, second.status, second.folio), ("Se suma Chicago", "signed", f"{self.agreement.folio}.2"))
        self.assertEqual([c["folio"] for c in second.text["commitments"]], [f"{self.agreement.folio}-C1", added.folio])
        self.assertEqual([c["folio"] for c in self.row()["text"]["commitments"]], [f"{self.agreement.folio}-C1"])

    def test_its_clauses_begin_as_those_in_force(self):
        version = self.amend()
        self.assertEqual(
            list(version.clauses.values_list("number", "text_es", "text_en")),
            [(1, "El Instituto instala módulos.", "The Institute sets up offices.")],
        )

    def test_only_clauses_and_new_commitments_change(self):
        self.amend()
        for change in (
            {"values": {"title_es": "Otro"}},
            {"values": {"dated_on": dt.date(2020, 1, 1)}},
            {"proposals": [make.proposal(self.edition, status="reviewed")]},
            {"parties": [{"agency": self.agency}]},
        ):
            with self.subTest(change=list(change)), self.assertRaises(StepRefused) as caught:
                workflow.edit_agreement(agreement=self.agreement, actor=self.organizer, **change)
            self.assertEqual(caught.exception.code, "signed")
        workflow.edit_agreement(
            agreement=self.agreement,
            actor=self.organizer,
            values={"title_es": "Módulos en el exterior"},
            proposals=[],
            parties=[{"organization": self.organization}, {"agency": self.agency}],
            clauses=[{"text_es": "Cinco"}],
        )
        self.assertEqual(self.agreement.versions.get(number=2).clauses.get().text_es, "Cinco")

    def test_what_was_promised_is_not_edited(self):
        self.amend()
        with self.assertRaises(StepRefused) as caught:
            workflow.edit_commitment(
                commitment=self.agreement.commitments.get(), actor=self.organizer, values={"text_es": "Menos"}
            )
        self.assertEqual(caught.exception.code, "wrong_status")

    def test_a_new_commitment_is_neither_public_nor_in_force_before(self):
        self.amend()
        added = self.add(self.agreement)
        commitments = type(added).objects
        everyone = {"FP1-A-01-C1"}
        self.assertEqual(set(commitments.visible_to(None).values_list("folio", flat=True)), everyone)
        self.assertEqual(set(commitments.in_force().values_list("folio", flat=True)), everyone)
        self.assertEqual(commitments.visible_to(self.user("delegate")).count(), 2)
        self.assertEqual((added.state, added.is_public), ("prepared", False))
        workflow.open_for_signature(agreement=self.agreement, actor=self.organizer)
        self.assertEqual(set(commitments.visible_to(None).values_list("folio", flat=True)), everyone)
        self.assertFalse(SearchEntry.objects.filter(record_key=added.folio).exists())
        self.sign(self.agreement)
        self.assertEqual(commitments.visible_to(None).count(), 2)
        self.assertTrue(SearchEntry.objects.filter(record_key=added.folio).exists())

    def test_one_amendment_at_a_time_and_with_its_cause(self):
        with self.assertRaises(StepRefused) as caught:
            workflow.amend(agreement=self.agreement, actor=self.organizer, cause=" ")
        self.assertEqual(caught.exception.code, "reason")
        self.amend()
        with self.assertRaises(StepRefused) as caught:
            self.amend()
        self.assertEqual(str(caught.exception), "Version 2 is being prepared or signed: finish it first.")

    def test_reports_go_on_while_it_is_amended(self):
        self.amend()
        self.assertEqual(self.report(self.agreement.commitments.get()).number, 1)


class EndTests(AgreementWorld, TestCase):
    def test_conclude_when_every_commitment_has_come_to_an_end(self):
        agreement = self.signed()
        commitment = agreement.commitments.get()
        actor = self.accounts["organizer"]
        with self.assertRaises(StepRefused) as caught:
            workflow.conclude(agreement=agreement, actor=actor)
        self.assertEqual(
            str(caught.exception),
            f"These commitments are neither fulfilled, nor reported as not fulfilled, nor cancelled: {commitment.folio}.",
        )
        self.report(commitment, status="not_fulfilled", percent=40)
        workflow.conclude(agreement=agreement, actor=actor)
        self.assertEqual(agreement.status, "concluded")
        commitment.refresh_from_db()
        self.assertEqual(commitment.state, "concluded")
        self.report(commitment, status="fulfilled", percent=100)

    def test_void_keeps_everything_readable(self):
        agreement = self.signed()
        workflow.void(agreement=agreement, actor=self.accounts["organizer"], reason="Sentencia 12/2026")
        self.assertEqual(agreement.status, "void")
        self.assertEqual(Agreement.objects.visible_to(None).get(), agreement)
        self.assertEqual(agreement.versions.visible_to(None).get().status, "signed")
        entry = LedgerEntry.objects.first()
        self.assertEqual((entry.act, entry.record_key), ("agreement_void", agreement.folio))
        self.assertNotIn("Sentencia", entry.canonical)
        with self.assertRaises(StepRefused):
            self.report(agreement.commitments.get())

    def test_a_void_draft_stays_hidden_and_out_of_the_ledger(self):
        agreement = self.drafted()
        workflow.void(agreement=agreement, actor=self.accounts["organizer"], reason="Error")
        self.assertEqual((Agreement.objects.visible_to(None).count(), LedgerEntry.objects.count()), (0, 0))

    def test_void_needs_a_reason(self):
        with self.assertRaises(StepRefused) as caught:
            workflow.void(agreement=self.drafted(), actor=self.accounts["organizer"], reason="")
        self.assertEqual(caught.exception.code, "reason")

    def test_the_chain_verifies_after_the_story(self):
        agreement = self.signed()
        self.report(agreement.commitments.get())
        self.assertEqual(
            list(LedgerEntry.objects.order_by("number").values_list("act", flat=True)),
            ["agreement_opened", "agreement_signed", "progress_report"],
        )
        self.assertEqual(ledger.verify(), [])
