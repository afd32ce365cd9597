"""What agreements put on the workspace home: who reads what, by date, at the same cost with one and with many."""

import datetime as dt
from unittest import mock

import pytest
from django.test import TestCase

from agreements import workflow
from agreements.models import Commitment
from agreements.waiting import gaps_of, waiting_for
from core import sockets
from tests import factories as make
from tests.agreements.story import DUE, NOON, AgreementWorld, wall
from tests.personas import PERSONAS

pytestmark = pytest.mark.once

TODAY = dt.date(2026, 7, 1)


class WaitingTests(AgreementWorld, TestCase):
    def setUp(self):
        super().setUp()
        self.enterContext(mock.patch("django.utils.timezone.now", return_value=NOON))

    def waits(self, name, today=TODAY):
        return [(i.kind, i.record, i.due_on) for i in waiting_for(self.user(name), today)]

    def who_waits(self, today=TODAY):
        """Persona → what waits, of those for whom something does."""
        return {name: found for name in PERSONAS if (found := self.waits(name, today))}

    def test_it_is_plugged_in(self):
        self.assertIn(waiting_for, sockets.waiting.plugs)
        self.assertIn(gaps_of, sockets.edition_gaps.plugs)

    def test_a_draft_waits_for_nobody(self):
        self.drafted()
        self.assertEqual(self.who_waits(), {})

    def test_acceptances_that_are_missing(self):
        agreement = self.opened()
        sign, follow = ("sign", agreement.folio, None), ("acceptances", agreement.folio, None)
        self.assertEqual(self.who_waits(), {"official": [sign], "delegate": [sign], "organizer": [follow]})
        workflow.accept(agreement=agreement, party=self.party(agreement, "IFE"), actor=self.accounts["official"])
        self.assertEqual(self.who_waits(), {"delegate": [sign], "organizer": [follow]})
        workflow.accept(agreement=agreement, party=self.party(agreement, "ORG-01"), actor=self.accounts["delegate"])
        self.assertEqual(self.who_waits(), {})

    def test_an_amendment_is_accepted_again(self):
        agreement = self.signed()
        workflow.amend(agreement=agreement, actor=self.accounts["organizer"], cause="Más")
        self.assertEqual(self.who_waits(), {})
        workflow.open_for_signature(agreement=agreement, actor=self.accounts["organizer"])
        self.assertEqual(set(self.who_waits()), {"official", "delegate", "organizer"})
        workflow.void(agreement=agreement, actor=self.accounts["organizer"], reason="x")
        self.assertEqual(self.who_waits(), {})

    def test_reports_that_are_due(self):
        commitment = self.in_force()
        self.assertEqual(self.who_waits(), {})
        near, late = DUE - dt.timedelta(days=30), DUE + dt.timedelta(days=1)
        both = {name: [("report", commitment.folio, DUE)] for name in ("official", "delegate")}
        self.assertEqual(self.who_waits(near - dt.timedelta(days=1)), {})
        self.assertEqual(self.who_waits(near), both)
        self.assertEqual(self.who_waits(late), both)
        Commitment.objects.update(reported_status="fulfilled")
        self.assertEqual(self.who_waits(late), {})

    def test_a_cut_off_date_asks_for_a_report(self):
        commitment = self.in_force()
        cut_off = TODAY + dt.timedelta(days=10)
        type(self.edition).objects.update(report_cut_off=cut_off)
        expected = [("report", commitment.folio, cut_off)]
        self.assertEqual(self.who_waits(), {"official": expected, "delegate": expected})
        Commitment.objects.update(starts_on=cut_off + dt.timedelta(days=1))
        self.assertEqual(self.who_waits(), {})
        Commitment.objects.update(starts_on=None, reported_cut_off=cut_off)
        self.assertEqual(self.who_waits(), {})

    def test_reports_that_the_other_side_has_not_answered(self):
        commitment = self.in_force()
        first = self.report(commitment)
        self.assertEqual(self.who_waits(), {"delegate": [("validate", commitment.folio, None)]})
        second = self.report(commitment, "ORG-01")
        self.assertEqual(self.who_waits(), {"official": [("validate", commitment.folio, None)]})
        self.assertLess(first.pk, second.pk)
        workflow.validate_report(
            report=second, party=self.party(commitment.agreement, "IFE"), actor=self.accounts["official"], outcome="pending"
        )
        self.assertEqual(self.who_waits(), {})

    def test_an_extension_waits_for_the_side_that_did_not_ask(self):
        commitment = self.in_force()
        workflow.ask_extension(
            commitment=commitment,
            party=self.party(commitment.agreement, "IFE"),
            actor=self.accounts["official"],
            to_on=DUE + dt.timedelta(days=60),
            reason="Lluvias",
        )
        self.assertEqual(self.who_waits(), {"delegate": [("extension", commitment.folio, DUE)]})

    def test_a_witness_is_not_asked(self):
        commitment = self.in_force()
        make.party(commitment.agreement, self.other_organization, role="witness")
        self.report(commitment)
        self.assertEqual(set(self.who_waits()), {"delegate"})

    def test_meetings_minutes_and_tasks(self):
        agreement = self.signed()
        meeting = self.meeting(
            agreement, time_zone="America/Tijuana", starts_at=wall(2026, 7, 6, 23), ends_at=wall(2026, 7, 6, 23, 59)
        )
        coming = [("meeting", meeting.folio, dt.date(2026, 7, 6))]
        self.assertEqual(self.who_waits(), {"official": coming, "delegate": coming})
        presences = {row.pk: "present" for row in meeting.attendance.all()}
        after = meeting.ends_at + dt.timedelta(minutes=1)
        with mock.patch("django.utils.timezone.now", return_value=after):
            self.assertEqual(self.who_waits(), {"organizer": [("settle", meeting.folio, dt.date(2026, 7, 6))]})
            workflow.hold(meeting=meeting, actor=self.accounts["organizer"], presences=presences)
            self.assertEqual(self.who_waits(), {"organizer": [("settle", meeting.folio, dt.date(2026, 7, 6))]})
            item = {"what_es": "Enviar", "agency": self.agency, "due_on": dt.date(2026, 7, 30)}
            minutes = self.minutes(meeting, action_items=[item])
            until = dt.date(2026, 7, 13)
            self.assertEqual(set(self.who_waits()), {"organizer"})
            workflow.circulate(minutes=minutes, actor=self.accounts["organizer"], remarks_until=until)
            read, task = ("minutes", meeting.folio, until), ("task", f"{meeting.folio}-T1", dt.date(2026, 7, 30))
            self.assertEqual(self.who_waits(), {"official": [read, task], "delegate": [read]})
            settle = [("settle", meeting.folio, until)]
            self.assertEqual(self.who_waits(until + dt.timedelta(days=1)), {"official": [task], "organizer": settle})

    def test_a_proposed_meeting_waits_for_the_organizer(self):
        meeting = self.meeting(self.signed(), proposed=True)
        self.assertEqual(self.who_waits(), {"organizer": [("settle", meeting.folio, dt.date(2026, 7, 6))]})

    def test_ordered_by_date_what_has_none_at_the_end(self):
        self.opened()
        first, second = self.in_force(), self.in_force()
        Commitment.objects.filter(pk=second.pk).update(due_on=TODAY)
        Commitment.objects.filter(pk=first.pk).update(due_on=TODAY + dt.timedelta(days=3))
        self.assertEqual([record for _kind, record, _due in self.waits("official")[:2]], [second.folio, first.folio])
        self.assertEqual(self.waits("official")[-1][0], "sign")

    def test_links_lead_to_pages_that_exist(self):
        agreement = self.opened()
        self.report(self.in_force())
        self.meeting(agreement)
        for name in ("official", "delegate", "organizer"):
            client = self.sign_in(name)
            for item in waiting_for(self.user(name), DUE):
                with self.subTest(name, item=item.kind):
                    self.assertEqual(client.get(item.url).status_code, 200)


