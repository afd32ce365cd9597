"""Files that are not public: minutes that are being written, and the sheet on which those who come to a meeting sign."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from agreements.documents import minutes_document, sign_sheet_document
from agreements.meetings import page_of
from agreements.permissions import is_organizer_of
from agreements.workspace.access import meeting_for
from core.documents import file_answer
from core.events import record_read
from core.workspace import workspace_page


@workspace_page(methods=("GET", "HEAD"))
def minutes(request: HttpRequest, folio: str, form: str) -> HttpResponse:
    """The newest minutes that this person may read: drafts the organizers, circulated ones the invited."""
    meeting = meeting_for(request, folio)
    page = page_of(meeting, request.user)
    if not page.all_minutes:
        raise Http404
    newest = page.all_minutes[-1]
    address = request.build_absolute_uri(meeting.get_absolute_url())
    return file_answer(minutes_document(page, newest, address), form, newest.folio, private=True)


@workspace_page(methods=("GET", "HEAD"))
def sign_sheet(request: HttpRequest, folio: str) -> HttpResponse:
    meeting = meeting_for(request, folio, is_organizer_of)
    record_read(meeting, "print_list", request.user)
    rows = meeting.attendance.select_related("organization", "agency", "participation__person").order_by("id")
    address = request.build_absolute_uri(meeting.get_absolute_url())
    return file_answer(sign_sheet_document(meeting, rows, address), "pdf", f"{meeting.folio}-A", private=True)
