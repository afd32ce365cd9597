"""What can be wrong with a file, a row or a cell: always with a reason, and with a remedy where one is known."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import ValidationError


class FileRefused(Exception):
    """The file as a whole cannot be read or used. `str()` is a sentence that says what to do."""


@dataclass(frozen=True)
class Problem:
    """Why a row was refused: the header of the column and the value as they stand in the file ('' for the whole row).

    `choices`: [key, name, why] of each record that may be meant, by the row or, with `part`, by that part of the cell.
    """

    reason: str
    column: str = ""
    value: str = ""
    remedy: str = ""
    choices: list[list[str]] = field(default_factory=list)
    part: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value or name not in ("choices", "part")}

    @property
    def sentence(self) -> str:
        place = f"{self.column}: " if self.column else ""
        return " ".join(part for part in (f"{place}{self.reason}", self.remedy) if part)


class CellError(ValueError):
    """A cell cannot be understood. `waits`: it names a record that a later row of the same file may bring.
    `choices` and `part` as in `Problem`."""

    def __init__(
        self, reason: str, remedy: str = "", *, waits: bool = False, choices: list[list[str]] | None = None, part: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.waits = waits
        self.choices = choices or []
        self.part = part


class RowRefused(ValidationError):
    """A row cannot be imported, with all its problems. `waits`: it may be tried again after the other rows."""

    def __init__(self, problems: list[Problem], *, waits: bool = False) -> None:
        super().__init__([problem.sentence for problem in problems])
        self.problems = problems
        self.waits = waits
