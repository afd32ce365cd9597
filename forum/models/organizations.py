"""Organizations of civil society: federations, clubs, networks, mirror organizations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.addresses import address
from core.dates import Precision
from core.fields import FoldedField, KeyField, SortKeyField, TextLine, check_key
from core.models import Record
from core.models.base import choice_constraint
from forum.querysets import OpenQuerySet


class OrganizationKind(models.TextChoices):
    FEDERATION = "federation", pgettext_lazy("kind of organization", "federation")
    HOMETOWN_CLUB = "hometown_club", pgettext_lazy("kind of organization", "hometown club")
    COMMUNITY = "community", pgettext_lazy("kind of organization", "community organization")
    NETWORK = "network", pgettext_lazy("kind of organization", "network")
    MIRROR = "mirror", pgettext_lazy("kind of organization", "mirror organization")
    CIVIL_SOCIETY = "civil_society", pgettext_lazy("kind of organization", "civil society organization")
    ACADEMIC = "academic", pgettext_lazy("kind of organization", "academic institution")
    INTERNATIONAL = "international", pgettext_lazy("kind of organization", "international organization")
    OTHER = "other", pgettext_lazy("kind of organization", "other")


class Organization(Record):
    """An organization, by a key that never changes (`ORG-01`)."""

    Kind = OrganizationKind

    FOLDS = ("key", "name", "acronym", "city", "other_names")
    SORTS = "name"

    key = KeyField(_("key"), unique=True, validators=[check_key], help_text=_("Never changes, for example ORG-01."))
    name = TextLine(_("name"), max_length=300)
    acronym = TextLine(_("acronym"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    state_of_origin = models.ForeignKey(
        "forum.Area", verbose_name=_("state of origin"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    country = models.ForeignKey(
        "forum.Area", verbose_name=_("country of residence"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subdivision = models.ForeignKey(
        "forum.Area", verbose_name=_("state of residence"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    city = TextLine(_("city"), max_length=150, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("federation"), null=True, blank=True, on_delete=models.PROTECT, related_name="members"
    )
    mirrors = models.ManyToManyField(
        "self", through="forum.MirrorLink", symmetrical=False, related_name="mirror_of", verbose_name=_("mirror organizations")
    )
    cluni = TextLine(_("CLUNI"), max_length=20, blank=True)
    toma_de_nota = TextLine(_("toma de nota"), max_length=60, blank=True)
    ein = TextLine(_("EIN"), max_length=12, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    other_names = models.TextField(editable=False, blank=True, default="")
    folded = FoldedField()
    sort = SortKeyField()

    objects = OpenQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ("sort", "key")
        indexes = [models.Index(fields=["sort", "key"], name="organization_order")]
        constraints = [
            *Record.Meta.constraints,
            choice_constraint("kind", OrganizationKind, "organization_kind", _("This is not a kind of organization.")),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="organization_not_own_parent",
                violation_error_message=_("An organization cannot be its own federation."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("organization", self.key)

    @property
    def short(self) -> str:
        return self.acronym or self.name

    @property
    def side(self) -> str:
        return "organizations"

    def search_entry(self) -> dict[str, str] | None:
        return {
            "kind": "organization",
            "title_es": self.name,
            "title_en": "",
            "summary_es": "",
            "summary_en": "",
            "names": f"{self.acronym} {self.other_names}",
            "text": self.city,
        }


class OrganizationName(models.Model):
    """Another name that an organization has borne."""

    organization = models.ForeignKey(Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="names")
    name = TextLine(_("name"), max_length=300)
    acronym = TextLine(_("acronym"), max_length=40, blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)
    date_precision = models.CharField(_("precision of the dates"), max_length=8, choices=Precision.choices, default=Precision.DAY)

    class Meta:
        verbose_name = _("other name of an organization")
        verbose_name_plural = _("other names of an organization")
        ordering = ("organization", "valid_from", "id")
        constraints = [
            choice_constraint(
                "date_precision", Precision, "organization_name_precision", _("A date is known to the day, month or year.")
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="organization_name_dates",
                violation_error_message=_("A name cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MirrorLink(models.Model):
    """`mirror` is the counterpart of `organization` in the place of origin, since and until a date where known."""

    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="mirror_links"
    )
    mirror = models.ForeignKey(
        Organization, verbose_name=_("mirror organization"), on_delete=models.CASCADE, related_name="mirrored_links"
    )
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    date_precision = models.CharField(_("precision of the dates"), max_length=8, choices=Precision.choices, default=Precision.DAY)

    class Meta:
        verbose_name = _("mirror organization")
        verbose_name_plural = _("mirror organizations")
        ordering = ("organization", "mirror")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "mirror"],
                name="mirror_once",
                violation_error_message=_("These two organizations are linked already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(organization=models.F("mirror")),
                name="mirror_of_another",
                violation_error_message=_("An organization cannot mirror itself."),
            ),
            choice_constraint("date_precision", Precision, "mirror_precision", _("A date is known to the day, month or year.")),
        ]

    def __str__(self) -> str:
        return f"{self.organization} ↔ {self.mirror}"
