"""What is published is the text whose fingerprint was entered in the ledger."""

from django.test import TestCase

from agreements import workflow
from agreements.models import ActionItem, AgreementVersion, MinutesVersion
from agreements.verification import fingerprint_problems
from core import sockets
from tests.agreements.story import DUE, AgreementWorld


class VerificationTests(AgreementWorld, TestCase):
    def story(self):
        self.agreement = self.signed()
        workflow.amend(agreement=self.agreement, actor=self.accounts["organizer"], cause="Más")
        item = {"what_es": "Enviar", "agency": self.agency, "due_on": DUE}
        self.approved = self.minutes(self.held(self.agreement), "approved", action_items=[item])

    def test_it_is_plugged_in(self):
        self.assertIn(fingerprint_problems, sockets.ledger_checks.plugs)

    def test_drafts_are_not_asked_and_the_rest_holds(self):
        self.minutes(self.held(self.agreement))
        self.assertEqual(fingerprint_problems(), [])

    def test_what_happens_afterwards_changes_no_fingerprint(self):
        commitment = self.agreement.commitments.get(number=1)
        workflow.set_action_item(item=ActionItem.objects.get(), actor=self.accounts["organizer"], commitment=commitment)
        self.report(commitment)
        self.assertEqual(fingerprint_problems(), [])

    def test_a_text_changed_behind_the_doors_is_found(self):
        version = self.agreement.versions.get(number=1)
        text = {**version.text, "place": "Otro lugar"}
        for rows, values, folio in (
            (AgreementVersion.objects.filter(pk=version.pk), {"text": text}, version.folio),
            (MinutesVersion.objects.filter(pk=self.approved.pk), {"decisions_es": "Otra"}, self.approved.folio),
        ):
            with self.subTest(folio):
                rows.update(**values)
                self.assertEqual(
                    fingerprint_problems(), [f"{folio} is not the text whose fingerprint was entered in the ledger."]
                )
                rows.update(**{name: getattr(version if "text" in values else self.approved, name) for name in values})

    def test_a_new_text_with_its_own_new_fingerprint_is_found_by_the_ledger(self):
        from core.ledger import fingerprint

        version = self.agreement.versions.get(number=1)
        text = {**version.text, "place": "Otro lugar"}
        AgreementVersion.objects.filter(pk=version.pk).update(text=text, sha256=fingerprint(text))
        self.assertEqual(len(fingerprint_problems()), 1)
