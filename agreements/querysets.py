"""What a person may read of agreements, commitments and meetings, and the light of a commitment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Value, When

from core.deadlines import public_day
from core.gate import GatedQuerySet
from forum.roles import Roles, roles_of

#: A commitment is *due soon* this many days before its due date.
DUE_SOON_DAYS = 30
#: A party with more open commitments than this has many.
MANY_OPEN = 300


def party_rows(roles: Roles) -> Any:
    """Party rows of the bodies and organizations that a person stands for."""
    return apps.get_model("agreements", "Party").objects.filter(
        of_bodies(agencies=roles.agencies, organizations=roles.organizations)
    )


def of_bodies(*, agencies: Any = (), organizations: Any = ()) -> Q:
    """Party rows of these bodies, those that they have taken over included."""
    return Q(agency__in=agencies) | Q(taken_over_by__in=agencies) | Q(organization__in=organizations)


def insiders(roles: Roles, prefix: str = "") -> Q:
    """Agreements that a person reads whatever their state: the organizer's editions, and those of the own parties."""
    gate = Q(**{f"{prefix}id__in": []})
    if roles.editions:
        gate |= Q(**{f"{prefix}edition__in": roles.editions})
    if roles.agencies or roles.organizations:
        gate |= Q(**{f"{prefix}id__in": party_rows(roles).values("agreement")})
    return gate


def agreement_gate(user: Any, prefix: str = "") -> Q:
    """Public once opened for signature; drafts only for the organizers of the edition and the parties."""
    roles = roles_of(user)
    if roles.administrator:
        return Q()
    gate = Q(**{f"{prefix}published_at__isnull": False}) & ~Q(**{f"{prefix}status": "draft"})
    return gate | insiders(roles, prefix)


class AgreementQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> AgreementQuerySet:
        return self.filter(agreement_gate(user))

    def of_party(self, *, agencies: Any = (), organizations: Any = ()) -> AgreementQuerySet:
        rows = apps.get_model("agreements", "Party").objects.filter(of_bodies(agencies=agencies, organizations=organizations))
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
        return self.filter(agreement_gate(None, "agreement__") & ~Q(status="draft") | insiders(roles, "agreement__"))


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


def brought_in() -> Q:
    """Commitments of the version in force, or of the first one before it is signed: not those that an amendment brings."""
    return Q(since_version=1) | Q(since_version__lte=F("agreement__version_number"))


def owes_report() -> Q:
    """Commitments that no report follows up to the last cut-off date of their edition, though they had started by then."""
    cut_off = F("agreement__edition__report_cut_off")
    return (
        Q(agreement__edition__report_cut_off__isnull=False)
        & (Q(starts_on__isnull=True) | Q(starts_on__lte=cut_off))
        & (Q(reported_cut_off__isnull=True) | Q(reported_cut_off__lt=cut_off))
    )


class CommitmentQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> CommitmentQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        return self.filter(agreement_gate(None, "agreement__") & brought_in() | insiders(roles, "agreement__"))

    def in_force(self) -> CommitmentQuerySet:
        """Commitments of agreements that were signed, in a version that was signed."""
        return self.filter(brought_in(), agreement__status__in=["signed", "concluded"])

    def with_light(self, on: dt.date, *, at_once: bool = False) -> CommitmentQuerySet:
        """Annotates `light` on date `on`, by the same rule as `agreements.light.light_of`, so that lists filter by it.

        `at_once` is for the parties and the organizers: everybody else reads *late* some working days later.
        """
        late_before = on if at_once else public_day(on)
        soon = on + dt.timedelta(days=DUE_SOON_DAYS)
        return self.annotate(
            light=Case(
                When(cancelled_at__isnull=False, then=Value("cancelled")),
                When(reported_status="fulfilled", then=Value("fulfilled")),
                When(due_on__lt=late_before, then=Value("late")),
                When(owes_report() & Q(agreement__edition__report_cut_off__lte=on), then=Value("no_report")),
                When(due_on__lte=soon, then=Value("due_soon")),
                default=Value("on_time"),
                output_field=CharField(),
            )
        )

    def with_readings(self) -> CommitmentQuerySet:
        """Fetches what `agreements.readings.four_readings` reads, in a fixed number of queries."""
        sides = [
            f"{path}party__{body}" for path in ("reports__", "reports__validations__") for body in ("organization", "agency")
        ]
        replies = [f"reports__validations__replies__party__{body}" for body in ("organization", "agency")]
        return self.select_related("agreement__edition", "lead__organization", "lead__agency").prefetch_related(
            "reports__evidence", *sides, *replies
        )

    def of_party(self, *, agencies: Any = (), organizations: Any = ()) -> CommitmentQuerySet:
        """Commitments that one of these bodies or organizations leads or shares."""
        rows = apps.get_model("agreements", "Party").objects.filter(of_bodies(agencies=agencies, organizations=organizations))
        shared = self.model.co_responsible.through.objects.filter(party__in=rows.values("id")).values("commitment")
        return self.filter(Q(lead__in=rows.values("id")) | Q(id__in=shared))

    def open_of_party(self, number: int, *, agencies: Any = (), organizations: Any = ()) -> CommitmentQuerySet:
        """The open ones of `of_party`, of which there are about `number`: that decides how the database looks for them.

        Of many, the first by due date are soon met on the way along the dates; a few are fetched by who leads and shares.
        """
        rows = self.filter(cancelled_at__isnull=True).exclude(reported_status="fulfilled")
        if number > MANY_OPEN:
            return rows.of_party(agencies=agencies, organizations=organizations)
        parties = apps.get_model("agreements", "Party").objects.filter(of_bodies(agencies=agencies, organizations=organizations))
        keys = parties.order_by().values("id")
        led = self.model.objects.filter(cancelled_at__isnull=True, lead__in=keys).exclude(reported_status="fulfilled")
        shared = self.model.co_responsible.through.objects.filter(party__in=keys)
        return rows.filter(id__in=led.order_by().values("id").union(shared.values("commitment")))

    def open_on(self, on: dt.date) -> CommitmentQuerySet:
        return self.in_force().filter(cancelled_at__isnull=True).exclude(reported_status="fulfilled")

    def without_evidence(self) -> CommitmentQuerySet:
        """Something is reported, and no report brought evidence."""
        filed = apps.get_model("agreements", "Evidence").objects.filter(
            report__commitment=OuterRef("pk"), validation__isnull=True
        )
        return self.exclude(reported_status="").filter(~Exists(filed))

    def unvalidated(self) -> CommitmentQuerySet:
        """The other side has not said yet whether it agrees with the newest report."""
        reports = apps.get_model("agreements", "ProgressReport").objects.filter(commitment=OuterRef("pk"))
        newest = reports.order_by("-cut_off", "-number").values("pk")[:1]
        said = apps.get_model("agreements", "Validation").objects.filter(report=OuterRef("newest")).exclude(outcome="pending")
        return self.exclude(reported_status="").annotate(newest=Subquery(newest)).filter(~Exists(said))

    def overdue(self, on: dt.date) -> CommitmentQuerySet:
        """What reads *late* in public."""
        return self.open_on(on).filter(due_on__lt=public_day(on))


class OfCommitmentQuerySet(GatedQuerySet):
    """Rows that are as visible as their commitment: reports, extensions."""

    def visible_to(self, user: Any) -> OfCommitmentQuerySet:
        return self.filter(agreement_gate(user, "commitment__agreement__"))


class ExtensionQuerySet(OfCommitmentQuerySet):
    def waiting(self) -> ExtensionQuerySet:
        """Those that the other side has neither accepted nor declined."""
        return self.filter(accepted_at__isnull=True, declined_at__isnull=True)


class ValidationQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> ValidationQuerySet:
        return self.filter(agreement_gate(user, "report__commitment__agreement__"))


class ReplyQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> ReplyQuerySet:
        return self.filter(agreement_gate(user, "validation__report__commitment__agreement__"))


class DraftCommentQuerySet(GatedQuerySet):
    """Comments on drafts: the organizers and the parties, never the public."""

    def visible_to(self, user: Any) -> DraftCommentQuerySet:
        roles = roles_of(user)
        return self.all() if roles.administrator else self.filter(insiders(roles, "version__agreement__"))


