"""What texts in a file stand for: coded words and names that are not known, and what is the same for every row."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core.imports.cells import Many, Reference
from core.imports.entering import is_anew, kind_choices
from core.text import fold

#: Texts of a column that are asked about at once, and columns that are the same for every row.
MOST_VALUES, MOST_CONSTANTS = 48, 8


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
    seen: Counter[tuple[str, str]] = Counter()
    for row in look.run.refused if look.run else ():
        for problem in row.problems:
            text = problem.part or problem.value
            if not text or not is_reference(field_of(look, problem.column)) or (problem.choices and not problem.part):
                continue
            seen[problem.column, fold(text)] += 1
            own = found.setdefault(problem.column, {})
            anew = kind_choices(look.resource, field_of(look, problem.column))
            if (problem.choices or anew or seen[problem.column, fold(text)] > 1) and len(own) < MOST_VALUES // 2:
                words = [{"value": key, "words": f"{key} · {said}", "why": why} for key, said, why in problem.choices]
                own.setdefault(fold(text), {"text": text, "words": words, "chosen": ""})
    for header, values in look.plan.values.items():
        if is_reference(field_of(look, header)):
            for folded, key in list(values.items())[:MOST_VALUES]:
                # Settled already: it stays on the page, so that it can be changed or taken back.
                found.setdefault(header, {}).setdefault(folded, {"text": folded, "words": [], "chosen": key})
    return {
        header: [
            {
                "folded": folded,
                "says": says(field_of(look, header)),
                "anew": kind_choices(look.resource, field_of(look, header)),
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
    return str(getattr(column.widget.of if isinstance(column.widget, Many) else column.widget, "says", ""))


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
