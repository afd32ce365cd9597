"""Addresses of the proposals' desk and of the officials' queue."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from proposals.workspace import desk, fate, offline, proposals, questions, queue, refer, release, review, review_steps

urlpatterns = [
    path(_("proposals/"), proposals.proposals, name="proposals"),
    path(_("proposals/new/"), proposals.proposal_new, name="proposal_new"),
    path(_("proposals/<str:folio>/"), proposals.proposal, name="proposal"),
    path(_("proposals/<str:folio>/edit/"), proposals.proposal_edit, name="proposal_edit"),
    path(_("proposals/<str:folio>/steps/<str:action>/"), proposals.proposal_step, name="proposal_step"),
    path(_("proposals/<str:folio>/revise/"), fate.proposal_revise, name="proposal_revise"),
    path(_("proposals/<str:folio>/merge/"), fate.proposal_merge, name="proposal_merge"),
    path(_("proposals/<str:folio>/split/"), fate.proposal_split, name="proposal_split"),
    path(_("proposals/<str:folio>/link/"), fate.proposal_link, name="proposal_link"),
    path(_("proposals/<str:folio>/present-again/"), fate.proposal_present_again, name="proposal_present_again"),
    path(_("proposals/<str:folio>/later/"), desk.later_action, name="later_action"),
    path(_("refer/"), refer.refer_many, name="refer"),
    path(_("referrals/<str:folio>/"), refer.referral, name="referral"),
    path(_("referrals/<str:folio>/steps/<str:action>/"), refer.referral_step, name="referral_step"),
    path(_("referrals/<str:folio>/remind/"), refer.referral_remind, name="referral_remind"),
    path(_("referrals/<str:folio>/extend/"), refer.referral_extend, name="referral_extend"),
    path(_("referrals/<str:folio>/liaisons/"), refer.referral_liaisons, name="referral_liaisons"),
    path(_("referrals/<str:folio>/on-behalf/"), refer.on_behalf, name="on_behalf"),
    path(_("forums/<str:slug>/opinions/"), release.release, name="release"),
    path(_("queue/"), queue.queue, name="queue"),
    path(_("queue/offline/"), offline.offline, name="offline"),
    path(_("queue/offline.xlsx"), offline.offline_workbook, name="offline_workbook"),
    path(_("queue/print/"), offline.offline_print, name="offline_print"),
    path(_("queue/<str:folio>/"), review.review, name="review"),
    path(_("queue/<str:folio>/autosave/"), review.review_autosave, name="review_autosave"),
    path(_("queue/<str:folio>/preview/"), review.review_preview, name="review_preview"),
    path(_("queue/<str:folio>/issued/"), review_steps.review_issued, name="review_issued"),
    path(_("queue/<str:folio>/ask/"), review_steps.review_ask, name="review_ask"),
    path(_("queue/<str:folio>/onward/"), review_steps.review_onward, name="review_onward"),
    path(_("queue/<str:folio>/positions/"), review_steps.review_position, name="review_position"),
    path(_("queue/<str:folio>/steps/<str:action>/"), review_steps.review_step, name="review_step"),
    path(_("opinions/<str:folio>/again/"), review_steps.opinion_again, name="opinion_again"),
    path(_("opinions/<str:folio>/conditions/<int:number>/"), questions.condition, name="condition"),
    path(_("templates/"), desk.templates, name="templates"),
    path(_("templates/<str:key>/"), desk.template_edit, name="template_edit"),
    path(_("papers/<str:key>/"), desk.paper, name="paper"),
    path(_("clarifications/<str:folio>/"), questions.clarification, name="clarification"),
    path(_("clarifications/<str:folio>/remind/"), questions.clarification_remind, name="clarification_remind"),
]
