"""What proposals put on the workspace home: who reads what, until when, at the same cost with one and with many."""

import datetime as dt

import pytest
from django.test import TestCase
from django.utils import translation

from core import sockets
from forum.models import Edition
from proposals import workflow
from proposals.waiting import gaps_of, waiting_for
from tests import factories as make
from tests.personas import PERSONAS
from tests.proposals.world import AT, ProposalWorld

pytestmark = pytest.mark.once

TODAY = dt.date(2026, 3, 3)
CLOSES = dt.date(2026, 4, 30)


class WaitingTests(ProposalWorld, TestCase):
    def who_waits(self, today=TODAY):
        """Persona → (kind, record, date) of what waits, of those for whom something does."""
        found = {}
        for name in PERSONAS:
            items = waiting_for(self.user(name), today)
            if items:
                found[name] = [(item.kind, item.record, item.due_on) for item in items]
        return found

    def test_it_is_plugged_in(self):
        self.assertIn(waiting_for, sockets.waiting.plugs)
        self.assertIn(gaps_of, sockets.edition_gaps.plugs)

    def test_drafts_and_returned_ones_wait_for_the_delegate(self):
        Edition.objects.filter(pk=self.edition.pk).update(intake_closes_on=CLOSES)
        draft, returned = self.proposal(), self.proposal("returned")
        self.assertEqual(self.who_waits(), {"delegate": [("submit", draft.folio, CLOSES), ("submit", returned.folio, CLOSES)]})

    def test_submitted_and_not_referred_waits_for_the_organizer(self):
        self.proposal("submitted")
        self.assertEqual(self.who_waits(), {"organizer": [("refer", "propia", None)]})

    def test_referrals_wait_for_their_body_by_date(self):
        first = make.referral(self.proposal("in_review"), self.agency, due_on=dt.date(2026, 4, 10))
        second = make.referral(self.proposal("in_review"), self.agency, due_on=dt.date(2026, 4, 1), status="acknowledged")
        make.referral(self.proposal("in_review"), self.agency, status="recalled")
        expected = [("review", r.version.proposal.folio, r.due_on) for r in (second, first)]
        self.assertEqual(self.who_waits(), {"official": expected})
        self.assertEqual(
            self.who_waits(dt.date(2026, 4, 2)), {"official": expected, "organizer": [("late", "propia", dt.date(2026, 4, 1))]}
        )

    def test_a_question_waits_for_the_proponents(self):
        proposal, (referral,) = self.referred(self.agency)
        due = dt.date(2026, 4, 1)
        clarification = workflow.ask(referral=referral, actor=self.user("official"), question="¿Dónde?", due_on=due, at=AT)
        self.assertEqual(self.who_waits(), {"delegate": [("clarify", proposal.folio, due)]})
        workflow.answer_clarification(clarification=clarification, actor=self.user("delegate"), answer="En Los Ángeles.", at=AT)
        self.assertEqual(set(self.who_waits()), {"official"})

    def test_opinions_wait_to_be_released_together(self):
        _proposal, (referral,) = self.referred(self.agency)
        Edition.objects.update(opinion_publication="together")
        self.issued(type(referral).objects.get(pk=referral.pk))
        self.assertEqual(self.who_waits(), {"organizer": [("release", "propia", None)]})
        workflow.release_opinions(edition=Edition.objects.get(pk=self.edition.pk), actor=self.user("organizer"), at=AT)
        self.assertEqual(self.who_waits(), {})

    def test_links_lead_to_pages_that_exist(self):
        self.proposal()
        self.proposal("submitted")
        _proposal, referrals = self.referred()
        workflow.ask(referral=referrals[1], actor=self.user("other_official"), question="¿Dónde?", at=AT)
        kinds = set()
        for name in ("official", "delegate", "organizer"):
            client = self.sign_in(name)
            for item in waiting_for(self.user(name), dt.date(2027, 1, 1)):
                kinds.add(item.kind)
                with self.subTest(name, item=item.kind):
                    self.assertEqual(client.get(item.url).status_code, 200)
        self.assertEqual(kinds, {"submit", "clarify", "review", "refer", "late"})


class CostTests(ProposalWorld, TestCase):
    def fill(self):
        self.proposal()
        self.proposal("submitted")
        _proposal, referrals = self.referred()
        workflow.ask(referral=referrals[1], actor=self.user("other_official"), question="¿Dónde?", at=AT)
        make.opinion(make.referral(self.proposal("in_review"), self.agency), released=False)

    def test_queries_do_not_grow(self):
        Edition.objects.update(opinion_publication="together")
        for _ in range(2):
            self.fill()
            for name, number in {"official": 1, "delegate": 2, "organizer": 1}.items():
                user = self.user(name)
                self.assertTrue(user.roles)
                with self.subTest(name), self.assertNumQueries(number):
                    self.assertTrue(waiting_for(user, TODAY))
            with self.assertNumQueries(2):
                gaps_of(self.edition, TODAY)
            for _more in range(5):
                self.fill()


class GapTests(ProposalWorld, TestCase):
    @translation.override("en")
    def test_counts(self):
        self.proposal()
        self.proposal("returned")
        self.proposal("submitted", addressees=[self.agency])
        self.referred(self.agency, self.other_agency, addressees=[self.agency, self.other_agency])
        self.proposal("reviewed")
        self.proposal("withdrawn")
        rows = gaps_of(self.edition, dt.date(2027, 1, 1))
        self.assertEqual(
            [(row["label"], row["number"], row["is_gap"]) for row in rows],
            [
                ("proposals not submitted yet", 2, True),
                ("proposal to refer", 1, True),
                ("proposal in review", 1, False),
                ("proposal answered", 1, False),
                ("opinions late", 2, True),
                ("proposals without addressee", 3, True),
            ],
        )
        client = self.sign_in("organizer")
        for row in rows:
            with self.subTest(row["label"]):
                self.assertEqual(client.get(row["url"]).status_code, 200)
