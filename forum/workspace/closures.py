"""Non-working days: the calendar that all terms are counted by."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.forms import RecordForm, pair
from core.gate import get_for
from core.timeline import timeline
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Agency, Closure
from forum.permissions import is_any_organizer
from forum.workflow import enter_closure, withdraw_closure
from forum.workspace.access import organizers_only
from forum.workspace.fields import federal_entities
from forum.workspace.forms import ReasonOnly

#: Those that a page lists; older ones are in the admin.
MOST = 200


class ClosureForm(RecordForm):
    """Non-working days, for all bodies, those of a state, or one."""

    submit_label = gettext_lazy("Enter the days and move the open dates")
    sections = [
        (gettext_lazy("When"), [pair("starts_on", "ends_on"), pair("name_es", "name_en"), "authority"]),
        (gettext_lazy("For whom (neither chosen: for every body)"), [pair("agency", "state")]),
    ]

    class Meta:
        model = Closure
        fields = ["starts_on", "ends_on", "name_es", "name_en", "authority", "agency", "state"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.order_by("sort", "key")
        self.fields["state"].queryset = federal_entities()


def moved_words(number: int) -> str:
    return ngettext("One open due date moved.", "%(count)s open due dates moved.", number) % {"count": number}


@workspace_page
def closures(request: HttpRequest) -> HttpResponse:
    """What is closed and for whom, and the form for more."""
    organizers_only(request)
    form = ClosureForm(sent(request))
    if form.is_valid() and attempt(form, enter_closure, actor=request.user, values=form.values()):
        closure, moved = form.result
        return done(request, f"{_('Entered: %(record)s.') % {'record': closure}} {moved_words(moved)}", "workspace:closures")
    rows = Closure.objects.select_related("agency", "state").order_by("-starts_on", "key")[:MOST]
    return show_form(request, "forum/workspace/closures.html", form, closures=rows)


@workspace_page
def closure_withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take back days that were entered by mistake."""
    found = get_for(request.user, Closure, key, allow=is_any_organizer)
    form = ReasonOnly(sent(request))
    form.submit_label = _("Take these days back")
    if form.is_valid() and attempt(form, withdraw_closure, closure=found, actor=request.user, **form.values("reason")):
        return done(
            request, f"{_('Taken back: %(record)s.') % {'record': found}} {moved_words(form.result)}", "workspace:closures"
        )
    refusal = _("These days were taken back already.") if found.withdrawn_at else None
    return show_form(
        request,
        "workspace/form.html",
        form,
        title=_("Take back: %(record)s") % {"record": found},
        refusal=refusal,
        timeline=timeline(found),
    )
