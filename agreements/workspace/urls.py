"""Addresses of the workspace pages of agreements, commitments, reports, meetings and minutes."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from agreements.workspace import commitments, drafting, follow_up, inviting, lists, meetings, minutes, papers, record, signing

urlpatterns = [
    path(_("agreements/"), lists.agreements, name="agreements"),
    path(_("agreements/new/"), drafting.agreement_new, name="agreement_new"),
    path(_("agreements/<str:folio>/"), record.agreement, name="agreement"),
    path(_("agreements/<str:folio>/edit/"), drafting.agreement_edit, name="agreement_edit"),
    path(_("agreements/<str:folio>/steps/<str:action>/"), record.agreement_step, name="agreement_step"),
    path(_("agreements/<str:folio>/accept/"), signing.accept, name="accept"),
    path(_("agreements/<str:folio>/acceptances/new/"), signing.record_acceptance, name="agreement_acceptance"),
    path(_("agreements/<str:folio>/papers/new/"), signing.paper_new, name="agreement_paper"),
    path(_("agreements/<str:folio>/commitments/"), commitments.agreement_commitments, name="agreement_commitments"),
    path(_("agreements/<str:folio>/commitments/new/"), commitments.commitment_new, name="commitment_new"),
    path(_("commitments/"), lists.commitments, name="commitments"),
    path(_("commitments/<str:folio>/"), follow_up.commitment, name="commitment"),
    path(_("commitments/<str:folio>/edit/"), commitments.commitment_edit, name="commitment_edit"),
    path(_("commitments/<str:folio>/remove/"), commitments.commitment_remove, name="commitment_remove"),
    path(_("commitments/<str:folio>/report/"), follow_up.report, name="report"),
    path(_("commitments/<str:folio>/extension/"), follow_up.commitment_extension, name="commitment_extension"),
    path(_("commitments/<str:folio>/remind/"), follow_up.commitment_remind, name="commitment_remind"),
    path(_("commitments/<str:folio>/cancel/"), follow_up.commitment_cancel, name="commitment_cancel"),
    path(_("reports/<str:folio>/validate/"), follow_up.validate, name="validate"),
    path(_("meetings/"), lists.meetings, name="meetings"),
    path(_("meetings/new/"), meetings.meeting_new, name="meeting_new"),
    path(_("meetings/<str:folio>/"), meetings.meeting, name="meeting"),
    path(_("meetings/<str:folio>/steps/<str:action>/"), meetings.meeting_step, name="meeting_step"),
    path(_("meetings/<str:folio>/move/"), meetings.meeting_move, name="meeting_move"),
    path(_("meetings/<str:folio>/attendance/"), meetings.meeting_hold, name="meeting_hold"),
    path(_("meetings/<str:folio>/attendance/tick/"), inviting.meeting_tick, name="meeting_tick"),
    path(_("meetings/<str:folio>/sheet/"), inviting.meeting_sheet, name="meeting_sheet"),
    path(_("meetings/<str:folio>/answer/"), inviting.meeting_answer, name="meeting_answer"),
    path(_("meetings/<str:folio>/times/<int:number>/choose/"), inviting.meeting_choose, name="meeting_choose"),
    path(_("meetings/<str:folio>/minutes/"), minutes.minutes, name="minutes"),
    path(_("meetings/<str:folio>/minutes.pdf"), papers.minutes, {"form": "pdf"}, name="minutes_pdf"),
    path(_("meetings/<str:folio>/minutes.docx"), papers.minutes, {"form": "docx"}, name="minutes_docx"),
    path(_("meetings/<str:folio>/attendance.pdf"), papers.sign_sheet, name="sign_sheet"),
    path(_("meetings/<str:folio>/minutes/write/"), minutes.minutes_write, name="minutes_write"),
    path(_("meetings/<str:folio>/minutes/circulate/"), minutes.minutes_circulate, name="minutes_circulate"),
    path(_("meetings/<str:folio>/minutes/remark/"), minutes.minutes_remark, name="minutes_remark"),
    path(_("meetings/<str:folio>/minutes/steps/<str:action>/"), minutes.minutes_step, name="minutes_step"),
    path(_("action-items/<str:folio>/"), meetings.meeting_action_item, name="meeting_action_item"),
]
