"""What must be so before this application is let out on the internet: it refuses to start otherwise (promise 28).

Django's own `check --deploy` warns; these are errors, part of it too. `config.wsgi` runs them before the first request. Other
commands of `manage.py` serve nobody and are not stopped.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils.translation import gettext as _

TAG = "safety"
SHORTEST_KEY = 50
#: Names that no other machine can mean.
LOCAL_ENDINGS = ("localhost", ".local", ".test", ".internal", "testserver")
#: Without one of these a promise would be broken silently.
NEEDED = (
    *("csp.middleware.CSPMiddleware", "core.middleware.HeadersMiddleware", "django.middleware.security.SecurityMiddleware"),
    *("django.middleware.csrf.CsrfViewMiddleware", "core.middleware.BodyMiddleware", "core.middleware.HostileInputMiddleware"),
    "forum.middleware.SecondFactorMiddleware",
)
Fault = tuple[str, str]


def is_local(host: str) -> bool:
    """Whether a host name is this machine or one of the same house: such may run with DEBUG."""
    name = host.strip("[]").lower()
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return "." not in name.strip(".") or name.endswith(LOCAL_ENDINGS)
    return address.is_private or address.is_loopback or address.is_unspecified


def faults() -> Iterator[Fault]:
    """(number, sentence) of each thing that is not safe as the settings stand."""
    if settings.DEBUG:
        public = [host for host in settings.ALLOWED_HOSTS if host in ("*", ".") or not is_local(host)]
        if public:
            yield "E001", _("DEBUG is on, and %(host)s can be reached by others: set DEBUG=0.") % {"host": public[0]}
        return
    key = settings.SECRET_KEY
    if len(key) < SHORTEST_KEY or len(set(key)) < 10 or key.startswith("django-insecure"):
        yield "E002", _("SECRET_KEY can be guessed: give at least 50 random characters.")
    if not settings.ALLOWED_HOSTS:
        yield "E003", _("ALLOWED_HOSTS is empty: name the hosts of this site.")
    for host in settings.ALLOWED_HOSTS:
        if "*" in host or (host.startswith(".") and "." not in host.strip(".")):
            yield "E003", _("ALLOWED_HOSTS lets any host in (%(host)s): name the hosts of this site.") % {"host": host}
    if not all(is_local(host) for host in settings.ALLOWED_HOSTS):
        yield from faults_of_transport()
    missing = [name for name in NEEDED if name not in settings.MIDDLEWARE]
    if missing:
        yield "E008", _("MIDDLEWARE lacks %(name)s.") % {"name": missing[0]}
    sources = str(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].get("script-src", "*"))
    if "unsafe" in sources or "*" in sources or "http" in sources:
        yield "E009", _("CONTENT_SECURITY_POLICY lets scripts in that are not ours.")


def faults_of_transport() -> Iterator[Fault]:
    """What matters once somebody else can listen: a site that answers to this machine alone needs no https."""
    cookies = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY")
    for name in cookies:
        if not getattr(settings, name):
            yield "E004", _("%(name)s is off: the cookie would be readable on the way, or by a script.") % {"name": name}
    if settings.SECURE_HSTS_SECONDS < 30 * 24 * 60 * 60:
        yield "E005", _("SECURE_HSTS_SECONDS is less than a month.")
    if not settings.SECURE_SSL_REDIRECT and not settings.SECURE_PROXY_SSL_HEADER:
        yield (
            "E006",
            _("Nothing sends readers to https: leave SECURE_SSL_REDIRECT on, or set BEHIND_PROXY=1 behind one that does."),
        )
    store = urlsplit(settings.STORAGES["default"].get("OPTIONS", {}).get("endpoint_url") or "")
    if store.scheme == "http" and not is_local(store.hostname or ""):
        yield "E011", _("MEDIA_URL_S3 speaks http to %(host)s: files would be readable on the way.") % {"host": store.hostname}
    for origin in [*settings.CSRF_TRUSTED_ORIGINS, settings.SITE_URL]:
        if not origin.startswith("https://") or "*" in origin or not urlsplit(origin).hostname:
            yield (
                "E007",
                _("%(origin)s (SITE_URL, CSRF_TRUSTED_ORIGINS) is not the address of one https site.") % {"origin": origin},
            )


@register(TAG, Tags.security, deploy=True)
def safe_settings(app_configs: Any, **_more: Any) -> list[CheckMessage]:
    return [Error(sentence, id=f"acuerda.{number}") for number, sentence in faults()]


@register(TAG, Tags.database, deploy=True)
def no_demo_accounts(app_configs: Any, databases: Any = None, **_more: Any) -> list[CheckMessage]:
    """Accounts whose password stands in a manual, on a site that did not ask for them."""
    if settings.ALLOW_DEMO or not databases or all(is_local(host) for host in settings.ALLOWED_HOSTS):
        return []
    try:
        found = get_user_model().objects.filter(is_demo=True, is_active=True).exists()
    except DatabaseError:  # not there or not migrated: `/readyz` says so
        return []
    sentence = _(
        "There are demo accounts, whose password everybody knows: close them, or set ALLOW_DEMO=1 if this is a demonstration."
    )
    return [Error(sentence, id="acuerda.E010")] if found else []


@register(Tags.security, deploy=True)
def shared_cache(app_configs: Any, **_more: Any) -> list[CheckMessage]:
    """Throttles that each process keeps for itself let through as many times more as there are processes."""
    if settings.CACHES["default"]["BACKEND"].endswith("LocMemCache"):
        return [
            Warning(
                _("CACHE_URL is locmem: with more than one process, attempts to sign in are counted in each."), id="acuerda.W001"
            )
        ]
    return []


def refuse_unsafe() -> None:
    """Raises ImproperlyConfigured with every fault; called before the first request is taken."""
    found = run_checks(tags=[TAG], include_deployment_checks=True, databases=["default"])
    serious = [f"({message.id}) {message.msg}" for message in found if message.is_serious()]
    if serious:
        raise ImproperlyConfigured("\n".join([_("Acuerda does not start like this:"), *serious]))
