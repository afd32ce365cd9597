"""What the doors of this package have in common."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from core.models.folio import note_number


def moment_of(at: dt.datetime | None) -> dt.datetime:
    return at or timezone.now()


def day_of(moment: dt.datetime, zone: str) -> dt.date:
    """The date on the wall calendar of `zone` at that moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def account(actor: Any) -> Any:
    """The account of an actor for a `recorded by` column; None for the application itself."""
    return actor if getattr(actor, "pk", None) is not None else None


def assign(record: Any, values: Mapping[str, Any], allowed: Collection[str]) -> None:
    """Give the record these values. Raises ValueError for a name that this door does not write."""
    unknown = set(values) - set(allowed)
    if unknown:
        raise ValueError(f"{type(record).__name__}: this door does not write {', '.join(sorted(unknown))}.")
    for name, value in values.items():
        setattr(record, name, value)


def note_folio(folio: str, scope: str) -> None:
    """A folio came with the values (an import): its number is never given again."""
    match = re.fullmatch(rf"{re.escape(scope)}-?(\d{{1,6}})", folio)
    if match:
        note_number(scope, int(match[1]))


def in_both(record: Any, name: str) -> dict[str, str]:
    """The Spanish and the English text of a field, for a snapshot."""
    return {"es": getattr(record, f"{name}_es"), "en": getattr(record, f"{name}_en")}


def iso(date: dt.date | None) -> str | None:
    return date.isoformat() if date is not None else None


def keys(records: Iterable[Any]) -> list[str]:
    """Public keys in a fixed order."""
    return sorted(str(getattr(record, "public_key", None) or record.key) for record in records)
