"""The steps of proposals, referrals and opinions as data (design.md section 4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.workflow import Transition, Words, Workflow
from proposals.models import Opinion, Proposal, Referral
from proposals.models.opinions import OpinionStatus
from proposals.models.proposals import ProposalStatus
from proposals.models.referrals import ReferralStatus
from proposals.permissions import is_official_for, is_organizer_of, is_proponent_of, proposal_of

P, R, O = ProposalStatus, ReferralStatus, OpinionStatus  # noqa: E741 - three letters for three tables
BEFORE_AGREED = (P.DRAFT, P.SUBMITTED, P.RETURNED, P.IN_REVIEW, P.REVIEWED)
OPEN = tuple(Referral.OPEN)
#: A proposal in one of these no longer takes answers.
ENDED = (P.WITHDRAWN, P.MERGED, P.SPLIT)


def _system(record: Any, user: Any) -> bool:
    return False


PREDICATES = {
    "proponent": (is_proponent_of, gettext_lazy("delegate of a proponent")),
    "organizer": (is_organizer_of, gettext_lazy("organizer of the edition")),
    "official": (is_official_for, gettext_lazy("official of that agency")),
    "system": (_system, gettext_lazy("the application itself")),
}


def submission_gap(proposal: Proposal) -> Words | None:
    """What keeps a proposal from being submitted."""
    if not proposal.edition.is_public:
        return _("“%(edition)s” is still in preparation: proposals are submitted once its intake is open.") % {
            "edition": proposal.edition
        }
    if not proposal.proponents.exists():
        return _("A proposal needs at least one proponent before it is submitted: name the organization that brings it in.")
    return None


def last_body(referral: Referral) -> Words | None:
    """A proposal in review is never left without a body that is asked."""
    proposal = referral.version.proposal
    others = Referral.objects.filter(version=referral.version).exclude(pk=referral.pk).exclude(status=R.RECALLED)
    if proposal.status == P.IN_REVIEW and referral.version.number == proposal.version_number and not others.exists():
        return _("This is the only body that is asked: refer the proposal to another one first, or withdraw it.")
    return None


def answerable(record: Any) -> Words | None:
    """A referral or opinion on the version in force of a proposal that still takes answers."""
    proposal = proposal_of(record)
    if proposal.status in ENDED:
        return _("Proposal %(folio)s is “%(status)s”: it takes no more answers.") % {
            "folio": proposal.folio,
            "status": P(proposal.status).label,
        }
    version = record.version if isinstance(record, Referral) else record.referral.version
    if version.number != proposal.version_number:
        return _("Proposal %(folio)s has a newer version: answer the referral of version %(number)s.") % {
            "folio": proposal.folio,
            "number": proposal.version_number,
        }
    return None


def issuable(opinion: Opinion) -> Words | None:
    """A draft of an open referral, or one that assesses an earlier answer again."""
    sentence = answerable(opinion)
    if sentence:
        return sentence
    in_force = Opinion.objects.filter(referral=opinion.referral_id, status=O.ISSUED).values_list("pk", flat=True).first()
    if in_force is not None and in_force != opinion.supersedes_id:
        return _("This body has issued an opinion already: assess it again instead.")
    if in_force is None and opinion.referral.status not in OPEN:
        return _("Referral %(folio)s is “%(status)s”: it takes no opinion.") % {
            "folio": opinion.referral.folio,
            "status": R(opinion.referral.status).label,
        }
    return None


PROPOSAL = Workflow(
    name="proposal",
    label=gettext_lazy("Proposal"),
    statuses=P.choices,
    predicates=PREDICATES,
    transitions=(
        Transition("create", pgettext_lazy("step", "Write a proposal"), (), P.DRAFT, ("proponent", "organizer")),
        Transition("edit", pgettext_lazy("step", "Edit"), (P.DRAFT, P.RETURNED), None, ("proponent", "organizer")),
        Transition(
            "correct",
            pgettext_lazy("step", "Correct table, topic or states"),
            (P.SUBMITTED, P.IN_REVIEW, P.REVIEWED, P.AGREED, *ENDED),
            None,
            ("organizer",),
            note=gettext_lazy("The text changes only by a revision."),
        ),
        Transition(
            "submit",
            pgettext_lazy("step", "Submit"),
            (P.DRAFT, P.RETURNED),
            P.SUBMITTED,
            ("proponent", "organizer"),
            guard=submission_gap,
            note=gettext_lazy("Makes a version, published and entered in the public ledger; delegates until intake closes."),
        ),
        Transition("return", pgettext_lazy("step", "Return"), (P.SUBMITTED,), P.RETURNED, ("organizer",), needs_reason=True),
        Transition(
            "refer",
            pgettext_lazy("step", "Refer"),
            (P.SUBMITTED, P.IN_REVIEW),
            P.IN_REVIEW,
            ("organizer",),
            note=gettext_lazy("Opens a referral to each body; in review it adds further bodies."),
        ),
        Transition(
            "conclude_review",
            pgettext_lazy("step", "Conclude the review"),
            (P.IN_REVIEW,),
            P.REVIEWED,
            ("system", "organizer"),
            needs_reason=True,
            note=gettext_lazy("By itself with the last answer; earlier by an organizer, and silence stays visible."),
        ),
        Transition(
            "revise",
            pgettext_lazy("step", "Revise"),
            (P.IN_REVIEW, P.REVIEWED),
            P.IN_REVIEW,
            ("proponent", "organizer"),
            needs_reason=True,
            note=gettext_lazy("A new version with new referrals; open ones of the old version are recalled."),
        ),
        Transition(
            "agree",
            pgettext_lazy("step", "Agree"),
            (P.REVIEWED,),
            P.AGREED,
            ("system",),
            note=gettext_lazy("When an agreement that cites it is signed."),
        ),
        Transition(
            "withdraw",
            pgettext_lazy("step", "Withdraw"),
            BEFORE_AGREED,
            P.WITHDRAWN,
            ("proponent", "organizer"),
            needs_reason=True,
            note=gettext_lazy("What was published stays public."),
        ),
        Transition(
            "merge",
            pgettext_lazy("step", "Merge into another"),
            BEFORE_AGREED,
            P.MERGED,
            ("proponent", "organizer"),
            needs_reason=True,
            note=gettext_lazy("Its proponents join the other proposal; what was published stays public."),
        ),
        Transition(
            "split",
            pgettext_lazy("step", "Split"),
            BEFORE_AGREED,
            P.SPLIT,
            ("proponent", "organizer"),
            needs_reason=True,
            note=gettext_lazy("Into two or more proposals; what was published stays public."),
        ),
        Transition(
            "link",
            pgettext_lazy("step", "Link to another"),
            tuple(P),
            None,
            ("organizer",),
        ),
        Transition(
            "present_again",
            pgettext_lazy("step", "Present again"),
            (P.REVIEWED, P.AGREED, P.WITHDRAWN),
            None,
            ("proponent", "organizer"),
            note=gettext_lazy("A draft in another edition, which the person may propose in."),
        ),
    ),
)

REFERRAL = Workflow(
    name="referral",
    label=gettext_lazy("Referral"),
    statuses=R.choices,
    predicates=PREDICATES,
    transitions=(
        Transition("refer", pgettext_lazy("step", "Refer"), (), R.PENDING, ("organizer", "system")),
        Transition(
            "acknowledge",
            pgettext_lazy("step", "Acknowledge receipt"),
            (R.PENDING,),
            R.ACKNOWLEDGED,
            ("official",),
            guard=answerable,
        ),
        Transition(
            "ask",
            pgettext_lazy("step", "Ask the proponents"),
            OPEN,
            R.ASKED,
            ("official",),
            guard=answerable,
            note=gettext_lazy("The clock stands still until the answer."),
        ),
        Transition(
            "answer_clarification",
            pgettext_lazy("step", "Answer a question"),
            (R.ASKED,),
            None,
            ("proponent", "organizer"),
            note=gettext_lazy("With the last open question the referral is “acknowledged” again and the due date moves."),
        ),
        Transition(
            "answer",
            pgettext_lazy("step", "Answer with an opinion"),
            OPEN,
            R.ANSWERED,
            ("official", "organizer"),
            guard=answerable,
            note=gettext_lazy("By issuing the opinion; an organizer on behalf of the body, with reason and witness."),
        ),
        Transition(
            "refer_onward",
            pgettext_lazy("step", "Refer onward"),
            OPEN,
            R.REFERRED_ONWARD,
            ("official",),
            needs_reason=True,
            guard=answerable,
        ),
        Transition(
            "pass_on",
            pgettext_lazy("step", "Pass on"),
            (*OPEN, R.ANSWERED),
            R.REFERRED_ONWARD,
            ("system",),
            note=gettext_lazy("When an opinion “outside remit” is issued."),
        ),
        Transition(
            "answer_again",
            pgettext_lazy("step", "Answer again"),
            (R.ANSWERED, R.REFERRED_ONWARD),
            R.ANSWERED,
            ("system",),
            note=gettext_lazy("When a re-assessment is issued."),
        ),
        Transition(
            "extend", pgettext_lazy("step", "Extend the term"), OPEN, None, ("organizer",), needs_reason=True, guard=answerable
        ),
        Transition(
            "recall",
            pgettext_lazy("step", "Recall"),
            OPEN,
            R.RECALLED,
            ("organizer",),
            needs_reason=True,
            guard=last_body,
        ),
        Transition(
            "reopen",
            pgettext_lazy("step", "Send again"),
            (R.RECALLED,),
            R.PENDING,
            ("organizer", "system"),
            guard=answerable,
            note=gettext_lazy("When a proposal is referred again to a body whose referral was recalled."),
        ),
        Transition("set_liaisons", pgettext_lazy("step", "Name the liaisons"), OPEN, None, ("official", "organizer")),
        Transition("add_position", pgettext_lazy("step", "Add an internal position"), OPEN, None, ("official",)),
    ),
)

OPINION = Workflow(
    name="opinion",
    label=gettext_lazy("Opinion"),
    statuses=O.choices,
    predicates=PREDICATES,
    transitions=(
        Transition("start", pgettext_lazy("step", "Start an opinion"), (), O.DRAFT, ("official",)),
        Transition(
            "issue_on_behalf",
            pgettext_lazy("step", "Record an opinion on behalf of the body"),
            (),
            O.ISSUED,
            ("organizer",),
            needs_reason=True,
            note=gettext_lazy("With a witness, from the paper."),
        ),
        Transition("edit", pgettext_lazy("step", "Write the draft"), (O.DRAFT,), None, ("official",), guard=answerable),
        Transition(
            "issue",
            pgettext_lazy("step", "Issue"),
            (O.DRAFT,),
            O.ISSUED,
            ("official",),
            guard=issuable,
            note=gettext_lazy("Signed with the post; complete for its verdict."),
        ),
        Transition(
            "supersede",
            pgettext_lazy("step", "Assess again"),
            (O.ISSUED,),
            None,
            ("official",),
            needs_reason=True,
            guard=answerable,
            note=gettext_lazy("A new draft; this one stays in force until the new one is issued."),
        ),
        Transition(
            "replace",
            pgettext_lazy("step", "Replace"),
            (O.ISSUED,),
            O.SUPERSEDED,
            ("system",),
            note=gettext_lazy("When its re-assessment is issued."),
        ),
        Transition(
            "release",
            pgettext_lazy("step", "Release"),
            (O.ISSUED, O.SUPERSEDED),
            None,
            ("organizer",),
            note=gettext_lazy("All opinions of the edition together, where the edition says so."),
        ),
        Transition(
            "set_condition",
            pgettext_lazy("step", "Say how a condition stands"),
            (O.ISSUED,),
            None,
            ("official", "organizer"),
        ),
    ),
)

WORKFLOWS = (PROPOSAL, REFERRAL, OPINION)
