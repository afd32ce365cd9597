"""All minutes of an agreement one after the other: the approved ones for everybody, others for those who may read them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agreements.meetings import BodyAttendance, attendance_of_many
from agreements.models import ActionItem, Agreement, Commitment, Meeting, MinutesVersion
from core.gate import get_for
from core.pages import reader, to_permanent

#: A dossier holds at most this many meetings, the newest.
MOST_MEETINGS = 100


@dataclass
class Held:
    """A meeting with the minutes that this person reads of it: the newest approved ones, or those that wait. None: nothing yet.

    `earlier` are approved versions that these correct. The names are those that the parts of the meeting's page use.
    """

    meeting: Meeting
    on: dt.date
    minutes: MinutesVersion | None = None
    earlier: list[MinutesVersion] = field(default_factory=list)
    attendance: list[BodyAttendance] = field(default_factory=list)
    action_items: list[ActionItem] = field(default_factory=list)


def dossier_of(agreement: Agreement, user: Any) -> list[Held]:
    """The meetings that were held on an agreement, the first one first. Seven queries."""
    rows = Meeting.objects.visible_to(user).filter(agreements=agreement, status=Meeting.Status.HELD)
    meetings = list(rows.select_related("edition").order_by("-starts_at", "-folio")[:MOST_MEETINGS])[::-1]
    today = agreement.edition.today()
    versions: dict[int, list[MinutesVersion]] = defaultdict(list)
    for version in MinutesVersion.objects.visible_to(user).filter(meeting__in=meetings).order_by("number"):
        versions[version.meeting_id].append(version)
    found = [Held(meeting, today, *newest_of(versions[meeting.pk])) for meeting in meetings]
    shown = {each.minutes.pk: each for each in found if each.minutes is not None}
    commitments = Commitment.objects.visible_to(user).values("pk")
    items = ActionItem.objects.visible_to(user).filter(minutes__in=shown).select_related("organization", "agency")
    items = items.prefetch_related(
        Prefetch("commitment", Commitment.objects.filter(pk__in=commitments).select_related("agreement"))
    )
    for item in items.order_by("minutes", "number"):
        shown[item.minutes_id].action_items.append(item)
    attendance = attendance_of_many([each.minutes for each in shown.values() if each.minutes is not None])
    for pk, each in shown.items():
        each.attendance = attendance[pk]
    return found


def newest_of(versions: list[MinutesVersion]) -> tuple[MinutesVersion | None, list[MinutesVersion]]:
    """The minutes to read of a meeting, and the approved ones that they correct. `versions` by number."""
    approved = [each for each in versions if each.status == MinutesVersion.Status.APPROVED]
    if approved:
        return approved[-1], approved[:-1]
    return (versions[-1], []) if versions else (None, [])


@require_safe
def dossier(request: HttpRequest, key: str) -> HttpResponse:
    """The page, made to be printed too."""
    user = reader(request)
    agreement = get_for(user, Agreement.objects.select_related("edition"), key)
    if elsewhere := to_permanent(request, agreement, key, reverse("dossier", args=[agreement.folio])):
        return elsewhere
    context = {"agreement": agreement, "record": agreement, "held": dossier_of(agreement, user)}
    return render(request, "agreements/public/dossier.html", context)
