"""Answers to an invitation: the form of the invited and of whoever answers for them, and what all have said of each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.layout import Div
from django import forms
from django.db import transaction
from django.template.defaultfilters import date as date_words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import Attendance, Meeting, MeetingSlot, SlotAnswer
from agreements.workflow import answer_invitation
from agreements.workspace.zones import Clock, clocks
from core.forms import BaseForm


@dataclass(frozen=True)
class SlotRow:
    """A possible time: what the clocks will say, and how many of the invited it suits, perhaps suits, does not suit."""

    slot: MeetingSlot
    clocks: list[Clock]
    yes: list[str]
    perhaps: list[str]
    no: list[str]
    silent: int


def slot_rows(meeting: Meeting, attendance: list[Attendance]) -> list[SlotRow]:
    """The possible times with the answers so far, bodies by their short names. Two queries; none where there is one time."""
    slots = list(meeting.slots.order_by("number"))
    if not slots:
        return []
    said: dict[int, dict[int, str]] = {slot.pk: {} for slot in slots}
    for each in SlotAnswer.objects.filter(slot__in=slots):
        said[each.slot_id][each.attendance_id] = each.answer
    found = []
    for slot in slots:
        answers = said[slot.pk]
        who = {
            choice: [row.body.short for row in attendance if answers.get(row.pk) == choice] for choice in Attendance.Answer.values
        }
        found.append(
            SlotRow(slot, clocks(slot.starts_at, slot.ends_at, meeting.time_zone), **who, silent=len(attendance) - len(answers))
        )
    return found


def time_words(slot: MeetingSlot, zone: str) -> str:
    own = clocks(slot.starts_at, slot.ends_at, zone)[0]
    return f"{date_words(own.starts, 'l j N Y')}, {own.from_time}–{own.to_time} ({own.place})"


def clock_words(slot: MeetingSlot, zone: str) -> str:
    others = clocks(slot.starts_at, slot.ends_at, zone)[1:]
    return " · ".join(
        f"{clock.place} {clock.from_time}–{clock.to_time}"
        + (f" ({date_words(clock.starts, 'D j N')})" if clock.other_day else "")
        for clock in others
    )


class AnswerForm(BaseForm):
    """The answer to an invitation, or to each of several possible times.

    `rows`: the invitations that it answers. `on_behalf`: an organizer chooses one of them first.
    """

    submit_label = gettext_lazy("Send the answer")

    def __init__(self, *args: Any, meeting: Meeting, rows: list[Attendance], on_behalf: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with |= {"meeting": meeting, "rows": rows, "on_behalf": on_behalf}
        self.meeting, self.rows = meeting, rows
        self.slots = list(meeting.slots.order_by("number")) if meeting.status == Meeting.Status.PROPOSED else []
        if on_behalf:
            self.fields["guest"] = forms.ChoiceField(
                label=_("Who said so"),
                choices=[("", "—"), *((str(row.pk), guest_label(row)) for row in rows)],
                error_messages={"required": _("Say for whom you answer.")},
            )
        if self.slots:
            said = self._said()
            for slot in self.slots:
                self.fields[self.name_of(slot)] = self.choice(
                    time_words(slot, meeting.time_zone),
                    said.get(slot.pk, ""),
                    _("Say whether this time suits."),
                    help_text=clock_words(slot, meeting.time_zone),
                )
        else:
            answers = {row.answer for row in rows}
            given = answers.pop() if len(answers) == 1 and not on_behalf else ""
            self.fields["answer"] = self.choice(_("Will you come?"), given, _("Say yes, perhaps or no."))

    def _said(self) -> dict[int, str]:
        """What all these invitations have answered alike, by slot."""
        found: dict[int, set[str]] = {}
        for each in SlotAnswer.objects.filter(slot__in=self.slots, attendance__in=self.rows):
            found.setdefault(each.slot_id, set()).add(each.answer)
        return {slot: answers.pop() for slot, answers in found.items() if len(answers) == 1 and "guest" not in self.fields}

    @staticmethod
    def choice(label: str, initial: str, required: str, **more: Any) -> forms.ChoiceField:
        choices = [(value, str(words).capitalize()) for value, words in Attendance.Answer.choices]
        return forms.ChoiceField(
            label=label,
            choices=choices,
            widget=forms.RadioSelect,
            initial=initial,
            error_messages={"required": required},
            **more,
        )

    @staticmethod
    def name_of(slot: MeetingSlot) -> str:
        return f"time-{slot.number}"

    def layout(self) -> list[Any]:
        radios = [Div(InlineRadios(name), css_class="roll") for name in self.fields if name not in ("guest", "revision")]
        return [*(["guest"] if "guest" in self.fields else []), *radios]

    def answered(self) -> list[Attendance]:
        """The invitations that this answer is for."""
        chosen = self.cleaned_data.get("guest")
        return [row for row in self.rows if str(row.pk) == chosen] if chosen is not None else self.rows

    def send(self, actor: Any) -> None:
        """Through the door, for each invitation, all or none."""
        suits = {slot.number: self.cleaned_data[self.name_of(slot)] for slot in self.slots}
        with transaction.atomic():
            for row in self.answered():
                answer_invitation(
                    meeting=self.meeting, guest=row, actor=actor, answer=self.cleaned_data.get("answer", ""), suits=suits
                )


class TakeBackForm(BaseForm):
    """Whose invitation is taken back, and why. For organizers alone."""

    submit_label = gettext_lazy("Take the invitation back")
    submit_class = "btn-secondary"
    guest = forms.ChoiceField(
        label=gettext_lazy("Whose invitation"), error_messages={"required": gettext_lazy("Say whose invitation it is.")}
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": "2"}),
        help_text=gettext_lazy("It stands in the mail that they get, and in the history of the meeting."),
    )

    def __init__(self, *args: Any, rows: list[Attendance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["rows"] = rows
        self.rows = {str(row.pk): row for row in rows}
        self.fields["guest"].choices = [("", "—"), *((key, guest_label(row)) for key, row in self.rows.items())]

    def given(self) -> dict[str, Any]:
        """Guest and reason, as the door takes them."""
        return {"guest": self.rows[self.cleaned_data["guest"]], "reason": self.cleaned_data["reason"]}


def guest_label(row: Attendance) -> str:
    """Who is invited: the person where one was named, and the body. For organizers alone."""
    if row.participation is None:
        return str(row.body)
    return f"{row.participation.person.shown} · {row.body.short}"
