"""Commitments of a draft: one at a time, or many at once in a grid. Each form calls the doors; all rows are saved, or none."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.models import Agreement, AgreementVersion, Commitment
from agreements.permissions import is_organizer_of
from agreements.workflow import AGREEMENT, COMMITMENT, add_commitment, edit_commitment, remove_commitment
from agreements.workspace.access import agreement_for, commitment_for, refuse_step
from agreements.workspace.commitment_forms import CommitmentForm, CommitmentRow, GridForm, conditions_of
from core.forms import StaleRow, shown
from core.workflow import StaleRecord, StepRefused, sentence_of
from core.workspace import attempt, done, sent, show_form, workspace_page


def draft_commitments(agreement: Agreement) -> list[Commitment]:
    """The commitments that can be changed: those that the version in draft brings."""
    version = agreement.versions.filter(status=AgreementVersion.Status.DRAFT).first()
    if version is None:
        return []
    rows = agreement.commitments.filter(since_version=version.number)
    return list(rows.select_related("lead__organization", "lead__agency", "agreement").order_by("number"))


@workspace_page
def commitment_new(request: HttpRequest, folio: str) -> HttpResponse:
    """One commitment with everything that belongs to it; `?condition=KEY` starts it from a condition of an opinion."""
    agreement = agreement_for(request, folio, is_organizer_of)
    sentence = refuse_step(AGREEMENT, agreement, "edit", request.user)
    if sentence:
        messages.error(request, sentence)
        return redirect("workspace:agreement", agreement.folio)
    form = CommitmentForm(sent(request), agreement=agreement, initial=from_condition(agreement, request.GET.get("condition", "")))
    if form.is_valid():
        values = form.record_values()
        lead = values.pop("lead")
        if attempt(form, add_commitment, agreement=agreement, actor=request.user, values=values, lead=lead, **form.links()):
            return done(
                request,
                _("Commitment %(folio)s is added.") % {"folio": form.result.folio},
                "workspace:agreement",
                agreement.folio,
            )
    return show_form(
        request,
        "agreements/workspace/commitment_form.html",
        form,
        agreement=agreement,
        title=_("Add a commitment"),
        commitment=None,
    )


def from_condition(agreement: Agreement, key: str) -> dict[str, Any]:
    """What a commitment that meets this condition starts with; nothing when there is no such condition."""
    condition = next((each for each in conditions_of(agreement) if each.public_key == key), None) if key else None
    if condition is None:
        return {}
    lead = agreement.parties.filter(agency=condition.opinion.agency, role="signatory").first()
    return {"text_es": condition.what, "due_on": condition.until, "conditions": [condition], "lead": lead}


@workspace_page
def commitment_edit(request: HttpRequest, folio: str) -> HttpResponse:
    commitment = commitment_for(request, folio, is_organizer_of)
    sentence = refuse_step(COMMITMENT, commitment, "edit", request.user)
    if sentence:
        messages.error(request, sentence)
        return redirect("workspace:commitment", commitment.folio)
    form = CommitmentForm(sent(request), agreement=commitment.agreement, record=commitment)
    if form.is_valid() and attempt(
        form,
        edit_commitment,
        commitment=commitment,
        actor=request.user,
        values=form.record_values(),
        links=form.links(),
        revision=form.revision,
    ):
        return done(
            request, _("Commitment %(folio)s is saved.") % {"folio": folio}, "workspace:agreement", commitment.agreement.folio
        )
    return show_form(
        request,
        "agreements/workspace/commitment_form.html",
        form,
        agreement=commitment.agreement,
        commitment=commitment,
        title=_("Edit commitment %(folio)s") % {"folio": commitment.folio},
    )


@workspace_page(methods=("POST",))
def commitment_remove(request: HttpRequest, folio: str) -> HttpResponse:
    commitment = commitment_for(request, folio, is_organizer_of)
    agreement = commitment.agreement
    try:
        remove_commitment(commitment=commitment, actor=request.user)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("workspace:commitment", commitment.folio)
    return done(
        request,
        _("Commitment %(folio)s is removed from the draft.") % {"folio": commitment.folio},
        "workspace:agreement",
        agreement.folio,
    )


# --- the grid ---------------------------------------------------------------------------------------------------------


@workspace_page
def agreement_commitments(request: HttpRequest, folio: str) -> HttpResponse:
    """The essentials of all commitments of the draft, a row each: add, change and remove many at once."""
    agreement = agreement_for(request, folio, is_organizer_of)
    sentence = refuse_step(AGREEMENT, agreement, "edit", request.user)
    if sentence:
        messages.error(request, sentence)
        return redirect("workspace:agreement", agreement.folio)
    there = draft_commitments(agreement)
    data = request.POST.copy() if request.method == "POST" else None
    form = GridForm(data, agreement=agreement, commitments=there)
    if form.wants_more:
        form.show_more()
    elif form.is_valid() and save_grid(form, agreement, {each.folio: each for each in there}, request.user):
        return done(request, _("All commitments are saved."), "workspace:agreement", agreement.folio)
    return show_form(
        request,
        "agreements/workspace/grid.html",
        form,
        title=_("Commitments in one grid"),
        agreement=agreement,
        back=reverse("workspace:agreement", args=[agreement.folio]),
    )


class RowsRefused(Exception):
    """A row was refused: nothing of the page is saved."""


def save_grid(form: GridForm, agreement: Agreement, there: dict[str, Commitment], actor: Any) -> bool:
    """Save every row through its door in one transaction. Refusals stand at their rows."""
    refused = False
    try:
        with transaction.atomic():
            for row in form.row_sets["rows"].forms:
                if row.is_blank or (row.is_removed and not row.known_folio):
                    continue
                try:
                    with transaction.atomic():
                        save_row(row, agreement, there, actor)
                except StaleRecord as stale:
                    refused = True
                    show_stale_row(form, row, stale)
                except ValidationError as error:
                    refused = True
                    row.take_errors(error)
                except StepRefused as refusal:
                    refused = True
                    row.add_error(None, sentence_of(refusal))
            if refused:
                raise RowsRefused
    except RowsRefused:
        form.errors.setdefault("__all__", form.error_class())
        return False
    return True


def save_row(row: CommitmentRow, agreement: Agreement, there: dict[str, Commitment], actor: Any) -> None:
    folio = row.known_folio
    if folio and folio not in there:
        raise StepRefused(
            _("Commitment %(folio)s is no longer in this draft: clear the hidden folio by opening the page again.")
            % {"folio": folio[:60]}
        )
    if folio and row.is_removed:
        remove_commitment(commitment=there[folio], actor=actor)
    elif folio:
        commitment = there[folio]
        values = row.row_values()
        if any(getattr(commitment, name) != value for name, value in values.items()):
            revision = row.cleaned_data.get("at_revision")
            edit_commitment(commitment=commitment, actor=actor, values=values, revision=revision if revision is not None else -1)
    else:
        values = row.row_values()
        lead = values.pop("lead")
        add_commitment(agreement=agreement, actor=actor, values=values, lead=lead)


def show_stale_row(form: GridForm, row: CommitmentRow, stale: StaleRecord) -> None:
    """Both texts of a row that somebody else changed; the next save is made against what stands now."""
    current: Any = stale.current
    for name in CommitmentRow.VALUES:
        field, typed = row.fields[name], row[name].data
        now = field.prepare_value(getattr(current, name))
        if field.has_changed(now, typed):
            form.stale_rows.append(StaleRow(f"{current.folio}, {field.label}", shown(field, typed), shown(field, now)))
    row.data[row.add_prefix("at_revision")] = str(current.revision)
    row.add_error(None, str(stale))
