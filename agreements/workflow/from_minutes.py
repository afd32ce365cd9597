"""The door by which an action item of approved minutes becomes a commitment of an agreement that the meeting follows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from agreements.models import ActionItem, Agreement, AgreementVersion, Commitment, MinutesVersion, Party
from agreements.permissions import is_organizer_of
from agreements.workflow.agreement import amend
from agreements.workflow.commitment import add_commitment
from agreements.workflow.gaps import version_in
from core.events import SYSTEM
from core.workflow import StepRefused, changing


def become_commitment(
    *, item: ActionItem, agreement: Agreement, actor: Any, cause: str = "", at: dt.datetime | None = None
) -> Commitment:
    """A new commitment with the words, the owner and the date of `item`, which names it from then on.

    It goes into the version in draft. A signed agreement without one gets one: an amendment, with `cause`, that the parties
    accept again; until they have, the item stays open and comes back on agendas.
    """
    with changing(item, "become_commitment", actor=actor, at=at) as change:
        record: ActionItem = change.record
        refuse_item(record, agreement, actor)
        if agreement.status == Agreement.Status.SIGNED and version_in(agreement, AgreementVersion.Status.DRAFT) is None:
            amend(agreement=agreement, actor=actor, cause=cause.strip() or cause_of(record), at=at)
        made = add_commitment(
            agreement=agreement,
            actor=actor,
            values={"text_es": record.what_es, "text_en": record.what_en, "due_on": record.due_on, "source": record.source},
            lead=owing_party(record, agreement),
            at=at,
        )
        record.commitment = made
    return made


def cause_of(item: ActionItem) -> str:
    """Why an amendment is made, in the language of the agreements, free to be written otherwise."""
    with override("es"):
        return _("Action item %(item)s of the minutes of meeting %(meeting)s.") % {
            "item": item.folio,
            "meeting": item.meeting.folio,
        }


def owing_party(item: ActionItem, agreement: Agreement) -> Party | None:
    """The signatory that owns the item, or took over from the one that did; None when it does not sign."""
    agency = Q(agency=item.agency_id) | Q(taken_over_by=item.agency_id)
    owner = Q(organization=item.organization_id) if item.organization_id else agency
    return agreement.parties.filter(owner, role=Party.Role.SIGNATORY).order_by("id").first()


def refuse_item(item: ActionItem, agreement: Agreement, actor: Any) -> None:
    """Whether the item can become a commitment of this agreement now. Raises StepRefused."""
    words = {"item": item.folio, "agreement": agreement.folio}
    if actor is not SYSTEM and not is_organizer_of(item, actor):
        raise StepRefused(_("Organizers make action item %(item)s a commitment; the parties sign it.") % words, code="not_yours")
    if item.minutes.status != MinutesVersion.Status.APPROVED:
        raise StepRefused(
            _("The minutes of action item %(item)s are not approved yet: approve them first.") % words, code="early"
        )
    if not ActionItem.objects.filter(pk=item.pk).in_force().exists():
        raise StepRefused(
            _("Newer minutes took the place of action item %(item)s: use the item there.") % words, code="corrected"
        )
    if item.commitment_id is not None:
        raise StepRefused(_("Action item %(item)s became a commitment already.") % words, code="became")
    if item.done_on is not None:
        raise StepRefused(_("Action item %(item)s is done.") % words, code="done")
    if not item.meeting.agreements.filter(pk=agreement.pk).exists():
        raise StepRefused(_("The meeting of action item %(item)s does not follow agreement %(agreement)s.") % words, code="other")
    sentence = not_now(agreement)
    if sentence:
        raise StepRefused(sentence, code="agreement")


def not_now(agreement: Agreement) -> str:
    """Why no commitment can be added to an agreement now; '' when it can."""
    words = {"agreement": agreement.folio}
    if agreement.status in (Agreement.Status.CONCLUDED, Agreement.Status.VOID):
        return _("Agreement %(agreement)s has ended: nothing is added to it.") % words
    if version_in(agreement, AgreementVersion.Status.OPEN) is not None:
        return _("A version of agreement %(agreement)s is being signed, so its text is fixed: wait until it is.") % words
    return ""
