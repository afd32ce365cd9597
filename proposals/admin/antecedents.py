"""Earlier forums and documents, with their recommendations."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import DoorInline
from core.workflow import create
from forum.admin.base import SharedAdmin
from proposals.models import Antecedent, Recommendation


class RecommendationInline(DoorInline):
    """Entered here, changed on a page of their own."""

    model = Recommendation
    fields = ("key", "number", "text_es", "text_en", "addressee")
    show_change_link = True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_row(self, request: HttpRequest, record: Any, values: dict[str, Any]) -> None:
        create(Recommendation(antecedent=record, **values), actor=request.user)


@admin.register(Antecedent)
class AntecedentAdmin(SharedAdmin):
    list_display = ("key", "name_es", "starts_on", "place", "source")
    list_filter = ("source",)
    ordering = ("-starts_on", "key")
    only_on_creation = ("key",)
    inlines = (RecommendationInline,)
    fieldsets = (
        (None, {"fields": ("key", "name_es", "name_en", "url", "source")}),
        (_("When and where"), {"fields": ("starts_on", "starts_precision", "ends_on", "ends_precision", "place")}),
    )


@admin.register(Recommendation)
class RecommendationAdmin(SharedAdmin):
    list_display = ("key", "antecedent", "number", "addressee")
    list_filter = ("source",)
    list_select_related = ("antecedent",)
    search_fields = ("key", "text_es", "text_en", "addressee")
    ordering = ("antecedent", "number")
    only_on_creation = ("key", "antecedent")
    autocomplete_fields = ("antecedent",)
    fieldsets = (
        (None, {"fields": ("key", "antecedent", "number", "text_es", "text_en", "addressee", "source")}),
        (_("What came of it"), {"fields": ("outcome_es", "outcome_en")}),
    )
