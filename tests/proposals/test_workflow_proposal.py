"""Proposals: versions, intake, corrections, revisions, and how a proposal ends."""

import datetime as dt
import json

from django.core.exceptions import ValidationError
from django.test import TestCase

from core import ledger
from core.events import SYSTEM, acting_from, events_of
from core.models import LedgerEntry, SearchEntry
from core.workflow import StaleRecord, StepRefused
from proposals import acts, workflow
from proposals.models import Proposal
from tests import factories as make
from tests.proposals.world import AT, ProposalWorld, after

TEXT = {"title_es": "Módulos del IFE", "petition_es": "Que se instalen."}


class WritingTests(ProposalWorld, TestCase):
    def create(self, **values):
        return workflow.create_proposal(
            edition=self.edition, actor=self.user("delegate"), values={**TEXT, **values}, proponents=[self.organization], at=AT
        )

    def test_create_tells_everything(self):
        with acting_from("page"):
            proposal = self.create(topic="  Voto   exterior ")
        event = events_of(proposal).get()
        self.assertEqual(
            (event.action, event.actor, event.origin, event.at, event.record_key, event.edition_slug),
            ("create", self.user("delegate"), "page", AT, proposal.folio, "propia"),
        )
        self.assertEqual(event.actor_label, "delegate: ORG-01")
        self.assertEqual(event.changes["title_es"], [None, "Módulos del IFE"])
        self.assertEqual(event.changes["topic"], [None, "Voto exterior"])
        self.assertEqual(event.changes["proponents"], [[], ["ORG-01"]])

    def test_edit_tells_what_changed_and_nothing_else(self):
        proposal = self.create()
        workflow.edit_proposal(
            proposal=proposal,
            actor=self.user("organizer"),
            values={**TEXT, "petition_es": "Que se instalen ya."},
            links={"addressees": [self.agency]},
            revision=1,
        )
        event = events_of(proposal).first()
        self.assertEqual(event.changes, {"petition_es": ["Que se instalen.", "Que se instalen ya."], "addressees": [[], ["IFE"]]})
        self.assertEqual(proposal.revision, 2)
        self.assertIn("instalen ya", proposal.folded)

    def test_edit_without_a_change_leaves_no_trace(self):
        proposal = self.create()
        workflow.edit_proposal(proposal=proposal, actor=self.user("delegate"), values=TEXT)
        self.assertEqual((events_of(proposal).count(), proposal.revision), (1, 1))

    def test_stale_form(self):
        proposal = self.create()
        opened = proposal.revision
        workflow.edit_proposal(proposal=proposal, actor=self.user("delegate"), values={"title_es": "Primero"}, revision=opened)
        stale = Proposal.objects.get(pk=proposal.pk)
        with self.assertRaises(StaleRecord) as caught:
            workflow.edit_proposal(proposal=stale, actor=self.user("organizer"), values={"title_es": "Segundo"}, revision=opened)
        self.assertEqual(caught.exception.current.title_es, "Primero")
        self.assertEqual(Proposal.objects.get(pk=proposal.pk).title_es, "Primero")

    def test_what_does_not_belong_is_refused(self):
        table = make.table(self.other_edition)
        speaker = make.participation(self.other_edition)
        cases = [
            ({"title_es": "x" * 301}, {}, "title_es"),
            ({"table": table}, {}, "table"),
            ({}, {"speakers": [speaker]}, "speakers"),
            ({}, {"proponents": [self.other_organization]}, "proponents"),
        ]
        for values, links, field in cases:
            proposal = self.create()
            with self.subTest(field), self.assertRaises(ValidationError) as caught:
                workflow.edit_proposal(proposal=proposal, actor=self.user("delegate"), values=values, links=links)
            self.assertEqual(set(caught.exception.message_dict), {field})
        for values, links in (({"status": "agreed"}, {}), ({"folio": "FP1-99"}, {}), ({}, {"agreements": []})):
            proposal = self.create()
            with self.subTest(values=values, links=links), self.assertRaises(ValidationError):
                workflow.edit_proposal(proposal=proposal, actor=self.user("delegate"), values=values, links=links)
            self.assertEqual(Proposal.objects.get(pk=proposal.pk).status, "draft")

    def test_folios_from_outside(self):
        def create(folio):
            return workflow.create_proposal(
                edition=self.edition, actor=SYSTEM, values={**TEXT, "folio": folio}, proponents=[self.organization]
            )

        self.assertEqual(create("FP1-07").folio, "FP1-07")
        self.assertEqual(self.create().folio, "FP1-08")
        for folio in ("FA1-01", "FP1-x", "FP1-7.1", "FP1-07"):
            with self.subTest(folio), self.assertRaises(ValidationError) as caught:
                create(folio)
            self.assertEqual(set(caught.exception.message_dict), {"folio"})
        # A delegate does not choose one.
        self.assertEqual(self.create(folio="FP1-50").folio, "FP1-09")

    def test_submitted_text_stays(self):
        for status in ("submitted", "in_review", "reviewed", "agreed"):
            proposal = self.proposal(status)
            with self.subTest(status), self.assertRaisesMessage(StepRefused, "only by a revision"):
                workflow.edit_proposal(proposal=proposal, actor=self.user("organizer"), values={"title_es": "Otro"})


