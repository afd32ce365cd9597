"""Doors of an agreement: draft, edit, open for signature, amend, conclude, declare void."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agreements.models import Agreement, AgreementVersion, Clause, DraftComment, Party
from agreements.workflow.gaps import commitments_of, draft_of
from agreements.workflow.shared import account, assign, moment_of, note_folio
from agreements.workflow.tables import AGREEMENT
from agreements.workflow.texts import agreement_text
from core import ledger, search
from core.workflow import Change, StepRefused, check_creation, create, step

FIELDS = frozenset(
    {"title_es", "title_en", "background_es", "background_en", "topic", "place", "dated_on", "source"},
)
Rows = Sequence[Mapping[str, Any]]


def create_agreement(
    *,
    edition: Any,
    actor: Any,
    values: Mapping[str, Any],
    proposals: Iterable[Any] = (),
    opinions: Iterable[Any] = (),
    parties: Rows = (),
    clauses: Rows = (),
    at: dt.datetime | None = None,
) -> Agreement:
    """A new agreement in draft, with the first version of its text.

    `values`: columns of `FIELDS`, and `folio` for an import. `parties`: {"organization" | "agency", "role",
    "representative" (a participation or None)}; `clauses`: {"text_es", "text_en", "opinions"}, in their order.
    """
    agreement = Agreement(edition=edition, created_by=account(actor))
    assign(agreement, values, FIELDS | {"folio"})
    check_creation(AGREEMENT, "create", agreement, actor)
    cited, grounds = list(proposals), list(opinions)
    check_origin(cited, grounds)
    with transaction.atomic():
        note_folio(agreement.folio, f"{edition.folio_prefix}-A")
        notes = {"parties": [_party_words(row) for row in parties], "clauses": [row["text_es"] for row in clauses]}
        create(agreement, actor=actor, at=at, links={"proposals": cited, "opinions": grounds}, notes=notes)
        version = AgreementVersion(agreement=agreement, number=1, folio=f"{agreement.folio}.1", created_at=moment_of(at))
        version.full_clean()
        version.save()
        for row in parties:
            _save_party(Party(agreement=agreement), row)
        _write_clauses(version, clauses)
    return agreement


def edit_agreement(
    *,
    agreement: Agreement,
    actor: Any,
    values: Mapping[str, Any] | None = None,
    proposals: Iterable[Any] | None = None,
    opinions: Iterable[Any] | None = None,
    parties: Rows | None = None,
    clauses: Rows | None = None,
    revision: int | None = None,
    at: dt.datetime | None = None,
) -> Agreement:
    """Change a draft; what is None stays. In an amendment only the clauses change: the rest was signed."""
    with step(AGREEMENT, agreement, "edit", actor=actor, revision=revision, at=at) as change:
        record: Agreement = change.record
        version = draft_of(record)
        assign(record, values or {}, FIELDS)
        if record.status != Agreement.Status.DRAFT:
            _refuse_what_was_signed(change, proposals, opinions, parties)
        else:
            cited = list(record.proposals.all()) if proposals is None else list(proposals)
            grounds = list(record.opinions.all()) if opinions is None else list(opinions)
            check_origin(cited, grounds)
            change.set_links("proposals", cited)
            change.set_links("opinions", grounds)
            if parties is not None:
                _replace_parties(change, parties)
        if clauses is not None:
            before = _clause_words(version)
            version.clauses.all().delete()
            _write_clauses(version, clauses)
            change.note("clauses", before, _clause_words(version))
    return agreement


def _refuse_what_was_signed(change: Change, *lists: Any) -> None:
    """In an amendment everything but the clauses stays as it was signed. The same values again are no change."""
    record: Agreement = change.record
    record.clean_fields(exclude=["folio"])
    changed = [name for name in FIELDS if getattr(record, name) != change.before[name]]
    for wanted, manager in zip(lists[:2], (record.proposals, record.opinions), strict=True):
        if wanted is not None and {row.pk for row in wanted} != set(manager.values_list("pk", flat=True)):
            changed.append("origin")
    if lists[2] is not None and sorted(map(_party_words, lists[2])) != sorted(map(str, _parties_words(record))):
        changed.append("parties")
    if changed:
        raise StepRefused(
            _(
                "An amendment changes clauses and adds commitments; title, background, origin and parties stay as they were signed."
            ),
            code="signed",
        )


def check_origin(proposals: Sequence[Any], opinions: Sequence[Any]) -> None:
    """An agreement grows out of what is public: submitted proposals and issued opinions. Raises ValidationError."""
    errors = {}
    drafts = [proposal.folio for proposal in proposals if proposal.status in ("draft", "returned")]
    if drafts:
        errors["proposals"] = _("These proposals are not submitted: %(folios)s.") % {"folios": ", ".join(drafts)}
    drafts = [opinion.folio for opinion in opinions if opinion.status == "draft"]
    if drafts:
        errors["opinions"] = _("These opinions are not issued: %(folios)s.") % {"folios": ", ".join(drafts)}
    if errors:
        raise ValidationError(errors)


# --- parties and clauses ----------------------------------------------------------------------------------------------


def _party_words(row: Mapping[str, Any]) -> str:
    body = row.get("organization") or row.get("agency")
    representative = row.get("representative")
    words = f"{body.key if body is not None else '?'} · {row.get('role', Party.Role.SIGNATORY)}"
    return f"{words} · {representative.key}" if representative is not None else words


def _parties_words(agreement: Agreement) -> list[str]:
    rows = agreement.parties.select_related("organization", "agency", "representative").order_by("id")
    return [
        _party_words(
            {"organization": row.organization, "agency": row.agency, "role": row.role, "representative": row.representative}
        )
        for row in rows
    ]


def _save_party(party: Party, row: Mapping[str, Any]) -> None:
    party.organization, party.agency = row.get("organization"), row.get("agency")
    party.role = row.get("role", Party.Role.SIGNATORY)
    party.representative = row.get("representative")
    party.full_clean()
    representative = party.representative
    if representative is not None:
        there = representative.edition_id == party.agreement.edition_id
        if not there or (representative.organization_id, representative.agency_id) != (party.organization_id, party.agency_id):
            raise ValidationError(
                {
                    "parties": _("%(person)s does not take part in this edition for %(party)s: choose another representative.")
                    % {"person": representative, "party": party}
                }
            )
    party.save()


def _replace_parties(change: Change, rows: Rows) -> None:
    """Make the parties those of `rows`; one that owes a commitment or has signed cannot be left out."""
    record: Agreement = change.record
    before = _parties_words(record)
    there = {(party.organization_id, party.agency_id): party for party in record.parties.all()}
    for row in rows:
        body = (getattr(row.get("organization"), "pk", None), getattr(row.get("agency"), "pk", None))
        _save_party(there.pop(body, None) or Party(agreement=record), row)
    for party in there.values():
        owed = sorted({*party.leads.values_list("folio", flat=True), *party.shares.values_list("folio", flat=True)})
        if owed:
            raise ValidationError(
                {
                    "parties": _("%(party)s is responsible for %(folios)s: give these to another party first.")
                    % {"party": party, "folios": ", ".join(owed)}
                }
            )
        party.delete()
    change.note("parties", before, _parties_words(record))


def _clause_words(version: AgreementVersion) -> list[str]:
    return list(version.clauses.order_by("number").values_list("text_es", flat=True))


def _write_clauses(version: AgreementVersion, rows: Rows) -> None:
    for number, row in enumerate(rows, 1):
        clause = Clause(version=version, number=number, text_es=row["text_es"], text_en=row.get("text_en", ""))
        try:
            clause.full_clean()
        except ValidationError as error:
            raise ValidationError(
                {"clauses": [_("Clause %(number)s: %(error)s") % {"number": number, "error": text} for text in error.messages]}
            ) from error
        opinions = list(row.get("opinions", ()))
        check_origin([], opinions)
        clause.save()
        clause.opinions.set(opinions)


def comment(
    *, agreement: Agreement, actor: Any, text: str, clause_number: int | None = None, at: dt.datetime | None = None
) -> DraftComment:
    """A comment of a party or an organizer on the version in draft, on clause `clause_number` or on all of it."""
    with step(AGREEMENT, agreement, "comment", actor=actor, at=at) as change:
        version = draft_of(change.record)
        if clause_number is not None and not version.clauses.filter(number=clause_number).exists():
            raise ValidationError({"clause_number": _("The draft has no clause %(number)s.") % {"number": clause_number}})
        made = DraftComment(
            version=version,
            clause_number=clause_number,
            author=account(actor),
            acting_label=str(getattr(actor, "acting_label", ""))[:200],
            text=text,
            at=change.at,
        )
        made.full_clean()
        made.save()
        change.note("comments", None, made.pk)
    return made


# --- steps ------------------------------------------------------------------------------------------------------------


def open_for_signature(
    *, agreement: Agreement, actor: Any, revision: int | None = None, at: dt.datetime | None = None
) -> AgreementVersion:
    """Fix the text of the draft version, with its fingerprint, and publish it. Refused while `opening_gaps` has any."""
    action = "open_amendment" if agreement.status == Agreement.Status.SIGNED else "open"
    with transaction.atomic():
        with step(AGREEMENT, agreement, action, actor=actor, revision=revision, at=at) as change:
            record: Agreement = change.record
            version = draft_of(record)
            version.text = agreement_text(record, version)
            version.sha256 = ledger.fingerprint(version.text)
            version.opened_at = change.at
            version.status = AgreementVersion.Status.OPEN
            version.save(update_fields=["text", "sha256", "opened_at", "status"])
            record.published_at = record.published_at or change.at
            change.note("version", None, {"folio": version.folio, "status": version.status, "sha256": version.sha256})
            payload = {"agreement": record.folio, "version": version.number, "sha256": version.sha256}
            ledger.append("agreement_opened", version.folio, payload, at=change.at)
        for commitment in commitments_of(agreement, version):
            search.refresh(commitment)
    return version


def amend(
    *, agreement: Agreement, actor: Any, cause: str, clauses: Rows | None = None, at: dt.datetime | None = None
) -> AgreementVersion:
    """A new version in draft, with the clauses given or those of the version in force, which stays in force meanwhile."""
    with step(AGREEMENT, agreement, "amend", actor=actor, reason=cause, at=at) as change:
        record: Agreement = change.record
        in_force = record.versions.get(number=record.version_number)
        newest = record.versions.order_by("-number").values_list("number", flat=True)[0]
        version = AgreementVersion(
            agreement=record,
            number=newest + 1,
            folio=f"{record.folio}.{newest + 1}",
            cause=cause,
            created_at=change.at,
        )
        version.full_clean()
        version.save()
        rows = (
            clauses
            if clauses is not None
            else [
                {"text_es": clause.text_es, "text_en": clause.text_en, "opinions": clause.opinions.all()}
                for clause in in_force.clauses.order_by("number")
            ]
        )
        _write_clauses(version, rows)
        change.note("version", None, {"folio": version.folio, "status": version.status})
    return version


def conclude(*, agreement: Agreement, actor: Any, at: dt.datetime | None = None) -> Agreement:
    """Close an agreement whose commitments have all come to an end, good or bad."""
    with step(AGREEMENT, agreement, "conclude", actor=actor, at=at):
        pass
    return agreement


def void(*, agreement: Agreement, actor: Any, reason: str, at: dt.datetime | None = None) -> Agreement:
    """Declare an agreement void. Nothing is deleted; what was published stays readable, and the ledger says why."""
    with step(AGREEMENT, agreement, "void", actor=actor, reason=reason, at=at) as change:
        if change.record.published_at is not None:
            payload = {"agreement": change.record.folio, "reason_sha256": ledger.fingerprint({"reason": change.reason})}
            ledger.append("agreement_void", change.record.folio, payload, at=change.at)
    return agreement
