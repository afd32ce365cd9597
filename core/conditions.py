"""The condition of a constraint answered in Python, without asking the database, where it is a simple one."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import F, Q
from django.db.models.expressions import Combinable


class NotSimple(Exception):
    """The database has to be asked."""


def holds(condition: Any, record: Any) -> bool | None:
    """Whether a record satisfies a constraint's condition, as SQL does (what is unknown does not refuse); None: ask the database."""
    try:
        return truth(condition, record) is not False
    except NotSimple:
        return None


def truth(condition: Any, record: Any) -> bool | None:
    """True, False, or None for unknown. Raises `NotSimple`."""
    if not isinstance(condition, Q):
        raise NotSimple
    answers = [truth(each, record) if isinstance(each, Q) else compare(each, record) for each in condition.children]
    if condition.connector == Q.AND:
        found = False if False in answers else (None if None in answers else True)
    elif condition.connector == Q.OR:
        found = True if True in answers else (None if None in answers else False)
    else:
        raise NotSimple
    if condition.negated:
        return None if found is None else not found
    return found


def compare(pair: Any, record: Any) -> bool | None:
    if not isinstance(pair, tuple):
        raise NotSimple
    name, _mark, lookup = pair[0].partition("__")
    value, other = value_of(record, name), pair[1]
    if isinstance(other, F):
        other = value_of(record, other.name)
    elif isinstance(other, Combinable) or isinstance(value, Combinable):
        raise NotSimple
    if lookup == "isnull":
        return (value is None) == other
    if value is None or other is None:
        return None
    if lookup in ("", "exact"):
        return bool(value == other)
    if lookup == "in" and isinstance(other, (list, tuple, set, frozenset)):
        return value in other
    if lookup in ("gt", "gte", "lt", "lte"):
        try:
            return bool({"gt": value > other, "gte": value >= other, "lt": value < other, "lte": value <= other}[lookup])
        except TypeError as error:
            raise NotSimple from error
    raise NotSimple


def value_of(record: Any, name: str) -> Any:
    attribute = attributes_of(type(record)).get(name)
    if attribute is None:
        raise NotSimple
    return getattr(record, attribute)


@cache
def attributes_of(model: Any) -> dict[str, str]:
    return {field.name: field.attname for field in model._meta.concrete_fields}
