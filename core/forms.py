"""The base of every form in the workspace, rendered by django-crispy-forms.

    class OrganizationForm(RecordForm):
        sections = [(_("Name"), ["name", "acronym"]), (_("Place"), ["country", "city"])]

        class Meta:
            model = Organization
            fields = ["name", "acronym", "country", "city"]

    form = OrganizationForm(sent(request), record=organization)          # record=None: a new one
    if form.is_valid() and attempt(form, edit_organization, organization=organization, actor=request.user,
                                   values=form.values(), revision=form.revision):
        return redirect(…)
    return render(request, …, {"form": form})                                   # {% load crispy_forms_tags %}{% crispy form %}

A form never touches its record: the doors validate and save. `sent` gives what was sent, `attempt` brings what a door
refuses back to the fields (both in core.workspace). A form opened on a record carries its revision in a hidden field;
when the record moved meanwhile, the page shows both texts field by field, keeps what was typed, and the next save is
made against the new revision.

`BaseForm` is the same for forms that are not about the columns of one model: override `initial_of(record)`.
Errors are listed on top and linked to their fields (templates/bootstrap5/errors.html). Never put a person's text in a
legend, a help text or the words of a button: crispy writes those as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Submit
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.core.files import File
from django.forms.models import ModelChoiceIteratorValue
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import insides
from core.personal import in_texts

#: The box by which a person confirms that a text may stay.
LOOKED_AT = "looked_at"
#: No public key is longer.
LONGEST_KEY = 80
MOST_REVISIONS = 2**31 - 1


@dataclass(frozen=True)
class FieldError:
    """One line of the list of errors: where it leads ('' for the form as a whole), the field's label, the sentence."""

    target: str
    label: str
    sentence: str


@dataclass(frozen=True)
class StaleRow:
    """One field that somebody else changed meanwhile: what you wrote and what stands now."""

    label: str
    yours: str
    now: str


def pair(*names: str) -> Div:
    """Fields that stand side by side where the page is wide enough, such as the Spanish and the English text."""
    return Div(*names, css_class="row")


