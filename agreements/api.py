"""Agreements and meetings as JSON: stable English keys, ISO 8601 dates, codes instead of labels, nothing that is private.

People appear by the name that they let be shown, or as whom they represent. `link` turns a record into its absolute address.
"""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse

from agreements.meetings import MeetingPage
from agreements.models import (
    ActionItem,
    Agreement,
    AgreementVersion,
    Clause,
    Commitment,
    Evidence,
    Meeting,
    MinutesVersion,
    ProgressReport,
    Reply,
    Validation,
)
from agreements.readings import FourReadings
from agreements.record import AgreementPage, CommitmentRow, PartyRow
from agreements.workflow.texts import minutes_text
from core.pages import texts
from forum.api import Data, Link, area_data, body_data, day, edition_brief, moment
from proposals.api import antecedent_brief, file_data, proposal_brief


def agreement_brief(agreement: Agreement, link: Link) -> Data:
    """An agreement as other records name it."""
    return {
        "folio": agreement.folio,
        "title": texts(agreement, "title"),
        "status": agreement.status,
        "dated_on": day(agreement.dated_on),
        "url": link(agreement),
    }


def commitment_brief(commitment: Commitment, light: str | None, link: Link) -> Data:
    return {
        "folio": commitment.folio,
        "number": commitment.number,
        "text": texts(commitment, "text"),
        "due_on": day(commitment.due_on),
        "light": light,
        "url": link(commitment),
    }


def meeting_brief(meeting: Meeting, link: Link) -> Data:
    return {
        "folio": meeting.folio,
        "title": texts(meeting, "title"),
        "status": meeting.status,
        "starts_at": moment(meeting.starts_at),
        "ends_at": moment(meeting.ends_at),
        "time_zone": meeting.time_zone,
        "url": link(meeting),
    }


def party_data(row: PartyRow, link: Link) -> Data:
    """A party, who represents it (by consent), and how it accepted the version shown."""
    party, acceptance = row.party, row.acceptance
    return {
        **body_data(party.body, link),
        "role": party.role,
        "representative": party.representative.public_name if party.representative else None,
        "taken_over_by": party.taken_over_by.key if party.taken_over_by else None,
        "taken_over_on": day(party.taken_over_on),
        "acceptance": {
            "mode": acceptance.mode,
            "accepted_on": day(acceptance.accepted_on),
            "post": acceptance.post or None,
            "recorded_on_behalf": acceptance.reason or None,
        }
        if acceptance and not row.withheld
        else None,
    }


def clause_data(clause: Clause) -> Data:
    return {
        "number": clause.number,
        "text": texts(clause, "text"),
        "opinions": [opinion.folio for opinion in clause.opinions.all()],
    }


def version_data(version: AgreementVersion) -> Data:
    """A version: RFC 8785 and SHA-256 over `document` give `sha256`."""
    return {
        "folio": version.folio,
        "number": version.number,
        "status": version.status,
        "cause": version.cause or None,
        "opened_at": moment(version.opened_at),
        "signed_at": moment(version.signed_at),
        "clauses": [clause_data(clause) for clause in version.clauses.all()],
        "sha256": version.sha256 or None,
        "document": version.text or None,
    }


def readings_data(readings: FourReadings) -> Data:
    """The four readings, by code and facts; they are never added up."""
    named = zip(("body", "evidence", "date", "organizations"), readings, strict=True)
    return {name: {"code": each.code, **{key: plain(value) for key, value in each.facts.items()}} for name, each in named}


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def evidence_data(piece: Evidence, link: Link) -> Data:
    """A file by key and fingerprint, or a link that is not archived."""
    return {
        "key": piece.key,
        "title": piece.title,
        "dated_on": day(piece.dated_on),
        "kind": "file" if piece.file else "link",
        "url": piece.url or (link(reverse("evidence", args=[piece.key])) if piece.file else None),
        "content_type": piece.content_type or None,
        "size": piece.size or None,
        "sha256": piece.sha256 or None,
    }


def reply_data(reply: Reply, link: Link) -> Data:
    return {
        "folio": reply.folio,
        "party": reply.party.key,
        "side": reply.party.side,
        "text": texts(reply, "text"),
        "replied_at": moment(reply.replied_at),
        "evidence": [evidence_data(piece, link) for piece in reply.own_evidence],
    }


def validation_data(validation: Validation, link: Link) -> Data:
    return {
        "folio": validation.folio,
        "party": validation.party.key,
        "side": validation.party.side,
        "outcome": validation.outcome,
        "comment": texts(validation, "comment"),
        "validated_at": moment(validation.validated_at),
        "replies": [reply_data(reply, link) for reply in validation.replies.all()],
        "evidence": [evidence_data(piece, link) for piece in validation.own_evidence],
    }


def report_data(report: ProgressReport, link: Link) -> Data:
    return {
        "folio": report.folio,
        "sample": report.is_sample,
        "party": report.party.key,
        "side": report.party.side,
        "cut_off": day(report.cut_off),
        "status": report.status,
        "percent": report.percent,
        "narrative": texts(report, "narrative"),
        "obstacle": report.obstacle or None,
        "reported_at": moment(report.reported_at),
        "recorded_on_behalf": report.on_behalf_reason or None,
        "evidence": [evidence_data(piece, link) for piece in report.own_evidence],
        "validations": [validation_data(validation, link) for validation in report.validations.all()],
    }


