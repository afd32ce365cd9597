"""Questions to the proponents, and how the conditions of an opinion stand."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.gate import get_for
from core.timeline import timeline
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Organization
from forum.permissions import is_organizer_of
from forum.roles import roles_of
from forum.workspace.reminding import reminded
from proposals.models import Opinion
from proposals.permissions import is_official_for
from proposals.workflow import REFERRAL, answer_clarification, set_condition
from proposals.workspace.access import asked_of
from proposals.workspace.referral_forms import AnswerForm, ConditionForm


@workspace_page
def clarification(request: HttpRequest, folio: str) -> HttpResponse:
    """Answer a question of a body: a delegate for the own organization, an organizer for any of the proponents."""
    asked = asked_of(request, folio)
    proposal = asked.referral.proposal
    organizations = Organization.objects.filter(proposals=proposal).order_by("sort", "key")
    if not is_organizer_of(proposal, request.user):
        organizations = organizations.filter(pk__in=roles_of(request.user).organizations)
    form = AnswerForm(sent(request), organizations=organizations)
    if form.is_valid() and attempt(
        form, answer_clarification, clarification=asked, actor=request.user, **form.values("answer", "organization")
    ):
        return done(request, _("The answer is sent."), "workspace:proposal", proposal.folio)
    context = {
        "clarification": asked,
        "proposal": proposal,
        "refusal": REFERRAL.refusal(asked.referral, "answer_clarification", request.user),
        "timeline": timeline(asked),
        "may_remind": asked.answered_at is None and is_organizer_of(proposal, request.user),
    }
    return show_form(request, "proposals/workspace/clarification.html", form, **context)


@workspace_page(methods=("POST",))
def clarification_remind(request: HttpRequest, folio: str) -> HttpResponse:
    """Remind the proponents by hand: an organizer."""
    asked = asked_of(request, folio)
    if not is_organizer_of(asked, request.user):
        raise PermissionDenied
    return reminded(request, asked, "workspace:clarification", folio)


@workspace_page
def condition(request: HttpRequest, folio: str, number: int) -> HttpResponse:
    """Say how a condition stands, with the evidence: officials of the body, organizers of the edition."""
    rows = Opinion.objects.select_related("referral__version__proposal__edition", "referral__agency")
    opinion = get_for(request.user, rows, folio)
    if not (is_official_for(opinion, request.user) or is_organizer_of(opinion, request.user)):
        raise PermissionDenied
    found = opinion.conditions.filter(number=number).first() if number < 2**15 else None
    if found is None:
        raise Http404
    found.opinion = opinion
    form = ConditionForm(sent(request), record=found)
    if form.is_valid() and attempt(form, set_condition, condition=found, actor=request.user, **form.values("status", "evidence")):
        return done(request, _("Saved."), "workspace:condition", opinion.folio, number)
    context = {"condition": found, "opinion": opinion, "proposal": opinion.proposal, "timeline": timeline(found)}
    return show_form(request, "proposals/workspace/condition.html", form, **context)
