"""Referrals, opinions and questions: written by steps alone, so there is nothing to type here but the steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyInline
from core.admin_steps import StepDoor, StepForm
from forum.admin.base import ReadOnlyEditionAdmin, edition_filter
from forum.models import User
from proposals import workflow
from proposals.models import Clarification, Condition, CriterionAssessment, DueDateChange, Opinion, Referral


class DueDateChangeInline(ReadOnlyInline):
    model = DueDateChange
    fields = ("at", "kind", "from_on", "to_on", "working_days", "reason")


class ClarificationInline(ReadOnlyInline):
    model = Clarification
    fields = ("folio", "question", "is_public", "due_on", "answered_at")
    show_change_link = True


class ExtendForm(StepForm):
    to_on = forms.DateField(label=_("new due date"), widget=AdminDateWidget)


class LiaisonsForm(StepForm):
    users = forms.ModelMultipleChoiceField(User.objects.none(), label=_("liaison officials"), required=False)

    def prepare(self, record: Any, user: Any) -> None:
        officials = User.objects.filter(role_rows__agency=record.agency_id, is_active=True)
        self.fields["users"].queryset = officials  # type: ignore[attr-defined]
        self.fields["users"].initial = record.liaisons.all()


@admin.register(Referral)
class ReferralAdmin(ReadOnlyEditionAdmin):
    edition_path = "version__proposal__edition"
    flow = workflow.REFERRAL
    workspace_page = "workspace:referral"
    list_display = ("folio", "agency", "status", "sent_on", "due_on", "answered_at")
    list_filter = (edition_filter("version__proposal__edition"), "status", "agency")
    list_select_related = ("agency",)
    search_fields = ("folio", "agency__acronym")
    ordering = ("due_on", "folio")
    inlines = (DueDateChangeInline, ClarificationInline)
    fieldsets = (
        (None, {"fields": ("folio", "version", "agency", "status", "onward_from", "liaisons", "source")}),
        (_("Term"), {"fields": ("sent_on", "term_days", "original_due_on", "due_on", "paused_on")}),
        (_("Answer"), {"fields": ("acknowledged_at", "answered_at")}),
    )

    def step_doors(self) -> dict[str, StepDoor]:
        return {
            "extend": StepDoor(workflow.extend, "referral", ExtendForm),
            "recall": StepDoor(workflow.recall, "referral"),
            "set_liaisons": StepDoor(workflow.set_liaisons, "referral", LiaisonsForm),
        }


class CriterionInline(ReadOnlyInline):
    model = CriterionAssessment
    fields = ("criterion", "value", "reason", "needs_legal_reform", "amount", "currency", "funding_source", "fiscal_year")


class ConditionInline(ReadOnlyInline):
    model = Condition
    fields = ("number", "what", "owner", "kind", "until", "status", "evidence")


@admin.register(Opinion)
class OpinionAdmin(ReadOnlyEditionAdmin):
    """Issued opinions. Drafts belong to the body that writes them."""

    edition_path = "referral__version__proposal__edition"
    list_display = ("folio", "agency_name", "verdict", "soundness", "status", "issued_at", "released_at")
    list_filter = (edition_filter("referral__version__proposal__edition"), "status", "verdict", "soundness", "source")
    list_select_related = ("referral__agency",)
    search_fields = ("folio", "referral__agency__acronym")
    ordering = ("referral", "number")
    inlines = (CriterionInline, ConditionInline)
    fieldsets = (
        (None, {"fields": ("folio", "referral", "number", "status", "supersedes", "supersede_reason", "source")}),
        (_("Soundness"), {"fields": ("soundness", "soundness_text")}),
        (_("Verdict"), {"fields": ("verdict", "reasons", "legal_basis")}),
        (_("What follows"), {"fields": ("programme", "programme_evidence", "refer_to", "questions_text", "questions_due_on")}),
        (_("Signature"), {"fields": ("signed_by", "signatory_post", "issued_at", "released_at", "sha256")}),
        (_("On behalf"), {"fields": ("on_behalf_reason", "on_behalf_witness")}),
    )

    @admin.display(description=_("agency"))
    def agency_name(self, opinion: Opinion) -> str:
        return str(opinion.referral.agency)

    def scope(self, queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
        return super().scope(queryset, user).exclude(status=Opinion.Status.DRAFT)


@admin.register(Clarification)
class ClarificationAdmin(ReadOnlyEditionAdmin):
    edition_path = "referral__version__proposal__edition"
    workspace_page = "workspace:clarification"
    list_display = ("folio", "is_public", "asked_at", "due_on", "answered_at")
    list_filter = (edition_filter("referral__version__proposal__edition"), "is_public")
    search_fields = ("folio", "question")
    ordering = ("referral", "number")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ("folio", "referral", "opinion", "is_public", "question", "asked_at", "due_on")
        return [(None, {"fields": names}), (_("Answer"), {"fields": ("answer", "answered_at", "answered_for")})]
