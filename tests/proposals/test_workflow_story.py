"""One proposal from the first draft to an agreed answer, with every step's event and a ledger that verifies."""

import datetime as dt

from django.test import TestCase

from core import ledger
from core.events import SYSTEM, events_of
from core.models import LedgerEntry
from proposals import workflow
from proposals.models import Opinion, Referral
from tests import factories as make
from tests.kept import figures_hold

AT = dt.datetime(2026, 3, 2, 16, tzinfo=dt.UTC)


def days(number: int) -> dt.datetime:
    return AT + dt.timedelta(days=number)


class StoryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.edition = make.edition(folio_prefix="FM1")
        cls.organization = make.organization()
        cls.agencies = [make.agency(key=key) for key in ("IFE", "SRE", "IME")]
        cls.organizer = make.user(organizer=cls.edition)
        cls.delegate = make.user(delegate=cls.organization)
        cls.officials = {agency.key: make.user(official=agency) for agency in cls.agencies}

    def setUp(self):
        self.enterContext(figures_hold())

    def actions(self, record) -> list[str]:
        return [event.action for event in reversed(events_of(record))]

    def issue(self, key: str, at: dt.datetime, verdict: str, **values) -> Opinion:
        referral = Referral.objects.get(agency__key=key, version__number=1)
        official = self.officials[key]
        opinion = workflow.start_opinion(referral=referral, actor=official, at=at)
        conditions = values.pop("conditions", None)
        workflow.save_draft(
            opinion=opinion, actor=official, values={"soundness": "yes", "verdict": verdict, **values}, conditions=conditions
        )
        workflow.issue(opinion=opinion, actor=official, post="Dirección general", at=at)
        return opinion

    def test_from_draft_to_agreed(self):
        proposal = workflow.create_proposal(
            edition=self.edition,
            actor=self.delegate,
            values={"title_es": "Módulos", "petition_es": "Que se instalen."},
            proponents=[self.organization],
            addressees=self.agencies,
            at=AT,
        )
        self.assertEqual((proposal.folio, proposal.status, proposal.reading), ("FM1-01", "draft", ""))
        workflow.submit(proposal=proposal, actor=self.delegate, at=AT)
        workflow.refer(proposal=proposal, agencies=self.agencies, actor=self.organizer, at=AT)
        self.assertEqual((proposal.status, proposal.reading), ("in_review", "waiting"))
        self.issue("IFE", days(1), "feasible")
        self.issue("SRE", days(2), "not_feasible", reasons="No hay recursos.", legal_basis="LFPRH, artículo 18")
        asked = self.issue("IME", days(3), "more_information", questions_text="¿Dónde?", questions_due_on=dt.date(2026, 4, 1))
        proposal.refresh_from_db()
        self.assertEqual((proposal.status, proposal.reading), ("in_review", "waiting"))
        question = asked.questions.get()
        self.assertEqual((question.folio, question.referral.status), ("FM1-01.1-IME-Q1", "asked"))
        workflow.answer_clarification(clarification=question, actor=self.delegate, answer="En Los Ángeles.", at=days(10))
        final = self.issue(
            "IME", days(11), "conditional", conditions=[{"what": "Convenio con la SRE", "owner": "IME", "kind": "coordination"}]
        )
        self.assertEqual((final.folio, final.supersedes.folio), ("FM1-01.1-IME-D2", "FM1-01.1-IME-D1"))
        self.assertEqual(Opinion.objects.get(pk=asked.pk).status, "superseded")
        proposal.refresh_from_db()
        self.assertEqual((proposal.status, proposal.reading), ("reviewed", "divided"))
        workflow.mark_agreed(proposal=proposal, agreement_key="FM1-A-01", at=days(30))
        self.assertEqual(proposal.status, "agreed")

        self.assertEqual(self.actions(proposal), ["create", "submit", "refer", "reading", "conclude_review", "reading", "agree"])
        self.assertEqual(self.actions(final.referral), ["refer", "acknowledge", "ask", "answer_clarification", "answer"])
        self.assertEqual(self.actions(asked), ["start", "edit", "issue", "replace"])
        self.assertEqual(ledger.verify(), [])
        self.assertEqual(
            list(LedgerEntry.objects.order_by("number").values_list("act", "record_key")),
            [
                ("proposal_version", "FM1-01.1"),
                ("opinion", "FM1-01.1-IFE-D1"),
                ("opinion", "FM1-01.1-SRE-D1"),
                ("opinion", "FM1-01.1-IME-D1"),
                ("opinion", "FM1-01.1-IME-D2"),
            ],
        )

    def test_the_application_can_take_every_step_of_an_import(self):
        proposal = workflow.create_proposal(
            edition=self.edition,
            actor=SYSTEM,
            values={"folio": "FM1-07", "title_es": "Módulos", "petition_es": "Que se instalen.", "source": "sample"},
            proponents=[self.organization],
        )
        workflow.submit(proposal=proposal, actor=SYSTEM)
        (referral,) = workflow.refer(proposal=proposal, agencies=self.agencies[:1], actor=SYSTEM)
        opinion = workflow.issue_on_behalf(
            referral=referral,
            actor=SYSTEM,
            values={"soundness": "yes", "verdict": "feasible", "source": "sample"},
            criteria=[{"criterion": "budget", "value": "favourable", "amount": "1000", "currency": "MXN"}],
            conditions=[],
            post="Dirección",
            reason="Oficio en papel",
            witness="Secretaría técnica",
        )
        self.assertEqual((opinion.status, opinion.source, opinion.criteria.get().amount), ("issued", "sample", 1000))
        proposal.refresh_from_db()
        self.assertEqual((proposal.status, proposal.reading), ("reviewed", "feasible"))
        again = workflow.create_proposal(
            edition=self.edition,
            actor=SYSTEM,
            values={"title_es": "Otra", "petition_es": "Que se haga."},
            proponents=[self.organization],
        )
        self.assertEqual(again.folio, "FM1-08")
