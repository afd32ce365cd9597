"""How django-allauth behaves here: no open sign-up, mails through the outbox, a second factor, throttles that lock nobody out.

Guessing a password is throttled by address and by account. The limit of an account would let anybody lock its owner out, so
devices from which somebody signed in before (`remember_device`) have a limit of their own for that account, which a stranger
cannot use up. Whoever comes with a new device while strangers are guessing asks for a new password: the link in the mail makes
the device a known one. Passkeys are not guessed at, and have no limit by account.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from core.events import record_event
from forum.attempts import note_failure
from forum.models import User
from forum.workflow.accounts import note
from forum.workflow.roles import end_sessions_of

DEVICE_COOKIE = "acuerda_device"
DEVICE_AGE = 365 * 24 * 60 * 60
#: People who may share a device.
MOST_ON_A_DEVICE = 5


class Backend(AuthenticationBackend):
    """The account of a request comes with whether it has a second factor, in the same query."""

    def get_user(self, user_id: Any) -> User | None:
        factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
        user = User.objects.annotate(with_factor=Exists(factors)).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Closed accounts cannot, nor those of the demonstration where it is not allowed."""
        return bool(user.is_active and (settings.ALLOW_DEMO or not user.is_demo))


class ResetTokens(PasswordResetTokenGenerator):
    """A link for a new password is dead after a sign-in, a new password, a new role, and after `PASSWORD_RESET_TIMEOUT`."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}:{user.epoch}"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation; nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    # --- guessing ---

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return str(credentials.get("email") or "").lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt where it belongs: those of a known device apart from those of everybody else."""
        login = self._get_login_attempts_cache_key(request, **credentials)
        device = known_device(request, login)
        action, key = ("login_failed_here", f"{device}:{login}") if device else ("login_failed", login)
        usage = ratelimit.consume(request, app="allauth.account", action=action, key=key)
        self._login_failed_rl_usage = usage
        if not usage:
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A failed sign-in stands in the audit: of which account where there is one, and never the address that was typed."""
        email = User.objects.normalize_email(credentials.get("email"))
        note_failure("sign_in_failed", mark_of(email or ""), User.objects.filter(email=email).first())

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in has just proved who it is."""
        request = context.request
        records = get_authentication_records(request, request.user)
        fresh = bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
        return not fresh

    # --- after it ---

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        note(user, "sign_in", actor=user)
        request.known_to = user  # type: ignore[attr-defined]
        return super().post_login(request, user, **kwargs)

    def set_password(self, user: Any, password: str) -> None:
        """Another password ends the other sessions: their hash is made of it."""
        with transaction.atomic():
            user.set_password(password)
            user.save(update_fields=["password"])
            record_event(user, "set_password", actor=user, changes={})

    # --- mails ---

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """The mail is owed from here on; the outbox sends it, and makes the link when it leaves (`forum.notices`)."""
        if not user.is_new:
            note(user, "ask_password")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise NotImplementedError(f"{template_prefix}: mails leave through core.outbox and no other way.")


class FactorAdapter(DefaultMFAAdapter):
    """Second factors; their secrets are encrypted with the site's key before they get into the database."""

    def encrypt(self, text: str) -> str:
        return boxes().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A secret that another key wrote opens nothing, and is as if nobody knew it."""
        try:
            return boxes().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def _get_site_name(self) -> str:
        return "Acuerda"


def boxes() -> MultiFernet:
    """Locks with the site's key; opens with that of before too (`SECRET_KEY_FALLBACKS`)."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = [hashlib.sha256(f"forum.accounts.factors:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in made])


def mark_of(email: str) -> str:
    return salted_hmac("forum.accounts.device", email.lower(), algorithm="sha256").hexdigest()[:32]


def read_device(request: HttpRequest) -> tuple[str, list[str]]:
    """The device's own number and the marks of the accounts that signed in from it; ('', []) for a new one."""
    text = request.COOKIES.get(DEVICE_COOKIE, "")
    try:
        device, marks = signing.loads(text, salt=DEVICE_COOKIE, max_age=DEVICE_AGE) if len(text) < 1000 else ("", [])
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return device, marks


def known_device(request: HttpRequest, email: str) -> str:
    """The number of this device if somebody signed in from it to the account of `email`, else ''."""
    device, marks = read_device(request)
    return device if mark_of(email) in marks else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """A cookie that opens nothing: it only says that this device was let in to this account before."""
    device, marks = read_device(request)
    mark = mark_of(user.email)
    kept = [mark, *(other for other in marks if other != mark)][:MOST_ON_A_DEVICE]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps([device or secrets.token_hex(8), kept], salt=DEVICE_COOKIE),
        max_age=DEVICE_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def after_reset(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Whoever opened the link of the mail has the mailbox: what strangers guessed meanwhile counts no more."""
    AccountAdapter(request)._delete_login_attempts_cached_email(request, email=user.email)
    request.known_to = user  # type: ignore[attr-defined]


def after_change_of_factor(*, request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    """Said in the audit and by mail, and the other sessions end: they were begun without it, or with one that is gone."""
    kind = str(authenticator.type)
    gone = not Authenticator.objects.filter(pk=authenticator.pk).exists()
    with transaction.atomic():
        record_event(user, "change_factor", actor=user, changes={"second_factor": [kind, None] if gone else [None, kind]})
        if authenticator.type != Authenticator.Type.RECOVERY_CODES:
            end_sessions_of(user)
    if getattr(request, "user", None) == user and request.user.is_authenticated:
        request.user.epoch = user.epoch
        update_session_auth_hash(request, user)
        UserSession.objects.create_from_request(request)


def after_failed_factor(*, user: User, **_signal: Any) -> None:
    note_failure("factor_failed", mark_of(user.email), user)
