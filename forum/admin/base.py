"""Who works on what in the admin: organizers on their editions and on shared records, administrators on everything."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyMixin, RecordAdmin
from core.events import record_read
from forum.models import Edition
from forum.permissions import is_any_organizer, is_organizer_of
from forum.roles import roles_of


class TracedAdmin(RecordAdmin):
    """Records that are about people: whoever reads the list leaves a trace on the own account, whoever opens one on the record."""

    read_list = "see_people"
    read_one = "see_contact_data"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if response.status_code == 200:
            record_read(request.user, self.read_list, request.user)
        return response

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        record = self.get_object(request, object_id)
        if record is not None and request.method == "GET":
            record_read(record, self.read_one, request.user)
        return super().change_view(request, object_id, form_url, extra_context)


class SharedAdmin(RecordAdmin):
    """Records that belong to no edition: every organizer keeps them."""

    def may_enter(self, user: Any) -> bool:
        return is_any_organizer(None, user)

    def scope(self, queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
        return queryset if self.may_enter(user) else queryset.none()


class EditionRecordAdmin(RecordAdmin):
    """Records of an edition: the organizers of that edition. `edition_path` leads to it."""

    edition_path = "edition"

    def may_enter(self, user: Any) -> bool:
        return is_any_organizer(None, user)

    def may_change(self, record: Any, user: Any) -> bool:
        return is_organizer_of(record, user)

    def scope(self, queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
        roles = roles_of(user)
        return queryset if roles.administrator else queryset.filter(**{f"{self.edition_path}__in": roles.editions})


class ReadOnlyEditionAdmin(ReadOnlyMixin, EditionRecordAdmin):
    """Records of an edition that come from steps alone."""


class EditionFilter(admin.SimpleListFilter):
    """The editions that this person works on, by key."""

    title = _("edition")
    parameter_name = "edition"
    path = "edition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(edition.slug, edition.name) for edition in Edition.objects.organized_by(request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.path}__slug": self.value()}) if self.value() else queryset


def edition_filter(path: str) -> type[EditionFilter]:
    """The filter by edition of a record whose edition is at `path`."""
    return type("EditionFilter", (EditionFilter,), {"path": path})
