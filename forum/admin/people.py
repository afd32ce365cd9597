"""People and their part in editions. Whoever opens contact data leaves a trace."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyInline
from core.admin_steps import Button, StepForm
from core.workflow import Words
from forum import workflow
from forum.admin.base import EditionFilter, EditionRecordAdmin, TracedAdmin
from forum.models import Consent, Participation, Person
from forum.permissions import is_organizer_of
from forum.roles import roles_of

PERSON = ("name", "email", "phone", "state_of_origin", "residence_country", "residence_subdivision", "residence_city")


@admin.register(Person)
class PersonAdmin(TracedAdmin, EditionRecordAdmin):
    """A person is entered with the first participation."""

    list_display = ("key", "name", "state_of_origin")
    list_select_related = ("state_of_origin",)
    ordering = ("sort", "key")
    fieldsets = ((None, {"fields": ("name", "state_of_origin", "source")}), (_("Private"), {"fields": PERSON[1:3] + PERSON[4:]}))
    autocomplete_fields = ("state_of_origin", "residence_country", "residence_subdivision")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def scope(self, queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
        roles = roles_of(user)
        if roles.administrator:
            return queryset
        own = Participation.objects.filter(edition__in=roles.editions).values("person")
        return queryset.filter(pk__in=own, blocked_at__isnull=True)

    def may_change(self, record: Any, user: Any) -> bool:
        return self.scope(Person.objects.all(), user).filter(pk=record.pk).exists()

    def edit_record(
        self, request: HttpRequest, record: Any, values: dict[str, Any], links: dict[str, Any], revision: int | None
    ) -> None:
        """Through one of the person's participations: a new name shows in all of them."""
        own = [row for row in record.participations.select_related("edition") if is_organizer_of(row, request.user)]
        workflow.edit_participation(
            participation=own[0], actor=request.user, values={}, person_values=values, person_revision=revision
        )
        record.refresh_from_db()


class ConsentInline(ReadOnlyInline):
    model = Consent
    fields = ("given_at", "how", "revoked_at")


class ConsentForm(StepForm):
    how = forms.CharField(label=_("how it was given"), max_length=200)


class WithdrawalForm(StepForm):
    how = forms.CharField(label=_("how it was withdrawn"), max_length=200)


@admin.register(Participation)
class ParticipationAdmin(TracedAdmin, EditionRecordAdmin):
    list_display = ("key", "public_name", "role", "organization", "agency", "edition", "show_name")
    list_filter = (EditionFilter, "role", "capacity", "show_name")
    list_select_related = ("edition", "organization", "agency")
    ordering = ("edition", "sort", "key")
    search_fields = ("key", "shown_name")
    only_on_creation = ("edition", "person")
    readonly_fields = ("show_name",)
    autocomplete_fields = ("person", "organization", "agency")
    inlines = (ConsentInline,)
    fieldsets = (
        (None, {"fields": ("edition", "person", "key", "role", "organization", "agency", "post", "capacity", "source")}),
        (_("Presence"), {"fields": ("accredited_at", "checked_in_at")}),
        (_("Consent"), {"fields": ("show_name",)}),
    )
    edit_door = staticmethod(workflow.edit_participation)

    def create_record(self, request: HttpRequest, values: dict[str, Any], links: dict[str, Any]) -> Any:
        edition = values.pop("edition")
        return workflow.create_participation(edition=edition, actor=request.user, values=values)

    def extra_buttons(self, request: HttpRequest, record: Any) -> list[Button]:
        action = "withdraw_consent" if record.show_name else "consent"
        form = self.consent_form(action)(record=record, user=request.user, reason=False, auto_id=f"{action}_%s")
        return [Button(action, self.consent_words(action), "", form, self.step_address(record, action))]

    def consent_form(self, action: str) -> type[StepForm]:
        return ConsentForm if action == "consent" else WithdrawalForm

    def consent_words(self, action: str) -> Words:
        return _("Record the consent to show the name") if action == "consent" else _("Record that the consent is withdrawn")

    def form_of(self, request: HttpRequest, record: Any, action: str) -> forms.Form:
        if action not in ("consent", "withdraw_consent"):
            raise Http404
        return self.consent_form(action)(request.POST, record=record, user=request.user, reason=False)

    def take(self, request: HttpRequest, record: Any, action: str, values: dict[str, Any]) -> Words:
        workflow.set_consent(participation=record, given=action == "consent", actor=request.user, how=values["how"])
        return self.consent_words(action)
