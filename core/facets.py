"""The choices of one filter above a list, each with how many records it would show: at a cost that has a limit.

A list of up to a thousand records is counted in one query that groups them. In a longer one each value is counted by
itself and no further than a thousand ("more than 1,000"), where an index finds its rows; where none does, the choice stands
without a number rather than with a wrong one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet

from core.walks import Rows

if TYPE_CHECKING:
    from core.listing import ChoiceFilter

Counts = dict[str, tuple[int, bool]]


@dataclass(frozen=True)
class Choice:
    """One value of a facet. `address` chooses it, or leaves it when it is `chosen`. `count` is None where counting would
    cost too much; `exact` says whether it is the number or only the limit that it is above."""

    value: str
    words: Any
    address: str
    count: int | None
    exact: bool
    chosen: bool


def count_choices(facet: ChoiceFilter, rows: Rows, *, small: bool, open: bool, everything: bool) -> Counts | None:
    """Value → (count, exact) of those that occur among `rows`; None when they are not counted.

    `small`: there are few enough rows to group them all. `everything`: no other filter is chosen. `open`: the reader asked for the filters, so that one short query
    for each value may be afforded.
    """
    if small:
        if everything and facet.count_all is not None:
            counted = facet.count_all()
        else:
            few = rows.few()
            counted = facet.count(few) if facet.count is not None else grouped(few, facet.column)
        return {str(value): (number, True) for value, number in counted.items() if number}
    if not (open and facet.indexed):
        return None
    if rows.marked and facet.marks is None:
        # So many of the list are looked at once for all values, not once for each.
        some, exact = rows.some()
        counted = facet.count(some) if facet.count is not None else grouped(some, facet.column)
        numbers = {str(value): number for value, number in counted.items()}
        found = {value: (numbers.get(value, 0), exact) for value, _words in facet.options()}
    else:
        found = {value: facet.narrow(rows, value).count() for value, _words in facet.options()}
    return {value: counted for value, counted in found.items() if counted != (0, True)}


def said(number: int, fewest: int, *, exact: bool = True) -> int | None:
    """The number as the public may read it: none where so few are counted that they could be told apart, nor "more than 0"."""
    return None if number < fewest or (not number and not exact) else number


def grouped(rows: QuerySet[Any], column: str) -> dict[Any, int]:
    """Value of `column` → how many of `rows`."""
    return dict(rows.order_by().values_list(column).annotate(number=Count("pk", distinct=True)))
