"""What a load balancer and a monitor are told."""

from __future__ import annotations

import datetime as dt

from django.test import TestCase
from django.utils import timezone

from core.models import Message
from tests import factories as make
from tests.proposals.world import ProposalWorld


class ReadyTests(ProposalWorld, TestCase):
    def test_mails_that_wait_are_told_and_close_the_site_to_nobody(self) -> None:
        self.assertEqual(self.client.get("/readyz").json(), {"status": "ok", "outbox": {"waiting": 0, "age": 0, "failed": 0}})
        make.message(self.referral(), "referral_sent", self.user("official"))
        Message.objects.update(due_at=timezone.now() - dt.timedelta(minutes=16))
        found = self.client.get("/readyz")
        self.assertEqual((found.status_code, found.json()["outbox"]["waiting"]), (200, 1))
        self.assertEqual(found.json()["status"], "mails have waited too long")
        self.assertEqual(self.client.get("/readyz?outbox").status_code, 503)

    def test_held_mails_do_not_wait(self) -> None:
        make.message(self.referral(), "referral_sent", self.user("official"), state="held")
        Message.objects.update(due_at=timezone.now() - dt.timedelta(days=9))
        self.assertEqual(self.client.get("/readyz?outbox").status_code, 200)
