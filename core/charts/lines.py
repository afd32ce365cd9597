"""Lines of counts over time, in percent of the plot, so that words keep their size however wide it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from core.charts.base import Cell, Chart, Kind, Table, Words, place

Point = tuple[Words, Sequence[int]]


@dataclass(frozen=True)
class Line:
    """`path` in a square of 100 that the template stretches; `end` and `words` (in percent) where it ends and is named."""

    kind: Kind
    path: str
    last: int
    end: str
    words: str


@dataclass(frozen=True)
class Tick:
    at: str
    label: Words
    anchor: str = "middle"


@dataclass
class Lines(Chart):
    lines: list[Line] = field(default_factory=list)
    across: list[Tick] = field(default_factory=list)
    up: list[Tick] = field(default_factory=list)


def lines(
    id: str,
    title: Words,
    description: Words,
    kinds: Sequence[Kind],
    points: Sequence[Point],
    *,
    first_column: Words,
    ticks: Sequence[tuple[int, Words]],
) -> Lines:
    """`points`: (words, a count for each kind), evenly spaced; `ticks`: (number of the point, words).

    The table lists the points at which something changed.
    """
    top = top_of(max((max(counts) for _words, counts in points), default=0))
    span = max(1, len(points) - 1)
    drawn = []
    for number, kind in enumerate(kinds):
        heights = [100 - 100 * counts[number] / top for _words, counts in points]
        drawn.append((kind, path_of(heights, span), points[-1][1][number] if points else 0, heights[-1] if heights else 100.0))
    words = apart([end for _kind, _path, _last, end in drawn], least=14)
    found = [Line(kind, path, last, place(end), place(at)) for (kind, path, last, end), at in zip(drawn, words, strict=True)]
    across = [
        Tick(place(100 * at / span), label, "start" if at == 0 else "end" if at == span else "middle") for at, label in ticks
    ]
    up = [Tick(place(100 - 100 * level / top), level) for level in levels_of(top)]
    table = Table([first_column, *(kind.label for kind in kinds)])
    table.rows = [[Cell(label), *(Cell(count) for count in counts)] for label, counts in reversed(changes_of(points))]
    return Lines(id, title, description, table, found, across, up)


def changes_of(points: Sequence[Point]) -> list[Point]:
    """The points at which some count is another than before, and the last one."""
    found = [point for number, point in enumerate(points) if number == 0 or point[1] != points[number - 1][1]]
    return found if not points or found[-1] is points[-1] else [*found, points[-1]]


def path_of(heights: Sequence[float], span: int) -> str:
    """Steps rather than slopes: a count stays until it changes."""
    if not heights:
        return ""
    path = f"M0 {place(heights[0])}"
    for at, (before, after) in enumerate(pairwise(heights), start=1):
        if after != before or at == len(heights) - 1:
            path += f"H{place(100 * at / span)}"
        if after != before:
            path += f"V{place(after)}"
    return path if len(heights) > 1 else f"{path}H100"


def top_of(most: int) -> int:
    """The end of a scale that holds `most`.

    >>> [top_of(most) for most in (0, 3, 7, 11, 130, 4001)]
    [4, 4, 8, 12, 160, 8000]
    """
    scale = 1
    while True:
        for top in (4, 8, 12, 16, 20, 24, 32):
            if top * scale >= most:
                return top * scale
        scale *= 10


def levels_of(top: int) -> list[int]:
    """Five heights of the grid, whole numbers."""
    return [top * part // 4 for part in range(5)]


def apart(places: Sequence[float], least: float) -> list[float]:
    """The places moved apart, kept in order and, where there is room, between 0 and 100."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + least)
    limit = 100.0
    for number in reversed(order):
        moved[number] = min(moved[number], limit)
        limit = moved[number] - least
    return moved