class CampaignQuerySet(GatedQuerySet):
    """Campaigns: the organizers of the edition, and the bodies that they asked."""

    def visible_to(self, user: Any) -> CampaignQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        asked = apps.get_model("agreements", "CampaignAsk").objects.visible_to(user)
        return self.filter(Q(edition__in=roles.editions) | Q(id__in=asked.values("campaign")))


class CampaignAskQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> CampaignAskQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        mine = Q(agency__in=roles.agencies) | Q(organization__in=roles.organizations)
        return self.filter(Q(campaign__edition__in=roles.editions) | mine)


class EvidenceQuerySet(GatedQuerySet):
    """Evidence marked public with its agreement; the rest for the parties and the organizers."""

    def visible_to(self, user: Any) -> EvidenceQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        path = "report__commitment__agreement__"
        return self.filter(agreement_gate(None, path) & Q(is_public=True) | insiders(roles, path))


def meeting_gate(user: Any, prefix: str = "") -> Q:
    """Public once scheduled, also when cancelled later; before that for the organizers and the invited."""
    roles = roles_of(user)
    if roles.administrator:
        return Q()
    gate = Q(**{f"{prefix}published_at__isnull": False}) & ~Q(**{f"{prefix}edition__stage": "preparation"})
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


def minutes_gate(user: Any, prefix: str = "") -> Q:
    """Approved minutes are as public as their meeting; circulated ones for the invited; drafts for the organizers."""
    roles = roles_of(user)
    if roles.administrator:
        return Q()
    gate = meeting_gate(None, f"{prefix}meeting__") & Q(**{f"{prefix}status": "approved"})
    if roles.editions:
        gate |= Q(**{f"{prefix}meeting__edition__in": roles.editions})
    if roles.agencies or roles.organizations:
        invited = Q(**{f"{prefix}meeting__in": attendance_rows(roles).values("meeting")})
        gate |= invited & ~Q(**{f"{prefix}status": "draft"})
    return gate


class MinutesQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> MinutesQuerySet:
        return self.filter(minutes_gate(user))


class ActionItemQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> ActionItemQuerySet:
        return self.filter(minutes_gate(user, "minutes__"))

    def in_force(self) -> ActionItemQuerySet:
        """Of the newest approved minutes of each meeting; where none are approved yet, of those that are being written."""
        approved = apps.get_model("agreements", "MinutesVersion").objects.filter(meeting=OuterRef("meeting"), status="approved")
        return self.filter(
            ~Exists(approved.filter(number__gt=OuterRef("minutes__number"))),
            Q(minutes__status="approved") | ~Exists(approved),
        )

    def to_do(self) -> ActionItemQuerySet:
        """Neither done nor turned into a commitment that counts: one that waits for signatures leaves the item open."""
        prepared = Q(commitment__agreement__status__in=["draft", "open"])
        amending = Q(
            commitment__agreement__status__in=["signed", "concluded"],
            commitment__since_version__gt=F("commitment__agreement__version_number"),
        )
        return self.filter(Q(commitment__isnull=True) | prepared | amending, done_on__isnull=True)

    def open(self) -> ActionItemQuerySet:
        """What is to do and was not corrected since."""
        return self.in_force().to_do()


class AgendaQuerySet(GatedQuerySet):
    """Agenda items as their meeting, without those that repeat an action item or a commitment not readable itself."""

    def visible_to(self, user: Any) -> AgendaQuerySet:
        items = apps.get_model("agreements", "ActionItem").objects.visible_to(user)
        commitments = apps.get_model("agreements", "Commitment").objects.visible_to(user)
        return self.filter(
            meeting_gate(user, "meeting__"),
            Q(action_item__isnull=True) | Q(action_item__in=items.values("id")),
            Q(commitment__isnull=True) | Q(commitment__in=commitments.values("id")),
        )


class InvitedQuerySet(GatedQuerySet):
    """What belongs to a meeting and concerns its organizers and the invited alone."""

    def visible_to(self, user: Any) -> InvitedQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        gate = Q(meeting__edition__in=roles.editions)
        if roles.agencies or roles.organizations:
            gate |= Q(meeting__in=attendance_rows(roles).values("meeting"))
        return self.filter(gate)


class AttendanceQuerySet(InvitedQuerySet):
    """Attendance names people: the public reads it by body, in the approved minutes."""
