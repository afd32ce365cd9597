"""The minutes of a meeting: written from agenda and attendance, circulated for remarks, approved and locked."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import date as date_words
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from agreements import workflow as doors
from agreements.models import AgendaItem, Attendance, Meeting, MinutesVersion
from agreements.permissions import is_organizer_of
from agreements.workflow.texts import attendance_by_body
from agreements.workspace.access import meeting_for, refuse_step
from agreements.workspace.fields import Options, bodies_of_edition, options
from agreements.workspace.minutes_forms import CirculateForm, MinutesForm, RemarkForm
from agreements.workspace.zones import place_of
from core.timeline import function_words, timeline
from core.workspace import REFUSED, StepForm, attempt, done, sent, show_form, step_buttons, take_step, workspace_page


def start_of(found: Meeting) -> dict[str, Any]:
    """What the minutes start with, in both languages: attendance by body, the agenda with room for what was said, what is
    still open of earlier meetings, and the next meeting where there is one.

    Names of people stay out: the text becomes public.
    """
    rows = found.attendance.select_related("organization", "agency").order_by("id")
    agenda = list(
        AgendaItem.objects.filter(meeting=found)
        .select_related("action_item__organization", "action_item__agency", "action_item__commitment__agreement")
        .order_by("number")
    )
    following = next_of(found)
    complete = all(item.text_en for item in agenda)
    values = {}
    for language in ("es", "en") if complete else ("es",):
        with override(language):
            lines = [_("Attendance")]
            lines += [f"- {attendance_words(row)}" for row in rows]
            texts = [getattr(item, f"text_{language}") or item.text_es for item in agenda]
            lines += ["", _("Agenda")]
            lines += [f"{number}. {text}\n   – " for number, text in enumerate(texts, 1)]
            if following is not None:
                lines += ["", _("Next meeting: %(when)s (%(folio)s)") % {"when": when_words(following), "folio": following.folio}]
            values[f"text_{language}"] = "\n".join(lines)[:20_000]
            values[f"decisions_{language}"] = "\n".join(open_words(item.action_item) for item in agenda if still_open(item))[
                :20_000
            ]
    return {"values": {**values, "next_meeting": following}}


def next_of(found: Meeting) -> Meeting | None:
    """The meeting that goes on from this one: the one that was named, else the first later one on the same agreements."""
    if found.next_meeting is not None:
        return found.next_meeting
    later = Meeting.objects.filter(agreements__in=found.agreements.all(), previous_meeting=None, starts_at__gt=found.starts_at)
    first: Meeting | None = later.filter(status__in=["proposed", "scheduled"]).order_by("starts_at", "folio").first()
    return first


def when_words(meeting: Meeting) -> str:
    here = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone))
    return f"{date_words(here, 'DATE_FORMAT')}, {here:%H:%M} ({place_of(meeting.time_zone)})"


def still_open(item: AgendaItem) -> bool:
    return item.action_item is not None and item.action_item.is_to_do


def open_words(item: Any) -> str:
    """What stands of an earlier action item if nobody says otherwise."""
    words = {"folio": item.folio, "what": item.what, "owner": item.owner.short if item.owner is not None else "–"}
    if item.due_on is None:
        return "- " + _("%(folio)s stays open: %(what)s (%(owner)s).") % words
    return "- " + _("%(folio)s stays open: %(what)s (%(owner)s, until %(due)s).") % {
        **words,
        "due": date_words(item.due_on, "DATE_FORMAT"),
    }


def attendance_words(row: Attendance) -> str:
    return f"{row.body}: {row.get_presence_display()}"


def later_meetings(found: Meeting) -> Options:
    """The meetings that may go on from this one: later ones of the edition that follow no other."""
    rows = Meeting.objects.filter(
        edition=found.edition, starts_at__gt=found.starts_at, status__in=["proposed", "scheduled"], previous_meeting=None
    )
    return options(rows.order_by("starts_at")[:50])


def current(found: Meeting, user: Any) -> MinutesVersion | None:
    """The newest version that this person may read."""
    version: MinutesVersion | None = found.minutes.visible_to(user).order_by("-number").first()
    return version


def named(found: Meeting, version: MinutesVersion) -> list[dict[str, Any]]:
    """The attendance by body with the names of the bodies; of approved minutes as it was approved."""
    rows = version.attendance if version.status == MinutesVersion.Status.APPROVED else attendance_by_body(found)
    bodies = {
        ("organizations" if row.organization_id else "government", row.body.key): str(row.body)
        for row in found.attendance.select_related("organization", "agency")
    }
    return [{**row, "name": bodies.get((row["side"], row["body"]), row["body"])} for row in rows]


def remarks_of(version: MinutesVersion) -> list[dict[str, Any]]:
    """The remarks, with the function in which each was made: no names."""
    return [{"text": row.text, "at": row.at, "words": function_words(row.acting_label)} for row in version.remarks.order_by("id")]


@workspace_page(methods=("GET", "HEAD"))
def minutes(request: HttpRequest, folio: str) -> HttpResponse:
    """The newest minutes of a meeting (its folio is in the address); organizers without any go on to write them."""
    found = meeting_for(request, folio)
    version = current(found, request.user)
    if version is None:
        if is_organizer_of(found, request.user):
            return redirect("workspace:minutes_write", found.folio)
        raise Http404(_("There are no minutes to read yet."))
    return show_minutes(request, found, version)


def show_minutes(
    request: HttpRequest, found: Meeting, version: MinutesVersion, *, failed: StepForm | None = None, form: Any = None
) -> HttpResponse:
    """The page of the minutes. `form`: the form of circulation or of a remark that came back with errors."""
    user = request.user
    may = {action: doors.MINUTES.refusal(version, action, user) is None for action in ("edit", "circulate", "remark")}
    circulating = form if isinstance(form, CirculateForm) else CirculateForm()
    circulating.action = reverse("workspace:minutes_circulate", args=[found.folio])
    remarking = form if isinstance(form, RemarkForm) else RemarkForm()
    remarking.action = reverse("workspace:minutes_remark", args=[found.folio])
    return render(
        request,
        "agreements/workspace/minutes.html",
        {
            "title": version.folio,
            "meeting": found,
            "minutes": version,
            "versions": found.minutes.visible_to(user).order_by("-number"),
            "attendance": named(found, version),
            "items": version.action_items.select_related("organization", "agency", "commitment").order_by("number"),
            "remarks": remarks_of(version),
            "may": may,
            "circulate_form": circulating if may["circulate"] else None,
            "remark_form": remarking if may["remark"] else None,
            "may_renew": version.status == version.Status.APPROVED
            and doors.MEETING.refusal(found, "draft_minutes", user) is None,
            "steps": step_buttons(
                doors.MINUTES,
                version,
                user,
                url=lambda action: reverse("workspace:minutes_step", args=[found.folio, action]),
                leave_out=("edit", "circulate", "remark"),
                failed=failed,
            ),
            "timeline": timeline(version, workflows=doors.WORKFLOWS),
        },
        status=REFUSED if failed is not None or form is not None else 200,
    )


@workspace_page
def minutes_write(request: HttpRequest, folio: str) -> HttpResponse:
    """Write the minutes of a held meeting, or change those that are not approved yet."""
    found = meeting_for(request, folio, is_organizer_of)
    version = current(found, request.user)
    pending = version if version is not None and version.status != MinutesVersion.Status.APPROVED else None
    sentence = (
        refuse_step(doors.MINUTES, pending, "edit", request.user)
        if pending is not None
        else refuse_step(doors.MEETING, found, "draft_minutes", request.user)
    )
    if sentence:
        messages.error(request, sentence)
        return redirect("workspace:meeting", found.folio)
    corrects = version if pending is None else None
    form = MinutesForm(
        sent(request),
        record=pending,
        corrects=corrects,
        bodies=bodies_of_edition(found.edition, *(row.body for row in found.attendance.select_related("organization", "agency"))),
        meetings=later_meetings(found),
        start={} if version is not None else start_of(found),
    )
    if form.wants_more:
        form.show_more()
    elif form.is_valid() and save_minutes(form, found, pending, request.user):
        return done(request, _("The minutes are saved."), "workspace:minutes", found.folio)
    title = _("Edit the minutes") if pending is not None else _("Correct the minutes") if corrects else _("Write the minutes")
    return show_form(
        request, "agreements/workspace/minutes_form.html", form, section="meetings", meeting=found, minutes=pending, title=title
    )


def save_minutes(form: MinutesForm, found: Meeting, pending: MinutesVersion | None, actor: Any) -> bool:
    if pending is not None:
        return attempt(
            form,
            doors.edit_minutes,
            minutes=pending,
            actor=actor,
            values=form.text_values(),
            action_items=form.action_items(),
            revision=form.revision,
        )
    return attempt(
        form,
        doors.draft_minutes,
        meeting=found,
        actor=actor,
        values=form.text_values(),
        action_items=form.action_items(),
        **form.values("next_meeting"),
        **(form.values("cause") if "cause" in form.fields else {}),
    )


def readable(request: HttpRequest, folio: str) -> tuple[Meeting, MinutesVersion]:
    """A meeting and its newest minutes, or 404."""
    found = meeting_for(request, folio)
    version = current(found, request.user)
    if version is None:
        raise Http404(_("There are no minutes to read yet."))
    return found, version


@workspace_page(methods=("POST",))
def minutes_step(request: HttpRequest, folio: str, action: str) -> HttpResponse:
    """Approve."""
    found, version = readable(request, folio)
    steps = {"approve": lambda given: doors.approve(minutes=version, actor=request.user)}
    refuse_step(doors.MINUTES, version, action, request.user)
    failed = take_step(request, doors.MINUTES, version, action, steps, success=_("The minutes are approved and locked."))
    if failed is not None:
        version.refresh_from_db()
        return show_minutes(request, found, version, failed=failed)
    return redirect("workspace:minutes", found.folio)


@workspace_page(methods=("POST",))
def minutes_circulate(request: HttpRequest, folio: str) -> HttpResponse:
    found, version = readable(request, folio)
    refuse_step(doors.MINUTES, version, "circulate", request.user)
    form = CirculateForm(request.POST)
    if form.is_valid() and attempt(form, doors.circulate, minutes=version, actor=request.user, **form.values()):
        return done(request, _("The minutes are circulated to all who were invited."), "workspace:minutes", found.folio)
    return show_minutes(request, found, version, form=form)


@workspace_page(methods=("POST",))
def minutes_remark(request: HttpRequest, folio: str) -> HttpResponse:
    found, version = readable(request, folio)
    refuse_step(doors.MINUTES, version, "remark", request.user)
    form = RemarkForm(request.POST)
    if form.is_valid() and attempt(form, doors.add_remark, minutes=version, actor=request.user, **form.values()):
        return done(request, _("Your remark stands below the minutes."), "workspace:minutes", found.folio)
    return show_minutes(request, found, version, form=form)
