"""Who is told of what about agreements, commitments and meetings: event × persona, by equality."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone, translation

from agreements import workflow
from agreements.models import Agreement
from core.models import Message
from core.outbox.notices import all_notices
from forum.models import Role
from tests import factories as make
from tests.agreements.story import CUT_OFF, DUE, AgreementWorld, wall

pytestmark = pytest.mark.once

INSIDE = {"organizer", "official", "delegate"}


class NoticeWorld(AgreementWorld):
    def told(self) -> dict[str, set[str]]:
        names = {user.pk: name for name, user in self.accounts.items()}
        found: dict[str, set[str]] = {}
        for message in Message.objects.filter(user__isnull=False):
            found.setdefault(message.template, set()).add(names.get(message.user_id, "?"))
        Message.objects.all().delete()
        return found

    def quietly(self, made: Any) -> Any:
        Message.objects.all().delete()
        return made

    def now_reported(self, commitment: Any, **values: Any) -> Any:
        return workflow.report(
            commitment=commitment,
            party=self.party(commitment.agreement, "IFE"),
            actor=self.accounts["official"],
            values={"cut_off": CUT_OFF, "status": "in_progress", "percent": 40, "narrative_es": "Uno de tres.", **values},
        )


class MatrixTests(NoticeWorld, TestCase):
    def test_opened_accepted_signed(self) -> None:
        agreement = self.drafted()
        self.assertEqual(self.told(), {})
        workflow.open_for_signature(agreement=agreement, actor=self.accounts["organizer"])
        self.assertEqual(self.told(), {"agreement_opened": {"official", "delegate"}})
        workflow.accept(agreement=agreement, party=self.party(agreement, "IFE"), actor=self.accounts["official"])
        self.assertEqual(self.told(), {"agreement_accepted": {"organizer", "delegate"}})
        workflow.accept(agreement=agreement, party=self.party(agreement, "ORG-01"), actor=self.accounts["delegate"])
        self.assertEqual(self.told(), {"agreement_accepted": {"organizer", "official"}, "agreement_signed": INSIDE})

    def test_declared_void(self) -> None:
        agreement = self.quietly(self.signed())
        workflow.void(agreement=Agreement.objects.get(pk=agreement.pk), actor=self.accounts["organizer"], reason="Se sustituyó.")
        self.assertEqual(self.told(), {"agreement_ended": {"official", "delegate"}})

    def test_reported_and_disputed(self) -> None:
        commitment = self.quietly(self.in_force())
        report = self.now_reported(commitment)
        self.assertEqual(self.told(), {"report_to_validate": {"delegate"}})
        for outcome, expected in (("agrees", {}), ("disagrees", {"report_disputed": {"organizer", "official"}})):
            workflow.validate_report(
                report=report,
                party=self.party(commitment.agreement, "ORG-01"),
                actor=self.accounts["delegate"],
                outcome=outcome,
                comment_es="No está abierto.",
            )
            self.assertEqual(self.told(), expected)

    def test_more_time(self) -> None:
        commitment = self.quietly(self.in_force())
        extension = workflow.ask_extension(
            commitment=commitment,
            party=self.party(commitment.agreement, "IFE"),
            actor=self.accounts["official"],
            to_on=DUE + dt.timedelta(days=30),
            reason="Falta el local.",
        )
        self.assertEqual(self.told(), {"extension_asked": {"delegate"}})
        party = self.party(commitment.agreement, "ORG-01")
        workflow.decline_extension(extension=extension, party=party, actor=self.accounts["delegate"], reason="Urge.")
        self.assertEqual(self.told(), {"extension_declined": {"official"}})
        extension = workflow.ask_extension(
            commitment=commitment, party=extension.asked_by, actor=self.accounts["official"], to_on=extension.to_on, reason="Ya."
        )
        self.told()
        workflow.accept_extension(extension=extension, party=party, actor=self.accounts["delegate"])
        self.assertEqual(self.told(), {"extension_accepted": {"official"}})

    def test_to_be_cancelled(self) -> None:
        commitment = self.quietly(self.in_force())
        party = self.party(commitment.agreement, "IFE")
        workflow.cancel_commitment(commitment=commitment, party=party, actor=self.accounts["official"], reason="Ya no.")
        self.assertEqual(self.told(), {"commitment_cancelling": {"organizer", "delegate"}})

    def test_meetings(self) -> None:
        soon = wall(2027, 3, 1, 10)
        meeting = self.meeting(starts_at=soon, ends_at=soon + dt.timedelta(hours=2))
        self.assertEqual(self.told(), {"meeting_scheduled": {"official", "delegate"}})
        later = soon + dt.timedelta(days=1)
        workflow.move_meeting(
            meeting=meeting,
            actor=self.accounts["organizer"],
            starts_at=later,
            ends_at=later + dt.timedelta(hours=2),
            reason="Por la sala.",
        )
        self.assertEqual(self.told(), {"meeting_moved": {"official", "delegate"}})
        workflow.cancel_meeting(meeting=meeting, actor=self.accounts["organizer"], reason="No hay quórum.")
        self.assertEqual(self.told(), {"meeting_cancelled": {"official", "delegate"}})

    def test_a_meeting_is_proposed_and_confirmed(self) -> None:
        agreement = self.quietly(self.signed())
        meeting = workflow.propose_meeting(
            edition=self.edition,
            actor=self.accounts["delegate"],
            values={"title_es": "Primera", "starts_at": wall(2027, 3, 1, 10), "ends_at": wall(2027, 3, 1, 12)},
            agreements=[agreement],
            invited=[{"agency": self.agency}, {"organization": self.organization}],
        )
        self.assertEqual(self.told(), {"meeting_proposed": {"organizer"}})
        workflow.confirm_meeting(meeting=meeting, actor=self.accounts["organizer"])
        self.assertEqual(self.told(), {"meeting_confirmed": {"official", "delegate"}})

    def test_minutes(self) -> None:
        minutes = self.quietly(self.minutes(self.held()))
        last_day = timezone.localdate() + dt.timedelta(days=7)
        workflow.circulate(minutes=minutes, actor=self.accounts["organizer"], remarks_until=last_day)
        self.assertEqual(self.told(), {"minutes_circulated": {"official", "delegate"}})

    def test_a_witness_validates_nothing(self) -> None:
        commitment = self.in_force()
        make.party(commitment.agreement, self.other_organization, role="witness")
        Message.objects.all().delete()
        self.now_reported(commitment)
        self.assertEqual(self.told(), {"report_to_validate": {"delegate"}})

    def test_a_role_that_ended_is_told_nothing(self) -> None:
        Role.objects.filter(user=self.accounts["delegate"]).delete()
        self.opened()
        self.assertEqual(self.told(), {"agreement_opened": {"official"}})


class ContentTests(NoticeWorld, TestCase):
    def test_every_notice_is_written_in_both_languages(self) -> None:
        commitment = self.in_force()
        report = self.now_reported(commitment)
        workflow.ask_extension(
            commitment=commitment,
            party=self.party(commitment.agreement, "IFE"),
            actor=self.accounts["official"],
            to_on=DUE + dt.timedelta(days=30),
            reason="Falta.",
        )
        agreement = commitment.agreement
        meeting = self.held()
        records = {
            "agreements.agreement": agreement,
            "agreements.acceptance": agreement.versions.get().acceptances.first(),
            "agreements.commitment": commitment,
            "agreements.progressreport": report,
            "agreements.validation": make.validation(report, self.party(agreement, "ORG-01")),
            "agreements.reply": workflow.reply(
                validation=make.validation(report, self.party(agreement, "ORG-01")),
                party=self.party(agreement, "IFE"),
                actor=self.accounts["official"],
                text_es="Se abren en julio.",
            ),
            "agreements.campaignask": workflow.ask_everyone(
                campaign=workflow.start_campaign(
                    edition=self.edition, actor=self.accounts["organizer"], cut_off=CUT_OFF + dt.timedelta(days=1)
                ),
                actor=self.accounts["organizer"],
            )[0],
            "agreements.meeting": meeting,
            "agreements.withdrawninvitation": workflow.take_back_invitation(
                meeting=(coming := self.meeting()), guest=coming.attendance.first(), actor=self.accounts["organizer"], reason="x"
            ),
            "agreements.minutesversion": self.minutes(meeting, "circulated"),
        }
        notices = [notice for notice in all_notices() if notice.model.startswith("agreements.")]
        self.assertEqual({notice.model for notice in notices}, set(records))
        for notice in notices:
            record = records[notice.model]
            for language in ("es", "en"):
                with translation.override(language), self.subTest(notice.name, language=language):
                    facts = {**notice.facts(record), "reminder": "R"}
                    self.assertTrue(str(notice.subject) % facts)
                    self.assertTrue(str(notice.text) % facts)
                    self.assertRegex(notice.link(record, self.accounts["official"]), rf"^/{language}/")
