"""Doors of a commitment: add, edit and remove in draft; extend and cancel when both sides agree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from agreements.models import Agreement, Cancellation, Commitment, Extension, Party
from agreements.permissions import stands_for
from agreements.validators import COMMITMENT_FIELDS, EXTENSION_FIELDS, check_constraints
from agreements.workflow.gaps import draft_of
from agreements.workflow.shared import account, assign, note_folio
from agreements.workflow.tables import AGREEMENT, COMMITMENT
from core import ledger
from core.events import SYSTEM, record_event, values_of
from core.models.folio import next_number
from core.workflow import StepRefused, changing, check_creation, create, lock, step

FIELDS = frozenset(
    {
        "text_es",
        "text_en",
        "deliverable",
        "means_of_verification",
        "starts_on",
        "due_on",
        "topic",
        "source",
    }
)
LINKS = ("co_responsible", "proposals", "conditions", "states")


def add_commitment(
    *,
    agreement: Agreement,
    actor: Any,
    values: Mapping[str, Any],
    lead: Party | None = None,
    co_responsible: Iterable[Party] = (),
    proposals: Iterable[Any] = (),
    conditions: Iterable[Any] = (),
    states: Iterable[Any] = (),
    at: dt.datetime | None = None,
) -> Commitment:
    """A new commitment in the draft version. `values`: columns of `FIELDS`, and `number` for an import."""
    with step(AGREEMENT, agreement, "edit", actor=actor, at=at) as change:
        version = draft_of(change.record)
        commitment = Commitment(agreement=change.record, since_version=version.number, lead=lead)
        assign(commitment, values, FIELDS | {"number"})
        check_creation(COMMITMENT, "add", commitment, actor)
        scope = f"{agreement.folio}-C"
        if commitment.number is None:
            commitment.number = next_number(scope)
        else:
            note_folio(f"{scope}{commitment.number}", scope)
        shared = list(co_responsible)
        check_parties(commitment, shared)
        commitment.original_due_on = commitment.due_on
        check_constraints(commitment, COMMITMENT_FIELDS)
        links = {"co_responsible": shared, "proposals": proposals, "conditions": conditions, "states": states}
        create(commitment, actor=actor, at=change.at, links=links)
        change.note("commitments", None, commitment.folio)
    return commitment


def edit_commitment(
    *,
    commitment: Commitment,
    actor: Any,
    values: Mapping[str, Any],
    links: Mapping[str, Iterable[Any]] | None = None,
    revision: int | None = None,
    at: dt.datetime | None = None,
) -> Commitment:
    """Change a commitment whose version is in draft. `values` may hold `lead`; `links`: any of `LINKS`."""
    with transaction.atomic():
        lock(commitment.agreement)
        with step(COMMITMENT, commitment, "edit", actor=actor, revision=revision, at=at) as change:
            record: Commitment = change.record
            assign(record, values, FIELDS | {"lead"})
            unknown = set(links or {}) - set(LINKS)
            if unknown:
                raise ValueError(f"Commitment: this door does not write {', '.join(sorted(unknown))}.")
            chosen = {name: list(rows) for name, rows in (links or {}).items()}
            check_parties(record, chosen.get("co_responsible", list(record.co_responsible.all())))
            record.original_due_on = record.due_on
            check_constraints(record, COMMITMENT_FIELDS)
            for name, rows in chosen.items():
                change.set_links(name, rows)
    return commitment


def remove_commitment(*, commitment: Commitment, actor: Any, at: dt.datetime | None = None) -> None:
    """Take a commitment out of a version in draft. Its folio is not given again; an action item that became it is open again."""
    with transaction.atomic():
        agreement = lock(commitment.agreement)
        refusal = COMMITMENT.refusal(lock(commitment), "remove", actor)
        if refusal is not None:
            raise refusal
        gone = {name: [value, None] for name, value in values_of(commitment).items() if value not in (None, "", [])}
        record_event(commitment, "remove", actor=actor, changes=gone, at=at)
        for item in commitment.action_items.all():
            # What came out of the minutes is a task again.
            with changing(item, actor=actor, at=at) as change:
                change.record.commitment = None
        try:
            commitment.delete()
        except ProtectedError as error:
            raise StepRefused(
                _("Commitment %(folio)s stands on an agenda: edit it instead.") % {"folio": commitment.folio},
                code="in_use",
            ) from error
        with step(AGREEMENT, agreement, "edit", actor=actor, at=at) as change:
            change.note("commitments", commitment.folio, None)


def check_parties(commitment: Commitment, shared: Iterable[Party]) -> None:
    """Who owes a commitment signs the agreement, and is named once. Raises ValidationError."""
    errors: dict[str, str] = {}
    people = list(shared)
    for name, parties in (("lead", [commitment.lead] if commitment.lead is not None else []), ("co_responsible", people)):
        for party in parties:
            if party.agreement_id != commitment.agreement_id:
                errors[name] = _("%(party)s is not a party to this agreement: add it as a party first.") % {"party": party}
            elif party.role != Party.Role.SIGNATORY:
                errors[name] = _("%(party)s does not sign the agreement, so it cannot owe a commitment.") % {"party": party}
    if commitment.lead is not None and commitment.lead in people:
        errors["co_responsible"] = _("%(party)s is the responsible party already: leave it out here.") % {
            "party": commitment.lead
        }
    if errors:
        raise ValidationError(errors)


# --- what both sides must agree to ------------------------------------------------------------------------------------


def refuse_stranger(commitment: Commitment, party: Party, actor: Any) -> None:
    """Whether `actor` may speak for `party` on this commitment. Raises StepRefused."""
    if party.agreement_id != commitment.agreement_id or party.role == Party.Role.WITNESS:
        raise StepRefused(
            _("%(party)s has no say on commitment %(folio)s: it is not a party that signs or guarantees the agreement.")
            % {"party": party, "folio": commitment.folio},
            code="party",
        )
    if actor is not SYSTEM and not stands_for(party, actor):
        raise StepRefused(_("You do not speak for %(party)s.") % {"party": party}, code="not_yours")


def ask_extension(
    *, commitment: Commitment, party: Party, actor: Any, to_on: dt.date, reason: str, at: dt.datetime | None = None
) -> Extension:
    """One side asks for a later due date. Asked again before the answer, the newer date and reason count."""
    with step(COMMITMENT, commitment, "extend", actor=actor, reason=reason, at=at) as change:
        record: Commitment = change.record
        refuse_stranger(record, party, actor)
        if record.due_on is None:
            raise StepRefused(_("Commitment %(folio)s has no due date to extend.") % {"folio": record.folio}, code="no_date")
        waiting = record.extensions.waiting().select_related("asked_by").first()
        if waiting is not None and waiting.asked_by.side != party.side:
            raise StepRefused(
                _("The other side has asked for an extension until %(date)s: accept or decline that one first.")
                % {"date": waiting.to_on},
                code="pending",
            )
        extension = waiting or Extension(commitment=record)
        before = waiting.to_on if waiting is not None else None
        extension.from_on, extension.to_on, extension.asked_by = record.due_on, to_on, party
        extension.reason, extension.asked_at, extension.by = change.reason, change.at, account(actor)
        check_constraints(extension, EXTENSION_FIELDS)
        extension.full_clean()
        extension.save()
        change.note("extension_asked", before, {"party": party.key, "from": record.due_on, "to": to_on})
    return extension


def accept_extension(*, extension: Extension, party: Party, actor: Any, at: dt.datetime | None = None) -> Extension:
    """The other side accepts: the due date moves, the original one stays on record."""
    commitment = extension.commitment
    with step(COMMITMENT, commitment, "accept_extension", actor=actor, at=at) as change:
        record: Commitment = change.record
        refuse_answer(record, extension, party, actor)
        extension.accepted_by, extension.accepted_at = party, change.at
        extension.save(update_fields=["accepted_by", "accepted_at"])
        record.due_on = extension.to_on
        change.note("extension_accepted", None, {"party": party.key, "asked_by": extension.asked_by.key})
        payload = {
            "commitment": record.folio,
            "from": extension.from_on,
            "to": extension.to_on,
            "asked_by": extension.asked_by.key,
            "accepted_by": party.key,
        }
        ledger.append("commitment_extended", record.folio, payload, at=change.at)
    return extension


def decline_extension(*, extension: Extension, party: Party, actor: Any, reason: str, at: dt.datetime | None = None) -> Extension:
    """The other side declines, and says why: the due date stays. It can be asked for again."""
    with step(COMMITMENT, extension.commitment, "decline_extension", actor=actor, reason=reason, at=at) as change:
        refuse_answer(change.record, extension, party, actor)
        extension.declined_by, extension.declined_at, extension.decline_reason = party, change.at, change.reason
        extension.full_clean()
        extension.save(update_fields=["declined_by", "declined_at", "decline_reason"])
        change.note("extension_declined", None, {"party": party.key, "asked_by": extension.asked_by.key, "to": extension.to_on})
    return extension


def refuse_answer(commitment: Commitment, extension: Extension, party: Party, actor: Any) -> None:
    """Whether `actor` may answer for `party` what the other side asked; reads the extension anew. Raises StepRefused."""
    refuse_stranger(commitment, party, actor)
    extension.refresh_from_db()
    if not extension.waits:
        raise StepRefused(_("This extension is answered already."), code="answered")
    if extension.asked_by.side == party.side:
        raise StepRefused(
            _("An extension is answered by the other side; %(party)s is of the side that asked.") % {"party": party},
            code="same_side",
        )


def cancel_commitment(
    *, commitment: Commitment, party: Party, actor: Any, reason: str, at: dt.datetime | None = None
) -> Cancellation:
    """One side says that the commitment should be cancelled; it is when both sides have said so."""
    with step(COMMITMENT, commitment, "cancel", actor=actor, reason=reason, at=at) as change:
        record: Commitment = change.record
        refuse_stranger(record, party, actor)
        row = Cancellation(commitment=record, party=party, side=party.side, reason=change.reason, at=change.at, by=account(actor))
        row.full_clean()
        row.save()
        change.note("cancellation", None, {"party": party.key, "side": party.side})
        rows = list(record.cancellations.select_related("party__organization", "party__agency").order_by("id"))
        if {each.side for each in rows} == {"organizations", "government"}:
            record.cancelled_at = change.at
            payload = {"commitment": record.folio, "parties": [each.party.key for each in rows]}
            ledger.append("commitment_cancelled", record.folio, payload, at=change.at)
    return row
