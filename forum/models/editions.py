"""Editions of a forum, their working tables and programme, and who takes part in them as a body."""

from __future__ import annotations

import re
import zoneinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.addresses import address
from core.dates import Precision, today_in
from core.fields import FoldedField, KeyField, LongText, SortKeyField, TextLine, check_key
from core.models import Record
from core.models.base import choice_constraint
from forum.querysets import EditionQuerySet, OfEditionQuerySet


def check_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone: use a name such as America/Mexico_City."), code="zone", params={"value": name}
        )


class EditionStage(models.TextChoices):
    PREPARATION = "preparation", pgettext_lazy("stage of an edition", "preparation")
    INTAKE = "intake", pgettext_lazy("stage of an edition", "intake")
    REVIEW = "review", pgettext_lazy("stage of an edition", "review")
    AGREEMENTS = "agreements", pgettext_lazy("stage of an edition", "agreements")
    FOLLOW_UP = "follow_up", pgettext_lazy("stage of an edition", "follow-up")
    CLOSED = "closed", pgettext_lazy("stage of an edition", "closed")


class EditionPublication(models.TextChoices):
    ON_ISSUE = "on_issue", pgettext_lazy("publication of opinions", "each as soon as it is issued")
    TOGETHER = "together", pgettext_lazy("publication of opinions", "all released together")


