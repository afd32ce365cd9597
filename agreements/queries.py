"""What the pages of agreements, and of proposals that became one, ask the database (see `core.prepared`).

Every function is `(user, id)` or `(user, list of ids)` of what the rows belong to, and gives what that person may read.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from agreements.models import (
    Acceptance,
    ActionItem,
    AgendaItem,
    Agreement,
    AgreementVersion,
    Cancellation,
    Clause,
    Commitment,
    Evidence,
    Extension,
    Meeting,
    MinutesVersion,
    Party,
    ProgressReport,
    Reply,
    SignedPaper,
    Validation,
)
from core.prepared import prepared
from forum.listing import agency_order
from forum.models import Agency, Organization
from proposals.models import Antecedent, Opinion, Proposal
from proposals.querysets import opinion_gate, proposal_gate

Rows = QuerySet[Any]
#: What an opinion is named by.
OF_OPINION = ("referral__agency", "referral__version__proposal")


def through(path: str) -> tuple[str, ...]:
    return tuple(f"{path}__{name}" for name in OF_OPINION)


# --- an agreement -----------------------------------------------------------------------------------------------------


@prepared
def by_folio(user: Any, folio: str) -> Rows:
    """The agreement itself, with its edition."""
    return Agreement.objects.visible_to(user).filter(folio=folio).select_related("edition")


@prepared
def parties(user: Any, agreement: int) -> Rows:
    related = ("organization", "agency", "taken_over_by", "representative__organization", "representative__agency")
    return Party.objects.filter(agreement=agreement).select_related(*related).order_by("id")


@prepared
def versions(user: Any, agreement: int) -> Rows:
    return AgreementVersion.objects.visible_to(user).filter(agreement=agreement).order_by("number")


@prepared
def clauses(user: Any, versions: list[int]) -> Rows:
    return Clause.objects.filter(version__in=versions).order_by("version_id", "number")


@prepared
def opinions_of_clauses(user: Any, clauses: list[int]) -> Rows:
    """Rows of clause and opinion."""
    rows = Clause.opinions.through.objects.filter(opinion_gate(user, "opinion__"), clause__in=clauses)
    return rows.select_related("opinion", *through("opinion")).order_by("opinion__folio")


@prepared
def acceptances(user: Any, versions: list[int]) -> Rows:
    return Acceptance.objects.filter(version__in=versions).order_by("accepted_on", "id")


@prepared
def opinions(user: Any, agreement: int) -> Rows:
    return Opinion.objects.visible_to(user).filter(agreements=agreement).select_related(*OF_OPINION).order_by("folio")


@prepared
def proposals(user: Any, agreement: int) -> Rows:
    return Proposal.objects.visible_to(user).filter(agreements=agreement).order_by("folio")


@prepared
def antecedents(user: Any, proposals: list[int]) -> Rows:
    taken_up = Proposal.antecedents.through.objects.filter(proposal__in=proposals)
    return Antecedent.objects.visible_to(user).filter(pk__in=taken_up.values("antecedent")).order_by("starts_on", "key")


@prepared
def papers(user: Any, agreement: int) -> Rows:
    return SignedPaper.objects.visible_to(user).filter(agreement=agreement).select_related("version").order_by("id")


@prepared
def meetings(user: Any, agreement: int) -> Rows:
    return Meeting.objects.visible_to(user).filter(agreements=agreement).order_by("starts_at", "folio")


@prepared
def approved_minutes(user: Any, meetings: list[int]) -> Rows:
    return MinutesVersion.objects.visible_to(user).filter(meeting__in=meetings, status="approved").order_by("number")


# --- its commitments --------------------------------------------------------------------------------------------------


@prepared
def commitments(user: Any, agreement: int) -> Rows:
    return Commitment.objects.visible_to(user).filter(agreement=agreement).order_by("number")


@prepared
def shares(user: Any, commitments: list[int]) -> Rows:
    """Rows of commitment and co-responsible party."""
    return Commitment.co_responsible.through.objects.filter(commitment__in=commitments).order_by("party_id")


@prepared
def states(user: Any, commitments: list[int]) -> Rows:
    """Rows of commitment and state."""
    rows = Commitment.states.through.objects.filter(commitment__in=commitments).select_related("area")
    return rows.order_by("area__sort", "area__code")


@prepared
def extensions(user: Any, commitments: list[int]) -> Rows:
    return Extension.objects.filter(commitment__in=commitments).order_by("commitment_id", "id")


@prepared
def cancellations(user: Any, commitments: list[int]) -> Rows:
    return Cancellation.objects.filter(commitment__in=commitments).order_by("commitment_id", "id")


@prepared
def proposals_of_commitments(user: Any, commitments: list[int]) -> Rows:
    """Rows of commitment and proposal."""
    rows = Commitment.proposals.through.objects.filter(proposal_gate(user, "proposal__"), commitment__in=commitments)
    return rows.select_related("proposal").order_by("proposal__folio")


@prepared
def conditions_of_commitments(user: Any, commitments: list[int]) -> Rows:
    """Rows of commitment and condition."""
    rows = Commitment.conditions.through.objects.filter(opinion_gate(user, "condition__opinion__"), commitment__in=commitments)
    related = ("condition__opinion", *through("condition__opinion"))
    return rows.select_related(*related).order_by("condition__opinion__folio", "condition__number")


@prepared
def reports(user: Any, commitments: list[int]) -> Rows:
    return ProgressReport.objects.visible_to(user).filter(commitment__in=commitments).order_by("number")


@prepared
def evidence(user: Any, reports: list[int]) -> Rows:
    return Evidence.objects.visible_to(user).filter(report__in=reports).order_by("id")


@prepared
def replies(user: Any, validations: list[int]) -> Rows:
    return Reply.objects.filter(validation__in=validations).order_by("validation_id", "number")


@prepared
def validations(user: Any, reports: list[int]) -> Rows:
    return Validation.objects.visible_to(user).filter(report__in=reports).order_by("number")


@prepared
def agenda(user: Any, commitments: list[int]) -> Rows:
    rows = AgendaItem.objects.visible_to(user).filter(commitment__in=commitments).select_related("meeting")
    return rows.order_by("meeting__starts_at", "number")


@prepared
def action_items(user: Any, commitments: list[int]) -> Rows:
    rows = ActionItem.objects.visible_to(user).filter(commitment__in=commitments).select_related("meeting")
    return rows.order_by("meeting__starts_at", "number")


# --- what became of a proposal ----------------------------------------------------------------------------------------


@prepared
def agreements_of_proposal(user: Any, proposal: int) -> Rows:
    return Agreement.objects.visible_to(user).filter(proposals=proposal).order_by("folio").select_related("edition")


@prepared
def named_for_proposal(user: Any, proposal: int) -> Rows:
    """Commitments that name the proposal, or a condition that a body put on it: (id, id of the agreement).

    A union of two look-ups: with OR the database joins every commitment there is with its conditions.
    """
    visible = Commitment.objects.visible_to(user).order_by().values_list("pk", "agreement")
    on_conditions = visible.filter(conditions__opinion__referral__version__proposal=proposal)
    return visible.filter(proposals=proposal).union(on_conditions)


@prepared
def commitments_of(user: Any, on: dt.date, agreements: list[int]) -> Rows:
    rows = Commitment.objects.visible_to(user).filter(agreement__in=agreements).with_light(on)
    return rows.select_related("agreement", "lead__organization", "lead__agency").order_by("agreement__folio", "number")


@prepared
def meetings_of(user: Any, agreements: list[int]) -> Rows:
    follows = Meeting.agreements.through.objects.filter(agreement__in=agreements)
    return Meeting.objects.visible_to(user).filter(pk__in=follows.values("meeting")).order_by("starts_at", "folio")


@prepared
def reported(user: Any, commitments: list[int]) -> Rows:
    """Ids of the reports on commitments."""
    return ProgressReport.objects.visible_to(user).filter(commitment__in=commitments).order_by().values_list("pk", flat=True)


@prepared
def evidenced(user: Any, commitments: list[int]) -> Rows:
    """Ids of the evidence filed with reports on commitments."""
    return Evidence.objects.visible_to(user).filter(report__commitment__in=commitments).order_by().values_list("pk", flat=True)


@prepared
def outcomes(user: Any, commitments: list[int]) -> Rows:
    """What each validation of reports on commitments says."""
    rows = Validation.objects.visible_to(user).filter(report__commitment__in=commitments)
    return rows.order_by().values_list("outcome", flat=True)


# --- entries of a list ------------------------------------------------------------------------------------------------


#: What an entry of a list shows, and what a list is ordered by.
ENTRY_FIELDS = ("source", "created_at", "updated_at", "folio", "title_es", "title_en", "status")


@prepared
def entries(user: Any, agreements: list[int]) -> Rows:
    return Agreement.objects.visible_to(user).filter(pk__in=agreements).only(*ENTRY_FIELDS).order_by()


@prepared
def party_agency(user: Any, key: str) -> Rows:
    """The body of that key, where it is a party to some agreement."""
    return agencies_of(user).filter(key=key).order_by()


@prepared
def party_organization(user: Any, key: str) -> Rows:
    return organizations_of(user).filter(key=key).order_by()


def agencies_of(user: Any) -> Rows:
    """The bodies that are parties to the agreements that this person may read."""
    return Agency.objects.filter(Exists(Party.objects.visible_to(user).filter(agency=OuterRef("pk")))).order_by(*agency_order())


def organizations_of(user: Any) -> Rows:
    rows = Party.objects.visible_to(user).filter(organization=OuterRef("pk"))
    return Organization.objects.filter(Exists(rows)).order_by("sort", "key")


@prepared
def signing(user: Any, agreements: list[int]) -> Rows:
    """The parties that sign, with no more of their bodies than a list names."""
    names = [f"{body}__{name}" for body in ("organization", "agency") for name in ("key", "acronym")]
    names += ["organization__name", "agency__name_es", "agency__name_en"]
    rows = Party.objects.visible_to(user).filter(agreement__in=agreements, role=Party.Role.SIGNATORY)
    return rows.select_related("organization", "agency").only("agreement_id", *names).order_by("id")


@prepared
def standing(user: Any, on: dt.date, agreements: list[int]) -> Rows:
    """`agreement_id`, `due_on`, `disputed` and `light` of the commitments: what a list says of them."""
    rows = Commitment.objects.visible_to(user).filter(agreement__in=agreements).with_light(on)
    return rows.order_by("number").values_list("agreement_id", "due_on", "disputed", "light", named=True)


def count_lights(agreements: Rows, user: Any, on: dt.date) -> Rows:
    """(light, how many of `agreements` have a commitment under it) of the commitments that are owed."""
    owed = Commitment.objects.visible_to(user).in_force().with_light(on).filter(agreement__in=agreements.values("pk"))
    return owed.order_by().values_list("light").annotate(number=Count("agreement", distinct=True))


@prepared
def lights_of_all(user: Any, on: dt.date) -> Rows:
    return count_lights(Agreement.objects.visible_to(user), user, on)
