"""Acceptances: who, in which mode, and that nothing is signed while one is missing."""

import datetime as dt
import json
import threading

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connection
from django.test import TestCase, TransactionTestCase, skipUnlessDBFeature

from agreements import workflow
from agreements.models import Acceptance, Agreement, SignedPaper
from core import ledger
from core.events import SYSTEM
from core.models import Event, LedgerEntry
from core.workflow import StepRefused
from tests import factories as make
from tests.agreements.story import AgreementWorld
from tests.core.test_uploads import PDF, PNG, sent

AT = dt.datetime(2026, 4, 2, 4, tzinfo=dt.UTC)  # the evening of 1 April in Mexico City


class AcceptanceTests(AgreementWorld, TestCase):
    def accept(self, agreement, key="IFE", name="official", **arguments):
        return workflow.accept(agreement=agreement, party=self.party(agreement, key), actor=self.accounts[name], **arguments)

    def test_the_last_acceptance_signs(self):
        agreement = self.opened()
        self.accept(agreement, at=AT)
        self.assertEqual((agreement.status, agreement.signed_at), ("open", None))
        self.accept(agreement, "ORG-01", "delegate", post="Presidencia", at=AT)
        agreement.refresh_from_db()
        self.assertEqual((agreement.status, agreement.version_number, agreement.signed_at), ("signed", 1, AT))
        self.assertEqual(agreement.dated_on, dt.date(2026, 4, 1))
        version = agreement.versions.get()
        self.assertEqual((version.status, version.signed_at), ("signed", AT))
        self.assertEqual(
            list(Acceptance.objects.order_by("id").values_list("party__agency__key", "mode", "accepted_on", "post")),
            [
                ("IFE", "signed_in", dt.date(2026, 4, 1), ""),
                (None, "signed_in", dt.date(2026, 4, 1), "Presidencia"),
            ],
        )

    def test_the_caller_s_record_is_brought_up_to_date(self):
        agreement = self.opened()
        self.accept(agreement)
        self.accept(agreement, "ORG-01", "delegate")
        self.assertEqual((agreement.status, agreement.version_number), ("signed", 1))

    def test_the_ledger_says_who_accepted_by_opaque_id(self):
        agreement = self.drafted()
        representative = make.participation(self.edition, agency=self.agency)
        workflow.edit_agreement(
            agreement=agreement,
            actor=self.accounts["organizer"],
            parties=[{"agency": self.agency, "representative": representative}, {"organization": self.organization}],
        )
        workflow.open_for_signature(agreement=agreement, actor=SYSTEM)
        self.accept(agreement, at=AT)
        self.accept(agreement, "ORG-01", "delegate", at=AT)
        entry = LedgerEntry.objects.first()
        self.assertEqual((entry.act, entry.record_key), ("agreement_signed", f"{agreement.folio}.1"))
        self.assertEqual(
            json.loads(entry.canonical)["payload"],
            {
                "agreement": agreement.folio,
                "version": 1,
                "sha256": agreement.versions.get().sha256,
                "acceptances": [
                    {
                        "party": "IFE",
                        "side": "government",
                        "role": "signatory",
                        "representative": representative.person.key,
                        "mode": "signed_in",
                        "accepted_on": "2026-04-01",
                    },
                    {
                        "party": "ORG-01",
                        "side": "organizations",
                        "role": "signatory",
                        "representative": None,
                        "mode": "signed_in",
                        "accepted_on": "2026-04-01",
                    },
                ],
            },
        )
        for text in LedgerEntry.objects.values_list("canonical", flat=True):
            self.assertNotIn(representative.person.name, text)
        self.assertEqual(ledger.verify(), [])

    def test_events_of_the_last_acceptance_field_by_field(self):
        agreement = self.opened()
        self.accept(agreement, at=AT)
        last = Event.objects.first().pk
        self.accept(agreement, "ORG-01", "delegate", at=AT)
        version = agreement.versions.get()
        told = [
            (event.record_key, event.action, event.actor_label, event.changes)
            for event in Event.objects.filter(pk__gt=last).order_by("id")
        ]
        delegate = "delegate: ORG-01"
        self.assertEqual(
            told,
            [
                (
                    f"{version.folio}-ORG-01",
                    "create",
                    delegate,
                    {
                        "source": [None, "entered"],
                        "version": [None, version.folio],
                        "party": [None, "ORG-01"],
                        "mode": [None, "signed_in"],
                        "accepted_on": [None, "2026-04-01"],
                        "recorded_by": [None, self.accounts["delegate"].key],
                    },
                ),
                (
                    agreement.folio,
                    "accept",
                    delegate,
                    {"acceptances": [None, {"party": "ORG-01", "version": 1, "mode": "signed_in"}]},
                ),
                (
                    agreement.folio,
                    "sign",
                    "system",
                    {
                        "status": ["open", "signed"],
                        "version_number": [0, 1],
                        "signed_at": [None, AT.isoformat()],
                        "dated_on": [None, "2026-04-01"],
                        "version": [None, {"folio": version.folio, "status": "signed", "sha256": version.sha256}],
                    },
                ),
            ],
        )

    def test_who_witnesses_or_guarantees_is_not_waited_for(self):
        agreement = self.drafted()
        workflow.edit_agreement(
            agreement=agreement,
            actor=self.accounts["organizer"],
            parties=[
                {"agency": self.agency},
                {"organization": self.organization},
                {"agency": self.other_agency, "role": "witness"},
                {"organization": self.other_organization, "role": "guarantor"},
            ],
        )
        workflow.open_for_signature(agreement=agreement, actor=SYSTEM)
        self.accept(agreement, "SRE", "other_official")
        self.assertEqual(
            [str(p) for p in workflow.missing_parties(agreement, agreement.versions.get())],
            [
                "Instituto propio",
                "Federación propia",
            ],
        )
        self.accept(agreement)
        self.accept(agreement, "ORG-01", "delegate")
        self.assertEqual(agreement.status, "signed")

    def test_a_party_accepts_once(self):
        agreement = self.opened()
        self.accept(agreement)
        with self.assertRaises(StepRefused) as caught:
            self.accept(agreement)
        self.assertEqual(caught.exception.code, "not_yours")
        with self.assertRaises(ValidationError) as invalid:
            self.accept(agreement, name="organizer", mode="in_person")
        self.assertEqual(invalid.exception.messages, ["This party has accepted this version already."])
        self.assertEqual(Acceptance.objects.count(), 1)

    def test_a_party_of_another_agreement(self):
        mine, other = self.opened(), self.opened()
        with self.assertRaises(StepRefused) as caught:
            workflow.accept(agreement=mine, party=self.party(other, "IFE"), actor=self.accounts["official"])
        self.assertEqual(caught.exception.code, "party")

    def test_nothing_is_accepted_that_is_not_open(self):
        for agreement in (self.drafted(), self.signed()):
            with self.subTest(agreement.status), self.assertRaises(StepRefused):
                self.accept(agreement, name="organizer", mode="in_person")

    def test_what_each_mode_asks_for(self):
        agreement = self.opened()
        tomorrow = dt.date(2026, 4, 2)
        for arguments, fields in (
            ({"mode": "on_behalf"}, {"reason", "witness"}),
            ({"mode": "on_behalf", "reason": "Sin conexión"}, {"witness"}),
            ({"mode": "on_paper"}, {"scan"}),
            ({"mode": "in_person", "scan": sent("a.pdf", PDF)}, {"scan"}),
            ({"mode": "on_paper", "scan": sent("a.pdf", PNG)}, {"scan"}),
            ({"mode": "in_person", "accepted_on": tomorrow}, {"accepted_on"}),
            ({"mode": "by_dove"}, {"mode"}),
        ):
            with self.subTest(arguments), self.assertRaises(ValidationError) as caught:
                self.accept(agreement, name="organizer", at=AT, **arguments)
            self.assertEqual(set(caught.exception.message_dict) - {"__all__"}, fields)
        self.assertEqual((Acceptance.objects.count(), agreement.versions.get().status), (0, "open"))

    def test_on_behalf_keeps_reason_and_witness(self):
        made = self.accept(self.opened(), name="organizer", mode="on_behalf", reason="Sin conexión", witness="Notaría 3", at=AT)
        self.assertEqual((made.reason, made.witness), ("Sin conexión", "Notaría 3"))
        events = {event.action: event for event in Event.objects.order_by("-id")[:2]}
        self.assertEqual(events["accept"].reason, "Sin conexión")
        self.assertEqual(events["create"].changes["witness"], ["", "•"])

    def test_the_scan_stays_reserved_under_a_name_of_ours(self):
        made = self.accept(self.opened(), name="organizer", mode="on_paper", scan=sent("../firma de Ana.pdf", PDF))
        self.assertRegex(made.scan.name, r"^papers/[0-9a-f]{32}$")
        self.assertEqual(made.scan.read(), PDF)

    def test_a_refused_acceptance_leaves_no_file(self):
        agreement = self.opened()
        self.accept(agreement)
        before = set(default_storage.listdir("papers")[1]) if default_storage.exists("papers") else set()
        with self.assertRaises(ValidationError):
            self.accept(agreement, name="organizer", mode="on_paper", scan=sent("a.pdf", PDF))
        after = set(default_storage.listdir("papers")[1]) if default_storage.exists("papers") else set()
        self.assertEqual(after, before)


