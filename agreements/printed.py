"""Agreements and minutes as files to print and to correct on paper. Who may read the record may print it, nobody else."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from agreements.documents import agreement_document, minutes_document
from agreements.meetings import page_of as meeting_page_of
from agreements.models import AgreementVersion
from agreements.record import AgreementPage, page_of, party_rows
from agreements.views import found_agreement, found_meeting, version_in
from core.documents import file_answer
from core.pages import reader, to_permanent


@require_safe
def agreement(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The version in force; before the first signature the one that is being signed or drafted."""
    record = found_agreement(request, key)
    if elsewhere := to_permanent(request, record, key, reverse(f"agreement_{form}", args=[record.folio])):
        return elsewhere
    page = page_of(record, reader(request))
    if page.shown is None:
        raise Http404
    return version_file(request, page, page.shown, form)


@require_safe
def agreement_version(request: HttpRequest, key: str, number: int, form: str) -> HttpResponse:
    record = found_agreement(request, key)
    if elsewhere := to_permanent(request, record, key, reverse(f"agreement_version_{form}", args=[record.folio, number])):
        return elsewhere
    page = page_of(record, reader(request))
    return version_file(request, page, version_in(page, number), form)


def version_file(request: HttpRequest, page: AgreementPage, version: AgreementVersion, form: str) -> HttpResponse:
    address = reverse("agreement_version", args=[page.agreement.folio, version.number])
    parties = party_rows(version, [row.party for row in page.parties])
    document = agreement_document(page, version, parties, request.build_absolute_uri(address))
    return file_answer(document, form, version.folio)


@require_safe
def minutes(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The approved minutes in force."""
    record = found_meeting(request, key)
    if elsewhere := to_permanent(request, record, key, reverse(f"minutes_{form}", args=[record.folio])):
        return elsewhere
    page = meeting_page_of(record, reader(request))
    if page.minutes is None:
        raise Http404
    address = request.build_absolute_uri(record.get_absolute_url())
    return file_answer(minutes_document(page, page.minutes, address), form, page.minutes.folio)
