"""Work meetings: schedule or propose one from an agreement, confirm, move, cancel, and record who came."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from agreements import workflow as doors
from agreements.invitations import own_rows
from agreements.models import ActionItem, AgendaItem, Agreement, Attendance, Commitment, Meeting
from agreements.permissions import is_organizer_of, stands_for
from agreements.workflow.meeting import prefilled_agenda
from agreements.workspace.access import agreement_for, allowed, meeting_for, organized_editions, refuse_step
from agreements.workspace.answers import AnswerForm, TakeBackForm, slot_rows
from agreements.workspace.drafting import chosen_edition
from agreements.workspace.meeting_forms import HoldForm, MeetingForm, MoveForm, agenda_rows, invited_rows
from agreements.workspace.minutes_forms import ActionItemForm
from agreements.workspace.zones import clocks
from core.events import record_read
from core.gate import get_for
from core.timeline import timeline
from core.workspace import REFUSED, StepForm, attempt, done, sent, show_form, step_buttons, take_step, workspace_page
from forum.roles import roles_of

#: Agreements that a meeting of an edition can follow are offered up to this number.
MOST_AGREEMENTS = 200
#: Steps that have a page of their own.
PAGES = {
    "edit": "workspace:meeting_edit",
    "move": "workspace:meeting_move",
    "hold": "workspace:meeting_hold",
    "correct_attendance": "workspace:meeting_hold",
}


def followable(edition: Any, user: Any) -> list[Agreement]:
    """The agreements of an edition that a meeting can follow, as far as this person has to do with them."""
    rows = Agreement.objects.visible_to(user).filter(edition=edition).exclude(status=Agreement.Status.VOID)
    roles = roles_of(user)
    if not roles.organizes(edition.pk):
        rows = rows.of_party(agencies=roles.agencies, organizations=roles.organizations)
    return list(rows.order_by("folio")[:MOST_AGREEMENTS])


def start_from(edition: Any, followed: list[Agreement], previous: Meeting | None = None) -> dict[str, Any]:
    """What a new meeting starts with: title, the parties invited, and the agenda of what is open."""
    draft = Meeting(edition=edition, starts_at=timezone.now() + dt.timedelta(days=3650))
    items = prefilled_agenda(draft, followed, timezone.now())
    if previous is not None:
        invited = [
            {"body": row.body, "participation": row.participation}
            for row in previous.attendance.select_related("organization", "agency", "participation__person")
        ]
    else:
        parties = [
            party
            for agreement in followed
            for party in agreement.parties.select_related("organization", "agency", "representative__person").order_by("id")
        ]
        invited = list(
            {(party.side, party.key): {"body": party.body, "participation": party.representative} for party in parties}.values()
        )
    return {
        "values": {**titles(followed, previous), "agreements": followed, "place": previous.place if previous else ""},
        "invited": invited,
        "agenda": [
            {"text_es": item.text_es, "text_en": item.text_en, "commitment": item.commitment, "action_item": item.action_item}
            for item in items
        ],
        "commitments": [item.commitment for item in items if item.commitment is not None],
        "items": [item.action_item for item in items if item.action_item is not None],
    }


def titles(followed: list[Agreement], previous: Meeting | None) -> dict[str, str]:
    """Titles in both languages: content, made once and free to be changed."""
    if previous is not None:
        return {"title_es": previous.title_es, "title_en": previous.title_en}
    if not followed:
        return {}
    found = {}
    for language in ("es", "en"):
        named = [getattr(agreement, f"title_{language}") for agreement in followed]
        with override(language):
            found[f"title_{language}"] = (
                (_("Work meeting: %(titles)s") % {"titles": "; ".join(named)})[:300] if all(named) else ""
            )
    return found


@workspace_page
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Schedule (organizer) or propose (party): `?agreement=FOLIO`, `?after=FOLIO` of the meeting before, or `?edition=SLUG`."""
    user = request.user
    previous = meeting_for(request, request.GET["after"]) if request.GET.get("after") else None
    if previous is not None:
        followed = list(previous.agreements.visible_to(user).order_by("folio"))
        edition = previous.edition
    elif request.GET.get("agreement"):
        followed = [agreement_for(request, request.GET["agreement"])]
        edition = followed[0].edition
    else:
        editions = organized_editions(user)
        allowed(bool(editions))
        followed, edition = [], chosen_edition(request, editions)
    organizer = roles_of(user).organizes(edition.pk)
    offered = followable(edition, user)
    form = MeetingForm(
        sent(request),
        edition=edition,
        agreements=list({each.pk: each for each in [*followed, *offered]}.values()),
        start=start_from(edition, followed, previous),
        with_people=organizer,
    )
    form.submit_label = _("Schedule the meeting") if organizer else _("Propose the meeting")
    if form.wants_more:
        form.show_more()
    elif form.is_valid() and attempt(
        form,
        doors.schedule if organizer and not form.slots else doors.propose_meeting,
        edition=edition,
        actor=user,
        values=form.meeting_values(),
        agreements=form.cleaned_data["agreements"],
        invited=invited_rows(form),
        agenda=agenda_rows(form),
        **({"slots": form.slots} if form.slots else {}),
    ):
        sentence = {
            "scheduled": _("Meeting %(folio)s is scheduled."),
            "proposed": _("Meeting %(folio)s is proposed with several times: choose one once the invited have answered."),
        }[form.result.status]
        if not organizer:
            sentence = _("Meeting %(folio)s is proposed; an organizer confirms it.")
        return done(request, sentence % {"folio": form.result.folio}, "workspace:meeting", form.result.folio)
    return show_form(
        request,
        "agreements/workspace/meeting_form.html",
        form,
        section="meetings",
        title=form.submit_label,
        names_of=edition if organizer else None,
        edition=edition,
        organizer=organizer,
        followed=followed,
    )


