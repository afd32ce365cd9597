"""Accounts: how somebody comes in, and how an account is closed. Every door writes its event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.events import SYSTEM, record_event
from core.workflow import StepRefused
from forum.models import Invitation, Role, User
from forum.models.invitations import ends
from forum.permissions import is_administrator
from forum.workflow.common import allowed
from forum.workflow.roles import end_sessions_of, give_role, may_give

PLACES = ("edition", "agency", "organization")


def invite(
    *,
    email: str,
    kind: str,
    actor: Any,
    name: str = "",
    language: str = "es",
    post: str = "",
    place: Mapping[str, Any] | None = None,
) -> Invitation:
    """Ask the person at `email` to take a role. The mail leaves through the outbox with a link that opens once.

    An account is made where there is none; it has no password and no role until the person accepts. `place` is
    `{"edition" | "agency" | "organization": record}`, nothing for an administrator. Raises StepRefused and ValidationError.
    """
    given = {name: record for name, record in (place or {}).items() if record is not None}
    if not may_give(kind, given.get("edition"), actor):
        raise StepRefused(_("You cannot give this role."), code="not_yours")
    email = User.objects.normalize_email(email)
    validate_email(email)
    with transaction.atomic():
        user = User.objects.select_for_update().filter(email=email).first()
        if user is None:
            user = User(email=email, name=name, language=language)
            user.set_unusable_password()
            user.full_clean()
            user.save()
            record_event(user, "create", actor=actor, changes={})
        elif not user.is_active:
            raise StepRefused(_("The account of this address is closed: open it again first."), code="guard")
        elif user == actor and not allowed(actor, is_administrator, None):
            raise StepRefused(_("Nobody gives a role to the own account: ask another organizer."), code="not_yours")
        if Role.objects.filter(user=user, kind=kind, **given).exists():
            raise StepRefused(_("This account has that role already."), code="guard")
        if Invitation.objects.open().filter(user=user, kind=kind, **given).exists():
            raise StepRefused(_("This person was invited to that role already: send the invitation again."), code="guard")
        invited_by = None if actor is SYSTEM else actor
        invitation = Invitation(user=user, kind=kind, post=post, invited_by=invited_by, **given)
        invitation.full_clean()
        invitation.save()
        record_event(invitation, "invite", actor=actor, changes={"role": [None, invitation.words]})
    return invitation


def locked(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_for_update(of=("self",)).select_related("user").get(pk=invitation.pk)


def send_again(*, invitation: Invitation, actor: Any) -> Invitation:
    """Another mail with another link, valid for another week; the link of before is dead."""
    if not may_give(invitation.kind, invitation.edition, actor):
        raise StepRefused(_("You cannot give this role."), code="not_yours")
    with transaction.atomic():
        found = locked(invitation)
        if found.accepted_at is not None or found.revoked_at is not None or not found.user.is_active:
            raise StepRefused(_("This invitation waits for nobody any more."), code="guard")
        found.mails, found.expires_at = found.mails + 1, ends()
        if actor is not SYSTEM:
            found.invited_by = actor
        found.save(update_fields=["mails", "expires_at", "invited_by"])
        record_event(found, "invite_again", actor=actor, changes={})
    return found


def revoke_invitation(*, invitation: Invitation, actor: Any) -> Invitation:
    """Take an invitation back; its link is dead."""
    if not may_give(invitation.kind, invitation.edition, actor):
        raise StepRefused(_("You cannot take this role back."), code="not_yours")
    with transaction.atomic():
        found = locked(invitation)
        if found.accepted_at is not None or found.revoked_at is not None:
            raise StepRefused(_("This invitation waits for nobody any more."), code="guard")
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
        record_event(found, "revoke", actor=actor, changes={})
    return found


def accept_invitation(
    *,
    invitation: Invitation,
    token: str,
    actor: Any,
    password: str | None = None,
    name: str = "",
    language: str = "",
) -> Role:
    """The invited person takes the role, once. `actor` is the invited account.

    A new account gets its name and, unless the person will sign in with a passkey, its password. The right of whoever
    invited is asked again: an invitation of somebody who may not give the role any more gives nothing.
    """
    with transaction.atomic():
        found = locked(invitation)
        if not found.opens_with(token) or found.user_id != actor.pk:
            raise StepRefused(_("This invitation is not valid any more. Ask the organizers for another one."), code="guard")
        if found.invited_by is None or not may_give(found.kind, found.edition, found.invited_by):
            raise StepRefused(
                _("Whoever invited you may not give this role any more. Ask the organizers for another invitation."), code="guard"
            )
        user = found.user
        if user.is_new:
            user.name, user.language = name or user.name, language or user.language
            user.full_clean(exclude=["password"])
            if password is not None:
                user.set_password(password)
            user.save(update_fields=["name", "language", "password"])
        found.accepted_at = timezone.now()
        found.save(update_fields=["accepted_at"])
        record_event(found, "accept", actor=user, changes={})
        place = {name: getattr(found, name) for name in PLACES}
        return give_role(user=user, kind=found.kind, place=place, actor=user, post=found.post, reason=found.key)


def only_who_manages(user: User, actor: Any) -> None:
    """Refuse whoever may not close this account: administrators may, organizers those with no role beyond their own power."""
    roles = list(user.role_rows.select_related("edition"))
    if allowed(actor, is_administrator, None):
        return
    if not roles or not all(may_give(role.kind, role.edition, actor) for role in roles):
        raise StepRefused(_("Only an administrator can do this with this account."), code="not_yours")


def close_account(*, user: User, actor: Any, reason: str) -> User:
    """Nobody signs in to it any more, and its sessions end at their next request. The last administrator stays."""
    only_who_manages(user, actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if user.roles.administrator:
            others = Role.objects.select_for_update().filter(kind=Role.Kind.ADMINISTRATOR, user__is_active=True)
            if not others.exclude(user=user).exists():
                raise StepRefused(_("This is the last administrator: make another one first."), code="guard")
        user.is_active = False
        user.save(update_fields=["is_active"])
        end_sessions_of(user)
        record_event(user, "close", actor=actor, changes={"is_active": [True, False]}, reason=reason)
    return user


def reopen_account(*, user: User, actor: Any, reason: str) -> User:
    only_who_manages(user, actor)
    with transaction.atomic():
        user.is_active = True
        user.save(update_fields=["is_active"])
        record_event(user, "reopen", actor=actor, changes={"is_active": [False, True]}, reason=reason)
    return user


def end_sessions(*, user: User, actor: Any, reason: str = "") -> None:
    """Whoever is signed in to this account is so no more at the next request."""
    only_who_manages(user, actor)
    with transaction.atomic():
        end_sessions_of(user)
        record_event(user, "end_sessions", actor=actor, changes={}, reason=reason)


def forget_second_factor(*, user: User, actor: Any, reason: str) -> None:
    """Take away the authenticators of somebody who lost them; at the next sign-in others must be set up. Administrators alone.

    The administrator vouches for having spoken with the person: `reason` says how.
    """
    from allauth.mfa.models import Authenticator

    if not allowed(actor, is_administrator, None) or user == actor:
        raise StepRefused(_("Only another administrator can do this with this account."), code="not_yours")
    if not reason.strip():
        raise ValidationError({"reason": _("Say how you know that it is this person who asks.")})
    with transaction.atomic():
        number = Authenticator.objects.filter(user=user).delete()[0]
        end_sessions_of(user)
        record_event(user, "forget_second_factor", actor=actor, changes={"authenticators": [number, 0]}, reason=reason)


def note(user: User | None, action: str, *, actor: Any = None, at: dt.datetime | None = None, **changes: Any) -> None:
    """Write what happened to an account at the door: signed in, failed, another password. `user` None: an unknown address.

    The address itself is never written, and the same statements run for an account that is there and for one that is not.
    """
    with transaction.atomic():
        record_event(user or User(pk=0, key="-"), action, actor=actor or SYSTEM, changes=changes, at=at)
