"""Links in a mail that are themselves a right: signed, for one purpose, one account, one record, and a limited time.

A link opens no session. What it stands and falls with is in its seal: the password of the account, and whatever the purpose
adds (one sending of a referral, one invitation). All else (role, state) the purpose reads at each request.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpResponse

LONGEST_TOKEN = 400


class DeadLink(Exception):
    """The link opens nothing; why is told to nobody."""


def seal(salt: str, user: Any, *parts: Any) -> str:
    """What a link stands and falls with. `salt` names the purpose."""
    text = "|".join(map(str, (user.get_session_auth_hash(), *parts)))
    return hmac.new(settings.SECRET_KEY.encode(), f"{salt}|{text}".encode(), hashlib.sha256).hexdigest()[:32]


def token_of(salt: str, user: Any, record: Any, *parts: Any) -> str:
    """The signed part of an address. `parts` are what the seal adds to account and record."""
    said = {"a": user.key, "r": record.public_key, "s": seal(salt, user, record.pk, *parts)}
    return signing.dumps(said, salt=salt)


def account_of(key: str) -> Any:
    """The open account with this key, None when there is none."""
    return get_user_model().objects.filter(key=key, is_active=True).first()


def read_token(salt: str, token: str, days: int, whose: Callable[[str], Any] = account_of) -> tuple[Any, str, str]:
    """(account, key of the record, seal) of a link; the caller compares the seal (`holds`). Raises `DeadLink`.

    `whose(key)` finds whom the link was sent to, or None.
    """
    if len(token) > LONGEST_TOKEN:
        raise DeadLink
    try:
        said = signing.loads(token, salt=salt, max_age=dt.timedelta(days=days))
    except signing.BadSignature as error:
        raise DeadLink from error
    user = whose(said["a"])
    if user is None:
        raise DeadLink
    return user, said["r"], said["s"]


def holds(said: str, salt: str, user: Any, record: Any, *parts: Any) -> bool:
    """Whether the seal of a link is the one that it would be given now."""
    return hmac.compare_digest(seal(salt, user, record.pk, *parts), said)


def closed(response: HttpResponse) -> HttpResponse:
    """The address is a right: it is told to no other page and to no search engine."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
