"""The rows of a file before they go in: which cells are refused and why, what each update changes, and what the organizer says.

`RowView`s are what the page shows of one page of rows; `take` brings what the page sent back into the plan: mended cells, and
for rows that may be about a record under another key whether it is the same, new, or decided later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from core.imports.plan import Plan
from core.imports.problems import CellError, Problem, RowRefused
from core.imports.reader import LONGEST_CELL, REPORT_PREFIX, Table
from core.imports.rows import Row
from core.imports.settling import EVERY, LATER, NEW, OF_ROW, SAME, is_decision
from core.imports.work import named_columns
from core.models.imports import Outcome
from core.text import clean, fold

ROWS_A_PAGE = 20
#: A page sends back no more than so many cells.
MOST_CELLS = 1_200
#: In which order the kinds of rows are offered; the first that has rows is shown.
SHOWN = (Outcome.QUARANTINED, Outcome.UPDATED, Outcome.CREATED, Outcome.SAME, Outcome.SKIPPED)
#: A text as long as this, or with line breaks, gets more than a line.
LONG = 60


@dataclass
class CellView:
    """A cell: its place among the headers, what our column is called ('' when it is not imported), its text as mended.

    `before`: how the record stands where the row changes it, None otherwise.
    """

    place: int
    header: str
    column: str
    text: str
    is_mended: bool = False
    before: str | None = None
    problems: list[Problem] = field(default_factory=list)
    is_asked_about: bool = False

    @property
    def is_long(self) -> bool:
        return len(self.text) > LONG or "\n" in self.text

    @property
    def is_open(self) -> bool:
        """Whether it is shown at first sight."""
        return bool(self.problems or self.before is not None or self.is_mended or self.is_asked_about)


@dataclass
class RowView:
    """A row with its cells; `choices`: [key, name, why] of records that it may be about, `decision` as in the plan."""

    number: int
    outcome: str
    label: str
    record: str = ""
    cells: list[CellView] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    choices: list[list[str]] = field(default_factory=list)
    decision: str = ""
    #: Which row of an earlier import it was, '' for a row of a file of its own.
    was: str = ""

    @property
    def open_cells(self) -> list[CellView]:
        return [cell for cell in self.cells if cell.is_open]

    @property
    def other_cells(self) -> list[CellView]:
        return [cell for cell in self.cells if not cell.is_open]

    @property
    def options(self) -> list[tuple[str, list[str]]]:
        """(value of the choice, [key or row, name, why]) for each candidate."""
        return [(f"{SAME}{key}", [in_words(key), *rest]) for key, *rest in self.choices]


def in_words(key: str) -> str:
    return _("row %(number)s") % {"number": key.removeprefix(OF_ROW)} if key.startswith(OF_ROW) else key


@dataclass
class Page:
    """The rows of one outcome: which, how many there are, and one page of them."""

    show: str
    counts: list[tuple[str, str, int]]
    rows: list[RowView]
    number: int
    last: int
    said_of_all: str = ""

    @property
    def asks(self) -> bool:
        """Whether something is said of all rows that may be about a record, or one of these rows is such."""
        return bool(self.said_of_all or any(row.choices for row in self.rows))

    @property
    def earlier(self) -> int:
        return self.number - 1

    @property
    def later(self) -> int:
        return self.number + 1 if self.number < self.last else 0


def page_of(look: Any, given: Any) -> Page:
    """One page of the outcomes of `look.run`; `given` names the outcome (`show`) and the page."""
    counts = look.run.counts
    offered = [(str(outcome), str(outcome.label), counts[outcome]) for outcome in SHOWN if counts[outcome]]
    names = [name for name, _label, _count in offered]
    show = given.get("show", "") if given.get("show", "") in names else (names or [""])[0]
    asked = str(given.get("page", "1")) if show == given.get("shown") else "1"
    a_page = max(1, min(ROWS_A_PAGE, MOST_CELLS // max(1, len(look.table.headers))))
    last = max(1, -(-counts[show] // a_page))
    number = min(int(asked), last) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
    number = max(number, 1)
    wanted = (each for each in look.run.rows if each.outcome == show)
    chosen = list(islice(wanted, (number - 1) * a_page, number * a_page))
    return Page(show, offered, views_of(look, chosen), number, last, look.plan.decisions.get(EVERY, ""))


def views_of(look: Any, outcomes: Iterable[Any]) -> list[RowView]:
    """The outcomes with their cells, each update with what it changes."""
    resource = look.run.resource
    # What the trial found or made is undone.
    resource.forget()
    resource.made_here.clear()
    return [view_of(resource, look, outcome) for outcome in outcomes]


def view_of(resource: Any, look: Any, outcome: Any) -> RowView:
    row: Row = outcome.row
    view = RowView(row.number, outcome.outcome, str(Outcome(outcome.outcome).label), outcome.key)
    if named := named_columns(look.table.headers):
        view.was = row.cells[look.table.headers.index(named[1])].strip()
    view.decision = look.plan.decisions.get(str(row.number), "")
    mended = look.plan.cells.get(str(row.number), {})
    before = changed(resource, look.table, row) if outcome.outcome == Outcome.UPDATED else {}
    places = {header: place for place, header in enumerate(look.table.headers)}
    for header, place in places.items():
        name = resource.headers.get(header, "")
        if header in resource.left_out or fold(header).startswith(REPORT_PREFIX) or (name and resource.fields[name].informative):
            continue
        text = mended.get(header, row.cells[place])
        label = resource.fields[name].header if name else ""
        view.cells.append(CellView(place, header, label, text, header in mended, before.get(name)))
    by_header = {cell.header: cell for cell in view.cells}
    for problem in outcome.problems:
        owner = by_header.get(problem.column)
        # The question who is meant stands in the column of names; other choices are those of a list of values.
        if problem.choices and not problem.part:
            view.choices = problem.choices
            if owner is not None:
                owner.is_asked_about = True
                continue
        (view.problems if owner is None else owner.problems).append(problem)
    if view.decision.startswith(SAME) and not view.choices:
        view.choices = [[view.decision.removeprefix(SAME), "", ""]]
    return view


def changed(resource: Any, table: Table, row: Row) -> dict[str, str]:
    """Column → how the record stands, for what the row changes. Empty where a row of the same file has to go in first."""
    texts = resource.texts(table, row)
    try:
        resource.before_import_row(texts, row_number=row.number)
        record = resource.get_instance(None, texts)
        names = list(resource.differences(record)) if record is not None else []
    except (CellError, RowRefused):
        return {}
    shown = {name: resource.fields[name].export(record) for name in names if not resource.fields[name].hidden}
    if not shown:
        # What is derived, such as in which editions a body takes part, stands in the columns that it comes from.
        shown = {name: resource.fields[name].export(record) for name in ("edition", "part") if name in texts}
    return shown


def take(plan: Plan, kept: Plan, given: Any, table: Table) -> None:
    """Bring what was kept and what the page sent about single rows into the plan."""
    plan.decisions, plan.cells = dict(kept.decisions), {number: dict(cells) for number, cells in kept.cells.items()}
    for name, text in given.items():
        number = name.removeprefix("decide-")
        number = EVERY if number == "all" else number
        if name.startswith("decide-") and (is_number(number) or number == EVERY) and is_decision(text):
            plan.decisions[number] = text
        elif name.startswith("decide-") and not text:
            plan.decisions.pop(number, None)
    sent: dict[str, dict[int, str]] = {}
    for name, text in given.items():
        parts = name.split("-")
        if len(parts) == 3 and parts[0] == "cell" and is_number(parts[1]) and is_number(parts[2]):
            sent.setdefault(parts[1], {})[int(parts[2])] = text[:LONGEST_CELL]
    if not sent:
        return
    for row in table.rows:
        if not sent:
            return
        if cells := sent.pop(str(row.number), None):
            mend(
                plan.cells, str(row.number), {table.headers[p]: (row.cells[p], t) for p, t in cells.items() if p < len(row.cells)}
            )


def mend(cells: dict[str, dict[str, str]], number: str, pairs: dict[str, tuple[str, str]]) -> None:
    """Keep the texts that differ from what the file says (header → (file, sent)), and forget those that do not any more."""
    own = cells.setdefault(number, {})
    for header, (was, sent) in pairs.items():
        if clean(sent) == clean(was):
            own.pop(header, None)
        else:
            own[header] = clean(sent)
    if not own:
        del cells[number]


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


#: What can be said of a row for which a record is proposed, besides which one it is.
DECISIONS = (NEW, LATER)
