"""Addresses (design.md section 6): pages under their language, the rest without."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from config import site

workspace = [
    path("", include("config.workspace.urls")),
    path("", include("forum.workspace.urls")),
    path("", include("proposals.workspace.urls")),
    path("", include("agreements.workspace.urls")),
]

urlpatterns = [
    path("", site.choose_language, name="choose_language"),
    path("admin/", admin.site.urls),
    path("healthz", site.healthz, name="healthz"),
    path("readyz", site.readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("config.feeds_urls")),
    path("api/v1/", include("config.api")),
    *i18n_patterns(
        path("", include("config.pages.urls")),
        path("", include("forum.urls")),
        path("", include("proposals.urls")),
        path("", include("agreements.feeds_urls")),
        path("", include("agreements.urls")),
        path(_("workspace/"), include((workspace, "workspace"))),
        path(_("accounts/"), include("forum.account_urls")),
        prefix_default_language=True,
    ),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
