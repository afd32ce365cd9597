"""Counting anew waits for nobody and nobody waits for it (promise 26)."""

from __future__ import annotations

import threading

from django.db import connection, connections, transaction
from django.test import TransactionTestCase, skipUnlessDBFeature

from agreements.models import Commitment
from core import tally
from core.models import TalliedFact, Tally
from tests import factories as make


class BesideTests(TransactionTestCase):
    @skipUnlessDBFeature("has_select_for_update")
    def test_sums_are_mended_while_somebody_writes(self) -> None:
        edition, agency = make.edition(), make.agency()
        agreement = make.agreement(edition, status="signed", proposals=[make.proposal(edition, status="agreed")])
        party = make.party(agreement, agency)
        first, second = (make.commitment(agreement, party) for _each in range(2))
        Tally.objects.filter(figure="lights").update(number=7)
        other = make.proposal(edition, status="agreed")
        self.assertTrue(TalliedFact.objects.filter(fact=other.pk).delete()[0])
        has_written, may_commit = threading.Event(), threading.Event()

        def write() -> None:
            try:
                with transaction.atomic():
                    Commitment.objects.filter(pk=first.pk).update(disputed=True, reported_status="fulfilled")
                    has_written.set()
                    may_commit.wait(timeout=30)
            finally:
                connections.close_all()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            self.assertTrue(has_written.wait(timeout=30))
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            tally.rebuild(chunk=1)
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
            # What is written from now on is counted as well.
            Commitment.objects.filter(pk=second.pk).update(disputed=True)
        finally:
            may_commit.set()
            writer.join(timeout=30)
        self.assertEqual(tally.differences(), [])
