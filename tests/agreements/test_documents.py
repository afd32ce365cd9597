"""What is printed of agreements, meetings, editions, opinions: whole, for whoever may read the record, at the same cost."""

from __future__ import annotations

import io
from typing import Any
from unittest.mock import patch

import pypdf
import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document as read_docx

from agreements import workflow
from agreements.models import Agreement, Commitment
from tests import factories as make
from tests.agreements.story import AgreementWorld


def said(answer: Any) -> str:
    """All words of the PDF that an answer brings, one blank between them."""
    assert answer.status_code == 200, answer.status_code
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages).split())


@pytest.mark.once
class PrintedTests(AgreementWorld, TestCase):
    def test_a_signed_agreement_says_everything_that_was_accepted(self) -> None:
        agreement = self.signed(background_es="Antes hubo una cumbre.", place="Puebla")
        version = agreement.versions.get()
        text = said(self.client.get(f"/en/agreements/{agreement.folio}.pdf"))
        for words in (
            *("Offices abroad", "Antes hubo una cumbre.", "Puebla", "Clause 1 The Institute sets up offices.", version.sha256),
            *(
                "Abrir tres módulos",
                "Responsible party: IFE",
                "Means of verification: Acta",
                "30 September 2026",
                "version 1, signed on",
            ),
            *("Instituto propio", "Federación propia", "signed in", f"/en/agreements/{agreement.folio}/versions/1/"),
        ):
            self.assertIn(words, text)
        for words in ("DRAFT", "NOT SIGNED", "Signatures Instituto"):
            self.assertNotIn(words, text)
        answer = self.client.get(f"/en/agreements/{agreement.folio}.docx")
        words = [paragraph.text for paragraph in read_docx(io.BytesIO(answer.content)).paragraphs]
        self.assertIn("The Institute sets up offices.", words)

    def test_what_binds_nobody_says_so_and_has_places_to_sign(self) -> None:
        agreement, other = self.drafted(), self.drafted()
        workflow.edit_agreement(agreement=other, actor=self.accounts["organizer"], clauses=[{"text_es": "Ajena a este."}])
        address = f"/en/agreements/{agreement.folio}.pdf"
        self.assertEqual(self.client.get(address).status_code, 404)
        delegate = self.sign_in("delegate")
        text = said(delegate.get(address))
        for words in ("DRAFT", "binds nobody", "Signatures", "Signatory · Name, post, signature and date"):
            self.assertIn(words, text)
        self.assertEqual((text.count("Clause 1"), text.count("Ajena"), text.count("(IFE)")), (1, 0, 1), text)
        self.assertIn("no-store", delegate.get(address)["Cache-Control"])
        opened = self.opened()
        self.assertIn("NOT SIGNED", said(self.client.get(f"/en/agreements/{opened.folio}.pdf")))

    def test_an_extension_leaves_the_signed_paper_as_it_was(self) -> None:
        agreement = self.signed()
        before = self.client.get(f"/en/agreements/{agreement.folio}.pdf").content
        Commitment.objects.update(due_on="2027-01-31")
        self.assertEqual(self.client.get(f"/en/agreements/{agreement.folio}.pdf").content, before)

    def test_nobody_is_named_without_consent(self) -> None:
        agreement = self.opened()
        person = make.participation(self.edition, person=make.person(name="Ximena Sinpermiso"), organization=self.organization)
        agreement.parties.filter(organization=self.organization).update(representative=person)
        self.assertNotIn("Sinpermiso", said(self.client.get(f"/en/agreements/{agreement.folio}.pdf")))

    def test_minutes_and_the_sheet_to_sign(self) -> None:
        meeting = self.held(self.signed())
        minutes = self.minutes(
            meeting, "circulated", action_items=[{"what_es": "Enviar la lista", "agency": self.agency, "due_on": "2026-08-03"}]
        )
        public, workspace = f"/en/meetings/{meeting.folio}.pdf", reverse("workspace:minutes_pdf", args=[meeting.folio])
        self.assertEqual(self.client.get(public).status_code, 404)
        self.assertIn("DRAFT", said(self.sign_in("delegate").get(workspace)))
        workflow.approve(minutes=minutes, actor=self.accounts["organizer"], at=meeting.ends_at.replace(month=8))
        minutes.refresh_from_db()
        text = said(self.client.get(public))
        for words in ("Se revisaron los módulos.", "Enviar la lista", "Who: Instituto propio", minutes.sha256, "Present"):
            self.assertIn(words, text)
        sheet = said(self.sign_in("organizer").get(reverse("workspace:sign_sheet", args=[meeting.folio])))
        self.assertIn("Attendance sheet", sheet)

    def test_the_desk_prints_names_for_the_organizers(self) -> None:
        make.participation(self.edition, person=make.person(name="Ximena Sinpermiso"), organization=self.organization)
        for name in ("edition_sign_sheet", "edition_badges"):
            answer = self.sign_in("organizer").get(reverse(f"workspace:{name}", args=["propia"]))
            self.assertIn("Ximena Sinpermiso", said(answer))
            self.assertEqual(answer["Cache-Control"], "private, no-store")

    def test_an_opinion_and_the_matrix(self) -> None:
        proposal = make.proposal(self.edition, status="in_review", title_es="Voto exterior", addressees=[self.agency])
        opinion = make.opinion(make.referral(proposal, self.agency), reasons="Hay padrón.", sha256="cd" * 32)
        text = said(self.client.get(f"/en/proposals/{proposal.folio}/opinions/{opinion.folio}.pdf"))
        for words in (
            "Hay padrón.",
            "cd" * 32,
            "Instituto propio",
            proposal.folio,
            str(opinion.get_verdict_display()).capitalize(),
        ):
            self.assertIn(words, text)
        self.assertEqual(self.client.get(f"/en/proposals/FP1-99/opinions/{opinion.folio}.pdf").status_code, 404)
        draft = make.opinion(make.referral(proposal, self.other_agency), status="draft")
        address = f"/en/proposals/{proposal.folio}/opinions/{draft.folio}.pdf"
        self.assertEqual(self.who_gets(200, address), set())
        matrix = said(self.client.get("/en/proposals/matrix.pdf?edition=propia"))
        for words in ("Voto exterior", "IFE", "Proposals and answers"):
            self.assertIn(words, matrix)


