"""Doors of proposals: writing, submitting, referring, concluding and revising."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import gathering, ledger
from core.events import SYSTEM
from core.workflow import StepRefused, create, step
from forum.models import Agency, Edition, User
from forum.roles import roles_of
from proposals import acts
from proposals.models import Proposal, ProposalVersion, Referral
from proposals.models.proposals import ProposalStatus
from proposals.models.referrals import ReferralStatus
from proposals.permissions import is_organizer_of, is_proponent_of, may_propose_in
from proposals.validators import check_of_edition, note_folio
from proposals.workflow.shared import (
    account,
    assign,
    current_version,
    day_of,
    holding,
    now_or,
    open_referral,
    recall_open,
    refuse_unless,
    settle,
)
from proposals.workflow.tables import PROPOSAL

TEXTS = (*Proposal.TEXT_FIELDS, "topic", "table")
LINKS = ("proponents", "addressees", "antecedents", "recommendations", "states", "speakers")
#: What organizers may set right at any time, without a new version.
CORRECTIONS = ("topic", "table")
CORRECTABLE_LINKS = ("states",)


def create_proposal(
    *,
    edition: Edition,
    actor: Any,
    values: Mapping[str, Any],
    proponents: Iterable[Any] = (),
    addressees: Iterable[Any] = (),
    antecedents: Iterable[Any] = (),
    recommendations: Iterable[Any] = (),
    states: Iterable[Any] = (),
    speakers: Iterable[Any] = (),
    at: dt.datetime | None = None,
) -> Proposal:
    """A draft. Delegates write for an organization of theirs; organizers may also give `folio` and `source`."""
    chosen, people = list(proponents), list(speakers)
    if actor is not SYSTEM and not is_organizer_of(edition, actor):
        mine = roles_of(actor).organizations
        refuse_unless(
            may_propose_in(edition, actor) and any(organization.pk in mine for organization in chosen),
            _("A proposal is written by a delegate of one of its proponents, or by an organizer of the edition."),
            "not_yours",
        )
        values = {name: value for name, value in values.items() if name not in ("folio", "source")}
    proposal = Proposal(edition=edition, created_by=account(actor))
    assign(proposal, values, (*TEXTS, "folio", "source"))
    check_of_edition(edition, table=proposal.table, speakers=people)
    links = {
        "proponents": chosen,
        "addressees": addressees,
        "antecedents": antecedents,
        "recommendations": recommendations,
        "states": states,
        "speakers": people,
    }
    with gathering.together():
        if proposal.folio:
            note_folio(proposal.folio, edition)
        created: Proposal = create(proposal, actor=actor, at=at, links=links)
    return created


def edit_proposal(
    *,
    proposal: Proposal,
    actor: Any,
    values: Mapping[str, Any],
    links: Mapping[str, Iterable[Any]] | None = None,
    revision: int | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Change a draft or returned proposal; later, organizers correct table, topic and states."""
    chosen = {name: list(records) for name, records in (links or {}).items()}
    writing = proposal.status in (ProposalStatus.DRAFT, ProposalStatus.RETURNED)
    if not writing and (set(values) - set(CORRECTIONS) or set(chosen) - set(CORRECTABLE_LINKS)):
        raise StepRefused(
            _("Proposal %(folio)s was submitted: its text changes only by a revision, which makes a new version.")
            % {"folio": proposal.folio},
            code="wrong_status",
        )
    with step(PROPOSAL, proposal, "edit" if writing else "correct", actor=actor, revision=revision, at=at) as change:
        record = change.record
        assign(record, values, TEXTS)
        check_of_edition(record.edition, table=record.table, speakers=chosen.get("speakers", ()))
        for name, records in chosen.items():
            if name not in LINKS:
                raise ValidationError(_("These fields cannot be set here: %(names)s.") % {"names": name})
            change.set_links(name, records)
        if actor is not SYSTEM and not is_organizer_of(record, actor) and not is_proponent_of(record, actor):
            raise ValidationError({"proponents": _("An organization of yours stays among the proponents.")})


def submit(*, proposal: Proposal, actor: Any, revision: int | None = None, at: dt.datetime | None = None) -> None:
    """Submit: the text becomes a version, public and in the ledger. Submitted again, it is a new one if the text changed."""
    moment = now_or(at)
    with holding(proposal.pk):
        closes = proposal.edition.intake_closes_on
        first = proposal.status == ProposalStatus.DRAFT
        if first and closes and day_of(moment, proposal.edition) > closes and actor is not SYSTEM:
            refuse_unless(
                is_organizer_of(proposal, actor),
                _("Proposals were taken until %(date)s: ask an organizer to submit it.") % {"date": closes.isoformat()},
                "closed",
            )
        publish(proposal=proposal, actor=actor, revision=revision, at=moment)


def publish(*, proposal: Proposal, actor: Any, at: dt.datetime, revision: int | None = None) -> None:
    """The step itself, whatever the date; the proposal is locked already."""
    with step(PROPOSAL, proposal, "submit", actor=actor, revision=revision, at=at) as change:
        version = _new_version(change.record, at=at)
        change.record.published_at = change.record.published_at or at
    if version is not None:
        acts.enter_version(version, proposal, at=at)


