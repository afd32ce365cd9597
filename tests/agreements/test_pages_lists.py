"""The lists of agreements and work meetings, and the same cost at any size."""

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from agreements.models import ActionItem, AgendaItem, Commitment
from tests import factories as make
from tests.chain import LONG_AGO, PAST, ChainWorld, read


class ListTests(ChainWorld, TestCase):
    def folios(self, query, page="agreements"):
        return [record.folio for record in self.client.get(f"/en/{page}/?{query}").context["listing"]]

    def test_filters_of_agreements(self):
        signed, unsigned = self.agreement.folio, self.open_agreement.folio
        for query, folios in (
            ("", [signed, unsigned]),
            ("q=offices", [signed]),
            ("light=late", [signed]),
            ("light=fulfilled", []),
            ("status=open", [unsigned]),
            ("agency=ife", [signed, unsigned]),
            ("organization=ORG-01", [signed]),
            ("state=MX-ZAC", [signed, unsigned]),
            ("edition=propia", [signed, unsigned]),
            ("topic=Derechos+pol%C3%ADticos", [signed]),
            (f"proposal={self.proposal.folio}", [signed, unsigned]),
            ("order=newest", [unsigned, signed]),
        ):
            with self.subTest(query):
                self.assertEqual(self.folios(query), folios)

    def test_filters_of_meetings(self):
        held, coming = self.meeting.folio, self.coming.folio
        for query, folios in (
            ("", [coming, held]),
            ("order=earliest", [held, coming]),
            ("status=held", [held]),
            ("agency=IFE", [coming, held]),
            ("agency=SRE", [coming, held]),
            (f"agreement={self.agreement.folio}", [coming, held]),
            ("q=segunda", [coming]),
        ):
            with self.subTest(query):
                known = query != "agency=SRE"
                response = self.client.get(f"/en/meetings/?{query}")
                self.assertEqual([record.folio for record in response.context["listing"]], folios)
                self.assertEqual(response.context["listing"].ignored == [], known)

    def test_an_entry_says_how_the_agreement_stands(self):
        (signed, _open) = self.client.get("/en/agreements/").context["listing"]
        self.assertEqual(
            (signed.lights, signed.count, signed.disputes, signed.next_due), ([("late", 1), ("on_time", 1)], 2, 1, LONG_AGO)
        )
        text = read(self.client.get("/en/agreements/").content.decode())
        self.assertIn("Federación propia with IFE", text)


@pytest.mark.once
class CostTests(ChainWorld, TestCase):
    """The same number of queries with one and with thirty of everything."""

    def cost(self, address):
        self.client.get(address)
        with CaptureQueriesContext(connection) as queries:
            self.assertEqual(self.client.get(address).status_code, 200)
        return len(queries)

    def test_the_lists(self):
        addresses = ("/en/agreements/", "/en/agreements/?light=late&agency=IFE&state=MX-ZAC", "/en/meetings/")
        before = {address: self.cost(address) for address in addresses}
        for _n in range(30):
            agreement = make.agreement(self.edition, status="signed", proposals=[self.proposal])
            lead = make.party(agreement, self.agency)
            make.party(agreement, self.organization)
            make.commitment(agreement, lead, due_on=LONG_AGO)
            make.meeting(self.edition, agreements=[agreement, self.agreement])
        # A list that does not fit on its page is counted: one query, once.
        self.assertEqual(
            {address: self.cost(address) for address in addresses}, {each: cost + 1 for each, cost in before.items()}
        )

    def test_an_agreement(self):
        addresses = [f"/en/agreements/{self.agreement.folio}{ending}" for ending in ("/", ".json", "/versions/1/")]
        before = {address: self.cost(address) for address in addresses}
        for _n in range(30):
            self.one_more_commitment()
        self.assertEqual({address: self.cost(address) for address in addresses}, before)

    def one_more_commitment(self):
        party = make.party(self.agreement, make.organization(), representative=self.named)
        first = self.agreement.versions.get(number=1)
        clause = first.clauses.create(number=first.clauses.count() + 1, text_es="Cláusula.")
        clause.opinions.set([self.opinion])
        commitment = make.commitment(self.agreement, self.body, number=self.agreement.commitments.count() + 1)
        commitment.co_responsible.set([party, self.party])
        commitment.states.set([make.area()])
        commitment.proposals.set([self.proposal])
        commitment.conditions.set([self.condition])
        commitment.extensions.create(
            from_on=LONG_AGO,
            to_on=make.DAY,
            asked_by=self.body,
            accepted_by=party,
            reason="Obra",
            asked_at=PAST,
            accepted_at=PAST,
        )
        report = make.report(commitment, self.body)
        make.evidence(report)
        make.evidence(report, validation=make.validation(report, party))
        meeting = make.meeting(self.edition, status="held", agreements=[self.agreement])
        AgendaItem.objects.create(meeting=meeting, number=1, text_es="Punto", commitment=commitment)
        minutes = make.minutes(meeting)
        ActionItem.objects.create(meeting=meeting, minutes=minutes, number=1, what_es="Hacer", commitment=commitment)

    def test_a_meeting(self):
        addresses = [f"/en/meetings/{self.meeting.folio}{ending}" for ending in ("/", ".json")]
        self.meeting.agreements.set([self.agreement])
        self.one_more_item(0)
        before = {address: self.cost(address) for address in addresses}
        for n in range(1, 30):
            self.one_more_item(n)
        self.assertEqual(Commitment.objects.filter(pk=self.quiet.pk, action_items__meeting=self.meeting).count(), 30)
        self.assertEqual({address: self.cost(address) for address in addresses}, before)

    def one_more_item(self, n):
        body = make.organization()
        item = ActionItem.objects.create(
            meeting=self.meeting,
            minutes=self.minutes,
            number=n + 9,
            what_es="Hacer",
            organization=body,
            commitment=self.quiet,
        )
        AgendaItem.objects.create(meeting=self.meeting, number=2 * n + 9, text_es="Punto", commitment=self.commitment)
        AgendaItem.objects.create(meeting=self.meeting, number=2 * n + 10, text_es="Punto", action_item=item)
        self.minutes.attendance.append({"body": body.key, "side": "organizations", "present": 1, "absent": 0, "excused": 0})
        self.minutes.save()
        make.invite(self.meeting, body)
        self.meeting.agreements.add(make.agreement(self.edition, status="signed", proposals=[self.proposal]))

    def test_panels(self):
        """The pages of an organization, a body and an edition with what lower apps know nothing of."""
        addresses = ("/en/agencies/IFE/", "/en/organizations/ORG-01/", "/en/forums/propia/")
        before = {address: self.cost(address) for address in addresses}
        for _n in range(30):
            agreement = make.agreement(self.edition, status="signed")
            make.commitment(agreement, make.party(agreement, self.agency))
            make.party(agreement, self.organization)
            made = make.proposal(self.edition, status="in_review", reading="waiting", proponents=[self.organization])
            make.opinion(make.referral(made, self.agency, status="answered", answered_at=PAST))
        self.assertEqual({address: self.cost(address) for address in addresses}, before)
