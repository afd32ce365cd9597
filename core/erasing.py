"""What the mechanism keeps of a person beside the records, and how it is forgotten: rows and files of imports, files that wait,
sessions, addresses, words of the search index, kept pages. And the search for what is left.

A person is told from others by *marks*: name, addresses, numbers, as they were before they were emptied.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.imports.pending import PENDING
from core.imports.registry import kinds
from core.models import ImportBatch, ImportRow, SearchEntry, SearchWord
from core.models.imports import BatchState, Outcome
from core.search_engines import engine
from core.text import fold
from core.workflow import StepRefused

#: A shorter text tells nobody from anybody.
SHORTEST_MARK = 5
#: A number of a telephone has so many digits at least.
SHORTEST_NUMBER = 7
CHUNK = 500


@dataclass(frozen=True)
class Marks:
    """By what a person is found in texts: folded `words` (names, addresses) and the digits of `numbers`."""

    words: frozenset[str]
    numbers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str], numbers: Iterable[str] = ()) -> Marks:
        words = frozenset(folded for text in texts if len(folded := fold(text or "")) >= SHORTEST_MARK)
        return cls(words, frozenset(found for text in numbers if len(found := digits(text or "")) >= SHORTEST_NUMBER))

    def __bool__(self) -> bool:
        return bool(self.words or self.numbers)

    def are_in(self, value: Any) -> bool:
        """Whether a text, or a JSON value, holds one of them."""
        if not value:
            return False
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        folded = fold(text)
        if any(word in folded for word in self.words):
            return True
        return bool(self.numbers) and any(number in digits(text) for number in self.numbers)


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


# --- imports ----------------------------------------------------------------------------------------------------------


def personal_kinds() -> list[str]:
    """The kinds of files that are lists of people."""
    return [kind for kind, resource in kinds().items() if resource.is_personal]


def forget_imports(marks: Marks, record_ids: Collection[int]) -> tuple[int, int]:
    """Empty the rows of imports that are about a person, and delete the files that they came in: (rows, files).

    Raises `StepRefused` while a list of people is being imported: it may bring the person back.
    """
    # Trials of files that wait hold the same cells.
    batches = ImportBatch._base_manager.filter(kind__in=personal_kinds())
    if batches.filter(state__in=[BatchState.QUEUED, BatchState.RUNNING]).exists():
        raise StepRefused(_("A list of people is being imported: wait for its end and try again."), code="import")
    touched: dict[int, int] = {}
    for row in ImportRow.objects.filter(batch__in=batches).order_by("pk").iterator(chunk_size=CHUNK):
        if row.record_id in record_ids or marks.are_in([row.values, row.before, row.problems]):
            touched[row.batch_id] = touched.get(row.batch_id, 0) + 1
            empty_row(row)
    files = 0
    for batch in batches.order_by("pk"):
        files += empty_batch(batch, marks, has_rows=batch.pk in touched)
    return sum(touched.values()), files


def empty_row(row: ImportRow) -> None:
    """Keep that there was a row and what became of it. One that still waited does not wait any longer."""
    ImportRow.objects.filter(pk=row.pk).update(values={}, before={}, problems=[], key_hash="")
    if row.outcome == Outcome.QUARANTINED:
        ImportRow.objects.filter(pk=row.pk).update(outcome=Outcome.SKIPPED)
        ImportBatch._base_manager.filter(pk=row.batch_id).update(quarantined=F("quarantined") - 1, skipped=F("skipped") + 1)


def empty_batch(batch: ImportBatch, marks: Marks, *, has_rows: bool) -> int:
    """Delete the file when it may name the person, and what was said about it. How many files."""
    values: dict[str, Any] = {}
    if marks.are_in(batch.file_name):
        values["file_name"] = ""
    for name in ("plan", "notes", "mapping", "left_out"):
        kept = getattr(batch, name)
        if marks.are_in(kept):
            values[name] = type(kept)()
    stored = batch.file.name
    if stored and (has_rows or values):
        values["file"] = ""
        transaction.on_commit(lambda: default_storage.delete(stored))
    if values:
        ImportBatch._base_manager.filter(pk=batch.pk).update(**values)
    return int("file" in values)


def forget_waiting_files() -> int:
    """Delete all files that wait until their import is confirmed: they are chosen again. How many."""
    try:
        names = default_storage.listdir(PENDING)[1]
    except (FileNotFoundError, NotADirectoryError):
        return 0
    for name in names:
        default_storage.delete(f"{PENDING}/{name}")
    return len(names)


# --- accounts, addresses, pages -----------------------------------------------------------------------------------------


def end_sessions(user_ids: Collection[int]) -> int:
    """Delete the sessions of these accounts; how many."""
    wanted = {str(pk) for pk in user_ids}
    gone = [each.pk for each in Session.objects.iterator() if each.get_decoded().get("_auth_user_id") in wanted]
    return Session.objects.filter(pk__in=gone).delete()[0]


def forget_account(user: models.Model, leave: Collection[type[models.Model]] = ()) -> None:
    """Delete every row that belongs to an account (settings, mails, second factors, addresses), except those of `leave`."""
    for relation in user._meta.get_fields(include_hidden=True):
        if not isinstance(relation, (models.ManyToOneRel, models.OneToOneRel)) or relation.on_delete is not models.CASCADE:
            continue
        if relation.related_model not in leave:
            relation.related_model._base_manager.filter(**{relation.field.name: user.pk}).delete()


def forget_addresses(emails: Collection[str], leave: Collection[type[models.Model]]) -> int:
    """Delete every row elsewhere that holds one of these e-mail addresses: whoever follows a record by mail, who is invited."""
    gone = 0
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, models.EmailField)]
        for name in names if model not in leave else ():
            for email in emails:
                gone += model._base_manager.filter(**{f"{name}__iexact": email}).delete()[0]
    return gone


def forget_words(texts: Iterable[str]) -> None:
    """Take the words of folded texts (a name, a post) out of the vocabulary of the search, those that no entry holds, and out of what is left of the
    deleted entries: SQLite's index drops deleted words only when it is put in order."""
    for word in {word for text in texts for word in re.findall(r"[^\W_]+", text)}:
        if not SearchEntry.objects.filter(tokens__icontains=word).exists():
            SearchWord.objects.filter(word=word).delete()
    engine().settle()


def forget_pages() -> None:
    """Drop the kept pages. None of them is valid any longer; so none lies about in memory either."""
    for name in ("pages", "answers"):
        caches[name].clear()


# --- what is left -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A column of a row that still holds a mark."""

    model: str
    field: str
    key: str

    def __str__(self) -> str:
        return f"{self.model}.{self.field} {self.key}"


def places(marks: Marks, leave: Mapping[str, Collection[str]] | None = None) -> Iterator[Place]:
    """Every column of every record that still holds one of the marks, in the order of the models; `leave`: label → fields."""
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        left = (leave or {}).get(label, ())
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField, models.FileField))
            and field.name not in left
        ]
        if not names or not model._meta.managed:
            continue
        for row in model._base_manager.order_by("pk").values("pk", *names).iterator(chunk_size=CHUNK):
            for name in names:
                if marks.are_in(row[name]):
                    yield Place(label, name, key_of(model, row["pk"]))


def key_of(model: type[models.Model], pk: Any) -> str:
    record = model._base_manager.filter(pk=pk).first()
    return str(getattr(record, "public_key", "") or pk)


def leave_nothing_behind() -> None:
    """SQLite keeps the bytes of deleted rows in its file until it is written anew; PostgreSQL's vacuum sees to it by itself.

    Outside of a transaction only.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