def commitment_data(row: CommitmentRow, link: Link) -> Data:
    """A commitment with its light, its four readings, and everything filed under it."""
    commitment = row.commitment
    return {
        **commitment_brief(commitment, row.light, link),
        "since_version": commitment.since_version,
        "state": commitment.state,
        "lead": commitment.lead.key if commitment.lead else None,
        "co_responsible": [party.key for party in commitment.shared_by],
        "deliverable": commitment.deliverable or None,
        "means_of_verification": commitment.means_of_verification or None,
        "starts_on": day(commitment.starts_on),
        "original_due_on": day(commitment.original_due_on),
        "topic": commitment.topic or None,
        "states": [area_data(area) for area in commitment.states.all()],
        "days_late": row.days_late,
        "disputed": commitment.disputed,
        "cancelled_at": moment(commitment.cancelled_at),
        "readings": readings_data(row.readings),
        "extensions": [
            {
                "from": day(each.from_on),
                "to": day(each.to_on),
                "reason": each.reason,
                "asked_by": each.asked_by.key,
                "asked_at": moment(each.asked_at),
                "accepted_by": each.accepted_by.key if each.accepted_by else None,
                "accepted_at": moment(each.accepted_at),
                "declined_by": each.declined_by.key if each.declined_by else None,
                "declined_at": moment(each.declined_at),
                "decline_reason": each.decline_reason or None,
            }
            for each in commitment.extensions.all()
        ],
        "cancellations": [
            {"party": each.party.key, "side": each.side, "reason": each.reason, "at": moment(each.at)}
            for each in commitment.cancellations.all()
        ],
        "proposals": [proposal.folio for proposal in commitment.proposals.all()],
        "conditions": [condition.public_key for condition in commitment.conditions.all()],
        "meetings": sorted({item.meeting.folio for item in row.agenda}),
        "action_items": [item.folio for item in row.action_items],
        "reports": [report_data(report, link) for report in row.reports],
    }


def agreement_data(page: AgreementPage, link: Link) -> Data:
    """Everything that the page of an agreement says, and its chain in both directions."""
    agreement = page.agreement
    return {
        "type": "agreement",
        **agreement_brief(agreement, link),
        "source": agreement.source,
        "sample": agreement.is_sample,
        "edition": edition_brief(agreement.edition, link),
        "topic": agreement.topic or None,
        "background": texts(agreement, "background"),
        "place": agreement.place or None,
        "published_at": moment(agreement.published_at),
        "signed_at": moment(agreement.signed_at),
        "version_in_force": agreement.version_number or None,
        "as_of": day(page.on),
        "parties": [party_data(row, link) for row in page.parties],
        "versions": [version_data(version) for version in page.versions],
        "commitments": [commitment_data(row, link) for row in page.rows],
        "meetings": [meeting_brief(meeting, link) for meeting in page.meetings],
        "proposals": [proposal_brief(proposal, link) for proposal in page.proposals],
        "opinions": [
            {
                "folio": opinion.folio,
                "agency": opinion.agency.key,
                "proposal": opinion.proposal.folio,
                "verdict": opinion.verdict,
                "issued_at": moment(opinion.issued_at),
            }
            for opinion in page.opinions
        ],
        "antecedents": [antecedent_brief(antecedent, link) for antecedent in page.antecedents],
        "papers": [{**file_data(each), "url": link(reverse("paper", args=[each.key]))} for each in page.papers],
    }


def action_item_data(item: ActionItem, link: Link) -> Data:
    return {
        "folio": item.folio,
        "what": texts(item, "what"),
        "owner": item.owner.key if item.owner else None,
        "due_on": day(item.due_on),
        "done_on": day(item.done_on),
        "became_commitment": item.commitment.folio if item.commitment else None,
    }


def minutes_data(minutes: MinutesVersion, agreements: list[Agreement]) -> Data:
    """Minutes as they were approved: RFC 8785 and SHA-256 over `document` give `sha256`.

    The document names the agreements that the meeting follows: it is left out while one of them is not public.
    """
    prefetch_related_objects([minutes], "action_items__organization", "action_items__agency")
    document = minutes_text(minutes)
    return {
        "folio": minutes.folio,
        "number": minutes.number,
        "status": minutes.status,
        "text": texts(minutes, "text"),
        "decisions": texts(minutes, "decisions"),
        "approved_at": moment(minutes.approved_at),
        "sha256": minutes.sha256 or None,
        "document": document if len(document["agreements"]) == len(agreements) else None,
    }


def meeting_data(page: MeetingPage, link: Link) -> Data:
    """Everything that the page of a meeting says. The link to join is for the invited and stands nowhere here."""
    meeting = page.meeting
    minutes = page.minutes
    return {
        "type": "meeting",
        **meeting_brief(meeting, link),
        "source": meeting.source,
        "sample": meeting.is_sample,
        "edition": edition_brief(meeting.edition, link),
        "place": meeting.place or None,
        "convened_by": body_data(meeting.convener, link) if meeting.convener else None,
        "sequence": meeting.sequence,
        "agreements": [agreement_brief(agreement, link) for agreement in page.agreements],
        "agenda": [
            {
                "number": item.number,
                "text": texts(item, "text"),
                "commitment": item.commitment.folio if item.commitment else None,
                "action_item": item.action_item.folio if item.action_item else None,
            }
            for item in page.agenda
        ],
        "attendance": [
            {"body": row.key, "present": row.present, "absent": row.absent, "excused": row.excused} for row in page.attendance
        ],
        "minutes": minutes_data(minutes, page.agreements) if minutes is not None else None,
        "action_items": [action_item_data(item, link) for item in page.action_items],
        "previous_meeting": page.previous.folio if page.previous else None,
        "next_meeting": page.following.folio if page.following else None,
    }
