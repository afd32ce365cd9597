"""Commitments; their reports, evidence and validations to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agreements import workflow
from agreements.models import Cancellation, Commitment, Evidence, Extension, Party, ProgressReport, Validation
from core.admin import ReadOnlyInline
from forum.admin.base import EditionRecordAdmin, ReadOnlyEditionAdmin, edition_filter


class OfParties(ReadOnlyInline):
    """Rows that name parties: their names come with the rows."""

    parties: tuple[str, ...] = ("party",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        names = [f"{party}__{body}" for party in self.parties for body in ("organization", "agency")]
        return super().get_queryset(request).select_related(*names)


class ReportInline(OfParties):
    model = ProgressReport
    fields = ("folio", "party", "cut_off", "status", "percent", "reported_at")
    show_change_link = True


class ExtensionInline(OfParties):
    model = Extension
    fields = (
        *("asked_by", "asked_at", "from_on", "to_on", "reason"),
        *("accepted_by", "accepted_at", "declined_by", "declined_at", "decline_reason"),
    )
    parties = ("asked_by", "accepted_by", "declined_by")


class CancellationInline(OfParties):
    model = Cancellation
    fields = ("party", "side", "reason", "at")


@admin.register(Party)
class PartyAdmin(ReadOnlyEditionAdmin):
    """Not in the menu: parties are entered with their agreement, and chosen in its commitments."""

    edition_path = "agreement__edition"
    list_display = ("agreement", "organization", "agency", "role")
    list_select_related = ("agreement", "organization", "agency")
    search_fields = ("agreement__folio", "organization__folded", "agency__folded")
    ordering = ("agreement", "id")
    fields = ("agreement", "organization", "agency", "role", "representative")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("agreement", "organization", "agency")

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {}


@admin.register(Commitment)
class CommitmentAdmin(EditionRecordAdmin):
    edition_path = "agreement__edition"
    flow = workflow.COMMITMENT
    workspace_page = "workspace:commitment"
    list_display = ("folio", "text_es", "lead", "due_on", "reported_status", "reported_percent", "disputed")
    list_filter = (edition_filter("agreement__edition"), "reported_status", "disputed", "source")
    list_select_related = ("agreement", "lead__organization", "lead__agency")
    ordering = ("folio",)
    readonly_fields = (
        "folio",
        "number",
        "original_due_on",
        "reported_status",
        "reported_percent",
        "reported_cut_off",
        "disputed",
    )
    only_on_creation = ("agreement", "source")
    autocomplete_fields = ("agreement", "co_responsible", "proposals", "states", "lead")
    inlines = (ReportInline, ExtensionInline, CancellationInline)
    fieldsets = (
        (None, {"fields": ("agreement", "folio", "number", "source")}),
        (_("What is owed"), {"fields": ("text_es", "text_en", "deliverable", "means_of_verification", "topic")}),
        (_("Who"), {"fields": ("lead", "co_responsible", "proposals", "states")}),
        (_("When"), {"fields": ("starts_on", "original_due_on", "due_on")}),
        (_("As reported"), {"fields": ("reported_status", "reported_percent", "reported_cut_off", "disputed")}),
    )
    edit_door = staticmethod(workflow.edit_commitment)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Once the text is fixed by opening it for signature, reports and extensions are all that changes."""
        names = list(super().get_readonly_fields(request, obj))
        if obj is not None and workflow.COMMITMENT.refusal(obj, "edit", request.user) is not None:
            names += [name for _title, options in self.fieldsets for name in options["fields"] if name not in names]
        return names

    def create_record(self, request: HttpRequest, values: dict[str, Any], links: dict[str, Any]) -> Any:
        agreement = values.pop("agreement")
        lead = values.pop("lead", None)
        return workflow.add_commitment(agreement=agreement, actor=request.user, values=values, lead=lead, **links)


class EvidenceInline(ReadOnlyInline):
    model = Evidence
    fields = ("key", "title", "dated_on", "url", "file_name", "is_public")
    fk_name = "report"


class ValidationInline(OfParties):
    model = Validation
    fields = ("folio", "party", "outcome", "comment_es", "validated_at")


@admin.register(ProgressReport)
class ProgressReportAdmin(ReadOnlyEditionAdmin):
    edition_path = "commitment__agreement__edition"
    list_display = ("folio", "party", "cut_off", "status", "percent", "reported_at")
    list_filter = (edition_filter("commitment__agreement__edition"), "status", "source")
    list_select_related = ("party__organization", "party__agency")
    search_fields = ("folio",)
    ordering = ("folio",)
    inlines = (EvidenceInline, ValidationInline)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = {"id", "created_at", "updated_at", "revision", "reported_by"}
        return [(None, {"fields": [field.name for field in self.opts.concrete_fields if field.name not in hidden]})]


@admin.register(Validation)
class ValidationAdmin(ReadOnlyEditionAdmin):
    edition_path = "report__commitment__agreement__edition"
    list_display = ("folio", "party", "outcome", "validated_at")
    list_filter = (edition_filter("report__commitment__agreement__edition"), "outcome")
    list_select_related = ("party__organization", "party__agency")
    search_fields = ("folio",)
    ordering = ("folio",)
    fields = ("folio", "report", "party", "outcome", "comment_es", "comment_en", "validated_at", "source")


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyEditionAdmin):
    edition_path = "report__commitment__agreement__edition"
    list_display = ("key", "title", "report", "dated_on", "is_public")
    list_filter = (edition_filter("report__commitment__agreement__edition"), "is_public")
    list_select_related = ("report",)
    search_fields = ("key", "title")
    ordering = ("report", "id")
    fields = (
        "key",
        "report",
        "validation",
        "title",
        "dated_on",
        "url",
        "file_name",
        "content_type",
        "size",
        "sha256",
        "is_public",
    )
