"""Who is told of what about proposals: event × persona, by equality; and the contents of the mails."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import TestCase
from django.utils import timezone

from core.models import Message
from core.outbox import sending
from core.outbox.notices import Notice, all_notices
from forum.models import Agency, Edition
from proposals import workflow
from proposals.models import Referral
from tests import factories as make
from tests.proposals.world import ProposalWorld

pytestmark = pytest.mark.once


class NoticeWorld(ProposalWorld):
    def told(self, template: str = "") -> dict[str, set[str]]:
        """Template → the personas who were told, since the last question."""
        names = {user.pk: name for name, user in self.accounts.items()}
        found: dict[str, set[str]] = {}
        for message in Message.objects.all():
            found.setdefault(message.template, set()).add(names.get(message.user_id, "?"))
        Message.objects.all().delete()
        return found

    def asked(self, *agencies: Agency) -> list[Referral]:
        """Referred through the doors today, and what that owed is taken away."""
        proposal = self.proposal("submitted")
        found = workflow.refer(proposal=proposal, agencies=agencies or [self.agency], actor=self.user("organizer"))
        Message.objects.all().delete()
        return found

    def draft_of(self, referral: Referral, verdict: str = "feasible", **values: Any) -> Any:
        return self.draft(referral, verdict, at=timezone.now(), **values)

    def issue(self, referral: Referral, verdict: str = "feasible", **values: Any) -> None:
        draft = self.draft_of(referral, verdict, **values)
        Message.objects.all().delete()
        workflow.issue(opinion=draft, actor=self.user("official"), post="Dirección general")


class MatrixTests(NoticeWorld, TestCase):
    def test_referred(self) -> None:
        workflow.refer(proposal=self.proposal("submitted"), agencies=[self.agency], actor=self.user("organizer"))
        self.assertEqual(self.told(), {"referral_sent": {"official"}})

    def test_referred_to_two_bodies(self) -> None:
        workflow.refer(
            proposal=self.proposal("submitted"), agencies=[self.agency, self.other_agency], actor=self.user("organizer")
        )
        self.assertEqual(self.told(), {"referral_sent": {"official", "other_official"}})

    def test_referred_with_a_liaison(self) -> None:
        self.accounts["liaison"] = make.user("liaison@example.org", official=self.agency)
        workflow.refer(
            proposal=self.proposal("submitted"),
            agencies=[self.agency],
            actor=self.user("organizer"),
            liaisons=[self.user("liaison")],
        )
        self.assertEqual(self.told(), {"referral_sent": {"liaison"}})

    def test_recalled_and_sent_again(self) -> None:
        first, _second = self.asked(self.agency, self.other_agency)
        workflow.recall(referral=first, actor=self.user("organizer"), reason="Se turna a otra.")
        self.assertEqual(self.told(), {"referral_recalled": {"official"}})
        workflow.refer(proposal=first.proposal, agencies=[self.agency], actor=self.user("organizer"))
        self.assertEqual(self.told(), {"referral_sent": {"official"}})

    def test_passed_on(self) -> None:
        (referral,) = self.asked()
        workflow.refer_onward(referral=referral, to=self.other_agency, actor=self.user("official"), reason="No es nuestro.")
        self.assertEqual(
            self.told(),
            {"referral_passed_on": {"organizer", "delegate"}, "referral_passed_to_you": {"other_official"}},
        )

    def test_extended(self) -> None:
        (referral,) = self.asked()
        to_on = referral.due_on + dt.timedelta(days=7)
        workflow.extend(referral=referral, to_on=to_on, actor=self.user("organizer"), reason="Lo pidieron.")
        self.assertEqual(self.told(), {"referral_extended": {"official"}})

    def test_asked_and_answered(self) -> None:
        (referral,) = self.asked()
        question = workflow.ask(referral=referral, actor=self.user("official"), question="¿Dónde?")
        self.assertEqual(self.told(), {"question_asked": {"organizer", "delegate"}})
        workflow.answer_clarification(clarification=question, actor=self.user("delegate"), answer="En Chicago.")
        self.assertEqual(self.told(), {"question_answered": {"official"}})

    def test_issued(self) -> None:
        (referral,) = self.asked()
        self.issue(referral)
        self.assertEqual(self.told(), {"opinion_issued": {"organizer", "delegate"}})

    def test_issued_with_questions_tells_the_question_once(self) -> None:
        (referral,) = self.asked()
        self.issue(referral, "more_information")
        self.assertEqual(self.told(), {"question_asked": {"organizer", "delegate"}})

    def test_held_back_until_released_together(self) -> None:
        Edition.objects.filter(pk=self.edition.pk).update(opinion_publication="together")
        (referral,) = self.asked()
        self.issue(referral)
        self.assertEqual(self.told(), {"opinion_issued": {"organizer"}})
        workflow.release_opinions(edition=Edition.objects.get(pk=self.edition.pk), actor=self.user("organizer"))
        self.assertEqual(self.told(), {"opinions_released": {"official", "delegate"}})

    def test_drafting_is_told_to_nobody(self) -> None:
        (referral,) = self.asked()
        self.draft_of(referral)
        workflow.add_position(referral=referral, actor=self.user("official"), text="Canario interno")
        self.assertEqual(self.told(), {})


class ContentTests(NoticeWorld, TestCase):
    CANARIES = ("Canario de la pregunta", "Canario de la respuesta", "Canario del motivo", "Canario de la razón")

    def test_no_mail_repeats_what_was_typed_in_confidence(self) -> None:
        """Only folio, title, body, dates and verdict: questions, answers, reasons and opinions are read on the page."""
        first, _second = self.asked(self.agency, self.other_agency)
        question = workflow.ask(referral=first, actor=self.user("official"), question=self.CANARIES[0], is_public=False)
        sending.send_due()
        workflow.answer_clarification(clarification=question, actor=self.user("delegate"), answer=self.CANARIES[1])
        sending.send_due()
        workflow.recall(referral=first, actor=self.user("organizer"), reason=self.CANARIES[2])
        sending.send_due()
        (other,) = self.asked()
        draft = self.draft_of(other, "not_feasible", reasons=self.CANARIES[3])
        workflow.issue(opinion=draft, actor=self.user("official"), post="Dirección")
        sending.send_due()
        text = "\n".join(f"{sent.subject}\n{sent.body}" for sent in mail.outbox)
        self.assertEqual(len(mail.outbox), 6)
        self.assertEqual({canary for canary in self.CANARIES if canary in text}, set())
        self.assertEqual({user.email for user in self.accounts.values() if user.email in text}, set())

    def test_every_notice_is_written_in_both_languages(self) -> None:
        """Every fact that a sentence asks for is there, whatever the record."""
        referral = self.asked()[0]
        question = workflow.ask(referral=referral, actor=self.user("official"), question="¿Dónde?")
        opinion = make.opinion(make.referral(referral.proposal, self.other_agency))
        records = {
            "proposals.referral": referral,
            "proposals.clarification": question,
            "proposals.opinion": opinion,
            "forum.edition": self.edition,
        }
        for notice in all_notices():
            if notice.model in records:
                self.assert_filled(notice, records[notice.model])

    def assert_filled(self, notice: Notice, record: Any) -> None:
        from django.utils.translation import override

        for language in ("es", "en"):
            with override(language), self.subTest(notice.name, language=language):
                facts = {**notice.facts(record), "reminder": "R"}
                self.assertTrue(str(notice.subject) % facts)
                self.assertTrue(str(notice.text) % facts)
                self.assertRegex(notice.link(record, self.user("official")), rf"^/{language}/")
