"""What texts, numbers and codes of proposals must be: one validator for form, admin and import."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.gathering import note_number

CURRENCY = re.compile(r"[A-Z]{3}")
#: A fiscal year outside of these is a slip of the hand.
FISCAL_YEARS = range(1980, 2101)


def check_currency(value: str) -> None:
    """ISO 4217: three capital letters, for example MXN."""
    if value and not CURRENCY.fullmatch(value):
        raise ValidationError(
            _("“%(value)s” is not a currency: use its three letters, for example MXN or USD."),
            code="currency",
            params={"value": value},
        )


def check_fiscal_year(value: int | None) -> None:
    if value is not None and value not in FISCAL_YEARS:
        raise ValidationError(
            _("“%(value)s” is not a fiscal year: write it with four digits."), code="fiscal_year", params={"value": value}
        )


def note_folio(folio: str, edition: Any) -> None:
    """Take a folio that comes from outside: it opens with the edition's prefix, and its number is never given again."""
    match = re.fullmatch(re.escape(edition.folio_prefix) + r"-(\d{1,6})", folio)
    if match is None:
        raise ValidationError(
            {
                "folio": _("“%(folio)s” is not a folio of this edition: write %(prefix)s- and a number, or leave it empty.")
                % {"folio": folio, "prefix": edition.folio_prefix}
            }
        )
    note_number(edition.folio_prefix, int(match[1]))


def check_of_edition(edition: Any, *, table: Any = None, speakers: Any = ()) -> None:
    """The working table and the people who speak are of the proposal's own edition."""
    if table is not None and table.edition_id != edition.pk:
        raise ValidationError({"table": _("This working table belongs to another edition: choose one of this edition.")})
    if any(speaker.edition_id != edition.pk for speaker in speakers):
        raise ValidationError({"speakers": _("Somebody here takes part in another edition: choose people of this edition.")})
