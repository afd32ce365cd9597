"""Steps of a proposal that have a page of their own: revise, merge, split, link, present again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.workflow import StepRefused
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Edition
from proposals.models import Proposal
from proposals.workflow import PROPOSAL, link_proposals, merge, present_again, revise, split
from proposals.workspace.access import own_proposal
from proposals.workspace.forms import LinkForm, MergeForm, PresentAgainForm, RevisionForm, SplitForm
from proposals.workspace.proposals import editions_of


def step_page(
    request: HttpRequest,
    found: Any,
    action: str,
    form: Any,
    door: Callable[..., Any],
    arguments: Callable[[], dict[str, Any]],
    arrive: Callable[[Any], str],
) -> HttpResponse:
    """A step with a form: refused at once with the sentence when it is not possible now; 403 when it is not this person's.

    `arguments()` gives what the door takes from the form, `arrive(result)` the folio to go on to.
    """
    refusal: StepRefused | None = PROPOSAL.refusal(found, action, request.user)
    if refusal is not None and refusal.code == "not_yours":
        raise PermissionDenied
    if form.is_valid() and attempt(form, door, proposal=found, actor=request.user, **arguments()):
        return done(request, _("Done: %(folio)s.") % {"folio": found.folio}, "workspace:proposal", arrive(form.result))
    transition = PROPOSAL.by_action[action]
    context = {"proposal": found, "refusal": refusal, "title": f"{transition.label}: {found.folio}", "note": transition.note}
    return show_form(request, "proposals/workspace/step_form.html", form, **context)


@workspace_page
def proposal_revise(request: HttpRequest, folio: str) -> HttpResponse:
    """A new version of the text, referred anew."""
    found = own_proposal(request, folio)
    form = RevisionForm(sent(request), record=found)

    def arguments() -> dict[str, Any]:
        return {
            "values": form.values(*Proposal.TEXT_FIELDS),
            "cause": form.cleaned_data["cause"],
            "agencies": list(form.cleaned_data["agencies"]) or None,
            "revision": form.revision,
        }

    return step_page(request, found, "revise", form, revise, arguments, lambda result: found.folio)


@workspace_page
def proposal_merge(request: HttpRequest, folio: str) -> HttpResponse:
    """Into another proposal of the same edition."""
    found = own_proposal(request, folio)
    others = Proposal.objects.visible_to(request.user).filter(edition=found.edition).exclude(pk=found.pk)
    form = MergeForm(sent(request), proposals=others)
    return step_page(
        request,
        found,
        "merge",
        form,
        merge,
        lambda: form.values("into", "reason"),
        lambda result: form.cleaned_data["into"].folio,
    )


@workspace_page
def proposal_split(request: HttpRequest, folio: str) -> HttpResponse:
    """Into two to four proposals."""
    found = own_proposal(request, folio)
    form = SplitForm(sent(request))
    return step_page(
        request,
        found,
        "split",
        form,
        split,
        lambda: {"parts": form.parts(), "reason": form.cleaned_data["reason"]},
        lambda result: found.folio,
    )


@workspace_page
def proposal_link(request: HttpRequest, folio: str) -> HttpResponse:
    """Say that another proposal is similar."""
    found = own_proposal(request, folio)
    form = LinkForm(sent(request), proposals=Proposal.objects.visible_to(request.user).exclude(pk=found.pk))
    return step_page(
        request, found, "link", form, link_proposals, lambda: form.values("other", "kind"), lambda result: found.folio
    )


@workspace_page
def proposal_present_again(request: HttpRequest, folio: str) -> HttpResponse:
    """As a draft in another edition."""
    found = own_proposal(request, folio)
    keys = [edition.pk for edition in editions_of(request.user) if edition.pk != found.edition_id]
    editions = Edition.objects.filter(pk__in=keys).order_by("-starts_on", "slug")
    form = PresentAgainForm(sent(request), editions=editions)
    return step_page(
        request, found, "present_again", form, present_again, lambda: form.values("edition"), lambda result: result.folio
    )
