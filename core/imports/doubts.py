"""What in a file that is about to be imported looks like personal data that are not collected, or that everybody might read.

Columns that hold nothing but such numbers are left out before (`core.imports.plan`); here it is what stands within texts. As
with the texts and files of a form, whoever imports is asked once, and says that it may stay. Lists of people have mail
addresses and telephones in columns of their own, so of those only numbers of papers are asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from core.imports.reader import REPORT_PREFIX, Table
from core.personal import PAPERS, Finding, personal_data
from core.text import fold

#: Characters of a file that are looked through, and passages that are told: it is a question, not a census.
MOST_LOOKED_AT = 2_000_000
MOST_TOLD = 10
ROWS_AT_ONCE = 200


@dataclass(frozen=True)
class Doubt:
    """Something that looks like personal data: in which column and row (0: the same for every row), and the finding."""

    header: str
    number: int
    finding: Finding


def doubts_of(resource: Any, table: Table, plan: Any) -> list[Doubt]:
    """The first `MOST_TOLD` passages in the cells that would go in or be kept, and in what was typed for them."""
    codes = PAPERS if resource.is_personal else None
    found: list[Doubt] = []
    for header, number, text in texts_of(resource, table, plan):
        for finding in personal_data(text, codes):
            if len(found) < MOST_TOLD and finding not in (each.finding for each in found):
                found.append(Doubt(header, number, finding))
    return found


def texts_of(resource: Any, table: Table, plan: Any) -> Iterator[tuple[str, int, str]]:
    """(header, row, text): typed texts first; then cells, each by itself where its column of some rows has anything at all."""
    for name, text in plan.constants.items():
        yield name, 0, text
    for number, cells in plan.cells.items():
        for header, text in cells.items():
            yield header, int(number) if number.isdigit() else 0, text
    codes = PAPERS if resource.is_personal else None
    left = MOST_LOOKED_AT
    rows = iter(table.rows)
    places = [
        (place, header)
        for place, header in enumerate(table.headers)
        if header not in resource.left_out and not fold(header).startswith(REPORT_PREFIX)
    ]
    while left > 0 and (some := list(islice(rows, ROWS_AT_ONCE))):
        for place, header in places:
            cells = [row.cells[place] for row in some]
            joined = "\n".join(cells)
            left -= len(joined)
            if personal_data(joined, codes):
                yield from ((header, row.number, cell) for row, cell in zip(some, cells, strict=True))


def is_answered(doubts: list[Doubt], mark: Any) -> bool:
    """Whether the rows may go in: nothing was found, or whoever imports has said of just these passages that they may stay."""
    return not doubts or mark == mark_of(doubts)


def mark_of(doubts: list[Doubt]) -> str:
    """What a person confirms: these passages and no others."""
    return hashlib.sha256(repr(sorted(each.finding.passage for each in doubts)).encode("utf-8", "replace")).hexdigest()[:16]
