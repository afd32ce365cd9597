"""The text of a version and of minutes as JSON documents: what is fixed, hashed and read back later.

People stand in them by the opaque key of their person record, so that erasing a person changes no fingerprint.
"""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects

from agreements.models import Agreement, AgreementVersion, Clause, Commitment, MinutesVersion, Party
from agreements.workflow.gaps import commitments_of
from agreements.workflow.shared import in_both, iso, keys

BESIDE_COMMITMENTS = ("co_responsible__organization", "co_responsible__agency", "states", "proposals", "conditions__opinion")


def party_text(party: Party) -> dict[str, Any]:
    """A party with the name that it has on the day of the snapshot."""
    body = party.body
    name = {"es": body.name_es, "en": body.name_en} if party.agency_id else {"es": body.name, "en": ""}
    representative = party.representative
    return {
        "key": party.key,
        "side": party.side,
        "name": name,
        "acronym": body.acronym,
        "role": party.role,
        "representative": representative.person.key if representative is not None else None,
    }


def commitment_text(commitment: Commitment) -> dict[str, Any]:
    return {
        "folio": commitment.folio,
        "number": commitment.number,
        "text": in_both(commitment, "text"),
        "lead": commitment.lead.key if commitment.lead is not None else None,
        "co_responsible": keys(commitment.co_responsible.all()),
        "deliverable": commitment.deliverable,
        "means_of_verification": commitment.means_of_verification,
        "starts_on": iso(commitment.starts_on),
        "original_due_on": iso(commitment.original_due_on),
        "due_on": iso(commitment.due_on),
        "states": keys(commitment.states.all()),
        "topic": commitment.topic,
        "proposals": keys(commitment.proposals.all()),
        "conditions": keys(commitment.conditions.all()),
        "cancelled": commitment.cancelled_at is not None,
    }


def agreement_text(agreement: Agreement, version: AgreementVersion) -> dict[str, Any]:
    """Everything that the parties accept, as it stands: kept in `AgreementVersion.text` and hashed."""
    # Asked of the tables, not of what a page attached to the records: narrowed down further, that would be all rows there are.
    parties = (
        Party.objects.filter(agreement=agreement)
        .select_related("organization", "agency", "representative__person")
        .order_by("id")
    )
    clauses = Clause.objects.filter(version=version).prefetch_related("opinions").order_by("number")
    commitments = commitments_of(agreement, version)
    # What hangs on the commitments comes in five queries, however many they are.
    prefetch_related_objects(commitments, *BESIDE_COMMITMENTS)
    return {
        "folio": version.folio,
        "agreement": agreement.folio,
        "edition": agreement.edition.slug,
        "version": version.number,
        "cause": version.cause,
        "title": in_both(agreement, "title"),
        "background": in_both(agreement, "background"),
        "place": agreement.place,
        "dated_on": iso(agreement.dated_on),
        "parties": [party_text(party) for party in parties],
        "clauses": [
            {"number": clause.number, "text": in_both(clause, "text"), "opinions": keys(clause.opinions.all())}
            for clause in clauses
        ],
        "commitments": [commitment_text(commitment) for commitment in commitments],
        "proposals": keys(agreement.proposals.all()),
        "opinions": keys(agreement.opinions.all()),
    }


def attendance_by_body(meeting: Any) -> list[dict[str, Any]]:
    """How many people of each body were present, absent or excused: the only attendance that the public reads."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in meeting.attendance.select_related("organization", "agency").order_by("id"):
        side = "organizations" if row.organization_id else "government"
        found = rows.setdefault(
            (side, row.body.key), {"body": row.body.key, "side": side, "present": 0, "absent": 0, "excused": 0}
        )
        if row.presence in found:
            found[row.presence] += 1
    return [rows[key] for key in sorted(rows)]


def minutes_text(minutes: MinutesVersion) -> dict[str, Any]:
    """The minutes as they are approved: hashed, and repeated by anybody from the published record."""
    meeting = minutes.meeting
    items = sorted(minutes.action_items.all(), key=lambda item: item.number)
    # First versions have no cause, and were fingerprinted without one.
    cause = {"cause": minutes.cause} if minutes.cause else {}
    return {
        "folio": minutes.folio,
        "meeting": meeting.folio,
        "version": minutes.number,
        **cause,
        "agreements": keys(meeting.agreements.all()),
        "text": in_both(minutes, "text"),
        "decisions": in_both(minutes, "decisions"),
        "attendance": minutes.attendance,
        "action_items": [
            {
                "folio": item.folio,
                "what": in_both(item, "what"),
                "owner": item.owner.key if item.owner is not None else None,
                "due_on": iso(item.due_on),
            }
            for item in items
        ],
    }
