"""The search box: one interface, the same matches on every database.

A record that has `search_entry()` is kept in step in the transaction of its change: the answer is a dict of
`kind, title_es, title_en, summary_es, summary_en, text` for a public record and None for one that is not public.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from core.models import SearchEntry
from core.text import fold

MOST_WORDS = 8
MOST_LETTERS = 200


def refresh(record: Any) -> None:
    """Bring the entry of `record` up to date: write it, or remove it when the record is not public."""
    if not hasattr(record, "search_entry"):
        return
    entry = record.search_entry()
    where = {"model": record._meta.label_lower, "record_id": record.pk}
    if entry is None:
        SearchEntry.objects.filter(**where).delete()
        return
    SearchEntry.objects.update_or_create(**where, defaults=row_of(record, entry))


def row_of(record: Any, entry: dict[str, str]) -> dict[str, Any]:
    text = entry.pop("text", "")
    return {
        **entry,
        "record_key": record.public_key,
        "is_sample": record.is_sample,
        "tokens": " " + fold(record.public_key, *entry.values(), text),
    }


def words_of(query: str) -> list[str]:
    """The folded words of a query, bounded: any text is a safe query."""
    return fold(query[:MOST_LETTERS].replace("\x00", " ")).split()[:MOST_WORDS]


def find(query: str, kind: str = "") -> Any:
    """Entries in which each word of `query` begins a word, best known order: by id, newest first."""
    words = words_of(query)
    entries = SearchEntry.objects.all()
    if not words:
        return entries.none()
    condition = Q()
    for word in words:
        condition &= Q(tokens__contains=f" {word}")
    if kind:
        condition &= Q(kind=kind)
    return entries.filter(condition)