@pytest.mark.once
class CostTests(AgreementWorld, TestCase):
    def many(self, agreement: Agreement, until: int) -> None:
        """Commitments like the first one, so that there are `until`."""
        first = agreement.commitments.get(number=1)
        shared = list(first.co_responsible.all())
        for number in range(agreement.commitments.count() + 1, until + 1):
            made = make.commitment(
                agreement, number=number, lead=first.lead, text_es=f"Abrir el módulo {number}", due_on=first.due_on
            )
            made.co_responsible.set(shared)

    def queries(self, address: str, client: Any) -> int:
        with CaptureQueriesContext(connection) as queries, patch("core.documents.printing.typeset", return_value=b"%PDF"):
            self.assertEqual(client.get(address).status_code, 200)
        return len(queries)

    def test_page_and_file_cost_the_same_with_one_and_with_two_hundred_commitments(self) -> None:
        signed, drafted = self.signed(), self.drafted()
        delegate = self.sign_in("delegate")
        addresses = [(f"/en/agreements/{signed.folio}{end}", self.client) for end in ("/", ".pdf", ".docx", "/versions/1/")]
        addresses += [(f"/en/agreements/{drafted.folio}{end}", delegate) for end in ("/", ".pdf")]
        for address, client in addresses:
            self.queries(address, client)
        few = [self.queries(address, client) for address, client in addresses]
        for agreement in (signed, drafted):
            self.many(agreement, 200)
        self.assertEqual([self.queries(address, client) for address, client in addresses], few)
