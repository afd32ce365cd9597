"""The doors of proposals: every change of a proposal, referral, opinion or clarification goes through one of these.

All are keyword-only. They raise `core.workflow.StepRefused` (a sentence; `StaleRecord` when the form was opened with an
older `revision`) or `ValidationError`, and then nothing has changed. `actor` is an account or `core.events.SYSTEM`; `at`
is the moment that is written down, now by default.
"""

from proposals.workflow.desk import record_later_action, remove_template, save_template
from proposals.workflow.fate import link_proposals, merge, present_again, split, withdraw
from proposals.workflow.opinion import (
    issue,
    issue_on_behalf,
    release_opinions,
    save_draft,
    set_condition,
    start_opinion,
    supersede,
)
from proposals.workflow.proposal import (
    conclude_review,
    create_proposal,
    edit_proposal,
    mark_agreed,
    refer,
    revise,
    send_back,
    submit,
)
from proposals.workflow.referral import (
    acknowledge,
    add_position,
    answer_clarification,
    ask,
    extend,
    recall,
    refer_onward,
    set_liaisons,
)
from proposals.workflow.tables import OPINION, PROPOSAL, REFERRAL, WORKFLOWS

__all__ = [
    "OPINION",
    "PROPOSAL",
    "REFERRAL",
    "WORKFLOWS",
    "acknowledge",
    "add_position",
    "answer_clarification",
    "ask",
    "conclude_review",
    "create_proposal",
    "edit_proposal",
    "extend",
    "issue",
    "issue_on_behalf",
    "link_proposals",
    "mark_agreed",
    "merge",
    "present_again",
    "recall",
    "record_later_action",
    "refer",
    "refer_onward",
    "release_opinions",
    "remove_template",
    "revise",
    "save_draft",
    "save_template",
    "send_back",
    "set_condition",
    "set_liaisons",
    "split",
    "start_opinion",
    "submit",
    "supersede",
    "withdraw",
]
