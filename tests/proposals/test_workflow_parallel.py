"""Several people at once: exactly one opinion, one version, one folio each, an unbroken ledger.

SQLite lets one writer in at a time, so that these count on PostgreSQL; on SQLite they show that nobody is turned away
with "database is locked".
"""

import threading

from django.db import connections
from django.test import TransactionTestCase, skipUnlessDBFeature

from core import ledger
from core.models import LedgerEntry
from core.workflow import StepRefused
from proposals import workflow
from proposals.models import Opinion, Proposal, Referral
from tests import factories as make
from tests.desk import at

THREADS = 6
TEXT = {"title_es": "Módulos", "petition_es": "Que se instalen."}


class ParallelTests(TransactionTestCase):
    def setUp(self):
        self.edition = make.edition(folio_prefix="FM1")
        self.organization = make.organization()
        self.organizer = make.user(organizer=self.edition)
        self.agencies = [make.agency() for _ in range(THREADS)]
        self.officials = [make.user(official=agency) for agency in self.agencies]

    def together(self, *doors):
        """Runs all doors at the same moment, each on its own connection: what each answered or raised."""
        barrier, results = threading.Barrier(len(doors)), [None] * len(doors)

        def run(number, door):
            try:
                barrier.wait(timeout=20)
                results[number] = door()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the result
                results[number] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doors)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return results

    def in_review(self, agencies):
        proposal = workflow.create_proposal(
            edition=self.edition, actor=self.organizer, values=TEXT, proponents=[self.organization]
        )
        workflow.submit(proposal=proposal, actor=self.organizer)
        return proposal, workflow.refer(proposal=proposal, agencies=agencies, actor=self.organizer)

    def draft(self, referral, official):
        opinion = workflow.start_opinion(referral=referral, actor=official)
        workflow.save_draft(opinion=opinion, actor=official, values={"soundness": "yes", "verdict": "feasible"})
        return opinion

    def test_one_opinion_for_a_body(self):
        _proposal, (referral, _other) = self.in_review(self.agencies[:2])
        colleagues = [make.user(official=self.agencies[0]) for _ in range(THREADS)]
        drafts = self.together(
            *(
                lambda user=user: workflow.start_opinion(referral=Referral.objects.get(pk=referral.pk), actor=user)
                for user in colleagues
            )
        )
        self.assertEqual({draft.pk for draft in drafts}, {Opinion.objects.get().pk})
        opinion = Opinion.objects.get()
        workflow.save_draft(opinion=opinion, actor=colleagues[0], values={"soundness": "yes", "verdict": "feasible"})
        results = self.together(
            *(
                lambda user=user: workflow.issue(opinion=Opinion.objects.get(pk=opinion.pk), actor=user, post="D")
                for user in colleagues
            )
        )
        self.assertEqual([type(result) for result in results if result is not None], [StepRefused] * (THREADS - 1))
        self.assertEqual(LedgerEntry.objects.filter(act="opinion").count(), 1)

    @skipUnlessDBFeature("has_select_for_update")
    def test_twenty_officials_sign_at_once_and_nobodys_text_is_lost(self):
        """Each has the page open with a text of their own, and all press “save” and then “sign” together."""
        _proposal, (referral, _other) = self.in_review(self.agencies[:2])
        clients = [self.client_class() for _n in range(20)]
        for number, client in enumerate(clients):
            client.force_login(make.user(official=self.agencies[0], name=f"Oficial {number}"))
        url = at("review", referral.folio)

        def save(number):
            data = {"revision": 1, "soundness": "yes", "verdict": "feasible", "reasons": f"Motivo {number:02d}."}
            return clients[number].post(url, data)

        saved = self.together(*(lambda number=number: save(number) for number in range(20)))
        draft = Opinion.objects.get()
        winners = [number for number, answer in enumerate(saved) if answer.status_code == 302]
        self.assertEqual([draft.reasons], [f"Motivo {number:02d}." for number in winners])
        for number, answer in enumerate(saved):
            if number not in winners:
                self.assertContains(answer, f"Motivo {number:02d}.", status_code=422)
                self.assertContains(answer, draft.reasons, status_code=422)
        preview = at("review_preview", referral.folio)
        signed = self.together(
            *(lambda client=client: client.post(preview, {"revision": draft.revision, "post": "Dirección"}) for client in clients)
        )
        self.assertEqual(sum("issued" in answer.headers.get("Location", "") for answer in signed if answer.status_code == 302), 1)
        self.assertEqual(list(Opinion.objects.values_list("status", "reasons")), [("issued", draft.reasons)])
        self.assertEqual(LedgerEntry.objects.filter(act="opinion").count(), 1)

    def test_all_bodies_at_once_conclude_once(self):
        proposal, referrals = self.in_review(self.agencies)
        drafts = [self.draft(*pair) for pair in zip(referrals, self.officials, strict=True)]
        results = self.together(
            *(
                lambda draft=draft, user=user: workflow.issue(opinion=draft, actor=user, post="Dirección")
                for draft, user in zip(drafts, self.officials, strict=True)
            )
        )
        self.assertEqual(results, [None] * THREADS)
        proposal = Proposal.objects.get(pk=proposal.pk)
        self.assertEqual((proposal.status, proposal.reading), ("reviewed", "feasible"))
        self.assertEqual((LedgerEntry.objects.count(), ledger.verify()), (THREADS + 1, []))

    def test_answering_and_withdrawing_do_not_wait_for_each_other(self):
        proposal, referrals = self.in_review(self.agencies[:3])
        drafts = [self.draft(*pair) for pair in zip(referrals, self.officials[:3], strict=True)]
        results = self.together(
            *(
                lambda draft=draft, user=user: workflow.issue(opinion=draft, actor=user, post="Dirección")
                for draft, user in zip(drafts, self.officials, strict=False)
            ),
            lambda: workflow.withdraw(proposal=Proposal.objects.get(pk=proposal.pk), actor=self.organizer, reason="Se retira"),
        )
        self.assertIsNone(results[-1])
        self.assertEqual({type(result) for result in results} - {type(None), StepRefused}, set())
        statuses = set(Referral.objects.values_list("status", flat=True))
        self.assertEqual(statuses - {"answered", "recalled"}, set())
        self.assertEqual(ledger.verify(), [])

    def test_folios_and_ledger_numbers(self):
        def enter():
            proposal = workflow.create_proposal(
                edition=self.edition, actor=self.organizer, values=TEXT, proponents=[self.organization]
            )
            workflow.submit(proposal=proposal, actor=self.organizer)
            return proposal.folio

        folios = self.together(*[enter] * THREADS)
        self.assertEqual(sorted(map(str, folios)), [f"FM1-{number:02d}" for number in range(1, THREADS + 1)])
        self.assertEqual((LedgerEntry.objects.count(), ledger.verify()), (THREADS, []))

    def test_merging_each_into_the_other(self):
        one, two = (make.proposal(self.edition, status="submitted", proponents=[self.organization]) for _number in range(2))

        def merge(first, second):
            return workflow.merge(
                proposal=Proposal.objects.get(pk=first.pk),
                into=Proposal.objects.get(pk=second.pk),
                actor=self.organizer,
                reason="Es igual",
            )

        results = self.together(lambda: merge(one, two), lambda: merge(two, one))
        self.assertEqual(sorted(str(type(result).__name__) for result in results), ["NoneType", "StepRefused"])
        self.assertEqual(sorted(Proposal.objects.values_list("status", flat=True)), ["merged", "submitted"])
