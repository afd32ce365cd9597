"""The page behind a link in a mail: one proposal and the draft of the opinion on it, for one official, without signing in."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.events import record_event
from core.mail_links import DeadLink, closed
from core.workspace import REFUSED, attempt, sent
from proposals.by_mail import Opened, open_link
from proposals.workflow import REFERRAL
from proposals.workspace.opinion_form import OpinionForm
from proposals.workspace.review import draft_of, write


@csrf_exempt  # The right to write is the address itself; there is no session that another site could abuse.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Read the proposal, write and save the draft. A link that is dead for any reason is answered alike."""
    try:
        opened = open_link(token)
    except DeadLink:
        return closed(render(request, "proposals/public/by_mail_dead.html", status=404))
    referral = opened.referral
    form = OpinionForm(sent(request), record=draft_of(referral), agency=referral.agency)
    saved = False
    if "more" in request.POST:
        form.add_rows()
    elif form.is_valid() and attempt(form, save, opened=opened, form=form):
        saved = True
        form = OpinionForm(None, record=draft_of(referral), agency=referral.agency)
    context = {
        "referral": referral,
        "version": referral.version,
        "form": form,
        "saved": saved,
        "refusal": REFERRAL.refusal(referral, "answer", opened.user),
    }
    status = REFUSED if form.is_bound and form.errors else 200
    return closed(render(request, "proposals/public/by_mail.html", context, status=status))


def save(*, opened: Opened, form: Any) -> Any:
    """Through the same doors as the desk; the event says that it came by the link."""
    with transaction.atomic():
        draft = write(referral=opened.referral, form=form, actor=opened.user)
        record_event(draft, "draft_by_mail", actor=opened.user)
    return draft
