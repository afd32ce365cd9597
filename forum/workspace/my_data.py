"""What is held about me, and the consents that I, or the delegates of my organization, can take back."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.events import record_read
from core.gate import get_for
from core.workflow import StepRefused
from core.workspace import REFUSED, done, workspace_page
from forum.models import Participation, Person
from forum.own_data import own_file
from forum.roles import roles_of
from forum.workflow import set_consent
from forum.workflow.people import may_speak_for, may_withdraw_for

#: Participants of an organization that a page lists.
MOST = 200


def mine_and_ours(user: Any) -> Any:
    """My parts, and those of the organizations whose delegate I am while they show a name."""
    ours = Q(organization__in=roles_of(user).organizations, show_name=True)
    rows = Participation.objects.visible_to(user).filter(Q(person__user=user.pk) | ours)
    return rows.select_related("edition", "organization", "agency", "person").order_by("edition", "sort", "key")


def page(request: HttpRequest, refusal: str = "") -> HttpResponse:
    person = Person.objects.filter(user=request.user.pk).first()
    if person is not None:
        record_read(person, "see_contact_data", request.user)
    rows = list(mine_and_ours(request.user)[:MOST])
    places = (person.residence_city, person.residence_subdivision, person.residence_country) if person is not None else ()
    context = {
        "title": _("My data"),
        "person": person,
        "residence": ", ".join(str(place) for place in places if place),
        "mine": [row for row in rows if may_speak_for(row, request.user)],
        "ours": [row for row in rows if not may_speak_for(row, request.user)],
        "refusal": refusal,
        "most": MOST,
    }
    return render(request, "forum/workspace/my_data.html", context, status=REFUSED if refusal else 200)


@workspace_page(methods=("GET", "HEAD"))
def my_data(request: HttpRequest) -> HttpResponse:
    """The person and the account as they are held, and the parts in each forum with their consent."""
    return page(request)


@workspace_page(methods=("GET", "HEAD"), sensitive=True)
def my_data_file(request: HttpRequest) -> StreamingHttpResponse:
    """All of it as one file, for whoever has just shown who it is."""
    return own_file(request.user)  # type: ignore[arg-type]


@workspace_page(methods=("POST",))
def my_consent(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Give or take back the consent to show a name: one button, at once, on every page."""
    rows = mine_and_ours(request.user).filter(edition__slug=slug[:80])
    part = get_for(request.user, rows, key, allow=may_withdraw_for)
    given = request.POST.get("consent") == "give"
    try:
        set_consent(participation=part, given=given, actor=request.user, how=_("on the page “My data”"))
    except StepRefused as refusal:
        return page(request, str(refusal))
    sentence = _("The name is shown from now on.") if given else _("The name is hidden from now on.")
    return done(request, sentence, "workspace:my_data")
