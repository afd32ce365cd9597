"""Cut-off campaigns: “report by 30 June”, whom they asked, and who has reported since."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.querysets import CampaignAskQuerySet, CampaignQuerySet
from core.fields import KeyField, LongText
from core.models import Record
from core.models.folio import next_folio


class Campaign(Record):
    """Everybody who owes a report of an edition is asked to report up to one cut-off date. For organizers and those asked."""

    KEY = "folio"

    folio = KeyField(_("folio"), unique=True, blank=True)
    edition = models.ForeignKey("forum.Edition", verbose_name=_("edition"), on_delete=models.PROTECT, related_name="campaigns")
    cut_off = models.DateField(_("cut-off date"))
    message = LongText(_("message to those asked"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )

    objects = CampaignQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("cut-off campaign")
        verbose_name_plural = _("cut-off campaigns")
        ordering = ("edition", "-cut_off")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["edition", "cut_off"],
                name="campaign_cut_off_once",
                violation_error_message=_("This edition has a campaign with that cut-off date: open it and ask again there."),
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def event_edition(self) -> Any:
        return self.edition

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.folio:
            self.folio = next_folio(f"{self.edition.folio_prefix}-S")
        super().save(*args, **kwargs)


class CampaignAsk(Record):
    """One body was asked, once, by one campaign."""

    campaign = models.ForeignKey(Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="asks")
    organization = models.ForeignKey(
        "forum.Organization", verbose_name=_("organization"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"))

    objects = CampaignAskQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("request of a campaign")
        verbose_name_plural = _("requests of campaigns")
        ordering = ("campaign", "id")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(organization__isnull=False, agency__isnull=True)
                | models.Q(organization__isnull=True, agency__isnull=False),
                name="campaign_ask_one_body",
                violation_error_message=_("A campaign asks an organization or an agency, one of the two."),
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization"],
                condition=models.Q(organization__isnull=False),
                name="campaign_organization_once",
                violation_error_message=_("This organization was asked already."),
            ),
            models.UniqueConstraint(
                fields=["campaign", "agency"],
                condition=models.Q(agency__isnull=False),
                name="campaign_agency_once",
                violation_error_message=_("This agency was asked already."),
            ),
        ]

    def __str__(self) -> str:
        return self.public_key

    @property
    def body(self) -> Any:
        return self.organization or self.agency

    @property
    def public_key(self) -> str:
        return f"{self.campaign.folio}-{self.body.key}"

    @property
    def due_on(self) -> dt.date:
        """By when it asks."""
        return self.campaign.cut_off

    @property
    def event_edition(self) -> Any:
        return self.campaign.edition
