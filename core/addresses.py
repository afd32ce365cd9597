"""Addresses of records: `reverse` asked once for each kind of page and language, since a list has one for each row."""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language

#: Keys that stand in an address as they are; no key of ours has anything else.
PLAIN = re.compile(r"[A-Za-z0-9_-]+\Z")
STAND_IN = "KEY-STANDS-HERE"


def address(name: str, key: str) -> str:
    """What `reverse(name, args=[key])` gives."""
    if not PLAIN.match(key):
        return reverse(name, args=[key])
    before, after = around(name, get_language(), get_urlconf(settings.ROOT_URLCONF), get_script_prefix())
    return f"{before}{key}{after}"


@lru_cache(maxsize=500)
def around(name: str, language: str | None, urlconf: str, prefix: str) -> tuple[str, str]:
    """The address before and after the key. The last three are what `reverse` depends on besides the name."""
    before, _stand_in, after = reverse(name, args=[STAND_IN]).partition(STAND_IN)
    return before, after


@lru_cache(maxsize=500)
def fixed_address(name: str, language: str | None, urlconf: str, prefix: str) -> str:
    return reverse(name)


def place(name: str) -> str:
    """What `reverse(name)` gives."""
    return fixed_address(name, get_language(), get_urlconf(settings.ROOT_URLCONF), get_script_prefix())
