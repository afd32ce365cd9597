"""Public acts that the followers of a record are told of."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Commitment, Meeting, MinutesVersion, ProgressReport, Validation
from agreements.notices import facts
from agreements.notices.of_agreements import AGREEMENT, COMMITMENT, REPORT, VALIDATION
from agreements.notices.of_meetings import MEETING, MINUTES
from core.outbox.notices import PublicAct


def bodies_of(agreement: Agreement) -> list[Any]:
    return [party.body for party in agreement.parties.select_related("organization", "agency")]


def agreement_and_its_own(agreement: Agreement) -> list[Any]:
    return [agreement, *bodies_of(agreement), *agreement.proposals.all()]


def around_commitment(commitment: Commitment) -> list[Any]:
    parties = [*([commitment.lead] if commitment.lead is not None else []), *commitment.co_responsible.all()]
    return [commitment.agreement, *(party.body for party in parties)]


def around_report(report: ProgressReport) -> list[Any]:
    return around_commitment(report.commitment)


def around_validation(validation: Validation) -> list[Any]:
    return [*around_commitment(validation.report.commitment), validation.party.body]


def around_meeting(meeting: Meeting) -> list[Any]:
    return list(meeting.agreements.all())


def around_minutes(minutes: MinutesVersion) -> list[Any]:
    return around_meeting(minutes.meeting)


def agreement_is_public(_event: Any, agreement: Agreement) -> bool:
    return agreement.published_at is not None


def minutes_are_public(_event: Any, minutes: MinutesVersion) -> bool:
    return minutes.status == "approved"


def page_of_report(report: ProgressReport) -> str:
    return str(report.commitment.get_absolute_url())


def page_of_validation(validation: Validation) -> str:
    return str(validation.report.commitment.get_absolute_url())


def page_of_minutes(minutes: MinutesVersion) -> str:
    return str(minutes.meeting.get_absolute_url())


def was_public(_event: Any, meeting: Meeting) -> bool:
    return meeting.published_at is not None


ACTS = (
    PublicAct(
        "agreement_public",
        model=AGREEMENT,
        actions=("open", "open_amendment"),
        targets=agreement_and_its_own,
        public=agreement_is_public,
        text=_("%(folio)s, “%(title)s”: open for signature."),
        facts=facts.facts_of_agreement,
        link=facts.public_page,
    ),
    PublicAct(
        "agreement_in_force",
        model=AGREEMENT,
        actions=("sign",),
        targets=agreement_and_its_own,
        public=agreement_is_public,
        text=_("%(folio)s, “%(title)s”: signed."),
        facts=facts.facts_of_agreement,
        link=facts.public_page,
    ),
    PublicAct(
        "agreement_over",
        model=AGREEMENT,
        actions=("conclude", "void"),
        targets=agreement_and_its_own,
        public=agreement_is_public,
        text=_("%(folio)s, “%(title)s”: concluded or declared void."),
        facts=facts.facts_of_agreement,
        link=facts.public_page,
    ),
    PublicAct(
        "report_public",
        model=REPORT,
        actions=("create",),
        targets=around_report,
        text=_("%(folio)s, “%(text)s”: report of %(party)s: %(said)s."),
        facts=facts.facts_of_report,
        link=page_of_report,
    ),
    PublicAct(
        "validation_public",
        model=VALIDATION,
        actions=("create",),
        targets=around_validation,
        text=_("%(folio)s, “%(text)s”: %(other)s on the report of %(party)s: %(outcome)s."),
        facts=facts.facts_of_validation,
        link=page_of_validation,
    ),
    PublicAct(
        "due_date_moved",
        model=COMMITMENT,
        actions=("accept_extension",),
        targets=around_commitment,
        text=_("%(folio)s, “%(text)s”: due date moved to %(due)s."),
        facts=facts.facts_of_commitment,
        link=facts.public_page,
    ),
    PublicAct(
        "meeting_public",
        model=MEETING,
        actions=("schedule", "confirm", "move", "cancel"),
        targets=around_meeting,
        public=was_public,
        text=_("%(folio)s, “%(title)s”: meeting scheduled, moved or cancelled; %(when)s."),
        facts=facts.facts_of_meeting,
        link=facts.public_page,
    ),
    PublicAct(
        "minutes_public",
        model=MINUTES,
        actions=("approve",),
        targets=around_minutes,
        public=minutes_are_public,
        text=_("%(folio)s, “%(title)s”: minutes approved."),
        facts=facts.facts_of_minutes,
        link=page_of_minutes,
    ),
)
