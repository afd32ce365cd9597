"""Every step of proposals × every persona, and every step × every status, by equality."""

import datetime as dt

import pytest
from django.test import TestCase

from core.events import SYSTEM
from proposals import workflow
from proposals.models import Clarification, Condition, Proposal, Referral
from tests import factories as make
from tests.proposals.world import AT, ProposalWorld

pytestmark = pytest.mark.once

ORGANIZERS = {"organizer", "administrator"}
PROPONENTS = {"delegate", *ORGANIZERS}
OFFICIALS = {"official"}
TEXT = {"title_es": "Otra", "petition_es": "Que se haga otra cosa."}


class WhoTests(ProposalWorld, TestCase):
    """Through the doors themselves. Each record is fetched anew, as a request would."""

    def assertTakers(self, expected, door):
        self.assertEqual(self.takers(door), expected)

    def fresh(self, record):
        return type(record).objects.get(pk=record.pk)

    def test_create(self):
        self.assertTakers(
            PROPONENTS,
            lambda user: workflow.create_proposal(
                edition=self.edition, actor=user, values=TEXT, proponents=[self.organization], at=AT
            ),
        )

    def test_create_for_another_organization(self):
        self.assertTakers(
            {"other_delegate", *ORGANIZERS},
            lambda user: workflow.create_proposal(
                edition=self.edition, actor=user, values=TEXT, proponents=[self.other_organization], at=AT
            ),
        )

    def test_doors_of_proposals(self):
        into, other = self.proposal("submitted"), self.proposal("submitted")
        part = {"title_es": "Parte", "petition_es": "Que se haga."}
        doors = [
            ("draft", PROPONENTS, lambda p, user: workflow.edit_proposal(proposal=p, actor=user, values=TEXT)),
            ("returned", PROPONENTS, lambda p, user: workflow.edit_proposal(proposal=p, actor=user, values=TEXT)),
            ("reviewed", ORGANIZERS, lambda p, user: workflow.edit_proposal(proposal=p, actor=user, values={"topic": "Voto"})),
            ("draft", PROPONENTS, lambda p, user: workflow.submit(proposal=p, actor=user)),
            ("returned", PROPONENTS, lambda p, user: workflow.submit(proposal=p, actor=user)),
            ("submitted", ORGANIZERS, lambda p, user: workflow.send_back(proposal=p, actor=user, reason="Falta el texto")),
            ("submitted", ORGANIZERS, lambda p, user: workflow.refer(proposal=p, agencies=[self.agency], actor=user)),
            ("in_review", ORGANIZERS, lambda p, user: workflow.refer(proposal=p, agencies=[self.agency], actor=user)),
            ("in_review", ORGANIZERS, lambda p, user: workflow.conclude_review(proposal=p, actor=user, reason="Venció")),
            (
                "reviewed",
                PROPONENTS,
                lambda p, user: workflow.revise(proposal=p, actor=user, values=TEXT, cause="Se precisa", agencies=[self.agency]),
            ),
            ("in_review", PROPONENTS, lambda p, user: workflow.withdraw(proposal=p, actor=user, reason="Se retira")),
            ("submitted", PROPONENTS, lambda p, user: workflow.merge(proposal=p, into=into, actor=user, reason="Es igual")),
            (
                "submitted",
                PROPONENTS,
                lambda p, user: workflow.split(proposal=p, parts=[part, part], actor=user, reason="Son dos"),
            ),
            (
                "submitted",
                ORGANIZERS,
                lambda p, user: workflow.link_proposals(proposal=p, other=other, kind="similar_to", actor=user),
            ),
            (
                "reviewed",
                {"delegate", "administrator"},
                lambda p, user: workflow.present_again(proposal=p, edition=self.other_edition, actor=user),
            ),
        ]
        for status, expected, door in doors:
            proposal = self.proposal(status)
            with self.subTest(door=door.__code__.co_names, status=status):
                self.assertTakers(expected, lambda user, door=door, proposal=proposal: door(self.fresh(proposal), user))

    def test_doors_of_referrals(self):
        doors = [
            ("pending", OFFICIALS, lambda r, user: workflow.acknowledge(referral=r, actor=user)),
            ("acknowledged", OFFICIALS, lambda r, user: workflow.ask(referral=r, actor=user, question="¿Dónde?")),
            (
                "acknowledged",
                OFFICIALS,
                lambda r, user: workflow.refer_onward(referral=r, to=self.other_agency, actor=user, reason="No nos toca"),
            ),
            (
                "pending",
                ORGANIZERS,
                lambda r, user: workflow.extend(referral=r, to_on=dt.date(2027, 1, 4), actor=user, reason="Complejo"),
            ),
            ("pending", ORGANIZERS, lambda r, user: workflow.recall(referral=r, actor=user, reason="Por error")),
            ("pending", {*OFFICIALS, *ORGANIZERS}, lambda r, user: workflow.set_liaisons(referral=r, users=[], actor=user)),
            ("pending", OFFICIALS, lambda r, user: workflow.add_position(referral=r, actor=user, text="Conviene")),
            ("pending", OFFICIALS, lambda r, user: workflow.start_opinion(referral=r, actor=user)),
            (
                "pending",
                ORGANIZERS,
                lambda r, user: workflow.issue_on_behalf(
                    referral=r,
                    actor=user,
                    values={"soundness": "yes", "verdict": "feasible"},
                    criteria=[],
                    conditions=[],
                    post="Dirección",
                    reason="Oficio",
                    witness="Secretaría técnica",
                ),
            ),
        ]
        for status, expected, door in doors:
            proposal = self.proposal("in_review")
            referral = self.referral(status, proposal)
            make.referral(proposal, make.agency())
            with self.subTest(door=door.__code__.co_names, status=status):
                self.assertTakers(expected, lambda user, door=door, referral=referral: door(self.fresh(referral), user))

    def test_answer_a_question(self):
        referral = self.referral("acknowledged")
        question = workflow.ask(referral=referral, actor=self.user("official"), question="¿Dónde?")
        self.assertTakers(
            PROPONENTS,
            lambda user: workflow.answer_clarification(
                clarification=Clarification.objects.get(pk=question.pk), actor=user, answer="En Chicago."
            ),
        )

    def test_doors_of_opinions(self):
        draft = self.draft(self.referral())
        issued = self.issued(self.referral(), "conditional")
        condition = issued.conditions.get()
        doors = [
            (draft, OFFICIALS, lambda o, user: workflow.save_draft(opinion=o, actor=user, values={"reasons": "Porque sí"})),
            (draft, OFFICIALS, lambda o, user: workflow.issue(opinion=o, actor=user, post="Dirección")),
            (issued, OFFICIALS, lambda o, user: workflow.supersede(opinion=o, actor=user, reason="Hay datos nuevos")),
            (
                issued,
                {*OFFICIALS, *ORGANIZERS},
                lambda o, user: workflow.set_condition(
                    condition=Condition.objects.get(pk=condition.pk), status="met", actor=user, evidence="Se firmó"
                ),
            ),
        ]
        for opinion, expected, door in doors:
            with self.subTest(door=door.__code__.co_names):
                self.assertTakers(expected, lambda user, door=door, opinion=opinion: door(self.fresh(opinion), user))

    def test_release(self):
        self.assertTakers(ORGANIZERS, lambda user: workflow.release_opinions(edition=self.edition, actor=user))

    def test_buttons_are_the_doors(self):
        """What `available` offers each persona on a proposal in review and its referral, as the pages show it."""
        proposal, (referral, _other) = self.referred()
        offered = {
            name: [step.action for step in workflow.PROPOSAL.available(proposal, self.user(name))]
            for name in ("delegate", "organizer")
        }
        self.assertEqual(
            offered,
            {
                "delegate": ["revise", "withdraw", "merge", "split"],
                "organizer": ["correct", "refer", "conclude_review", "revise", "withdraw", "merge", "split", "link"],
            },
        )
        offered = {
            name: [step.action for step in workflow.REFERRAL.available(referral, self.user(name))] for name in self.accounts
        }
        organizer = ["answer", "extend", "recall", "set_liaisons"]
        expected = {name: [] for name in self.accounts}
        expected |= {
            "official": ["acknowledge", "ask", "answer", "refer_onward", "set_liaisons", "add_position"],
            "organizer": organizer,
            "administrator": organizer,
        }
        self.assertEqual(offered, expected)