class FormBase:
    """What `BaseForm` and `RecordForm` share. Subclasses set `sections`, `submit_label`, `buttons`, `action`."""

    #: (legend, names or layout objects) each; empty: all fields in their order without a legend.
    sections: Sequence[tuple[Any, Sequence[Any]]] = ()
    submit_label: Any = gettext_lazy("Save")
    #: Further classes of the submit button.
    submit_class: str = "btn-primary"
    #: Further submit buttons: (name, label).
    buttons: Sequence[tuple[str, Any]] = ()
    #: Where the form is sent; '' is the page itself.
    action: str = ""
    form_tag: bool = True
    #: Texts and names of files are looked through for personal data before they are taken; False where nobody publishes them.
    watches: bool = True

    fields: dict[str, forms.Field]
    stale_rows: list[StaleRow]
    record: Any

    def prepare(self, record: Any, made_with: dict[str, Any]) -> None:
        """Common set-up, called at the end of `__init__`."""
        self.record = record
        self._made_with = made_with
        self.stale_rows = []
        if record is not None and record.pk and hasattr(record, "revision"):
            self.fields["revision"] = forms.IntegerField(
                min_value=0,
                max_value=MOST_REVISIONS,
                widget=forms.HiddenInput,
                initial=record.revision,
                error_messages={
                    "required": _("The form came back without its revision: open the page again."),
                    "invalid": _("The form came back without its revision: open the page again."),
                },
            )
        for name, field in self.fields.items():
            dress(name, field)

    # --- what was typed ---

    @property
    def revision(self) -> int | None:
        """The revision of the record that the form was opened with; None for a new record."""
        revision: int | None = getattr(self, "cleaned_data", {}).get("revision")
        return revision

    def values(self, *names: str) -> dict[str, Any]:
        """The cleaned values of the named fields (default: all but the revision), for a door."""
        wanted = names or [name for name in self.fields if name != "revision"]
        return {name: self.cleaned_data[name] for name in wanted if name in self.cleaned_data}  # type: ignore[attr-defined]

    # --- what should perhaps not be published ---

    def is_valid(self) -> bool:
        """Valid, and nothing in its new texts looks like personal data, or whoever wrote them says that it may stay."""
        return bool(super().is_valid() and not self.in_doubt())  # type: ignore[misc]

    def watched(self) -> list[tuple[str, str]]:
        """(label, text) of what everybody may read one day: long texts and titles that are new, and names and text of files."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)  # type: ignore[attr-defined]
            label = words_for(field, name)
            if isinstance(value, File):
                found += [(label, str(value.name)), (label, insides.text_of_file(value))]
            elif isinstance(value, str) and (isinstance(field.widget, forms.Textarea) or name.startswith("title")):
                if name in self.changed_data:  # type: ignore[attr-defined]
                    found.append((label, value))
        return found

    def in_doubt(self) -> bool:
        """Whether something looks like personal data and was not confirmed; the form then says what, and asks."""
        insides.begin_reading()
        found = in_texts(self.watched()) if self.watches and self.form_tag else []
        if not found:
            return False
        mark = hashlib.sha256(repr(sorted({each.passage for _label, each in found})).encode("utf-8", "replace")).hexdigest()[:16]
        if self.data.get(self.add_prefix(LOOKED_AT)) == mark:  # type: ignore[attr-defined]
            return False
        self.fields[LOOKED_AT] = forms.BooleanField(
            label=_("I have looked: it may stay as it is"), required=False, widget=forms.CheckboxInput(attrs={"value": mark})
        )
        self.__dict__.pop("helper", None)
        passages = [_("“%(passage)s” (%(kind)s) in “%(label)s”") % {"label": label, **vars(each)} for label, each in found]
        self.refuse(
            _(
                "This looks like personal data that everybody might read: %(passages)s. Take it out, or confirm below that it may stay."
            )
            % {"passages": "; ".join(dict.fromkeys(passages))}
        )
        return True

    # --- what went wrong ---

    @property
    def error_list(self) -> list[FieldError]:
        """Every error with the place it leads to, in the order of the fields."""
        found = [FieldError("", "", str(text)) for text in self.non_field_errors()]  # type: ignore[attr-defined]
        for name in self.fields:
            for text in self.errors.get(name, ()):  # type: ignore[attr-defined]
                bound = self[name]  # type: ignore[index]
                hidden = bound.is_hidden
                found.append(
                    FieldError(
                        "" if hidden else target_of(bound), "" if hidden else words_for(bound.field, bound.label), str(text)
                    )
                )
        return found

    def refuse(self, sentence: str) -> None:
        """A door refused the step: its sentence stands on top of the form."""
        self.add_error(None, sentence)  # type: ignore[attr-defined]

    def take_errors(self, error: ValidationError) -> None:
        """Bring a model's ValidationError to the fields; what the form does not show goes on top with its name."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)  # type: ignore[attr-defined]
            return
        for name, errors in error.error_dict.items():
            if name in self.fields:
                self.add_error(name, errors)  # type: ignore[attr-defined]
                continue
            label = "" if name == NON_FIELD_ERRORS else self.label_of(name)
            for text in ValidationError(errors).messages:
                self.add_error(None, f"{label}: {text}" if label else text)  # type: ignore[attr-defined]

    def label_of(self, name: str) -> str:
        """The words for a column that the form does not show."""
        try:
            return capfirst(self.record._meta.get_field(name).verbose_name)
        except (AttributeError, FieldDoesNotExist):
            return name.replace("_", " ")

    def show_stale(self, current: Any, sentence: str) -> None:
        """The record moved meanwhile: show both texts, and let the next save be made against what stands now."""
        fresh = self.fresh(current)
        for name in [*self.fields, *(name for name in fresh.fields if name not in self.fields)]:
            field = self.fields.get(name) or fresh.fields[name]
            if field.disabled or field.widget.is_hidden:
                continue
            now = fresh[name].value() if name in fresh.fields else None
            typed = self[name].data if name in self.fields else None  # type: ignore[index]
            if field.has_changed(now, typed):
                self.stale_rows.append(StaleRow(words_for(field, name), shown(field, typed), shown(field, now)))
        self.data = self.data.copy()  # type: ignore[has-type]
        self.data[self.add_prefix("revision")] = str(current.revision)  # type: ignore[attr-defined]
        self.add_error(None, sentence)  # type: ignore[attr-defined]

    def fresh(self, current: Any) -> Any:
        """The same form, unbound, opened on the record as it stands."""
        return type(self)(**{**self._made_with, "record": current})

    # --- how it looks ---

    def layout(self) -> list[Any]:
        """The layout objects between the errors and the buttons."""
        if not self.sections:
            return [name for name in self.fields if name != "revision"]
        return [Fieldset(legend, *names, css_class="group") for legend, names in self.sections]

    @cached_property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = self.form_tag
        helper.disable_csrf = not self.form_tag
        helper.form_action = self.action
        helper.form_class = "form"
        helper.attrs = {"novalidate": True}
        helper.include_media = False
        parts = self.layout()
        if "revision" in self.fields:
            parts = ["revision", *parts]
        if LOOKED_AT in self.fields:
            parts = [*parts, LOOKED_AT]
        if self.form_tag:
            submits = [button("save", self.submit_label, self.id_of("save"), self.submit_class)]
            submits += [button(name, label, self.id_of(name), "btn-secondary") for name, label in self.buttons]
            parts = [*parts, Div(*submits, css_class="buttons")]
        helper.layout = Layout(*parts)
        return helper

    def id_of(self, name: str) -> str:
        prefix = getattr(self, "prefix", None)
        return f"button-{prefix}-{name}" if prefix else f"button-{name}"


