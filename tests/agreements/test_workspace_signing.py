"""Accepting: signed in, in person, on paper, on behalf; the last acceptance signs; the paper is filed."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from agreements.models import Acceptance, SignedPaper
from tests.agreements.pages import fields_of, typed
from tests.agreements.story import AgreementWorld

pytestmark = pytest.mark.once

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def pdf(name="papel.pdf"):
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


class AcceptTests(AgreementWorld, TestCase):
    def story(self):
        self.agreement = self.opened()

    def setUp(self):
        super().setUp()
        self.record = reverse("workspace:agreement", args=[self.agreement.folio])
        self.address = reverse("workspace:accept", args=[self.agreement.folio])
        self.recording = reverse("workspace:agreement_acceptance", args=[self.agreement.folio])

    def accepted(self):
        return {(row.party.key, row.mode) for row in Acceptance.objects.all()}

    def test_both_sides_accept_signed_in_and_the_agreement_is_signed(self):
        client = self.sign_in("official")
        page = client.get(self.address)
        self.assertContains(page, "The Institute sets up offices.")
        self.assertContains(page, self.agreement.versions.get().sha256)
        self.assertRedirects(client.post(self.address, typed(page, post="Directora", confirm="on")), self.record)
        self.assertEqual(self.accepted(), {("IFE", "signed_in")})
        self.assertContains(client.get(self.record), "1 of 2 signatories have accepted")
        client = self.sign_in("delegate")
        answer = client.post(self.address, typed(client.get(self.address), post="Presidenta", confirm="on"), follow=True)
        self.assertContains(answer, "the agreement is signed")
        self.agreement.refresh_from_db()
        self.assertEqual(self.agreement.status, "signed")

    def test_nothing_is_accepted_without_reading_and_post(self):
        client = self.sign_in("official")
        for changes, field in (({"post": "Directora"}, "id_confirm"), ({"post": " ", "confirm": "on"}, "id_post")):
            with self.subTest(field):
                refused = client.post(self.address, typed(client.get(self.address), **changes))
                self.assertContains(refused, f'href="#{field}"', status_code=422)
        self.assertEqual(self.accepted(), set())

    def test_nobody_accepts_for_another_party(self):
        client = self.sign_in("official")
        sent = typed(client.get(self.address), post="x", confirm="on", party="organization:ORG-01")
        self.assertContains(client.post(self.address, sent), 'href="#id_party"', status_code=422)
        self.assertEqual(self.accepted(), set())

    def test_accepting_twice_says_so(self):
        client = self.sign_in("official")
        sent = typed(client.get(self.address), post="Directora", confirm="on")
        client.post(self.address, sent)
        answer = client.post(self.address, sent, follow=True)
        self.assertContains(answer, "Nothing waits for your signature")
        self.assertEqual(len(self.accepted()), 1)

    def test_an_organizer_records_each_mode(self):
        client = self.sign_in("organizer")
        page = client.get(self.recording, {"party": "IFE"})
        self.assertEqual(fields_of(page)["party"], "agency:IFE")
        refused = client.post(self.recording, typed(page, mode="on_behalf"))
        for field in ("id_reason", "id_witness"):
            self.assertContains(refused, f'href="#{field}"', status_code=422)
        refused = client.post(self.recording, typed(page, mode="on_paper"))
        self.assertContains(refused, 'href="#id_scan"', status_code=422)
        tomorrow = (timezone.localdate() + dt.timedelta(days=2)).isoformat()
        refused = client.post(self.recording, typed(page, mode="in_person", accepted_on=tomorrow))
        self.assertContains(refused, 'href="#id_accepted_on"', status_code=422)
        refused = client.post(self.recording, typed(page, mode="signed_in"))
        self.assertContains(refused, 'href="#id_mode_0"', status_code=422)
        self.assertRedirects(client.post(self.recording, typed(page, mode="on_paper", scan=pdf())), self.record)
        sent = typed(client.get(self.recording), mode="on_behalf", reason="De gira.", witness="Notario 12")
        self.assertRedirects(client.post(self.recording, sent), self.record)
        self.assertEqual(self.accepted(), {("IFE", "on_paper"), ("ORG-01", "on_behalf")})
        self.agreement.refresh_from_db()
        self.assertEqual(self.agreement.status, "signed")
        self.assertContains(client.get(self.recording, follow=True), "No acceptance of agreement")

    def test_witness_and_scan_stay_with_the_organizers(self):
        client = self.sign_in("organizer")
        client.post(
            self.recording,
            typed(client.get(self.recording, {"party": "IFE"}), mode="on_behalf", reason="De gira.", witness="Notario Reservado"),
        )
        self.assertContains(client.get(self.record), "Notario Reservado")
        self.assertNotContains(self.sign_in("delegate").get(self.record), "Notario Reservado")

    def test_a_file_that_is_refused_is_explained_at_its_field(self):
        client = self.sign_in("organizer")
        for name, content in (
            ("foto.gif", b"GIF89a" + b"\0" * 20),
            ("page.html", b"<!doctype html><script>alert(1)</script>"),
            ("papel.pdf", b""),
            ("papel.pdf", b"<html>no pdf</html>"),
            ("papel.png", PDF),
        ):
            with self.subTest(name):
                page = client.get(self.recording, {"party": "IFE"})
                sent = typed(page, mode="on_paper", post="Directora", scan=SimpleUploadedFile(name, content))
                refused = client.post(self.recording, sent)
                self.assertContains(refused, 'href="#id_scan"', status_code=422)
                self.assertEqual(fields_of(refused)["post"], "Directora")
        self.assertEqual(self.accepted(), set())

    def test_the_signed_paper_original_and_public_version(self):
        client = self.sign_in("organizer")
        address = reverse("workspace:agreement_paper", args=[self.agreement.folio])
        page = client.get(address)
        self.assertContains(client.post(address, typed(page, title="Original")), 'href="#id_file"', status_code=422)
        self.assertRedirects(client.post(address, typed(page, title="Original", file=pdf())), self.record)
        client.post(address, typed(page, title="Testado", file=pdf("público.pdf"), is_public="on"))
        self.assertEqual(set(SignedPaper.objects.values_list("title", "is_public")), {("Original", False), ("Testado", True)})
        self.assertContains(client.get(self.record), "Original")
        seen = self.sign_in("delegate").get(self.record)
        self.assertContains(seen, "Testado")
        self.assertNotContains(seen, "Original")
