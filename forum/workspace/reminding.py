"""The button by which an organizer reminds those who owe something."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from core.workflow import StepRefused
from forum.workflow import remind


def reminded(request: HttpRequest, record: Any, page: str, folio: str) -> HttpResponse:
    """Remind, say how many got it or why nobody did, and go back to the page of the record."""
    try:
        made = remind(record=record, actor=request.user)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("One person is reminded.", "%(count)s people are reminded.", made.addressees)
        messages.success(request, said % {"count": made.addressees})
    return redirect(page, folio)
