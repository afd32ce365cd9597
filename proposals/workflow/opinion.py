"""Doors of opinions: drafting, issuing, assessing again, releasing, conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import ledger
from core.events import SYSTEM, record_event
from core.uploads import kept_or_gone, take_in
from core.workflow import changing, check_creation, create, step
from forum.models import Edition, Role
from forum.models.editions import EditionPublication
from proposals import acts
from proposals.checks import opinion_problems, template_problems
from proposals.models import Condition, Opinion, PaperScan, Proposal, Referral, TextTemplate
from proposals.models.opinions import ConditionStatus, OpinionStatus, OpinionVerdict
from proposals.models.referrals import ReferralStatus
from proposals.permissions import is_organizer_of
from proposals.workflow.draft import COLUMNS, drop_other_follow_ups, rows_of, write_columns, write_conditions, write_criteria
from proposals.workflow.referral import add_question, pass_to
from proposals.workflow.shared import account, day_of, holding, now_or, refuse_unless, required, resume, settle
from proposals.workflow.tables import OPINION, REFERRAL

Rows = Iterable[Any]


def _in_force(referral: Referral) -> Opinion | None:
    return Opinion.objects.filter(referral=referral, status=OpinionStatus.ISSUED).first()


def _draft_of(referral: Referral) -> Opinion | None:
    return Opinion.objects.filter(referral=referral, status=OpinionStatus.DRAFT).first()


def _new_opinion(referral: Referral, **values: Any) -> Opinion:
    """An unsaved opinion with the next number of the referral."""
    number = (referral.opinions.aggregate(last=Max("number"))["last"] or 0) + 1
    return Opinion(referral=referral, number=number, folio=f"{referral.folio}-D{number}", **values)


def start_opinion(*, referral: Referral, actor: Any, at: dt.datetime | None = None) -> Opinion:
    """The draft of the body: the one that is there, else a new one. Acknowledges the referral.

    After an opinion that asked for more information, the draft is the assessment that will take its place.
    """
    moment = now_or(at)
    with holding(referral.version.proposal_id):
        check_creation(OPINION, "start", referral, actor)
        draft = _draft_of(referral)
        if draft is not None:
            return draft
        referral.refresh_from_db()
        refusal = REFERRAL.refusal(referral, "answer", actor)
        if refusal is not None:
            raise refusal
        if referral.status == ReferralStatus.PENDING:
            with step(REFERRAL, referral, "acknowledge", actor=actor, at=moment) as change:
                change.record.acknowledged_at = moment
        asked = _in_force(referral)
        last = referral.clarifications.order_by("-number").first() if asked else None
        draft = _new_opinion(referral, drafted_by=account(actor), supersedes=asked, supersede_reason=last.folio if last else "")
        create(draft, actor=actor, action="start", at=moment)
    return draft


def save_draft(
    *,
    opinion: Opinion,
    actor: Any,
    values: Mapping[str, Any],
    criteria: Rows | None = None,
    conditions: Rows | None = None,
    revision: int | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Write the draft; any official of the body may, one at a time: a stale `revision` is refused.

    `criteria`: dicts with `criterion` and columns, those not given stay; `conditions`: dicts, all of them. None leaves
    them alone. The event says which fields changed, never the text.
    """
    with (
        holding(opinion.referral.version.proposal_id),
        step(OPINION, opinion, "edit", actor=actor, revision=revision, at=at) as change,
    ):
        change.masked = True
        write_columns(change.record, values)
        for name, rows, write in (("criteria", criteria, write_criteria), ("conditions", conditions, write_conditions)):
            if rows is not None:
                before = rows_of(change.record, name)
                write(change.record, rows)
                change.note(name, before, rows_of(change.record, name))


def issue(*, opinion: Opinion, actor: Any, post: str, revision: int | None = None, at: dt.datetime | None = None) -> None:
    """Issue the draft, signed by `actor` with the post (default: the post of their role).

    Raises ValidationError with every problem by field (see `proposals.checks`). What follows from the verdict follows in
    the same transaction: answered, waiting for the proponents, or passed on to the other body.
    """
    moment = now_or(at)
    proposal_id = opinion.referral.version.proposal_id
    with holding(proposal_id):
        with step(OPINION, opinion, "issue", actor=actor, revision=revision, at=moment) as change:
            record = change.record
            record.signatory_post = post.strip() or record.signatory_post or _post_of(actor, record)
            _check(record)
            drop_other_follow_ups(record)
            if record.supersedes is not None:
                _replace(record.supersedes, at=moment)
            record.signed_by = account(actor)
            _date(record, moment)
            record.sha256 = _fingerprint(record)
            # The events of the draft are silent about the text; this one holds it as it was issued.
            for name in ("criteria", "conditions"):
                change.note(name, [], rows_of(record, name))
            for name in COLUMNS:
                change.note(name, "", getattr(record, name) or "")
        _follow_up(opinion, actor=actor, at=moment)
        settle(proposal_id, at=moment)
        if opinion.released_at is not None:
            acts.enter_opinion(opinion, at=moment)


