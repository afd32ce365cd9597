"""The admin site: only organizers and administrators enter; everyone else is answered as by Django's own."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AcuerdaAdminSite(AdminSite):
    site_title = "Acuerda"
    site_header = "Acuerda"
    index_title = _("Records")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    @property
    def login(self):  # type: ignore[no-untyped-def]
        return secure_admin_login(super().login)
