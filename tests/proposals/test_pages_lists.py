"""The lists of proposals and antecedents, and the same cost at any size."""

import datetime as dt

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from proposals.models import Opinion, Proposal, Recommendation
from tests import factories as make
from tests.chain import LONG_AGO, PAST, ChainWorld


class ListTests(ChainWorld, TestCase):
    def folios(self, query):
        return [proposal.folio for proposal in self.client.get(f"/en/proposals/?{query}").context["listing"]]

    def test_filters(self):
        ours, similar = self.proposal.folio, self.similar.folio
        for query, folios in (
            ("", [ours, similar]),
            ("q=MODULOS+exterior", [ours]),
            ("q=offices", [ours]),
            ("edition=propia", [ours, similar]),
            ("edition=AJENA", []),
            (f"table={self.table.key}", [ours]),
            ("agency=IFE", [ours]),
            ("agency=IME", [ours]),
            ("organization=ORG-01", [ours]),
            ("state=MX-ZAC", [ours]),
            ("state=MX-OAX", []),
            ("topic=Derechos+pol%C3%ADticos", [ours]),
            ("topic=otro", []),
            ("status=submitted", [similar]),
            ("reading=divided", [ours]),
            ("verdict=not_feasible", [ours]),
            ("verdict=more_information", []),
            ("antecedent=cumbre", [ours]),
            ("status=submitted&agency=IFE", []),
            ("order=newest", [similar, ours]),
        ):
            with self.subTest(query):
                self.assertEqual(self.folios(query), folios)

    def test_pages_follow_each_other(self):
        for _n in range(60):
            make.proposal(self.edition, status="submitted")
        for order in ("folio", "newest", "changed"):
            seen, query = [], f"order={order}"
            while query:
                listing = self.client.get(f"/en/proposals/?{query}").context["listing"]
                seen += [proposal.folio for proposal in listing]
                query = f"order={order}&after={listing.page.after}" if listing.page.after else ""
            self.assertEqual((len(seen), len(set(seen))), (62, 62), order)

    def test_empty_states_are_honest(self):
        self.assertContains(self.client.get("/en/proposals/?q=nadaquehallar"), "No proposal is like that.")
        Proposal.objects.filter(pk=self.similar.pk).update(title_es="Sola")
        page = self.client.get(f"/en/proposals/{self.similar.folio}/")
        for sentence in ("No body has been asked about this version yet.", "No agreement cites this proposal yet."):
            self.assertContains(page, sentence)


@pytest.mark.once
class CostTests(ChainWorld, TestCase):
    """The same number of queries with one and with thirty of everything."""

    def cost(self, address):
        self.client.get(address)
        with CaptureQueriesContext(connection) as queries:
            self.assertEqual(self.client.get(address).status_code, 200)
        return len(queries)

    def test_the_list(self):
        addresses = ("/en/proposals/", "/en/proposals/?agency=IFE&verdict=not_feasible&order=changed", "/en/antecedents/")
        before = {address: self.cost(address) for address in addresses}
        for _n in range(30):
            made = make.proposal(
                self.edition,
                status="in_review",
                proponents=[self.organization, self.other_organization],
                addressees=[self.agency],
                antecedents=[make.antecedent()],
            )
            make.opinion(make.referral(made, self.agency, status="answered", answered_at=PAST), verdict="not_feasible")
        # A list that does not fit on its page is counted: one query, once.
        self.assertEqual(
            {address: self.cost(address) for address in addresses}, {each: cost + 1 for each, cost in before.items()}
        )

    def test_the_record(self):
        addresses = (
            f"/en/proposals/{self.proposal.folio}/",
            f"/en/proposals/{self.proposal.folio}.json",
            f"/en/proposals/{self.proposal.folio}/versions/2/",
            "/en/antecedents/cumbre/",
            "/en/antecedents/cumbre.json",
        )
        bare = self.cost(addresses[0])
        self.one_more(0)
        before = {address: self.cost(address) for address in addresses}
        # What a proposal has nothing of is not asked for.
        self.assertLess(bare, before[addresses[0]])
        for n in range(1, 30):
            self.one_more(n)
        self.assertEqual({address: self.cost(address) for address in addresses}, before)

    def one_more(self, n):
        """One more of everything that hangs on a proposal."""
        self.one_more_answer(n)
        make.agreement(self.edition, status="signed", proposals=[self.proposal])
        other = make.proposal(self.edition, status="submitted", antecedents=[self.antecedent])
        self.proposal.links.create(other=other, kind="similar_to")
        recommendation = Recommendation.objects.create(
            key=f"cumbre-{n + 9}", antecedent=self.antecedent, number=n + 9, text_es="Que se haga."
        )
        self.proposal.recommendations.add(recommendation)
        other.recommendations.add(recommendation)
        self.proposal.speakers.add(make.participation(self.edition, organization=self.organization))
        self.proposal.addressees.add(make.agency())
        self.proposal.antecedents.add(make.antecedent())

    def one_more_answer(self, n):
        referral = make.referral(self.proposal, make.agency(), status="answered", answered_at=PAST, onward_from=self.answered)
        referral.due_date_changes.create(
            kind="extension", from_on=LONG_AGO, to_on=LONG_AGO + dt.timedelta(days=7), working_days=5, reason="Relevo", at=PAST
        )
        old = make.opinion(referral, status="superseded", verdict="feasible")
        opinion = make.opinion(referral, verdict="conditional", supersedes=old, refer_to=self.agency)
        opinion.criteria.create(criterion="legal", value="favourable")
        opinion.conditions.create(number=1, what="Convenio", owner="SRE")
        referral.clarifications.create(
            folio=f"{referral.folio}-Q1", number=1, question="¿Qué?", asked_at=PAST, answered_for=self.organization
        )
        self.assertEqual(Opinion.objects.filter(referral=referral).count(), 2)
