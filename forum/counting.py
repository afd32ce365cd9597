"""Counts of people as the public may read them: none under three, and none that the others would give away (design.md section 5).

Two ways lead from published counts to one that is not published: the total minus the others, and the count of all forums minus that
of each. Both are closed here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from forum.listing import FEWEST_PEOPLE

K = TypeVar("K", bound=Hashable)


def publishable(counts: Mapping[K, int], elsewhere: int = 0) -> dict[K, int]:
    """The counts that may be published. `elsewhere`: people of the total that belong to none of these.

    >>> publishable({"a": 5, "b": 4, "c": 1})
    {'a': 5}
    >>> publishable({"a": 5, "b": 4, "c": 1}, elsewhere=2)
    {'a': 5, 'b': 4}
    """
    shown = {key: number for key, number in counts.items() if number >= FEWEST_PEOPLE}
    rest = sum(counts.values()) - sum(shown.values()) + elsewhere
    if 0 < rest < FEWEST_PEOPLE and shown:
        # The total minus what is shown would count fewer than three: the smallest goes along with them.
        del shown[min(shown, key=lambda key: (shown[key], str(key)))]
    return shown


def publishable_of_all(counts: Mapping[K, int], parts: Iterable[Mapping[K, int]], elsewhere: int = 0) -> dict[K, int]:
    """The same for all forums together, where the published counts of each forum, `parts`, are known too."""
    known = list(parts)
    shown = publishable(counts, elsewhere)
    for key, number in list(shown.items()):
        of_each = [part[key] for part in known if key in part]
        if any(0 < number - less < FEWEST_PEOPLE for less in (*of_each, sum(of_each))):
            del shown[key]
    return shown
