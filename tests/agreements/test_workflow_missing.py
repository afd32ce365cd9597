"""An agreement with a missing acceptance cannot become signed by any door: step, page, admin, import, command, SQL."""

import contextlib
import datetime as dt
import io
import tempfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.urls import reverse

from agreements import workflow
from agreements.models import Agreement
from agreements.workflow import signing
from core.workflow import StepRefused, step
from tests.agreements.story import AgreementWorld

pytestmark = pytest.mark.once

AT = dt.datetime(2026, 4, 2, 4, tzinfo=dt.UTC)


class NothingMissingTests(AgreementWorld, TestCase):
    """An agreement with a missing acceptance cannot become signed by any door."""

    def half_accepted(self, agreement=None):
        agreement = agreement or self.opened()
        workflow.accept(agreement=agreement, party=self.party(agreement, "IFE"), actor=self.accounts["official"])
        return agreement

    def test_by_the_step_itself_whoever_takes_it(self):
        agreement = self.half_accepted()
        sentence = "Version 1 is not signed while an acceptance is missing: Federación propia."
        for name in ("organizer", "administrator", "official"):
            taken = step(workflow.AGREEMENT, agreement, "sign", actor=self.user(name))
            with self.subTest(name), self.assertRaises(StepRefused) as caught, taken:
                pass
            self.assertEqual(caught.exception.code, "not_yours")
        with self.assertRaises(StepRefused) as caught:
            signing.sign(agreement)
        self.assertEqual(str(caught.exception), sentence)

    def test_by_any_other_step(self):
        agreement = self.half_accepted()
        commitment = agreement.commitments.get()
        actor, at = self.accounts["administrator"], AT
        doors = [
            lambda: workflow.edit_agreement(agreement=agreement, actor=actor, values={}),
            lambda: workflow.open_for_signature(agreement=agreement, actor=actor, at=at),
            lambda: workflow.amend(agreement=agreement, actor=actor, cause="x", at=at),
            lambda: workflow.conclude(agreement=agreement, actor=actor, at=at),
            lambda: workflow.add_commitment(agreement=agreement, actor=actor, values={"text_es": "x"}),
            lambda: workflow.edit_commitment(commitment=commitment, actor=actor, values={}),
            lambda: workflow.remove_commitment(commitment=commitment, actor=actor),
            lambda: self.report(commitment),
        ]
        for number, door in enumerate(doors):
            with self.subTest(number), self.assertRaises(StepRefused):
                door()
        agreement.refresh_from_db()
        self.assertEqual((agreement.status, agreement.version_number), ("open", 0))

    def test_by_a_page_the_admin_an_import_or_a_command(self):
        agreement = self.half_accepted()
        missing = self.party(agreement, "ORG-01")
        organizer, administrator = self.sign_in("organizer"), self.sign_in("administrator")
        page = lambda action: reverse("workspace:agreement_step", args=[agreement.folio, action])  # noqa: E731
        for action in ("sign", "amend", "conclude", "open_amendment"):
            self.assertIn(
                organizer.post(page(action), {f"step-{action}-revision": "1", f"step-{action}-reason": "x"}).status_code,
                {403, 404, 422},
            )
        accept = reverse("workspace:accept", args=[agreement.folio])
        self.assertEqual(organizer.post(accept, {"party": "organization:ORG-01"}).status_code, 403)
        self.assertEqual(self.sign_in("other_delegate").post(accept, {"party": "organization:ORG-01"}).status_code, 403)
        change = f"/admin/agreements/agreement/{agreement.pk}/change/"
        administrator.post(change, {"status": "signed", "signed_at": "2026-01-01", "version_number": "1", "title_es": "Otro"})
        administrator.post("/admin/agreements/acceptance/add/", {"version": agreement.versions.get().pk, "party": missing.pk})
        rows = f"folio,edition,title_es,status,estatus,signed_at,version_number\n{agreement.folio},propia,Otro,signed,suscrito,2026-01-01,1\n"
        with tempfile.TemporaryDirectory() as room:
            path = Path(room, "x.csv")
            path.write_text(rows, encoding="utf-8")
            with contextlib.suppress(CommandError):
                call_command("import_data", "agreements", str(path), edition="propia", stdout=io.StringIO(), stderr=io.StringIO())
        call_command("send_reminders", stdout=io.StringIO())
        agreement.refresh_from_db()
        self.assertEqual((agreement.status, agreement.version_number, agreement.signed_at), ("open", 0, None))
        self.assertEqual(agreement.versions.get().acceptances.count(), 1)

    def test_the_targets_of_the_table(self):
        """Only *sign* leads from open to signed; the other steps to signed start there and are about a next version."""
        to_signed = {t.action: t.sources for t in workflow.AGREEMENT.transitions if t.target == "signed"}
        self.assertEqual(to_signed, {"sign": ("open", "signed"), "amend": ("signed",), "open_amendment": ("signed",)})

    def test_the_second_version_of_an_amendment(self):
        agreement = self.signed()
        workflow.amend(agreement=agreement, actor=self.accounts["organizer"], cause="Más")
        workflow.open_for_signature(agreement=agreement, actor=self.accounts["organizer"])
        self.half_accepted(agreement)
        with self.assertRaises(StepRefused):
            signing.sign(agreement)
        agreement.refresh_from_db()
        self.assertEqual((agreement.version_number, agreement.versions.get(number=2).status), (1, "open"))

    def test_the_database_wants_a_signed_agreement_complete(self):
        agreement = self.half_accepted()
        with self.assertRaises(IntegrityError), transaction.atomic():
            Agreement.objects.filter(pk=agreement.pk).update(status="signed")