def _new_version(proposal: Proposal, *, at: dt.datetime, cause: str = "") -> ProposalVersion | None:
    """The next version of a proposal under change; None when the text is that of the version in force."""
    before = proposal.versions.filter(number=proposal.version_number).first()
    if before is not None and before.text_values() == proposal.text_values():
        return None
    number = proposal.version_number + 1
    version = ProposalVersion(
        proposal=proposal, number=number, folio=f"{proposal.folio}.{number}", cause=cause, at=at, **proposal.text_values()
    )
    version.full_clean()
    version.sha256 = ledger.fingerprint(acts.version_document(version))
    version.save()
    proposal.version_number = number
    return version


def send_back(*, proposal: Proposal, actor: Any, reason: str, at: dt.datetime | None = None) -> None:
    """Return a submitted proposal to its proponents, who may change and submit it again."""
    moment = now_or(at)
    with holding(proposal.pk):
        with step(PROPOSAL, proposal, "return", actor=actor, reason=reason, at=moment):
            pass
        acts.enter_retraction(proposal, ProposalStatus.RETURNED.value, at=moment, reason=reason.strip())


def refer(
    *,
    proposal: Proposal,
    agencies: Iterable[Agency],
    actor: Any,
    term_days: int | None = None,
    liaisons: Iterable[User] = (),
    sent_on: dt.date | None = None,
    at: dt.datetime | None = None,
) -> list[Referral]:
    """Send the version in force to one or more bodies; in review, to further ones.

    The term is `term_days`, else the agency's own, else the edition's, in working days from `sent_on` (default: the date
    of `at`). Each of `liaisons` goes to the referral of the agency where they are official.
    """
    moment, bodies, people = now_or(at), list({agency.pk: agency for agency in agencies}.values()), list(liaisons)
    if not bodies:
        raise ValidationError({"agencies": _("Choose at least one body to refer the proposal to.")})
    for user in people:
        if not any(agency.pk in roles_of(user).agencies for agency in bodies):
            raise ValidationError({"liaisons": _("A liaison is an official of a body that the proposal is referred to.")})
    with holding(proposal.pk):
        with step(PROPOSAL, proposal, "refer", actor=actor, at=moment) as change:
            version = current_version(change.record)
            asked = Referral.objects.filter(version=version, agency__in=bodies).exclude(status=ReferralStatus.RECALLED)
            named = ", ".join(referral.agency.acronym for referral in asked.select_related("agency"))
            refuse_unless(not named, _("This version was referred already to: %(names)s.") % {"names": named})
            referrals = [
                open_referral(version, agency, actor=actor, at=moment, sent_on=sent_on, term_days=term_days, liaisons=people)
                for agency in bodies
            ]
            change.note("referrals", [], [referral.folio for referral in referrals])
        settle(proposal.pk, at=moment)
    proposal.refresh_from_db()
    return referrals


def conclude_review(*, proposal: Proposal, actor: Any, reason: str = "", at: dt.datetime | None = None) -> None:
    """Conclude a review in which bodies still owe an answer: their silence stays visible, a late answer still counts."""
    moment = now_or(at)
    with holding(proposal.pk):
        with step(PROPOSAL, proposal, "conclude_review", actor=actor, reason=reason, at=moment):
            pass
        settle(proposal.pk, at=moment)
    proposal.refresh_from_db()


def revise(
    *,
    proposal: Proposal,
    actor: Any,
    values: Mapping[str, Any],
    cause: str,
    agencies: Iterable[Agency] | None = None,
    revision: int | None = None,
    at: dt.datetime | None = None,
) -> None:
    """A new version, in the ledger, referred anew: to `agencies`, else to the bodies that had to answer the one before."""
    moment = now_or(at)
    with holding(proposal.pk):
        with step(PROPOSAL, proposal, "revise", actor=actor, reason=cause, revision=revision, at=moment) as change:
            record = change.record
            bodies = _bodies_of(record) if agencies is None else list(agencies)
            if not bodies:
                raise ValidationError({"agencies": _("Choose at least one body to refer the proposal to.")})
            assign(record, values, Proposal.TEXT_FIELDS)
            record.clean_fields()
            version = _new_version(record, at=moment, cause=cause.strip())
            if version is None:
                raise ValidationError(_("The text is the same as before: a revision changes something in it."))
        recall_open(proposal, reason=version.folio, at=moment)
        for agency in bodies:
            open_referral(version, agency, actor=actor, at=moment)
        settle(proposal.pk, at=moment)
        acts.enter_version(version, proposal, at=moment)
    proposal.refresh_from_db()


def _bodies_of(proposal: Proposal) -> list[Agency]:
    """Bodies that had to answer the version in force: not the recalled, not those who referred it onward."""
    referrals = Referral.objects.filter(version__proposal=proposal, version__number=proposal.version_number)
    passed = (ReferralStatus.RECALLED, ReferralStatus.REFERRED_ONWARD)
    return [row.agency for row in referrals.exclude(status__in=passed).select_related("agency").order_by("folio")]


def mark_agreed(*, proposal: Proposal, agreement_key: str, at: dt.datetime | None = None) -> None:
    """An agreement that cites the proposal was signed. A proposal that is agreed already stays as it is.

    Call it before the agreement's own entry in the ledger: proposals are locked before the ledger, everywhere.
    """
    with holding(proposal.pk):
        proposal.refresh_from_db()
        if proposal.status == ProposalStatus.AGREED:
            return
        with step(PROPOSAL, proposal, "agree", actor=SYSTEM, reason=agreement_key, at=at):
            pass
