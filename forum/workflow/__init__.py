"""The doors of the forum: every change of who takes part goes through one of these functions.

All are keyword-only and atomic, write their event in the same transaction, and raise `core.workflow.StepRefused` or
`ValidationError` with a sentence for the person who tried.
"""

from forum.workflow.accounts import (
    accept_invitation,
    close_account,
    end_sessions,
    forget_second_factor,
    invite,
    only_who_manages,
    reopen_account,
    revoke_invitation,
    send_again,
)
from forum.workflow.agencies import (
    add_agency_name,
    add_succession,
    create_agency,
    edit_agency,
    refresh_other_names,
    remove_agency_name,
)
from forum.workflow.closures import enter_closure, withdraw_closure
from forum.workflow.editions import (
    EDITION,
    check_in_body,
    create_edition,
    create_session,
    create_table,
    edit_edition,
    edit_session,
    edit_table,
    join_edition,
    leave_edition,
    remove_session,
    set_stage,
)
from forum.workflow.erasing import block_person, erase_person, unblock_person
from forum.workflow.organizations import (
    add_organization_name,
    create_organization,
    edit_organization,
    link_mirror,
    remove_organization_name,
    unlink_mirror,
)
from forum.workflow.people import check_in, create_participation, edit_participation, set_consent
from forum.workflow.privacy import (
    PRIVACY_REQUEST,
    answer_privacy_request,
    close_privacy_request,
    extend_privacy_term,
    finish_privacy_request,
    identify,
    receive_privacy_request,
)
from forum.workflow.reminding import remind
from forum.workflow.roles import add_role, create_account, remove_role

WORKFLOWS = (EDITION, PRIVACY_REQUEST)

__all__ = [
    "EDITION",
    "PRIVACY_REQUEST",
    "WORKFLOWS",
    "accept_invitation",
    "add_agency_name",
    "add_organization_name",
    "add_role",
    "add_succession",
    "answer_privacy_request",
    "block_person",
    "check_in",
    "check_in_body",
    "close_account",
    "close_privacy_request",
    "create_account",
    "create_agency",
    "create_edition",
    "create_organization",
    "create_participation",
    "create_session",
    "create_table",
    "edit_agency",
    "edit_edition",
    "edit_organization",
    "edit_participation",
    "edit_session",
    "edit_table",
    "end_sessions",
    "enter_closure",
    "erase_person",
    "extend_privacy_term",
    "finish_privacy_request",
    "forget_second_factor",
    "identify",
    "invite",
    "join_edition",
    "leave_edition",
    "link_mirror",
    "only_who_manages",
    "receive_privacy_request",
    "refresh_other_names",
    "remind",
    "remove_agency_name",
    "remove_organization_name",
    "remove_role",
    "remove_session",
    "reopen_account",
    "revoke_invitation",
    "send_again",
    "set_consent",
    "set_stage",
    "unblock_person",
    "unlink_mirror",
    "withdraw_closure",
]
