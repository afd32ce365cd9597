"""What the registration desk prints: it names people, so it is for the organizers of the edition alone, and leaves a trace."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from core.documents import file_answer
from core.events import record_read
from core.workspace import workspace_page
from forum.documents import badges_document, sign_sheet_document
from forum.workspace.access import own_edition


def people_of(edition: Any) -> Any:
    """The participants of an edition by name, with person and body at hand."""
    return edition.participations.select_related("person", "organization", "agency").order_by("person__sort", "key")


@workspace_page(methods=("GET", "HEAD"))
def sign_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    edition = own_edition(request, slug)
    record_read(edition, "print_list", request.user)
    address = request.build_absolute_uri(edition.get_absolute_url())
    return file_answer(sign_sheet_document(edition, people_of(edition), address), "pdf", f"{slug}-A", private=True)


@workspace_page(methods=("GET", "HEAD"))
def badges(request: HttpRequest, slug: str) -> HttpResponse:
    edition = own_edition(request, slug)
    record_read(edition, "print_list", request.user)
    return file_answer(badges_document(edition, people_of(edition)), "pdf", f"{slug}-B", private=True)
