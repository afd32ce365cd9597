"""Things that a page sends until an answer comes: each is done once, whatever the connection did in between.

    with received(request.user, key) as is_new:
        if is_new:
            check_in(…)

`key` is made by the page (a UUID); an empty one is a plain form without a script, which is always new.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from core.models import Receipt

KEY = re.compile(r"[0-9a-zA-Z-]{8,64}")
#: A browser keeps what it could not send for as long; what is older is a clock that is wrong.
LONGEST = dt.timedelta(days=7)


@contextmanager
def received(user: Any, key: str) -> Iterator[bool]:
    """Whether this is the first time that `user` sends `key`, in the transaction of what is then done.

    Raises ValidationError for a key that no page of ours makes. If the block fails the key counts as never seen.
    """
    if key and not KEY.fullmatch(key):
        raise ValidationError(_("What the page sent has no valid number: load the page again."))
    with transaction.atomic():
        yield not key or Receipt.objects.get_or_create(user=user, key=key)[1]


def moment_said(text: str, now: dt.datetime | None = None) -> dt.datetime:
    """When it happened by the clock of the page, as ISO 8601 with its zone; now for anything that cannot be."""
    now = now or timezone.now()
    try:
        said = parse_datetime(text) if len(text) < 40 else None
    except ValueError:
        said = None
    return said if said is not None and said.tzinfo is not None and now - LONGEST <= said <= now else now


def forget_receipts() -> int:
    """Delete the receipts that nothing can ask for any more; how many."""
    return Receipt.objects.filter(at__lt=timezone.now() - 4 * LONGEST).delete()[0]
