"""The programme of an edition in the workspace: sessions with their table, time and room."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.fields import LONG_TEXT
from core.forms import BaseForm, pair, time_field
from core.gate import get_for
from core.timeline import timeline
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Edition, Session
from forum.permissions import is_organizer_of
from forum.programme import by_day, clashes, sessions_of
from forum.workflow import create_session, edit_session, remove_session
from forum.workflow.common import free_key
from forum.workspace.access import own_edition

LONG = forms.Textarea(attrs={"rows": "4"})


class SessionForm(BaseForm):
    """An item of the programme. Its times are on the wall clock of the edition."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Session.Kind.choices)
    table = forms.ModelChoiceField(label=gettext_lazy("Working table"), queryset=None, to_field_name="key", required=False)
    title_es = forms.CharField(label=gettext_lazy("Title in Spanish"), max_length=300)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=300, required=False)
    day = forms.DateField(label=pgettext_lazy("of a session", "Day"))
    starts = time_field(pgettext_lazy("time of a session", "From"))
    ends = time_field(pgettext_lazy("time of a session", "To"))
    room = forms.CharField(label=gettext_lazy("Room"), max_length=150, required=False)
    minutes_es = forms.CharField(
        label=gettext_lazy("Rapporteur's report in Spanish"), max_length=LONG_TEXT, required=False, widget=LONG
    )
    minutes_en = forms.CharField(
        label=gettext_lazy("Rapporteur's report in English"), max_length=LONG_TEXT, required=False, widget=LONG
    )
    submit_label = gettext_lazy("Save the session")

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        self.edition = edition
        super().__init__(*args, **kwargs)
        self._made_with["edition"] = edition
        self.fields["table"].queryset = edition.tables.order_by("number")

    def initial_of(self, record: Session) -> dict[str, Any]:
        zone = ZoneInfo(self.edition.time_zone)
        starts, ends = record.starts_at.astimezone(zone), record.ends_at.astimezone(zone)
        names = ("kind", "title_es", "title_en", "room", "minutes_es", "minutes_en")
        return {
            **{name: getattr(record, name) for name in names},
            "table": record.table.key if record.table is not None else "",
            "day": starts.date(),
            "starts": starts.time(),
            "ends": ends.time(),
        }

    def layout(self) -> list[Any]:
        return [
            Fieldset(gettext_lazy("What"), pair("title_es", "title_en"), pair("kind", "table"), css_class="group"),
            Fieldset(gettext_lazy("When and where"), pair("day", "starts", "ends"), "room", css_class="group"),
            Fieldset(gettext_lazy("What came of it"), pair("minutes_es", "minutes_en"), css_class="group"),
        ]

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if not 1990 <= day.year <= 2100:
            raise ValidationError(_("Check the year: sessions between 1990 and 2100 can be entered."))
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if all(given.get(name) is not None for name in ("day", "starts", "ends")) and given["ends"] < given["starts"]:
            self.add_error("ends", _("A session cannot end before it starts: correct one of the two times."))
        return given

    def session_values(self) -> dict[str, Any]:
        """The columns of the session."""
        zone, day = ZoneInfo(self.edition.time_zone), self.cleaned_data["day"]
        return {
            **self.values("kind", "table", "title_es", "title_en", "room", "minutes_es", "minutes_en"),
            "starts_at": dt.datetime.combine(day, self.cleaned_data["starts"], zone),
            "ends_at": dt.datetime.combine(day, self.cleaned_data["ends"], zone),
        }


def own_session(request: HttpRequest, slug: str, key: str) -> tuple[Edition, Session]:
    edition = own_edition(request, slug)
    rows = Session.objects.filter(edition=edition).select_related("table", "edition")
    return edition, get_for(request.user, rows, key, allow=is_organizer_of)


@workspace_page(methods=("GET", "HEAD"))
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """The sessions day by day, with those that share a room at one time."""
    edition = own_edition(request, slug)
    sessions = sessions_of(edition, request.user)
    context = {
        "title": _("Programme"),
        "edition": edition,
        "days": by_day(sessions, edition.time_zone),
        "clashes": clashes(sessions),
    }
    return render(request, "forum/workspace/programme.html", context)


@workspace_page
def session_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter a session; the day is that of the last one."""
    edition = own_edition(request, slug)
    last = edition.sessions.order_by("-starts_at").first()
    day = last.starts_at.astimezone(ZoneInfo(edition.time_zone)).date() if last is not None else edition.starts_on
    form = SessionForm(sent(request), edition=edition, initial={"day": day})
    prefix = f"{edition.slug}-s"
    keys = Session.objects.filter(key__startswith=prefix).values_list("key", flat=True)
    if form.is_valid() and attempt(
        form,
        create_session,
        actor=request.user,
        values={**form.session_values(), "edition": edition, "key": free_key(prefix, keys, 1)},
    ):
        return done(request, _("Entered: %(record)s.") % {"record": form.result}, "workspace:programme", slug)
    return show_form(request, "forum/workspace/session_form.html", form, edition=edition, title=_("Enter a session"))


@workspace_page
def session_edit(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Change a session."""
    edition, session = own_session(request, slug, key)
    form = SessionForm(sent(request), record=session, edition=edition)
    if form.is_valid() and attempt(
        form, edit_session, session=session, actor=request.user, values=form.session_values(), revision=form.revision
    ):
        return done(request, _("Saved: %(record)s.") % {"record": session}, "workspace:programme", slug)
    return show_form(
        request,
        "forum/workspace/session_form.html",
        form,
        edition=edition,
        session=session,
        title=str(session),
        timeline=timeline(session),
    )


@workspace_page(methods=("POST",))
def session_remove(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Take a session out of the programme."""
    edition, session = own_session(request, slug, key)
    if "sure" not in request.POST:
        raise Http404
    title = str(session)
    remove_session(session=session, actor=request.user)
    return done(request, _("Taken out of the programme: %(record)s.") % {"record": title}, "workspace:programme", edition.slug)
