"""Work meetings, their agenda and attendance; minutes with their action items."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agreements import workflow
from agreements.models import ActionItem, AgendaItem, Attendance, Meeting, MinutesVersion, Remark
from agreements.workflow.meeting import FIELDS
from core.admin import ReadOnlyInline
from core.admin_steps import StepDoor, StepForm
from forum.admin.base import EditionFilter, EditionRecordAdmin, ReadOnlyEditionAdmin, edition_filter


class AgendaInline(ReadOnlyInline):
    model = AgendaItem
    fields = ("number", "text_es", "commitment", "action_item")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("commitment", "action_item")


class AttendanceInline(ReadOnlyInline):
    model = Attendance
    fields = ("organization", "agency", "participation", "answer", "presence")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("organization", "agency", "participation")


class MinutesInline(ReadOnlyInline):
    model = MinutesVersion
    fields = ("folio", "status", "remarks_until", "approved_at")
    show_change_link = True


class MoveForm(StepForm):
    starts_at = forms.SplitDateTimeField(label=_("starts"), widget=AdminSplitDateTime)
    ends_at = forms.SplitDateTimeField(label=_("ends"), widget=AdminSplitDateTime)

    def prepare(self, record: Any, user: Any) -> None:
        self.fields["starts_at"].initial, self.fields["ends_at"].initial = record.starts_at, record.ends_at


@admin.register(Meeting)
class MeetingAdmin(EditionRecordAdmin):
    """Once entered, a meeting changes by its steps."""

    flow = workflow.MEETING
    workspace_page = "workspace:meeting"
    list_display = ("folio", "title_es", "status", "starts_at", "place", "edition")
    list_filter = (EditionFilter, "status", "source")
    list_select_related = ("edition",)
    ordering = ("-starts_at", "folio")
    readonly_fields = ("status",)
    autocomplete_fields = ("agreements", "convening_organization", "convening_agency")
    inlines = (AgendaInline, AttendanceInline, MinutesInline)
    fieldsets = (
        (None, {"fields": ("edition", "folio", "status", "title_es", "title_en", "agreements", "source")}),
        (_("When and where"), {"fields": ("starts_at", "ends_at", "time_zone", "place", "link")}),
        (_("Convened by"), {"fields": ("convening_organization", "convening_agency")}),
    )

    def may_change(self, record: Any, user: Any) -> bool:
        return False

    def create_record(self, request: HttpRequest, values: dict[str, Any], links: dict[str, Any]) -> Any:
        edition = values.pop("edition")
        given = {name: value for name, value in values.items() if name in {*FIELDS, "folio"}}
        return workflow.schedule(edition=edition, actor=request.user, values=given, agreements=links.get("agreements", ()))

    def step_doors(self) -> dict[str, StepDoor]:
        return {
            "confirm": StepDoor(workflow.confirm_meeting, "meeting"),
            "move": StepDoor(workflow.move_meeting, "meeting", MoveForm),
            "cancel": StepDoor(workflow.cancel_meeting, "meeting"),
        }


class ActionItemInline(ReadOnlyInline):
    model = ActionItem
    fk_name = "minutes"
    fields = ("folio", "what_es", "organization", "agency", "due_on", "done_on")


class RemarkInline(ReadOnlyInline):
    model = Remark
    fields = ("acting_label", "text", "at")


class CirculateForm(StepForm):
    remarks_until = forms.DateField(label=_("remarks until"), widget=AdminDateWidget)


@admin.register(MinutesVersion)
class MinutesVersionAdmin(EditionRecordAdmin):
    """Written with their action items in the workspace; the text may be set right here until it is approved."""

    edition_path = "meeting__edition"
    flow = workflow.MINUTES
    list_display = ("folio", "meeting", "status", "remarks_until", "approved_at")
    list_filter = (edition_filter("meeting__edition"), "status")
    list_select_related = ("meeting",)
    search_fields = ("folio",)
    ordering = ("folio",)
    readonly_fields = ("folio", "meeting", "number", "status", "cause", "remarks_until", "approved_at", "sha256")
    inlines = (ActionItemInline, RemarkInline)
    fieldsets = (
        (None, {"fields": readonly_fields}),
        (_("Text"), {"fields": ("text_es", "text_en", "decisions_es", "decisions_en")}),
    )
    edit_door = staticmethod(workflow.edit_minutes)
    door_name = "minutes"

    def may_add(self, user: Any) -> bool:
        return False

    def may_change(self, record: Any, user: Any) -> bool:
        return workflow.MINUTES.refusal(record, "edit", user) is None

    def step_doors(self) -> dict[str, StepDoor]:
        return {
            "circulate": StepDoor(workflow.circulate, "minutes", CirculateForm),
            "approve": StepDoor(workflow.approve, "minutes"),
        }


@admin.register(ActionItem)
class ActionItemAdmin(ReadOnlyEditionAdmin):
    edition_path = "meeting__edition"
    list_display = ("folio", "what_es", "organization", "agency", "due_on", "done_on")
    list_filter = (edition_filter("meeting__edition"),)
    list_select_related = ("organization", "agency")
    search_fields = ("folio", "what_es")
    ordering = ("folio",)
    fields = (
        "folio",
        "meeting",
        "minutes",
        "number",
        "what_es",
        "what_en",
        "organization",
        "agency",
        "due_on",
        "done_on",
        "commitment",
    )
