"""Organizations, agencies and areas."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import DoorInline, ReadOnlyMixin
from forum import workflow
from forum.admin.base import SharedAdmin
from forum.models import Agency, AgencyName, AgencySuccession, Area, MirrorLink, Organization, OrganizationName


@admin.register(Area)
class AreaAdmin(ReadOnlyMixin, SharedAdmin):
    list_display = ("code", "name_es", "name_en", "kind")
    list_filter = ("kind",)
    ordering = ("sort", "code")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ["code", "inegi", "kind", "country", "name_es", "name_en", "official_name", "abbreviation"]
        return [(None, {"fields": [*names, "name_2011", "code_2011"]})]


class OrganizationNameInline(DoorInline):
    model = OrganizationName
    fields = ("name", "acronym", "valid_from", "valid_until", "date_precision")

    def add_row(self, request: HttpRequest, record: Any, values: dict[str, Any]) -> None:
        workflow.add_organization_name(organization=record, actor=request.user, values=values)

    def remove_row(self, request: HttpRequest, row: Any) -> None:
        workflow.remove_organization_name(name=row, actor=request.user)


class MirrorInline(DoorInline):
    model = MirrorLink
    fk_name = "organization"
    fields = ("mirror", "since", "until", "date_precision")
    autocomplete_fields = ("mirror",)

    def add_row(self, request: HttpRequest, record: Any, values: dict[str, Any]) -> None:
        mirror = values.pop("mirror")
        workflow.link_mirror(organization=record, mirror=mirror, actor=request.user, values=values)

    def remove_row(self, request: HttpRequest, row: Any) -> None:
        workflow.unlink_mirror(link=row, actor=request.user)


@admin.register(Organization)
class OrganizationAdmin(SharedAdmin):
    list_display = ("key", "name", "acronym", "kind", "state_of_origin", "source")
    list_filter = ("kind", "source")
    list_select_related = ("state_of_origin",)
    ordering = ("sort", "key")
    only_on_creation = ("key",)
    autocomplete_fields = ("state_of_origin", "country", "subdivision", "parent")
    inlines = (OrganizationNameInline, MirrorInline)
    fieldsets = (
        (None, {"fields": ("key", "name", "acronym", "kind", "parent", "website")}),
        (_("Places"), {"fields": ("state_of_origin", "country", "subdivision", "city")}),
        (_("Registrations"), {"fields": ("cluni", "toma_de_nota", "ein", "source")}),
    )
    create_door = staticmethod(workflow.create_organization)
    edit_door = staticmethod(workflow.edit_organization)


class AgencyNameInline(DoorInline):
    model = AgencyName
    fields = ("name_es", "name_en", "acronym", "valid_from", "valid_until", "date_precision")

    def add_row(self, request: HttpRequest, record: Any, values: dict[str, Any]) -> None:
        workflow.add_agency_name(agency=record, actor=request.user, values=values)

    def remove_row(self, request: HttpRequest, row: Any) -> None:
        workflow.remove_agency_name(name=row, actor=request.user)


class SuccessionInline(DoorInline):
    """What became of the agency; a succession that is on record stays."""

    model = AgencySuccession
    fk_name = "predecessor"
    fields = ("successor", "kind", "happened_on", "date_precision", "note_es", "note_en")
    autocomplete_fields = ("successor",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_row(self, request: HttpRequest, record: Any, values: dict[str, Any]) -> None:
        successor = values.pop("successor")
        workflow.add_succession(predecessor=record, successor=successor, actor=request.user, values=values)


@admin.register(Agency)
class AgencyAdmin(SharedAdmin):
    list_display = ("key", "name_es", "acronym", "level", "state", "never_answers")
    list_filter = ("level", "never_answers", "source")
    list_select_related = ("state",)
    ordering = ("sort", "key")
    only_on_creation = ("key",)
    autocomplete_fields = ("parent", "state")
    inlines = (AgencyNameInline, SuccessionInline)
    fieldsets = (
        (None, {"fields": ("key", "acronym", "name_es", "name_en", "level", "website", "source")}),
        (_("Place in the government"), {"fields": ("parent", "parent_acronym", "successor_acronym", "state")}),
        (_("Answers"), {"fields": ("default_term_days", "calendar", "never_answers")}),
    )
    create_door = staticmethod(workflow.create_agency)
    edit_door = staticmethod(workflow.edit_agency)
