"""What tests of the steps of proposals share: a world with a proposal in review, and asking who may take a step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import override

from core.workflow import StepRefused
from proposals import workflow
from proposals.models import Opinion, Proposal, Referral
from tests import factories as make
from tests.personas import PERSONAS, PersonaWorld

AT = dt.datetime(2026, 3, 2, 16, tzinfo=dt.UTC)
COMPLETE = {
    "feasible": {},
    "conditional": {},
    "more_information": {"questions_text": "¿Dónde?", "questions_due_on": dt.date(2026, 12, 1)},
    "addressed": {"programme": "Programa 3x1", "programme_evidence": "Reglas de operación 2026"},
    "not_feasible": {"reasons": "No hay recursos.", "legal_basis": "LFPRH, artículo 18"},
}
CONDITION = {"what": "Convenio con la SRE", "owner": "IFE", "kind": "coordination"}


def after(days: int) -> dt.datetime:
    return AT + dt.timedelta(days=days)


class ProposalWorld(PersonaWorld):
    """`self.proposal()` brings in `organization`; `agency` and `other_agency` can be asked. Sentences are in English."""

    def run(self, result: Any = None) -> Any:
        """In English: `tests/conftest.py` takes back before each test whatever language an earlier one left."""
        with override("en"):
            return super().run(result)

    def proposal(self, status: str = "draft", **values: Any) -> Proposal:
        return make.proposal(self.edition, status=status, proponents=[self.organization], **values)

    def referral(self, status: str = "pending", proposal: Proposal | None = None, **values: Any) -> Referral:
        return make.referral(proposal or self.proposal("in_review"), self.agency, status=status, **values)

    def referred(self, *agencies: Any, **values: Any) -> tuple[Proposal, list[Referral]]:
        """A proposal sent to bodies through the doors, on 2 March 2026."""
        proposal = self.proposal("submitted", **values)
        referrals = workflow.refer(
            proposal=proposal, agencies=agencies or [self.agency, self.other_agency], actor=self.user("organizer"), at=AT
        )
        return proposal, referrals

    def draft(self, referral: Referral, verdict: str = "feasible", *, by: Any = None, at: Any = AT, **values: Any) -> Opinion:
        """A draft that is complete for its verdict."""
        official = by or self.user("official" if referral.agency == self.agency else "other_official")
        opinion = workflow.start_opinion(referral=referral, actor=official, at=at)
        workflow.save_draft(
            opinion=opinion,
            actor=official,
            values={"soundness": "yes", "verdict": verdict, **COMPLETE.get(verdict, {}), **values},
            conditions=[CONDITION] if verdict == "conditional" else None,
        )
        return opinion

    def issued(self, referral: Referral, verdict: str = "feasible", *, by: Any = None, at: Any = AT, **values: Any) -> Opinion:
        """An opinion issued through the doors."""
        official = by or self.user("official" if referral.agency == self.agency else "other_official")
        opinion = self.draft(referral, verdict, by=official, at=at, **values)
        workflow.issue(opinion=opinion, actor=official, post="Dirección general", at=at)
        return opinion

    def takers(self, door: Callable[[Any], Any]) -> set[str]:
        """The personas for whom `door(user)` is not refused as somebody else's step. Nothing is kept."""
        names = set()
        for name in PERSONAS:
            with transaction.atomic():
                try:
                    door(self.user(name))
                except StepRefused as refusal:
                    if refusal.code != "not_yours":
                        raise
                    assert str(refusal).endswith("."), refusal
                else:
                    names.add(name)
                transaction.set_rollback(True)
        return names
