"""Forms of a work meeting: when and where, who is invited, the agenda, and who came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.layout import Div, Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agreements.models import Attendance, Meeting
from agreements.workspace.agreement_forms import NOTHING, check_comes_for, long_text
from agreements.workspace.answers import guest_label
from agreements.workspace.fields import (
    Options,
    PickField,
    PickSeveralField,
    bodies_of_edition,
    body_argument,
    options,
    people_of_edition,
)
from agreements.workspace.rows import Folded, RowForm, Rows, RowsBlock, WithRows
from agreements.workspace.zones import clocks, moment_in, zone_choices
from core.forms import BaseForm, RecordForm, pair, time_field
from core.text import fold

FIRST_YEAR, LAST_YEAR = 1990, 2100


def in_our_time(day: dt.date) -> dt.date:
    """The day, unless its year is a slip. Raises ValidationError."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            _("Check the year: meetings between %(first)d and %(last)d can be entered.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return day


class TimesMixin(forms.Form):
    """A day, two times and a zone, and the two moments that they mean."""

    #: What the clocks of the parties will say, once they are worked out.
    clocks: Sequence[Any] = ()
    buttons = [("preview", gettext_lazy("Show what the clocks will say"))]

    day = forms.DateField(label=pgettext_lazy("of a meeting", "Day"))
    starts = time_field(pgettext_lazy("time of a meeting", "From"))
    ends = time_field(pgettext_lazy("time of a meeting", "To"))
    time_zone = forms.ChoiceField(label=gettext_lazy("Times of"))

    def clean_day(self) -> dt.date:
        return in_our_time(self.cleaned_data["day"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not all(given.get(name) is not None for name in ("day", "starts", "ends", "time_zone")):
            return given
        for name, moment in (("starts", "starts_at"), ("ends", "ends_at")):
            try:
                given[moment] = moment_in(given["day"], given[name], given["time_zone"])
            except ValidationError as error:
                self.add_error(name, error)
        if "starts_at" in given and "ends_at" in given and given["ends_at"] <= given["starts_at"]:
            self.add_error("ends", _("A meeting ends after it starts: correct one of the two times."))
        return given

    @property
    def wants_clocks(self) -> bool:
        """The button that shows the clocks was pressed: save nothing."""
        return self.is_bound and "preview" in self.data

    def work_out_clocks(self) -> None:
        """What the clocks of the parties will say, as far as the times can be read; nothing is judged."""
        self.full_clean()
        given = self.cleaned_data
        if given.get("starts_at") and given.get("ends_at"):
            self.clocks = clocks(given["starts_at"], given["ends_at"], given["time_zone"])
        self._errors = ErrorDict()


def times_of(meeting: Meeting) -> dict[str, Any]:
    """The moments of a meeting as the form shows them, in the meeting's own zone."""
    zone = ZoneInfo(meeting.time_zone)
    starts, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
    return {"day": starts.date(), "starts": starts.time(), "ends": ends.time(), "time_zone": meeting.time_zone}


class InvitedRow(RowForm):
    """A body that is invited, perhaps by one of its people."""

    short = True
    pairs = [("body", "participation")]

    body = PickField(label=gettext_lazy("Organization or public body"))
    participation = PickField(label=gettext_lazy("Person"), required=False)

    def __init__(self, *args: Any, bodies: Options = NOTHING, people: Options = NOTHING, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with |= {"bodies": bodies, "people": people}
        self.fields["body"].offer(bodies)
        self.fields["participation"].offer(people)
        if not people.by_value:
            del self.fields["participation"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        check_comes_for(self, "participation", given.get("body"))
        return given


class AgendaRow(RowForm):
    """An item of the agenda; it may bring a commitment or an earlier action item."""

    pairs = [("text_es", "text_en")]
    defaults = frozenset({"commitment", "action_item"})

    text_es = long_text(gettext_lazy("Item in Spanish"), rows=2, required=True)
    text_en = long_text(gettext_lazy("Item in English"), rows=2)
    commitment = PickField(widget=forms.HiddenInput, required=False)
    action_item = PickField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, commitments: Options = NOTHING, items: Options = NOTHING, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with |= {"commitments": commitments, "items": items}
        self.fields["commitment"].offer(commitments)
        self.fields["action_item"].offer(items)

    @property
    def note(self) -> str:
        """Where an item comes from: the folio of its commitment or of the earlier action item."""
        found = [
            value for name in ("commitment", "action_item") if (value := self.fields[name].prepare_value(self[name].value()))
        ]
        return _("From %(folio)s") % {"folio": str(found[0])[:60]} if found else ""


class TimeRow(RowForm):
    """A further possible time, on the clock that the form names."""

    short = True
    pairs = [("day", "starts", "ends")]

    day = forms.DateField(label=pgettext_lazy("of a meeting", "Day"))
    starts = time_field(pgettext_lazy("time of a meeting", "From"))
    ends = time_field(pgettext_lazy("time of a meeting", "To"))

    def clean_day(self) -> dt.date:
        return in_our_time(self.cleaned_data["day"])

    def read(self, zone: str) -> tuple[dt.datetime, dt.datetime] | None:
        """The two moments on the clock of `zone`; None with an error at its field where they cannot be."""
        given, moments = self.cleaned_data, []
        for name in ("starts", "ends"):
            try:
                moments.append(moment_in(given["day"], given[name], zone))
            except ValidationError as error:
                self.add_error(name, error)
        if len(moments) == 2 and moments[1] <= moments[0]:
            self.add_error("ends", _("A meeting ends after it starts: correct one of the two times."))
        return (moments[0], moments[1]) if not self.errors else None


class MeetingForm(TimesMixin, WithRows, RecordForm):
    """Schedule (organizers) or propose (parties) a meeting that follows agreements.

    `agreements` are those that can be followed; `start` holds what a new meeting starts with: `chosen` agreements,
    `invited` rows and `agenda` rows. Parties do not see the names of participants, so `people` is for organizers.
    """

    #: Further possible times, once the form is valid.
    slots: Sequence[tuple[dt.datetime, dt.datetime]] = ()

    agreements = PickSeveralField(label=gettext_lazy("Agreements that it follows"), required=False)
    convener = PickField(label=gettext_lazy("Convener"), required=False)
    link = forms.URLField(label=gettext_lazy("Link (for the invited)"), required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Meeting
        fields = ["title_es", "title_en", "place", "link"]

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        edition: Any,
        agreements: list[Any],
        start: dict[str, Any],
        with_people: bool = True,
        **kwargs: Any,
    ) -> None:
        initial = {"time_zone": edition.time_zone, **(start.get("values") or {}), **(kwargs.pop("initial", None) or {})}
        super().__init__(data, files, initial=initial, **kwargs)
        self._made_with |= {"edition": edition, "agreements": agreements, "start": start, "with_people": with_people}
        self._made_with.pop("initial", None)
        self.fields["time_zone"].choices = zone_choices(edition.time_zone)
        self.fields["agreements"].offer(options(agreements))
        invited = start.get("invited", [])
        bodies = bodies_of_edition(edition, *(each["body"] for each in invited))
        self.fields["convener"].offer(bodies)
        self.row_sets = {
            "slots": Rows(
                TimeRow,
                "slots",
                label=gettext_lazy("Possible time"),
                legend=gettext_lazy("Further possible times"),
                help_text=gettext_lazy(
                    "Leave them empty when the time is settled. With several times the meeting is proposed, the invited say which "
                    "suit them, and an organizer chooses one."
                ),
                data=data,
            ),
            "invited": Rows(
                InvitedRow,
                "invited",
                label=gettext_lazy("Invited"),
                legend=gettext_lazy("Who is invited"),
                data=data,
                initial=invited,
                bodies=bodies,
                people=people_of_edition(edition) if with_people else NOTHING,
            ),
            "agenda": Rows(
                AgendaRow,
                "agenda",
                label=gettext_lazy("Item"),
                legend=gettext_lazy("Agenda"),
                data=data,
                initial=start.get("agenda", []),
                commitments=options(start.get("commitments", [])),
                items=options(start.get("items", [])),
            ),
        }

    def layout(self) -> list[Any]:
        return [
            Fieldset(gettext_lazy("Title"), pair("title_es", "title_en"), css_class="group"),
            Fieldset(gettext_lazy("When"), pair("day", "starts", "ends", "time_zone"), ClocksBlock(), css_class="group"),
            RowsBlock(self.row_sets["slots"]),
            Fieldset(gettext_lazy("Where"), pair("place", "link"), "convener", css_class="group"),
            Folded(gettext_lazy("Agreements that it follows"), "agreements"),
            *(RowsBlock(self.row_sets[name]) for name in ("invited", "agenda")),
        ]

    @property
    def wants_more(self) -> bool:
        return super().wants_more or self.wants_clocks

    def show_more(self) -> None:
        self.work_out_clocks()
        super().show_more()

    def meeting_values(self) -> dict[str, Any]:
        """The columns of the meeting."""
        convener = self.cleaned_data.get("convener")
        values = self.values("title_es", "title_en", "place", "link", "time_zone")
        values |= {name: self.cleaned_data[name] for name in ("starts_at", "ends_at")}
        if convener is not None:
            values |= {f"convening_{name}": body for name, body in body_argument(convener).items()}
        return values

    def is_valid(self) -> bool:
        """Also reads the further times, which are meant on the clock that the form names, into `slots`."""
        if not super().is_valid():
            return False
        read = [row.read(self.cleaned_data["time_zone"]) for row in self.row_sets["slots"].filled()]
        self.slots = [times for times in read if times is not None]
        if len(self.slots) < len(read):
            self.errors["__all__"] = self.error_class()
            return False
        return True

    def invited(self) -> list[dict[str, Any]]:
        return [
            {**body_argument(row.cleaned_data["body"]), "participation": row.cleaned_data.get("participation")}
            for row in self.row_sets["invited"].filled()
        ]

    def agenda(self) -> list[dict[str, Any]]:
        return [row.values("text_es", "text_en", "commitment", "action_item") for row in self.row_sets["agenda"].filled()]


class ClocksBlock:
    """The clocks of the parties in a crispy layout."""

    fields: list[Any] = []

    def get_field_names(self, index: Any = None) -> list[Any]:
        return []

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> str:
        return render_to_string("agreements/workspace/clocks.html", {"clocks": form.clocks, "asked": form.is_bound})


class MoveForm(TimesMixin, BaseForm):
    """Another time or place, with the reason."""

    submit_label = gettext_lazy("Move the meeting")
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300, required=False)
    link = forms.URLField(label=gettext_lazy("Link (for the invited)"), required=False, max_length=500, assume_scheme="https")
    reason = long_text(gettext_lazy("Reason"), rows=2, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [
            (zone, label) for zone, label in zone_choices(self.record.time_zone) if zone == self.record.time_zone
        ]

    def initial_of(self, record: Any) -> dict[str, Any]:
        return {**times_of(record), "place": record.place, "link": record.link}

    def layout(self) -> list[Any]:
        return [pair("day", "starts", "ends", "time_zone"), ClocksBlock(), pair("place", "link"), "reason"]


PRESENCES = [choice for choice in Attendance.Presence.choices if choice[0] != Attendance.Presence.INVITED]


class HoldForm(BaseForm):
    """Who came: one line for each who was invited, by keyboard: Tab to the line, arrows to choose."""

    submit_label = gettext_lazy("Record the attendance")
    buttons = [("rest", gettext_lazy("Record it: whoever is not ticked was absent"))]

    def __init__(self, data: Any = None, files: Any = None, *, rows: list[Any], account: str, **kwargs: Any) -> None:
        self.account = account
        if data is not None and "rest" in data:
            data = data.copy()
            for row in rows:
                data.setdefault(self.name_of(row), Attendance.Presence.ABSENT)
        super().__init__(data, files, **kwargs)
        self._made_with |= {"rows": rows, "account": account}
        self.rows = rows
        for row in rows:
            self.fields[self.name_of(row)] = forms.ChoiceField(
                label=guest_label(row),
                choices=PRESENCES,
                widget=forms.RadioSelect,
                initial="" if row.presence == Attendance.Presence.INVITED else row.presence,
                error_messages={"required": gettext_lazy("Say whether they were present, absent or excused.")},
            )

    @staticmethod
    def name_of(row: Any) -> str:
        return f"presence-{row.pk}"

    def presences(self) -> dict[int, str]:
        return {row.pk: self.cleaned_data[self.name_of(row)] for row in self.rows}

    def layout(self) -> list[Any]:
        """A line for each, named for js/desk.js: what is typed into the search box is looked for in `data-words`."""
        return [
            Div(
                InlineRadios(self.name_of(row)),
                css_class="roll",
                data_row=self.name_of(row),
                data_name=guest_label(row),
                data_words=fold(guest_label(row), str(row.body), row.body.key),
            )
            for row in self.rows
        ]

    @cached_property
    def helper(self) -> Any:
        helper = super().helper
        folio = self.record.folio
        helper.attrs |= {
            "data-desk": f"roll/{folio}",
            "data-send": reverse("workspace:meeting_tick", args=[folio]),
            "data-account": self.account,
        }
        return helper
