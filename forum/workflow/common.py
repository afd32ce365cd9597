"""What the doors of the forum share: who may, and creating or editing a record with its own rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.checking import clean_fields
from core.events import SYSTEM
from core.workflow import StepRefused, changing, create
from forum.permissions import is_any_organizer, is_organizer_of

Check = Callable[[Any], None]


def allowed(actor: Any, predicate: Callable[[Any, Any], bool], record: Any) -> bool:
    return actor is SYSTEM or predicate(record, actor)


def only_organizers_of(edition: Any, actor: Any) -> None:
    """Refuse anybody who does not organize `edition`."""
    if not allowed(actor, is_organizer_of, edition):
        raise StepRefused(_("Only an organizer of “%(edition)s” can do this.") % {"edition": edition}, code="not_yours")


def only_organizers(actor: Any) -> None:
    """Refuse anybody who organizes no edition."""
    if not allowed(actor, is_any_organizer, None):
        raise StepRefused(_("Only organizers can do this."), code="not_yours")


def create_checked(record: Any, check: Check, *, actor: Any, at: dt.datetime | None = None) -> Any:
    """Check the rules of the record, then validate and save it with its event."""
    clean_fields(record, {field.name for field in record._meta.fields if field.is_relation})
    check(record)
    return create(record, actor=actor, at=at)


def free_key(prefix: str, taken: Iterable[str], width: int = 2) -> str:
    """The next key `PREFIX` + number that is not among `taken`; numbers that were left out stay free."""
    ends = [key.removeprefix(prefix) for key in taken]
    numbers = [int(end) for end in ends if end.isascii() and end.isdigit() and len(end) < 6]
    return f"{prefix}{max(numbers, default=0) + 1:0{width}d}"


def edit_checked(
    record: Any, values: Mapping[str, Any], check: Check, *, actor: Any, revision: int | None, at: dt.datetime | None = None
) -> Any:
    """Write `values` into the record under its lock; nothing happens when nothing differs."""
    with changing(record, actor=actor, revision=revision, at=at) as change:
        for name, value in values.items():
            setattr(change.record, name, value)
        check(change.record)
    return record
