"""The admin site: only organizers and administrators enter; everyone else is answered as by Django's own."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.events import record_read

#: Seconds in which what somebody types in one box is one reading: each letter asks anew.
ONE_READING = 60


class TracedAutocomplete(AutocompleteJsonView):
    """Names that a box of the admin offers are read as those of a list are (`forum.admin.base.TracedAdmin`)."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        action = getattr(self.model_admin, "read_list", "")
        if action and cache.add(f"reading:{action}:{request.user.pk}", 1, ONE_READING):
            record_read(request.user, action, request.user)
        return response


class AcuerdaAdminSite(AdminSite):
    site_title = "Acuerda"
    site_header = "Acuerda"
    index_title = _("Records")
    enable_nav_sidebar = True

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return TracedAutocomplete.as_view(admin_site=self)(request)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    @property
    def login(self):  # type: ignore[no-untyped-def]
        return secure_admin_login(super().login)
