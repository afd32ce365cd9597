"""The figures on the pages of bodies and organizations: each leads to a list that holds exactly so many."""

import datetime as dt

from django.test import TestCase
from django.utils import timezone

from tests import factories as make
from tests.chain import LONG_AGO, ChainWorld


class BodyFiguresTests(ChainWorld, TestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        today = timezone.localdate()
        for status, due_on, answered_on in (
            ("answered", today, today),
            ("answered", LONG_AGO, today),
            ("referred_onward", LONG_AGO, LONG_AGO),
            ("recalled", LONG_AGO, None),
            ("pending", LONG_AGO, None),
            ("asked", today + dt.timedelta(days=9), None),
        ):
            at = timezone.make_aware(dt.datetime.combine(answered_on, dt.time(12))) if answered_on else None
            make.referral(
                make.proposal(cls.edition, status="in_review", reading="waiting"),
                cls.agency,
                status=status,
                sent_on=LONG_AGO,
                due_on=due_on,
                answered_at=at,
            )
        # Addressed to the body and never referred to it: it stands in the list of the body, and is not asked.
        make.proposal(cls.edition, status="submitted", addressees=[cls.agency])

    def figures(self, address):
        panels = self.client.get(address).context["panels"]
        return [figure for panel in panels for figure in panel.get("figures", []) + panel.get("readings", [])]

    def test_every_figure_is_the_length_of_its_list(self):
        for address in ("/en/agencies/IFE/", "/en/organizations/ORG-01/", "/en/forums/propia/"):
            found = self.figures(address)
            self.assertTrue(found, address)
            for figure in found:
                listing = self.client.get(figure["url"]).context["listing"]
                with self.subTest(figure["url"]):
                    self.assertEqual((listing.count, listing.ignored), (figure["number"], []))

    def test_what_a_body_was_asked_is_what_it_did_with_it(self):
        asked, *sorts = self.figures("/en/agencies/IFE/")[:6]
        self.assertEqual(asked["number"], sum(figure["number"] for figure in sorts))
        self.assertEqual([figure["number"] > 0 for figure in sorts], [True] * 5)

    def test_every_choice_above_a_list_counts_what_it_shows(self):
        make.proposal(self.edition, status="withdrawn", reading="waiting")
        for address in ("/en/proposals/", "/en/agreements/", "/en/meetings/", "/en/progress/", "/en/agreements/?edition=propia"):
            choices = self.client.get(address).context["listing"].choices
            self.assertTrue(choices, address)
            for choice in choices:
                with self.subTest(address=address, choice=choice.value):
                    listing = self.client.get(address.partition("?")[0] + choice.address).context["listing"]
                    self.assertEqual(listing.count, choice.count)