class CostTests(AgreementWorld, TestCase):
    def one_of_each(self):
        self.opened()
        agreement = self.signed()
        self.report(agreement.commitments.get())
        self.report(agreement.commitments.get(), "ORG-01")
        self.meeting(agreement, proposed=True)
        self.minutes(self.held(agreement), "circulated", action_items=[{"what_es": "x", "agency": self.agency, "due_on": DUE}])

    def test_queries_do_not_grow(self):
        counts = {"official": 7, "delegate": 7, "organizer": 2}
        for _ in range(2):
            for name, number in counts.items():
                user = self.user(name)
                self.assertTrue(user.roles)
                with self.subTest(name), self.assertNumQueries(number):
                    self.assertTrue(waiting_for(user, DUE))
            with self.assertNumQueries(3):
                gaps_of(self.edition, DUE)
            for _more in range(2):
                self.one_of_each()

    def setUp(self):
        super().setUp()
        self.one_of_each()


class GapTests(AgreementWorld, TestCase):
    def test_counts(self):
        self.drafted()
        self.opened()
        late, disputed, claimed = self.in_force(), self.in_force(), self.in_force()
        Commitment.objects.filter(pk=late.pk).update(due_on=TODAY - dt.timedelta(days=1))
        Commitment.objects.filter(pk=disputed.pk).update(disputed=True)
        self.report(claimed, status="fulfilled", percent=100)
        with mock.patch("django.utils.timezone.now", return_value=NOON):
            self.meeting()
            rows = gaps_of(self.edition, TODAY)
        self.assertEqual(
            [(row["label"], row["number"], row["is_gap"]) for row in rows],
            [
                ("agreement in draft", 1, True),
                ("agreement open for signature", 1, True),
                ("agreements signed", 3, False),
                ("commitment late", 1, True),
                ("commitments without report since the cut-off", 0, False),
                ("commitment disputed by the other side", 1, True),
                ("commitment fulfilled without evidence on file", 1, True),
                ("meeting to come", 1, False),
            ],
        )
        client = self.sign_in("organizer")
        for row in rows:
            with self.subTest(row["label"]):
                self.assertEqual(client.get(row["url"]).status_code, 200)

    def test_another_edition_counts_nothing(self):
        self.opened()
        self.assertEqual({row["number"] for row in gaps_of(self.other_edition, TODAY)}, {0})
