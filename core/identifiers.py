"""Permanent identifiers for feeds and calendars, made of public keys, and text that XML and calendars can carry."""

from __future__ import annotations

import re

from django.conf import settings

#: A date since which the authority has owned its name (RFC 4151 asks for one); the same for ever, or all entries are new.
SINCE = "2026"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def authority() -> str:
    """The host that names our records: the first of ALLOWED_HOSTS. It is no question of how a visitor came here."""
    hosts = [host.lstrip(".").lower() for host in settings.ALLOWED_HOSTS if host.strip(".*")]
    return hosts[0] if hosts else "localhost"


def tag_uri(key: str, act: str = "") -> str:
    """The id of a record, or of an act on it, in a feed: `tag:example.org,2026:FM1-A-01/signed` (RFC 4151)."""
    return f"tag:{authority()},{SINCE}:{key}" + (f"/{act}" if act else "")


def calendar_uid(key: str) -> str:
    """The UID of a record in a calendar: `FM1-R-01@example.org` (RFC 5545)."""
    return f"{key}@{authority()}"


def plain_text(text: str) -> str:
    """`text` without characters that XML 1.0 and calendars cannot carry: one of them would break the whole file."""
    return NOT_IN_XML.sub("", text)
