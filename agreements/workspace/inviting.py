"""Pages of the invited and of the roll: answers (also by a link of a mail), the chosen time, ticks one by one, the sign sheet."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agreements import workflow as doors
from agreements.invitations import open_invitation, own_rows
from agreements.permissions import is_invited_to, is_organizer_of
from agreements.workflow.inviting import guest_words
from agreements.workspace.access import allowed, meeting_for, refuse_step
from agreements.workspace.answers import AnswerForm, TakeBackForm
from agreements.workspace.meetings import attendance_of, show_meeting, turned_back
from core.events import SYSTEM, record_event, record_read
from core.mail_links import DeadLink, closed
from core.outbox.notices import Addressee
from core.received import received
from core.workflow import StepRefused, sentence_of
from core.workspace import REFUSED, attempt, done, sent, workspace_page


@workspace_page(methods=("POST",))
def meeting_answer(request: HttpRequest, folio: str) -> HttpResponse:
    """The own body's answer; fields that begin with `behalf` are the answer of somebody who told an organizer."""
    found = meeting_for(request, folio)
    on_behalf = "behalf-guest" in request.POST
    allowed(is_organizer_of(found, request.user) if on_behalf else is_invited_to(found, request.user))
    rows = attendance_of(found) if on_behalf else own_rows(found, request.user)
    prefix = "behalf" if on_behalf else None
    form = AnswerForm(request.POST, meeting=found, rows=rows, on_behalf=on_behalf, prefix=prefix)
    if form.is_valid() and attempt(form, form.send, actor=request.user):
        return done(request, _("The answer is recorded."), "workspace:meeting", found.folio)
    return show_meeting(request, found, answering=form)


@workspace_page(methods=("POST",))
def meeting_uninvite(request: HttpRequest, folio: str) -> HttpResponse:
    """An organizer takes an invitation back."""
    found = meeting_for(request, folio, is_organizer_of)
    back = turned_back(request, found, "uninvite")
    if back is not None:
        return back
    form = TakeBackForm(request.POST, rows=attendance_of(found), prefix="back")
    if form.is_valid() and attempt(form, doors.take_back_invitation, meeting=found, actor=request.user, **form.given()):
        return done(request, _("The invitation is taken back; they are told why."), "workspace:meeting", found.folio)
    return show_meeting(request, found, taking_back=form)


@workspace_page(methods=("POST",))
def meeting_choose(request: HttpRequest, folio: str, number: int) -> HttpResponse:
    """One of the possible times is chosen: the meeting is scheduled."""
    found = meeting_for(request, folio, is_organizer_of)
    slot = found.slots.filter(number=number).first() if number < 2**15 else None
    refused = refuse_step(doors.MEETING, found, "confirm", request.user)
    if not refused and slot is None:
        refused = _("This time is not proposed any more: load the page again.")
    if not refused:
        try:
            doors.confirm_meeting(meeting=found, actor=request.user, slot=slot)
        except (StepRefused, ValidationError) as error:
            refused = sentence_of(error)
    if refused:
        return show_meeting(request, found, refused=refused)
    return done(request, _("Meeting %(folio)s is scheduled.") % {"folio": found.folio}, "workspace:meeting", found.folio)


@workspace_page(methods=("POST",))
def meeting_tick(request: HttpRequest, folio: str) -> JsonResponse:
    """One line of the roll, for the script of the page: `presence-…` and the id under which it is done once."""
    found = meeting_for(request, folio, is_organizer_of)
    name = next((name for name in request.POST if name.startswith("presence-")), "")
    number, refused = name.removeprefix("presence-"), ""
    rows: dict[str, Any] = {}
    try:
        if not (number.isascii() and number.isdigit() and len(number) < 18):
            raise ValidationError(_("The page asked for something that the roll does not hold: load it again."))
        with received(request.user, request.POST.get("id", "")) as is_new:
            if is_new:
                doors.tick(meeting=found, guest=int(number), presence=request.POST[name], actor=request.user)
        row = next((row for row in found.attendance.all() if row.pk == int(number)), None)
        rows = {name: {"state": row.presence}} if row is not None else {}
    except (StepRefused, ValidationError) as error:
        refused = sentence_of(error)
    return JsonResponse({"rows": rows, "refused": refused}, status=REFUSED if refused else 200)


@workspace_page(methods=("GET", "HEAD"))
def meeting_sheet(request: HttpRequest, folio: str) -> HttpResponse:
    """The sheet on which everybody signs. Names are personal: that they were printed leaves a trace."""
    found = meeting_for(request, folio, is_organizer_of)
    record_read(found, "print_list", request.user)
    context = {"meeting": found, "attendance": attendance_of(found)}
    return render(request, "agreements/workspace/meeting_sheet.html", context)


@csrf_exempt  # The right to answer is the address itself; there is no session that another site could abuse.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Answer an invitation without signing in. A link that is dead for any reason is answered alike."""
    try:
        meeting, user, rows = open_invitation(token)
    except DeadLink:
        return closed(render(request, "agreements/public/answer_dead.html", status=404))
    form = AnswerForm(sent(request), meeting=meeting, rows=rows)
    saved = form.is_valid() and attempt(form, send_by_mail, form=form, user=user)
    if saved:
        form = AnswerForm(None, meeting=meeting, rows=own_rows(meeting, user))
    # No session, so nothing that a token would guard, and no cookie.
    form.helper.disable_csrf = True
    context = {"meeting": meeting, "form": form, "saved": saved, "bodies": list(dict.fromkeys(row.body.short for row in rows))}
    status = REFUSED if form.is_bound and form.errors else 200
    return closed(render(request, "agreements/public/answer_by_mail.html", context, status=status))


def send_by_mail(*, form: AnswerForm, user: Any) -> None:
    """Through the same door; the event says that it came by the link, and from whom where it is no account."""
    guest = isinstance(user, Addressee)
    actor = SYSTEM if guest else user
    with transaction.atomic():
        form.send(actor)
        told = {"invited": [None, [guest_words(row) for row in form.rows]]} if guest else {}
        record_event(form.meeting, "answer_by_mail", actor=actor, changes=told)
