"""Public bodies, with dated names and succession."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.addresses import address
from core.dates import Precision
from core.deadlines import is_known
from core.fields import FoldedField, KeyField, LongText, SortKeyField, TextLine, check_key
from core.models import Record
from core.models.base import choice_constraint
from core.text import sort_key
from forum.querysets import OpenQuerySet


def check_calendar(code: str) -> None:
    if code and not is_known(code):
        raise ValidationError(
            _("No calendar of holidays is known for “%(code)s”: use a code such as MX or US-CA."),
            code="calendar",
            params={"code": code},
        )


class AgencyLevel(models.TextChoices):
    MINISTRY = "ministry", pgettext_lazy("level of an agency", "federal ministry")
    DECONCENTRATED = "deconcentrated", pgettext_lazy("level of an agency", "federal deconcentrated body")
    STATE_OWNED = "state_owned", pgettext_lazy("level of an agency", "federal state-owned entity")
    AUTONOMOUS = "autonomous", pgettext_lazy("level of an agency", "autonomous body")
    LEGISLATURE = "legislature", pgettext_lazy("level of an agency", "federal legislature")
    STATE_GOVERNMENT = "state_government", pgettext_lazy("level of an agency", "state government")
    MUNICIPALITY = "municipality", pgettext_lazy("level of an agency", "municipality")
    CONSULATE = "consulate", pgettext_lazy("level of an agency", "consulate")
    FOREIGN = "foreign", pgettext_lazy("level of an agency", "foreign or international")


class Agency(Record):
    """A public body. `name_es`, `name_en` and `acronym` are its names when it was entered; see `name_on`."""

    Level = AgencyLevel

    FOLDS = ("key", "name_es", "name_en", "acronym", "successor_acronym", "other_names")
    SORTS = "name_es"

    key = KeyField(_("key"), unique=True, validators=[check_key], help_text=_("Never changes, for example IFE."))
    acronym = TextLine(_("acronym"), max_length=40)
    name_es = TextLine(_("name in Spanish"), max_length=300)
    name_en = TextLine(_("name in English"), max_length=300, blank=True)
    level = models.CharField(_("level"), max_length=16, choices=Level.choices)
    parent_acronym = TextLine(_("parent body (acronym)"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("parent body"), null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    state = models.ForeignKey(
        "forum.Area", verbose_name=_("state"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    successor_acronym = TextLine(_("acronym of the successor"), max_length=40, blank=True)
    successors = models.ManyToManyField(
        "self", through="forum.AgencySuccession", symmetrical=False, related_name="predecessors", verbose_name=_("successors")
    )
    never_answers = models.BooleanField(
        _("never sits at the table"),
        default=False,
        help_text=_("For example a foreign government: it has no users and never answers."),
    )
    default_term_days = models.PositiveSmallIntegerField(_("default term, working days"), null=True, blank=True)
    calendar = models.CharField(
        _("calendar of holidays"),
        max_length=6,
        blank=True,
        default="",
        validators=[check_calendar],
        help_text=_("ISO 3166 code of a country or of one of its states, for example US-CA; empty: Mexico."),
    )
    website = models.URLField(_("website"), max_length=300, blank=True)
    other_names = models.TextField(editable=False, blank=True, default="")
    folded = FoldedField()
    sort = SortKeyField()
    #: The same by the name that is read in English.
    sort_en = SortKeyField()

    objects = OpenQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("agency")
        verbose_name_plural = _("public bodies")
        ordering = ("sort", "key")
        indexes = [
            models.Index(fields=["sort", "key"], name="agency_order"),
            models.Index(fields=["sort_en", "key"], name="agency_order_en"),
        ]
        constraints = [
            *Record.Meta.constraints,
            choice_constraint("level", AgencyLevel, "agency_level", _("This is not a level of an agency.")),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="agency_not_own_parent",
                violation_error_message=_("An agency cannot be its own parent body."),
            ),
            models.CheckConstraint(
                condition=models.Q(default_term_days__isnull=True)
                | models.Q(default_term_days__gte=1, default_term_days__lte=365),
                name="agency_term",
                violation_error_message=_("The default term is between 1 and 365 working days."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def refresh_derived(self) -> list[str]:
        self.sort_en = sort_key(self.name_en or self.name_es)
        return [*super().refresh_derived(), "sort_en"]

    @property
    def name(self) -> str:
        return self.in_language("name")

    @property
    def short(self) -> str:
        return self.acronym or self.name

    @property
    def side(self) -> str:
        return "government"

    def get_absolute_url(self) -> str:
        return address("agency", self.key)

    def name_on(self, date: dt.date | None) -> tuple[str, str]:
        """(name, acronym) valid on `date`, in the reader's language; today's own name when no dated one fits.

        Reads `names`, so prefetch them where many agencies are shown.
        """
        if date is not None:
            for row in self.names.all():
                if (row.valid_from or dt.date.min) <= date <= (row.valid_until or dt.date.max) and row.is_dated:
                    return row.name, row.acronym or self.acronym
        return self.name, self.acronym

    def successors_today(self) -> list[Agency]:
        """The bodies that do its work today, themselves without a successor; empty when it still exists."""
        found: list[Agency] = []
        seen, waiting = {self.pk}, [self]
        while waiting:
            for row in waiting.pop().succession.all():
                if row.successor_id in seen:
                    continue
                seen.add(row.successor_id)
                if row.successor.succession.all():
                    waiting.append(row.successor)
                else:
                    found.append(row.successor)
        return found

    def search_entry(self) -> dict[str, str] | None:
        return {
            "kind": "agency",
            "title_es": self.name_es,
            "title_en": self.name_en,
            "summary_es": "",
            "summary_en": "",
            "names": f"{self.acronym} {self.successor_acronym} {self.other_names}",
        }


class AgencyName(models.Model):
    """A name of an agency and the time in which it was valid."""

    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.CASCADE, related_name="names")
    name_es = TextLine(_("name in Spanish"), max_length=300)
    name_en = TextLine(_("name in English"), max_length=300, blank=True)
    acronym = TextLine(_("acronym"), max_length=40, blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)
    date_precision = models.CharField(_("precision of the dates"), max_length=8, choices=Precision.choices, default=Precision.DAY)

    class Meta:
        verbose_name = _("name of an agency")
        verbose_name_plural = _("names of an agency")
        ordering = ("agency", "valid_from", "id")
        constraints = [
            choice_constraint(
                "date_precision", Precision, "agency_name_precision", _("A date is known to the day, month or year.")
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="agency_name_dates",
                violation_error_message=_("A name cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return (self.name_en or self.name_es) if (get_language() or "es").startswith("en") else self.name_es

    @property
    def is_dated(self) -> bool:
        return self.valid_from is not None or self.valid_until is not None


class AgencySuccessionKind(models.TextChoices):
    RENAMED = "renamed", pgettext_lazy("kind of succession", "renamed")
    ABSORBED = "absorbed", pgettext_lazy("kind of succession", "absorbed")
    CREATED = "created", pgettext_lazy("kind of succession", "newly created")
    TRANSFORMED = "transformed", pgettext_lazy("kind of succession", "transformed")


class AgencySuccession(models.Model):
    """What became of an agency: many can follow one, one can follow many."""

    Kind = AgencySuccessionKind

    predecessor = models.ForeignKey(Agency, verbose_name=_("predecessor"), on_delete=models.CASCADE, related_name="succession")
    successor = models.ForeignKey(Agency, verbose_name=_("successor"), on_delete=models.CASCADE, related_name="preceded_by")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    happened_on = models.DateField(_("date"), null=True, blank=True)
    date_precision = models.CharField(_("precision of the date"), max_length=8, choices=Precision.choices, default=Precision.DAY)
    note_es = LongText(_("note in Spanish"), blank=True)
    note_en = LongText(_("note in English"), blank=True)

    class Meta:
        verbose_name = _("succession of agencies")
        verbose_name_plural = _("succession of agencies")
        ordering = ("predecessor", "happened_on", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                name="succession_once",
                violation_error_message=_("This succession is recorded already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")),
                name="succession_of_another",
                violation_error_message=_("An agency cannot succeed itself: give it another dated name instead."),
            ),
            choice_constraint("kind", AgencySuccessionKind, "succession_kind", _("This is not a kind of succession.")),
            choice_constraint(
                "date_precision", Precision, "succession_precision", _("A date is known to the day, month or year.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


def line_of(agency: Agency) -> list[Agency]:
    """The bodies that came before and after an agency in its line, however many steps away; without itself and without those
    beside it (what else followed the same predecessor). A query for each step in both directions."""
    found: dict[int, Agency] = {}
    for direction in ("predecessors__in", "successors__in"):
        step, seen = {agency.pk}, {agency.pk}
        while step:
            bodies = [body for body in Agency.objects.filter(**{direction: step}).distinct() if body.pk not in seen]
            found.update({body.pk: body for body in bodies})
            step = {body.pk for body in bodies}
            seen |= step
    return sorted(found.values(), key=lambda body: body.pk)


def other_names_of(agency: Agency) -> str:
    """The other names and acronyms of an agency, its own and those of its line, for search (IFE finds INE)."""
    words: list[Any] = [f"{row.name_es} {row.name_en} {row.acronym}" for row in agency.names.all()]
    words += [f"{body.name_es} {body.acronym}" for body in line_of(agency)]
    return " ".join(words)
