"""The overall reading follows from the answers, and its column from the same function."""

import datetime as dt

from django.test import TestCase

from proposals.reading import overall_reading
from tests import factories as make
from tests.proposals.world import ProposalWorld

ON = dt.date(2026, 3, 20)


class ReadingTests(ProposalWorld, TestCase):
    def read(self, *answers, status="reviewed", on=ON):
        """A proposal whose bodies stand like `answers`: a verdict, or the status of a referral that has none."""
        proposal = self.proposal(status)
        for answer in answers:
            if answer in ("pending", "asked", "recalled", "referred_onward"):
                make.referral(proposal, make.agency(), status=answer)
                continue
            referral = make.referral(proposal, make.agency(), status="answered")
            make.opinion(referral, verdict=answer)
        return overall_reading(proposal, on)

    def test_codes(self):
        cases = [
            ((), ""),
            (("recalled",), ""),
            (("pending",), "waiting"),
            (("feasible", "feasible"), "feasible"),
            (("feasible", "conditional"), "conditional"),
            (("conditional",), "conditional"),
            (("not_feasible", "not_feasible"), "not_feasible"),
            (("addressed",), "addressed"),
            (("feasible", "not_feasible"), "divided"),
            (("feasible", "addressed"), "divided"),
            (("addressed", "not_feasible"), "divided"),
            (("feasible", "recalled", "referred_onward"), "feasible"),
            (("referred_onward", "referred_onward"), "outside_remit"),
            # An early conclusion: silence does not hide the answers.
            (("feasible", "pending"), "feasible"),
            (("pending", "asked"), "waiting"),
        ]
        for answers, code in cases:
            with self.subTest(answers=answers):
                self.assertEqual(self.read(*answers).code, code)
        self.assertEqual(self.read("feasible", "pending", status="in_review").code, "waiting")

    def test_counts(self):
        reading = self.read("feasible", "pending", "asked", "recalled", "referred_onward", status="in_review")
        self.assertEqual((reading.asked, reading.answered, reading.waiting, reading.late), (3, 1, 2, 0))
        late = self.read("feasible", "pending", "asked", status="in_review", on=dt.date(2026, 4, 1))
        self.assertEqual(late.late, 2)
        self.assertEqual(late.sentence, "1 of 3 bodies have answered, 2 are late")

    def test_who_differs(self):
        reading = self.read("feasible", "conditional", "not_feasible")
        (dissent,) = reading.dissenting
        self.assertEqual(dissent.verdict, "not_feasible")
        self.assertEqual(reading.sentence, f"divided: {dissent.agency.short} (not feasible)")
        self.assertEqual([row.verdict for row in self.read("not_feasible", "not_feasible", "feasible").dissenting], ["feasible"])
        self.assertEqual([row.verdict for row in self.read("not_feasible", "feasible").dissenting], ["not_feasible"])
        self.assertEqual(self.read("feasible", "feasible").dissenting, [])

    def test_silence_shows(self):
        self.assertEqual(self.read("feasible", "pending").sentence, "agreed feasible; 1 body never answered")

    def test_what_is_not_released_is_not_told(self):
        proposal = self.proposal("reviewed")
        for verdict, released in (("feasible", True), ("not_feasible", False)):
            make.opinion(make.referral(proposal, make.agency(), status="answered"), verdict=verdict, released=released)
        reading = overall_reading(proposal, ON)
        self.assertEqual((reading.code, reading.answered, reading.unreleased, reading.dissenting), ("waiting", 2, 1, []))
        self.assertEqual(reading.sentence, "2 of 2 bodies have answered, the answers are released together")

    def test_only_the_version_in_force_and_the_opinion_in_force_count(self):
        proposal = self.proposal("in_review")
        make.opinion(make.referral(proposal, self.agency, status="answered"), verdict="not_feasible")
        make.version(proposal)
        proposal.version_number = 2
        proposal.save()
        referral = make.referral(proposal, self.agency, status="answered")
        make.opinion(referral, verdict="more_information", status="superseded")
        make.opinion(referral, verdict="feasible")
        self.assertEqual(overall_reading(proposal, ON).code, "feasible")

    def test_two_queries_however_many_bodies(self):
        for bodies in (1, 12):
            proposal = self.proposal("reviewed")
            for number in range(bodies):
                referral = make.referral(proposal, make.agency(), status="answered")
                make.opinion(referral, verdict="feasible" if number % 2 else "not_feasible")
            with self.subTest(bodies), self.assertNumQueries(2):
                self.assertTrue(overall_reading(proposal, ON).sentence)
