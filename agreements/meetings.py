"""Everything that the page of a work meeting shows, in a number of queries that does not grow with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agreements.light import light_of
from agreements.models import ActionItem, AgendaItem, Agreement, Commitment, Meeting, MinutesVersion
from agreements.steps import agreement_step, commitment_step, proposal_step
from agreements.workspace.zones import Clock, clocks
from core.trace import Item, Step
from forum.models import Agency, Organization
from proposals.models import Proposal


@dataclass(frozen=True)
class BodyAttendance:
    """How many people of a body were there, from the approved minutes. `body` None when its record is gone."""

    key: str
    body: Any
    present: int
    absent: int
    excused: int


@dataclass
class MeetingPage:
    """A meeting as a person may read it; `minutes` are the approved ones in force."""

    meeting: Meeting
    user: Any
    on: dt.date
    agreements: list[Agreement]
    proposals: list[Proposal]
    agenda: list[AgendaItem]
    all_minutes: list[MinutesVersion]
    action_items: list[ActionItem]
    previous: Meeting | None
    following: Meeting | None
    lights: dict[str, Any] = field(default_factory=dict)
    attendance: list[BodyAttendance] = field(default_factory=list)

    @property
    def minutes(self) -> MinutesVersion | None:
        approved = [each for each in self.all_minutes if each.status == MinutesVersion.Status.APPROVED]
        return approved[-1] if approved else None

    @property
    def pending_minutes(self) -> list[MinutesVersion]:
        """Drafts and circulated ones, for those who may read them."""
        return [each for each in self.all_minutes if each.status != MinutesVersion.Status.APPROVED]

    @property
    def earlier_minutes(self) -> list[MinutesVersion]:
        return [each for each in self.all_minutes if each.status == MinutesVersion.Status.APPROVED][:-1]

    @property
    def clocks(self) -> list[Clock]:
        """What the clocks show elsewhere, the meeting's own left out."""
        found = clocks(self.meeting.starts_at, self.meeting.ends_at, self.meeting.time_zone)
        return [clock for clock in found if not clock.own]

    @property
    def commitments(self) -> list[Commitment]:
        return [item.commitment for item in self.agenda if item.commitment is not None]


def page_of(meeting: Meeting, user: Any) -> MeetingPage:
    """The page of a meeting that `user` may read. `meeting` with its edition and conveners."""
    on = meeting.edition.today()
    agreements = list(Agreement.objects.visible_to(user).filter(meetings=meeting).order_by("folio"))
    agenda = list(
        AgendaItem.objects.visible_to(user)
        .filter(meeting=meeting)
        .select_related("commitment__agreement__edition", "action_item__meeting")
        .order_by("number")
    )
    commitments = Commitment.objects.visible_to(user).values("pk")
    items = list(
        ActionItem.objects.visible_to(user)
        .in_force()
        .filter(meeting=meeting)
        .select_related("organization", "agency", "minutes")
        .prefetch_related(Prefetch("commitment", Commitment.objects.filter(pk__in=commitments).select_related("agreement")))
        .order_by("number")
    )
    page = MeetingPage(
        meeting=meeting,
        user=user,
        on=on,
        agreements=agreements,
        proposals=list(Proposal.objects.visible_to(user).filter(agreements__in=agreements).distinct().order_by("folio")),
        agenda=agenda,
        all_minutes=list(MinutesVersion.objects.visible_to(user).filter(meeting=meeting).order_by("number")),
        action_items=items,
        previous=Meeting.objects.visible_to(user).filter(next_meeting=meeting).first(),
        following=Meeting.objects.visible_to(user).filter(pk=meeting.next_meeting_id).first(),
    )
    for minutes in page.all_minutes:
        minutes.meeting = meeting
    page.lights = {each.folio: Commitment.Light(light_of(each, on)).label for each in page.commitments}
    if page.minutes is not None:
        page.attendance = attendance_in(page.minutes)
    return page


def attendance_in(minutes: MinutesVersion) -> list[BodyAttendance]:
    """The rows of approved minutes with their bodies. Two queries."""
    return attendance_of_many([minutes])[minutes.pk]


def attendance_of_many(many: list[MinutesVersion]) -> dict[int, list[BodyAttendance]]:
    """The rows of each of these minutes, by primary key, with their bodies. Two queries."""
    rows = {each.pk: [row for row in each.attendance if isinstance(row, dict) and row.get("body")] for each in many}
    keys: dict[str, set[str]] = {"organizations": set(), "government": set()}
    for each in rows.values():
        for row in each:
            keys.setdefault(row.get("side", ""), set()).add(row["body"])
    bodies: dict[tuple[str, str], Any] = {
        ("organizations", body.key): body for body in Organization.objects.filter(key__in=keys["organizations"])
    }
    bodies |= {("government", body.key): body for body in Agency.objects.filter(key__in=keys["government"])}
    return {
        pk: [
            BodyAttendance(
                row["body"],
                bodies.get((row.get("side", ""), row["body"])),
                *(int(row.get(name) or 0) for name in ("present", "absent", "excused")),
            )
            for row in each
        ]
        for pk, each in rows.items()
    }


def trace_of(page: MeetingPage) -> list[Step]:
    """The chain as it looks from a meeting."""
    own = Step("meeting", pgettext("link of the chain", "Work meeting"), here=True)
    own.items.append(Item(page.meeting.folio, "", page.meeting.get_status_display()))
    count = len(page.action_items)
    return [
        proposal_step(page.proposals),
        agreement_step(page.agreements),
        commitment_step(page.commitments, page.lights, "#agenda"),
        own,
        Step(
            "action_item",
            pgettext("link of the chain", "Action items"),
            [Item(ngettext("%(count)s decided here", "%(count)s decided here", count) % {"count": count}, "#actions")]
            if count
            else [],
            empty=_("None recorded"),
        ),
    ]
