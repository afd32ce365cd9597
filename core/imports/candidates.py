"""Records that may be the one that a name means: found by an index of names, judged by `matching`, never taken silently.

Each app says for which models and by which names, once, from its `apps.py ready()`: `register(Organization, OrganizationNames())`.
The index is kept by `core.search.refresh` in the transaction of each change; whoever writes many records at once calls
`learn_many`. Looking up costs the same whatever the size of the table: a name has a key for each of its words, a number in an index, and at most `MOST_LOOKED_AT` records are compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, ClassVar

from django.db import connection
from django.db.models import Q

from core.imports.matching import (
    EQUAL,
    SOUNDS_EQUAL,
    Asked,
    Key,
    Name,
    Vocabulary,
    asked_of,
    best,
    compare,
    keys_of,
    number_of,
    parse,
)
from core.models.match import MatchKey

MOST_LOOKED_AT = 200
MOST_SHOWN = 5
AT_ONCE = 400


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


def learn_many(records: Sequence[Any], *, new: bool = False) -> None:
    """The same for records of one model that were written at once. `new`: they have no keys yet, so none are taken away."""
    names = names_of(type(records[0])) if records else None
    if names is None:
        return
    label = records[0]._meta.label_lower
    if not new:
        MatchKey.objects.filter(model=label, record_id__in=[record.pk for record in records]).delete()
    write(label, [(record.pk, key) for record in records for key in sorted(keys_of_record(record, names))])


def write(label: str, rows: list[tuple[int, Key]]) -> None:
    """Insert keys, some hundreds a statement; there are five for each person, so they do not become model instances first."""
    table = MatchKey._meta.db_table
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            chunk = rows[start : start + AT_ONCE]
            places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(chunk))
            values = [value for pk, key in chunk for value in (label, pk, *key)]
            cursor.execute(
                f"INSERT INTO {table} (model, record_id, number, head, tail) VALUES {places} ON CONFLICT DO NOTHING",  # noqa: S608
                values,
            )


def forget(label: str, ids: Iterable[int]) -> None:
    """Records of a model are gone."""
    MatchKey.objects.filter(model=label, record_id__in=list(ids)).delete()


def matters(model: Any, names: Collection[str]) -> bool:
    """Whether a change of these columns may change by what records of the model are found."""
    return names_of(model) is not None and bool({*getattr(model, "FOLDS", ()), "email"} & set(names))


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
    name = parse(text, names.vocabulary)
    marks = list(marks)
    asked = asked_of(name)
    numbers = asked.numbers | {number_of(mark) for mark in marks}
    if not numbers:
        return []
    label = model._meta.label_lower  # type: ignore[attr-defined]
    found = list(records_under(label, asked, numbers)[:MOST_LOOKED_AT])
    records = visible.filter(pk__in=set(found)).prefetch_related(*names.related) if found else ()
    judged = [each for record in records if (each := judge(names, record, name, marks, values or {})) is not None]
    return sorted(judged, key=lambda each: (-each.rank, each.key))[:MOST_SHOWN]


@dataclass(frozen=True)
class Ask:
    """What is known of who may be there: a name, marks, and what may rule a record out."""

    text: str
    marks: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


def candidates_of(model: Any, asks: dict[int, Ask], visible: Any) -> dict[int, list[Candidate]]:
    """`candidates` for many names, in two queries. The answer has every number of `asks`."""
    names = names_of(model)
    if names is None:
        return {number: [] for number in asks}
    asked = {tag: (parse(ask.text, names.vocabulary), [number_of(mark) for mark in ask.marks]) for tag, ask in asks.items()}
    wanted = {tag: asked_of(name) for tag, (name, _marks) in asked.items()}
    every = {number for each in wanted.values() for number in (*each.numbers, *(number for number, _h, _t in each.beside))}
    every |= {number for _name, marks in asked.values() for number in marks}
    rows = MatchKey.objects.filter(model=model._meta.label_lower, number__in=every)
    under: dict[int, list[tuple[Key, int]]] = {}
    for number, head, tail, pk in rows.values_list("number", "head", "tail", "record_id")[: MOST_LOOKED_AT * AT_ONCE]:
        under.setdefault(number, []).append(((number, head, tail), pk))
    near: dict[int, set[int]] = {}
    for tag, each in wanted.items():
        marks = asked[tag][1]
        numbers = (*each.numbers, *(number for number, _h, _t in each.beside), *marks)
        hits = (pk for number in numbers for key, pk in under.get(number, ()) if number in marks or each.meets(key))
        near[tag] = set(islice(dict.fromkeys(hits), MOST_LOOKED_AT))
    ids = {pk for found in near.values() for pk in found}
    records = {record.pk: record for record in visible.filter(pk__in=ids).prefetch_related(*names.related)} if ids else {}
    found = {}
    for tag, ask in asks.items():
        judged = (judge(names, records[pk], asked[tag][0], list(ask.marks), ask.values) for pk in near[tag] if pk in records)
        found[tag] = sorted(filter(None, judged), key=lambda each: (-each.rank, each.key))[:MOST_SHOWN]
    return found


class Fresh:
    """Records that wait to be written with others, found by their names as if they were in the table."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.under: dict[int, list[tuple[Key, Any]]] = {}

    def add(self, record: Any) -> None:
        names = names_of(self.model)
        for key in keys_of_record(record, names) if names is not None else ():
            self.under.setdefault(key[0], []).append((key, record))

    def find(self, ask: Ask) -> list[Candidate]:
        names = names_of(self.model)
        if names is None or not self.under:
            return []
        name = parse(ask.text, names.vocabulary)
        asked = asked_of(name)
        marks = [number_of(mark) for mark in ask.marks]
        numbers = (*asked.numbers, *(number for number, _h, _t in asked.beside), *marks)
        near = {
            record.pk: record
            for number in numbers
            for key, record in self.under.get(number, ())
            if number in marks or asked.meets(key)
        }
        judged = (judge(names, record, name, list(ask.marks), ask.values) for record in near.values())
        return sorted(filter(None, judged), key=lambda each: (-each.rank, each.key))[:MOST_SHOWN]


def records_under(label: str, asked: Asked, numbers: Collection[int]) -> Any:
    """The ids of records of a model under the keys that are asked for, or under one of the `numbers`."""
    # The numbers alone, so that the index is used; what they give is narrowed down by the parts.
    every = {*numbers, *(number for number, _heads, _tail in asked.beside)}
    wanted = Q(head=0) | Q(number__in=numbers)
    for number, heads, tail in asked.beside:
        wanted |= Q(number=number) & (Q(head__in=heads) | Q(tail=tail))
    return MatchKey.objects.filter(wanted, number__in=every, model=label).values_list("record_id", flat=True).distinct()


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


def is_named(model: type, one: str, other: str) -> bool:
    """Whether two texts may name the same record of a model."""
    names = names_of(model)
    return names is not None and compare(parse(one, names.vocabulary), parse(other, names.vocabulary)) is not None
