"""A link in a mail that opens one proposal for one official, to write the draft without signing in.

The link is signed and holds for `DAYS`; it is good for this purpose alone (its salt), for one account, one referral and one
sending of it. It is dead as soon as the account closes, loses the role, changes its password or is no longer among the
liaisons, and when the referral is answered, passed on, recalled (also when it is sent again later). Everything that is checked
is read at each request. It opens no session: issuing, and everything else, asks for signing in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from core.events import events_of
from forum.models import User
from proposals.models import Referral
from proposals.notices.who import officials

SALT = "acuerda.proposals.draft-by-mail"
DAYS = 14
LONGEST_TOKEN = 400


class DeadLink(Exception):
    """The link opens nothing; why is told to nobody."""


@dataclass(frozen=True)
class Opened:
    """What a link opens: a referral, for an account."""

    referral: Any
    user: Any


def seal(user: Any, referral: Referral) -> str:
    """What the link stands and falls with: the password of the account, and this one sending of the referral."""
    sending = events_of(referral).filter(action__in=("refer", "reopen")).values_list("pk", flat=True).first() or 0
    text = f"{user.get_session_auth_hash()}|{referral.pk}|{sending}"
    return hmac.new(settings.SECRET_KEY.encode(), f"{SALT}|{text}".encode(), hashlib.sha256).hexdigest()[:32]


def token_for(user: Any, referral: Referral) -> str:
    return signing.dumps({"a": user.key, "r": referral.folio, "s": seal(user, referral)}, salt=SALT)


def address_for(referral: Referral, user: Any) -> str:
    """The path of the link, in the language that is active."""
    return reverse("by_mail", args=[token_for(user, referral)])


def open_link(token: str) -> Opened:
    """The referral and the account of a link. Raises `DeadLink`."""
    if len(token) > LONGEST_TOKEN:
        raise DeadLink
    try:
        said = signing.loads(token, salt=SALT, max_age=dt.timedelta(days=DAYS))
    except signing.BadSignature as error:
        raise DeadLink from error
    user = User.objects.filter(key=said["a"], is_active=True).first()
    rows = Referral.objects.select_related("version__proposal__edition", "version__proposal__table", "agency")
    referral = rows.filter(folio=said["r"]).first()
    if user is None or referral is None or not referral.is_open:
        raise DeadLink
    if not hmac.compare_digest(seal(user, referral), said["s"]):
        raise DeadLink
    if user.pk not in {official.pk for official in officials(referral)}:
        raise DeadLink
    if not Referral.objects.visible_to(user).filter(pk=referral.pk).exists():
        raise DeadLink
    return Opened(referral, user)
