"""The steps of agreements, commitments, meetings and minutes as data (design.md section 4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from agreements.models.agreements import AgreementStatus
from agreements.models.commitments import CommitmentState
from agreements.models.meetings import MeetingStatus
from agreements.models.minutes import MinutesVersionStatus
from agreements.permissions import (
    answers_a_report,
    answers_the_extension,
    has_a_say_on,
    is_invited_to,
    is_invited_to_the_minutes,
    is_organizer_of,
    is_party_to,
    is_party_to_followed,
    is_responsible_for,
    owes_a_signature,
    reported_what_was_answered,
)
from agreements.workflow import gaps
from core.workflow import Transition, Workflow

A, C, M, N = AgreementStatus, CommitmentState, MeetingStatus, MinutesVersionStatus


def _system(record: Any, user: Any) -> bool:
    return False


ORGANIZER = (is_organizer_of, gettext_lazy("organizer of the edition"))
SYSTEM_ONLY = (_system, gettext_lazy("the application itself"))

AGREEMENT = Workflow(
    name="agreement",
    label=pgettext_lazy("of parties", "Agreement"),
    statuses=A.choices,
    predicates={
        "organizer": ORGANIZER,
        "signatory": (owes_a_signature, gettext_lazy("people of a party that has not accepted yet")),
        "party": (is_party_to, gettext_lazy("people of the parties")),
        "system": SYSTEM_ONLY,
    },
    transitions=(
        Transition("create", pgettext_lazy("step", "Draft an agreement"), (), A.DRAFT, ("organizer",)),
        Transition(
            "edit",
            pgettext_lazy("step", "Edit"),
            (A.DRAFT, A.SIGNED),
            None,
            ("organizer",),
            guard=gaps.no_draft,
            note=gettext_lazy("A draft, or the draft version of an amendment: there, clauses and new commitments only."),
        ),
        Transition(
            "comment",
            pgettext_lazy("step", "Comment on the draft"),
            (A.DRAFT, A.SIGNED),
            None,
            ("party", "organizer"),
            guard=gaps.no_draft,
            note=gettext_lazy("Read by the parties and the organizers, never by the public."),
        ),
        Transition(
            "open",
            pgettext_lazy("step", "Open for signature"),
            (A.DRAFT,),
            A.OPEN,
            ("organizer",),
            guard=gaps.opening_refusal,
            note=gettext_lazy("Fixes the text, publishes it and enters it in the public ledger."),
        ),
        Transition(
            "open_amendment",
            pgettext_lazy("step", "Open the amendment for signature"),
            (A.SIGNED,),
            A.SIGNED,
            ("organizer",),
            guard=gaps.opening_refusal,
            note=gettext_lazy("The version in force stays in force until all signatories have accepted the new one."),
        ),
        Transition(
            "accept",
            pgettext_lazy("step", "Accept"),
            (A.OPEN, A.SIGNED),
            None,
            ("signatory", "organizer"),
            guard=gaps.nothing_open,
            note=gettext_lazy(
                "Each party for itself, signed in; organizers record what was signed in person, on paper or on behalf."
            ),
        ),
        Transition(
            "show_pending",
            pgettext_lazy("step", "Publish whose signature is pending"),
            (A.OPEN, A.SIGNED),
            None,
            ("organizer",),
            guard=gaps.pending_is_shown,
            note=gettext_lazy("Until then the public reads only how many have signed."),
        ),
        Transition(
            "hide_pending",
            pgettext_lazy("step", "Publish only how many have signed"),
            (A.OPEN, A.SIGNED),
            None,
            ("organizer",),
            guard=gaps.pending_is_hidden,
        ),
        Transition(
            "take_over",
            pgettext_lazy("step", "Record that a body took over"),
            (A.OPEN, A.SIGNED, A.CONCLUDED),
            None,
            ("organizer",),
            needs_reason=True,
            note=gettext_lazy("The successor speaks for the party from then on; the name that signed stays."),
        ),
        Transition(
            "sign",
            pgettext_lazy("step", "Sign"),
            (A.OPEN, A.SIGNED),
            A.SIGNED,
            ("system",),
            guard=gaps.signing_refusal,
            note=gettext_lazy("By itself with the last required acceptance; the proposals it cites become agreed."),
        ),
        Transition(
            "amend",
            pgettext_lazy("step", "Amend"),
            (A.SIGNED,),
            A.SIGNED,
            ("organizer",),
            needs_reason=True,
            guard=gaps.version_pending,
            note=gettext_lazy("Opens a new version in draft; the reason is its cause."),
        ),
        Transition(
            "conclude",
            pgettext_lazy("step", "Conclude"),
            (A.SIGNED,),
            A.CONCLUDED,
            ("organizer",),
            guard=gaps.unfinished,
        ),
        Transition(
            "void",
            pgettext_lazy("step", "Declare void"),
            (A.DRAFT, A.OPEN, A.SIGNED),
            A.VOID,
            ("organizer",),
            needs_reason=True,
            note=gettext_lazy("What was published stays readable, with the reason."),
        ),
    ),
)

COMMITMENT = Workflow(
    name="commitment",
    label=gettext_lazy("Commitment"),
    statuses=C.choices,
    status_field="state",
    predicates={
        "organizer": ORGANIZER,
        "party": (has_a_say_on, gettext_lazy("people of a party that signs or guarantees the agreement")),
        "responsible": (is_responsible_for, gettext_lazy("people of the responsible or a co-responsible party")),
        "reporting_side": (
            reported_what_was_answered,
            gettext_lazy("people of a party of the side whose report was answered"),
        ),
        "other_side": (answers_a_report, gettext_lazy("people of a party of the other side")),
        "asked_side": (answers_the_extension, gettext_lazy("people of a party of the side that did not ask")),
    },
    transitions=(
        Transition("add", pgettext_lazy("step", "Add a commitment"), (), C.PREPARED, ("organizer",)),
        Transition("edit", pgettext_lazy("step", "Edit"), (C.PREPARED,), None, ("organizer",), guard=gaps.text_fixed),
        Transition("remove", pgettext_lazy("step", "Remove"), (C.PREPARED,), None, ("organizer",), guard=gaps.text_fixed),
        Transition(
            "report",
            pgettext_lazy("step", "Report"),
            (C.IN_FORCE, C.CONCLUDED),
            None,
            ("responsible", "organizer"),
            note=gettext_lazy("Append-only; organizers on behalf of a party, with the reason."),
        ),
        Transition(
            "validate",
            pgettext_lazy("step", "Validate a report"),
            (C.IN_FORCE, C.CONCLUDED),
            None,
            ("other_side",),
            guard=gaps.nothing_reported,
            note=gettext_lazy("The side that did not report agrees, disagrees or leaves it pending."),
        ),
        Transition(
            "reply",
            pgettext_lazy("step", "Answer a validation"),
            (C.IN_FORCE, C.CONCLUDED),
            None,
            ("reporting_side",),
            note=gettext_lazy("The side that reported answers what the other side said of it."),
        ),
        Transition(
            "extend",
            pgettext_lazy("step", "Ask for an extension"),
            (C.IN_FORCE,),
            None,
            ("party",),
            needs_reason=True,
            note=gettext_lazy("Counts when a party of the other side accepts; the original date stays on record."),
        ),
        Transition(
            "accept_extension",
            pgettext_lazy("step", "Accept the extension"),
            (C.IN_FORCE,),
            None,
            ("asked_side",),
            guard=gaps.no_extension_asked,
            note=gettext_lazy("The side that did not ask."),
        ),
        Transition(
            "decline_extension",
            pgettext_lazy("step", "Decline the extension"),
            (C.IN_FORCE,),
            None,
            ("asked_side",),
            needs_reason=True,
            guard=gaps.no_extension_asked,
            note=gettext_lazy("The side that did not ask; the due date stays, and more time can be asked for again."),
        ),
        Transition(
            "cancel",
            pgettext_lazy("step", "Cancel"),
            (C.IN_FORCE,),
            None,
            ("party",),
            needs_reason=True,
            note=gettext_lazy("Cancelled when a party of each side has said so."),
        ),
    ),
)

MEETING = Workflow(
    name="meeting",
    label=gettext_lazy("Work meeting"),
    statuses=M.choices,
    predicates={
        "organizer": ORGANIZER,
        "party": (is_party_to_followed, gettext_lazy("people of a party to an agreement that it follows")),
        "invited": (is_invited_to, gettext_lazy("people of an invited body or organization")),
    },
    transitions=(
        Transition("propose", pgettext_lazy("step", "Propose a meeting"), (), M.PROPOSED, ("party", "organizer")),
        Transition("schedule", pgettext_lazy("step", "Schedule a meeting"), (), M.SCHEDULED, ("organizer",)),
        Transition("confirm", pgettext_lazy("step", "Confirm"), (M.PROPOSED,), M.SCHEDULED, ("organizer",)),
        Transition("move", pgettext_lazy("step", "Move"), (M.PROPOSED, M.SCHEDULED), None, ("organizer",), needs_reason=True),
        Transition(
            "edit",
            pgettext_lazy("step", "Edit the agenda, invite more"),
            (M.PROPOSED, M.SCHEDULED),
            None,
            ("organizer",),
            note=gettext_lazy("Title, agenda, further invitations; another time or place is a move."),
        ),
        Transition(
            "answer",
            pgettext_lazy("step", "Answer the invitation"),
            (M.PROPOSED, M.SCHEDULED),
            None,
            ("invited", "organizer"),
            note=gettext_lazy("Also says which of the possible times suit; an organizer answers for the invited who said so."),
        ),
        Transition(
            "uninvite",
            pgettext_lazy("step", "Take an invitation back"),
            (M.PROPOSED, M.SCHEDULED),
            None,
            ("organizer",),
            needs_reason=True,
            note=gettext_lazy("Whoever is not expected any more is told why; the link of the invitation dies."),
        ),
        Transition(
            "cancel",
            pgettext_lazy("step", "Cancel"),
            (M.PROPOSED, M.SCHEDULED),
            M.CANCELLED,
            ("organizer",),
            needs_reason=True,
        ),
        Transition(
            "hold",
            pgettext_lazy("step", "Record that it was held"),
            (M.SCHEDULED,),
            M.HELD,
            ("organizer",),
            note=gettext_lazy("Once it has begun; says who was present."),
        ),
        Transition(
            "tick",
            pgettext_lazy("step", "Tick who came"),
            (M.SCHEDULED, M.HELD),
            None,
            ("organizer",),
            guard=gaps.minutes_approved,
            note=gettext_lazy("One by one, from the day of the meeting on."),
        ),
        Transition(
            "correct_attendance",
            pgettext_lazy("step", "Correct the attendance"),
            (M.HELD,),
            None,
            ("organizer",),
            guard=gaps.minutes_approved,
        ),
        Transition(
            "draft_minutes",
            pgettext_lazy("step", "Write the minutes"),
            (M.HELD,),
            None,
            ("organizer",),
            guard=gaps.minutes_pending,
            note=gettext_lazy("After approval: a new version, the approved one stays."),
        ),
    ),
)

MINUTES = Workflow(
    name="minutes",
    label=gettext_lazy("Minutes"),
    statuses=N.choices,
    predicates={
        "organizer": ORGANIZER,
        "invited": (is_invited_to_the_minutes, gettext_lazy("people of an invited body or organization")),
    },
    transitions=(
        Transition("draft", pgettext_lazy("step", "Write the minutes"), (), N.DRAFT, ("organizer",)),
        Transition("edit", pgettext_lazy("step", "Edit"), (N.DRAFT, N.CIRCULATED), None, ("organizer",)),
        Transition("circulate", pgettext_lazy("step", "Circulate for remarks"), (N.DRAFT,), N.CIRCULATED, ("organizer",)),
        Transition("remark", pgettext_lazy("step", "Remark"), (N.CIRCULATED,), None, ("invited", "organizer")),
        Transition(
            "approve",
            pgettext_lazy("step", "Approve"),
            (N.CIRCULATED,),
            N.APPROVED,
            ("organizer",),
            note=gettext_lazy("After the last day for remarks; locks the text and enters it in the public ledger."),
        ),
    ),
)

#: Every table of this app, for the documentation, the pages and the tests.
WORKFLOWS = (AGREEMENT, COMMITMENT, MEETING, MINUTES)
