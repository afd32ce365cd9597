"""Appending to the public ledger and verifying it.

The hash of an entry is SHA-256 over the RFC 8785 text of
`{"act", "at", "number", "payload", "previous", "record"}`; `previous` is the hash of the entry before ('' for the
first). Anyone who has the entries can repeat it with any RFC 8785 implementation.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785
from django.db import connection
from django.utils import timezone

from core.events import plain
from core.models import LedgerEntry, LedgerHead


def fingerprint(document: Mapping[str, Any]) -> str:
    """SHA-256 over the RFC 8785 text of a public document: what its own `sha256` column holds."""
    return hashlib.sha256(rfc8785.dumps(plain(document))).hexdigest()


def append(act: str, record_key: str, payload: Mapping[str, Any], *, at: dt.datetime | None = None) -> LedgerEntry:
    """Add one public act to the chain, inside the transaction of the act itself.

    `payload` holds public facts only; people by opaque id. Returns the entry.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A public act is entered in the ledger in its own transaction: open transaction.atomic() first.")
    LedgerHead.objects.get_or_create(pk=1)
    head = LedgerHead.objects.select_for_update().get(pk=1)
    moment = at or timezone.now()
    document = {
        "act": act,
        "at": moment.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "number": head.number + 1,
        "payload": plain(payload),
        "previous": head.sha256,
        "record": record_key,
    }
    canonical = rfc8785.dumps(document)
    entry = LedgerEntry.objects.create(
        number=head.number + 1,
        at=moment,
        act=act,
        record_key=record_key,
        canonical=canonical.decode(),
        previous_sha256=head.sha256,
        sha256=hashlib.sha256(canonical).hexdigest(),
    )
    head.number, head.sha256 = entry.number, entry.sha256
    head.save(update_fields=["number", "sha256"])
    return entry


def verify() -> list[str]:
    """Walk the whole chain; one sentence for each thing that does not hold, empty when all is well."""
    problems = []
    previous, expected = "", 1
    for entry in LedgerEntry.objects.order_by("number").iterator(chunk_size=500):
        digest = hashlib.sha256(entry.canonical.encode()).hexdigest()
        if entry.number != expected:
            problems.append(f"Entry {expected} is missing.")
            expected = entry.number
        if digest != entry.sha256:
            problems.append(f"Entry {entry.number}: the text does not give the recorded fingerprint.")
        try:
            document = json.loads(entry.canonical)
            canonical = rfc8785.dumps(document)
        except (ValueError, RecursionError, rfc8785.CanonicalizationError):
            document, canonical = {}, b""
        if not isinstance(document, dict) or canonical != entry.canonical.encode():
            problems.append(f"Entry {entry.number}: the text is not canonical JSON.")
            document = document if isinstance(document, dict) else {}
        if document.get("previous") != previous or entry.previous_sha256 != previous:
            problems.append(f"Entry {entry.number} does not follow from entry {entry.number - 1}.")
        if (document.get("number"), document.get("act"), document.get("record")) != (entry.number, entry.act, entry.record_key):
            problems.append(f"Entry {entry.number}: the columns differ from the text.")
        previous, expected = entry.sha256, expected + 1
    head = LedgerHead.objects.filter(pk=1).first()
    if head is not None and (head.number, head.sha256) != (expected - 1, previous):
        problems.append("The end of the chain is not where it was recorded.")
    return problems
