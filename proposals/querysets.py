"""What a person may read of proposals, referrals and opinions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Count, F, Q

from core.gate import GatedQuerySet
from forum.roles import roles_of


def brought_in_by(organizations: Any) -> Any:
    """The ids of the proposals that one of these organizations brings in, as a subquery."""
    through = apps.get_model("proposals", "Proposal").proponents.through
    return through.objects.filter(organization__in=organizations).values("proposal")


def proposal_gate(user: Any, prefix: str = "") -> Q:
    """Public from *submitted* on; before that the proponents' delegates and the edition's organizers.

    `prefix` leads to the proposal, for example `version__proposal__`.
    """
    roles = roles_of(user)
    if roles.administrator:
        return Q()
    gate = Q(
        **{
            f"{prefix}published_at__isnull": False,
            f"{prefix}status__in": ["submitted", "in_review", "reviewed", "agreed", "withdrawn", "merged", "split"],
        }
    ) & ~Q(**{f"{prefix}edition__stage": "preparation"})
    if roles.editions:
        gate |= Q(**{f"{prefix}edition__in": roles.editions})
    if roles.organizations:
        gate |= Q(**{f"{prefix}id__in": brought_in_by(roles.organizations)})
    return gate


def late_gate(on: dt.date, prefix: str = "") -> Q:
    """Referrals whose due date had passed on date `on`, or when their clock was stopped. Says nothing of their status."""
    running = Q(**{f"{prefix}paused_on__isnull": True, f"{prefix}due_on__lt": on})
    return running | Q(**{f"{prefix}paused_on__isnull": False, f"{prefix}due_on__lt": F(f"{prefix}paused_on")})


def late_gate_at(at: dt.datetime, zones: Iterable[str], prefix: str = "") -> Q:
    """The same at an instant: a day ends where the forum is. `zones`: the time zones of the editions concerned."""
    gate = Q(pk__in=[])
    for zone in sorted(set(zones)):
        here = Q(**{f"{prefix}version__proposal__edition__time_zone": zone})
        gate |= here & late_gate(at.astimezone(ZoneInfo(zone)).date(), prefix)
    return gate


class ProposalQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> ProposalQuerySet:
        return self.filter(proposal_gate(user))

    def of_organizations(self, organizations: Any) -> ProposalQuerySet:
        """Proposals that one of these organizations brings in (ids)."""
        return self.filter(id__in=brought_in_by(organizations))

    def with_answer_counts(self, on: dt.date) -> ProposalQuerySet:
        """Annotates `asked`, `unanswered` and `late` over the referrals of the current version (`late` on date `on`)."""
        current = Q(versions__number=F("version_number"))
        waiting = Q(versions__referrals__status__in=["pending", "acknowledged", "asked"])
        counted = ~Q(versions__referrals__status__in=["recalled", "referred_onward"])
        return self.annotate(
            asked=Count("versions__referrals", filter=current & counted, distinct=True),
            unanswered=Count("versions__referrals", filter=current & waiting, distinct=True),
            late=Count("versions__referrals", filter=current & waiting & late_gate(on, "versions__referrals__"), distinct=True),
        )


class OfProposalQuerySet(GatedQuerySet):
    """Rows that are as visible as their proposal: versions."""

    def visible_to(self, user: Any) -> OfProposalQuerySet:
        return self.filter(proposal_gate(user, "proposal__"))


class AttachmentQuerySet(GatedQuerySet):
    """Attachments of visible proposals; those not marked public only for organizers and proponents."""

    def visible_to(self, user: Any) -> AttachmentQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        gate = proposal_gate(None, "proposal__") & Q(is_public=True)
        if roles.editions:
            gate |= Q(proposal__edition__in=roles.editions)
        if roles.organizations:
            gate |= Q(proposal__in=brought_in_by(roles.organizations))
        return self.filter(gate)


class ReferralQuerySet(GatedQuerySet):
    """Referrals are public with their proposal: silence shows. The body's officials always see their own."""

    def visible_to(self, user: Any) -> ReferralQuerySet:
        roles = roles_of(user)
        gate = proposal_gate(user, "version__proposal__")
        if roles.agencies:
            gate |= Q(agency__in=roles.agencies)
        return self.filter(gate)

    def of_agencies(self, agencies: Any) -> ReferralQuerySet:
        return self.filter(agency__in=agencies)

    def waiting(self) -> ReferralQuerySet:
        """Sent to the body and not yet answered."""
        return self.filter(status__in=["pending", "acknowledged", "asked"])

    def late(self, on: dt.date) -> ReferralQuerySet:
        return self.waiting().filter(late_gate(on))

    def late_at(self, at: dt.datetime, zones: Iterable[str]) -> ReferralQuerySet:
        """Late at an instant, each by the day of its own forum; `zones` are the time zones of the editions."""
        return self.waiting().filter(late_gate_at(at, zones))


