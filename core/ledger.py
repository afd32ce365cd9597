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
from django.utils.translation import gettext as _

from core.events import plain
from core.models import LedgerEntry, LedgerHead


def fingerprint(document: Mapping[str, Any]) -> str:
    """SHA-256 over the RFC 8785 text of a public document: what its own `sha256` column holds."""
    return hashlib.sha256(rfc8785.dumps(plain(document))).hexdigest()


def instant(moment: dt.datetime) -> str:
    """An instant as the ledger writes it: UTC, six decimals."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


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
        "at": instant(moment),
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


def entered_fingerprints(act: str) -> dict[str, str]:
    """Record → the fingerprint (`sha256`) that the ledger holds of it for this act, the newest one."""
    rows = LedgerEntry.objects.filter(act=act).order_by("number").values_list("record_key", "canonical")
    return {key: str(json.loads(canonical)["payload"].get("sha256", "")) for key, canonical in rows.iterator(chunk_size=500)}


def verify() -> list[str]:
    """Walk the whole chain; one sentence for each thing that does not hold, empty when all is well."""
    problems = []
    previous, expected = "", 1
    for entry in LedgerEntry.objects.order_by("number").iterator(chunk_size=500):
        if entry.number != expected:
            problems.append(_("Entry %(number)s is missing.") % {"number": expected})
            expected = entry.number
        problems.extend(_problems_of(entry, previous))
        previous, expected = entry.sha256, expected + 1
    head = LedgerHead.objects.filter(pk=1).first()
    if (head.number, head.sha256) != (expected - 1, previous) if head is not None else expected > 1:
        problems.append(_("The end of the chain is not where it was recorded."))
    return problems


def _problems_of(entry: LedgerEntry, previous: str) -> list[str]:
    """What does not hold in one entry, given the fingerprint of the entry before."""
    words = {"number": entry.number, "before": entry.number - 1}
    problems = []
    if hashlib.sha256(entry.canonical.encode()).hexdigest() != entry.sha256:
        problems.append(_("Entry %(number)s: the text does not give the recorded fingerprint.") % words)
    try:
        document = json.loads(entry.canonical)
        canonical = rfc8785.dumps(document)
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        document, canonical = {}, b""
    if not isinstance(document, dict) or canonical != entry.canonical.encode():
        problems.append(_("Entry %(number)s: the text is not canonical JSON.") % words)
        document = document if isinstance(document, dict) else {}
    if document.get("previous") != previous or entry.previous_sha256 != previous:
        problems.append(_("Entry %(number)s does not follow from entry %(before)s.") % words)
    columns = {"number": entry.number, "act": entry.act, "record": entry.record_key, "at": instant(entry.at)}
    if any(document.get(name) != value for name, value in columns.items()):
        problems.append(_("Entry %(number)s: the columns differ from the text.") % words)
    return problems
