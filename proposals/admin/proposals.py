"""Proposals: entered and edited through the doors, with their steps; versions and attachments to read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.admin import ReadOnlyInline
from core.admin_steps import StepDoor, StepForm
from forum.admin.base import EditionFilter, EditionRecordAdmin, ReadOnlyEditionAdmin, edition_filter
from forum.models import Agency
from proposals import workflow
from proposals.models import Attachment, Proposal, ProposalLink, ProposalVersion
from proposals.workflow.proposal import CORRECTABLE_LINKS, CORRECTIONS, LINKS

TEXTS = [name for name in Proposal.TEXT_FIELDS if name != "policy_moment"]


class VersionInline(ReadOnlyInline):
    model = ProposalVersion
    fields = ("folio", "at", "cause", "sha256")
    show_change_link = True


class LinkInline(ReadOnlyInline):
    model = ProposalLink
    fk_name = "proposal"
    fields = ("kind", "other")


class ReferForm(StepForm):
    agencies = forms.ModelMultipleChoiceField(Agency.objects.none(), label=pgettext_lazy("bodies asked", "agencies"))
    term_days = forms.IntegerField(
        label=_("term, working days"),
        min_value=1,
        max_value=365,
        required=False,
        help_text=_("Empty: the agency's own, else the edition's."),
    )

    def prepare(self, record: Any, user: Any) -> None:
        asked = Agency.objects.filter(referrals__version__proposal=record, referrals__version__number=record.version_number)
        asked = asked.exclude(referrals__status="recalled")
        self.fields["agencies"].queryset = Agency.objects.exclude(pk__in=asked.values("pk"))  # type: ignore[attr-defined]


class MergeForm(StepForm):
    into = forms.ModelChoiceField(Proposal.objects.none(), label=_("into"))

    def prepare(self, record: Any, user: Any) -> None:
        same = Proposal.objects.filter(edition=record.edition_id).exclude(pk=record.pk)
        self.fields["into"].queryset = same  # type: ignore[attr-defined]


class LinkForm(StepForm):
    other = forms.ModelChoiceField(Proposal.objects.none(), label=_("other proposal"))
    kind = forms.ChoiceField(
        label=_("kind"),
        choices=[(kind.value, kind.label) for kind in (ProposalLink.Kind.SIMILAR_TO, ProposalLink.Kind.RE_PRESENTS)],
    )

    def prepare(self, record: Any, user: Any) -> None:
        self.fields["other"].queryset = Proposal.objects.visible_to(user).exclude(pk=record.pk)  # type: ignore[attr-defined]


@admin.register(Proposal)
class ProposalAdmin(EditionRecordAdmin):
    flow = workflow.PROPOSAL
    workspace_page = "workspace:proposal"
    list_display = ("folio", "title_es", "status", "reading", "table", "edition")
    list_filter = (EditionFilter, "status", "reading", "policy_moment", "source")
    list_select_related = ("table", "edition")
    ordering = ("folio",)
    readonly_fields = ("status", "reading", "version_number", "published_at")
    only_on_creation = ("edition", "folio", "source")
    autocomplete_fields = (*LINKS, "table")
    inlines = (VersionInline, LinkInline)
    fieldsets = (
        (None, {"fields": ("edition", "folio", "status", "reading", "version_number", "published_at", "source")}),
        (_("Text"), {"fields": TEXTS}),
        (_("Place in the forum"), {"fields": ("table", "topic", "policy_moment", "states")}),
        (_("Who and whence"), {"fields": ("proponents", "speakers", "addressees", "antecedents", "recommendations")}),
    )
    edit_door = staticmethod(workflow.edit_proposal)

    def create_record(self, request: HttpRequest, values: dict[str, Any], links: dict[str, Any]) -> Any:
        edition = values.pop("edition")
        return workflow.create_proposal(edition=edition, actor=request.user, values=values, **links)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """From *submitted* on the text is that of a version; table, topic and states may be set right."""
        names = list(super().get_readonly_fields(request, obj))
        if obj is not None and obj.status not in (Proposal.Status.DRAFT, Proposal.Status.RETURNED):
            open_ones = {*CORRECTIONS, *CORRECTABLE_LINKS}
            names += [name for name in (*Proposal.TEXT_FIELDS, *LINKS) if name not in open_ones]
        return names

    def step_doors(self) -> dict[str, StepDoor]:
        return {
            "submit": StepDoor(workflow.submit, "proposal"),
            "return": StepDoor(workflow.send_back, "proposal"),
            "refer": StepDoor(workflow.refer, "proposal", ReferForm),
            "conclude_review": StepDoor(workflow.conclude_review, "proposal"),
            "withdraw": StepDoor(workflow.withdraw, "proposal"),
            "merge": StepDoor(workflow.merge, "proposal", MergeForm),
            "link": StepDoor(workflow.link_proposals, "proposal", LinkForm),
        }


@admin.register(ProposalVersion)
class ProposalVersionAdmin(ReadOnlyEditionAdmin):
    edition_path = "proposal__edition"
    list_display = ("folio", "title_es", "at", "sha256")
    list_filter = (edition_filter("proposal__edition"),)
    search_fields = ("folio", "title_es")
    ordering = ("folio",)
    fieldsets = ((None, {"fields": ("folio", "proposal", "number", "at", "cause", "sha256", *TEXTS, "policy_moment")}),)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyEditionAdmin):
    edition_path = "proposal__edition"
    list_display = ("key", "title", "proposal", "content_type", "is_public")
    list_filter = (edition_filter("proposal__edition"), "is_public")
    list_select_related = ("proposal",)
    search_fields = ("key", "title")
    ordering = ("proposal", "id")
    fields = ("key", "proposal", "title", "file_name", "content_type", "size", "sha256", "is_public", "source")
