"""How a code looks: its tone (a pair of colours) and its icon. The word always stands beside them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

GOOD, CALM, CARE, BAD, DIM, MARK = "good", "calm", "care", "bad", "dim", "mark"

#: Code of a status, verdict, reading, light, role or answer → (tone, icon of static/img/sprite.svg).
LOOKS: dict[str, tuple[str, str]] = {
    # light
    "fulfilled": (GOOD, "kept"),
    "on_time": (CALM, "clock"),
    "due_soon": (CARE, "soon"),
    "late": (BAD, "late"),
    "no_report": (MARK, "silent"),
    "cancelled": (DIM, "cancel"),
    # verdicts and overall readings
    "feasible": (GOOD, "check"),
    "conditional": (CARE, "yes-if"),
    "more_information": (CALM, "question"),
    "addressed": (CALM, "done"),
    "outside_remit": (DIM, "onward"),
    "not_feasible": (BAD, "no"),
    "divided": (CARE, "divided"),
    "waiting": (CALM, "clock"),
    "none": (CALM, "sent"),
    # how a body answered (proposals.answers)
    "in_time": (GOOD, "done"),
    "answered_late": (CARE, "soon"),
    "onward": (DIM, "onward"),
    # criteria
    "favourable": (GOOD, "check"),
    "reservations": (CARE, "yes-if"),
    "unfavourable": (BAD, "no"),
    "not_applicable": (DIM, "cancel"),
    "not_assessed": (DIM, "silent"),
    # proposals
    "draft": (DIM, "draft"),
    "submitted": (CALM, "sent"),
    "returned": (CARE, "onward"),
    "in_review": (CALM, "opinion"),
    "reviewed": (CALM, "done"),
    "agreed": (GOOD, "agreement"),
    "withdrawn": (DIM, "cancel"),
    "merged": (DIM, "merge"),
    "split": (DIM, "divided"),
    # requests about the own data
    "received": (CALM, "sent"),
    "identified": (CALM, "check"),
    "granted": (GOOD, "check"),
    "in_part": (CARE, "yes-if"),
    "refused": (BAD, "no"),
    "done": (GOOD, "done"),
    # referrals, opinions, conditions
    "pending": (CALM, "clock"),
    "acknowledged": (CALM, "check"),
    "asked": (CARE, "question"),
    "answered": (GOOD, "done"),
    "referred_onward": (DIM, "onward"),
    "recalled": (DIM, "cancel"),
    "issued": (GOOD, "check"),
    "superseded": (DIM, "onward"),
    "met": (GOOD, "check"),
    "lapsed": (DIM, "cancel"),
    # agreements
    "open": (CARE, "sign"),
    "signed": (GOOD, "agreement"),
    "concluded": (GOOD, "kept"),
    "void": (DIM, "cancel"),
    # reports and validations
    "not_started": (DIM, "silent"),
    "in_progress": (CALM, "clock"),
    "substantial": (CALM, "done"),
    "not_fulfilled": (BAD, "no"),
    "agrees": (GOOD, "check"),
    "disagrees": (BAD, "no"),
    # meetings and minutes
    "proposed": (DIM, "question"),
    "scheduled": (CALM, "meeting"),
    "held": (GOOD, "check"),
    "circulated": (CARE, "report"),
    "approved": (GOOD, "lock"),
    "present": (GOOD, "check"),
    "absent": (BAD, "no"),
    "excused": (DIM, "cancel"),
    "invited": (CALM, "sent"),
    # stages of an edition
    "preparation": (DIM, "draft"),
    "intake": (CALM, "proposal"),
    "review": (CALM, "opinion"),
    "agreements": (CALM, "agreement"),
    "follow_up": (CALM, "clock"),
    "closed": (DIM, "lock"),
}

#: Kind of record → icon.
KIND_ICONS = {
    "edition": "flag",
    "organization": "people",
    "agency": "body",
    "participant": "account",
    "antecedent": "antecedent",
    "proposal": "proposal",
    "opinion": "opinion",
    "agreement": "agreement",
    "commitment": "check",
    "meeting": "meeting",
    "report": "report",
    "validation": "people",
    "action_item": "done",
}

#: Public act (`core.ledger`) → its words.
ACTS: dict[str, Any] = {
    "proposal_version": pgettext_lazy("public act", "text of a proposal"),
    "opinion": pgettext_lazy("public act", "answer of a body"),
    "retraction": pgettext_lazy("public act", "proposal withdrawn, merged or split"),
    "agreement_opened": pgettext_lazy("public act", "agreement opened for signature"),
    "agreement_signed": pgettext_lazy("public act", "agreement signed"),
    "agreement_void": pgettext_lazy("public act", "agreement declared void"),
    "commitment_extended": pgettext_lazy("public act", "due date moved"),
    "commitment_cancelled": pgettext_lazy("public act", "commitment cancelled"),
    "progress_report": pgettext_lazy("public act", "progress report"),
    "validation": pgettext_lazy("public act", "answer of the other side"),
    "reply": pgettext_lazy("public act", "answer to the other side"),
    "party_taken_over": pgettext_lazy("public act", "a body took over from a party"),
    "minutes_approved": pgettext_lazy("public act", "minutes approved"),
}


def look_of(code: object) -> tuple[str, str]:
    """(tone, icon) of a code; a plain one for a code that is not in the table."""
    return LOOKS.get(str(code), (DIM, "info"))
