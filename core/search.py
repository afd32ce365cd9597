"""The search box: one interface, the same matches and the same order on SQLite (FTS5) and PostgreSQL (GIN).

A record that has `search_entry()` is kept in step in the transaction of its change: the answer is a dict of
`kind, title_es, title_en, summary_es, summary_en, text` for a public record and None for one that is not public, so the
index holds nothing that is not public.

A word of a query matches a word of the text that begins with it, or one with the same Spanish or English stem; words in
double quotes match as they stand, one after the other. Any text is a safe query: it is taken apart into words, and only
letters and digits reach the database. The databases give up to `CANDIDATES` matches; those are ranked here, so the cost
of a very common word is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core import gathering
from core.imports.candidates import learn as learn_names
from core.imports.candidates import learn_many, names_of
from core.models import SearchEntry
from core.stems import stems_of, tokens_of, words_in
from core.text import clean, clean_line, fold

MOST_WORDS = 8
MOST_LETTERS = 200
CANDIDATES = 200
#: Order of kinds among equals.
KINDS = ("agreement", "proposal", "commitment", "meeting", "agency", "organization", "edition", "antecedent", "participant")


@dataclass(frozen=True)
class Term:
    """A word with its stems, or a quoted phrase of several words."""

    words: tuple[str, ...]
    stems: tuple[str, ...] = ()
    quoted: bool = False


@dataclass
class Results:
    """Ranked entries. `more` says that there are further matches than these, so their number is not known."""

    entries: list[SearchEntry]
    more: bool = False
    terms: list[Term] = field(default_factory=list)

    def __iter__(self) -> Iterator[SearchEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def counts(self) -> dict[str, int]:
        """How many of these entries are of each kind, in the order of `KINDS`."""
        numbers = {kind: sum(entry.kind == kind for entry in self.entries) for kind in KINDS}
        return {kind: number for kind, number in numbers.items() if number}


def terms_of(query: str) -> list[Term]:
    """The terms of a query, at most eight; none when it holds no letter and no digit."""
    terms: list[Term] = []
    for number, part in enumerate(clean_line(query[:MOST_LETTERS]).split('"')):
        words = words_in(part)
        if number % 2 and len(words) > 0:
            folded = tuple(fold(" ".join(words)).split())[:MOST_WORDS]
            if folded:
                terms.append(Term(folded, quoted=True))
            continue
        for word in words:
            terms.extend(Term((folded,), stems_of(word)) for folded in fold(word).split())
    return terms[:MOST_WORDS]


def words_of(query: str) -> list[str]:
    """The folded words of a query, bounded, for filters over `folded` columns."""
    return fold(query[:MOST_LETTERS].replace("\x00", " ")).split()[:MOST_WORDS]


def find(query: str, kind: str = "") -> Results:
    """The entries that match every term of `query`, best first. One query, bounded in cost."""
    terms = terms_of(query)
    if not terms:
        return Results([], terms=terms)
    found = list(engine().matching(terms, kind, CANDIDATES + 1))
    more = len(found) > CANDIDATES
    phrase = fold(query)
    return Results(sorted(found[:CANDIDATES], key=lambda entry: rank(entry, terms, phrase)), more, terms)


def rank(entry: SearchEntry, terms: list[Term], phrase: str) -> tuple[Any, ...]:
    """What sorts first: the record's own key, then terms in the title, whole words before beginnings, kinds, newest."""
    title = f" {fold(entry.title_es, entry.title_en)} "
    whole = sum(f" {' '.join(term.words)} " in title for term in terms)
    begun = sum(f" {' '.join(term.words)}" in title for term in terms)
    order = KINDS.index(entry.kind) if entry.kind in KINDS else len(KINDS)
    return (fold(entry.record_key) != phrase, -whole, -begun, order, -entry.pk)


