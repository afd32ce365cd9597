"""Every page of the proposals' desk as everybody: who reads it, who may send to it, and what the others are told."""

from __future__ import annotations

import pytest
from django.test import TestCase

from proposals import workflow
from proposals.models import Opinion
from tests import factories as make
from tests.desk import ALL, DeskMixin, at
from tests.personas import PERSONAS
from tests.proposals.world import ProposalWorld

ORGANIZERS = {"organizer", "administrator"}
WORKERS = {"organizer", "administrator", "delegate"}


@pytest.mark.once
class AccessTests(DeskMixin, ProposalWorld, TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.draft_one = cls().proposal("draft")
        cls.proposal_one, cls.referrals = cls().referred()
        cls.referral = cls.referrals[0]
        cls.clarification = workflow.ask(referral=cls.referrals[1], actor=cls().user("other_official"), question="¿Dónde?")
        cls.folio = cls.proposal_one.folio

    def test_lists(self) -> None:
        self.assert_page(at("proposals"), {"organizer", "other_organizer", "delegate", "other_delegate", "administrator"})
        self.assert_page(at("queue"), {"official", "other_official"})
        self.assert_page(at("refer"), {"organizer", "other_organizer", "administrator"}, data={"whom": "x"})
        self.assert_page(at("refer", edition="propia"), ORGANIZERS)

    def test_release(self) -> None:
        self.assertEqual(self.statuses(at("release", "propia"))["200"], ORGANIZERS)
        answers = self.statuses(at("release", "propia"), "post")
        self.assertEqual(answers["302"], ORGANIZERS)
        self.assertEqual(answers["403"], ALL - ORGANIZERS)

    def test_writing_a_proposal(self) -> None:
        self.assert_page(at("proposal_new"), {"organizer", "other_organizer", "delegate", "other_delegate", "administrator"})
        self.assert_page(at("proposal_new", edition="propia"), {"organizer", "delegate", "other_delegate", "administrator"})

    def test_a_draft_is_hidden_from_others(self) -> None:
        for name in ("proposal", "proposal_edit"):
            with self.subTest(name):
                self.assert_page(at(name, self.draft_one.folio), WORKERS, "404")

    def test_a_public_proposal_is_only_read_by_others(self) -> None:
        for name in ("proposal", "proposal_revise", "proposal_merge", "proposal_split"):
            with self.subTest(name):
                self.assert_page(at(name, self.folio), WORKERS)
        for name in ("proposal_edit", "proposal_link"):
            with self.subTest(name):
                self.assert_page(at(name, self.folio), ORGANIZERS)
        self.assert_page(at("proposal_present_again", self.folio), WORKERS)

    def test_steps(self) -> None:
        self.assert_only_post(at("proposal_step", self.folio, "withdraw"), WORKERS)
        self.assert_only_post(at("proposal_step", self.folio, "conclude_review"), WORKERS)
        for action in ("agree", "nonsense", "revise"):
            with self.subTest(action):
                answers = self.statuses(at("proposal_step", self.folio, action), "post")
                self.assertEqual(answers["404"], WORKERS)

    def test_a_referral_for_its_organizers(self) -> None:
        for name in ("referral", "referral_extend", "on_behalf"):
            with self.subTest(name):
                self.assert_page(at(name, self.referral.folio), ORGANIZERS)
        self.assertEqual(self.statuses(at("referral_liaisons", self.referral.folio))["200"], ORGANIZERS)
        answers = self.statuses(at("referral_liaisons", self.referral.folio), "post", {"revision": "1"})
        self.assertEqual((answers["302"], answers["403"]), (ORGANIZERS, ALL - ORGANIZERS))
        self.assert_only_post(at("referral_step", self.referral.folio, "recall"), ORGANIZERS)

    def test_the_review_of_a_body(self) -> None:
        """Another body's referral is answered like one that does not exist; whoever is no official is refused."""
        officials = {"official", "other_official"}
        for name in ("review", "review_ask", "review_onward", "review_issued"):
            with self.subTest(name):
                answers = self.statuses(at(name, self.referral.folio))
                self.assertEqual(answers["200"], {"official"})
                self.assertEqual(answers["404"], {"other_official"})
                self.assertEqual(answers["403"], ALL - officials)
                posted = self.statuses(at(name, self.referral.folio), "post", {"revision": "x", "verdict": "x"})
                self.assertEqual(posted.get("404", set()) | posted.get("405", set()) >= {"other_official"}, True)
        missing = self.statuses(at("review", "NO-SUCH"))
        self.assertEqual(missing["404"], officials)

    def test_small_steps_of_a_review(self) -> None:
        for name, args in (
            ("review_position", [self.referral.folio]),
            ("review_step", [self.referral.folio, "acknowledge"]),
        ):
            with self.subTest(name):
                url = at(name, *args)
                self.assertEqual(self.statuses(url), {"405": set(PERSONAS)})
                answers = self.statuses(url, "post")
                self.assertEqual(answers["404"], {"other_official"})
                self.assertEqual(answers["403"], ALL - {"official", "other_official"})

    def test_a_question(self) -> None:
        self.assert_page(at("clarification", self.clarification.folio), WORKERS)
        private = workflow.ask(referral=self.referrals[1], actor=self.user("other_official"), question="¿Quién?", is_public=False)
        answers = self.statuses(at("clarification", private.folio))
        self.assertEqual(answers["200"], WORKERS)
        self.assertEqual(answers["403"], {"other_official"})
        self.assertEqual(answers["404"], ALL - WORKERS - {"other_official"})

    def test_a_condition(self) -> None:
        opinion = self.issued(self.referral, "conditional")
        self.assert_page(at("condition", opinion.folio, 1), {"official", *ORGANIZERS}, data={"status": "x"})
        for number in (0, 2, 99999999999999999999):
            with self.subTest(number):
                self.assertEqual(self.statuses(at("condition", opinion.folio, number))["404"], {"official", *ORGANIZERS})

    def test_other_methods(self) -> None:
        for url in (at("review", self.referral.folio), at("proposal", self.folio), at("queue"), at("refer")):
            for method in ("put", "patch", "delete"):
                with self.subTest(url=url, method=method):
                    self.assertEqual(self.statuses(url, method), {"405": set(PERSONAS)})


@pytest.mark.once
class OneBodyAgainstAnotherTests(DeskMixin, ProposalWorld, TestCase):
    """Official of A against the drafts of B, on every address and with every identifier that a page or a form knows."""

    SECRET = "frase-secreta-del-borrador"

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.third = make.agency(key="IME", name_es="Instituto tercero")
        cls.third_official = make.user("third@example.org", official=cls.third)
        world = cls()
        cls.proposal_one, cls.referrals = world.referred(cls.agency, cls.other_agency, cls.third)
        cls.officials = {
            cls.agency.key: cls.accounts["official"],
            cls.other_agency.key: cls.accounts["other_official"],
            cls.third.key: cls.third_official,
        }
        for referral in cls.referrals:
            actor = cls.officials[referral.agency.key]
            draft = workflow.start_opinion(referral=referral, actor=actor)
            workflow.save_draft(opinion=draft, actor=actor, values={"reasons": f"{cls.SECRET} {referral.agency.key}"})
            workflow.add_position(referral=referral, actor=actor, text=f"{cls.SECRET} {referral.agency.key}")

    def client_of(self, key: str):
        client = self.client_class()
        client.force_login(self.officials[key])
        return client

    def addresses(self, referral) -> list[str]:
        folio = referral.folio
        return [
            *(at(name, folio) for name in ("review", "review_preview", "review_issued", "review_ask", "review_onward")),
            at("review_position", folio),
            at("review_step", folio, "acknowledge"),
            at("opinion_again", referral.opinions.get().folio),
            at("condition", referral.opinions.get().folio, 1),
            *(at(name, folio) for name in ("referral", "referral_extend", "referral_liaisons", "on_behalf")),
            at("referral_step", folio, "recall"),
        ]

    def test_every_pair(self) -> None:
        before = list(Opinion.objects.order_by("pk").values())
        for mine in self.referrals:
            client = self.client_of(mine.agency.key)
            own = client.get(at("review", mine.folio))
            self.assertContains(own, f"{self.SECRET} {mine.agency.key}")
            for theirs in self.referrals:
                if theirs == mine:
                    continue
                words = f"{self.SECRET} {theirs.agency.key}"
                for url in [
                    *self.addresses(theirs),
                    at("review", mine.folio),
                    at("review_preview", mine.folio),
                    at("queue"),
                    at("home"),
                ]:
                    with self.subTest(mine=mine.agency.key, theirs=theirs.agency.key, url=url):
                        self.assertNotIn(words, client.get(url).content.decode())
                for url in self.addresses(theirs):
                    with self.subTest(mine=mine.agency.key, theirs=theirs.agency.key, post=url):
                        response = client.post(url, {"revision": "2", "reasons": "mío", "text": "x", "reason": "x", "post": "x"})
                        self.assertIn(response.status_code, {403, 404, 405})
                        self.assertNotIn(words, response.content.decode())
        self.assertEqual(list(Opinion.objects.order_by("pk").values()), before)

    def test_no_field_of_a_form_leads_to_another_body(self) -> None:
        """The form of A's review with B's folio, agency and ids in every field writes in A's draft only."""
        mine, theirs = self.referrals[0], self.referrals[1]
        other = theirs.opinions.get()
        before = Opinion.objects.filter(pk=other.pk).values().get()
        forged = {
            "revision": mine.opinions.get().revision,
            "referral": theirs.pk,
            "referral_id": theirs.pk,
            "opinion": other.folio,
            "id": other.pk,
            "agency": theirs.agency.key,
            "reasons": "mío",
            "save": "1",
        }
        response = self.client_of(mine.agency.key).post(at("review", mine.folio), forged)
        self.assertEqual(response.status_code, 302)
        self.assertEqual(mine.opinions.get().reasons, "mío")
        self.assertEqual(Opinion.objects.filter(pk=other.pk).values().get(), before)

    def test_organizers_and_administrators_never_read_a_draft(self) -> None:
        for name in ("organizer", "administrator", "delegate"):
            client = self.sign_in(name)
            for referral in self.referrals:
                for url in [*self.addresses(referral), at("proposal", self.proposal_one.folio), at("home")]:
                    with self.subTest(name=name, url=url):
                        self.assertNotIn(self.SECRET, client.get(url).content.decode())
