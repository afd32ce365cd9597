"""Two sides report: reports with evidence, contradictions at their fields, validation, extension, cancellation."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from agreements.models import Evidence, ProgressReport, Validation
from agreements.workspace.commitment_forms import ReportForm
from tests.agreements.pages import fields_of, typed
from tests.agreements.story import AgreementWorld
from tests.agreements.test_workspace_signing import pdf

pytestmark = pytest.mark.once

TODAY = timezone.localdate()


class FollowUpWorld(AgreementWorld):
    def story(self):
        self.commitment = self.in_force()

    def setUp(self):
        super().setUp()
        self.record = reverse("workspace:commitment", args=[self.commitment.folio])
        self.reporting = reverse("workspace:report", args=[self.commitment.folio])

    def send(self, client, address, **changes):
        return client.post(address, typed(client.get(address), **changes))

    def good(self, **changes):
        return {"status": "in_progress", "percent": "40", "narrative_es": "Uno de tres.", **changes}


class ReportTests(FollowUpWorld, TestCase):
    def test_a_report_with_a_link_and_a_file(self):
        client = self.sign_in("official")
        more = client.post(self.reporting, {**typed(client.get(self.reporting), **self.good()), "more-evidence": "yes"})
        self.assertEqual(more.status_code, 200)
        sent = typed(
            more,
            evidence__0__title="Acta",
            evidence__0__url="https://example.org/acta",
            evidence__0__dated_on="2026-06-01",
            evidence__0__is_public="yes",
            evidence__1__title="Fotografías",
            evidence__1__file=pdf("álbum.pdf"),
            evidence__1__is_public="no",
        )
        self.assertRedirects(client.post(self.reporting, sent), self.record)
        report = ProgressReport.objects.get()
        self.assertEqual(
            (report.party.key, report.status, report.percent, report.on_behalf_reason), ("IFE", "in_progress", 40, "")
        )
        self.assertEqual(
            set(report.evidence.values_list("title", "url", "file_name", "is_public")),
            {("Acta", "https://example.org/acta", "", True), ("Fotografías", "", "álbum.pdf", False)},
        )
        page = client.get(self.record)
        self.assertContains(page, "Uno de tres.")
        self.assertContains(page, "link, not archived")
        self.assertContains(page, "1 link, not archived")

    def test_contradictions_are_answered_at_the_field(self):
        client = self.sign_in("official")
        tomorrow = (TODAY + dt.timedelta(days=2)).isoformat()
        for changes, field in (
            ({"status": "not_started", "percent": "15"}, "id_percent"),
            ({"status": "fulfilled", "percent": "80"}, "id_percent"),
            ({"status": "in_progress", "percent": "100"}, "id_percent"),
            ({"percent": "101"}, "id_percent"),
            ({"percent": "-1"}, "id_percent"),
            ({"percent": "mucho"}, "id_percent"),
            ({"status": "cancelled", "percent": ""}, "id_status_0"),
            ({"status": ""}, "id_status_0"),
            ({"cut_off": tomorrow}, "id_cut_off"),
            ({"cut_off": "ayer"}, "id_cut_off"),
            ({"narrative_es": " \n "}, "id_narrative_es"),
        ):
            with self.subTest(changes):
                refused = self.send(client, self.reporting, **{**self.good(obstacle="La ley."), **changes})
                self.assertContains(refused, f'href="#{field}"', status_code=422)
                self.assertEqual(fields_of(refused)["obstacle"], "La ley.")
        self.assertFalse(ProgressReport.objects.exists())

    def test_evidence_that_is_refused_is_explained_at_its_row(self):
        client = self.sign_in("official")
        for changes, field in (
            ({"title": "Acta"}, "url"),
            ({"title": "Acta", "url": "https://example.org", "file": pdf()}, "url"),
            ({"title": "", "url": "https://example.org"}, "title"),
            ({"title": "Acta", "url": "javascript:alert(1)"}, "url"),
            ({"title": "Acta", "url": "ftp://example.org/x"}, "url"),
            ({"title": "Acta", "url": "https://example.org", "dated_on": "nunca"}, "dated_on"),
            ({"title": "Acta", "file": SimpleUploadedFile("x.svg", b"<svg onload='alert(1)'/>")}, "file"),
            ({"title": "Acta", "file": SimpleUploadedFile("vacío.pdf", b"")}, "file"),
        ):
            with self.subTest(changes):
                rows = {f"evidence__0__{name}": value for name, value in changes.items()}
                refused = self.send(client, self.reporting, **self.good(), **rows)
                self.assertContains(refused, f'href="#id_evidence-0-{field}"', status_code=422)
                self.assertContains(refused, "Files must be chosen again", status_code=422)
                self.assertEqual(fields_of(refused)["narrative_es"], "Uno de tres.")
        self.assertEqual((ProgressReport.objects.count(), Evidence.objects.count()), (0, 0))

    def test_an_organizer_reports_on_behalf_with_the_reason(self):
        client = self.sign_in("organizer")
        refused = self.send(client, self.reporting, **self.good(party="agency:IFE"))
        self.assertContains(refused, 'href="#id_on_behalf_reason"', status_code=422)
        self.send(client, self.reporting, **self.good(party="agency:IFE", on_behalf_reason="Llegó por oficio."))
        self.assertEqual(ProgressReport.objects.get().on_behalf_reason, "Llegó por oficio.")
        self.assertContains(client.get(self.record), "Llegó por oficio.")

    def test_nobody_reports_for_another_party(self):
        refused = self.send(self.sign_in("official"), self.reporting, **self.good(party="organization:ORG-01"))
        self.assertContains(refused, 'href="#id_party"', status_code=422)

    def test_what_is_not_in_force_takes_no_report(self):
        draft = self.drafted().commitments.get()
        client = self.sign_in("official")
        answer = client.get(reverse("workspace:report", args=[draft.folio]), follow=True)
        self.assertRedirects(answer, reverse("workspace:commitment", args=[draft.folio]))
        self.assertContains(answer, "being prepared")

    def test_the_statuses_offered_are_those_a_report_may_have(self):
        form = ReportForm(parties=[])
        self.assertEqual(
            [code for code, _label in form.fields["status"].choices],
            ["not_started", "in_progress", "substantial", "fulfilled", "not_fulfilled"],
        )


class ValidationTests(FollowUpWorld, TestCase):
    def story(self):
        super().story()
        self.made = self.report(self.commitment)

    def setUp(self):
        super().setUp()
        self.address = reverse("workspace:validate", args=[self.made.folio])

    def test_the_other_side_disagrees_with_reason_and_evidence(self):
        client = self.sign_in("delegate")
        self.assertContains(client.get(self.record), self.address)
        self.assertContains(client.get(self.address), "Uno de tres.")
        refused = self.send(client, self.address, outcome="disagrees")
        self.assertContains(refused, 'href="#id_comment_es"', status_code=422)
        refused = self.send(client, self.address, outcome="")
        self.assertContains(refused, 'href="#id_outcome_0"', status_code=422)
        changes = {
            "evidence__0__title": "Oficio",
            "evidence__0__url": "https://example.org/oficio",
            "evidence__0__is_public": "yes",
        }
        self.assertRedirects(
            self.send(client, self.address, outcome="disagrees", comment_es="No hay módulo.", **changes), self.record
        )
        said = Validation.objects.get()
        self.assertEqual((said.party.key, said.outcome, said.evidence.get().title), ("ORG-01", "disagrees", "Oficio"))
        self.commitment.refresh_from_db()
        self.assertTrue(self.commitment.disputed)
        page = self.sign_in("official").get(self.record)
        for words in ("No hay módulo.", "Oficio", "disputed", "Four readings"):
            self.assertContains(page, words)

    def test_agreeing_needs_no_words(self):
        self.assertRedirects(self.send(self.sign_in("delegate"), self.address, outcome="agrees"), self.record)
        self.assertEqual(Validation.objects.get().outcome, "agrees")

    def test_the_own_side_and_organizers_do_not_validate(self):
        for persona in ("official", "organizer", "administrator", "other_delegate"):
            with self.subTest(persona):
                self.assertEqual(self.sign_in(persona).post(self.address, {"outcome": "agrees"}).status_code, 403)
        self.assertFalse(Validation.objects.exists())

    def test_what_is_not_public_is_for_the_parties(self):
        Evidence.objects.create(report=self.made, title="Reservada", url="https://example.org/r", is_public=False)
        self.assertContains(self.sign_in("delegate").get(self.address), "Reservada")


class ExtensionTests(FollowUpWorld, TestCase):
    def setUp(self):
        super().setUp()
        self.extension = reverse("workspace:commitment_extension", args=[self.commitment.folio])
        self.cancel = reverse("workspace:commitment_cancel", args=[self.commitment.folio])

    def test_asked_by_one_side_and_accepted_by_the_other(self):
        official, delegate = self.sign_in("official"), self.sign_in("delegate")
        for to_on, reason, field in (("2026-01-01", "x", "id_to_on"), ("2027-01-31", " ", "id_reason"), ("", "x", "id_to_on")):
            with self.subTest(field):
                refused = self.send(official, self.extension, to_on=to_on, reason=reason)
                self.assertContains(refused, f'href="#{field}"', status_code=422)
        self.assertRedirects(self.send(official, self.extension, to_on="2027-01-31", reason="La licitación."), self.record)
        self.commitment.refresh_from_db()
        self.assertEqual(self.commitment.due_on, dt.date(2026, 9, 30))
        page = delegate.get(self.extension)
        self.assertContains(page, "La licitación.")
        self.assertNotIn("to_on", fields_of(page))
        for given, field in ({}, "id_answer_given_0"), ({"answer_given": "decline", "reason": " "}, "id_reason"):
            refused = delegate.post(self.extension, typed(page, **given))
            self.assertContains(refused, f'href="#{field}"', status_code=422)
        self.assertRedirects(delegate.post(self.extension, typed(page, answer_given="decline", reason="Urge.")), self.record)
        self.assertContains(official.get(self.record), "Urge.")
        self.assertContains(delegate.get(self.extension), "New due date")
        self.send(official, self.extension, to_on="2027-01-31", reason="La licitación, otra vez.")
        self.assertRedirects(delegate.post(self.extension, typed(page, answer_given="accept")), self.record)
        self.commitment.refresh_from_db()
        self.assertEqual((self.commitment.due_on, self.commitment.original_due_on), (dt.date(2027, 1, 31), dt.date(2026, 9, 30)))
        self.assertContains(official.get(self.record), "accepted by")

    def test_the_side_that_asked_may_ask_again_and_not_accept(self):
        official = self.sign_in("official")
        self.send(official, self.extension, to_on="2027-01-31", reason="Uno.")
        page = official.get(self.extension)
        self.assertIn("to_on", fields_of(page))
        self.send(official, self.extension, to_on="2027-03-31", reason="Dos.")
        self.assertEqual(str(self.commitment.extensions.get().to_on), "2027-03-31")

    def test_cancelled_when_both_sides_have_agreed(self):
        official, delegate = self.sign_in("official"), self.sign_in("delegate")
        self.assertContains(self.send(official, self.cancel, reason=""), 'href="#id_reason"', status_code=422)
        self.send(official, self.cancel, reason="Cambió la ley.")
        self.commitment.refresh_from_db()
        self.assertIsNone(self.commitment.cancelled_at)
        self.assertContains(delegate.get(self.cancel), "Cambió la ley.")
        self.assertContains(
            self.send(official, self.cancel, reason="Otra vez."), "agreed to the cancellation already", status_code=422
        )
        answer = delegate.post(self.cancel, typed(delegate.get(self.cancel), reason="De acuerdo."), follow=True)
        self.assertContains(answer, "the commitment is cancelled")
        self.commitment.refresh_from_db()
        self.assertIsNotNone(self.commitment.cancelled_at)
        self.assertContains(official.get(self.reporting, follow=True), "cancelled")
