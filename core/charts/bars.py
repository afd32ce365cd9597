"""Stacked bars, one a row, all to one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.charts.base import Cell, Chart, Kind, Table, Words, place


@dataclass(frozen=True)
class Row:
    """What `stacked_bars` is given for one bar: counts, and addresses of the lists behind them, by key of kind."""

    label: Words
    counts: dict[str, int]
    url: str = ""
    urls: dict[str, str] = field(default_factory=dict)
    hint: Words = ""


@dataclass(frozen=True)
class Part:
    """A piece of a bar: place and length in percent; `shows` says that its number fits into it."""

    kind: Kind
    count: int
    x: str
    width: str
    middle: str
    url: str
    shows: bool


@dataclass(frozen=True)
class Bar:
    label: Words
    hint: Words
    total: int
    parts: list[Part]
    url: str


@dataclass
class Bars(Chart):
    """`kinds`: (kind, how many there are of it altogether), only those that something is counted of."""

    kinds: list[tuple[Kind, int]] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    total: int = 0


def stacked_bars(
    id: str,
    title: Words,
    description: Words,
    kinds: Sequence[Kind],
    rows: Sequence[Row],
    *,
    first_column: Words,
    last_column: Words,
) -> Bars:
    """Bars in the order of `rows`; the longest is 100 %. Rows of which nothing is counted are left out."""
    rows = [row for row in rows if sum(row.counts.values())]
    sums = {kind.key: sum(row.counts.get(kind.key, 0) for row in rows) for kind in kinds}
    shown = [kind for kind in kinds if sums[kind.key]]
    longest = max((sum(row.counts.values()) for row in rows), default=0)
    bars = [Bar(row.label, row.hint, sum(row.counts.values()), parts_of(row, shown, longest), row.url) for row in rows]
    table = Table([first_column, *(kind.label for kind in shown), last_column])
    for row in rows:
        counts = [(row.counts.get(kind.key, 0), row.urls.get(kind.key, "")) for kind in shown]
        cells = [Cell(count, url if count else "") for count, url in counts]
        table.rows.append([Cell(row.label, row.url), *cells, Cell(sum(row.counts.values()))])
    return Bars(id, title, description, table, [(kind, sums[kind.key]) for kind in shown], bars, sum(sums.values()))


def parts_of(row: Row, kinds: Sequence[Kind], longest: int) -> list[Part]:
    at, parts = 0.0, []
    for kind in kinds:
        count = row.counts.get(kind.key, 0)
        if count:
            width = 100 * count / longest
            # On a narrow screen a digit takes about 3 % of the width, and some air on both sides.
            shows = width >= 4 + 3 * len(str(count))
            parts.append(Part(kind, count, place(at), place(width), place(at + width / 2), row.urls.get(kind.key, ""), shows))
            at += width
    return parts
