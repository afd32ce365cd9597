"""The four readings of a commitment, each by itself, in words."""

import datetime as dt

from django.test import TestCase
from django.utils import translation

from agreements.models import Commitment
from agreements.readings import four_readings
from tests import factories as make

ON = dt.date(2026, 6, 30)


class ReadingsTests(TestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))
        self.edition = make.edition()
        self.agreement = make.agreement(self.edition, status="signed")
        self.government = make.party(self.agreement, make.agency(key="IFE"))
        self.organizations = make.party(self.agreement, make.organization(key="ORG-01", name="Federación", acronym="FED"))
        self.second = make.party(self.agreement, make.organization(key="ORG-02", name="Club", acronym="CLUB"))
        self.commitment = make.commitment(self.agreement, self.government, due_on=ON, original_due_on=ON)

    def read(self, name):
        commitment = Commitment.objects.with_readings().get(pk=self.commitment.pk)
        found = getattr(four_readings(commitment, ON), name)
        return found.code, found.sentence

    def change(self, **values):
        Commitment.objects.filter(pk=self.commitment.pk).update(**values)

    def test_what_one_side_says(self):
        self.assertEqual(self.read("body"), ("no_report", "IFE has not reported yet."))
        make.report(self.commitment, self.government, percent=40, cut_off=dt.date(2026, 3, 31))
        self.assertEqual(self.read("body"), ("in_progress", "IFE reports: in progress, 40 %, on 31 March 2026."))
        make.report(self.commitment, self.organizations, status="not_fulfilled", percent=None, cut_off=ON)
        self.assertEqual(self.read("body"), ("not_fulfilled", "FED reports: not fulfilled, on 30 June 2026."))

    def test_a_commitment_without_lead(self):
        self.change(lead=None)
        self.assertEqual(self.read("body"), ("no_report", "Nobody has reported yet."))

    def test_what_the_evidence_shows(self):
        nothing = ("none", "No evidence on file on 30 June 2026.")
        report = make.report(self.commitment, self.government, status="fulfilled", percent=100)
        self.assertEqual(self.read("evidence"), nothing)
        make.evidence(report, is_public=False)
        validation = make.validation(report, self.organizations, outcome="disagrees", comment_es="No")
        make.evidence(report, validation=validation)
        self.assertEqual(self.read("evidence"), nothing)
        make.evidence(report)
        self.assertEqual(self.read("evidence"), ("links", "Evidence: 1 link, not archived."))
        make.evidence(report, file="evidence/a", url="")
        make.evidence(report, file="evidence/b", url="")
        self.assertEqual(self.read("evidence"), ("files_and_links", "Evidence: 2 files; 1 link, not archived."))

    def test_where_the_date_stands(self):
        day = dt.timedelta(days=1)
        for values, expected in (
            ({"due_on": ON, "original_due_on": ON}, ("due", "Due on 30 June 2026.")),
            ({"due_on": ON - day, "original_due_on": ON - day}, ("late", "Due on 29 June 2026. 1 day late.")),
            (
                {"due_on": ON - 2 * day, "original_due_on": ON - 10 * day},
                ("late", "Due on 28 June 2026, originally on 20 June 2026. 2 days late."),
            ),
            (
                {"due_on": ON + day, "original_due_on": ON - 10 * day},
                ("extended", "Due on 1 July 2026, originally on 20 June 2026."),
            ),
            (
                {"due_on": ON - day, "original_due_on": ON - day, "reported_status": "fulfilled"},
                ("ended", "Was due on 29 June 2026."),
            ),
            ({"due_on": None, "original_due_on": None, "reported_status": ""}, ("no_date", "No due date was agreed.")),
        ):
            with self.subTest(expected):
                self.change(**values)
                self.assertEqual(self.read("date"), expected)

    def test_what_the_other_side_says(self):
        self.assertEqual(self.read("organizations"), ("no_report", "There is no report to validate."))
        report = make.report(self.commitment, self.government)
        self.assertEqual(self.read("organizations"), ("pending", "The organizations have not said yet whether they agree."))
        make.validation(report, self.organizations, outcome="disagrees", comment_es="No")
        self.assertEqual(self.read("organizations"), ("disagrees", "FED: disagrees."))
        make.validation(report, self.second)
        self.assertEqual(self.read("organizations"), ("disagrees", "FED: disagrees; CLUB: agrees."))
        make.validation(report, self.organizations)
        self.assertEqual(self.read("organizations"), ("agrees", "FED: agrees; CLUB: agrees."))
        make.report(self.commitment, self.organizations)
        self.assertEqual(self.read("organizations"), ("pending", "The public bodies have not said yet whether they agree."))

    def test_thirty_commitments_cost_as_many_queries_as_one(self):
        def fill(commitment):
            report = make.report(commitment, self.government)
            make.evidence(report)
            make.validation(report, self.organizations)
            make.validation(report, self.second)

        def read_all():
            for commitment in Commitment.objects.with_readings():
                four_readings(commitment, ON)

        fill(self.commitment)
        with self.assertNumQueries(9):
            read_all()
        for _ in range(29):
            fill(make.commitment(self.agreement, self.government))
        with self.assertNumQueries(9):
            read_all()
