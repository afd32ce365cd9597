"""What the parties say to each other, who speaks for them, and what the public reads of it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import TestCase
from django.urls import reverse

from agreements import workflow
from agreements.models import DraftComment, Evidence, Party, Reply
from core.models import LedgerEntry, Message
from core.workflow import StepRefused
from tests.agreements.pages import typed
from tests.agreements.story import AgreementWorld
from tests.core.test_uploads import PDF, sent

pytestmark = pytest.mark.once


class CommentTests(AgreementWorld, TestCase):
    def test_the_parties_comment_while_it_is_a_draft_and_the_public_never_reads_it(self) -> None:
        agreement = self.drafted()
        delegate, page = self.sign_in("delegate"), reverse("workspace:agreement", args=[agreement.folio])
        send = reverse("workspace:agreement_comment", args=[agreement.folio])
        Message.objects.all().delete()
        self.assertRedirects(delegate.post(send, {"clause_number": "1", "text": "Falta decir cuántos."}), page)
        made = DraftComment.objects.get()
        self.assertEqual((made.clause_number, made.acting_label != "", made.text), (1, True, "Falta decir cuántos."))
        self.assertContains(self.sign_in("official").get(page), "Falta decir cuántos.")
        self.assertEqual(set(Message.objects.values_list("template", flat=True)), {"agreement_commented"})
        for typed_in in ({"text": ""}, {"text": "x", "clause_number": "99"}, {"text": "x", "clause_number": "uno"}):
            answer = delegate.post(send, typed_in)
            self.assertEqual(answer.status_code, 422)
        self.assertEqual(DraftComment.objects.count(), 1)
        self.assertEqual(self.sign_in("other_delegate").post(send, {"text": "x"}).status_code, 404)
        workflow.open_for_signature(agreement=agreement, actor=self.accounts["organizer"])
        with self.assertRaises(StepRefused) as caught:
            workflow.comment(agreement=agreement, actor=self.accounts["delegate"], text="Tarde")
        self.assertEqual(caught.exception.code, "wrong_status")
        for address in (f"/en/agreements/{agreement.folio}/", f"/en/agreements/{agreement.folio}.json"):
            self.assertNotContains(self.client.get(address), "Falta decir")

    def test_what_looks_like_personal_data_is_listed_before_it_is_opened(self) -> None:
        agreement = self.drafted(background_es="Escriba a ana@example.org")
        self.add(agreement, deliverable="CURP AAAA800101HDFBBB09")
        warnings = workflow.opening_warnings(agreement)
        self.assertEqual(len([each for each in warnings if "personal data" in each]), 2, warnings)
        self.assertTrue(any("Background" in each and "ana@example.org" in each for each in warnings))
        page = self.sign_in("organizer").get(reverse("workspace:agreement", args=[agreement.folio]))
        self.assertContains(page, "No representative of Instituto propio is named.")
        self.assertContains(page, "AAAA800101HDFBBB09")


class ReplyTests(AgreementWorld, TestCase):
    def test_the_side_that_reported_answers_and_both_stand_side_by_side(self) -> None:
        commitment = self.in_force()
        report = self.report(commitment)
        said = workflow.validate_report(
            report=report,
            party=self.party(commitment.agreement, "ORG-01"),
            actor=self.accounts["delegate"],
            outcome="disagrees",
            comment_es="Faltan dos.",
        )
        address = reverse("workspace:reply", args=[said.folio])
        self.assertEqual(self.who_gets(200, address), {"official"})
        official = self.sign_in("official")
        self.assertContains(official.get(reverse("workspace:commitment", args=[commitment.folio])), address)
        Message.objects.all().delete()
        piece = {"evidence-0-title": "Acta de apertura", "evidence-0-url": "ftp://example.org/a"}
        refused = official.post(address, typed(official.get(address), text_es="Se abren en julio.", **piece))
        self.assertContains(refused, 'href="#id_evidence-0-url"', status_code=422)
        piece = {"evidence-0-file": sent("acta.pdf", PDF), "evidence-0-title": "Acta de apertura", "evidence-0-is_public": "yes"}
        answer = official.post(address, typed(official.get(address), text_es="Se abren en julio.", **piece))
        self.assertRedirects(answer, reverse("workspace:commitment", args=[commitment.folio]))
        made = Reply.objects.get()
        self.assertEqual((made.folio, made.party.key), (f"{said.folio}-A1", "IFE"))
        self.assertIn("validation_answered", set(Message.objects.values_list("template", flat=True)))
        self.assertEqual(LedgerEntry.objects.order_by("-number").first().act, "reply")
        page = self.client.get(f"/en/agreements/{commitment.agreement.folio}/")
        for words in ("Faltan dos.", "Se abren en julio."):
            self.assertContains(page, words)
        data = self.client.get(f"/en/agreements/{commitment.agreement.folio}.json").json()
        replies = data["commitments"][0]["reports"][0]["validations"][0]["replies"]
        self.assertEqual([(row["party"], row["text"]) for row in replies], [("IFE", {"es": "Se abren en julio."})])
        # Its evidence is its own: neither the report's nor that of what it answers.
        filed = Evidence.objects.get()
        self.assertEqual((filed.reply, filed.validation, filed.report), (made, said, report))
        self.assertEqual([piece["title"] for piece in replies[0]["evidence"]], ["Acta de apertura"])
        of_report = data["commitments"][0]["reports"][0]
        self.assertEqual((of_report["evidence"], of_report["validations"][0]["evidence"]), ([], []))
        self.assertContains(page, "Acta de apertura", count=1)
        self.assertContains(official.get(reverse("workspace:commitment", args=[commitment.folio])), "Acta de apertura", count=1)
        self.assertEqual(len(json.loads(LedgerEntry.objects.order_by("-number").first().canonical)["payload"]["evidence"]), 1)
        commitment.refresh_from_db()
        self.assertTrue(commitment.disputed, "an answer takes no doubt back")


class PendingTests(AgreementWorld, TestCase):
    def read(self, agreement: Any, client: Any = None) -> tuple[bool, bool]:
        """(whose signature is pending is said, who has signed is said) on page and JSON alike."""
        page = (client or self.client).get(f"/en/agreements/{agreement.folio}/").content.decode()
        data = (client or self.client).get(f"/en/agreements/{agreement.folio}.json").json()
        named = any(row["acceptance"] for row in data["parties"])
        self.assertEqual(named, "signed in" in page)
        return "Signature pending by" in page, named

    def test_the_public_reads_whose_signature_is_pending_only_if_the_organizer_says_so(self) -> None:
        agreement = self.opened()
        workflow.accept(agreement=agreement, party=self.party(agreement, "IFE"), actor=self.accounts["official"])
        self.assertEqual(self.read(agreement), (False, False))
        self.assertContains(self.client.get(f"/en/agreements/{agreement.folio}/"), "1 of 2 parties have signed.")
        self.assertNotContains(self.client.get(f"/en/agreements/{agreement.folio}/versions/1/"), "signed in")
        self.assertEqual(self.read(agreement, self.sign_in("delegate")), (True, True))
        organizer, step = self.sign_in("organizer"), "workspace:agreement_step"
        organizer.post(reverse(step, args=[agreement.folio, "show_pending"]), {"step-show_pending-revision": "1"})
        self.assertEqual(self.read(agreement), (True, True))
        organizer.post(reverse(step, args=[agreement.folio, "hide_pending"]), {"step-hide_pending-revision": "1"})
        self.assertEqual(self.read(agreement), (False, False))
        workflow.accept(agreement=agreement, party=self.party(agreement, "ORG-01"), actor=self.accounts["delegate"])
        self.assertEqual(self.read(agreement), (False, True))


class SuccessorTests(AgreementWorld, TestCase):
    def test_a_successor_speaks_for_the_party_and_the_old_name_stays(self) -> None:
        commitment = self.in_force()
        agreement = commitment.agreement
        address = reverse("workspace:agreement_take_over", args=[agreement.folio, "IFE"])
        organizer = self.sign_in("organizer")
        body = typed(organizer.get(address), successor="SRE", reason="Ley de 2026")
        self.assertRedirects(organizer.post(address, body), reverse("workspace:agreement", args=[agreement.folio]))
        party = Party.objects.get(agency=self.agency)
        self.assertEqual((party.taken_over_by, party.taken_over_reason), (self.other_agency, "Ley de 2026"))
        official = self.user("other_official")
        made = workflow.report(
            commitment=agreement.commitments.get(),
            party=party,
            actor=official,
            values={"cut_off": "2026-06-30", "status": "in_progress", "percent": 10, "narrative_es": "Se retoma."},
        )
        self.assertEqual(made.party.key, "IFE")
        self.assertEqual(
            self.sign_in("other_official").get(reverse("workspace:commitment", args=[commitment.folio])).status_code, 200
        )
        page = self.client.get(f"/en/agreements/{agreement.folio}/")
        for words in ("Instituto propio", "Secretaría ajena", "Ley de 2026"):
            self.assertContains(page, words)
        self.assertIn("party_taken_over", set(LedgerEntry.objects.values_list("act", flat=True)))
        self.assertEqual(agreement.versions.get().text["parties"][0]["key"], "IFE")

    def test_what_cannot_be(self) -> None:
        agreement = self.signed()
        agency, organization = (self.party(agreement, key) for key in ("IFE", "ORG-01"))
        for party, changes, field in (
            (organization, {}, "successor"),
            (agency, {"successor": self.agency}, "successor"),
            (agency, {"since": "2999-01-01"}, "since"),
        ):
            since = dt.date.fromisoformat(changes["since"]) if "since" in changes else None
            with self.assertRaises(ValidationError) as caught:
                workflow.take_over(
                    party=party,
                    successor=changes.get("successor", self.other_agency),
                    since=since,
                    actor=self.accounts["organizer"],
                    reason="Ley",
                )
            self.assertEqual(set(caught.exception.error_dict), {field})
        with self.assertRaises(StepRefused):
            workflow.take_over(party=agency, successor=self.other_agency, actor=self.accounts["organizer"], reason=" ")