def show_meeting(
    request: HttpRequest,
    found: Meeting,
    failed: StepForm | None = None,
    *,
    answering: AnswerForm | None = None,
    taking_back: TakeBackForm | None = None,
    refused: str = "",
) -> HttpResponse:
    """The record page of a meeting. `failed`: a step that was refused; `answering`, `taking_back`: a form; `refused`: a sentence."""
    user = request.user
    organizer = is_organizer_of(found, user)
    attendance = attendance_of(found)
    invited = organizer or any(stands_for(row, user) for row in attendance)
    if organizer and any(row.participation_id for row in attendance):
        record_read(found, "see_participants", user)
    minutes = list(found.minutes.visible_to(user).order_by("-number"))
    items = list(
        ActionItem.objects.visible_to(user)
        .in_force()
        .filter(meeting=found)
        .select_related("organization", "agency", "commitment__agreement", "meeting", "minutes")
        .order_by("number")
    )
    commitments = commitments_for_items(found, user) if items else []
    slots = slot_rows(found, attendance) if invited else []
    return render(
        request,
        "agreements/workspace/meeting.html",
        {
            "title": f"{found.folio} · {found.title}",
            "meeting": found,
            "clocks": clocks(found.starts_at, found.ends_at, found.time_zone),
            "agreements": found.agreements.visible_to(user).order_by("folio"),
            "agenda": AgendaItem.objects.visible_to(user)
            .filter(meeting=found)
            .select_related("commitment__agreement", "action_item")
            .order_by("number"),
            "attendance": attendance if invited else [],
            "names": organizer,
            "minutes": minutes,
            "items": [(item, form_of(item, commitments) if organizer or stands_for(item, user) else None) for item in items],
            "organizer": organizer,
            "invited": invited,
            "slots": slots,
            "refused": refused,
            **answer_forms(found, attendance, user, answering),
            "back_form": back_form_of(found, attendance, user, taking_back),
            "may_write": organizer and doors.MEETING.refusal(found, "draft_minutes", user) is None,
            "steps": step_buttons(
                doors.MEETING,
                found,
                user,
                url=lambda action: reverse("workspace:meeting_step", args=[found.folio, action]),
                pages={action: reverse(name, args=[found.folio]) for action, name in PAGES.items()},
                leave_out=("draft_minutes", "answer", "uninvite", "tick", *(["confirm"] if slots else [])),
                failed=failed,
            ),
            "timeline": timeline(found, workflows=doors.WORKFLOWS),
        },
        status=REFUSED if refused or any(each is not None for each in (failed, answering, taking_back)) else 200,
    )


def answer_forms(found: Meeting, attendance: list[Attendance], user: Any, failed: AnswerForm | None) -> dict[str, Any]:
    """The form for the own answer and, for organizers, the one for somebody who told them; none once answers are not taken."""
    if doors.MEETING.refusal(found, "answer", user) is not None or not attendance:
        return {}
    mine = own_rows(found, user)
    kept = {"answer": AnswerForm(None, meeting=found, rows=mine) if mine else None}
    kept["behalf"] = (
        AnswerForm(None, meeting=found, rows=attendance, on_behalf=True, prefix="behalf")
        if is_organizer_of(found, user)
        else None
    )
    if failed is not None:
        kept["behalf" if "guest" in failed.fields else "answer"] = failed
    for form in filter(None, kept.values()):
        form.action = reverse("workspace:meeting_answer", args=[found.folio])
    return {f"{name}_form": form for name, form in kept.items()}


def back_form_of(found: Meeting, rows: list[Attendance], user: Any, failed: TakeBackForm | None) -> TakeBackForm | None:
    """The form that takes an invitation back; None where nobody can be uninvited."""
    if not rows or doors.MEETING.refusal(found, "uninvite", user) is not None:
        return None
    form = failed or TakeBackForm(None, rows=rows, prefix="back")
    form.action = reverse("workspace:meeting_uninvite", args=[found.folio])
    return form


