"""What a person may read of agreements, commitments and meetings, and the light of a commitment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps
from django.db.models import Case, CharField, F, Q, Value, When

from core.gate import GatedQuerySet
from forum.roles import Roles, roles_of

#: A commitment is *due soon* this many days before its due date.
DUE_SOON_DAYS = 30


def party_rows(roles: Roles) -> Any:
    """Party rows of the bodies and organizations that a person stands for."""
    return apps.get_model("agreements", "Party").objects.filter(
        Q(agency__in=roles.agencies) | Q(organization__in=roles.organizations)
    )


def agreement_gate(user: Any, prefix: str = "") -> Q:
    """Public once opened for signature; drafts only for the organizers of the edition and the parties."""
    roles = roles_of(user)
    if roles.administrator:
        return Q()
    gate = Q(**{f"{prefix}published_at__isnull": False}) & ~Q(**{f"{prefix}status": "draft"})
    if roles.editions:
        gate |= Q(**{f"{prefix}edition__in": roles.editions})
    if roles.agencies or roles.organizations:
        gate |= Q(**{f"{prefix}id__in": party_rows(roles).values("agreement")})
    return gate


class AgreementQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> AgreementQuerySet:
        return self.filter(agreement_gate(user))

    def of_party(self, *, agencies: Any = (), organizations: Any = ()) -> AgreementQuerySet:
        rows = apps.get_model("agreements", "Party").objects.filter(Q(agency__in=agencies) | Q(organization__in=organizations))
        return self.filter(id__in=rows.values("agreement"))


class OfAgreementQuerySet(GatedQuerySet):
    """Rows that are as visible as their agreement: versions, parties."""

    def visible_to(self, user: Any) -> OfAgreementQuerySet:
        return self.filter(agreement_gate(user, "agreement__"))


class VersionQuerySet(GatedQuerySet):
    """Versions: the one being drafted for an amendment only for organizers and parties."""

    def visible_to(self, user: Any) -> VersionQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        gate = agreement_gate(None, "agreement__") & ~Q(status="draft")
        if roles.editions:
            gate |= Q(agreement__edition__in=roles.editions)
        if roles.agencies or roles.organizations:
            gate |= Q(agreement__in=party_rows(roles).values("agreement"))
        return self.filter(gate)


class SignedPaperQuerySet(GatedQuerySet):
    """Public versions with the agreement; reserved originals for the organizers alone."""

    def visible_to(self, user: Any) -> SignedPaperQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        gate = agreement_gate(None, "agreement__") & Q(is_public=True)
        if roles.editions:
            gate |= Q(agreement__edition__in=roles.editions)
        return self.filter(gate)


class CommitmentQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> CommitmentQuerySet:
        return self.filter(agreement_gate(user, "agreement__"))

    def in_force(self) -> CommitmentQuerySet:
        """Commitments of agreements that were signed."""
        return self.filter(agreement__status__in=["signed", "concluded"])

    def with_light(self, on: dt.date) -> CommitmentQuerySet:
        """Annotates `light` on date `on`, by the same rule as `agreements.light.light_of`, so that lists filter by it."""
        soon = on + dt.timedelta(days=DUE_SOON_DAYS)
        return self.annotate(
            light=Case(
                When(cancelled_at__isnull=False, then=Value("cancelled")),
                When(reported_status="fulfilled", then=Value("fulfilled")),
                When(due_on__lt=on, then=Value("late")),
                When(
                    Q(agreement__edition__report_cut_off__isnull=False)
                    & Q(agreement__edition__report_cut_off__lte=on)
                    & (Q(starts_on__isnull=True) | Q(starts_on__lte=F("agreement__edition__report_cut_off")))
                    & (Q(reported_cut_off__isnull=True) | Q(reported_cut_off__lt=F("agreement__edition__report_cut_off"))),
                    then=Value("no_report"),
                ),
                When(due_on__lte=soon, then=Value("due_soon")),
                default=Value("on_time"),
                output_field=CharField(),
            )
        )

    def of_party(self, *, agencies: Any = (), organizations: Any = ()) -> CommitmentQuerySet:
        """Commitments that one of these bodies or organizations leads or shares."""
        rows = apps.get_model("agreements", "Party").objects.filter(Q(agency__in=agencies) | Q(organization__in=organizations))
        shared = self.model.co_responsible.through.objects.filter(party__in=rows.values("id")).values("commitment")
        return self.filter(Q(lead__in=rows.values("id")) | Q(id__in=shared))

    def open_on(self, on: dt.date) -> CommitmentQuerySet:
        return self.in_force().filter(cancelled_at__isnull=True).exclude(reported_status="fulfilled")

    def overdue(self, on: dt.date) -> CommitmentQuerySet:
        return self.open_on(on).filter(due_on__lt=on)


class OfCommitmentQuerySet(GatedQuerySet):
    """Rows that are as visible as their commitment: reports, extensions."""

    def visible_to(self, user: Any) -> OfCommitmentQuerySet:
        return self.filter(agreement_gate(user, "commitment__agreement__"))


class ValidationQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> ValidationQuerySet:
        return self.filter(agreement_gate(user, "report__commitment__agreement__"))


class EvidenceQuerySet(GatedQuerySet):
    """Evidence marked public with its agreement; the rest for the parties and the organizers."""

    def visible_to(self, user: Any) -> EvidenceQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        path = "report__commitment__agreement__"
        gate = agreement_gate(None, path) & Q(is_public=True)
        if roles.editions:
            gate |= Q(**{f"{path}edition__in": roles.editions})
        if roles.agencies or roles.organizations:
            gate |= Q(**{f"{path}id__in": party_rows(roles).values("agreement")})
        return self.filter(gate)


def meeting_gate(user: Any, prefix: str = "") -> Q:
    """Scheduled, held and cancelled meetings are public; proposed ones for the organizers and the invited."""
    roles = roles_of(user)
    if roles.administrator:
        return Q()
    gate = Q(**{f"{prefix}status__in": ["scheduled", "held", "cancelled"]}) & ~Q(**{f"{prefix}edition__stage": "preparation"})
    if roles.editions:
        gate |= Q(**{f"{prefix}edition__in": roles.editions})
    if roles.agencies or roles.organizations:
        gate |= Q(**{f"{prefix}id__in": attendance_rows(roles).values("meeting")})
    return gate


def attendance_rows(roles: Roles) -> Any:
    return apps.get_model("agreements", "Attendance").objects.filter(
        Q(agency__in=roles.agencies) | Q(organization__in=roles.organizations)
    )


class MeetingQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> MeetingQuerySet:
        return self.filter(meeting_gate(user))

    def coming(self, now: dt.datetime) -> MeetingQuerySet:
        return self.filter(status="scheduled", ends_at__gte=now)


class MinutesQuerySet(GatedQuerySet):
    """Approved minutes with their meeting; circulated ones for the invited; drafts for the organizers."""

    def visible_to(self, user: Any) -> MinutesQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        gate = meeting_gate(None, "meeting__") & Q(status="approved")
        if roles.editions:
            gate |= Q(meeting__edition__in=roles.editions)
        if roles.agencies or roles.organizations:
            gate |= Q(meeting__in=attendance_rows(roles).values("meeting")) & ~Q(status="draft")
        return self.filter(gate)


class OfMeetingQuerySet(GatedQuerySet):
    """Agenda and action items, as visible as their meeting."""

    def visible_to(self, user: Any) -> OfMeetingQuerySet:
        return self.filter(meeting_gate(user, "meeting__"))


class AttendanceQuerySet(GatedQuerySet):
    """Attendance names people: the organizers and the invited; the public reads it by body, in the approved minutes."""

    def visible_to(self, user: Any) -> AttendanceQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        gate = Q(meeting__edition__in=roles.editions)
        if roles.agencies or roles.organizations:
            gate |= Q(meeting__in=attendance_rows(roles).values("meeting"))
        return self.filter(gate)
