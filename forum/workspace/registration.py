"""The registration desk of an edition: find, check in, take back, record the consent; what no connection took comes later."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import record_read
from core.received import moment_said, received
from core.workflow import StepRefused, sentence_of
from core.workspace import REFUSED, workspace_page
from forum import registration as desk
from forum.models import Agency, Edition, Organization
from forum.workflow import check_in, check_in_body, set_consent
from forum.workspace.access import own_edition

#: A page holds at most this many rows; the search finds the others.
MOST_ROWS = 600
LONGEST_SEARCH = 200
#: What a row can be asked for → whether it concerns people alone, and the sentence when it is done.
ACTS: dict[str, tuple[bool, Any]] = {
    "check_in": (False, gettext_lazy("Checked in: %(name)s.")),
    "undo": (False, gettext_lazy("Check-in taken back: %(name)s.")),
    "consent": (True, gettext_lazy("Consent recorded: %(name)s.")),
    "withdraw": (True, gettext_lazy("Consent withdrawn: %(name)s.")),
}


@workspace_page
def registration(request: HttpRequest, slug: str) -> HttpResponse:
    """The desk. GET: `q` filters. POST: `act` is a verb and the code of a row; `id` and `at` come from the page's script."""
    edition = own_edition(request, slug)
    return take(request, edition) if request.method == "POST" else show(request, edition, request.GET.get("q", ""))


def show(request: HttpRequest, edition: Edition, text: str, refused: str = "") -> HttpResponse:
    """The page; `refused` is why the act of a plain form was not done. It names everybody, and leaves a trace."""
    record_read(edition, "see_participants", request.user)
    text = text[:LONGEST_SEARCH].replace("\x00", "")
    people, bodies = desk.people_of(edition), desk.bodies_of(edition)
    every = [*people, *bodies]
    found = desk.matching(every, text)
    shown = found[:MOST_ROWS]
    present = desk.through_people(people)
    context = {
        "title": _("Registration desk"),
        "edition": edition,
        "q": text,
        "counts": desk.counts_of(every),
        "groups": [
            (name, heading, rows)
            for name, heading in desk.HEADINGS.items()
            if (rows := [(row, row.code in present) for row in shown if row.is_person == (name == "people")])
        ],
        "found": len(found),
        "left_out": len(found) - len(shown),
        "anybody": bool(every),
        "refused": refused,
    }
    return render(request, "forum/workspace/registration.html", context, status=REFUSED if refused else 200)


def take(request: HttpRequest, edition: Edition) -> HttpResponse:
    """One act, once. The script is answered with the row as it stands; a plain form goes back to the page."""
    verb, _blank, code = request.POST.get("act", "").partition(" ")
    refused, said = "", ""
    try:
        with received(request.user, request.POST.get("id", "")) as is_new:
            name = do(edition, verb, code, request.user, at=moment_said(request.POST.get("at", "")), again=not is_new)
        said = str(ACTS[verb][1]) % {"name": name}
    except (StepRefused, ValidationError) as error:
        refused = sentence_of(error)
    if wants_json(request):
        rows = {} if refused else {code: shown_state(edition, code)}
        return JsonResponse({"rows": rows, "refused": refused}, status=REFUSED if refused else 200)
    query = request.POST.get("q", "")[:LONGEST_SEARCH]
    if refused:
        return show(request, edition, query, refused)
    messages.success(request, said)
    return redirect(reverse("workspace:registration", args=[edition.slug]) + (f"?{urlencode({'q': query})}" if query else ""))


def do(edition: Edition, verb: str, code: str, actor: Any, *, at: dt.datetime, again: bool = False) -> str:
    """The name of the row, after the act; `again`: it was done before, nothing is done. Raises StepRefused or ValidationError."""
    record, is_person = find(edition, code)
    if verb not in ACTS or (ACTS[verb][0] and not is_person):
        raise ValidationError(_("The page asked for something that the desk does not do: load it again."))
    name = str(record.person.shown if is_person else record)
    if again:
        return name
    if verb in ("consent", "withdraw"):
        how = _("said at the registration desk")
        set_consent(participation=record, given=verb == "consent", actor=actor, how=how)
    elif is_person:
        check_in(participation=record, actor=actor, undo=verb == "undo", at=at)
    else:
        check_in_body(edition=edition, body=record, actor=actor, undo=verb == "undo", at=at)
    return name


def find(edition: Edition, code: str) -> tuple[Any, bool]:
    """The participant or body of a code, and whether it is a person. Raises ValidationError for one that is not expected here."""
    kind, _colon, key = code.partition(":")
    record = None
    if len(key) <= 80 and "\x00" not in key:
        if kind == desk.PERSON:
            record = edition.participations.select_related("person", "edition", "organization", "agency").filter(key=key).first()
        elif kind == desk.ORGANIZATION:
            record = Organization.objects.filter(edition_rows__edition=edition, key=key).first()
        elif kind == desk.AGENCY:
            record = Agency.objects.filter(edition_rows__edition=edition, key=key).first()
    if record is None:
        raise ValidationError(
            _("“%(code)s” is not on the list of this edition any more: load the page again.") % {"code": key[:80]}
        )
    return record, kind == desk.PERSON


def shown_state(edition: Edition, code: str) -> dict[str, Any]:
    record, is_person = find(edition, code)
    row = desk.person_row(record) if is_person else next(row for row in desk.bodies_of(edition) if row.code == code)
    return state_of(row)


def state_of(row: desk.DeskRow) -> dict[str, Any]:
    return {"state": row.state, "consent": row.consents}


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


@workspace_page(methods=("GET", "HEAD"))
def registration_state(request: HttpRequest, slug: str) -> JsonResponse:
    """Who is there, for a page that is open beside another desk: every row by its code."""
    edition = own_edition(request, slug)
    rows = [*desk.people_of(edition), *desk.bodies_of(edition)]
    return JsonResponse({"rows": {row.code: state_of(row) for row in rows}})


# --- on paper ---------------------------------------------------------------------------------------------------------


def printed(request: HttpRequest, slug: str, template: str, **context: Any) -> HttpResponse:
    """A list of names for paper. Names are personal: that they were printed leaves a trace."""
    edition = own_edition(request, slug)
    record_read(edition, "print_list", request.user)
    return render(request, template, {"edition": edition, "people": desk.people_of(edition), **context})


@workspace_page(methods=("GET", "HEAD"))
def registration_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """The sheet on which everybody signs."""
    return printed(request, slug, "forum/workspace/registration_sheet.html")


@workspace_page(methods=("GET", "HEAD"))
def registration_badges(request: HttpRequest, slug: str) -> HttpResponse:
    """A badge for each participant."""
    return printed(request, slug, "forum/workspace/registration_badges.html")
