"""Writing events: who changed what, field by field, in the same transaction as the change."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from django.core.cache import cache
from django.db import connection, models, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from core import gathering
from core.bulk import made
from core.models import Event, Record
from core.models.event import Origin
from core.models.tally import TIDY_EVERY
from core.models.tally import compact as compact_tallies
from core.outbox.writing import announce

_origin: ContextVar[str] = ContextVar("origin", default=Origin.COMMAND.value)

_watched: ContextVar[list[Event] | None] = ContextVar("watched", default=None)

#: Columns that say nothing about the matter of a record.
HOUSEKEEPING = frozenset({"id", "created_at", "updated_at", "revision", "folded", "sort", "sort_en", "password", "last_login"})
MASK = "•"
#: What is JSON as it is.
SIMPLE = frozenset({str, int, bool, float, type(None)})
MOST_DENIED = 30
#: By which personal data are read or taken along, as against changed: what `record_read` writes, and nothing else.
READING = frozenset(
    {
        *("see_contact_data", "see_participants", "see_people", "see_accounts", "see_import_rows", "see_import_file"),
        *("see_file", "print_list", "export", "read_audit"),
    }
)
#: A longer part of an address may be a secret of a mail.
LONGEST_NAMED = 24


class Actor(Protocol):
    """Whoever acts: a user of the application."""

    pk: Any

    @property
    def acting_label(self) -> str: ...


class System:
    """The application itself, for the steps that follow from others."""

    pk = None
    acting_label = "system"
    is_active = True
    is_authenticated = False

    def __repr__(self) -> str:
        return "SYSTEM"


SYSTEM = System()


@contextmanager
def acting_from(origin: str) -> Iterator[None]:
    """Within this block events say that they came from `origin` (page, admin, import, command)."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def current_origin() -> str:
    return _origin.get()


@contextmanager
def watching() -> Iterator[list[Event]]:
    """Collects the events that are written within this block."""
    kept: list[Event] = []
    token = _watched.set(kept)
    try:
        yield kept
    finally:
        _watched.reset(token)


def plain(value: Any) -> Any:
    """A value as JSON: related records by public key, dates in ISO 8601, amounts as text."""
    if type(value) in SIMPLE:
        return value
    if type(value) is list and SIMPLE.issuperset(map(type, value)):
        return value
    if isinstance(value, Record):
        return value.public_key
    if isinstance(value, models.Model):
        names = ("public_key", "code", "key")
        return str(next((key for name in names if (key := getattr(value, name, None))), value.pk))
    if isinstance(value, FieldFile):
        return value.name or ""
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    if isinstance(value, (str, int, float)):
        return value
    return str(value)


def values_of(record: models.Model) -> dict[str, Any]:
    """The columns of a record as they stand, without housekeeping. Foreign keys by database id (resolved when shown)."""
    return {
        name: str(getattr(record, name) or "") if is_file else getattr(record, name)
        for name, is_file in columns_told(type(record))
    }


@functools.cache
def columns_told(model: type[models.Model]) -> list[tuple[str, bool]]:
    """(attribute, whether it is a file) of the columns that events tell of."""
    fields = sorted(model._meta.concrete_fields, key=lambda field: isinstance(field, models.FileField))
    return [(f.attname, isinstance(f, models.FileField)) for f in fields if f.name not in HOUSEKEEPING]


