"""Rows of a form, such as clauses, parties or pieces of evidence, entered without a script.

    class ClauseRow(RowForm):
        text_es = forms.CharField(…)
        pairs = [("text_es", "text_en")]

    rows = Rows(ClauseRow, "clauses", label=_("Clause"), data=sent(request), initial=[{…}, …])

A page shows the rows that there are and a few blank ones; a button `more-PREFIX` brings the page back with further ones
and nothing lost. How many rows came back is read from the names of the fields, so there is no count to forge. A row left
blank is no row; one whose `remove` is marked is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms.utils import ErrorDict
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import BaseForm, FieldError, FormBase, StaleRow, shown, target_of

#: A page takes this many rows of one kind: 200 commitments of eight fields stay below Django's limit of fields.
MOST_ROWS = 200
EXTRA = 1
MORE = 3


class RowForm(BaseForm):
    """One row. `pairs`: the fields as they stand side by side; `defaults`: fields that are filled in a blank row too."""

    pairs: Sequence[Sequence[str]] = ()
    defaults: frozenset[str] = frozenset()
    form_tag = False
    #: A short row: the box that removes it stands beside the fields.
    short = False

    remove = forms.BooleanField(label=gettext_lazy("Remove this row"), required=False)

    def __init__(self, *args: Any, number: int = 0, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.number, self.label = number, label

    @property
    def note(self) -> str:
        """A line above the row; '' for none."""
        return ""

    @property
    def is_blank(self) -> bool:
        """Nothing was typed or chosen in this row."""
        for name, field in self.fields.items():
            if name in self.defaults or name == "remove" or field.widget.is_hidden:
                continue
            value = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if isinstance(value, str):
                value = value.strip()
            if value not in (None, "", [], False):
                return False
        return True

    @property
    def is_removed(self) -> bool:
        return bool(self.fields["remove"].widget.value_from_datadict(self.data, self.files, self.add_prefix("remove")))

    def full_clean(self) -> None:
        if self.is_bound and (self.is_blank or self.is_removed):
            self.be_quiet()
            return
        super().full_clean()

    def be_quiet(self) -> None:
        """Shown again as it was typed, without judging it."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}

    def bound_pairs(self) -> list[list[Any]]:
        """The fields to show, in groups that stand side by side."""
        named = [[self[name] for name in names if name in self.fields] for names in self.pairs]
        listed = {name for names in self.pairs for name in names}
        rest = [[self[name]] for name in self.fields if name not in listed and name != "remove" and not self[name].is_hidden]
        return [group for group in (*named, *rest) if group]

    def hidden(self) -> list[Any]:
        return [self[name] for name in self.fields if self[name].is_hidden]

    def text(self) -> str:
        """The row in words, for comparing two texts."""
        parts = []
        for name, field in self.fields.items():
            value = self[name].data if self.is_bound else self[name].value()
            if name != "remove" and not self[name].is_hidden and value not in (None, "", [], False):
                parts.append(shown(field, value))
        return " · ".join(parts)


