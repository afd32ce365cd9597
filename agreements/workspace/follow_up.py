"""A commitment in force: its four readings, reports and validations, extensions, and cancellation by both sides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agreements import workflow as doors
from agreements.light import light_of, tell_quiet
from agreements.models import ActionItem, Commitment, Extension
from agreements.permissions import is_organizer_of
from agreements.readings import four_readings
from agreements.workspace.access import allowed, commitment_for, parties_of, refuse_step, report_for
from agreements.workspace.commitment_forms import AnswerExtensionForm, CancelForm, ExtensionForm, ReportForm, ValidationForm
from core.timeline import timeline
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.workspace.reminding import reminded


def with_everything(commitment: Commitment) -> Commitment:
    """The commitment with the rows that its page and its readings show."""
    rows: Any = Commitment.objects.filter(pk=commitment.pk)
    found: Commitment = rows.with_readings().get()
    return found


def pending_extension(commitment: Commitment) -> Extension | None:
    return commitment.extensions.waiting().select_related("asked_by__organization", "asked_by__agency").first()


@workspace_page(methods=("GET", "HEAD"))
def commitment(request: HttpRequest, folio: str) -> HttpResponse:
    """The record page."""
    found = with_everything(commitment_for(request, folio))
    user = request.user
    today = found.agreement.edition.today()
    pending = pending_extension(found)
    mine = parties_of(found.agreement, user)
    speaks = bool(mine)
    can = {
        transition.action
        for transition in doors.COMMITMENT.available(found, user)
        if speaks or transition.action not in ("extend", "accept_extension", "decline_extension", "cancel")
    }
    tell_quiet([found], today)
    reports = sorted(found.reports.all(), key=lambda each: (each.cut_off, each.number), reverse=True)
    return render(
        request,
        "agreements/workspace/commitment.html",
        {
            "title": found.folio,
            "commitment": found,
            "agreement": found.agreement,
            "shared": found.co_responsible.select_related("organization", "agency").order_by("id"),
            "light": light_of(found, today, at_once=True),
            "days_late": found.days_late(today, at_once=True),
            "readings": four_readings(found, today, at_once=True),
            "reports": reports,
            "last_report": found.last_report,
            "can": can,
            "may_validate": "validate" in can,
            "may_reply": {party.side for party in mine} if "reply" in can else set(),
            "may_answer_extension": pending is not None and any(party.side != pending.asked_by.side for party in mine),
            "pending": pending,
            "extensions": found.extensions.select_related(
                *(f"{who}__{body}" for who in ("asked_by", "accepted_by", "declined_by") for body in ("organization", "agency"))
            ),
            "cancellations": found.cancellations.select_related("party__organization", "party__agency"),
            "organizer": is_organizer_of(found, user),
            "from_minutes": ActionItem.objects.visible_to(user)
            .filter(commitment=found)
            .select_related("meeting")
            .order_by("meeting__starts_at", "number"),
            "timeline": timeline(found, workflows=doors.WORKFLOWS),
        },
    )


def owing_parties(found: Commitment) -> list[Any]:
    """The responsible and the co-responsible parties."""
    shared = found.co_responsible.select_related("organization", "agency").order_by("id")
    return [party for party in (found.lead, *shared) if party is not None]


def turned_back(request: HttpRequest, found: Commitment, action: str) -> HttpResponse | None:
    """Back to the record with the sentence when a step is not possible now; 403 when it is not this person's."""
    sentence = refuse_step(doors.COMMITMENT, found, action, request.user)
    if not sentence:
        return None
    messages.error(request, sentence)
    return redirect("workspace:commitment", found.folio)


@workspace_page
def report(request: HttpRequest, folio: str) -> HttpResponse:
    """A progress report: of the own party, or by an organizer on behalf of a party with the reason."""
    found = commitment_for(request, folio)
    back = turned_back(request, found, "report")
    if back is not None:
        return back
    owing = owing_parties(found)
    own = {party.pk for party in parties_of(found.agreement, request.user)}
    mine = [party for party in owing if party.pk in own]
    on_behalf = not mine
    form = ReportForm(
        sent(request),
        request.FILES or None,
        parties=owing if on_behalf else mine,
        on_behalf=on_behalf,
        initial={"cut_off": found.agreement.edition.today()},
    )
    if form.wants_more:
        form.show_more()
    elif form.is_valid() and attempt(
        form,
        doors.report,
        commitment=found,
        actor=request.user,
        values=form.report_values(),
        evidence=form.evidence(),
        **form.values("party", "on_behalf_reason"),
    ):
        return done(
            request,
            _("The report is filed. The other side is asked whether it agrees."),
            "workspace:commitment",
            found.folio,
        )
    return show_form(
        request,
        "agreements/workspace/report.html",
        form,
        title=_("Report progress"),
        commitment=found,
        agreement=found.agreement,
        on_behalf=on_behalf,
    )


