"""Referrals: terms, pauses, extensions, passing on, recalling."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.test import TestCase

from core.events import events_of
from core.workflow import StepRefused
from proposals import workflow
from proposals.models import Proposal, Referral
from tests.proposals.world import AT, ProposalWorld, after


class TermTests(ProposalWorld, TestCase):
    def refer(self, **values):
        proposal = self.proposal("submitted")
        (referral,) = workflow.refer(proposal=proposal, agencies=[self.agency], actor=self.user("organizer"), **values)
        return referral

    def test_folio_and_term(self):
        """Explicit, else the agency's, else the edition's; working days, without the third Monday of March."""
        referral = self.refer(at=AT)
        self.assertEqual(referral.folio, f"{referral.version.proposal.folio}.1-IFE")
        self.assertEqual((referral.sent_on, referral.term_days, referral.due_on), (dt.date(2026, 3, 2), 20, dt.date(2026, 3, 31)))
        self.agency.default_term_days = 5
        self.agency.save()
        self.assertEqual(self.refer(at=AT).due_on, dt.date(2026, 3, 9))
        referral = self.refer(at=AT, term_days=1, sent_on=dt.date(2026, 3, 6))
        self.assertEqual((referral.due_on, referral.original_due_on), (dt.date(2026, 3, 9), dt.date(2026, 3, 9)))
        with self.assertRaises(ValidationError):
            self.refer(term_days=366)

    def test_sent_on_is_a_day_of_the_forum(self):
        self.assertEqual(self.refer(at=dt.datetime(2026, 3, 3, 5, 59, tzinfo=dt.UTC)).sent_on, dt.date(2026, 3, 2))

    def test_liaisons(self):
        official = self.user("official")
        referral = self.refer(liaisons=[official])
        self.assertEqual(list(referral.liaisons.all()), [official])
        with self.assertRaises(ValidationError):
            self.refer(liaisons=[self.user("other_official")])
        with self.assertRaises(ValidationError):
            workflow.set_liaisons(referral=referral, users=[self.user("other_official")], actor=official)
        workflow.set_liaisons(referral=referral, users=[], actor=official)
        self.assertEqual(events_of(referral).first().changes, {"liaisons": [[official.key], []]})

    def test_nobody_and_twice(self):
        proposal, _referrals = self.referred(self.agency)
        for agencies, error in (([], ValidationError), ([self.agency], StepRefused)):
            with self.subTest(error), self.assertRaises(error):
                workflow.refer(proposal=proposal, agencies=agencies, actor=self.user("organizer"))
        workflow.refer(proposal=proposal, agencies=[self.other_agency, self.other_agency], actor=self.user("organizer"))
        self.assertEqual(Referral.objects.filter(version__proposal=proposal).count(), 2)


class ClockTests(ProposalWorld, TestCase):
    def story(self):
        self.proposed, (self.first, self.second) = self.referred()

    def test_a_question_stops_the_clock_until_its_answer(self):
        official, delegate = self.user("official"), self.user("delegate")
        one = workflow.ask(referral=self.first, actor=official, question="¿Dónde?", at=after(1))
        two = workflow.ask(referral=self.first, actor=official, question="¿Cuándo?", is_public=False, at=after(3))
        self.assertEqual((one.folio[-2:], two.folio[-2:]), ("Q1", "Q2"))
        self.assertEqual((self.first.status, self.first.paused_on), ("asked", dt.date(2026, 3, 3)))
        workflow.answer_clarification(clarification=one, actor=delegate, answer="Aquí.", at=after(6))
        self.assertEqual((self.reload().status, one.answered_for), ("asked", self.organization))
        workflow.answer_clarification(clarification=two, actor=delegate, answer="Ya.", at=after(9))
        referral = self.reload()
        # 4, 5, 6, 9, 10 and 11 March: six working days.
        self.assertEqual((referral.status, referral.paused_on, referral.due_on), ("acknowledged", None, dt.date(2026, 4, 8)))
        change = referral.due_date_changes.get()
        self.assertEqual(
            (change.kind, change.from_on, change.to_on, change.working_days, change.reason, change.by),
            ("pause", dt.date(2026, 3, 31), dt.date(2026, 4, 8), 6, two.folio, delegate),
        )
        self.assertEqual(referral.original_due_on, dt.date(2026, 3, 31))

    def reload(self):
        return Referral.objects.get(pk=self.first.pk)

    def test_answers_have_a_text_and_a_proponent(self):
        question = workflow.ask(referral=self.first, actor=self.user("official"), question="¿Dónde?", at=after(1))
        for values in ({"answer": " "}, {"answer": "Sí", "organization": self.other_organization}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                workflow.answer_clarification(clarification=question, actor=self.user("organizer"), **values)
        workflow.answer_clarification(clarification=question, actor=self.user("organizer"), answer="Sí", at=after(2))
        with self.assertRaises(StepRefused):
            workflow.answer_clarification(clarification=question, actor=self.user("delegate"), answer="No")
        question.refresh_from_db()
        self.assertEqual((question.answer, question.answered_for), ("Sí", None))

    def test_questions_have_a_text_and_a_date_to_come(self):
        for values in ({"question": ""}, {"question": "¿Dónde?", "due_on": dt.date(2026, 3, 1)}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                workflow.ask(referral=self.first, actor=self.user("official"), at=AT, **values)
        self.assertEqual(self.reload().status, "pending")

    def test_an_opinion_while_the_clock_stands_still_starts_it_again(self):
        workflow.ask(referral=self.first, actor=self.user("official"), question="¿Dónde?", at=after(1))
        opinion = self.issued(self.first, at=after(2))
        referral = self.reload()
        self.assertEqual((referral.status, referral.paused_on), ("answered", None))
        self.assertEqual(referral.due_date_changes.get().reason, opinion.folio)

    def test_extension(self):
        organizer = self.user("organizer")
        with self.assertRaises(ValidationError):
            workflow.extend(referral=self.first, to_on=dt.date(2026, 3, 31), actor=organizer, reason="Complejo")
        with self.assertRaises(StepRefused):
            workflow.extend(referral=self.first, to_on=dt.date(2026, 4, 8), actor=organizer, reason=" ")
        workflow.extend(referral=self.first, to_on=dt.date(2026, 4, 8), actor=organizer, reason="Complejo", at=after(1))
        change = self.first.due_date_changes.get()
        self.assertEqual((change.kind, change.working_days, change.reason, change.at), ("extension", 6, "Complejo", after(1)))
        self.assertEqual(events_of(self.first).first().changes, {"due_on": ["2026-03-31", "2026-04-08"]})

    def test_lateness_is_counted_in_the_forums_zone_and_stops_with_the_clock(self):
        self.assertEqual(self.first.working_days_late(dt.date(2026, 3, 31)), 0)
        self.assertEqual(self.first.working_days_late(dt.date(2026, 4, 2)), 2)
        # Issued at 23:00 of the due date in Mexico City: in time.
        self.issued(self.first, at=dt.datetime(2026, 4, 1, 5, tzinfo=dt.UTC))
        self.assertEqual(self.reload().working_days_late(dt.date(2026, 6, 1)), 0)
        workflow.ask(referral=self.second, actor=self.user("other_official"), question="¿?", at=after(1))
        on = dt.date(2026, 6, 1)
        self.assertEqual(self.second.working_days_late(on), 0)
        self.assertEqual(Referral.objects.late(on).count(), 0)
        self.assertEqual(Proposal.objects.with_answer_counts(on).get(pk=self.proposed.pk).late, 0)


class PassingTests(ProposalWorld, TestCase):
    def test_onward_opens_a_referral(self):
        proposal, (first,) = self.referred(self.agency)
        passed = workflow.refer_onward(
            referral=first, to=self.other_agency, actor=self.user("official"), reason="No nos toca", at=after(1)
        )
        self.assertEqual((first.status, passed.status, passed.onward_from), ("referred_onward", "pending", first))
        self.assertEqual((passed.folio, passed.sent_on), (f"{proposal.folio}.1-SRE", dt.date(2026, 3, 3)))
        proposal.refresh_from_db()
        self.assertEqual((proposal.status, proposal.reading), ("in_review", "waiting"))

    def test_onward_to_a_body_that_was_asked(self):
        proposal, (first, second) = self.referred()
        passed = workflow.refer_onward(
            referral=first, to=self.other_agency, actor=self.user("official"), reason="No", at=after(1)
        )
        self.assertEqual((passed, passed.onward_from), (second, first))
        # And back again: nobody is left to answer, the review is over.
        workflow.refer_onward(referral=second, to=self.agency, actor=self.user("other_official"), reason="Tampoco", at=after(2))
        proposal.refresh_from_db()
        self.assertEqual((proposal.status, proposal.reading), ("reviewed", "outside_remit"))
        first.refresh_from_db()
        self.assertIsNone(first.onward_from)

    def test_onward_to_oneself(self):
        _proposal, (first,) = self.referred(self.agency)
        with self.assertRaises(ValidationError):
            workflow.refer_onward(referral=first, to=self.agency, actor=self.user("official"), reason="No")

    def test_recall_leaves_somebody_asked(self):
        proposal, (first, second) = self.referred()
        organizer = self.user("organizer")
        workflow.recall(referral=first, actor=organizer, reason="Error", at=after(1))
        with self.assertRaisesMessage(StepRefused, "only body"):
            workflow.recall(referral=second, actor=organizer, reason="Error")
        (again,) = workflow.refer(proposal=proposal, agencies=[self.agency], actor=organizer, at=after(7))
        self.assertEqual((again.pk, again.status, again.sent_on), (first.pk, "pending", dt.date(2026, 3, 9)))

    def test_recall_of_the_last_silent_body_ends_the_review(self):
        proposal, (first, second) = self.referred()
        self.issued(first, at=after(1))
        workflow.recall(referral=second, actor=self.user("organizer"), reason="No hace falta", at=after(2))
        proposal.refresh_from_db()
        self.assertEqual((proposal.status, proposal.reading), ("reviewed", "feasible"))

    def test_early_conclusion_and_a_late_answer(self):
        proposal, (first, second) = self.referred()
        self.issued(first, at=after(1))
        organizer = self.user("organizer")
        with self.assertRaises(StepRefused):
            workflow.conclude_review(proposal=proposal, actor=organizer, reason="")
        workflow.conclude_review(proposal=proposal, actor=organizer, reason="Venció el plazo", at=after(60))
        self.assertEqual((proposal.status, proposal.reading), ("reviewed", "feasible"))
        self.issued(second, "not_feasible", at=after(70))
        proposal.refresh_from_db()
        self.assertEqual((proposal.status, proposal.reading), ("reviewed", "divided"))

    def test_internal_positions_leave_no_text_behind(self):
        _proposal, (first, _second) = self.referred()
        position = workflow.add_position(referral=first, actor=self.user("official"), text="canario interno")
        self.assertEqual(events_of(position).get().changes["text"], ["", "•"])
        with self.assertRaises(ValidationError):
            workflow.add_position(referral=first, actor=self.user("official"), text=" ")
