"""Invitations: the only way into the workspace."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import KeyField, TextLine
from core.gate import GatedQuerySet
from forum.models.accounts import RoleKind, User, place_constraint
from forum.roles import roles_of

#: How long a link of an invitation opens.
VALID = dt.timedelta(days=7)


def invitation_key() -> str:
    return f"i-{secrets.token_hex(8)}"


def ends() -> dt.datetime:
    return timezone.now() + VALID


class InvitationQuerySet(GatedQuerySet):
    """Invitations in the words of the domain."""

    def visible_to(self, user: Any) -> InvitationQuerySet:
        """Administrators see all, organizers those that they may write, everybody the own ones."""
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        own = Q(user_id=getattr(user, "pk", None), user_id__isnull=False)
        if roles.organizer:
            own |= Q(kind__in=[RoleKind.OFFICIAL, RoleKind.DELEGATE]) | Q(edition_id__in=roles.editions)
        return self.filter(own)

    def open(self) -> InvitationQuerySet:
        """Neither accepted nor taken back; the link may have run out meanwhile."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)


class Invitation(models.Model):
    """Somebody is asked to take a role. The account is there from the start, and can do nothing until it is accepted.

    The link in the mail is made when the mail leaves and kept nowhere (`token`): it opens once, until `expires_at`, and is
    dead as soon as the invitation is sent again, taken back or accepted, or the account gets a password.
    """

    KEY = "key"

    key = KeyField(_("key"), unique=True, default=invitation_key, editable=False)
    user = models.ForeignKey(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(_("role"), max_length=14, choices=RoleKind.choices)
    edition = models.ForeignKey(
        "forum.Edition", verbose_name=_("edition"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("agency"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    organization = models.ForeignKey(
        "forum.Organization", verbose_name=_("organization"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    post = TextLine(_("post"), max_length=150, blank=True)
    invited_by = models.ForeignKey(
        User, verbose_name=_("invited by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"), default=ends)
    mails = models.PositiveSmallIntegerField(_("times sent"), default=1, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-id",)
        constraints = [
            place_constraint("invitation_has_its_place"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_one_end",
                violation_error_message=_("An invitation is accepted or taken back, not both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.words}"

    @property
    def public_key(self) -> str:
        return self.key

    @property
    def event_edition(self) -> Any:
        return self.edition

    @property
    def place(self) -> Any:
        return self.edition or self.agency or self.organization

    @property
    def words(self) -> str:
        return f"{self.kind}: {self.place.public_key}" if self.place is not None else str(self.kind)

    @property
    def is_open(self) -> bool:
        """Whether a link to it still leads anywhere."""
        waits = self.accepted_at is None and self.revoked_at is None
        return waits and self.user.is_active and timezone.now() < self.expires_at

    @property
    def state_words(self) -> Any:
        if self.accepted_at is not None:
            return pgettext_lazy("state of an invitation", "accepted")
        if self.revoked_at is not None:
            return pgettext_lazy("state of an invitation", "taken back")
        if not self.is_open:
            return pgettext_lazy("state of an invitation", "ran out")
        return pgettext_lazy("state of an invitation", "waits for an answer")

    def token(self) -> str:
        """The secret of the link that stands in the mail; another one after each mail, and after each new password."""
        value = f"{self.pk}:{self.key}:{self.mails}:{self.expires_at.timestamp()}:{self.user.password}"
        return salted_hmac("forum.Invitation", value, algorithm="sha256").hexdigest()[:48]

    def opens_with(self, token: str) -> bool:
        """Whether this is the secret of the newest mail, and the invitation waits."""
        return constant_time_compare(self.token(), token) and self.is_open
