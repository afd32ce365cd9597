"""Doors of signing: each party accepts a version; the last acceptance that is required signs it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agreements.models import Acceptance, Agreement, AgreementVersion, Party, SignedPaper
from agreements.permissions import is_organizer_of, stands_for
from agreements.workflow.gaps import commitments_of, missing_parties, open_version_of
from agreements.workflow.shared import account, day_of
from agreements.workflow.tables import AGREEMENT
from core import ledger, search
from core.events import SYSTEM
from core.uploads import kept_or_gone, take_in
from core.workflow import StepRefused, create, step
from proposals.workflow import mark_agreed


def accept(
    *,
    agreement: Agreement,
    party: Party,
    actor: Any,
    mode: str = "signed_in",
    post: str = "",
    accepted_on: dt.date | None = None,
    reason: str = "",
    witness: str = "",
    scan: Any = None,
    at: dt.datetime | None = None,
) -> Acceptance:
    """One party accepts the version that is open for signature; the last required acceptance signs it.

    `mode` signed_in: somebody of that party. in_person, on_paper (with `scan`, a file that stays reserved) and on_behalf
    (with `reason` and `witness`): an organizer records it. `accepted_on`: default the day of `at` in the forum's zone.
    """
    with kept_or_gone() as stored, transaction.atomic():
        with step(AGREEMENT, agreement, "accept", actor=actor, reason=reason, at=at) as change:
            record: Agreement = change.record
            version = open_version_of(record)
            refuse_acceptance(record, party, actor, mode)
            today = day_of(change.at, record.edition.time_zone)
            acceptance = Acceptance(
                version=version,
                party=party,
                mode=mode,
                accepted_on=accepted_on or today,
                post=post,
                reason=reason,
                witness=witness,
                recorded_by=account(actor),
            )
            check_acceptance(acceptance, today, scan)
            if scan:
                acceptance.scan = take_scan(scan)
            stored.append(acceptance.scan)
            create(acceptance, actor=actor, reason=reason, at=change.at)
            change.note("acceptances", None, {"party": party.key, "version": version.number, "mode": mode})
        if not missing_parties(agreement, version):
            sign(agreement, at=at)
    return acceptance


def refuse_acceptance(agreement: Agreement, party: Party, actor: Any, mode: str) -> None:
    """Whether this person may record this acceptance of this party. Raises StepRefused."""
    if party.agreement_id != agreement.pk:
        raise StepRefused(
            _("%(party)s is not a party to agreement %(folio)s.") % {"party": party, "folio": agreement.folio}, code="party"
        )
    if mode == Acceptance.Mode.SIGNED_IN and not stands_for(party, actor):
        raise StepRefused(
            _("Only the people of %(party)s accept for it signed in; an organizer records what it signed in another way.")
            % {"party": party},
            code="not_yours",
        )
    if mode != Acceptance.Mode.SIGNED_IN and actor is not SYSTEM and not is_organizer_of(agreement, actor):
        raise StepRefused(
            _("What a party signed in person, on paper or on behalf is recorded by an organizer of the edition."),
            code="not_yours",
        )


def check_acceptance(acceptance: Acceptance, today: dt.date, scan: Any) -> None:
    """What each mode asks for, as errors of its fields. Raises ValidationError."""
    errors: dict[str, str] = {}
    modes = Acceptance.Mode
    if acceptance.mode == modes.ON_BEHALF:
        if not acceptance.reason.strip():
            errors["reason"] = _("An acceptance on behalf needs the reason: say why the party does not sign itself.")
        if not acceptance.witness.strip():
            errors["witness"] = _("An acceptance on behalf needs a witness.")
    if acceptance.mode == modes.ON_PAPER and not scan:
        errors["scan"] = _("An acceptance on paper comes with a scan of the paper; it stays reserved.")
    if scan and acceptance.mode not in (modes.ON_PAPER, modes.ON_BEHALF):
        errors["scan"] = _("A scan belongs to an acceptance on paper or on behalf.")
    if acceptance.accepted_on > today:
        errors["accepted_on"] = _("The date of an acceptance cannot lie in the future.")
    if errors:
        raise ValidationError(errors)


def take_scan(scan: Any) -> Any:
    """The scan as it is stored. Raises ValidationError for the field."""
    try:
        return take_in(scan).file
    except ValidationError as error:
        raise ValidationError({"scan": error.messages}) from error


def sign(agreement: Agreement, *, at: dt.datetime | None = None) -> None:
    """The open version is signed and in force. Its guard refuses while a required acceptance is missing."""
    with transaction.atomic():
        with step(AGREEMENT, agreement, "sign", actor=SYSTEM, at=at) as change:
            record: Agreement = change.record
            version = open_version_of(record)
            version.signed_at = change.at
            version.status = AgreementVersion.Status.SIGNED
            version.save(update_fields=["signed_at", "status"])
            record.version_number = version.number
            record.signed_at = record.signed_at or change.at
            record.dated_on = record.dated_on or day_of(change.at, record.edition.time_zone)
            change.note("version", None, {"folio": version.folio, "status": version.status, "sha256": version.sha256})
            payload = {
                "agreement": record.folio,
                "version": version.number,
                "sha256": version.sha256,
                "acceptances": acceptances_text(version),
            }
            ledger.append("agreement_signed", version.folio, payload, at=change.at)
            agreed, others = [], []
            for proposal in record.proposals.order_by("pk"):
                if proposal.status == "reviewed":
                    mark_agreed(proposal=proposal, agreement_key=record.folio, at=change.at)
                    agreed.append(proposal.folio)
                elif proposal.status != "agreed":
                    others.append(f"{proposal.folio}: {proposal.status}")
            change.note("proposals_agreed", [], agreed)
            change.note("proposals_left_as_they_are", [], others)
        for commitment in commitments_of(agreement, version):
            search.refresh(commitment)


def acceptances_text(version: AgreementVersion) -> list[dict[str, Any]]:
    """Who accepted, when and how, for the ledger: parties by key, the representative by opaque id."""
    rows = version.acceptances.select_related("party__organization", "party__agency", "party__representative__person")
    return [
        {
            "party": row.party.key,
            "side": row.party.side,
            "role": row.party.role,
            "representative": row.party.representative.person.key if row.party.representative is not None else None,
            "mode": row.mode,
            "accepted_on": row.accepted_on.isoformat(),
        }
        for row in rows.order_by("id")
    ]


def show_pending(*, agreement: Agreement, actor: Any, shown: bool, at: dt.datetime | None = None) -> Agreement:
    """Whether the public reads whose signature is pending, or only how many have signed."""
    with step(AGREEMENT, agreement, "show_pending" if shown else "hide_pending", actor=actor, at=at) as change:
        change.record.shows_pending = shown
    return agreement


def take_over(
    *,
    party: Party,
    successor: Any,
    actor: Any,
    reason: str,
    since: dt.date | None = None,
    at: dt.datetime | None = None,
) -> Party:
    """Another public body speaks for a party from `since` on (default: today where the forum is); the name that signed stays.

    `successor`: an agency that is no party itself. It may itself be succeeded later: then the newer one takes its place.
    """
    agreement = party.agreement
    with step(AGREEMENT, agreement, "take_over", actor=actor, reason=reason, at=at) as change:
        record: Agreement = change.record
        party.refresh_from_db()
        today = day_of(change.at, record.edition.time_zone)
        errors: dict[str, str] = {}
        if party.agency_id is None:
            errors["successor"] = _("Only a public body is taken over by another.")
        elif successor.pk in (party.agency_id, party.taken_over_by_id):
            errors["successor"] = _("%(body)s stands there already: choose the body that took over.") % {"body": successor}
        elif record.parties.filter(agency=successor).exists():
            errors["successor"] = _("%(body)s is a party itself, so it cannot speak for another one.") % {"body": successor}
        if since is not None and since > today:
            errors["since"] = _("A body takes over on a day that has come.")
        if errors:
            raise ValidationError(errors)
        before = party.taken_over_by.key if party.taken_over_by is not None else None
        party.taken_over_by, party.taken_over_on, party.taken_over_reason = successor, since or today, change.reason
        party.full_clean()
        party.save(update_fields=["taken_over_by", "taken_over_on", "taken_over_reason"])
        change.note("taken_over", before, {"party": party.key, "by": successor.key, "on": party.taken_over_on})
        if record.published_at is not None:
            payload = {"agreement": record.folio, "party": party.key, "by": successor.key, "on": party.taken_over_on}
            ledger.append("party_taken_over", record.folio, payload, at=change.at)
    return party


def add_paper(
    *,
    agreement: Agreement,
    actor: Any,
    title: str,
    file: Any,
    is_public: bool = False,
    version: AgreementVersion | None = None,
    at: dt.datetime | None = None,
) -> SignedPaper:
    """File a scan of the signed paper: the reserved original, or its public version. Organizers only."""
    if actor is not SYSTEM and not is_organizer_of(agreement, actor):
        raise StepRefused(_("Signed papers are filed by an organizer of the edition."), code="not_yours")
    try:
        upload = take_in(file)
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error
    paper = SignedPaper(
        agreement=agreement,
        version=version,
        title=title,
        file=upload.file,
        file_name=upload.name,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
        is_public=is_public,
    )
    with kept_or_gone() as stored, transaction.atomic():
        stored.append(paper.file)
        create(paper, actor=actor, at=at)
    return paper
