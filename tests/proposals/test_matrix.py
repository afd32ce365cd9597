"""The matrix "proposal → answer": what it shows to whom, its files, and what it costs."""

from __future__ import annotations

import datetime as dt
from unittest import mock

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests import factories as make
from tests.proposals.world import ProposalWorld


class MatrixTests(ProposalWorld, TestCase):
    def address(self, **query: str) -> str:
        with translation.override("en"):
            return reverse("matrix", query={"edition": "propia", **query})

    def row(self, **query: str) -> list[str]:
        page = self.client.get(self.address(**query))
        return [cell.code for cell in page.context["table"][0][1]]

    def test_answers_and_gaps(self) -> None:
        third = make.agency(key="IME")
        proposal, (first, second) = self.referred()
        proposal.addressees.set([self.agency, third])
        self.issued(first, "not_feasible")
        second.due_on = dt.date(2026, 3, 3)
        second.save()
        self.assertEqual(self.row(), ["not_feasible", "not_sent", "late"])
        self.assertEqual(self.row(agency="SRE"), ["late"])
        elsewhere = make.proposal(make.edition(stage="review"), status="in_review")
        elsewhere.addressees.set([second.agency])
        shown = self.client.get(self.address(agency="SRE")).context["listing"]
        self.assertEqual(([each.pk for each in shown], bool(shown.rows.marked)), ([proposal.pk], True))
        page = self.client.get(self.address())
        self.assertContains(page, "2 gaps")
        self.assertContains(self.client.get(self.address(print="1")), "not feasible")

    def test_the_columns_of_a_long_list_are_those_of_what_is_shown(self) -> None:
        """Of a thousand proposals and more nobody looks through all the referrals for a page."""
        self.referred()
        self.proposal("submitted").addressees.set([make.agency(key="IME")])

        def columns() -> tuple[list[str], str]:
            with CaptureQueriesContext(connection) as found, mock.patch("django.conf.settings.PAGE_SIZE", 1):
                bodies = [body.key for body in self.client.get(self.address()).context["bodies"]]
            asked = next(each["sql"] for each in found if "DISTINCT" in each["sql"])
            return bodies, asked.partition("proposals_proposal")[2]

        self.assertIn("IME", columns()[0])
        with mock.patch("core.paging.bounded_count.__defaults__", (1,)):
            bodies, asked = columns()
        self.assertNotIn("IME", bodies)
        self.assertEqual(len(bodies), 2)
        self.assertNotIn("edition_id", asked)

    def test_nothing_that_is_not_public(self) -> None:
        self.edition.opinion_publication = "together"
        self.edition.save()
        draft = self.proposal("draft", title_es="Borrador secreto")
        _proposal, (first, second) = self.referred()
        self.issued(first, "not_feasible")
        self.draft(second, "addressed")
        self.assertEqual(self.row(), ["withheld", "late"])
        for url in (self.address(), self.address(print="1")):
            self.assertNotContains(self.client.get(url), draft.title_es)

    def test_files_hold_the_same(self) -> None:
        _proposal, (first, _second) = self.referred(title_es="=Fórmula")
        self.issued(first, "feasible")
        with translation.override("en"):
            answers = {
                form: self.client.get(reverse("matrix_file", args=[form], query={"edition": "propia"}))
                for form in ("csv", "xlsx")
            }
            self.assertEqual(self.client.get(reverse("matrix_file", args=["exe"])).status_code, 404)
        text = answers["csv"].content.decode("utf-8-sig")
        self.assertIn("'=Fórmula", text)
        self.assertIn("feasible", text)
        self.assertTrue(answers["xlsx"].content.startswith(b"PK"))

    def test_nonsense(self) -> None:
        self.referred()
        for value in ("", "x", "\x00", "9" * 5000, "ñ"):
            for name in ("edition", "table", "agency", "after", "order"):
                with self.subTest(name=name, value=value[:5]):
                    self.assertEqual(self.client.get(self.address() + f"&{name}={value}").status_code, 200)

    def test_as_many_queries_for_thirty_rows(self) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                self.client.get(self.address())
            return len(found)

        self.referred()
        one = queries()
        for _n in range(20):
            proposal = self.proposal("in_review")
            make.opinion(make.referral(proposal, self.agency, status="answered"))
        self.assertEqual(queries(), one)
