"""Drafting an agreement: choose the opinions that it grows out of, then write it beside them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.models import Agreement
from agreements.permissions import is_organizer_of
from agreements.workflow import AGREEMENT, create_agreement, edit_agreement
from agreements.workspace import assembly
from agreements.workspace.access import agreement_for, allowed, organized_editions, refuse_step
from agreements.workspace.agreement_forms import AgreementForm, AmendmentForm
from agreements.workspace.record import version_at_work
from core.search import words_of
from core.workspace import attempt, done, sent, show_form, workspace_page

#: The page that chooses opinions shows this many; the search box narrows them.
MOST_OPINIONS = 300


def chosen_edition(request: HttpRequest, editions: list[Any]) -> Any:
    """The edition that the address asks for, else the newest."""
    asked = request.GET.get("edition", "")
    return next((edition for edition in editions if edition.slug == asked), editions[0])


@workspace_page
def agreement_new(request: HttpRequest) -> HttpResponse:
    """First the opinions (`?opinion=FOLIO&opinion=…`, or `?empty=yes`), then the draft with what they bring."""
    editions = organized_editions(request.user)
    allowed(bool(editions))
    edition = chosen_edition(request, editions)
    offered = assembly.opinions_of(edition, request.user)
    wanted = request.GET.getlist("opinion")[:MOST_OPINIONS]
    opinions = list(offered.filter(folio__in=[folio for folio in wanted if "\x00" not in folio])) if wanted else []
    if request.method != "POST" and not opinions and not request.GET.get("empty"):
        return choose_opinions(request, edition, editions, offered, asked=bool(wanted))
    form = AgreementForm(sent(request), edition=edition, user=request.user, draft=assembly.assemble(edition, opinions))
    if form.wants_more:
        form.show_more()
    elif form.is_valid() and attempt(
        form,
        create_agreement,
        edition=edition,
        actor=request.user,
        values=form.record_values(),
        **form.values("proposals", "opinions"),
        parties=form.parties(),
        clauses=form.clauses(),
    ):
        return done(
            request,
            _("Draft %(folio)s is saved. Now add its commitments.") % {"folio": form.result.folio},
            "workspace:agreement",
            form.result.folio,
        )
    return show_form(
        request,
        "agreements/workspace/agreement_form.html",
        form,
        names_of=edition,
        edition=edition,
        title=_("Draft an agreement"),
    )


def choose_opinions(request: HttpRequest, edition: Any, editions: list[Any], offered: Any, *, asked: bool) -> HttpResponse:
    """The favourable and conditional opinions of an edition, by proposal."""
    query = request.GET.get("q", "")[:200]
    for word in words_of(query):
        offered = offered.filter(
            Q(referral__version__proposal__folded__contains=word) | Q(referral__agency__folded__contains=word)
        )
    found = list(offered[: MOST_OPINIONS + 1])
    groups: dict[int, tuple[Any, list[Any]]] = {}
    for opinion in found[:MOST_OPINIONS]:
        groups.setdefault(opinion.proposal.pk, (opinion.proposal, []))[1].append(opinion)
    return render(
        request,
        "agreements/workspace/choose_opinions.html",
        {
            "title": _("Draft an agreement"),
            "edition": edition,
            "editions": editions,
            "groups": list(groups.values()),
            "query": query,
            "more": len(found) > MOST_OPINIONS,
            "asked": asked,
        },
    )


@workspace_page
def agreement_edit(request: HttpRequest, folio: str) -> HttpResponse:
    """The draft, or the clauses of the version that an amendment prepares."""
    record = agreement_for(request, folio, is_organizer_of)
    sentence = refuse_step(AGREEMENT, record, "edit", request.user)
    if sentence:
        messages.error(request, sentence)
        return redirect("workspace:agreement", record.folio)
    if record.status != Agreement.Status.DRAFT:
        return edit_amendment(request, record)
    form = AgreementForm(sent(request), edition=record.edition, user=request.user, record=record)
    if form.wants_more:
        form.show_more()
    elif form.is_valid() and attempt(
        form,
        edit_agreement,
        agreement=record,
        actor=request.user,
        values=form.record_values(),
        **form.values("proposals", "opinions"),
        parties=form.parties(),
        clauses=form.clauses(),
        revision=form.revision,
    ):
        return done(request, _("The draft is saved."), "workspace:agreement", record.folio)
    return show_form(
        request,
        "agreements/workspace/agreement_form.html",
        form,
        names_of=record.edition,
        edition=record.edition,
        agreement=record,
        title=_("Edit the draft"),
        back=reverse("workspace:agreement", args=[record.folio]),
    )


def edit_amendment(request: HttpRequest, record: Agreement) -> HttpResponse:
    form = AmendmentForm(sent(request), record=record)
    if form.wants_more:
        form.show_more()
    elif form.is_valid() and attempt(
        form, edit_agreement, agreement=record, actor=request.user, clauses=form.clauses(), revision=form.revision
    ):
        return done(request, _("The new version is saved."), "workspace:agreement", record.folio)
    return show_form(
        request,
        "agreements/workspace/agreement_form.html",
        form,
        edition=record.edition,
        agreement=record,
        version=version_at_work(record),
        title=_("Write the new version"),
        back=reverse("workspace:agreement", args=[record.folio]),
    )