class SubmissionTests(ProposalWorld, TestCase):
    def submit(self, proposal, name="delegate", at=AT):
        workflow.submit(proposal=proposal, actor=self.user(name), at=at)

    def test_version_ledger_search(self):
        proposal = self.proposal(**TEXT)
        self.assertEqual(SearchEntry.objects.count(), 0)
        self.submit(proposal)
        version = proposal.versions.get()
        self.assertEqual((proposal.status, proposal.published_at, proposal.version_number), ("submitted", AT, 1))
        self.assertEqual((version.folio, version.title_es, version.at), (f"{proposal.folio}.1", "Módulos del IFE", AT))
        self.assertEqual(version.sha256, ledger.fingerprint(acts.version_document(version)))
        entry = LedgerEntry.objects.get()
        payload = json.loads(entry.canonical)["payload"]
        self.assertEqual((entry.act, entry.record_key, entry.at), ("proposal_version", version.folio, AT))
        self.assertEqual((payload["proponents"], payload["sha256"]), (["ORG-01"], version.sha256))
        self.assertEqual(SearchEntry.objects.get().record_key, proposal.folio)
        self.assertEqual(
            events_of(proposal).get().changes,
            {"status": ["draft", "submitted"], "version_number": [0, 1], "published_at": [None, AT.isoformat()]},
        )

    def test_returned_and_submitted_again(self):
        proposal = self.proposal(**TEXT)
        self.submit(proposal)
        workflow.send_back(proposal=proposal, actor=self.user("organizer"), reason=" Falta el problema ", at=after(1))
        self.assertEqual(events_of(proposal).first().reason, "Falta el problema")
        self.assertEqual((proposal.is_public, SearchEntry.objects.count()), (False, 0))
        self.submit(proposal, at=after(2))
        self.assertEqual(proposal.versions.count(), 1, "the text is the same: no new version")
        workflow.send_back(proposal=proposal, actor=self.user("organizer"), reason="Todavía", at=after(3))
        workflow.edit_proposal(proposal=proposal, actor=self.user("delegate"), values={"problem_es": "No hay."})
        self.submit(proposal, at=after(4))
        self.assertEqual([row.problem_es for row in proposal.versions.all()], ["", "No hay."])
        acts_written = list(LedgerEntry.objects.order_by("number").values_list("act", flat=True))
        self.assertEqual(acts_written, ["proposal_version", "retraction", "retraction", "proposal_version"])
        self.assertEqual(proposal.published_at, AT)
        self.assertEqual(ledger.verify(), [])

    def test_intake(self):
        self.edition.intake_closes_on = dt.date(2026, 3, 2)
        self.edition.save()
        # 23:30 of that day in Mexico City is the next day in UTC: still in time.
        self.submit(self.proposal(), at=dt.datetime(2026, 3, 3, 5, 30, tzinfo=dt.UTC))
        late = dt.datetime(2026, 3, 3, 6, 30, tzinfo=dt.UTC)
        with self.assertRaisesMessage(StepRefused, "taken until"):
            self.submit(self.proposal(), at=late)
        self.submit(self.proposal(), "organizer", at=late)
        self.submit(self.proposal("returned"), at=late)

    def test_gaps(self):
        with self.assertRaisesMessage(StepRefused, "at least one proponent"):
            workflow.submit(proposal=make.proposal(self.edition), actor=self.user("organizer"))
        self.edition.stage = "preparation"
        self.edition.save()
        with self.assertRaisesMessage(StepRefused, "in preparation"):
            self.submit(self.proposal())
        self.assertEqual(LedgerEntry.objects.count(), 0)


