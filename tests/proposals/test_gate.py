"""Who may read what of proposals: every record in every state × every persona, by equality."""

from django.http import Http404
from django.test import TestCase

from core.gate import get_for
from proposals import models
from tests import factories as make
from tests.personas import PERSONAS
from tests.proposals.world import AT, ProposalWorld

EVERYBODY = set(PERSONAS)
ORGANIZERS = {"organizer", "administrator"}
PROPONENTS = {"delegate", *ORGANIZERS}


class GateTests(ProposalWorld, TestCase):
    def readers(self, record):
        """The personas who find the record; the others are told that it does not exist."""
        return self.who(lambda user: type(record).objects.visible_to(user).filter(pk=record.pk).exists())

    def test_proposals(self):
        for status in models.Proposal.Status.values:
            proposal = self.proposal(status)
            with self.subTest(status):
                expected = PROPONENTS if status in ("draft", "returned") else EVERYBODY
                self.assertEqual(self.readers(proposal), expected)
        withdrawn_draft = self.proposal("withdrawn", published_at=None)
        self.assertEqual(self.readers(withdrawn_draft), PROPONENTS)

    def test_hidden_is_like_not_there(self):
        draft = self.proposal()
        for key in (draft.folio, "FP1-99", "x" * 200, "\x00"):
            with self.subTest(key), self.assertRaises(Http404):
                get_for(self.user("other_delegate"), models.Proposal, key)
        self.assertEqual(get_for(self.user("delegate"), models.Proposal, draft.folio.lower()), draft)

    def test_an_edition_in_preparation_hides_all(self):
        referral = self.referral()
        opinion = make.opinion(referral)
        self.edition.stage = "preparation"
        self.edition.save()
        self.assertEqual(self.readers(referral.proposal), PROPONENTS)
        self.assertEqual(self.readers(referral.version), PROPONENTS)
        self.assertEqual(self.readers(referral), {"official", *PROPONENTS})
        self.assertEqual(self.readers(opinion), {"official", *ORGANIZERS})

    def test_referrals(self):
        for status in models.Referral.Status.values:
            with self.subTest(status):
                self.assertEqual(self.readers(self.referral(status)), EVERYBODY)

    def test_opinions(self):
        cases = [
            ("draft", False, {"official"}),
            ("issued", False, {"official", *ORGANIZERS}),
            ("issued", True, EVERYBODY),
            ("superseded", True, EVERYBODY),
        ]
        for status, released, expected in cases:
            opinion = make.opinion(self.referral(), status=status, released=released)
            criterion = models.CriterionAssessment.objects.create(opinion=opinion, criterion="legal")
            condition = models.Condition.objects.create(opinion=opinion, number=1, what="Convenio", owner="SRE")
            with self.subTest(status, released=released):
                self.assertEqual([self.readers(row) for row in (opinion, criterion, condition)], [expected] * 3)

    def test_internal_positions(self):
        position = models.InternalPosition.objects.create(referral=self.referral(), text="Conviene", at=AT)
        self.assertEqual(self.readers(position), {"official"})

    def test_clarifications(self):
        for number, (is_public, expected) in enumerate(((True, EVERYBODY), (False, {"official", *PROPONENTS}))):
            referral = self.referral("asked")
            question = models.Clarification.objects.create(
                referral=referral, number=1, folio=f"{referral.folio}-Q{number}", question="¿?", is_public=is_public, asked_at=AT
            )
            with self.subTest(is_public=is_public):
                self.assertEqual(self.readers(question), expected)

    def test_attachments(self):
        for status, is_public, expected in (
            ("submitted", True, EVERYBODY),
            ("submitted", False, PROPONENTS),
            ("draft", True, PROPONENTS),
        ):
            attachment = models.Attachment.objects.create(
                proposal=self.proposal(status), title="Anexo", file="attachments/x", is_public=is_public
            )
            with self.subTest(status, is_public=is_public):
                self.assertEqual(self.readers(attachment), expected)
