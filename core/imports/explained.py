"""What the columns of a kind are, in both languages, for whoever fills in a file: the second sheet of exports and templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from core.imports.cells import Many, Words, YesNo, english
from core.imports.columns import Column
from core.imports.rows import EXAMPLES

LANGUAGES = ("es", "en")
TITLES = {"es": ("Columnas", "Listas"), "en": ("Columns", "Lists")}
#: Longer lists are no help in a cell.
LONGEST_LIST = 60


@dataclass
class Explained:
    """`widgets`: of each column; `headers`, `rows`: of the sheet that explains; `lists`: place of a column → its words."""

    widgets: list[Any]
    headers: list[str]
    rows: list[list[str]]
    title: str
    lists_title: str
    lists: dict[int, list[str]] = field(default_factory=dict)


def explained(resource: Any, columns: list[Column]) -> Explained:
    """The columns of an export, explained; the language of the moment comes first."""
    here = language()
    order = (here, *(code for code in LANGUAGES if code != here))
    rows = [row_of(resource, column, order) for column in columns]
    headers: list[str] = []
    for code in order:
        with override(code):
            headers += [_("Column"), _("What it holds"), _("Allowed values")]
    with override(here):
        headers += [_("Needed"), _("Example")]
        # A cell with several values cannot be chosen from a list.
        lists = {place: words for place, column in enumerate(columns) if not column.is_many and (words := allowed(column))}
    return Explained([column.widget for column in columns], headers, rows, *TITLES[here], lists)


def language() -> str:
    return "en" if english() else "es"


def row_of(resource: Any, column: Column, order: tuple[str, ...]) -> list[str]:
    row: list[str] = []
    for code in order:
        with override(code):
            row += [column.header, says(column), "; ".join(allowed(column))]
    with override(order[0]):
        row += [needed(resource, column), example(resource, column)]
    return row


def says(column: Column) -> str:
    """What a cell of the column holds, as one or two sentences."""
    field_words = str(getattr(column.model_field, "verbose_name", "") or "")
    parts = [field_words[:1].upper() + field_words[1:] + "." if field_words else ""]
    if column.informative:
        parts.append(_("It only informs: imports read past it."))
    else:
        widget = column.widget
        if isinstance(widget, Many):
            parts.append(_("Several, divided by “;”."))
            widget = widget.of
        parts.append(str(getattr(widget, "says", "")))
        longest = getattr(column.model_field, "max_length", None)
        if column.is_text and longest:
            parts.append(_("At most %(most)s characters.") % {"most": longest})
    return " ".join(filter(None, parts))


def allowed(column: Column) -> list[str]:
    """The words that a cell may hold, where they are a list."""
    widget = column.widget.of if isinstance(column.widget, Many) else column.widget
    if column.informative:
        return []
    if isinstance(widget, YesNo):
        return [widget.render(True), widget.render(False)]
    if isinstance(widget, Words):
        return [word for code in widget.words if code and (word := widget.render(code))][:LONGEST_LIST]
    return []


def needed(resource: Any, column: Column) -> str:
    model_field = column.model_field
    new = (
        model_field is not None
        and "__" not in str(column.attribute)
        and not column.informative
        and not getattr(model_field, "blank", True)
        and not model_field.has_default()
    )
    if column.needed or column.name in resource.identity:
        return _("yes, in every row")
    return _("yes, in a new one") if new else ""


def example(resource: Any, column: Column) -> str:
    """What a cell may look like: said by the resource, else by the kind of cell."""
    if column.informative:
        return ""
    told = resource.examples.get(column.name)
    if told is not None:
        return str(told)
    words = allowed(column)
    if words:
        return words[0]
    widget = column.widget.of if isinstance(column.widget, Many) else column.widget
    return str(getattr(widget, "example", ""))


def example_row(resource: Any, columns: list[Column]) -> list[str]:
    """A row for a template, marked so that an import leaves it out."""
    mark = EXAMPLES[1] if language() == "en" else EXAMPLES[0]
    row = [example(resource, column) for column in columns]
    return [f"{mark} {row[0]}".strip(), *row[1:]] if row else []
