"""The follow-up board and cut-off campaigns: who sees what, whom they ask, nobody twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from agreements import workflow
from agreements.models import Campaign, CampaignAsk, Commitment
from agreements.reminders import of_campaigns
from agreements.workflow.campaign import bodies_owing
from agreements.workspace.board import SECTIONS, section_words
from core.models import Message, Reminder
from tests import factories as make
from tests.agreements.pages import typed
from tests.agreements.story import CUT_OFF, AgreementWorld

pytestmark = pytest.mark.once

INSIDERS = {"organizer", "administrator", "official", "delegate"}


class BoardTests(AgreementWorld, TestCase):
    def story(self) -> None:
        self.agreement = self.signed()
        self.edition.report_cut_off = timezone.localdate() - dt.timedelta(days=1)
        self.edition.save()

    def one(self, **values: Any) -> Commitment:
        """A commitment of the agency in force, with these columns."""
        values = {"due_on": timezone.localdate() + dt.timedelta(days=200), "reported_cut_off": timezone.localdate(), **values}
        return make.commitment(self.agreement, self.party(self.agreement, "IFE"), **values)

    def world(self) -> dict[str, Commitment]:
        """One commitment for each question, and nothing else open."""
        today = timezone.localdate()
        self.agreement.commitments.update(reported_status="fulfilled", reported_cut_off=today, cancelled_at=make.now())
        found = {
            "late": self.one(due_on=today - dt.timedelta(days=1)),
            "due_soon": self.one(due_on=today),
            "no_report": self.one(reported_cut_off=None),
        }
        for code in ("disputed", "unvalidated", "no_evidence"):
            found[code] = self.one(disputed=code == "disputed", reported_status="in_progress")
            report = make.report(found[code], self.party(self.agreement, "IFE"), cut_off=today)
            if code != "unvalidated":
                outcome = "disagrees" if code == "disputed" else "agrees"
                make.validation(report, self.party(self.agreement, "ORG-01"), outcome=outcome, comment_es="x")
            if code != "no_evidence":
                make.evidence(report)
        return found

    def shown(self, client: Any, code: str, query: str = "") -> tuple[set[str], dict[str, int]]:
        page = client.get(reverse("workspace:follow_up") + f"?show={code}{query}")
        tiles = {tile.code: tile.number for tile in page.context["tiles"]}
        return {commitment.folio for commitment, _days in page.context["rows"]}, tiles

    def test_each_question_finds_its_commitment_for_the_party_and_for_the_organizer(self) -> None:
        found = self.world()
        for name, query in (("official", ""), ("organizer", ""), ("organizer", "&edition=propia")):
            client = self.sign_in(name)
            for code in SECTIONS:
                rows, tiles = self.shown(client, code, query)
                with self.subTest(name, code=code):
                    self.assertEqual(rows, {found[code].folio})
                    self.assertEqual(tiles, dict.fromkeys(SECTIONS, 1))
        self.assertEqual(self.shown(self.sign_in("other_official"), "late"), (set(), dict.fromkeys(SECTIONS, 0)))
        page = self.sign_in("organizer").get(reverse("workspace:follow_up"))
        self.assertEqual(
            [(row.name, [number for _words, number in row.numbers]) for row in page.context["bodies"]], [("IFE", [1] * 6)]
        )
        with override("es"):
            words = [section_words(code, number) for code in ("late", "due_soon") for number in (0, 1, 2)]
        self.assertEqual(words, ["vencidos", "vencido", "vencidos", *["por vencer"] * 3])

    def test_another_edition_is_not_hers(self) -> None:
        address = reverse("workspace:follow_up") + "?edition=ajena"
        self.assertEqual(self.who_gets(200, address), {"other_organizer", "administrator"})

    def test_nonsense_is_the_first_question(self) -> None:
        client = self.sign_in("official")
        for query in ("show=%00x", "show=", "show=late&show=x", "after=%ff", "show=1'--", "order=nope"):
            self.assertIn(client.get(reverse("workspace:follow_up") + f"?{query}").status_code, {200, 400}, query)

    def test_as_many_queries_for_one_as_for_thirty(self) -> None:
        client = self.sign_in("organizer")
        counts = []
        self.world()
        for _round in range(2):
            for _number in range(29):
                self.one(due_on=timezone.localdate() - dt.timedelta(days=3))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("workspace:follow_up"))
            counts.append(len(queries))
        self.assertEqual(counts[0], counts[1])


class NoEvidenceTests(AgreementWorld, TestCase):
    def test_fulfilled_without_evidence_says_that_none_is_on_file(self) -> None:
        commitment = self.in_force()
        self.report(commitment, status="fulfilled", percent=100)
        for client, address in (
            (self.client, f"/en/agreements/{commitment.agreement.folio}/"),
            (self.sign_in("delegate"), reverse("workspace:commitment", args=[commitment.folio])),
        ):
            page = client.get(address)
            self.assertContains(page, "fulfilled")
            self.assertContains(page, "No evidence on file")


class CampaignTests(AgreementWorld, TestCase):
    def story(self) -> None:
        self.agreement = self.signed()
        self.commitment = self.agreement.commitments.get()
        Message.objects.all().delete()

    def setUp(self) -> None:
        super().setUp()
        self.organizer = self.sign_in("organizer")

    def begun(self) -> Campaign:
        address = reverse("workspace:campaign_new", args=["propia"])
        self.organizer.post(
            address, typed(self.organizer.get(address), cut_off=CUT_OFF.isoformat(), message="Antes del informe.")
        )
        return Campaign.objects.get()

    def ask(self, campaign: Campaign) -> Any:
        return self.organizer.post(reverse("workspace:campaign_ask", args=[campaign.folio]))

    def mails(self) -> list[tuple[str, str]]:
        return sorted(Message.objects.values_list("template", "user__email"))

    def test_one_click_asks_everybody_who_owes_once(self) -> None:
        other = self.signed()
        other.commitments.update(lead=self.party(other, "ORG-01"))
        Message.objects.all().delete()
        campaign = self.begun()
        self.assertEqual(self.mails(), [], "nobody is asked by beginning")
        self.edition.refresh_from_db()
        self.assertEqual((campaign.folio, self.edition.report_cut_off), ("FP1-S-01", CUT_OFF))
        asked = [("campaign_asked", "delegate@example.org"), ("campaign_asked", "official@example.org")]
        for _click in range(3):
            self.ask(campaign)
            self.assertEqual(self.mails(), asked)
        self.assertEqual(CampaignAsk.objects.count(), 2)
        page = self.organizer.get(reverse("workspace:campaign", args=[campaign.folio]))
        self.assertContains(page, "0 of 2 commitments are reported up to that date.")
        self.assertContains(self.sign_in("official").get(reverse("workspace:follow_up")), "Antes del informe.")

    def test_progress_and_reminders_of_those_who_are_silent(self) -> None:
        campaign = self.begun()
        self.ask(campaign)
        address = reverse("workspace:campaign_remind", args=[campaign.folio])
        Message.objects.all().delete()
        for _click in range(2):
            self.organizer.post(address)
            self.assertEqual(self.mails(), [("campaign_reminder", "official@example.org")])
        self.assertEqual(Reminder.objects.count(), 1)
        self.report(self.commitment)
        self.assertEqual(bodies_owing(campaign), [])
        page = self.organizer.get(reverse("workspace:campaign", args=[campaign.folio]))
        self.assertContains(page, "1 of 1 commitments are reported up to that date.")
        self.assertEqual(self.ask(campaign).status_code, 302)
        self.assertEqual(CampaignAsk.objects.count(), 1)

    def test_the_calendar_reminds_until_it_is_reported(self) -> None:
        campaign = self.begun()
        self.ask(campaign)

        def kinds(on: dt.date) -> list[str]:
            return [due.kind for due in of_campaigns(on)]

        days = {CUT_OFF - dt.timedelta(days=20): [], CUT_OFF - dt.timedelta(days=2): ["soon"], CUT_OFF: ["due"]}
        self.assertEqual({day: kinds(day) for day in days}, days)
        self.assertEqual(kinds(CUT_OFF + dt.timedelta(days=1)), ["late"])
        self.report(self.commitment)
        self.assertEqual(kinds(CUT_OFF), [])

    def test_the_successor_of_a_body_is_asked(self) -> None:
        workflow.take_over(
            party=self.party(self.agreement, "IFE"),
            successor=self.other_agency,
            actor=self.accounts["organizer"],
            reason="Ley",
        )
        self.ask(self.begun())
        self.assertEqual([ask.body for ask in CampaignAsk.objects.all()], [self.other_agency])

    def test_the_same_date_twice_is_refused_with_a_sentence(self) -> None:
        self.begun()
        address = reverse("workspace:campaign_new", args=["propia"])
        for value in (CUT_OFF.isoformat(), "ayer", "", "9999-99-99"):
            answer = self.organizer.post(address, {"cut_off": value, "message": ""})
            self.assertEqual(answer.status_code, 422, value)
        self.assertEqual(Campaign.objects.count(), 1)
