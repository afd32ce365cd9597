"""Addresses of these pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from config.pages import follow, privacy, styleguide, views

urlpatterns = [
    path("", views.home, name="home"),
    path(_("progress/"), views.progress, name="progress"),
    path(_("progress/commitments.csv"), views.commitments_csv, name="commitments_csv"),
    path(_("search/"), views.search_page, name="search"),
    path(_("privacy/"), privacy.privacy_page, name="privacy"),
    path(_("privacy/request/"), privacy.privacy_request, name="privacy_request"),
    path(_("data/"), views.data, name="data"),
    path(_("verify/"), views.verify, name="verify"),
    path(_("verify/ledger.jsonl"), views.ledger_lines, name="ledger"),
    path(_("follow/confirm/<str:key>/"), follow.follow_confirm, name="follow_confirm"),
    path(_("follow/leave/<str:key>/"), follow.follow_leave, name="follow_leave"),
    path(_("follow/<str:kind>/<str:key>/"), follow.follow, name="follow"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
