"""A column of a resource: its names in Spanish and English, its kind of cell, and where its value lives."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models.manager import Manager
from import_export.fields import Field
from import_export.widgets import Widget

from core.fields import KeyField
from core.imports.cells import Many, Text, english
from core.imports.problems import CellError
from core.text import clean_line, fold


class Absent(enum.Enum):
    """A member of an enumeration stays itself when django-import-export copies the columns for each resource."""

    ABSENT = "absent"


#: The file says nothing about this value: it stays, or the default is taken.
ABSENT: Any = Absent.ABSENT


class Column(Field):
    """`names`: Spanish, English, and other accepted headers. `attribute`: the model's field (`a__b` follows relations).

    `read(record)` gives the value as it stands where it is not simply a field, `show(record)` what the export writes
    where that is another value. `informative` columns are written by exports and read past by imports; `hidden` ones
    are in no file and hold what the resource derives. `needed`: the file must have the column. `empty`: what an empty
    cell means; by default what the model's field says (`field`, where it is one of another model).
    """

    def __init__(
        self,
        *names: str,
        widget: Widget | None = None,
        attribute: str | None = None,
        read: Callable[[Any], Any] | None = None,
        show: Callable[[Any], Any] | None = None,
        hidden: bool = False,
        informative: bool = False,
        needed: bool = False,
        empty: Any = ...,
        field: Any = None,
    ) -> None:
        super().__init__(attribute=attribute, column_name=names[-1] if names else None, widget=widget or Text())
        self.name = ""
        self.names = names
        self.read = read
        self.show = show
        self.hidden = hidden
        self.informative = informative
        self.needed = needed
        self.empty = empty
        self.model_field: Any = field

    @property
    def header(self) -> str:
        return self.names[1 if english() and len(self.names) > 1 else 0]

    @property
    def is_many(self) -> bool:
        return isinstance(self.widget, Many)

    @property
    def is_text(self) -> bool:
        """Free text, which stays as it is written; other cells are keys, codes, dates and numbers."""
        return type(self.widget) is Text and not isinstance(self.model_field, KeyField)

    def folded_names(self) -> set[str]:
        return {fold(name) for name in self.names}

    def bind(self, name: str, model: type[models.Model]) -> None:
        """Find the model's field, which cleans text and says what an empty cell means."""
        self.name = name
        self.attribute = self.attribute or name
        if self.model_field is not None:
            return
        try:
            for part in self.attribute.split("__"):
                self.model_field = model._meta.get_field(part)
                model = self.model_field.related_model or model
        except FieldDoesNotExist:
            self.model_field = None

    def take(self, text: str, row: dict[str, str], resource: Any) -> Any:
        """The value of a cell, or `ABSENT`. Raises `CellError`."""
        if not text.strip():
            return self.value_of_empty()
        if self.is_text:
            text = resource.clean_text(self, text)
        else:
            # A key that a spreadsheet keeps as text may come with the apostrophe that says so.
            text = clean_line(text).removeprefix("'")
            if not text:
                return self.value_of_empty()
        resource.column = self
        value = self.widget.clean(text, row=row, resource=resource)
        if self.model_field is not None and isinstance(value, str):
            try:
                value = self.model_field.to_python(value)
            except ValidationError as error:
                raise CellError(" ".join(error.messages)) from error
        return value

    def value_of_empty(self) -> Any:
        if self.empty is not ...:
            return self.empty
        if self.is_many:
            return []
        field = self.model_field
        if field is None:
            return None
        if field.is_relation or field.null:
            return None
        if field.has_default() and not field.blank:
            return ABSENT
        return "" if isinstance(field, (models.CharField, models.TextField)) else None

    def current(self, record: Any) -> Any:
        """The value as the record stands; many as a list."""
        value = self.read(record) if self.read is not None else self.get_value(record)
        return list(value.all()) if isinstance(value, Manager) else value

    def export(self, instance: Any, **kwargs: Any) -> str:
        return str(self.widget.render(self.show(instance) if self.show is not None else self.current(instance)))


def same(before: Any, after: Any) -> bool:
    """Whether two values are the same; lists are compared as sets."""
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(item in before for item in after)
    return before == after
