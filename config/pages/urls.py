"""Addresses of these pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from config.pages import styleguide, views

urlpatterns = [
    path("", views.home, name="home"),
    path(_("progress/"), views.progress, name="progress"),
    path(_("progress/commitments.csv"), views.commitments_csv, name="commitments_csv"),
    path(_("search/"), views.search_page, name="search"),
    path(_("privacy/"), views.privacy, name="privacy"),
    path(_("data/"), views.data, name="data"),
    path(_("verify/"), views.verify, name="verify"),
    path(_("verify/ledger.jsonl"), views.ledger_lines, name="ledger"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