class Rows:
    """All rows of one kind on a page. `initial`: one dict for each row that there is; `made_with`: arguments of the row form."""

    def __init__(
        self,
        form_class: type[RowForm],
        prefix: str,
        *,
        label: Any,
        data: Any = None,
        files: Any = None,
        initial: Iterable[Mapping[str, Any]] = (),
        extra: int = EXTRA,
        legend: Any = "",
        help_text: Any = "",
        **made_with: Any,
    ) -> None:
        self.form_class, self.prefix, self.label, self.made_with = form_class, prefix, label, made_with
        self.legend, self.help_text = legend, help_text
        self.data, self.files = data, files
        self.problems: list[str] = []
        self.initial = list(initial)
        count = len(self.initial) + extra if data is None else self._count(data, files)
        self.forms = [self._form(index) for index in range(count)]

    def _form(self, index: int) -> RowForm:
        return self.form_class(
            self.data,
            self.files,
            prefix=f"{self.prefix}-{index}",
            initial=self.initial[index] if index < len(self.initial) else {},
            number=index + 1,
            label=str(self.label),
            **self.made_with,
        )

    def _count(self, data: Any, files: Any) -> int:
        """One more than the highest row of which anything came back."""
        name = re.compile(re.escape(self.prefix) + r"-(\d{1,6})-")
        found = [int(match[1]) for key in (*data, *(files or ())) if (match := name.match(key))]
        count = max(found, default=-1) + 1
        if count > MOST_ROWS:
            self.problems.append(
                _("A page takes %(most)d rows at most: save these first, then add the others.") % {"most": MOST_ROWS}
            )
        return min(count, MOST_ROWS)

    @property
    def is_bound(self) -> bool:
        return self.data is not None

    @property
    def wants_more(self) -> bool:
        """The button for more rows was pressed."""
        return self.is_bound and f"more-{self.prefix}" in self.data

    def add_rows(self, count: int = MORE) -> None:
        """Blank rows after those that came back."""
        for _number in range(min(count, MOST_ROWS - len(self.forms))):
            self.forms.append(self._form(len(self.forms)))

    def be_quiet(self) -> None:
        for form in self.forms:
            form.be_quiet()

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]
        return self.is_bound and not self.problems and all(valid)

    def filled(self) -> list[RowForm]:
        """The rows that count: not blank, not removed."""
        return [form for form in self.forms if self.is_bound and not form.is_blank and not form.is_removed]

    def error_list(self) -> list[FieldError]:
        """Every error of every row, with the row's number in its label."""
        found = [FieldError("", "", problem) for problem in self.problems]
        for form in self.forms:
            place = f"{form.label} {form.number}"
            found += [FieldError("", "", f"{place}: {text}") for text in form.non_field_errors()]
            for name in form.fields:
                found += [
                    FieldError(target_of(form[name]), f"{place}, {form[name].label}", str(text))
                    for text in form.errors.get(name, ())
                ]
        return found

    def stale_rows(self, fresh: Rows) -> list[StaleRow]:
        """The rows that read differently now, by number."""
        yours = [form.text() for form in self.filled()]
        now = [form.text() for form in fresh.forms[: len(fresh.initial)]]
        empty = str(_("(empty)"))
        pairs = [(yours[n] if n < len(yours) else "", now[n] if n < len(now) else "") for n in range(max(len(yours), len(now)))]
        return [
            StaleRow(f"{self.label} {n}", mine or empty, theirs or empty)
            for n, (mine, theirs) in enumerate(pairs, 1)
            if mine != theirs
        ]

    @cached_property
    def has_files(self) -> bool:
        return any(isinstance(field, forms.FileField) for form in self.forms[:1] for field in form.fields.values())


class RowsBlock(LayoutObject):
    """The rows in a crispy layout."""

    fields: list[Any] = []

    def __init__(self, rows: Rows, template: str = "agreements/workspace/rows.html") -> None:
        self.rows, self.template = rows, template

    def render(self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any) -> str:
        return render_to_string(self.template, {"rows": self.rows, "form": form})


class Folded(LayoutObject):
    """Fields behind a heading that unfolds them; unfolded where one of them has an error."""

    def __init__(self, summary: Any, *fields: Any) -> None:
        self.summary, self.fields = summary, list(fields)

    def render(self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any) -> str:
        names = [pointer.name for pointer in self.get_field_names()]
        content = self.get_rendered_fields(form, context, template_pack, **kwargs)
        is_open = any(name in form.errors for name in names)
        return render_to_string(
            "agreements/workspace/folded.html", {"summary": self.summary, "content": content, "is_open": is_open}
        )


class WithRows(FormBase):
    """A form with rows. Subclasses fill `self.row_sets` after `super().__init__()`."""

    row_sets: Mapping[str, Rows] = {}

    def is_multipart(self) -> bool:
        return super().is_multipart() or any(rows.has_files for rows in self.row_sets.values())  # type: ignore[misc]

    @property
    def wants_more(self) -> bool:
        """A button for more rows was pressed: show the page again, save nothing."""
        return any(rows.wants_more for rows in self.row_sets.values())

    def show_more(self) -> None:
        """Further rows where they were asked for; nothing is judged yet."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        for rows in self.row_sets.values():
            rows.be_quiet()
            if rows.wants_more:
                rows.add_rows()

    def is_valid(self) -> bool:
        valid = super().is_valid()  # type: ignore[misc]
        for rows in self.row_sets.values():
            if not rows.is_valid():
                valid = False
        if not valid and self.is_bound and not self.errors:  # type: ignore[attr-defined]
            # The list of errors is shown where the form has errors; those of the rows are listed by `error_list`.
            self.errors["__all__"] = self.error_class()  # type: ignore[attr-defined]
        return bool(valid)

    def watched(self) -> list[tuple[str, str]]:
        rows = [row for each in self.row_sets.values() for row in each.filled() if not row.errors]
        return [*super().watched(), *(pair for row in rows for pair in row.watched())]

    @property
    def error_list(self) -> list[FieldError]:
        return [*super().error_list, *(error for rows in self.row_sets.values() for error in rows.error_list())]

    def show_stale(self, current: Any, sentence: str) -> None:
        super().show_stale(current, sentence)
        fresh = self.fresh(current)
        for name, rows in self.row_sets.items():
            self.stale_rows += rows.stale_rows(fresh.row_sets[name])

    def layout(self) -> list[Any]:
        return [*super().layout(), *(RowsBlock(rows) for rows in self.row_sets.values())]
