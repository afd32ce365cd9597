"""No input gives a 500: every page and every field tried with nonsense; and a page costs the same with many records."""

import datetime as dt
import re
from collections import Counter

import pytest
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements import workflow
from proposals.models import Condition
from tests import factories as make
from tests.agreements.pages import fields_of
from tests.agreements.story import AgreementWorld
from tests.desk import BEYOND_SQLITE, SHOWN, page_with
from tests.personas import blank_pages

NONSENSE = (
    "",
    " ",
    "\x00",
    "-1",
    "0",
    "9" * 40,
    "1e9",
    "NaN",
    "ñ\u202e😀",
    "x" * 8000,
    SHOWN[1],
    "{{ 7*7 }}",
    "2027-02-30",
    "%s%n",
)
QUERIES = ("q", "status", "edition", "light", "mine", "agreement", "order", "after", "opinion", "empty", "party", "condition")


class NonsenseTests(AgreementWorld, TestCase):
    """Everything is sent as the person to whom the page belongs; what a request did is taken back by the next class."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        world = cls()
        cls.draft, cls.open, cls.force = world.drafted(), world.opened(), world.in_force()
        cls.made = world.report(cls.force)
        cls.coming = world.meeting(cls.force.agreement)
        cls.past = world.held(cls.force.agreement)
        cls.minuted = world.held(cls.force.agreement)
        world.minutes(cls.minuted, action_items=[{"what_es": "Acta", "agency": cls.agency, "due_on": dt.date(2026, 8, 1)}])

    def setUp(self):
        super().setUp()
        self.organizer, self.official, self.delegate = (self.sign_in(name) for name in ("organizer", "official", "delegate"))

    def forms(self):
        """(client, name, arguments, query) of each page with a form."""
        draft, item = self.draft.folio, self.minuted.action_items.get()
        return (
            (self.organizer, "agreement_new", [], "?empty=yes"),
            (self.organizer, "agreement_edit", [draft], ""),
            (self.organizer, "agreement_commitments", [draft], ""),
            (self.organizer, "commitment_new", [draft], ""),
            (self.organizer, "commitment_edit", [self.draft.commitments.get().folio], ""),
            (self.organizer, "agreement_acceptance", [self.open.folio], ""),
            (self.organizer, "agreement_paper", [self.open.folio], ""),
            (self.official, "accept", [self.open.folio], ""),
            (self.official, "report", [self.force.folio], ""),
            (self.organizer, "report", [self.force.folio], ""),
            (self.delegate, "validate", [self.made.folio], ""),
            (self.official, "commitment_extension", [self.force.folio], ""),
            (self.official, "commitment_cancel", [self.force.folio], ""),
            (self.organizer, "meeting_new", [], f"?agreement={self.force.agreement.folio}"),
            (self.organizer, "meeting_move", [self.coming.folio], ""),
            (self.organizer, "meeting_hold", [self.coming.folio], ""),
            (self.organizer, "minutes_write", [self.past.folio], ""),
            (self.organizer, "minutes_write", [self.minuted.folio], ""),
            (self.organizer, "meeting_action_item", [item.folio], ""),
            (self.organizer, "item_commitment", [item.folio], ""),
        )

    def test_nonsense_in_every_field(self):
        for client, name, arguments, query in self.forms():
            address = reverse(f"workspace:{name}", args=arguments) + query
            page = client.get(address)
            self.assertEqual(page.status_code, 200, name)
            good = fields_of(page)
            for nonsense in NONSENSE if connection.vendor == "postgresql" else BEYOND_SQLITE:
                with self.subTest(name, nonsense=nonsense[:20]), page_with(nonsense):
                    sent = dict.fromkeys(good, nonsense)
                    self.assertLess(client.post(address, sent).status_code, 500)
            for sent in ({}, {field: [value, value, "x"] for field, value in good.items() if isinstance(value, str)}):
                with self.subTest(name, sent=len(sent)):
                    self.assertLess(client.post(address, sent).status_code, 500)

    def test_nonsense_for_an_invitation_that_is_taken_back(self):
        address = reverse("workspace:meeting_uninvite", args=[self.coming.folio])
        good = {"back-guest": str(self.coming.attendance.first().pk), "back-reason": "Va otra persona"}
        for name in good:
            for nonsense in NONSENSE if connection.vendor == "postgresql" else (*NONSENSE, *BEYOND_SQLITE):
                with self.subTest(name, nonsense=nonsense[:20]), page_with(nonsense):
                    answer = self.organizer.post(address, {**good, name: nonsense})
                    # Whatever was typed as a reason is one; only nothing is none.
                    self.assertIn(answer.status_code, (422,) if name == "back-guest" else (302, 422))
        self.assertIn(self.organizer.post(address, {"back-guest": ["1", "x"], "back-reason": ["x", "y"]}).status_code, (302, 422))
        for folio in ("x", "%00", "9" * 500, "ñ", "%ff%fe"):
            self.assertIn(self.organizer.post(address.replace(self.coming.folio, folio)).status_code, (400, 404))

    @pytest.mark.strict
    def test_one_field_of_nonsense_at_a_time(self):
        for client, name, arguments, query in self.forms():
            address = reverse(f"workspace:{name}", args=arguments) + query
            good = fields_of(client.get(address))
            # One row of each kind is enough.
            for field in (field for field in good if not re.search(r"-[1-9]\d*-", field)):
                for nonsense in ("", "9" * 40):
                    # What is shown of such values is read in the test before this one.
                    with self.subTest(name, field=field, nonsense=nonsense), blank_pages():
                        self.assertLess(client.post(address, {**good, field: nonsense}).status_code, 500)

    def test_nonsense_in_addresses(self):
        names = (
            "agreement",
            "agreement_edit",
            "accept",
            "commitment",
            "report",
            "validate",
            "meeting",
            "minutes",
            "minutes_write",
            "meeting_action_item",
            "item_commitment",
        )
        for name in names:
            for folio in ("x", "%00", "-1", "9" * 500, "..", "ñ", "' OR 1=1--", "{{7*7}}", "%ff%fe"):
                with self.subTest(name, folio=folio[:20]):
                    address = reverse(f"workspace:{name}", args=["FOLIO"]).replace("FOLIO", folio)
                    self.assertIn(self.organizer.get(address).status_code, (400, 404))
        for action in ("nonsense", "create", "sign", "accept", "x" * 300):
            with self.subTest(action):
                address = reverse("workspace:agreement_step", args=[self.draft.folio, action])
                self.assertIn(self.organizer.post(address).status_code, (403, 404))

    def test_nonsense_in_queries(self):
        for name, folio in (
            ("agreements", []),
            ("commitments", []),
            ("meetings", []),
            ("agreement_new", []),
            ("meeting_new", []),
            ("commitment_new", [self.draft.folio]),
            ("agreement_acceptance", [self.open.folio]),
        ):
            for nonsense in NONSENSE:
                with self.subTest(name, nonsense=nonsense[:20]):
                    answer = self.organizer.get(reverse(f"workspace:{name}", args=folio), dict.fromkeys(QUERIES, nonsense[:600]))
                    self.assertLess(answer.status_code, 500)


@pytest.mark.once
class CostTests(AgreementWorld, TestCase):
    """The same number of queries with one and with thirty."""

    def queries(self, client, address):
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(address)
        self.assertEqual(answer.status_code, 200)
        return [query["sql"].split(" WHERE ")[0][:160] for query in caught.captured_queries]

    def assert_same(self, personas, addresses, grow):
        clients = {name: self.sign_in(name) for name in personas}
        before = {(name, address): self.queries(client, address) for name, client in clients.items() for address in addresses}
        grow()
        for (name, address), queries in before.items():
            with self.subTest(name, address=address):
                after = self.queries(clients[name], address)
                self.assertEqual(len(after), len(queries), (Counter(after) - Counter(queries)).most_common(5))

    def more_agreements(self, count=6):
        for _number in range(count):
            agreement = make.agreement(self.edition, status="open")
            for body in (self.agency, self.organization):
                make.party(agreement, body)
            make.commitment(agreement, agreement.parties.first())

    @override_settings(PAGE_SIZE=100)
    def test_lists(self):
        """On one page: a list that goes on asks once more, to count."""
        agreement = self.signed()
        self.meeting(agreement)
        addresses = [reverse(f"workspace:{name}") for name in ("agreements", "commitments", "meetings")]

        def grow():
            self.more_agreements(30)
            for _number in range(30):
                meeting = make.meeting(self.edition, agreements=[agreement])
                for body in (self.agency, self.organization):
                    make.invite(meeting, body)

        self.assert_same(("organizer", "official", "delegate", "administrator"), addresses, grow)

    def test_record_and_forms_of_a_draft(self):
        draft = self.drafted()
        names = ("agreement", "agreement_edit", "agreement_commitments", "commitment_new")
        proposal = make.proposal(self.edition, status="reviewed", proponents=[self.organization])
        opinion = make.opinion(make.referral(proposal, self.agency), verdict="conditional")
        Condition.objects.create(opinion=opinion, number=1, what="x", owner="y", kind="other")
        make.clause(draft).opinions.add(opinion)
        draft.opinions.add(opinion)
        draft.proposals.add(proposal)
        # One name at least: that an organizer read names leaves a trace, once for the page.
        make.party(draft, make.organization(), representative=make.participation(self.edition))

        def grow():
            for number in range(8):
                other = make.opinion(
                    make.referral(make.proposal(self.edition, status="reviewed", proponents=[make.organization()]), make.agency())
                )
                Condition.objects.create(opinion=other, number=1, what="x", owner="y", kind="other")
                make.clause(draft).opinions.add(other)
                draft.opinions.add(other)
                draft.proposals.add(other.proposal)
                make.commitment(draft, draft.parties.first())
                make.party(draft, make.organization(), representative=make.participation(self.edition))
                make.participation(self.edition, organization=make.organization(key=f"NEW-{number}"))

        addresses = [reverse(f"workspace:{name}", args=[draft.folio]) for name in names]
        addresses += [reverse("workspace:agreement_new"), reverse("workspace:agreement_new") + f"?opinion={opinion.folio}"]
        self.assert_same(("organizer",), addresses, grow)

    def test_records_in_force(self):
        commitment = self.in_force()
        agreement = commitment.agreement
        report = self.report(commitment)
        workflow.validate_report(
            report=report, party=self.party(agreement, "ORG-01"), actor=self.accounts["delegate"], outcome="agrees"
        )
        meeting = self.held(agreement)
        item = {"agency": self.agency, "due_on": dt.date(2026, 8, 1)}
        self.minutes(meeting, "circulated", action_items=[{"what_es": "Uno", **item}])

        def grow():
            for number in range(6):
                made = make.report(commitment, self.party(agreement, "IFE"))
                make.evidence(made)
                make.validation(made, self.party(agreement, "ORG-01"))
                make.invite(meeting, make.organization(), participation=make.participation(self.edition))
                meeting.agenda.create(number=10 + number, text_es="Punto", commitment=commitment)
                minutes = meeting.minutes.get()
                minutes.remarks.create(text="x", at=make.now())
                minutes.action_items.create(
                    meeting=meeting, number=10 + number, what_es="x", agency=self.agency, due_on=dt.date(2026, 8, 1)
                )
                make.meeting(self.edition, agreements=[agreement])

        addresses = [
            reverse("workspace:agreement", args=[agreement.folio]),
            reverse("workspace:commitment", args=[commitment.folio]),
            reverse("workspace:validate", args=[report.folio]),
            reverse("workspace:meeting", args=[meeting.folio]),
            reverse("workspace:minutes", args=[meeting.folio]),
            reverse("workspace:meeting_new") + f"?agreement={agreement.folio}",
        ]
        self.assert_same(("delegate",), addresses, grow)