def refresh(record: Any) -> None:
    """Bring the entry of `record` up to date: write it, or remove it when the record is not public. With it goes the index
    by which imports find a record whose name is written in another way."""
    if (gathered := gathering.current()) is not None:
        gathered.refresh(record)
        return
    learn_names(record)
    if not hasattr(record, "search_entry"):
        return
    entry = record.search_entry()
    where = {"model": record._meta.label_lower, "record_id": record.pk}
    if entry is None:
        for row in SearchEntry.objects.filter(**where):
            engine().forget([row.pk])
            row.delete()
        return
    row, _new = SearchEntry.objects.update_or_create(**where, defaults=row_of(record, entry))
    engine().learn([row])


def refresh_many(records: Iterable[Any], fresh: dict[type[Any], set[Any]]) -> None:
    """The same for many records in a few queries. `fresh`: model → ids of records that are new and have no entry yet."""
    by_model: dict[type[Any], list[tuple[Any, Any]]] = {}
    named: dict[type[Any], list[Any]] = {}
    for record in records:
        if names_of(type(record)) is not None:
            named.setdefault(type(record), []).append(record)
        if not hasattr(record, "search_entry"):
            continue
        entry = record.search_entry()
        if entry is not None or record.pk not in fresh.get(type(record), ()):
            by_model.setdefault(type(record), []).append((record, entry))
    for model, with_names in named.items():
        learn_many(with_names, fresh.get(model, frozenset()))
    for model, pairs in by_model.items():
        label = model._meta.label_lower
        there = {row.record_id: row for row in SearchEntry.objects.filter(model=label, record_id__in=[r.pk for r, _e in pairs])}
        gone = [there[record.pk].pk for record, entry in pairs if entry is None and record.pk in there]
        rows = [
            SearchEntry(
                pk=there[record.pk].pk if record.pk in there else None,
                **{"model": label, "record_id": record.pk, **row_of(record, entry)},
            )
            for record, entry in pairs
            if entry is not None
        ]
        if gone:
            engine().forget(gone)
            SearchEntry.objects.filter(pk__in=gone).delete()
        added, changed = [row for row in rows if row.pk is None], [row for row in rows if row.pk is not None]
        SearchEntry.objects.bulk_create(added)
        columns = [field.name for field in SearchEntry._meta.concrete_fields if not field.primary_key]
        if changed:
            SearchEntry.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=columns)
        engine().learn([*added, *changed])


def row_of(record: Any, entry: dict[str, str]) -> dict[str, Any]:
    """The columns of an entry; `tokens` is the text that the engines index."""
    values = dict(entry)
    text = values.pop("text", "")
    words = " ".join([record.public_key, *(value for name, value in values.items() if name != "kind"), text])
    return {**values, "record_key": record.public_key, "is_sample": record.is_sample, "tokens": clean(words)}


def rebuild(models: Iterable[Any]) -> int:
    """Write the whole index anew from the records of `models`; returns the number of entries."""
    SearchEntry.objects.all().delete()
    engine().forget_all()
    for model in models:
        batch: list[SearchEntry] = []
        for record in model._default_manager.order_by("pk").iterator(chunk_size=500):
            entry = record.search_entry()
            if entry is not None:
                batch.append(SearchEntry(model=model._meta.label_lower, record_id=record.pk, **row_of(record, entry)))
            if len(batch) >= 500:
                engine().learn(SearchEntry.objects.bulk_create(batch))
                batch = []
        engine().learn(SearchEntry.objects.bulk_create(batch))
    return SearchEntry.objects.count()