def issue_on_behalf(
    *,
    referral: Referral,
    actor: Any,
    values: Mapping[str, Any],
    criteria: Rows,
    conditions: Rows,
    post: str,
    reason: str,
    witness: str,
    scan: Any = None,
    at: dt.datetime | None = None,
) -> Opinion:
    """Record the opinion that a body gave on paper: by an organizer, with the reason and a witness.

    `scan`: the paper as a file; the page asks for it, an import has none. It stays reserved.
    """
    moment = now_or(at)
    proposal_id = referral.version.proposal_id
    with kept_or_gone() as stored, holding(proposal_id):
        check_creation(OPINION, "issue_on_behalf", referral, actor)
        referral.refresh_from_db()
        refusal = REFERRAL.refusal(referral, "answer", actor)
        if refusal is not None:
            raise refusal
        asked = _in_force(referral)
        # A draft of the body stays where it is and takes up again what is recorded here, if the body assesses it again.
        Opinion.objects.filter(referral=referral, status=OpinionStatus.DRAFT).update(supersedes=None)
        opinion = _new_opinion(
            referral,
            signatory_post=post.strip(),
            on_behalf_reason=required(reason, "reason", _("Say why you record it on behalf of the body.")),
            on_behalf_witness=required(witness, "witness", _("Name the witness.")),
            supersedes=asked,
            supersede_reason=reason.strip() if asked else "",
        )
        write_columns(opinion, values, more=("source",))
        given, wanted = list(criteria), list(conditions)
        _check(opinion, given, wanted)
        if asked is not None:
            _replace(asked, at=moment)
        opinion.status = OpinionStatus.ISSUED
        drop_other_follow_ups(opinion)
        _date(opinion, moment)
        notes = {"criteria": given, "conditions": wanted if opinion.verdict == OpinionVerdict.CONDITIONAL else []}
        create(opinion, actor=actor, action="issue_on_behalf", reason=reason, at=moment, notes=notes)
        write_criteria(opinion, given)
        write_conditions(opinion, notes["conditions"])
        opinion.sha256 = _fingerprint(opinion)
        opinion.save(update_fields=["sha256"])
        if scan is not None:
            stored.append(_keep_scan(opinion, scan, actor=actor, at=moment).file)
        _follow_up(opinion, actor=actor, at=moment)
        settle(proposal_id, at=moment)
        if opinion.released_at is not None:
            acts.enter_opinion(opinion, at=moment)
    return opinion


def _keep_scan(opinion: Opinion, scan: Any, *, actor: Any, at: dt.datetime) -> PaperScan:
    """Store the paper beside its opinion. Raises ValidationError for the field."""
    try:
        upload = take_in(scan)
    except ValidationError as error:
        raise ValidationError({"scan": error.messages}) from error
    paper = PaperScan(
        opinion=opinion,
        file=upload.file,
        file_name=upload.name,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
    )
    kept: PaperScan = create(paper, actor=actor, action="file_scan", at=at)
    return kept


def _post_of(actor: Any, opinion: Opinion) -> str:
    user = account(actor)
    row = Role.objects.filter(user=user, agency=opinion.referral.agency_id).first() if user else None
    return row.post if row else ""


def _check(opinion: Opinion, criteria: Rows | None = None, conditions: Rows | None = None) -> None:
    """Raises ValidationError with everything that keeps the opinion from being issued."""
    rows = list(opinion.criteria.all()) if criteria is None else criteria
    wanted = list(opinion.conditions.all()) if conditions is None else conditions
    problems = opinion_problems(opinion, rows, wanted)
    for name, sentences in template_problems(opinion, TextTemplate.objects.filter(agency=opinion.referral.agency_id)).items():
        problems.setdefault(name, []).extend(sentences)
    if not opinion.signatory_post:
        problems["signatory_post"] = [_("Say in which post the opinion is signed.")]
    if problems:
        raise ValidationError(problems)


def _replace(opinion: Opinion, *, at: dt.datetime) -> None:
    with step(OPINION, opinion, "replace", actor=SYSTEM, at=at):
        pass


def _date(opinion: Opinion, at: dt.datetime) -> None:
    """Date an opinion, and release it where the edition says so."""
    opinion.issued_at = at
    if opinion.event_edition.opinion_publication == EditionPublication.ON_ISSUE:
        opinion.released_at = at


def _fingerprint(opinion: Opinion) -> str:
    opinion.clean_fields()
    return ledger.fingerprint(acts.opinion_document(opinion))


