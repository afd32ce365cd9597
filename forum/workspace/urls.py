"""Addresses of the organizers' desk."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from forum.workspace import closures, desks, editions, mail, my_data, participants, privacy

urlpatterns = [
    path(_("forums/new/"), editions.edition_new, name="edition_new"),
    path(_("forums/<str:slug>/"), editions.edition, name="edition"),
    path(_("forums/<str:slug>/stage/"), editions.edition_stage, name="edition_stage"),
    path(_("forums/<str:slug>/edit/"), editions.edition_edit, name="edition_edit"),
    path(_("forums/<str:slug>/tables/new/"), editions.table_new, name="table_new"),
    path(_("forums/<str:slug>/tables/<int:number>/"), editions.table_edit, name="table_edit"),
    path(_("forums/<str:slug>/participants/new/"), participants.participant_new, name="participant_new"),
    path(_("forums/<str:slug>/participants/<str:key>/"), participants.participant_edit, name="participant_edit"),
    path(_("participants/"), participants.participants, name="participants"),
    path(_("organizations/"), desks.organizations, name="organizations"),
    path(_("organizations/new/"), desks.organization_new, name="organization_new"),
    path(_("organizations/<str:key>/"), desks.organization_edit, name="organization_edit"),
    path(_("non-working-days/"), closures.closures, name="closures"),
    path(_("non-working-days/<str:key>/"), closures.closure_withdraw, name="closure_withdraw"),
    path(_("mail/"), mail.mails, name="mails"),
    path(_("mail/mine/"), mail.mail_settings, name="mail_settings"),
    path(_("mail/mine/calendar/"), mail.mail_calendar, name="mail_calendar"),
    path(_("mail/<str:key>/"), mail.mail, name="mail"),
    path(_("privacy/"), privacy.privacy_requests, name="privacy_requests"),
    path(_("privacy/mine/"), my_data.my_data, name="my_data"),
    path(_("privacy/mine/<str:slug>/<str:key>/"), my_data.my_consent, name="my_consent"),
    path(_("privacy/people/<str:key>/"), privacy.person_erase, name="person_erase"),
    path(_("privacy/<str:key>/"), privacy.privacy_request, name="privacy_request"),
    path(_("privacy/<str:key>/<str:action>/"), privacy.privacy_request_step, name="privacy_request_step"),
    path(_("agencies/"), desks.agencies, name="agencies"),
    path(_("agencies/new/"), desks.agency_new, name="agency_new"),
    path(_("agencies/<str:key>/"), desks.agency_edit, name="agency_edit"),
]
