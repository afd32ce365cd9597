"""What all drawings share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Words = Any


def place(value: float) -> str:
    """A number for an SVG attribute: at most two decimals, never a decimal comma.

    >>> place(12.5), place(3.0), place(1 / 3), place(-0.001)
    ('12.5', '3', '0.33', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


@dataclass(frozen=True)
class Cell:
    """A cell of a table; it leads to the list behind it where there is one."""

    text: Any
    url: str = ""


@dataclass
class Table:
    """The table behind a drawing. The first cell of a row is its head."""

    columns: Sequence[Words]
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """One kind of what is counted. `tone` and `pattern` are names of classes in charts.css, `url` the list behind it."""

    key: str
    label: Words
    tone: str = "dim"
    pattern: str = "plain"
    url: str = ""


@dataclass
class Chart:
    """`id` is unique on the page and opens the ids of the drawing's parts. `empty` says that there is nothing to draw."""

    id: str
    title: Words
    description: Words
    table: Table

    @property
    def empty(self) -> bool:
        return not self.table.rows