class RevisionTests(ProposalWorld, TestCase):
    def test_a_new_version_is_referred_anew(self):
        third = make.agency(key="IME")
        proposal, referrals = self.referred(self.agency, self.other_agency, third)
        opinion = self.issued(referrals[0], at=after(1))
        workflow.recall(referral=referrals[2], actor=self.user("organizer"), reason="Error", at=after(1))
        workflow.revise(
            proposal=proposal, actor=self.user("delegate"), values={"petition_es": "Otra cosa."}, cause="Se precisa", at=after(2)
        )
        self.assertEqual((proposal.status, proposal.version_number, proposal.reading), ("in_review", 2, "waiting"))
        version = proposal.versions.get(number=2)
        self.assertEqual((version.folio, version.cause), (f"{proposal.folio}.2", "Se precisa"))
        self.assertEqual(proposal.versions.get(number=1).petition_es, "Que se haga.")
        self.assertEqual(
            {(row.folio, row.status) for row in version.referrals.all()},
            {(f"{version.folio}-IFE", "pending"), (f"{version.folio}-SRE", "pending")},
        )
        self.assertEqual([self.status(row) for row in referrals], ["answered", "recalled", "recalled"])
        self.assertEqual(events_of(proposal).filter(action="revise").get().reason, "Se precisa")
        self.assertEqual(LedgerEntry.objects.first().record_key, version.folio)
        with self.assertRaisesMessage(StepRefused, "newer version"):
            workflow.supersede(opinion=opinion, actor=self.user("official"), reason="Hay datos nuevos")

    def status(self, record):
        return type(record).objects.get(pk=record.pk).status

    def test_a_revision_changes_something_and_asks_somebody(self):
        proposal, _referrals = self.referred()
        for values, agencies in (({"petition_es": " Que se haga. "}, None), ({"petition_es": "Otra."}, [])):
            with self.subTest(values=values, agencies=agencies), self.assertRaises(ValidationError):
                workflow.revise(
                    proposal=proposal, actor=self.user("delegate"), values=values, cause="Se precisa", agencies=agencies
                )
        self.assertEqual(Proposal.objects.get(pk=proposal.pk).version_number, 1)


