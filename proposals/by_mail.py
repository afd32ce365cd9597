"""A link in a mail that opens one proposal for one official, to write the draft without signing in (`core.mail_links`).

It holds for `DAYS`, for one sending of one referral. It is dead as soon as the account closes, loses the role, changes its
password or is no longer among the liaisons, and when the referral is answered, passed on, recalled (also when it is sent
again later). Everything that is checked is read at each request. Issuing, and everything else, asks for signing in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.events import events_of
from core.mail_links import DeadLink, holds, read_token, token_of
from proposals.models import Referral
from proposals.notices.who import officials

SALT = "acuerda.proposals.draft-by-mail"
DAYS = 14


@dataclass(frozen=True)
class Opened:
    """What a link opens: a referral, for an account."""

    referral: Any
    user: Any


def sending_of(referral: Referral) -> int:
    """The event by which the referral was sent, newest."""
    return events_of(referral).filter(action__in=("refer", "reopen")).values_list("pk", flat=True).first() or 0


def token_for(user: Any, referral: Referral) -> str:
    return token_of(SALT, user, referral, sending_of(referral))


def address_for(referral: Referral, user: Any) -> str:
    """The path of the link, in the language that is active."""
    return reverse("by_mail", args=[token_for(user, referral)])


def open_link(token: str) -> Opened:
    """The referral and the account of a link. Raises `DeadLink`."""
    user, folio, said = read_token(SALT, token, DAYS)
    rows = Referral.objects.select_related("version__proposal__edition", "version__proposal__table", "agency")
    referral = rows.filter(folio=folio).first()
    if referral is None or not referral.is_open:
        raise DeadLink
    if not holds(said, SALT, user, referral, sending_of(referral)):
        raise DeadLink
    if user.pk not in {official.pk for official in officials(referral)}:
        raise DeadLink
    if not Referral.objects.visible_to(user).filter(pk=referral.pk).exists():
        raise DeadLink
    return Opened(referral, user)
