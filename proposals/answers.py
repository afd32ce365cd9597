"""How a body answered what it was asked: the same sorts for the figures of a page, for the drawings and for the list behind
them, so that a figure and its list never disagree."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import pgettext_lazy

from proposals.models.referrals import ReferralStatus
from proposals.querysets import late_gate

OPEN = [status.value for status in (ReferralStatus.PENDING, ReferralStatus.ACKNOWLEDGED, ReferralStatus.ASKED)]
#: Code → words; `asked` is all of the others together.
ANSWERS = [
    ("asked", pgettext_lazy("answer of a body", "asked")),
    ("in_time", pgettext_lazy("answer of a body", "answered in time")),
    ("answered_late", pgettext_lazy("answer of a body", "answered late")),
    ("onward", pgettext_lazy("answer of a body", "passed on to another body")),
    ("waiting", pgettext_lazy("answer of a body", "still has time")),
    ("late", pgettext_lazy("answer of a body", "no answer, time is over")),
]


def asked_in_force(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Referrals of the versions in force that were not recalled, with `answered_on`. A body has at most one of a proposal."""
    in_force = rows.filter(version__number=F("version__proposal__version_number"))
    return in_force.exclude(status=ReferralStatus.RECALLED).annotate(answered_on=TruncDate("answered_at"))


def answer_gates(on: dt.date) -> dict[str, Q]:
    """Code → which of `asked_in_force` are of that sort on date `on`. A clock that stands still is not late."""
    answered, waits, late = Q(status=ReferralStatus.ANSWERED), Q(status__in=OPEN), late_gate(on)
    return {
        "asked": Q(),
        "in_time": answered & Q(answered_on__lte=F("due_on")),
        "answered_late": answered & Q(answered_on__gt=F("due_on")),
        "onward": Q(status=ReferralStatus.REFERRED_ONWARD),
        "waiting": waits & ~late,
        "late": waits & late,
    }
