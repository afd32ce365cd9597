"""What the doors of proposals, referrals and opinions share.

Every door first locks the proposal (`holding`), then what lies under it, and enters in the ledger last: always in this
order, so that two doors never wait for each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import search
from core.events import SYSTEM, record_event
from core.workflow import Change, StepRefused, create, step
from forum.calendars import calendar_of
from forum.models import Agency, Edition, User
from forum.roles import roles_of
from proposals.models import DueDateChange, Proposal, ProposalVersion, Referral
from proposals.models.proposals import ProposalStatus
from proposals.models.referrals import DueDateChangeKind, ReferralStatus
from proposals.reading import overall_reading
from proposals.workflow.tables import PROPOSAL, REFERRAL


@contextmanager
def holding(*proposals: int) -> Iterator[None]:
    """A transaction with these proposals (ids) locked, in the order of their ids."""
    with transaction.atomic():
        rows = Proposal._base_manager.select_for_update().filter(pk__in=set(proposals)).order_by("pk")
        list(rows.values_list("pk"))
        yield


def now_or(at: dt.datetime | None) -> dt.datetime:
    return at or timezone.now()


def day_of(at: dt.datetime, edition: Edition) -> dt.date:
    """The date of an instant on the wall calendar of the edition."""
    return at.astimezone(ZoneInfo(edition.time_zone)).date()


def account(actor: Any) -> User | None:
    """The account that acts; None for the application itself."""
    return actor if isinstance(actor, User) else None


def assign(record: Any, values: Mapping[str, Any], allowed: Iterable[str]) -> None:
    """Set columns of a record from a door's `values`. Raises ValidationError for a column that the door does not take."""
    strange = sorted(set(values) - set(allowed))
    if strange:
        raise ValidationError(_("These fields cannot be set here: %(names)s.") % {"names": ", ".join(strange)})
    for name, value in values.items():
        setattr(record, name, value)


def required(text: str, field: str, sentence: str) -> str:
    """`text` without outer blanks. Raises ValidationError with `sentence` when nothing is left."""
    if not text.strip():
        raise ValidationError({field: sentence})
    return text.strip()


def current_version(proposal: Proposal) -> ProposalVersion:
    return proposal.versions.get(number=proposal.version_number)


def term_of(agency: Agency, edition: Edition, term_days: int | None) -> int:
    """The term in working days: the one asked for, else the agency's, else the edition's."""
    term = term_days or agency.default_term_days or edition.review_term_days
    if not 1 <= term <= 365:
        raise ValidationError({"term_days": _("The term is between 1 and 365 working days.")})
    return term


def liaisons_for(agency: Agency, users: Iterable[User]) -> list[User]:
    """Those of `users` who are officials of `agency`."""
    return [user for user in users if agency.pk in roles_of(user).agencies]


def open_referral(
    version: ProposalVersion,
    agency: Agency,
    *,
    actor: Any,
    at: dt.datetime,
    sent_on: dt.date | None = None,
    term_days: int | None = None,
    onward_from: Referral | None = None,
    liaisons: Iterable[User] = (),
) -> Referral:
    """Send a version to an agency: a new referral, or the recalled one sent again."""
    edition = version.proposal.edition
    sent = sent_on or day_of(at, edition)
    term = term_of(agency, edition, term_days)
    due = calendar_of(agency).add(sent, term)
    values: dict[str, Any] = {
        "sent_on": sent,
        "term_days": term,
        "due_on": due,
        "original_due_on": due,
        "onward_from": onward_from,
    }
    recalled: Referral | None = Referral.objects.filter(version=version, agency=agency, status=ReferralStatus.RECALLED).first()
    if recalled is not None:
        values |= {"acknowledged_at": None, "paused_on": None, "closed_at": None}
        # The sum begins anew; what moved the earlier date stays readable in the events.
        recalled.due_date_changes.all().delete()
        with step(REFERRAL, recalled, "reopen", actor=SYSTEM if onward_from else actor, at=at) as change:
            assign(change.record, values, values)
            change.set_links("liaisons", liaisons_for(agency, liaisons))
        return recalled
    referral = Referral(version=version, agency=agency, folio=f"{version.folio}-{agency.key}", **values)
    create(referral, actor=actor, action="refer", at=at, links={"liaisons": liaisons_for(agency, liaisons)})
    return referral


def recall_open(proposal: Proposal, *, reason: str, at: dt.datetime) -> None:
    """Recall what is still open of the version in force, because the proposal itself moved on."""
    for referral in Referral.objects.filter(version__proposal=proposal, status__in=Referral.OPEN).order_by("pk"):
        with step(REFERRAL, referral, "recall", actor=SYSTEM, reason=reason, at=at) as change:
            close(change)


def close(change: Change) -> None:
    """Stop the clock of a referral under change for good: it was recalled or passed on."""
    change.record.paused_on = None
    change.record.closed_at = change.at


def pause(change: Change, at: dt.datetime) -> None:
    """Stop the clock of a referral under change, unless it stands still already."""
    referral = change.record
    referral.paused_on = referral.paused_on or day_of(at, referral.event_edition)


def resume(change: Change, at: dt.datetime, reason: str) -> None:
    """Let the clock of a referral under change run again: the due date moves by the working days that it stood still."""
    referral = change.record
    if referral.paused_on is None:
        return
    calendar, today = calendar_of(referral.agency), day_of(at, referral.event_edition)
    days = calendar.between(referral.paused_on, today)
    to_on = calendar.add(referral.due_on, days)
    since, referral.paused_on = referral.paused_on, None
    move_due_date(change, DueDateChangeKind.PAUSE, to_on, days=days, reason=reason, started_on=since, ended_on=today)


def move_due_date(
    change: Change, kind: DueDateChangeKind, to_on: dt.date, *, days: int, reason: str, **more: Any
) -> DueDateChange:
    """Move the due date of a referral under change and keep why. `more`: further columns of `DueDateChange`."""
    referral = change.record
    row = DueDateChange(
        referral=referral,
        kind=kind,
        from_on=referral.due_on,
        to_on=to_on,
        working_days=days,
        reason=reason,
        by=account(change.actor),
        at=change.at,
        **more,
    )
    row.clean_fields(exclude=["by"])
    row.save()
    referral.due_on = to_on
    return row


def settle(proposal_id: int, *, at: dt.datetime) -> None:
    """After any change of a referral or an opinion: conclude a review that has its answers, and derive the reading."""
    proposal = Proposal.objects.select_related("edition").get(pk=proposal_id)
    if proposal.status == ProposalStatus.IN_REVIEW:
        statuses = set(
            Referral.objects.filter(version__proposal=proposal, version__number=proposal.version_number).values_list(
                "status", flat=True
            )
        )
        if statuses - {ReferralStatus.RECALLED} and not statuses & set(Referral.OPEN):
            with step(PROPOSAL, proposal, "conclude_review", actor=SYSTEM, at=at):
                pass
            proposal = Proposal.objects.select_related("edition").get(pk=proposal_id)
    before, after = proposal.reading, overall_reading(proposal, day_of(at, proposal.edition)).code
    if before != after:
        # Derived, so it moves no revision: nobody's open form becomes stale by it.
        Proposal.objects.filter(pk=proposal_id).update(reading=after)
        record_event(proposal, "reading", actor=SYSTEM, changes={"reading": [before, after]}, at=at)
        proposal.reading = after
        search.refresh(proposal)


def refuse_unless(condition: Any, sentence: str, code: str = "refused") -> None:
    if not condition:
        raise StepRefused(sentence, code=code)
