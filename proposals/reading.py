"""The overall reading of a proposal: derived from the answers of the bodies, never typed.

It says only what anybody may know: an opinion that is issued and not yet released counts as waiting. An opinion “with
conditions” counts as feasible once every condition of it is marked as met.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from proposals.models import Condition, Opinion, Proposal, Referral
from proposals.models.opinions import ConditionStatus
from proposals.models.proposals import ProposalReading, ProposalStatus
from proposals.models.referrals import ReferralStatus

#: Verdicts that say the same in the end; between camps the bodies are divided. Order decides a tie for the leading one.
CAMPS = {
    "feasible": ProposalReading.FEASIBLE,
    "conditional": ProposalReading.FEASIBLE,
    "addressed": ProposalReading.ADDRESSED,
    "not_feasible": ProposalReading.NOT_FEASIBLE,
}
LEADING = (ProposalReading.FEASIBLE, ProposalReading.ADDRESSED, ProposalReading.NOT_FEASIBLE)


@dataclass(frozen=True)
class Reading:
    """`asked`: bodies of the current version that have to answer (not the recalled, not those who referred onward);
    `waiting` of them owe an answer, `late` past their due date. `dissenting`: opinions that differ from the leading view."""

    code: str
    asked: int = 0
    answered: int = 0
    waiting: int = 0
    late: int = 0
    unreleased: int = 0
    dissenting: list[Opinion] = field(default_factory=list)

    @property
    def label(self) -> str:
        return str(ProposalReading(self.code).label)

    @property
    def sentence(self) -> str:
        """The reading in full: who is waited for, who differs."""
        if self.code == ProposalReading.WAITING:
            parts = [_("%(answered)s of %(asked)s bodies have answered") % {"answered": self.answered, "asked": self.asked}]
            if self.late:
                parts.append(ngettext("%(count)s is late", "%(count)s are late", self.late) % {"count": self.late})
            if self.unreleased:
                parts.append(_("the answers are released together"))
            return ", ".join(parts)
        if self.code == ProposalReading.DIVIDED:
            names = ", ".join(f"{opinion.agency.short} ({opinion.get_verdict_display()})" for opinion in self.dissenting)
            return _("%(reading)s: %(names)s") % {"reading": self.label, "names": names}
        if self.waiting:
            return ngettext(
                "%(reading)s; %(count)s body never answered", "%(reading)s; %(count)s bodies never answered", self.waiting
            ) % {
                "reading": self.label,
                "count": self.waiting,
            }
        return self.label


def current_referrals(proposal: Proposal) -> list[Referral]:
    """Referrals of the version in force that were not recalled, with agency and the opinion in force. Two queries."""
    conditions = Condition.objects.filter(opinion=OuterRef("pk"))
    unmet = conditions.exclude(status=ConditionStatus.MET)
    in_force = (
        Opinion.objects.filter(status="issued")
        .select_related("referral__agency")
        .annotate(conditions_met=Exists(conditions) & ~Exists(unmet))
    )
    return list(
        Referral.objects.filter(version__proposal=proposal.pk, version__number=proposal.version_number)
        .exclude(status=ReferralStatus.RECALLED)
        .select_related("agency")
        .prefetch_related(Prefetch("opinions", queryset=in_force, to_attr="in_force"))
        .order_by("folio")
    )


def overall_reading(proposal: Proposal, on: dt.date, referrals: list[Referral] | None = None) -> Reading:
    """The reading of `proposal` on date `on` (which decides only how many are late).

    `referrals`: what `current_referrals` gives, where they are at hand.
    """
    if referrals is None:
        referrals = current_referrals(proposal)
    if not referrals:
        return Reading(ProposalReading.NONE.value)
    counted = [referral for referral in referrals if referral.status != ReferralStatus.REFERRED_ONWARD]
    waiting = [referral for referral in counted if referral.is_open]
    late = sum(1 for referral in waiting if referral.due_on < min(on, referral.paused_on or on))
    answered = [referral for referral in counted if referral.status == ReferralStatus.ANSWERED]
    released: list[Any] = []
    unreleased = 0
    for referral in answered:
        for opinion in getattr(referral, "in_force", []):
            if opinion.released_at is None:
                unreleased += 1
            elif opinion.verdict in CAMPS:
                released.append(opinion)
    numbers: dict[str, Any] = {
        "asked": len(counted),
        "answered": len(answered),
        "waiting": len(waiting),
        "late": late,
        "unreleased": unreleased,
    }
    under_review = proposal.status == ProposalStatus.IN_REVIEW
    if unreleased or (waiting and (under_review or not released)):
        return Reading(ProposalReading.WAITING.value, **numbers)
    if not released:
        return Reading(ProposalReading.OUTSIDE_REMIT.value, **numbers)
    sizes = Counter(CAMPS[opinion.verdict] for opinion in released)
    if len(sizes) > 1:
        leading = max(LEADING, key=lambda camp: sizes[camp])
        dissenting = [opinion for opinion in released if CAMPS[opinion.verdict] != leading]
        return Reading(ProposalReading.DIVIDED.value, **numbers, dissenting=dissenting)
    code = next(iter(sizes))
    if any(opinion.verdict == "conditional" and not opinion.conditions_met for opinion in released):
        code = ProposalReading.CONDITIONAL
    return Reading(code.value, **numbers)
