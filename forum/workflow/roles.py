"""Accounts and what they may do. The event is kept with the account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.events import MASK, SYSTEM, record_event
from core.workflow import StepRefused
from forum.models import Role, User
from forum.permissions import is_administrator, is_any_organizer, is_organizer_of
from forum.workflow.common import allowed, only_organizers


def create_account(*, email: str, actor: Any, password: str | None = None, at: dt.datetime | None = None, **fields: Any) -> User:
    """A new account without roles; without a password nobody can sign in to it yet."""
    only_organizers(actor)
    with transaction.atomic():
        user = User(email=email, **fields)
        user.set_password(password)
        user.full_clean()
        user.save()
        record_event(user, "create", actor=actor, changes={}, at=at)
    return user


def may_give(kind: str, edition: Any, actor: Any) -> bool:
    """Administrators give every role; organizers those of their edition, and officials and delegates."""
    if allowed(actor, is_administrator, None):
        return True
    if kind == Role.Kind.ORGANIZER:
        return is_organizer_of(edition, actor)
    return kind in (Role.Kind.OFFICIAL, Role.Kind.DELEGATE) and is_any_organizer(None, actor)


def give_role(
    *,
    user: User,
    kind: str,
    place: Mapping[str, Any],
    actor: Any,
    post: str = "",
    reason: str = "",
    at: dt.datetime | None = None,
) -> Role:
    """Write the role and its event; who may is asked by the caller.

    The sessions of the account end at their next request, but for an organizer who enters one more edition.
    """
    with transaction.atomic():
        role = Role(user=user, kind=kind, post=post, **place)
        role.full_clean()
        role.save()
        record_event(
            user,
            "add_role",
            actor=actor,
            changes={"role": [None, role.words], "post": [None, MASK if post else ""]},
            reason=reason,
            at=at,
        )
        if not (user == actor and kind == Role.Kind.ORGANIZER and user.roles.organizer):
            end_sessions_of(user)
    forget_roles(user)
    return role


def add_role(
    *,
    user: User,
    kind: str,
    actor: Any,
    edition: Any = None,
    agency: Any = None,
    organization: Any = None,
    post: str = "",
    at: dt.datetime | None = None,
) -> Role:
    """Give `user` a role: organizer of `edition`, official of `agency`, delegate of `organization`, administrator.

    Nobody but an administrator gives a role to the own account: an organizer must not become a body's official.
    """
    if not may_give(kind, edition, actor):
        raise StepRefused(_("You cannot give this role."), code="not_yours")
    if user == actor and not allowed(actor, is_administrator, None):
        raise StepRefused(_("Nobody gives a role to the own account: ask another organizer."), code="not_yours")
    return give_role(
        user=user,
        kind=kind,
        place={"edition": edition, "agency": agency, "organization": organization},
        actor=actor,
        post=post,
        at=at,
    )


def remove_role(*, role: Role, actor: Any, reason: str = "", at: dt.datetime | None = None) -> None:
    """Take a role back. The last administrator stays."""
    if not may_give(role.kind, role.edition, actor):
        raise StepRefused(_("You cannot take this role back."), code="not_yours")
    with transaction.atomic():
        others = Role.objects.select_for_update().filter(kind=Role.Kind.ADMINISTRATOR, user__is_active=True).exclude(pk=role.pk)
        if role.kind == Role.Kind.ADMINISTRATOR and actor is not SYSTEM and not others.exists():
            raise StepRefused(_("This is the last administrator: make another one first."), code="guard")
        user, words = role.user, role.words
        role.delete()
        end_sessions_of(user)
        record_event(user, "remove_role", actor=actor, changes={"role": [words, None]}, reason=reason, at=at)
    forget_roles(user)


def end_sessions_of(user: User) -> None:
    """Every session of the account carries another hash than the account from now on (`User._get_session_auth_hash`)."""
    User.objects.filter(pk=user.pk).update(epoch=F("epoch") + 1)
    user.epoch += 1


def forget_roles(user: User) -> None:
    """The instance at hand kept its roles for the life of a request."""
    for name in ("roles", "acting_label"):
        user.__dict__.pop(name, None)
