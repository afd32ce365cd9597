"""The organizers' side of referrals: sending, terms, recalling, recording on behalf."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.forms import BaseForm
from core.timeline import timeline
from core.workflow import StepRefused
from core.workspace import REFUSED, attempt, done, sent, show_form, step_buttons, take_step, workspace_page
from forum.models import Agency
from forum.workspace.access import own_editions
from forum.workspace.editions import chosen_edition
from forum.workspace.reminding import reminded
from proposals.models import Proposal
from proposals.record import answers_of, clocks_for
from proposals.workflow import REFERRAL, extend, issue_on_behalf, recall, refer, set_liaisons
from proposals.workspace.access import organized_referral
from proposals.workspace.opinion_form import OnBehalfForm
from proposals.workspace.referral_forms import ExtendForm, LiaisonsForm, ReferForm

#: Proposals offered at once; more are reached from the list, which names them in the address.
MOST_OFFERED = 100


def offered(edition: Any, folios: list[str]) -> Any:
    """The proposals to choose from: those that the address names, and those that wait to be referred."""
    rows = Proposal.objects.filter(edition=edition)
    waiting = rows.filter(status=Proposal.Status.SUBMITTED).order_by("folio").values_list("pk", flat=True)
    named = rows.filter(folio__in=folios, status__in=[Proposal.Status.SUBMITTED, Proposal.Status.IN_REVIEW])
    keys = {*waiting[:MOST_OFFERED], *named.values_list("pk", flat=True)}
    return rows.filter(pk__in=keys).order_by("folio").prefetch_related("addressees")


def folios_in(values: list[str]) -> list[str]:
    """What may be folios among the values sent: PostgreSQL takes no NUL in a question."""
    return [value[:60] for value in values[:MOST_OFFERED] if "\x00" not in value]


@workspace_page
def refer_many(request: HttpRequest) -> HttpResponse:
    """Refer several proposals to several bodies: all of them or none."""
    edition = chosen_edition(request)
    folios = folios_in(request.GET.getlist("proposal"))
    proposals = offered(edition, folios + folios_in(request.POST.getlist("proposals")))
    agencies = Agency.objects.order_by("never_answers", "sort", "key")
    form = ReferForm(sent(request), proposals=proposals, agencies=agencies, initial={"proposals": folios})
    if form.is_valid() and attempt(form, send, form=form, actor=request.user):
        sentence = ngettext("One referral was sent.", "%(count)s referrals were sent.", form.result) % {"count": form.result}
        return done(request, sentence, f"{reverse('workspace:proposals')}?edition={edition.slug}&status=in_review")
    context = {"edition": edition, "editions": own_editions(request.user), "offered": len(proposals)}
    return show_form(request, "proposals/workspace/refer.html", form, **context)


def send(*, form: ReferForm, actor: Any) -> int:
    """Every referral that the form asks for, in one transaction; how many. A refusal names the proposal or the liaison."""
    sent = 0
    liaisons, bodies_asked = form.liaisons_by_body(), set()
    with transaction.atomic():
        for proposal, bodies in form.plan():
            if not bodies:
                raise StepRefused(
                    _("%(folio)s was referred to all of these bodies already: take it from the choice.")
                    % {"folio": proposal.folio}
                )
            people = list(dict.fromkeys(user for body in bodies for user in liaisons.get(body.pk, ())))
            found = refer(proposal=proposal, agencies=bodies, actor=actor, liaisons=people, **form.values("term_days", "sent_on"))
            bodies_asked.update(body.pk for body in bodies)
            sent += len(found)
        named = {user for pk in bodies_asked for user in liaisons.get(pk, ())}
        for user in form.cleaned_data.get("liaisons", ()):
            if user not in named:
                sentence = _("%(name)s is an official of none of the bodies that are asked here.") % {"name": user}
                raise ValidationError({"liaisons": sentence})
    return sent


def referral_page(request: HttpRequest, found: Any, failed: Any = None) -> HttpResponse:
    """A referral: its dates and why, its steps, what happened."""
    folio = found.folio
    pages = {
        "extend": reverse("workspace:referral_extend", args=[folio]),
        "set_liaisons": reverse("workspace:referral_liaisons", args=[folio]),
        "answer": reverse("workspace:on_behalf", args=[folio]),
    }
    steps = step_buttons(
        REFERRAL,
        found,
        request.user,
        url=lambda action: reverse("workspace:referral_step", args=[folio, action]),
        pages=pages,
        leave_out={"acknowledge", "ask", "refer_onward", "add_position", "reopen", "answer_clarification"},
        failed=failed,
    )
    answers = answers_of(found.proposal, request.user, found.event_edition.today())
    context = {
        "referral": found,
        "answer": next(answer for answer in answers if answer.referral.pk == found.pk),
        **clocks_for(found, answers),
        "steps": steps,
        "liaisons": found.liaisons.order_by("name", "email"),
        "timeline": timeline(found, workflows=[REFERRAL]),
    }
    return render(request, "proposals/workspace/referral.html", context, status=REFUSED if failed else 200)


@workspace_page(methods=("GET", "HEAD"))
def referral(request: HttpRequest, folio: str) -> HttpResponse:
    return referral_page(request, organized_referral(request, folio))


@workspace_page(methods=("POST",))
def referral_step(request: HttpRequest, folio: str, action: str) -> HttpResponse:
    """Recalling takes a reason."""
    found = organized_referral(request, folio)
    doors = {"recall": lambda given: recall(referral=found, actor=request.user, reason=given["reason"])}
    failed = take_step(request, REFERRAL, found, action, doors)
    return redirect("workspace:referral", found.folio) if failed is None else referral_page(request, found, failed)


@workspace_page(methods=("POST",))
def referral_remind(request: HttpRequest, folio: str) -> HttpResponse:
    """Remind the body by hand."""
    return reminded(request, organized_referral(request, folio), "workspace:referral", folio)


def step_page(request: HttpRequest, found: Any, action: str, form: BaseForm, door: Any, **arguments: Any) -> HttpResponse:
    """A step of a referral with a form."""
    refusal = REFERRAL.refusal(found, action, request.user)
    if form.is_valid() and attempt(form, door, referral=found, actor=request.user, **form.values(*arguments["names"])):
        return done(request, _("Done: %(folio)s.") % {"folio": found.folio}, "workspace:referral", found.folio)
    transition = REFERRAL.by_action[action]
    context = {"referral": found, "refusal": refusal, "title": f"{transition.label}: {found.folio}", "note": transition.note}
    return show_form(request, "proposals/workspace/step_form.html", form, **context)


@workspace_page
def referral_extend(request: HttpRequest, folio: str) -> HttpResponse:
    """A later due date, with the reason."""
    found = organized_referral(request, folio)
    return step_page(request, found, "extend", ExtendForm(sent(request)), extend, names=("to_on", "reason", "accepted_by"))


@workspace_page
def referral_liaisons(request: HttpRequest, folio: str) -> HttpResponse:
    """Officials of the body who follow the referral."""
    found = organized_referral(request, folio)
    form = LiaisonsForm(sent(request), record=found)
    return step_page(request, found, "set_liaisons", form, set_liaisons, names=("users",))


@workspace_page
def on_behalf(request: HttpRequest, folio: str) -> HttpResponse:
    """Record the opinion that a body gave on paper."""
    found = organized_referral(request, folio)
    form = OnBehalfForm(sent(request), request.FILES or None, agency=found.agency)
    if "more" in request.POST:
        form.add_rows()
    elif form.is_valid() and attempt(
        form,
        issue_on_behalf,
        referral=found,
        actor=request.user,
        values=form.columns(),
        criteria=form.criteria(),
        conditions=form.conditions(),
        **form.values("post", "reason", "witness", "scan"),
    ):
        return done(request, _("Recorded: %(folio)s.") % {"folio": form.result.folio}, "workspace:referral", found.folio)
    context = {"referral": found, "proposal": found.proposal, "refusal": REFERRAL.refusal(found, "answer", request.user)}
    return show_form(request, "proposals/workspace/on_behalf.html", form, **context)
