"""A map of equal squares: every place counts the same, however large it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.charts.base import Cell, Chart, Table, Words, place

SIDE = 60
STEPS = 4


@dataclass(frozen=True)
class Square:
    """What `tile_map` is given for one place: its column and row on the map."""

    column: int
    row: int
    short: Words
    name: Words
    count: int
    url: str = ""


@dataclass(frozen=True)
class Tile:
    """A square as drawn: `step` 0 for nothing up to `STEPS` for the most."""

    square: Square
    step: int
    x: str
    y: str
    middle: str
    upper: str
    lower: str

    @property
    def long(self) -> bool:
        """Whether the short name needs smaller letters."""
        return len(str(self.square.short)) > 4


@dataclass
class Tiles(Chart):
    """`scale`: (step, words such as `3–5`) for the key."""

    tiles: list[Tile] = field(default_factory=list)
    scale: list[tuple[int, str]] = field(default_factory=list)
    width: str = "0"
    height: str = "0"
    side: str = place(SIDE - 4)


def tile_map(id: str, title: Words, description: Words, squares: Sequence[Square], *, columns: Sequence[Words]) -> Tiles:
    """Stronger where more is counted. The table lists the places where something is, most first."""
    limits = limits_of([square.count for square in squares])
    tiles = []
    for square in sorted(squares, key=lambda each: (each.row, each.column)):
        x, y = square.column * SIDE, square.row * SIDE
        places = (x + 2, y + 2, x + SIDE / 2, y + 25, y + 48)
        tiles.append(Tile(square, step_of(square.count, limits), *map(place, places)))
    counted = sorted((square for square in squares if square.count), key=lambda each: -each.count)
    table = Table(columns, [[Cell(square.name, square.url), Cell(square.count)] for square in counted])
    width = SIDE * (1 + max((square.column for square in squares), default=0))
    height = SIDE * (1 + max((square.row for square in squares), default=0))
    return Tiles(id, title, description, table, tiles, scale_of(limits, squares), place(width), place(height))


def limits_of(counts: Sequence[int]) -> list[int]:
    """The least count of each step: even steps from the least that is there to the most, none twice.

    >>> limits_of([0, 1, 12]), limits_of([2, 1]), limits_of([3, 3, 0]), limits_of([0])
    ([1, 4, 7, 10], [1, 2], [3], [])
    """
    there = [count for count in counts if count]
    if not there:
        return []
    least, span = min(there), max(there) - min(there) + 1
    return sorted({least + span * step // STEPS for step in range(STEPS)})


#: Which of the four strengths are used when there are fewer steps.
STRENGTHS = {0: (), 1: (3,), 2: (2, 4), 3: (1, 2, 4), 4: (1, 2, 3, 4)}


def step_of(count: int, limits: Sequence[int]) -> int:
    """The strength of a count, 0 for nothing."""
    number = sum(count >= limit for limit in limits)
    return STRENGTHS[len(limits)][number - 1] if number else 0


def scale_of(limits: Sequence[int], squares: Sequence[Square]) -> list[tuple[int, str]]:
    most = max((square.count for square in squares), default=0)
    ends = [*(limit - 1 for limit in limits[1:]), most]
    return [
        (step_of(first, limits), str(first) if first == last else f"{first}–{last}")
        for first, last in zip(limits, ends, strict=False)
    ]