class BaseForm(FormBase, forms.Form):
    """A form that is not about the columns of one model. `record`: what it was opened on, None for nothing."""

    def __init__(self, data: Any = None, files: Any = None, *, record: Any = None, **kwargs: Any) -> None:
        made_with = dict(kwargs)
        if record is not None:
            kwargs["initial"] = {**self.initial_of(record), **(kwargs.get("initial") or {})}
        super().__init__(data, files, **kwargs)
        self.prepare(record, made_with)

    def initial_of(self, record: Any) -> dict[str, Any]:
        """What the fields hold when the form is opened on `record`."""
        return {}


class RecordForm(FormBase, forms.ModelForm):
    """A form on the columns of one record; `Meta` as in Django's ModelForm."""

    def __init__(self, data: Any = None, files: Any = None, *, record: Any = None, **kwargs: Any) -> None:
        made_with = dict(kwargs)
        super().__init__(data, files, instance=record, **kwargs)
        self.prepare(record if record is not None else self.instance, made_with)

    def _post_clean(self) -> None:
        """Django would write the typed values into the record here; ours stays as it is, and the door validates."""


def dress(name: str, field: forms.Field) -> None:
    """Native controls: a date picker for dates, the language of a bilingual text for spelling checkers, room to write."""
    widget = field.widget
    if isinstance(field, forms.DateField):
        field.widget = forms.DateInput(attrs={**widget.attrs, "type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, forms.DateTimeField) and not isinstance(field, forms.SplitDateTimeField):
        field.widget = forms.DateTimeInput(attrs={**widget.attrs, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    elif isinstance(widget, forms.Textarea):
        widget.attrs["rows"] = widget.attrs["rows"] if widget.attrs.get("rows") not in (None, "10") else "5"
        widget.attrs.pop("cols", None)
    field.widget.is_required = field.required
    if name.endswith(("_es", "_en")):
        field.widget.attrs.setdefault("lang", name[-2:])
    if isinstance(field.label, str) and field.label:
        field.label = field.label[:1].upper() + field.label[1:]


def time_field(label: Any) -> forms.TimeField:
    """A time of the day on a native control."""
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": gettext_lazy("Write the time as hours and minutes, for example 16:30.")},
    )


def words_for(field: forms.Field, fallback: Any) -> str:
    """The name of a field where it stands alone: its `long_label` where the form gave one ("Budget: reason")."""
    words = str(getattr(field, "long_label", "") or field.label or fallback)
    return words[:1].upper() + words[1:]


class SeveralField(forms.ModelMultipleChoiceField):
    """Several records as check boxes: works with a keyboard, a screen reader and without a script.

    Records are named by their public key (`to_field_name` is the model's `KEY`, which must be unique in the queryset).
    """

    widget = forms.CheckboxSelectMultiple

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        kwargs.setdefault("to_field_name", queryset.model.KEY)
        super().__init__(queryset, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Keys; a record's own form knows the chosen ones as instances, and an `initial` may give database ids."""
        if isinstance(value, (list, tuple, set)) and value and all(isinstance(one, int) for one in value):
            return list(self.queryset.filter(pk__in=value).values_list(self.to_field_name, flat=True))
        return super().prepare_value(value)

    def clean(self, value: Any) -> Any:
        for one in value if isinstance(value, (list, tuple)) else ():
            if len(str(one)) > LONGEST_KEY or "\x00" in str(one):
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": str(one)[:20]}
                )
        return super().clean(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(map(str, self.prepare_value(initial) or ())) != set(map(str, self.prepare_value(data) or ()))


class WebAddressField(forms.URLField):
    """An address on the web; without a scheme it is https."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https", **kwargs})


def button(name: str, label: Any, css_id: str, css_class: str) -> Submit:
    """A submit button; crispy's own makes every one a primary button."""
    made = Submit(name, label, css_id=css_id)
    made.field_classes = f"btn {css_class}"
    return made


def target_of(bound: Any) -> str:
    """The id of the control that an error leads to: of a group, its first button."""
    grouped = isinstance(bound.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
    return f"{bound.auto_id}_0" if grouped else str(bound.auto_id)


def shown(field: forms.Field, value: Any) -> str:
    """A field's value in words, for comparing two texts."""
    if isinstance(field, forms.BooleanField):
        return str(_("yes") if field.to_python(value) else _("no"))
    if value in (None, "", []):
        return str(_("(empty)"))
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        labels = dict(flat_choices(field.choices))  # type: ignore[union-attr]
        values = value if isinstance(value, (list, tuple, set)) else [value]
        return ", ".join(labels.get(str(getattr(field, "prepare_value", str)(one)), str(one)) for one in values)
    return str(value)


def flat_choices(choices: Iterable[Any]) -> Iterable[tuple[str, str]]:
    """(value, label) of all choices, those in groups too."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from flat_choices(label)
        else:
            yield str(value.value if isinstance(value, ModelChoiceIteratorValue) else value), str(label)
