"""The lists as data: what their description says, the records of the pages, and a sentence for every question that means nothing."""

import datetime as dt
from unittest import mock

import pytest
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from config.api import LISTS
from tests import factories as make
from tests.house.test_addresses import HOSTILE

NOON = dt.datetime(2026, 3, 9, 18, tzinfo=dt.UTC)


class ApiWorld(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.edition = make.edition(slug="uno", stage="follow_up")
        cls.agency, cls.silent = make.agency(key="IFE"), make.agency(key="SRE")
        cls.organization = make.organization(key="ORG-1")
        cls.state = make.area("MX-ZAC")
        cls.today = timezone.localdate()
        for _each in range(3):
            cls.add()
        make.proposal(cls.edition, status="draft", title_es="Secreta")

    @classmethod
    def add(cls):
        proposal = make.proposal(cls.edition, status="in_review", reading="waiting", published_at=NOON, topic="salud")
        proposal.states.set([cls.state])
        proposal.proponents.set([cls.organization])
        answered = {"status": "answered", "answered_at": NOON, "due_on": dt.date(2026, 3, 20)}
        make.opinion(make.referral(proposal, cls.agency, **answered), verdict="conditional")
        make.referral(proposal, cls.silent, due_on=cls.today - dt.timedelta(days=1))
        agreement = make.agreement(cls.edition, status="signed", proposals=[proposal])
        lead = make.party(agreement, cls.agency)
        make.party(agreement, cls.organization)
        make.commitment(agreement, lead, due_on=cls.today - dt.timedelta(days=1), disputed=True)
        make.commitment(agreement, lead, due_on=cls.today + dt.timedelta(days=90))
        make.meeting(cls.edition, agreements=[agreement])
        return proposal, agreement

    def get(self, name, query="", status=200, **headers):
        response = self.client.get(f"/api/v1/{name}/{query}", **headers)
        self.assertEqual((response.status_code, response["Content-Type"]), (status, "application/json"), response.content)
        return response.json()

    def errors(self, name, query, **headers):
        return [each["message"] for each in self.get(name, query, 400, **headers)["errors"]]


class WhatItSays(ApiWorld):
    def test_every_record_is_what_its_description_says(self):
        described = self.client.get("/api/v1/openapi.json").json()
        self.assertEqual(set(described["paths"]), {f"/{name}/" for name in LISTS})
        for name in LISTS:
            page = self.get(name)
            self.assertTrue(page["records"], name)
            answer = described["paths"][f"/{name}/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            schema = {**answer, "components": described["components"]}
            Draft202012Validator.check_schema(schema)
            Draft202012Validator(schema, format_checker=FormatChecker()).validate(page)
            # A key too many, or one of another kind, is no such record.
            for wrong in ({"x": 1}, {"url": 7}):
                broken = {**page, "records": [{**page["records"][0], **wrong}]}
                self.assertFalse(Draft202012Validator(schema).is_valid(broken), name)

    def test_a_proposal_and_an_agreement(self):
        found = self.get("proposals")["records"][0]
        self.assertEqual(found["url"], f"http://testserver/es/propuestas/{found['folio']}/")
        kept = ("status", "overall_reading", "edition", "table", "topic", "published_at", "organizations", "agencies", "states")
        values = ["in_review", "waiting", "uno", None, "salud", "2026-03-09T18:00:00Z", ["ORG-1"], ["IFE", "SRE"], ["MX-ZAC"]]
        self.assertEqual([found[name] for name in kept], values)
        yesterday = (self.today - dt.timedelta(days=1)).isoformat()
        answers = [
            {"agency": "IFE", "answer": "in_time", "due_on": "2026-03-20"},
            {"agency": "SRE", "answer": "late", "due_on": yesterday},
        ]
        self.assertEqual((found["verdicts"], found["answers"]), (["conditional"], answers))
        agreement = self.get("agreements")["records"][0]
        kept = ("status", "organizations", "agencies", "states", "proposals", "commitments", "disputed")
        values = ["signed", ["ORG-1"], ["IFE"], ["MX-ZAC"], [found["folio"]], {"late": 1, "on_time": 1}, 1]
        self.assertEqual([agreement[name] for name in kept], values)

    def test_the_pages_together_are_the_list(self):
        with mock.patch("core.open_lists.SIZE", 2):
            for name, query in (("proposals", "?state=MX-ZAC&order=newest"), ("commitments", ""), ("agreements", "?light=late")):
                first = self.get(name, query)
                self.assertEqual((len(first["records"]), first["count_is_exact"]), (2, True))
                rest = self.client.get(first["next"]).json()
                folios = [each["folio"] for page in (first, rest) for each in page["records"]]
                self.assertEqual(len(set(folios)), min(4, first["count"]), name)
                self.assertEqual(rest["count"], first["count"])
                if first["count"] == 3:
                    self.assertIsNone(rest["next"])

    def test_it_is_narrowed_down_as_the_page_is(self):
        for name, query, number in (
            ("proposals", "?agency=sre&answer=late", 3),
            ("proposals", "?status=reviewed", 0),
            ("agreements", "?light=fulfilled", 0),
            ("commitments", "?light=late", 3),
            ("commitments", "?agency=IFE&owed=yes", 6),
            ("meetings", "?agency=IFE", 3),
            ("organizations", "?q=nothing", 0),
        ):
            page = self.get(name, query)
            self.assertEqual((len(page["records"]), page["count"], page["count_is_exact"]), (number, number, True), (name, query))

    def test_whoever_asks_reads_what_anybody_reads(self):
        anonymous = self.get("proposals")
        self.client.force_login(make.user(organizer=self.edition))
        self.assertEqual(self.get("proposals"), anonymous)
        self.assertNotIn("Secreta", str(anonymous))

    @pytest.mark.once
    def test_the_number_of_queries_depends_on_no_number_of_records(self):
        counted = {
            "proposals": 3,
            "agreements": 4,
            "commitments": 2,
            "meetings": 3,
            "organizations": 1,
            "agencies": 1,
            "editions": 1,
        }
        with mock.patch("core.open_lists.SIZE", 2):
            self.assertEqual({name: self.queries(name) for name in LISTS}, counted)
        for _each in range(20):
            self.add()
        with mock.patch("core.open_lists.SIZE", 22):
            self.assertEqual({name: self.queries(name) for name in LISTS}, counted)

    def queries(self, name):
        with CaptureQueriesContext(connection) as captured:
            self.get(name)
        return len(captured)


class WhatItRefuses(ApiWorld):
    def test_a_sentence_for_each_thing_that_means_nothing(self):
        said = self.errors("proposals", "?x=1&state=MX-ZZZ&order=best", HTTP_ACCEPT_LANGUAGE="en")
        self.assertEqual(len(said), 3)
        self.assertTrue(said[0].startswith("“x” is no parameter of this list. It takes: q, status, reading,"))
        self.assertEqual(said[1:], ["“MX-ZZZ” is not something this list knows as “state”.", "There is no order “best”."])
        self.assertEqual(self.errors("proposals", "?state=A&state=B", HTTP_ACCEPT_LANGUAGE="es")[0][:8], "«state» ")
        for name in LISTS:
            for after in ("x", "W10", "W251bGxd", "x" * 3000):
                self.assertEqual(len(self.errors(name, f"?after={after}")), 1, (name, after))

    def test_nothing_stands_elsewhere(self):
        for address in ("people", "proposals/FM1-01"):
            self.assertEqual(len(self.get(address, status=404)["errors"]), 1)
        self.assertEqual(self.client.post("/api/v1/proposals/").status_code, 405)

    def test_no_question_fails(self):
        for name, openlist in LISTS.items():
            parameters = [question.name for question in openlist.asked(mock.Mock(GET={}), None)["filters"]]
            for text in HOSTILE:
                for parameter in [*parameters, "order", "after"]:
                    response = self.client.get(f"/api/v1/{name}/?{parameter}={text}")
                    self.assertIn(response.status_code, (200, 400, 414), (name, parameter, text[:40]))


@override_settings(PAGE_CACHE=True)
class KeptTests(ApiWorld):
    def test_anybody_may_keep_it_until_something_changes(self):
        first = self.client.get("/api/v1/agreements/?light=late")
        self.assertEqual((first["Cache-Control"], first["Access-Control-Allow-Origin"]), ("public, no-cache", "*"))
        self.assertFalse(first.cookies)
        again = self.client.get("/api/v1/agreements/?light=late", HTTP_IF_NONE_MATCH=first["ETag"])
        self.assertEqual(again.status_code, 304)
        with self.assertNumQueries(1):
            self.assertEqual(self.client.get("/api/v1/agreements/?light=late").json(), first.json())
        self.add()
        changed = self.client.get("/api/v1/agreements/?light=late", HTTP_IF_NONE_MATCH=first["ETag"])
        self.assertEqual((changed.status_code, changed.json()["count"]), (200, 4))
