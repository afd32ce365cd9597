"""Whoever reads or takes along personal data leaves a trace (promise 5): the pages that show some are those that write one event."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import TestCase
from django.urls import reverse

from core.events import READING, record_read
from core.models import Event
from tests.house.test_privacy_sweep import SweepWorld

#: What the written table holds about people beyond their names as authors: who reads these reads personal data.
PERSONAL = frozenset(
    {
        *(f"forum.person.{name}" for name in ("name", "email", "phone", "residence_city")),
        *(f"forum.privacyrequest.{name}" for name in ("name", "email", "text", "identity_how", "answer")),
        *("forum.participation.post", "forum.consent.how", "forum.user.email", "core.subscription.email"),
        *(f"content of {label}" for label in ("agreements.evidence", "agreements.signedpaper", "proposals.attachment")),
        "content of proposals.paperscan",
    }
)


@pytest.mark.once
class ReadTests(SweepWorld, TestCase):
    def traces(self, name: str, address: str) -> tuple[str, list[str]]:
        """What the page says, and the ways of reading that it noted; taken back afterwards."""
        with transaction.atomic():
            before = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            said = self.text_of(self.clients[name].get(address))
            found = Event.objects.filter(pk__gt=before, action__in=READING, actor=self.accounts[name])
            noted = list(found.values_list("action", flat=True))
            transaction.set_rollback(True)
        return said, noted

    def test_every_page_that_shows_some_says_so_once(self) -> None:
        # The account at the top of every page is the reader's own.
        texts = [each.text for each in self.canaries if each.column in PERSONAL]
        for name in ("organizer", "official", "delegate"):
            shown, noted = set(), {}
            for address in [*self.inner_addresses(name), *self.public_addresses()]:
                said, actions = self.traces(name, address)
                if any(text in said for text in texts if text not in self.own[name]):
                    shown.add(address)
                if actions:
                    noted[address] = actions
            with self.subTest(name):
                self.assertEqual(shown - set(noted), set())
                self.assertEqual({address: actions for address, actions in noted.items() if len(actions) > 1}, {})
                # What is noted and shows nothing here is a list that could.
                self.assertLess(len(set(noted) - shown), 8, set(noted) - shown)

    def test_names_that_a_box_of_the_admin_offers(self) -> None:
        asked = {"app_label": "forum", "model_name": "participation", "term": ""}
        before = Event.objects.order_by("-pk")[0].pk
        for field in ("organization", "person", "person"):
            self.clients["organizer"].get(reverse("admin:autocomplete"), {**asked, "field_name": field})
        noted = Event.objects.filter(pk__gt=before).values_list("action", "model", "record_id", "actor")
        reader = self.accounts["organizer"].pk
        self.assertEqual(list(noted), [("see_people", "forum.user", reader, reader)], "once for what is typed in a minute")

    def test_only_known_ways(self) -> None:
        with self.assertRaises(ValueError):
            record_read(self.edition, "peek", self.accounts["organizer"])
