"""Agreements, their parties, versions, clauses and acceptances."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.querysets import AgreementQuerySet, OfAgreementQuerySet, VersionQuerySet
from core.addresses import address
from core.fields import FoldedField, KeyField, LongText, TextLine, check_key
from core.models import Record
from core.models.base import choice_constraint
from core.models.folio import next_folio


class AgreementStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("status of an agreement", "draft")
    OPEN = "open", pgettext_lazy("status of an agreement", "open for signature")
    SIGNED = "signed", pgettext_lazy("status of an agreement", "signed")
    CONCLUDED = "concluded", pgettext_lazy("status of an agreement", "concluded")
    VOID = "void", pgettext_lazy("status of an agreement", "void")


class Agreement(Record):
    """A joint work agreement. A signed text is never overwritten: it lives in versions."""

    Status = AgreementStatus

    KEY = "folio"
    FOLDS = ("folio", "title_es", "title_en", "background_es", "topic")

    folio = KeyField(
        _("folio"), unique=True, blank=True, validators=[check_key], help_text=_("Given once, never reused: FM1-A-01.")
    )
    edition = models.ForeignKey("forum.Edition", verbose_name=_("edition"), on_delete=models.PROTECT, related_name="agreements")
    title_es = TextLine(_("title in Spanish"), max_length=300)
    title_en = TextLine(_("title in English"), max_length=300, blank=True)
    background_es = LongText(_("background in Spanish"), blank=True)
    background_en = LongText(_("background in English"), blank=True)
    topic = TextLine(_("topic"), max_length=120, blank=True)
    place = TextLine(_("place"), max_length=300, blank=True)
    dated_on = models.DateField(_("date"), null=True, blank=True)
    proposals = models.ManyToManyField("proposals.Proposal", verbose_name=_("proposals"), blank=True, related_name="agreements")
    opinions = models.ManyToManyField("proposals.Opinion", verbose_name=_("opinions"), blank=True, related_name="agreements")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    version_number = models.PositiveSmallIntegerField(_("version in force"), default=0, editable=False)
    shows_pending = models.BooleanField(_("says in public whose signature is pending"), default=False, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    folded = FoldedField()

    objects = AgreementQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ("folio",)
        indexes = [
            models.Index(fields=["edition", "folio"], name="agreement_edition"),
            models.Index(fields=["status", "folio"], name="agreement_status_folio"),
            models.Index(fields=["edition", "-published_at", "-id"], name="agreement_newest"),
            models.Index(fields=["topic", "folio"], name="agreement_topic"),
            models.Index(fields=["-created_at", "folio"], name="agreement_created"),
            models.Index(fields=["-updated_at", "folio"], name="agreement_changed"),
        ]
        constraints = [
            *Record.Meta.constraints,
            choice_constraint("status", AgreementStatus, "agreement_status", _("This is not a status of an agreement.")),
            models.CheckConstraint(
                condition=~models.Q(status__in=["signed", "concluded"])
                | models.Q(signed_at__isnull=False, version_number__gte=1),
                name="agreement_signed_complete",
                violation_error_message=_("A signed agreement has a date of signature and a version in force."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.folio} · {self.title}"

    @property
    def title(self) -> str:
        return self.in_language("title")

    @property
    def background(self) -> str:
        return self.in_language("background")

    @property
    def event_edition(self) -> Any:
        return self.edition

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.status != self.Status.DRAFT

    def get_absolute_url(self) -> str:
        return address("agreement", self.folio)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.folio:
            self.folio = next_folio(f"{self.edition.folio_prefix}-A")
        super().save(*args, **kwargs)

    def search_entry(self) -> dict[str, str] | None:
        if not self.is_public:
            return None
        return {
            "kind": "agreement",
            "title_es": self.title_es,
            "title_en": self.title_en,
            "summary_es": self.background_es,
            "summary_en": self.background_en,
            "text": self.topic,
        }


class AgreementVersionStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("status of a version", "draft")
    OPEN = "open", pgettext_lazy("status of a version", "open for signature")
    SIGNED = "signed", pgettext_lazy("status of a version", "signed")


class AgreementVersion(models.Model):
    """A version of the text: draft → open (for signature) → signed; a newer signed one takes its place, it stays."""

    Status = AgreementVersionStatus

    KEY = "folio"

    folio = KeyField(_("folio"), unique=True)
    agreement = models.ForeignKey(Agreement, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT, editable=False)
    cause = LongText(_("cause"), blank=True)
    created_at = models.DateTimeField(_("created"))
    opened_at = models.DateTimeField(_("opened for signature"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    text = models.JSONField(_("text as opened for signature"), default=dict, blank=True, editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of an agreement")
        verbose_name_plural = _("versions of agreements")
        ordering = ("agreement", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="agreement_version_once",
                violation_error_message=_("This agreement has that version already."),
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=models.Q(status__in=["draft", "open"]),
                name="agreement_one_version_pending",
                violation_error_message=_("Another version of this agreement is being prepared or signed."),
            ),
            choice_constraint(
                "status", AgreementVersionStatus, "agreement_version_status", _("This is not a status of a version.")
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def public_key(self) -> str:
        return self.folio

    @property
    def event_edition(self) -> Any:
        return self.agreement.edition


class Clause(models.Model):
    """A numbered clause of one version, with the opinions that it comes from."""

    version = models.ForeignKey(AgreementVersion, verbose_name=_("version"), on_delete=models.CASCADE, related_name="clauses")
    number = models.PositiveSmallIntegerField(_("number"))
    text_es = LongText(_("text in Spanish"))
    text_en = LongText(_("text in English"), blank=True)
    opinions = models.ManyToManyField("proposals.Opinion", verbose_name=_("from opinions"), blank=True, related_name="clauses")

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ("version", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "number"],
                name="clause_number_once",
                violation_error_message=_("This version has a clause with that number."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.number}"

    in_language = Record.in_language
    language_of = Record.language_of

    @property
    def text(self) -> str:
        return self.in_language("text")


class PartyRole(models.TextChoices):
    SIGNATORY = "signatory", pgettext_lazy("role of a party", "signatory")
    WITNESS = "witness", pgettext_lazy("role of a party", "witness")
    GUARANTOR = "guarantor", pgettext_lazy("role of a party", "guarantor")


class Party(models.Model):
    """An organization or an agency takes part in an agreement."""

    Role = PartyRole

    agreement = models.ForeignKey(Agreement, verbose_name=_("agreement"), on_delete=models.CASCADE, related_name="parties")
    organization = models.ForeignKey(
        "forum.Organization",
        verbose_name=_("organization"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="party_rows",
    )
    agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="party_rows"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.SIGNATORY)
    representative = models.ForeignKey(
        "forum.Participation", verbose_name=_("representative"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_over_by = models.ForeignKey(
        "forum.Agency", verbose_name=_("taken over by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_over_on = models.DateField(_("taken over on"), null=True, blank=True)
    taken_over_reason = LongText(_("why it was taken over"), blank=True)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ("agreement", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organization__isnull=False, agency__isnull=True)
                | models.Q(organization__isnull=True, agency__isnull=False),
                name="party_one_body",
                violation_error_message=_("A party is an organization or an agency, one of the two."),
            ),
            models.UniqueConstraint(
                fields=["agreement", "organization"],
                condition=models.Q(organization__isnull=False),
                name="party_organization_once",
                violation_error_message=_("This organization is a party already."),
            ),
            models.UniqueConstraint(
                fields=["agreement", "agency"],
                condition=models.Q(agency__isnull=False),
                name="party_agency_once",
                violation_error_message=_("This agency is a party already."),
            ),
            models.CheckConstraint(
                condition=models.Q(taken_over_by__isnull=True, taken_over_on__isnull=True)
                | models.Q(taken_over_by__isnull=False, taken_over_on__isnull=False, agency__isnull=False),
                name="party_taken_over_dated",
                violation_error_message=_("A public body takes over from another on a day."),
            ),
            choice_constraint("role", PartyRole, "party_role", _("A party signs, witnesses or guarantees.")),
        ]

    def __str__(self) -> str:
        return str(self.body)

    @property
    def body(self) -> Any:
        """The organization or the agency."""
        return self.organization or self.agency

    @property
    def key(self) -> str:
        return str(self.body.key)

    @property
    def side(self) -> str:
        """`organizations` or `government`: reports of one side are validated by the other."""
        return "organizations" if self.organization_id else "government"


def scan_path(record: Any, filename: str) -> str:
    """Stored name: never from the user."""
    return f"papers/{secrets.token_hex(16)}"


class AcceptanceMode(models.TextChoices):
    SIGNED_IN = "signed_in", pgettext_lazy("mode of acceptance", "signed in")
    IN_PERSON = "in_person", pgettext_lazy("mode of acceptance", "in person")
    ON_PAPER = "on_paper", pgettext_lazy("mode of acceptance", "on paper, with scan")
    ON_BEHALF = "on_behalf", pgettext_lazy("mode of acceptance", "recorded on behalf")


class Acceptance(Record):
    """One party accepts one version."""

    Mode = AcceptanceMode

    PRIVATE = frozenset({"witness", "scan"})

    version = models.ForeignKey(AgreementVersion, verbose_name=_("version"), on_delete=models.PROTECT, related_name="acceptances")
    party = models.ForeignKey(Party, verbose_name=_("party"), on_delete=models.PROTECT, related_name="acceptances")
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices)
    accepted_on = models.DateField(_("date"))
    post = TextLine(_("post of the signatory"), max_length=150, blank=True)
    reason = LongText(_("why it is recorded on behalf"), blank=True)
    witness = TextLine(_("witness"), max_length=200, blank=True)
    scan = models.FileField(_("scan (reserved)"), upload_to=scan_path, max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta(Record.Meta):
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        ordering = ("version", "id")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["version", "party"],
                name="acceptance_once",
                violation_error_message=_("This party has accepted this version already."),
            ),
            choice_constraint("mode", AcceptanceMode, "acceptance_mode", _("This is not a mode of acceptance.")),
            models.CheckConstraint(
                condition=~models.Q(mode="on_behalf") | (~models.Q(reason="") & ~models.Q(witness="")),
                name="acceptance_on_behalf",
                violation_error_message=_("An acceptance on behalf needs the reason and a witness."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.party}"

    @property
    def public_key(self) -> str:
        return f"{self.version.folio}-{self.party.key}"

    @property
    def event_edition(self) -> Any:
        return self.version.agreement.edition


def paper_key() -> str:
    return f"f-{secrets.token_hex(8)}"
