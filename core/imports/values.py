"""What texts in a file stand for: coded words and names that are not known, and what is the same for every row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from core.imports.cells import Many, Reference
from core.imports.entering import is_anew, kind_choices
from core.imports.registry import resource_of
from core.text import fold

#: Texts of a column that a page sends back, names that it shows, names that are asked about at all; columns that are the same
#: for every row.
MOST_VALUES, NAMES_A_PAGE, MOST_NAMES, MOST_CONSTANTS = 48, 24, 2_000, 8


@dataclass(frozen=True)
class NamesPage:
    """A page of the names of one column: those from `first` to `last` of `all`; `earlier` and `later` are pages, 0 for none."""

    shown: list[dict[str, Any]]
    first: int = 0
    last: int = 0
    all: int = 0
    earlier: int = 0
    later: int = 0


NO_NAMES = NamesPage([])


def page_of_names(names: list[dict[str, Any]], asked: str) -> NamesPage:
    """The page that was asked for (`2`), else the first one with a name about which nothing was said."""
    last = -(-len(names) // NAMES_A_PAGE)
    if asked.isascii() and asked.isdigit() and len(asked) < 6:
        number = min(max(int(asked), 1), max(last, 1))
    else:
        number = 1 + next((place for place, each in enumerate(names) if not each["chosen"]), 0) // NAMES_A_PAGE
    begin = (number - 1) * NAMES_A_PAGE
    shown = names[begin : begin + NAMES_A_PAGE]
    return NamesPage(shown, begin + 1, begin + len(shown), len(names), number - 1, number + 1 if number < last else 0)


def word_choices(look: Any, header: str, name: str, texts: list[str]) -> list[dict[str, Any]]:
    """For each coded text that is not known: what it could stand for, and what was chosen."""
    if not texts:
        return []
    widget = look.resource.fields[name].widget
    words = [widget.render(code) for code in getattr(widget, "of", widget).words if code]
    choices = [{"value": word, "words": word} for word in words]
    chosen = look.plan.values.get(header, {})
    return [{"text": text, "folded": fold(text), "words": choices, "chosen": chosen.get(fold(text), "")} for text in texts]


def names_to_settle(look: Any) -> dict[str, list[dict[str, Any]]]:
    """Header → the names in its cells that are no key, each with the records that it may mean and what was chosen.

    A name for which none is proposed is asked about when several rows have it; there are no `words` then: a key is written.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for header, values in look.plan.values.items():
        if is_reference(field_of(look, header)):
            for folded, key in values.items():
                # Settled already: it stays in its place, so that it can be changed or taken back.
                found.setdefault(header, {})[folded] = {"text": folded, "words": [], "chosen": key}
    seen: Counter[tuple[str, str]] = Counter()
    anew: dict[str, list[tuple[str, str]]] = {}
    for row in look.run.refused if look.run else ():
        for problem in row.problems:
            text = problem.part or problem.value
            if not text or not is_reference(field_of(look, problem.column)) or (problem.choices and not problem.part):
                continue
            seen[problem.column, fold(text)] += 1
            own = found.setdefault(problem.column, {})
            if problem.column not in anew:
                anew[problem.column] = kind_choices(look.resource, field_of(look, problem.column))
            if (problem.choices or anew[problem.column] or seen[problem.column, fold(text)] > 1) and len(own) < MOST_NAMES:
                words = [{"value": key, "words": f"{key} · {said}", "why": why} for key, said, why in problem.choices]
                own.setdefault(fold(text), {"text": text, "words": words, "chosen": ""})
    return {
        header: [
            {
                "folded": folded,
                "says": says(field_of(look, header)),
                "anew": anew[header] if header in anew else kind_choices(look.resource, field_of(look, header)),
                "is_anew": is_anew(each["chosen"]),
                **each,
            }
            for folded, each in of.items()
        ]
        for header, of in found.items()
    }


def field_of(look: Any, header: str) -> Any:
    """Our column for which a column of the file is taken, None without one."""
    return look.resource.fields.get(look.plan.columns.get(header, ""))


def says(column: Any) -> str:
    """What is to be written for a name that is not known, and why no new record is made of it where none is."""
    widget = column.widget.of if isinstance(column.widget, Many) else column.widget
    target = resource_of(widget.model) if isinstance(widget, Reference) else None
    return " ".join(filter(None, [str(getattr(widget, "says", "")), str(target.made_elsewhere) if target else ""]))


def is_reference(column: Any) -> bool:
    if column is None:
        return False
    widget = column.widget.of if isinstance(column.widget, Many) else column.widget
    return isinstance(widget, Reference) or hasattr(widget, "names_records")


def constants_of(look: Any) -> list[dict[str, str]]:
    """What is the same for every row, and one line to add another."""
    return [*({"name": name, "text": text} for name, text in look.plan.constants.items()), {"name": "", "text": ""}][
        :MOST_CONSTANTS
    ]
