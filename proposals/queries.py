"""What the page of a proposal asks the database, each question written once (see `core.prepared`).

Every function is `(user, proposal id)`, or `(user, list of ids)` of the rows that it belongs to, and gives what that
person may read.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.prepared import prepared
from forum.models import Agency, Area, Organization, Participation
from proposals.models import (
    Antecedent,
    Attachment,
    Clarification,
    Condition,
    CriterionAssessment,
    DueDateChange,
    LaterAction,
    Opinion,
    Proposal,
    ProposalLink,
    ProposalVersion,
    Recommendation,
    Referral,
)
from proposals.models.opinions import ConditionStatus
from proposals.models.proposals import LEFT_THE_TABLE

Rows = QuerySet[Any]


@prepared
def by_folio(user: Any, folio: str) -> Rows:
    """The proposal itself, with edition and table."""
    return Proposal.objects.visible_to(user).filter(folio=folio).select_related("edition", "table")


#: What hangs on many proposals and on most not at all: the relation from each such row to its proposal.
PARTS: dict[str, tuple[tuple[Any, str], ...]] = {
    "links": ((ProposalLink, "proposal"), (ProposalLink, "other")),
    "antecedents": ((Proposal.antecedents.through, "proposal"),),
    "recommendations": ((Proposal.recommendations.through, "proposal"),),
    "speakers": ((Proposal.speakers.through, "proposal"),),
    "attachments": ((Attachment, "proposal"),),
    "later_actions": ((LaterAction, "proposal"),),
    "due_date_changes": ((DueDateChange, "referral__version__proposal"),),
    "clarifications": ((Clarification, "referral__version__proposal"),),
    "conditions": ((Condition, "opinion__referral__version__proposal"),),
}


@prepared
def parts(user: Any, proposal: int) -> Rows:
    """Which of `PARTS` there are, whoever may read them: nobody asks for rows that are not there."""
    held = {
        f"has_{name}": functools.reduce(
            operator.or_, (Exists(model.objects.filter(**{path: OuterRef("pk")}).order_by()) for model, path in relations)
        )
        for name, relations in PARTS.items()
    }
    return Proposal.objects.filter(pk=proposal).order_by().annotate(**held).values_list(*held, named=True)


def parts_of(proposal: int) -> set[str]:
    """The names of those that there are. One query."""
    return {name for row in parts(None, proposal) for name in PARTS if getattr(row, f"has_{name}")}


@prepared
def versions(user: Any, proposal: int) -> Rows:
    return ProposalVersion.objects.visible_to(user).filter(proposal=proposal).order_by("number")


@prepared
def referrals(user: Any, proposal: int) -> Rows:
    """Those of every version, with version, body and the body that passed them on."""
    rows = Referral.objects.visible_to(user).filter(version__proposal=proposal)
    return rows.select_related("version", "agency", "onward_from__agency").order_by("version__number", "folio")


@prepared
def due_date_changes(user: Any, referrals: list[int]) -> Rows:
    return DueDateChange.objects.filter(referral__in=referrals).select_related("closure").order_by("referral_id", "id")


@prepared
def opinions(user: Any, proposal: int) -> Rows:
    """Opinions on every version, superseded ones too."""
    return opinions_of(user).filter(referral__version__proposal=proposal)


def opinions_of(user: Any) -> Rows:
    """Opinions that this person may read, with what they name."""
    related = ("refer_to", "supersedes", "paper")
    return Opinion.objects.visible_to(user).select_related(*related).order_by("referral_id", "number")


@prepared
def opinions_in_force(user: Any, proposal: int) -> Rows:
    """What the overall reading counts, whoever reads: every issued opinion, and whether its conditions are met."""
    mine = Condition.objects.filter(opinion=OuterRef("pk")).order_by()
    rows = Opinion.objects.filter(status="issued", referral__version__proposal=proposal).order_by("referral_id", "number")
    return rows.annotate(conditions_met=Exists(mine) & ~Exists(mine.exclude(status=ConditionStatus.MET)))


@prepared
def criteria(user: Any, opinions: list[int]) -> Rows:
    return CriterionAssessment.objects.filter(opinion__in=opinions).order_by("opinion_id", "id")


@prepared
def conditions(user: Any, opinions: list[int]) -> Rows:
    return Condition.objects.filter(opinion__in=opinions).order_by("opinion_id", "number")


@prepared
def clarifications(user: Any, proposal: int) -> Rows:
    rows = Clarification.objects.visible_to(user).filter(referral__version__proposal=proposal)
    return rows.select_related("answered_for").order_by("referral_id", "number")


@prepared
def links(user: Any, proposal: int) -> Rows:
    """Links in both directions whose other proposal this person may read, both proposals at hand."""
    visible = Proposal.objects.visible_to(user).values("pk")
    rows = ProposalLink.objects.filter(Q(proposal=proposal, other__in=visible) | Q(other=proposal, proposal__in=visible))
    return rows.select_related("proposal", "other").order_by("kind", "other__folio", "proposal__folio")


@prepared
def antecedents(user: Any, proposal: int) -> Rows:
    return Antecedent.objects.filter(proposals=proposal).order_by("starts_on", "key")


@prepared
def recommendations(user: Any, proposal: int) -> Rows:
    rows = Recommendation.objects.filter(proposals=proposal).select_related("antecedent")
    return rows.order_by("-antecedent__starts_on", "antecedent__key", "number")


@prepared
def attachments(user: Any, proposal: int) -> Rows:
    return Attachment.objects.visible_to(user).filter(proposal=proposal).order_by("id")


@prepared
def proponents(user: Any, proposal: int) -> Rows:
    return Organization.objects.filter(proposals=proposal).order_by("sort", "key")


@prepared
def speakers(user: Any, proposal: int) -> Rows:
    """Who speaks for the proponents; `public_name` says how each may be named."""
    rows = Participation.objects.filter(speaks_for=proposal).select_related("organization", "agency")
    return rows.order_by("sort", "key")


@prepared
def addressees(user: Any, proposal: int) -> Rows:
    return Agency.objects.filter(proposals=proposal).order_by("sort", "key")


@prepared
def states(user: Any, proposal: int) -> Rows:
    concerned = Proposal.states.through.objects.filter(proposal=proposal)
    return Area.objects.filter(pk__in=concerned.values("area")).order_by("sort", "code")


@prepared
def later_actions(user: Any, proposal: int) -> Rows:
    rows = LaterAction.objects.visible_to(user).filter(proposal=proposal).select_related("agency")
    return rows.order_by("happened_on", "id")


# --- entries of a list ------------------------------------------------------------------------------------------------


@prepared
def answer_counts(user: Any, on: dt.date, proposals: list[int]) -> Rows:
    """`pk`, `asked`, `unanswered` and `late` of each proposal, as a dictionary."""
    rows = Proposal.objects.filter(pk__in=proposals).with_answer_counts(on)
    return rows.order_by().values("pk", "asked", "unanswered", "late")


@prepared
def asking(user: Any, proposals: list[int]) -> Rows:
    """Rows of proposal and organization."""
    rows = Proposal.proponents.through.objects.filter(proposal__in=proposals).select_related("organization")
    names = [f"organization__{name}" for name in ("key", "name", "acronym", "sort")]
    return rows.only("proposal_id", *names).order_by("organization__sort", "organization__key")


@prepared
def readings_of_all(user: Any) -> Rows:
    """`reading`, and the `number` of proposals that have it today: all that a person may read."""
    rows = Proposal.objects.visible_to(user).exclude(status__in=LEFT_THE_TABLE).order_by()
    return rows.values("reading").annotate(number=Count("pk")).values_list("reading", "number", named=True)
