"""Validation of a record's columns as `Model.clean_fields` does it, with a short way for values that are plainly in order.

Most cells of most rows are: a text of the right length, one of the choices, a number. What is not goes through the field, which
knows the sentence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.expressions import DatabaseDefault

from core.fields import LongText, TextLine
from core.text import is_clean, is_clean_line

Plainly = Callable[[Any], bool]
LARGEST = {"PositiveIntegerField": 2_147_483_647, "PositiveSmallIntegerField": 32_767}


def clean_fields(record: models.Model, exclude: Collection[str] = ()) -> None:
    """Clean every column but those in `exclude`. Raises `ValidationError` with the messages of each field."""
    errors: dict[str, Any] = {}
    for name, attname, may_be_empty, plainly, field in columns_of(type(record)):
        if name in exclude:
            continue
        value = getattr(record, attname)
        if (may_be_empty and (value is None or value == "")) or (plainly is not None and plainly(value)):
            continue
        if isinstance(value, DatabaseDefault) or (may_be_empty and value in field.empty_values):
            continue
        try:
            setattr(record, attname, field.clean(value, record))
        except ValidationError as error:
            errors[name] = error.error_list
    if errors:
        raise ValidationError(errors)


@cache
def columns_of(model: Any) -> list[tuple[str, str, bool, Plainly | None, Any]]:
    """(name, attribute, whether it may be empty, test for values that are plainly in order, field) of each column."""
    return [
        (field.name, field.attname, field.blank, test_for(field), field)
        for field in model._meta.concrete_fields
        if not field.generated
    ]


def test_for(field: Any) -> Plainly | None:
    """A test that only accepts what `field.clean` gives back unchanged; None where there is no short one."""
    if field.default_validators or not all(isinstance(each, MaxLengthValidator) for each in field._validators):
        return None
    if type(field).validate is not models.Field.validate or type(field).clean is not models.Field.clean:
        return None
    if isinstance(field, (models.CharField, models.TextField)):
        return test_for_text(field)
    if field.choices is not None:
        return None
    if isinstance(field, models.BooleanField):
        return lambda value: value is True or value is False
    if isinstance(field, models.DateTimeField):
        return lambda value: type(value) is dt.datetime
    most = LARGEST.get(field.get_internal_type())
    return None if most is None else (lambda value: type(value) is int and 0 <= value <= most)


def test_for_text(field: Any) -> Plainly | None:
    limits = [each.limit_value for each in field.validators]
    if not all(isinstance(limit, int) for limit in limits):
        return None
    if field.choices is not None:
        allowed = frozenset(str(value) for value, _label in field.flatchoices if value)
        return lambda value: isinstance(value, str) and value in allowed
    in_order: Plainly = is_clean_line if isinstance(field, TextLine) else is_clean if isinstance(field, LongText) else bool
    most = min(limits, default=1 << 62)
    return lambda value: type(value) is str and 0 < len(value) <= most and in_order(value)
