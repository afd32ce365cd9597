"""The record page of an agreement: where it stands, what is missing, the legal steps, and what happened."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.light import tell_quiet
from agreements.models import Agreement, AgreementVersion, Clause, Commitment, Meeting
from agreements.permissions import is_organizer_of
from agreements.workflow import (
    AGREEMENT,
    WORKFLOWS,
    amend,
    conclude,
    open_for_signature,
    opening_gaps,
    opening_warnings,
    show_pending,
    void,
)
from agreements.workspace.access import agreement_for, parties_of, refuse_step
from agreements.workspace.agreement_forms import CommentForm
from agreements.workspace.commitment_forms import conditions_of
from core.events import record_read
from core.timeline import function_words, timeline
from core.workspace import REFUSED, StepForm, step_buttons, take_step, workspace_page

#: Steps that have a page of their own, linked where they belong.
ELSEWHERE = ("edit", "accept", "comment", "take_over")


def version_at_work(agreement: Agreement) -> AgreementVersion | None:
    """The version that is being prepared or signed; otherwise the one in force."""
    versions = sorted(agreement.versions.all(), key=lambda version: version.number)
    pending = [version for version in versions if version.status != AgreementVersion.Status.SIGNED]
    return (pending or versions or [None])[-1]


def clauses_of(version: AgreementVersion | None) -> list[Clause]:
    """The clauses of a version with the opinions that they come from."""
    if version is None:
        return []
    rows = version.clauses.order_by("number").prefetch_related("opinions__referral__agency")
    return list(rows)


def commitments_of(agreement: Agreement, user: Any) -> list[Commitment]:
    """The commitments with their light today."""
    today = agreement.edition.today()
    rows = Commitment.objects.visible_to(user).filter(agreement=agreement).with_light(today, at_once=True)
    found = list(rows.select_related("lead__organization", "lead__agency").order_by("number"))
    for commitment in found:
        commitment.agreement = agreement
    tell_quiet(found, today)
    return found


def acceptances_of(agreement: Agreement, version: AgreementVersion | None) -> list[tuple[Any, Any]]:
    """Each party with its acceptance of this version, None where it is missing."""
    found = {row.party_id: row for row in version.acceptances.all()} if version is not None else {}
    parties = agreement.parties.select_related(
        "organization",
        "agency",
        "taken_over_by",
        "representative__person",
        "representative__organization",
        "representative__agency",
    ).order_by("id")
    return [(party, found.get(party.pk)) for party in parties]


def show_agreement(
    request: HttpRequest, agreement: Agreement, failed: StepForm | None = None, comment_form: Any = None
) -> HttpResponse:
    """The page; `failed` is the form of a step, `comment_form` that of a comment that was refused."""
    user = request.user
    organizer = is_organizer_of(agreement, user)
    version = version_at_work(agreement)
    drafting = version is not None and version.status == AgreementVersion.Status.DRAFT
    acceptances = acceptances_of(agreement, version)
    signatories = [row for party, row in acceptances if party.role == "signatory"]
    if organizer and any(party.representative_id for party, _row in acceptances):
        record_read(agreement, "see_participants", user)
    commitments = commitments_of(agreement, user)
    mine = {party.pk for party in parties_of(agreement, user, speaking=False)}
    open_version = version is not None and version.status == AgreementVersion.Status.OPEN
    may_comment = drafting and AGREEMENT.refusal(agreement, "comment", user) is None
    context = {
        "title": f"{agreement.folio} · {agreement.title}",
        "agreement": agreement,
        "version": version,
        "versions": sorted(agreement.versions.all(), key=lambda each: -each.number),
        "clauses": clauses_of(version),
        "acceptances": acceptances,
        "accepted_count": sum(1 for row in signatories if row is not None),
        "required_count": len(signatories),
        "commitments": commitments,
        "organizer": organizer,
        "drafting": drafting,
        "may_edit": drafting and AGREEMENT.refusal(agreement, "edit", user) is None,
        "gaps": opening_gaps(agreement) if organizer and drafting else [],
        "warnings": opening_warnings(agreement) if organizer and drafting else [],
        "open_conditions": open_conditions(agreement) if organizer and drafting else [],
        "may_accept": open_version and any(party.pk in mine and row is None for party, row in acceptances),
        "may_record": open_version and organizer and any(row is None for _party, row in acceptances),
        "steps": step_buttons(
            AGREEMENT,
            agreement,
            user,
            url=lambda action: reverse("workspace:agreement_step", args=[agreement.folio, action]),
            leave_out=ELSEWHERE,
            failed=failed,
        ),
        "failed": failed,
        "comments": comments_on(version) if drafting else [],
        "comment_form": comment_form or (comment_form_of(agreement) if may_comment else None),
        "may_take_over": AGREEMENT.refusal(agreement, "take_over", user) is None,
        "proposals": agreement.proposals.order_by("folio"),
        "opinions": agreement.opinions.select_related("referral__agency").order_by("folio"),
        "meetings": Meeting.objects.visible_to(user).filter(agreements=agreement).order_by("-starts_at", "folio"),
        "papers": agreement.papers.visible_to(user),
        "timeline": timeline(agreement, workflows=WORKFLOWS),
    }
    return render(request, "agreements/workspace/agreement.html", context, status=REFUSED if failed or comment_form else 200)


def comments_on(version: AgreementVersion) -> list[dict[str, Any]]:
    """The comments, with the function in which each was made: no names."""
    rows = version.comments.order_by("id")
    return [{"row": row, "words": function_words(row.acting_label)} for row in rows]


def comment_form_of(agreement: Agreement, data: Any = None) -> CommentForm:
    form = CommentForm(data, agreement=agreement, numbers=clause_numbers(agreement))
    form.action = reverse("workspace:agreement_comment", args=[agreement.folio])
    return form


def clause_numbers(agreement: Agreement) -> list[int]:
    version = version_at_work(agreement)
    return list(version.clauses.order_by("number").values_list("number", flat=True)) if version is not None else []


def open_conditions(agreement: Agreement) -> list[Any]:
    """Open conditions of the cited opinions that no commitment of this agreement meets yet."""
    met = agreement.commitments.filter(conditions__isnull=False).values("conditions")
    return list(conditions_of(agreement).filter(status="open").exclude(id__in=met))


@workspace_page(methods=("GET", "HEAD"))
def agreement(request: HttpRequest, folio: str) -> HttpResponse:
    return show_agreement(request, agreement_for(request, folio))


@workspace_page(methods=("POST",))
def agreement_step(request: HttpRequest, folio: str, action: str) -> HttpResponse:
    """Open for signature, amend, conclude, declare void."""
    record = agreement_for(request, folio)
    actor = request.user

    def opened(given: dict[str, Any]) -> Any:
        return open_for_signature(agreement=record, actor=actor, revision=given["revision"])

    doors = {
        "open": opened,
        "open_amendment": opened,
        "amend": lambda given: amend(agreement=record, actor=actor, cause=given["reason"]),
        "show_pending": lambda given: show_pending(agreement=record, actor=actor, shown=True),
        "hide_pending": lambda given: show_pending(agreement=record, actor=actor, shown=False),
        "conclude": lambda given: conclude(agreement=record, actor=actor),
        "void": lambda given: void(agreement=record, actor=actor, reason=given["reason"]),
    }
    success = {
        "open": _("The agreement is open for signature and published."),
        "open_amendment": _("The amendment is open for signature. The version in force stays in force until it is signed."),
        "amend": _("A new version is in draft: change its clauses, then open it for signature."),
        "show_pending": _("The public page says whose signature is pending."),
        "hide_pending": _("The public page says only how many have signed."),
        "conclude": _("The agreement is concluded."),
        "void": _("The agreement is void; what was published stays readable."),
    }
    refuse_step(AGREEMENT, record, action, actor)
    failed = take_step(request, AGREEMENT, record, action, doors, success=success.get(action, ""))
    if failed is not None:
        return show_agreement(request, agreement_for(request, folio), failed)
    if action == "amend":
        return redirect("workspace:agreement_edit", record.folio)
    return redirect("workspace:agreement", record.folio)
