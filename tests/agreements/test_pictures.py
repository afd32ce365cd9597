"""The drawings of the progress page: what they say adds up, and every figure leads to the list behind it."""

import datetime as dt

import pytest
from django.template.loader import render_to_string
from django.test import TestCase
from django.utils import translation

from agreements import pictures
from tests import factories as make

pytestmark = pytest.mark.once

TODAY = dt.date(2026, 7, 15)
PAST = dt.date(2026, 7, 1)
TEMPLATES = {
    "flow": "flow",
    "commitments": "bars",
    "answers": "bars",
    "time": "lines",
    "origins": "tiles",
    "people": "tiles",
    "destinations": "tiles",
}


class PicturesTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.edition = make.edition(slug="foro-2026")
        cls.agency = make.agency(key="IFE", name_es="Instituto <b>Federal</b>")
        cls.organization = make.organization(state_of_origin=make.area())
        proposal = make.proposal(cls.edition, status="agreed", reading="feasible", proponents=[cls.organization])
        make.proposal(cls.edition, status="in_review", reading="waiting")
        make.referral(proposal, cls.agency, due_on=PAST)
        agreement = make.agreement(cls.edition, status="signed", proposals=[proposal], signed_at=make.now().replace(2026, 5, 4))
        cls.commitment = make.commitment(agreement, make.party(agreement, cls.agency), due_on=PAST)
        cls.commitment.states.add(make.area())

    def drawn(self, language="en", edition=None):
        with translation.override(language):
            return pictures.progress_pictures(TODAY, edition)

    def test_they_say_what_is_so(self):
        found = self.drawn()
        self.assertEqual(set(found), set(TEMPLATES))
        self.assertEqual(str(found["flow"].description), "Of 2 proposals, 1 are in a signed agreement.")
        self.assertEqual(str(found["commitments"].description), "1 commitment in force, 1 late.")
        self.assertEqual([(bar.label, bar.total) for bar in found["answers"].bars], [("IFE", 1)])
        self.assertEqual([tile.square.name for tile in found["origins"].tiles if tile.square.count], ["Zacatecas"])
        self.assertEqual([line.last for line in found["time"].lines], [1, 1, 0])

    def test_every_figure_leads_to_its_list(self):
        """Each address answers, and the list that it opens knows every filter in it."""
        addresses = set()
        for edition in (None, self.edition):
            for chart in self.drawn(edition=edition).values():
                addresses |= {cell.url for row in chart.table.rows for cell in row if cell.url}
                addresses |= {kind.url for kind, _number in getattr(chart, "kinds", ()) if kind.url}
        self.assertTrue({"/en/proposals/?reading=feasible", "/en/organizations/?state=MX-ZAC"} <= addresses)
        for address in addresses:
            with self.subTest(address):
                response = self.client.get(address)
                self.assertEqual(response.status_code, 200)
                listing = response.context.get("listing")
                if "?" in address:
                    self.assertEqual((listing.ignored, len(listing.values)), ([], address.count("=")))
                    self.assertTrue(len(listing))

    def test_every_figure_is_the_length_of_its_list(self):
        make.proposal(self.edition, status="withdrawn", reading="waiting")
        make.proposal(self.edition, status="submitted")
        for edition in (None, self.edition):
            found = self.drawn(edition=edition)
            figures = {(cell.url, cell.text) for chart in found.values() for row in chart.table.rows for cell in row}
            figures |= {(knot.kind.url, knot.count) for knot in found["flow"].wide.knots}
            for address, number in figures:
                if address and isinstance(number, int):
                    with self.subTest(address):
                        self.assertEqual(self.client.get(address).context["listing"].count, number)

    def test_they_can_be_drawn_in_both_languages_with_something_and_with_nothing(self):
        empty = make.edition()
        for language in ("es", "en"):
            for edition in (None, empty):
                for name, chart in self.drawn(language, edition).items():
                    with self.subTest(language=language, name=name), translation.override(language):
                        text = render_to_string(f"components/charts/{TEMPLATES[name]}.svg.html", {"chart": chart})
                        self.assertIn(str(chart.title), text)
                        self.assertNotIn("<b>", text)
                        self.assertEqual("<table>" in text, edition is None and not chart.empty)

    def test_many_bodies_become_one_bar(self):
        for number in range(20):
            agreement = make.agreement(self.edition, status="signed")
            lead = make.party(agreement, make.agency(key=f"B{number}"))
            make.commitment(agreement, lead, due_on=PAST)
        chart = self.drawn()["commitments"]
        self.assertEqual((len(chart.bars), chart.bars[-1].label, chart.bars[-1].total), (13, "9 other bodies", 9))
        self.assertEqual(chart.total, 21)

    def test_as_many_queries_for_one_as_for_thirty(self):
        with self.assertNumQueries(15):
            self.drawn()
        for _ in range(29):
            agreement = make.agreement(self.edition, status="signed")
            make.commitment(agreement, make.party(agreement, make.agency()), due_on=PAST)
        with self.assertNumQueries(15):
            self.drawn()
