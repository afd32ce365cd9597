"""Model fields that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.text import clean, clean_line

LONG_TEXT = 20_000
KEY = re.compile(r"[A-Za-z0-9.\-]+")


class TextLine(models.CharField):
    """One line of text: NFC, blanks folded, never NUL; its length is checked on both databases by `full_clean`."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return clean_line(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


class LongText(models.TextField):
    """Several paragraphs, at most 20,000 characters: NFC, never NUL."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators.append(MaxLengthValidator(LONG_TEXT))

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return clean(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


class ByteOrdered(models.CharField):
    """A text column compared byte by byte on both databases, so that order and keyset paging agree (no locale)."""

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class KeyField(ByteOrdered):
    """A public identifier: folio, slug or key. Never reused, never the database id."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        super().__init__(*args, **kwargs)


class SortKeyField(ByteOrdered):
    """Written by the application (`Record.refresh_derived`), read only by `order_by`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 220)
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class FoldedField(models.TextField):
    """Folded text for search (see `core.text.fold`); written by the application only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


def check_key(value: str) -> None:
    """Public identifiers are letters, digits, dots and hyphens: safe in an address and in a file name."""
    if not KEY.fullmatch(value or ""):
        raise ValidationError(
            _("“%(value)s” is not a valid key: use letters without accents, digits, dots and hyphens only."),
            code="key",
            params={"value": value},
        )
