"""The small steps beside an opinion: acknowledging, asking, passing on, positions, assessing again, and the page after issuing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.workflow import StepRefused
from core.workspace import attempt, done, sent, show_form, take_step, workspace_page
from forum.models import Agency
from proposals.models import Opinion, Referral
from proposals.queries import opinions_of
from proposals.workflow import OPINION, REFERRAL, acknowledge, add_position, ask, refer_onward, supersede
from proposals.workspace.access import officials_only, own_opinion, own_referral
from proposals.workspace.opinion_form import OpinionForm
from proposals.workspace.queue import next_of, progress
from proposals.workspace.referral_forms import OnwardForm, PositionForm, QuestionForm
from proposals.workspace.review import draft_of, review_page


@workspace_page(methods=("GET", "HEAD"))
def review_issued(request: HttpRequest, folio: str) -> HttpResponse:
    """The opinion is issued: what was said, and the next one that waits."""
    referral = own_referral(request, folio)
    agencies = officials_only(request)
    context = {
        "referral": referral,
        "proposal": referral.proposal,
        "opinion": opinions_of(request.user).filter(referral=referral, status=Opinion.Status.ISSUED).first(),
        "next": next_of(agencies, referral),
        "progress": progress(agencies),
    }
    return render(request, "proposals/workspace/issued.html", context)


@workspace_page(methods=("POST",))
def review_step(request: HttpRequest, folio: str, action: str) -> HttpResponse:
    """Acknowledge receipt."""
    referral = own_referral(request, folio)
    doors = {"acknowledge": lambda given: acknowledge(referral=referral, actor=request.user)}
    failed = take_step(request, REFERRAL, referral, action, doors)
    if failed is None:
        return redirect("workspace:review", referral.folio)
    return review_page(request, referral, OpinionForm(record=draft_of(referral), agency=referral.agency), failed=failed)


@workspace_page(methods=("POST",))
def opinion_again(request: HttpRequest, folio: str) -> HttpResponse:
    """Assess again: a new draft that starts from the issued text."""
    opinion = own_opinion(request, folio)
    doors = {"supersede": lambda given: supersede(opinion=opinion, actor=request.user, reason=given["reason"])}
    failed = take_step(request, OPINION, opinion, "supersede", doors)
    referral = own_referral(request, opinion.referral.folio)
    if failed is None:
        return redirect("workspace:review", referral.folio)
    return review_page(request, referral, OpinionForm(record=draft_of(referral), agency=referral.agency), failed=failed)


@workspace_page(methods=("POST",))
def review_position(request: HttpRequest, folio: str) -> HttpResponse:
    """What I think, for the colleagues of my body only."""
    referral = own_referral(request, folio)
    form = PositionForm(request.POST, prefix="position")
    if form.is_valid() and attempt(form, add_position, referral=referral, actor=request.user, **form.values("text", "verdict")):
        return done(request, _("Your position is added."), reverse("workspace:review", args=[referral.folio]) + "#positions")
    return review_page(request, referral, OpinionForm(record=draft_of(referral), agency=referral.agency), position=form)


def step_page(
    request: HttpRequest, referral: Referral, action: str, form: Any, door: Any, names: tuple[str, ...]
) -> HttpResponse:
    """A step of the referral with a form."""
    refusal: StepRefused | None = REFERRAL.refusal(referral, action, request.user)
    if form.is_valid() and attempt(form, door, referral=referral, actor=request.user, **form.values(*names)):
        return done(request, _("Done: %(folio)s.") % {"folio": referral.folio}, "workspace:review", referral.folio)
    transition = REFERRAL.by_action[action]
    context = {
        "review": referral,
        "proposal": referral.proposal,
        "refusal": refusal,
        "title": f"{transition.label}: {referral.folio}",
        "note": transition.note,
    }
    return show_form(request, "proposals/workspace/step_form.html", form, **context)


@workspace_page
def review_ask(request: HttpRequest, folio: str) -> HttpResponse:
    """A question to the proponents, public or private."""
    referral = own_referral(request, folio)
    form = QuestionForm(sent(request))
    return step_page(request, referral, "ask", form, ask, ("question", "due_on", "is_public"))


@workspace_page
def review_onward(request: HttpRequest, folio: str) -> HttpResponse:
    """Not ours: to another body, with the reason."""
    referral = own_referral(request, folio)
    agencies = Agency.objects.exclude(pk=referral.agency_id).filter(never_answers=False).order_by("sort", "key")
    form = OnwardForm(sent(request), agencies=agencies)
    return step_page(request, referral, "refer_onward", form, refer_onward, ("to", "reason"))
