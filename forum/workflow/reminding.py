"""The nudge: an organizer reminds those who owe something, by hand."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.events import SYSTEM
from core.models import Reminder
from core.outbox.reminders import nudge
from core.workflow import StepRefused
from forum.permissions import is_organizer_of


def remind(*, record: Any, actor: Any) -> Reminder:
    """Send a reminder about a record that is owed; at most one every three days, whoever sent the last.

    Raises `StepRefused` when it is too early, when nothing is owed, or when nobody there has an account.
    """
    if actor is not SYSTEM and not is_organizer_of(record, actor):
        raise StepRefused(_("A reminder is sent by an organizer of the edition."), code="not_yours")
    return nudge(record, actor=actor, on=record.event_edition.today(), due_on=getattr(record, "due_on", None))
