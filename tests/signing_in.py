"""Signing in without the page for it, as somebody who has just proved who it is."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY


def just_signed_in(client: Any, user: Any, *, ago: float = 0) -> Any:
    """`client.force_login`, with what allauth notes of a password that was typed `ago` seconds ago."""
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
