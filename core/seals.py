"""Sealing the audit trail and verifying it.

Events are not chained one by one: a chain has one end, and everybody who writes would wait for it. They are written freely,
and sealed in batches by whoever has time (`postman`, `manage.py seal_events`): a seal is a fingerprint over its events and the
seal before. What was written since the last seal, some minutes at most, is guarded by the database alone (`core.locks`).

Ids are given before a transaction ends, so on PostgreSQL an event may appear below ids that are sealed. Each seal says which
ids it did not see; what appears there later is sealed with the next one, as `late`.

Somebody who can write to the database as its owner can make the whole chain anew. The end of it, said by the command and in
the log, tells when it is kept elsewhere (docs/threat-model.md).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Event, EventSeal

log = logging.getLogger("acuerda.audit")

COLUMNS = (
    *("id", "at", "actor_id", "actor_label", "model", "record_id", "record_key", "edition_slug", "action", "changes"),
    *("reason", "origin"),
)
#: Events under one seal.
MOST = 10_000
#: Somebody who writes all the time makes one seal a minute, not one for each event.
PAUSE = dt.timedelta(minutes=1)
#: No transaction takes longer: an id that is still missing then will not come.
LONGEST_TRANSACTION = dt.timedelta(days=2)


def instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def compact(value: Any) -> str:
    """JSON on one line with sorted keys."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def line(row: tuple[Any, ...]) -> bytes:
    """An event as it is sealed: JSON with sorted keys, the same on both databases."""
    values = [instant(value) if isinstance(value, dt.datetime) else value for value in row]
    return json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def read(condition: Q, most: int | None = None) -> Iterator[tuple[Any, ...]]:
    rows = Event.objects.filter(condition).order_by("id").values_list(*COLUMNS)
    return iter(rows[:most] if most else rows.iterator(chunk_size=2000))


def within(ranges: Iterable[list[int]]) -> Q:
    """Events whose ids lie in one of these ranges; none for no range."""
    found = Q(pk__in=[])
    for first, last in ranges:
        found |= Q(id__gte=first, id__lte=last)
    return found


def missing(first: int, ids: Iterable[int]) -> list[list[int]]:
    """The ranges of ids from `first` on that are not among `ids` (sorted).

    >>> missing(1, [1, 2, 5, 9])
    [[3, 4], [6, 8]]
    """
    found = []
    for number in ids:
        if number > first:
            found.append([first, number - 1])
        first = number + 1
    return found


def fingerprint(seal: EventSeal, events: str) -> str:
    text = json.dumps(
        [seal.number, instant(seal.at), seal.last_id, seal.count, seal.gaps, seal.late, seal.previous_sha256, events],
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def seal_due(*, most: int = MOST, at_once: bool = False) -> int:
    """Seal what is not sealed yet, a batch at a time; how many events. Two at once: one of them gives way."""
    sealed = 0
    while True:
        last = EventSeal.objects.order_by("-number").first()
        if last is not None and not at_once and not sealed and timezone.now() - last.at < PAUSE:
            return 0
        try:
            with transaction.atomic():
                made = seal_next(last, most)
        except IntegrityError:
            return sealed
        if made is None:
            return sealed
        sealed += made.count
        log.info("The audit is sealed up to event %s: seal %s, %s", made.last_id, made.number, made.sha256)


def seal_next(last: EventSeal | None, most: int) -> EventSeal | None:
    """The seal after `last`; None when there is nothing to seal."""
    border = last.last_id if last is not None else 0
    late = [row for row in read(within(open_gaps())) if row[0] <= border] if last is not None else []
    new = list(read(Q(id__gt=border), most))
    if not late and not new:
        return None
    ids = [row[0] for row in new]
    seal = EventSeal(
        number=last.number + 1 if last is not None else 1,
        at=timezone.now(),
        last_id=ids[-1] if ids else border,
        count=len(late) + len(new),
        gaps=missing(border + 1, ids),
        late=[row[0] for row in late],
        previous_sha256=last.sha256 if last is not None else "",
    )
    seal.sha256 = fingerprint(seal, digest([*late, *new]))
    seal.save(force_insert=True)
    return seal


def digest(rows: Iterable[tuple[Any, ...]]) -> str:
    found = hashlib.sha256()
    for row in rows:
        found.update(line(row))
    return found.hexdigest()


def open_gaps() -> list[list[int]]:
    """The ids that seals of the last two days did not see and no later seal has."""
    recent = list(EventSeal.objects.filter(at__gte=timezone.now() - LONGEST_TRANSACTION).values_list("gaps", "late"))
    came = sorted({number for _gaps, late in recent for number in late})
    return [part for gaps, _late in recent for gap in gaps for part in without(gap, came)]


def without(gap: list[int], numbers: Iterable[int]) -> list[list[int]]:
    """A range without some of its ids.

    >>> without([1, 5], [3, 9])
    [[1, 2], [4, 5]]
    """
    inside = [number for number in numbers if gap[0] <= number <= gap[1]]
    return missing(gap[0], [*inside, gap[1] + 1])


def verify() -> list[str]:
    """Walk the chain; one sentence for each thing that does not hold, empty when all is well."""
    problems: list[str] = []
    previous, expected, border = "", 1, 0
    came = {number for late in EventSeal.objects.values_list("late", flat=True) for number in late}
    for seal in EventSeal.objects.order_by("number").iterator(chunk_size=200):
        words = {"number": seal.number, "first": border + 1, "last": seal.last_id}
        if seal.number != expected or seal.previous_sha256 != previous:
            problems.append(_("Audit: seal %(number)s does not follow from the one before.") % words)
        rows = list(read(Q(pk__in=seal.late)))
        rows += [row for row in read(Q(id__gt=border, id__lte=seal.last_id)) if row[0] not in came]
        if fingerprint(seal, digest(rows)) != seal.sha256:
            problems.append(
                _("Audit: among the events %(first)s to %(last)s something was changed, is missing or was added.") % words
            )
        previous, expected, border = seal.sha256, seal.number + 1, seal.last_id
    return problems


def head() -> dict[str, Any]:
    """Where the chain ends: `number`, `sha256`, `last_id`; and `open`, how many events are not sealed yet (up to a thousand)."""
    last = EventSeal.objects.order_by("-number").first()
    border = last.last_id if last is not None else 0
    return {
        "number": last.number if last is not None else 0,
        "sha256": last.sha256 if last is not None else "",
        "last_id": border,
        "open": Event.objects.filter(id__gt=border).order_by()[:1000].count(),
    }
