"""Addresses of the organizers' desk."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from forum.workspace import closures, desks, editions, mail, papers, participants

urlpatterns = [
    path(_("forums/new/"), editions.edition_new, name="edition_new"),
    path(_("forums/<str:slug>/"), editions.edition, name="edition"),
    path(_("forums/<str:slug>/stage/"), editions.edition_stage, name="edition_stage"),
    path(_("forums/<str:slug>/attendance.pdf"), papers.sign_sheet, name="edition_sign_sheet"),
    path(_("forums/<str:slug>/badges.pdf"), papers.badges, name="edition_badges"),
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
    path(_("agencies/"), desks.agencies, name="agencies"),
    path(_("agencies/new/"), desks.agency_new, name="agency_new"),
    path(_("agencies/<str:key>/"), desks.agency_edit, name="agency_edit"),
]
