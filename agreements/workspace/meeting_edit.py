"""Prepare a meeting that is proposed or scheduled: its title, its agenda, further invitations."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import workflow as doors
from agreements.models import AgendaItem, Meeting
from agreements.permissions import is_organizer_of
from agreements.workspace.access import meeting_for
from agreements.workspace.fields import bodies_of_edition, options, people_of_edition
from agreements.workspace.meeting_forms import AgendaRow, InvitedRow, agenda_rows, invited_rows
from agreements.workspace.meetings import turned_back
from agreements.workspace.rows import Rows, RowsBlock, WithRows
from core.forms import RecordForm, pair
from core.workspace import attempt, done, sent, show_form, workspace_page


class EditMeetingForm(WithRows, RecordForm):
    """Title and agenda as they stand, and empty rows for whoever is invited besides."""

    submit_label = gettext_lazy("Save the changes")

    class Meta:
        model = Meeting
        fields = ["title_es", "title_en"]

    def __init__(self, data: Any = None, files: Any = None, *, record: Meeting, **kwargs: Any) -> None:
        super().__init__(data, files, record=record, **kwargs)
        items = list(AgendaItem.objects.filter(meeting=record).select_related("commitment", "action_item").order_by("number"))
        self.row_sets = {
            "agenda": Rows(
                AgendaRow,
                "agenda",
                label=gettext_lazy("Item"),
                legend=gettext_lazy("Agenda"),
                data=data,
                initial=[
                    {name: getattr(item, name) for name in ("text_es", "text_en", "commitment", "action_item")} for item in items
                ],
                commitments=options(item.commitment for item in items if item.commitment is not None),
                items=options(item.action_item for item in items if item.action_item is not None),
            ),
            "invited": Rows(
                InvitedRow,
                "invited",
                label=gettext_lazy("Invited"),
                legend=gettext_lazy("Invite more"),
                help_text=gettext_lazy(
                    "They get the invitation as soon as it is saved. Whoever is invited already is not listed here."
                ),
                data=data,
                bodies=bodies_of_edition(record.edition),
                people=people_of_edition(record.edition),
            ),
        }

    def layout(self) -> list[Any]:
        return [
            Fieldset(gettext_lazy("Title"), pair("title_es", "title_en"), css_class="group"),
            *(RowsBlock(rows) for rows in self.row_sets.values()),
        ]


@workspace_page
def meeting_edit(request: HttpRequest, folio: str) -> HttpResponse:
    found = meeting_for(request, folio, is_organizer_of)
    back = turned_back(request, found, "edit")
    if back is not None:
        return back
    form = EditMeetingForm(sent(request), record=found)
    if form.wants_more:
        form.show_more()
    elif form.is_valid() and attempt(
        form,
        doors.edit_meeting,
        meeting=found,
        actor=request.user,
        values=form.values("title_es", "title_en"),
        agenda=agenda_rows(form),
        invited=invited_rows(form),
        revision=form.revision,
    ):
        return done(request, _("Saved: %(record)s.") % {"record": found.folio}, "workspace:meeting", found.folio)
    return show_form(
        request,
        "agreements/workspace/form.html",
        form,
        section="meetings",
        meeting=found,
        title=_("Edit the agenda, invite more"),
        names_of=found.edition,
    )