@workspace_page
def validate(request: HttpRequest, folio: str) -> HttpResponse:
    """The other side says whether it agrees with a report (its folio is in the address)."""
    made = report_for(request, folio)
    found = made.commitment
    mine = [party for party in parties_of(found.agreement, request.user) if party.side != made.party.side]
    allowed(bool(mine))
    back = turned_back(request, found, "validate")
    if back is not None:
        return back
    form = ValidationForm(sent(request), request.FILES or None, parties=mine)
    if form.wants_more:
        form.show_more()
    elif form.is_valid() and attempt(
        form,
        doors.validate_report,
        report=made,
        actor=request.user,
        evidence=form.evidence(),
        **form.values("party", "outcome", "comment_es", "comment_en"),
    ):
        return done(request, _("Recorded: what you say stands beside the report."), "workspace:commitment", found.folio)
    return show_form(
        request,
        "agreements/workspace/validate.html",
        form,
        title=_("Say whether we agree"),
        report=made,
        commitment=found,
        agreement=found.agreement,
    )


@workspace_page
def commitment_extension(request: HttpRequest, folio: str) -> HttpResponse:
    """Ask for a later due date; a pending request of the other side can be accepted here."""
    found = commitment_for(request, folio)
    back = turned_back(request, found, "extend")
    if back is not None:
        return back
    mine = parties_of(found.agreement, request.user)
    allowed(bool(mine))
    pending = pending_extension(found)
    answering = [party for party in mine if pending is not None and party.side != pending.asked_by.side]
    if pending is not None and answering:
        return answer_extension(request, found, pending, answering)
    form = ExtensionForm(sent(request), parties=mine)
    if form.is_valid() and attempt(
        form, doors.ask_extension, commitment=found, actor=request.user, **form.values("party", "to_on", "reason")
    ):
        return done(
            request, _("The extension is asked for; it counts when the other side accepts."), "workspace:commitment", found.folio
        )
    return show_form(
        request,
        "agreements/workspace/party_step.html",
        form,
        commitment=found,
        agreement=found.agreement,
        title=_("Ask for an extension"),
        note=_("The new date counts when a party of the other side accepts it. The original date stays on record."),
        pending=pending,
    )


def answer_extension(request: HttpRequest, found: Commitment, pending: Extension, parties: list[Any]) -> HttpResponse:
    """Accept or decline what the other side asked for."""
    form = AnswerExtensionForm(sent(request), parties=parties)
    declines = form.is_valid() and form.declines
    door = doors.decline_extension if declines else doors.accept_extension
    if form.is_valid() and attempt(form, door, extension=pending, actor=request.user, **form.answer()):
        sentence = _("Declined: the due date stays as it is, and the side that asked is told why.")
        return done(
            request,
            sentence if declines else _("The new due date counts from now on."),
            "workspace:commitment",
            found.folio,
        )
    return show_form(
        request,
        "agreements/workspace/party_step.html",
        form,
        commitment=found,
        agreement=found.agreement,
        title=_("Answer the extension"),
        note=_("Without your acceptance the due date stays as it is. Your answer is public, with its reason."),
        pending=pending,
    )


@workspace_page
def commitment_cancel(request: HttpRequest, folio: str) -> HttpResponse:
    """One side agrees to cancel; the commitment is cancelled when both sides have said so."""
    found = commitment_for(request, folio)
    back = turned_back(request, found, "cancel")
    if back is not None:
        return back
    mine = parties_of(found.agreement, request.user)
    allowed(bool(mine))
    form = CancelForm(sent(request), parties=mine)
    if form.is_valid() and attempt(
        form, doors.cancel_commitment, commitment=found, actor=request.user, **form.values("party", "reason")
    ):
        found.refresh_from_db()
        sentence = (
            _("Both sides have agreed: the commitment is cancelled.")
            if found.cancelled_at is not None
            else _("Recorded. The commitment is cancelled when the other side agrees too.")
        )
        return done(request, sentence, "workspace:commitment", found.folio)
    return show_form(
        request,
        "agreements/workspace/party_step.html",
        form,
        commitment=found,
        agreement=found.agreement,
        title=_("Agree to cancel the commitment"),
        note=_(
            "A commitment is cancelled when one party of each side has agreed. Nothing is deleted: the record says who and why."
        ),
        cancellations=found.cancellations.select_related("party__organization", "party__agency"),
    )


@workspace_page(methods=("POST",))
def commitment_remind(request: HttpRequest, folio: str) -> HttpResponse:
    """Remind those who owe it, by hand."""
    return reminded(request, commitment_for(request, folio, is_organizer_of), "workspace:commitment", folio)
