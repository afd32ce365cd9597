"""Two sides report: one party says how far a commitment is, and the other side validates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agreements.evidence import build_evidence
from agreements.models import Commitment, Evidence, Party, ProgressReport, Reply, Validation
from agreements.permissions import is_organizer_of, stands_for
from agreements.validators import REPORT_FIELDS, VALIDATION_FIELDS, check_constraints
from agreements.workflow.commitment import refuse_stranger
from agreements.workflow.shared import account, assign, day_of
from agreements.workflow.tables import COMMITMENT
from core import ledger
from core.events import SYSTEM
from core.uploads import kept_or_gone
from core.workflow import StepRefused, create, step

REPORT_VALUES = frozenset({"cut_off", "status", "percent", "narrative_es", "narrative_en", "obstacle", "source"})
Rows = Iterable[Mapping[str, Any]]


def report(
    *,
    commitment: Commitment,
    party: Party,
    actor: Any,
    values: Mapping[str, Any],
    evidence: Rows = (),
    on_behalf_reason: str = "",
    at: dt.datetime | None = None,
) -> ProgressReport:
    """File a progress report of the responsible or a co-responsible party; it is never changed, a newer one follows.

    An organizer files it on behalf of the party, with `on_behalf_reason`. `evidence`: {"title", "url" | "file",
    "dated_on", "is_public"}. Contradictions (not started at 15 %) are ValidationErrors of the field.
    """
    taken = step(COMMITMENT, commitment, "report", actor=actor, reason=on_behalf_reason, at=at)
    with kept_or_gone() as stored, taken as change:
        record: Commitment = change.record
        refuse_reporter(record, party, actor, on_behalf_reason)
        number = record.reports.count() + 1
        made = ProgressReport(
            folio=f"{record.folio}-I{number}",
            commitment=record,
            party=party,
            number=number,
            reported_at=change.at,
            reported_by=account(actor),
            on_behalf_reason="" if stands_for(party, actor) else on_behalf_reason,
        )
        assign(made, values, REPORT_VALUES)
        check_report(made, day_of(change.at, record.agreement.edition.time_zone))
        create(made, actor=actor, reason=on_behalf_reason, at=change.at)
        rows = file_evidence(evidence, stored, actor=actor, at=change.at, report=made)
        refresh_reported(record)
        change.note("reports", None, made.folio)
        ledger.append("progress_report", made.folio, report_payload(made, rows), at=change.at)
    return made


def refuse_reporter(commitment: Commitment, party: Party, actor: Any, on_behalf_reason: str) -> None:
    """Reports come from those who owe the commitment, or from an organizer who says why. Raises StepRefused."""
    owes = party.pk == commitment.lead_id or commitment.co_responsible.filter(pk=party.pk).exists()
    if not owes:
        raise StepRefused(
            _("%(party)s is neither responsible nor co-responsible for commitment %(folio)s, so it does not report on it.")
            % {"party": party, "folio": commitment.folio},
            code="party",
        )
    if stands_for(party, actor):
        return
    if actor is not SYSTEM and not is_organizer_of(commitment, actor):
        raise StepRefused(_("You do not speak for %(party)s.") % {"party": party}, code="not_yours")
    if not on_behalf_reason.strip():
        raise StepRefused(
            _("An organizer reports on behalf of %(party)s with the reason: write it and try again.") % {"party": party},
            code="on_behalf",
        )


def check_report(made: ProgressReport, today: dt.date) -> None:
    """Contradictions in a report, as errors of its fields. Raises ValidationError."""
    if made.status == "cancelled":
        raise ValidationError({"status": _("A commitment is cancelled by both sides, not by a report: use the step “Cancel”.")})
    made.clean_fields(exclude=["folio"])
    if made.cut_off > today:
        raise ValidationError({"cut_off": _("The cut-off date of a report cannot lie in the future.")})
    check_constraints(made, REPORT_FIELDS)


def file_evidence(
    rows: Rows,
    stored: list[Any],
    *,
    actor: Any,
    at: dt.datetime,
    report: ProgressReport,
    validation: Validation | None = None,
    reply: Reply | None = None,
) -> list[Evidence]:
    """Store the evidence of a report, of a validation of it, or of the answer to that. Raises ValidationError, telling which one."""
    filed = []
    for number, row in enumerate(rows, 1):
        try:
            evidence = build_evidence(row)
            evidence.report, evidence.validation, evidence.reply = report, validation, reply
            stored.append(evidence.file)
            create(evidence, actor=actor, at=at)
        except ValidationError as error:
            sentences = [_("Evidence %(number)s: %(error)s") % {"number": number, "error": text} for text in error.messages]
            raise ValidationError({"evidence": sentences}) from error
        filed.append(evidence)
    return filed


def refresh_reported(commitment: Commitment) -> None:
    """Repeat the newest report, and what the other side says of it, in the columns that lists filter by."""
    last = commitment.last_report
    if last is None:
        return
    commitment.reported_status = last.status
    commitment.reported_percent = last.percent
    commitment.reported_cut_off = last.cut_off
    # Each party's latest word counts: one that agrees does not take back the doubt of another.
    latest = {row.party_id: row.outcome for row in last.validations.order_by("number")}
    commitment.disputed = Validation.Outcome.DISAGREES in latest.values()


def validate_report(
    *,
    report: ProgressReport,
    party: Party,
    actor: Any,
    outcome: str,
    comment_es: str = "",
    comment_en: str = "",
    evidence: Rows = (),
    at: dt.datetime | None = None,
) -> Validation:
    """A party of the other side says whether it agrees with a report; who disagrees says why. Append-only."""
    taken = step(COMMITMENT, report.commitment, "validate", actor=actor, at=at)
    with kept_or_gone() as stored, taken as change:
        record: Commitment = change.record
        refuse_stranger(record, party, actor)
        if party.side == report.party.side:
            raise StepRefused(
                _("Report %(folio)s is of the same side as %(party)s: the other side validates it.")
                % {"folio": report.folio, "party": party},
                code="same_side",
            )
        number = report.validations.count() + 1
        made = Validation(
            folio=f"{report.folio}-V{number}",
            report=report,
            party=party,
            number=number,
            outcome=outcome,
            comment_es=comment_es,
            comment_en=comment_en,
            validated_at=change.at,
            validated_by=account(actor),
        )
        made.clean_fields()
        check_constraints(made, VALIDATION_FIELDS)
        create(made, actor=actor, at=change.at)
        rows = file_evidence(evidence, stored, actor=actor, at=change.at, report=report, validation=made)
        refresh_reported(record)
        change.note("validations", None, {"folio": made.folio, "outcome": made.outcome})
        payload = {
            "report": report.folio,
            "party": party.key,
            "side": party.side,
            "outcome": made.outcome,
            "comment_sha256": ledger.fingerprint({"es": made.comment_es, "en": made.comment_en}),
            "evidence": evidence_payload(rows),
        }
        ledger.append("validation", made.folio, payload, at=change.at)
    return made


def reply(
    *,
    validation: Validation,
    party: Party,
    actor: Any,
    text_es: str,
    text_en: str = "",
    evidence: Rows = (),
    at: dt.datetime | None = None,
) -> Reply:
    """A party of the side that reported answers what the other side said of the report. Append-only."""
    report = validation.report
    with kept_or_gone() as stored, step(COMMITMENT, report.commitment, "reply", actor=actor, at=at) as change:
        record: Commitment = change.record
        refuse_stranger(record, party, actor)
        if party.side != report.party.side:
            raise StepRefused(
                _("Validation %(folio)s is answered by the side that reported; %(party)s is of the side that made it.")
                % {"folio": validation.folio, "party": party},
                code="other_side",
            )
        number = validation.replies.count() + 1
        made = Reply(
            folio=f"{validation.folio}-A{number}",
            validation=validation,
            party=party,
            number=number,
            text_es=text_es,
            text_en=text_en,
            replied_at=change.at,
            replied_by=account(actor),
        )
        create(made, actor=actor, at=change.at)
        rows = file_evidence(evidence, stored, actor=actor, at=change.at, report=report, validation=validation, reply=made)
        change.note("replies", None, made.folio)
        payload = {
            "validation": validation.folio,
            "party": party.key,
            "side": party.side,
            "text_sha256": ledger.fingerprint({"es": made.text_es, "en": made.text_en}),
            "evidence": evidence_payload(rows),
        }
        ledger.append("reply", made.folio, payload, at=change.at)
    return made


# --- what the public ledger says --------------------------------------------------------------------------------------


def report_payload(made: ProgressReport, rows: list[Evidence]) -> dict[str, Any]:
    """The facts of a report; its account by fingerprint, so that a text can be redacted without breaking the chain."""
    return {
        "commitment": made.commitment.folio,
        "party": made.party.key,
        "side": made.party.side,
        "cut_off": made.cut_off,
        "status": made.status,
        "percent": made.percent,
        "narrative_sha256": ledger.fingerprint(
            {"es": made.narrative_es, "en": made.narrative_en, "obstacle": made.obstacle},
        ),
        "on_behalf": bool(made.on_behalf_reason),
        "evidence": evidence_payload(rows),
    }


def evidence_payload(rows: list[Evidence]) -> list[dict[str, Any]]:
    """Public evidence: files by fingerprint, links as they are."""
    return [{"key": row.key, "sha256": row.sha256, "url": row.url} for row in rows if row.is_public]
