"""The clock: holidays of Mexico, of another country and of a state, pauses, extensions, three zones, midnight."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.test import TestCase

from core.deadlines import Calendar, is_known
from core.events import events_of
from core.workflow import StepRefused
from forum.calendars import calendar_of
from forum.models import Closure
from forum.workflow import enter_closure, withdraw_closure
from proposals import workflow
from proposals.models import Referral
from proposals.record import answers_of
from tests import factories as make
from tests.desk import at
from tests.proposals.world import AT, ProposalWorld, after

ZONES = ("America/Mexico_City", "America/Tijuana", "America/New_York")


class CalendarTests(ProposalWorld, TestCase):
    def enter(self, first: str, last: str, name: str = "Semana", **scope):
        values = {"starts_on": dt.date.fromisoformat(first), "ends_on": dt.date.fromisoformat(last), "name_es": name, **scope}
        return enter_closure(actor=self.user("organizer"), values=values, at=after(1))

    def test_each_body_has_its_own_days(self):
        day = dt.date(2026, 3, 16)
        self.assertFalse(calendar_of(self.agency).is_working_day(day))
        self.agency.calendar = "US-CA"
        self.assertTrue(calendar_of(self.agency).is_working_day(day))
        self.assertFalse(calendar_of(self.agency).is_working_day(dt.date(2026, 3, 31)))
        self.assertEqual(Calendar("US-CA").name_of(dt.date(2026, 11, 26)), "Thanksgiving Day")
        self.assertEqual([is_known(code) for code in ("MX", "US-CA", "XX", "US-", "", "MX-ZZZ")], [True, True, *[False] * 4])

    def test_days_of_a_state_are_for_its_bodies_alone(self):
        zacatecas = make.area("MX-ZAC")
        self.agency.state = zacatecas
        self.agency.save()
        self.enter("2026-03-12", "2026-03-13", "Feria", state=zacatecas)
        self.assertEqual(calendar_of(self.agency).between(dt.date(2026, 3, 9), dt.date(2026, 3, 13)), 2)
        self.assertEqual(calendar_of(self.other_agency).between(dt.date(2026, 3, 9), dt.date(2026, 3, 13)), 4)

    def test_new_days_move_open_dates_and_say_so(self):
        _proposal, (first, second) = self.referred()
        workflow.extend(
            referral=second, to_on=dt.date(2026, 4, 8), actor=self.user("organizer"), reason="Complejo", accepted_by="Comité"
        )
        self.issued(make_third := self.referred(self.agency)[1][0])
        closure, moved = self.enter("2026-03-23", "2026-03-25")
        self.assertEqual(moved, 2)
        first, second, third = (Referral.objects.get(pk=each.pk) for each in (first, second, make_third))
        # 31 March and three days; 8 April and three days; what was answered stays.
        self.assertEqual([each.due_on.isoformat() for each in (first, second)], ["2026-04-03", "2026-04-13"])
        self.assertEqual(third.due_on, dt.date(2026, 3, 31))
        event = events_of(first).first()
        self.assertEqual((event.action, event.changes["due_on"]), ("recount", ["2026-03-31", "2026-04-03"]))
        row = first.due_date_changes.get()
        self.assertEqual((row.kind, row.closure, row.working_days), ("closure", closure, 3))
        # What is sent later knows the days from the start.
        self.assertEqual(self.referred(self.agency)[1][0].due_on, dt.date(2026, 4, 3))
        self.assertEqual(withdraw_closure(closure=closure, actor=self.user("organizer"), reason="No procedió", at=after(2)), 3)
        first.refresh_from_db()
        second.refresh_from_db()
        self.assertEqual([each.due_on.isoformat() for each in (first, second)], ["2026-03-31", "2026-04-08"])

    def test_days_taken_back_leave_what_has_passed(self):
        _proposal, (first,) = self.referred(self.agency)
        closure, _moved = self.enter("2026-03-23", "2026-03-25")
        organizer = self.user("organizer")
        self.assertEqual(withdraw_closure(closure=closure, actor=organizer, reason="Error", at=after(32)), 0)
        first.refresh_from_db()
        self.assertEqual(first.due_on, dt.date(2026, 4, 3))
        with self.assertRaises(StepRefused):
            withdraw_closure(closure=closure, actor=organizer, reason="Otra vez")

    def test_nonsense_is_refused(self):
        for first, last in (("2026-03-25", "2026-03-23"), ("2026-01-01", "2026-12-31")):
            with self.subTest(first=first), self.assertRaises(ValidationError):
                self.enter(first, last)
        with self.assertRaises(StepRefused):
            enter_closure(actor=self.user("official"), values={})
        self.assertEqual(Closure.objects.count(), 0)

    def test_the_sum_names_every_step(self):
        proposal, (first,) = self.referred(self.agency)
        question = workflow.ask(referral=first, actor=self.user("official"), question="¿Dónde?", at=after(1))
        workflow.answer_clarification(clarification=question, actor=self.user("delegate"), answer="Aquí.", at=after(9))
        self.enter("2026-03-23", "2026-03-25")
        workflow.extend(
            referral=first, to_on=dt.date(2026, 4, 20), actor=self.user("organizer"), reason="Complejo", accepted_by="Comité"
        )
        (answer,) = answers_of(proposal, None, dt.date(2026, 4, 20))
        steps = [(step.kind, step.days, step.end.isoformat()) for step in answer.clock.steps]
        self.assertEqual(
            steps,
            [
                ("term", 20, "2026-03-31"),
                ("pause", 6, "2026-04-08"),
                ("closure", 3, "2026-04-13"),
                ("extension", 5, "2026-04-20"),
            ],
        )
        self.assertEqual([off.date for off in answer.clock.steps[0].off], [dt.date(2026, 3, 16)])
        self.assertEqual((answer.clock.days_paused, answer.clock.days_with_body, answer.days_late), (6, 25, 0))
        page = self.sign_in("organizer").get(at("referral", first.folio))
        for words in ("Comité", "Complejo", "Semana", question.folio):
            self.assertContains(page, words)

    def test_the_way_from_body_to_body_has_a_clock_each(self):
        _proposal, (first,) = self.referred(self.agency)
        workflow.refer_onward(referral=first, to=self.other_agency, actor=self.user("official"), reason="No", at=after(7))
        answers = answers_of(first.proposal, None, dt.date(2026, 3, 13))
        self.assertEqual([(a.agency.key, a.clock.days_with_body) for a in answers], [("IFE", 5), ("SRE", 4)])
        page = self.sign_in("official").get(at("review", first.folio))
        self.assertEqual([clock.referral.agency.key for clock in page.context["chain"]], ["IFE", "SRE"])


class MidnightTests(ProposalWorld, TestCase):
    def test_a_second_before_and_after_midnight_in_three_zones(self):
        """Due on 31 March: in time until the last second of that day where the forum is, and late from the next one."""
        for zone in ZONES:
            with self.subTest(zone):
                self.edition.time_zone = zone
                self.edition.save()
                midnight = dt.datetime(2026, 4, 1, tzinfo=ZoneInfo(zone))
                second = dt.timedelta(seconds=1)
                _proposal, (waiting,) = self.referred(self.agency)
                self.assertEqual(waiting.due_on, dt.date(2026, 3, 31))
                for moment, late in ((midnight - second, 0), (midnight, 1)):
                    found = Referral.objects.filter(pk=waiting.pk).late_at(moment, [zone])
                    self.assertEqual(found.count(), late)
                for moment, late in ((midnight - second, 0), (midnight, 1)):
                    _proposal, (referral,) = self.referred(self.agency)
                    self.issued(referral, at=moment)
                    self.assertEqual(Referral.objects.get(pk=referral.pk).working_days_late(dt.date(2026, 6, 1)), late)
        self.assertEqual(AT.tzinfo, dt.UTC)
