"""What the mechanism keeps: events, the public ledger, imports. To read, never to write."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from core.admin import ReadOnlyInline, ReadOnlyMixin, RecordAdmin
from core.models import Event, ImportBatch, ImportRow, LedgerEntry, Message
from forum.models import Edition
from forum.permissions import is_administrator, is_any_organizer
from forum.roles import roles_of

#: Records that belong to no edition and that every organizer keeps.
SHARED = ("forum.organization", "forum.agency", "proposals.antecedent", "proposals.recommendation")
#: What bodies write among themselves: their events name nothing, and are nobody else's matter.
INTERNAL = ("proposals.internalposition",)


class KeptAdmin(ReadOnlyMixin, RecordAdmin):
    """Rows in their order of entry. Their own history is themselves."""

    def may_enter(self, user: Any) -> bool:
        return is_any_organizer(None, user)

    def scope(self, queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
        return queryset if self.may_enter(user) else queryset.none()

    def own_editions(self, user: Any) -> QuerySet[Any]:
        return Edition.objects.organized_by(user).values("slug")


@admin.register(Event)
class EventAdmin(KeptAdmin):
    list_display = ("at", "record_key", "action", "actor_label", "origin", "edition_slug")
    list_filter = ("origin", "model")
    search_fields = ("record_key", "action", "edition_slug")
    ordering = ("-id",)
    fields = ("at", "model", "record_key", "action", "actor_label", "origin", "edition_slug", "reason", "changes")

    def scope(self, queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
        shown = super().scope(queryset, user).exclude(model__in=INTERNAL)
        if roles_of(user).administrator:
            return shown
        return shown.filter(Q(edition_slug__in=self.own_editions(user)) | Q(edition_slug="", model__in=SHARED))


@admin.register(LedgerEntry)
class LedgerEntryAdmin(KeptAdmin):
    list_display = ("number", "at", "act", "record_key", "sha256")
    list_filter = ("act",)
    search_fields = ("record_key", "sha256")
    ordering = ("-number",)
    fields = ("number", "at", "act", "record_key", "canonical", "previous_sha256", "sha256")


class ImportRowInline(ReadOnlyInline):
    """The rows that did not go in as they were; the others are told by the counts."""

    model = ImportRow
    fk_name = "batch"
    fields = ("number", "outcome", "record_key", "problems")
    max_num = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(outcome__in=["quarantined", "skipped"])


@admin.register(ImportBatch)
class ImportBatchAdmin(KeptAdmin):
    list_display = ("key", "kind", "at", "rows", "created", "updated", "same", "quarantined", "skipped")
    list_filter = ("kind", "origin")
    search_fields = ("key", "kind", "file_name")
    ordering = ("-id",)
    fields = (
        *("key", "kind", "edition_slug", "file_name", "sha256", "origin", "at"),
        *("rows", "created", "updated", "same", "quarantined", "skipped", "mapping"),
    )
    inlines = (ImportRowInline,)

    def scope(self, queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
        shown = super().scope(queryset, user)
        if is_administrator(None, user):
            return shown
        return shown.filter(Q(actor=user) | Q(edition_slug__in=self.own_editions(user)))


@admin.register(Message)
class MessageAdmin(KeptAdmin):
    """What is owed by mail, what left and what failed; the workspace releases and drops. Without the addressee's address."""

    list_display = ("created_at", "record_key", "template", "state", "attempts", "last_error", "sent_at", "edition_slug")
    list_filter = ("state", "template")
    search_fields = ("key", "record_key", "edition_slug")
    ordering = ("-id",)
    fields = (
        *("key", "record_key", "edition_slug", "template", "state", "in_digest", "created_at", "due_at", "next_at"),
        *("attempts", "last_error", "sent_at", "reason"),
    )

    def scope(self, queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
        shown = super().scope(queryset, user)
        return shown if is_administrator(None, user) else shown.filter(edition_slug__in=self.own_editions(user))
