"""People and their part in an edition. Contact data is private always; a name is shown by consent only."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.fields import FoldedField, KeyField, SortKeyField, TextLine, check_key
from core.models import Record
from core.models.base import choice_constraint
from core.text import sort_key
from forum.querysets import ParticipationQuerySet, PersonQuerySet


def person_key() -> str:
    """An opaque identifier: it says nothing about the person and stands for them in the ledger."""
    return f"p-{secrets.token_hex(6)}"


class Person(Record):
    """A natural person. Not collected at all: migration status, identity papers, birth date, home address, health."""

    FOLDS = ("name",)
    SORTS = "name"
    #: Masked in events, which are never rewritten: what is erased here is then gone everywhere.
    PRIVATE = frozenset(
        {"name", "email", "phone", "state_of_origin", "residence_country", "residence_subdivision", "residence_city"}
    )
    #: What an erasure empties (`forum.workflow.erasing`).
    ERASED = ("name", "email", "phone", "state_of_origin", "residence_country", "residence_subdivision", "residence_city")

    key = KeyField(_("key"), unique=True, default=person_key, editable=False)
    name = TextLine(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=200, blank=True)
    phone = TextLine(_("telephone"), max_length=40, blank=True)
    state_of_origin = models.ForeignKey(
        "forum.Area", verbose_name=_("state of origin"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    residence_country = models.ForeignKey(
        "forum.Area", verbose_name=_("country of residence"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    residence_subdivision = models.ForeignKey(
        "forum.Area", verbose_name=_("state of residence"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    residence_city = TextLine(_("city of residence"), max_length=150, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="person",
    )
    blocked_at = models.DateTimeField(
        _("blocked"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Kept for possible liabilities and used for nothing else; only administrators see it."),
    )
    suppressed_on = models.DateField(_("suppressed"), null=True, blank=True, editable=False)
    folded = FoldedField()
    sort = SortKeyField()

    objects = PersonQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("sort", "key")

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The name as the workspace shows it: not while it is blocked, and gone once it is suppressed."""
        if self.suppressed_on is not None:
            return gettext("data suppressed on %(date)s") % {"date": date_format(self.suppressed_on)}
        return gettext("data blocked") if self.blocked_at is not None else self.name

    @staticmethod
    def participation_model() -> type[Participation]:
        return Participation


class ParticipationRole(models.TextChoices):
    MIGRANT_LEADER = "migrant_leader", pgettext_lazy("role in an edition", "migrant leader")
    OFFICIAL = "official", pgettext_lazy("role in an edition", "official")
    ACADEMIC = "academic", pgettext_lazy("role in an edition", "academic")
    CIVIL_SOCIETY = "civil_society", pgettext_lazy("role in an edition", "civil society")
    MODERATOR = "moderator", pgettext_lazy("role in an edition", "moderator")
    RAPPORTEUR = "rapporteur", pgettext_lazy("role in an edition", "rapporteur")
    OBSERVER = "observer", pgettext_lazy("role in an edition", "observer")
    ORGANIZER = "organizer", pgettext_lazy("role in an edition", "organizer")
    SPECIAL_GUEST = "special_guest", pgettext_lazy("role in an edition", "special guest")


class ParticipationCapacity(models.TextChoices):
    PRINCIPAL = "principal", pgettext_lazy("capacity of a participant", "principal")
    ALTERNATE = "alternate", pgettext_lazy("capacity of a participant", "alternate")


class Participation(Record):
    """A person takes part in an edition, in a role, for an organization or an agency."""

    Role = ParticipationRole

    Capacity = ParticipationCapacity

    PRIVATE = frozenset({"shown_name", "post"})
    ERASED = ("post", "accredited_at", "checked_in_at")

    key = KeyField(_("key"), validators=[check_key], help_text=_("Unique in the edition, for example LID-01."))
    edition = models.ForeignKey(
        "forum.Edition", verbose_name=_("edition"), on_delete=models.PROTECT, related_name="participations"
    )
    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(_("role"), max_length=14, choices=Role.choices)
    organization = models.ForeignKey(
        "forum.Organization",
        verbose_name=_("organization"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="participations",
    )
    agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="participations"
    )
    post = TextLine(_("post"), max_length=150, blank=True)
    capacity = models.CharField(_("capacity"), max_length=10, choices=Capacity.choices, default=Capacity.PRINCIPAL)
    accredited_at = models.DateTimeField(_("accredited"), null=True, blank=True)
    checked_in_at = models.DateTimeField(_("checked in"), null=True, blank=True)
    show_name = models.BooleanField(_("consents to the name being shown"), default=False, editable=False)
    shown_name = TextLine(max_length=200, blank=True, default="", editable=False)
    suppressed_on = models.DateField(_("suppressed"), null=True, blank=True, editable=False)
    sort = SortKeyField()

    objects = ParticipationQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ("edition", "sort", "key")
        indexes = [models.Index(fields=["edition", "sort", "key"], name="participation_order")]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["edition", "key"],
                name="participation_key_once",
                violation_error_message=_("This edition has a participant with that key."),
            ),
            choice_constraint("role", ParticipationRole, "participation_role", _("This is not a role of a participant.")),
            choice_constraint(
                "capacity", ParticipationCapacity, "participation_capacity", _("A participant is principal or alternate.")
            ),
            models.CheckConstraint(
                condition=models.Q(organization__isnull=True) | models.Q(agency__isnull=True),
                name="participation_one_side",
                violation_error_message=_("A participant comes for an organization or for an agency, not for both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.public_name}"

    @property
    def body(self) -> Any:
        """The organization or agency that the participant comes for; None when there is none."""
        return self.organization or self.agency

    @property
    def public_name(self) -> str:
        """The name by consent, otherwise whom the person represents; and since when the data are gone, where they are."""
        if self.shown_name:
            return self.shown_name
        if self.body is None:
            words = gettext("Participant who prefers not to be named")
        else:
            words = gettext("Representative of %(body)s") % {"body": self.body}
        if self.suppressed_on is not None:
            words += gettext(" (data suppressed on %(date)s)") % {"date": date_format(self.suppressed_on)}
        return words

    @property
    def event_edition(self) -> Any:
        return self.edition

    def refresh_derived(self) -> list[str]:
        """The shown name and the order follow the consent: an unnamed person sorts by key, never by name."""
        self.shown_name = self.person.name if self.show_name else ""
        self.sort = sort_key(self.shown_name) if self.show_name else "~" + sort_key(self.key)
        return ["shown_name", "sort"]

    def search_entry(self) -> dict[str, str] | None:
        if not self.shown_name or not self.edition.is_public:
            return None
        summaries = {}
        for code in ("es", "en"):
            with override(code):
                summaries[f"summary_{code}"] = str(self.body or "")
        return {"kind": "participant", "title_es": self.shown_name, "title_en": "", **summaries, "text": self.post}


class Consent(models.Model):
    """Consent to show the name: given, perhaps withdrawn, always dated."""

    participation = models.ForeignKey(
        Participation, verbose_name=_("participant"), on_delete=models.CASCADE, related_name="consents"
    )
    given_at = models.DateTimeField(_("given"))
    how = TextLine(_("how it was given"), max_length=200, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_how = TextLine(_("how it was revoked"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ("-given_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["participation"],
                condition=models.Q(revoked_at__isnull=True),
                name="consent_one_in_force",
                violation_error_message=_("This participant has given consent already."),
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | models.Q(revoked_at__gte=models.F("given_at")),
                name="consent_dates_in_order",
                violation_error_message=_("A consent cannot be revoked before it is given."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id} · {self.given_at:%Y-%m-%d}"
