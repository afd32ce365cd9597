"""Records that may be the one that a name means: found by an index of names, judged by `matching`, never taken silently.

Each app says for which models and by which names, once, from its `apps.py ready()`: `register(Organization, OrganizationNames())`.
The index is kept by `core.search.refresh` in the transaction of each change; whoever writes many records at once calls
`learn_many`. Looking up costs the same whatever the size of the table: a name has a key for each of its words, a number in an index, and at most `MOST_LOOKED_AT` records are compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db import connection
from django.db.models import Min, Q

from core import gathering
from core.bulk import write_rows
from core.imports.matching import (
    EQUAL,
    SOUNDS_EQUAL,
    Asked,
    Key,
    Name,
    Vocabulary,
    asked_of,
    best,
    keys_of,
    number_of,
    parse,
)
from core.models.match import MatchKey

MOST_LOOKED_AT = 200
MOST_SHOWN = 5
AT_ONCE = 400
READ_AT_ONCE = 2_000


@dataclass(frozen=True)
class Written:
    """A name of a record: `how` is what the adapter calls it (name, acronym, successor …)."""

    text: str
    how: str = "name"


@dataclass(frozen=True)
class Candidate:
    """A record that may be meant: its key, its name as an organizer reads it, how like, and why in one sentence."""

    record: Any
    key: str
    words: str
    rank: int
    why: str

    @property
    def is_sure(self) -> bool:
        """Whether every word agrees, at least in sound."""
        return self.rank >= SOUNDS_EQUAL


class Names:
    """By which names the records of a model go. Subclasses say the vocabulary and the names."""

    vocabulary: ClassVar[Vocabulary] = Vocabulary()
    #: Relations that `names` reads.
    related: ClassVar[tuple[str, ...]] = ()

    def names(self, record: Any) -> Iterable[Written]:
        raise NotImplementedError

    def marks(self, record: Any) -> Iterable[str]:
        """Texts that only one record has whatever its name, such as an address of mail, as `kind:text`."""
        return ()

    def words(self, record: Any) -> str:
        """How an organizer tells the record from others."""
        return str(record)

    def why(self, written: Written, record: Any) -> str:
        """What a name is that is not simply the name: "its acronym today"; '' for the name itself."""
        return ""

    def why_mark(self, mark: str) -> str:
        return ""

    def contradicts(self, record: Any, values: dict[str, Any]) -> bool:
        """Whether what else the row says shows that it is another one."""
        return False


_names: dict[type, Names] = {}


def register(model: type, names: Names) -> None:
    _names[model] = names


def names_of(model: type) -> Names | None:
    return _names.get(model)


def asked_for(text: str, marks: Iterable[str], names: Names) -> Asked:
    """The keys that a name and its marks ask for."""
    asked = asked_of(parse(text, names.vocabulary))
    numbers = frozenset(map(number_of, marks))
    return replace(asked, numbers=asked.numbers | numbers) if numbers else asked


def keys_of_record(record: Any, names: Names) -> set[Key]:
    keys = {key for each in names.names(record) for key in keys_of(parse(each.text, names.vocabulary))}
    return keys | {(number_of(mark), 0, 0) for mark in names.marks(record)}


def learn(record: Any) -> None:
    """Bring the keys of one record up to date; nothing for records that have none."""
    names = names_of(type(record))
    if names is None:
        return
    wanted = keys_of_record(record, names)
    label = record._meta.label_lower
    rows = MatchKey.objects.filter(model=label, record_id=record.pk).values_list("number", "head", "tail", "pk")
    there = {(number, head, tail): pk for number, head, tail, pk in rows}
    gone = [pk for key, pk in there.items() if key not in wanted]
    if gone:
        MatchKey.objects.filter(pk__in=gone).delete()
    write(label, [(record.pk, key) for key in sorted(wanted - set(there))])


def learn_many(records: Sequence[Any], fresh: Collection[Any] = ()) -> None:
    """The same for records of one model that were written at once. `fresh`: ids of those that are new and have no keys yet."""
    names = names_of(type(records[0])) if records else None
    if names is None:
        return
    label = records[0]._meta.label_lower
    forget(label, [record.pk for record in records if record.pk not in fresh])
    write(label, [(record.pk, key) for record in records for key in sorted(keys_of_record(record, names))])


def forget(label: str, ids: Collection[Any]) -> None:
    """Take away the keys of records of a model, by its label."""
    if ids:
        MatchKey.objects.filter(model=label, record_id__in=ids).delete()


def write(label: str, rows: list[tuple[int, Key]]) -> None:
    """Insert keys that are not there yet; there are five for each person, so they do not become model instances first."""
    write_rows(MatchKey, ("model", "record_id", "number", "head", "tail"), ((label, pk, *key) for pk, key in rows))


def rebuild() -> int:
    """Write the keys of all records anew; returns their number."""
    MatchKey.objects.all().delete()
    for model, names in _names.items():
        batch = []
        manager: Any = model._default_manager  # type: ignore[attr-defined]
        for record in manager.order_by("pk").prefetch_related(*names.related).iterator(chunk_size=AT_ONCE):
            batch.append(record)
            if len(batch) == AT_ONCE:
                learn_many(batch)
                batch = []
        learn_many(batch)
    return MatchKey.objects.count()


def candidates(
    model: type, text: str, visible: Any, *, marks: Iterable[str] = (), values: dict[str, Any] | None = None
) -> list[Candidate]:
    """Records among the queryset `visible` that `text` may name, the likeliest first; none for models without names.

    `marks` as in `Names.marks`; `values` is what else is known, by which a record may be ruled out.
    """
    names = names_of(model)
    if names is None:
        return []
    marks = list(marks)
    asked = asked_for(text, marks, names)
    if not asked.every:
        return []
    name = parse(text, names.vocabulary)
    records = records_for(model, asked, visible, names)
    judged = [each for record in records if (each := judge(names, record, name, marks, values or {})) is not None]
    return sorted(judged, key=lambda each: (-each.rank, each.key))[:MOST_SHOWN]


def records_for(model: type, asked: Asked, visible: Any, names: Names) -> list[Any]:
    """The records among `visible` under one of the keys that are asked for; those that wait to be written as they will be."""
    gathered = gathering.current()
    if gathered is None:
        return read_records(model, asked, visible, names)
    waiting = gathered.named(model, asked)
    read = gathered.read.get(model)
    if read is not None and read.covers(asked):
        there = [read.records[pk] for pk in read.under(asked) if pk in read.records]
    else:
        there = read_records(model, asked, visible, names)
    return [*waiting, *(record for record in there if gathered.changed_since(model, record.pk) is None)]


def read_records(model: type, asked: Asked, visible: Any, names: Names) -> list[Any]:
    label = model._meta.label_lower  # type: ignore[attr-defined]
    ids = list(records_under(label, asked)[:MOST_LOOKED_AT])
    return list(visible.filter(pk__in=ids).prefetch_related(*names.related)) if ids else []


def records_under(label: str, asked: Asked) -> Any:
    """The ids of records of a model under the keys that are asked for, equal names first."""
    # The numbers alone, so that the index is used; what they give is narrowed down by the parts.
    wanted = Q(head=0) | Q(number__in=asked.numbers)
    for number, heads, tail in asked.beside:
        wanted |= Q(number=number) & (Q(head__in=heads) | Q(tail=tail))
    rows = MatchKey.objects.filter(wanted, number__in=asked.every, model=label)
    return rows.values_list("record_id", flat=True).annotate(part=Min("head")).order_by("part", "record_id")


class ReadTogether:
    """What the names of many rows lead to: their keys, and the records under these, read in a few queries."""

    def __init__(self, model: type, asked: Collection[Asked], visible: Any, names: Names) -> None:
        self.keys: dict[int, list[tuple[int, int, int]]] = {number: [] for each in asked for number in each.every}
        label = model._meta.label_lower  # type: ignore[attr-defined]
        for start in range(0, len(asked), AT_ONCE):
            for number, head, tail, pk in rows_under(label, list(asked)[start : start + AT_ONCE]):
                self.keys[number].append((head, tail, pk))
        ids = sorted({pk for each in asked for pk in self.under(each)})
        self.records: dict[Any, Any] = {}
        for start in range(0, len(ids), READ_AT_ONCE):
            records = visible.filter(pk__in=ids[start : start + READ_AT_ONCE])
            self.records |= {record.pk: record for record in records.prefetch_related(*names.related)}

    def covers(self, asked: Asked) -> bool:
        return asked.every <= self.keys.keys()

    def under(self, asked: Asked) -> list[Any]:
        """The ids of the records under these keys, as `records_under` answers."""
        parts: dict[Any, int] = {}
        for number in asked.every:
            for head, tail, pk in self.keys[number]:
                if asked.meets((number, head, tail)):
                    parts[pk] = min(head, parts.get(pk, head))
        return sorted(parts, key=lambda pk: (parts[pk], pk))[:MOST_LOOKED_AT]


def rows_under(label: str, asked: Collection[Asked]) -> list[tuple[int, int, int, int]]:
    """(number, head, tail, id) of the keys that several names ask for, at most `MOST_LOOKED_AT` under each number."""
    whole = sorted({number for each in asked for number in each.numbers})
    heads = sorted({(number, head) for each in asked for number, own, _tail in each.beside for head in own})
    tails = sorted({(number, tail) for each in asked for number, _heads, tail in each.beside})
    every = sorted({number for each in asked for number in each.every})
    wanted, values = ["head = 0"], [label, *every]
    if whole:
        wanted.append(f"number IN ({', '.join(['%s'] * len(whole))})")
        values += whole
    for name, pairs in (("head", heads), ("tail", tails)):
        if pairs:
            wanted.append(f"(number, {name}) IN (VALUES {', '.join(['(%s, %s)'] * len(pairs))})")
            values += [value for pair in pairs for value in pair]
    sql = f"""SELECT number, head, tail, record_id FROM (
            SELECT number, head, tail, record_id, row_number() OVER (PARTITION BY number ORDER BY head, record_id) AS place
            FROM {MatchKey._meta.db_table}
            WHERE model = %s AND number IN ({", ".join(["%s"] * len(every))}) AND ({" OR ".join(wanted)})
        ) AS found WHERE place <= {MOST_LOOKED_AT}"""  # noqa: S608 (names of our own)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def look_up_beforehand(model: type, texts: Iterable[tuple[str, Iterable[str]]], visible: Any) -> None:
    """Within a gathering: read what many names, each (text, marks), lead to, before they are asked for singly."""
    gathered, names = gathering.current(), names_of(model)
    if gathered is not None and names is not None:
        asked = [asked_for(text, marks, names) for text, marks in texts]
        gathered.read[model] = ReadTogether(model, asked, visible, names)


def judge(names: Names, record: Any, name: Name, marks: list[str], values: dict[str, Any]) -> Candidate | None:
    """The record as a candidate with its reasons, None when it is none."""
    shared = set(marks) & set(names.marks(record))
    if names.contradicts(record, values) and not shared:
        return None
    written = list(names.names(record))
    pair = best([name], [parse(each.text, names.vocabulary) for each in written])
    if pair is None and not shared:
        return None
    reasons = [names.why_mark(mark) for mark in sorted(shared)]
    rank = EQUAL
    if pair is not None:
        likeness, _own, place = pair
        rank = EQUAL if shared else likeness.rank
        reasons += [*filter(None, [names.why(written[place], record)]), *likeness.reasons]
    sentence = "; ".join(reasons)
    return Candidate(record, str(record.public_key), names.words(record), rank, sentence[:1].upper() + sentence[1:] + ".")


def after_migrations(using: str = "default", **_more: Any) -> None:
    """`post_migrate`: write the keys where there are none yet, as in a site that was there before them."""
    models: list[Any] = [MatchKey, *_names]
    there = set(connection.introspection.table_names())
    if using == "default" and all(model._meta.db_table in there for model in models) and not MatchKey.objects.exists():
        rebuild()