class StatusTests(ProposalWorld, TestCase):
    """From each status exactly the steps of design.md section 4."""

    PROPOSALS = {
        "draft": {"edit", "submit", "withdraw", "merge", "split", "link"},
        "returned": {"edit", "submit", "withdraw", "merge", "split", "link"},
        "submitted": {"correct", "return", "refer", "withdraw", "merge", "split", "link"},
        "in_review": {"correct", "refer", "conclude_review", "revise", "withdraw", "merge", "split", "link"},
        "reviewed": {"correct", "revise", "agree", "withdraw", "merge", "split", "link", "present_again"},
        "agreed": {"correct", "link", "present_again"},
        "withdrawn": {"correct", "link", "present_again"},
        "merged": {"correct", "link"},
        "split": {"correct", "link"},
    }
    WAITING = {"ask", "answer", "refer_onward", "pass_on", "extend", "recall", "set_liaisons", "add_position"}
    REFERRALS = {
        "pending": {*WAITING, "acknowledge"},
        "acknowledged": WAITING,
        "asked": {*WAITING, "answer_clarification"},
        "answered": {"pass_on", "answer_again"},
        "referred_onward": {"answer_again"},
        "recalled": {"reopen"},
    }
    OPINIONS = {
        "draft": {"edit", "issue"},
        "issued": {"supersede", "replace", "release", "set_condition"},
        "superseded": {"release"},
    }

    def steps(self, table, record):
        """What the application itself could do, and that everything else is answered with a sentence."""
        possible = set()
        for transition in table.transitions:
            if not transition.sources:
                continue
            refusal = table.refusal(record, transition.action, SYSTEM)
            if refusal is None:
                possible.add(transition.action)
            else:
                self.assertEqual(refusal.code, "wrong_status")
                self.assertIn(record.folio, str(refusal))
                self.assertIn(str(transition.label), str(refusal))
        return possible

    def test_proposals(self):
        self.assertEqual(set(self.PROPOSALS), set(Proposal.Status.values))
        found = {status: self.steps(workflow.PROPOSAL, self.proposal(status)) for status in self.PROPOSALS}
        self.assertEqual(found, self.PROPOSALS)

    def test_referrals(self):
        self.assertEqual(set(self.REFERRALS), set(Referral.Status.values))
        found = {}
        for status in self.REFERRALS:
            referral = self.referral(status)
            make.referral(referral.proposal, make.agency())
            found[status] = self.steps(workflow.REFERRAL, referral)
        self.assertEqual(found, self.REFERRALS)

    def test_opinions(self):
        found = {status: self.steps(workflow.OPINION, make.opinion(self.referral(), status=status)) for status in self.OPINIONS}
        self.assertEqual(found, self.OPINIONS)

    def test_only_the_application_takes_its_own_steps(self):
        for table, record, action in (
            (workflow.PROPOSAL, self.proposal("reviewed"), "agree"),
            (workflow.REFERRAL, self.referral("answered"), "answer_again"),
            (workflow.REFERRAL, self.referral("pending"), "pass_on"),
            (workflow.OPINION, make.opinion(self.referral()), "replace"),
        ):
            with self.subTest(action):
                self.assertEqual(self.who(lambda user, t=table, r=record, a=action: t.refusal(r, a, user) is None), set())

    def test_a_reason_is_asked_for(self):
        """Exactly these need one, and none is taken for one."""
        needy = {f"{table.name}.{step.action}" for table in workflow.WORKFLOWS for step in table.transitions if step.needs_reason}
        self.assertEqual(
            needy,
            {
                *("proposal.return", "proposal.conclude_review", "proposal.revise"),
                *("proposal.withdraw", "proposal.merge", "proposal.split"),
                *("referral.refer_onward", "referral.extend", "referral.recall"),
                *("opinion.issue_on_behalf", "opinion.supersede"),
            },
        )
        refusal = workflow.PROPOSAL.refusal(self.proposal("submitted"), "return", self.user("organizer"), reason=" ")
        self.assertEqual(refusal.code, "reason")
