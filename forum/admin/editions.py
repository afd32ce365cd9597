"""Editions, their working tables and sessions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import DoorInline
from core.admin_steps import StepDoor
from core.workflow import Words
from forum import workflow
from forum.admin.base import EditionFilter, EditionRecordAdmin
from forum.models import Edition, EditionAgency, EditionOrganization, Session, WorkingTable
from forum.roles import roles_of


class OrganizationInline(DoorInline):
    model = EditionOrganization
    fields = ("organization", "part")
    autocomplete_fields = ("organization",)

    def add_row(self, request: HttpRequest, record: Any, values: dict[str, Any]) -> None:
        workflow.join_edition(edition=record, body=values["organization"], part=values["part"], actor=request.user)

    def remove_row(self, request: HttpRequest, row: Any) -> None:
        workflow.leave_edition(edition=row.edition, body=row.organization, actor=request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("edition", "organization")


class AgencyInline(DoorInline):
    model = EditionAgency
    fields = ("agency",)
    autocomplete_fields = ("agency",)

    def add_row(self, request: HttpRequest, record: Any, values: dict[str, Any]) -> None:
        workflow.join_edition(edition=record, body=values["agency"], actor=request.user)

    def remove_row(self, request: HttpRequest, row: Any) -> None:
        workflow.leave_edition(edition=row.edition, body=row.agency, actor=request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("edition", "agency")


@admin.register(Edition)
class EditionAdmin(EditionRecordAdmin):
    edition_path = "pk"
    flow = workflow.EDITION
    workspace_page = "workspace:edition"
    list_display = ("slug", "name_es", "stage", "starts_on", "city")
    list_filter = ("stage",)
    ordering = ("-starts_on", "slug")
    readonly_fields = ("stage",)
    only_on_creation = ("slug", "folio_prefix")
    inlines = (OrganizationInline, AgencyInline)
    fieldsets = (
        (None, {"fields": ("slug", "series", "folio_prefix", "name_es", "name_en", "stage", "source")}),
        (_("Objective"), {"fields": ("objective_es", "objective_en", "convener", "supporters")}),
        (_("When and where"), {"fields": ("starts_on", "ends_on", "date_precision", "date_note", "city", "venue", "time_zone")}),
        (
            _("Terms and publication"),
            {
                "fields": (
                    *("intake_closes_on", "review_closes_on", "review_term_days"),
                    *("opinion_publication", "own_opinion_first", "report_cut_off", "holds_mail"),
                )
            },
        ),
    )
    create_door = staticmethod(workflow.create_edition)
    edit_door = staticmethod(workflow.edit_edition)

    def step_doors(self) -> dict[str, StepDoor]:
        return {action: StepDoor(workflow.set_stage, "edition") for action in workflow.EDITION.by_action}

    def take(self, request: HttpRequest, record: Any, action: str, values: dict[str, Any]) -> Words:
        transition = workflow.EDITION.by_action[action]
        workflow.set_stage(edition=record, stage=str(transition.target), actor=request.user, **values)
        return transition.label

    def scope(self, queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
        # An account's roles are read once a request; whoever has just created an edition organizes it.
        return queryset if roles_of(user).administrator else queryset.filter(pk__in=roles_of(user).editions)


@admin.register(WorkingTable)
class WorkingTableAdmin(EditionRecordAdmin):
    list_display = ("key", "number", "name_es", "edition")
    list_filter = (EditionFilter,)
    list_select_related = ("edition",)
    ordering = ("edition", "number")
    only_on_creation = ("edition",)
    autocomplete_fields = ("moderator", "rapporteur")
    fieldsets = ((None, {"fields": ("edition", "number", "name_es", "name_en", "moderator", "rapporteur", "source")}),)
    create_door = staticmethod(workflow.create_table)
    edit_door = staticmethod(workflow.edit_table)
    door_name = "table"


@admin.register(Session)
class SessionAdmin(EditionRecordAdmin):
    list_display = ("key", "title_es", "kind", "starts_at", "edition")
    list_filter = (EditionFilter, "kind")
    list_select_related = ("edition",)
    ordering = ("starts_at", "key")
    search_fields = ("key", "title_es", "title_en")
    only_on_creation = ("edition", "key")
    autocomplete_fields = ("table",)
    fieldsets = (
        (None, {"fields": ("edition", "key", "table", "kind", "title_es", "title_en", "source")}),
        (_("When and where"), {"fields": ("starts_at", "ends_at", "room")}),
        (_("Minutes"), {"fields": ("minutes_es", "minutes_en")}),
    )
    create_door = staticmethod(workflow.create_session)
    edit_door = staticmethod(workflow.edit_session)
