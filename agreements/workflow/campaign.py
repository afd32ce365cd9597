"""Doors of a cut-off campaign: begin it, ask everybody who owes a report, each body once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from agreements.models import Campaign, CampaignAsk, Commitment, Party
from agreements.permissions import is_organizer_of
from agreements.workflow.shared import account, moment_of
from core.events import SYSTEM
from core.workflow import StepRefused, create, lock
from forum.workflow import edit_edition


def start_campaign(*, edition: Any, actor: Any, cut_off: dt.date, message: str = "", at: dt.datetime | None = None) -> Campaign:
    """A new campaign; its date becomes the last cut-off date of the edition, by which the lights go. Nobody is asked yet."""
    if actor is not SYSTEM and not is_organizer_of(edition, actor):
        raise StepRefused(_("A campaign is begun by an organizer of the edition."), code="not_yours")
    campaign = Campaign(edition=edition, cut_off=cut_off, message=message, created_by=account(actor))
    with transaction.atomic():
        create(campaign, actor=actor, at=at)
        if edition.report_cut_off is None or edition.report_cut_off < cut_off:
            edit_edition(edition=edition, actor=actor, values={"report_cut_off": cut_off}, at=at)
    return campaign


def owing(campaign: Campaign) -> Any:
    """The commitments in force of which no report reaches the date of the campaign, though they had started by then."""
    return (
        Commitment.objects.all()
        .in_force()
        .filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=campaign.cut_off),
            Q(reported_cut_off__isnull=True) | Q(reported_cut_off__lt=campaign.cut_off),
            agreement__edition=campaign.edition_id,
            agreement__status="signed",
            cancelled_at__isnull=True,
            lead__isnull=False,
        )
        .exclude(reported_status="fulfilled")
    )


def bodies_owing(campaign: Campaign) -> list[dict[str, int | None]]:
    """Who owes these reports: {"organization" | "agency": id}, the successor of a body that was taken over. One query."""
    leads = Party.objects.filter(id__in=owing(campaign).order_by().values("lead"))
    rows = leads.annotate(speaks=F("taken_over_by")).values_list("organization", "agency", "speaks")
    found = {(organization, speaks or agency) for organization, agency, speaks in rows}
    return [{"organization_id": organization, "agency_id": agency} for organization, agency in sorted(found, key=str)]


def ask_everyone(*, campaign: Campaign, actor: Any, at: dt.datetime | None = None) -> list[CampaignAsk]:
    """Ask each body that owes a report and was not asked yet; who was asked is not asked twice, whoever presses the button.

    The mails are owed with the events of these rows. Returns the new ones.
    """
    if actor is not SYSTEM and not is_organizer_of(campaign, actor):
        raise StepRefused(_("Those who owe a report are asked by an organizer of the edition."), code="not_yours")
    with transaction.atomic():
        lock(campaign)
        asked = set(campaign.asks.values_list("organization", "agency"))
        moment = moment_of(at)
        made = [
            CampaignAsk(campaign=campaign, asked_at=moment, **body)
            for body in bodies_owing(campaign)
            if (body["organization_id"], body["agency_id"]) not in asked
        ]
        for row in made:
            create(row, actor=actor, at=moment)
    return made