def difference(record: models.Model, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """`{field: [before, after]}` of what differs, as plain JSON; private fields masked, related records by key."""
    private: frozenset[str] = getattr(record, "PRIVATE", frozenset())
    changes: dict[str, list[Any]] = {}
    for field in record._meta.concrete_fields:
        if field.attname not in after or before.get(field.attname) == after[field.attname]:
            continue
        pair = [before.get(field.attname), after[field.attname]]
        if field.name in private:
            changes[field.name] = [MASK if value not in (None, "") else "" for value in pair]
        elif isinstance(field, models.ForeignKey):
            changes[field.name] = [related_key(record, field, value) for value in pair]
        else:
            changes[field.name] = plain(pair)
    return changes


def related_key(record: models.Model, field: models.ForeignKey[Any, Any], pk: Any) -> Any:
    """The public key of the record that a foreign key points to; costs a query only when it is not at hand."""
    if pk is None:
        return None
    if getattr(record, field.attname) == pk and field.is_cached(record):
        return plain(getattr(record, field.name))
    model: Any = field.related_model
    found = model._base_manager.filter(pk=pk).first()
    return plain(found) if found is not None else None


def record_event(
    record: models.Model,
    action: str,
    *,
    actor: Any,
    changes: Mapping[str, Sequence[Any]] | None = None,
    reason: str = "",
    at: dt.datetime | None = None,
) -> Event:
    """Write one event, and what it owes by mail. Must be called inside the transaction of the change itself."""
    gathered = gathering.current()
    if gathered is None and not connection.in_atomic_block:
        raise RuntimeError("An event is written in the transaction of its change: open transaction.atomic() first.")
    event = build_event(record, action, actor=actor, changes=changes, reason=reason, at=at)
    if gathered is not None:
        gathered.event(event, record)
    else:
        event.save()
        if event.pk % TIDY_EVERY == 0:
            compact_tallies()
        announce(event, record)
    if (kept := _watched.get()) is not None:
        kept.append(event)
    return event


def record_read(record: Any, action: str, user: Any, *, changes: Mapping[str, Sequence[Any]] | None = None) -> None:
    """Somebody read or took along personal data: one event about `record` (an edition for a list, the account for all there is).

    `action` is one of `READING`, by which the audit finds it again; any other is a mistake of the program.
    """
    if action not in READING:
        raise ValueError(f"{action} is not a way of reading personal data: core.events.READING")
    with transaction.atomic():
        record_event(record, action, actor=user, changes=changes)


def build_event(
    record: models.Model,
    action: str,
    *,
    actor: Any,
    changes: Mapping[str, Sequence[Any]] | None = None,
    reason: str = "",
    at: dt.datetime | None = None,
) -> Event:
    """An unsaved event, for writing many at once (imports)."""
    edition = getattr(record, "event_edition", None)
    event: Event = made(
        Event,
        at=at or timezone.now(),
        actor_id=getattr(actor, "pk", None),
        actor_label=str(getattr(actor, "acting_label", "") or "system")[:200],
        model=record._meta.label_lower,
        record_id=record.pk,
        record_key=str(getattr(record, "public_key", record.pk))[:80],
        edition_slug=edition.slug if edition is not None else "",
        action=action,
        changes={str(name): plain(pair) for name, pair in (changes or {}).items()},
        reason=reason,
        origin=current_origin(),
    )
    return event


def record_denied(request: Any, action: str) -> None:
    """Somebody with an account asked for what is not theirs: one event, with the page and the public keys of its address.

    Nothing of what was sent is kept. At most `MOST_DENIED` a minute and account, so that nobody fills the table.
    """
    user, match = request.user, request.resolver_match
    key = f"denied:{user.pk}:{timezone.now():%H%M}"
    tried = int(cache.get(key, 0))
    cache.set(key, tried + 1, 120)
    if match is None or tried >= MOST_DENIED:
        return
    named = [str(value) for value in (*match.args, *match.kwargs.values()) if len(str(value)) <= LONGEST_NAMED]
    Event(
        at=timezone.now(),
        actor_id=user.pk,
        actor_label=user.acting_label[:200],
        model="page",
        record_id=0,
        record_key=" ".join([match.view_name, *named]).replace("\x00", "")[:80],
        action=action,
        changes={"method": [None, request.method]},
        origin=current_origin(),
    ).save()


def events_of(record: models.Model) -> models.QuerySet[Event]:
    """The timeline of one record, newest first."""
    return Event.objects.filter(model=record._meta.label_lower, record_id=record.pk).order_by("-id").select_related("actor")