class ProposalsTests(AgreementWorld, TestCase):
    def test_reviewed_proposals_become_agreed_and_the_others_stay(self):
        statuses = ("reviewed", "in_review", "withdrawn", "agreed")
        proposals = [make.proposal(self.edition, status=status) for status in statuses]
        agreement = self.drafted()
        workflow.edit_agreement(agreement=agreement, actor=self.accounts["organizer"], proposals=proposals)
        workflow.open_for_signature(agreement=agreement, actor=self.accounts["organizer"])
        self.sign(agreement)
        for proposal in proposals:
            proposal.refresh_from_db()
        self.assertEqual([p.status for p in proposals], ["agreed", "in_review", "withdrawn", "agreed"])
        event = Event.objects.filter(record_key=agreement.folio).first()
        self.assertEqual(event.changes["proposals_agreed"], [[], [proposals[0].folio]])
        self.assertEqual(
            event.changes["proposals_left_as_they_are"],
            [[], [f"{proposals[1].folio}: in_review", f"{proposals[2].folio}: withdrawn"]],
        )


class PaperTests(AgreementWorld, TestCase):
    def test_the_original_is_for_the_organizers_the_public_version_for_all(self):
        agreement = self.opened()
        papers = [
            workflow.add_paper(
                agreement=agreement,
                actor=self.accounts["organizer"],
                title="Acuerdo firmado",
                file=sent("acuerdo.pdf", PDF),
                is_public=is_public,
            )
            for is_public in (False, True)
        ]
        for name, seen in (("anonymous", papers[1:]), ("delegate", papers[1:]), ("organizer", papers)):
            with self.subTest(name):
                self.assertEqual(list(SignedPaper.objects.visible_to(self.user(name)).order_by("id")), seen)
        self.assertEqual(
            (papers[0].file_name, papers[0].content_type, papers[0].size), ("acuerdo.pdf", "application/pdf", len(PDF))
        )

    def test_a_wrong_file_is_an_error_of_its_field(self):
        with self.assertRaises(ValidationError) as caught:
            workflow.add_paper(agreement=self.drafted(), actor=self.accounts["organizer"], title="x", file=sent("a.pdf", PNG))
        self.assertEqual(list(caught.exception.message_dict), ["file"])


