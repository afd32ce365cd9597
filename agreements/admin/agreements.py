"""Agreements with their parties; versions, acceptances and signed papers to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agreements import workflow
from agreements.models import Acceptance, Agreement, AgreementVersion, Clause, Party, SignedPaper
from core.admin import DoorInline, ReadOnlyInline
from core.admin_steps import StepDoor
from forum.admin.base import EditionFilter, EditionRecordAdmin, ReadOnlyEditionAdmin, edition_filter


class PartyInline(DoorInline):
    """The parties of a draft; the door takes the whole list."""

    model = Party
    fields = ("organization", "agency", "role", "representative")
    autocomplete_fields = ("organization", "agency", "representative")

    def may_write(self, record: Any, user: Any) -> bool:
        return bool(record.status == Agreement.Status.DRAFT)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("organization", "agency", "representative")

    def rows(self, agreement: Agreement) -> list[dict[str, Any]]:
        parties = agreement.parties.select_related("organization", "agency", "representative")
        return [{name: getattr(party, name) for name in self.fields} for party in parties]

    def add_row(self, request: HttpRequest, record: Any, values: dict[str, Any]) -> None:
        workflow.edit_agreement(agreement=record, actor=request.user, parties=[*self.rows(record), values])

    def remove_row(self, request: HttpRequest, row: Any) -> None:
        stay = [
            each for each in self.rows(row.agreement) if (each["organization"], each["agency"]) != (row.organization, row.agency)
        ]
        workflow.edit_agreement(agreement=row.agreement, actor=request.user, parties=stay)


class VersionInline(ReadOnlyInline):
    model = AgreementVersion
    fields = ("folio", "status", "cause", "opened_at", "signed_at", "sha256")
    show_change_link = True


@admin.register(Agreement)
class AgreementAdmin(EditionRecordAdmin):
    """Clauses and amendments are written in the workspace, where they stand side by side with what they come from."""

    flow = workflow.AGREEMENT
    workspace_page = "workspace:agreement"
    list_display = ("folio", "title_es", "status", "version_number", "signed_at", "edition")
    list_filter = (EditionFilter, "status", "source")
    list_select_related = ("edition",)
    ordering = ("folio",)
    readonly_fields = ("status", "version_number", "published_at", "signed_at")
    only_on_creation = ("edition", "folio", "source")
    autocomplete_fields = ("proposals", "opinions")
    inlines = (PartyInline, VersionInline)
    fieldsets = (
        (None, {"fields": ("edition", "folio", "status", "version_number", "published_at", "signed_at", "source")}),
        (_("Text"), {"fields": ("title_es", "title_en", "background_es", "background_en", "topic")}),
        (_("When and where"), {"fields": ("place", "dated_on")}),
        (_("Origin"), {"fields": ("proposals", "opinions")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was opened for signature is fixed."""
        names = list(super().get_readonly_fields(request, obj))
        if obj is not None and obj.status != Agreement.Status.DRAFT:
            names += [name for _title, options in self.fieldsets for name in options["fields"] if name not in names]
        return names

    def create_record(self, request: HttpRequest, values: dict[str, Any], links: dict[str, Any]) -> Any:
        edition = values.pop("edition")
        return workflow.create_agreement(edition=edition, actor=request.user, values=values, **links)

    def edit_record(
        self, request: HttpRequest, record: Any, values: dict[str, Any], links: dict[str, Any], revision: int | None
    ) -> None:
        if values or links:
            workflow.edit_agreement(agreement=record, actor=request.user, values=values, revision=revision, **links)

    def step_doors(self) -> dict[str, StepDoor]:
        return {
            "open": StepDoor(workflow.open_for_signature, "agreement"),
            "open_amendment": StepDoor(workflow.open_for_signature, "agreement"),
            "conclude": StepDoor(workflow.conclude, "agreement"),
            "void": StepDoor(workflow.void, "agreement"),
        }


class ClauseInline(ReadOnlyInline):
    model = Clause
    fields = ("number", "text_es", "text_en")


class AcceptanceInline(ReadOnlyInline):
    model = Acceptance
    fields = ("party", "mode", "accepted_on", "post")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("party__organization", "party__agency")


@admin.register(AgreementVersion)
class AgreementVersionAdmin(ReadOnlyEditionAdmin):
    edition_path = "agreement__edition"
    list_display = ("folio", "status", "opened_at", "signed_at", "sha256")
    list_filter = (edition_filter("agreement__edition"), "status")
    search_fields = ("folio",)
    ordering = ("folio",)
    fields = ("folio", "agreement", "number", "status", "cause", "created_at", "opened_at", "signed_at", "sha256")
    inlines = (ClauseInline, AcceptanceInline)


@admin.register(Acceptance)
class AcceptanceAdmin(ReadOnlyEditionAdmin):
    """The scan is reserved: it is opened from the workspace, through the view that checks rights."""

    edition_path = "version__agreement__edition"
    list_display = ("version", "party", "mode", "accepted_on", "post")
    list_filter = (edition_filter("version__agreement__edition"), "mode")
    list_select_related = ("version", "party__organization", "party__agency")
    search_fields = ("version__folio",)
    ordering = ("version", "id")
    fields = ("version", "party", "mode", "accepted_on", "post", "reason", "witness", "source")


@admin.register(SignedPaper)
class SignedPaperAdmin(ReadOnlyEditionAdmin):
    edition_path = "agreement__edition"
    list_display = ("key", "title", "agreement", "is_public", "content_type")
    list_filter = (edition_filter("agreement__edition"), "is_public")
    list_select_related = ("agreement",)
    search_fields = ("key", "title")
    ordering = ("agreement", "id")
    fields = ("key", "agreement", "version", "title", "file_name", "content_type", "size", "sha256", "is_public", "source")
