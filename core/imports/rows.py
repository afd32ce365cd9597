"""Rows of a file, kept so that a file of any size takes the same memory: beyond a few thousand they go to a spool on disk."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

IN_MEMORY = 5_000
#: How the row of examples of our templates begins.
EXAMPLES = ("(ejemplo)", "(example)")


@dataclass(slots=True)
class Row:
    """One row as a spreadsheet counts it (the first one is row 1). `problem` is a sentence when it could not be read well."""

    number: int
    cells: list[str]
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        return not any(self.cells) and not self.problem

    @property
    def is_example(self) -> bool:
        """Whether it is the example of one of our own templates, which nobody means."""
        return next(filter(None, self.cells), "").startswith(EXAMPLES)


class Rows:
    """A list that is only added to and read in order, any number of times; `rows[0]` works for the first ones."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.first: list[Row] = []
        self.spool: IO[bytes] | None = None
        self.count = 0
        for row in rows:
            self.append(row)

    def append(self, row: Row) -> None:
        self.count += 1
        if len(self.first) < IN_MEMORY:
            self.first.append(row)
            return
        if self.spool is None:
            self.spool = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the rows)
        # What we wrote ourselves a moment ago, in a file that no one else can open.
        marshal.dump((row.number, row.cells, row.problem), self.spool)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Row:
        return self.first[index]

    def __iter__(self) -> Iterator[Row]:
        yield from self.first
        if self.spool is None:
            return
        self.spool.flush()
        place = 0
        for _each in range(self.count - len(self.first)):
            # Another reader may have moved the file meanwhile.
            self.spool.seek(place)
            number, cells, problem = marshal.load(self.spool)  # noqa: S302 (our own spool)
            place = self.spool.tell()
            yield Row(number, cells, problem)