def _follow_up(opinion: Opinion, *, actor: Any, at: dt.datetime) -> None:
    """What an issued opinion does to its referral."""
    referral = Referral.objects.get(pk=opinion.referral_id)
    if opinion.verdict == OpinionVerdict.MORE_INFORMATION:
        with step(REFERRAL, referral, "ask", actor=SYSTEM, at=at) as change:
            add_question(
                change,
                opinion.questions_text,
                is_public=True,
                due_on=opinion.questions_due_on,
                at=at,
                opinion=opinion,
                actor=actor,
            )
    elif opinion.verdict == OpinionVerdict.OUTSIDE_REMIT and opinion.refer_to is not None:
        if referral.status != ReferralStatus.REFERRED_ONWARD:
            with step(REFERRAL, referral, "pass_on", actor=SYSTEM, reason=opinion.folio, at=at) as change:
                pass_to(change, opinion.refer_to, actor=actor, at=at)
    else:
        action = "answer" if referral.is_open else "answer_again"
        with step(REFERRAL, referral, action, actor=SYSTEM, reason=opinion.folio, at=at) as change:
            resume(change, at, opinion.folio)
            change.record.acknowledged_at = change.record.acknowledged_at or at
            change.record.answered_at = change.record.answered_at or at
            change.record.closed_at = None


def supersede(*, opinion: Opinion, actor: Any, reason: str, at: dt.datetime | None = None) -> Opinion:
    """Assess again: a draft that starts from the issued text. The issued one stays in force until the new one is issued."""
    moment = now_or(at)
    with (
        holding(opinion.referral.version.proposal_id),
        step(OPINION, opinion, "supersede", actor=actor, reason=reason, at=moment) as change,
    ):
        old = change.record
        draft = _draft_of(old.referral)
        if draft is None:
            said = {name: getattr(old, name) for name in ("soundness", "soundness_text", "reasons", "legal_basis")}
            draft = _new_opinion(old.referral, drafted_by=account(actor), **said)
            draft.supersedes, draft.supersede_reason = old, reason.strip()
            create(draft, actor=actor, action="start", reason=reason.strip(), at=moment)
            write_criteria(draft, old.criteria.all())
        elif draft.supersedes_id != old.pk:
            with changing(draft, "edit", actor=actor, reason=reason.strip(), at=moment) as adopting:
                adopting.record.supersedes, adopting.record.supersede_reason = old, reason.strip()
        change.note("superseded_by", None, draft.folio)
    return draft


def release_opinions(*, edition: Edition, actor: Any, at: dt.datetime | None = None) -> int:
    """Release every issued opinion of the edition at once; how many were released. Each is entered in the ledger."""
    moment = now_or(at)
    refuse_unless(
        actor is SYSTEM or is_organizer_of(edition, actor),
        _("Opinions are released by an organizer of the edition."),
        "not_yours",
    )
    proposals = Proposal.objects.filter(edition=edition, versions__referrals__opinions__issued_at__isnull=False)
    with transaction.atomic(), holding(*proposals.values_list("pk", flat=True)):
        waiting = Opinion.objects.filter(
            referral__version__proposal__edition=edition, issued_at__isnull=False, released_at__isnull=True
        )
        released = list(waiting.order_by("issued_at", "pk"))
        for opinion in released:
            with step(OPINION, opinion, "release", actor=actor, at=moment) as change:
                change.record.released_at = moment
        for proposal_id in sorted({opinion.referral.version.proposal_id for opinion in released}):
            settle(proposal_id, at=moment)
        for opinion in released:
            acts.enter_opinion(opinion, at=moment)
        if released:
            folios = [opinion.folio for opinion in released]
            record_event(edition, "release_opinions", actor=actor, changes={"opinions": [[], folios]}, at=moment)
    return len(released)


def set_condition(*, condition: Condition, status: str, actor: Any, evidence: str, at: dt.datetime | None = None) -> None:
    """Say that a condition is open, met (with the evidence) or lapsed. The opinion does not change; the reading follows."""
    moment = now_or(at)
    opinion = condition.opinion
    refusal = OPINION.refusal(opinion, "set_condition", actor)
    if refusal is not None:
        raise refusal
    if status == ConditionStatus.MET:
        evidence = required(evidence, "evidence", _("Say what shows that the condition is met."))
    proposal_id = opinion.referral.version.proposal_id
    with holding(proposal_id):
        with changing(condition, "set_condition", actor=actor, at=moment) as change:
            change.record.status = status
            change.record.evidence = evidence.strip()
            change.record.settled_on = None if status == ConditionStatus.OPEN else day_of(moment, opinion.event_edition)
        settle(proposal_id, at=moment)
