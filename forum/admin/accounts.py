"""Accounts and roles: for administrators alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.admin import DoorInline
from core.workflow import StepRefused
from core.workspace import just_confirmed
from forum import workflow
from forum.admin.base import TracedAdmin
from forum.models import Role, User
from forum.permissions import is_administrator
from forum.workflow.roles import end_sessions_of


class RoleInline(DoorInline):
    model = Role
    fields = ("kind", "edition", "agency", "organization", "post")
    autocomplete_fields = ("edition", "agency", "organization")

    def may_write(self, record: Any, user: Any) -> bool:
        return is_administrator(None, user)

    def add_row(self, request: HttpRequest, record: Any, values: dict[str, Any]) -> None:
        workflow.add_role(user=record, actor=request.user, **values)

    def remove_row(self, request: HttpRequest, row: Any) -> None:
        workflow.remove_role(role=row, actor=request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "edition", "agency", "organization")


@admin.register(User)
class UserAdmin(TracedAdmin):
    read_list = read_one = "see_accounts"
    list_display = ("email", "name", "language", "is_active", "is_demo")
    list_filter = ("is_active", "is_demo", "language")
    ordering = ("email",)
    search_fields = ("email", "name", "key")
    readonly_fields = ("key", "created_at", "last_login")
    fieldsets = ((None, {"fields": ("email", "name", "language", "is_active")}), (None, {"fields": readonly_fields}))
    inlines = (RoleInline,)

    def may_enter(self, user: Any) -> bool:
        return is_administrator(None, user)

    def scope(self, queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
        return queryset if self.may_enter(user) else queryset.none()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever changes accounts has just shown who it is."""
        just_confirmed(request)
        return super().changeform_view(request, *args, **kwargs)

    def edit_record(
        self, request: HttpRequest, record: Any, values: dict[str, Any], links: dict[str, Any], revision: int | None
    ) -> None:
        others = Role.objects.filter(kind=Role.Kind.ADMINISTRATOR, user__is_active=True).exclude(user=record)
        if values.get("is_active") is False and is_administrator(None, record) and not others.exists():
            raise StepRefused(_("This is the last administrator: make another one first."), code="guard")
        closes = values.get("is_active", record.is_active) != record.is_active
        super().edit_record(request, record, values, links, revision)
        if closes:
            end_sessions_of(record)

    def create_record(self, request: HttpRequest, values: dict[str, Any], links: dict[str, Any]) -> Any:
        """Without a password: the person asks for one by mail."""
        return workflow.create_account(actor=request.user, **values)
