"""What texts in a file stand for: coded words and names that are not known, and what is the same for every row."""

from __future__ import annotations

from typing import Any

from core.imports.cells import Many, Reference
from core.text import fold

#: Texts of a column that are asked about at once, and columns that are the same for every row.
MOST_VALUES, MOST_CONSTANTS = 24, 8


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
    """Header → the names in its cells that are no key, each with the records that it may mean and what was chosen."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in look.run.refused if look.run else ():
        for problem in row.problems:
            own = found.setdefault(problem.column, {})
            if problem.choices and problem.part and len(own) < MOST_VALUES // 2:
                words = [{"value": key, "words": f"{key} · {said}", "why": why} for key, said, why in problem.choices]
                own[fold(problem.part)] = {"text": problem.part, "words": words, "chosen": ""}
    for header, values in look.plan.values.items():
        if is_reference(look.resource.fields.get(look.plan.columns.get(header, ""))):
            for folded, key in list(values.items())[:MOST_VALUES]:
                # Settled already: it stays on the page, so that it can be taken back.
                words = [{"value": key, "words": key, "why": ""}]
                found.setdefault(header, {}).setdefault(folded, {"text": folded, "words": words, "chosen": key})
    return {header: [{"folded": folded, **each} for folded, each in of.items()] for header, of in found.items()}


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