class EndTests(ProposalWorld, TestCase):
    def retraction(self):
        entry = LedgerEntry.objects.filter(act="retraction").get()
        return entry.record_key, json.loads(entry.canonical)["payload"]

    def test_withdraw(self):
        proposal, referrals = self.referred()
        workflow.withdraw(proposal=proposal, actor=self.user("delegate"), reason="Se retira", at=after(1))
        self.assertEqual((proposal.status, proposal.is_public, proposal.reading), ("withdrawn", True, ""))
        self.assertEqual({type(row).objects.get(pk=row.pk).status for row in referrals}, {"recalled"})
        self.assertEqual(
            self.retraction(),
            (proposal.folio, {"edition": "propia", "became": "withdrawn", "reason": "Se retira", "others": []}),
        )

    def test_what_never_was_public_leaves_no_public_act(self):
        proposal = self.proposal("draft")
        workflow.withdraw(proposal=proposal, actor=self.user("delegate"), reason="Se retira")
        self.assertEqual((proposal.status, proposal.is_public, LedgerEntry.objects.count()), ("withdrawn", False, 0))

    def test_merge(self):
        proposal, _referrals = self.referred()
        into = make.proposal(self.edition, status="submitted", proponents=[self.other_organization])
        with self.assertRaisesMessage(StepRefused, "ask an organizer"):
            workflow.merge(proposal=proposal, into=into, actor=self.user("delegate"), reason="Es igual")
        workflow.merge(proposal=proposal, into=into, actor=self.user("organizer"), reason="Es igual", at=after(1))
        self.assertEqual((proposal.status, proposal.is_public), ("merged", True))
        self.assertEqual({body.key for body in into.proponents.all()}, {"ORG-01", "ORG-02"})
        link = proposal.links.get()
        self.assertEqual((link.kind, link.other), ("merged_into", into))
        self.assertEqual(self.retraction()[1]["others"], [into.folio])
        self.assertEqual(events_of(into).first().changes, {"proponents": [["ORG-02"], ["ORG-01", "ORG-02"]]})

    def test_merge_into_what_cannot_take_it(self):
        proposal = self.proposal("submitted")
        for into in (
            proposal,
            self.proposal("withdrawn"),
            self.proposal("draft"),
            make.proposal(self.other_edition, status="submitted"),
        ):
            with self.subTest(into=into.status), self.assertRaises(StepRefused):
                workflow.merge(proposal=proposal, into=into, actor=self.user("administrator"), reason="Es igual")

    def test_split(self):
        proposal, _referrals = self.referred(topic="Voto")
        parts = [
            {"title_es": "Una", "petition_es": "Que se haga una."},
            {"title_es": "Dos", "petition_es": "Que se haga la otra.", "addressees": [self.agency]},
        ]
        one, two = workflow.split(proposal=proposal, parts=parts, actor=self.user("delegate"), reason="Son dos", at=after(1))
        self.assertEqual((proposal.status, one.status, two.status), ("split", "submitted", "submitted"))
        self.assertEqual((one.topic, [body.key for body in one.proponents.all()]), ("Voto", ["ORG-01"]))
        self.assertEqual([body.key for body in two.addressees.all()], ["IFE"])
        self.assertEqual({(link.kind, link.other) for link in two.links.all()}, {("split_from", proposal)})
        self.assertEqual(self.retraction()[1]["others"], [one.folio, two.folio])
        with self.assertRaises(ValidationError):
            workflow.split(proposal=one, parts=parts[:1], actor=self.user("delegate"), reason="No")

    def test_a_part_that_is_wrong_leaves_nothing_behind(self):
        proposal = self.proposal("submitted")
        parts = [{"title_es": "Una", "petition_es": "Sí."}, {"title_es": "Dos"}]
        with self.assertRaises(ValidationError):
            workflow.split(proposal=proposal, parts=parts, actor=self.user("delegate"), reason="Son dos")
        self.assertEqual((Proposal.objects.count(), LedgerEntry.objects.count()), (1, 0))

    def test_present_again(self):
        proposal = self.proposal("reviewed", reading="not_feasible", title_es="Módulos")
        again = workflow.present_again(proposal=proposal, edition=self.other_edition, actor=self.user("delegate"))
        self.assertEqual((again.folio, again.status, again.title_es), ("FA1-01", "draft", "Módulos"))
        self.assertEqual([body.key for body in again.proponents.all()], ["ORG-01"])
        self.assertEqual(again.links.get().kind, "re_presents")
        with self.assertRaisesMessage(StepRefused, "another edition"):
            workflow.present_again(proposal=proposal, edition=self.edition, actor=self.user("delegate"))

    def test_agree_twice_is_once(self):
        proposal = self.proposal("reviewed")
        for key in ("FP1-A-01", "FP1-A-02"):
            workflow.mark_agreed(proposal=proposal, agreement_key=key)
        self.assertEqual([event.reason for event in events_of(proposal)], ["FP1-A-01"])
        with self.assertRaises(StepRefused):
            workflow.mark_agreed(proposal=self.proposal("submitted"), agreement_key="FP1-A-01")

    def test_links_by_hand(self):
        proposal, hidden = self.proposal("submitted"), make.proposal(self.other_edition)
        for other, kind in ((self.proposal("submitted"), "merged_into"), (hidden, "similar_to")):
            with self.subTest(kind), self.assertRaises(StepRefused):
                workflow.link_proposals(proposal=proposal, other=other, kind=kind, actor=self.user("organizer"))
