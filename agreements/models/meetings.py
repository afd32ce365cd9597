"""Work meetings, their agenda and attendance."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.querysets import AgendaQuerySet, AttendanceQuerySet, InvitedQuerySet, MeetingQuerySet
from core.addresses import address
from core.fields import FoldedField, KeyField, LongText, TextLine, check_key
from core.models import Record
from core.models.base import choice_constraint
from core.models.folio import next_folio
from forum.models.editions import check_zone


class MeetingStatus(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("status of a meeting", "proposed")
    SCHEDULED = "scheduled", pgettext_lazy("status of a meeting", "scheduled")
    HELD = "held", pgettext_lazy("status of a meeting", "held")
    CANCELLED = "cancelled", pgettext_lazy("status of a meeting", "cancelled")


class Meeting(Record):
    """A work meeting that follows one or more agreements. `link` is for the invited only."""

    Status = MeetingStatus

    KEY = "folio"
    FOLDS = ("folio", "title_es", "title_en", "place")
    PRIVATE = frozenset({"link"})

    #: The invitations that the door has just written, for the notices of its event; empty on a meeting as it is loaded.
    newly_invited: Sequence[Attendance] = ()

    folio = KeyField(
        _("folio"), unique=True, blank=True, validators=[check_key], help_text=_("Given once, never reused: FM1-R-01.")
    )
    edition = models.ForeignKey("forum.Edition", verbose_name=_("edition"), on_delete=models.PROTECT, related_name="meetings")
    agreements = models.ManyToManyField("agreements.Agreement", verbose_name=_("agreements"), blank=True, related_name="meetings")
    title_es = TextLine(_("title in Spanish"), max_length=300)
    title_en = TextLine(_("title in English"), max_length=300, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    time_zone = models.CharField(_("time zone"), max_length=60, default="America/Mexico_City", validators=[check_zone])
    place = TextLine(_("place"), max_length=300, blank=True)
    link = models.URLField(_("link (for the invited)"), max_length=500, blank=True)
    convening_organization = models.ForeignKey(
        "forum.Organization",
        verbose_name=_("convening organization"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    convening_agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("convening agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PROPOSED, editable=False)
    sequence = models.PositiveSmallIntegerField(_("sequence"), default=0, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    next_meeting = models.OneToOneField(
        "self", verbose_name=_("next meeting"), null=True, blank=True, on_delete=models.SET_NULL, related_name="previous_meeting"
    )
    folded = FoldedField()

    objects = MeetingQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("work meeting")
        verbose_name_plural = _("work meetings")
        ordering = ("-starts_at", "folio")
        indexes = [models.Index(fields=["starts_at", "folio"], name="meeting_start")]
        constraints = [
            *Record.Meta.constraints,
            choice_constraint("status", MeetingStatus, "meeting_status", _("This is not a status of a meeting.")),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meeting_times_in_order",
                violation_error_message=_("A meeting ends after it starts."),
            ),
            models.CheckConstraint(
                condition=models.Q(convening_organization__isnull=True) | models.Q(convening_agency__isnull=True),
                name="meeting_one_convener",
                violation_error_message=_("An organization or an agency convenes the meeting, not both."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["scheduled", "held"]) | models.Q(published_at__isnull=False),
                name="meeting_scheduled_is_published",
                violation_error_message=_("A meeting is published when it is scheduled."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.folio} · {self.title}"

    @property
    def title(self) -> str:
        return self.in_language("title")

    @property
    def convener(self) -> Any:
        return self.convening_organization or self.convening_agency

    @property
    def event_edition(self) -> Any:
        return self.edition

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and bool(self.edition.is_public)

    def get_absolute_url(self) -> str:
        return address("meeting", self.folio)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.folio:
            self.folio = next_folio(f"{self.edition.folio_prefix}-R")
        super().save(*args, **kwargs)

    def search_entry(self) -> dict[str, str] | None:
        if not self.is_public:
            return None
        return {
            "kind": "meeting",
            "title_es": self.title_es,
            "title_en": self.title_en,
            "summary_es": "",
            "summary_en": "",
            "text": self.place,
        }


class AttendancePresence(models.TextChoices):
    INVITED = "invited", pgettext_lazy("presence at a meeting", "invited")
    PRESENT = "present", pgettext_lazy("presence at a meeting", "present")
    ABSENT = "absent", pgettext_lazy("presence at a meeting", "absent")
    EXCUSED = "excused", pgettext_lazy("presence at a meeting", "excused absence")


class InvitationAnswer(models.TextChoices):
    YES = "yes", pgettext_lazy("answer to an invitation", "yes")
    PERHAPS = "perhaps", pgettext_lazy("answer to an invitation", "perhaps")
    NO = "no", pgettext_lazy("answer to an invitation", "no")


class Attendance(models.Model):
    """A body or an organization is invited, perhaps by a participant of the edition, answers, and was there or not."""

    Presence = AttendancePresence

    Answer = InvitationAnswer

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="attendance")
    participation = models.ForeignKey(
        "forum.Participation",
        verbose_name=_("participant"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attendance",
    )
    organization = models.ForeignKey(
        "forum.Organization", verbose_name=_("organization"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    presence = models.CharField(_("presence"), max_length=8, choices=Presence.choices, default=Presence.INVITED)
    answer = models.CharField(_("answer"), max_length=7, choices=Answer.choices, blank=True, default="", editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ("meeting", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organization__isnull=False, agency__isnull=True)
                | models.Q(organization__isnull=True, agency__isnull=False),
                name="attendance_one_body",
                violation_error_message=_("Who is invited comes for an organization or for an agency."),
            ),
            models.UniqueConstraint(
                fields=["meeting", "participation"],
                condition=models.Q(participation__isnull=False),
                name="attendance_participant_once",
                violation_error_message=_("This participant is invited already."),
            ),
            models.UniqueConstraint(
                fields=["meeting", "organization"],
                condition=models.Q(participation__isnull=True, organization__isnull=False),
                name="attendance_organization_once",
                violation_error_message=_("This organization is invited already."),
            ),
            models.UniqueConstraint(
                fields=["meeting", "agency"],
                condition=models.Q(participation__isnull=True, agency__isnull=False),
                name="attendance_agency_once",
                violation_error_message=_("This agency is invited already."),
            ),
            choice_constraint("presence", AttendancePresence, "attendance_presence", _("This is not a presence.")),
            models.CheckConstraint(
                condition=models.Q(answer__in=["", *InvitationAnswer.values]),
                name="attendance_answer",
                violation_error_message=_("An invitation is answered with yes, perhaps or no."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.body}"

    @property
    def body(self) -> Any:
        return self.organization or self.agency


def withdrawn_key() -> str:
    return f"w-{secrets.token_hex(8)}"


class WithdrawnInvitation(Record):
    """An invitation that was taken back: whom it was for, and why. `sequence` is that of the calendar file that says so."""

    key = KeyField(_("key"), unique=True, default=withdrawn_key, editable=False)
    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="withdrawn")
    participation = models.ForeignKey(
        "forum.Participation", verbose_name=_("participant"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organization = models.ForeignKey(
        "forum.Organization", verbose_name=_("organization"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sequence = models.PositiveSmallIntegerField(_("sequence"))
    reason = LongText(_("reason"))
    at = models.DateTimeField(_("when"))

    class Meta(Record.Meta):
        verbose_name = _("invitation taken back")
        verbose_name_plural = _("invitations taken back")
        ordering = ("meeting", "id")

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.key}"

    @property
    def event_edition(self) -> Any:
        return self.meeting.edition


class MeetingSlot(models.Model):
    """A time at which a proposed meeting could be. The invited say which suit them; an organizer picks one."""

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="slots")
    number = models.PositiveSmallIntegerField(_("number"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    chosen = models.BooleanField(_("chosen"), default=False, editable=False)

    objects = InvitedQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible time")
        verbose_name_plural = _("possible times")
        ordering = ("meeting", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "number"],
                name="slot_number_once",
                violation_error_message=_("This meeting has a possible time with that number."),
            ),
            models.UniqueConstraint(
                fields=["meeting", "starts_at", "ends_at"],
                name="slot_once",
                violation_error_message=_("This time is proposed already."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="slot_times_in_order",
                violation_error_message=_("A meeting ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.number}"


class SlotAnswer(models.Model):
    """Whether a possible time suits one of the invited."""

    Answer = InvitationAnswer

    slot = models.ForeignKey(MeetingSlot, verbose_name=_("possible time"), on_delete=models.CASCADE, related_name="answers")
    attendance = models.ForeignKey(
        Attendance, verbose_name=_("invitation"), on_delete=models.CASCADE, related_name="slot_answers"
    )
    answer = models.CharField(_("answer"), max_length=7, choices=Answer.choices)

    class Meta:
        verbose_name = _("answer to a possible time")
        verbose_name_plural = _("answers to possible times")
        ordering = ("slot", "attendance")
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "attendance"],
                name="slot_answer_once",
                violation_error_message=_("This invitation has answered that time already."),
            ),
            choice_constraint("answer", InvitationAnswer, "slot_answer", _("A time suits, perhaps suits, or does not.")),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} · {self.attendance_id}"


class AgendaItem(models.Model):
    """An item of the agenda; open commitments and earlier action items come by themselves."""

    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="agenda")
    number = models.PositiveSmallIntegerField(_("number"))
    text_es = LongText(_("item in Spanish"))
    text_en = LongText(_("item in English"), blank=True)
    commitment = models.ForeignKey(
        "agreements.Commitment",
        verbose_name=_("commitment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agenda_items",
    )
    action_item = models.ForeignKey(
        "agreements.ActionItem",
        verbose_name=_("action item"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agenda_items",
    )

    objects = AgendaQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ("meeting", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "number"],
                name="agenda_number_once",
                violation_error_message=_("This agenda has an item with that number."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}.{self.number}"

    in_language = Record.in_language
    language_of = Record.language_of

    @property
    def text(self) -> str:
        return self.in_language("text")