def opinion_gate(user: Any, prefix: str = "") -> Q:
    """Issued and released opinions of visible proposals; an agency's officials also its own drafts; organizers also
    what is issued and waits to be released, never another's draft."""
    roles = roles_of(user)
    issued = Q(**{f"{prefix}status__in": ["issued", "superseded"]})
    gate = issued & Q(**{f"{prefix}released_at__isnull": False}) & proposal_gate(None, f"{prefix}referral__version__proposal__")
    if roles.administrator:
        gate |= issued
    if roles.editions:
        gate |= issued & Q(**{f"{prefix}referral__version__proposal__edition__in": roles.editions})
    if roles.agencies:
        gate |= Q(**{f"{prefix}referral__agency__in": roles.agencies})
    return gate


class OpinionQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> OpinionQuerySet:
        return self.filter(opinion_gate(user))

    def current(self) -> OpinionQuerySet:
        """Issued and not superseded."""
        return self.filter(status="issued")


class OfOpinionQuerySet(GatedQuerySet):
    """Rows that are as visible as their opinion: criteria, conditions."""

    def visible_to(self, user: Any) -> OfOpinionQuerySet:
        return self.filter(opinion_gate(user, "opinion__"))


class InternalPositionQuerySet(GatedQuerySet):
    """Internal positions: the officials of that body and nobody else, whatever their role."""

    def visible_to(self, user: Any) -> InternalPositionQuerySet:
        agencies = roles_of(user).agencies
        return self.filter(referral__agency__in=agencies) if agencies else self.none()


class ClarificationQuerySet(GatedQuerySet):
    """Public questions with their proposal; private ones between the body, the proponents and the organizers."""

    def visible_to(self, user: Any) -> ClarificationQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        path = "referral__version__proposal__"
        gate = proposal_gate(None, path) & Q(is_public=True)
        if roles.editions:
            gate |= Q(**{f"{path}edition__in": roles.editions})
        if roles.agencies:
            gate |= Q(referral__agency__in=roles.agencies)
        if roles.organizations:
            gate |= Q(**{f"{path}id__in": brought_in_by(roles.organizations)})
        return self.filter(gate)


class TextTemplateQuerySet(GatedQuerySet):
    """Text templates: the officials of the body alone."""

    def visible_to(self, user: Any) -> TextTemplateQuerySet:
        agencies = roles_of(user).agencies
        return self.filter(agency__in=agencies) if agencies else self.none()


class PaperScanQuerySet(GatedQuerySet):
    """Scans of opinions on paper: organizers of the edition and officials of the body."""

    def visible_to(self, user: Any) -> PaperScanQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        gate = Q(pk__in=[])
        if roles.editions:
            gate |= Q(opinion__referral__version__proposal__edition__in=roles.editions)
        if roles.agencies:
            gate |= Q(opinion__referral__agency__in=roles.agencies)
        return self.filter(gate)


class LaterActionQuerySet(GatedQuerySet):
    """Later actions are as visible as their proposal."""

    def visible_to(self, user: Any) -> LaterActionQuerySet:
        return self.filter(proposal_gate(user, "proposal__"))