class Fts5:
    """SQLite: a full-text table beside the entries, with a column for words and one for stems."""

    def matching(self, terms: list[Term], kind: str, limit: int) -> Iterable[SearchEntry]:
        sql = "SELECT e.* FROM core_search_fts f JOIN core_searchentry e ON e.id = f.rowid WHERE core_search_fts MATCH %s"
        values: list[Any] = [" AND ".join(self.expression(term) for term in terms)]
        if kind:
            sql += " AND e.kind = %s"
            values.append(kind)
        return SearchEntry.objects.raw(f"{sql} LIMIT {int(limit)}", values)

    def expression(self, term: Term) -> str:
        if term.quoted:
            return '{words} : "' + " ".join(term.words) + '"'
        word = term.words[0]
        choices = ['{words} : "' + word + '"' + ("*" if len(word) > 1 else "")]
        choices += ['{stems} : "' + stem + '"' for stem in term.stems]
        return "(" + " OR ".join(choices) + ")"

    def learn(self, entries: Iterable[SearchEntry]) -> None:
        rows = []
        for entry in entries:
            tokens = tokens_of(entry.tokens)
            stems = sorted({stem for _word, found in tokens for stem in found})
            rows.append((entry.pk, " ".join(word for word, _stems in tokens), " ".join(stems)))
        self.forget([row[0] for row in rows])
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO core_search_fts (rowid, words, stems) VALUES (%s, %s, %s)", rows)

    def forget(self, numbers: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM core_search_fts WHERE rowid = %s", [(number,) for number in numbers])

    def forget_all(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_search_fts")


class Gin:
    """PostgreSQL: a tsvector column under a GIN index. Vectors and queries are written out, so no parser differs."""

    def matching(self, terms: list[Term], kind: str, limit: int) -> Iterable[SearchEntry]:
        columns = ", ".join(f"e.{column.column}" for column in SearchEntry._meta.concrete_fields)
        sql = f"SELECT {columns} FROM core_searchentry e WHERE e.vector @@ %s::tsquery"  # noqa: S608
        values: list[Any] = [" & ".join(self.expression(term) for term in terms)]
        if kind:
            sql += " AND e.kind = %s"
            values.append(kind)
        return SearchEntry.objects.raw(f"{sql} LIMIT {int(limit)}", values)

    def expression(self, term: Term) -> str:
        if term.quoted:
            return "(" + " <-> ".join(f"'{word}'" for word in term.words) + ")"
        word = term.words[0]
        return "(" + " | ".join([f"'{word}'" + (":*" if len(word) > 1 else ""), *(f"'{stem}'" for stem in term.stems)]) + ")"

    def learn(self, entries: Iterable[SearchEntry]) -> None:
        rows = []
        for entry in entries:
            places: dict[str, list[int]] = {}
            for place, (word, stems) in enumerate(tokens_of(entry.tokens), start=1):
                # A tsvector holds positions up to 16383 and 255 of them for a word.
                for token in (word, *stems):
                    if len(places.setdefault(token, [])) < 255 and place < 16384:
                        places[token].append(place)
            vector = " ".join(
                f"'{token}':{','.join(map(str, found))}" if found else f"'{token}'" for token, found in places.items()
            )
            rows.append((vector, entry.pk))
        with connection.cursor() as cursor:
            for start in range(0, len(rows), 200):
                some = rows[start : start + 200]
                values = ", ".join(["(%s::tsvector, %s::bigint)"] * len(some))
                cursor.execute(
                    f"UPDATE core_searchentry e SET vector = v.vector FROM (VALUES {values}) AS v (vector, id) WHERE e.id = v.id",  # noqa: S608
                    [value for row in some for value in row],
                )

    def forget(self, numbers: list[int]) -> None:
        """The vector goes with its row."""

    def forget_all(self) -> None:
        """The vectors go with their rows."""


def engine() -> Fts5 | Gin:
    return Gin() if connection.vendor == "postgresql" else Fts5()


def highlighted(text: str, terms: list[Term], width: int = 220) -> list[tuple[str, bool]]:
    """A passage of `text` around the first match, as (piece, matches) pairs: the template marks them, nothing is markup."""
    pieces = re.split(r"([^\W_]+)", clean_line(text))
    hits = [number for number, piece in enumerate(pieces) if number % 2 and matches(piece, terms)]
    start = max(0, (hits[0] if hits else 0) - 16)
    found: list[tuple[str, bool]] = [("… ", False)] if start else []
    length = 0
    for number in range(start, len(pieces)):
        if length > width:
            found.append((" …", False))
            break
        found.append((pieces[number], number in hits))
        length += len(pieces[number])
    return [pair for pair in found if pair[0]]


def matches(word: str, terms: list[Term]) -> bool:
    folded, stems = fold(word), set(stems_of(word))
    return any(
        folded in term.words if term.quoted else folded.startswith(term.words[0]) or bool(stems.intersection(term.stems))
        for term in terms
    )
