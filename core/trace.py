"""The chain that a record hangs on, as links in both directions (drawn by `components/trace.html`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import ngettext

#: A knot of the chain names so many records and counts the rest.
MOST_ITEMS = 4


@dataclass(frozen=True)
class Item:
    """One record of the chain: words to read, where they lead, and a word on how it stands."""

    text: Any
    url: str = ""
    note: Any = ""
    lang: str = ""


@dataclass
class Step:
    """One knot: a kind of record, and the records of that kind. `here` is the kind of the page itself; `empty` is read
    where there is none."""

    kind: str
    label: Any
    items: list[Item] = field(default_factory=list)
    here: bool = False
    empty: Any = ""


def some_of(items: Iterable[Item], rest_at: str = "") -> list[Item]:
    """The first items, and one that leads to `rest_at` and counts the others."""
    found = list(items)
    if len(found) <= MOST_ITEMS:
        return found
    rest = len(found) - MOST_ITEMS + 1
    words = ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": rest}
    return [*found[: MOST_ITEMS - 1], Item(words, rest_at)]
