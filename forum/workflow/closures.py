"""Non-working days of public bodies: entering them and taking them back moves what is open (`sockets.calendar_changed`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import sockets
from core.workflow import StepRefused, changing, create
from forum.models import Closure
from forum.validators import check_closure
from forum.workflow.common import only_organizers


def enter_closure(*, actor: Any, values: Mapping[str, Any], at: dt.datetime | None = None) -> tuple[Closure, int]:
    """Enter non-working days. Answers them and how many open due dates moved by it."""
    only_organizers(actor)
    moment = at or timezone.now()
    closure = Closure(**values)
    check_closure(closure)
    with transaction.atomic():
        create(closure, actor=actor, at=moment)
        moved = sum(sockets.calendar_changed.collect(closure=closure, actor=actor, at=moment))
    return closure, moved


def withdraw_closure(*, closure: Closure, actor: Any, reason: str, at: dt.datetime | None = None) -> int:
    """Take back non-working days that were entered by mistake. Answers how many open due dates moved back by it."""
    only_organizers(actor)
    moment = at or timezone.now()
    if not reason.strip():
        raise StepRefused(_("Say why these days are taken back."), code="reason")
    with transaction.atomic():
        with changing(closure, "withdraw", actor=actor, reason=reason.strip(), at=moment) as change:
            if change.record.withdrawn_at is not None:
                raise StepRefused(_("These days were taken back already."))
            change.record.withdrawn_at, change.record.withdrawn_reason = moment, reason.strip()
        moved: int = sum(sockets.calendar_changed.collect(closure=closure, actor=actor, at=moment))
    return moved
