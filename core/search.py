"""The search box: one interface, the same matches in the same order on SQLite (FTS5) and PostgreSQL (GIN).

A record that has `search_entry()` is kept in step in the transaction of its change: the answer is a dict of
`kind, title_es, title_en, summary_es, summary_en, text`, perhaps with `names` (acronyms and other names, which count as
title), for a public record, and None for one that is not public, so the index holds nothing that is not public.

**What matches.** A word of a query matches a word of the text with the same letters or with the same Spanish or English
stem; a word of three letters or more also words that begin with it (the `BEGINNINGS` shortest of them). Words in double
quotes match as they stand, one after the other (on PostgreSQL, where its words are common, in the newest records that hold them: see
`core.search_engines.CANDIDATES`). Every term must match. Any text is a safe query: it is taken apart into
words, and only letters and digits reach the database.

**What comes first.** In this order: the record whose key, title or acronym is the query (1); those that hold every term as a
whole word in the title (2), or as the beginning of one (3); all others (4). Of each of these at most the `BEST` newest are
candidates, so a title is never missed because too many texts match; agreements come before proposals and so on (`KINDS`).

**What it costs.** Matches are counted up to `EACH` of each kind (`MANY` of one kind that was asked for) and looked for from
the newest on, in parts of the index that grow (`core.search_engines`): a word that all records hold is found in the first
part, a rare one is rare in all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection

from core import gathering
from core.imports.candidates import learn as learn_names
from core.imports.candidates import learn_many, names_of
from core.models import SearchEntry, revision
from core.search_engines import ENOUGH, MANY, Found, Fts5, Gin, Newest, Term, beginnings, engine, exact_mark, note_words
from core.stems import stems_of, words_in
from core.text import clean, clean_line, fold

MOST_WORDS = 8
MOST_LETTERS = 200
#: Matches are counted up to `MANY` of one kind that was asked for, and otherwise up to this many of each kind.
EACH = 400
#: Of each kind so many come first, then the next kind, before the rest of both.
SHARE = 60
#: So many results can be read, the best ones.
BEST = ENOUGH
#: A passage to show is looked for in so many letters of a text.
READ = 6000
#: Order of kinds among equals.
KINDS = ("agreement", "proposal", "commitment", "meeting", "agency", "organization", "edition", "antecedent", "participant")


@dataclass
class Results:
    """The ids of the best entries, best first. `total` matches, or with `more` further ones that were not counted;
    `kinds`: how many of each kind, and whether there are more."""

    numbers: list[int]
    total: int = 0
    more: bool = False
    kinds: dict[str, tuple[int, bool]] = field(default_factory=dict)
    terms: list[Term] = field(default_factory=list)

    def __iter__(self) -> Iterator[SearchEntry]:
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self.numbers)

    def entries(self, start: int = 0, size: int = BEST) -> list[SearchEntry]:
        """So many results from `start` on. One query."""
        wanted = self.numbers[start : start + size]
        found = SearchEntry.objects.in_bulk(wanted)
        return [found[number] for number in wanted if number in found]

    def counts(self) -> dict[str, tuple[int, bool]]:
        """(how many, whether there are more) of each kind, in the order of `KINDS`."""
        return {kind: self.kinds[kind] for kind in KINDS if kind in self.kinds}


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


def find(query: str, kind: str = "", *, ranked: bool = True) -> Results:
    """What matches every term of `query`, best first, or only how much of each kind (`ranked=False`). A number of queries that
    depends on its words alone, each bounded."""
    terms = terms_of(query)
    if not terms:
        return Results([], terms=terms)
    index = engine()
    longer = [beginnings(term) for term in terms]
    most, share = (MANY, BEST) if kind else (EACH, SHARE)
    counted = index.newest(index.anywhere(terms, longer), kind, most)
    if not counted.rows:
        return Results([], terms=terms)
    numbers = Counter(of_kind for _number, of_kind in counted.rows)
    kinds = {name: (number, name in counted.over) for name, number in numbers.items()}
    total = sum(numbers.values())
    found = Results([], min(total, MANY), bool(counted.over) or total > MANY, kinds, terms)
    if not ranked:
        return found
    wanted = [index.exactly(exact_mark(query)), index.in_title(terms), *([index.in_title(terms, longer)] if any(longer) else [])]
    better = [best_of(index, expression, counted, kind, share) for expression in wanted]
    best: dict[int, None] = {}
    for part in (*better, counted.rows):
        best.update(dict.fromkeys(by_kind(part, share)))
    found.numbers = list(best)[:BEST]
    return found


def best_of(index: Fts5 | Gin, expression: str, counted: Newest, kind: str, share: int) -> Found:
    """The newest `share` of each kind that match `expression` besides the query. Mostly they are among those that are known,
    which are the newest of each kind: a word that every record has in its title is not looked for once more."""
    rows = index.among(expression, counted.rows, complete=not counted.over)
    if not counted.over:
        return rows
    numbers = Counter(of_kind for _number, of_kind in rows)
    if all(numbers[of_kind] >= share for of_kind in counted.over):
        return Newest.of(rows, share).rows
    return index.newest(expression, kind, share).rows


def by_kind(found: list[tuple[int, str]], share: int) -> list[int]:
    """The ids of (id, kind), kind after kind, `share` of each before the rest; the newest of a kind first."""
    order = {name: place for place, name in enumerate(KINDS)}
    places: Counter[str] = Counter()
    keyed = []
    for number, kind in found:
        keyed.append((places[kind] >= share, order.get(kind, len(order)), len(keyed), number))
        places[kind] += 1
    return [key[-1] for key in sorted(keyed)]


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
    learn([row])


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
        learn([*added, *changed])


def row_of(record: Any, entry: dict[str, str]) -> dict[str, Any]:
    """The columns of an entry; `tokens` is the text that the engines index, `names` what counts as title besides it."""
    values = {"names": "", **entry}
    text = values.pop("text", "")
    words = " ".join([record.public_key, *(value for name, value in values.items() if name != "kind"), text])
    values["names"] = clean_line(f"{record.public_key} {values['names']}")
    return {**values, "record_key": record.public_key, "is_sample": record.is_sample, "tokens": clean(words)}


def learn(entries: list[SearchEntry]) -> None:
    """Put entries that are in their table into the index."""
    note_words(entries)
    engine().learn(entries)


def searched() -> list[Any]:
    """The models whose records can be found."""
    return [model for model in apps.get_models() if hasattr(model, "search_entry")]


def differences() -> list[str]:
    """Records whose entry is not what they say now, missing, or there though nobody may read them; empty when all is well."""
    found = []
    for model in searched():
        label = model._meta.label_lower
        held = {row.record_id: row for row in SearchEntry.objects.filter(model=label)}
        for record in model._default_manager.order_by("pk").iterator(chunk_size=500):
            entry, row = record.search_entry(), held.pop(record.pk, None)
            expected = row_of(record, entry) if entry is not None else None
            if (row is None) != (expected is None) or any(getattr(row, name) != text for name, text in (expected or {}).items()):
                found.append(f"{label} {record.public_key}")
        found += [f"{label} {row.record_key}" for row in held.values()]
    return found


def after_migrations(using: str = "default", **_more: Any) -> None:
    """`post_migrate`: write the index where there is none, as after a release that holds other words."""
    tables = {model._meta.db_table for model in (SearchEntry, *searched())}
    if using == "default" and tables <= set(connection.introspection.table_names()) and not SearchEntry.objects.exists():
        rebuild(searched())


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
                learn(SearchEntry.objects.bulk_create(batch))
                batch = []
        learn(SearchEntry.objects.bulk_create(batch))
    # The words beside the entries are watched by no trigger (core.triggers), and a page may have been made halfway.
    revision.bump()
    return SearchEntry.objects.count()


def highlighted(text: str, terms: list[Term], width: int = 220, around: list[Term] | None = None) -> list[tuple[str, bool]]:
    """A passage of `text` around the first word that matches (one of `around` where they are given), as (piece, matches) pairs:
    the template marks them, nothing is markup. No more than `READ` letters are looked through."""
    pieces = re.split(r"([^\W_]+)", clean_line(text[:READ]))
    hits = [number for number, piece in enumerate(pieces) if number % 2 and matches(piece, terms)]
    places = hits if around is None else [number for number in hits if matches(pieces[number], around)]
    start = max(0, (places[0] if places else 0) - 16)
    found: list[tuple[str, bool]] = [("… ", False)] if start else []
    length = 0
    for number in range(start, len(pieces)):
        piece, hit = pieces[number], number in hits
        if length > width:
            piece, hit = " …", False
        # What follows a piece of the same sort is one piece with it: the template has a few to go through instead of every word.
        if found and found[-1][1] == hit and not hit:
            found[-1] = (found[-1][0] + piece, hit)
        elif piece:
            found.append((piece, hit))
        if length > width:
            break
        length += len(piece)
    return found


def matches(word: str, terms: list[Term]) -> bool:
    # Folding and stemming keep the first letter, so most words of a long text need neither.
    if word[0].isascii() and not any(word[0].lower() == whole[0] for term in terms for whole in term.words):
        return False
    folded, stems = fold(word), set(stems_of(word))
    return any(
        folded in term.words if term.quoted else folded.startswith(term.words[0]) or bool(stems.intersection(term.stems))
        for term in terms
    )


def without_match(terms: list[Term], passages: list[list[tuple[str, bool]]]) -> list[Term]:
    """The terms of which no passage shows a word."""
    marked = [piece for passage in passages for piece, hit in passage if hit]
    return [term for term in terms if not any(matches(piece, [term]) for piece in marked)]
