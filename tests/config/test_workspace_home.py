"""The home of the workspace: what waits for each role, by date, and nothing of others."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import TestCase
from django.utils import timezone

from core import sockets
from core.sockets import WaitingItem
from proposals import workflow
from tests import factories as make
from tests.desk import ALL, DeskMixin, at
from tests.proposals.world import ProposalWorld

pytestmark = pytest.mark.once


class HomeTests(DeskMixin, ProposalWorld, TestCase):
    def home(self, name: str):
        return self.sign_in(name).get(at("home"))

    def waits(self, name: str) -> list[tuple[str, str]]:
        return [(each.item.kind, each.item.record) for each in self.home(name).context["waiting"]]

    def test_everybody_with_an_account_enters(self) -> None:
        self.assert_page(at("home"), ALL)

    def test_strangers_come_back_after_signing_in(self) -> None:
        response = self.sign_in("anonymous").get(at("home"))
        self.assertEqual(response.headers["Location"], f"/en/accounts/login/?next={at('home')}")

    def test_a_section_for_each_role(self) -> None:
        expected = {
            "nobody": (0, 0, 0),
            "organizer": (1, 0, 0),
            "other_organizer": (1, 0, 0),
            "official": (0, 1, 0),
            "other_official": (0, 1, 0),
            "delegate": (0, 0, 1),
            "other_delegate": (0, 0, 1),
            "administrator": (2, 0, 0),
        }
        found = {}
        for name in ALL:
            context = self.home(name).context
            found[name] = tuple(len(context[key]) for key in ("editions", "bodies", "organizations"))
        self.assertEqual(found, expected)

    def test_whoever_has_several_roles_sees_them_all(self) -> None:
        user = make.user("todo@example.org", organizer=self.edition, official=self.agency, delegate=self.organization)
        client = self.client_class()
        client.force_login(user)
        context = client.get(at("home")).context
        self.assertEqual([len(context[key]) for key in ("editions", "bodies", "organizations")], [1, 1, 1])

    def test_without_a_role_there_is_a_sentence(self) -> None:
        self.assertContains(self.home("nobody"), "has no role yet")
        for name in ALL - {"nobody"}:
            with self.subTest(name):
                self.assertNotContains(self.home(name), "has no role yet")

    def test_what_waits_for_whom(self) -> None:
        draft = self.proposal("draft")
        submitted = self.proposal("submitted")
        asked, (mine, theirs) = self.referred()
        workflow.ask(referral=theirs, actor=self.user("other_official"), question="¿Dónde?")
        self.assertEqual(self.waits("official"), [("review", asked.folio)])
        self.assertEqual(self.waits("other_official"), [])
        self.assertEqual(set(self.waits("delegate")), {("submit", draft.folio), ("clarify", asked.folio)})
        self.assertEqual(self.waits("other_delegate"), [])
        self.assertEqual(self.waits("other_organizer"), [])
        self.assertEqual(self.waits("nobody"), [])
        kinds = {kind for kind, _record in self.waits("organizer")}
        self.assertEqual(kinds, {"refer", "late"})
        self.assertIsNotNone(submitted)
        self.assertEqual(mine.status, "pending")

    def test_opinions_to_release_wait_for_the_organizer(self) -> None:
        self.edition.opinion_publication = "together"
        self.edition.save()
        _proposal, (mine, _theirs) = self.referred()
        self.issued(mine)
        self.assertIn(("release", "propia"), self.waits("organizer"))

    def test_by_date_and_late_ones_are_marked(self) -> None:
        today = timezone.localdate()
        days = {"C": 5, "A": -3, "B": 0}

        def plug(user, today):
            return [WaitingItem("x", f"What {key}", key, key, "/", today + dt.timedelta(days=n)) for key, n in days.items()] + [
                WaitingItem("x", "No date", "D", "D", "/")
            ]

        sockets.waiting.plugs.append(plug)
        self.addCleanup(sockets.waiting.plugs.remove, plug)
        page = self.home("nobody")
        self.assertEqual([each.item.record for each in page.context["waiting"]], ["A", "B", "C", "D"])
        self.assertEqual([each.is_late for each in page.context["waiting"]], [True, False, False, False])
        self.assertEqual(page.context["late"], 1)
        self.assertEqual(today, timezone.localdate())

    def test_counts_of_an_edition(self) -> None:
        self.proposal("draft")
        self.proposal("submitted")
        self.referred()
        counts = {row["label"]: (row["number"], row["is_gap"]) for row in self.home("organizer").context["editions"][0]["counts"]}
        self.assertEqual(counts["proposal not submitted yet"], (1, True))
        self.assertEqual(counts["proposal to refer"], (1, True))
        self.assertEqual(counts["proposal in review"], (1, False))
        self.assertEqual(counts["opinions late"], (2, True))
        self.assertEqual(counts["participants"], (0, True))

    def test_navigation_holds_what_the_roles_have_to_do_with(self) -> None:
        expected = {
            "nobody": ["What waits", "My data"],
            "official": ["What waits", "Opinions", "Agreements", "Meetings", "My data"],
            "delegate": ["What waits", "Proposals", "Agreements", "Meetings", "My data"],
            "organizer": [
                *("What waits", "Proposals", "Agreements", "Meetings"),
                *("Participants", "Organizations", "Public bodies", "Accounts", "Mails", "Privacy", "My data"),
            ],
        }
        for name, labels in expected.items():
            with self.subTest(name):
                entries = self.home(name).context["workspace_navigation"]
                self.assertEqual([str(entry.label) for entry in entries], labels)
                self.assertEqual([str(entry.label) for entry in entries if entry.current], ["What waits"])
