"""Failed attempts in the audit: each is counted, and few rows tell of many.

An attempt writes an event when it is the first, second, fourth, eighth … of its account within the hour, and the event says
how many there were by then: who guesses all night adds a handful of rows an hour, not thousands. Addresses with and without
an account are counted and written alike, so that neither the answer nor its time tells them apart; what strangers type at
random makes `MOST_UNKNOWN` rows an hour at most, and what comes beyond is counted together.
"""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone

from core.events import SYSTEM
from forum.models import User
from forum.workflow.accounts import note

#: Events an hour about addresses that no account has, before they are counted together.
MOST_UNKNOWN = 500
HOURS = 2


def counted(what: str) -> int:
    """How often `what` happened within this hour, this time too."""
    key = f"attempts:{timezone.now():%Y%m%d%H}:{what}"
    cache.add(key, 0, HOURS * 60 * 60)
    try:
        return cache.incr(key)
    except ValueError:  # pushed out between the two
        return 1


def note_failure(action: str, mark: str, user: User | None) -> None:
    """One more failed attempt of an account, or of an address that has none. `mark` stands for the address and does not say it."""
    number, others = counted(f"{action}:{mark}"), counted(f"{action}:{'unknown' if user is None else 'known'}")
    if user is None and others > MOST_UNKNOWN:
        number = others
    if number & (number - 1) == 0:
        note(user, action, actor=SYSTEM, **({"attempts": [None, number]} if number > 1 else {}))
