"""What agreements put on the workspace home: things that wait for a person, and the counts and gaps of an edition.

Each kind of thing is one query, so the home costs the same with one and with thirty of them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from agreements.models import (
    Acceptance,
    ActionItem,
    Agreement,
    Commitment,
    Evidence,
    Extension,
    Meeting,
    MeetingSlot,
    MinutesVersion,
    Party,
    ProgressReport,
    Validation,
)
from agreements.querysets import DUE_SOON_DAYS, attendance_rows, party_rows
from core.sockets import WaitingItem
from forum.roles import Roles, roles_of

#: Things of one kind listed on the home; the lists hold the rest.
MOST_ITEMS = 25


def waiting_for(user: Any, today: dt.date) -> list[WaitingItem]:
    """What my bodies and organizations have to sign, report, answer and read; what my editions have to see to; by date."""
    roles = roles_of(user)
    items: list[WaitingItem] = []
    if roles.agencies or roles.organizations:
        items += signatures(roles) + reports_due(roles, today) + validations_owed(roles) + extensions_asked(roles)
        items += minutes_to_read(roles, today) + meetings_coming(roles) + tasks(roles)
    if roles.editions:
        items += signatures_missing(roles.editions) + meetings_to_settle(roles.editions, today)
    return sorted(items, key=lambda item: item.order)


# --- the parties ------------------------------------------------------------------------------------------------------


def open_versions(party_rows_of: Any) -> Any:
    """Signatories of agreements with a version that is open and that they have not accepted."""
    accepted = Acceptance.objects.filter(party=OuterRef("pk"), version__status="open")
    return party_rows_of.filter(
        ~Exists(accepted), role=Party.Role.SIGNATORY, agreement__versions__status="open", agreement__status__in=["open", "signed"]
    )


def signatures(roles: Roles) -> list[WaitingItem]:
    rows = open_versions(party_rows(roles)).select_related("agreement", "agency", "organization")
    return [
        WaitingItem(
            kind="sign",
            what=_("Accept for %(party)s") % {"party": row.body.short},
            record=row.agreement.folio,
            title=row.agreement.title,
            url=reverse("workspace:accept", args=[row.agreement.folio]),
        )
        for row in rows.order_by("agreement__folio", "id")[:MOST_ITEMS]
    ]


def reports_due(roles: Roles, today: dt.date) -> list[WaitingItem]:
    """Own commitments that are late or due soon, and those without a report that reaches a cut-off near or past."""
    soon = today + dt.timedelta(days=DUE_SOON_DAYS)
    cut_off = F("agreement__edition__report_cut_off")
    unreported = (
        Q(agreement__edition__report_cut_off__lte=soon)
        & (Q(starts_on__isnull=True) | Q(starts_on__lte=cut_off))
        & (Q(reported_cut_off__isnull=True) | Q(reported_cut_off__lt=cut_off))
    )
    rows = (
        Commitment.objects.open_on(today)
        .filter(agreement__status="signed")
        .of_party(agencies=roles.agencies, organizations=roles.organizations)
        .filter(Q(due_on__lte=soon) | unreported)
        .annotate(unreported=Exists(Commitment.objects.filter(unreported, pk=OuterRef("pk"))))
        .select_related("agreement__edition")
        .order_by("due_on", "folio")
    )
    items = []
    for row in rows[:MOST_ITEMS]:
        asked = row.agreement.edition.report_cut_off if row.unreported else None
        by_date = [date for date in (asked, row.due_on) if date is not None and date <= soon]
        items.append(
            WaitingItem(
                kind="report",
                what=_("Report up to the cut-off date") if asked else _("Report, or ask for an extension"),
                record=row.folio,
                title=row.text,
                url=reverse("workspace:report", args=[row.folio]),
                due_on=min(by_date, default=row.due_on),
            )
        )
    return items


def other_side_of(roles: Roles, side: str) -> Q:
    """Rows whose party, at the end of `side`, is of the other side than an own party that has a say."""
    say = party_rows(roles).exclude(role=Party.Role.WITNESS)
    mine = Q(**{f"{side}__agreement__in": say.filter(agency__isnull=False).values("agreement")})
    ours = Q(**{f"{side}__agreement__in": say.filter(organization__isnull=False).values("agreement")})
    return (mine & Q(**{f"{side}__organization__isnull": False})) | (ours & Q(**{f"{side}__agency__isnull": False}))


def validations_owed(roles: Roles) -> list[WaitingItem]:
    """Newest reports of the other side of which nobody on the own side has said anything yet."""
    newest = ProgressReport.objects.filter(commitment=OuterRef("commitment")).order_by("-cut_off", "-number").values("pk")[:1]
    rows = (
        ProgressReport.objects.filter(
            other_side_of(roles, "party"),
            ~Exists(Validation.objects.filter(report=OuterRef("pk"))),
            pk=Subquery(newest),
            commitment__cancelled_at__isnull=True,
            commitment__agreement__status__in=["signed", "concluded"],
        )
        .select_related("commitment", "party__agency", "party__organization")
        .order_by("reported_at", "folio")
    )
    return [
        WaitingItem(
            kind="validate",
            what=_("Say whether you agree with the report of %(party)s") % {"party": row.party.body.short},
            record=row.commitment.folio,
            title=row.commitment.text,
            url=reverse("workspace:validate", args=[row.folio]),
        )
        for row in rows[:MOST_ITEMS]
    ]


def extensions_asked(roles: Roles) -> list[WaitingItem]:
    rows = (
        Extension.objects.waiting()
        .filter(
            other_side_of(roles, "asked_by"),
            commitment__cancelled_at__isnull=True,
            commitment__agreement__status="signed",
        )
        .select_related("commitment", "asked_by__agency", "asked_by__organization")
        .order_by("from_on", "id")
    )
    return [
        WaitingItem(
            kind="extension",
            what=_("Answer %(party)s, who asks for more time") % {"party": row.asked_by.body.short},
            record=row.commitment.folio,
            title=row.commitment.text,
            url=reverse("workspace:commitment", args=[row.commitment.folio]),
            due_on=row.from_on,
        )
        for row in rows[:MOST_ITEMS]
    ]


def minutes_to_read(roles: Roles, today: dt.date) -> list[WaitingItem]:
    rows = MinutesVersion.objects.filter(
        status="circulated", remarks_until__gte=today, meeting__in=attendance_rows(roles).values("meeting")
    ).select_related("meeting")
    return [
        WaitingItem(
            kind="minutes",
            what=_("Read the minutes; remarks are taken until this day"),
            record=row.meeting.folio,
            title=row.meeting.title,
            url=reverse("workspace:minutes", args=[row.meeting.folio]),
            due_on=row.remarks_until,
        )
        for row in rows.order_by("remarks_until", "folio")[:MOST_ITEMS]
    ]


def meetings_coming(roles: Roles) -> list[WaitingItem]:
    """Scheduled meetings, without those that were declined; proposed ones while it is asked which time suits. One query."""
    mine = attendance_rows(roles).filter(meeting=OuterRef("pk"))
    coming = Q(Exists(mine.exclude(answer="no")), status=Meeting.Status.SCHEDULED)
    asked = Q(Exists(mine.filter(slot_answers__isnull=True)), status=Meeting.Status.PROPOSED)
    slots = Exists(MeetingSlot.objects.filter(meeting=OuterRef("pk")))
    rows = Meeting.objects.filter(coming | asked & Q(slots), ends_at__gte=timezone.now())
    rows = rows.annotate(unanswered=Exists(mine.filter(answer="")))
    return [
        WaitingItem(
            kind="meeting",
            what=_("Say which times suit")
            if row.status == Meeting.Status.PROPOSED
            else _("Answer the invitation")
            if row.unanswered
            else _("Take part"),
            record=row.folio,
            title=row.title,
            url=reverse("workspace:meeting", args=[row.folio]),
            due_on=row.starts_at.astimezone(ZoneInfo(row.time_zone)).date(),
        )
        for row in rows.order_by("starts_at", "folio")[:MOST_ITEMS]
    ]


def tasks(roles: Roles) -> list[WaitingItem]:
    """Open action items of the own bodies, once the minutes are out."""
    rows = (
        ActionItem.objects.all()
        .open()
        .filter(Q(agency__in=roles.agencies) | Q(organization__in=roles.organizations))
        .exclude(minutes__status="draft")
    )
    return [
        WaitingItem(
            kind="task",
            what=_("Do what was decided at the meeting"),
            record=row.folio,
            title=row.what,
            url=reverse("workspace:meeting_action_item", args=[row.folio]),
            due_on=row.due_on,
        )
        for row in rows.order_by("due_on", "folio")[:MOST_ITEMS]
    ]


# --- the organizers ---------------------------------------------------------------------------------------------------


def signatures_missing(editions: Any) -> list[WaitingItem]:
    """One item an agreement whose open version some signatories have not accepted."""
    missing = open_versions(Party.objects.filter(agreement__edition__in=editions)).values("agreement")
    rows = Agreement.objects.filter(pk__in=missing).order_by("folio")
    return [
        WaitingItem(
            kind="acceptances",
            what=_("Follow up the signatures that are missing"),
            record=row.folio,
            title=row.title,
            url=reverse("workspace:agreement", args=[row.folio]),
        )
        for row in rows[:MOST_ITEMS]
    ]


def meetings_to_settle(editions: Any, today: dt.date) -> list[WaitingItem]:
    """Meetings to confirm, to record as held, to write minutes of, and minutes to circulate or approve."""
    newest = MinutesVersion.objects.filter(meeting=OuterRef("pk")).order_by("-number")
    rows = (
        Meeting.objects.filter(edition__in=editions)
        .annotate(
            minutes_status=Subquery(newest.values("status")[:1]),
            remarks_until=Subquery(newest.values("remarks_until")[:1]),
        )
        .filter(
            Q(status="proposed")
            | Q(status="scheduled", ends_at__lt=timezone.now())
            | Q(status="held") & (Q(minutes_status__isnull=True) | Q(minutes_status="draft"))
            | Q(status="held", minutes_status="circulated", remarks_until__lt=today)
        )
        .order_by("starts_at", "folio")
    )
    items = []
    for row in rows[:MOST_ITEMS]:
        day = row.starts_at.astimezone(ZoneInfo(row.time_zone)).date()
        page, due = "workspace:meeting", day
        if row.status == "proposed":
            what = _("Confirm the meeting, or move it")
        elif row.status == "scheduled":
            what = _("Record that the meeting was held, or cancel it")
        elif row.minutes_status == "circulated":
            what, page, due = _("Approve the minutes: the days for remarks are over"), "workspace:minutes", row.remarks_until
        else:
            what, page = _("Finish the minutes and circulate them"), "workspace:minutes"
        items.append(
            WaitingItem(
                kind="settle", what=what, record=row.folio, title=row.title, url=reverse(page, args=[row.folio]), due_on=due
            )
        )
    return items


def gaps_of(edition: Any, today: dt.date) -> list[dict[str, Any]]:
    """Counts of an edition: `label`, `number`, `url`, and `is_gap` where something is to be done."""
    agreements = edition.agreements.aggregate(
        drafts=Count("id", filter=Q(status="draft")),
        open=Count("id", filter=Q(status="open")),
        signed=Count("id", filter=Q(status="signed")),
    )
    claimed = Exists(Evidence.objects.filter(report__commitment=OuterRef("pk"), validation__isnull=True))
    commitments = (
        Commitment.objects.in_force()
        .filter(agreement__edition=edition)
        .with_light(today, at_once=True)
        .annotate(claimed=claimed)
        .aggregate(
            late=Count("id", filter=Q(light="late")),
            no_report=Count("id", filter=Q(light="no_report")),
            disputed=Count("id", filter=Q(disputed=True, cancelled_at__isnull=True)),
            unproved=Count("id", filter=Q(light="fulfilled", claimed=False)),
        )
    )
    coming = Meeting.objects.filter(edition=edition).coming(timezone.now()).count()

    def line(name: str, label: Any, number: int, is_gap: bool, **query: str) -> dict[str, Any]:
        url = f"{reverse(f'workspace:{name}')}?{urlencode(query)}"
        return {"label": str(label % number), "number": number, "url": url, "is_gap": bool(is_gap and number)}

    here = {"edition": edition.slug}
    return [
        line(
            "agreements",
            ngettext_lazy("agreement in draft", "agreements in draft"),
            agreements["drafts"],
            True,
            status="draft",
            **here,
        ),
        line(
            "agreements",
            ngettext_lazy("agreement open for signature", "agreements open for signature"),
            agreements["open"],
            True,
            status="open",
            **here,
        ),
        line(
            "agreements",
            ngettext_lazy("agreement signed", "agreements signed"),
            agreements["signed"],
            False,
            status="signed",
            **here,
        ),
        line(
            "commitments", ngettext_lazy("commitment late", "commitments late"), commitments["late"], True, light="late", **here
        ),
        line(
            "commitments",
            ngettext_lazy("commitment without report since the cut-off", "commitments without report since the cut-off"),
            commitments["no_report"],
            True,
            light="no_report",
            **here,
        ),
        line(
            "commitments",
            ngettext_lazy("commitment disputed by the other side", "commitments disputed by the other side"),
            commitments["disputed"],
            True,
            disputed="yes",
            **here,
        ),
        line(
            "commitments",
            ngettext_lazy("commitment fulfilled without evidence on file", "commitments fulfilled without evidence on file"),
            commitments["unproved"],
            True,
            light="fulfilled",
            evidence="none",
            **here,
        ),
        line("meetings", ngettext_lazy("meeting to come", "meetings to come"), coming, False, status="scheduled", **here),
    ]