class Edition(Record):
    """One edition of a forum. Its `folio_prefix` opens the folios of its proposals (`FM1-01`)."""

    Stage = EditionStage

    Publication = EditionPublication

    KEY = "slug"
    FOLDS = ("slug", "name_es", "name_en", "city", "convener")
    SORTS = "starts_on"

    slug = KeyField(
        _("key"), unique=True, validators=[check_key], help_text=_("Part of the address, for example foro-mexico-2011.")
    )
    series = KeyField(_("series"), blank=True, default="", help_text=_("The same for all editions of one forum."))
    folio_prefix = KeyField(_("folio prefix"), max_length=12, unique=True, blank=True, validators=[check_key])
    name_es = TextLine(_("name in Spanish"), max_length=300)
    name_en = TextLine(_("name in English"), max_length=300, blank=True)
    objective_es = LongText(_("objective in Spanish"), blank=True)
    objective_en = LongText(_("objective in English"), blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    date_precision = models.CharField(_("precision of the dates"), max_length=8, choices=Precision.choices, default=Precision.DAY)
    date_note = TextLine(_("note on the dates"), max_length=300, blank=True)
    city = TextLine(_("city"), max_length=150, blank=True)
    venue = TextLine(_("venue"), max_length=300, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="America/Mexico_City", validators=[check_zone])
    convener = TextLine(_("convener"), max_length=300, blank=True)
    supporters = TextLine(_("supporting organizations"), max_length=600, blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices, default=Stage.PREPARATION)
    intake_closes_on = models.DateField(_("proposals are taken until"), null=True, blank=True)
    review_closes_on = models.DateField(_("review ends on"), null=True, blank=True)
    review_term_days = models.PositiveSmallIntegerField(_("term for opinions, working days"), default=20)
    opinion_publication = models.CharField(
        _("publication of opinions"), max_length=10, choices=Publication.choices, default=Publication.ON_ISSUE
    )
    own_opinion_first = models.BooleanField(
        _("bodies see each other's opinions on their desk only after issuing their own"), default=False
    )
    holds_mail = models.BooleanField(
        _("hold mails for review"),
        default=False,
        help_text=_("What is to be mailed because of this edition waits until an organizer has read and released it."),
    )
    report_cut_off = models.DateField(_("last cut-off date for reports"), null=True, blank=True)
    organizations = models.ManyToManyField(
        "forum.Organization", through="forum.EditionOrganization", related_name="editions", verbose_name=_("organizations")
    )
    agencies = models.ManyToManyField(
        "forum.Agency", through="forum.EditionAgency", related_name="editions", verbose_name=_("agencies")
    )
    folded = FoldedField()
    sort = SortKeyField()

    objects = EditionQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ("-starts_on", "slug")
        constraints = [
            *Record.Meta.constraints,
            choice_constraint("stage", EditionStage, "edition_stage", _("This is not a stage of an edition.")),
            choice_constraint("date_precision", Precision, "edition_precision", _("A date is known to the day, month or year.")),
            choice_constraint(
                "opinion_publication", EditionPublication, "edition_publication", _("This is not a policy of publication.")
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="edition_dates_in_order",
                violation_error_message=_("An edition cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=models.Q(review_term_days__gte=1, review_term_days__lte=365),
                name="edition_term",
                violation_error_message=_("The term for opinions is between 1 and 365 working days."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.in_language("name")

    @property
    def objective(self) -> str:
        return self.in_language("objective")

    @property
    def event_edition(self) -> Edition:
        return self

    def get_absolute_url(self) -> str:
        return address("edition", self.slug)

    def today(self) -> Any:
        """Today's date in the zone of this edition."""
        return today_in(self.time_zone)

    @property
    def is_public(self) -> bool:
        return self.stage != self.Stage.PREPARATION

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.series:
            self.series = re.sub(r"-\d{4}$", "", self.slug)
        if not self.folio_prefix:
            self.folio_prefix = self.free_prefix()
        super().save(*args, **kwargs)

    def free_prefix(self) -> str:
        """Initials of the series and the number of the edition in it: `foro-mexico-2011` → `FM1`."""
        initials = "".join(word[0] for word in self.series.split("-") if word and not word.isdigit()).upper()[:6] or "E"
        number = 1
        while Edition.objects.filter(folio_prefix=f"{initials}{number}").exclude(pk=self.pk).exists():
            number += 1
        return f"{initials}{number}"

    def search_entry(self) -> dict[str, str] | None:
        if not self.is_public:
            return None
        return {
            "kind": "edition",
            "title_es": self.name_es,
            "title_en": self.name_en,
            "summary_es": self.objective_es,
            "summary_en": self.objective_en,
            "text": f"{self.city} {self.convener} {self.supporters}",
        }


class WorkingTable(Record):
    """A working table (mesa de trabajo) of an edition."""

    KEY = "key"
    FOLDS = ("key", "name_es", "name_en")

    key = KeyField(_("key"), unique=True, blank=True, editable=False)
    edition = models.ForeignKey(Edition, verbose_name=_("edition"), on_delete=models.PROTECT, related_name="tables")
    number = models.PositiveSmallIntegerField(_("number"))
    name_es = TextLine(_("theme in Spanish"), max_length=300)
    name_en = TextLine(_("theme in English"), max_length=300, blank=True)
    moderator = models.ForeignKey(
        "forum.Participation",
        verbose_name=_("moderator"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="moderates",
    )
    rapporteur = models.ForeignKey(
        "forum.Participation",
        verbose_name=_("rapporteur"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports_on",
    )
    folded = FoldedField()

    objects = OfEditionQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("working table")
        verbose_name_plural = _("working tables")
        ordering = ("edition", "number")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["edition", "number"],
                name="table_number_once",
                violation_error_message=_("This edition has a working table with that number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    @property
    def name(self) -> str:
        return self.in_language("name")

    @property
    def event_edition(self) -> Edition:
        return self.edition

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = self.key or f"{self.edition.slug}-{self.number}"
        super().save(*args, **kwargs)


class SessionKind(models.TextChoices):
    PLENARY = "plenary", pgettext_lazy("kind of session", "plenary")
    TABLE = "table", pgettext_lazy("kind of session", "working table")
    DIALOGUE = "dialogue", pgettext_lazy("kind of session", "dialogue with public bodies")
    OTHER = "other", pgettext_lazy("kind of session", "other")


class Session(Record):
    """An item of the programme."""

    Kind = SessionKind

    key = KeyField(_("key"), unique=True, validators=[check_key])
    edition = models.ForeignKey(Edition, verbose_name=_("edition"), on_delete=models.PROTECT, related_name="sessions")
    table = models.ForeignKey(
        WorkingTable, verbose_name=_("working table"), null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PLENARY)
    title_es = TextLine(_("title in Spanish"), max_length=300)
    title_en = TextLine(_("title in English"), max_length=300, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    room = TextLine(_("room"), max_length=150, blank=True)
    minutes_es = LongText(_("minutes in Spanish"), blank=True)
    minutes_en = LongText(_("minutes in English"), blank=True)

    objects = OfEditionQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("starts_at", "key")
        constraints = [
            *Record.Meta.constraints,
            choice_constraint("kind", SessionKind, "session_kind", _("This is not a kind of session.")),
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")),
                name="session_times_in_order",
                violation_error_message=_("A session cannot end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.in_language("title")

    @property
    def event_edition(self) -> Edition:
        return self.edition


class EditionOrganizationPart(models.TextChoices):
    CONVENER = "convener", pgettext_lazy("part of an organization", "convener")
    SUPPORTER = "supporter", pgettext_lazy("part of an organization", "supporting organization")
    PARTICIPANT = "participant", pgettext_lazy("part of an organization", "participant")
    OBSERVER = "observer", pgettext_lazy("part of an organization", "observer")


class EditionOrganization(models.Model):
    """An organization takes part in an edition."""

    Part = EditionOrganizationPart

    edition = models.ForeignKey(Edition, verbose_name=_("edition"), on_delete=models.CASCADE, related_name="organization_rows")
    organization = models.ForeignKey(
        "forum.Organization", verbose_name=_("organization"), on_delete=models.PROTECT, related_name="edition_rows"
    )
    part = models.CharField(_("part"), max_length=12, choices=Part.choices, default=Part.PARTICIPANT)
    checked_in_at = models.DateTimeField(_("checked in"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("organization in an edition")
        verbose_name_plural = _("organizations in an edition")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "organization"],
                name="organization_once_in_edition",
                violation_error_message=_("This organization takes part in that edition already."),
            ),
            choice_constraint(
                "part", EditionOrganizationPart, "edition_organization_part", _("This is not a part that an organization has.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.organization_id}"


class EditionAgency(models.Model):
    """A public body takes part in an edition."""

    edition = models.ForeignKey(Edition, verbose_name=_("edition"), on_delete=models.CASCADE, related_name="agency_rows")
    agency = models.ForeignKey("forum.Agency", verbose_name=_("agency"), on_delete=models.PROTECT, related_name="edition_rows")
    checked_in_at = models.DateTimeField(_("checked in"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("agency in an edition")
        verbose_name_plural = _("agencies in an edition")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "agency"],
                name="agency_once_in_edition",
                violation_error_message=_("This agency takes part in that edition already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.agency_id}"
