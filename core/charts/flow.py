"""Counts that flow from stage to stage: bands between knots, drawn once across and once downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.charts.base import Cell, Chart, Kind, Table, Words, place

Links = dict[tuple[str, str], int]
Stage = tuple[Words, Sequence[Kind]]


@dataclass(frozen=True)
class Size:
    """Measures of a drawing in its own units, about a pixel each. *Along* a stage by count, *across* from stage to stage."""

    downwards: bool
    along: float
    across: float
    knot: float
    gap: float
    least: float
    before: float
    after: float
    head: float
    margin: float


WIDE = Size(downwards=False, along=430, across=298, knot=14, gap=28, least=2, before=1, after=208, head=40, margin=10)
NARROW = Size(downwards=True, along=318, across=96, knot=22, gap=6, least=2, before=1, after=1, head=1, margin=1)


@dataclass
class Node:
    """A kind that something flows through, with its place."""

    kind: Kind
    stage: int
    count: int
    at: float = 0
    length: float = 0
    depth: float = 0


@dataclass(frozen=True)
class Ribbon:
    """A band; its tone is that of where it leads."""

    kind: Kind
    path: str
    title: str


@dataclass(frozen=True)
class Knot:
    """A node as drawn. `mark` is the letter that stands for it where there is no room for words."""

    kind: Kind
    count: int
    mark: str
    x: str
    y: str
    width: str
    height: str
    text_x: str
    text_y: str
    shows: bool


@dataclass
class Drawing:
    width: str
    height: str
    ribbons: list[Ribbon]
    knots: list[Knot]
    heads: list[tuple[str, Words]]


@dataclass
class Flow(Chart):
    """`wide` goes from left to right with words at the knots; `narrow` downwards with letters, and `stages` as their key."""

    wide: Drawing
    narrow: Drawing
    stages: list[tuple[Words, list[Knot]]] = field(default_factory=list)
    total: int = 0


def flow(id: str, title: Words, description: Words, stages: Sequence[Stage], links: Links, *, columns: Sequence[Words]) -> Flow:
    """`links` holds (key of a kind, key of a kind of the next stage) → count; keys are unique over all stages.

    A node counts what flows into it, in the first stage what flows out of it.
    """
    links = {pair: count for pair, count in links.items() if count}
    nodes = nodes_of(stages, links)
    of = {node.kind.key: node for node in nodes}
    order = {key: number for number, key in enumerate(of)}
    table = Table(columns)
    for source, target in sorted(links, key=lambda pair: (order[pair[0]], order[pair[1]])):
        ends = [of[source].kind, of[target].kind]
        table.rows.append([*(Cell(kind.label, kind.url) for kind in ends), Cell(links[(source, target)])])
    wide, narrow = (drawing_of(nodes, links, stages, size) for size in (WIDE, NARROW))
    keys = [(words, [knot for knot in narrow.knots if knot.kind in kinds]) for words, kinds in stages]
    return Flow(
        id,
        title,
        description,
        table,
        wide,
        narrow,
        [(words, knots) for words, knots in keys if knots],
        sum(node.count for node in nodes if node.stage == 0),
    )


def nodes_of(stages: Sequence[Stage], links: Links) -> list[Node]:
    nodes = []
    for stage, (_words, kinds) in enumerate(stages):
        for kind in kinds:
            end = 0 if stage == 0 else 1
            count = sum(number for pair, number in links.items() if pair[end] == kind.key)
            if count:
                nodes.append(Node(kind, stage, count))
    return nodes


def drawing_of(nodes: list[Node], links: Links, stages: Sequence[Stage], size: Size) -> Drawing:
    rows = [[node for node in nodes if node.stage == stage] for stage in range(len(stages))]
    most = max(len(row) for row in rows)
    total = max(sum(node.count for node in row) for row in rows)
    unit = (size.along - size.gap * max(0, most - 1)) / total if total else 0.0
    for row in rows:
        set_out(row, unit, size)
    used = max((node.at + node.length for node in nodes), default=0.0) + size.margin
    depth = size.before + (len(stages) - 1) * size.across + size.knot + size.after
    width, height = (size.head + size.along + size.margin, depth) if size.downwards else (depth, used)
    heads = [(place(size.before + stage * size.across), words) for stage, (words, _kinds) in enumerate(stages) if rows[stage]]
    return Drawing(place(width), place(height), ribbons_of(nodes, links, unit, size), knots_of(nodes, size), heads)


def set_out(row: list[Node], unit: float, size: Size) -> None:
    """Gives the nodes of a stage their places, one after the other."""
    at = size.head
    for node in row:
        node.at, node.length = at, max(size.least, node.count * unit)
        node.depth = size.before + node.stage * size.across
        at += node.length + size.gap


def knots_of(nodes: list[Node], size: Size) -> list[Knot]:
    knots = []
    for number, node in enumerate(nodes):
        middle = node.at + node.length / 2
        if size.downwards:
            places = (node.at, node.depth, node.length, size.knot, middle, node.depth + size.knot / 2)
        else:
            places = (node.depth, node.at, size.knot, node.length, node.depth + size.knot + 9, middle)
        knots.append(Knot(node.kind, node.count, letter(number), *map(place, places), shows=node.length >= 15))
    return knots


def letter(number: int) -> str:
    """A, B, C …; nothing after Z."""
    return chr(ord("A") + number) if number < 26 else ""


def ribbons_of(nodes: list[Node], links: Links, unit: float, size: Size) -> list[Ribbon]:
    """One band for each link. They leave and enter a node in the order of the nodes, so that few cross."""
    of = {node.kind.key: node for node in nodes}
    order = {key: number for number, key in enumerate(of)}
    leaving = {key: node.at for key, node in of.items()}
    entering = dict(leaving)
    ends = {}
    for source, target in sorted(links, key=lambda pair: (order[pair[1]], order[pair[0]])):
        ends[(source, target)] = entering[target]
        entering[target] += max(size.least, links[(source, target)] * unit)
    ribbons = []
    for source, target in sorted(links, key=lambda pair: (order[pair[0]], order[pair[1]])):
        count, thick = links[(source, target)], max(size.least, links[(source, target)] * unit)
        near, far = of[source].depth + size.knot, of[target].depth
        path = band(leaving[source], ends[(source, target)], thick, near, far, size.downwards)
        leaving[source] += thick
        ribbons.append(Ribbon(of[target].kind, path, f"{of[source].kind.label} → {of[target].kind.label}: {count}"))
    return ribbons


def band(start: float, end: float, thick: float, near: float, far: float, downwards: bool) -> str:
    """The outline of a band of even thickness between two stages."""
    half = (near + far) / 2

    def point(along: float, across: float) -> str:
        x, y = (along, across) if downwards else (across, along)
        return f"{place(x)} {place(y)}"

    return (
        f"M{point(start, near)}C{point(start, half)} {point(end, half)} {point(end, far)}"
        f"L{point(end + thick, far)}C{point(end + thick, half)} {point(start + thick, half)} {point(start + thick, near)}Z"
    )
