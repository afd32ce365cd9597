"""Controls for areas: a short list to choose from, or a name or code typed in for the thousands of subdivisions."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import clean_line, fold
from forum.models import Area

#: The countries whose subdivisions are offered while typing: most migrants of the founding case live in the first.
OFFERED = ("US", "MX", "CA")
NAMED = 6


def federal_entities() -> Any:
    return Area.objects.filter(kind=Area.Kind.FEDERAL_ENTITY)


def countries() -> Any:
    return Area.objects.filter(kind=Area.Kind.COUNTRY)


class AreaField(forms.CharField):
    """A subdivision by its code (`US-CA`), its name, or both as the field itself writes them: `California (US-CA)`."""

    def __init__(self, **kwargs: Any) -> None:
        # What a foreign key offers to a select has no use here.
        for name in ("queryset", "limit_choices_to", "to_field_name", "blank"):
            kwargs.pop(name, None)
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("required", False)
        kwargs["help_text"] = kwargs.get("help_text") or gettext_lazy("Name or code, for example California or US-CA.")
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": "subdivisions", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = Area.objects.filter(pk=value).first()
        return f"{value.name} ({value.code})" if isinstance(value, Area) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Area) or value is None:
            return value
        # Without NUL, which PostgreSQL takes in no question.
        text = clean_line(super().to_python(value))
        if not text:
            return None
        code = text.rstrip(")").rpartition("(")[2].strip().upper()
        places = Area.objects.exclude(kind=Area.Kind.COUNTRY)
        found = places.filter(code=code).first()
        if found is not None:
            return found
        named = [area for area in places.filter(folded__contains=fold(text))[:200] if fold(text) in names_of(area)]
        if len(named) == 1:
            return named[0]
        if not named:
            raise ValidationError(
                _("There is no state or subdivision “%(value)s”: write its name, or its code such as US-CA."),
                code="unknown",
                params={"value": text[:100]},
            )
        raise ValidationError(
            _("Several places are called “%(value)s”: write the code of the one you mean (%(codes)s)."),
            code="ambiguous",
            params={"value": text[:100], "codes": ", ".join(f"{area.code} {area.name}" for area in named[:NAMED])},
        )

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """An area was found by the text; the limits of the text hold no more."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return fold(str(self.prepare_value(initial) or "")) != fold(str(self.prepare_value(data) or ""))


def names_of(area: Area) -> set[str]:
    return {fold(name) for name in (area.name_es, area.name_en, area.official_name, area.abbreviation, area.code)}


class Subdivisions(LayoutObject):
    """The list that `AreaField` offers while typing; once a form."""

    fields: list[Any] = []

    def render(self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any) -> str:
        areas = Area.objects.filter(country__code__in=OFFERED).select_related("country")
        return render_to_string("forum/workspace/subdivisions.html", {"areas": areas})
