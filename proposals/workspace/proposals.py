"""Proposals of organizers and delegates: the list, writing, and the record page with its legal steps."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.gate import get_for
from core.listing import ChoiceFilter, Filter, Listing, TextFilter
from core.timeline import timeline
from core.workspace import REFUSED, attempt, done, sent, show_form, step_buttons, take_step, workspace_page
from forum.models import Edition
from forum.permissions import is_organizer_of
from forum.roles import roles_of
from proposals.listing import PROPOSAL_ORDERS, edition_choices, table_choices
from proposals.models import Proposal
from proposals.permissions import may_propose_in
from proposals.record import page_of
from proposals.workflow import (
    PROPOSAL,
    conclude_review,
    create_proposal,
    edit_proposal,
    send_back,
    submit,
    withdraw,
)
from proposals.workspace.access import own_proposal
from proposals.workspace.forms import CorrectionForm, ProposalForm

READINGS = [choice for choice in Proposal.Reading.choices if choice[0]]


def worked_on_by(user: Any) -> Any:
    """The proposals of the editions that this person organizes and of the organizations that the person is delegate of."""
    roles = roles_of(user)
    if roles.administrator:
        return Proposal.objects.all()
    mine = Q(pk__in=Proposal.objects.of_organizations(roles.organizations).values("pk"))
    return Proposal.objects.filter(mine | Q(edition__in=roles.editions))


def editions_of(user: Any) -> list[Any]:
    """The editions for which this person may write a proposal, newest first."""
    editions = Edition.objects.visible_to(user).order_by("-starts_on", "slug")
    return [edition for edition in editions[:200] if may_propose_in(edition, user)]


def filters(user: Any) -> tuple[Filter, ...]:
    return (
        TextFilter(label=gettext_lazy("Words")),
        ChoiceFilter("edition", pgettext_lazy("filter", "Edition"), lambda: edition_choices(user), "edition__slug"),
        ChoiceFilter("table", pgettext_lazy("filter", "Working table"), lambda: table_choices(user), "table__key"),
        ChoiceFilter("status", pgettext_lazy("filter", "Status"), Proposal.Status.choices),
        ChoiceFilter("reading", pgettext_lazy("filter", "Overall reading"), READINGS),
    )


@workspace_page(methods=("GET", "HEAD"))
def proposals(request: HttpRequest) -> HttpResponse:
    """The proposals that this person works on."""
    roles = roles_of(request.user)
    if not (roles.organizer or roles.delegate):
        raise PermissionDenied
    shown = Listing(
        request,
        worked_on_by(request.user),
        filters(request.user),
        orders={name: PROPOSAL_ORDERS[name] for name in ("folio", "changed")},
        folded=True,
        prepare=lambda rows: rows.select_related("edition", "table").prefetch_related("proponents"),
    )
    context = {"listing": shown, "editions": editions_of(request.user), "organizer": roles.organizer}
    return render(request, "proposals/workspace/proposals.html", context)


@workspace_page
def proposal_new(request: HttpRequest) -> HttpResponse:
    """Write a proposal for an edition: the one that `?edition=` names, else the newest that takes it from this person."""
    slug = request.GET.get("edition", "")
    if slug:
        edition = get_for(request.user, Edition, slug, allow=may_propose_in)
    else:
        edition = next(iter(editions_of(request.user)), None)
        if edition is None:
            raise PermissionDenied
    form = ProposalForm(sent(request), edition=edition, user=request.user)
    if form.is_valid() and attempt(
        form, create_proposal, edition=edition, actor=request.user, values=form.columns(), **form.links()
    ):
        folio = form.result.folio
        return done(request, _("Saved as a draft: %(folio)s.") % {"folio": folio}, "workspace:proposal", folio)
    context = {"edition": edition, "editions": editions_of(request.user), "title": _("Write a proposal")}
    context["names_of"] = edition if is_organizer_of(edition, request.user) else None
    return show_form(request, "proposals/workspace/proposal_form.html", form, **context)


@workspace_page
def proposal_edit(request: HttpRequest, folio: str) -> HttpResponse:
    """Edit a draft or a returned proposal; later an organizer corrects table, topic and states."""
    found = own_proposal(request, folio)
    writing = found.status in (Proposal.Status.DRAFT, Proposal.Status.RETURNED)
    if not writing and not is_organizer_of(found, request.user):
        raise PermissionDenied
    form: Any
    if writing:
        form = ProposalForm(sent(request), record=found, edition=found.edition, user=request.user)
    else:
        form = CorrectionForm(sent(request), record=found)
    if form.is_valid():
        values = form.columns() if writing else form.values("table", "topic")
        links = form.links() if writing else form.values("states")
        if attempt(form, edit_proposal, proposal=found, actor=request.user, values=values, links=links, revision=form.revision):
            return done(request, _("Saved: %(folio)s.") % {"folio": found.folio}, "workspace:proposal", found.folio)
    context = {"edition": found.edition, "proposal": found, "title": _("Edit %(folio)s") % {"folio": found.folio}}
    context["names_of"] = found.edition if writing and is_organizer_of(found, request.user) else None
    return show_form(request, "proposals/workspace/proposal_form.html", form, **context)


def record_page(request: HttpRequest, found: Any, failed: Any = None) -> HttpResponse:
    """State, reading, steps, referrals, questions, links, and what happened."""
    folio = found.folio

    def url(action: str) -> str:
        return reverse("workspace:proposal_step", args=[folio, action])

    own_pages = {
        "edit": "proposal_edit",
        "correct": "proposal_edit",
        "revise": "proposal_revise",
        "merge": "proposal_merge",
        "split": "proposal_split",
        "link": "proposal_link",
        "present_again": "proposal_present_again",
    }
    pages = {action: reverse(f"workspace:{name}", args=[folio]) for action, name in own_pages.items()}
    pages["refer"] = f"{reverse('workspace:refer')}?{urlencode({'edition': found.edition.slug, 'proposal': folio})}"
    context = {
        "proposal": found,
        "page": page_of(found, request.user),
        "steps": step_buttons(PROPOSAL, found, request.user, url=url, pages=pages, failed=failed),
        "timeline": timeline(found, workflows=[PROPOSAL]),
        "organizer": is_organizer_of(found, request.user),
    }
    return render(request, "proposals/workspace/proposal.html", context, status=REFUSED if failed else 200)


@workspace_page(methods=("GET", "HEAD"))
def proposal(request: HttpRequest, folio: str) -> HttpResponse:
    return record_page(request, own_proposal(request, folio))


@workspace_page(methods=("POST",))
def proposal_step(request: HttpRequest, folio: str, action: str) -> HttpResponse:
    """The steps that take a reason at most."""
    found, actor = own_proposal(request, folio), request.user
    doors = {
        "submit": lambda given: submit(proposal=found, actor=actor, revision=given["revision"]),
        "return": lambda given: send_back(proposal=found, actor=actor, reason=given["reason"]),
        "conclude_review": lambda given: conclude_review(proposal=found, actor=actor, reason=given["reason"]),
        "withdraw": lambda given: withdraw(proposal=found, actor=actor, reason=given["reason"]),
    }
    failed = take_step(request, PROPOSAL, found, action, doors)
    if failed is None:
        return redirect("workspace:proposal", found.folio)
    return record_page(request, found, failed)
