"""An opinion as a file to print. Who may read it on the page of its proposal may print it, nobody else."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.documents import file_answer
from core.gate import get_for
from core.pages import reader, to_permanent
from proposals.documents import opinion_document
from proposals.models import Opinion

RELATED = ("referral__agency", "referral__version__proposal__edition", "refer_to", "supersedes")
BESIDE = ("criteria", "conditions", "referral__agency__names")


@require_safe
def opinion(request: HttpRequest, key: str, folio: str) -> HttpResponse:
    """An issued opinion, also one that another took the place of; a draft is nobody's to print."""
    rows = Opinion.objects.exclude(status=Opinion.Status.DRAFT).select_related(*RELATED).prefetch_related(*BESIDE)
    record: Any = get_for(reader(request), rows, folio)
    proposal = record.proposal
    if key.casefold() != proposal.folio.casefold():
        raise Http404
    address = reverse("opinion_pdf", args=[proposal.folio, record.folio])
    # Both keys stand in the address; each in its own spelling.
    if elsewhere := to_permanent(request, record, folio if key == proposal.folio else "", address):
        return elsewhere
    place = f"{proposal.get_absolute_url()}#body-{record.referral.agency.key.lower()}"
    return file_answer(opinion_document(record, request.build_absolute_uri(place)), "pdf", record.folio)
