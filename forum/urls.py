"""Public addresses of this app, under the language."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from forum import programme, views

editions = [
    path("", views.editions, name="editions"),
    path(_("forums.csv"), views.editions_csv, name="editions_csv"),
    path("<str:key>.json", views.edition_json, name="edition_json"),
    path("<str:key>.ics", programme.edition_ics, name="edition_ics"),
    path("<str:key>/", views.edition, name="edition"),
]
organizations = [
    path("", views.organizations, name="organizations"),
    path(_("organizations.csv"), views.organizations_csv, name="organizations_csv"),
    path("<str:key>.json", views.organization_json, name="organization_json"),
    path("<str:key>/", views.organization, name="organization"),
]
agencies = [
    path("", views.agencies, name="agencies"),
    path(_("agencies.csv"), views.agencies_csv, name="agencies_csv"),
    path("<str:key>.json", views.agency_json, name="agency_json"),
    path("<str:key>/", views.agency, name="agency"),
]

urlpatterns = [
    path(_("forums/"), include(editions)),
    path(_("organizations/"), include(organizations)),
    path(_("agencies/"), include(agencies)),
    path(_("participants/"), views.participants, name="participants"),
    path(_("participants/participants.csv"), views.participants_csv, name="participants_csv"),
]
