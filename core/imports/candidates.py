"""Records that may be the one that a name means: found by an index of names, judged by `matching`, never taken silently.

Each app says for which models and by which names, once, from its `apps.py ready()`: `register(Organization, OrganizationNames())`.
The index is kept by `core.search.refresh` in the transaction of each change; whoever writes many records at once calls
`learn_many`. Looking up costs the same whatever the size of the table: a name has a dozen and a half keys, each a number in an
index, and at most `MOST_LOOKED_AT` records are compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from core import gathering
from core.imports.matching import EQUAL, SOUNDS_EQUAL, Name, Vocabulary, best, compare, keys_of, number_of, parse
from core.models.match import MatchKey

MOST_LOOKED_AT = 200
MOST_SHOWN = 5
AT_ONCE = 400
REMEMBERED = 2_000


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
_keys: dict[tuple[type, str], frozenset[int]] = {}


def register(model: type, names: Names) -> None:
    _names[model] = names


def names_of(model: type) -> Names | None:
    return _names.get(model)


def keys_in(text: str, names: Names) -> frozenset[int]:
    """`keys_of` a text; those of the last names are remembered, since an import asks three times for each."""
    key = (type(names), text)
    found = _keys.get(key)
    if found is None:
        if len(_keys) > REMEMBERED:
            _keys.clear()
        found = _keys[key] = frozenset(keys_of(parse(text, names.vocabulary)))
    return found


def numbers_of(record: Any, names: Names) -> set[int]:
    numbers = {number for each in names.names(record) for number in keys_in(each.text, names)}
    return numbers | {number_of(mark) for mark in names.marks(record)}


def learn(record: Any) -> None:
    """Bring the keys of one record up to date; nothing for records that have none."""
    names = names_of(type(record))
    if names is None:
        return
    wanted = numbers_of(record, names)
    label = record._meta.label_lower
    there = dict(MatchKey.objects.filter(model=label, record_id=record.pk).values_list("number", "pk"))
    gone = [pk for number, pk in there.items() if number not in wanted]
    if gone:
        MatchKey.objects.filter(pk__in=gone).delete()
    MatchKey.objects.bulk_create(
        (MatchKey(model=label, record_id=record.pk, number=number) for number in sorted(wanted - set(there))),
        ignore_conflicts=True,
    )


def learn_many(records: Sequence[Any], fresh: Collection[Any] = ()) -> None:
    """The same for records of one model that were written at once, in two statements for some hundreds. `fresh`: ids of
    those that are new and have no keys yet."""
    names = names_of(type(records[0])) if records else None
    if names is None:
        return
    label = records[0]._meta.label_lower
    known = [record.pk for record in records if record.pk not in fresh]
    if known:
        MatchKey.objects.filter(model=label, record_id__in=known).delete()
    rows = (MatchKey(model=label, record_id=r.pk, number=number) for r in records for number in numbers_of(r, names))
    MatchKey.objects.bulk_create(rows, batch_size=2_000, ignore_conflicts=True)


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
    numbers = keys_in(text, names) | {number_of(mark) for mark in marks}
    if not numbers:
        return []
    found, waiting = looked_up(model, numbers)
    records = [*waiting, *(visible.filter(pk__in=found).prefetch_related(*names.related) if found else ())]
    judged = [each for record in records if (each := judge(names, record, name, marks, values or {})) is not None]
    return sorted(judged, key=lambda each: (-each.rank, each.key))[:MOST_SHOWN]


def looked_up(model: type, numbers: set[int]) -> tuple[set[int], list[Any]]:
    """The ids of records with one of these numbers, and the records that have one and wait to be written."""
    gathered = gathering.current()
    waiting = gathered.named(model, numbers) if gathered is not None else []
    known = gathered.numbers.get(model) if gathered is not None else None
    if known is not None and numbers <= known.keys():
        return {pk for number in numbers for pk in known[number]}, waiting
    label = model._meta.label_lower  # type: ignore[attr-defined]
    found = MatchKey.objects.filter(model=label, number__in=numbers).values_list("record_id", flat=True)
    return set(found[:MOST_LOOKED_AT]), waiting


def look_up_beforehand(model: type, names: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Within a gathering: read the keys of many names, each (text, marks), in one query, before they are asked for singly."""
    gathered, adapter = gathering.current(), names_of(model)
    if gathered is None or adapter is None:
        return
    numbers: dict[int, list[int]] = {}
    for text, marks in names:
        found = keys_in(text, adapter) | {number_of(mark) for mark in marks}
        numbers |= {number: [] for number in found}
    label = model._meta.label_lower  # type: ignore[attr-defined]
    for number, pk in MatchKey.objects.filter(model=label, number__in=list(numbers)).values_list("number", "record_id"):
        if len(numbers[number]) < MOST_LOOKED_AT:
            numbers[number].append(pk)
    gathered.numbers[model] = numbers


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