def attendance_of(found: Meeting) -> list[Attendance]:
    rows = found.attendance.select_related(
        "organization", "agency", "participation__person", "participation__organization", "participation__agency"
    )
    return list(rows.order_by("id"))


@workspace_page(methods=("GET", "HEAD"))
def meeting(request: HttpRequest, folio: str) -> HttpResponse:
    return show_meeting(request, meeting_for(request, folio))


@workspace_page(methods=("POST",))
def meeting_step(request: HttpRequest, folio: str, action: str) -> HttpResponse:
    """Confirm and cancel."""
    found = meeting_for(request, folio)
    actor = request.user
    steps = {
        "confirm": lambda given: doors.confirm_meeting(meeting=found, actor=actor),
        "cancel": lambda given: doors.cancel_meeting(meeting=found, actor=actor, reason=given["reason"]),
    }
    refuse_step(doors.MEETING, found, action, actor)
    failed = take_step(request, doors.MEETING, found, action, steps)
    if failed is not None:
        return show_meeting(request, meeting_for(request, folio), failed)
    return redirect("workspace:meeting", found.folio)


def turned_back(request: HttpRequest, found: Meeting, action: str) -> HttpResponse | None:
    """Back to the record with the sentence when a step is not possible now; 403 when it is not this person's."""
    sentence = refuse_step(doors.MEETING, found, action, request.user)
    if not sentence:
        return None
    messages.error(request, sentence)
    return redirect("workspace:meeting", found.folio)


@workspace_page
def meeting_move(request: HttpRequest, folio: str) -> HttpResponse:
    found = meeting_for(request, folio)
    back = turned_back(request, found, "move")
    if back is not None:
        return back
    form = MoveForm(sent(request), record=found)
    if form.wants_clocks:
        form.work_out_clocks()
    elif form.is_valid() and attempt(
        form,
        doors.move_meeting,
        meeting=found,
        actor=request.user,
        **form.values("place", "link", "reason"),
        starts_at=form.cleaned_data["starts_at"],
        ends_at=form.cleaned_data["ends_at"],
    ):
        return done(request, _("Meeting %(folio)s is moved.") % {"folio": found.folio}, "workspace:meeting", found.folio)
    return show_form(
        request, "agreements/workspace/meeting_move.html", form, section="meetings", meeting=found, title=_("Move the meeting")
    )


@workspace_page
def meeting_hold(request: HttpRequest, folio: str) -> HttpResponse:
    """Record that the meeting was held, with who came; correct it until the minutes are approved."""
    found = meeting_for(request, folio)
    held = found.status == Meeting.Status.HELD
    back = turned_back(request, found, "correct_attendance" if held else "hold")
    if back is not None:
        return back
    title = _("Correct the attendance") if held else _("Record that it was held")
    form = HoldForm(sent(request), rows=attendance_of(found), account=request.user.key, record=found)
    if form.is_valid() and attempt(
        form,
        doors.correct_attendance if held else doors.hold,
        meeting=found,
        actor=request.user,
        presences=form.presences(),
    ):
        return done(request, _("The attendance is recorded."), "workspace:meeting", found.folio)
    return show_form(
        request,
        "agreements/workspace/meeting_hold.html",
        form,
        names_of=found,
        section="meetings",
        meeting=found,
        held=held,
        title=title,
    )


# --- action items -----------------------------------------------------------------------------------------------------


def commitments_for_items(found: Meeting, user: Any) -> list[Any]:
    """The commitments that an action item of this meeting may have become."""
    rows = Commitment.objects.visible_to(user).filter(agreement__in=found.agreements.all())
    return list(rows.order_by("folio")[:MOST_AGREEMENTS])


def form_of(item: ActionItem, commitments: list[Any], data: Any = None) -> ActionItemForm:
    form = ActionItemForm(data, record=item, commitments=commitments, prefix=f"item-{item.number}")
    form.action = reverse("workspace:meeting_action_item", args=[item.folio])
    return form


@workspace_page
def meeting_action_item(request: HttpRequest, folio: str) -> HttpResponse:
    """An action item is done, or became a commitment: its owner's people and the organizers say so."""
    rows = ActionItem.objects.select_related("meeting__edition", "organization", "agency", "commitment")
    item = get_for(
        request.user, rows, folio, allow=lambda record, user: is_organizer_of(record, user) or stands_for(record, user)
    )
    commitments = commitments_for_items(item.meeting, request.user)
    form = form_of(item, commitments, sent(request))
    if form.is_valid() and attempt(
        form, doors.set_action_item, item=item, actor=request.user, **form.values("done_on", "commitment")
    ):
        return done(
            request, _("Action item %(folio)s is saved.") % {"folio": item.folio}, "workspace:meeting", item.meeting.folio
        )
    return show_form(
        request,
        "agreements/workspace/action_item.html",
        form,
        section="meetings",
        meeting=item.meeting,
        item=item,
        title=_("Say what became of it"),
    )
