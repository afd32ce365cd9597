"""The doors of agreements, commitments, work meetings and minutes: the only way in which they change.

Each is a keyword-only function; refusals are `core.workflow.StepRefused` (a sentence) or `ValidationError`. The steps are
the tables in `WORKFLOWS`, which buttons, documentation and tests read.
"""

from agreements.workflow.agreement import amend, comment, conclude, create_agreement, edit_agreement, open_for_signature, void
from agreements.workflow.campaign import ask_everyone, start_campaign
from agreements.workflow.commitment import (
    accept_extension,
    add_commitment,
    ask_extension,
    cancel_commitment,
    decline_extension,
    edit_commitment,
    remove_commitment,
)
from agreements.workflow.from_minutes import become_commitment
from agreements.workflow.gaps import missing_parties, opening_gaps, opening_warnings
from agreements.workflow.inviting import answer_invitation, take_back_invitation, tick
from agreements.workflow.meeting import (
    cancel_meeting,
    confirm_meeting,
    correct_attendance,
    edit_meeting,
    hold,
    move_meeting,
    propose_meeting,
    schedule,
)
from agreements.workflow.minutes import (
    add_remark,
    approve,
    circulate,
    draft_minutes,
    edit_minutes,
    set_action_item,
)
from agreements.workflow.reporting import reply, report, validate_report
from agreements.workflow.signing import accept, add_paper, show_pending, take_over
from agreements.workflow.tables import AGREEMENT, COMMITMENT, MEETING, MINUTES, WORKFLOWS

__all__ = [
    "AGREEMENT",
    "COMMITMENT",
    "MEETING",
    "MINUTES",
    "WORKFLOWS",
    "accept",
    "accept_extension",
    "add_commitment",
    "add_paper",
    "add_remark",
    "amend",
    "answer_invitation",
    "approve",
    "ask_everyone",
    "ask_extension",
    "become_commitment",
    "cancel_commitment",
    "cancel_meeting",
    "circulate",
    "comment",
    "conclude",
    "confirm_meeting",
    "correct_attendance",
    "create_agreement",
    "decline_extension",
    "draft_minutes",
    "edit_agreement",
    "edit_commitment",
    "edit_meeting",
    "edit_minutes",
    "hold",
    "missing_parties",
    "move_meeting",
    "open_for_signature",
    "opening_gaps",
    "opening_warnings",
    "propose_meeting",
    "remove_commitment",
    "reply",
    "report",
    "schedule",
    "set_action_item",
    "show_pending",
    "start_campaign",
    "take_back_invitation",
    "take_over",
    "tick",
    "validate_report",
    "void",
]
