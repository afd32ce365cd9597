"""Nonsense in every field and identifier, and lists that cost the same for one record and for thirty."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext

from proposals import workflow
from tests import factories as make
from tests.desk import DeskMixin, at, fields_of, nonsense_posts, page_with
from tests.proposals.world import ProposalWorld

BAD_KEYS = ("x", "FP1-01'", "%E0", "..", "ñ", "x" * 300, "FP1-01.1-IFE;--", "-")


class NonsenseTests(DeskMixin, ProposalWorld, TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        world = cls()
        cls.draft_one = world.proposal()
        cls.proposal_one, cls.referrals = world.referred()
        cls.issued_one = world.issued(cls.referrals[1], "conditional")
        cls.clarification = workflow.ask(referral=cls.referrals[0], actor=world.user("official"), question="¿?")

    def pages(self) -> list[tuple[str, str]]:
        """(persona, address) of every form."""
        folio, mine = self.proposal_one.folio, self.referrals[0].folio
        found = [("organizer", at("proposal_new")), ("delegate", at("proposal_edit", self.draft_one.folio))]
        found += [("organizer", at("proposal_edit", folio)), ("delegate", at("clarification", self.clarification.folio))]
        found += [("organizer", at(f"proposal_{name}", folio)) for name in ("revise", "merge", "split", "link", "present_again")]
        found += [("organizer", at(name, mine)) for name in ("referral_extend", "referral_liaisons", "on_behalf")]
        found += [("organizer", at("refer"))]
        found += [("official", at(name, mine)) for name in ("review", "review_ask", "review_onward")]
        found += [("other_official", at("condition", self.issued_one.folio, 1))]
        return found

    def test_no_post_fails(self) -> None:
        for name, url in self.pages():
            client = self.sign_in(name)
            names = [self.name_of(bound) for bound in client.get(url).context["form"]]
            for value, data in nonsense_posts([*names, "more", "csrfmiddlewaretoken"]):
                data = {key: item for key, item in data.items() if key != "more" or len(str(value)) < 4}
                with self.subTest(url=url, value=str(value)[:20]), page_with(value):
                    # More than two million bytes are answered with 400 before any form sees them.
                    self.assertIn(client.post(url, data).status_code, {200, 302, 422, *([400] if len(value) > 9999 else [])})

    @staticmethod
    def name_of(bound: Any) -> str:
        return str(bound.html_name)

    def test_no_step_fails(self) -> None:
        for name, url, prefix in (
            ("organizer", at("proposal_step", self.proposal_one.folio, "withdraw"), "step-withdraw-"),
            ("organizer", at("referral_step", self.referrals[0].folio, "recall"), "step-recall-"),
            ("official", at("review_step", self.referrals[0].folio, "acknowledge"), "step-acknowledge-"),
            ("official", at("review_position", self.referrals[0].folio), "position-"),
            ("other_official", at("opinion_again", self.issued_one.folio), "step-supersede-"),
        ):
            client = self.sign_in(name)
            for value, data in nonsense_posts([f"{prefix}reason", f"{prefix}revision", f"{prefix}text"]):
                with self.subTest(url=url, value=str(value)[:20]), page_with(value):
                    self.assertIn(client.post(url, data).status_code, {302, 422})

    def test_no_identifier_fails(self) -> None:
        pages = {
            "organizer": ["proposal", "proposal_edit", "proposal_revise", "referral", "on_behalf", "clarification", "release"],
            "official": ["review", "review_preview", "review_ask", "opinion_again"],
        }
        for name, addresses in pages.items():
            client = self.sign_in(name)
            for address in addresses:
                for key in BAD_KEYS:
                    with self.subTest(address=address, key=key[:20]):
                        url = at(address, "KEY").replace("KEY", key)
                        self.assertIn(client.get(url).status_code, {301, 302, 404, 405})

    def test_no_query_fails(self) -> None:
        for name, url in (("organizer", at("proposals")), ("official", at("queue")), ("organizer", at("refer"))):
            client = self.sign_in(name)
            for value in ("x", "-1", "ñ" * 100, "%", "'", "[]"):
                query = dict.fromkeys(("q", "after", "show", "edition", "table", "status", "order", "proposal"), value)
                if url == at("refer"):
                    del query["edition"]
                with self.subTest(url=url, value=value[:10]):
                    self.assertEqual(client.get(url, query).status_code, 200)
        self.assertEqual(self.sign_in("organizer").get(at("refer"), {"edition": "no-such"}).status_code, 404)

    def test_text_is_shown_as_it_was_written_and_nothing_more(self) -> None:
        text = "<script>alert(1)</script>{{ 7|add:7 }}"
        client = self.sign_in("delegate")
        url = at("proposal_edit", self.draft_one.folio)
        filled = {**fields_of(client.get(url)), "title_es": text, "petition_es": text, "topic": "x" * 500}
        for response in (client.post(url, filled), client.post(url, {**filled, "topic": text}, follow=True)):
            page = response.content.decode()
            self.assertNotIn("<script>alert", page)
            self.assertIn("{{ 7|add:7 }}", page)


@pytest.mark.once
@override_settings(PAGE_SIZE=100)
class QueryTests(DeskMixin, ProposalWorld, TestCase):
    """The same number of queries with one record and with thirty."""

    def queries(self, name: str, url: str) -> int:
        client = self.sign_in(name)
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            response = client.get(url)
        self.assertEqual(response.status_code, 200)
        return len(caught)

    def grow(self, number: int) -> None:
        for _n in range(number):
            proposal = self.proposal("in_review", table=make.table(self.edition), addressees=[self.agency])
            referral = self.referral(proposal=proposal)
            make.referral(proposal, self.other_agency)
            make.opinion(referral, status="draft", drafted_by=self.accounts["official"])
            self.proposal("submitted", addressees=[self.agency])

    def test_lists(self) -> None:
        pages = [("organizer", at("proposals")), ("delegate", at("proposals")), ("official", at("queue"))]
        pages += [("organizer", at("refer")), ("organizer", at("home")), ("official", at("home")), ("delegate", at("home"))]
        self.grow(1)
        before = {page: self.queries(*page) for page in pages}
        self.grow(29)
        self.assertEqual({page: self.queries(*page) for page in pages}, before)

    def test_the_queue_takes_at_most_ten(self) -> None:
        """Besides the session, the account and its roles."""
        self.grow(30)
        self.assertLessEqual(self.queries("official", at("queue")) - 3, 10)

    def test_a_review_does_not_grow_with_what_was_said(self) -> None:
        proposal, (mine, _theirs) = self.referred()
        url = at("review", mine.folio)
        workflow.add_position(referral=mine, actor=self.user("official"), text="Una.")
        before = self.queries("official", url)
        for n in range(12):
            workflow.add_position(referral=mine, actor=self.user("official"), text=f"{n}")
            make.referral(proposal, make.agency())
        self.assertEqual(self.queries("official", url), before)