@skipUnlessDBFeature("has_select_for_update")
class ParallelTests(AgreementWorld, TransactionTestCase):
    """Both last acceptances at the same moment. Only a database that locks rows can show it (PostgreSQL)."""

    def setUp(self):
        super().setUp()
        self.setUpTestData()

    def test_parallel_last_acceptances_sign_exactly_once(self):
        agreement = self.opened()
        barrier, problems = threading.Barrier(2), []

        def accept(key, name):
            try:
                mine = Agreement.objects.get(pk=agreement.pk)
                actor, party = self.user(name), self.party(mine, key)
                barrier.wait(10)
                workflow.accept(agreement=mine, party=party, actor=actor)
            except Exception as error:  # noqa: BLE001 - told by the assertion below
                problems.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=accept, args=pair) for pair in (("IFE", "official"), ("ORG-01", "delegate"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(problems, [])
        agreement.refresh_from_db()
        self.assertEqual((agreement.status, Acceptance.objects.count()), ("signed", 2))
        self.assertEqual(LedgerEntry.objects.filter(act="agreement_signed").count(), 1)
        self.assertEqual(Event.objects.filter(action="sign").count(), 1)
        self.assertEqual(ledger.verify(), [])

    def test_the_same_party_twice_at_once_accepts_once(self):
        agreement = self.opened()
        barrier, answers = threading.Barrier(4), []

        def accept():
            try:
                mine = Agreement.objects.get(pk=agreement.pk)
                actor, party = self.user("official"), self.party(mine, "IFE")
                barrier.wait(10)
                workflow.accept(agreement=mine, party=party, actor=actor)
                answers.append("accepted")
            except (StepRefused, ValidationError):
                answers.append("refused")
            finally:
                connection.close()

        threads = [threading.Thread(target=accept) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(sorted(answers), ["accepted", "refused", "refused", "refused"])
        self.assertEqual(Acceptance.objects.count(), 1)
