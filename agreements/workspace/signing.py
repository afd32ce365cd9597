"""Accepting an agreement: each party for itself, signed in; organizers record what was signed otherwise, and file the paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import workflow as doors
from agreements.models import Agreement, AgreementVersion
from agreements.permissions import is_organizer_of
from agreements.workspace.access import agreement_for, allowed, parties_of
from agreements.workspace.agreement_forms import AcceptForm, RecordAcceptanceForm
from agreements.workspace.record import acceptances_of, clauses_of, commitments_of, version_at_work
from core.forms import BaseForm
from core.workspace import attempt, done, sent, show_form, workspace_page


def text_to_accept(agreement: Agreement, user: Any) -> dict[str, Any]:
    """The whole text of the version at work, for reading before accepting."""
    version = version_at_work(agreement)
    return {
        "agreement": agreement,
        "version": version,
        "clauses": clauses_of(version),
        "commitments": commitments_of(agreement, user),
        "acceptances": acceptances_of(agreement, version),
    }


def missing(text: dict[str, Any]) -> list[Any]:
    """The parties that have not accepted the version that is open; nobody when none is open."""
    version = text["version"]
    if version is None or version.status != AgreementVersion.Status.OPEN:
        return []
    return [party for party, row in text["acceptances"] if row is None]


def answer(agreement: Agreement, party: Any) -> str:
    """What to say after an acceptance."""
    words = {"party": party.body.short, "folio": agreement.folio}
    agreement.refresh_from_db()
    pending = agreement.versions.filter(status=AgreementVersion.Status.OPEN).exists()
    if pending:
        return _("%(party)s has accepted agreement %(folio)s.") % words
    return (
        _("%(party)s has accepted agreement %(folio)s. It was the last acceptance that was missing: the agreement is signed.")
        % words
    )


@workspace_page
def accept(request: HttpRequest, folio: str) -> HttpResponse:
    """A party reads the text and accepts it."""
    record = agreement_for(request, folio)
    mine = {party.pk for party in parties_of(record, request.user, speaking=False)}
    allowed(bool(mine))
    text = text_to_accept(record, request.user)
    parties = [party for party in missing(text) if party.pk in mine]
    if not parties:
        messages.info(request, _("Nothing waits for your signature in agreement %(folio)s.") % {"folio": record.folio})
        return redirect("workspace:agreement", record.folio)
    form = AcceptForm(sent(request), parties=parties)
    if form.is_valid() and attempt(
        form, doors.accept, agreement=record, actor=request.user, **form.values("party", "post"), mode="signed_in"
    ):
        return done(request, answer(record, form.cleaned_data["party"]), "workspace:agreement", record.folio)
    return show_form(
        request, "agreements/workspace/accept.html", form, title=_("Accept agreement %(folio)s") % {"folio": record.folio}, **text
    )


@workspace_page
def record_acceptance(request: HttpRequest, folio: str) -> HttpResponse:
    """An organizer records an acceptance in person, on paper or on behalf."""
    record = agreement_for(request, folio, is_organizer_of)
    text = text_to_accept(record, request.user)
    parties = missing(text)
    if not parties:
        messages.info(request, _("No acceptance of agreement %(folio)s is missing.") % {"folio": record.folio})
        return redirect("workspace:agreement", record.folio)
    form = RecordAcceptanceForm(
        sent(request),
        request.FILES or None,
        parties=parties,
        initial={"accepted_on": record.edition.today(), "party": asked_party(request, parties)},
    )
    names = ("party", "mode", "accepted_on", "post", "reason", "witness", "scan")
    if form.is_valid() and attempt(form, doors.accept, agreement=record, actor=request.user, **form.values(*names)):
        return done(request, answer(record, form.cleaned_data["party"]), "workspace:agreement", record.folio)
    return show_form(request, "agreements/workspace/record_acceptance.html", form, title=_("Record an acceptance"), **text)


def asked_party(request: HttpRequest, parties: list[Any]) -> Any:
    """The party that a link named by its key (`?party=IFE`), or the only one that is left."""
    asked = request.GET.get("party", "")
    return next((party for party in parties if party.key == asked), parties[0] if len(parties) == 1 else None)


class PaperForm(BaseForm):
    """A scan of the signed paper: the reserved original, or its public version."""

    submit_label = gettext_lazy("File the paper")
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("PDF or picture. A file must be chosen again when the page comes back."),
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("This is the public version, without signatures and personal data"), required=False
    )


@workspace_page
def paper_new(request: HttpRequest, folio: str) -> HttpResponse:
    """An organizer files the signed paper; the original stays reserved."""
    record = agreement_for(request, folio, is_organizer_of)
    form = PaperForm(sent(request), request.FILES or None)
    if form.is_valid() and attempt(
        form, doors.add_paper, agreement=record, actor=request.user, version=version_at_work(record), **form.values()
    ):
        return done(request, _("The paper is filed."), "workspace:agreement", record.folio)
    return show_form(request, "agreements/workspace/paper_form.html", form, agreement=record, title=_("File the signed paper"))
