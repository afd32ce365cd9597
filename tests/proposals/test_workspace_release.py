"""Referring with liaisons and to bodies without a seat; what is missing before opinions are released together."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from forum.models import Edition
from proposals.models import Opinion, Referral
from tests import factories as make
from tests.desk import DeskMixin, at
from tests.proposals.world import AT, ProposalWorld

pytestmark = pytest.mark.once


class LiaisonTests(DeskMixin, ProposalWorld, TestCase):
    def refer(self, *folios: str, **values: Any) -> Any:
        data = {"proposals": folios, "whom": "chosen", "agencies": ["IFE", "SRE"], **values}
        return self.sign_in("organizer").post(at("refer", edition="propia"), data)

    def test_each_liaison_goes_to_the_own_body(self) -> None:
        one, two = self.proposal("submitted"), self.proposal("submitted")
        people = [self.accounts["official"], self.accounts["other_official"]]
        self.refer(one.folio, two.folio, liaisons=[user.key for user in people])
        found = Referral.objects.values_list("version__proposal__folio", "agency__key", "liaisons__key")
        expected = {(each.folio, key, user.key) for each in (one, two) for key, user in zip(("IFE", "SRE"), people, strict=True)}
        self.assertEqual(set(found), expected)

    def test_a_liaison_of_a_body_that_is_not_asked_is_refused(self) -> None:
        proposal = self.proposal("submitted")
        stranger = self.accounts["other_official"]
        page = self.refer(proposal.folio, agencies=["IFE"], liaisons=[stranger.key])
        self.assertContains(page, f"{stranger} is an official of none of the bodies that are asked here.", status_code=422)
        self.assertFalse(Referral.objects.exists())
        for key in (self.accounts["delegate"].key, "x", "\x00", ""):
            with self.subTest(key):
                self.assertEqual(self.refer(proposal.folio, liaisons=[key]).status_code, 422)

    def test_a_body_without_a_seat_is_asked_and_answered_for(self) -> None:
        make.agency(key="USA", name_es="Gobierno de Estados Unidos", never_answers=True)
        proposal = self.proposal("submitted")
        page = self.sign_in("organizer").get(at("refer", edition="propia"))
        self.assertContains(page, "Gobierno de Estados Unidos (its answer is recorded on behalf)")
        self.refer(proposal.folio, agencies=["USA"])
        referral = Referral.objects.get()
        form = self.sign_in("organizer").get(at("on_behalf", referral.folio))
        self.assertEqual((form.status_code, form.context["refusal"]), (200, None))


class ReleaseTests(DeskMixin, ProposalWorld, TestCase):
    def setUp(self) -> None:
        Edition.objects.update(opinion_publication="together")
        self.edition.refresh_from_db()

    def page(self) -> Any:
        return self.sign_in("organizer").get(at("release", "propia"))

    def gaps(self) -> Any:
        context = self.page().context
        silences = [(each.agency.key, each.owed, each.late) for each in context["silences"]]
        odd = [(each.opinion.folio, each.sentences) for each in context["oddities"]]
        return silences, context["never_asked"], odd

    def test_what_is_missing(self) -> None:
        self.proposal("submitted")
        self.proposal("draft")
        _first, (mine, theirs) = self.referred()
        _second, (again,) = self.referred(self.other_agency)
        self.issued(mine)
        Referral.objects.filter(pk=theirs.pk).update(due_on="2999-01-01")
        self.assertEqual(self.gaps(), ([("SRE", 2, 1)], 1, []))
        self.assertContains(self.page(), "owes 2 answers, 1 late.")
        Referral.objects.filter(pk=again.pk).update(due_on="2999-01-01")
        self.assertEqual(self.gaps(), ([("SRE", 2, 0)], 1, []))

    def test_what_looks_odd(self) -> None:
        _proposal, (mine,) = self.referred(self.agency)
        opinion = self.issued(mine)
        opinion.criteria.create(criterion="budget", value="unfavourable", reason="Escriba a ana@example.org")
        (found,) = self.gaps()[2]
        self.assertEqual(found[0], opinion.folio)
        self.assertEqual(len(found[1]), 2)
        self.assertIn("unfavourable", found[1][0])
        self.assertEqual(found[1][1], "This looks like personal data (e-mail address): “ana@example.org”.")

    def test_nothing_keeps_it_back(self) -> None:
        _proposal, (mine, _theirs) = self.referred()
        self.issued(mine)
        page = self.sign_in("organizer").post(at("release", "propia"), {})
        self.assertRedirects(page, at("release", "propia"))
        self.assertEqual(Opinion.objects.filter(released_at__isnull=True).count(), 0)

    def test_the_cost_does_not_grow(self) -> None:
        client, found = self.sign_in("organizer"), []
        for number in (1, 4):
            for _n in range(number):
                _proposal, (mine, _theirs) = self.referred()
                make.opinion(mine, released=False, issued_at=AT)
            with CaptureQueriesContext(connection) as queries:
                client.get(at("release", "propia"))
            found.append(len(queries))
        self.assertEqual(found[0], found[1])
